-- audit(), continued: copies of a source, what stands around it in the catalogues, and the extension's own objects.  See 90_audit.sql.

-- Triggers and rules of a source that write into a table which an audience may read, or send to whoever listens: B20. What a trigger's
-- function does is told by its text, so that some are overlooked, and copies made elsewhere are not found at all.
CREATE FUNCTION privrelease.audit_writes(body text, name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT strpos(lower(body), lower(name)) > 0
           AND body ~* ('(^|\W)(INTO|UPDATE|ONLY|COPY)\s+("?[^\s"]+"?\s*\.\s*)?"?' || regexp_replace(name, '(\W)', '\\\1', 'g') || '(\W|$)');
END;
COMMENT ON FUNCTION privrelease.audit_writes(text, text) IS 'Does the body of a function write into a table of this name?';

CREATE FUNCTION privrelease.audit_copies() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH source AS MATERIALIZED (
        SELECT s.release, s.relid FROM privrelease.audit_sources() AS s
    ), everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), trigger AS MATERIALIZED (
        SELECT s.release, s.relid, t.oid, p.prosrc
        FROM source AS s JOIN pg_trigger AS t ON t.tgrelid = s.relid AND NOT t.tgisinternal AND t.tgenabled <> 'D' JOIN pg_proc AS p ON p.oid = t.tgfoid
    ), copy (release, relid, class, object, target) AS (
        SELECT t.release, t.relid, 'pg_trigger'::regclass, t.oid, c.oid
        FROM trigger AS t JOIN pg_class AS c ON c.relkind IN ('r', 'p', 'f', 'v') AND c.oid >= 16384 AND privrelease.audit_writes(t.prosrc, c.relname)
        UNION
        SELECT s.release, s.relid, 'pg_rewrite'::regclass, w.oid, p.refobjid
        FROM source AS s JOIN pg_rewrite AS w ON w.ev_class = s.relid AND w.ev_type <> '1'
        JOIN pg_depend AS p ON p.classid = 'pg_rewrite'::regclass AND p.objid = w.oid AND p.refclassid = 'pg_class'::regclass AND p.refobjid <> s.relid
    ), shown AS (
        SELECT c.release, c.class, c.object, c.target, array_agg(DISTINCT r.grantee) AS roles
        FROM copy AS c CROSS JOIN LATERAL privrelease.audit_rights(c.target) AS r
        JOIN everybody AS g ON g.release = c.release AND g.role = r.grantee
        WHERE r.privilege = 'SELECT' AND NOT EXISTS (SELECT FROM source AS s WHERE s.release = c.release AND s.relid = c.target)
        GROUP BY c.release, c.class, c.object, c.target
    )
    SELECT 'warning', privrelease.audit_object(s.class, s.object),
           format('may copy rows of the source into %s, which %s may read', privrelease.audit_name('pg_class'::regclass, s.target), privrelease.audit_who(s.roles)),
           (SELECT string_agg(privrelease.audit_revoke(s.target, u.role), ' ' ORDER BY u.role) FROM unnest(s.roles) AS u(role)), array_agg(s.release)
    FROM shown AS s GROUP BY s.class, s.object, s.target, s.roles
    UNION ALL
    SELECT 'notice', privrelease.audit_object('pg_trigger'::regclass, t.oid), 'notifies, and whoever may connect can listen',
           'See to it that what it sends holds no value of the source.', array_agg(t.release)
    FROM trigger AS t WHERE t.prosrc ~* '(^|\W)(pg_notify|notify)(\W|$)' GROUP BY t.oid;
END;
COMMENT ON FUNCTION privrelease.audit_copies() IS 'Triggers and rules that copy a source to where an audience reads';

-- Values of a source in PostgreSQL's own tables, in TOAST tables and sequences, and what a foreign key answers.
CREATE FUNCTION privrelease.audit_remains() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH source AS MATERIALIZED (
        SELECT s.release, s.relid, c.reltoastrelid FROM privrelease.audit_sources() AS s JOIN pg_class AS c ON c.oid = s.relid
    ), everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), remains (severity, relation, privilege, column_name, release, what) AS (
        SELECT 'critical', s.reltoastrelid, 'SELECT', NULL::name, s.release, 'long values of ' || privrelease.audit_name('pg_class'::regclass, s.relid)
        FROM source AS s WHERE s.reltoastrelid <> 0
        UNION ALL
        SELECT 'warning', d.objid, p.privilege, NULL, s.release,
               'which tells how many rows were added to ' || privrelease.audit_name('pg_class'::regclass, s.relid) || ', and when'
        FROM source AS s JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.relid
             AND d.deptype IN ('a', 'i')
        JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S' CROSS JOIN (VALUES ('SELECT'), ('USAGE'), ('UPDATE')) AS p (privilege)
        UNION ALL
        SELECT 'critical', c.oid, 'SELECT', t.column_name, g.release, t.what
        FROM (VALUES ('pg_statistic', NULL, 'values of every table'), ('pg_statistic_ext_data', NULL, 'values of every table'),
                     ('pg_largeobject', NULL, 'all large objects'), ('pg_authid', 'rolpassword', 'digests of passwords'),
                     ('pg_shadow', 'passwd', 'digests of passwords'), ('pg_user_mapping', 'umoptions', 'passwords of foreign servers'),
                     ('pg_subscription', 'subconninfo', 'connection strings')) AS t (name, column_name, what)
        JOIN pg_class AS c ON c.relname = t.name AND c.relnamespace = 'pg_catalog'::regnamespace
        CROSS JOIN (SELECT DISTINCT e.release FROM everybody AS e) AS g
    )
    SELECT m.severity, privrelease.audit_object('pg_class'::regclass, m.relation),
           format('%s holds %s: %s', privrelease.audit_who(ARRAY[r.grantee]), privrelease.audit_privileges(m.relation, r.grantee), m.what),
           privrelease.audit_revoke(m.relation, r.grantee), array_agg(DISTINCT m.release)
    FROM remains AS m CROSS JOIN LATERAL privrelease.audit_rights(m.relation) AS r
    JOIN everybody AS g ON g.release = m.release AND g.role = r.grantee
    WHERE r.privilege = m.privilege AND (m.column_name IS NULL OR r.column_name IS NULL OR r.column_name = m.column_name)
    GROUP BY m.severity, m.relation, m.what, r.grantee
    UNION ALL
    -- Who writes a catalogue gives himself every right there is.  What initdb grants is not meant.
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, c.oid),
           format('%s holds %s, and can give itself every right', privrelease.audit_who(ARRAY[r.grantee]), string_agg(DISTINCT r.privilege, ', ' ORDER BY r.privilege)),
           format('REVOKE INSERT, UPDATE, DELETE ON %s FROM %s CASCADE;', privrelease.audit_name('pg_class'::regclass, c.oid), privrelease.audit_grantee(r.grantee)),
           array_agg(DISTINCT g.release)
    FROM pg_class AS c CROSS JOIN LATERAL privrelease.audit_rights(c.oid) AS r JOIN everybody AS g ON g.role = r.grantee
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND r.privilege IN ('INSERT', 'UPDATE', 'DELETE')
    GROUP BY c.oid, r.grantee
    UNION ALL
    SELECT 'warning', privrelease.audit_object('pg_class'::regclass, k.conrelid),
           format('%s may write it, and its foreign key tells whether a value is in %s', privrelease.audit_who(array_agg(DISTINCT w.grantee)),
                  privrelease.audit_list(array_agg(privrelease.audit_name('pg_class'::regclass, k.confrelid)))),
           (SELECT string_agg(format('REVOKE INSERT, UPDATE ON %s FROM %s CASCADE;', privrelease.audit_name('pg_class'::regclass, k.conrelid),
                                     privrelease.audit_grantee(u.role)), ' ' ORDER BY u.role) FROM unnest(array_agg(DISTINCT w.grantee)) AS u(role)),
           array_agg(DISTINCT s.release)
    FROM source AS s JOIN pg_constraint AS k ON k.confrelid = s.relid AND k.contype = 'f' JOIN pg_class AS c ON c.oid = k.conrelid
    CROSS JOIN LATERAL (SELECT r.grantee FROM privrelease.audit_rights(k.conrelid) AS r LEFT JOIN pg_attribute AS t ON t.attrelid = k.conrelid AND t.attname = r.column_name
                        WHERE r.privilege IN ('INSERT', 'UPDATE') AND (r.column_name IS NULL OR t.attnum = ANY (k.conkey))
                        UNION SELECT c.relowner) AS w
    JOIN everybody AS g ON g.release = s.release AND g.role = w.grantee
    WHERE NOT EXISTS (SELECT FROM source AS o WHERE o.release = s.release AND o.relid = k.conrelid)
    GROUP BY k.conrelid;
END;
COMMENT ON FUNCTION privrelease.audit_remains() IS 'Catalogues, TOAST tables, sequences and foreign keys that tell values of a source';

-- Foreign-data wrappers of which an audience may make servers of its own, as with dblink: B19.
CREATE FUNCTION privrelease.audit_wrappers() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'warning', privrelease.audit_object('pg_foreign_data_wrapper'::regclass, w.oid),
           format('%s may make servers of it, and connect from this server to others, this one too', privrelease.audit_who(array_agg(DISTINCT a.grantee))),
           format('REVOKE USAGE ON FOREIGN DATA WRAPPER %I FROM %s CASCADE;', w.fdwname,
                  privrelease.audit_list(array_agg(privrelease.audit_grantee(a.grantee)))), array_agg(DISTINCT g.release)
    FROM pg_foreign_data_wrapper AS w CROSS JOIN LATERAL aclexplode(w.fdwacl) AS a JOIN privrelease.audit_grantees() AS g ON g.role = a.grantee
    WHERE a.grantee <> w.fdwowner GROUP BY w.oid, w.fdwname;
END;
COMMENT ON FUNCTION privrelease.audit_wrappers() IS 'Foreign-data wrappers that an audience may use';

-- What hangs on the relation of a release and is none of ours: rows of children are read with it, and nobody has verified them.
CREATE FUNCTION privrelease.audit_attached() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, i.inhrelid), format('its rows are read with release %s, and were never verified', r.label),
           format('ALTER TABLE %s NO INHERIT %s;', privrelease.audit_name('pg_class'::regclass, i.inhrelid), r.label), ARRAY[r.release]
    FROM privrelease.audit_releases() AS r JOIN pg_inherits AS i ON i.inhparent = r.relation
    UNION ALL
    SELECT 'warning', privrelease.audit_object('pg_trigger'::regclass, t.oid), format('runs when release %s is refreshed', r.label),
           format('DROP TRIGGER %I ON %s;', t.tgname, r.label), ARRAY[r.release]
    FROM privrelease.audit_releases() AS r JOIN pg_trigger AS t ON t.tgrelid = r.relation AND NOT t.tgisinternal
    UNION ALL
    SELECT 'warning', privrelease.audit_object('pg_rewrite'::regclass, w.oid), format('is no part of release %s', r.label),
           format('DROP RULE %I ON %s;', w.rulename, r.label), ARRAY[r.release]
    FROM privrelease.audit_releases() AS r JOIN pg_rewrite AS w ON w.ev_class = r.relation AND w.rulename <> '_RETURN';
END;
COMMENT ON FUNCTION privrelease.audit_attached() IS 'Children, triggers and rules of releases';

-- The extension's objects belong to a superuser, and what keeps its log and declarations whole is on.
CREATE FUNCTION privrelease.audit_extension() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH member AS MATERIALIZED (
        SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS x ON x.oid = d.refobjid AND x.extname = 'privrelease'
        WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    ), owned (class, object, owner) AS (
        -- A sequence of a column goes with its table.
        SELECT m.classid, m.objid, c.relowner FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
        WHERE NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = m.classid AND d.objid = m.objid AND d.deptype IN ('a', 'i'))
        UNION ALL
        SELECT m.classid, m.objid, p.proowner FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
        UNION ALL
        SELECT m.classid, m.objid, n.nspowner FROM member AS m JOIN pg_namespace AS n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
    )
    SELECT 'critical', 'extension privrelease',
           format('role %I owns %s, and can change what they hold or do', pg_get_userbyid(o.owner),
                  privrelease.audit_list(array_agg(privrelease.audit_object(o.class, o.object)))),
           string_agg(format('ALTER %s %s OWNER TO %I;',
                             CASE o.class WHEN 'pg_proc'::regclass THEN 'ROUTINE' ELSE upper((SELECT i.type FROM pg_identify_object(o.class, o.object, 0) AS i)) END,
                             privrelease.audit_name(o.class, o.object), pg_get_userbyid(10)), ' ' ORDER BY o.class, o.object), '{}'::int4[]
    FROM owned AS o JOIN pg_authid AS u ON u.oid = o.owner AND NOT u.rolsuper GROUP BY o.owner
    UNION ALL
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, t.tgrelid), 'has triggers that are off: nothing keeps its rows as they should be',
           format('ALTER TABLE %s ENABLE TRIGGER ALL;', privrelease.audit_name('pg_class'::regclass, t.tgrelid)), '{}'::int4[]
    FROM member AS m JOIN pg_trigger AS t ON m.classid = 'pg_class'::regclass AND t.tgrelid = m.objid AND t.tgenabled IN ('D', 'R') GROUP BY t.tgrelid
    UNION ALL
    SELECT 'warning', privrelease.audit_object(m.classid, m.objid), 'is off', format('ALTER EVENT TRIGGER %I ENABLE;', t.evtname), '{}'::int4[]
    FROM member AS m JOIN pg_event_trigger AS t ON m.classid = 'pg_event_trigger'::regclass AND t.oid = m.objid AND t.evtenabled IN ('D', 'R')
    UNION ALL
    SELECT 'warning', privrelease.audit_object('pg_publication'::regclass, p.oid), 'carries tables of the extension, digests of persons among them',
           string_agg(DISTINCT i.remedy, ' ' ORDER BY i.remedy), '{}'::int4[]
    FROM pg_publication AS p JOIN (
        SELECT r.prpubid, format('ALTER PUBLICATION %I DROP TABLE %s;', o.pubname, privrelease.audit_name('pg_class'::regclass, r.prrelid))
        FROM pg_publication_rel AS r JOIN pg_publication AS o ON o.oid = r.prpubid
        JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = r.prrelid
        UNION ALL
        SELECT n.pnpubid, format('ALTER PUBLICATION %I DROP TABLES IN SCHEMA privrelease;', o.pubname)
        FROM pg_publication_namespace AS n JOIN pg_publication AS o ON o.oid = n.pnpubid WHERE n.pnnspid = 'privrelease'::regnamespace
    ) AS i (publication, remedy) ON i.publication = p.oid
    GROUP BY p.oid;
END;
COMMENT ON FUNCTION privrelease.audit_extension() IS 'Owners, triggers and publications of the extension''s own objects';

-- Parameters by which an audience loads code, or skips triggers: X15. Of the guard itself: audit_settings().
CREATE FUNCTION privrelease.audit_parameters() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'critical', 'parameter ' || p.parname,
           format('%s may %s it', privrelease.audit_who(array_agg(DISTINCT a.grantee)), string_agg(DISTINCT lower(a.privilege_type), ' and ' ORDER BY lower(a.privilege_type))),
           string_agg(DISTINCT format('REVOKE ALL ON PARAMETER %s FROM %s CASCADE;', p.parname, privrelease.audit_grantee(a.grantee)), ' '), NULL::int4[]
    FROM pg_parameter_acl AS p CROSS JOIN LATERAL aclexplode(p.paracl) AS a
    WHERE p.parname <> 'privrelease.guard' AND EXISTS (SELECT FROM privrelease.audit_grantees() AS g WHERE g.role = a.grantee)
      AND (a.privilege_type = 'ALTER SYSTEM' OR p.parname ~ '^privrelease\.'
           OR p.parname IN ('session_preload_libraries', 'dynamic_library_path', 'extension_control_path', 'session_replication_role', 'jit_provider'))
    GROUP BY p.parname;
END;
COMMENT ON FUNCTION privrelease.audit_parameters() IS 'Parameters that an audience may set, and that open a way to sources';

-- ---------- all of them ----------

CREATE FUNCTION privrelease.audit_findings() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT * FROM privrelease.audit_grants()
    UNION ALL SELECT * FROM privrelease.audit_roles()
    UNION ALL SELECT * FROM privrelease.audit_default_privileges()
    UNION ALL SELECT * FROM privrelease.audit_views()
    UNION ALL SELECT * FROM privrelease.audit_functions()
    UNION ALL SELECT * FROM privrelease.audit_code()
    UNION ALL SELECT * FROM privrelease.audit_pairs()
    UNION ALL SELECT * FROM privrelease.audit_publications()
    UNION ALL SELECT * FROM privrelease.audit_replication()
    UNION ALL SELECT * FROM privrelease.audit_servers()
    UNION ALL SELECT * FROM privrelease.audit_tools()
    UNION ALL SELECT * FROM privrelease.audit_relations()
    UNION ALL SELECT * FROM privrelease.audit_replaced()
    UNION ALL SELECT * FROM privrelease.audit_release_roles()
    UNION ALL SELECT * FROM privrelease.audit_owners()
    UNION ALL SELECT * FROM privrelease.audit_unbound()
    UNION ALL SELECT * FROM privrelease.audit_tables()
    UNION ALL SELECT * FROM privrelease.audit_settings()
    UNION ALL SELECT * FROM privrelease.audit_copies()
    UNION ALL SELECT * FROM privrelease.audit_remains()
    UNION ALL SELECT * FROM privrelease.audit_wrappers()
    UNION ALL SELECT * FROM privrelease.audit_attached()
    UNION ALL SELECT * FROM privrelease.audit_extension()
    UNION ALL SELECT * FROM privrelease.audit_parameters();
END;
COMMENT ON FUNCTION privrelease.audit_findings() IS 'What the catalogues say, for audit(); releases: whose owners are told, NULL: all';

-- audit() is for whom it lets in; everything else here is for it alone.
DO $do$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc AS p
                WHERE p.pronamespace = 'privrelease'::regnamespace AND p.proname ~ '^audit_'
    LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    END LOOP;
END
$do$;

CREATE FUNCTION privrelease.audit() RETURNS TABLE (severity text, object text, finding text, hint text)
    AS 'MODULE_PATHNAME', 'privrelease_audit' LANGUAGE C STRICT STABLE ROWS 10 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.audit() IS
    'Every way in which an audience could reach a protected source now: critical, warning, notice. All of it for superusers and auditors, that of his sources for an owner';
