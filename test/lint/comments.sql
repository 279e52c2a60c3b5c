-- Objects of the extension without a comment.
SELECT pg_describe_object(classid, objid, objsubid)
  FROM pg_depend
 WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
   AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'privrelease')
   AND coalesce(obj_description(objid, classid::regclass::name), '') = ''
   -- What PostgreSQL makes along with a table: row types, arrays, sequences of identity columns, TOAST.
   AND NOT (classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
            WHERE t.oid = objid AND (t.typcategory = 'A' OR c.relkind IN ('r', 'v'))))
   AND NOT (classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c WHERE c.oid = objid AND c.relkind IN ('S', 't')))
UNION ALL
-- Columns of tables and views that anybody but us may read.
SELECT format('column %s.%s', c.oid::regclass, a.attname)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relkind IN ('r', 'v')
   AND has_table_privilege('public', c.oid, 'SELECT') AND coalesce(col_description(c.oid, a.attnum), '') = ''
 ORDER BY 1;
