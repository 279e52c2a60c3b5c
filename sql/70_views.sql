-- What may be read by everybody: that releases exist, and how they are made. No value of a source, no leaf, no key.

CREATE FUNCTION privrelease.transform_list()
    RETURNS TABLE (name text, family text, input_types text, params jsonb, keyed boolean, needs_subject boolean,
                   monotone boolean, injective boolean, verified boolean, leaves_open text)
    AS 'MODULE_PATHNAME', 'privrelease_transform_list' LANGUAGE C STRICT STABLE PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION privrelease.transform_list() IS 'Rows of the view privrelease.transforms';

CREATE VIEW privrelease.transforms AS
    SELECT t.name, t.family, t.input_types, t.params, t.keyed, t.needs_subject, t.monotone, t.injective, t.verified, t.leaves_open
    FROM privrelease.transform_list() AS t;
COMMENT ON VIEW privrelease.transforms IS
    'What a rule can apply: family (ISO/IEC 20889), input types, params with types and defaults, whether keyed, and what it leaves open';
GRANT SELECT ON privrelease.transforms TO PUBLIC;

CREATE VIEW privrelease.releases AS
    SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name) AS release,
           pg_catalog.format('%I.%I', l.source_schema, l.source_name) AS source,
           l.subject, l.kind, l.purpose, l.state, l.derive_quals, l.release_role,
           ARRAY(SELECT r.rolname FROM privrelease.audience AS a JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) a.role_oid
                 WHERE a.release OPERATOR(pg_catalog.=) l.id ORDER BY r.rolname) AS audience,
           EXISTS (SELECT FROM privrelease.rule AS r
                   WHERE r.release OPERATOR(pg_catalog.=) l.id AND r.transform OPERATOR(pg_catalog.=) 'expression') AS unverified,
           l.declared_at, l.declared_by, l.built_at, l.built_by, l.withdrawn_reason,
           ARRAY(SELECT r.rolname FROM privrelease.audience_map AS m JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) m.role_oid
                 WHERE m.release OPERATOR(pg_catalog.=) l.id ORDER BY r.rolname) AS mapped,
           l.model, CASE l.kind WHEN 'table' THEN l.version END AS version,
           nullif(l.draft, 'none') AS draft, coalesce(l.declaration, l.published_declaration) AS declaration, l.suspended,
           l.failed_at, l.failure
    FROM privrelease.release AS l;
COMMENT ON VIEW privrelease.releases IS
    'Declared releases; state draft, submitted, approved, published or withdrawn; draft: of what was changed since it was published; unverified: a rule is an expression whose effect nobody has checked; version: the last one of a table, 0 before the first';
GRANT SELECT ON privrelease.releases TO PUBLIC;

CREATE VIEW privrelease.rules AS
    SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name) AS release,
           r.position, r.output_name, r.column_name, r.column_type, r.transform, r.params, r.domain, r.domain_shared,
           r.key, r.key_version, r.transform OPERATOR(pg_catalog.=) 'expression' AS unverified, r.declared_at, r.declared_by
    FROM privrelease.rule AS r JOIN privrelease.release AS l ON l.id OPERATOR(pg_catalog.=) r.release;
COMMENT ON VIEW privrelease.rules IS
    'How each released column is made; key and key_version: id and version of the key, of which nothing else is shown';
GRANT SELECT ON privrelease.rules TO PUBLIC;

CREATE VIEW privrelease.classifications AS
    SELECT pg_catalog.format('%I.%I', c.source_schema, c.source_name) AS source, c.column_name, c.column_type, c.kind, c.category
    FROM privrelease.classification AS c;
COMMENT ON VIEW privrelease.classifications IS 'What the columns of sources are (classify)';
GRANT SELECT ON privrelease.classifications TO PUBLIC;

-- What was measured of a source is for those who own it: two versions that differ by one person tell of him. A barrier, so that
-- a function of the reader is shown nothing else.
CREATE VIEW privrelease.versions WITH (security_barrier) AS
    SELECT pg_catalog.format('%I.%I', v.release_schema, v.release_name) AS release,
           v.version, v.refreshed_at, v.records, v.suppressed, v.levels, v.metric, v.cost, v.min_class,
           v.subjects, v.classes, v.deleted, v.inserted, v.model, v.refreshed_by, v.recalled_at, v.recalled_by, v.notice
    FROM privrelease.version AS v
    WHERE privrelease.may_inspect(v.source_owner, v.release);
COMMENT ON VIEW privrelease.versions IS
    'Versions of release tables, those of dropped releases too; shown to the owner of the source, approvers and auditors';
COMMENT ON COLUMN privrelease.versions.records IS 'rows of the source, released or suppressed';
COMMENT ON COLUMN privrelease.versions.suppressed IS 'rows of the source that were left out';
COMMENT ON COLUMN privrelease.versions.levels IS 'level of each quasi-identifier';
COMMENT ON COLUMN privrelease.versions.cost IS 'of the metric, as the search minimized it';
COMMENT ON COLUMN privrelease.versions.min_class IS 'persons in the smallest class';
COMMENT ON COLUMN privrelease.versions.recalled_at IS 'when it was recalled; NULL: it was not';
COMMENT ON COLUMN privrelease.versions.recalled_by IS 'who recalled it';
COMMENT ON COLUMN privrelease.versions.notice IS 'what was wrong with it, for those who have read it (recall)';
GRANT SELECT ON privrelease.versions TO PUBLIC;
