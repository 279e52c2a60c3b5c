-- From draft to publication: what a release is, who decides on it.

CREATE FUNCTION privrelease.set_metadata(release text, metadata jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_set_metadata' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.set_metadata(text, jsonb) IS
    'Says of a release what no measurement tells: keys of privrelease.metadata_key. Keys that are not named stay, null removes one. Source owners only';

CREATE FUNCTION privrelease.submit(release text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_submit' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.submit(text) IS
    'Asks for approval of what is declared today, which an assessment has passed and whose metadata are complete. Source owners only';

CREATE FUNCTION privrelease.approve(release text, note text DEFAULT NULL, declaration text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_approve' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.approve(text, text, text) IS
    'Approves the declaration that was submitted; declaration: its digest, to be sure that it is the one that was looked at. Approvers only, and none who changed it';

CREATE FUNCTION privrelease.reject(release text, note text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_reject' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.reject(text, text) IS
    'Sends a release that was submitted, or approved and not yet published, back to its steward. Approvers only';

CREATE VIEW privrelease.approvals WITH (security_barrier) AS
    SELECT pg_catalog.format('%I.%I', a.release_schema, a.release_name) AS release,
           a.decided_at, a.decided_by, a.decision, a.note, a.declaration, a.assessment, a.editor_names AS editors
    FROM privrelease.approval AS a
    WHERE privrelease.may_inspect(a.source_owner, a.release);
COMMENT ON VIEW privrelease.approvals IS
    'What approvers decided, of dropped releases too; shown to the owner of the source, approvers and auditors';
COMMENT ON COLUMN privrelease.approvals.release IS 'the release, as it was named';
COMMENT ON COLUMN privrelease.approvals.decided_at IS 'when';
COMMENT ON COLUMN privrelease.approvals.decided_by IS 'role that decided';
COMMENT ON COLUMN privrelease.approvals.decision IS 'approved or rejected';
COMMENT ON COLUMN privrelease.approvals.note IS 'as it was given';
COMMENT ON COLUMN privrelease.approvals.declaration IS 'SHA-256 of the declaration that was decided on';
COMMENT ON COLUMN privrelease.approvals.assessment IS 'number of the assessment that it was decided on';
COMMENT ON COLUMN privrelease.approvals.editors IS 'roles that had changed the declaration since the approval before';
GRANT SELECT ON privrelease.approvals TO PUBLIC;
