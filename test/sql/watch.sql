-- A command that opens a way from an audience to a source says so, and is not kept from it.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE watch_steward;
CREATE ROLE watch_readers;
CREATE ROLE watch_alice IN ROLE watch_readers;
CREATE ROLE watch_other;
CREATE SCHEMA watch_hr AUTHORIZATION watch_steward;
CREATE SCHEMA watch_open AUTHORIZATION watch_steward;
GRANT USAGE ON SCHEMA watch_hr TO PUBLIC;
SET ROLE watch_steward;
CREATE TABLE watch_hr.event (pid int, at date, what text) PARTITION BY RANGE (at);
CREATE TABLE watch_hr.event_2023 PARTITION OF watch_hr.event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
SELECT privrelease.create_release('watch_open.event', 'watch_hr.event');
SELECT privrelease.set_rule('watch_open.event', 'what', 'keep');
SELECT privrelease.build('watch_open.event');
RESET ROLE;
RESET client_min_messages;

-- nothing is published
BEGIN; GRANT SELECT ON watch_hr.event TO PUBLIC; ROLLBACK;
SELECT privrelease.publish('watch_open.event', 'watch_readers');

-- what opens a way: whoever does it, with and without a right to know which; in a block; in a failed transaction
BEGIN; GRANT SELECT ON watch_hr.event TO watch_readers; GRANT SELECT ON watch_hr.event TO watch_readers; ROLLBACK;
BEGIN; GRANT SELECT (what) ON watch_hr.event_2023 TO PUBLIC, watch_alice; ROLLBACK;
BEGIN; SET LOCAL ROLE watch_steward; GRANT SELECT ON ALL TABLES IN SCHEMA watch_hr TO watch_alice; ROLLBACK;
BEGIN; GRANT INSERT ON watch_hr.event TO watch_readers; ROLLBACK;
BEGIN; DO $$ BEGIN GRANT SELECT ON watch_hr.event TO watch_alice; REVOKE SELECT ON watch_hr.event FROM watch_alice; END $$; ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; GRANT SELECT ON watch_hr.event TO watch_alice; ROLLBACK;
BEGIN; ALTER DEFAULT PRIVILEGES IN SCHEMA watch_hr GRANT SELECT ON TABLES TO watch_alice; CREATE TABLE watch_hr.event_2022 PARTITION OF watch_hr.event FOR VALUES FROM ('2022-01-01') TO ('2023-01-01'); ROLLBACK;
BEGIN; CREATE TABLE watch_hr.event_2024 (LIKE watch_hr.event); GRANT SELECT ON watch_hr.event_2024 TO watch_alice; ALTER TABLE watch_hr.event ATTACH PARTITION watch_hr.event_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); ALTER TABLE watch_hr.event DETACH PARTITION watch_hr.event_2024; ROLLBACK;
BEGIN; ALTER TABLE watch_hr.event_2023 OWNER TO watch_alice; ROLLBACK;
BEGIN; CREATE VIEW watch_open.raw AS SELECT * FROM watch_hr.event; GRANT SELECT ON watch_open.raw TO watch_readers; ROLLBACK;
BEGIN; ALTER VIEW watch_open.event SET (security_barrier = off); ROLLBACK;
BEGIN; GRANT SELECT ON watch_open.event TO PUBLIC; ROLLBACK;
BEGIN; CREATE FUNCTION watch_open.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT what FROM watch_hr.event'; ROLLBACK;
BEGIN; CREATE FUNCTION watch_open.f() RETURNS SETOF text LANGUAGE sql AS 'SELECT what FROM watch_hr.event'; ALTER FUNCTION watch_open.f() SECURITY DEFINER; REVOKE ALL ON FUNCTION watch_open.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION watch_open.f() TO watch_alice; ROLLBACK;
BEGIN; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO watch_alice; ROLLBACK;
BEGIN; CREATE TABLE watch_open.n (a int); SET LOCAL client_min_messages = error; CREATE PUBLICATION watch_p FOR TABLE watch_open.n; SET LOCAL client_min_messages = warning; ALTER PUBLICATION watch_p ADD TABLE watch_hr.event; ROLLBACK;

BEGIN; GRANT SELECT ON pg_statistic TO watch_alice; ROLLBACK;
BEGIN; CREATE VIEW watch_hr.one AS SELECT * FROM watch_hr.event; CREATE VIEW watch_open.two AS SELECT * FROM watch_hr.one; GRANT SELECT ON watch_open.two TO watch_alice; ROLLBACK;

-- what does not; where nothing can be opened audit() is not asked, so that what it costs is no matter
BEGIN;
CREATE OR REPLACE FUNCTION privrelease.audit_tables() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE AS $$ SELECT (1 / (SELECT count(*) - count(*) FROM pg_class))::text, ''::text, ''::text, ''::text, NULL::int4[] $$;
CREATE TABLE watch_open.n (a int) PARTITION BY RANGE (a);
CREATE TABLE watch_open.n_1 PARTITION OF watch_open.n FOR VALUES FROM (1) TO (2);
CREATE VIEW watch_open.v AS SELECT * FROM watch_open.n;
GRANT SELECT ON watch_open.n, watch_open.v TO PUBLIC;
SET LOCAL ROLE watch_steward;
CREATE TABLE watch_hr.event_2022 PARTITION OF watch_hr.event FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE watch_hr.event_2021 PARTITION OF watch_hr.event FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (at);
CREATE TABLE watch_hr.event_2021_h1 PARTITION OF watch_hr.event_2021 FOR VALUES FROM ('2021-01-01') TO ('2021-07-01');
ROLLBACK;
BEGIN; GRANT SELECT ON watch_hr.event TO watch_other; REVOKE SELECT ON watch_hr.event FROM watch_other; ROLLBACK;
BEGIN; CREATE TABLE watch_open.n (a int); GRANT ALL ON watch_open.n TO PUBLIC; GRANT USAGE ON SCHEMA watch_hr TO watch_alice; ALTER TABLE watch_open.n ADD COLUMN b int; ROLLBACK;
BEGIN; CREATE VIEW watch_open.v AS SELECT * FROM watch_open.event; GRANT SELECT ON watch_open.v TO PUBLIC; ROLLBACK;
BEGIN; CREATE FUNCTION watch_open.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION watch_open.f() TO PUBLIC; ROLLBACK;
BEGIN; CREATE TABLE watch_hr.event_2022 PARTITION OF watch_hr.event FOR VALUES FROM ('2022-01-01') TO ('2023-01-01'); ROLLBACK;
BEGIN; SET LOCAL ROLE watch_steward; SELECT privrelease.withdraw('watch_open.event', 'test'); SELECT privrelease.build('watch_open.event'); SELECT privrelease.publish('watch_open.event', 'watch_other'); ROLLBACK;

-- what goes wrong in it fails no command
BEGIN;
CREATE OR REPLACE FUNCTION privrelease.audit_tables() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE AS $$ SELECT (1 / (SELECT count(*) - count(*) FROM pg_class))::text, ''::text, ''::text, ''::text, NULL::int4[] $$;
GRANT SELECT ON watch_hr.event TO watch_alice;
SELECT has_table_privilege('watch_alice', 'watch_hr.event', 'SELECT');
ROLLBACK;
-- neither is called by hand
SELECT privrelease.watch_ddl();
SELECT privrelease.refuse_drop();

SET client_min_messages = error;
SELECT privrelease.uninstall();
DROP SCHEMA watch_hr, watch_open CASCADE;
DROP ROLE watch_steward, watch_alice, watch_readers, watch_other;
DROP EXTENSION privrelease;
