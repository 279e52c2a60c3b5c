-- DROP EXTENSION is refused while there are releases, preloaded or not, however it is said; uninstall() first.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE drop_steward;
CREATE ROLE drop_super SUPERUSER;
CREATE SCHEMA drop_src AUTHORIZATION drop_steward;
CREATE SCHEMA drop_open AUTHORIZATION drop_steward;
CREATE TABLE drop_src.t AS SELECT 1 AS a;
ALTER TABLE drop_src.t OWNER TO drop_steward;

-- nothing is declared: nothing is in the way
BEGIN; DROP EXTENSION privrelease; ROLLBACK;
BEGIN; DROP EXTENSION IF EXISTS privrelease CASCADE; ROLLBACK;

SET ROLE drop_steward;
SELECT privrelease.create_release('drop_open.t', 'drop_src.t');
RESET ROLE;
-- declared only
DROP EXTENSION privrelease;
SET ROLE drop_steward;
SELECT privrelease.set_rule('drop_open.t', 'a', 'bin', '{"width": 10}');
SELECT privrelease.build('drop_open.t');
DROP EXTENSION privrelease CASCADE;
RESET ROLE;
-- built
DROP EXTENSION privrelease;
DROP EXTENSION privrelease CASCADE;
DROP EXTENSION IF EXISTS privrelease;
DROP EXTENSION IF EXISTS there_is_none, privrelease, plpgsql CASCADE;
DO $$ BEGIN DROP EXTENSION privrelease CASCADE; END $$;
-- by what it needs
DROP EXTENSION plpgsql CASCADE;
DROP LANGUAGE plpgsql CASCADE;
-- by who installed it, where that is not the bootstrap superuser
BEGIN;
UPDATE pg_extension SET extowner = 'drop_super'::regrole WHERE extname = 'privrelease';
DROP OWNED BY drop_steward, drop_super CASCADE;
ROLLBACK;
DROP OWNED BY drop_super CASCADE;
-- and by its parts, which PostgreSQL refuses itself
DROP SCHEMA privrelease CASCADE;
DROP TABLE privrelease.release CASCADE;
DROP FUNCTION privrelease.release_serves(int4) CASCADE;
DROP EVENT TRIGGER privrelease_refuse_drop CASCADE;
-- other extensions are none of our business
DROP EXTENSION there_is_none;
DROP EXTENSION IF EXISTS there_is_none CASCADE;
SELECT count(*) FROM drop_open.t;

-- a declaration of another database is one, too
BEGIN; UPDATE privrelease.release SET binding = 'elsewhere'; DROP EXTENSION privrelease; ROLLBACK;
-- a role of a release that was lost with its declaration
BEGIN;
SELECT release_role FROM privrelease.releases WHERE release = 'drop_open.t' \gset
DELETE FROM privrelease.release;
SAVEPOINT s;
\set ECHO none
DO $$ BEGIN DROP EXTENSION privrelease; EXCEPTION WHEN dependent_objects_still_exist THEN
    RAISE WARNING '%', regexp_replace(SQLERRM, '_[0-9a-f]{8}', '_x'); END $$;
DROP VIEW drop_open.t;
DROP OWNED BY :release_role;
\set ECHO all
DROP EXTENSION privrelease;
ROLLBACK;

SELECT privrelease.uninstall();
SELECT count(*) FROM pg_roles WHERE rolname LIKE 'privrelease\_t\_%';
DROP EXTENSION privrelease;
DROP SCHEMA drop_src, drop_open CASCADE;
DROP ROLE drop_steward, drop_super;
