
-- ---------- what was put aside comes back ----------

-- Rows of a table that was put aside: columns of the same name, and expressions for others; the rest have their defaults.
CREATE FUNCTION privrelease.update_rows(target text, origin text, expressions jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $plpgsql$
DECLARE
    command text;
BEGIN
    SELECT format('INSERT INTO %s (%s) SELECT %s FROM %s AS o', target, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
                  string_agg(coalesce(expressions ->> a.attname::text, format('o.%I', a.attname)), ', ' ORDER BY a.attnum), origin)
    INTO command
    FROM pg_attribute AS a
    WHERE a.attrelid = target::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND (expressions ? a.attname::text
             OR EXISTS (SELECT FROM pg_attribute AS o WHERE o.attrelid = origin::regclass AND o.attname = a.attname AND o.attnum > 0 AND NOT o.attisdropped));
    EXECUTE command;
END
$plpgsql$;
REVOKE ALL ON FUNCTION privrelease.update_rows(text, text, jsonb) FROM PUBLIC;

-- A built release is a draft that has a view.  A published one is made one below, when its rules are there.
-- A view that was built before builds were remembered has a digest that nothing has, until adopt_releases() has looked at it.
DO $do$
DECLARE
    aside privrelease.update_aside;
BEGIN
    FOR aside IN SELECT * FROM privrelease.update_aside AS u ORDER BY u.place LOOP
        PERFORM privrelease.update_rows('privrelease.' || aside.name, 'privrelease.update_' || aside.name,
            CASE aside.name WHEN 'release' THEN jsonb_build_object(
                'state', $sql$CASE WHEN o.state IN ('built', 'published') THEN 'draft' ELSE o.state END$sql$,
                'derives', $sql$o.view IS NOT NULL AND o.kind = 'view' AND o.derive_quals$sql$,
                'view_digest', $sql$CASE WHEN o.view IS NOT NULL AND o.kind = 'view' THEN coalesce(o.view_digest, '') END$sql$,
                'source_digest', $sql$CASE WHEN o.view IS NOT NULL AND o.kind = 'view' THEN coalesce(o.source_digest, '') END$sql$)
            ELSE '{}' END);
        PERFORM setval(aside.sequence::regclass, aside.last_value, aside.is_called) WHERE aside.sequence IS NOT NULL;
    END LOOP;
END
$do$;

-- Whoever has declared a release or changed it last approves nothing of it.
INSERT INTO privrelease.editor (release, role_oid, role_name)
    SELECT DISTINCT e.release, r.oid, r.rolname
    FROM (SELECT l.id, unnest(ARRAY[l.declared_by, l.changed_by]) FROM privrelease.update_release AS l
          UNION ALL SELECT u.release, u.declared_by FROM privrelease.update_rule AS u) AS e (release, name)
        JOIN pg_roles AS r ON r.rolname = e.name;

-- Who can read now has been able to since publish().
INSERT INTO privrelease.readership (release, release_schema, release_name, role_name, role_oid, since)
    SELECT a.release, l.release_schema, l.release_name, a.role_name, a.role_oid, a.published_at
    FROM privrelease.update_audience AS a JOIN privrelease.update_release AS l ON l.id = a.release WHERE l.state = 'published'
    ORDER BY a.published_at, a.release, a.role_name;

-- Digests of what was built and published need the library.
SELECT privrelease.adopt_releases(ARRAY(SELECT l.id FROM privrelease.update_release AS l WHERE l.state = 'published' ORDER BY l.id));

-- ---------- nothing of the update stays ----------

DROP FUNCTION privrelease.adopt_releases(int4[]);
DROP FUNCTION privrelease.update_rows(text, text, jsonb);
DROP FUNCTION privrelease.update_privilege(text, text, text);
DO $do$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT u.name FROM privrelease.update_aside AS u LOOP
        EXECUTE format('DROP TABLE privrelease.update_%s', name);
    END LOOP;
END
$do$;
SELECT set_config('role', c.role, true) FROM privrelease.update_caller AS c;
DROP TABLE privrelease.update_aside, privrelease.update_present, privrelease.update_caller;

-- Last, since the log takes it from here at the end of the transaction.
INSERT INTO privrelease.event (session_role, acting_role, event, details)
    SELECT session_user, current_user, 'update', jsonb_build_object('from', '0.1.0', 'to', e.extversion)
    FROM pg_extension AS e WHERE e.extname = 'privrelease';
