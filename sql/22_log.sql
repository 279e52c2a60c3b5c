-- The log: what is declared, measured, decided, released, granted and taken back.

-- What has happened in a transaction that has not ended yet. Not dumped: what is restored into it would be logged again.
CREATE TABLE privrelease.event (
    id           int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    session_role name NOT NULL,
    acting_role  name NOT NULL,
    event        text NOT NULL,
    release      text,
    release_id   int4,
    source_owner name,
    details      jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE privrelease.event IS 'Events on their way into the log; empty outside transactions';
COMMENT ON COLUMN privrelease.event.session_role IS 'who logged in';
COMMENT ON COLUMN privrelease.event.acting_role IS 'as whom he called';
COMMENT ON COLUMN privrelease.event.event IS 'one word, the name of the function without its schema where there is one';
COMMENT ON COLUMN privrelease.event.source_owner IS 'whose source the release was made from, who may read of it';
COMMENT ON COLUMN privrelease.event.details IS 'what it was about; never a value of a source';

CREATE TABLE privrelease.log_entry (
    entry       int8 PRIMARY KEY CHECK (entry > 0),
    body        text NOT NULL CHECK (pg_catalog.json_typeof(body::pg_catalog.json) = 'object'),
    previous    text NOT NULL CHECK (previous ~ '^[0-9a-f]{64}$'),
    digest      text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    signature   text,
    key_version int4,
    CHECK ((signature IS NULL) = (key_version IS NULL))
);
COMMENT ON TABLE privrelease.log_entry IS 'The log; rows are only ever added (view log)';
COMMENT ON COLUMN privrelease.log_entry.entry IS 'counted from 1, without gaps';
COMMENT ON COLUMN privrelease.log_entry.body IS 'what happened, a line of JSON in ASCII, as it was hashed';
COMMENT ON COLUMN privrelease.log_entry.previous IS 'digest of the entry before; of the first: 64 zeros';
COMMENT ON COLUMN privrelease.log_entry.digest IS 'SHA-256 of "privrelease log 1\n", previous, "\n", body';
COMMENT ON COLUMN privrelease.log_entry.signature IS 'Ed25519, base64, of "privrelease log 1\n", entry, "\n", digest, "\n"; NULL: there was no key';

-- No foreign key from entries: a log is restored in any order.
CREATE TABLE privrelease.log_key (
    version    int4 PRIMARY KEY,
    public_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE privrelease.log_key IS 'Public keys that the log was signed with; rows are only ever added';
COMMENT ON COLUMN privrelease.log_key.version IS 'version of the key "privrelease"';
COMMENT ON COLUMN privrelease.log_key.public_key IS 'Ed25519, what stands between the lines of a PEM file';

SELECT pg_catalog.pg_extension_config_dump('privrelease.log_entry', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.log_key', '');

CREATE FUNCTION privrelease.log_prepare() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_log_prepare' LANGUAGE C;
COMMENT ON FUNCTION privrelease.log_prepare() IS 'Trigger of privrelease.event: makes the key that signs the log';
REVOKE ALL ON FUNCTION privrelease.log_prepare() FROM PUBLIC;

CREATE FUNCTION privrelease.log_chain() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_log_chain' LANGUAGE C;
COMMENT ON FUNCTION privrelease.log_chain() IS 'Trigger of privrelease.event: an event becomes an entry of the log when its transaction commits';
REVOKE ALL ON FUNCTION privrelease.log_chain() FROM PUBLIC;

CREATE FUNCTION privrelease.log_kept() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_log_kept' LANGUAGE C;
COMMENT ON FUNCTION privrelease.log_kept() IS 'Trigger of the log: refuses changes';
REVOKE ALL ON FUNCTION privrelease.log_kept() FROM PUBLIC;

CREATE TRIGGER log_prepare BEFORE INSERT ON privrelease.event
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.log_prepare();
CREATE CONSTRAINT TRIGGER log_chain AFTER INSERT ON privrelease.event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION privrelease.log_chain();

-- Where replication applies rows too. For each statement, so that one that finds no row is told as well.
CREATE TRIGGER log_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON privrelease.log_entry
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.log_kept();
ALTER TABLE privrelease.log_entry ENABLE ALWAYS TRIGGER log_kept;
CREATE TRIGGER log_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON privrelease.log_key
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.log_kept();
ALTER TABLE privrelease.log_key ENABLE ALWAYS TRIGGER log_kept;
