-- "make demo CSV=FILE", first half: a file becomes a table with types.
--
-- COPY reads the file and decides what a record is; here are only the names of
-- the columns and, from one pass over each column, their types.  No message
-- holds a value of the file: lines and columns are named instead.

CREATE SCHEMA demo;
GRANT USAGE ON SCHEMA demo TO PUBLIC;

-- The fields of the first record.
CREATE FUNCTION demo.first_record(head text, separator text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    class text := CASE separator WHEN E'\t' THEN '\t' ELSE '\' || separator END;
    fields text[] := '{}';
    found text[];
BEGIN
    FOR found IN
        SELECT regexp_matches(head || E'\n', '("(?:[^"]|"")*"|[^"' || class || '\n][^' || class || '\n]*|)(' || class || '|\n)', 'g')
    LOOP
        fields := fields || CASE WHEN found[1] LIKE '"%' THEN replace(substr(found[1], 2, length(found[1]) - 2), '""', '"') ELSE found[1] END;
        EXIT WHEN found[2] = E'\n';
    END LOOP;
    RETURN fields;
END $$;

-- A first record is data, not names, if a field of it could not be a name:
-- a number other than a year, a date, an address of e-mail, an identity number.
CREATE FUNCTION demo.is_header(fields text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(fields) f
                        WHERE f ~ '^\s*[+-]?\d+([.,]\d+)?\s*$' AND f !~ '^\s*(19|20)\d\d\s*$'
                           OR f ~ '^\s*\d{4}[-/]\d\d?[-/]\d\d?' OR f ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' OR f ~ '^\d{17}[Xx]$');
$$;

-- At most 63 bytes of a name, whole characters.
CREATE FUNCTION demo.cut(name text, bytes int) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT left(name, n) FROM generate_series(length(name), 0, -1) n WHERE octet_length(left(name, n)) <= bytes LIMIT 1;
$$;

-- Names that PostgreSQL takes, each once.
CREATE FUNCTION demo.column_names(fields text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    names text[] := '{}';
    base text;
    name text;
    n int;
BEGIN
    FOR i IN 1 .. cardinality(fields) LOOP
        base := demo.cut(btrim(regexp_replace(fields[i], '[[:cntrl:][:space:]]+', ' ', 'g')), 63);
        IF base = '' THEN
            base := 'column_' || i;
        ELSIF base IN ('ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax') THEN
            base := base || '_';
        END IF;
        name := base;
        n := 1;
        WHILE name = ANY (names) LOOP
            n := n + 1;
            name := demo.cut(base, 63 - length('_' || n)) || '_' || n;
        END LOOP;
        names := names || name;
    END LOOP;
    RETURN names;
END $$;

-- Words of a column's name: "maritalStatus", "marital-status" and "Marital Status" are marital_status.
CREATE FUNCTION demo.words(column_name text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$ SELECT btrim(lower(regexp_replace(regexp_replace(column_name, '([a-z])([A-Z])', '\1_\2', 'g'), '[^[:alnum:]]+', '_', 'g')), '_') $$;

-- Digits that are no quantity: 10 of them more mean nothing.
CREATE FUNCTION demo.names_digits(column_name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$ SELECT demo.words(column_name) ~ '(^|_)(post_?code|postal(_code)?|zip(_?code)?|mobile|phone\w*|telephone|tel|cell|fax)(_|$)' OR column_name ~ '邮编|邮政编码|手机|电话|传真' $$;

-- The type of a column of text, and the expression that makes it: the first of
-- the list that every value fits.  Words for "no value" count as none, unless
-- the column turns out to be text.
CREATE FUNCTION demo.infer(source regclass, column_name name, OUT type text, OUT expression text)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v text := format('btrim(%I)', column_name);
    given text := format('nullif(CASE WHEN %s IN (''NA'', ''N/A'', ''n/a'', ''NULL'', ''null'', ''NaN'', ''?'', ''-'', ''--'', ''无'', ''未知'') THEN NULL ELSE %s END, '''')', v, v);
    s record;
BEGIN
    EXECUTE format($q$
        SELECT count(g) AS n,
               bool_and(g ~ '^-?(0|[1-9]\d*)$') AS whole,
               bool_and(g ~ '^[+-]?\d*\.?\d+$|^[+-]?\d+\.$' AND g !~ '^-?0\d') AS decimal,
               bool_and(g ~ '^-?\d+(,\d+)?$' AND g !~ '^-?0\d') AS comma,
               bool_and(g ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$' AND g !~ '^-?0\d') AS scientific,
               bool_and(g ~ '^\d{4}[-/]\d\d?[-/]\d\d?$') AS day,
               bool_and(g ~ '^\d{4}[-/]\d\d?[-/]\d\d?[ T]\d\d?:\d\d(:\d\d(\.\d+)?)?$') AS instant,
               bool_and(g ~ '^\d{4}-\d\d?-\d\d?[ T]\d\d?:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$') AS zoned,
               bool_and(g ~ '^(\d{1,3}\.){3}\d{1,3}(/\d{1,2})?$|^[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/\d{1,3})?$') AS address,
               bool_and(g ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') AS uuid,
               min(length(g)) AS shortest, max(length(g)) AS longest
          FROM (SELECT %s AS g FROM %s) t$q$, given, source) INTO s;

    type := CASE
        WHEN s.n = 0 THEN 'text'
        -- Long numbers that are all of one length are codes, and no quantity.
        WHEN s.whole AND s.shortest = s.longest AND s.longest >= 11 THEN 'text'
        WHEN s.whole AND demo.names_digits(column_name) THEN 'text'
        WHEN s.whole AND s.longest <= 9 THEN 'integer'
        WHEN s.whole AND s.longest <= 18 THEN 'bigint'
        WHEN s.decimal OR s.comma THEN 'numeric'
        WHEN s.scientific THEN 'double precision'
        WHEN s.day THEN 'date'
        WHEN s.instant THEN 'timestamp'
        WHEN s.zoned THEN 'timestamptz'
        WHEN s.address THEN 'inet'
        WHEN s.uuid THEN 'uuid'
        ELSE 'text' END;
    expression := CASE WHEN type = 'text' THEN format('%I', column_name)
                       WHEN s.comma AND NOT s.decimal THEN format('replace(%s, '','', ''.'')::numeric', given)
                       ELSE format('(%s)::%s', given, type) END;

    -- 30 February has the form of a date; so does 300.1.1.1 that of an address.
    IF type <> 'text' THEN
        BEGIN
            EXECUTE format('SELECT count(%s) FROM %s', expression, source);
        EXCEPTION WHEN data_exception THEN
            type := 'text';
            expression := format('%I', column_name);
        END;
    END IF;
END $$;

-- A row number for a table in which no column tells persons apart.
CREATE FUNCTION demo.free_name(names text[], wanted text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$ SELECT wanted || s FROM (SELECT '' AS s, 0 AS n UNION ALL SELECT '_' || n, n FROM generate_series(2, 2000) n) t
       WHERE wanted || s <> ALL (names) ORDER BY n LIMIT 1 $$;

CREATE FUNCTION demo.names_person(column_name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$ SELECT demo.words(column_name) ~ '(^|_)(id_?(number|card|no)|identity(_(number|card|no))?|national_id|citizen_id|resident_id|ssn|social_security(_number)?|passport(_(no|number))?|(person|patient|customer|client|member|employee|student|user|subject|respondent|individual|participant)_?(id|no|nr|number|key)|pid)(_|$)'
          OR column_name ~ '身份证|证件号|护照号|工号|学号|病历号|患者编号|客户编号|会员号|人员编号|用户编号' $$;

-- The table's name from the file's.
CREATE FUNCTION demo.table_name(file text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN n ~ '^[[:alpha:]]' THEN n ELSE 'file' || CASE WHEN n = '' THEN '' ELSE '_' || n END END
        FROM (SELECT demo.cut(btrim(regexp_replace(lower(regexp_replace(file, '\.[^.]*$', '')), '[^[:alnum:]]+', '_', 'g'), '_'), 40) AS n) t $$;

CREATE FUNCTION demo.load(file text, path text, head text, separator text, header text) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    fields text[] := demo.first_record(pg_read_file(head), separator);
    has_header boolean := coalesce(header = 'yes', demo.is_header(fields));
    names text[];
    tab text := demo.table_name(file);
    source regclass;
    message text;
    context text;
    loaded bigint;
    changes text[] := '{}';
    key text;
    key_is_whole boolean;
    found record;
BEGIN
    IF quote_ident(tab) <> tab THEN
        tab := tab || '_file';
    END IF;
    IF cardinality(fields) > 1500 THEN
        RAISE EXCEPTION '% has % columns in its first line', file, cardinality(fields)
            USING HINT = 'A table of PostgreSQL has 1600 at most; name the separator with SEPARATOR=, if it is another.';
    END IF;
    names := demo.column_names(CASE WHEN has_header THEN fields ELSE array_fill(''::text, ARRAY[cardinality(fields)]) END);
    RAISE NOTICE '% columns, separated by %; the first line holds %', cardinality(names),
        CASE separator WHEN E'\t' THEN 'tabs' ELSE '"' || separator || '"' END, CASE WHEN has_header THEN 'their names' ELSE 'data' END;
    IF has_header AND names <> fields THEN
        RAISE NOTICE 'names that were empty, odd, too long or there twice were changed';
    END IF;

    EXECUTE format('CREATE TABLE source.%I (%s)', tab, (SELECT string_agg(format('%I text', n), ', ' ORDER BY o) FROM unnest(names) WITH ORDINALITY u(n, o)));
    source := format('source.%I', tab);
    BEGIN
        EXECUTE format('COPY %s FROM %L WITH (FORMAT csv, HEADER %s, DELIMITER %L)', source, path, has_header::text, separator);
        GET DIAGNOSTICS loaded = ROW_COUNT;
    EXCEPTION WHEN data_exception THEN
        GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
        RAISE EXCEPTION '%, line %: %', file, coalesce(substring(context FROM 'COPY [^,]+, line (\d+)'), '?'), message
            USING HINT = 'Every line must have as many fields as the first, which has ' || cardinality(names)
                || '; a separator inside a field needs quotes around the field.';
    END;
    IF loaded = 0 THEN
        RAISE EXCEPTION '% has a line of column names and no rows', file
            USING HINT = 'If that line is data, say so: make demo CSV=... HEADER=no';
    END IF;

    FOR i IN 1 .. cardinality(names) LOOP
        found := demo.infer(source, names[i]::name);
        IF found.type <> 'text' THEN
            changes := changes || format('ALTER COLUMN %I TYPE %s USING %s', names[i], found.type, found.expression);
        END IF;
        IF key IS NULL AND demo.names_person(names[i]) THEN
            EXECUTE format('SELECT count(%I) >= 0.95 * count(*) FROM %s', names[i], source) INTO key_is_whole;
            IF key_is_whole THEN
                key := names[i];
            END IF;
        END IF;
    END LOOP;
    IF key IS NULL THEN
        key := demo.free_name(names, 'row_number');
        changes := changes || format('ADD COLUMN %I bigint GENERATED ALWAYS AS IDENTITY', key);
        RAISE NOTICE 'no column tells persons apart: a row number was added, so each row counts as a person';
    END IF;
    IF changes <> '{}' THEN
        EXECUTE format('ALTER TABLE %s %s', source, array_to_string(changes, ', '));
    END IF;
    EXECUTE format('ALTER TABLE %s OWNER TO steward', source);
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', source, key, 'subject');
    EXECUTE format('ANALYZE %s', source);
    RAISE NOTICE '% rows', loaded;
    RETURN tab;
END $$;

CREATE FUNCTION demo.count_values(source regclass, column_name text) RETURNS bigint
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT DISTINCT %I FROM %s) t', column_name, source) INTO n;
    RETURN n;
END $$;
