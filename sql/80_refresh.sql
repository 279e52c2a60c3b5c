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
COMMENT ON VIEW privrelease.progress IS 'What refresh(), assess() and verify_log() calls of this database are doing now; done and total are for the owner of the source and NULL for others; total also where nobody knows it';
COMMENT ON COLUMN privrelease.progress.release IS 'the release';
COMMENT ON COLUMN privrelease.progress.phase IS 'deriving columns, reading classes, reading levels, searching, staging, recording persons, comparing, applying, verifying, storing history, recording the version, measuring, reading records, verifying the log';
COMMENT ON COLUMN privrelease.progress.done IS 'rows, columns or combinations of levels that are done in this phase';
COMMENT ON COLUMN privrelease.progress.total IS 'of so many';
COMMENT ON COLUMN privrelease.progress.since IS 'when the call began';
GRANT SELECT ON privrelease.progress TO PUBLIC;
