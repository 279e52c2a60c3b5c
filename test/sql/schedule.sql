-- CALL run_scheduled(): a refresh whose failure stays on record; and schedule() where there is no pg_cron (test/t/130_cron.pl has
-- one that runs).
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
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE rs_steward LOGIN;
CREATE ROLE rs_member LOGIN IN ROLE rs_steward;
CREATE ROLE rs_other LOGIN;
CREATE SCHEMA rs_src AUTHORIZATION rs_steward;
CREATE SCHEMA rs_open AUTHORIZATION rs_steward;
CREATE SCHEMA rs_trap AUTHORIZATION rs_member;
GRANT USAGE ON SCHEMA rs_src, rs_open TO rs_other;
CREATE FUNCTION rs_state(name text) RETURNS text LANGUAGE sql SECURITY DEFINER AS
    $$ SELECT concat_ws('|', r.version, r.failed_at IS NOT NULL, r.failure) FROM privrelease.release AS r WHERE r.release_name = name $$;
SET ROLE rs_steward;
CREATE TABLE rs_src.base (id int PRIMARY KEY, city text, secret text);
INSERT INTO rs_src.base SELECT g, 'c' || g % 4, 'MARKER' || g FROM generate_series(1, 40) AS g;
CREATE TABLE rs_src.mood (bad boolean);
INSERT INTO rs_src.mood VALUES (false);
-- code of the source's owner that fails, with a value, under a code of ours
CREATE FUNCTION rs_src.look(secret text, bad boolean) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN IF bad THEN RAISE EXCEPTION 'value % is bad', secret USING ERRCODE = 'PR010'; END IF; RETURN left(secret, 1); END $$;
CREATE VIEW rs_src.person AS SELECT b.id, b.city, rs_src.look(b.secret, m.bad) AS code FROM rs_src.base AS b, rs_src.mood AS m;
SELECT privrelease.classify('rs_src.person', 'city', 'quasi_identifier'), privrelease.classify('rs_src.person', 'code', 'quasi_identifier');
SELECT privrelease.create_release('rs_open.person', 'rs_src.person', subject => 'id', kind => 'table', model => '{"k": 3}');
SELECT privrelease.set_rule('rs_open.person', 'city', 'keep');
SELECT privrelease.set_rule('rs_open.person', 'code', 'keep');
SELECT privrelease.create_release('rs_open.live', 'rs_src.base');
SELECT privrelease.set_rule('rs_open.live', 'city', 'keep');
SELECT privrelease.build('rs_open.live');
RESET client_min_messages;

-- it works, and says nothing of a failure
CALL privrelease.run_scheduled('rs_open.person');
SELECT rs_state('person');

-- a failure of the model is told with its message, and raised
SELECT privrelease.set_model('rs_open.person', '{"k": 30, "suppression_limit": 0}');
CALL privrelease.run_scheduled('rs_open.person');
SELECT rs_state('person');
SELECT privrelease.set_model('rs_open.person', '{"k": 3}');

-- an error of the source's code may hold a value: its code is told, whichever it says it is
UPDATE rs_src.mood SET bad = true;
CALL privrelease.run_scheduled('rs_open.person');
SELECT rs_state('person');
UPDATE rs_src.mood SET bad = false;

-- a cancel is on record too
SET statement_timeout = '200ms';
CREATE OR REPLACE FUNCTION rs_src.look(secret text, bad boolean) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.1); RETURN left(secret, 1); END $$;
CALL privrelease.run_scheduled('rs_open.person');
RESET statement_timeout;
SELECT rs_state('person');
CREATE OR REPLACE FUNCTION rs_src.look(secret text, bad boolean) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RETURN left(secret, 1); END $$;

-- a member of the owner runs it, and success ends the record
RESET ROLE;
SET ROLE rs_member;
CALL privrelease.run_scheduled('rs_open.person');
SELECT rs_state('person');

-- what the session has put into its search_path is not called
CREATE FUNCTION rs_trap.trapped(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR rs_trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = rs_trap.trapped);
SET search_path = rs_trap, pg_catalog;
CALL privrelease.run_scheduled('rs_open.person');
RESET search_path;

-- nobody else runs it, or writes anything into the release
RESET ROLE;
SET ROLE rs_other;
CALL privrelease.run_scheduled('rs_open.person');
CALL privrelease.run_scheduled('rs_open.none');
CALL privrelease.run_scheduled('nothing');
CALL privrelease.run_scheduled(NULL);
SELECT rs_state('person');
RESET ROLE;
SET ROLE rs_steward;

-- where it could not commit it refuses
BEGIN;
CALL privrelease.run_scheduled('rs_open.person');
ROLLBACK;
CREATE PROCEDURE rs_src.outer_call() LANGUAGE plpgsql AS $$ BEGIN CALL privrelease.run_scheduled('rs_open.person'); END $$;
CALL rs_src.outer_call();
DO $$ BEGIN CALL privrelease.run_scheduled('rs_open.person'); EXCEPTION WHEN division_by_zero THEN NULL; END $$;
CREATE FUNCTION rs_src.outer_function() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CALL privrelease.run_scheduled('rs_open.person'); END $$;
SELECT rs_src.outer_function();
BEGIN TRANSACTION READ ONLY;
CALL privrelease.run_scheduled('rs_open.person');
ROLLBACK;

-- views are never refreshed
CALL privrelease.run_scheduled('rs_open.live');
SELECT privrelease.schedule('rs_open.live', '0 3 * * *');

-- withdrawn: it waits for somebody to decide
SELECT privrelease.withdraw('rs_open.person', 'a mistake');
CALL privrelease.run_scheduled('rs_open.person');
SELECT rs_state('person');

-- the source is gone: its owner is told, and the record has it
RESET client_min_messages;
SELECT privrelease.refresh('rs_open.person') > 0;
ALTER VIEW rs_src.person RENAME TO former;
CREATE TABLE rs_src.person (id int);
DROP VIEW rs_src.former;
CALL privrelease.run_scheduled('rs_open.person');
SELECT rs_state('person');
RESET ROLE;
SET ROLE rs_other;
CALL privrelease.run_scheduled('rs_open.person');
RESET ROLE;

-- schedule() without pg_cron, and who may call it
SET ROLE rs_steward;
SELECT privrelease.create_release('rs_open.plan', 'rs_src.base', subject => 'id', kind => 'table', model => '{"k": 3}');
\set VERBOSITY terse
SELECT privrelease.schedule('rs_open.plan', '0 3 * * *');
SELECT privrelease.unschedule('rs_open.plan');
\set VERBOSITY default
RESET ROLE;
SELECT privrelease.schedule('rs_open.plan', '0 3 * * *');
ALTER ROLE rs_steward NOLOGIN;
SET ROLE rs_steward;
SELECT privrelease.schedule('rs_open.plan', '0 3 * * *');
RESET ROLE;
SET ROLE rs_other;
SELECT privrelease.schedule('rs_open.plan', '0 3 * * *');
SELECT privrelease.unschedule('rs_open.plan');
RESET ROLE;

SET client_min_messages = warning;
SELECT privrelease.drop_release('rs_open.person');
SELECT privrelease.drop_release('rs_open.live');
SELECT privrelease.drop_release('rs_open.plan');
DROP FUNCTION rs_state;
DROP SCHEMA rs_src, rs_open, rs_trap CASCADE;
DROP OWNED BY rs_steward, rs_member, rs_other;
DROP ROLE rs_steward, rs_member, rs_other;
