-- The boundary natively: what an audience can and cannot do with PostgreSQL's privileges alone.
-- Runs preloaded or not; release views are granted by hand here, publish() is in publish.sql.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT count(*) AS roles_before FROM pg_roles WHERE rolname LIKE 'privrelease\_%' \gset
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE boundary_steward;
CREATE ROLE boundary_audience;
CREATE SCHEMA boundary_src AUTHORIZATION boundary_steward;
CREATE SCHEMA boundary_open;
CREATE SCHEMA boundary_mine AUTHORIZATION boundary_audience;
GRANT USAGE, CREATE ON SCHEMA boundary_open TO boundary_steward;
GRANT USAGE ON SCHEMA boundary_open, boundary_src TO boundary_audience;
RESET client_min_messages;

SET ROLE boundary_steward;
CREATE TABLE boundary_src.person (id int PRIMARY KEY, name text, age int, salary int, secret text, note text);
INSERT INTO boundary_src.person
    SELECT g, 'MARKERname' || g, g % 90, g * 1000, 'MARKERsecret' || g, 'MARKERnote' || g FROM generate_series(1, 1000) AS g;
SELECT privrelease.create_release('boundary_open.person', 'boundary_src.person');
SELECT privrelease.set_rule('boundary_open.person', 'name', 'partial', '{"left": 6}');
SELECT privrelease.set_rule('boundary_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.set_rule('boundary_open.person', 'salary', 'round', '{"to": 50000}');
SELECT privrelease.set_rule('boundary_open.person', 'note', 'suppress');
SELECT privrelease.build('boundary_open.person');
RESET ROLE;

-- the release role holds exactly what the rules need: no id (no subject), no secret, no note (suppressed)
CREATE TEMP VIEW held AS
    SELECT a.attname, has_column_privilege(l.release_role, 'boundary_src.person', a.attnum, 'SELECT') AS may_select,
           has_column_privilege(l.release_role, 'boundary_src.person', a.attnum, 'INSERT, UPDATE, REFERENCES') AS may_more
    FROM privrelease.releases l, pg_attribute a
    WHERE l.release = 'boundary_open.person' AND a.attrelid = 'boundary_src.person'::regclass AND a.attnum > 0
    ORDER BY a.attnum;
SELECT * FROM held;
SELECT has_table_privilege(release_role, 'boundary_src.person', 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') AS table_wide,
       has_schema_privilege(release_role, 'boundary_src', 'USAGE') AS usage,
       has_schema_privilege(release_role, 'boundary_src', 'CREATE') AS "create",
       pg_has_role('boundary_steward', release_role, 'MEMBER') AS steward_is_member,
       pg_has_role(release_role, 'boundary_steward', 'MEMBER') AS is_member_of_steward
    FROM privrelease.releases WHERE release = 'boundary_open.person';
SELECT reloptions, pg_get_userbyid(relowner) = (SELECT release_role FROM privrelease.releases WHERE release = 'boundary_open.person') AS owned
    FROM pg_class WHERE oid = 'boundary_open.person'::regclass;
-- nothing in it is somebody else's to see before it is granted; the steward may read it
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
SET ROLE boundary_steward;
SELECT * FROM boundary_open.person ORDER BY 2, 3 LIMIT 3;
RESET ROLE;
GRANT SELECT ON boundary_open.person TO boundary_audience;

-- every way of an audience to name the source ends in denial
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
SELECT * FROM boundary_src.person;
SELECT count(*) FROM boundary_src.person;
TABLE boundary_src.person;
SELECT name FROM boundary_src.person WHERE id = 1;
SELECT p FROM boundary_src.person p;
SELECT ctid, xmin, tableoid FROM boundary_src.person;
SELECT * FROM boundary_src.person TABLESAMPLE SYSTEM (1);
SELECT 1 FROM boundary_open.person v WHERE EXISTS (SELECT FROM boundary_src.person);
WITH x AS (SELECT * FROM boundary_src.person) SELECT * FROM x;
SELECT (SELECT max(secret) FROM boundary_src.person);
SELECT 1 UNION ALL SELECT id FROM boundary_src.person;
SELECT * FROM boundary_open.person v, LATERAL (SELECT secret FROM boundary_src.person LIMIT 1) x;
SELECT * FROM boundary_src.person FOR UPDATE;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM boundary_src.person;
ROLLBACK;
CREATE TABLE boundary_mine.copy AS SELECT * FROM boundary_src.person;
SELECT * INTO boundary_mine.copy FROM boundary_src.person;
CREATE MATERIALIZED VIEW boundary_mine.copy AS SELECT * FROM boundary_src.person;
CREATE TABLE boundary_mine.clone (LIKE boundary_src.person INCLUDING ALL);
COPY boundary_src.person TO STDOUT;
COPY boundary_src.person (name) TO STDOUT;
COPY (SELECT secret FROM boundary_src.person) TO STDOUT;
EXPLAIN SELECT * FROM boundary_src.person;
EXPLAIN (ANALYZE) CREATE TABLE boundary_mine.copy AS SELECT * FROM boundary_src.person;
PREPARE p AS SELECT secret FROM boundary_src.person;
EXECUTE p;
DEALLOCATE p;
DO $$ BEGIN PERFORM secret FROM boundary_src.person; END $$;
INSERT INTO boundary_src.person VALUES (0);
UPDATE boundary_src.person SET name = name RETURNING secret;
DELETE FROM boundary_src.person;
MERGE INTO boundary_src.person t USING (SELECT 1) s ON true WHEN MATCHED THEN DO NOTHING;
TRUNCATE boundary_src.person;
BEGIN;
LOCK TABLE boundary_src.person;
ROLLBACK;
CREATE INDEX ON boundary_src.person (name);
CREATE VIEW boundary_mine.peek AS SELECT * FROM boundary_src.person;
SELECT * FROM boundary_mine.peek;
CREATE FUNCTION boundary_mine.peek2() RETURNS SETOF text LANGUAGE sql AS 'SELECT secret FROM boundary_src.person';
CREATE FUNCTION boundary_mine.peek3() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT secret FROM boundary_src.person; END;
SELECT boundary_mine.peek3();
SELECT most_common_vals FROM pg_stats WHERE schemaname = 'boundary_src';
SELECT stxname FROM pg_statistic_ext_data JOIN pg_statistic_ext ON oid = stxoid;

-- what the release does not show is not there, whatever one asks of it
SELECT secret FROM boundary_open.person;
SELECT id FROM boundary_open.person;
SELECT ctid FROM boundary_open.person;
SELECT v::text LIKE '%secret%' FROM boundary_open.person v LIMIT 1;
SELECT DISTINCT note FROM boundary_open.person;
SELECT * FROM boundary_open.person FOR UPDATE;
INSERT INTO boundary_open.person (age) VALUES (1);
UPDATE boundary_open.person SET age = 1;
DELETE FROM boundary_open.person;
ALTER VIEW boundary_open.person SET (security_barrier = false);
ALTER VIEW boundary_open.person SET (security_invoker = true);
ALTER VIEW boundary_open.person OWNER TO boundary_audience;
CREATE OR REPLACE VIEW boundary_open.person AS SELECT 1;
DROP VIEW boundary_open.person;
RESET ROLE;
SET SESSION AUTHORIZATION boundary_audience;
DO $$ BEGIN EXECUTE format('SET ROLE %I', (SELECT release_role FROM privrelease.releases WHERE release = 'boundary_open.person'));
    EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'refused: %', SQLSTATE; END $$;
DO $$ BEGIN EXECUTE format('GRANT %I TO boundary_audience', (SELECT release_role FROM privrelease.releases WHERE release = 'boundary_open.person'));
    EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'refused: %', SQLSTATE; END $$;
RESET SESSION AUTHORIZATION;
SET ROLE boundary_audience;

-- predicates see masked values only: exact values select nothing, leaky functions print nothing but masks
SELECT count(*) FROM boundary_open.person WHERE salary BETWEEN 99001 AND 99999;
SELECT count(*) FROM boundary_open.person WHERE name = 'MARKERname1';
CREATE FUNCTION boundary_mine.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$ BEGIN IF $1 ~ 'name' THEN RAISE NOTICE 'leaked %', $1; END IF; RETURN true; END $$;
CREATE FUNCTION boundary_mine.leak(int) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$ BEGIN IF $1 % 10 <> 0 THEN RAISE NOTICE 'leaked %', $1; END IF; RETURN true; END $$;
CREATE OPERATOR boundary_mine.<<< (PROCEDURE = boundary_mine.leak, RIGHTARG = text);
SELECT count(*) FROM boundary_open.person WHERE boundary_mine.leak(name) AND boundary_mine.leak(age) AND boundary_mine.leak(salary);
SELECT count(*) FROM boundary_open.person WHERE OPERATOR(boundary_mine.<<<) name;
SELECT count(*) FROM boundary_open.person WHERE 1 / (salary - 1000) = 1;
CREATE FUNCTION boundary_mine.lp(int) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true';

-- functions of the extension give an audience nothing of the catalogue but its lists
SELECT * FROM privrelease.preview('boundary_open.person');
SELECT privrelease.definition('boundary_open.person');
SELECT count(*) > 0 FROM privrelease.rules WHERE release = 'boundary_open.person';
SELECT privrelease.release_serves(-1);
RESET ROLE;

-- a view that was weakened by a superuser's mistake serves nobody
ALTER VIEW boundary_open.person SET (security_barrier = false);
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
RESET ROLE;
ALTER VIEW boundary_open.person SET (security_barrier = true, security_invoker = true);
SET ROLE boundary_steward;
SELECT count(*) FROM boundary_open.person;
RESET ROLE;
ALTER VIEW boundary_open.person RESET (security_invoker);
ALTER VIEW boundary_open.person OWNER TO boundary_steward;
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
-- a plan that was cached before the mistake does not outlive it
RESET ROLE;
SET ROLE boundary_steward;
SELECT privrelease.build('boundary_open.person');
SET ROLE boundary_audience;
PREPARE cached AS SELECT count(*) FROM boundary_open.person;
EXECUTE cached;
RESET ROLE;
ALTER VIEW boundary_open.person SET (security_barrier = false);
SET ROLE boundary_audience;
EXECUTE cached;
RESET ROLE;
SET ROLE boundary_steward;
SELECT privrelease.build('boundary_open.person');
SET ROLE boundary_audience;
EXECUTE cached;
RESET ROLE;

-- a release role that was given members or powers builds nothing
SELECT release_role FROM privrelease.releases WHERE release = 'boundary_open.person' \gset
GRANT :release_role TO boundary_audience;
\set VERBOSITY terse
DO $$ BEGIN PERFORM privrelease.build('boundary_open.person');
    EXCEPTION WHEN SQLSTATE 'PR005' THEN RAISE NOTICE 'refused: %', SQLSTATE; END $$;
REVOKE :release_role FROM boundary_audience;
ALTER ROLE :release_role LOGIN;
DO $$ BEGIN PERFORM privrelease.build('boundary_open.person');
    EXCEPTION WHEN SQLSTATE 'PR005' THEN RAISE NOTICE 'refused: %', SQLSTATE; END $$;
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person; -- nor does it serve
RESET ROLE;
ALTER ROLE :release_role NOLOGIN;
ALTER ROLE :release_role BYPASSRLS;
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
RESET ROLE;
ALTER ROLE :release_role NOBYPASSRLS;
-- one that was renamed is followed
ALTER ROLE :release_role RENAME TO boundary_renamed;
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
RESET ROLE;
SELECT privrelease.build('boundary_open.person');
SELECT release_role FROM privrelease.releases WHERE release = 'boundary_open.person';
ALTER ROLE boundary_renamed RENAME TO :release_role;
SELECT privrelease.build('boundary_open.person');
\set VERBOSITY default

-- and while it has a member, it serves nobody
GRANT :release_role TO boundary_audience;
SET ROLE boundary_audience;
SELECT count(*) FROM boundary_open.person;
RESET ROLE;
REVOKE :release_role FROM boundary_audience;

-- a relation that somebody put in the release's place is not replaced
SELECT privrelease.create_release('boundary_open.second', 'boundary_src.person');
SELECT privrelease.set_rule('boundary_open.second', 'age', 'bin', '{"width": 10}');
CREATE TABLE boundary_open.second (theirs int);
SELECT privrelease.build('boundary_open.second');
DROP TABLE boundary_open.second;

-- default privileges open nothing that was not published
ALTER DEFAULT PRIVILEGES IN SCHEMA boundary_open GRANT ALL ON TABLES TO boundary_audience, PUBLIC;
SELECT privrelease.build('boundary_open.second');
SELECT has_table_privilege('boundary_audience', 'boundary_open.second', 'SELECT, INSERT, UPDATE, DELETE') AS opened;
ALTER DEFAULT PRIVILEGES IN SCHEMA boundary_open REVOKE ALL ON TABLES FROM boundary_audience, PUBLIC;

-- what user code on the source can do when a superuser works on the release: nothing beyond its owner's rights
SET ROLE boundary_steward;
CREATE FUNCTION boundary_src.elevate() RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN
        RAISE NOTICE 'running as % (superuser %), search_path %', current_user,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), current_setting('search_path');
        BEGIN
            SET ROLE NONE;
        EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'SET ROLE: %', SQLERRM;
        END;
        BEGIN
            CREATE TEMP TABLE kept (id int);
        EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'CREATE TEMP TABLE: %', SQLERRM;
        END;
        RETURN current_user; END $$;
CREATE VIEW boundary_src.trap AS SELECT id, boundary_src.elevate() AS who FROM boundary_src.person WHERE id = 1;
CREATE DOMAIN boundary_src.trapped AS text CHECK (boundary_src.elevate() IS NOT NULL);
CREATE TABLE boundary_src.domains (id int, d boundary_src.trapped, a boundary_src.trapped[]);
RESET ROLE;
SELECT privrelease.create_release('boundary_open.trap', 'boundary_src.trap');
SELECT privrelease.set_rule('boundary_open.trap', 'id', 'bin', '{"width": 10}');
SELECT privrelease.set_rule('boundary_open.trap', 'who', 'keep');
SELECT privrelease.create_hierarchy('boundary_h', ARRAY[['boundary_steward', '*']]);
SELECT privrelease.set_rule('boundary_open.trap', 'who', 'hierarchy', '{"hierarchy": "boundary_h", "level": 1}', 'h');
SELECT released_value FROM privrelease.preview('boundary_open.trap') WHERE column_name = 'who';
SELECT privrelease.build('boundary_open.trap');
SELECT privrelease.create_release('boundary_open.domains', 'boundary_src.domains');
SELECT privrelease.set_rule('boundary_open.domains', 'd', 'constant', '{"value": "x"}');
SELECT privrelease.set_rule('boundary_open.domains', 'a', 'constant', '{"value": "{x}"}');
SELECT privrelease.build('boundary_open.domains');

-- nor by a cast that its owner made for an enum: it would run as whoever reads
SET ROLE boundary_steward;
CREATE TYPE boundary_src.mood AS ENUM ('sad', 'happy');
CREATE FUNCTION boundary_src.mood_text(boundary_src.mood) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RETURN boundary_src.elevate(); END $$;
CREATE CAST (boundary_src.mood AS text) WITH FUNCTION boundary_src.mood_text(boundary_src.mood);
CREATE TABLE boundary_src.moods (m boundary_src.mood);
INSERT INTO boundary_src.moods VALUES ('happy');
RESET ROLE;
SELECT privrelease.create_release('boundary_open.moods', 'boundary_src.moods');
SELECT privrelease.set_rule('boundary_open.moods', 'm', 'partial', '{"left": 1}');
SELECT privrelease.build('boundary_open.moods');
SELECT * FROM boundary_open.moods;

-- a view that reads its tables as its caller is no source
SET ROLE boundary_steward;
CREATE VIEW boundary_src.invoker WITH (security_invoker) AS SELECT * FROM boundary_src.person;
SELECT privrelease.create_release('boundary_open.invoker', 'boundary_src.invoker');
CREATE TEMP TABLE boundary_temp (id int);
SELECT privrelease.create_release('boundary_open.temp', 'pg_temp.boundary_temp');
RESET ROLE;

-- an extension cannot be installed into a schema that somebody else has made ready
SELECT privrelease.uninstall();
DROP VIEW held;
DROP EXTENSION privrelease;
SELECT to_regnamespace('privrelease') AS left_behind;
CREATE SCHEMA privrelease AUTHORIZATION boundary_audience;
CREATE EXTENSION privrelease;
DROP SCHEMA privrelease;
-- nor do default privileges of whoever installs it open what it makes
ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO boundary_audience, PUBLIC;
CREATE EXTENSION privrelease;
SELECT has_schema_privilege('boundary_audience', 'privrelease', 'CREATE') AS creates,
       has_function_privilege('boundary_audience', 'privrelease.create_key(text)', 'EXECUTE') AS makes_keys,
       has_function_privilege('boundary_audience', 'privrelease.capability_in(cstring)', 'EXECUTE') OR has_type_privilege('boundary_audience', 'privrelease.capability', 'USAGE') AS makes_capabilities;
SELECT c.relkind, c.relname, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
FROM pg_class AS c, LATERAL aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'privrelease'::regnamespace AND a.grantee <> c.relowner ORDER BY c.relname COLLATE "C";
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM boundary_audience, PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM boundary_audience;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM boundary_audience;

-- hostile names go through every statement
CREATE SCHEMA "boundary ""x; --";
CREATE TABLE "boundary ""x; --"."t""); DROP TABLE y; --" ("c"", ('%s" text, "naïve ünï" int);
INSERT INTO "boundary ""x; --"."t""); DROP TABLE y; --" VALUES ('MARKER', 41);
SELECT privrelease.create_release('boundary_open."r''""; --"', '"boundary ""x; --"."t""); DROP TABLE y; --"');
SELECT privrelease.set_rule('boundary_open."r''""; --"', 'c", (''%s', 'partial', '{"left": 1, "fill": "''"}');
SELECT privrelease.set_rule('boundary_open."r''""; --"', 'naïve ünï', 'bin', '{"width": 10}', 'o"'';');
SELECT privrelease.build('boundary_open."r''""; --"');
SELECT * FROM boundary_open."r'""; --";
SELECT * FROM privrelease.preview('boundary_open."r''""; --"');
SELECT privrelease.import_policy(privrelease.export_policy('boundary_open."r''""; --"'));
SELECT privrelease.drop_release('boundary_open."r''""; --"');

SELECT privrelease.uninstall();
SELECT count(*) - :roles_before AS left_behind FROM pg_roles WHERE rolname LIKE 'privrelease\_%';
SET client_min_messages = warning;
DROP TABLE pg_temp.boundary_temp;
DROP SCHEMA boundary_src, boundary_open, boundary_mine, "boundary ""x; --" CASCADE;
DROP EXTENSION privrelease;
DROP ROLE boundary_steward, boundary_audience;
