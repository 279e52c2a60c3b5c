-- Keys: names, versions and fingerprints.  The bytes are in the keyring file (privrelease.keyring_file) and nowhere else.
CREATE TABLE privrelease.key (
    id              int4 PRIMARY KEY CHECK (id > 0),
    name            text NOT NULL UNIQUE,
    current_version int4 NOT NULL CHECK (current_version > 0),
    created_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_by      name NOT NULL DEFAULT CURRENT_USER
);
COMMENT ON TABLE privrelease.key IS 'Keys of this database (create_key)';
COMMENT ON COLUMN privrelease.key.id IS 'number of the key in the keyring file, unique among all databases of the server';
COMMENT ON COLUMN privrelease.key.name IS 'word to give as "key" to set_rule()';
COMMENT ON COLUMN privrelease.key.current_version IS 'version that the next build uses for pseudonyms';

CREATE TABLE privrelease.key_version (
    key         int4 NOT NULL REFERENCES privrelease.key,
    version     int4 NOT NULL CHECK (version > 0),
    fingerprint text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_by  name NOT NULL DEFAULT CURRENT_USER,
    PRIMARY KEY (key, version)
);
COMMENT ON TABLE privrelease.key_version IS 'Versions of keys (create_key, rotate_key); never deleted';
COMMENT ON COLUMN privrelease.key_version.fingerprint IS
    'derived from the key (HKDF-SHA256, 128 bits, hexadecimal); a key of the file with another one is refused';

CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.key_version
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();

SELECT pg_catalog.pg_extension_config_dump('privrelease.key', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.key_version', '');

CREATE VIEW privrelease.keys AS
    SELECT k.name AS key, k.id, v.version, v.version OPERATOR(pg_catalog.=) k.current_version AS current,
           v.fingerprint, v.created_at, v.created_by
    FROM privrelease.key AS k JOIN privrelease.key_version AS v ON v.key OPERATOR(pg_catalog.=) k.id;
COMMENT ON VIEW privrelease.keys IS 'Keys and their versions, without key material';
COMMENT ON COLUMN privrelease.keys.key IS 'name of the key';
COMMENT ON COLUMN privrelease.keys.id IS 'number of the key in the keyring file';
COMMENT ON COLUMN privrelease.keys.version IS 'version, from 1';
COMMENT ON COLUMN privrelease.keys.current IS 'the version that the next build uses for pseudonyms';
COMMENT ON COLUMN privrelease.keys.fingerprint IS 'what the key in the file must match';
GRANT SELECT ON privrelease.keys TO PUBLIC;

CREATE FUNCTION privrelease.create_key(key text) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_create_key' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.create_key(text) IS
    'Make a key of this name in the keyring file, and the file if need be; returns the key''s id. Superusers only';
REVOKE ALL ON FUNCTION privrelease.create_key(text) FROM PUBLIC;

CREATE FUNCTION privrelease.rotate_key(key text) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_rotate_key' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.rotate_key(text) IS
    'Give a key a new version, which pseudonyms use from the next build on; returns the version. Noise and date shifts stay at theirs. Superusers only';
REVOKE ALL ON FUNCTION privrelease.rotate_key(text) FROM PUBLIC;
