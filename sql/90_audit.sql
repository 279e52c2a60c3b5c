-- audit(): every way in which an audience could reach a protected source now.
--
-- One function for each kind of finding, each a query on PostgreSQL's catalogues that anybody can read: \sf privrelease.audit_grants.
-- Nobody but a superuser may call them; audit() (src/release/pr_audit.c) decides who is shown what, and runs them.
-- Their bodies are parsed here, under the search_path of this script, so that no name in them is ever looked up in another one; they
-- depend on the tables that they name, so that an update that puts such a table aside drops them first.
--
-- An audience is a role that a release is published to, or that is mapped to it, and every role that can become one of these.
-- It reaches what every role that it can become reaches: members count, whether they inherit or not (MEMBER, not USAGE).
-- A source is what a release was declared on, its partitions, children and parents, and what a source view reads.

-- ---------- names ----------

CREATE FUNCTION privrelease.audit_name(class oid, object oid) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE class WHEN 'pg_proc'::regclass THEN object::regprocedure::text
                      ELSE (SELECT i.identity FROM pg_identify_object(class, object, 0) AS i) END;
END;
COMMENT ON FUNCTION privrelease.audit_name(oid, oid) IS 'Quoted name of an object: hr.person';

CREATE FUNCTION privrelease.audit_object(class oid, object oid) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT (SELECT i.type FROM pg_identify_object(class, object, 0) AS i) || ' ' || privrelease.audit_name(class, object);
END;
COMMENT ON FUNCTION privrelease.audit_object(oid, oid) IS 'Kind and quoted name of an object: table hr.person';

-- A list that stays a line, however many they are.
CREATE FUNCTION privrelease.audit_list(names text[]) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT array_to_string((array_agg(n.name ORDER BY n.name COLLATE "C"))[1:8], ', ')
           || CASE WHEN count(*) > 8 THEN ' and ' || count(*) - 8 || ' more' ELSE '' END
    FROM (SELECT DISTINCT u.name FROM unnest(names) AS u(name)) AS n;
END;
COMMENT ON FUNCTION privrelease.audit_list(text[]) IS 'Names in order, the first eight of them';

CREATE FUNCTION privrelease.audit_grantee(role oid) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END;
END;
COMMENT ON FUNCTION privrelease.audit_grantee(oid) IS 'Quoted name of a role, or PUBLIC, as GRANT takes it';

CREATE FUNCTION privrelease.audit_who(roles oid[]) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN 0 = ANY (roles) THEN 'PUBLIC'
                WHEN (SELECT count(DISTINCT u.role) FROM unnest(roles) AS u(role)) = 1 THEN 'role ' || privrelease.audit_grantee(roles[1])
                ELSE 'roles ' || privrelease.audit_list(ARRAY(SELECT privrelease.audit_grantee(u.role) FROM unnest(roles) AS u(role))) END;
END;
COMMENT ON FUNCTION privrelease.audit_who(oid[]) IS 'Some roles, in words';

-- ---------- releases, sources, audiences ----------

-- Releases of this database whose relation is there.
CREATE FUNCTION privrelease.audit_releases()
    RETURNS TABLE (release int4, label text, kind text, relation oid, source oid, release_role oid, source_owner oid, state text)
    LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    SELECT l.id, format('%I.%I', l.release_schema, l.release_name), l.kind, l.view, l.source, l.role_oid, l.source_owner_oid, l.state
    FROM privrelease.release AS l
    WHERE l.binding = privrelease.this_binding() AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.view);
END;
COMMENT ON FUNCTION privrelease.audit_releases() IS 'Releases of this database that are built';

-- From the source down: partitions and children, and what a view reads, as far as no release is in between. Then up from all of these.
CREATE FUNCTION privrelease.audit_sources() RETURNS TABLE (release int4, relid oid)
    LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    WITH RECURSIVE down (release, relid) AS (
        SELECT r.release, r.source FROM privrelease.audit_releases() AS r
        UNION
        SELECT d.release, n.relid
        FROM down AS d, LATERAL (
            SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = d.relid
            UNION ALL
            SELECT p.refobjid
            FROM pg_rewrite AS w
            JOIN pg_depend AS p ON p.classid = 'pg_rewrite'::regclass AND p.objid = w.oid AND p.refclassid = 'pg_class'::regclass
            JOIN pg_class AS c ON c.oid = p.refobjid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            WHERE w.ev_class = d.relid AND w.ev_type = '1' AND p.refobjid <> w.ev_class AND p.refobjid >= 16384
              AND NOT EXISTS (SELECT FROM privrelease.release AS l WHERE l.view = p.refobjid)
        ) AS n (relid)
    ), up (release, relid) AS (
        SELECT d.release, d.relid FROM down AS d
        UNION
        SELECT u.release, i.inhparent FROM up AS u JOIN pg_inherits AS i ON i.inhrelid = u.relid
    )
    SELECT u.release, u.relid FROM up AS u JOIN pg_class AS c ON c.oid = u.relid;
END;
COMMENT ON FUNCTION privrelease.audit_sources() IS 'Relations in which a release''s source can be read';

-- From 16 on a membership may be of no use but to give it to others; before, and in doubt, it can be used.
CREATE FUNCTION privrelease.audit_memberships() RETURNS TABLE (member oid, role oid, grantor oid, usable boolean)
    LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    SELECT m.member, m.roleid, m.grantor,
           coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
    FROM pg_auth_members AS m
    UNION ALL
    SELECT d.datdba, r.oid, 0, true
    FROM pg_database AS d, pg_authid AS r
    WHERE d.datname = current_database() AND r.rolname = 'pg_database_owner';
END;
COMMENT ON FUNCTION privrelease.audit_memberships() IS 'Who is a member of which role';

-- The owner of a source is no audience of his own table, nor who is one through him only, nor are superusers, who may do everything, but one to whom a release is
-- published; nor who may only administer the membership of an audience.
CREATE FUNCTION privrelease.audit_audience() RETURNS TABLE (release int4, role oid, published boolean)
    LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    WITH RECURSIVE membership AS MATERIALIZED (
        SELECT m.member, m.role FROM privrelease.audit_memberships() AS m JOIN pg_authid AS u ON u.oid = m.member
        WHERE m.usable AND NOT u.rolsuper
    ), named (release, role) AS MATERIALIZED (
        SELECT a.release, a.role_oid FROM privrelease.audience AS a
        UNION
        SELECT m.release, m.role_oid FROM privrelease.audience_map AS m
    ), anybody (release, role) AS (
        SELECT n.release, n.role FROM named AS n
        UNION
        SELECT a.release, m.member FROM anybody AS a JOIN membership AS m ON m.role = a.role
        WHERE a.role <> ALL (ARRAY(SELECT r.source_owner FROM privrelease.audit_releases() AS r WHERE r.release = a.release))
    )
    SELECT a.release, a.role, n.role IS NOT NULL
    FROM anybody AS a JOIN privrelease.audit_releases() AS r USING (release) JOIN pg_authid AS u ON u.oid = a.role
    LEFT JOIN named AS n ON n.release = a.release AND n.role = a.role
    WHERE a.role <> r.source_owner AND a.role <> ALL (ARRAY(SELECT o.release_role FROM privrelease.audit_releases() AS o));
END;
COMMENT ON FUNCTION privrelease.audit_audience() IS 'Roles that a release is for, and those that can become one of them';

-- Of each audience the roles that it can become. A release's own role is a finding of its own (audit_release_roles).
CREATE FUNCTION privrelease.audit_reach() RETURNS TABLE (release int4, audience oid, published boolean, role oid)
    LANGUAGE sql STABLE ROWS 50
BEGIN ATOMIC
    WITH RECURSIVE membership AS MATERIALIZED (
        SELECT m.member, m.role FROM privrelease.audit_memberships() AS m
        WHERE m.role <> ALL (ARRAY(SELECT o.release_role FROM privrelease.audit_releases() AS o))
    ), audience AS MATERIALIZED (
        SELECT a.release, a.role, a.published FROM privrelease.audit_audience() AS a
    ), reach (audience, role) AS (
        SELECT a.role, a.role FROM audience AS a
        UNION
        SELECT r.audience, m.role FROM reach AS r JOIN membership AS m ON m.member = r.role
    )
    SELECT a.release, a.role, a.published, r.role FROM audience AS a JOIN reach AS r ON r.audience = a.role;
END;
COMMENT ON FUNCTION privrelease.audit_reach() IS 'Roles that an audience can become';

-- PUBLIC is everybody, so every audience.
CREATE FUNCTION privrelease.audit_grantees() RETURNS TABLE (release int4, role oid)
    LANGUAGE sql STABLE ROWS 50
BEGIN ATOMIC
    SELECT DISTINCT r.release, u.role FROM privrelease.audit_reach() AS r CROSS JOIN LATERAL (VALUES (r.role), (0)) AS u(role);
END;
COMMENT ON FUNCTION privrelease.audit_grantees() IS 'Roles whose privileges an audience has, PUBLIC (0) among them';

-- ---------- what somebody holds ----------

CREATE FUNCTION privrelease.audit_rights(relation oid)
    RETURNS TABLE (grantee oid, grantor oid, privilege text, column_name name, grantable boolean)
    LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    SELECT a.grantee, a.grantor, a.privilege_type, NULL::name, a.is_grantable
    FROM pg_class AS c, LATERAL aclexplode(c.relacl) AS a WHERE c.oid = relation AND a.grantee <> c.relowner
    UNION ALL
    SELECT a.grantee, a.grantor, a.privilege_type, t.attname, a.is_grantable
    FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped,
         LATERAL aclexplode(t.attacl) AS a
    WHERE c.oid = relation AND a.grantee <> c.relowner;
END;
COMMENT ON FUNCTION privrelease.audit_rights(oid) IS 'Privileges on a relation and its columns that others than its owner hold';

CREATE FUNCTION privrelease.audit_privileges(relation oid, role oid) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(p.privilege || CASE WHEN NOT p.whole THEN ' (' || p.columns || ')' ELSE '' END
                      || CASE WHEN p.grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY p.privilege COLLATE "C")
    FROM (SELECT r.privilege, bool_or(r.column_name IS NULL) AS whole, bool_or(r.grantable) AS grantable,
                 privrelease.audit_list(array_agg(quote_ident(r.column_name)) FILTER (WHERE r.column_name IS NOT NULL)) AS columns
          FROM privrelease.audit_rights(relation) AS r WHERE r.grantee = role GROUP BY r.privilege) AS p;
END;
COMMENT ON FUNCTION privrelease.audit_privileges(oid, oid) IS 'What a role holds on a relation, in words';

-- Who reads, makes triggers on, or refers to a source learns its values; who only writes it can at most choose what is masked.
CREATE FUNCTION privrelease.audit_reveals(privilege text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT privilege IN ('SELECT', 'TRIGGER', 'REFERENCES');
END;
COMMENT ON FUNCTION privrelease.audit_reveals(text) IS 'Does whoever holds this privilege on a table learn values of it?';

-- A privilege is revoked by who granted it; the owner's is revoked by the owner and by superusers.
CREATE FUNCTION privrelease.audit_revoke(relation oid, role oid) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(format(CASE WHEN g.grantor = c.relowner THEN '%s' ELSE 'SET ROLE %2$s; %1$s RESET ROLE;' END,
                             format('REVOKE ALL ON %s FROM %s CASCADE;', privrelease.audit_name('pg_class'::regclass, relation),
                                    privrelease.audit_grantee(role)),
                             privrelease.audit_grantee(g.grantor)), ' ' ORDER BY g.grantor)
    FROM pg_class AS c, (SELECT DISTINCT r.grantor FROM privrelease.audit_rights(relation) AS r WHERE r.grantee = role) AS g
    WHERE c.oid = relation;
END;
COMMENT ON FUNCTION privrelease.audit_revoke(oid, oid) IS 'Statements that take everything on a relation from a role';

-- ---------- findings: privileges ----------

-- What audiences themselves, or everybody, hold on a source: B8, B17, X10.
CREATE FUNCTION privrelease.audit_grants() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN bool_or(privrelease.audit_reveals(g.privilege)) THEN 'critical' ELSE 'warning' END,
           privrelease.audit_object('pg_class'::regclass, s.relid),
           format('%s holds %s, and an audience must hold nothing on a source', privrelease.audit_who(ARRAY[g.grantee]),
                  privrelease.audit_privileges(s.relid, g.grantee)),
           privrelease.audit_revoke(s.relid, g.grantee), array_agg(DISTINCT s.release)
    FROM privrelease.audit_sources() AS s
    CROSS JOIN LATERAL privrelease.audit_rights(s.relid) AS g
    JOIN (SELECT a.release, a.role FROM privrelease.audit_audience() AS a
          UNION SELECT a.release, 0 FROM privrelease.audit_audience() AS a) AS a ON a.release = s.release AND a.role = g.grantee
    GROUP BY s.relid, g.grantee;
END;
COMMENT ON FUNCTION privrelease.audit_grants() IS 'Privileges on sources that audiences or PUBLIC hold';

-- Why a role must not be one that an audience is or can become. Attributes and predefined roles: B15, P17, B18; ownership and
-- privileges that come by membership: B16. Of predefined roles, which are members of each other, the one that was granted counts.
CREATE FUNCTION privrelease.audit_powers()
    RETURNS TABLE (release int4, role oid, severity text, power text, remedy text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH reach AS MATERIALIZED (SELECT DISTINCT r.release, r.role FROM privrelease.audit_reach() AS r),
    audience AS MATERIALIZED (SELECT a.release, a.role FROM privrelease.audit_audience() AS a),
    source AS MATERIALIZED (
        SELECT s.release, s.relid, c.relowner, c.relnamespace
        FROM privrelease.audit_sources() AS s JOIN pg_class AS c ON c.oid = s.relid
    )
    SELECT DISTINCT r.release, r.role, p.severity, p.power, format('ALTER ROLE %I %s;', u.rolname, p.remedy)
    FROM reach AS r JOIN pg_authid AS u ON u.oid = r.role
    CROSS JOIN LATERAL (VALUES
        (u.rolsuper, 'critical', 'is a superuser', 'NOSUPERUSER'),
        (u.rolreplication AND NOT u.rolsuper, 'critical', 'has REPLICATION and can decode every table of this database', 'NOREPLICATION'),
        (u.rolbypassrls AND NOT u.rolsuper, 'warning', 'has BYPASSRLS', 'NOBYPASSRLS'),
        (u.rolcreaterole AND NOT u.rolsuper, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'critical' ELSE 'warning' END,
         'has CREATEROLE and can make itself a member of other roles', 'NOCREATEROLE')
    ) AS p (holds, severity, power, remedy)
    WHERE p.holds
    UNION ALL
    SELECT DISTINCT r.release, r.role, p.severity, p.power, NULL
    FROM reach AS r JOIN pg_authid AS u ON u.oid = r.role
    JOIN (VALUES
        ('pg_read_all_data', 'critical', 'may read every table'),
        ('pg_write_all_data', 'warning', 'may write every table'),
        ('pg_maintain', 'warning', 'may lock and analyze every table'),
        ('pg_monitor', 'warning', 'may see statements of others, with the values in them, and statistics'),
        ('pg_read_all_stats', 'warning', 'may see statements of others, with the values in them'),
        ('pg_stat_scan_tables', 'warning', 'may measure every table'),
        ('pg_read_server_files', 'critical', 'may read files of the server'),
        ('pg_write_server_files', 'critical', 'may write files of the server'),
        ('pg_execute_server_program', 'critical', 'may run programs on the server'),
        ('pg_create_subscription', 'warning', 'may make subscriptions')
    ) AS p (name, severity, power) ON p.name = u.rolname
    WHERE EXISTS (SELECT FROM pg_auth_members AS m JOIN reach AS o ON o.role = m.member
                  WHERE o.release = r.release AND m.roleid = r.role
                    AND NOT (p.name IN ('pg_read_all_stats', 'pg_stat_scan_tables') AND pg_get_userbyid(m.member) = 'pg_monitor'))
    UNION ALL
    SELECT DISTINCT r.release, r.role, 'critical', 'owns ' || privrelease.audit_name('pg_class'::regclass, s.relid),
           format('ALTER %s OWNER TO %s;', upper(i.type) || ' ' || i.identity, privrelease.audit_grantee(l.source_owner))
    FROM reach AS r JOIN source AS s ON s.release = r.release AND s.relowner = r.role
    JOIN privrelease.audit_releases() AS l ON l.release = r.release
    CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, s.relid, 0) AS i
    UNION ALL
    SELECT DISTINCT r.release, r.role, 'warning', format('owns schema %I, in which a source lies', n.nspname),
           format('ALTER SCHEMA %I OWNER TO %s;', n.nspname, privrelease.audit_grantee(l.source_owner))
    FROM reach AS r JOIN source AS s ON s.release = r.release JOIN pg_namespace AS n ON n.oid = s.relnamespace AND n.nspowner = r.role
    JOIN privrelease.audit_releases() AS l ON l.release = r.release
    WHERE pg_get_userbyid(r.role) <> 'pg_database_owner'
    UNION ALL
    SELECT DISTINCT r.release, r.role, 'warning', format('owns schema %I, in which a release lies, and can put something else in its place', n.nspname),
           format('ALTER SCHEMA %I OWNER TO %s;', n.nspname, privrelease.audit_grantee(l.source_owner))
    FROM reach AS r JOIN privrelease.audit_releases() AS l ON l.release = r.release JOIN pg_class AS c ON c.oid = l.relation
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspowner = r.role
    WHERE pg_get_userbyid(r.role) <> 'pg_database_owner' AND n.oid NOT IN (SELECT s.relnamespace FROM source AS s WHERE s.release = r.release)
    UNION ALL
    SELECT DISTINCT r.release, r.role, 'warning', format('owns database %I', d.datname),
           format('ALTER DATABASE %I OWNER TO %I;', d.datname, pg_get_userbyid(10))
    FROM reach AS r JOIN pg_database AS d ON d.datname = current_database() AND d.datdba = r.role
    UNION ALL
    -- By membership only: what an audience holds itself is told by audit_grants().
    SELECT DISTINCT r.release, r.role, CASE WHEN privrelease.audit_reveals(g.privilege) THEN 'critical' ELSE 'warning' END,
           format('holds %s on %s', privrelease.audit_privileges(s.relid, r.role), privrelease.audit_name('pg_class'::regclass, s.relid)), NULL
    FROM reach AS r JOIN source AS s ON s.release = r.release
    CROSS JOIN LATERAL privrelease.audit_rights(s.relid) AS g
    WHERE g.grantee = r.role AND NOT EXISTS (SELECT FROM audience AS a WHERE a.release = r.release AND a.role = r.role);
END;
COMMENT ON FUNCTION privrelease.audit_powers() IS 'Attributes, ownership and privileges of the roles that audiences are or can become';

-- One finding for each such role: what is wrong is that the audience is, or can become, it.
CREATE FUNCTION privrelease.audit_roles() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH reach AS MATERIALIZED (SELECT r.release, r.audience, r.published, r.role FROM privrelease.audit_reach() AS r),
    power AS MATERIALIZED (SELECT p.release, p.role, p.severity, p.power, p.remedy FROM privrelease.audit_powers() AS p),
    told AS (
        SELECT p.role, min(p.severity) AS severity, array_agg(DISTINCT p.release) AS releases,
               string_agg(DISTINCT p.power, '; it ' ORDER BY p.power) AS powers, string_agg(DISTINCT p.remedy, ' ' ORDER BY p.remedy) AS remedies
        FROM power AS p GROUP BY p.role
    ), who AS (
        SELECT t.role, bool_or(r.audience = t.role) AS is_audience,
               coalesce(array_agg(DISTINCT r.audience) FILTER (WHERE r.published), array_agg(DISTINCT r.audience)) AS audiences
        FROM told AS t JOIN reach AS r ON r.role = t.role AND r.release = ANY (t.releases) GROUP BY t.role
    )
    SELECT t.severity, privrelease.audit_object('pg_authid'::regclass, t.role),
           CASE WHEN w.is_audience THEN 'is an audience: it ' || t.powers
                ELSE format('%s can become it: it %s', privrelease.audit_who(w.audiences), t.powers) END,
           CASE WHEN w.is_audience THEN t.remedies
                ELSE (SELECT string_agg(DISTINCT format('REVOKE %I FROM %I%s;', pg_get_userbyid(m.role), pg_get_userbyid(m.member),
                                                        CASE WHEN current_setting('server_version_num')::int >= 160000 AND m.grantor <> 10
                                                             THEN format(' GRANTED BY %I', pg_get_userbyid(m.grantor)) END), ' ')
                      FROM privrelease.audit_memberships() AS m
                      WHERE m.role = t.role AND m.grantor <> 0
                        AND EXISTS (SELECT FROM reach AS r WHERE r.role = m.member AND r.release = ANY (t.releases))) END,
           t.releases
    FROM told AS t JOIN who AS w USING (role);
END;
COMMENT ON FUNCTION privrelease.audit_roles() IS 'Roles that audiences must not be, or be able to become';

-- New tables in the schema of a source, or of who can make partitions of it (its owner, his members, superusers), that an audience could
-- read as soon as they are made: B17.
CREATE FUNCTION privrelease.audit_default_privileges()
    RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'warning',
           format('default privileges of role %I%s', pg_get_userbyid(d.defaclrole),
                  CASE WHEN d.defaclnamespace <> 0 THEN format(' in schema %I', n.nspname) END),
           format('%s will hold %s on tables that role %I makes%s, partitions and copies of a source among them',
                  privrelease.audit_who(ARRAY[a.grantee]), string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type),
                  pg_get_userbyid(d.defaclrole), CASE WHEN d.defaclnamespace <> 0 THEN format(' in schema %I', n.nspname) END),
           format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON TABLES FROM %s;', pg_get_userbyid(d.defaclrole),
                  CASE WHEN d.defaclnamespace <> 0 THEN format(' IN SCHEMA %I', n.nspname) END, privrelease.audit_grantee(a.grantee)),
           array_agg(DISTINCT s.release)
    FROM pg_default_acl AS d LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
    CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
    JOIN privrelease.audit_sources() AS s ON true
    JOIN pg_class AS c ON c.oid = s.relid
    JOIN privrelease.audit_grantees() AS g ON g.release = s.release AND g.role = a.grantee
    WHERE d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
      AND (d.defaclnamespace = c.relnamespace OR (d.defaclnamespace = 0 AND pg_has_role(d.defaclrole, c.relowner, 'USAGE')))
    GROUP BY d.defaclrole, d.defaclnamespace, n.nspname, a.grantee;
END;
COMMENT ON FUNCTION privrelease.audit_default_privileges() IS 'Default privileges that open new tables of a source''s owner or schema to an audience';

-- ---------- findings: what else reads a source ----------

CREATE FUNCTION privrelease.audit_option(relation oid, option text) RETURNS boolean
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(bool_or(o.option_value::boolean), false)
    FROM pg_class AS c, LATERAL pg_options_to_table(c.reloptions) AS o WHERE c.oid = relation AND o.option_name = option;
END;
COMMENT ON FUNCTION privrelease.audit_option(oid, text) IS 'Is this option of a view on?';

-- Views and materialized views over a source, over these, and so on: B5, B20. A view reads as its owner, unless he has no right;
-- an invoker's view reads as whoever asks, so that it gives nothing itself, but may lie below one that does; rows of a materialized
-- view are copies, for whoever may read it.
CREATE FUNCTION privrelease.audit_derived() RETURNS TABLE (release int4, relid oid, base oid, rewrite oid)
    LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    WITH RECURSIVE source AS MATERIALIZED (
        SELECT s.release, s.relid FROM privrelease.audit_sources() AS s
    ), derived (release, relid, base, rewrite, is_view) AS (
        SELECT s.release, s.relid, s.relid, NULL::oid, true FROM source AS s
        UNION
        SELECT d.release, w.ev_class, d.base, w.oid, w.ev_type = '1'
        FROM derived AS d
        JOIN pg_depend AS p ON p.refclassid = 'pg_class'::regclass AND p.refobjid = d.relid AND p.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite AS w ON w.oid = p.objid AND w.ev_class <> d.relid
        JOIN pg_class AS c ON c.oid = w.ev_class
        WHERE d.is_view AND w.ev_class <> ALL (ARRAY(SELECT r.relation FROM privrelease.audit_releases() AS r))
          AND NOT EXISTS (SELECT FROM source AS s WHERE s.release = d.release AND s.relid = w.ev_class)
          AND (c.relkind = 'm' OR privrelease.audit_option(c.oid, 'security_invoker') OR has_any_column_privilege(c.relowner, d.relid, 'SELECT'))
    )
    SELECT d.release, d.relid, d.base, d.rewrite FROM derived AS d WHERE d.rewrite IS NOT NULL;
END;
COMMENT ON FUNCTION privrelease.audit_derived() IS 'Views, materialized views and rules that read a source, and what they read it through';

-- Who is made by a right on it to have a view read, or a rule run: SELECT, or what the rule is for.
CREATE FUNCTION privrelease.audit_views() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH derived AS MATERIALIZED (
        SELECT d.release, d.relid, d.base, d.rewrite, w.ev_type = '1' AS is_view, c.relowner,
               CASE w.ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' WHEN '4' THEN 'DELETE' ELSE 'SELECT' END AS privilege
        FROM privrelease.audit_derived() AS d JOIN pg_rewrite AS w ON w.oid = d.rewrite JOIN pg_class AS c ON c.oid = d.relid
        WHERE NOT (w.ev_type = '1' AND privrelease.audit_option(d.relid, 'security_invoker'))
    ), everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), held AS (
        SELECT d.release, d.relid, d.base, d.rewrite, d.is_view, d.relowner, d.privilege, r.grantee
        FROM derived AS d CROSS JOIN LATERAL privrelease.audit_rights(d.relid) AS r
        JOIN everybody AS g ON g.release = d.release AND g.role = r.grantee
        WHERE r.privilege = d.privilege
          AND NOT EXISTS (SELECT FROM everybody AS o WHERE o.release = d.release AND o.role = d.relowner)
    )
    SELECT 'critical',
           CASE WHEN h.is_view THEN privrelease.audit_object('pg_class'::regclass, h.relid)
                ELSE privrelease.audit_object('pg_rewrite'::regclass, h.rewrite) END,
           format('is no release, and reads %s%s with the rights of role %I; %s holds %s%s',
                  privrelease.audit_list(array_agg(privrelease.audit_name('pg_class'::regclass, h.base))),
                  (SELECT ' (' || privrelease.audit_list(array_agg(quote_ident(t.attname))) || ')'
                   FROM pg_depend AS p JOIN pg_attribute AS t ON t.attrelid = p.refobjid AND t.attnum = p.refobjsubid
                   WHERE p.classid = 'pg_rewrite'::regclass AND p.objid = h.rewrite AND p.refclassid = 'pg_class'::regclass
                     AND p.refobjid = ANY (array_agg(h.base)) HAVING count(*) > 0),
                  pg_get_userbyid(h.relowner), privrelease.audit_who(array_agg(h.grantee)), h.privilege,
                  CASE WHEN NOT h.is_view THEN ' on ' || privrelease.audit_name('pg_class'::regclass, h.relid) END),
           (SELECT string_agg(DISTINCT format('REVOKE %s ON %s FROM %s CASCADE;', h.privilege,
                                              privrelease.audit_name('pg_class'::regclass, h.relid), privrelease.audit_grantee(u.role)), ' ')
            FROM unnest(array_agg(h.grantee)) AS u(role)),
           array_agg(DISTINCT h.release)
    FROM held AS h GROUP BY h.relid, h.rewrite, h.is_view, h.relowner, h.privilege;
END;
COMMENT ON FUNCTION privrelease.audit_views() IS 'Views, materialized views and rules that show an audience a source';

-- Functions that run as their definer, somebody who may read a source, or a view of it: B6. What one does cannot be known; that it names
-- a source, or depends on it, or names a function that does, can. One that nobody may execute runs all the same where a trigger, an event
-- trigger or an aggregate is made of it.
CREATE FUNCTION privrelease.audit_names(body text, name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT strpos(lower(body), lower(name)) > 0 AND body ~* ('(^|\W)' || regexp_replace(name, '(\W)', '\\\1', 'g') || '(\W|$)');
END;
COMMENT ON FUNCTION privrelease.audit_names(text, text) IS 'Does this name stand in the body of a function?';

CREATE FUNCTION privrelease.audit_definers()
    RETURNS TABLE (release int4, oid oid, owner oid, relid oid, names boolean)
    LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    WITH RECURSIVE readable AS MATERIALIZED (
        SELECT s.release, s.relid, c.relname FROM privrelease.audit_sources() AS s JOIN pg_class AS c ON c.oid = s.relid
        UNION
        SELECT d.release, d.relid, c.relname
        FROM privrelease.audit_derived() AS d JOIN pg_class AS c ON c.oid = d.relid AND c.relkind IN ('v', 'm')
    ), definer AS MATERIALIZED (
        SELECT p.oid, p.proname, p.proowner, p.prosrc
        FROM pg_proc AS p
        WHERE p.prosecdef AND p.oid >= 16384
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ), reader AS MATERIALIZED (
        SELECT o.owner, s.release, s.relid, s.relname
        FROM (SELECT DISTINCT d.proowner AS owner FROM definer AS d) AS o, readable AS s WHERE has_any_column_privilege(o.owner, s.relid, 'SELECT')
    ), reads AS MATERIALIZED (
        SELECT s.release, d.oid, d.proname, d.proowner, s.relid,
               privrelease.audit_names(d.prosrc, s.relname) OR EXISTS (
                   SELECT FROM pg_depend AS p WHERE p.classid = 'pg_proc'::regclass AND p.objid = d.oid
                     AND p.refclassid = 'pg_class'::regclass AND p.refobjid = s.relid) AS names
        FROM definer AS d JOIN reader AS s ON s.owner = d.proowner
    ), tells (release, oid, proname, proowner, relid) AS (
        SELECT r.release, r.oid, r.proname, r.proowner, r.relid FROM reads AS r WHERE r.names
        UNION
        SELECT t.release, d.oid, d.proname, d.proowner, t.relid
        FROM tells AS t JOIN definer AS d ON d.oid <> t.oid
        WHERE (privrelease.audit_names(d.prosrc, t.proname) OR EXISTS (
                   SELECT FROM pg_depend AS p WHERE p.classid = 'pg_proc'::regclass AND p.objid = d.oid
                     AND p.refclassid = 'pg_proc'::regclass AND p.refobjid = t.oid))
          AND has_function_privilege(d.proowner, t.oid, 'EXECUTE')
    )
    SELECT t.release, t.oid, t.proowner, t.relid, true FROM tells AS t
    UNION ALL
    SELECT r.release, r.oid, r.proowner, r.relid, false FROM reads AS r WHERE NOT r.names;
END;
COMMENT ON FUNCTION privrelease.audit_definers() IS 'Functions that run as somebody who may read a source, and whether they name it';

-- Who has a function run: by EXECUTE (direct), or by what was made of it.
CREATE FUNCTION privrelease.audit_callers(function oid) RETURNS TABLE (role oid, direct boolean)
    LANGUAGE sql STABLE ROWS 5
BEGIN ATOMIC
    SELECT e.grantee, true
    FROM pg_proc AS p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS e
    WHERE p.oid = function AND p.prorettype <> 'event_trigger'::regtype AND e.privilege_type = 'EXECUTE' AND e.grantee <> p.proowner
    UNION
    SELECT e.grantee, false
    FROM pg_aggregate AS a JOIN pg_proc AS p ON p.oid = a.aggfnoid
    CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS e
    WHERE function IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
      AND e.privilege_type = 'EXECUTE'
    UNION
    SELECT g.grantee, false
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    CROSS JOIN LATERAL (SELECT r.grantee, r.privilege FROM privrelease.audit_rights(c.oid) AS r
                        UNION ALL SELECT c.relowner, w.privilege FROM (VALUES ('INSERT'), ('DELETE'), ('UPDATE'), ('TRUNCATE')) AS w (privilege)) AS g
    WHERE t.tgfoid = function AND t.tgenabled <> 'D'
      AND t.tgtype & CASE g.privilege WHEN 'INSERT' THEN 4 WHEN 'DELETE' THEN 8 WHEN 'UPDATE' THEN 16 WHEN 'TRUNCATE' THEN 32 ELSE 0 END <> 0
    UNION
    SELECT 0, false FROM pg_event_trigger AS t WHERE t.evtfoid = function AND t.evtenabled <> 'D';
END;
COMMENT ON FUNCTION privrelease.audit_callers(oid) IS 'Roles, PUBLIC (0) among them, that can have a function run';

CREATE FUNCTION privrelease.audit_functions() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), reads AS MATERIALIZED (
        SELECT d.release, d.oid, d.owner, array_agg(d.relid) AS relids, bool_or(d.names) AS names,
               array_agg(d.relid) FILTER (WHERE d.names) AS named
        FROM privrelease.audit_definers() AS d
        WHERE NOT EXISTS (SELECT FROM everybody AS o WHERE o.release = d.release AND o.role = d.owner)
        GROUP BY d.release, d.oid, d.owner
    ), called AS (
        SELECT r.release, r.oid, r.owner, r.relids, r.names, r.named, c.role, c.direct
        FROM reads AS r CROSS JOIN LATERAL privrelease.audit_callers(r.oid) AS c
        JOIN everybody AS g ON g.release = r.release AND g.role = c.role
        WHERE c.direct OR r.names
    ), told AS (
        SELECT c.oid, c.owner, bool_or(c.names) AS names, bool_or(c.direct) AS direct, array_agg(DISTINCT c.role) AS roles,
               array_agg(DISTINCT c.role) FILTER (WHERE c.direct) AS executors, bool_or(NOT c.direct) AS indirect,
               array_agg(DISTINCT c.release) AS releases,
               ARRAY(SELECT DISTINCT u.relid FROM reads AS r, unnest(r.relids) AS u(relid)
                     WHERE r.oid = c.oid AND r.release = ANY (array_agg(c.release))) AS relids,
               ARRAY(SELECT DISTINCT u.relid FROM reads AS r, unnest(r.named) AS u(relid)
                     WHERE r.oid = c.oid AND r.release = ANY (array_agg(c.release))) AS named
        FROM called AS c GROUP BY c.oid, c.owner
    )
    SELECT CASE WHEN t.names THEN 'critical' ELSE 'warning' END, privrelease.audit_object('pg_proc'::regclass, t.oid),
           format('%s may %s role %I, who may read %s; %s', privrelease.audit_who(t.roles),
                  CASE WHEN t.direct THEN 'execute it as' ELSE 'have it run, by a trigger or an aggregate that is made of it, as' END,
                  pg_get_userbyid(t.owner),
                  CASE WHEN EXISTS (SELECT FROM unnest(t.relids) AS u(relid) WHERE has_any_column_privilege(t.owner, u.relid, 'SELECT'))
                       THEN privrelease.audit_list(ARRAY(SELECT privrelease.audit_name('pg_class'::regclass, u.relid) FROM unnest(t.relids) AS u(relid)
                                                         WHERE has_any_column_privilege(t.owner, u.relid, 'SELECT')))
                       ELSE 'what other functions give' END,
                  CASE WHEN t.names
                       THEN 'its body names ' || privrelease.audit_list(ARRAY(SELECT privrelease.audit_name('pg_class'::regclass, u.relid)
                                                                              FROM unnest(t.named) AS u(relid)))
                            || CASE WHEN EXISTS (SELECT FROM unnest(t.named) AS u(relid) WHERE has_any_column_privilege(t.owner, u.relid, 'SELECT'))
                                    THEN '' ELSE ', or a function that does' END
                       ELSE 'what its body does cannot be told from here' END),
           concat_ws(' ',
               CASE WHEN t.direct
                    THEN format('REVOKE EXECUTE ON ROUTINE %s FROM %s CASCADE;', privrelease.audit_name('pg_proc'::regclass, t.oid),
                                privrelease.audit_list(ARRAY(SELECT privrelease.audit_grantee(u.role) FROM unnest(t.executors) AS u(role)))) END,
               CASE WHEN t.indirect THEN format('ALTER ROUTINE %s SECURITY INVOKER;', privrelease.audit_name('pg_proc'::regclass, t.oid)) END),
           t.releases
    FROM told AS t;
END;
COMMENT ON FUNCTION privrelease.audit_functions() IS 'Functions that run as their owner, who may read a source, and that an audience may execute or have run';

-- Functions and operators in indexes, constraints, defaults, generated columns, statistics, triggers and policies of a source, and in
-- the query of a source view, run as whoever writes, analyzes or reads it: P16. They must be his who owns the source, a superuser's,
-- or an extension's.
CREATE FUNCTION privrelease.audit_code() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), source AS MATERIALIZED (
        SELECT s.release, s.relid FROM privrelease.audit_sources() AS s
    ), type (release, relid, type) AS (
        SELECT s.release, s.relid, a.atttypid FROM source AS s JOIN pg_attribute AS a ON a.attrelid = s.relid WHERE a.atttypid >= 16384
        UNION
        SELECT t.release, t.relid, n.type
        FROM type AS t JOIN pg_type AS y ON y.oid = t.type
        CROSS JOIN LATERAL (VALUES (y.typbasetype), (y.typelem)
                            UNION ALL SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = y.typrelid
                            UNION ALL SELECT g.rngsubtype FROM pg_range AS g WHERE g.rngtypid = y.oid) AS n (type)
        WHERE n.type >= 16384
    ), part (release, relid, class, object, what) AS MATERIALIZED (
        SELECT s.release, s.relid, 'pg_class'::regclass::oid, i.indexrelid, 'an index'
        FROM source AS s JOIN pg_index AS i ON i.indrelid = s.relid
        UNION ALL
        SELECT s.release, s.relid, 'pg_constraint'::regclass, c.oid, 'a constraint'
        FROM source AS s JOIN pg_constraint AS c ON c.conrelid = s.relid
        UNION ALL
        SELECT s.release, s.relid, 'pg_attrdef'::regclass, a.oid, 'a default or generated column'
        FROM source AS s JOIN pg_attrdef AS a ON a.adrelid = s.relid
        UNION ALL
        SELECT s.release, s.relid, 'pg_trigger'::regclass, t.oid, 'a trigger'
        FROM source AS s JOIN pg_trigger AS t ON t.tgrelid = s.relid AND NOT t.tgisinternal
        UNION ALL
        SELECT s.release, s.relid, 'pg_policy'::regclass, o.oid, 'a policy'
        FROM source AS s JOIN pg_policy AS o ON o.polrelid = s.relid
        UNION ALL
        SELECT s.release, s.relid, 'pg_rewrite'::regclass, w.oid, 'the query'
        FROM source AS s JOIN pg_rewrite AS w ON w.ev_class = s.relid
        UNION ALL
        SELECT s.release, s.relid, 'pg_class'::regclass, s.relid, 'the partition key'
        FROM source AS s
        UNION ALL
        SELECT s.release, s.relid, 'pg_statistic_ext'::regclass, e.oid, 'the statistics'
        FROM source AS s JOIN pg_statistic_ext AS e ON e.stxrelid = s.relid
        UNION ALL
        SELECT t.release, t.relid, 'pg_constraint'::regclass, c.oid, 'the domain of a column'
        FROM type AS t JOIN pg_constraint AS c ON c.contypid = t.type
    ), code AS (
        SELECT p.release, p.relid, p.what, d.refclassid, d.refobjid, coalesce(f.proowner, o.oprowner) AS owner
        FROM part AS p JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.object AND d.refobjid >= 16384
        LEFT JOIN pg_proc AS f ON d.refclassid = 'pg_proc'::regclass AND f.oid = d.refobjid
        LEFT JOIN pg_operator AS o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
    )
    SELECT CASE WHEN bool_or(EXISTS (SELECT FROM everybody AS g WHERE g.release = c.release AND g.role = c.owner))
                THEN 'critical' ELSE 'warning' END,
           privrelease.audit_object(c.refclassid, c.refobjid),
           format('belongs to role %I and runs in %s of %s', pg_get_userbyid(c.owner), privrelease.audit_list(array_agg(c.what)),
                  privrelease.audit_list(array_agg(privrelease.audit_name('pg_class'::regclass, c.relid)))),
           format('ALTER %s %s OWNER TO %I;', CASE WHEN c.refclassid = 'pg_proc'::regclass THEN 'ROUTINE' ELSE 'OPERATOR' END,
                  privrelease.audit_name(c.refclassid, c.refobjid), pg_get_userbyid(min(r.relowner::text)::oid)),
           array_agg(DISTINCT c.release)
    FROM code AS c JOIN pg_class AS r ON r.oid = c.relid JOIN pg_authid AS u ON u.oid = c.owner
    WHERE c.owner <> r.relowner AND NOT u.rolsuper
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = c.refclassid AND d.objid = c.refobjid AND d.deptype = 'e')
    GROUP BY c.refclassid, c.refobjid, c.owner;
END;
COMMENT ON FUNCTION privrelease.audit_code() IS 'Code of others that runs in a source';

-- Two live views of one source show its rows in one order, so that who reads both can join them by it: P14.
CREATE FUNCTION privrelease.audit_pairs() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH live AS (
        SELECT a.role, r.source, array_agg(r.release ORDER BY r.release) AS releases, array_agg(r.label ORDER BY r.release) AS labels, bool_or(a.published) AS published
        FROM privrelease.audit_audience() AS a JOIN privrelease.audit_releases() AS r USING (release)
        WHERE r.kind = 'view' GROUP BY a.role, r.source HAVING count(*) > 1
    )
    SELECT 'warning', privrelease.audit_object('pg_class'::regclass, l.source),
           format('%s may read the live views %s, whose rows come in the same order and can be joined by it',
                  privrelease.audit_who(coalesce(array_agg(l.role) FILTER (WHERE l.published), array_agg(l.role))),
                  privrelease.audit_list(l.labels)),
           format('SELECT privrelease.withdraw(%L, ''one live view of a source is enough'');', max(l.labels[cardinality(l.labels)])),
           l.releases
    FROM live AS l GROUP BY l.source, l.releases, l.labels;
END;
COMMENT ON FUNCTION privrelease.audit_pairs() IS 'Live views of one source that one audience may read';

-- ---------- findings: ways out of the database ----------

-- Publications that carry rows of a source: B18. In the tree of a source a publication of a parent carries its partitions, and one of a partition is the same rows.
CREATE FUNCTION privrelease.audit_publications() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH source AS MATERIALIZED (
        SELECT s.release, s.relid, c.relnamespace
        FROM privrelease.audit_sources() AS s JOIN pg_class AS c ON c.oid = s.relid AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
        JOIN privrelease.audit_releases() AS r ON r.release = s.release AND r.state <> 'withdrawn'
    ), carried AS (
        SELECT p.oid, s.release, s.relid, 'FOR ALL TABLES' AS how, format('DROP PUBLICATION %I;', p.pubname) AS remedy
        FROM pg_publication AS p, source AS s WHERE p.puballtables
        UNION ALL
        SELECT p.oid, s.release, s.relid, format('FOR TABLES IN SCHEMA %I', n.nspname),
               format('ALTER PUBLICATION %I DROP TABLES IN SCHEMA %I;', p.pubname, n.nspname)
        FROM source AS s JOIN pg_publication_namespace AS i ON i.pnnspid = s.relnamespace
        JOIN pg_publication AS p ON p.oid = i.pnpubid JOIN pg_namespace AS n ON n.oid = i.pnnspid
        UNION ALL
        -- Children of a table come and go with it.
        SELECT p.oid, s.release, s.relid, 'FOR TABLE',
               CASE WHEN NOT EXISTS (SELECT FROM pg_inherits AS h JOIN pg_publication_rel AS o ON o.prrelid = h.inhparent AND o.prpubid = p.oid
                                     WHERE h.inhrelid = s.relid)
                    THEN format('ALTER PUBLICATION %I DROP TABLE %s;', p.pubname, privrelease.audit_name('pg_class'::regclass, s.relid)) END
        FROM source AS s JOIN pg_publication_rel AS i ON i.prrelid = s.relid JOIN pg_publication AS p ON p.oid = i.prpubid
    )
    SELECT 'critical', privrelease.audit_object('pg_publication'::regclass, c.oid),
           format('carries source %s (%s) to whoever subscribes', privrelease.audit_list(array_agg(privrelease.audit_name('pg_class'::regclass, c.relid))),
                  string_agg(DISTINCT c.how, ', ' ORDER BY c.how)),
           string_agg(DISTINCT c.remedy, ' ' ORDER BY c.remedy), array_agg(DISTINCT c.release)
    FROM carried AS c GROUP BY c.oid;
END;
COMMENT ON FUNCTION privrelease.audit_publications() IS 'Publications that carry a source';

-- A role with REPLICATION decodes every table of its database, whatever it was granted: B18. Audiences: audit_powers().
CREATE FUNCTION privrelease.audit_replication() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'warning', privrelease.audit_object('pg_authid'::regclass, u.oid),
           'has REPLICATION and can decode every table of this database, sources too, whatever it was granted',
           format('ALTER ROLE %I NOREPLICATION; -- or let it connect to a hub only, a server that holds nothing but releases', u.rolname), l.releases
    FROM pg_authid AS u,
         (SELECT array_agg(r.release) AS releases FROM privrelease.audit_releases() AS r WHERE r.state <> 'withdrawn') AS l
    WHERE u.rolreplication AND NOT u.rolsuper AND l.releases IS NOT NULL
      AND u.oid <> ALL (ARRAY(SELECT r.role FROM privrelease.audit_reach() AS r));
END;
COMMENT ON FUNCTION privrelease.audit_replication() IS 'Roles that can decode the source without being an audience';

-- Foreign servers that lead back here, with a password that is stored, or anywhere else: B19.
CREATE FUNCTION privrelease.audit_servers() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), granted AS (
        SELECT g.release, s.oid, g.role, privrelease.audit_grantee(g.role) AS who, true AS usage, NULL::oid AS relid
        FROM pg_foreign_server AS s CROSS JOIN LATERAL aclexplode(coalesce(s.srvacl, acldefault('S', s.srvowner))) AS a
        JOIN everybody AS g ON g.role = a.grantee
    ), far (relid, server) AS (
        -- What is a source, or reads one here, is found as such.
        SELECT t.ftrelid, t.ftserver FROM pg_foreign_table AS t
        WHERE NOT EXISTS (SELECT FROM privrelease.audit_sources() AS s WHERE s.relid = t.ftrelid)
        UNION
        SELECT n.relid, f.server
        FROM far AS f, LATERAL (
            SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = f.relid
            UNION ALL
            SELECT w.ev_class
            FROM pg_depend AS p JOIN pg_rewrite AS w ON w.oid = p.objid AND w.ev_type = '1' AND w.ev_class <> f.relid
            WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = f.relid AND p.classid = 'pg_rewrite'::regclass
        ) AS n (relid)
    ), readable AS (
        SELECT g.release, f.server AS oid, g.role, privrelease.audit_grantee(g.role), false, f.relid
        FROM far AS f CROSS JOIN LATERAL privrelease.audit_rights(f.relid) AS r
        JOIN everybody AS g ON g.role = r.grantee
        WHERE r.privilege = 'SELECT'
    ), used AS (SELECT * FROM granted UNION ALL SELECT * FROM readable)
    SELECT CASE WHEN bool_or(o.option_value = current_database()) THEN 'critical' ELSE 'warning' END,
           privrelease.audit_object('pg_foreign_server'::regclass, u.oid),
           format('%s may %s%s%s', privrelease.audit_who(array_agg(u.role)),
                  CASE WHEN bool_or(u.usage) THEN 'use it' ELSE 'read its tables' END,
                  CASE WHEN bool_or(o.option_value = current_database()) THEN '; it names this database' END,
                  (SELECT '; a user mapping is stored for ' || privrelease.audit_who(array_agg(m.umuser))
                   FROM pg_user_mapping AS m WHERE m.umserver = u.oid
                     AND EXISTS (SELECT FROM everybody AS g WHERE g.role = m.umuser) HAVING count(*) > 0)),
           coalesce((SELECT string_agg(DISTINCT format('REVOKE USAGE ON FOREIGN SERVER %s FROM %s CASCADE;',
                                                       privrelease.audit_name('pg_foreign_server'::regclass, u.oid), w.who), ' ')
                     FROM granted AS w WHERE w.oid = u.oid), '')
           || coalesce((SELECT string_agg(DISTINCT format('REVOKE ALL ON %s FROM %s CASCADE;', privrelease.audit_name('pg_class'::regclass, w.relid), w.who), ' ')
                        FROM used AS w WHERE w.oid = u.oid AND w.relid IS NOT NULL), ''),
           array_agg(DISTINCT u.release)
    FROM used AS u JOIN pg_foreign_server AS s ON s.oid = u.oid
    LEFT JOIN LATERAL pg_options_to_table(s.srvoptions) AS o ON o.option_name = 'dbname'
    GROUP BY u.oid;
END;
COMMENT ON FUNCTION privrelease.audit_servers() IS 'Foreign servers that an audience may use';

-- Functions that see past privileges: connections, files, the log of changes, buffers, statistics of others: B19, P15, P17. Where an
-- extension keeps them to superusers, or to the predefined roles of audit_powers(), there is no finding until somebody grants them.
-- Those of pageinspect refuse all but superusers, whoever may execute them.
CREATE FUNCTION privrelease.audit_tools() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH tool (extension, names, severity, power) AS (VALUES
        ('dblink', '^dblink(_connect|_connect_u|_exec|_open|_send_query)?$', 'warning', 'connect from the server to other databases, this one too'),
        ('adminpack', '^pg_(file_write|file_sync|file_unlink|logdir_ls)$', 'critical', 'work on files of the server'),
        ('pg_walinspect', '^pg_', 'critical', 'read the changes of every table'),
        ('pg_buffercache', '', 'warning', 'see which pages of a source others read'),
        ('pg_stat_statements', '', 'notice', 'see how many rows statements of others gave'),
        ('pg_visibility', '', 'warning', 'see which pages of a source have changed'),
        ('pgstattuple', '', 'warning', 'measure every table')
    ), present (extension, severity, power, oid, acl) AS (
        SELECT t.extension, t.severity, t.power, p.oid, coalesce(p.proacl, acldefault('f', p.proowner))
        FROM tool AS t JOIN pg_extension AS x ON x.extname = t.extension
        JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = x.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
        JOIN pg_proc AS p ON p.oid = d.objid AND p.proname ~ t.names
        UNION ALL
        SELECT NULL, 'critical', 'work on files of the server', p.oid, coalesce(p.proacl, acldefault('f', p.proowner))
        FROM pg_proc AS p
        WHERE p.proname = ANY ('{pg_read_file,pg_read_binary_file,pg_ls_dir,pg_stat_file,lo_import,lo_export}'::name[])
          AND p.pronamespace = 'pg_catalog'::regnamespace
    ), everybody AS MATERIALIZED (
        SELECT g.release, g.role FROM privrelease.audit_grantees() AS g
    ), executable AS (
        SELECT t.extension, t.severity, t.power, t.oid, g.role, g.release
        FROM present AS t CROSS JOIN LATERAL aclexplode(t.acl) AS a
        JOIN everybody AS g ON g.role = a.grantee
        WHERE g.role = 0 OR g.role >= 16384
    )
    SELECT e.severity, CASE WHEN e.extension IS NULL THEN 'schema pg_catalog' ELSE format('extension %I', e.extension) END,
           format('%s may %s: %s', privrelease.audit_who(array_agg(e.role)), e.power,
                  privrelease.audit_list(array_agg(privrelease.audit_name('pg_proc'::regclass, e.oid)))),
           format('REVOKE EXECUTE ON ROUTINE %s FROM %s CASCADE;',
                  (SELECT string_agg(DISTINCT privrelease.audit_name('pg_proc'::regclass, f.oid), ', ') FROM unnest(array_agg(e.oid)) AS f(oid)),
                  privrelease.audit_list(array_agg(privrelease.audit_grantee(e.role)))),
           array_agg(DISTINCT e.release)
    FROM executable AS e GROUP BY e.extension, e.severity, e.power;
END;
COMMENT ON FUNCTION privrelease.audit_tools() IS 'Functions that see past privileges and that an audience may execute';

-- ---------- findings: the boundary itself ----------

-- The relation of a release: who owns it (D4), whether a view is still a barrier that reads as its owner (P5), who holds what on it
-- (P18, G6). SELECT of an audience on a table is by column, so that ctid and xmin stay unread (B10).
CREATE FUNCTION privrelease.audit_relations() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH built AS MATERIALIZED (
        SELECT r.release, r.label, r.kind, r.relation, r.source, r.release_role, r.source_owner, r.state, c.relowner, c.relkind,
               (SELECT s.relowner FROM pg_class AS s WHERE s.oid = r.source) AS owner_now
        FROM privrelease.audit_releases() AS r JOIN pg_class AS c ON c.oid = r.relation
    ), held AS (
        SELECT b.release, h.grantee, bool_or(h.privilege = 'SELECT') AS reads,
               string_agg(DISTINCT h.privilege, ', ') FILTER (WHERE h.privilege <> 'SELECT') AS others, bool_or(h.grantable) AS grantable,
               bool_or(h.privilege = 'SELECT' AND h.column_name IS NULL) AND b.kind = 'table' AS wide,
               EXISTS (SELECT FROM privrelease.audience AS a WHERE a.release = b.release AND a.role_oid = h.grantee) AS published
        FROM built AS b CROSS JOIN LATERAL privrelease.audit_rights(b.relation) AS h
        WHERE h.grantee <> ALL (ARRAY[b.release_role, b.source_owner, b.owner_now])
        GROUP BY b.release, b.kind, h.grantee
    )
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, b.relation),
           format('release %s belongs to role %I, and not to its own role', b.label, pg_get_userbyid(b.relowner)),
           coalesce((SELECT format('ALTER %s %s OWNER TO %I;', CASE b.kind WHEN 'view' THEN 'VIEW' ELSE 'TABLE' END,
                                   privrelease.audit_name('pg_class'::regclass, b.relation), u.rolname)
                     FROM pg_authid AS u WHERE u.oid = b.release_role), 'SELECT * FROM privrelease.rebind();'), ARRAY[b.release]
    FROM built AS b WHERE b.relowner <> b.release_role
    UNION ALL
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, b.relation),
           format('release %s is no security barrier any more: functions of its readers run before its filters', b.label),
           format('ALTER VIEW %s SET (security_barrier = true);', privrelease.audit_name('pg_class'::regclass, b.relation)), ARRAY[b.release]
    FROM built AS b WHERE b.relkind = 'v' AND NOT privrelease.audit_option(b.relation, 'security_barrier')
    UNION ALL
    SELECT 'warning', privrelease.audit_object('pg_class'::regclass, b.relation),
           format('release %s reads as its invoker, so that its audience is denied, or whoever may read the source', b.label),
           format('ALTER VIEW %s RESET (security_invoker);', privrelease.audit_name('pg_class'::regclass, b.relation)), ARRAY[b.release]
    FROM built AS b WHERE b.relkind = 'v' AND privrelease.audit_option(b.relation, 'security_invoker')
    UNION ALL
    SELECT CASE WHEN h.reads AND NOT h.published THEN 'critical' ELSE 'warning' END, privrelease.audit_object('pg_class'::regclass, b.relation),
           format('%s holds %s%s', privrelease.audit_who(ARRAY[h.grantee]), privrelease.audit_privileges(b.relation, h.grantee),
                  CASE WHEN NOT h.published AND b.state = 'withdrawn' THEN format(', and release %s was withdrawn', b.label)
                       WHEN NOT h.published THEN format(', and release %s was not published to it', b.label)
                       WHEN h.others IS NOT NULL OR h.grantable THEN format(', and an audience of release %s needs SELECT only', b.label)
                       ELSE format(', also of system columns of release %s, which tell rows of one refresh from those of another', b.label) END),
           CASE WHEN h.published AND NOT h.wide
                THEN concat_ws(' ', format('REVOKE ' || h.others || ' ON %s FROM %s CASCADE;', n.name, privrelease.audit_grantee(h.grantee)),
                               CASE WHEN h.grantable THEN format('REVOKE GRANT OPTION FOR SELECT ON %s FROM %s CASCADE;', n.name,
                                                                 privrelease.audit_grantee(h.grantee)) END)
                ELSE concat_ws(' ', privrelease.audit_revoke(b.relation, h.grantee),
                               CASE WHEN h.published THEN format('SELECT privrelease.publish(%L, %L);', b.label, pg_get_userbyid(h.grantee)) END) END,
           ARRAY[b.release]
    FROM held AS h JOIN built AS b USING (release)
    CROSS JOIN LATERAL (SELECT privrelease.audit_name('pg_class'::regclass, b.relation)) AS n (name)
    WHERE NOT h.published OR h.others IS NOT NULL OR h.grantable OR h.wide;
END;
COMMENT ON FUNCTION privrelease.audit_relations() IS 'Views and tables of releases: owner, options, and what is held on them';

CREATE FUNCTION privrelease.audit_digest(view oid) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_audit_digest' LANGUAGE C STRICT STABLE;
COMMENT ON FUNCTION privrelease.audit_digest(oid) IS 'Digest of what a view says, as a build records it';

-- A view that a superuser, or somebody with the rights of its role, has replaced: D3. The guard refuses it; without the guard it is read.
CREATE FUNCTION privrelease.audit_replaced() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, r.relation), format('release %s says something else than was built', r.label),
           format('SELECT privrelease.build(%L);', r.label), ARRAY[r.release]
    FROM privrelease.audit_releases() AS r JOIN privrelease.release AS l ON l.id = r.release
    WHERE r.kind = 'view' AND privrelease.audit_digest(r.relation) IS DISTINCT FROM l.view_digest;
END;
COMMENT ON FUNCTION privrelease.audit_replaced() IS 'Views of releases that were replaced';

-- The role of a release: powerless, nobody's, a member of nothing, with rights on its source and its release only. It owns its publications,
-- whose tables are audit_publications().
CREATE FUNCTION privrelease.audit_release_roles() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH own AS MATERIALIZED (
        SELECT r.release, r.label, r.kind, r.relation, r.source, u.oid AS role, u.rolname, u.rolsuper, u.rolcanlogin, u.rolcreaterole, u.rolcreatedb,
               u.rolbypassrls, u.rolreplication, s.relnamespace AS source_schema, c.relnamespace AS schema
        FROM privrelease.audit_releases() AS r JOIN pg_authid AS u ON u.oid = r.release_role
        JOIN pg_class AS c ON c.oid = r.relation LEFT JOIN pg_class AS s ON s.oid = r.source
    ), wrong (release, severity, what, remedy) AS (
        SELECT o.release, 'critical', 'has ' || p.word, format('ALTER ROLE %I NO%s;', o.rolname, p.word)
        FROM own AS o CROSS JOIN LATERAL (VALUES
            (o.rolsuper, 'SUPERUSER'), (o.rolcanlogin, 'LOGIN'), (o.rolcreaterole, 'CREATEROLE'), (o.rolcreatedb, 'CREATEDB'),
            (o.rolbypassrls, 'BYPASSRLS'), (o.rolreplication, 'REPLICATION')) AS p (holds, word)
        WHERE p.holds
        UNION ALL
        SELECT o.release, 'critical', format('has the member %I', pg_get_userbyid(m.member)),
               format('REVOKE %I FROM %I;', o.rolname, pg_get_userbyid(m.member))
        FROM own AS o JOIN pg_auth_members AS m ON m.roleid = o.role
        UNION ALL
        SELECT o.release, 'critical', format('is a member of %I', pg_get_userbyid(m.roleid)),
               format('REVOKE %I FROM %I;', pg_get_userbyid(m.roleid), o.rolname)
        FROM own AS o JOIN pg_auth_members AS m ON m.member = o.role
        UNION ALL
        SELECT o.release, 'warning', format('%s %s', CASE d.deptype WHEN 'o' THEN 'owns' ELSE 'holds privileges on' END,
                                            privrelease.audit_object(d.classid, d.objid)),
               CASE WHEN d.deptype = 'o' THEN format('ALTER %s OWNER TO %I;', privrelease.audit_object(d.classid, d.objid), pg_get_userbyid(10))
                    WHEN d.classid = 'pg_class'::regclass THEN privrelease.audit_revoke(d.objid, o.role)
                    ELSE format('REVOKE ALL ON %s%s FROM %I CASCADE;', CASE d.classid WHEN 'pg_foreign_server'::regclass THEN 'foreign ' END,
                                privrelease.audit_object(d.classid, d.objid), o.rolname) END
        FROM own AS o JOIN pg_shdepend AS d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = o.role AND d.deptype IN ('o', 'a')
        WHERE d.dbid IN (0, (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database()))
          AND d.classid <> ALL ('{pg_user_mapping,pg_publication}'::regclass[])
          AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (o.relation, o.source))
          AND NOT (d.classid = 'pg_namespace'::regclass AND (d.objid = o.source_schema OR (d.objid = o.schema AND o.kind = 'table')))
        UNION ALL
        SELECT o.release, 'warning', format('holds %s on its source %s, and needs SELECT of columns only', privrelease.audit_privileges(o.source, o.role),
                                            privrelease.audit_name('pg_class'::regclass, o.source)),
               format('SELECT privrelease.%s(%L);', CASE o.kind WHEN 'view' THEN 'build' ELSE 'refresh' END, o.label)
        FROM own AS o
        WHERE EXISTS (SELECT FROM privrelease.audit_rights(o.source) AS r
                      WHERE r.grantee = o.role AND (r.privilege <> 'SELECT' OR r.column_name IS NULL OR r.grantable))
    )
    SELECT min(w.severity), privrelease.audit_object('pg_authid'::regclass, o.role),
           format('owns release %s and %s', o.label, string_agg(DISTINCT w.what, '; ' ORDER BY w.what)),
           string_agg(DISTINCT w.remedy, ' ' ORDER BY w.remedy), ARRAY[o.release]
    FROM wrong AS w JOIN own AS o USING (release) GROUP BY o.release, o.label, o.role;
END;
COMMENT ON FUNCTION privrelease.audit_release_roles() IS 'Powers, members and privileges that the role of a release must not have';

-- A source that changed hands: D4. An audience that owns it: audit_powers().
CREATE FUNCTION privrelease.audit_owners() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'warning', privrelease.audit_object('pg_class'::regclass, c.oid),
           format('belongs to role %I, and belonged to role %s when %s built: the guard refuses the release', pg_get_userbyid(c.relowner),
                  privrelease.audit_grantee(r.source_owner), privrelease.audit_list(array_agg(r.label)) || CASE count(*) WHEN 1 THEN ' was' ELSE ' were' END),
           string_agg(format('SELECT privrelease.%s(%L);', CASE r.kind WHEN 'view' THEN 'build' ELSE 'refresh' END, r.label), ' ' ORDER BY r.label),
           array_agg(r.release)
    FROM privrelease.audit_releases() AS r JOIN pg_class AS c ON c.oid = r.source
    WHERE c.relowner <> r.source_owner
      AND NOT EXISTS (SELECT FROM privrelease.audit_reach() AS a WHERE a.release = r.release AND a.role = c.relowner)
    GROUP BY c.oid, c.relowner, r.source_owner;
END;
COMMENT ON FUNCTION privrelease.audit_owners() IS 'Sources that changed hands';

-- Declarations that were made in another database, of which nothing can be told here.
CREATE FUNCTION privrelease.audit_unbound() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'warning', format('release %I.%I', l.release_schema, l.release_name), 'was declared in another database and is unbound here',
           'SELECT * FROM privrelease.rebind();', '{}'::int4[]
    FROM privrelease.release AS l WHERE l.binding <> privrelease.this_binding();
END;
COMMENT ON FUNCTION privrelease.audit_unbound() IS 'Releases that were declared in another database';

-- Tables of the extension hold declarations and digests of persons, and nobody has a right on them.
CREATE FUNCTION privrelease.audit_tables() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'critical', privrelease.audit_object('pg_class'::regclass, c.oid),
           format('%s holds %s', privrelease.audit_who(ARRAY[r.grantee]), privrelease.audit_privileges(c.oid, r.grantee)),
           privrelease.audit_revoke(c.oid, r.grantee), '{}'::int4[]
    FROM pg_class AS c CROSS JOIN LATERAL privrelease.audit_rights(c.oid) AS r
    WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relkind IN ('r', 'S', 'v')
      AND EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      AND NOT (r.grantee = 0 AND r.privilege = 'SELECT' AND NOT r.grantable
               AND EXISTS (SELECT FROM pg_init_privs AS i, LATERAL aclexplode(i.initprivs) AS a
                           WHERE i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0 AND a.grantee = 0 AND a.privilege_type = 'SELECT'))
    GROUP BY c.oid, r.grantee;
END;
COMMENT ON FUNCTION privrelease.audit_tables() IS 'Privileges on the extension''s own tables';

-- Who may switch the guard off, or has it off when he logs in: X15.
CREATE FUNCTION privrelease.audit_settings() RETURNS TABLE (severity text, object text, finding text, hint text, releases int4[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'critical', 'parameter privrelease.guard', format('%s may set it', privrelease.audit_who(array_agg(DISTINCT a.grantee))),
           string_agg(DISTINCT format('REVOKE ALL ON PARAMETER privrelease.guard FROM %s CASCADE;', privrelease.audit_grantee(a.grantee)), ' '), NULL::int4[]
    FROM pg_parameter_acl AS p CROSS JOIN LATERAL aclexplode(p.paracl) AS a
    WHERE p.parname = 'privrelease.guard' AND EXISTS (SELECT FROM privrelease.audit_grantees() AS g WHERE g.role = a.grantee)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'critical', CASE WHEN s.setrole = 0 THEN format('database %I', current_database()) ELSE format('role %I', pg_get_userbyid(s.setrole)) END,
           'logs in with the guard off, which then refuses nothing',
           CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I RESET privrelease.guard;', current_database())
                WHEN s.setdatabase = 0 THEN format('ALTER ROLE %I RESET privrelease.guard;', pg_get_userbyid(s.setrole))
                ELSE format('ALTER ROLE %I IN DATABASE %I RESET privrelease.guard;', pg_get_userbyid(s.setrole), current_database()) END,
           NULL::int4[]
    FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
    WHERE s.setdatabase IN (0, (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database()))
      AND c.setting ~* '^privrelease\.guard=' AND lower(split_part(c.setting, '=', 2)) NOT IN ('on', 'true', 'tru', 'tr', 't', 'yes', 'ye', 'y', '1')
      AND (s.setrole = 0 OR EXISTS (SELECT FROM privrelease.audit_audience() AS a WHERE a.role = s.setrole));
END;
COMMENT ON FUNCTION privrelease.audit_settings() IS 'Who has, or can have, the guard off';

