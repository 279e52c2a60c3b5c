\echo Use "CREATE EXTENSION privrelease" to load this file. \quit

-- The schema is made here, and not by the control file's "schema", because PostgreSQL would take one that somebody else has
-- made before us, and whoever owns the schema can put functions of his own beside ours. (The control file says pg_catalog,
-- so that this script runs under that search_path; nothing is made there.)
-- Nothing here says OR REPLACE or IF NOT EXISTS: an object that somebody else has put in our place is an error.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE SCHEMA privrelease;
COMMENT ON SCHEMA privrelease IS 'privrelease: anonymized releases of personal data';

GRANT USAGE ON SCHEMA privrelease TO PUBLIC;
-- The capability: the argument of keyed transforms that an audience cannot make.  See src/transform/pr_capability.c.
CREATE TYPE privrelease.capability;

CREATE FUNCTION privrelease.capability_in(cstring) RETURNS privrelease.capability
    AS 'MODULE_PATHNAME', 'privrelease_capability_in' LANGUAGE C STRICT STABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.capability_in(cstring) IS
    'Input of type capability, ''KEY_ID.VERSION'': superusers only';
REVOKE ALL ON FUNCTION privrelease.capability_in(cstring) FROM PUBLIC;

CREATE FUNCTION privrelease.capability_out(privrelease.capability) RETURNS cstring
    AS 'MODULE_PATHNAME', 'privrelease_capability_out' LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.capability_out(privrelease.capability) IS
    'Output of type capability: key id and version, never key material';

-- Eight bytes by value, as int8.  No receive or send function, no cast, no operator class: each would be another way in.
CREATE TYPE privrelease.capability (
    INPUT = privrelease.capability_in,
    OUTPUT = privrelease.capability_out,
    LIKE = pg_catalog.int8
);
COMMENT ON TYPE privrelease.capability IS
    'Permission to use a key version in a transform: key id and version. Release views hold constants of it; nobody but a superuser can make one';
REVOKE ALL ON TYPE privrelease.capability FROM PUBLIC;
-- The catalogue.  No role but the extension's owner has a right on a table here; what may be read is shown by views.

CREATE FUNCTION privrelease.catalog_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_catalog_changed' LANGUAGE C;
COMMENT ON FUNCTION privrelease.catalog_changed() IS
    'Statement trigger of catalogue tables: makes every backend forget what it has cached of the table';
REVOKE ALL ON FUNCTION privrelease.catalog_changed() FROM PUBLIC;

-- Classes of personal data that a column can be said to hold.
CREATE TABLE privrelease.category (
    category  text PRIMARY KEY,
    sensitive boolean NOT NULL,
    title     text NOT NULL,
    title_zh  text,
    origin    text NOT NULL
);
COMMENT ON TABLE privrelease.category IS 'Categories of personal data for classify(); sensitive ones follow GB/T 45574-2025 Annex A and PIPL Art. 28';
COMMENT ON COLUMN privrelease.category.category IS 'word to give to classify()';
COMMENT ON COLUMN privrelease.category.sensitive IS 'sensitive personal information';
COMMENT ON COLUMN privrelease.category.title IS 'name in English';
COMMENT ON COLUMN privrelease.category.title_zh IS 'name in Chinese, where the database''s encoding has it';
COMMENT ON COLUMN privrelease.category.origin IS 'where the category comes from';
GRANT SELECT ON privrelease.category TO PUBLIC;

INSERT INTO privrelease.category (category, sensitive, title, origin) VALUES
    ('biometric', true, 'biometric identification', 'GB/T 45574-2025 Annex A'),
    ('religion', true, 'religious belief', 'GB/T 45574-2025 Annex A'),
    ('identity', true, 'specific identity', 'GB/T 45574-2025 Annex A'),
    ('health', true, 'medical and health', 'GB/T 45574-2025 Annex A'),
    ('finance', true, 'financial account', 'GB/T 45574-2025 Annex A'),
    ('whereabouts', true, 'whereabouts', 'GB/T 45574-2025 Annex A'),
    ('minor', true, 'minors under fourteen', 'GB/T 45574-2025 Annex A'),
    ('other', true, 'other sensitive information', 'GB/T 45574-2025 Annex A'),
    ('basic', false, 'basic personal data', 'general classes of personal information'),
    ('identity_document', false, 'identity documents and numbers', 'general classes of personal information'),
    ('network_identity', false, 'network identifiers', 'general classes of personal information'),
    ('education_work', false, 'education and work', 'general classes of personal information'),
    ('property', false, 'property', 'general classes of personal information'),
    ('authentication', false, 'authentication', 'general classes of personal information'),
    ('communication', false, 'communication', 'general classes of personal information'),
    ('contacts', false, 'contacts', 'general classes of personal information'),
    ('online_activity', false, 'online activity', 'general classes of personal information'),
    ('device', false, 'devices', 'general classes of personal information'),
    ('location', false, 'location', 'general classes of personal information'),
    ('profile', false, 'labels and profiles', 'general classes of personal information'),
    ('movement', false, 'movement and exercise', 'general classes of personal information');

-- The Chinese titles, written so that this file is ASCII; a database whose encoding has no such characters does without.
DO $do$
BEGIN
    EXECUTE $sql$
        UPDATE privrelease.category AS c SET title_zh = t.title_zh FROM (VALUES
            ('biometric', U&'\751F\7269\8BC6\522B'),
            ('religion', U&'\5B97\6559\4FE1\4EF0'),
            ('identity', U&'\7279\5B9A\8EAB\4EFD'),
            ('health', U&'\533B\7597\5065\5EB7'),
            ('finance', U&'\91D1\878D\8D26\6237'),
            ('whereabouts', U&'\884C\8E2A\8F68\8FF9'),
            ('minor', U&'\4E0D\6EE1\5341\56DB\5468\5C81\672A\6210\5E74\4EBA'),
            ('other', U&'\5176\4ED6\654F\611F\4FE1\606F'),
            ('basic', U&'\57FA\672C\8D44\6599'),
            ('identity_document', U&'\8EAB\4EFD\4FE1\606F'),
            ('network_identity', U&'\7F51\7EDC\8EAB\4EFD\6807\8BC6'),
            ('education_work', U&'\6559\80B2\5DE5\4F5C'),
            ('property', U&'\8D22\4EA7'),
            ('authentication', U&'\8EAB\4EFD\9274\522B'),
            ('communication', U&'\901A\4FE1'),
            ('contacts', U&'\8054\7CFB\4EBA'),
            ('online_activity', U&'\4E0A\7F51\8BB0\5F55'),
            ('device', U&'\8BBE\5907'),
            ('location', U&'\4F4D\7F6E'),
            ('profile', U&'\6807\7B7E\753B\50CF'),
            ('movement', U&'\8FD0\52A8')
        ) AS t(category, title_zh) WHERE c.category OPERATOR(pg_catalog.=) t.category
    $sql$;
EXCEPTION WHEN untranslatable_character OR feature_not_supported THEN
    NULL;
END
$do$;

-- What the columns of a source are.  Bound to (relation OID, attribute number); the names are what the OIDs meant.
CREATE TABLE privrelease.classification (
    source        oid  NOT NULL,
    attnum        int2 NOT NULL CHECK (attnum > 0),
    source_schema name NOT NULL,
    source_name   name NOT NULL,
    column_name   name NOT NULL,
    column_type   text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('identifier', 'quasi_identifier', 'sensitive', 'insensitive')),
    category      text REFERENCES privrelease.category,
    binding       text NOT NULL,
    PRIMARY KEY (source, attnum, binding)
);
COMMENT ON TABLE privrelease.classification IS 'What the columns of sources are (classify)';

-- A release: what an audience will read, and what it is made from.
CREATE TABLE privrelease.release (
    id               int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    release_schema   name NOT NULL,
    release_name     name NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('view', 'table')),
    binding          text NOT NULL,
    source           oid  NOT NULL,
    source_kind      "char" NOT NULL,
    source_schema    name NOT NULL,
    source_name      name NOT NULL,
    subject          name,
    subject_attnum   int2,
    subject_type     text,
    source_owner     name NOT NULL,
    source_owner_oid oid  NOT NULL,
    purpose          text,
    derive_quals     boolean NOT NULL DEFAULT true,
    model            jsonb,
    version          int8 NOT NULL DEFAULT 0,
    row_key          int4,
    row_key_version  int4,
    release_role     name NOT NULL UNIQUE,
    role_oid         oid  NOT NULL,
    state            text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'built', 'published', 'withdrawn')),
    view             oid,
    definition       text,
    built_columns    jsonb,
    view_digest      bytea,
    source_digest    bytea,
    built_at         timestamptz,
    built_by         name,
    withdrawn_reason text,
    declared_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    declared_by      name NOT NULL,
    changed_at       timestamptz NOT NULL DEFAULT pg_catalog.now(),
    changed_by       name NOT NULL,
    UNIQUE (release_schema, release_name),
    CHECK ((subject IS NULL) = (subject_attnum IS NULL) AND (subject IS NULL) = (subject_type IS NULL)),
    CHECK ((view IS NULL) = (definition IS NULL) AND (view IS NULL) = (built_at IS NULL)),
    -- A view is compared with its build whenever it is read; a table holds what was verified.
    CHECK ((view IS NULL OR kind = 'table') = (view_digest IS NULL) AND (view_digest IS NULL) = (source_digest IS NULL)),
    CHECK (kind = 'table' OR (model IS NULL AND version = 0)),
    CHECK ((kind = 'table') = (row_key IS NOT NULL) AND (row_key IS NULL) = (row_key_version IS NULL)),
    CHECK (kind = 'view' OR view IS NULL OR (version > 0 AND model IS NOT NULL)),
    CHECK (state IN ('draft', 'withdrawn') OR view IS NOT NULL)
);
COMMENT ON TABLE privrelease.release IS 'Declared releases (create_release) and what was built from them';

-- A rule: how one source column appears.  One row for each column of the release.
CREATE TABLE privrelease.rule (
    release       int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    output_name   name NOT NULL,
    position      int4 NOT NULL,
    attnum        int2 NOT NULL,
    column_name   name NOT NULL,
    column_type   text NOT NULL,
    transform     text NOT NULL,
    params        jsonb NOT NULL,
    domain        text,
    domain_shared boolean NOT NULL DEFAULT false,
    draw          text,
    quantile_bottom text,
    quantile_top  text,
    key           int4,
    key_version   int4,
    dictionary    int4,
    used_attnums  int2[] NOT NULL DEFAULT '{}',
    used_columns  name[] NOT NULL DEFAULT '{}',
    used_types    text[] NOT NULL DEFAULT '{}',
    declared_at   timestamptz NOT NULL DEFAULT pg_catalog.now(),
    declared_by   name NOT NULL,
    PRIMARY KEY (release, output_name),
    UNIQUE (release, position) DEFERRABLE INITIALLY IMMEDIATE,
    CHECK ((key IS NULL) = (key_version IS NULL))
);
COMMENT ON TABLE privrelease.rule IS 'Rules of releases (set_rule)';
COMMENT ON COLUMN privrelease.rule.quantile_bottom IS 'bound that the first refresh has taken from bottom_quantile, kept until the rule is set anew';
COMMENT ON COLUMN privrelease.rule.quantile_top IS 'the same of top_quantile';

-- Versions of release tables: what was released when, and what it cost.  No foreign key: the history outlives its release.
CREATE TABLE privrelease.version (
    release        int4 NOT NULL,
    version        int8 NOT NULL CHECK (version > 0),
    release_schema name NOT NULL,
    release_name   name NOT NULL,
    source_owner   name NOT NULL,
    refreshed_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    refreshed_by   name NOT NULL,
    records        int8 NOT NULL CHECK (records >= 0),
    subjects       int8 NOT NULL CHECK (subjects >= 0),
    suppressed     int8 NOT NULL CHECK (suppressed BETWEEN 0 AND records),
    classes        int8 NOT NULL CHECK (classes >= 0),
    min_class      int8 NOT NULL CHECK (min_class >= 0),
    levels         jsonb NOT NULL,
    metric         text NOT NULL,
    cost           float8 NOT NULL,
    deleted        int8 NOT NULL CHECK (deleted >= 0),
    inserted       int8 NOT NULL CHECK (inserted >= 0),
    model          jsonb NOT NULL,
    definition     text NOT NULL,
    PRIMARY KEY (release, version),
    UNIQUE (release_schema, release_name, version)
);
COMMENT ON TABLE privrelease.version IS 'Versions of release tables (refresh); rows stay when the release is dropped';
COMMENT ON COLUMN privrelease.version.version IS 'counted for each name of a release, for ever: a release that is made anew goes on counting';
COMMENT ON COLUMN privrelease.version.records IS 'rows of the source, released or suppressed';
COMMENT ON COLUMN privrelease.version.subjects IS 'persons among them';
COMMENT ON COLUMN privrelease.version.classes IS 'classes of released rows that are equal in every quasi-identifier';
COMMENT ON COLUMN privrelease.version.min_class IS 'persons in the smallest class; 0: nothing was released';
COMMENT ON COLUMN privrelease.version.levels IS 'of each quasi-identifier';
COMMENT ON COLUMN privrelease.version.deleted IS 'rows of the version before that are gone';
COMMENT ON COLUMN privrelease.version.inserted IS 'rows that the version before did not have';
COMMENT ON COLUMN privrelease.version.definition IS 'the declaration that was refreshed, as definition() shows it';

-- Who a release is published to.
CREATE TABLE privrelease.audience (
    release       int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    role_oid      oid  NOT NULL,
    role_name     name NOT NULL,
    schema_oid    oid  NOT NULL,
    granted_usage boolean NOT NULL,
    published_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    published_by  name NOT NULL,
    PRIMARY KEY (release, role_oid)
);
COMMENT ON TABLE privrelease.audience IS 'Roles that a release is published to (publish); granted_usage: the USAGE on the schema schema_oid came with a release';

-- Transparent mode: whose queries that name the source are answered from the release.
CREATE TABLE privrelease.audience_map (
    release   int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    role_oid  oid  NOT NULL,
    role_name name NOT NULL,
    mapped_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    mapped_by name NOT NULL,
    PRIMARY KEY (role_oid, release) DEFERRABLE
);
COMMENT ON TABLE privrelease.audience_map IS 'Roles whose queries that name the source are answered from the release (map_audience)';

-- Who uses a key for what. A domain belongs for ever to the owner of the source that was first declared with it: another
-- owner who could draw from it would have a dictionary of these pseudonyms, or could subtract this noise. And noise and
-- shifts stay at the version of the key they were first declared with: a second draw would average.
CREATE TABLE privrelease.key_domain (
    key       int4 NOT NULL,
    transform text NOT NULL,
    domain    text NOT NULL,
    version   int4 NOT NULL,
    owner     name NOT NULL,
    owner_oid oid  NOT NULL,
    source    oid  NOT NULL,
    attnum    int2 NOT NULL,
    binding   text NOT NULL,
    by_default boolean NOT NULL,
    PRIMARY KEY (key, transform, domain)
);
COMMENT ON TABLE privrelease.key_domain IS
    'Uses of keys: the role that a domain belongs to, the column it was first declared for, and the version of the key that its noise and shifts stay at';

CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.release
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.audience
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.audience_map
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();

SELECT pg_catalog.pg_extension_config_dump('privrelease.classification', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.release', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.release_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.rule', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.version', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.audience', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.audience_map', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.key_domain', '');
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
-- Unkeyed transforms of a single value.
--
-- Each is strict, parallel safe and total: a value or parameter that makes no sense gives NULL, nothing raises an error.
-- Each is immutable and independent of TimeZone, DateStyle and search_path.  EXECUTE stays with PUBLIC: a view's functions
-- are called with the reader's rights, and nobody learns anything from an unkeyed function of a value that he knows.

-- ---------- text ----------

CREATE FUNCTION privrelease.partial(value text, "left" int4, "right" int4, fill text, length int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_partial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.partial(text, int4, int4, text, int4) IS
    'First left characters, length fills, last right characters (each 0 to 1000); of a value of at most left + right characters the fills only. fill is one character; a byte that is no valid character is shown as fill';

CREATE FUNCTION privrelease.partial_email(value text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_partial_email' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.partial_email(text) IS
    'First letter of the local part and the top-level domain: l***@***.com. A local part of one character or not beginning with a letter is hidden, a top-level domain of more than six letters too; what is no address gives ***@***';

CREATE FUNCTION privrelease.prefix(value text, length int4, fill text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_prefix' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.prefix(text, int4, text) IS
    'First length characters (0 to 1000) and one fill; of a value of at most length characters the first half of them, filled up: always length + 1 characters';

CREATE FUNCTION privrelease.resident_id(value text, show text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_resident_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.resident_id(text, text) IS
    'Parts of a Chinese resident identity number (GB 11643) joined by -; show is region, city, province, birth_year, birth_month, sex (M or F) joined by +. A number of 15 digits is read as of 19yy. NULL where check character, date (1900 to 2099) or province is wrong';

-- ---------- numbers ----------

CREATE FUNCTION privrelease.bin(value int2, width int2, origin int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int2, int2, int2) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; a bound below the type''s minimum is that minimum';

CREATE FUNCTION privrelease.bin(value int2, width int2, origin int2, bottom int2, top int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int2, int2, int2, int2, int2) IS
    'The same with open ends: values below bottom become bottom, values from top on become top; minimum and maximum of the type mean none';

CREATE FUNCTION privrelease.bin(value int4, width int4, origin int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int4, int4, int4) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; a bound below the type''s minimum is that minimum';

CREATE FUNCTION privrelease.bin(value int4, width int4, origin int4, bottom int4, top int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int4, int4, int4, int4, int4) IS
    'The same with open ends: values below bottom become bottom, values from top on become top; minimum and maximum of the type mean none';

CREATE FUNCTION privrelease.bin(value int8, width int8, origin int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int8, int8, int8) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; a bound below the type''s minimum is that minimum';

CREATE FUNCTION privrelease.bin(value int8, width int8, origin int8, bottom int8, top int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int8, int8, int8, int8, int8) IS
    'The same with open ends: values below bottom become bottom, values from top on become top; minimum and maximum of the type mean none';

CREATE FUNCTION privrelease.bin(value numeric, width numeric, origin numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_bin_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(numeric, numeric, numeric) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; decimals as the parameters have; NULL for magnitudes from 10^128000 on';

CREATE FUNCTION privrelease.bin(value numeric, width numeric, origin numeric, bottom numeric, top numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_bin_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(numeric, numeric, numeric, numeric, numeric) IS
    'The same with open ends: values below bottom become bottom, values from top on and NaN become top; -Infinity and Infinity mean none';

CREATE FUNCTION privrelease.bin(value float4, width float4, origin float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_float4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float4, float4, float4) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; infinities and NaN stay';

CREATE FUNCTION privrelease.bin(value float4, width float4, origin float4, bottom float4, top float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_float4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float4, float4, float4, float4, float4) IS
    'The same with open ends: values below bottom become bottom, values from top on and NaN become top; -Infinity and Infinity mean none';

CREATE FUNCTION privrelease.bin(value float8, width float8, origin float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float8, float8, float8) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; infinities and NaN stay';

CREATE FUNCTION privrelease.bin(value float8, width float8, origin float8, bottom float8, top float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float8, float8, float8, float8, float8) IS
    'The same with open ends: values below bottom become bottom, values from top on and NaN become top; -Infinity and Infinity mean none';

CREATE FUNCTION privrelease.round(value int2, "to" int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_round_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(int2, int2) IS
    'Nearest multiple of to, ties away from zero; beyond the type the multiple on the inner side';

CREATE FUNCTION privrelease.round(value int4, "to" int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_round_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(int4, int4) IS
    'Nearest multiple of to, ties away from zero; beyond the type the multiple on the inner side';

CREATE FUNCTION privrelease.round(value int8, "to" int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_round_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(int8, int8) IS
    'Nearest multiple of to, ties away from zero; beyond the type the multiple on the inner side';

CREATE FUNCTION privrelease.round(value numeric, "to" numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_round_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(numeric, numeric) IS
    'Nearest multiple of to, ties away from zero; decimals as to has; NULL for magnitudes from 10^128000 on';

CREATE FUNCTION privrelease.round(value float4, "to" float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_round_float4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(float4, float4) IS
    'Nearest multiple of to, ties away from zero; infinities and NaN stay';

CREATE FUNCTION privrelease.round(value float8, "to" float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_round_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(float8, float8) IS
    'Nearest multiple of to, ties away from zero; infinities and NaN stay';

-- ---------- dates ----------

CREATE FUNCTION privrelease.date_trunc(value date, unit text) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_date' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc(date, text) IS
    'First day of the unit (day, week, month, quarter, year, decade, century) that holds value; infinities stay';

CREATE FUNCTION privrelease.date_trunc(value timestamp, unit text) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_timestamp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc(timestamp, text) IS
    'Start of the unit (day, week, month, quarter, year, decade, century) that holds value; infinities stay';

CREATE FUNCTION privrelease.date_trunc(value timestamptz, unit text, timezone text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_timestamptz' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc(timestamptz, text, text) IS
    'Start, in the time zone, of the unit (day, week, month, quarter, year, decade, century) that holds value; infinities stay';

CREATE FUNCTION privrelease.age(value date, at date, width int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_age' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.age(date, date, int4) IS
    'Completed years at the date at, as the lower bound of a bin of width years; NULL for a birth after at';

-- ---------- addresses and places ----------

CREATE FUNCTION privrelease.network(value inet, v4 int4, v6 int4) RETURNS inet
    AS 'MODULE_PATHNAME', 'privrelease_network' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.network(inet, int4, int4) IS
    'Network of an address: mask of v4 (0 to 32) or v6 (0 to 128) bits, or the value''s own if that is shorter; host bits 0';

CREATE FUNCTION privrelease.grid_x(value point, size float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_grid_x' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.grid_x(point, float8) IS
    'x of the lower left corner of the square of that size (units of the coordinates) that holds value';

CREATE FUNCTION privrelease.grid_y(value point, size float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_grid_y' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.grid_y(point, float8) IS
    'y of the lower left corner of the square of that size (units of the coordinates) that holds value';
-- Keyed transforms.  The capability argument is what an audience cannot make (10_types.sql), so all may execute them.
-- STABLE: a key or a dictionary can change between statements.  No value makes them raise; a missing key does.

-- Dictionaries of fake(): copies of lists of words, addressed by content, made by set_rule().
CREATE TABLE privrelease.dictionary (
    id          int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    digest      text NOT NULL UNIQUE,
    loaded_from text NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE privrelease.dictionary IS 'Dictionaries of the transform fake; a copy is made when a rule names a table';
COMMENT ON COLUMN privrelease.dictionary.digest IS 'SHA-256 of the words in the order of their bytes, each preceded by its length (4 bytes, big-endian); hexadecimal';
COMMENT ON COLUMN privrelease.dictionary.loaded_from IS 'table that the words were first read from';

CREATE TABLE privrelease.dictionary_entry (
    dictionary int4 NOT NULL REFERENCES privrelease.dictionary ON DELETE CASCADE,
    position   int4 NOT NULL CHECK (position >= 0),
    value      text NOT NULL,
    PRIMARY KEY (dictionary, position)
);
COMMENT ON TABLE privrelease.dictionary_entry IS 'Words of dictionaries, positions 0, 1, ... in the order of their bytes';

CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.dictionary_entry
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();

SELECT pg_catalog.pg_extension_config_dump('privrelease.dictionary', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.dictionary_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.dictionary_entry', '');

-- Pseudonyms.
CREATE FUNCTION privrelease.pseudonymize(value anyelement, key privrelease.capability, domain text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_pseudonymize' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.pseudonymize(anyelement, privrelease.capability, text) IS
    'Keyed pseudonym (HMAC-SHA-256, 128 bits): 32 hexadecimal digits; equal for equal values of one domain';

CREATE FUNCTION privrelease.pseudonymize_uuid(value anyelement, key privrelease.capability, domain text) RETURNS uuid
    AS 'MODULE_PATHNAME', 'privrelease_pseudonymize_uuid' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.pseudonymize_uuid(anyelement, privrelease.capability, text) IS
    'Keyed pseudonym as a UUID of version 8 (122 bits); equal for equal values of one domain';

CREATE FUNCTION privrelease.pseudonymize_bigint(value anyelement, key privrelease.capability, domain text) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_pseudonymize_bigint' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.pseudonymize_bigint(anyelement, privrelease.capability, text) IS
    'Keyed pseudonym as a number from 0 to 2^63 - 1; among n values some two share one with probability about n^2 / 2^64';

CREATE FUNCTION privrelease.encrypt_fpe(value text, key privrelease.capability, alphabet text, keep_left int4, keep_right int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_encrypt_fpe' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.encrypt_fpe(text, privrelease.capability, text, int4, int4) IS
    'Format-preserving encryption (FF1, AES-256) of all but the first keep_left and last keep_right characters, which are the tweak; NULL for a character outside the alphabet or less than 1,000,000 possible values';

CREATE FUNCTION privrelease.fake(value text, key privrelease.capability, dictionary int4, domain text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_fake' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.fake(text, privrelease.capability, int4, text) IS
    'Keyed choice of a word of a dictionary; equal for equal values of one domain';

-- Noise: T in int2, int4, int8, numeric, float4, float8; with and without a row.
CREATE FUNCTION privrelease.noise(value int2, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_noise_int2' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(int2, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric) IS
    'Sticky noise, laplace (scale b) or gaussian (standard deviation), on multiples of grid, clamped to bottom and top (infinite: open); the same for the same value of the same subject and the same parameters';

CREATE FUNCTION privrelease.noise(value int2, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric, "row" "any") RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_noise_int2' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(int2, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric, "any") IS
    'Sticky noise as above, with a row that tells apart equal values of one subject';

CREATE FUNCTION privrelease.noise(value int4, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_noise_int4' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(int4, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric) IS
    'Sticky noise, laplace (scale b) or gaussian (standard deviation), on multiples of grid, clamped to bottom and top (infinite: open); the same for the same value of the same subject and the same parameters';

CREATE FUNCTION privrelease.noise(value int4, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric, "row" "any") RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_noise_int4' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(int4, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric, "any") IS
    'Sticky noise as above, with a row that tells apart equal values of one subject';

CREATE FUNCTION privrelease.noise(value int8, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_noise_int8' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(int8, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric) IS
    'Sticky noise, laplace (scale b) or gaussian (standard deviation), on multiples of grid, clamped to bottom and top (infinite: open); the same for the same value of the same subject and the same parameters';

CREATE FUNCTION privrelease.noise(value int8, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric, "row" "any") RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_noise_int8' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(int8, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric, "any") IS
    'Sticky noise as above, with a row that tells apart equal values of one subject';

CREATE FUNCTION privrelease.noise(value numeric, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_noise_numeric' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(numeric, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric) IS
    'Sticky noise, laplace (scale b) or gaussian (standard deviation), on multiples of grid, clamped to bottom and top (infinite: open); the same for the same value of the same subject and the same parameters';

CREATE FUNCTION privrelease.noise(value numeric, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric, "row" "any") RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_noise_numeric' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(numeric, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric, "any") IS
    'Sticky noise as above, with a row that tells apart equal values of one subject';

CREATE FUNCTION privrelease.noise(value float4, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_noise_float4' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(float4, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric) IS
    'Sticky noise, laplace (scale b) or gaussian (standard deviation), on multiples of grid, clamped to bottom and top (infinite: open); the same for the same value of the same subject and the same parameters';

CREATE FUNCTION privrelease.noise(value float4, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric, "row" "any") RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_noise_float4' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(float4, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric, "any") IS
    'Sticky noise as above, with a row that tells apart equal values of one subject';

CREATE FUNCTION privrelease.noise(value float8, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_noise_float8' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(float8, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric) IS
    'Sticky noise, laplace (scale b) or gaussian (standard deviation), on multiples of grid, clamped to bottom and top (infinite: open); the same for the same value of the same subject and the same parameters';

CREATE FUNCTION privrelease.noise(value float8, subject "any", key privrelease.capability, domain text, distribution text, scale numeric, grid numeric, bottom numeric, top numeric, "row" "any") RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_noise_float8' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.noise(float8, "any", privrelease.capability, text, text, numeric, numeric, numeric, numeric, "any") IS
    'Sticky noise as above, with a row that tells apart equal values of one subject';

-- One shift per subject.
CREATE FUNCTION privrelease.date_shift(value date, subject "any", key privrelease.capability, max_days int4) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_date_shift_date' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.date_shift(date, "any", privrelease.capability, int4) IS
    'Moved by a keyed number of days of at most max_days, the same for all dates of a subject; whole weeks if max_days >= 7; NULL beyond the range of the type';

CREATE FUNCTION privrelease.date_shift(value timestamp, subject "any", key privrelease.capability, max_days int4) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_date_shift_timestamp' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.date_shift(timestamp, "any", privrelease.capability, int4) IS
    'Moved by a keyed number of days of at most max_days, the same for all dates of a subject; whole weeks if max_days >= 7; NULL beyond the range of the type';

CREATE FUNCTION privrelease.date_shift(value timestamptz, subject "any", key privrelease.capability, max_days int4) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_date_shift_timestamp' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.date_shift(timestamptz, "any", privrelease.capability, int4) IS
    'Moved by a keyed number of days of at most max_days, the same for all dates of a subject; whole weeks if max_days >= 7; NULL beyond the range of the type';

-- Perturbation in release tables: the keyed replacement of categories, and the keyed orders that shuffle, rank_swap and
-- microaggregate take persons in.  As in 35_keyed.sql, an audience cannot make the capability.

CREATE FUNCTION privrelease.pram(value text, subject "any", key privrelease.capability, domain text, categories text[], weights float8[], diagonal float8, alpha float8) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_pram' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.pram(text, "any", privrelease.capability, text, text[], float8[], float8, float8) IS
    'Sticky replacement of a category by one of categories, with the probabilities that keep the distribution weights: P has diagonal on its diagonal and is made invariant, alpha of that and 1 - alpha of no change; NULL for a value that is none of the categories';

CREATE FUNCTION privrelease.shuffle_order(subject "any", value "any", key privrelease.capability, domain text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_shuffle_order' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.shuffle_order("any", "any", privrelease.capability, text) IS
    'Keyed digest of a value of a subject, 32 bytes: its place among those that receive a value in the first half, among those that give one in the second';

CREATE FUNCTION privrelease.rank_swap_order(subject "any", value "any", key privrelease.capability, domain text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_rank_swap_order' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.rank_swap_order("any", "any", privrelease.capability, text) IS
    'Keyed digest of a value of a subject, 32 bytes: the order of equal values, and the seed of the choice of a partner';

CREATE FUNCTION privrelease.microaggregate_order(subject "any", key privrelease.capability, domain text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_microaggregate_order' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.microaggregate_order("any", privrelease.capability, text) IS
    'Keyed digest of a subject, 32 bytes: who comes first where distances are equal';
-- Hierarchies: trees of labels by which the values of a column are made coarser.

CREATE TABLE privrelease.hierarchy (
    id     int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name   text COLLATE "C" NOT NULL UNIQUE CHECK (pg_catalog.octet_length(name) BETWEEN 1 AND 200),
    owner  name NOT NULL,
    levels int4 NOT NULL CHECK (levels BETWEEN 1 AND 20),
    leaves int4 NOT NULL CHECK (leaves > 0)
);
COMMENT ON TABLE privrelease.hierarchy IS 'Hierarchies (create_hierarchy, load_hierarchy)';
COMMENT ON COLUMN privrelease.hierarchy.id IS 'number that the values refer to';
COMMENT ON COLUMN privrelease.hierarchy.name IS 'name that rules refer to';
COMMENT ON COLUMN privrelease.hierarchy.owner IS 'role that made it; its members may replace it. A name, so that it means the same after a restore';
COMMENT ON COLUMN privrelease.hierarchy.levels IS 'levels above the values';
COMMENT ON COLUMN privrelease.hierarchy.leaves IS 'number of values';

CREATE TABLE privrelease.hierarchy_value (
    hierarchy int4 NOT NULL REFERENCES privrelease.hierarchy ON DELETE CASCADE,
    leaf      text COLLATE "C" NOT NULL,
    path      text[] NOT NULL CHECK (pg_catalog.array_position(path, NULL) IS NULL),
    PRIMARY KEY (hierarchy, leaf)
);
COMMENT ON TABLE privrelease.hierarchy_value IS 'Values of hierarchies with their labels';
COMMENT ON COLUMN privrelease.hierarchy_value.hierarchy IS 'hierarchy that the value belongs to';
COMMENT ON COLUMN privrelease.hierarchy_value.leaf IS 'value; of a number the canonical decimal text (39, not 39.0)';
COMMENT ON COLUMN privrelease.hierarchy_value.path IS 'labels of level 1, 2 and so on; the last is the same for all values of the hierarchy';

CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.hierarchy
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.hierarchy_value
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();

SELECT pg_catalog.pg_extension_config_dump('privrelease.hierarchy', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.hierarchy_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.hierarchy_value', '');

CREATE VIEW privrelease.hierarchies AS
    SELECT h.name, h.levels, h.leaves, h.owner
      FROM privrelease.hierarchy AS h;
COMMENT ON VIEW privrelease.hierarchies IS 'Hierarchies, without their labels';
COMMENT ON COLUMN privrelease.hierarchies.name IS 'name that rules refer to';
COMMENT ON COLUMN privrelease.hierarchies.levels IS 'levels above the values; the last is one label for all';
COMMENT ON COLUMN privrelease.hierarchies.leaves IS 'number of values';
COMMENT ON COLUMN privrelease.hierarchies.owner IS 'role that made it';
GRANT SELECT ON privrelease.hierarchies TO PUBLIC;

CREATE FUNCTION privrelease.create_hierarchy(hierarchy text, rows text[]) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_create_hierarchy' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.create_hierarchy(text, text[]) IS
    'Makes or replaces a hierarchy of the current user: one row for each value, value, level 1, level 2 and so on; the last level is one label for all';

CREATE FUNCTION privrelease.load_hierarchy(hierarchy text, source regclass) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_load_hierarchy' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.load_hierarchy(text, regclass) IS
    'The same from a table or view whose columns are value, level 1, level 2 and so on, read with the caller''s rights';

-- Not strict: at the top level every value has the one label, NULL too.  Stable: a hierarchy can be loaded again.

CREATE FUNCTION privrelease.hierarchy(value text, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_text' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(text, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';

CREATE FUNCTION privrelease.hierarchy(value int2, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_int2' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(int2, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';

CREATE FUNCTION privrelease.hierarchy(value int4, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_int4' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(int4, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';

CREATE FUNCTION privrelease.hierarchy(value int8, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_int8' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(int8, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';

CREATE FUNCTION privrelease.hierarchy(value numeric, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_numeric' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(numeric, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';

CREATE FUNCTION privrelease.hierarchy(value float4, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_float4' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(float4, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';

CREATE FUNCTION privrelease.hierarchy(value float8, hierarchy text, level int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_hierarchy_float8' LANGUAGE C STABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.hierarchy(float8, text, int4) IS
    'Label of value at a level of the hierarchy, 0 being the value itself; NULL for NULL and for what the hierarchy does not have, at the top level the one label of all';
-- Describe and declare: what a steward says of a source and of the releases made from it.

CREATE FUNCTION privrelease.classify(source regclass, column_name name, kind text, category text DEFAULT NULL)
    RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_classify' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.classify(regclass, name, text, text) IS
    'Says what a column of a source is: kind identifier, quasi_identifier, sensitive or insensitive; category a row of privrelease.category. Source owners only';

CREATE FUNCTION privrelease.create_release(release text, source regclass, subject name DEFAULT NULL, kind text DEFAULT 'view',
                                           model jsonb DEFAULT NULL, purpose text DEFAULT NULL, derive_quals boolean DEFAULT true)
    RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_create_release' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.create_release(text, regclass, name, text, jsonb, text, boolean) IS
    'Declares a release schema.name of a source, and creates the role that will own it. kind: view, or table, which promises a model. subject: the column that tells one person from another. Source owners only';

CREATE FUNCTION privrelease.set_rule(release text, column_name name, transform text, params jsonb DEFAULT '{}', output_name name DEFAULT NULL)
    RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_set_rule' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.set_rule(text, name, text, jsonb, name) IS
    'Adds or replaces the rule of one released column: how column_name of the source appears as output_name. Shows at the next build. Source owners only';

CREATE FUNCTION privrelease.set_model(release text, model jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_set_model' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.set_model(text, jsonb) IS
    'Sets the anonymity that a release table promises from its next refresh on: k, l, t, suppression_limit, metric, search. Source owners only';

CREATE FUNCTION privrelease.drop_rule(release text, output_name name) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_drop_rule' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.drop_rule(text, name) IS
    'Removes a rule: the column disappears at the next build. Source owners only';

CREATE FUNCTION privrelease.drop_release(release text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_drop_release' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.drop_release(text) IS
    'Drops a release: its view, its rules and its role. Source owners only';

CREATE FUNCTION privrelease.uninstall() RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_uninstall' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.uninstall() IS
    'Drops every release with its view and its role, so that DROP EXTENSION leaves nothing behind. Superusers only';
REVOKE ALL ON FUNCTION privrelease.uninstall() FROM PUBLIC;

CREATE FUNCTION privrelease.export_policy(release text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_export_policy' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.export_policy(text) IS
    'The whole declaration of a release as a document to keep under version control. Source owners only';

CREATE FUNCTION privrelease.import_policy(policy jsonb) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_import_policy' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.import_policy(jsonb) IS
    'Makes the declaration of a release what the document of export_policy() says, with the checks of the single calls; returns the release. Source owners only';

-- Build, look, publish.

CREATE FUNCTION privrelease.release_serves(release int4) RETURNS boolean
    AS 'MODULE_PATHNAME', 'privrelease_release_serves' LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.release_serves(int4) IS
    'Condition of every release view: true, or an error where the view is not the release that was built. Evaluated when a query is planned';

CREATE FUNCTION privrelease.definition(release text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_definition' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.definition(text) IS
    'The SQL that a build of the release runs. Source owners only';

CREATE FUNCTION privrelease.build(release text) RETURNS regclass
    AS 'MODULE_PATHNAME', 'privrelease_build' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.build(text) IS
    'Creates or replaces the release view, with its grants, and gives the release role exactly the source columns it needs. Source owners only';

CREATE FUNCTION privrelease.create_index(release text, VARIADIC column_names name[]) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_create_index' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.create_index(text, name[]) IS
    'Makes an index on columns of a release table; it stays through refreshes. Source owners only';

CREATE FUNCTION privrelease.preview(release text, sample_rows int DEFAULT 5)
    RETURNS TABLE (row_no int, column_name name, source_value text, released_value text)
    AS 'MODULE_PATHNAME', 'privrelease_preview' LANGUAGE C STRICT ROWS 50
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.preview(text, int) IS
    'Source and released value of each column for some rows, before or after a build. Source owners only';

CREATE FUNCTION privrelease.drift(release text) RETURNS TABLE (column_name name, finding text)
    AS 'MODULE_PATHNAME', 'privrelease_drift' LANGUAGE C STRICT ROWS 10
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.drift(text) IS
    'What has changed in the source since the last build: columns that are new, gone, renamed, retyped or unclassified. Source owners only';

CREATE FUNCTION privrelease.rebind() RETURNS TABLE (release text, finding text)
    AS 'MODULE_PATHNAME', 'privrelease_rebind' LANGUAGE C STRICT ROWS 10
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.rebind() IS
    'After a restore: binds declarations to this database where names and types match exactly, and builds their views anew. Superusers only';
REVOKE ALL ON FUNCTION privrelease.rebind() FROM PUBLIC;

CREATE FUNCTION privrelease.publish(release text, VARIADIC audience name[]) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_publish' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.publish(text, name[]) IS
    'Grants roles the release: USAGE on its schema and SELECT on the view. Refused where the build is not today''s declaration or a role could read the source. Source owners only';

CREATE FUNCTION privrelease.withdraw(release text, reason text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_withdraw' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.withdraw(text, text) IS
    'Takes the grants on a release away at once from everybody but the source''s owner. Source owners only';
-- What a filter on a released column says about the source column.
--
-- The planner adds bounds on the source column to filters on bins, roundings, calendar units, ages, networks and prefixes, so
-- that an index or the partitions of the source are used.  For a constant it computes the bound, for a parameter the plan
-- calls these functions.  They depend on the query and the rule only, so EXECUTE stays with PUBLIC.

-- ---------- bin ----------

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int2, origin int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int2, int2) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int2, origin int2, bottom int2, top int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int2, int2, int2, int2) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int4, origin int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int4, int4) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int4, origin int4, bottom int4, top int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int4, int4, int4, int4) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int8, origin int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int8, int8) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int8, origin int8, bottom int8, top int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int8, int8, int8, int8) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float4, origin float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float4, float4) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float4, origin float4, bottom float4, top float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float4, float4, float4, float4) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float8, origin float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float8, float8) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float8, origin float8, bottom float8, top float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float8, float8, float8, float8) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

-- ---------- round ----------

CREATE FUNCTION privrelease.round_bound(bound int8, operator text, "to" int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(int8, text, int2) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound int8, operator text, "to" int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(int8, text, int4) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound int8, operator text, "to" int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(int8, text, int8) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound float8, operator text, "to" float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(float8, text, float4) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound float8, operator text, "to" float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(float8, text, float8) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

-- ---------- dates ----------

CREATE FUNCTION privrelease.date_trunc_bound(bound date, operator text, unit text) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc_bound(date, text, text) IS
    'The outermost value x with "date_trunc(x, unit) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.date_trunc_bound(bound timestamp, operator text, unit text) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc_bound(timestamp, text, text) IS
    'The outermost value x with "date_trunc(x, unit) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.date_trunc_bound(bound timestamptz, operator text, unit text, timezone text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc_bound(timestamptz, text, text, text) IS
    'The outermost value x with "date_trunc(x, unit, timezone) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none. In a zone whose clocks were set back over a boundary of the unit an infinity, which says nothing';

CREATE FUNCTION privrelease.age_bound(bound int8, operator text, at date, width int4) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_age_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.age_bound(int8, text, date, int4) IS
    'The outermost birth x with "age(x, at, width) operator bound", operator being <, <=, >= or >: the earliest for < and <=, the latest for >= and >; NULL if there is none';

-- ---------- addresses and texts ----------

CREATE FUNCTION privrelease.network_bound(bound inet, operator text, v4 int4, v6 int4) RETURNS inet
    AS 'MODULE_PATHNAME', 'privrelease_network_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.network_bound(inet, text, int4, int4) IS
    'The outermost value x with "network(x, v4, v6) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.prefix_bound(bound text, operator text, whole bool, length int4, fill text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_prefix_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.prefix_bound(text, text, bool, int4, text) IS
    'Ends, in the order of bytes, of the values x with prefix(x, length, fill) equal to bound (whole) or beginning with bound: operator >= gives the least, < the least string after them; NULL if there are none. Only for databases in UTF-8';

-- ---------- comparisons between types ----------

-- A released timestamp compared with a date is compared once more, with the date as a timestamp: without an error, so that it
-- can stand in any plan.
CREATE FUNCTION privrelease.as_timestamp(value date) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_as_timestamp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.as_timestamp(date) IS
    'Midnight of the date; an infinity beyond the range of the type';

CREATE FUNCTION privrelease.as_timestamptz(value date) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_as_timestamptz_date' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.as_timestamptz(date) IS
    'Midnight of the date in the sessions time zone; an infinity beyond the range of the type';

CREATE FUNCTION privrelease.as_timestamptz(value timestamp) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_as_timestamptz_timestamp' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.as_timestamptz(timestamp) IS
    'The timestamp in the sessions time zone; an infinity beyond the range of the type';

-- ---------- pseudonyms ----------

-- The capability is what an audience cannot make, so all may execute it.
CREATE FUNCTION privrelease.decrypt_fpe(value text, key privrelease.capability, alphabet text, keep_left int4, keep_right int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_decrypt_fpe' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION privrelease.decrypt_fpe(text, privrelease.capability, text, int4, int4) IS
    'Undoes encrypt_fpe(): the planner looks for a pseudonym by the value it stands for. STABLE, so that no value gets into a plan; NULL for what no value has as its pseudonym';

-- ---------- estimates ----------

CREATE FUNCTION privrelease.known_selectivity_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'privrelease_known_selectivity_support' LANGUAGE C STRICT PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.known_selectivity_support(internal) IS 'Support function of known_selectivity';

-- Stands around a filter while the planner estimates it, and is gone from the plan.
CREATE FUNCTION privrelease.known_selectivity(clause bool, selectivity float8, scales_index bool) RETURNS bool
    AS 'MODULE_PATHNAME', 'privrelease_known_selectivity' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 0.0001
    SUPPORT privrelease.known_selectivity_support;
COMMENT ON FUNCTION privrelease.known_selectivity(bool, float8, bool) IS
    'The clause itself, for which the planner takes selectivity (0 to 1) as the share of rows; scales_index: an index that serves what was derived from it costs as much less';

CREATE FUNCTION privrelease.in_byte_range_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'privrelease_in_byte_range_support' LANGUAGE C STRICT PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.in_byte_range_support(internal) IS 'Support function of in_byte_range';

CREATE FUNCTION privrelease.in_byte_range(value text, lower text, upper text, selectivity float8) RETURNS bool
    AS 'MODULE_PATHNAME', 'privrelease_in_byte_range' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    SUPPORT privrelease.in_byte_range_support;
COMMENT ON FUNCTION privrelease.in_byte_range(text, text, text, float8) IS
    'value ~>=~ lower AND value ~<~ upper, for which the planner takes selectivity (0 to 1) as the share of rows and uses an index of text_pattern_ops';
-- Whether this server holds what only a preloaded library can.

CREATE FUNCTION privrelease.status() RETURNS TABLE (item text, state text, hint text)
    AS 'MODULE_PATHNAME', 'privrelease_status' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 5
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.status() IS
    'What this server does for releases beyond privileges: whether the library is preloaded, the guard on, the keyring usable, library and extension of one version, the server supported';
-- Transparent mode: whose queries that name a source are answered from its release. Nobody's, until the owner maps a role.

CREATE FUNCTION privrelease.map_audience(role name, release text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_map_audience' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.map_audience(name, text) IS
    'Transparent mode: queries of the role that name the source of the release are answered from the release, or refused. The release must be published to the role. Source owners only';

CREATE FUNCTION privrelease.unmap_audience(role name, release text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_unmap_audience' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.unmap_audience(name, text) IS
    'Ends transparent mode for the role: of one release, or of every release whose source the caller owns. The source is then denied. Source owners only';
-- What may be read by everybody: that releases exist, and how they are made. No value of a source, no leaf, no key.

CREATE FUNCTION privrelease.transform_list()
    RETURNS TABLE (name text, family text, input_types text, params jsonb, keyed boolean, needs_subject boolean,
                   monotone boolean, injective boolean, verified boolean, leaves_open text)
    AS 'MODULE_PATHNAME', 'privrelease_transform_list' LANGUAGE C STRICT STABLE PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION privrelease.transform_list() IS 'Rows of the view privrelease.transforms';

CREATE VIEW privrelease.transforms AS
    SELECT t.name, t.family, t.input_types, t.params, t.keyed, t.needs_subject, t.monotone, t.injective, t.verified, t.leaves_open
    FROM privrelease.transform_list() AS t;
COMMENT ON VIEW privrelease.transforms IS
    'What a rule can apply: family (ISO/IEC 20889), input types, params with types and defaults, whether keyed, and what it leaves open';
GRANT SELECT ON privrelease.transforms TO PUBLIC;

CREATE VIEW privrelease.releases AS
    SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name) AS release,
           pg_catalog.format('%I.%I', l.source_schema, l.source_name) AS source,
           l.subject, l.kind, l.purpose, l.state, l.derive_quals, l.release_role,
           ARRAY(SELECT r.rolname FROM privrelease.audience AS a JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) a.role_oid
                 WHERE a.release OPERATOR(pg_catalog.=) l.id ORDER BY r.rolname) AS audience,
           EXISTS (SELECT FROM privrelease.rule AS r
                   WHERE r.release OPERATOR(pg_catalog.=) l.id AND r.transform OPERATOR(pg_catalog.=) 'expression') AS unverified,
           l.declared_at, l.declared_by, l.built_at, l.built_by, l.withdrawn_reason,
           ARRAY(SELECT r.rolname FROM privrelease.audience_map AS m JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) m.role_oid
                 WHERE m.release OPERATOR(pg_catalog.=) l.id ORDER BY r.rolname) AS mapped,
           l.model, CASE l.kind WHEN 'table' THEN l.version END AS version
    FROM privrelease.release AS l;
COMMENT ON VIEW privrelease.releases IS
    'Declared releases; state draft, built, published or withdrawn; unverified: a rule is an expression whose effect nobody has checked; version: the last one of a table, 0 before the first';
GRANT SELECT ON privrelease.releases TO PUBLIC;

CREATE VIEW privrelease.rules AS
    SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name) AS release,
           r.position, r.output_name, r.column_name, r.column_type, r.transform, r.params, r.domain, r.domain_shared,
           r.key, r.key_version, r.transform OPERATOR(pg_catalog.=) 'expression' AS unverified, r.declared_at, r.declared_by
    FROM privrelease.rule AS r JOIN privrelease.release AS l ON l.id OPERATOR(pg_catalog.=) r.release;
COMMENT ON VIEW privrelease.rules IS
    'How each released column is made; key and key_version: id and version of the key, of which nothing else is shown';
GRANT SELECT ON privrelease.rules TO PUBLIC;

CREATE VIEW privrelease.classifications AS
    SELECT pg_catalog.format('%I.%I', c.source_schema, c.source_name) AS source, c.column_name, c.column_type, c.kind, c.category
    FROM privrelease.classification AS c;
COMMENT ON VIEW privrelease.classifications IS 'What the columns of sources are (classify)';
GRANT SELECT ON privrelease.classifications TO PUBLIC;

-- What was measured of a source is for those who own it: two versions that differ by one person tell of him.
CREATE VIEW privrelease.versions AS
    SELECT pg_catalog.format('%I.%I', v.release_schema, v.release_name) AS release,
           v.version, v.refreshed_at, v.records, v.suppressed, v.levels, v.metric, v.cost, v.min_class,
           v.subjects, v.classes, v.deleted, v.inserted, v.model, v.refreshed_by
    FROM privrelease.version AS v
    WHERE EXISTS (SELECT FROM pg_catalog.pg_roles AS r
                  WHERE (r.rolname OPERATOR(pg_catalog.=) v.source_owner AND pg_catalog.pg_has_role(r.oid, 'USAGE'))
                     OR (r.rolname OPERATOR(pg_catalog.=) (SELECT l.source_owner FROM privrelease.release AS l WHERE l.id OPERATOR(pg_catalog.=) v.release)
                         AND pg_catalog.pg_has_role(r.oid, 'USAGE'))
                     OR (r.rolname OPERATOR(pg_catalog.=) CURRENT_USER AND r.rolsuper));
COMMENT ON VIEW privrelease.versions IS
    'Versions of release tables, those of dropped releases too; shown to the owner of the source and to superusers';
COMMENT ON COLUMN privrelease.versions.records IS 'rows of the source, released or suppressed';
COMMENT ON COLUMN privrelease.versions.suppressed IS 'rows of the source that were left out';
COMMENT ON COLUMN privrelease.versions.levels IS 'level of each quasi-identifier';
COMMENT ON COLUMN privrelease.versions.cost IS 'of the metric, as the search minimized it';
COMMENT ON COLUMN privrelease.versions.min_class IS 'persons in the smallest class';
GRANT SELECT ON privrelease.versions TO PUBLIC;
-- Release tables: refresh, and the keys of their rows.

CREATE FUNCTION privrelease.tuple_digest(key privrelease.capability, release int4, content record) RETURNS uuid
    AS 'MODULE_PATHNAME', 'privrelease_tuple_digest' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.tuple_digest(privrelease.capability, int4, record) IS
    'Keyed digest (HMAC-SHA-256, 122 bits) of the content of a row of a release table';

CREATE FUNCTION privrelease.release_row(key privrelease.capability, digest uuid, occurrence int8) RETURNS uuid
    AS 'MODULE_PATHNAME', 'privrelease_release_row' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.release_row(privrelease.capability, uuid, int8) IS
    'Key of a row of a release table, from the digest of its content and its number among equal rows';

CREATE FUNCTION privrelease.refresh(release text) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_refresh' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.refresh(text) IS
    'Makes a new version of a release table: searches, verifies, and applies the difference in this transaction; returns the number of the version';

CREATE FUNCTION privrelease.progress(OUT release text, OUT phase text, OUT done int8, OUT total int8, OUT since timestamptz)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'privrelease_progress' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.progress() IS 'Behind the view privrelease.progress';

CREATE VIEW privrelease.progress AS
    SELECT p.release, p.phase, p.done, p.total, p.since FROM privrelease.progress() AS p;
COMMENT ON VIEW privrelease.progress IS 'What refresh() and assess() calls of this database are doing now; done and total are for the owner of the source and NULL for others; total also where nobody knows it';
COMMENT ON COLUMN privrelease.progress.release IS 'the release';
COMMENT ON COLUMN privrelease.progress.phase IS 'deriving columns, reading classes, reading levels, searching, staging, recording persons, comparing, applying, verifying, storing history, recording the version, measuring, reading records';
COMMENT ON COLUMN privrelease.progress.done IS 'rows, columns or combinations of levels that are done in this phase';
COMMENT ON COLUMN privrelease.progress.total IS 'of so many';
COMMENT ON COLUMN privrelease.progress.since IS 'when the call began';
GRANT SELECT ON privrelease.progress TO PUBLIC;
-- What a release reveals and what it keeps, measured before anybody reads it.

-- Assessments: append only, since nobody has a right on the table.  No foreign key: the history outlives its release.
CREATE TABLE privrelease.assessment (
    id             int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    release        int4 NOT NULL,
    release_schema name NOT NULL,
    release_name   name NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('view', 'table')),
    source_owner   name NOT NULL,
    assessed_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    assessed_by    name NOT NULL,
    options        jsonb NOT NULL,
    result         jsonb NOT NULL,
    verdict        text NOT NULL CHECK (verdict IN ('pass', 'fail')),
    model          jsonb,
    definition     text NOT NULL
);
CREATE INDEX ON privrelease.assessment (release, id);
COMMENT ON TABLE privrelease.assessment IS 'What assess() measured; rows are only ever added, and stay when the release is dropped';
COMMENT ON COLUMN privrelease.assessment.definition IS 'the declaration that was measured, as definition() shows it';

SELECT pg_catalog.pg_extension_config_dump('privrelease.assessment', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.assessment_id_seq', '');

CREATE FUNCTION privrelease.assess(release text, options jsonb DEFAULT '{}') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_assess' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.assess(text, jsonb) IS
    'Measures risk and utility of what a release shows or would show now, and records it. options: weight, household, population, thresholds, sampling_fraction. Source owners only';

CREATE FUNCTION privrelease.record_risk(release text, options jsonb DEFAULT '{}')
    RETURNS TABLE (subject text, fk bigint, population_fk float8, risk float8, household_risk float8, suda_score float8, suda_dis float8)
    AS 'MODULE_PATHNAME', 'privrelease_record_risk' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.record_risk(text, jsonb) IS
    'Risk of each record of the source in a release; all measures of a suppressed record are NULL. Source owners only';

CREATE FUNCTION privrelease.joint_risk(VARIADIC releases text[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_joint_risk' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.joint_risk(text[]) IS
    'The keys of assess() for readers who combine several releases of one source. Source owners only';

CREATE VIEW privrelease.assessments AS
    SELECT pg_catalog.format('%I.%I', a.release_schema, a.release_name) AS release,
           a.assessed_at, a.assessed_by, a.verdict, a.options, a.result, a.kind, a.model
    FROM privrelease.assessment AS a
    WHERE EXISTS (SELECT FROM pg_catalog.pg_roles AS r
                  WHERE (r.rolname OPERATOR(pg_catalog.=) a.source_owner AND pg_catalog.pg_has_role(r.oid, 'USAGE'))
                     OR (r.rolname OPERATOR(pg_catalog.=) (SELECT l.source_owner FROM privrelease.release AS l WHERE l.id OPERATOR(pg_catalog.=) a.release)
                         AND pg_catalog.pg_has_role(r.oid, 'USAGE'))
                     OR (r.rolname OPERATOR(pg_catalog.=) CURRENT_USER AND r.rolsuper));
COMMENT ON VIEW privrelease.assessments IS
    'What assess() measured, of dropped releases too; shown to the owner of the source and to superusers';
COMMENT ON COLUMN privrelease.assessments.release IS 'the release, as it was named';
COMMENT ON COLUMN privrelease.assessments.assessed_at IS 'when';
COMMENT ON COLUMN privrelease.assessments.assessed_by IS 'role that asked';
COMMENT ON COLUMN privrelease.assessments.verdict IS 'pass or fail; result says why';
COMMENT ON COLUMN privrelease.assessments.options IS 'as they were given';
COMMENT ON COLUMN privrelease.assessments.result IS 'the measures';
COMMENT ON COLUMN privrelease.assessments.kind IS 'view or table';
COMMENT ON COLUMN privrelease.assessments.model IS 'of a table, when it was measured';
GRANT SELECT ON privrelease.assessments TO PUBLIC;
-- Who was in which version of a release table, as keyed digests, and what the versions say of him together.

CREATE FUNCTION privrelease.subject_digest(key privrelease.capability, domain text, subject anyelement) RETURNS uuid
    AS 'MODULE_PATHNAME', 'privrelease_subject_digest' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.subject_digest(privrelease.capability, text, anyelement) IS
    'Keyed digest (HMAC-SHA-256, 122 bits) of a person of a source';

-- By what name the digests of a source were made: the name that it had when it was first refreshed, for ever.
CREATE TABLE privrelease.history (
    release       int4 PRIMARY KEY,
    source        oid  NOT NULL,
    source_schema name NOT NULL,
    source_name   name NOT NULL,
    binding       text NOT NULL,
    domain        text NOT NULL,
    key           int4 NOT NULL,
    key_version   int4 NOT NULL
);
COMMENT ON TABLE privrelease.history IS 'Releases whose versions tell who was in them (refresh); rows stay when the release is dropped';
COMMENT ON COLUMN privrelease.history.domain IS 'what the digests of persons are made with, besides the key; the same for all releases of a source';

CREATE TABLE privrelease.version_person (
    release int4 NOT NULL,
    version int8 NOT NULL,
    persons int8 NOT NULL CHECK (persons >= 0),
    pairs   int8 NOT NULL CHECK (pairs >= persons),
    PRIMARY KEY (release, version)
);
COMMENT ON TABLE privrelease.version_person IS 'How many persons are in each version';
COMMENT ON COLUMN privrelease.version_person.pairs IS 'persons with the classes that they are in: more than persons where some are in several';

-- A row says that a person was in a class from one version to another, so that nothing is written for whom nothing changed.
CREATE TABLE privrelease.version_subject (
    subject       uuid NOT NULL,
    class         int8 NOT NULL,
    first_version int8 NOT NULL,
    last_version  int8,
    release       int4 NOT NULL
);
COMMENT ON TABLE privrelease.version_subject IS 'Which person was in which class of a release, from which version to which; nobody reads it, and it holds keyed digests only';
COMMENT ON COLUMN privrelease.version_subject.subject IS 'subject_digest() of the person';
COMMENT ON COLUMN privrelease.version_subject.class IS 'keyed digest of what is released of the quasi-identifiers';
COMMENT ON COLUMN privrelease.version_subject.last_version IS 'NULL: still there in the newest version';
CREATE INDEX version_subject_release ON privrelease.version_subject USING brin (release, first_version, last_version);

CREATE TABLE privrelease.version_value (
    release     int4   NOT NULL,
    version     int8   NOT NULL,
    class       int8   NOT NULL,
    output_name text   NOT NULL,
    members     int8   NOT NULL,
    digests     int8[] NOT NULL,
    persons     int8[] NOT NULL
);
COMMENT ON TABLE privrelease.version_value IS 'Sensitive values of the classes of the two newest versions, as keyed digests; nobody reads it';
COMMENT ON COLUMN privrelease.version_value.members IS 'persons of the class';
COMMENT ON COLUMN privrelease.version_value.digests IS 'keyed digests of the values, ascending; NULL is no value';
COMMENT ON COLUMN privrelease.version_value.persons IS 'of each value, the persons of the class who have it';
CREATE INDEX version_value_release ON privrelease.version_value USING brin (release);

SELECT pg_catalog.pg_extension_config_dump('privrelease.history', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.version_person', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.version_subject', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.version_value', '');

CREATE FUNCTION privrelease.common_values(a int8[], b int8[]) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_common_values' LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.common_values(int8[], int8[]) IS 'Elements that two ascending arrays have in common';

CREATE FUNCTION privrelease.fewer_values(a int8[], a_persons int8[], b int8[], b_persons int8[], at_least int8) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_fewer_values' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.fewer_values(int8[], int8[], int8[], int8[], int8) IS
    'Values that fewer persons have in b than in a (of ascending arrays with the persons of each element; NULL: an empty one); NULL if that many persons fewer are fewer than at_least';

CREATE FUNCTION privrelease.version_risk(release text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_version_risk' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.version_risk(text) IS
    'The newest version of a release table against the one before: who left, who came, and whose sensitive values the two say together. Source owners only';
-- What the columns of a source seem to be.

CREATE FUNCTION privrelease.discover(source regclass, sample_rows int DEFAULT 10000)
    RETURNS TABLE (column_name name, kind text, category text, detector text, matched float8, distinct_share float8)
    AS 'MODULE_PATHNAME', 'privrelease_discover' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.discover(regclass, int) IS
    'Proposes a classification of a source''s columns from their names, types, check digits and values; writes nothing. Source owners only';
-- What the columns of the listing views mean (\d+ and obj_description show it).

COMMENT ON COLUMN privrelease.transforms.name IS 'word to give as "transform" to set_rule()';
COMMENT ON COLUMN privrelease.transforms.family IS 'technique, as ISO/IEC 20889 names it';
COMMENT ON COLUMN privrelease.transforms.input_types IS 'types of source columns that it takes';
COMMENT ON COLUMN privrelease.transforms.params IS 'parameters with their types and defaults';
COMMENT ON COLUMN privrelease.transforms.keyed IS 'needs a key (create_key)';
COMMENT ON COLUMN privrelease.transforms.needs_subject IS 'needs a release with a subject';
COMMENT ON COLUMN privrelease.transforms.monotone IS 'keeps the order of values: a smaller value never becomes a greater one';
COMMENT ON COLUMN privrelease.transforms.injective IS 'different values stay different; what a rule with "unique": true needs';
COMMENT ON COLUMN privrelease.transforms.verified IS 'its effect is known; false for expressions';
COMMENT ON COLUMN privrelease.transforms.leaves_open IS 'what a reader can still learn';

COMMENT ON COLUMN privrelease.releases.release IS 'name of the release relation, schema-qualified';
COMMENT ON COLUMN privrelease.releases.source IS 'name of the source as it was declared, schema-qualified';
COMMENT ON COLUMN privrelease.releases.subject IS 'column that tells one person from another; NULL if none was named';
COMMENT ON COLUMN privrelease.releases.kind IS 'view: live, column by column; table: a refreshed snapshot that holds its model';
COMMENT ON COLUMN privrelease.releases.purpose IS 'what the release is for, in the steward''s words';
COMMENT ON COLUMN privrelease.releases.state IS 'draft, built, published or withdrawn';
COMMENT ON COLUMN privrelease.releases.derive_quals IS 'filters on generalized columns may use the source''s indexes';
COMMENT ON COLUMN privrelease.releases.release_role IS 'role without login that owns the release and may read the columns its rules need';
COMMENT ON COLUMN privrelease.releases.audience IS 'roles that it is published to';
COMMENT ON COLUMN privrelease.releases.unverified IS 'a rule is an expression whose effect nobody has checked';
COMMENT ON COLUMN privrelease.releases.declared_at IS 'time of create_release()';
COMMENT ON COLUMN privrelease.releases.declared_by IS 'role that declared it';
COMMENT ON COLUMN privrelease.releases.built_at IS 'time of the last build() or refresh(); NULL if there was none';
COMMENT ON COLUMN privrelease.releases.built_by IS 'role that built or refreshed it last';
COMMENT ON COLUMN privrelease.releases.withdrawn_reason IS 'reason given to withdraw()';
COMMENT ON COLUMN privrelease.releases.mapped IS 'roles whose queries that name the source are answered from the release (map_audience)';
COMMENT ON COLUMN privrelease.releases.model IS 'anonymity that a table promises (set_model); NULL: none';
COMMENT ON COLUMN privrelease.releases.version IS 'last version of a table of this name, 0: none; NULL: a view';

COMMENT ON COLUMN privrelease.versions.release IS 'name of the release table, schema-qualified; it may have been dropped since';
COMMENT ON COLUMN privrelease.versions.version IS 'counted for each name, for ever';
COMMENT ON COLUMN privrelease.versions.refreshed_at IS 'time of refresh()';
COMMENT ON COLUMN privrelease.versions.metric IS 'what the search made least';
COMMENT ON COLUMN privrelease.versions.subjects IS 'persons in the source';
COMMENT ON COLUMN privrelease.versions.classes IS 'combinations of quasi-identifiers that were released';
COMMENT ON COLUMN privrelease.versions.deleted IS 'rows of the version before that are gone';
COMMENT ON COLUMN privrelease.versions.inserted IS 'rows that the version before did not have';
COMMENT ON COLUMN privrelease.versions.model IS 'model that the version holds';
COMMENT ON COLUMN privrelease.versions.refreshed_by IS 'role that called refresh()';

COMMENT ON COLUMN privrelease.rules.release IS 'name of the release relation, schema-qualified';
COMMENT ON COLUMN privrelease.rules.position IS 'place among the columns of the release, from 1';
COMMENT ON COLUMN privrelease.rules.output_name IS 'name of the released column; a release has one rule for each';
COMMENT ON COLUMN privrelease.rules.column_name IS 'source column';
COMMENT ON COLUMN privrelease.rules.column_type IS 'type of the source column when the rule was set';
COMMENT ON COLUMN privrelease.rules.transform IS 'transform, a row of privrelease.transforms';
COMMENT ON COLUMN privrelease.rules.params IS 'parameters as given to set_rule()';
COMMENT ON COLUMN privrelease.rules.domain IS 'columns with the same domain and key share pseudonyms, choices and noise';
COMMENT ON COLUMN privrelease.rules.domain_shared IS 'a superuser let the rule draw from another owner''s domain';
COMMENT ON COLUMN privrelease.rules.key IS 'id of the key (privrelease.keys); NULL if the transform has none';
COMMENT ON COLUMN privrelease.rules.key_version IS 'version of the key that the rule uses';
COMMENT ON COLUMN privrelease.rules.unverified IS 'the rule is an expression whose effect nobody has checked';
COMMENT ON COLUMN privrelease.rules.declared_at IS 'time of set_rule()';
COMMENT ON COLUMN privrelease.rules.declared_by IS 'role that set the rule';

COMMENT ON COLUMN privrelease.classifications.source IS 'name of the source as it was classified, schema-qualified';
COMMENT ON COLUMN privrelease.classifications.column_name IS 'source column';
COMMENT ON COLUMN privrelease.classifications.column_type IS 'type of the column when it was classified';
COMMENT ON COLUMN privrelease.classifications.kind IS 'identifier, quasi_identifier, sensitive or insensitive';
COMMENT ON COLUMN privrelease.classifications.category IS 'category of personal data, a row of privrelease.category';

COMMENT ON COLUMN privrelease.keys.created_at IS 'time of create_key() or rotate_key()';
COMMENT ON COLUMN privrelease.keys.created_by IS 'role that made this version';
-- What default privileges of whoever installs have given away is taken back: a role that may read new tables would read who is
-- in which release, one that may write them would write declarations, and one that may create in new schemas would put
-- functions beside ours. This script names no role but PUBLIC, and lets it read views and categories.
DO $do$
DECLARE
    command text;
BEGIN
    FOR command IN
        WITH thing (kind, name, acl, owner) AS (
            SELECT 'SCHEMA', pg_catalog.quote_ident(n.nspname), n.nspacl, n.nspowner
            FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'privrelease'
            UNION ALL
            SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::pg_catalog.regclass::text, c.relacl, c.relowner
            FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'privrelease'::pg_catalog.regnamespace AND c.relkind IN ('r', 'v', 'S')
            UNION ALL
            SELECT 'FUNCTION', p.oid::pg_catalog.regprocedure::text, p.proacl, p.proowner
            FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'privrelease'::pg_catalog.regnamespace
            UNION ALL
            SELECT 'TYPE', t.oid::pg_catalog.regtype::text, t.typacl, t.typowner
            FROM pg_catalog.pg_type AS t WHERE t.typnamespace = 'privrelease'::pg_catalog.regnamespace AND t.typtype = 'b' AND t.typelem = 0
        )
        SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s %s FROM %I CASCADE', t.kind, t.name, pg_catalog.pg_get_userbyid(a.grantee))
        FROM thing AS t, LATERAL pg_catalog.aclexplode(t.acl) AS a WHERE a.grantee <> t.owner AND a.grantee <> 0
        UNION ALL
        SELECT pg_catalog.format('REVOKE ALL ON %s %s FROM PUBLIC CASCADE', t.kind, t.name) FROM thing AS t WHERE t.kind IN ('TABLE', 'SEQUENCE')
        UNION ALL
        SELECT 'REVOKE CREATE ON SCHEMA privrelease FROM PUBLIC CASCADE'
    LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN
        SELECT pg_catalog.format('GRANT SELECT ON %s TO PUBLIC', c.oid::pg_catalog.regclass)
        FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = 'privrelease'::pg_catalog.regnamespace AND (c.relkind = 'v' OR c.relname = 'category')
    LOOP
        EXECUTE command;
    END LOOP;
END
$do$;
