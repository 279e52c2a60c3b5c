\echo Use "ALTER EXTENSION privrelease UPDATE" to load this file. \quit

-- From 0.1.0.  Three states were given away under that number: with release views only, with the guard and transparent mode,
-- and with release tables.  What is missing tells which it is; nothing here asks further.
--
-- Everything is made of the parts of the install script (renew.awk), so that the result is what a new installation has.  This
-- file puts aside what has another shape now, from_0.1.0_after.sql brings its rows back.
--
-- Names are looked up in pg_catalog alone, and whatever is made or replaced must be a member of the extension: what somebody
-- has put into the schema is an error, not a replacement.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Whoever updates it, the extension goes on belonging to one role, while that is a superuser's.
CREATE TABLE privrelease.update_caller AS SELECT current_setting('role') AS role;
SELECT set_config('role', r.rolname, true) FROM pg_extension AS e JOIN pg_roles AS r ON r.oid = e.extowner AND r.rolsuper
    WHERE e.extname = 'privrelease' AND r.rolname <> current_user AND pg_has_role(session_user, r.oid, 'MEMBER');

-- What needs the library, in from_0.1.0_after.sql. A server that was not restarted has the library of before.
DO $do$
BEGIN
    CREATE FUNCTION privrelease.adopt_releases(published int4[]) RETURNS void
        AS 'MODULE_PATHNAME', 'privrelease_adopt_releases' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
EXCEPTION WHEN undefined_function THEN
    RAISE EXCEPTION 'this server has the library of an older version of privrelease loaded'
        USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Restart the server, and then: ALTER EXTENSION privrelease UPDATE;';
END
$do$;
REVOKE ALL ON FUNCTION privrelease.adopt_releases(int4[]) FROM PUBLIC;

-- ---------- what is there ----------

CREATE TABLE privrelease.update_present (class oid NOT NULL, object oid NOT NULL);
INSERT INTO privrelease.update_present
    SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON d.refobjid = e.oid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'privrelease'
        AND (d.classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass)
             OR d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = d.objid AND c.relkind = 'v'));

-- A statement of an install script on privileges, where the object is new.
CREATE FUNCTION privrelease.update_privilege(kind text, name text, command text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plpgsql$
DECLARE
    its_class  regclass := CASE kind WHEN 'TYPE' THEN 'pg_type' WHEN 'SCHEMA' THEN 'pg_namespace' WHEN 'FUNCTION' THEN 'pg_proc'
                               WHEN 'PROCEDURE' THEN 'pg_proc' ELSE 'pg_class' END;
    its_number oid := CASE kind WHEN 'TYPE' THEN name::regtype::oid WHEN 'SCHEMA' THEN name::regnamespace::oid
                          WHEN 'FUNCTION' THEN name::regprocedure::oid WHEN 'PROCEDURE' THEN name::regprocedure::oid ELSE name::regclass::oid END;
BEGIN
    IF NOT EXISTS (SELECT FROM privrelease.update_present AS p WHERE p.class = its_class AND p.object = its_number) THEN
        EXECUTE command;
    END IF;
END
$plpgsql$;
REVOKE ALL ON FUNCTION privrelease.update_privilege(text, text, text) FROM PUBLIC;

-- What default privileges of whoever installed have given away, which an installation takes back now (98_privileges.sql):
-- whoever may create in the schema could put functions beside ours, whoever may write views would write declarations.
DO $do$
DECLARE
    command text;
BEGIN
    FOR command IN
        WITH given (object, privilege, grantee) AS (
            SELECT 'SCHEMA privrelease', a.privilege_type, a.grantee
            FROM pg_namespace AS n, aclexplode(n.nspacl) AS a WHERE n.nspname = 'privrelease' AND a.grantee <> n.nspowner AND a.privilege_type = 'CREATE'
            UNION ALL
            SELECT c.oid::regclass::text, a.privilege_type, a.grantee
            FROM pg_class AS c JOIN privrelease.update_present AS p ON p.class = 'pg_class'::regclass AND p.object = c.oid, aclexplode(c.relacl) AS a
            WHERE a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'
        )
        SELECT format('REVOKE %s ON %s FROM %s CASCADE', g.privilege, g.object, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
        FROM given AS g
    LOOP
        EXECUTE command;
    END LOOP;
END
$do$;

-- ---------- what is put aside ----------

-- A view keeps its columns and shows nothing until it is replaced, so that tables below it can go and views of others need not.
DO $do$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('CREATE OR REPLACE VIEW %s AS SELECT %s WHERE false', c.oid::regclass,
                      (SELECT string_agg(format('NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod),
                                                CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation END, a.attname),
                                         ', ' ORDER BY a.attnum)
                       FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0))
        FROM pg_class AS c JOIN privrelease.update_present AS p ON p.class = 'pg_class'::regclass AND p.object = c.oid
    LOOP
        EXECUTE command;
    END LOOP;
END
$do$;

-- Each table that there was, before those that refer to it, but for those that can be large, and those that they refer to:
-- category, hierarchy, hierarchy_value, dictionary, dictionary_entry, version_person, version_subject and version_value have the
-- shape that they had and stay where they are.
CREATE TABLE privrelease.update_aside (place int4 NOT NULL, name text NOT NULL, sequence text, last_value int8, is_called boolean);
DO $do$
DECLARE
    aside    record;
    sequence text;
BEGIN
    FOR aside IN
        SELECT t.place, t.name
        FROM unnest(ARRAY['classification', 'release', 'rule', 'version', 'audience', 'audience_map', 'key', 'key_version', 'key_domain',
                          'assessment', 'history']) WITH ORDINALITY AS t (name, place)
        WHERE to_regclass('privrelease.' || t.name) IS NOT NULL ORDER BY t.place DESC
    LOOP
        EXECUTE format('CREATE TABLE privrelease.update_%s AS SELECT * FROM privrelease.%s', aside.name, aside.name);
        SELECT s.oid::regclass::text INTO sequence
        FROM pg_depend AS d JOIN pg_class AS s ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND s.relkind = 'S'
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ('privrelease.' || aside.name)::regclass AND d.deptype = 'i';
        IF sequence IS NULL THEN
            INSERT INTO privrelease.update_aside (place, name) VALUES (aside.place, aside.name);
        ELSE
            EXECUTE format('INSERT INTO privrelease.update_aside SELECT %s, %L, %L, s.last_value, s.is_called FROM %s AS s',
                           aside.place, aside.name, sequence, sequence);
            EXECUTE format('ALTER EXTENSION privrelease DROP SEQUENCE %s', sequence);
        END IF;
        -- Out of the extension first: pg_extension would go on naming it as a table to dump.
        EXECUTE format('ALTER EXTENSION privrelease DROP TABLE privrelease.%s', aside.name);
        EXECUTE format('DROP TABLE privrelease.%s', aside.name);
    END LOOP;
END
$do$;

-- What is named below, and the first states had not.
ALTER TABLE privrelease.update_release ADD COLUMN IF NOT EXISTS view_digest bytea;
ALTER TABLE privrelease.update_release ADD COLUMN IF NOT EXISTS source_digest bytea;

-- ---------- the parts of the install script ----------

