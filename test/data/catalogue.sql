-- Everything that the extension has put into this database, a line for each fact, without numbers that differ between
-- databases: for comparing an updated extension with one that was installed anew.
SET search_path = pg_catalog, pg_temp;
WITH extension AS (
    SELECT * FROM pg_extension WHERE extname = 'privrelease'
), member AS (
    SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
    FROM pg_depend AS d JOIN extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid WHERE d.deptype = 'e'
), relation AS (
    SELECT c.* FROM pg_class AS c JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
), routine AS (
    SELECT p.* FROM pg_proc AS p JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
), privilege (object, grantor, owner, acl) AS (
    SELECT 'relation ' || c.oid::regclass, c.relowner, c.relowner, coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) FROM relation AS c
    UNION ALL SELECT format('column %s.%s', c.oid::regclass, a.attname), c.relowner, c.relowner, a.attacl FROM relation AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    UNION ALL SELECT 'routine ' || p.oid::regprocedure, p.proowner, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)) FROM routine AS p
    UNION ALL SELECT 'type ' || t.oid::regtype, t.typowner, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)) FROM pg_type AS t JOIN member AS m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
    UNION ALL SELECT 'schema ' || n.nspname, n.nspowner, n.nspowner, n.nspacl FROM pg_namespace AS n JOIN member AS m ON m.classid = 'pg_namespace'::regclass AND m.objid = n.oid
    UNION ALL SELECT 'at first: ' || m.name || i.objsubid, NULL, NULL, i.initprivs FROM pg_init_privs AS i JOIN member AS m ON m.classid = i.classoid AND m.objid = i.objoid
), fact (fact) AS (
    SELECT format('extension: version %s, owner %s, schema %s', e.extversion, e.extowner::regrole, e.extnamespace::regnamespace) FROM extension AS e
    UNION ALL
    SELECT format('extension: dumps %s %s', e.extconfig[i]::regclass, e.extcondition[i]) FROM extension AS e, generate_subscripts(e.extconfig, 1) AS i
    UNION ALL
    SELECT 'member: ' || m.name FROM member AS m
    UNION ALL
    SELECT format('in schema: %s', pg_describe_object(d.classid, d.objid, 0)) FROM pg_depend AS d
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'privrelease'::regnamespace
    UNION ALL
    SELECT format('comment: %s %s: %s', m.name, a.attname, s.description)
    FROM member AS m JOIN pg_description AS s ON s.classoid = m.classid AND s.objoid = m.objid
        LEFT JOIN pg_attribute AS a ON m.classid = 'pg_class'::regclass AND a.attrelid = m.objid AND a.attnum = s.objsubid AND s.objsubid > 0
    UNION ALL
    SELECT format('privilege: %s: %s to %s%s', p.object, a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                  CASE WHEN a.is_grantable THEN ' with grant option' END)
    FROM privilege AS p, aclexplode(p.acl) AS a
    UNION ALL
    SELECT format('routine: %s owner %s, leakproof %s, %s', p.oid::regprocedure, p.proowner::regrole, p.proleakproof, pg_get_functiondef(p.oid)) FROM routine AS p
    UNION ALL
    SELECT format('relation: %s kind %s, owner %s, persistence %s, identity %s, security %s %s, options %s, access %s', c.oid::regclass, c.relkind, c.relowner::regrole,
                  c.relpersistence, c.relreplident, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, (SELECT m.amname FROM pg_am AS m WHERE m.oid = c.relam))
    FROM relation AS c
    UNION ALL
    SELECT format('view: %s %s', c.oid::regclass, pg_get_viewdef(c.oid)) FROM relation AS c WHERE c.relkind = 'v'
    UNION ALL
    SELECT format('column: %s %s %s, %s, collation %s, not null %s, default %s, identity %s, generated %s, storage %s, compression %s', c.oid::regclass,
                  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage, a.attcompression)
    FROM relation AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'v')
    UNION ALL
    SELECT format('constraint: %s %s %s, validated %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid), k.convalidated)
    FROM relation AS c JOIN pg_constraint AS k ON k.conrelid = c.oid
    UNION ALL
    SELECT format('index: %s, valid %s, clustered %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered)
    FROM relation AS c JOIN pg_index AS i ON i.indrelid = c.oid
    UNION ALL
    SELECT format('trigger: %s, enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM relation AS c JOIN pg_trigger AS t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('rule: %s, enabled %s', pg_get_ruledef(r.oid), r.ev_enabled)
    FROM relation AS c JOIN pg_rewrite AS r ON r.ev_class = c.oid WHERE c.relkind <> 'v'
    UNION ALL
    SELECT format('policy: %s on %s', p.polname, c.oid::regclass) FROM relation AS c JOIN pg_policy AS p ON p.polrelid = c.oid
    UNION ALL
    SELECT format('sequence: %s %s from %s by %s', s.seqrelid::regclass, s.seqtypid::regtype, s.seqstart, s.seqincrement)
    FROM relation AS c JOIN pg_sequence AS s ON s.seqrelid = c.oid
    UNION ALL
    SELECT format('type: %s %s %s %s %s %s %s', t.oid::regtype, t.typowner::regrole, t.typlen, t.typbyval, t.typinput, t.typoutput, t.typcategory)
    FROM pg_type AS t JOIN member AS m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
    UNION ALL
    SELECT format('event trigger: %s %s %s %s %s', t.evtname, t.evtevent, t.evtfoid::regprocedure, t.evtenabled, t.evttags)
    FROM pg_event_trigger AS t JOIN member AS m ON m.classid = 'pg_event_trigger'::regclass AND m.objid = t.oid
    UNION ALL
    -- Rows that come with the extension: of what no dump carries, or only in part.
    SELECT format('row: %s %s', c.oid::regclass, unnest(xpath('/table/row/row/text()', query_to_xml(format('SELECT r::text AS row FROM %s AS r', c.oid::regclass), true, false, ''))))
    FROM relation AS c, extension AS e
    WHERE c.relkind = 'r' AND c.relname <> 'event' AND NOT EXISTS (SELECT FROM generate_subscripts(e.extconfig, 1) AS i WHERE e.extconfig[i] = c.oid AND e.extcondition[i] = '')
)
SELECT regexp_replace(f.fact, E'\n', '\n', 'g') FROM fact AS f ORDER BY f.fact COLLATE "C";
