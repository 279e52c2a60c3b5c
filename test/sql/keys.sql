-- Keys: who makes them, what the catalogue holds of them, what rotation does.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE keys_plain;
RESET client_min_messages;

-- superusers only, with or without EXECUTE
SET ROLE keys_plain;
SELECT privrelease.create_key('keys_a');
SELECT privrelease.rotate_key('keys_a');
RESET ROLE;
BEGIN;
GRANT EXECUTE ON FUNCTION privrelease.create_key(text), privrelease.rotate_key(text) TO keys_plain;
SET LOCAL ROLE keys_plain;
SAVEPOINT s;
SELECT privrelease.create_key('keys_a');
ROLLBACK TO s;
SELECT privrelease.rotate_key('keys_a');
ROLLBACK;

-- nothing that is not a key
SELECT privrelease.create_key('');
SELECT privrelease.create_key(repeat('x', 64));
SELECT privrelease.create_key(NULL) IS NULL AS strict;
SELECT privrelease.rotate_key('keys_a');
BEGIN READ ONLY;
SELECT privrelease.create_key('keys_a');
ROLLBACK;

SELECT privrelease.create_key('keys_a') AS a \gset
SELECT privrelease.create_key('keys_b') AS b \gset
SELECT :b > :a AS ids_grow;
SELECT privrelease.create_key('keys_a');

-- a key that was rolled back is not known, and its number not used again
BEGIN;
SELECT privrelease.create_key('keys_c') AS lost \gset
ROLLBACK;
SELECT count(*) FROM privrelease.keys WHERE key = 'keys_c';
SELECT privrelease.create_key('keys_c') > :lost AS another_number;

-- what everybody may see
SET ROLE keys_plain;
SELECT key, version, current, length(fingerprint) FROM privrelease.keys WHERE key LIKE 'keys\_%' ORDER BY key, version;
SELECT * FROM privrelease.key;
SELECT * FROM privrelease.key_version;
\set VERBOSITY sqlstate
SHOW privrelease.keyring_file;
\set VERBOSITY default
RESET ROLE;

-- the file, which only a superuser can read, and what must not be anywhere else
SELECT CASE WHEN current_setting('privrelease.keyring_file') <> '' THEN current_setting('privrelease.keyring_file')
            ELSE rtrim(current_setting('data_directory'), '/') || '.keyring' END AS keyring \gset
CREATE TEMP TABLE bytes AS
    SELECT m[1]::int AS id, m[2]::int AS version, m[3] AS hex
    FROM regexp_matches(pg_read_file(:'keyring'), '^key (\d+) (\d+) ([0-9a-f]{64})$', 'gn') AS m;
SELECT count(*) = 3 AS in_file FROM bytes JOIN privrelease.keys USING (id, version) WHERE key LIKE 'keys\_%';
SELECT count(DISTINCT hex) = count(*) AS all_different FROM bytes;
SELECT count(*) AS in_catalogue FROM bytes, privrelease.key_version AS v WHERE v.fingerprint LIKE '%' || substr(hex, 1, 16) || '%' OR hex LIKE '%' || v.fingerprint || '%';
SELECT count(*) AS in_settings FROM bytes, pg_settings WHERE setting ILIKE '%' || hex || '%';

-- capabilities of these keys
SELECT format('%s.1', :a) AS a1, format('%s.2', :a) AS a2, format('%s.1', :b) AS b1, format('%s.1', :lost) AS lost1 \gset
SELECT privrelease.pseudonymize(7, :'a1', 'd') AS old \gset
SELECT privrelease.noise(1000, 7, :'a1', 'd', 'laplace', 50, 1, '-Infinity', 'Infinity') AS old_noise \gset
SELECT privrelease.pseudonymize(7, :'b1', 'd') <> :'old' AS keys_differ;

-- a version that is not there yet, and one of a transaction that never was
\set VERBOSITY sqlstate
SELECT privrelease.pseudonymize(7, :'a2', 'd');
SELECT privrelease.pseudonymize(7, :'lost1', 'd');
SELECT privrelease.pseudonymize(7, '2147483647.1', 'd');
\set VERBOSITY default

SELECT privrelease.rotate_key('keys_a');
SELECT key, version, current FROM privrelease.keys WHERE key = 'keys_a' ORDER BY version;
SELECT privrelease.pseudonymize(7, :'a1', 'd') = :'old' AS old_version_stays,
       privrelease.pseudonymize(7, :'a2', 'd') <> :'old' AS new_version_differs,
       privrelease.noise(1000, 7, :'a1', 'd', 'laplace', 50, 1, '-Infinity', 'Infinity') = :old_noise AS noise_stays;

-- a fingerprint that does not fit the file is an error, in this session too
BEGIN;
UPDATE privrelease.key_version SET fingerprint = repeat('0', 32) WHERE key = :b;
\set VERBOSITY sqlstate
SELECT privrelease.pseudonymize(7, :'b1', 'd');
\set VERBOSITY default
ROLLBACK;
SELECT privrelease.pseudonymize(7, :'b1', 'd') IS NOT NULL AS fits_again;

-- the setting is fixed while the server runs
SET privrelease.keyring_file = '/tmp/x';
SET privrelease.key = 'secret';

DROP ROLE keys_plain;
