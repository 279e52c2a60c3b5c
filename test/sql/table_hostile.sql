-- Release tables against code of the source's owner, against readers of statistics and of progress.
-- Users are session users here, so that nobody has a superuser's rights behind him.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE th_steward;
CREATE ROLE th_reader;
CREATE SCHEMA th_src AUTHORIZATION th_steward;
CREATE SCHEMA th_open;
GRANT USAGE, CREATE ON SCHEMA th_open TO th_steward;
GRANT CREATE ON SCHEMA th_src TO PUBLIC;
SELECT privrelease.create_key('th_key') > 0;

SET SESSION AUTHORIZATION th_steward;
CREATE TABLE th_src.person (id int PRIMARY KEY, age int, zip text, ill text);
INSERT INTO th_src.person
    SELECT i, 20 + i % 50, '1' || pg_catalog.lpad((i % 97)::text, 4, '0'), (ARRAY['flu', 'gout', 'rare'])[1 + i % 3]
    FROM generate_series(1, 600) AS i;
CREATE FUNCTION th_src.hook(i int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN i; END';
CREATE VIEW th_src.people AS SELECT CASE WHEN id = 1 THEN th_src.hook(id) ELSE id END AS id, age, zip, ill FROM th_src.person;
SELECT privrelease.classify('th_src.people', column_name, kind)
FROM (VALUES ('age', 'quasi_identifier'), ('zip', 'quasi_identifier'), ('ill', 'insensitive')) AS c (column_name, kind);
SELECT privrelease.create_release('th_open.people', 'th_src.people', subject => 'id', kind => 'table', model => '{"k": 3, "suppression_limit": 0.2}');
SELECT privrelease.set_rule('th_open.people', 'age', 'bin', '{"levels": [10, 100]}');
SELECT privrelease.set_rule('th_open.people', 'zip', 'prefix', '{"levels": [3, 1]}');
SELECT privrelease.set_rule('th_open.people', 'ill', 'keep');
SELECT privrelease.refresh('th_open.people');

-- ---------- an operator of the steward, first in a search_path that his function sets ----------
CREATE FUNCTION th_src.is_same(a int, b int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname OPERATOR(pg_catalog.=) current_user) THEN
        RAISE EXCEPTION 'an operator of th_steward runs as a superuser';
    END IF;
    RETURN a OPERATOR(pg_catalog.=) b;
END $$;
CREATE OPERATOR th_src.= (LEFTARG = int, RIGHTARG = int, FUNCTION = th_src.is_same);
CREATE OR REPLACE FUNCTION th_src.hook(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'th_src, pg_catalog', false);
    RETURN i;
END $$;
SELECT privrelease.refresh('th_open.people');
SELECT privrelease.assess('th_open.people') ->> 'verdict';
SELECT count(*) FROM privrelease.record_risk('th_open.people');
SELECT privrelease.version_risk('th_open.people') ->> 'version';
SELECT count(*) > 0 FROM privrelease.preview('th_open.people');
SELECT count(*) FROM privrelease.discover('th_src.people');
SHOW search_path;

-- ---------- a function of the steward runs as the role that owns the table, and can use it for nothing ----------
CREATE PROCEDURE th_src.attempt(statement text, tell boolean DEFAULT true) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_catalog.format('CREATE OR REPLACE FUNCTION th_src.hook(i int) RETURNS int LANGUAGE plpgsql AS %L',
                              pg_catalog.format('BEGIN %s; RETURN i; END', statement));
    PERFORM privrelease.refresh('th_open.people');
    RAISE WARNING 'refreshed';
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING '%', CASE WHEN tell THEN pg_catalog.concat_ws(' ', SQLSTATE, SQLERRM) ELSE 'refused' END;
END $$;
CALL th_src.attempt('GRANT ALL ON th_open.people TO th_steward');
CALL th_src.attempt('INSERT INTO th_open.people (release_row, age) VALUES (gen_random_uuid(), 77)');
CALL th_src.attempt('CREATE FUNCTION th_src.as_release() RETURNS name LANGUAGE sql SECURITY DEFINER AS ''SELECT current_user''');
CALL th_src.attempt('BEGIN SET transaction_read_only = off; EXCEPTION WHEN OTHERS THEN NULL; END; DELETE FROM th_open.people');
-- PostgreSQL 15 lets RESET pass; what was written is found afterwards
CALL th_src.attempt('RESET transaction_read_only; GRANT ALL ON th_open.people TO th_steward; SET transaction_read_only = on', false);
CALL th_src.attempt('CREATE TEMP TABLE t (i int)');
CALL th_src.attempt('SET ROLE th_steward');
SHOW transaction_read_only;
SELECT privilege_type FROM information_schema.table_privileges WHERE table_name = 'people' AND table_schema = 'th_open' AND grantee = 'th_steward';
SELECT count(*) FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner WHERE r.rolname = ANY (ARRAY(SELECT release_role FROM privrelease.releases));
CALL th_src.attempt('NULL');

-- ---------- how far a refresh is: numbers are for the owner of the source ----------
CREATE FUNCTION th_src.numbers() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    AS $$SELECT pg_catalog.concat_ws(' ', release, CASE WHEN done IS NULL AND total IS NULL THEN 'no numbers' ELSE 'numbers' END) FROM privrelease.progress$$;
CREATE FUNCTION th_src.others_numbers() RETURNS text LANGUAGE sql STABLE
    AS $$SELECT pg_catalog.concat_ws(' ', release, CASE WHEN done IS NULL AND total IS NULL THEN 'no numbers' ELSE 'numbers' END) FROM privrelease.progress$$;
CALL th_src.attempt('IF (SELECT phase FROM privrelease.progress) = ''reading classes'' THEN RAISE WARNING ''owner: %, others: %'', th_src.numbers(), th_src.others_numbers(); END IF');

-- ---------- what pg_stats tells readers ----------
CREATE TABLE th_src.draft (id int PRIMARY KEY, zip text, ill text);
INSERT INTO th_src.draft SELECT id, 'MARK' || zip, 'MARKED' FROM th_src.person;
SELECT privrelease.classify('th_src.draft', 'zip', 'insensitive');
SELECT privrelease.classify('th_src.draft', 'ill', 'sensitive');
SELECT privrelease.create_release('th_open.draft', 'th_src.draft', subject => 'id', kind => 'table', model => '{"k": 2}');
SELECT privrelease.set_rule('th_open.draft', 'zip', 'keep');
SELECT privrelease.set_rule('th_open.draft', 'ill', 'keep');
SELECT privrelease.refresh('th_open.draft');
RESET SESSION AUTHORIZATION;
ANALYZE th_open.draft;
SET SESSION AUTHORIZATION th_steward;
SELECT attname FROM pg_stats WHERE schemaname = 'th_open' AND tablename = 'draft' AND concat(most_common_vals, histogram_bounds) LIKE '%MARK%' ORDER BY 1;
-- other rules, the same types: the columns stay, what was seen of the version before does not
SELECT privrelease.set_rule('th_open.draft', 'zip', 'prefix', '{"length": 3}');
SELECT privrelease.refresh('th_open.draft');
SELECT privrelease.publish('th_open.draft', 'th_reader');
SET SESSION AUTHORIZATION th_reader;
SELECT attname, concat(most_common_vals, histogram_bounds) FROM pg_stats WHERE schemaname = 'th_open' AND tablename = 'draft' AND attname = 'zip';
SELECT DISTINCT zip FROM th_open.draft;
-- a withdrawn value
SET SESSION AUTHORIZATION th_steward;
UPDATE th_src.draft SET ill = 'gone';
SELECT privrelease.withdraw('th_open.draft', 'it said who is MARKED');
SELECT privrelease.refresh('th_open.draft');
SELECT privrelease.publish('th_open.draft', 'th_reader');
SET SESSION AUTHORIZATION th_reader;
SELECT concat(most_common_vals, histogram_bounds) FROM pg_stats WHERE schemaname = 'th_open' AND tablename = 'draft' AND attname = 'ill';
-- and when nothing is left
SET SESSION AUTHORIZATION th_steward;
DELETE FROM th_src.draft;
SELECT privrelease.withdraw('th_open.draft', 'all of it');
SELECT privrelease.refresh('th_open.draft');
SELECT privrelease.publish('th_open.draft', 'th_reader');
SET SESSION AUTHORIZATION th_reader;
SELECT count(*) FROM pg_stats WHERE schemaname = 'th_open' AND tablename = 'draft';

-- ---------- parallel workers of a refresh read as the role of the release; a function in somebody else's workers does not ----------
RESET SESSION AUTHORIZATION;
CREATE ROLE th_member;
CREATE SCHEMA th_mine AUTHORIZATION th_member;
SELECT release_role FROM privrelease.releases WHERE release = 'th_open.draft' \gset
\set ECHO none
GRANT :"release_role" TO th_member;
GRANT USAGE, CREATE ON SCHEMA th_mine TO :"release_role";
\set ECHO all
SET SESSION AUTHORIZATION th_steward;
INSERT INTO th_src.draft SELECT id, zip, ill FROM th_src.person;
SET SESSION AUTHORIZATION th_member;
\set ECHO none
SET ROLE :"release_role";
\set ECHO all
CREATE FUNCTION th_mine.of(i int) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS 'BEGIN RETURN (SELECT zip FROM th_src.draft WHERE id = i); END';
CREATE TABLE th_mine.number AS SELECT i FROM generate_series(1, 5000) AS i;
ALTER TABLE th_mine.number SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
CREATE MATERIALIZED VIEW th_mine.stolen AS SELECT i FROM th_mine.number WHERE th_mine.of(i) LIKE '1%';
RESET ROLE;
RESET SESSION AUTHORIZATION;
\set ECHO none
REVOKE :"release_role" FROM th_member;
DROP SCHEMA th_mine CASCADE;
\set ECHO all
SET SESSION AUTHORIZATION th_steward;
ALTER TABLE th_src.draft SET (parallel_workers = 2);
SELECT privrelease.refresh('th_open.draft');
SELECT privrelease.assess('th_open.draft') ->> 'verdict';

RESET SESSION AUTHORIZATION;
SELECT privrelease.drop_release('th_open.draft');
SELECT privrelease.drop_release('th_open.people');
DROP SCHEMA th_src, th_open CASCADE;
DROP ROLE th_steward, th_reader, th_member;
