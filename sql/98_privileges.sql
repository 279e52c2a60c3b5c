-- What default privileges of whoever installs have given away is taken back: a role that may read new tables would read who is
-- in which release, one that may write them would write declarations, and one that may create in new schemas would put
-- functions beside ours. This script names no role but PUBLIC, and lets it read views, categories and keys of metadata.
-- (In an update, views, functions and types that were there keep what their administrator has made of them.)
DO $do$
DECLARE
    command text;
BEGIN
    FOR command IN
        WITH thing (kind, name, acl, owner, class, object) AS (
            SELECT 'SCHEMA', pg_catalog.quote_ident(n.nspname), n.nspacl, n.nspowner, n.tableoid, n.oid
            FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'privrelease'
            UNION ALL
            SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::pg_catalog.regclass::text, c.relacl, c.relowner,
                   c.tableoid, c.oid
            FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'privrelease'::pg_catalog.regnamespace AND c.relkind IN ('r', 'v', 'S')
            UNION ALL
            SELECT 'ROUTINE', p.oid::pg_catalog.regprocedure::text, p.proacl, p.proowner, p.tableoid, p.oid
            FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'privrelease'::pg_catalog.regnamespace
            UNION ALL
            SELECT 'TYPE', t.oid::pg_catalog.regtype::text, t.typacl, t.typowner, t.tableoid, t.oid
            FROM pg_catalog.pg_type AS t WHERE t.typnamespace = 'privrelease'::pg_catalog.regnamespace AND t.typtype = 'b' AND t.typelem = 0
        )
        SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s %s FROM %I CASCADE', t.kind, t.name, pg_catalog.pg_get_userbyid(a.grantee))
        FROM thing AS t, LATERAL pg_catalog.aclexplode(t.acl) AS a WHERE a.grantee <> t.owner AND a.grantee <> 0
--update:             AND NOT EXISTS (SELECT FROM privrelease.update_present AS u WHERE u.class = t.class AND u.object = t.object)
        UNION ALL
        SELECT pg_catalog.format('REVOKE ALL ON %s %s FROM PUBLIC CASCADE', t.kind, t.name) FROM thing AS t WHERE t.kind IN ('TABLE', 'SEQUENCE')
--update:             AND NOT EXISTS (SELECT FROM privrelease.update_present AS u WHERE u.class = t.class AND u.object = t.object)
        UNION ALL
        SELECT 'REVOKE CREATE ON SCHEMA privrelease FROM PUBLIC CASCADE'
    LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN
        SELECT pg_catalog.format('GRANT SELECT ON %s TO PUBLIC', c.oid::pg_catalog.regclass)
        FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = 'privrelease'::pg_catalog.regnamespace AND (c.relkind = 'v' OR c.relname IN ('category', 'metadata_key'))
--update:         AND NOT EXISTS (SELECT FROM privrelease.update_present AS u WHERE u.class = c.tableoid AND u.object = c.oid)
    LOOP
        EXECUTE command;
    END LOOP;
END
$do$;
