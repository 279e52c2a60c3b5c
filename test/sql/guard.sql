-- The guard: what it says, whom it lets through, and what it leaves to privileges. See also test/t/040_guard.pl.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE guard_steward;
CREATE ROLE guard_reader;
CREATE SCHEMA guard_src AUTHORIZATION guard_steward;
CREATE SCHEMA guard_open AUTHORIZATION guard_steward;
RESET client_min_messages;

SET SESSION AUTHORIZATION guard_steward;
CREATE TABLE guard_src.person (id int PRIMARY KEY, name text, born date);
INSERT INTO guard_src.person SELECT g, 'MARKER' || g, '1950-01-01'::date + 500 * g FROM generate_series(1, 20) AS g;
CREATE TABLE guard_src.consent (id int PRIMARY KEY, given boolean);
INSERT INTO guard_src.consent SELECT g, g % 2 = 0 FROM generate_series(1, 20) AS g;
CREATE VIEW guard_src.raw AS SELECT name FROM guard_src.person;
GRANT USAGE ON SCHEMA guard_src TO guard_reader;
GRANT SELECT ON guard_src.raw TO guard_reader;
SELECT privrelease.create_release('guard_open.person', 'guard_src.person');
SELECT privrelease.set_rule('guard_open.person', 'born', 'date_trunc', '{"unit": "decade"}');
SELECT privrelease.create_release('guard_open.consent', 'guard_src.consent');
SELECT privrelease.set_rule('guard_open.consent', 'given', 'keep');
SELECT privrelease.build('guard_open.person'), privrelease.build('guard_open.consent');
RESET SESSION AUTHORIZATION;

SELECT current_setting('shared_preload_libraries') LIKE '%privrelease%' AS preloaded \gset
-- whatever else may be said of the server
SELECT item, state, hint FROM privrelease.status() WHERE item IN ('preloaded', 'guard');
SELECT item, state ~ ', supported$|^0' AS ok, hint FROM privrelease.status() WHERE item IN ('version', 'server');
SET SESSION AUTHORIZATION guard_reader;
SELECT item, state IN ('yes', 'no') AS yes_or_no, hint ~ '/' AS path FROM privrelease.status() WHERE item = 'keyring';
RESET SESSION AUTHORIZATION;

\if :preloaded
\else
-- not preloaded: nothing is published
SET SESSION AUTHORIZATION guard_steward;
SELECT privrelease.publish('guard_open.person', 'guard_reader');
SELECT privrelease.drop_release('guard_open.person'), privrelease.drop_release('guard_open.consent');
RESET SESSION AUTHORIZATION;
DROP OWNED BY guard_steward, guard_reader CASCADE;
DROP ROLE guard_steward, guard_reader;
\q
\endif

-- publish needs the guard
SET privrelease.guard = off;
SELECT privrelease.publish('guard_open.person', 'guard_reader');
RESET privrelease.guard;
SET SESSION AUTHORIZATION guard_steward;
SET privrelease.guard = off;
SELECT privrelease.publish('guard_open.person', 'guard_reader');
SELECT privrelease.publish('guard_open.consent', 'guard_reader');

-- what the reader is told
SET SESSION AUTHORIZATION guard_reader;
SELECT count(*), min(born) FROM guard_open.person;
TABLE guard_src.raw;
EXPLAIN TABLE guard_open.person;
SET debug_print_plan = on;
TABLE guard_open.person;
RESET debug_print_plan;
TABLE guard_src.person;
SET privrelease.guard = off;

-- the owner, and superusers
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM guard_src.raw;
EXPLAIN (COSTS OFF) TABLE guard_open.person;
SET SESSION AUTHORIZATION guard_steward;
SELECT count(*) FROM guard_src.raw;
EXPLAIN (COSTS OFF) TABLE guard_open.person;
RESET SESSION AUTHORIZATION;

-- row security that came: fewer rows, or none, than what was built
SELECT format('GRANT SELECT ON guard_src.consent TO %1$I; CREATE POLICY half ON guard_src.person FOR SELECT TO %1$I USING (id <= 10)', release_role) AS policy,
       format('CREATE POLICY given ON guard_src.person FOR SELECT TO %1$I USING (EXISTS (SELECT FROM guard_src.consent AS c WHERE c.id = person.id AND c.given))',
              release_role) AS later
    FROM privrelease.releases WHERE release = 'guard_open.person' \gset
:policy;
ALTER TABLE guard_src.person ENABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION guard_reader;
SELECT count(*) FROM guard_open.person;
SET SESSION AUTHORIZATION guard_steward;
SELECT privrelease.build('guard_open.person');
SET SESSION AUTHORIZATION guard_reader;
SELECT count(*) FROM guard_open.person;
SELECT count(*) FROM guard_open.person, guard_open.consent;

-- a policy that a build would refuse, made later: the release's role would read more than the release
RESET SESSION AUTHORIZATION;
:later;
SET SESSION AUTHORIZATION guard_reader;
SELECT count(*) FROM guard_open.person;
RESET SESSION AUTHORIZATION;
DROP POLICY given ON guard_src.person;

-- row security taken away: every row would appear
ALTER TABLE guard_src.person DISABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION guard_reader;
SELECT count(*) FROM guard_open.person;
SET SESSION AUTHORIZATION guard_steward;
SELECT count(*) FROM guard_open.person;
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM guard_open.person;
SELECT privrelease.build('guard_open.person');

-- withdrawn: a grant that somebody gives back does not open it, nor a plan of before
PREPARE read AS SELECT count(*) FROM guard_open.person;
SET SESSION AUTHORIZATION guard_reader;
EXECUTE read;
SET SESSION AUTHORIZATION guard_steward;
SELECT privrelease.withdraw('guard_open.person', 'names were to be read');
RESET SESSION AUTHORIZATION;
GRANT SELECT ON guard_open.person TO guard_reader;
SET SESSION AUTHORIZATION guard_reader;
EXECUTE read;
SELECT count(*) FROM guard_open.person;
SET SESSION AUTHORIZATION guard_steward;
SELECT count(*) FROM guard_open.person;
RESET SESSION AUTHORIZATION;

-- a table that becomes a view, which PostgreSQL 15 lets an owner do to an empty one: no reader runs what the view says
SET SESSION AUTHORIZATION guard_steward;
CREATE TABLE guard_src.turned (id int);
CREATE FUNCTION guard_src.elevate() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'elevated'; END $$;
SELECT privrelease.create_release('guard_open.turned', 'guard_src.turned');
SELECT privrelease.set_rule('guard_open.turned', 'id', 'keep');
SELECT privrelease.build('guard_open.turned');
SELECT privrelease.publish('guard_open.turned', 'guard_reader');
CREATE FUNCTION pg_temp.says(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT pg_temp.says('CREATE RULE "_RETURN" AS ON SELECT TO guard_src.turned DO INSTEAD SELECT guard_src.elevate() AS id') IN ('done', '42809') AS tried;
SELECT relkind = 'v' AS is_turned FROM pg_class WHERE oid = 'guard_src.turned'::regclass \gset
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION guard_reader;
SELECT pg_temp.says('SELECT * FROM guard_open.turned') = CASE WHEN :'is_turned' THEN 'PR003' ELSE 'done' END AS reads_the_table_or_nothing;
SET SESSION AUTHORIZATION guard_steward;
SELECT pg_temp.says('SELECT privrelease.build(''guard_open.turned'')') = CASE WHEN :'is_turned' THEN 'PR003' ELSE 'done' END AS is_built_of_the_table,
    pg_temp.says('SELECT * FROM privrelease.preview(''guard_open.turned'')') = CASE WHEN :'is_turned' THEN 'PR003' ELSE 'done' END AS is_shown_of_the_table;
SELECT privrelease.drop_release('guard_open.turned');
RESET SESSION AUTHORIZATION;

-- the source is gone: nobody is kept from dropping the rest
DROP TABLE guard_src.consent CASCADE;
SET SESSION AUTHORIZATION guard_steward;
SELECT count(*) FROM guard_src.raw;
SELECT privrelease.drop_release('guard_open.person');
RESET SESSION AUTHORIZATION;
SELECT privrelease.drop_release('guard_open.consent');
DROP OWNED BY guard_steward, guard_reader CASCADE;
DROP ROLE guard_steward, guard_reader;
