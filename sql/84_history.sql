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
    subject       name,
    key           int4 NOT NULL,
    key_version   int4 NOT NULL
);
COMMENT ON TABLE privrelease.history IS 'Releases whose versions tell who was in them (refresh); rows stay when the release is dropped';
COMMENT ON COLUMN privrelease.history.domain IS 'what the digests of persons are made with, besides the key; the same for all releases of a source';
COMMENT ON COLUMN privrelease.history.subject IS 'column that tells persons apart, as it was named at the last refresh; NULL: no refresh since version 0.1.0';

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
