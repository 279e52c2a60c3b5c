-- audit(), continued: copies, catalogues, code that runs by itself, and the extension's own objects. Each hole, planted alone, gives its
-- finding, and the hint closes it; the same things, harmless, give none.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE path_steward;
CREATE ROLE path_other;
CREATE ROLE path_readers;
CREATE ROLE path_alice IN ROLE path_readers;
CREATE SCHEMA path_hr AUTHORIZATION path_steward;
CREATE SCHEMA path_rel;
CREATE SCHEMA path_else;
CREATE SCHEMA path_test;
GRANT USAGE, CREATE ON SCHEMA path_rel TO path_steward;
GRANT USAGE ON SCHEMA path_hr TO path_other;
CREATE FUNCTION path_test.masked(t text) RETURNS text LANGUAGE sql AS
    $$ SELECT regexp_replace(regexp_replace(regexp_replace(t, 'pg_toast_[0-9]+', 'pg_toast_N', 'g'), quote_ident(pg_get_userbyid(10)) || '(;|,| |$)', 'SUPERUSER\1', 'g'),
                      '\m' || current_database() || '\M', 'DATABASE', 'g') $$;
CREATE UNLOGGED TABLE path_test.found AS SELECT * FROM privrelease.audit();
CREATE FUNCTION path_test.look() RETURNS TABLE (severity text, object text, finding text, hint text) LANGUAGE sql AS $$
    DELETE FROM path_test.found;
    INSERT INTO path_test.found SELECT * FROM privrelease.audit();
    SELECT severity, path_test.masked(object), path_test.masked(finding), path_test.masked(hint) FROM path_test.found
$$;
CREATE FUNCTION path_test.heal() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    command text;
BEGIN
    FOR command IN SELECT hint FROM path_test.found LOOP EXECUTE command; END LOOP;
    RETURN CASE WHEN command IS NULL THEN 0 ELSE (SELECT count(*) FROM privrelease.audit()) END;
END $$;
\set look 'SELECT * FROM path_test.look(); SELECT path_test.heal() AS left;'
SET ROLE path_steward;
CREATE TABLE path_hr.person (id serial PRIMARY KEY, name text, age int);
CREATE TABLE path_hr.event (pid int, at date, what text) PARTITION BY RANGE (at);
SELECT privrelease.create_release('path_rel.person', 'path_hr.person', kind => 'table', model => '{"k": 2, "metric": "discernibility"}');
SELECT privrelease.set_rule('path_rel.person', 'age', 'bin', '{"levels": [10, 30, 90]}');
INSERT INTO path_hr.person SELECT g, 'name' || g, g % 90 FROM generate_series(1, 60) AS g;
SELECT privrelease.refresh('path_rel.person');
SELECT privrelease.publish('path_rel.person', 'path_readers');
SELECT privrelease.create_release('path_rel.event', 'path_hr.event');
SELECT privrelease.set_rule('path_rel.event', 'what', 'keep');
SELECT privrelease.build('path_rel.event');
SELECT privrelease.publish('path_rel.event', 'path_readers');
RESET ROLE;
\pset format unaligned
\pset tuples_only on
SELECT * FROM privrelease.audit();

-- who works for the owner is no audience because the owner is a member of one
BEGIN; GRANT path_readers TO path_steward; GRANT path_steward TO path_other; :look ROLLBACK;
-- predefined roles by way of others
BEGIN; GRANT pg_read_all_data TO pg_monitor; GRANT pg_monitor TO path_alice; :look ROLLBACK;
BEGIN; ALTER SCHEMA path_rel OWNER TO path_alice; :look ROLLBACK;

-- functions that nobody may execute, and that run all the same
BEGIN; CREATE TABLE path_else.t (x text); CREATE FUNCTION path_else.f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN NEW.x := (SELECT name FROM path_hr.person LIMIT 1); RETURN NEW; END'; REVOKE ALL ON FUNCTION path_else.f() FROM PUBLIC; CREATE TRIGGER t BEFORE INSERT ON path_else.t FOR EACH ROW EXECUTE FUNCTION path_else.f(); GRANT SELECT, UPDATE ON path_else.t TO path_alice; :look GRANT INSERT (x) ON path_else.t TO path_alice; :look ROLLBACK;
BEGIN; CREATE FUNCTION path_else.f(text, int) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT max(name) FROM path_hr.person'; REVOKE ALL ON FUNCTION path_else.f(text, int) FROM PUBLIC; CREATE AGGREGATE path_else.a(int) (SFUNC = path_else.f, STYPE = text); :look ROLLBACK;
BEGIN; CREATE FUNCTION path_else.f() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN CREATE TABLE path_else.copy AS SELECT name FROM path_hr.person; END'; :look CREATE EVENT TRIGGER path_t ON ddl_command_end WHEN TAG IN ('CREATE TYPE') EXECUTE FUNCTION path_else.f(); :look ROLLBACK;
-- by a view of the source; by another function
BEGIN; CREATE VIEW path_hr.v AS SELECT * FROM path_hr.person; ALTER VIEW path_hr.v OWNER TO path_steward; GRANT SELECT ON path_hr.v TO path_other; CREATE FUNCTION path_else.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT name FROM path_hr.v'; ALTER FUNCTION path_else.f() OWNER TO path_other; :look ROLLBACK;
BEGIN; CREATE FUNCTION path_else.f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT max(name) FROM path_hr.person'; REVOKE ALL ON FUNCTION path_else.f() FROM PUBLIC; CREATE FUNCTION path_else.g() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT path_else.f()'; ALTER FUNCTION path_else.g() OWNER TO path_other; :look GRANT EXECUTE ON FUNCTION path_else.f() TO path_other; :look ROLLBACK;
-- the domain of a domain
BEGIN; CREATE FUNCTION path_else.f(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; ALTER FUNCTION path_else.f(text) OWNER TO path_alice; CREATE DOMAIN path_else.d AS text CHECK (path_else.f(VALUE)); CREATE DOMAIN path_else.e AS path_else.d; ALTER TABLE path_hr.person ADD COLUMN z path_else.e[]; :look ROLLBACK;

-- copies
BEGIN; CREATE TABLE path_else.copy (name text); CREATE FUNCTION path_else.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO path_else.copy VALUES (NEW.name); RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON path_hr.person FOR EACH ROW EXECUTE FUNCTION path_else.f(); :look GRANT SELECT ON path_else.copy TO path_readers; :look ROLLBACK;
BEGIN; CREATE TABLE path_else.town (name text); GRANT SELECT ON path_else.town TO PUBLIC; CREATE FUNCTION path_else.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM name FROM path_else.town; RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON path_hr.person FOR EACH ROW EXECUTE FUNCTION path_else.f(); :look ROLLBACK;
BEGIN; CREATE TABLE path_else.copy (name text); CREATE RULE r AS ON INSERT TO path_hr.person DO ALSO INSERT INTO path_else.copy VALUES (NEW.name); :look GRANT SELECT (name) ON path_else.copy TO PUBLIC; :look ROLLBACK;
BEGIN; CREATE FUNCTION path_else.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('new', NEW.name); RETURN NEW; END $$; CREATE TRIGGER t AFTER INSERT ON path_hr.person FOR EACH ROW EXECUTE FUNCTION path_else.f(); SELECT * FROM path_test.look(); ROLLBACK;

-- PostgreSQL's own tables
BEGIN; GRANT SELECT ON pg_statistic TO path_alice; :look ROLLBACK;
BEGIN; GRANT SELECT (rolpassword) ON pg_authid TO path_alice; GRANT SELECT (rolname) ON pg_authid TO path_readers; :look ROLLBACK;
BEGIN; GRANT UPDATE ON pg_class TO PUBLIC; :look ROLLBACK;
SELECT format('BEGIN; GRANT SELECT ON %s TO path_alice', reltoastrelid::regclass) AS toast FROM pg_class WHERE oid = 'path_hr.person'::regclass \gset
\set ECHO errors
:toast;
\set ECHO all
:look ROLLBACK;
BEGIN; GRANT SELECT ON SEQUENCE path_hr.person_id_seq TO path_alice; :look ROLLBACK;
BEGIN; CREATE TABLE path_else.c (pid int REFERENCES path_hr.person, note text); GRANT INSERT (note) ON path_else.c TO path_alice; :look GRANT INSERT (pid) ON path_else.c TO path_alice; :look ROLLBACK;

-- default privileges of who can make partitions of the source
SELECT format('BEGIN; ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT ON TABLES TO path_readers', pg_get_userbyid(10)) AS defaults \gset
\set ECHO errors
:defaults;
\set ECHO all
:look ROLLBACK;
BEGIN; ALTER DEFAULT PRIVILEGES FOR ROLE path_other GRANT SELECT ON TABLES TO path_readers; :look GRANT path_steward TO path_other; :look ROLLBACK;

-- ways out
CREATE FOREIGN DATA WRAPPER path_fdw;
BEGIN; GRANT USAGE ON FOREIGN DATA WRAPPER path_fdw TO path_alice; :look ROLLBACK;
BEGIN; CREATE SERVER path_srv FOREIGN DATA WRAPPER path_fdw; CREATE FOREIGN TABLE path_else.far (i int) SERVER path_srv; CREATE VIEW path_else.near AS SELECT * FROM path_else.far; :look GRANT SELECT ON path_else.near TO path_readers; :look ROLLBACK;
DROP FOREIGN DATA WRAPPER path_fdw;
BEGIN; CREATE PUBLICATION path_p FOR TABLES IN SCHEMA privrelease; :look ROLLBACK;
BEGIN; CREATE PUBLICATION path_p FOR TABLE privrelease.objection; :look ROLLBACK;

-- what hangs on a release
BEGIN; CREATE TABLE path_else.child () INHERITS (path_rel.person); :look ROLLBACK;
BEGIN; CREATE TRIGGER t BEFORE INSERT ON path_rel.person FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); :look ROLLBACK;
BEGIN; CREATE RULE r AS ON UPDATE TO path_rel.person DO INSTEAD NOTHING; :look ROLLBACK;

-- the extension's own
BEGIN; ALTER TABLE privrelease.release OWNER TO path_other; ALTER FUNCTION privrelease.audit() OWNER TO path_other; :look ROLLBACK;
BEGIN; ALTER SCHEMA privrelease OWNER TO path_alice; :look ROLLBACK;
BEGIN; ALTER TABLE privrelease.log_entry DISABLE TRIGGER USER; :look ROLLBACK;
BEGIN; ALTER EVENT TRIGGER privrelease_refuse_drop DISABLE; :look ROLLBACK;

-- parameters
BEGIN; GRANT ALTER SYSTEM ON PARAMETER archive_command TO path_alice; :look ROLLBACK;
BEGIN; GRANT SET ON PARAMETER session_preload_libraries, log_statement TO path_alice; :look ROLLBACK;
BEGIN; GRANT SET ON PARAMETER privrelease.require_approval TO path_readers; :look ROLLBACK;

SELECT privrelease.uninstall();
\set ECHO errors
DROP SCHEMA path_hr, path_rel, path_else, path_test CASCADE;
DROP ROLE path_steward, path_other, path_alice, path_readers;
DROP EXTENSION privrelease;
