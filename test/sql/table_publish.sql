-- A release table that was refreshed: whose it is, who may read what of it, what follows a changed declaration, withdrawal,
-- and what may not be done to it.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE tp_steward;
CREATE ROLE tp_reader;
CREATE ROLE tp_other;
CREATE ROLE tp_heir;
CREATE SCHEMA tp_src AUTHORIZATION tp_steward;
CREATE SCHEMA tp_open;
GRANT USAGE, CREATE ON SCHEMA tp_open TO tp_steward, tp_heir;
GRANT USAGE, CREATE ON SCHEMA tp_src TO tp_heir;
-- default privileges open nothing
ALTER DEFAULT PRIVILEGES IN SCHEMA tp_open GRANT ALL ON TABLES TO PUBLIC, tp_steward, tp_other;
CREATE DOMAIN tp_src.grade AS int NOT NULL CHECK (VALUE BETWEEN 1 AND 6);
RESET client_min_messages;

-- privileges on the table (*) and on its columns
CREATE TEMP VIEW grants AS
    SELECT coalesce(c.attname, '*') AS on_column, CASE WHEN a.grantee = 0 THEN 'public' WHEN a.grantee = c.relowner THEN 'OWNER'
           ELSE a.grantee::regrole::text END AS grantee, string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type) AS privileges
    FROM (SELECT NULL::name AS attname, relacl AS acl, relowner FROM pg_class WHERE oid = to_regclass('tp_open.person')
          UNION ALL SELECT t.attname, t.attacl, v.relowner FROM pg_attribute AS t JOIN pg_class AS v ON v.oid = t.attrelid
          WHERE t.attrelid = to_regclass('tp_open.person') AND NOT t.attisdropped) AS c, aclexplode(c.acl) AS a
    WHERE a.grantee <> c.relowner GROUP BY 1, 2 ORDER BY 1, 2;
CREATE TEMP VIEW columns AS
    SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
    WHERE attrelid = to_regclass('tp_open.person') AND attnum > 0 AND NOT attisdropped ORDER BY attnum;
GRANT SELECT ON grants, columns TO PUBLIC;

SET ROLE tp_steward;
CREATE TABLE tp_src.person (id int PRIMARY KEY, born date, city varchar(20) COLLATE "C", mark tp_src.grade, ill text);
INSERT INTO tp_src.person SELECT g, date '1960-01-01' + (g % 40) * 365, 'city ' || g % 2, 1 + g % 3, 'ill ' || g % 4 FROM generate_series(1, 240) AS g;
SELECT privrelease.classify('tp_src.person', c, k) FROM (VALUES ('born'::name, 'quasi_identifier'), ('city', 'quasi_identifier'),
    ('mark', 'insensitive'), ('ill', 'sensitive')) AS v(c, k);
SELECT privrelease.create_release('tp_open.person', 'tp_src.person', subject => 'id', kind => 'table', purpose => 'a test', model => '{"k": 5}');
SELECT privrelease.set_rule('tp_open.person', 'born', 'date_trunc', '{"levels": ["year", "decade"]}');
SELECT privrelease.set_rule('tp_open.person', 'city', 'keep');
SELECT privrelease.set_rule('tp_open.person', 'mark', 'keep');
SELECT privrelease.set_rule('tp_open.person', 'ill', 'keep');

-- a relation of that name is not touched
CREATE TABLE tp_open.person (release_row uuid PRIMARY KEY, mine int);
SELECT privrelease.refresh('tp_open.person');
SELECT count(*) FROM tp_open.person;
DROP TABLE tp_open.person;
SELECT privrelease.refresh('tp_open.person');

-- what was made
SELECT c.relkind, c.relreplident, r.rolname LIKE 'privrelease\_person\_%' AS by_its_role, r.rolcanlogin
    FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner WHERE c.oid = 'tp_open.person'::regclass;
TABLE columns;
TABLE grants;
SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'tp_open.person'::regclass AND contype = 'p';
SELECT obj_description('tp_open.person'::regclass, 'pg_class');
SELECT collname FROM pg_attribute JOIN pg_collation AS c ON c.oid = attcollation WHERE attrelid = 'tp_open.person'::regclass AND attname = 'city';
SELECT count(*), count(DISTINCT release_row), min(born) FROM tp_open.person;
-- not even the source's owner writes to it, or sees when a row came
INSERT INTO tp_open.person (release_row, mark) VALUES ('00000000-0000-0000-0000-000000000000', 1);
UPDATE tp_open.person SET ill = 'none';
DELETE FROM tp_open.person;
TRUNCATE tp_open.person;
SELECT xmin FROM tp_open.person;
SELECT count(p) FROM tp_open.person AS p;
ALTER TABLE tp_open.person ADD COLUMN more int;
CREATE INDEX ON tp_open.person (born);
SELECT release, state, version, audience FROM privrelease.releases WHERE release = 'tp_open.person';
SELECT version, records, suppressed, levels, metric, min_class FROM privrelease.versions WHERE release = 'tp_open.person';

-- publish: columns, never the table
SELECT privrelease.publish('tp_open.person', 'tp_reader');
TABLE grants;
SET ROLE tp_reader;
SELECT count(*) FROM tp_open.person;
SELECT count(ctid) FROM tp_open.person;
SELECT count(tableoid) FROM tp_open.person;
SELECT count(person) FROM tp_open.person;
SELECT count(*) FROM privrelease.versions WHERE release = 'tp_open.person';
EXPLAIN (COSTS OFF) SELECT city FROM tp_open.person;
SELECT count(*) FROM tp_src.person;
SET ROLE tp_other;
SELECT count(*) FROM tp_open.person;

-- a changed declaration: readers keep the version, nobody new gets it, the next refresh brings it
SET ROLE tp_steward;
SELECT privrelease.create_index('tp_open.person', 'city', 'ill');
SELECT privrelease.create_index('tp_open.person', 'city', 'ill');
SELECT privrelease.create_index('tp_open.person', 'nothing');
SELECT privrelease.create_index('tp_open.person', NULL);
SELECT privrelease.create_index('tp_open.person', VARIADIC '{}');
SELECT privrelease.drop_rule('tp_open.person', 'city');
SELECT privrelease.set_rule('tp_open.person', 'id', 'constant', '{"value": 7}', 'batch');
-- readers keep what was published to them, through refreshes too, until it is published anew
SELECT privrelease.refresh('tp_open.person');
SELECT state, draft FROM privrelease.releases WHERE release = 'tp_open.person';
SET ROLE tp_reader;
SELECT count(DISTINCT city) FROM tp_open.person;
SET ROLE tp_steward;
SELECT privrelease.publish('tp_open.person');
SELECT state, draft FROM privrelease.releases WHERE release = 'tp_open.person';
TABLE columns;
TABLE grants;
SET ROLE tp_reader;
SELECT count(batch) FROM tp_open.person;
SET ROLE tp_steward;
-- another type, another order: the index on what stays is there again
SELECT privrelease.create_index('tp_open.person', 'ill');
SELECT privrelease.import_policy(jsonb_set(privrelease.export_policy('tp_open.person'), '{rules}',
    '[{"column": "ill", "transform": "keep"}, {"column": "mark", "transform": "round", "params": {"to": 2}},
      {"column": "born", "transform": "date_trunc", "params": {"unit": "decade"}}]'));
SELECT privrelease.publish('tp_open.person');
TABLE columns;
TABLE grants;
SELECT replace(pg_get_indexdef(indexrelid), 'tp_open.', '') FROM pg_index WHERE indrelid = 'tp_open.person'::regclass ORDER BY indexrelid;
SELECT count(*), count(ill), count(born) FROM tp_open.person;
-- a classification changes what a model looks at: it is not refreshed until somebody has published it so
SELECT privrelease.classify('tp_src.person', 'ill', 'insensitive');
SELECT privrelease.refresh('tp_open.person');
SELECT privrelease.classify('tp_src.person', 'ill', 'sensitive');
SELECT privrelease.refresh('tp_open.person');
-- another model is a draft
SELECT privrelease.set_model('tp_open.person', '{"k": 4}');
SELECT privrelease.refresh('tp_open.person');
SELECT model, version FROM privrelease.releases WHERE release = 'tp_open.person';
SELECT model FROM privrelease.versions WHERE release = 'tp_open.person' ORDER BY version DESC LIMIT 1;
SELECT privrelease.publish('tp_open.person', 'tp_other');
SELECT model FROM privrelease.versions WHERE release = 'tp_open.person' ORDER BY version DESC LIMIT 1;

-- a column that somebody else's view shows stays until that view goes
RESET ROLE;
CREATE VIEW tp_open.over AS SELECT born FROM tp_open.person;
SET ROLE tp_steward;
SELECT privrelease.drop_rule('tp_open.person', 'born');
SELECT privrelease.publish('tp_open.person');
SELECT privrelease.drop_release('tp_open.person');
SELECT version, state FROM privrelease.releases WHERE release = 'tp_open.person';
RESET ROLE;
DROP VIEW tp_open.over;

-- a table that somebody has changed is not filled, and not published
BEGIN;
ALTER TABLE tp_open.person ENABLE ROW LEVEL SECURITY;
SET LOCAL ROLE tp_steward;
SELECT privrelease.refresh('tp_open.person');
ROLLBACK;
BEGIN;
CREATE TABLE tp_open.child () INHERITS (tp_open.person);
SET LOCAL ROLE tp_steward;
SELECT privrelease.refresh('tp_open.person');
ROLLBACK;
BEGIN;
ALTER TABLE tp_open.person OWNER TO tp_other;
SET LOCAL ROLE tp_steward;
SAVEPOINT s;
SELECT privrelease.refresh('tp_open.person');
ROLLBACK TO s;
SET LOCAL ROLE tp_reader;
SELECT count(*) FROM tp_open.person;
ROLLBACK;
BEGIN;
ALTER TABLE tp_open.person RENAME TO former;
SET LOCAL ROLE tp_steward;
SELECT privrelease.refresh('tp_open.person');
ROLLBACK;
BEGIN;
ALTER TABLE tp_open.person DROP CONSTRAINT person_pkey;
SET LOCAL ROLE tp_steward;
SELECT privrelease.refresh('tp_open.person');
ROLLBACK;
-- a member of the release's role could have written: nobody reads what he may have
SELECT release_role AS role FROM privrelease.releases WHERE release = 'tp_open.person' \gset
BEGIN;
GRANT :"role" TO tp_other;
SET LOCAL ROLE tp_reader;
\set VERBOSITY sqlstate
SELECT count(*) FROM tp_open.person;
\set VERBOSITY default
ROLLBACK;

-- another owner of the source: he reads it from the next refresh on, the former one does not
ALTER TABLE tp_src.person OWNER TO tp_heir;
SET ROLE tp_heir;
SELECT privrelease.refresh('tp_open.person');
TABLE grants;
SELECT count(*) FROM privrelease.versions WHERE release = 'tp_open.person';
RESET ROLE;
ALTER TABLE tp_src.person OWNER TO tp_steward;
SET ROLE tp_steward;
SELECT privrelease.refresh('tp_open.person');

-- withdrawn: nobody reads it, and a refresh comes before the next publication; replicas are emptied
SELECT privrelease.withdraw('tp_open.person', 'somebody objected');
TABLE grants;
SELECT count(*) > 0 AS kept FROM tp_open.person;
SET ROLE tp_reader;
SELECT count(*) FROM tp_open.person;
RESET ROLE;
GRANT USAGE ON SCHEMA tp_open TO tp_reader;
GRANT SELECT ON tp_open.person TO tp_reader;
SET ROLE tp_reader;
SELECT count(*) FROM tp_open.person;
SET ROLE tp_steward;
SELECT privrelease.publish('tp_open.person', 'tp_reader');
SELECT privrelease.refresh('tp_open.person');
SELECT privrelease.publish('tp_open.person', 'tp_reader');
RESET ROLE;
SET client_min_messages = error;
CREATE PUBLICATION tp_replica FOR TABLE tp_open.person;
RESET client_min_messages;
SET ROLE tp_steward;
SELECT privrelease.withdraw('tp_open.person', 'somebody objected again');
SELECT count(*) FROM tp_open.person;
SELECT privrelease.refresh('tp_open.person');
RESET ROLE;
DROP PUBLICATION tp_replica;
SET ROLE tp_steward;
SELECT privrelease.refresh('tp_open.person');
SELECT count(*) > 0 AS back FROM tp_open.person;
SELECT state, version, audience FROM privrelease.releases WHERE release = 'tp_open.person';

-- a table that was dropped is made anew, and published to nobody
SELECT privrelease.publish('tp_open.person', 'tp_reader');
RESET ROLE;
DROP TABLE tp_open.person;
SET ROLE tp_steward;
SELECT privrelease.publish('tp_open.person', 'tp_reader');
SELECT privrelease.refresh('tp_open.person');
SELECT state, audience FROM privrelease.releases WHERE release = 'tp_open.person';
TABLE grants;

-- dropped: the history stays, and a release of that name counts on
SELECT privrelease.drop_release('tp_open.person');
SELECT to_regclass('tp_open.person') IS NULL AS gone, count(*) AS versions, max(version) FROM privrelease.versions WHERE release = 'tp_open.person';
SELECT privrelease.create_release('tp_open.person', 'tp_src.person', subject => 'id', kind => 'table', model => '{"k": 2}');
SELECT privrelease.set_rule('tp_open.person', 'city', 'keep');
SELECT version, state FROM privrelease.releases WHERE release = 'tp_open.person';
SELECT privrelease.refresh('tp_open.person') = max(version) + 1 AS counts_on FROM privrelease.versions WHERE release = 'tp_open.person';
SELECT privrelease.drop_release('tp_open.person');
SET ROLE tp_other;
SELECT count(*) FROM privrelease.versions WHERE release = 'tp_open.person';
RESET ROLE;
SELECT count(*) FROM pg_roles WHERE rolname LIKE 'privrelease\_person\_%';
SET client_min_messages = warning;
DROP VIEW grants, columns;
DROP SCHEMA tp_src, tp_open CASCADE;
DROP OWNED BY tp_steward, tp_reader, tp_other, tp_heir;
DROP ROLE tp_steward, tp_reader, tp_other, tp_heir;
