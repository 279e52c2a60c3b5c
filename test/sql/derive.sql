-- Derived quals: what is derived from which filter, where nothing may be, what a plan expects and shows; answers are the same without.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE derive_steward;
CREATE ROLE derive_reader;
CREATE SCHEMA derive_src AUTHORIZATION derive_steward;
CREATE SCHEMA derive_open AUTHORIZATION derive_steward;
CREATE SCHEMA derive AUTHORIZATION derive_steward;
GRANT USAGE ON SCHEMA derive TO derive_reader;
SELECT privrelease.create_key('derive_key') > 0 AS made;
RESET client_min_messages;
SET TIME ZONE 'UTC';
SET datestyle = 'ISO';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET ROLE derive_steward;

-- ---------- a source with a value of every kind, indexed ----------

CREATE TABLE derive_src.person (
    id int PRIMARY KEY, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, d date, ts timestamp, tz timestamptz, tn timestamptz, born date,
    name text COLLATE "en-x-icu", code text COLLATE "C", short varchar(20), ip inet, region int4, district text, card text, wage int, phone text, person text, bare int4);
INSERT INTO derive_src.person
    SELECT g, g % 2000, g * 7 % 20000, g * 7919::int8 % 20000 * 1000000, (g * 31 % 20000) / 100.0, (g * 37 % 20000) / 100.0, date '2000-01-01' + g * 41 % 7300,
           timestamp '2000-01-01' + g * interval '8 hours', timestamptz '2000-01-01' + g * interval '9 hours', timestamptz '1950-01-01' + g * interval '9 hours', date '1930-01-01' + g * 43 % 33000,
           chr(97 + g % 26) || chr(97 + g / 26 % 26) || chr(65 + g / 676 % 26) || g, lpad((g * 17 % 20000)::text, 6, '0'), lpad((g * 19 % 20000)::text, 6, '0'),
           inet '10.0.0.0' + g * 5, g % 1000, 'd' || g % 500, '138' || lpad((g * 7919 % 100000000)::text, 8, '0'), g % 3000, '139' || lpad(g::text, 8, '0'), 'p' || g, g * 7 % 20000
      FROM generate_series(1, 20000) AS g;
INSERT INTO derive_src.person (id) SELECT 20000 + g FROM generate_series(1, 20) AS g;
DO $$
DECLARE
    c text;
BEGIN
    FOREACH c IN ARRAY '{i2,i4,i8,f4,f8,d,ts,tz,tn,born,code,ip,region,district,wage,phone,person}'::text[] LOOP
        EXECUTE format('CREATE INDEX ON derive_src.person (%I)', c);
    END LOOP;
    CREATE INDEX ON derive_src.person (name text_pattern_ops);
    CREATE INDEX ON derive_src.person (short text_pattern_ops);
    CREATE UNIQUE INDEX ON derive_src.person (card);
END $$;
VACUUM ANALYZE derive_src.person;
-- and a few rows with the ends of the types
CREATE TABLE derive_src.edge (LIKE derive_src.person INCLUDING INDEXES);
INSERT INTO derive_src.edge SELECT * FROM derive_src.person WHERE id % 200 < 3;
INSERT INTO derive_src.edge (id, i2, i4, i8, f4, f8, d, ts, tz, born, name, ip)
    VALUES (30001, -32768, -2147483648, -9223372036854775808, '-inf', '-inf', '-infinity', '-infinity', '-infinity', '-infinity', '', '0.0.0.0/0'),
           (30002, 32767, 2147483647, 9223372036854775807, 'nan', 'nan', 'infinity', 'infinity', 'infinity', 'infinity', '****', '::1'),
           (30003, 0, 0, 0, '-0', '-0', '4714-11-24 BC', '4714-11-24 BC', '4714-11-24 BC', '2024-06-01', 'Z', '10.0.0.0/8'),
           (30004, NULL, NULL, NULL, 'inf', 'inf', '5874897-12-31', '294276-12-31', '294276-12-31', '4714-11-24 BC', 'Zz-1', '255.255.255.255');

SELECT privrelease.create_hierarchy('derive_region', (SELECT array_agg(ARRAY[g::text, 'r' || g / 10, 'all', '*']) FROM generate_series(0, 999) AS g));
SELECT privrelease.create_hierarchy('derive_district', (SELECT array_agg(ARRAY['d' || g, 'g' || g % 250, 'h' || g % 5, '*']) FROM generate_series(0, 499) AS g));

SELECT privrelease.create_release('derive_open.' || t, 'derive_src.' || t, subject => 'person') FROM unnest('{person,edge}'::text[]) AS t;
SELECT count(privrelease.set_rule('derive_open.' || r, c, t, p::jsonb, o)) AS rules FROM unnest('{person,edge}'::text[]) AS r, (VALUES
    ('id', 'keep', '{}', 'id'), ('i2', 'bin', '{"width": 10}', 'i2'), ('i4', 'bin', '{"width": 10, "origin": 3}', 'i4'), ('i8', 'bin', '{"width": 10000000}', 'i8'),
    ('i8', 'bin', '{"width": 10000000, "bottom": 20000000, "top": 19900000000}', 'i8_ends'), ('i4', 'round', '{"to": 10}', 'i4_round'), ('f4', 'bin', '{"width": 0.1}', 'f4'), ('f8', 'bin', '{"width": 0.1}', 'f8'),
    ('f8', 'round', '{"to": 0.5}', 'f8_round'), ('d', 'date_trunc', '{"unit": "month"}', 'd'), ('ts', 'date_trunc', '{"unit": "month"}', 'ts'), ('tz', 'date_trunc', '{"unit": "month", "timezone": "Asia/Shanghai"}', 'tz'),
    ('tn', 'date_trunc', '{"unit": "month", "timezone": "America/St_Johns"}', 'tn'), ('born', 'age', '{"at": "2024-01-01", "width": 1}', 'age'), ('name', 'prefix', '{"length": 3}', 'name'),
    ('code', 'prefix', '{"length": 3}', 'code'), ('short', 'prefix', '{"length": 3}', 'short'), ('ip', 'network', '{"v4": 24}', 'ip'), ('region', 'hierarchy', '{"hierarchy": "derive_region", "level": 1}', 'region'),
    ('district', 'hierarchy', '{"hierarchy": "derive_district", "level": 1}', 'district'), ('card', 'encrypt_fpe', '{"key": "derive_key", "keep_left": 3}', 'card'),
    ('wage', 'noise', '{"scale": 100, "key": "derive_key"}', 'wage'), ('phone', 'partial', '{"left": 3, "right": 2}', 'phone'), ('person', 'pseudonymize', '{"key": "derive_key"}', 'person'),
    ('bare', 'bin', '{"width": 10}', 'bare')) AS v(c, t, p, o);
SELECT privrelease.build('derive_open.' || t) FROM unnest('{person,edge}'::text[]) AS t;
RESET ROLE;

-- ---------- helpers ----------

CREATE FUNCTION derive.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE regexp_replace('EXPLAIN (COSTS OFF) ' || query, '\) \(', ', ');
END $$;

-- Conditions on the source by which an index is read, one in each line of a plan; and of the rest what nobody reads rows for.
CREATE FUNCTION derive.conditions(query text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(DISTINCT cond, ' or ' ORDER BY cond), 'nothing')
      FROM derive.plan(query) AS line, regexp_replace(regexp_replace(line, '^ *(Index Cond: |One-Time Filter: )', ''), '''[0-9.]+''(::privrelease.capability)', '''(key)''\1', 'g') AS cond WHERE line ~ '^ *(Index Cond|One-Time Filter): ';
$$;

CREATE FUNCTION derive.answer(query text, derivation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('privrelease.enable_derived_quals', derivation, true);
    EXECUTE format('SELECT count(*) || '' '' || coalesce(sum(hashtextextended(q::text, 0)), 0) FROM (%s) AS q', query) INTO answer;
    PERFORM set_config('privrelease.enable_derived_quals', 'on', true);
    RETURN answer;
END $$;

-- Rows that a plan expects, against those there are: within a factor of 3, a handful is a handful.
CREATE FUNCTION derive.is_near(query text, rows bigint) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN greatest((plan #>> '{0,Plan,Plan Rows}')::float8, 3) / greatest(rows, 3) BETWEEN 1 / 3.0 AND 3;
END $$;

-- One filter: conditions of its plan; rows; wrong if the answer is another without derivation, or something was derived and the estimate is far off.
CREATE FUNCTION derive.look(filter text, OUT conditions text, OUT rows bigint, OUT wrong text) LANGUAGE plpgsql AS $$
DECLARE
    query text := 'SELECT * FROM derive_open.person WHERE ' || filter;
    answer text := derive.answer(query, 'on');
    edge text := replace(query, 'person', 'edge');
BEGIN
    IF answer <> derive.answer(query, 'off') OR derive.answer(edge, 'on') <> derive.answer(edge, 'off') THEN
        wrong := 'another answer';
    END IF;
    rows := split_part(answer, ' ', 1);
    PERFORM set_config('enable_seqscan', 'off', true);
    conditions := derive.conditions(query);
    PERFORM set_config('enable_seqscan', 'on', true);
    IF conditions <> 'nothing' AND NOT derive.is_near(query, rows) THEN
        wrong := concat_ws(', ', wrong, 'estimate');
    END IF;
END $$;

-- ---------- transforms and operators ----------

-- whole numbers: aligned, misaligned, commuted, other widths, beyond the type
SELECT f, l.* FROM unnest(ARRAY['i4 = 123', 'i4 = 120', '123 = i4', 'i4 < 13', '13 > i4', 'i4 <= 13', 'i4 >= 19993', 'i4 > 19983', 'i4 BETWEEN 33 AND 60', 'i4 = 123::int2', 'i4 = 123::int8',
    'i4 > 2147483640::int8', 'i4 >= 3000000000', 'i4 < -3000000000', 'i4 = 3000000000', 'i4 = -2147483648', 'i4 <> 123', 'i4 IS NULL', 'i4 IS NOT NULL', 'i4 IN (123, 133, 143)', 'i4 IN (123, 5003)', 'i4 IN (120, 5000)',
    'i4 IN (123, NULL)', 'i4 = ANY (ARRAY[123, 5003]::int8[])', 'i4 = ANY (''{}'')', 'i4 = 123 OR i4 = 203', 'i4 = 123 OR i4 IS NULL', 'i4 BETWEEN 33 AND 60 OR i4 > 19983', 'i4 = 123 OR i8 = 0', 'NOT (i4 > 50)', 'NOT (i4 = 123)',
    'i4 = NULL', 'i4 NOT IN (123, 133)', 'i4 + 0 = 123', 'i4 = id']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['i2 = 120', 'i2 = 120::int2', 'i2 = 120::int8', 'i2 <= -30000', 'i2 < -32768', 'i2 >= 32760', 'i2 > 32760', 'i2 < 40000', 'i2 IN (120::int2, 130::int2)', 'i2 IS NULL']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['i8 = 120000000', 'i8 = 120', 'i8 = 120000000::int4', 'i8 < 30000000', 'i8 >= 19990000000', 'i8 IN (120000000, 130000000)', 'i8_ends = 20000000', 'i8_ends = 10000000', 'i8_ends = 19900000000', 'i8_ends > 19900000000',
    'i8_ends < 30000000', 'i8_ends >= 19890000000']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['i4_round = 120', 'i4_round = 123', 'i4_round < 10', 'i4_round >= 19990', 'i4_round = 120 AND i4 = 113', 'i4_round BETWEEN 100 AND 110']) AS f, derive.look(f) AS l;
-- floats: 0.3 is a bound of bins of 0.1, and 0.1 + 0.2 is none
SELECT f, l.* FROM unnest(ARRAY['f8 = 0.3', 'f8 = 0.3::float8', 'f8 = 0.1::float8 + 0.2::float8', 'f8 < 0.3', 'f8 >= 199.9', 'f8 > 199.8', 'f8 = ''nan''', 'f8 = ''inf''', 'f8 = ''-inf''', 'f8 = 0', 'f8 = ''-0''', 'f8 IN (0.3, 0.4)', 'f8 = 7',
    'f8_round = 0.5', 'f8_round = 0.3', 'f8_round < 1', 'f8 IS NULL', 'f4 = 0.3::float4', 'f4 = 0.3', 'f4 = 0.5', 'f4 < 0.5', 'f4 >= 199.9::float4', 'f4 > ''inf''', 'f4 = 7']) AS f, derive.look(f) AS l;
-- dates and times; early dates have no month
SELECT f, l.* FROM unnest(ARRAY['d = ''2004-05-01''', 'd = ''2004-05-02''', 'd < ''2000-02-15''', 'd <= ''2000-02-01''', 'd > ''2019-11-01''', 'd >= ''2019-11-02''', 'd BETWEEN ''2004-05-01'' AND ''2004-07-31''', 'd = ''infinity''', 'd >= ''infinity''',
    'd IN (''2004-05-01'', ''2004-06-01'')', 'd IN (''2004-05-01'', ''2010-05-01'')', 'd IS NULL', 'd = timestamp ''2004-05-01''', 'd = timestamp ''2004-05-01 12:00''', 'd >= timestamp ''2019-11-02 12:00''', 'd < timestamp ''2000-02-01 00:01''', 'timestamp ''2000-02-01'' > d',
    'd = timestamptz ''2004-05-01''', 'd = to_date(''2004-05'', ''YYYY-MM'')', 'd > CURRENT_DATE + 100000']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['ts = ''2004-05-01''', 'ts < ''2000-02-15''', 'ts >= ''2018-03-01''', 'ts = ''2004-05-01 00:00:01''', 'ts = date ''2004-05-01''', 'ts < date ''2000-02-15''', 'date ''2018-03-01'' <= ts', 'ts >= date ''5874897-01-01''', 'ts < timestamptz ''2000-02-01''', 'ts IS NULL']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['tz = ''2004-05-01 00:00+08''', 'tz = ''2004-05-01''', 'tz < ''2000-02-15''', 'tz > ''2020-04-01''', 'tz BETWEEN ''2004-05-01'' AND ''2004-06-15''', 'tz = date ''2004-05-01''', 'tz < date ''2000-02-15''', 'tz <= timestamp ''2000-02-01''', 'tz IS NULL']) AS f, derive.look(f) AS l;
-- a zone whose months came back
SELECT f, l.conditions, l.rows FROM unnest(ARRAY['tn = ''1955-05-01 03:30''', 'tn < ''1950-02-15''', 'tn IS NULL']) AS f, derive.look(f) AS l;
-- ages fall as births rise; births after the day and unknown ones have none
SELECT f, l.* FROM unnest(ARRAY['age = 30', 'age < 3', 'age <= 2', 'age > 91', 'age >= 92', '92 <= age', 'age BETWEEN 30 AND 32', 'age = -1', 'age < 0', 'age > 5000', 'age IN (30, 31)', 'age IN (30, 60)', 'age IS NULL', 'age IS NOT NULL', 'age = 30::int8']) AS f, derive.look(f) AS l;
-- texts: whole prefixes and first characters, by text_pattern_ops and COLLATE "C"; never < and >
SELECT f, l.* FROM unnest(ARRAY['name = ''abC*''', 'name = ''abC''', 'name = ''ab**''', 'name LIKE ''abC%''', 'name LIKE ''ab%''', 'name LIKE ''a%''', 'name LIKE ''abC*''', 'name LIKE ''abC_''', 'name LIKE ''%bC''', 'name LIKE ''a\%%''', 'name LIKE ''Z%''', 'name ^@ ''abC''',
    'starts_with(name, ''abC'')', 'name IN (''abC*'', ''abD*'')', 'name = ''abC*'' OR name ^@ ''aaB''', 'name < ''b''', 'name >= ''zz''', 'name ILIKE ''abC%''', 'name NOT LIKE ''abC%''', 'name IS NULL', 'name = ''****''', 'name LIKE ''Zz-%''', 'name ^@ ''''', 'name = ''''']) AS f, derive.look(f) AS l;
-- what is known when the query runs may be the empty text
SELECT set_config('derive.empty', '', false) = '' AS empty, set_config('derive.start', 'abC', false) = '' AS start;
SELECT f, l.rows, l.conditions ~ 'prefix_bound' AS derived, l.wrong FROM unnest(ARRAY['name ^@ current_setting(''derive.empty'')', 'code ^@ current_setting(''derive.empty'')', 'name ^@ current_setting(''derive.start'')', 'name = current_setting(''derive.start'') || ''*''']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['code = ''012*''', 'code LIKE ''012%''', 'code ^@ ''012''', 'code LIKE ''1%''', 'code = ''012*''::varchar', 'code IN (''012*'', ''013*'')', 'short = ''012*''', 'short LIKE ''012%''', 'short IS NULL']) AS f, derive.look(f) AS l;
-- addresses
SELECT f, l.* FROM unnest(ARRAY['ip = ''10.0.5.0/24''', 'ip = ''10.0.5.0''', 'ip < ''10.0.2.0/24''', 'ip >= ''10.1.134.0/24''', 'ip = ''10.0.0.0/8''', 'ip > ''255.255.255.0/24''', 'ip BETWEEN ''10.0.5.0/24'' AND ''10.0.8.0/24''', 'ip IN (''10.0.5.0/24'', ''10.0.9.0/24'')', 'ip IS NULL', 'ip << ''10.0.5.0/24''']) AS f, derive.look(f) AS l;
-- hierarchies: leaves that are neighbours are one range
SELECT f, l.* FROM unnest(ARRAY['region = ''r7''', 'region = ''none''', 'region IN (''r7'', ''r8'')', 'region IN (''r7'', ''r70'')', 'region > ''r98''', 'region IS NULL', 'region LIKE ''r7%''', 'district = ''g7''', 'district = ''g7'' OR district = ''g9''', 'district = ''none''']) AS f, derive.look(f) AS l;
-- pseudonyms: found through the call, which is all that the plan shows
SELECT card AS one FROM derive_open.person WHERE id = 77 \gset
SELECT card AS other FROM derive_open.person WHERE id = 78 \gset
SELECT set_config('derive.one', :'one', false) IS NULL AS one, set_config('derive.other', :'other', false) IS NULL AS other;
SELECT f, l.* FROM unnest(ARRAY['card = current_setting(''derive.one'')', 'card IN (current_setting(''derive.one''), current_setting(''derive.other''))', 'card = ''none''', 'card < ''138''', 'card IS NULL', 'card IS NOT NULL']) AS f, derive.look(f) AS l;
SELECT count(*) AS lines_with_a_value, (SELECT count(*) FROM derive_open.person WHERE card = :'one' AND id = 77) AS found
  FROM derive.plan(format('SELECT * FROM derive_open.person WHERE card = %L', :'one')) AS line, derive_src.person AS s WHERE s.id = 77 AND line LIKE '%' || s.card || '%';
-- columns without cells, and one without an index
SELECT f, l.conditions, l.wrong FROM unnest(ARRAY['wage = 100', 'wage < 10', 'phone = ''139****01''', 'phone LIKE ''139%''', 'wage IS NULL']) AS f, derive.look(f) AS l;
SELECT f, l.* FROM unnest(ARRAY['bare = 120', 'bare BETWEEN 100 AND 290']) AS f, derive.look(f) AS l;
-- several columns together; a filter on most rows is none
SELECT f, l.* FROM unnest(ARRAY['i4 = 123 AND d >= ''2000-01-01''', 'i4 >= 100', 'age BETWEEN 10 AND 60', 'i4 IN (3, 10003) AND i2 = 0']) AS f, derive.look(f) AS l;
-- two distant bands of 6 % each would be read slower by an index
SELECT f, l.* FROM unnest(ARRAY['(i4 BETWEEN 3 AND 1200 OR i4 BETWEEN 10003 AND 11200)']) AS f, derive.look(f) AS l;
SELECT derive.conditions('SELECT * FROM derive_open.person WHERE i4 IN (' || (SELECT string_agg((10 * g + 3)::text, ',') FROM generate_series(0, 63) AS g) || ')') AS one_band;
SELECT derive.conditions('SELECT * FROM derive_open.person WHERE i4 IN (' || (SELECT string_agg((300 * g + 3)::text, ',') FROM generate_series(0, 63) AS g) || ')') <> 'nothing' AS sixty_four,
       derive.conditions('SELECT * FROM derive_open.person WHERE i4 IN (' || (SELECT string_agg((300 * g + 3)::text, ',') FROM generate_series(0, 64) AS g) || ')') AS sixty_five;

-- ---------- prepared statements ----------

-- generic plans call the functions of bounds, custom plans hold them; both answer as without
CREATE FUNCTION derive.prepared(filter text, argument text, OUT generic text, OUT custom text, OUT wrong text) LANGUAGE plpgsql AS $$
DECLARE
    rows bigint := split_part(derive.answer('SELECT * FROM derive_open.person WHERE ' || replace(filter, '$1', argument), 'off'), ' ', 1);
    run text := format('EXECUTE p(%s)', argument);
    mode text;
    conditions text;
    r record;
    n bigint;
BEGIN
    EXECUTE 'PREPARE p AS SELECT * FROM derive_open.person WHERE ' || filter;
    FOREACH mode IN ARRAY '{force_generic_plan,force_custom_plan}'::text[] LOOP
        PERFORM set_config('plan_cache_mode', mode, true);
        n := 0;
        FOR r IN EXECUTE run LOOP
            n := n + 1;
        END LOOP;
        IF n <> rows THEN
            wrong := concat_ws(', ', wrong, format('%s: %s instead of %s rows', mode, n, rows));
        END IF;
        -- of a value that is not known only a typical cell can be told
        IF (mode = 'force_custom_plan' OR filter ~ '^\w+ = ' AND rows BETWEEN 1 AND 300) AND NOT derive.is_near(run, rows) THEN
            wrong := concat_ws(', ', wrong, mode || ': estimate');
        END IF;
        PERFORM set_config('enable_seqscan', 'off', true);
        conditions := derive.conditions(run);
        PERFORM set_config('enable_seqscan', 'on', true);
        IF mode = 'force_generic_plan' THEN
            generic := conditions;
            DEALLOCATE p;
            EXECUTE 'PREPARE p AS SELECT * FROM derive_open.person WHERE ' || filter;
        ELSE
            custom := conditions;
        END IF;
    END LOOP;
    PERFORM set_config('plan_cache_mode', 'auto', true);
    DEALLOCATE p;
END $$;
SELECT f, a, p.* FROM (VALUES ('i4 = $1', '123'), ('i4 = $1', '120'), ('i4 < $1', '13'), ('i4 >= $1::int8', '19993'), ('i2 = $1::int2', '120'), ('f8 = $1', '0.3'), ('f4 = $1::float4', '0.3'), ('d = $1', '''2004-05-01'''), ('d <= $1', '''2000-02-01'''),
        ('d < $1::timestamp', '''2000-02-15'''), ('ts = $1', '''2004-05-01'''), ('ts < $1::date', '''2000-02-15'''), ('tz = $1', '''2004-05-01 00:00+08'''), ('age = $1', '30'), ('age >= $1', '92'), ('name = $1', '''abC*'''), ('name ^@ $1', '''ab'''), ('name ^@ $1', ''''''),
        ('code = $1', '''012*'''), ('short = $1', '''012*'''), ('ip = $1', '''10.0.5.0/24'''), ('i4 IN ($1, $1 + 10)', '123'), ('i4 BETWEEN $1 AND $1 + 20', '123'), ('i4 = $1', 'NULL'), ('region = $1', '''r7'''), ('i4 = ANY ($1::int[])', '''{123,133}''')) AS t(f, a),
    derive.prepared(f, a) AS p;
PREPARE card(text) AS SELECT id FROM derive_open.person WHERE card = $1;
SET plan_cache_mode = force_generic_plan;
EXECUTE card(:'one');
SELECT derive.conditions('EXECUTE card(''138'')');
SELECT count(*) AS lines_with_a_value FROM derive.plan(format('EXECUTE card(%L)', :'one')) AS line, derive_src.person AS s WHERE s.id = 77 AND line LIKE '%' || s.card || '%';
-- a key that is rotated: at the next build there are other pseudonyms
SELECT privrelease.rotate_key('derive_key') > 1 AS rotated;
EXECUTE card(:'one');
SET ROLE derive_steward;
SELECT privrelease.build('derive_open.person');
RESET ROLE;
EXECUTE card(:'one');
SELECT card AS again FROM derive_open.person WHERE id = 77 \gset
SELECT :'again' <> :'one' AS another;
EXECUTE card(:'again');
RESET plan_cache_mode;
-- a hierarchy that is loaded anew: a cached plan follows
PREPARE node AS SELECT count(*) FROM derive_open.person WHERE region = 'r7';
EXECUTE node;
SET ROLE derive_steward;
SELECT privrelease.create_hierarchy('derive_region', (SELECT array_agg(ARRAY[g::text, CASE WHEN g < 3 THEN 'r7' ELSE 'r' || g / 10 END, 'all', '*']) FROM generate_series(0, 999) AS g));
RESET ROLE;
EXECUTE node;
SELECT l.* FROM derive.look('region = ''r7''') AS l;
DEALLOCATE ALL;

-- ---------- nothing is derived ----------

SET enable_seqscan = off;
-- where it is switched off: for a session, for a release
SET privrelease.enable_derived_quals = off;
SELECT derive.conditions('SELECT * FROM derive_open.person WHERE i4 = 123') AS setting_off;
RESET privrelease.enable_derived_quals;
CREATE FUNCTION derive.declare(name text, source text, derives bool) RETURNS text LANGUAGE sql AS $$
    SELECT privrelease.create_release(name, source, derive_quals => derives);
    SELECT privrelease.set_rule(name, 'i4', 'bin', '{"width": 10}');
    SELECT privrelease.set_rule(name, 'id', 'keep');
    SELECT privrelease.build(name);
$$;
GRANT EXECUTE ON FUNCTION derive.declare TO derive_steward;
SET ROLE derive_steward;
CREATE TABLE derive_src.rls (id int, i4 int4);
INSERT INTO derive_src.rls SELECT g, g FROM generate_series(1, 5000) AS g;
CREATE INDEX ON derive_src.rls (i4);
CREATE TABLE derive_src.bare (LIKE derive_src.rls);
CREATE TABLE derive_src.indexed (LIKE derive_src.rls INCLUDING INDEXES);
INSERT INTO derive_src.indexed TABLE derive_src.rls;
CREATE INDEX bins ON derive_src.indexed (privrelease.bin(i4, 10, 0));
CREATE VIEW derive_src.part AS SELECT * FROM derive_src.rls WHERE id % 2 = 0;
CREATE MATERIALIZED VIEW derive_src.stored AS SELECT * FROM derive_src.rls;
CREATE INDEX ON derive_src.stored (i4);
INSERT INTO derive_src.bare TABLE derive_src.rls;
ANALYZE derive_src.rls, derive_src.bare, derive_src.indexed, derive_src.stored;
SELECT derive.declare('derive_open.rls', 'derive_src.rls', true), derive.declare('derive_open.switched', 'derive_src.rls', false), derive.declare('derive_open.part', 'derive_src.part', true),
       derive.declare('derive_open.bare', 'derive_src.bare', true), derive.declare('derive_open.indexed', 'derive_src.indexed', true), derive.declare('derive_open.stored', 'derive_src.stored', true);
RESET ROLE;
SELECT derive.conditions('SELECT * FROM derive_open.rls WHERE i4 = 120') AS derived, derive.conditions('SELECT * FROM derive_open.stored WHERE i4 = 120') AS of_materialized_view,
       derive.conditions('SELECT * FROM derive_open.switched WHERE i4 = 120') AS release_off, derive.conditions('SELECT * FROM derive_open.part WHERE i4 = 120') AS source_is_a_view,
       derive.conditions('SELECT * FROM derive_open.bare WHERE i4 = 120') AS no_index;
-- a filter that no index serves stands in no plan
SELECT count(*) AS filters FROM derive.plan('SELECT * FROM derive_open.bare WHERE i4 = 120') AS line WHERE line ~ 'i4 [<>]=';
-- an index of the transform itself serves better
SELECT derive.conditions('SELECT * FROM derive_open.indexed WHERE i4 = 120') AS mask_indexed;
-- a plan that was made is made anew when the source gets policies or loses them
PREPARE rows AS SELECT count(*) FROM derive_open.rls WHERE i4 = 120;
EXECUTE rows;
SELECT derive.conditions('EXECUTE rows');
SET ROLE derive_steward;
ALTER TABLE derive_src.rls ENABLE ROW LEVEL SECURITY;
CREATE POLICY half ON derive_src.rls USING (id % 2 = 0);
RESET ROLE;
EXECUTE rows;
SELECT derive.conditions('EXECUTE rows') AS row_security;
SET ROLE derive_steward;
ALTER TABLE derive_src.rls DISABLE ROW LEVEL SECURITY;
RESET ROLE;
SELECT derive.conditions('EXECUTE rows') AS again;
SET privrelease.enable_derived_quals = off;
EXECUTE rows;
RESET privrelease.enable_derived_quals;
-- a transform of the same arguments in somebody's own view over the source is no release's, whoever asks
CREATE VIEW derive.own WITH (security_barrier) AS SELECT privrelease.bin(i4, 10, 0) AS i4 FROM derive_src.rls;
SELECT derive.conditions('SELECT * FROM derive.own WHERE i4 = 120') AS own_view;
-- and neither is a function that is only called like one
CREATE FUNCTION derive.bin(int, int, int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
SELECT derive.conditions('SELECT * FROM (SELECT derive.bin(i4, 10, 0) AS i4 FROM derive_src.rls) AS s WHERE i4 = 120') AS namesake;
RESET enable_seqscan;
DEALLOCATE ALL;

-- ---------- the order of rows ----------

-- an index holds the rows of a cell by their exact values; they come in the order of the table, whatever a reader has set
CREATE FUNCTION derive.sequence(filter text, derivation text, bitmaps text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    ids text;
BEGIN
    PERFORM set_config('privrelease.enable_derived_quals', derivation, true), set_config('enable_bitmapscan', bitmaps, true), set_config('enable_seqscan', CASE bitmaps WHEN 'on' THEN 'off' ELSE 'on' END, true);
    EXECUTE format('SELECT string_agg(id::text, '','') FROM (SELECT id FROM derive_open.person WHERE %s OFFSET 0) AS s', filter) INTO ids;
    PERFORM set_config('privrelease.enable_derived_quals', 'on', true), set_config('enable_bitmapscan', 'on', true), set_config('enable_seqscan', 'on', true);
    RETURN ids;
END $$;
SELECT regexp_replace(f, '''\d{11}''.*', '…') AS f, derive.sequence(f, 'on', 'on') = derive.sequence(f, 'off', 'on') AS table_order, derive.sequence(f, 'on', 'off') = derive.sequence(f, 'off', 'off') AS without_bitmaps
  FROM unnest(ARRAY['i4 = 123', 'i4 >= 19983', 'd = ''2004-05-01''', 'd BETWEEN ''2004-05-01'' AND ''2004-07-01''', 'ts = ''2004-05-01''', 'age = 30', 'name LIKE ''a%''', 'code = ''012*''', 'ip = ''10.0.5.0/24''', 'region = ''r8''', 'district = ''g7''', 'f8 = 0.3', 'i8 < 30000000',
                    'card IN (SELECT card FROM derive_open.person WHERE id < 5)', format('card IN (%s)', (SELECT string_agg(quote_literal(card), ',') FROM derive_open.person WHERE id < 60)), 'i4 = 123 AND d > ''2001-01-01''']) AS f;
SELECT line FROM derive.plan('SELECT id FROM derive_open.person WHERE i4 = 123') AS line WHERE line ~ '(Index|Bitmap Heap) (Only )?Scan';
-- rows of one exact value are found by the index
SELECT count(*) AS one_value FROM derive.plan('SELECT id FROM derive_open.person WHERE card = ''1380000000''') AS line WHERE line ~ ' Index Scan';
CREATE FUNCTION derive.pairs(derivation text, bitmaps text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    pairs text;
BEGIN
    PERFORM set_config('privrelease.enable_derived_quals', derivation, true), set_config('enable_bitmapscan', bitmaps, true);
    SELECT string_agg(format('%s: %s', v, ids), '; ' ORDER BY v) INTO pairs FROM (SELECT v, string_agg(id::text, ',') AS ids FROM (SELECT v, id FROM (VALUES (123), (5003)) AS small(v) JOIN derive_open.person AS p ON p.i4 = v OFFSET 0) AS s GROUP BY v) AS t;
    PERFORM set_config('privrelease.enable_derived_quals', 'on', true), set_config('enable_bitmapscan', 'on', true);
    RETURN pairs;
END $$;
SELECT derive.pairs('on', 'on') = derive.pairs('off', 'on') AS joined, derive.pairs('on', 'off') = derive.pairs('off', 'off') AS without_bitmaps;

-- ---------- partitions ----------

SET ROLE derive_steward;
CREATE TABLE derive_src.visit (id int, seen date, kind int4, code text COLLATE "en-x-icu") PARTITION BY RANGE (seen);
SELECT format('CREATE TABLE derive_src.visit_%s PARTITION OF derive_src.visit FOR VALUES FROM (%L) TO (%L)', to_char(m, 'YYYYMM'), m, m + interval '1 month') FROM generate_series(timestamp '2023-01-01', timestamp '2023-12-01', interval '1 month') AS m
\gexec
CREATE TABLE derive_src.visit_other PARTITION OF derive_src.visit DEFAULT;
INSERT INTO derive_src.visit SELECT g, date '2023-01-01' + g % 400, g % 60, 'c' || g FROM generate_series(1, 4000) AS g;
INSERT INTO derive_src.visit VALUES (0, NULL, NULL, NULL);
CREATE TABLE derive_src.kind (id int, kind int4) PARTITION BY LIST (kind);
SELECT format('CREATE TABLE derive_src.kind_%s PARTITION OF derive_src.kind FOR VALUES IN (%s)', g, (SELECT string_agg(v::text, ',') FROM generate_series(10 * g, 10 * g + 9) AS v)) FROM generate_series(0, 5) AS g
\gexec
INSERT INTO derive_src.kind SELECT g, g % 60 FROM generate_series(1, 4000) AS g;
-- in the order of a language a key is no use to prefixes, even where the index beside it is
CREATE TABLE derive_src.word (id int, word text COLLATE "en-x-icu") PARTITION BY RANGE (word);
CREATE TABLE derive_src.word_a PARTITION OF derive_src.word FOR VALUES FROM (MINVALUE) TO ('m');
CREATE TABLE derive_src.word_m PARTITION OF derive_src.word FOR VALUES FROM ('m') TO (MAXVALUE);
CREATE INDEX ON derive_src.word (word text_pattern_ops);
INSERT INTO derive_src.word SELECT g, chr(65 + g % 58) || 'x' || g FROM generate_series(1, 4000) AS g;
-- in the order of bytes it is
CREATE TABLE derive_src.token (id int, token text COLLATE "C") PARTITION BY RANGE (token);
CREATE TABLE derive_src.token_0 PARTITION OF derive_src.token FOR VALUES FROM (MINVALUE) TO ('a');
CREATE TABLE derive_src.token_a PARTITION OF derive_src.token FOR VALUES FROM ('a') TO ('b');
CREATE TABLE derive_src.token_b PARTITION OF derive_src.token FOR VALUES FROM ('b') TO (MAXVALUE);
INSERT INTO derive_src.token SELECT g, chr(48 + g % 70) || 'x' || g FROM generate_series(1, 4000) AS g;
ANALYZE derive_src.visit, derive_src.kind, derive_src.word, derive_src.token;
SELECT privrelease.create_release('derive_open.' || t, 'derive_src.' || t) FROM unnest('{visit,kind,word,token}'::text[]) AS t;
SELECT count(privrelease.set_rule('derive_open.' || r, c, t, p::jsonb)) AS rules FROM (VALUES ('visit', 'id', 'keep', '{}'), ('visit', 'seen', 'date_trunc', '{"unit": "month"}'), ('visit', 'kind', 'bin', '{"width": 10}'), ('kind', 'id', 'keep', '{}'),
    ('kind', 'kind', 'bin', '{"width": 20}'), ('word', 'word', 'prefix', '{"length": 2}'), ('word', 'id', 'keep', '{}'), ('token', 'token', 'prefix', '{"length": 2}'), ('token', 'id', 'keep', '{}')) AS v(r, c, t, p);
SELECT privrelease.build('derive_open.' || t) FROM unnest('{visit,kind,word,token}'::text[]) AS t;
RESET ROLE;
CREATE FUNCTION derive.partitions(query text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(part, ' ' ORDER BY part), 'none') FROM derive.plan(query) AS line, regexp_replace(line, '^.* on (\w+).*$', '\1') AS part WHERE line ~ ' Scan ' AND line !~ 'Bitmap Index|Subquery';
$$;
SELECT q, derive.partitions(q) AS read, split_part(derive.answer(q, 'on'), ' ', 1) AS rows, derive.answer(q, 'on') = derive.answer(q, 'off') AS same FROM unnest(ARRAY[
    'SELECT * FROM derive_open.visit WHERE seen = ''2023-05-01''', 'SELECT * FROM derive_open.visit WHERE seen = ''2023-05-02''', 'SELECT * FROM derive_open.visit WHERE seen BETWEEN ''2023-05-01'' AND ''2023-07-15''', 'SELECT * FROM derive_open.visit WHERE seen >= ''2023-11-15''',
    'SELECT * FROM derive_open.visit WHERE seen IN (''2023-02-01'', ''2023-09-01'')', 'SELECT * FROM derive_open.visit WHERE seen = ''2023-02-01'' OR seen > ''2023-10-01''', 'SELECT * FROM derive_open.visit WHERE seen IS NULL', 'SELECT * FROM derive_open.visit WHERE seen = timestamp ''2023-05-01''',
    'SELECT id FROM derive_open.visit WHERE seen = ''2023-05-01'' AND kind = 10', 'SELECT * FROM derive_open.kind WHERE kind = 20', 'SELECT * FROM derive_open.kind WHERE kind >= 30', 'SELECT * FROM derive_open.kind WHERE kind IN (0, 40)', 'SELECT * FROM derive_open.kind WHERE kind = 30',
    'SELECT * FROM derive_open.word WHERE word ^@ ''Z''', 'SELECT * FROM derive_open.word WHERE word ^@ ''z''', 'SELECT * FROM derive_open.word WHERE word = ''Zx*''', 'SELECT * FROM derive_open.token WHERE token LIKE ''ax%''', 'SELECT * FROM derive_open.token WHERE token = ''bx*''']) AS q;
-- a generic plan leaves partitions out when it runs
SET plan_cache_mode = force_generic_plan;
PREPARE month(date) AS SELECT * FROM derive_open.visit WHERE seen = $1;
SELECT line AS left_out FROM derive.plan('EXECUTE month(''2023-05-01'')') AS line WHERE line ~ 'Subplans Removed';
SELECT derive.partitions('EXECUTE month(''2023-05-01'')') AS read;
SELECT split_part(derive.answer('SELECT * FROM derive_open.visit WHERE seen = ''2023-05-01''', 'on'), ' ', 1)::int = count(*) AS same FROM (SELECT 1 FROM derive_open.visit WHERE seen = '2023-05-01') AS s;
DEALLOCATE ALL;
RESET plan_cache_mode;

-- ---------- count(*) ----------

-- no column of a release is computed, or read, where none is asked for
SELECT count(*) AS calls FROM derive.plan('(VERBOSE) SELECT count(*) FROM derive_open.person') AS line WHERE line ~ 'privrelease\.';
SELECT q, derive.answer(q, 'on') = derive.answer(q, 'off') AS same, split_part(derive.answer(q, 'on'), ' ', 2) <> '0' AS something FROM unnest(ARRAY[
    'SELECT count(*) FROM derive_open.person', 'SELECT count(*) FROM derive_open.person WHERE i4 = 123', 'SELECT count(*), count(i4) FROM derive_open.person', 'SELECT 1 FROM derive_open.person LIMIT 3', 'SELECT EXISTS (SELECT FROM derive_open.person)', 'SELECT count(p) FROM derive_open.edge AS p',
    'SELECT count(*) FROM derive_open.edge AS a, derive_open.edge AS b', 'SELECT count(*) FROM derive_open.edge AS a JOIN derive_open.edge AS b USING (id)', 'SELECT count(*) FROM (SELECT * FROM derive_open.edge UNION ALL SELECT * FROM derive_open.edge) AS s',
    'SELECT (SELECT count(*) FROM derive_open.edge AS b WHERE b.i4 = a.i4) FROM derive_open.edge AS a', 'SELECT count(*) OVER () FROM derive_open.edge', 'SELECT i4, count(*) FROM derive_open.edge GROUP BY ROLLUP (i4)', 'WITH e AS MATERIALIZED (SELECT FROM derive_open.edge) SELECT count(*) FROM e',
    'SELECT count(*) FROM derive_open.edge AS a LEFT JOIN LATERAL (SELECT a.d) AS b ON true']) AS q;

-- ---------- joins ----------

-- a small table with released values; duplicates, NULL, values that are no result
SET ROLE derive_steward;
CREATE TABLE derive.small (n int, v int4, w int8, month date, who text, net inet, label text);
INSERT INTO derive.small VALUES (1, 123, 5003, '2004-05-01', 'abC*', '10.0.5.0/24', 'r7'), (2, 5003, 123, '2010-05-01', 'ab**', '10.0.9.0/24', 'r8'), (3, 120, 3000000000, '2004-05-02', NULL, '10.0.5.0', NULL), (4, NULL, NULL, NULL, 'zzz', NULL, ''), (5, 123, 13, '2004-05-01', 'abD*', '::/48', 'none');
ANALYZE derive.small;
GRANT SELECT ON derive.small TO derive_reader;
RESET ROLE;
CREATE VIEW derive.person AS TABLE derive_open.person;
CREATE FUNCTION derive.join(query text, OUT conditions text, OUT rows bigint, OUT wrong text) LANGUAGE plpgsql AS $$
DECLARE
    answer text := derive.answer(query, 'on');
    edge text := replace(query, 'open.person', 'open.edge');
BEGIN
    IF answer <> derive.answer(query, 'off') OR derive.answer(edge, 'on') <> derive.answer(edge, 'off') THEN
        wrong := 'another answer';
    END IF;
    rows := split_part(answer, ' ', 1);
    conditions := derive.conditions(query);
END $$;
-- inner and left joins with the small table first: a scan of the source's index for each of its rows
SELECT q, j.* FROM unnest(ARRAY[
    'SELECT s.n, p.* FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v',
    'SELECT s.n, p.* FROM derive.small AS s, derive_open.person AS p WHERE s.v = p.i4',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.w',
    'SELECT s.n, p.id FROM derive.small AS s LEFT JOIN derive_open.person AS p ON p.i4 = s.v',
    'SELECT s.n, p.id FROM derive.small AS s LEFT JOIN derive_open.person AS p ON p.i4 = s.v AND p.d > ''2010-01-01'' AND s.n > 1',
    'SELECT s.n, p.id FROM derive.small AS s LEFT JOIN derive_open.person AS p ON p.i4 = s.v WHERE p.id IS NULL',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.d = s.month',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.name = s.who',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.ip = s.net',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v + 10',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v AND p.d = s.month',
    'SELECT s.n, p.id, t.n FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v JOIN derive.small AS t ON t.month = p.d',
    'SELECT s.n, p.id FROM (SELECT * FROM derive.small WHERE n < 3) AS s JOIN derive_open.person AS p ON p.i4 = s.v',
    'SELECT count(*) FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v',
    'SELECT s.n, (SELECT count(*) FROM derive_open.person AS p WHERE p.i4 = s.v) FROM derive.small AS s',
    'WITH s AS MATERIALIZED (SELECT v FROM derive.small) SELECT p.id FROM s JOIN derive_open.person AS p ON p.i4 = s.v',
    'SELECT a.id FROM derive_open.person AS a JOIN derive_open.person AS b ON a.i4 = b.i4 WHERE b.id = 50',
    'SELECT p.card FROM derive.small AS s JOIN derive_open.person AS p ON p.card = s.who']) AS q, derive.join(q) AS j;
-- the same answers where nothing can be handed over: other joins, other operators, other places
SELECT q, j.* FROM unnest(ARRAY[
    'SELECT s.n, p.id FROM derive.small AS s RIGHT JOIN derive_open.person AS p ON p.i4 = s.v WHERE p.id < 100',
    'SELECT s.n, p.id FROM derive_open.person AS p LEFT JOIN derive.small AS s ON p.i4 = s.v WHERE p.id < 100',
    'SELECT s.n, p.id FROM derive.small AS s FULL JOIN derive_open.person AS p ON p.i4 = s.v',
    'SELECT p.id FROM derive_open.person AS p WHERE p.i4 IN (SELECT v FROM derive.small)',
    'SELECT p.id FROM derive_open.person AS p WHERE EXISTS (SELECT FROM derive.small AS s WHERE s.v = p.i4)',
    'SELECT p.id FROM derive_open.person AS p WHERE NOT EXISTS (SELECT FROM derive.small AS s WHERE s.v = p.i4)',
    'SELECT s.n FROM derive.small AS s WHERE NOT EXISTS (SELECT FROM derive_open.person AS p WHERE s.v = p.i4)',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 < s.v AND p.i4 > s.v - 20',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v + (random() * 0)::int',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = (SELECT max(v) FROM derive.small AS t WHERE t.n = s.n)',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v OR p.i8 = s.v',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.bare = s.v',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.region = s.label',
    'SELECT s.n, p.id FROM derive.small AS s CROSS JOIN derive_open.person AS p LEFT JOIN derive.small AS t ON p.i4 = t.v WHERE s.n = 1 AND p.id < 100',
    'SELECT s.n, p.id, l.x FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v, LATERAL (SELECT p.id + s.n AS x OFFSET 0) AS l',
    'SELECT s.n, l.id FROM derive.small AS s, LATERAL (SELECT id FROM derive_open.person AS p WHERE p.i4 = s.v ORDER BY id LIMIT 2) AS l',
    'SELECT s.n, p.id FROM derive.small AS s JOIN derive.person AS p ON p.i4 = s.v',
    'SELECT s.n, p.id FROM derive.small AS s LEFT JOIN (derive.small AS t LEFT JOIN derive_open.person AS p ON p.i4 = t.v) ON s.n = t.n AND p.id > 10',
    'SELECT s.n, p.id FROM (derive.small AS s LEFT JOIN derive.small AS t ON s.v = t.v AND t.n > 2) LEFT JOIN derive_open.person AS p ON p.i4 = t.v',
    'SELECT n, id FROM derive.small AS s (n, i4) JOIN derive_open.person AS p USING (i4)',
    'SELECT n, id FROM derive.small AS s (n, i4) LEFT JOIN derive_open.person AS p USING (i4) WHERE i4 = 123']) AS q, derive.join(q) AS j;
-- a cursor that goes back, and rows that are locked beside a release
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT s.n, p.id FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v ORDER BY 1, 2;
MOVE 15 FROM c;
FETCH BACKWARD 2 FROM c;
COMMIT;
SELECT count(*) FROM (SELECT s.n FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v FOR UPDATE OF s) AS x;

-- ---------- an audience ----------

-- a hierarchy is another one than when it was built
SELECT privrelease.build('derive_open.person') \g /dev/null
SELECT privrelease.publish('derive_open.person', 'derive_reader') \g /dev/null
GRANT USAGE ON SCHEMA derive_open TO derive_reader;
SET ROLE derive_reader;
SELECT count(*), min(d), max(d) FROM derive_open.person WHERE i4 = 123;
SELECT count(*) FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = s.v;
SELECT count(*) FROM derive_open.person WHERE name LIKE 'abC%';
-- the functions of bounds are everybody's, they know the rule and the query; what undoes pseudonyms needs what nobody can make
SELECT privrelease.bin_bound(123, '>=', 10, 3);
SELECT privrelease.decrypt_fpe('1380000000', '1.1', '0123456789', 3, 0);
-- what raises an error tells nothing of rows that the filter does not pass: a function of the reader never sees the source
CREATE FUNCTION pg_temp.spy(x anyelement) RETURNS anyelement LANGUAGE plpgsql COST 0.0001 IMMUTABLE AS $$
BEGIN
    IF x::text NOT IN ('123', '133') THEN
        RAISE NOTICE 'saw %', x;
    END IF;
    RETURN x;
END $$;
SELECT count(*) FROM derive_open.person WHERE i4 IN (123, 133) AND pg_temp.spy(i4) = 123;
-- in a join it is given the rows of the other table, and nothing else
SELECT count(*) FROM derive.small AS s JOIN derive_open.person AS p ON p.i4 = pg_temp.spy(s.v) WHERE s.n = 1;
SELECT count(*) FROM derive_open.person AS a JOIN derive_open.person AS b ON b.i4 = pg_temp.spy(a.i4) WHERE a.i4 = 123;
RESET ROLE;

-- ---------- and away ----------

SET client_min_messages = warning;
DROP SCHEMA derive CASCADE;
SELECT count(privrelease.drop_release(release)) AS dropped FROM privrelease.releases WHERE release LIKE 'derive\_open.%';
DROP OWNED BY derive_steward, derive_reader CASCADE;
DROP ROLE derive_steward, derive_reader;
