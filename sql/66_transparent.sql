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
