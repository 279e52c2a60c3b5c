-- A dump that was restored, made what the database was that was dumped: numbers of objects are those of today, as the library
-- that declared and built them would have written them.  Without this, releases are unbound.
CREATE FUNCTION pg_temp.of_name(schema name, relation name) RETURNS oid LANGUAGE sql AS $$ SELECT to_regclass(format('%I.%I', schema, relation))::oid $$;
CREATE FUNCTION pg_temp.here() RETURNS text LANGUAGE sql AS
    $$ SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system() $$;
UPDATE privrelease.classification SET source = pg_temp.of_name(source_schema, source_name), binding = pg_temp.here();
UPDATE privrelease.release SET source = pg_temp.of_name(source_schema, source_name), binding = pg_temp.here(), role_oid = release_role::regrole,
    source_owner_oid = source_owner::regrole, view = CASE WHEN view IS NOT NULL THEN pg_temp.of_name(release_schema, release_name) END;
UPDATE privrelease.audience SET role_oid = role_name::regrole, schema_oid = 'open'::regnamespace;
UPDATE privrelease.key_domain AS d SET source = (SELECT l.source FROM privrelease.release AS l JOIN privrelease.rule AS u ON u.release = l.id WHERE u.key = d.key AND u.transform = d.transform LIMIT 1),
    owner_oid = owner::regrole, binding = pg_temp.here();
DO $$
BEGIN
    IF to_regclass('privrelease.audience_map') IS NOT NULL THEN
        UPDATE privrelease.audience_map SET role_oid = role_name::regrole;
    END IF;
    IF to_regclass('privrelease.history') IS NOT NULL THEN
        UPDATE privrelease.history SET source = pg_temp.of_name(source_schema, source_name), binding = pg_temp.here();
    END IF;
END $$;

-- The digests of a view and of what it uses of its source: as src/catalog/pr_intact.c says.
CREATE FUNCTION pg_temp.columns(relation oid, numbers int2[]) RETURNS bytea LANGUAGE sql AS $$
    SELECT string_agg(convert_to(format('%s %s %s %s %s %s', a.attnum, a.atttypid, a.atttypmod, a.attcollation, a.attisdropped::int, a.attname), 'UTF8') || '\x00', '' ORDER BY a.attnum)
    FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum = ANY (numbers)
$$;
CREATE FUNCTION pg_temp.all_columns(relation oid) RETURNS int2[] LANGUAGE sql AS $$
    SELECT array_agg(a.attnum) FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum > 0
$$;
CREATE FUNCTION pg_temp.used_columns(view oid, source oid) RETURNS int2[] LANGUAGE sql AS $$
    SELECT array_agg(DISTINCT d.refobjsubid::int2) FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.ev_class = view AND d.refclassid = 'pg_class'::regclass AND d.refobjid = source AND d.refobjsubid > 0
$$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'privrelease.release'::regclass AND attname = 'view_digest') THEN
        UPDATE privrelease.release AS l SET
            view_digest = (SELECT sha256(convert_to(r.ev_action::text, 'UTF8') || pg_temp.columns(l.view, pg_temp.all_columns(l.view))) FROM pg_rewrite AS r WHERE r.ev_class = l.view),
            source_digest = (SELECT sha256(convert_to(format('%s %s ', c.relkind, c.relrowsecurity::int), 'UTF8') || pg_temp.columns(l.source, pg_temp.used_columns(l.view, l.source)))
                             FROM pg_class AS c WHERE c.oid = l.source)
        WHERE l.view IS NOT NULL AND l.kind = 'view';
    END IF;
END $$;
