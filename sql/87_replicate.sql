-- Refreshes that pg_cron runs, and publications for read replicas.

CREATE FUNCTION privrelease.schedule(release text, cron text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_schedule' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.schedule(text, text) IS
    'Has pg_cron refresh a release table as the caller, at the times that cron says; replaces what was scheduled before. Source owners only';

CREATE FUNCTION privrelease.unschedule(release text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_unschedule' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.unschedule(text) IS 'Removes the job of schedule(). Source owners only';

-- It ends transactions, and so can have no SET clause; its statements pin their own search_path.
CREATE PROCEDURE privrelease.run_scheduled(release text)
    AS 'MODULE_PATHNAME', 'privrelease_run_scheduled' LANGUAGE C;
COMMENT ON PROCEDURE privrelease.run_scheduled(text) IS
    'Refreshes a release table and commits; a failure goes to privrelease.releases and the log, is committed, and raised. Source owners only';

CREATE FUNCTION privrelease.create_publication(release text, publication name) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_create_publication' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.create_publication(text, name) IS
    'Makes a publication of a published release table and of nothing else, for read replicas; it belongs to the role of the release. Source owners only';

-- A publication FOR ALL TABLES, somebody else's, has these tables too: without an identity PostgreSQL would refuse to change
-- them, and withdraw() with it.
ALTER TABLE privrelease.audience_map REPLICA IDENTITY FULL;
ALTER TABLE privrelease.objection REPLICA IDENTITY FULL;
ALTER TABLE privrelease.version_subject REPLICA IDENTITY FULL;
ALTER TABLE privrelease.version_value REPLICA IDENTITY FULL;
