-- Hierarchies: what makes one, who may replace it, how values find their labels.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE hierarchy_owner;
CREATE ROLE hierarchy_member;
CREATE ROLE hierarchy_other;
GRANT hierarchy_owner TO hierarchy_member;
CREATE SCHEMA hierarchy_src AUTHORIZATION hierarchy_owner;
RESET client_min_messages;
\pset null '(null)'

SET ROLE hierarchy_owner;
SELECT privrelease.create_hierarchy('hierarchy_age', ARRAY[
    ['39', '30-39', 'adult', '*'], ['40', '40-49', 'adult', '*'], ['41', '40-49', 'adult', '*'], ['7', '0-9', 'minor', '*'], ['-1', 'unknown', 'unknown', '*'], ['39.5', '30-39', 'adult', '*']]);
SELECT * FROM privrelease.hierarchies WHERE name LIKE 'hierarchy\_%';

-- values, levels, NULL and what the hierarchy does not have
SELECT v, l, expected, privrelease.hierarchy(v, 'hierarchy_age', l) AS got
  FROM (VALUES
    ('39', 0, '39'), ('39', 1, '30-39'), ('39', 2, 'adult'), ('39', 3, '*'), ('41', 1, '40-49'), ('7', 2, 'minor'),
    ('39 ', 0, NULL), ('', 1, NULL), ('38', 0, NULL), ('38', 1, NULL), ('38', 2, NULL), ('38', 3, '*'), (repeat('9', 5000), 1, NULL), (repeat('9', 5000), 3, '*'),
    (NULL, 0, NULL), (NULL, 2, NULL), (NULL, 3, '*'),
    ('39', -1, NULL), ('39', 4, NULL), ('39', 2147483647, NULL), (NULL, 4, NULL), ('39', NULL, NULL)
  ) AS t (v, l, expected)
 WHERE privrelease.hierarchy(v, 'hierarchy_age', l) IS DISTINCT FROM expected;
SELECT privrelease.hierarchy('39', NULL, 1) AS no_name, privrelease.hierarchy('39'::varchar(5), 'hierarchy_age', 1) AS varchar, privrelease.hierarchy('39'::char(5), 'hierarchy_age', 1) AS "char",
       privrelease.hierarchy('39'::name, 'hierarchy_age', 1) AS name;

-- numbers are found by their canonical decimal text
SELECT privrelease.hierarchy(39::int2, 'hierarchy_age', 1) AS i2, privrelease.hierarchy(39, 'hierarchy_age', 1) AS i4, privrelease.hierarchy(39::int8, 'hierarchy_age', 1) AS i8,
       privrelease.hierarchy(39.00, 'hierarchy_age', 1) AS n, privrelease.hierarchy(39.50, 'hierarchy_age', 0) AS n_fraction, privrelease.hierarchy(39::float4, 'hierarchy_age', 1) AS f4,
       privrelease.hierarchy(39.5::float8, 'hierarchy_age', 0) AS f8, privrelease.hierarchy(-1, 'hierarchy_age', 1) AS negative;
SELECT privrelease.hierarchy((-32768)::int2, 'hierarchy_age', 1) AS i2, privrelease.hierarchy((-2147483648)::int4, 'hierarchy_age', 1) AS i4, privrelease.hierarchy((-9223372036854775808)::int8, 'hierarchy_age', 1) AS i8,
       privrelease.hierarchy('NaN'::numeric, 'hierarchy_age', 1) AS nan, privrelease.hierarchy('Infinity'::float8, 'hierarchy_age', 1) AS inf, privrelease.hierarchy(1e308::float8, 'hierarchy_age', 1) AS f8,
       privrelease.hierarchy(10::numeric ^ 100000, 'hierarchy_age', 1) AS n, privrelease.hierarchy(NULL::numeric, 'hierarchy_age', 3) AS top, privrelease.hierarchy(NULL::int4, 'hierarchy_age', 2) AS below;
SET extra_float_digits = -15;
SELECT privrelease.hierarchy(39.5::float8, 'hierarchy_age', 1) AS settings_change_nothing;
RESET extra_float_digits;

-- only a hierarchy that is not there is an error
SELECT privrelease.hierarchy('39', 'hierarchy_none', 1);
SELECT privrelease.hierarchy(NULL, 'hierarchy_none', 1);

-- what makes no hierarchy; no message names a value
DO $$
DECLARE
    c record;
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    FOR c IN SELECT * FROM (VALUES
        ('an empty array', '{}'::text[]),
        ('one dimension', '{4111-SECRET,*}'),
        ('three dimensions', '{{{4111-SECRET,*}}}'),
        ('no level', '{{4111-SECRET},{*}}'),
        ('a null leaf', '{{a,*},{NULL,*}}'),
        ('a null label', '{{4111-SECRET,NULL,*}}'),
        ('a leaf twice', '{{4111-SECRET,x,*},{b,x,*},{4111-SECRET,x,*}}'),
        ('two tops', '{{4111-SECRET,x,*},{b,y,4111-SECRET}}'),
        ('two parents', '{{a,4111-SECRET,p,*},{b,4111-SECRET,q,*}}'),
        ('a long label', ARRAY[[repeat('4111-SECRET', 100), '*']]),
        ('too many levels', ARRAY[array_fill('4111-SECRET'::text, ARRAY[22])])
      ) AS t (what, rows)
    LOOP
        BEGIN
            PERFORM privrelease.create_hierarchy('hierarchy_bad', c.rows);
            RAISE WARNING '%: accepted', c.what;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            RAISE INFO '%: % % [%] %', c.what, state, message, detail, hint;
            IF message || detail || hint LIKE '%SECRET%' THEN
                RAISE WARNING 'a value is shown';
            END IF;
        END;
    END LOOP;
END $$;
SELECT privrelease.create_hierarchy('', '{{a,*}}');
SELECT privrelease.create_hierarchy(repeat('x', 201), '{{a,*}}');
SELECT count(*) AS nothing_half_done FROM privrelease.hierarchies WHERE name = 'hierarchy_bad';
-- the same label may stand at several levels
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,a,*},{b,a,*},{*,*,*}}');
SELECT privrelease.hierarchy('b', 'hierarchy_same', 1) AS one, privrelease.hierarchy('*', 'hierarchy_same', 1) AS star;

-- replacing: by the owner, its members and superusers; seen at once, by prepared statements too, and undone by a rollback
PREPARE label AS SELECT privrelease.hierarchy('a', 'hierarchy_same', 1);
EXECUTE label;
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,A,*},{c,C,*}}');
EXECUTE label;
BEGIN;
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,Q,*}}');
EXECUTE label;
ROLLBACK;
EXECUTE label;
SET ROLE hierarchy_other;
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,stolen,*}}');
SELECT privrelease.create_hierarchy('hierarchy_theirs', '{{a,*}}');
SELECT * FROM privrelease.hierarchy_value;
INSERT INTO privrelease.hierarchy VALUES (1, 'x', 'hierarchy_other', 1, 1);
SET ROLE hierarchy_member;
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,member,top,*}}');
EXECUTE label;
RESET ROLE;
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,super,*}}');
EXECUTE label;
SELECT * FROM privrelease.hierarchies WHERE name LIKE 'hierarchy\_%' ORDER BY name COLLATE "C";

-- from a table: columns in order, dropped ones left out, numbers in canonical form
SET ROLE hierarchy_owner;
CREATE TABLE hierarchy_src.income (gone int, value numeric(10,2), "level ""1""" varchar(10), top char(3));
ALTER TABLE hierarchy_src.income DROP gone;
INSERT INTO hierarchy_src.income VALUES (100.00, 'low', '*'), (250.50, 'low', '*'), (9000, 'high', '*');
SELECT privrelease.load_hierarchy('hierarchy_income', 'hierarchy_src.income');
SELECT privrelease.hierarchy(100, 'hierarchy_income', 1) AS a, privrelease.hierarchy(250.5, 'hierarchy_income', 0) AS b, privrelease.hierarchy(9000::float8, 'hierarchy_income', 1) AS c,
       privrelease.hierarchy(1, 'hierarchy_income', 2) AS top;
INSERT INTO hierarchy_src.income VALUES (100.00, 'low', '*');
SELECT privrelease.load_hierarchy('hierarchy_income', 'hierarchy_src.income');
DELETE FROM hierarchy_src.income;
SELECT privrelease.load_hierarchy('hierarchy_income', 'hierarchy_src.income');
INSERT INTO hierarchy_src.income VALUES (1, NULL, '*');
SELECT privrelease.load_hierarchy('hierarchy_income', 'hierarchy_src.income');
SELECT privrelease.hierarchy(100, 'hierarchy_income', 1) AS still;
CREATE SEQUENCE hierarchy_src.seq;
SELECT privrelease.load_hierarchy('hierarchy_income', 'hierarchy_src.seq');
CREATE TABLE hierarchy_src.none ();
SELECT privrelease.load_hierarchy('hierarchy_income', 'hierarchy_src.none');

-- read with the caller's rights, for a superuser with the owner's
CREATE TABLE hierarchy_src.plain (value text, label text, top text);
INSERT INTO hierarchy_src.plain VALUES ('a', 'A', '*');
CREATE FUNCTION hierarchy_src.reader() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT current_user::text';
CREATE VIEW hierarchy_src.planted AS SELECT value, hierarchy_src.reader() AS label, top FROM hierarchy_src.plain;
CREATE FUNCTION hierarchy_src.resetter() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RESET ROLE; RETURN current_user; END $$;
CREATE VIEW hierarchy_src.resetting AS SELECT value, hierarchy_src.resetter() AS label, top FROM hierarchy_src.plain;
GRANT USAGE ON SCHEMA hierarchy_src TO hierarchy_other;
SET ROLE hierarchy_other;
SELECT privrelease.load_hierarchy('hierarchy_mine', 'hierarchy_src.plain');
RESET ROLE;
GRANT SELECT ON hierarchy_src.plain TO hierarchy_other;
ALTER TABLE hierarchy_src.plain ENABLE ROW LEVEL SECURITY;
SET ROLE hierarchy_other;
SELECT privrelease.load_hierarchy('hierarchy_mine', 'hierarchy_src.plain');
RESET ROLE;
ALTER TABLE hierarchy_src.plain DISABLE ROW LEVEL SECURITY;
SET ROLE hierarchy_other;
SELECT privrelease.load_hierarchy('hierarchy_mine', 'hierarchy_src.plain');
SELECT privrelease.hierarchy('a', 'hierarchy_mine', 1);
RESET ROLE;
SELECT privrelease.load_hierarchy('hierarchy_planted', 'hierarchy_src.planted');
SELECT privrelease.hierarchy('a', 'hierarchy_planted', 1) AS read_as, current_user = session_user AS still_superuser;
SELECT privrelease.load_hierarchy('hierarchy_planted', 'hierarchy_src.resetting');

-- operators of the caller's search_path are not used
CREATE FUNCTION hierarchy_src.equal(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called as %', current_user; END $$;
CREATE OPERATOR hierarchy_src.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = hierarchy_src.equal);
SET search_path = hierarchy_src, pg_catalog;
SELECT privrelease.create_hierarchy('hierarchy_same', '{{a,again,*}}');
SELECT privrelease.hierarchy('a'::text, 'hierarchy_same'::text, 1);
RESET search_path;

-- a larger one: the cache, and every path
CREATE TABLE hierarchy_src.many AS SELECT g AS value, g / 10 AS ten, g / 1000 AS thousand, '*'::text AS top FROM generate_series(0, 20000) AS g;
SELECT privrelease.load_hierarchy('hierarchy_many', 'hierarchy_src.many');
SELECT count(*) FILTER (WHERE privrelease.hierarchy(value, 'hierarchy_many', 0) <> value::text) AS level_0, count(*) FILTER (WHERE privrelease.hierarchy(value, 'hierarchy_many', 1) <> ten::text) AS level_1,
       count(*) FILTER (WHERE privrelease.hierarchy(value, 'hierarchy_many', 2) <> thousand::text) AS level_2, count(privrelease.hierarchy(value + 30000, 'hierarchy_many', 2)) AS outside
  FROM hierarchy_src.many;
-- several in one query, by name from row to row
SELECT h, l, privrelease.hierarchy('a', h, l) FROM (VALUES ('hierarchy_same', 1), ('hierarchy_mine', 1), ('hierarchy_same', 0), ('hierarchy_mine', 2)) AS t (h, l);
-- tables may be emptied with TRUNCATE, too
BEGIN;
TRUNCATE privrelease.hierarchy_value;
SELECT privrelease.hierarchy('a', 'hierarchy_same', 1);
ROLLBACK;
SELECT privrelease.hierarchy('a', 'hierarchy_same', 1);

-- in use: replaced only while the source belongs to a member of the hierarchy's owner, and with the levels that rules need
SET client_min_messages = warning;
CREATE SCHEMA hierarchy_open AUTHORIZATION hierarchy_owner;
SET ROLE hierarchy_owner;
CREATE TABLE hierarchy_src.used (id int, code text);
INSERT INTO hierarchy_src.used VALUES (1, 'a');
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,A,top,*}}');
SELECT privrelease.create_release('hierarchy_open.used', 'hierarchy_src.used', subject => 'id');
SELECT privrelease.set_rule('hierarchy_open.used', 'code', 'hierarchy', '{"hierarchy": "hierarchy_used", "level": 2}');
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,A,*}}');
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,*}}');
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,A,middle,top,*}}');
RESET ROLE;
ALTER TABLE hierarchy_src.used OWNER TO hierarchy_member;
SET ROLE hierarchy_owner;
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,A,member,*}}');
RESET ROLE;
ALTER TABLE hierarchy_src.used OWNER TO hierarchy_other;
SET ROLE hierarchy_owner;
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,a,a,*}}');
CREATE TABLE hierarchy_src.leak AS SELECT 'a' AS value, 'a' AS one, 'a' AS two, '*' AS top;
SELECT privrelease.load_hierarchy('hierarchy_used', 'hierarchy_src.leak');
SET ROLE hierarchy_member;
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,a,a,*}}');
RESET ROLE;
-- a superuser's table is not its owner's either; superusers themselves may always replace
ALTER TABLE hierarchy_src.used OWNER TO CURRENT_USER;
SET ROLE hierarchy_owner;
\set VERBOSITY sqlstate
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,a,a,*}}');
\set VERBOSITY default
RESET ROLE;
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,A,super,*}}');
SELECT privrelease.hierarchy('a', 'hierarchy_used', 2) AS label;
-- a source that is gone could be anybody's; without the rule it is free again
DROP TABLE hierarchy_src.used CASCADE;
SET ROLE hierarchy_owner;
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,a,a,*}}');
RESET ROLE;
SELECT privrelease.drop_release('hierarchy_open.used');
SET ROLE hierarchy_owner;
SELECT privrelease.create_hierarchy('hierarchy_used', '{{a,free,*}}');
RESET ROLE;

SET client_min_messages = warning;
DELETE FROM privrelease.hierarchy WHERE name LIKE 'hierarchy\_%';
DROP SCHEMA hierarchy_src CASCADE;
DROP SCHEMA hierarchy_open;
DROP ROLE hierarchy_other;
DROP ROLE hierarchy_member;
DROP ROLE hierarchy_owner;
