-- Rights of PUBLIC beyond reading: on relations, and CREATE on the schema.
SELECT format('%s on %s', a.privilege_type, c.oid::regclass)
  FROM pg_class c, aclexplode(c.relacl) a
 WHERE c.relnamespace = 'privrelease'::regnamespace AND a.grantee = 0 AND a.privilege_type <> 'SELECT'
UNION ALL
SELECT format('%s on schema privrelease', a.privilege_type)
  FROM pg_namespace n, aclexplode(n.nspacl) a
 WHERE n.nspname = 'privrelease' AND a.grantee = 0 AND a.privilege_type <> 'USAGE'
UNION ALL
SELECT format('type %s', t.typname)
  FROM pg_type t
 WHERE t.typnamespace = 'privrelease'::regnamespace AND t.typname = 'capability' AND has_type_privilege('public', t.oid, 'USAGE')
 ORDER BY 1;
