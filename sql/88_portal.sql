-- To the portal: a release as a file, and the documents that describe it.

CREATE FUNCTION privrelease.export_csv(release text, guard text DEFAULT 'prefix', bom boolean DEFAULT false) RETURNS SETOF text
    AS 'MODULE_PATHNAME', 'privrelease_export_csv' LANGUAGE C STRICT STABLE PARALLEL UNSAFE COST 1000 ROWS 10000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.export_csv(text, text, boolean) IS
    'The lines of a release as a CSV file (RFC 4180), the header first; each ends with CR, and whoever writes it down adds LF. guard against formulas: prefix, reject, off. With the rights of the caller';

CREATE FUNCTION privrelease.datapackage(release text, guard text DEFAULT 'prefix', bom boolean DEFAULT false) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_datapackage' LANGUAGE C STRICT STABLE PARALLEL UNSAFE COST 1000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.datapackage(text, text, boolean) IS
    'A release as a Data Package 2.0: what it is, the file that export_csv() gives with the same arguments and its SHA-256, types of its columns, and how it was anonymized';
