-- "make demo CSV=FILE", second half: rules for columns never seen before.
--
-- privrelease.discover() says what the columns seem to be; here is what to do
-- with each, by type and distinct values.  The first line of demo.judge() that
-- fits decides.  What no line fits is left out, with the reason: a column
-- without a rule does not appear, so doubt is safe.

CREATE TYPE demo.column_facts AS
(
    column_name text,
    type        text,
    words       text,       -- the name as lower-case words
    kind        text,       -- as privrelease.discover() proposes it
    category    text,
    detector    text,
    matched     float8,
    rows        bigint,
    filled      bigint,     -- values that are not NULL
    n_distinct  bigint,
    rarest      bigint,     -- rows that hold the rarest value
    rare        bigint,     -- values that fewer than 5 rows hold
    merge_below bigint,     -- values of fewer rows than this, taken together, have 5 or more
    shortest    int,
    longest     int,
    han         float8,     -- share of values with Chinese characters
    low         float8,     -- quantiles 0.02 and 0.98 of numbers
    high        float8,
    minimum     float8,
    maximum     float8
);

CREATE FUNCTION demo.facts(source regclass, wanted name, kind text, category text, detector text, matched float8) RETURNS demo.column_facts
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    f demo.column_facts;
BEGIN
    f.column_name := wanted;
    f.words := demo.words(wanted);
    f.kind := kind;
    f.category := category;
    f.detector := detector;
    f.matched := matched;
    SELECT format_type(atttypid, NULL) INTO f.type FROM pg_attribute WHERE attrelid = source AND attname = wanted;
    EXECUTE format($q$SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE v IS NOT NULL), 0), count(v), min(n) FILTER (WHERE v IS NOT NULL),
                             count(*) FILTER (WHERE v IS NOT NULL AND n < 5), greatest(min(n) FILTER (WHERE v IS NOT NULL AND held >= 5 AND ranked >= 2) + 1, 5)
                        FROM (SELECT v, n, sum(n) OVER w AS held, count(*) OVER w AS ranked
                                FROM (SELECT %I AS v, count(*) AS n FROM %s GROUP BY 1) g
                              WINDOW w AS (PARTITION BY v IS NULL ORDER BY n)) t$q$, wanted, source)
        INTO f.rows, f.filled, f.n_distinct, f.rarest, f.rare, f.merge_below;
    IF f.type = 'text' THEN
        EXECUTE format($q$SELECT min(length(v)), max(length(v)), avg((v ~ '[一-鿿]')::int)
                            FROM (SELECT btrim(%I) AS v FROM %s) t WHERE v <> ''$q$, wanted, source)
            INTO f.shortest, f.longest, f.han;
    ELSIF f.type IN ('integer', 'bigint', 'numeric', 'double precision') THEN
        EXECUTE format('SELECT q[1], q[2], a, z FROM (SELECT percentile_disc(ARRAY[0.02, 0.98]) WITHIN GROUP (ORDER BY %1$I::float8) AS q,
                               min(%1$I)::float8 AS a, max(%1$I)::float8 AS z FROM %2$s) t', wanted, source)
            INTO f.low, f.high, f.minimum, f.maximum;
    END IF;
    RETURN f;
END $$;

-- 1, 2 or 5 times a power of ten: 4 to 20 bins, more for more values.
CREATE FUNCTION demo.bin_width(f demo.column_facts) RETURNS numeric
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN m < 1.5 THEN 1 WHEN m < 3.5 THEN 2 WHEN m < 7.5 THEN 5 ELSE 10 END * p
      FROM (SELECT raw / p AS m, p FROM (SELECT raw, 10::numeric ^ floor(log(raw)) AS p
              FROM (SELECT greatest((f.high - f.low)::numeric / least(20, greatest(4, sqrt(f.n_distinct)))::numeric, CASE WHEN f.type IN ('integer', 'bigint') THEN 1 ELSE 1e-9 END) AS raw) a) b) c;
$$;

CREATE FUNCTION demo.plain(n numeric) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$ SELECT trim_scale(n)::text $$;

-- Equal bins with open ends, so that the few at either end are not alone.
CREATE FUNCTION demo.bin_params(f demo.column_facts) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT format('{"width": %s, "bottom": %s, "top": %s}', demo.plain(w), demo.plain(floor(f.low::numeric / w) * w),
                  demo.plain(greatest(floor(f.high::numeric / w), floor(f.low::numeric / w) + 1) * w))
      FROM (SELECT demo.bin_width(f) AS w) t;
$$;

-- Identifiers that stand for a person and show nothing else: a pseudonym can take their place.
CREATE FUNCTION demo.stands_for_person(f demo.column_facts) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$ SELECT f.type IN ('text', 'integer', 'bigint', 'uuid') AND coalesce(f.matched, 1) > 0.5
         AND f.detector IN ('resident_id', 'passport', 'travel_permit', 'document_number', 'person_key')
          OR f.type IN ('text', 'integer', 'bigint', 'uuid') AND demo.names_person(f.column_name) $$;

-- kind: of classify(), NULL if unknown.  transform: NULL leaves the column out.
CREATE FUNCTION demo.judge(f demo.column_facts, is_subject boolean, OUT kind text, OUT category text, OUT transform text, OUT params text, OUT why text)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    number boolean := f.type IN ('integer', 'bigint', 'numeric', 'double precision');
    day boolean := f.type IN ('date', 'timestamp without time zone', 'timestamp with time zone');
    zone text := CASE WHEN f.type = 'timestamp with time zone' THEN ', "timezone": "UTC"' ELSE '' END;
    code boolean := f.words ~ '(^|_)(\w*id|no|nr|number|code|key|uuid|serial|account|license|licence)$' OR f.column_name ~ '编号|号码|账号';
    mostly boolean := coalesce(f.matched, 1) > 0.5;
BEGIN
    kind := f.kind;
    category := f.category;
    params := '{}';
    CASE
    WHEN is_subject AND demo.names_person(f.column_name) OR demo.stands_for_person(f) THEN
        kind := 'identifier';
        transform := 'pseudonymize';
        params := '{"key": "demo"}';
        why := 'tells persons apart';
    WHEN is_subject THEN
        kind := 'insensitive';
        category := NULL;
        why := 'the row number that was added; it says where a row stood in the file';
    WHEN f.filled = 0 THEN
        why := 'holds no value';
    WHEN f.detector = 'email' AND f.type = 'text' AND mostly THEN
        transform := 'partial_email';
        why := 'e-mail addresses';
    WHEN f.detector = 'person_name' THEN
        why := 'a person''s name';
    WHEN f.detector IN ('mobile', 'phone', 'landline') AND f.type = 'text' THEN
        transform := 'partial';
        params := '{"left": 3, "right": 0}';
        why := 'telephone numbers';
    WHEN f.detector = 'address' AND f.type = 'text' THEN
        IF f.han > 0.5 AND f.shortest >= 9 THEN
            kind := 'quasi_identifier';
            transform := 'prefix';
            params := '{"length": 6}';
            why := 'addresses that begin with city and district';
        ELSE
            why := 'addresses; which part of them is coarse enough, only a reader can tell';
        END IF;
    WHEN f.detector = 'postcode' THEN
        IF f.type = 'text' AND f.longest BETWEEN 4 AND 10 THEN
            transform := 'prefix';
            params := format('{"length": %s}', greatest(1, f.shortest / 2));
            why := 'postcodes';
        ELSIF f.type = 'integer' THEN
            transform := 'bin';
            params := '{"width": 1000}';
            why := 'postcodes without their leading zeros';
        ELSE
            why := 'postcodes of a form not known here';
        END IF;
    WHEN day AND f.detector = 'birth_date' THEN
        transform := 'date_trunc';
        params := format('{"unit": "year"%s}', zone);
        why := 'dates of birth';
    WHEN day THEN
        kind := 'quasi_identifier';
        transform := 'date_trunc';
        params := format('{"unit": "month"%s}', zone);
        why := 'dates';
    WHEN f.type = 'inet' THEN
        transform := 'network';
        params := '{"v4": 16, "v6": 32}';
        why := 'network addresses';
    WHEN number AND f.minimum >= 0 AND f.maximum <= 130 AND f.detector = 'age' THEN
        transform := 'bin';
        params := '{"width": 5, "top": 85}';
        why := 'ages; 85 and above are one bin';
    WHEN number AND f.n_distinct > 20 AND f.detector = 'coordinates' THEN
        transform := 'round';
        params := CASE WHEN f.type IN ('integer', 'bigint') THEN '{"to": 1}' ELSE '{"to": 0.1}' END;
        why := 'coordinates, to about 10 km';
    WHEN f.detector = 'free_text' THEN
        why := format('%s different texts of up to %s characters; what they say, only a reader can tell', f.n_distinct, f.longest);
    WHEN f.kind = 'identifier' AND f.detector NOT IN ('key', 'distinct') THEN
        why := format('identifies a person, or holds what does (%s)', f.detector);
    WHEN code AND (f.n_distinct > 50 OR f.n_distinct = f.filled) THEN
        kind := NULL;
        why := format('a number or code with %s different values; it may well name a person', f.n_distinct);
    WHEN number AND f.n_distinct = f.filled AND f.filled > 20 AND f.type IN ('integer', 'bigint') AND f.maximum - f.minimum < 2 * f.filled THEN
        kind := NULL;
        why := 'numbers rows one by one';
    WHEN number AND f.n_distinct > 20 THEN
        transform := 'bin';
        params := demo.bin_params(f);
        why := format('numbers, %s different ones', f.n_distinct);
    WHEN f.n_distinct <= 50 AND f.rare = 0 THEN
        transform := 'keep';
        why := format('%s different values, each in %s rows or more', f.n_distinct, f.rarest);
    WHEN f.n_distinct <= 100 AND f.merge_below IS NOT NULL AND f.type IN ('text', 'integer', 'bigint', 'numeric', 'double precision') AND f.filled >= 10 * f.n_distinct THEN
        transform := 'hierarchy';
        why := format('%s different values, of which those in fewer than %s rows become one', f.n_distinct, f.merge_below);
    WHEN number AND f.n_distinct > 2 THEN
        transform := 'bin';
        params := demo.bin_params(f);
        why := 'numbers';
    WHEN f.type = 'text' THEN
        kind := NULL;
        why := format('%s different texts of up to %s characters; what they say, only a reader can tell', f.n_distinct, f.longest);
    ELSE
        kind := NULL;
        why := format('%s different values of type %s, not known by name', f.n_distinct, f.type);
    END CASE;
    -- A key of few values in a small file is what its values are, if it is shown at all.
    IF transform IS NOT NULL AND kind = 'identifier' AND f.detector IN ('key', 'distinct') AND NOT is_subject AND NOT demo.stands_for_person(f) THEN
        kind := 'quasi_identifier';
    END IF;
END $$;

CREATE FUNCTION demo.subject(source regclass) RETURNS name
    LANGUAGE sql STABLE
AS $$ SELECT attname FROM pg_attribute WHERE attrelid = source AND attnum > 0 AND col_description(source, attnum) = 'subject' $$;

CREATE TABLE demo.verdict
(
    position    int PRIMARY KEY,
    column_name name,
    facts       demo.column_facts,
    kind        text,
    category    text,
    transform   text,
    params      text,
    why         text
);

-- The rules as the SQL that a DBA would type.
CREATE FUNCTION demo.propose(source text, release text) RETURNS TABLE (line text)
    LANGUAGE plpgsql
AS $$
DECLARE
    subject name := demo.subject(source);
    v demo.verdict;
    levels text;
BEGIN
    INSERT INTO demo.verdict
    SELECT a.attnum, a.attname, f, j.kind, j.category, j.transform, j.params, j.why
      FROM privrelease.discover(source) d JOIN pg_attribute a ON a.attrelid = source::regclass AND a.attname = d.column_name,
           demo.facts(source, a.attname, d.kind, d.category, d.detector, d.matched) f, demo.judge(f, a.attname = demo.subject(source)) j;

    line := format('SELECT privrelease.create_release(%L, %L, subject => %L);', release, source, subject);
    RETURN NEXT;
    FOR v IN SELECT * FROM demo.verdict WHERE verdict.transform IS NOT NULL ORDER BY position LOOP
        line := '';
        RETURN NEXT;
        line := format('-- %s: %s', v.column_name, v.why);
        RETURN NEXT;
        line := format('SELECT privrelease.classify(%L, %L, %L%s);', source, v.column_name, v.kind, ', ' || quote_literal(v.category));
        RETURN NEXT;
        IF v.transform = 'hierarchy' THEN
            levels := demo.cut(split_part(source, '.', 2) || '_' || v.position, 50) || '_levels';
            line := format('CREATE TABLE source.%I AS', levels);
            RETURN NEXT;
            line := format('    SELECT %I::text AS value, CASE WHEN count(*) < %s THEN ''other'' ELSE %I::text END AS common, ''*''::text AS any', v.column_name, (v.facts).merge_below, v.column_name);
            RETURN NEXT;
            line := format('      FROM %s WHERE %I IS NOT NULL GROUP BY %I;', source, v.column_name, v.column_name);
            RETURN NEXT;
            line := format('SELECT privrelease.load_hierarchy(%L, %L);', levels, 'source.' || quote_ident(levels));
            RETURN NEXT;
            line := format('SELECT privrelease.set_rule(%L, %L, ''hierarchy'', ''{"hierarchy": "%s", "level": 1}'');', release, v.column_name, levels);
            RETURN NEXT;
        ELSE
            line := format('SELECT privrelease.set_rule(%L, %L, %L%s);', release, v.column_name, v.transform,
                           CASE WHEN v.params = '{}' THEN '' ELSE format(', %L', v.params) END);
            RETURN NEXT;
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM demo.verdict WHERE verdict.transform IS NULL) THEN
        line := '';
        RETURN NEXT;
        line := '-- Left out until somebody who knows the data decides:';
        RETURN NEXT;
        RETURN QUERY SELECT format('--   %s: %s', d.column_name, d.why) FROM demo.verdict d WHERE d.transform IS NULL ORDER BY d.position;
    END IF;
END $$;

-- A column of the source that the release does not show, to be refused.
CREATE FUNCTION demo.hidden_column(source text, release text) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT quote_ident(coalesce((SELECT column_name::text FROM demo.verdict WHERE transform IS NULL ORDER BY position LIMIT 1), 'ctid'));
$$;
