-- Whether this server holds what only a preloaded library can.

CREATE FUNCTION privrelease.status() RETURNS TABLE (item text, state text, hint text)
    AS 'MODULE_PATHNAME', 'privrelease_status' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE ROWS 5
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.status() IS
    'What this server does for releases beyond privileges: whether the library is preloaded, the guard on, the keyring usable, library and extension of one version, the server supported';
