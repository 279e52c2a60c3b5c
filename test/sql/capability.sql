-- The capability: nobody but a superuser makes one, by any way in.  Each line is an attack of a plain role.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE capability_attacker;
CREATE ROLE capability_owner;
CREATE SCHEMA capability_own AUTHORIZATION capability_attacker;
SELECT privrelease.create_key('capability_key') AS id \gset
SELECT format('%s.1', :id) AS cap \gset

-- what the attacker may read: a view that holds the capability
CREATE TABLE capability_source (id int, name text);
INSERT INTO capability_source VALUES (1, 'MARKER');
CREATE VIEW capability_release WITH (security_barrier) AS
    SELECT privrelease.pseudonymize(id, :'cap', 'd') AS id FROM capability_source;
GRANT SELECT ON capability_release TO capability_attacker;
RESET client_min_messages;

-- the type has no other way in or out
SELECT typreceive = 0 AS no_receive, typsend = 0 AS no_send, typbyval, typlen FROM pg_type WHERE oid = 'privrelease.capability'::regtype;
SELECT count(*) AS casts FROM pg_cast WHERE 'privrelease.capability'::regtype IN (castsource, casttarget);
SELECT count(*) AS operator_classes FROM pg_opclass WHERE opcintype = 'privrelease.capability'::regtype;
SELECT proname FROM pg_proc WHERE prorettype = 'privrelease.capability'::regtype;
SELECT count(*) AS not_strict FROM pg_proc WHERE 'privrelease.capability'::regtype = ANY (proargtypes) AND NOT proisstrict;
SELECT count(*) AS stored FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid WHERE atttypid = 'privrelease.capability'::regtype;
SELECT has_type_privilege('capability_attacker', 'privrelease.capability', 'USAGE') AS usage;
SELECT '12.3'::privrelease.capability AS a_superuser_makes_one;
SELECT '0.1'::privrelease.capability;
SELECT '1.0'::privrelease.capability;
SELECT '01.1'::privrelease.capability;
SELECT '1.1 '::privrelease.capability;
SELECT '2147483648.1'::privrelease.capability;
SELECT '-1.1'::privrelease.capability;

\set VERBOSITY terse
SET ROLE capability_attacker;
SELECT id ~ '^[0-9a-f]{32}$' AS reads_the_release FROM capability_release;

-- literals, casts, direct calls
SELECT privrelease.pseudonymize(1, '1.1', 'd');
SELECT privrelease.pseudonymize(1, '1.1'::privrelease.capability, 'd');
SELECT privrelease.pseudonymize(1, CAST('1.1'::text AS privrelease.capability), 'd');
SELECT privrelease.pseudonymize(1, 1::privrelease.capability, 'd');
SELECT privrelease.pseudonymize(1, 4294967297::int8::privrelease.capability, 'd');
SELECT privrelease.pseudonymize(1, 4294967297::int8, 'd');
SELECT privrelease.pseudonymize(1, '1.1'::text, 'd');
SELECT privrelease.capability_in('1.1');
SELECT privrelease.pseudonymize(1, privrelease.capability_in('1.1'), 'd');
SELECT privrelease.capability '1.1';
SELECT privrelease.noise(1, 1, '1.1', 'd', 'laplace', 1, 1, '-Infinity', 'Infinity');
SELECT privrelease.date_shift(date '2020-01-01', 1, '1.1', 30);
SELECT privrelease.encrypt_fpe('123456', '1.1', '0123456789', 0, 0);
SELECT privrelease.decrypt_fpe('123456', '1.1', '0123456789', 0, 0);
SELECT privrelease.fake('x', '1.1', 1, 'd');

-- NULL is everybody's, and gives NULL
SELECT privrelease.pseudonymize(1, NULL, 'd') IS NULL AS strict;
SELECT privrelease.pseudonymize(1, NULL::privrelease.capability, 'd') IS NULL AS strict;

-- containers
SELECT ('{1.1}'::privrelease.capability[])[1];
SELECT ARRAY['1.1']::privrelease.capability[];
SELECT array_in('{1.1}', 'privrelease.capability'::regtype, -1);
CREATE TYPE capability_own.wrapper AS (c privrelease.capability);
CREATE DOMAIN capability_own.wrapped AS privrelease.capability;
CREATE DOMAIN capability_own.wrapped AS privrelease.capability DEFAULT '1.1';
CREATE TABLE capability_own.t (c privrelease.capability);
CREATE TABLE capability_own.t (c privrelease.capability DEFAULT '1.1');
CREATE TABLE capability_own.t AS SELECT NULL::privrelease.capability AS c;
CREATE TEMP TABLE t (c privrelease.capability);
SELECT * FROM json_to_record('{"c": "1.1"}') AS r (c privrelease.capability);
SELECT * FROM jsonb_to_recordset('[{"c": "1.1"}]') AS r (c privrelease.capability);
SELECT record_in('(1.1)', 'pg_class'::regtype, -1);
CREATE FUNCTION capability_own.f() RETURNS TABLE (c privrelease.capability) LANGUAGE sql AS $$ SELECT '1.1' $$;

-- even where an administrator has let the type out of the bag
RESET ROLE;
GRANT USAGE ON TYPE privrelease.capability TO capability_attacker;
SET ROLE capability_attacker;
CREATE TYPE capability_own.wrapper AS (c privrelease.capability);
SELECT '(1.1)'::capability_own.wrapper;
SELECT (jsonb_populate_record(NULL::capability_own.wrapper, '{"c": "1.1"}')).c;
SELECT (json_populate_record(NULL::capability_own.wrapper, '{"c": 1.1}')).c;
SELECT record_in('(1.1)', 'capability_own.wrapper'::regtype, -1);
CREATE DOMAIN capability_own.wrapped AS privrelease.capability;
SELECT '1.1'::capability_own.wrapped;
SELECT privrelease.pseudonymize(1, '1.1'::text::capability_own.wrapped, 'd');
\set VERBOSITY sqlstate
CREATE DOMAIN capability_own.wrapped_default AS privrelease.capability DEFAULT '1.1';
\set VERBOSITY terse
CREATE TABLE capability_own.t (c privrelease.capability);
INSERT INTO capability_own.t VALUES ('1.1');
INSERT INTO capability_own.t SELECT '1.1';
INSERT INTO capability_own.t SELECT '1.1'::text;
INSERT INTO capability_own.t SELECT 1;
COPY capability_own.t FROM STDIN;
1.1
\.
ALTER TABLE capability_own.t ALTER c SET DEFAULT '1.1';
ALTER TABLE capability_own.t ADD COLUMN d text DEFAULT '1.1';
ALTER TABLE capability_own.t ALTER d TYPE privrelease.capability USING d::privrelease.capability;
ALTER TABLE capability_own.t ALTER d TYPE privrelease.capability;
INSERT INTO capability_own.t VALUES (NULL, 'x');
\set VERBOSITY sqlstate
ALTER TABLE capability_own.t ALTER d TYPE privrelease.capability USING '1.1';
\set VERBOSITY terse
SELECT count(c) AS made FROM capability_own.t;
\copy capability_own.t (c) from '/dev/null' (format binary)
CREATE CAST (text AS privrelease.capability) WITH INOUT;
CREATE CAST (int8 AS privrelease.capability) WITHOUT FUNCTION;
CREATE TYPE capability_own.mine AS ENUM ('1.1');
CREATE CAST (capability_own.mine AS privrelease.capability) WITH INOUT AS IMPLICIT;
SELECT privrelease.pseudonymize(1, '1.1'::capability_own.mine, 'd');
CREATE CAST (capability_own.mine AS privrelease.capability) WITHOUT FUNCTION;
CREATE TYPE capability_own.range AS RANGE (subtype = privrelease.capability);

-- functions, variables, statements
CREATE FUNCTION capability_own.f() RETURNS privrelease.capability LANGUAGE sql AS $$ SELECT '1.1'::privrelease.capability $$;
SET check_function_bodies = off;
CREATE FUNCTION capability_own.f() RETURNS privrelease.capability LANGUAGE sql AS $$ SELECT '1.1'::privrelease.capability $$;
RESET check_function_bodies;
SELECT capability_own.f();
CREATE FUNCTION capability_own.g() RETURNS privrelease.capability LANGUAGE plpgsql AS $$ BEGIN RETURN '1.1'; END $$;
SELECT capability_own.g();
CREATE FUNCTION capability_own.h(x text) RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE c privrelease.capability := x; BEGIN RETURN privrelease.pseudonymize(1, c, 'd'); END $$;
SELECT capability_own.h('1.1');
CREATE FUNCTION capability_own.i(x int8) RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE c privrelease.capability; BEGIN c := x; RETURN privrelease.pseudonymize(1, c, 'd'); END $$;
SELECT capability_own.i(4294967297);
CREATE FUNCTION capability_own.j() RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE c privrelease.capability; BEGIN EXECUTE 'SELECT ''1.1''::privrelease.capability' INTO c; RETURN c; END $$;
SELECT capability_own.j();
CREATE FUNCTION capability_own.k(c privrelease.capability DEFAULT '1.1') RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE FUNCTION capability_own.k(c privrelease.capability) RETURNS text LANGUAGE sql AS $$ SELECT privrelease.pseudonymize(1, c, 'd') $$;
SELECT capability_own.k('1.1');
SELECT capability_own.k(NULL) IS NULL AS strict;
CREATE FUNCTION capability_own.l(anyelement) RETURNS text LANGUAGE sql AS $$ SELECT privrelease.pseudonymize(1, $1::privrelease.capability, 'd') $$;
SELECT capability_own.l('1.1'::text);
CREATE FUNCTION capability_own.m(cstring) RETURNS privrelease.capability LANGUAGE internal STRICT AS 'int8in';
CREATE FUNCTION capability_own.m(int8) RETURNS privrelease.capability LANGUAGE internal STRICT AS 'int8up';
PREPARE p (privrelease.capability) AS SELECT privrelease.pseudonymize(1, $1, 'd');
EXECUTE p ('1.1');
EXECUTE p ('1.1'::text);
EXECUTE p (1);
DEALLOCATE p;
DO $$ BEGIN EXECUTE 'SELECT privrelease.pseudonymize(1, $1, ''d'')' USING '1.1'::text; END $$;
DO $$ DECLARE r capability_own.wrapper; BEGIN r := ROW('1.1'); END $$;
DO $$ DECLARE r capability_own.wrapper; BEGIN r.c := '1.1'; END $$;
CREATE VIEW capability_own.v AS SELECT privrelease.pseudonymize(1, '1.1', 'd');
CREATE RULE r AS ON INSERT TO capability_own.t DO INSTEAD SELECT privrelease.pseudonymize(1, '1.1', 'd');

-- a SECURITY DEFINER function of the attacker, called by anybody else
CREATE FUNCTION capability_own.definer() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN RETURN privrelease.pseudonymize(1, '1.1'::text::privrelease.capability, 'd'); END $$;
GRANT USAGE ON SCHEMA capability_own TO PUBLIC;
RESET ROLE;
SET ROLE capability_owner;
SELECT capability_own.definer();
RESET ROLE;
SELECT capability_own.definer();
SET ROLE capability_attacker;

-- the view tells key id and version, and cannot be lent
SELECT pg_get_viewdef('capability_release') ~ '''\d+\.1''::privrelease\.capability' AS id_and_version_only;
EXPLAIN (VERBOSE, COSTS OFF, SUMMARY OFF) SELECT c FROM (SELECT NULL::privrelease.capability AS c) AS s;
SELECT count(*) FROM capability_source;
INSERT INTO capability_release VALUES ('x');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA capability_own CASCADE;
REVOKE USAGE ON TYPE privrelease.capability FROM capability_attacker;
DROP VIEW capability_release;
DROP TABLE capability_source;
DROP ROLE capability_attacker, capability_owner;
