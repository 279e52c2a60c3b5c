-- The public surface: names, arguments and results that scripts depend on. A change here breaks somebody's script.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
\pset format unaligned
\pset tuples_only on
-- functions: name(arguments) -> result, and how they may be called
SELECT p.proname || '(' || pg_get_function_arguments(p.oid) || ') -> ' || coalesce(pg_get_function_result(p.oid), 'procedure')
       || CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' ELSE '' END
    FROM pg_proc p WHERE p.pronamespace = 'privrelease'::regnamespace
    AND p.proname IN ('classify', 'discover', 'create_hierarchy', 'load_hierarchy', 'create_release', 'set_rule', 'drop_rule', 'drop_release',
                      'export_policy', 'import_policy', 'build', 'definition', 'preview', 'drift', 'rebind', 'publish', 'withdraw',
                      'create_key', 'rotate_key', 'uninstall', 'map_audience', 'unmap_audience', 'status',
                      'audit', 'log_head', 'verify_log', 'grant_duty', 'revoke_duty', 'has_duty', 'set_metadata', 'submit', 'approve', 'reject',
                      'object', 'withdraw_objection', 'erase', 'withdraw_erasure', 'whereabouts', 'recall',
                      'schedule', 'unschedule', 'run_scheduled', 'create_publication',
                      'export_csv', 'datapackage', 'dcat', 'catalogue',
                      'assess', 'record_risk', 'joint_risk', 'refresh', 'set_model', 'create_index', 'version_risk', 'impact_assessment', 'impact_report', 'impact_page', 'set_criterion')
    ORDER BY p.proname;
-- views and their columns
SELECT c.relname || ': ' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relkind = 'v' GROUP BY c.relname ORDER BY c.relname;
-- transforms: params with their defaults
SELECT name || ' (' || family || '; ' || input_types || ')' || CASE WHEN keyed THEN ' keyed' ELSE '' END
       || CASE WHEN needs_subject THEN ' subject' ELSE '' END || CASE WHEN monotone THEN ' monotone' ELSE '' END
       || CASE WHEN injective THEN ' injective' ELSE '' END || ': '
       || (SELECT string_agg(k || CASE WHEN v ->> 'required' = 'true' THEN ' required' ELSE coalesce(' = ' || (v ->> 'default'), '') END, ', ' ORDER BY k)
           FROM jsonb_each(params) AS p(k, v))
    FROM privrelease.transforms ORDER BY name;
-- what a plain role may execute, and that nothing runs as its definer
SELECT count(*) FILTER (WHERE prosecdef) AS security_definer FROM pg_proc WHERE pronamespace = 'privrelease'::regnamespace;
SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'privrelease'::regnamespace
    AND NOT has_function_privilege('pg_monitor', p.oid, 'EXECUTE') ORDER BY 1;
-- what a plain role may read
SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'privrelease'::regnamespace AND relkind IN ('r', 'v', 'S')
    AND has_table_privilege('pg_monitor', c.oid, 'SELECT') ORDER BY 1;
-- everything in the schema belongs to the extension
SELECT pg_describe_object(c.tableoid, c.oid, 0) FROM pg_class c WHERE relnamespace = 'privrelease'::regnamespace AND relkind IN ('r', 'v')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = c.tableoid AND d.objid = c.oid AND d.deptype = 'e');
DROP EXTENSION privrelease;
