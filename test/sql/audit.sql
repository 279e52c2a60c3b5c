-- audit(): nothing where nothing is wrong; each hole, planted alone, gives its finding and no other, and the hint closes it.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE audit_steward;
CREATE ROLE audit_other;
CREATE ROLE audit_auditor;
CREATE ROLE audit_readers;
CREATE ROLE audit_alice IN ROLE audit_readers;
CREATE ROLE audit_boss;
CREATE ROLE audit_middle;
CREATE SCHEMA audit_hr AUTHORIZATION audit_steward;
CREATE SCHEMA audit_rel;
CREATE SCHEMA audit_else;
GRANT USAGE, CREATE ON SCHEMA audit_rel TO audit_steward, audit_other;
CREATE SCHEMA audit_test;
-- Names of release roles end in random digits; the database and the first superuser have any name.
CREATE FUNCTION audit_test.masked(t text) RETURNS text LANGUAGE sql AS
    $$ SELECT regexp_replace(regexp_replace(regexp_replace(t, '(privrelease_[a-z]+)_[0-9a-f]{8}', '\1_x', 'g'),
                      '\m' || quote_ident(pg_get_userbyid(10)) || '\M', 'SUPERUSER', 'g'), '\m' || current_database() || '\M', 'DATABASE', 'g') $$;
CREATE UNLOGGED TABLE audit_test.found AS SELECT * FROM privrelease.audit();
CREATE FUNCTION audit_test.look() RETURNS TABLE (severity text, object text, finding text, hint text) LANGUAGE sql AS $$
    DELETE FROM audit_test.found;
    INSERT INTO audit_test.found SELECT * FROM privrelease.audit();
    SELECT severity, audit_test.masked(object), audit_test.masked(finding), audit_test.masked(hint) FROM audit_test.found
$$;
CREATE FUNCTION audit_test.heal() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    command text;
BEGIN
    FOR command IN SELECT hint FROM audit_test.found LOOP EXECUTE command; END LOOP;
    RETURN CASE WHEN command IS NULL THEN 0 ELSE (SELECT count(*) FROM privrelease.audit()) END;
END $$;
-- What there is, and what is left when all hints were typed.
\set look 'SELECT * FROM audit_test.look(); SELECT audit_test.heal() AS left;'

SET ROLE audit_steward;
CREATE TABLE audit_hr.person (id int PRIMARY KEY, name text, age int);
CREATE TABLE audit_hr.event (pid int, at date, what text) PARTITION BY RANGE (at);
CREATE TABLE audit_hr.event_2023 PARTITION OF audit_hr.event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY RANGE (at);
CREATE TABLE audit_hr.event_2023_h1 PARTITION OF audit_hr.event_2023 FOR VALUES FROM ('2023-01-01') TO ('2023-07-01');
CREATE TABLE audit_hr.event_2024 (pid int, at date, what text);
CREATE TABLE audit_hr.staff (grade int) INHERITS (audit_hr.person);
CREATE TABLE audit_hr.visit (pid int, ward text);
CREATE VIEW audit_hr.ward AS SELECT pid, ward FROM audit_hr.visit;
INSERT INTO audit_hr.person SELECT g, 'name' || g, g % 90 FROM generate_series(1, 60) AS g;
SELECT privrelease.create_release('audit_rel.person', 'audit_hr.person');
SELECT privrelease.set_rule('audit_rel.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.build('audit_rel.person');
SELECT privrelease.create_release('audit_rel.event', 'audit_hr.event');
SELECT privrelease.set_rule('audit_rel.event', 'what', 'keep');
SELECT privrelease.build('audit_rel.event');
SELECT privrelease.create_release('audit_rel.ward', 'audit_hr.ward');
SELECT privrelease.set_rule('audit_rel.ward', 'ward', 'keep');
SELECT privrelease.build('audit_rel.ward');
RESET ROLE;

-- before anything is published there is no audience
GRANT SELECT ON audit_hr.person TO PUBLIC;
:look
REVOKE ALL ON audit_hr.person FROM PUBLIC;
SET ROLE audit_steward;
SELECT privrelease.publish('audit_rel.person', 'audit_readers');
SELECT privrelease.publish('audit_rel.event', 'audit_readers');
SELECT privrelease.publish('audit_rel.ward', 'audit_readers');
RESET ROLE;
\pset format unaligned
\pset tuples_only on

-- clean, whoever asks; rights of the owner, of others who are no audience, and of superusers are none of its business
SELECT * FROM privrelease.audit();
BEGIN; GRANT ALL ON audit_hr.person, audit_hr.event_2023 TO audit_other; GRANT audit_readers TO audit_steward; :look ROLLBACK;
BEGIN; CREATE VIEW audit_else.v AS SELECT * FROM audit_hr.person; CREATE MATERIALIZED VIEW audit_else.m AS SELECT * FROM audit_else.v; :look ROLLBACK;
BEGIN; GRANT USAGE ON SCHEMA audit_hr TO audit_readers; GRANT audit_other TO audit_alice; :look ROLLBACK;
BEGIN; CREATE ROLE audit_su SUPERUSER; GRANT audit_readers TO audit_su; :look ROLLBACK;

-- who is told what
SET ROLE audit_steward;
SELECT count(*) FROM privrelease.audit();
SET ROLE audit_alice;
SELECT * FROM privrelease.audit();
SELECT * FROM privrelease.audit_grants();
SET ROLE audit_auditor;
SELECT * FROM privrelease.audit();
RESET ROLE;
BEGIN;
SELECT privrelease.grant_duty('auditor', 'audit_auditor');
SET LOCAL ROLE audit_other;
CREATE TABLE audit_rel.own (id int);
SELECT privrelease.create_release('audit_rel.mine', 'audit_rel.own');
SELECT privrelease.set_rule('audit_rel.mine', 'id', 'keep');
SELECT privrelease.build('audit_rel.mine');
SELECT privrelease.publish('audit_rel.mine', 'audit_readers');
RESET ROLE;
GRANT SELECT (name) ON audit_hr.person TO audit_alice;
GRANT SELECT ON audit_rel.own TO audit_alice;
SET LOCAL ROLE audit_steward;
SELECT object FROM privrelease.audit();
SET LOCAL ROLE audit_other;
SELECT object FROM privrelease.audit();
SET LOCAL ROLE audit_auditor;
SELECT object FROM privrelease.audit();
ROLLBACK;
-- in a read-only transaction
BEGIN READ ONLY; SELECT * FROM privrelease.audit(); ROLLBACK;

-- grants on the source, its columns, its partitions, children, and what a source view reads
BEGIN; GRANT SELECT ON audit_hr.person TO audit_readers; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.person TO audit_alice WITH GRANT OPTION; GRANT USAGE ON SCHEMA audit_hr TO audit_alice; SET LOCAL ROLE audit_alice; GRANT SELECT ON audit_hr.person TO audit_readers; RESET ROLE; SELECT * FROM audit_test.look(); ROLLBACK;
BEGIN; GRANT SELECT (age, name), UPDATE (name) ON audit_hr.person TO audit_readers; :look ROLLBACK;
BEGIN; GRANT SELECT (age) ON audit_hr.person TO PUBLIC; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.event_2023 TO audit_readers; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.event_2023_h1 TO PUBLIC; :look ROLLBACK;
BEGIN; GRANT SELECT (what) ON audit_hr.event_2023_h1 TO audit_alice; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.event_2024 TO audit_alice; :look ALTER TABLE audit_hr.event ATTACH PARTITION audit_hr.event_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.event_2024 TO audit_alice; ALTER TABLE audit_hr.event ATTACH PARTITION audit_hr.event_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.staff TO audit_alice; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.visit TO audit_alice; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.ward TO audit_readers; :look ROLLBACK;
BEGIN; GRANT INSERT, UPDATE, DELETE ON audit_hr.person TO audit_readers; :look ROLLBACK;
BEGIN; GRANT TRIGGER ON audit_hr.person TO audit_alice; :look ROLLBACK;
BEGIN; GRANT REFERENCES (id) ON audit_hr.person TO audit_alice; :look ROLLBACK;
-- a release of a partition: what its parents show
BEGIN;
SET LOCAL ROLE audit_steward;
SELECT privrelease.withdraw('audit_rel.event', 'test');
SELECT privrelease.create_release('audit_rel.half', 'audit_hr.event_2023_h1');
SELECT privrelease.set_rule('audit_rel.half', 'what', 'keep');
SELECT privrelease.build('audit_rel.half');
SELECT privrelease.publish('audit_rel.half', 'audit_readers');
RESET ROLE;
GRANT SELECT ON audit_hr.event TO audit_alice;
:look
ROLLBACK;

-- the graph of roles
BEGIN; GRANT audit_steward TO audit_alice; :look ROLLBACK;
BEGIN; ALTER ROLE audit_alice NOINHERIT; GRANT SELECT ON audit_hr.person TO audit_boss; GRANT audit_boss TO audit_alice; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.person TO audit_boss; GRANT audit_boss TO audit_middle; GRANT audit_middle TO audit_readers; :look ROLLBACK;
BEGIN; GRANT SELECT (what) ON audit_hr.event_2023 TO audit_boss; GRANT audit_boss TO audit_alice WITH ADMIN OPTION; :look ROLLBACK;
BEGIN; GRANT UPDATE ON audit_hr.person TO audit_boss; GRANT audit_boss TO audit_alice; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.person TO audit_alice; GRANT audit_readers TO audit_middle; GRANT SELECT ON audit_hr.event TO audit_middle; :look ROLLBACK;
BEGIN; CREATE ROLE audit_su SUPERUSER; GRANT audit_su TO audit_alice; :look ROLLBACK;
BEGIN; ALTER ROLE audit_readers SUPERUSER; :look ROLLBACK;
BEGIN; ALTER ROLE audit_alice REPLICATION BYPASSRLS CREATEROLE; :look ROLLBACK;
BEGIN; ALTER ROLE audit_boss REPLICATION; :look ROLLBACK;
BEGIN; ALTER ROLE audit_boss REPLICATION; GRANT audit_boss TO audit_alice; :look ROLLBACK;
BEGIN; GRANT pg_read_all_data TO audit_readers; :look ROLLBACK;
BEGIN; GRANT pg_monitor TO audit_alice; :look ROLLBACK;
BEGIN; GRANT pg_read_all_stats TO audit_middle; GRANT audit_middle TO audit_alice; :look ROLLBACK;
BEGIN; GRANT pg_execute_server_program TO audit_alice WITH ADMIN OPTION; :look ROLLBACK;
BEGIN; GRANT pg_read_server_files, pg_write_all_data TO audit_alice; :look ROLLBACK;
BEGIN; ALTER SCHEMA audit_hr OWNER TO audit_alice; :look ROLLBACK;
BEGIN; ALTER TABLE audit_hr.person OWNER TO audit_alice; :look ROLLBACK;
BEGIN; ALTER TABLE audit_hr.event_2023_h1 OWNER TO audit_readers; :look ROLLBACK;
SELECT format('BEGIN; ALTER DATABASE %I OWNER TO audit_alice', current_database()) AS own \gset
\set ECHO errors
:own;
\set ECHO all
:look ROLLBACK;

-- default privileges
BEGIN; ALTER DEFAULT PRIVILEGES FOR ROLE audit_steward GRANT SELECT ON TABLES TO audit_alice; :look ROLLBACK;
BEGIN; ALTER DEFAULT PRIVILEGES FOR ROLE audit_other IN SCHEMA audit_hr GRANT SELECT, INSERT ON TABLES TO PUBLIC; :look ROLLBACK;
BEGIN; GRANT audit_boss TO audit_alice; ALTER DEFAULT PRIVILEGES FOR ROLE audit_steward IN SCHEMA audit_hr GRANT SELECT ON TABLES TO audit_boss; :look ROLLBACK;
BEGIN; ALTER DEFAULT PRIVILEGES FOR ROLE audit_other GRANT SELECT ON TABLES TO audit_alice; ALTER DEFAULT PRIVILEGES FOR ROLE audit_steward IN SCHEMA audit_else GRANT SELECT ON TABLES TO audit_alice; ALTER DEFAULT PRIVILEGES FOR ROLE audit_steward GRANT USAGE ON TYPES TO PUBLIC; :look ROLLBACK;

-- views, materialized views, rules
BEGIN; CREATE VIEW audit_else.raw AS SELECT name, age FROM audit_hr.person; GRANT SELECT ON audit_else.raw TO audit_readers; :look ROLLBACK;
BEGIN; CREATE VIEW audit_else.one AS SELECT name FROM audit_hr.person; CREATE VIEW audit_else.two AS SELECT * FROM audit_else.one; GRANT SELECT (name) ON audit_else.two TO PUBLIC; :look ROLLBACK;
BEGIN; CREATE VIEW audit_else.one WITH (security_invoker = true) AS SELECT name FROM audit_hr.person; GRANT SELECT ON audit_else.one TO audit_readers; :look CREATE VIEW audit_else.two AS SELECT * FROM audit_else.one; GRANT SELECT ON audit_else.two TO audit_readers; :look ROLLBACK;
BEGIN; CREATE VIEW audit_else.raw AS SELECT * FROM audit_hr.event_2023_h1; GRANT SELECT ON audit_else.raw TO audit_middle; GRANT audit_middle TO audit_alice; :look ROLLBACK;
BEGIN; CREATE MATERIALIZED VIEW audit_else.copy AS SELECT ward FROM audit_hr.visit; GRANT SELECT ON audit_else.copy TO audit_alice; :look ROLLBACK;
BEGIN; CREATE TABLE audit_else.t (name text); CREATE RULE "R r" AS ON INSERT TO audit_else.t DO ALSO SELECT name FROM audit_hr.person; GRANT SELECT ON audit_else.t TO audit_alice; :look GRANT INSERT ON audit_else.t TO audit_alice; :look ROLLBACK;
-- a view of somebody who may not read the source shows nothing, and one over a release shows the release
BEGIN; CREATE VIEW audit_else.v AS SELECT * FROM audit_hr.person; ALTER VIEW audit_else.v OWNER TO audit_other; GRANT SELECT ON audit_else.v TO PUBLIC; :look ROLLBACK;
BEGIN; CREATE VIEW audit_else.v AS SELECT * FROM audit_rel.person; GRANT SELECT ON audit_else.v TO PUBLIC; :look ROLLBACK;

-- functions
BEGIN; CREATE FUNCTION audit_else.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT name FROM audit_hr.person'; ALTER FUNCTION audit_else.f() OWNER TO audit_steward; :look ROLLBACK;
BEGIN; CREATE FUNCTION audit_else.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT what FROM audit_hr.event_2023; END; REVOKE ALL ON FUNCTION audit_else.f() FROM PUBLIC; :look GRANT EXECUTE ON FUNCTION audit_else.f() TO audit_alice; :look ROLLBACK;
BEGIN; CREATE FUNCTION audit_else.f(int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END'; ALTER FUNCTION audit_else.f(int) OWNER TO audit_steward; :look ROLLBACK;
BEGIN; CREATE PROCEDURE audit_else.p() LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM audit_hr.visit'; ALTER PROCEDURE audit_else.p() OWNER TO audit_steward; :look ROLLBACK;
BEGIN; CREATE FUNCTION audit_else.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION audit_else.f() OWNER TO audit_other; CREATE FUNCTION audit_else.g() RETURNS int LANGUAGE sql AS 'SELECT 1'; :look ROLLBACK;
BEGIN; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO audit_readers; :look ROLLBACK;

-- code in the source
CREATE FUNCTION audit_else.twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
BEGIN; CREATE INDEX ON audit_hr.person (audit_else.twice(age)); :look ROLLBACK;
ALTER FUNCTION audit_else.twice(int) OWNER TO audit_alice;
BEGIN; CREATE INDEX ON audit_hr.person (audit_else.twice(age)); :look ROLLBACK;
ALTER FUNCTION audit_else.twice(int) OWNER TO audit_other;
BEGIN; ALTER TABLE audit_hr.staff ADD CHECK (audit_else.twice(grade) > 0); :look ROLLBACK;
BEGIN; ALTER TABLE audit_hr.visit ADD COLUMN n int GENERATED ALWAYS AS (audit_else.twice(pid)) STORED; CREATE STATISTICS audit_hr.st ON (audit_else.twice(pid)) FROM audit_hr.visit; :look ROLLBACK;
BEGIN; CREATE DOMAIN audit_else.d AS int CHECK (audit_else.twice(VALUE) > 0); ALTER TABLE audit_hr.staff ADD COLUMN d audit_else.d; :look ROLLBACK;
BEGIN; CREATE FUNCTION audit_else.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION audit_else.t() OWNER TO audit_alice; CREATE TRIGGER t BEFORE INSERT ON audit_hr.event_2023_h1 FOR EACH ROW EXECUTE FUNCTION audit_else.t(); :look ROLLBACK;
DROP FUNCTION audit_else.twice(int);

-- two live views
BEGIN; SET LOCAL ROLE audit_steward; SELECT privrelease.create_release('audit_rel.again', 'audit_hr.person'); SELECT privrelease.set_rule('audit_rel.again', 'name', 'partial'); SELECT privrelease.build('audit_rel.again'); RESET ROLE; :look SELECT privrelease.publish('audit_rel.again', 'audit_boss'); :look SELECT privrelease.publish('audit_rel.again', 'audit_readers'); :look ROLLBACK;

-- publications
BEGIN; CREATE PUBLICATION "audit P" FOR TABLE audit_hr.person; :look ROLLBACK;
BEGIN; CREATE PUBLICATION audit_p FOR TABLE audit_hr.event_2023_h1, audit_hr.visit; :look ROLLBACK;
BEGIN; CREATE PUBLICATION audit_p FOR TABLE audit_hr.event WITH (publish_via_partition_root); :look ROLLBACK;
BEGIN; CREATE PUBLICATION audit_p FOR TABLES IN SCHEMA audit_hr; :look ROLLBACK;
BEGIN; CREATE PUBLICATION audit_p FOR ALL TABLES; :look ROLLBACK;
BEGIN; CREATE TABLE audit_else.free (i int); CREATE PUBLICATION audit_p FOR TABLE audit_else.free; CREATE PUBLICATION audit_q FOR TABLES IN SCHEMA audit_else; :look ROLLBACK;

-- foreign servers
CREATE FOREIGN DATA WRAPPER audit_fdw;
BEGIN; CREATE SERVER audit_srv FOREIGN DATA WRAPPER audit_fdw; CREATE USER MAPPING FOR audit_alice SERVER audit_srv; :look GRANT USAGE ON FOREIGN SERVER audit_srv TO audit_alice; :look ROLLBACK;
SELECT format('BEGIN; CREATE SERVER "audit S" FOREIGN DATA WRAPPER audit_fdw OPTIONS (dbname %L)', current_database()) AS loop \gset
\set ECHO errors
:loop;
\set ECHO all
CREATE USER MAPPING FOR PUBLIC SERVER "audit S"; GRANT USAGE ON FOREIGN SERVER "audit S" TO audit_readers; :look ROLLBACK;
BEGIN; CREATE SERVER audit_srv FOREIGN DATA WRAPPER audit_fdw; CREATE FOREIGN TABLE audit_else.far (i int) SERVER audit_srv; GRANT SELECT ON audit_else.far TO audit_alice; :look ROLLBACK;
DROP FOREIGN DATA WRAPPER audit_fdw;

-- the releases themselves
BEGIN; ALTER VIEW audit_rel.person SET (security_barrier = off); :look ROLLBACK;
BEGIN; ALTER VIEW audit_rel.person SET (security_invoker = true); :look ROLLBACK;
BEGIN; ALTER VIEW audit_rel.person OWNER TO audit_alice; :look ROLLBACK;
BEGIN; CREATE OR REPLACE VIEW audit_rel.person WITH (security_barrier) AS SELECT id AS age FROM audit_hr.person; :look ROLLBACK;
BEGIN; GRANT INSERT, UPDATE (age) ON audit_rel.person TO audit_readers; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_rel.person TO audit_readers WITH GRANT OPTION; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_rel.person TO PUBLIC; :look ROLLBACK;
BEGIN; GRANT SELECT (age) ON audit_rel.person TO audit_boss; :look ROLLBACK;
BEGIN; SELECT privrelease.withdraw('audit_rel.person', 'test'); :look GRANT SELECT ON audit_rel.person TO audit_alice; :look ROLLBACK;
BEGIN; ALTER TABLE audit_hr.person OWNER TO audit_other; :look ROLLBACK;
SELECT release_role FROM privrelease.releases WHERE release = 'audit_rel.person' \gset
\set ECHO errors
BEGIN; GRANT :release_role TO audit_alice; :look ROLLBACK;
BEGIN; GRANT audit_boss TO :release_role; :look ROLLBACK;
BEGIN; ALTER ROLE :release_role LOGIN BYPASSRLS; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.person TO :release_role; :look ROLLBACK;
BEGIN; GRANT SELECT ON audit_hr.visit TO :release_role; GRANT ALL ON SCHEMA audit_else TO :release_role; :look ROLLBACK;
BEGIN; CREATE TABLE audit_else.t (); ALTER TABLE audit_else.t OWNER TO :release_role; :look ROLLBACK;
\set ECHO all
BEGIN; GRANT SELECT ON privrelease.release TO audit_other; :look ROLLBACK;
BEGIN; GRANT SELECT ON privrelease.releases TO audit_other; :look ROLLBACK;
BEGIN; UPDATE privrelease.release SET binding = 'elsewhere' WHERE release_name = 'ward'; SELECT * FROM audit_test.look(); SET LOCAL ROLE audit_steward; SELECT * FROM privrelease.audit(); ROLLBACK;

-- the guard
BEGIN; SET LOCAL privrelease.guard = off; SELECT * FROM audit_test.look(); ROLLBACK;
BEGIN; ALTER ROLE audit_alice SET privrelease.guard = off; :look ROLLBACK;
BEGIN; ALTER ROLE audit_steward SET privrelease.guard = off; ALTER ROLE audit_alice SET privrelease.guard = on; :look ROLLBACK;
BEGIN; GRANT SET ON PARAMETER privrelease.guard TO audit_readers; :look ROLLBACK;

-- a release table: SELECT is by column
BEGIN;
SELECT privrelease.withdraw('audit_rel.person', 'a table instead');
SET LOCAL ROLE audit_steward;
SELECT privrelease.create_release('audit_rel.t', 'audit_hr.person', kind => 'table', model => '{"k": 2, "metric": "discernibility"}');
SELECT privrelease.set_rule('audit_rel.t', 'age', 'bin', '{"levels": [10, 30, 90]}');
SELECT privrelease.refresh('audit_rel.t');
SELECT privrelease.publish('audit_rel.t', 'audit_readers');
SELECT privrelease.create_index('audit_rel.t', 'age');
RESET ROLE;
SELECT privrelease.create_publication('audit_rel.t', 'audit_pub');
:look
SAVEPOINT s;
ALTER PUBLICATION audit_pub ADD TABLE audit_hr.event;
:look
ROLLBACK TO s;
GRANT SELECT ON audit_rel.t TO audit_readers;
:look
ROLLBACK;

-- names that want to be more than names
BEGIN;
CREATE ROLE "audit ""q'; DROP TABLE x; --";
CREATE SCHEMA "audit ""s'";
CREATE TABLE "audit ""s'"."t;--'""" ("c,""')" text, b int);
SELECT privrelease.create_release('"audit ""s''"."r;""''"', '"audit ""s''"."t;--''"""');
SELECT privrelease.set_rule('"audit ""s''"."r;""''"', 'b', 'keep');
SELECT privrelease.build('"audit ""s''"."r;""''"');
SELECT privrelease.publish('"audit ""s''"."r;""''"', 'audit "q''; DROP TABLE x; --');
:look
GRANT SELECT ("c,""')") ON "audit ""s'"."t;--'""" TO "audit ""q'; DROP TABLE x; --";
GRANT UPDATE ON "audit ""s'"."r;""'" TO "audit ""q'; DROP TABLE x; --";
CREATE VIEW "audit ""s'"."v%s%I" AS SELECT "c,""')" FROM "audit ""s'"."t;--'""";
GRANT SELECT ON "audit ""s'"."v%s%I" TO "audit ""q'; DROP TABLE x; --";
CREATE FUNCTION "audit ""s'"."f('"("audit ""s'"."t;--'""") RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE PUBLICATION "p"";'" FOR TABLE "audit ""s'"."t;--'""";
ALTER DEFAULT PRIVILEGES IN SCHEMA "audit ""s'" GRANT SELECT ON TABLES TO "audit ""q'; DROP TABLE x; --";
GRANT pg_read_all_data TO "audit ""q'; DROP TABLE x; --";
:look
ROLLBACK;
-- objects of others under the names that the queries use
BEGIN;
CREATE SCHEMA audit_evil;
CREATE FUNCTION audit_evil.aclexplode(aclitem[]) RETURNS int LANGUAGE sql AS 'SELECT 1/0';
CREATE FUNCTION audit_evil.evil(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT 1/0 = 0';
CREATE OPERATOR audit_evil.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = audit_evil.evil);
CREATE TABLE audit_evil.pg_class (oid oid);
CREATE TEMP TABLE pg_rewrite (oid oid);
SET LOCAL search_path = audit_evil, pg_temp, pg_catalog, audit_test;
GRANT SELECT ON audit_hr.person TO audit_alice;
SELECT * FROM privrelease.audit();
ROLLBACK;

SELECT privrelease.uninstall();
\set ECHO errors
DROP SCHEMA audit_hr, audit_rel, audit_else, audit_test CASCADE;
DROP ROLE audit_steward, audit_other, audit_auditor, audit_alice, audit_readers, audit_boss, audit_middle;
DROP EXTENSION privrelease;
