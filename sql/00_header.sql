\echo Use "CREATE EXTENSION privrelease" to load this file. \quit

-- The schema is made here, and not by the control file's "schema", because PostgreSQL would take one that somebody else has
-- made before us, and whoever owns the schema can put functions of his own beside ours. (The control file says pg_catalog,
-- so that this script runs under that search_path; nothing is made there.)
-- Nothing here says OR REPLACE or IF NOT EXISTS: an object that somebody else has put in our place is an error.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE SCHEMA privrelease;
COMMENT ON SCHEMA privrelease IS 'privrelease: anonymized releases of personal data';

GRANT USAGE ON SCHEMA privrelease TO PUBLIC;
