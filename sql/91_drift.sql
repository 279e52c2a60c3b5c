-- drift(): what has changed in a source since the last build.  As with audit(), queries that anybody can read, and nobody but the
-- extension runs; bodies are parsed here.

-- What a build keeps of its source besides the columns, so that drift_findings() can compare. Roles and children are known by
-- their numbers; the names are for the telling.
CREATE FUNCTION privrelease.source_state(source oid, relation oid) RETURNS jsonb
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE child (relid) AS (
        SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = source
        UNION
        SELECT i.inhrelid FROM child AS c JOIN pg_inherits AS i ON i.inhparent = c.relid
    ), view (relid) AS (
        SELECT c.oid FROM pg_class AS c WHERE c.oid = source AND c.relkind IN ('v', 'm')
        UNION
        SELECT c.oid
        FROM view AS v JOIN pg_rewrite AS w ON w.ev_class = v.relid AND w.ev_type = '1'
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class AS c ON c.oid = d.refobjid AND c.relkind IN ('v', 'm') AND c.oid >= 16384
    )
    SELECT jsonb_build_object(
        'owner', jsonb_build_array(s.relowner, pg_get_userbyid(s.relowner)),
        'schema_owner', jsonb_build_array(n.nspowner, pg_get_userbyid(n.nspowner)),
        'release_schema_owner', (SELECT jsonb_build_array(m.nspowner, pg_get_userbyid(m.nspowner))
                                 FROM pg_class AS r JOIN pg_namespace AS m ON m.oid = r.relnamespace WHERE r.oid = relation),
        'row_security', s.relrowsecurity,
        'queries', (SELECT coalesce(jsonb_object_agg(v.relid, encode(privrelease.audit_digest(v.relid), 'hex')), '{}') FROM view AS v),
        'children', (SELECT coalesce(jsonb_object_agg(c.relid, privrelease.audit_name('pg_class'::regclass, c.relid)), '{}') FROM child AS c))
    FROM pg_class AS s JOIN pg_namespace AS n ON n.oid = s.relnamespace WHERE s.oid = source;
END;
COMMENT ON FUNCTION privrelease.source_state(oid, oid) IS 'Owners, children, row-level security of a source, and the queries of the views that it is made of, as a build keeps them';
REVOKE ALL ON FUNCTION privrelease.source_state(oid, oid) FROM PUBLIC;

-- Columns: against those of the build, or of the rules where there was no build.
CREATE FUNCTION privrelease.drift_columns(release int4) RETURNS TABLE (rank int4, attnum int2, column_name name, finding text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH l AS (SELECT r.id, r.source, r.binding, r.built_columns, r.subject_attnum FROM privrelease.release AS r WHERE r.id = drift_columns.release),
    now AS (
        SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type
        FROM pg_attribute AS a JOIN l ON a.attrelid = l.source WHERE a.attnum > 0 AND NOT a.attisdropped
    ), built AS (
        SELECT b.key::int2 AS attnum, (b.value ->> 'name')::name AS attname, b.value ->> 'type' AS type
        FROM l, LATERAL jsonb_each(l.built_columns) AS b
    ), known AS (
        SELECT b.attnum, b.attname FROM built AS b
        UNION ALL
        SELECT DISTINCT u.attnum, u.column_name FROM privrelease.rule AS u JOIN l ON u.release = l.id
        WHERE NOT EXISTS (SELECT FROM built AS b WHERE b.attnum = u.attnum)
    ), found (rank, attnum, attname, finding) AS (
        SELECT 4, n.attnum, n.attname, 'new since the last build, not released'
        FROM now AS n, l WHERE l.built_columns IS NOT NULL AND NOT EXISTS (SELECT FROM built AS b WHERE b.attnum = n.attnum)
        UNION ALL
        SELECT 5, k.attnum, k.attname, 'gone' FROM known AS k WHERE NOT EXISTS (SELECT FROM now AS n WHERE n.attnum = k.attnum)
        UNION ALL
        SELECT 6, n.attnum, n.attname, format('renamed from %I', k.attname) FROM now AS n JOIN known AS k USING (attnum) WHERE n.attname <> k.attname
        UNION ALL
        SELECT 7, n.attnum, n.attname, format('retyped from %s to %s', b.type, n.type) FROM now AS n JOIN built AS b USING (attnum) WHERE n.type <> b.type
    )
    SELECT f.rank, f.attnum, f.attname,
           f.finding || CASE WHEN f.attnum = l.subject_attnum THEN '; it is the subject, by which persons are told apart' ELSE '' END
    FROM found AS f, l
    UNION ALL
    SELECT 8, n.attnum, n.attname, 'unclassified'
    FROM now AS n, l
    WHERE NOT EXISTS (SELECT FROM privrelease.classification AS c
                      WHERE c.source = l.source AND c.binding = l.binding AND c.attnum = n.attnum);
END;
COMMENT ON FUNCTION privrelease.drift_columns(int4) IS 'Columns of a source that are not what they were at the last build';
REVOKE ALL ON FUNCTION privrelease.drift_columns(int4) FROM PUBLIC;

-- What is not about a column: the source, its name, owners, children, row-level security and query, and the release.
CREATE FUNCTION privrelease.drift_source(release int4) RETURNS TABLE (rank int4, attnum int2, column_name name, finding text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH l AS (
        SELECT r.source, r.source_schema, r.source_name, r.view, r.role_oid, r.built_source AS built, privrelease.source_state(r.source, r.view) AS now
        FROM privrelease.release AS r WHERE r.id = drift_source.release
    ), found (rank, finding) AS (
        SELECT 1, 'source no longer exists' FROM l WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.source)
        UNION ALL
        SELECT 2, format('source was %I.%I and is now %s', l.source_schema, l.source_name, privrelease.audit_name('pg_class'::regclass, l.source))
        FROM l JOIN pg_class AS c ON c.oid = l.source JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE (n.nspname, c.relname) IS DISTINCT FROM (l.source_schema, l.source_name)
        UNION ALL
        SELECT 3, format('%s belonged to role %I and belongs to role %I', w.what, l.built -> w.key ->> 1, l.now -> w.key ->> 1)
        FROM l, (VALUES ('owner', 'source'), ('schema_owner', 'schema of the source'), ('release_schema_owner', 'schema of the release')) AS w (key, what)
        WHERE jsonb_typeof(l.now -> w.key) = 'array' AND l.built -> w.key -> 0 <> l.now -> w.key -> 0
        UNION ALL
        SELECT 3, format('release belongs to role %I, and not to its own', pg_get_userbyid(c.relowner))
        FROM l JOIN pg_class AS c ON c.oid = l.view WHERE c.relowner <> l.role_oid
        UNION ALL
        SELECT 3, CASE WHEN (l.now -> 'row_security')::boolean THEN 'row-level security was switched on' ELSE 'row-level security was switched off' END
        FROM l WHERE l.built -> 'row_security' <> l.now -> 'row_security'
        UNION ALL
        SELECT 3, format('the query of %s was replaced', privrelease.audit_name('pg_class'::regclass, b.key::oid))
        FROM l, LATERAL jsonb_each_text(l.built -> 'queries') AS b WHERE b.value <> l.now -> 'queries' ->> b.key
        UNION ALL
        SELECT 3, format('%s is new among its partitions and children', n.value)
        FROM l, LATERAL jsonb_each_text(l.now -> 'children') AS n WHERE NOT l.built -> 'children' ? n.key
        UNION ALL
        SELECT 3, format('%s is no longer among its partitions and children', b.value)
        FROM l, LATERAL jsonb_each_text(l.built -> 'children') AS b WHERE NOT l.now -> 'children' ? b.key
    )
    SELECT f.rank, 0::int2, NULL::name, f.finding FROM found AS f;
END;
COMMENT ON FUNCTION privrelease.drift_source(int4) IS 'What of a source, besides its columns, is not what it was at the last build';
REVOKE ALL ON FUNCTION privrelease.drift_source(int4) FROM PUBLIC;
