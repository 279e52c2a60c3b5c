\echo Use "CREATE EXTENSION privrelease" to load this file. \quit

-- The schema is made by CREATE EXTENSION (control file: schema = privrelease) and belongs to the superuser who installs.
-- Nothing here says OR REPLACE or IF NOT EXISTS: an object that somebody else has put in our place is an error.
SET LOCAL search_path = pg_catalog, pg_temp;

GRANT USAGE ON SCHEMA privrelease TO PUBLIC;
