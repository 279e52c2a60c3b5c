-- What the fuzz of derived quals needs in the server: one statement, answered
-- with derivation, without it, and by the plain expressions.

CREATE EXTENSION privrelease;
SELECT privrelease.create_key('fuzz') \g /dev/null
SELECT 'CREATE ROLE fuzz_reader' WHERE to_regrole('fuzz_reader') IS NULL
\gexec
CREATE SCHEMA src;
CREATE SCHEMA rel;
CREATE SCHEMA plain;
CREATE SCHEMA small;
CREATE SCHEMA fuzz;
GRANT USAGE ON SCHEMA small, fuzz TO fuzz_reader;
CREATE DOMAIN fuzz.word AS text;
-- In Danish, aa is a letter after z.
CREATE COLLATION fuzz.language (provider = icu, locale = 'da');
CREATE COLLATION fuzz.alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
GRANT USAGE ON TYPE fuzz.word TO PUBLIC;

-- The release's expressions in a view without a barrier, a condition or an owner of its own.
CREATE FUNCTION fuzz.make_plain(name text) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    body text := pg_get_viewdef(format('rel.%I', name)::regclass);
BEGIN
    body := regexp_replace(body, '\s+WHERE privrelease\.release_serves\([^)]*\);?\s*$', '');
    IF body ~ 'release_serves' THEN
        RAISE EXCEPTION 'the condition of the view of % is not at its end', name;
    END IF;
    EXECUTE format('CREATE VIEW plain.%I AS %s', name, body);
END $$;

-- For each statement its sorted rows, one a line; an error is a line with its SQLSTATE.
-- wrapped: as a subquery of an INTO, which can be parallel, where a loop cannot.
CREATE FUNCTION fuzz.answer(prepare text, statements text[], wrapped bool) RETURNS text[]
    LANGUAGE plpgsql
AS $$
DECLARE
    answer text[] := '{}';
    more text[];
    statement text;
    r record;
BEGIN
    BEGIN
        IF prepare IS NOT NULL THEN
            DEALLOCATE ALL;
            EXECUTE prepare;
        END IF;
    EXCEPTION WHEN OTHERS THEN
        RETURN ARRAY['error ' || SQLSTATE];
    END;
    FOREACH statement IN ARRAY statements LOOP
        more := '{}';
        BEGIN
            IF wrapped THEN
                EXECUTE format('SELECT array_agg(q::text) FROM (%s) AS q', statement) INTO more;
            ELSE
                FOR r IN EXECUTE statement LOOP
                    more := more || r::text;
                END LOOP;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            more := ARRAY['error ' || SQLSTATE];
        END;
        answer := answer || coalesce((SELECT string_agg(row, E'\n' ORDER BY row COLLATE "C") FROM unnest(more) AS row), '');
    END LOOP;
    RETURN answer;
END $$;

CREATE FUNCTION fuzz.plan(prepare text, statement text) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    plan text := '';
    line text;
BEGIN
    IF prepare IS NOT NULL THEN
        DEALLOCATE ALL;
        EXECUTE prepare;
    END IF;
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF, VERBOSE) ' || statement LOOP
        plan := plan || line || E'\n';
    END LOOP;
    RETURN plan;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || SQLSTATE;
END $$;

-- Conditions, sorted: where they differ, something was derived.
CREATE FUNCTION fuzz.conditions(plan text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY(SELECT trim(line) FROM regexp_split_to_table(plan, E'\n') AS line
                 WHERE line ~ '^\s*(Index Cond|Recheck Cond|Filter|One-Time Filter|Join Filter|Hash Cond|Merge Cond): |Subplans Removed|Scan .*on src\.'
                 ORDER BY trim(line) COLLATE "C");

CREATE FUNCTION fuzz.set_all(settings text[]) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    FOR i IN 1 .. coalesce(array_length(settings, 1), 0) LOOP
        PERFORM set_config(settings[i][1], settings[i][2], true);
    END LOOP;
END $$;

-- derivation: on, off; NULL asks the plain views.
CREATE FUNCTION fuzz.answer_as(derivation text, role text, prepare text, statements text[], wrapped bool) RETURNS text[]
    LANGUAGE plpgsql
AS $$
DECLARE
    answer text[];
BEGIN
    PERFORM set_config('search_path', CASE WHEN derivation IS NULL THEN 'plain, small' ELSE 'rel, small' END, true);
    PERFORM set_config('privrelease.enable_derived_quals', coalesce(derivation, 'on'), true);
    PERFORM set_config('role', CASE WHEN derivation IS NULL THEN 'none' ELSE role END, true);
    answer := fuzz.answer(prepare, statements, wrapped);
    PERFORM set_config('role', 'none', true);
    RETURN answer;
END $$;

CREATE FUNCTION fuzz.plan_as(derivation text, prepare text, statement text) RETURNS text
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config('search_path', 'rel, small', true);
    PERFORM set_config('privrelease.enable_derived_quals', derivation, true);
    RETURN fuzz.plan(prepare, statement);
END $$;

-- Barriers and bounds decide which rows are evaluated at all, so an expression that raises may do so on one side only.
-- What derivation must not do is raise where the others do not.
CREATE FUNCTION fuzz.differ(asked text[], other text[], may_raise bool) RETURNS bool
    LANGUAGE sql IMMUTABLE
    RETURN EXISTS (SELECT FROM unnest(asked, other) AS answer(a, b)
                   WHERE a IS DISTINCT FROM b AND coalesce(b, '') !~ '^error .....$' AND NOT (may_raise AND coalesce(a, '') ~ '^error .....$'));

-- One line: number, verdict, whether plans differ, statements with rows, first error.
CREATE FUNCTION fuzz.compare(number int, settings text[], role text, prepare text, statements text[], wrapped bool) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    with_quals text[];
    without text[];
    plain text[];
    verdict text := 'same';
    derived bool;
BEGIN
    PERFORM fuzz.set_all(settings);
    with_quals := fuzz.answer_as('on', role, prepare, statements, wrapped);
    without := fuzz.answer_as('off', role, prepare, statements, wrapped);
    plain := fuzz.answer_as(NULL, role, prepare, statements, wrapped);
    IF fuzz.differ(with_quals, without, false) THEN
        verdict := 'on and off differ';
    ELSIF fuzz.differ(without, plain, true) THEN
        verdict := 'release and plain view differ';
    ELSIF fuzz.differ(with_quals, plain, true) THEN
        verdict := 'on and plain view differ';
    END IF;
    derived := fuzz.conditions(fuzz.plan_as('on', prepare, statements[1])) <> fuzz.conditions(fuzz.plan_as('off', prepare, statements[1]));
    RETURN format(E'%s\t%s\t%s\t%s\t%s', number, verdict, CASE WHEN derived THEN 1 ELSE 0 END,
                  (SELECT count(*) FROM unnest(with_quals) AS answer WHERE answer <> ''),
                  coalesce((SELECT substr(answer, 7) FROM unnest(with_quals) AS answer WHERE answer LIKE 'error _____' LIMIT 1), '-'));
END $$;

-- The rows that only one side has, and the plans.
CREATE FUNCTION fuzz.explain(settings text[], role text, prepare text, statements text[], wrapped bool) RETURNS SETOF text
    LANGUAGE plpgsql
AS $$
DECLARE
    with_quals text[];
    without text[];
    plain text[];
BEGIN
    PERFORM fuzz.set_all(settings);
    with_quals := fuzz.answer_as('on', role, prepare, statements, wrapped);
    without := fuzz.answer_as('off', role, prepare, statements, wrapped);
    plain := fuzz.answer_as(NULL, role, prepare, statements, wrapped);
    RETURN QUERY SELECT '-- only with derivation: ' || row FROM (SELECT regexp_split_to_table(array_to_string(with_quals, E'\n'), E'\n') AS row EXCEPT ALL SELECT regexp_split_to_table(array_to_string(without, E'\n'), E'\n')) AS x LIMIT 5;
    RETURN QUERY SELECT '-- only without derivation: ' || row FROM (SELECT regexp_split_to_table(array_to_string(without, E'\n'), E'\n') AS row EXCEPT ALL SELECT regexp_split_to_table(array_to_string(with_quals, E'\n'), E'\n')) AS x LIMIT 5;
    RETURN QUERY SELECT '-- only in the release: ' || row FROM (SELECT regexp_split_to_table(array_to_string(without, E'\n'), E'\n') AS row EXCEPT ALL SELECT regexp_split_to_table(array_to_string(plain, E'\n'), E'\n')) AS x LIMIT 5;
    RETURN QUERY SELECT '-- only in the plain view: ' || row FROM (SELECT regexp_split_to_table(array_to_string(plain, E'\n'), E'\n') AS row EXCEPT ALL SELECT regexp_split_to_table(array_to_string(without, E'\n'), E'\n')) AS x LIMIT 5;
    RETURN QUERY SELECT '-- plan: ' || line FROM regexp_split_to_table(fuzz.plan_as('on', prepare, statements[1]), E'\n') AS line WHERE line <> '';
END $$;

-- Rows of a source as an INSERT, to show a case on an empty table.
CREATE FUNCTION fuzz.insert_of(source regclass) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    answer text;
    list text := (SELECT string_agg(format('quote_nullable(%I::text)', attname), ' || '', '' || ' ORDER BY attnum)
                    FROM pg_attribute WHERE attrelid = source AND attnum > 0 AND NOT attisdropped);
BEGIN
    EXECUTE format('SELECT string_agg(''('' || %s || '')'', E'',\n  '') FROM %s', list, source) INTO answer;
    RETURN format('INSERT INTO %s VALUES %s;', source, answer);
END $$;

-- Constants for a released column: what it shows, its neighbours, and values of the source.
CREATE FUNCTION fuzz.pool(name text, released text, origin text, class text) RETURNS SETOF text
    LANGUAGE plpgsql
AS $$
DECLARE
    near text := CASE class
        WHEN 'int' THEN 'SELECT (v::numeric + d)::text FROM shown, (VALUES (-1), (1)) AS n(d) WHERE abs(v::numeric) < 9000000000000000000'
        WHEN 'num' THEN 'SELECT (v + 0.25)::text FROM shown'
        WHEN 'float' THEN 'SELECT (v * d)::text FROM shown, (VALUES (0.9999999999999998::float8), (1.0000001)) AS n(d) WHERE abs(v) BETWEEN 1e-20 AND 1e30'
        WHEN 'date' THEN 'SELECT (v + d)::text FROM shown, (VALUES (-1), (1), (40)) AS n(d) WHERE v BETWEEN date ''4000-01-01 BC'' AND date ''9000-01-01'''
        WHEN 'ts' THEN 'SELECT (v + d)::text FROM shown, (VALUES (interval ''-1 us''), (interval ''1 us''), (interval ''1 day'')) AS n(d) WHERE v BETWEEN timestamp ''4000-01-01 BC'' AND timestamp ''9000-01-01'''
        WHEN 'tz' THEN 'SELECT (v + d)::text FROM shown, (VALUES (interval ''-1 us''), (interval ''1 us''), (interval ''1 hour'')) AS n(d) WHERE v BETWEEN timestamptz ''4000-01-01 BC'' AND timestamptz ''9000-01-01'''
        ELSE 'SELECT NULL::text WHERE false' END;
BEGIN
    RETURN QUERY EXECUTE format('WITH shown AS (SELECT DISTINCT %1$I AS v FROM plain.%2$I WHERE %1$I IS NOT NULL)
        SELECT t FROM (SELECT v::text FROM shown UNION ALL SELECT v::text FROM shown UNION ALL %3$s UNION ALL
                       SELECT DISTINCT %4$I::text FROM src.%2$I WHERE %5$L) AS x(t) WHERE t IS NOT NULL ORDER BY t COLLATE "C"', released, name, near, origin, origin <> 'k');
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA fuzz TO fuzz_reader;

-- What one plan fetched of a source: rows that a scan returned or took and then dropped.
-- One line: fetched, returned, 1 if the plan shows the secret.
CREATE FUNCTION fuzz.fetched(source text, prepare text, statement text, secret text) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    plan jsonb;
    fetched bigint;
BEGIN
    PERFORM set_config('search_path', 'rel, small', true);
    IF prepare IS NOT NULL THEN
        DEALLOCATE ALL;
        EXECUTE prepare;
    END IF;
    FOR plan IN EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON, TIMING OFF, SUMMARY OFF) ' || statement LOOP
        SELECT coalesce(sum(((node ->> 'Actual Rows')::numeric + coalesce((node ->> 'Rows Removed by Filter')::numeric, 0)
                             + coalesce((node ->> 'Rows Removed by Index Recheck')::numeric, 0)) * (node ->> 'Actual Loops')::numeric), 0) INTO fetched
          FROM (SELECT DISTINCT jsonb_path_query(plan, '$.**') AS node) AS nodes
         WHERE jsonb_typeof(node) = 'object' AND node ->> 'Schema' = 'src' AND node ->> 'Relation Name' ~ ('^' || source || '(_|$)');
        RETURN format(E'%s\t%s\t%s', fetched, plan -> 0 -> 'Plan' ->> 'Actual Rows', CASE WHEN plan::text ~ secret THEN 1 ELSE 0 END);
    END LOOP;
END $$;
