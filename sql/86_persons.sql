-- The rights of persons: objections and erasures as keyed digests, where a person was, and recalled versions.

-- By what name the persons of a source are digested when they object: for ever, however the source is named later.
CREATE TABLE privrelease.objection_domain (
    domain         text COLLATE "C" PRIMARY KEY,
    source         oid  NOT NULL,
    source_schema  name NOT NULL,
    source_name    name NOT NULL,
    binding        text NOT NULL,
    source_owner   name NOT NULL,
    source_owner_oid oid NOT NULL,
    subject        name NOT NULL,
    subject_attnum int2 NOT NULL,
    subject_type   text NOT NULL,
    subject_form   text NOT NULL,
    key            int4 NOT NULL,
    key_version    int4 NOT NULL
);
COMMENT ON TABLE privrelease.objection_domain IS 'Sources whose persons have objected, each with the column that tells them apart';
COMMENT ON COLUMN privrelease.objection_domain.domain IS 'what the digests are made with, besides the key: the name that the column had at the first objection';
COMMENT ON COLUMN privrelease.objection_domain.subject_form IS 'columns of one form give equal digests: number, text, or a type';
COMMENT ON COLUMN privrelease.objection_domain.key_version IS 'stays what it was at the first objection';

-- Nobody is named here: a digest cannot be turned back, and not be computed without the key.
CREATE TABLE privrelease.objection (
    domain         text COLLATE "C" NOT NULL REFERENCES privrelease.objection_domain,
    digest         uuid NOT NULL,
    release_schema name,
    release_name   name,
    reason         text NOT NULL,
    deferred       boolean NOT NULL,
    since          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    declared_by    name NOT NULL,
    CONSTRAINT objection_once UNIQUE NULLS NOT DISTINCT (domain, digest, release_schema, release_name),
    CHECK ((release_schema IS NULL) = (release_name IS NULL)),
    CHECK (release_name IS NOT NULL OR NOT deferred)
);
COMMENT ON TABLE privrelease.objection IS 'Persons who are to be left out (object, erase), as keyed digests; nobody reads it';
COMMENT ON COLUMN privrelease.objection.digest IS 'objection_digest() of the person';
COMMENT ON COLUMN privrelease.objection.release_name IS 'the release, by its name; NULL: every release of the source, also those to come (erase)';

CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON privrelease.objection
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.catalog_changed();

SELECT pg_catalog.pg_extension_config_dump('privrelease.objection_domain', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.objection', '');

CREATE FUNCTION privrelease.objection_digest(key privrelease.capability, domain text, subject anyelement) RETURNS uuid
    AS 'MODULE_PATHNAME', 'privrelease_objection_digest' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION privrelease.objection_digest(privrelease.capability, text, anyelement) IS
    'Keyed digest (HMAC-SHA-256, 122 bits) of a person who objects; another one than in the history of versions';

CREATE FUNCTION privrelease.has_objected_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'privrelease_has_objected_support' LANGUAGE C STRICT PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.has_objected_support(internal) IS 'Support function of has_objected';

-- What cannot be decided raises, and never shows.  STABLE, and never evaluated while a query is planned.
CREATE FUNCTION privrelease.has_objected(key privrelease.capability, domain text, release_schema name, release_name name, subject anyelement)
    RETURNS boolean
    AS 'MODULE_PATHNAME', 'privrelease_has_objected' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 5
    SUPPORT privrelease.has_objected_support;
COMMENT ON FUNCTION privrelease.has_objected(privrelease.capability, text, name, name, anyelement) IS
    'Has this person objected to the release, or been erased from its source? Condition of releases that somebody has objected to';

CREATE FUNCTION privrelease.object(release text, subject_value text, reason text, defer boolean DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_object' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.object(text, text, text, boolean) IS
    'A person objects to a release: a view hides him from the next query on; a table leaves him out from the next refresh on and is withdrawn until then, unless defer. Call it with bind parameters, so that nobody is named in the server log. Source owners only';

CREATE FUNCTION privrelease.withdraw_objection(release text, subject_value text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_withdraw_objection' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.withdraw_objection(text, text) IS
    'A person takes an objection back, and is in the release again: of a view at once, of a table from the next refresh on. Source owners only';

CREATE FUNCTION privrelease.erase(source regclass, subject_value text, reason text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_erase' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.erase(regclass, text, text) IS
    'A person is to be in no release of a source, today''s and those to come; release tables that have been refreshed are withdrawn until the next refresh. Call it with bind parameters. Source owners only';

CREATE FUNCTION privrelease.withdraw_erasure(source regclass, subject_value text) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_withdraw_erasure' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.withdraw_erasure(regclass, text) IS
    'Takes erase() of a person back; what he objected to by object() stays. Source owners only';

CREATE FUNCTION privrelease.whereabouts(source regclass, subject_value text) RETURNS TABLE (release text, version bigint)
    AS 'MODULE_PATHNAME', 'privrelease_whereabouts' LANGUAGE C ROWS 10 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.whereabouts(regclass, text) IS
    'Versions of release tables that held a person, those of dropped releases too, and views that show him now (version NULL). Source owners only';

CREATE FUNCTION privrelease.recall(release text, version bigint, notice text)
    RETURNS TABLE (audience name, since timestamptz, until timestamptz)
    AS 'MODULE_PATHNAME', 'privrelease_recall' LANGUAGE C ROWS 10 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.recall(text, bigint, text) IS
    'Marks a version as recalled, with the notice for those who have read it, withdraws the release if readers see that version, and returns the roles that could read it, and when. Source owners only';

-- For the owner of the source and whoever inspects; without the persons.
CREATE VIEW privrelease.objections WITH (security_barrier) AS
    SELECT pg_catalog.format('%I.%I', d.source_schema, d.source_name) AS source,
           CASE WHEN o.release_name IS NOT NULL THEN pg_catalog.format('%I.%I', o.release_schema, o.release_name) END AS release,
           CASE WHEN o.release_name IS NULL THEN 'erasure' ELSE 'objection' END AS kind,
           o.reason, o.deferred, o.since, o.declared_by
    FROM privrelease.objection AS o JOIN privrelease.objection_domain AS d ON d.domain OPERATOR(pg_catalog.=) o.domain
    WHERE privrelease.may_inspect(d.source_owner, 0);
COMMENT ON VIEW privrelease.objections IS
    'Objections and erasures, without the persons; shown to the owner of the source, approvers and auditors';
COMMENT ON COLUMN privrelease.objections.source IS 'the source, as it was named when it was last built or refreshed';
COMMENT ON COLUMN privrelease.objections.release IS 'what the person objects to; NULL: every release of the source';
COMMENT ON COLUMN privrelease.objections.kind IS 'objection (object) or erasure (erase)';
COMMENT ON COLUMN privrelease.objections.reason IS 'as it was given; it must not name the person';
COMMENT ON COLUMN privrelease.objections.deferred IS 'readers of a table went on reading the version before until the next refresh';
COMMENT ON COLUMN privrelease.objections.since IS 'when it was declared';
COMMENT ON COLUMN privrelease.objections.declared_by IS 'by whom';
GRANT SELECT ON privrelease.objections TO PUBLIC;
