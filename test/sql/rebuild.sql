-- A source and a release that change: renames follow, everything else is an error, and a rebuild keeps what it may.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE rebuild_steward;
CREATE ROLE rebuild_reader;
CREATE ROLE rebuild_other;
CREATE SCHEMA rebuild_src AUTHORIZATION rebuild_steward;
GRANT USAGE, CREATE ON SCHEMA rebuild_src TO rebuild_other;
CREATE SCHEMA rebuild_open;
GRANT USAGE, CREATE ON SCHEMA rebuild_open TO rebuild_steward;
GRANT USAGE ON SCHEMA rebuild_open TO rebuild_reader, rebuild_other;
RESET client_min_messages;

SET ROLE rebuild_steward;
CREATE TABLE rebuild_src.person (id int PRIMARY KEY, name text, salary int, age int);
INSERT INTO rebuild_src.person VALUES (1, 'MARKER-Ann', 1234, 41), (2, 'MARKER-Bob', 5678, 52);
SELECT privrelease.create_release('rebuild_open.person', 'rebuild_src.person');
SELECT privrelease.set_rule('rebuild_open.person', 'name', 'partial', '{"left": 1}');
SELECT privrelease.set_rule('rebuild_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.build('rebuild_open.person');
GRANT SELECT ON rebuild_open.person TO rebuild_reader; -- not the steward's to give
RESET ROLE;
GRANT SELECT ON rebuild_open.person TO rebuild_reader WITH GRANT OPTION;
GRANT SELECT (age) ON rebuild_open.person TO rebuild_other;
CREATE TEMP VIEW grants AS
    SELECT coalesce(c.attname, '*') AS on_column, CASE a.grantee WHEN 0 THEN 'public' ELSE a.grantee::regrole::text END AS grantee,
           a.privilege_type, a.is_grantable
    FROM (SELECT NULL::name AS attname, relacl AS acl, relowner FROM pg_class WHERE oid = to_regclass('rebuild_open.person')
          UNION ALL SELECT attname, attacl, relowner FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
          WHERE attrelid = to_regclass('rebuild_open.person')) AS c, aclexplode(c.acl) AS a
    WHERE a.grantee <> c.relowner ORDER BY 1, 2, 3;
SELECT * FROM grants;

-- a rule more: replaced in place, grants and OID stay
SELECT 'rebuild_open.person'::regclass::oid AS first_oid \gset
SET ROLE rebuild_steward;
SELECT privrelease.set_rule('rebuild_open.person', 'salary', 'round', '{"to": 1000}');
SELECT privrelease.build('rebuild_open.person');
RESET ROLE;
SELECT 'rebuild_open.person'::regclass::oid = :first_oid AS same_view;
SELECT * FROM rebuild_open.person ORDER BY salary;

-- a rule less, a type other: the view is replaced with its grants; a dropped rule's column is gone, never clear
SET ROLE rebuild_steward;
SELECT privrelease.drop_rule('rebuild_open.person', 'name');
SELECT privrelease.set_rule('rebuild_open.person', 'salary', 'suppress');
SELECT privrelease.build('rebuild_open.person');
RESET ROLE;
SELECT * FROM rebuild_open.person ORDER BY age;
SELECT * FROM grants;
SELECT has_column_privilege(release_role, 'rebuild_src.person', 'name', 'SELECT') AS name,
       has_column_privilege(release_role, 'rebuild_src.person', 'salary', 'SELECT') AS salary,
       has_column_privilege(release_role, 'rebuild_src.person', 'age', 'SELECT') AS age
    FROM privrelease.releases WHERE release = 'rebuild_open.person';

-- objects of others on the view: listed, and nothing is done
SET ROLE rebuild_other;
CREATE VIEW rebuild_src.theirs AS SELECT age FROM rebuild_open.person;
CREATE FUNCTION rebuild_src.theirs2() RETURNS SETOF int LANGUAGE sql BEGIN ATOMIC SELECT age FROM rebuild_open.person; END;
RESET ROLE;
SET ROLE rebuild_steward;
SELECT privrelease.set_rule('rebuild_open.person', 'name', 'prefix', '{"length": 2}', 'initials');
SELECT privrelease.build('rebuild_open.person');
SELECT privrelease.drop_rule('rebuild_open.person', 'age');
SELECT privrelease.build('rebuild_open.person');
SELECT privrelease.drop_release('rebuild_open.person');
SELECT age FROM rebuild_open.person ORDER BY age;
RESET ROLE;
DROP FUNCTION rebuild_src.theirs2();
DROP VIEW rebuild_src.theirs;
SET ROLE rebuild_steward;
SELECT privrelease.build('rebuild_open.person');
SELECT * FROM rebuild_open.person ORDER BY initials;
SELECT privrelease.set_rule('rebuild_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.build('rebuild_open.person');

-- drift: nothing new is ever released
SELECT * FROM privrelease.drift('rebuild_open.person');
SELECT privrelease.classify('rebuild_src.person', c, 'quasi_identifier') FROM unnest('{id,name,salary,age}'::name[]) AS c;
SELECT * FROM privrelease.drift('rebuild_open.person');
ALTER TABLE rebuild_src.person ADD COLUMN ssn text DEFAULT 'MARKER-ssn';
ALTER TABLE rebuild_src.person RENAME COLUMN age TO years;
SELECT * FROM privrelease.drift('rebuild_open.person');
SELECT privrelease.build('rebuild_open.person');
SELECT * FROM rebuild_open.person ORDER BY age;
SELECT column_name, output_name FROM privrelease.rules WHERE release = 'rebuild_open.person' ORDER BY position;
SELECT * FROM privrelease.drift('rebuild_open.person');

-- a right that the release's role has lost is told
RESET ROLE;
SELECT release_role FROM privrelease.releases WHERE release = 'rebuild_open.person' \gset
REVOKE SELECT (years) ON rebuild_src.person FROM :release_role;
SET ROLE rebuild_steward;
SELECT * FROM privrelease.drift('rebuild_open.person');
SELECT privrelease.build('rebuild_open.person');
SELECT * FROM privrelease.drift('rebuild_open.person');

-- columns that swap names: the author may mean either
ALTER TABLE rebuild_src.person RENAME COLUMN years TO t;
ALTER TABLE rebuild_src.person RENAME COLUMN salary TO years;
ALTER TABLE rebuild_src.person RENAME COLUMN t TO salary;
SELECT privrelease.build('rebuild_open.person');
SELECT privrelease.preview('rebuild_open.person');
SELECT * FROM privrelease.drift('rebuild_open.person');
ALTER TABLE rebuild_src.person RENAME COLUMN salary TO t;
ALTER TABLE rebuild_src.person RENAME COLUMN years TO salary;
ALTER TABLE rebuild_src.person RENAME COLUMN t TO years;
SELECT privrelease.build('rebuild_open.person');

-- a column that changes its type, or goes and comes back
ALTER TABLE rebuild_src.person ALTER COLUMN years TYPE bigint;
SELECT privrelease.drop_rule('rebuild_open.person', 'age');
SELECT privrelease.build('rebuild_open.person');
ALTER TABLE rebuild_src.person ALTER COLUMN years TYPE bigint;
SELECT privrelease.set_rule('rebuild_open.person', 'years', 'bin', '{"width": 10}', 'age');
ALTER TABLE rebuild_src.person ALTER COLUMN years TYPE int;
SELECT privrelease.build('rebuild_open.person');
SELECT privrelease.set_rule('rebuild_open.person', 'years', 'bin', '{"width": 10}', 'age');
SELECT privrelease.build('rebuild_open.person');
ALTER TABLE rebuild_src.person DROP COLUMN years CASCADE;
ALTER TABLE rebuild_src.person ADD COLUMN years int DEFAULT 99;
SELECT to_regclass('rebuild_open.person');
SELECT privrelease.build('rebuild_open.person');
SELECT * FROM privrelease.drift('rebuild_open.person');
SELECT privrelease.set_rule('rebuild_open.person', 'years', 'bin', '{"width": 10}', 'age');
SELECT privrelease.build('rebuild_open.person');
SELECT * FROM rebuild_open.person ORDER BY initials;

-- a source that is renamed is followed; one that swapped names, or was made anew, is not
ALTER TABLE rebuild_src.person RENAME TO people;
SELECT privrelease.build('rebuild_open.person');
SELECT source FROM privrelease.releases WHERE release = 'rebuild_open.person';
ALTER TABLE rebuild_src.people RENAME TO old;
CREATE TABLE rebuild_src.people (LIKE rebuild_src.old);
SELECT privrelease.build('rebuild_open.person');
SELECT privrelease.set_rule('rebuild_open.person', 'name', 'keep');
DROP TABLE rebuild_src.old;
DROP TABLE rebuild_src.old CASCADE;
SELECT privrelease.build('rebuild_open.person');
BEGIN;
SELECT privrelease.drop_release('rebuild_open.person');
ROLLBACK;
SET ROLE rebuild_other;
SELECT privrelease.drop_release('rebuild_open.person');
RESET ROLE;
SELECT * FROM privrelease.drift('rebuild_open.person');
-- binding to the new table is a superuser's explicit act, and only if it belongs to the same role
ALTER TABLE rebuild_src.people OWNER TO rebuild_other;
SELECT * FROM privrelease.rebind() WHERE release <> '';
ALTER TABLE rebuild_src.people OWNER TO rebuild_steward;
-- a view of somebody else under the release's name is not adopted with its grants
GRANT CREATE ON SCHEMA rebuild_open TO rebuild_other;
SELECT id AS release_id FROM privrelease.release WHERE release_name = 'person' \gset
SET ROLE rebuild_other;
CREATE VIEW rebuild_open.person AS SELECT 1 AS x WHERE privrelease.release_serves(:release_id);
RESET ROLE;
SELECT * FROM privrelease.rebind() WHERE release <> '';
DROP VIEW rebuild_open.person;
REVOKE CREATE ON SCHEMA rebuild_open FROM rebuild_other;
INSERT INTO rebuild_src.people VALUES (3, 'MARKER-Cem', 1, NULL, 33);
SELECT * FROM privrelease.rebind();
SET ROLE rebuild_steward;
SELECT privrelease.build('rebuild_open.person');
SELECT * FROM rebuild_open.person;

-- a view that is lost takes its audience along: built again it is not published
RESET ROLE;
INSERT INTO privrelease.audience (release, role_oid, role_name, schema_oid, granted_usage, published_by)
    SELECT id, 'rebuild_reader'::regrole, 'rebuild_reader', 'rebuild_open'::regnamespace, true, 'postgres' FROM privrelease.release WHERE release_name = 'person';
UPDATE privrelease.release SET state = 'published', published_digest = 'x', published_declaration = 'x', published_derive_quals = true
    WHERE release_name = 'person';
DROP VIEW rebuild_open.person;
SELECT privrelease.build('rebuild_open.person');
SELECT state, audience FROM privrelease.releases WHERE release = 'rebuild_open.person';
SELECT has_schema_privilege('rebuild_reader', 'rebuild_open', 'USAGE') AS usage_left;
GRANT USAGE ON SCHEMA rebuild_open TO rebuild_reader;

-- a view renamed away is not forgotten, a schema that is missing is named
RESET ROLE;
ALTER VIEW rebuild_open.person RENAME TO elsewhere;
SELECT privrelease.build('rebuild_open.person');
ALTER VIEW rebuild_open.elsewhere RENAME TO person;
SELECT privrelease.create_release('rebuild_missing.person', 'rebuild_src.people');
SELECT privrelease.set_rule('rebuild_missing.person', 'years', 'suppress');
SELECT privrelease.build('rebuild_missing.person');

-- a table that became a view is another source (possible up to PostgreSQL 15), a source whose owner changed is his
ALTER TABLE rebuild_src.people OWNER TO rebuild_other;
SET ROLE rebuild_steward;
SELECT privrelease.build('rebuild_open.person');
RESET ROLE;
GRANT CREATE ON SCHEMA rebuild_open TO rebuild_other;
SET ROLE rebuild_other;
SELECT privrelease.build('rebuild_open.person');
SELECT count(*) FROM rebuild_open.person;
RESET ROLE;

-- and the former owner reads it no more, as he was no audience
SELECT has_table_privilege('rebuild_steward', 'rebuild_open.person', 'SELECT') AS former_owner, has_table_privilege('rebuild_other', 'rebuild_open.person', 'SELECT') AS owner;
-- a source that moves to another schema takes the right on the schema along
CREATE SCHEMA rebuild_moved AUTHORIZATION rebuild_other;
ALTER TABLE rebuild_src.people SET SCHEMA rebuild_moved;
SELECT privrelease.build('rebuild_open.person');
SELECT n AS schema, has_schema_privilege(release_role, n, 'USAGE') AS usage
    FROM privrelease.releases, unnest('{rebuild_src,rebuild_moved}'::name[]) AS n WHERE release = 'rebuild_open.person';
ALTER TABLE rebuild_moved.people SET SCHEMA rebuild_src;
SELECT privrelease.build('rebuild_open.person');
DROP SCHEMA rebuild_moved;
-- what was classified as an identifier stays one when the column is made anew under its name
SELECT privrelease.classify('rebuild_src.people', 'ssn', 'identifier');
ALTER TABLE rebuild_src.people DROP COLUMN ssn;
ALTER TABLE rebuild_src.people ADD COLUMN ssn text;
SELECT privrelease.set_rule('rebuild_open.person', 'ssn', 'keep');
SELECT privrelease.classify('rebuild_src.people', 'ssn', 'insensitive');
SELECT kind FROM privrelease.classifications WHERE source = 'rebuild_src.people' AND column_name = 'ssn';
SELECT privrelease.set_rule('rebuild_open.person', 'ssn', 'keep');
-- but what was said of a column that was only renamed stays its own
SELECT privrelease.classify('rebuild_src.people', 'name', 'identifier');
ALTER TABLE rebuild_src.people RENAME COLUMN name TO former_name;
ALTER TABLE rebuild_src.people ADD COLUMN name text;
SELECT privrelease.classify('rebuild_src.people', 'name', 'insensitive');
SELECT privrelease.set_rule('rebuild_open.person', 'former_name', 'keep');
ALTER TABLE rebuild_src.people DROP COLUMN name;
ALTER TABLE rebuild_src.people RENAME COLUMN former_name TO name;
-- a release whose last rule is dropped: withdraw is the way to stop its readers
BEGIN;
SELECT privrelease.drop_rule('rebuild_open.person', output_name) FROM privrelease.rules WHERE release = 'rebuild_open.person';
SELECT privrelease.build('rebuild_open.person');
ROLLBACK;
-- a collation is part of a column's type
CREATE TABLE rebuild_src.words (w text COLLATE "C");
SELECT privrelease.create_release('rebuild_open.words', 'rebuild_src.words');
SELECT privrelease.set_rule('rebuild_open.words', 'w', 'keep');
SELECT privrelease.build('rebuild_open.words');
DROP VIEW rebuild_open.words;
ALTER TABLE rebuild_src.words ALTER w TYPE text COLLATE "POSIX";
SELECT privrelease.build('rebuild_open.words');
SELECT privrelease.drop_release('rebuild_open.words');

-- partitions and inheritance: one decision for the tree
CREATE TABLE rebuild_src.event (id int, at date, what text) PARTITION BY RANGE (at);
CREATE TABLE rebuild_src.event_1 PARTITION OF rebuild_src.event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO rebuild_src.event VALUES (1, '2020-05-05', 'MARKER');
SELECT privrelease.create_release('rebuild_open.event', 'rebuild_src.event');
SELECT privrelease.set_rule('rebuild_open.event', 'at', 'date_trunc', '{"unit": "month"}');
SELECT privrelease.build('rebuild_open.event');
GRANT SELECT ON rebuild_open.event TO rebuild_reader;
CREATE TABLE rebuild_src.event_2 PARTITION OF rebuild_src.event FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO rebuild_src.event VALUES (2, '2021-05-05', 'MARKER');
SET ROLE rebuild_reader;
SELECT * FROM rebuild_open.event ORDER BY at;
SELECT * FROM rebuild_src.event_1;
RESET ROLE;

SELECT privrelease.uninstall();
SET client_min_messages = warning;
DROP SCHEMA rebuild_src, rebuild_open CASCADE;
DROP EXTENSION privrelease;
DROP ROLE rebuild_steward, rebuild_reader, rebuild_other;
