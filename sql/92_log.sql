-- Reading the log, and finding out whether it is whole.

-- A barrier: who may not see an entry must not be shown it by a function of his own.
CREATE VIEW privrelease.log WITH (security_barrier) AS
    SELECT e.entry, (b.body OPERATOR(pg_catalog.->>) 'at')::pg_catalog.timestamptz AS at,
           b.body OPERATOR(pg_catalog.->>) 'session_role' AS session_role, b.body OPERATOR(pg_catalog.->>) 'acting_role' AS acting_role,
           b.body OPERATOR(pg_catalog.->>) 'event' AS event, b.body OPERATOR(pg_catalog.->>) 'release' AS release,
           (b.body OPERATOR(pg_catalog.->) 'details')::pg_catalog.jsonb AS details,
           e.digest, e.signature, e.key_version, e.body, e.previous
    FROM privrelease.log_entry AS e, LATERAL (SELECT e.body::pg_catalog.json OFFSET 0) AS b (body)
    WHERE (SELECT privrelease.may_inspect('', 0)) OR
        (b.body OPERATOR(pg_catalog.->>) 'release_id' IS NOT NULL AND
         privrelease.may_inspect((b.body OPERATOR(pg_catalog.->>) 'source_owner')::pg_catalog.name,
                                 (b.body OPERATOR(pg_catalog.->>) 'release_id')::pg_catalog.int4));
COMMENT ON VIEW privrelease.log IS
    'What was declared, measured, decided, released, granted and taken back; auditors, approvers and superusers see all, others what concerns releases of their sources';
COMMENT ON COLUMN privrelease.log.entry IS 'number, from 1 without gaps, in the order in which transactions ended';
COMMENT ON COLUMN privrelease.log.at IS 'when the function was called';
COMMENT ON COLUMN privrelease.log.session_role IS 'who logged in';
COMMENT ON COLUMN privrelease.log.acting_role IS 'as whom he called';
COMMENT ON COLUMN privrelease.log.event IS 'name of the function that was called';
COMMENT ON COLUMN privrelease.log.release IS 'name that the release had; NULL: it concerned none';
COMMENT ON COLUMN privrelease.log.details IS 'what it was about';
COMMENT ON COLUMN privrelease.log.digest IS 'SHA-256 of "privrelease log 1\n", previous, "\n", body';
COMMENT ON COLUMN privrelease.log.signature IS 'Ed25519, base64, of "privrelease log 1\n", entry, "\n", digest, "\n"; NULL: not signed';
COMMENT ON COLUMN privrelease.log.key_version IS 'version of the key that signed it (log_keys)';
COMMENT ON COLUMN privrelease.log.body IS 'the entry as it was hashed, a line of JSON in ASCII';
COMMENT ON COLUMN privrelease.log.previous IS 'digest of the entry before; of the first: 64 zeros';
GRANT SELECT ON privrelease.log TO PUBLIC;

CREATE VIEW privrelease.log_keys AS
    SELECT k.version, k.public_key, k.created_at FROM privrelease.log_key AS k;
COMMENT ON VIEW privrelease.log_keys IS 'Public keys of the log';
COMMENT ON COLUMN privrelease.log_keys.version IS 'version of the key "privrelease"';
COMMENT ON COLUMN privrelease.log_keys.public_key IS 'Ed25519: what stands between the lines of a PEM file';
COMMENT ON COLUMN privrelease.log_keys.created_at IS 'time of the first entry that it signed';
GRANT SELECT ON privrelease.log_keys TO PUBLIC;

CREATE FUNCTION privrelease.log_head() RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_log_head' LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.log_head() IS
    'The newest entry of the log, to keep where nobody of this server can change it, and to give to verify_log() later. Auditors and superusers';

CREATE FUNCTION privrelease.verify_log(head jsonb DEFAULT NULL) RETURNS TABLE (entry bigint, finding text)
    AS 'MODULE_PATHNAME', 'privrelease_verify_log' LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.verify_log(jsonb) IS
    'What is wrong with the log, and from which entry on; no row: it is what was written, and goes on from the head if one is given. Auditors, approvers and superusers';
