-- The catalogue.  No role but the extension's owner has a right on a table here; what may be read is shown by views.

CREATE FUNCTION privrelease.catalog_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_catalog_changed' LANGUAGE C;
COMMENT ON FUNCTION privrelease.catalog_changed() IS
    'Statement trigger of catalogue tables: makes every backend forget what it has cached of the table';
REVOKE ALL ON FUNCTION privrelease.catalog_changed() FROM PUBLIC;

-- Classes of personal data that a column can be said to hold.
CREATE TABLE privrelease.category (
    category  text PRIMARY KEY,
    sensitive boolean NOT NULL,
    title     text NOT NULL,
    title_zh  text,
    origin    text NOT NULL
);
COMMENT ON TABLE privrelease.category IS 'Categories of personal data for classify(); sensitive ones follow GB/T 45574-2025 Annex A and PIPL Art. 28';
COMMENT ON COLUMN privrelease.category.category IS 'word to give to classify()';
COMMENT ON COLUMN privrelease.category.sensitive IS 'sensitive personal information';
COMMENT ON COLUMN privrelease.category.title IS 'name in English';
COMMENT ON COLUMN privrelease.category.title_zh IS 'name in Chinese, where the database''s encoding has it';
COMMENT ON COLUMN privrelease.category.origin IS 'where the category comes from';
GRANT SELECT ON privrelease.category TO PUBLIC;

INSERT INTO privrelease.category (category, sensitive, title, origin) VALUES
    ('biometric', true, 'biometric identification', 'GB/T 45574-2025 Annex A'),
    ('religion', true, 'religious belief', 'GB/T 45574-2025 Annex A'),
    ('identity', true, 'specific identity', 'GB/T 45574-2025 Annex A'),
    ('health', true, 'medical and health', 'GB/T 45574-2025 Annex A'),
    ('finance', true, 'financial account', 'GB/T 45574-2025 Annex A'),
    ('whereabouts', true, 'whereabouts', 'GB/T 45574-2025 Annex A'),
    ('minor', true, 'minors under fourteen', 'GB/T 45574-2025 Annex A'),
    ('other', true, 'other sensitive information', 'GB/T 45574-2025 Annex A'),
    ('basic', false, 'basic personal data', 'general classes of personal information'),
    ('identity_document', false, 'identity documents and numbers', 'general classes of personal information'),
    ('network_identity', false, 'network identifiers', 'general classes of personal information'),
    ('education_work', false, 'education and work', 'general classes of personal information'),
    ('property', false, 'property', 'general classes of personal information'),
    ('authentication', false, 'authentication', 'general classes of personal information'),
    ('communication', false, 'communication', 'general classes of personal information'),
    ('contacts', false, 'contacts', 'general classes of personal information'),
    ('online_activity', false, 'online activity', 'general classes of personal information'),
    ('device', false, 'devices', 'general classes of personal information'),
    ('location', false, 'location', 'general classes of personal information'),
    ('profile', false, 'labels and profiles', 'general classes of personal information'),
    ('movement', false, 'movement and exercise', 'general classes of personal information');

-- The Chinese titles, written so that this file is ASCII; a database whose encoding has no such characters does without.
DO $do$
BEGIN
    EXECUTE $sql$
        UPDATE privrelease.category AS c SET title_zh = t.title_zh FROM (VALUES
            ('biometric', U&'\751F\7269\8BC6\522B'),
            ('religion', U&'\5B97\6559\4FE1\4EF0'),
            ('identity', U&'\7279\5B9A\8EAB\4EFD'),
            ('health', U&'\533B\7597\5065\5EB7'),
            ('finance', U&'\91D1\878D\8D26\6237'),
            ('whereabouts', U&'\884C\8E2A\8F68\8FF9'),
            ('minor', U&'\4E0D\6EE1\5341\56DB\5468\5C81\672A\6210\5E74\4EBA'),
            ('other', U&'\5176\4ED6\654F\611F\4FE1\606F'),
            ('basic', U&'\57FA\672C\8D44\6599'),
            ('identity_document', U&'\8EAB\4EFD\4FE1\606F'),
            ('network_identity', U&'\7F51\7EDC\8EAB\4EFD\6807\8BC6'),
            ('education_work', U&'\6559\80B2\5DE5\4F5C'),
            ('property', U&'\8D22\4EA7'),
            ('authentication', U&'\8EAB\4EFD\9274\522B'),
            ('communication', U&'\901A\4FE1'),
            ('contacts', U&'\8054\7CFB\4EBA'),
            ('online_activity', U&'\4E0A\7F51\8BB0\5F55'),
            ('device', U&'\8BBE\5907'),
            ('location', U&'\4F4D\7F6E'),
            ('profile', U&'\6807\7B7E\753B\50CF'),
            ('movement', U&'\8FD0\52A8')
        ) AS t(category, title_zh) WHERE c.category OPERATOR(pg_catalog.=) t.category
    $sql$;
EXCEPTION WHEN untranslatable_character OR feature_not_supported THEN
    NULL;
END
$do$;

-- What the columns of a source are.  Bound to (relation OID, attribute number); the names are what the OIDs meant.
CREATE TABLE privrelease.classification (
    source        oid  NOT NULL,
    attnum        int2 NOT NULL CHECK (attnum > 0),
    source_schema name NOT NULL,
    source_name   name NOT NULL,
    column_name   name NOT NULL,
    column_type   text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('identifier', 'quasi_identifier', 'sensitive', 'insensitive')),
    category      text REFERENCES privrelease.category,
    binding       text NOT NULL,
    PRIMARY KEY (source, attnum, binding)
);
COMMENT ON TABLE privrelease.classification IS 'What the columns of sources are (classify)';

-- The states of a release, and of the draft beside a published one, and from which to which.  Whoever changes a state by
-- hand changes it along these, too.
CREATE TABLE privrelease.release_transition (
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE privrelease.release_transition IS 'Legal changes of the state of a release';
INSERT INTO privrelease.release_transition (from_state, to_state) VALUES
    ('draft', 'submitted'), ('draft', 'published'), ('draft', 'withdrawn'),
    ('submitted', 'draft'), ('submitted', 'approved'), ('submitted', 'withdrawn'),
    ('approved', 'draft'), ('approved', 'published'), ('approved', 'withdrawn'),
    ('published', 'withdrawn'),
    ('withdrawn', 'draft'), ('withdrawn', 'approved'), ('withdrawn', 'published');

CREATE TABLE privrelease.draft_transition (
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE privrelease.draft_transition IS 'Legal changes of the draft beside a published release; none: there is no draft';
INSERT INTO privrelease.draft_transition (from_state, to_state) VALUES
    ('none', 'draft'), ('draft', 'none'), ('draft', 'submitted'), ('submitted', 'none'), ('submitted', 'draft'),
    ('submitted', 'approved'), ('approved', 'draft'), ('approved', 'none');

-- What approvers decided.  No foreign key: a decision outlives its release.
CREATE TABLE privrelease.approval (
    id             int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    release        int4 NOT NULL,
    release_schema name NOT NULL,
    release_name   name NOT NULL,
    source_owner   name NOT NULL,
    decision       text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    declaration    text NOT NULL,
    assessment     int8,
    verdict        text NOT NULL CHECK (verdict = 'pass' OR decision = 'rejected'),
    note           text,
    decided_at     timestamptz NOT NULL DEFAULT pg_catalog.now(),
    decided_by     name NOT NULL,
    decided_roles  oid[] NOT NULL,
    editors        oid[] NOT NULL,
    editor_names   name[] NOT NULL,
    UNIQUE (id, declaration, release),
    CONSTRAINT approver_is_no_editor CHECK (decision = 'rejected' OR NOT (decided_roles OPERATOR(pg_catalog.&&) editors))
);
COMMENT ON TABLE privrelease.approval IS 'Decisions of approvers (approve, reject): on which declaration and which assessment';
COMMENT ON COLUMN privrelease.approval.declaration IS 'SHA-256 of the declaration';
COMMENT ON COLUMN privrelease.approval.decided_roles IS 'the role that decided, and the one that had logged in';
COMMENT ON COLUMN privrelease.approval.editors IS 'roles that changed the declaration since the approval before, and those that had logged in';

-- A release: what an audience will read, and what it is made from.
CREATE TABLE privrelease.release (
    id               int4 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    release_schema   name NOT NULL,
    release_name     name NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('view', 'table')),
    binding          text NOT NULL,
    source           oid  NOT NULL,
    source_kind      "char" NOT NULL,
    source_schema    name NOT NULL,
    source_name      name NOT NULL,
    subject          name,
    subject_attnum   int2,
    subject_type     text,
    source_owner     name NOT NULL,
    source_owner_oid oid  NOT NULL,
    purpose          text,
    derive_quals     boolean NOT NULL DEFAULT true,
    model            jsonb,
    version          int8 NOT NULL DEFAULT 0,
    row_key          int4,
    row_key_version  int4,
    release_role     name NOT NULL UNIQUE,
    role_oid         oid  NOT NULL,
    state            text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'approved', 'published', 'withdrawn')),
    previous_state   text,
    draft            text NOT NULL DEFAULT 'none' CHECK (draft IN ('none', 'draft', 'submitted', 'approved')),
    previous_draft   text,
    suspended        boolean NOT NULL DEFAULT false,
    metadata         jsonb NOT NULL DEFAULT '{}',
    declaration      text,
    approval         int8,
    published_digest text,
    published_declaration text,
    published_approval int8,
    published_model  jsonb,
    published_purpose text,
    published_metadata jsonb,
    published_derive_quals boolean,
    derives          boolean NOT NULL DEFAULT false,
    failed_at        timestamptz,
    failure          text,
    view             oid,
    definition       text,
    built_digest     text,
    built_columns    jsonb,
    built_source     jsonb,
    view_digest      bytea,
    source_digest    bytea,
    built_at         timestamptz,
    built_by         name,
    withdrawn_reason text,
    declared_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    declared_by      name NOT NULL,
    changed_at       timestamptz NOT NULL DEFAULT pg_catalog.now(),
    changed_by       name NOT NULL,
    UNIQUE (release_schema, release_name),
    CHECK ((subject IS NULL) = (subject_attnum IS NULL) AND (subject IS NULL) = (subject_type IS NULL)),
    CHECK ((view IS NULL) = (definition IS NULL) AND (view IS NULL) = (built_at IS NULL)),
    -- A view is compared with its build whenever it is read; a table holds what was verified.
    CHECK ((view IS NULL OR kind = 'table') = (view_digest IS NULL) AND (view_digest IS NULL) = (source_digest IS NULL)),
    CHECK (kind = 'table' OR (model IS NULL AND version = 0)),
    CHECK ((kind = 'table') = (row_key IS NOT NULL) AND (row_key IS NULL) = (row_key_version IS NULL)),
    CHECK (kind = 'view' OR view IS NULL OR (version > 0 AND model IS NOT NULL)),
    CHECK (state = 'draft' OR view IS NOT NULL OR (state = 'withdrawn' AND NOT suspended)),
    CONSTRAINT suspended_is_withdrawn CHECK (NOT suspended OR state = 'withdrawn'),
    CONSTRAINT draft_beside_published CHECK (draft = 'none' OR state = 'published' OR suspended),
    CONSTRAINT decided_is_declared CHECK (declaration IS NOT NULL OR (state NOT IN ('submitted', 'approved') AND draft NOT IN ('submitted', 'approved'))),
    CONSTRAINT approved_has_approval CHECK (approval IS NOT NULL OR (state <> 'approved' AND draft <> 'approved')),
    CONSTRAINT published_has_digest CHECK ((published_digest IS NOT NULL) = (state = 'published' OR suspended)),
    CHECK ((published_digest IS NULL) = (published_declaration IS NULL) AND (published_digest IS NULL) = (published_derive_quals IS NULL)),
    CONSTRAINT legal_state FOREIGN KEY (previous_state, state) REFERENCES privrelease.release_transition (from_state, to_state),
    CONSTRAINT legal_draft FOREIGN KEY (previous_draft, draft) REFERENCES privrelease.draft_transition (from_state, to_state),
    FOREIGN KEY (approval, declaration, id) REFERENCES privrelease.approval (id, declaration, release),
    FOREIGN KEY (published_approval, published_declaration, id) REFERENCES privrelease.approval (id, declaration, release)
);
COMMENT ON TABLE privrelease.release IS 'Declared releases (create_release) and what was built from them';

-- A rule: how one source column appears.  One row for each column of the release.
CREATE TABLE privrelease.rule (
    release       int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    output_name   name NOT NULL,
    position      int4 NOT NULL,
    attnum        int2 NOT NULL,
    column_name   name NOT NULL,
    column_type   text NOT NULL,
    transform     text NOT NULL,
    params        jsonb NOT NULL,
    domain        text,
    domain_shared boolean NOT NULL DEFAULT false,
    draw          text,
    quantile_bottom text,
    quantile_top  text,
    key           int4,
    key_version   int4,
    dictionary    int4,
    used_attnums  int2[] NOT NULL DEFAULT '{}',
    used_columns  name[] NOT NULL DEFAULT '{}',
    used_types    text[] NOT NULL DEFAULT '{}',
    declared_at   timestamptz NOT NULL DEFAULT pg_catalog.now(),
    declared_by   name NOT NULL,
    PRIMARY KEY (release, output_name),
    UNIQUE (release, position) DEFERRABLE INITIALLY IMMEDIATE,
    CHECK ((key IS NULL) = (key_version IS NULL))
);
COMMENT ON TABLE privrelease.rule IS 'Rules of releases (set_rule)';
COMMENT ON COLUMN privrelease.rule.quantile_bottom IS 'bound that the first refresh has taken from bottom_quantile, kept until the rule is set anew';
COMMENT ON COLUMN privrelease.rule.quantile_top IS 'the same of top_quantile';

-- The rules that a published release was published with: builds and refreshes keep to them until it is published anew.
CREATE TABLE privrelease.published_rule (
    LIKE privrelease.rule,
    PRIMARY KEY (release, output_name),
    FOREIGN KEY (release) REFERENCES privrelease.release ON DELETE CASCADE
);
COMMENT ON TABLE privrelease.published_rule IS 'Rules of published releases, as they were published';

-- Who has changed a declaration since it was approved: none of them approves it.
CREATE TABLE privrelease.editor (
    release   int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    role_oid  oid  NOT NULL,
    role_name name NOT NULL,
    PRIMARY KEY (release, role_oid)
);
COMMENT ON TABLE privrelease.editor IS 'Roles that changed a declaration since its last approval, and those that had logged in';

-- Versions of release tables: what was released when, and what it cost.  No foreign key: the history outlives its release.
CREATE TABLE privrelease.version (
    release        int4 NOT NULL,
    version        int8 NOT NULL CHECK (version > 0),
    release_schema name NOT NULL,
    release_name   name NOT NULL,
    source_owner   name NOT NULL,
    refreshed_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    refreshed_by   name NOT NULL,
    records        int8 NOT NULL CHECK (records >= 0),
    subjects       int8 NOT NULL CHECK (subjects >= 0),
    suppressed     int8 NOT NULL CHECK (suppressed BETWEEN 0 AND records),
    classes        int8 NOT NULL CHECK (classes >= 0),
    min_class      int8 NOT NULL CHECK (min_class >= 0),
    levels         jsonb NOT NULL,
    metric         text NOT NULL,
    cost           float8 NOT NULL,
    deleted        int8 NOT NULL CHECK (deleted >= 0),
    inserted       int8 NOT NULL CHECK (inserted >= 0),
    model          jsonb NOT NULL,
    definition     text NOT NULL,
    recalled_at    timestamptz,
    recalled_by    name,
    notice         text,
    PRIMARY KEY (release, version),
    UNIQUE (release_schema, release_name, version),
    CHECK ((recalled_at IS NULL) = (notice IS NULL) AND (recalled_at IS NULL) = (recalled_by IS NULL))
);
COMMENT ON TABLE privrelease.version IS 'Versions of release tables (refresh); rows stay when the release is dropped';
COMMENT ON COLUMN privrelease.version.version IS 'counted for each name of a release, for ever: a release that is made anew goes on counting';
COMMENT ON COLUMN privrelease.version.records IS 'rows of the source, released or suppressed';
COMMENT ON COLUMN privrelease.version.subjects IS 'persons among them';
COMMENT ON COLUMN privrelease.version.classes IS 'classes of released rows that are equal in every quasi-identifier';
COMMENT ON COLUMN privrelease.version.min_class IS 'persons in the smallest class; 0: nothing was released';
COMMENT ON COLUMN privrelease.version.levels IS 'of each quasi-identifier';
COMMENT ON COLUMN privrelease.version.deleted IS 'rows of the version before that are gone';
COMMENT ON COLUMN privrelease.version.inserted IS 'rows that the version before did not have';
COMMENT ON COLUMN privrelease.version.notice IS 'what was wrong with it and what is to be done, for those who have read it (recall)';
COMMENT ON COLUMN privrelease.version.definition IS 'the declaration that was refreshed, as definition() shows it';

-- Who a release is published to.
CREATE TABLE privrelease.audience (
    release       int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    role_oid      oid  NOT NULL,
    role_name     name NOT NULL,
    schema_oid    oid  NOT NULL,
    granted_usage boolean NOT NULL,
    published_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    published_by  name NOT NULL,
    PRIMARY KEY (release, role_oid)
);
COMMENT ON TABLE privrelease.audience IS 'Roles that a release is published to (publish); granted_usage: the USAGE on the schema schema_oid came with a release';

-- Who could read a release, and when.  No foreign key: the history outlives its release.
CREATE TABLE privrelease.readership (
    id             int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    release        int4 NOT NULL,
    release_schema name NOT NULL,
    release_name   name NOT NULL,
    role_name      name NOT NULL,
    role_oid       oid  NOT NULL,
    since          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    until          timestamptz
);
CREATE INDEX ON privrelease.readership (release);
COMMENT ON TABLE privrelease.readership IS 'Audiences of releases, then and now (publish, withdraw)';
COMMENT ON COLUMN privrelease.readership.until IS 'NULL: it can still';

-- Transparent mode: whose queries that name the source are answered from the release.
CREATE TABLE privrelease.audience_map (
    release   int4 NOT NULL REFERENCES privrelease.release ON DELETE CASCADE,
    role_oid  oid  NOT NULL,
    role_name name NOT NULL,
    mapped_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    mapped_by name NOT NULL,
    PRIMARY KEY (role_oid, release) DEFERRABLE
);
COMMENT ON TABLE privrelease.audience_map IS 'Roles whose queries that name the source are answered from the release (map_audience)';

-- Who uses a key for what. A domain belongs for ever to the owner of the source that was first declared with it: another
-- owner who could draw from it would have a dictionary of these pseudonyms, or could subtract this noise. And noise and
-- shifts stay at the version of the key they were first declared with: a second draw would average.
CREATE TABLE privrelease.key_domain (
    key       int4 NOT NULL,
    transform text NOT NULL,
    domain    text NOT NULL,
    version   int4 NOT NULL,
    owner     name NOT NULL,
    owner_oid oid  NOT NULL,
    source    oid  NOT NULL,
    attnum    int2 NOT NULL,
    binding   text NOT NULL,
    by_default boolean NOT NULL,
    PRIMARY KEY (key, transform, domain)
);
COMMENT ON TABLE privrelease.key_domain IS
    'Uses of keys: the role that a domain belongs to, the column it was first declared for, and the version of the key that its noise and shifts stay at';

CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.release
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.audience
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.audience_map
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();

CREATE FUNCTION privrelease.keep_previous_state() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_keep_previous_state' LANGUAGE C;
COMMENT ON FUNCTION privrelease.keep_previous_state() IS
    'Row trigger of privrelease.release: what a state was changed from, for the foreign keys that let legal changes pass only';
REVOKE ALL ON FUNCTION privrelease.keep_previous_state() FROM PUBLIC;
CREATE TRIGGER keep_previous_state BEFORE UPDATE ON privrelease.release
    FOR EACH ROW EXECUTE FUNCTION privrelease.keep_previous_state();

SELECT pg_catalog.pg_extension_config_dump('privrelease.approval', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.approval_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.published_rule', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.editor', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.readership', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.readership_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.classification', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.release', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.release_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.rule', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.version', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.audience', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.audience_map', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.key_domain', '');
