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

CREATE FUNCTION privrelease.publish(release text, VARIADIC audience name[] DEFAULT '{}') RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_publish' LANGUAGE C
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.publish(text, name[]) IS
    'Grants roles the release: USAGE on its schema and SELECT. Of a published release that was changed, shows its readers what is declared now; without roles, to those that it was published to. Refused where a role could read the source. Source owners only';

CREATE FUNCTION privrelease.withdraw(release text, reason text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_withdraw' LANGUAGE C STRICT
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.withdraw(text, text) IS
    'Takes the grants on a release away at once from everybody but the source''s owner. Source owners only';
