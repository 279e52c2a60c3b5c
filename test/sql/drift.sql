-- drift(): what came after a build is reported, and no reader is shown it.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE drift_steward;
CREATE ROLE drift_reader;
CREATE ROLE drift_other;
CREATE SCHEMA drift_src AUTHORIZATION drift_steward;
CREATE SCHEMA drift_open AUTHORIZATION drift_steward;
SET ROLE drift_steward;
CREATE TABLE drift_src.person (id int PRIMARY KEY, name text, age int);
INSERT INTO drift_src.person SELECT g, 'MARKER' || g, g % 60 FROM generate_series(1, 60) AS g;
CREATE TABLE drift_src.event (pid int, at date, what text) PARTITION BY RANGE (at);
CREATE TABLE drift_src.event_2023 PARTITION OF drift_src.event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
INSERT INTO drift_src.event SELECT g, '2023-05-01', CASE WHEN g < 3 THEN 'a' ELSE 'b' END FROM generate_series(1, 4) AS g;
CREATE VIEW drift_src.below AS SELECT id, age FROM drift_src.person;
CREATE VIEW drift_src.names AS SELECT id, age AS shown FROM drift_src.below;
SELECT privrelease.classify(s, c, 'insensitive') FROM (VALUES ('drift_src.person', 'id'), ('drift_src.person', 'name'), ('drift_src.person', 'age'),
    ('drift_src.event', 'pid'), ('drift_src.event', 'at'), ('drift_src.event', 'what'), ('drift_src.names', 'id'), ('drift_src.names', 'shown')) AS t(s, c);
SELECT privrelease.create_release('drift_open.person', 'drift_src.person', subject => 'id');
SELECT privrelease.set_rule('drift_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.create_release('drift_open.event', 'drift_src.event');
SELECT privrelease.set_rule('drift_open.event', 'what', 'keep');
SELECT privrelease.create_release('drift_open.names', 'drift_src.names');
SELECT privrelease.set_rule('drift_open.names', 'shown', 'keep');
SELECT privrelease.create_release('drift_open.t', 'drift_src.event', kind => 'table', model => '{"k": 2, "metric": "discernibility"}');
SELECT privrelease.set_rule('drift_open.t', 'what', 'keep');
SELECT privrelease.build('drift_open.person'), privrelease.build('drift_open.event'), privrelease.build('drift_open.names'), privrelease.refresh('drift_open.t');
SELECT privrelease.publish(r, 'drift_reader') FROM unnest('{drift_open.person,drift_open.event,drift_open.names,drift_open.t}'::text[]) AS r;
RESET ROLE;
\pset format unaligned
\pset tuples_only on
-- Each drift: what drift() says, and what a reader sees; in a transaction of its own.
\set drift 'SELECT r, coalesce(column_name, ''-''), finding FROM unnest(''{drift_open.person,drift_open.event,drift_open.names,drift_open.t}''::text[]) AS r, privrelease.drift(r) AS d;'
\set read_person 'SAVEPOINT s; SET LOCAL ROLE drift_reader; SELECT count(*), count(*) FILTER (WHERE p::text LIKE ''%MARKER%'') FROM drift_open.person AS p; ROLLBACK TO s;'
\set read_event 'SAVEPOINT s; SET LOCAL ROLE drift_reader; SELECT (SELECT string_agg(what, '' '' ORDER BY what) FROM drift_open.event), (SELECT string_agg(what, '' '' ORDER BY what) FROM drift_open.t); ROLLBACK TO s;'
\set read_names 'SAVEPOINT s; SET LOCAL ROLE drift_reader; SELECT count(*), count(*) FILTER (WHERE n::text LIKE ''%MARKER%'') FROM drift_open.names AS n; ROLLBACK TO s;'

-- nothing
:drift
BEGIN; :read_person :read_event :read_names ROLLBACK;

-- columns
BEGIN; ALTER TABLE drift_src.person ADD COLUMN ssn text DEFAULT 'MARKER'; :drift :read_person ROLLBACK;
BEGIN; ALTER TABLE drift_src.person RENAME COLUMN id TO person_id; :drift :read_person ROLLBACK;
BEGIN; ALTER TABLE drift_src.person RENAME COLUMN age TO years; ALTER TABLE drift_src.person RENAME COLUMN name TO age; :drift :read_person ROLLBACK;
BEGIN; ALTER TABLE drift_src.person ALTER COLUMN name TYPE varchar(20); :drift :read_person ROLLBACK;
BEGIN; ALTER TABLE drift_src.person ALTER COLUMN age TYPE bigint; ROLLBACK;
BEGIN; DROP VIEW drift_src.names CASCADE; ALTER TABLE drift_src.person DROP COLUMN id; SELECT column_name, finding FROM privrelease.drift('drift_open.person'); :read_person ROLLBACK;
BEGIN; ALTER TABLE drift_src.person DROP COLUMN age CASCADE; SELECT column_name, finding FROM privrelease.drift('drift_open.person'); :read_person ROLLBACK;

-- partitions and children: their rows are rows of the source, which a live view shows and a table holds with the next refresh
BEGIN; CREATE TABLE drift_src.event_2024 PARTITION OF drift_src.event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); INSERT INTO drift_src.event SELECT g, '2024-01-01', 'c' FROM generate_series(5, 6) AS g; :drift :read_event ROLLBACK;
BEGIN; CREATE TABLE drift_src."ev""2022" (what text, at date, pid int, more text DEFAULT 'MARKER'); ALTER TABLE drift_src."ev""2022" DROP COLUMN more; INSERT INTO drift_src."ev""2022" VALUES ('z', '2022-02-02', 4); ALTER TABLE drift_src.event ATTACH PARTITION drift_src."ev""2022" FOR VALUES FROM ('2022-01-01') TO ('2023-01-01'); :drift :read_event ROLLBACK;
BEGIN; ALTER TABLE drift_src.event DETACH PARTITION drift_src.event_2023; :drift :read_event ROLLBACK;
BEGIN; DROP TABLE drift_src.event_2023; :drift ROLLBACK;
BEGIN; ALTER TABLE drift_src.event_2023 RENAME TO event_then; :drift ROLLBACK;
BEGIN; CREATE TABLE drift_src.staff (secret text DEFAULT 'MARKER') INHERITS (drift_src.person); INSERT INTO drift_src.staff (id, name, age) VALUES (99, 'MARKER', 30); :drift :read_person ROLLBACK;
BEGIN; CREATE TABLE drift_src.sub PARTITION OF drift_src.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (what); CREATE TABLE drift_src.sub_x PARTITION OF drift_src.sub FOR VALUES IN ('x'); :drift ROLLBACK;

-- owners
BEGIN; ALTER TABLE drift_src.person OWNER TO drift_other; :drift :read_person ROLLBACK;
BEGIN; ALTER SCHEMA drift_src OWNER TO drift_other; ALTER SCHEMA drift_open OWNER TO drift_other; :drift :read_event ROLLBACK;
BEGIN; ALTER VIEW drift_open.event OWNER TO drift_other; ALTER TABLE drift_open.t OWNER TO drift_other; SELECT r, finding FROM unnest('{drift_open.event,drift_open.t}'::text[]) AS r, privrelease.drift(r); :read_event ROLLBACK;

-- row-level security
BEGIN; ALTER TABLE drift_src.person ENABLE ROW LEVEL SECURITY; :drift :read_person ROLLBACK;
BEGIN; CREATE POLICY p ON drift_src.event USING (pid = 1); ALTER TABLE drift_src.event ENABLE ROW LEVEL SECURITY; :drift :read_event ROLLBACK;

-- another query of a source view, or of a view that it reads
BEGIN; CREATE OR REPLACE VIEW drift_src.below AS SELECT id, 1 AS age FROM drift_src.person; :drift ROLLBACK;
BEGIN; CREATE OR REPLACE VIEW drift_src.names AS SELECT id, length(name) AS shown FROM drift_src.person; :drift :read_names ROLLBACK;
BEGIN; CREATE OR REPLACE VIEW drift_src.names AS SELECT id, age AS shown, name FROM drift_src.person; :drift :read_names ROLLBACK;
BEGIN; ALTER TABLE drift_src.person RENAME COLUMN age TO years; SELECT finding FROM privrelease.drift('drift_open.names'); :read_names ROLLBACK;

-- the next build, or refresh, sees what is there
BEGIN;
SET LOCAL ROLE drift_steward;
CREATE TABLE drift_src.event_2024 PARTITION OF drift_src.event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO drift_src.event SELECT g, '2024-01-01', 'c' FROM generate_series(5, 6) AS g;
SELECT privrelease.build('drift_open.event'), privrelease.refresh('drift_open.t');
SELECT * FROM privrelease.drift('drift_open.event');
SELECT * FROM privrelease.drift('drift_open.t');
RESET ROLE;
:read_event
ROLLBACK;
-- its parts are nobody's to call
SET ROLE drift_steward;
SELECT * FROM privrelease.drift_source(1);
SELECT * FROM privrelease.drift_columns(1);
SELECT privrelease.source_state('drift_src.person'::regclass, 0);
SET ROLE drift_reader;
SELECT * FROM privrelease.drift('drift_open.person');
RESET ROLE;

SELECT privrelease.uninstall();
DROP SCHEMA drift_src, drift_open CASCADE;
DROP ROLE drift_steward, drift_reader, drift_other;
DROP EXTENSION privrelease;
