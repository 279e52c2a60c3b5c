-- Who may decide what, and what only a person can say of a release.

CREATE TABLE privrelease.duty (
    duty       text NOT NULL CHECK (duty IN ('steward', 'approver', 'auditor')),
    role_oid   oid  NOT NULL,
    role_name  name NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    granted_by name NOT NULL,
    binding    text NOT NULL,
    PRIMARY KEY (duty, role_oid, binding)
);
COMMENT ON TABLE privrelease.duty IS
    'Duties of roles (grant_duty): a steward declares and publishes what he owns where approval is required, an approver decides, an auditor looks';

-- What is to be said of a release that no measurement tells (set_metadata).
CREATE TABLE privrelease.metadata_key (
    key      text PRIMARY KEY,
    type     text NOT NULL CHECK (type IN ('text', 'texts', 'date')),
    required boolean NOT NULL,
    governed boolean NOT NULL,
    title    text NOT NULL,
    title_zh text
);
COMMENT ON TABLE privrelease.metadata_key IS 'Keys of set_metadata()';
COMMENT ON COLUMN privrelease.metadata_key.key IS 'word to give to set_metadata()';
COMMENT ON COLUMN privrelease.metadata_key.title IS 'what it says, in English';
COMMENT ON COLUMN privrelease.metadata_key.title_zh IS 'name in Chinese, where the database''s encoding has it';
COMMENT ON COLUMN privrelease.metadata_key.type IS 'text, texts (an array of them) or date (ISO 8601)';
COMMENT ON COLUMN privrelease.metadata_key.required IS 'submit() insists on it; an office may change that';
COMMENT ON COLUMN privrelease.metadata_key.governed IS 'what an approver weighs: a change voids an approval';

INSERT INTO privrelease.metadata_key (key, type, required, governed, title) VALUES
    ('purpose', 'text', true, true, 'what the data are published for'),
    ('legal_basis', 'text', true, true, 'law, duty or consent that allows it'),
    ('public_interest', 'text', true, true, 'what the public gains: low, medium or high, and why'),
    ('retention', 'text', true, true, 'how long the release stays published'),
    ('contact', 'text', true, true, 'office that answers persons and readers'),
    ('contact_email', 'text', false, false, 'its e-mail address'),
    ('sharing', 'text', false, true, 'public, controlled or enclave'),
    ('reevaluation', 'text', false, true, 'when and why the assessment is made again'),
    ('team', 'text', false, true, 'who made the assessment'),
    ('title', 'text', false, false, 'title of the data set'),
    ('description', 'text', false, false, 'what the data set is, in a paragraph'),
    ('publisher', 'text', false, false, 'name of the publishing body'),
    ('publisher_code', 'text', false, false, 'its unified social credit code'),
    ('publisher_url', 'text', false, false, 'its address or identifier, a URL'),
    ('licence', 'text', false, false, 'identifier of the licence, for example CC-BY-4.0'),
    ('licence_url', 'text', false, false, 'address of the licence text'),
    ('licence_title', 'text', false, false, 'name of the licence'),
    ('identifier', 'text', false, false, 'persistent identifier of the data set: UUID, DOI or a code of the catalogue'),
    ('homepage', 'text', false, false, 'page about the data set, a URL'),
    ('access_url', 'text', false, false, 'page where the data are offered, a URL'),
    ('download_url', 'text', false, false, 'address of the file, a URL'),
    ('language', 'text', false, false, 'language of the texts, BCP 47'),
    ('keywords', 'texts', false, false, 'keywords'),
    ('theme', 'texts', false, false, 'themes, URLs of an authority table'),
    ('spatial', 'text', false, false, 'area that the data are about'),
    ('temporal_start', 'date', false, false, 'first day that the data are about'),
    ('temporal_end', 'date', false, false, 'last day that the data are about'),
    ('frequency', 'text', false, false, 'how often it is refreshed'),
    ('legislation', 'texts', false, false, 'legislation that mandates publication, URLs'),
    ('category_code', 'text', false, false, 'code in the classification of a government information catalogue'),
    ('sharing_type', 'text', false, false, 'sharing among government bodies'),
    ('sharing_condition', 'text', false, false, 'on what condition'),
    ('sharing_method', 'text', false, false, 'in what way'),
    ('open_type', 'text', false, false, 'whether it is open to society'),
    ('open_condition', 'text', false, false, 'on what condition');

CREATE FUNCTION privrelease.grant_duty(duty text, role name) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_grant_duty' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.grant_duty(text, name) IS 'Gives a role a duty: steward, approver or auditor. Superusers only';
REVOKE ALL ON FUNCTION privrelease.grant_duty(text, name) FROM PUBLIC;

CREATE FUNCTION privrelease.revoke_duty(duty text, role name) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_revoke_duty' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.revoke_duty(text, name) IS 'Takes a duty from a role. Superusers only';
REVOKE ALL ON FUNCTION privrelease.revoke_duty(text, name) FROM PUBLIC;

CREATE FUNCTION privrelease.has_duty(duty text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'privrelease_has_duty' LANGUAGE C STRICT STABLE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.has_duty(text) IS 'Has the caller this duty?';

CREATE FUNCTION privrelease.may_inspect(source_owner name, release int4) RETURNS boolean
    AS 'MODULE_PATHNAME', 'privrelease_may_inspect' LANGUAGE C STRICT STABLE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.may_inspect(name, int4) IS
    'May the caller see what was measured of a release: the owner of its source, then or now, approvers, auditors and superusers';

CREATE FUNCTION privrelease.this_binding() RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_this_binding' LANGUAGE C STRICT STABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.this_binding() IS 'What declarations that were made in this database are bound to: system identifier and database';

CREATE VIEW privrelease.duties AS
    SELECT d.duty, r.rolname AS role, d.granted_at, d.granted_by
    FROM privrelease.duty AS d JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) d.role_oid
    WHERE d.binding OPERATOR(pg_catalog.=) privrelease.this_binding();
COMMENT ON VIEW privrelease.duties IS 'Who has which duty';
COMMENT ON COLUMN privrelease.duties.duty IS 'steward, approver or auditor';
COMMENT ON COLUMN privrelease.duties.role IS 'role that it was given to; whoever has its privileges has the duty';
COMMENT ON COLUMN privrelease.duties.granted_at IS 'time of grant_duty()';
COMMENT ON COLUMN privrelease.duties.granted_by IS 'superuser who gave it';
GRANT SELECT ON privrelease.duties TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('privrelease.duty', '');
