-- What the columns of a source seem to be.

CREATE FUNCTION privrelease.discover(source regclass, sample_rows int DEFAULT 10000)
    RETURNS TABLE (column_name name, kind text, category text, detector text, matched float8, distinct_share float8)
    AS 'MODULE_PATHNAME', 'privrelease_discover' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.discover(regclass, int) IS
    'Proposes a classification of a source''s columns from their names, types, check digits and values; writes nothing. Source owners only';
