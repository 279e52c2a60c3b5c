-- Times of pairs of statements, in turn, so that both see the same machine.
-- Needs: sha (yes or no), runs.

CREATE TABLE bench.result
(
    position  int GENERATED ALWAYS AS IDENTITY,
    measure   text,
    base      float8,       -- ms, median
    taken     float8,       -- ms, median
    target    float8        -- greatest ratio; NULL: none is set
);

CREATE FUNCTION bench.elapsed(statement text) RETURNS float8
    LANGUAGE plpgsql
AS $$
DECLARE
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE statement;
    RETURN extract(epoch FROM clock_timestamp() - started) * 1000;
END $$;

CREATE PROCEDURE bench.compare(measure text, base text, taken text, target float8, runs int)
    LANGUAGE plpgsql
AS $$
DECLARE
    a float8[] := '{}';
    b float8[] := '{}';
BEGIN
    PERFORM bench.elapsed(base), bench.elapsed(taken);
    FOR run IN 1 .. runs LOOP
        a := a || bench.elapsed(base);
        b := b || bench.elapsed(taken);
    END LOOP;
    INSERT INTO bench.result (measure, base, taken, target)
    SELECT compare.measure, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM unnest(a) x),
           (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM unnest(b) x), compare.target;
EXCEPTION WHEN undefined_function THEN
    INSERT INTO bench.result (measure, target) VALUES (compare.measure || ' (missing)', compare.target);
END $$;

-- count(f(col)) against count(col).  Capabilities are constants of superusers.
SELECT format('CALL bench.compare(%L, %L, %L, %s, %s)', expression, format('SELECT count(%I) FROM bench.person', col),
              format('SELECT count(privrelease.%s) FROM bench.person', replace(expression, '$key', quote_literal(cap) || '::privrelease.capability')),
              coalesce(target::text, 'NULL'), :runs)
  FROM (SELECT format('%s.%s', id, current_version) AS cap FROM privrelease.key WHERE name = 'bench') k,
       (VALUES
        (1,  'i2', 'bin(i2, 5::int2, 0::int2)', 1.5),
        (2,  'i4', 'bin(i4, 10000, 0)', 1.5),
        (3,  'i4', 'bin(i4, 10000, 0, 0, 200000)', 1.5),
        (4,  'i8', 'bin(i8, 1000000::int8, 0::int8)', 1.5),
        (5,  'i4', 'round(i4, 1000)', 1.5),
        (6,  'i8', 'round(i8, 1000::int8)', 1.5),
        (7,  'f4', 'bin(f4, 1000::float4, 0::float4)', 1.5),
        (8,  'f8', 'bin(f8, 1000::float8, 0::float8)', 1.5),
        (9,  'f8', 'bin(f8, 0.1::float8, 0::float8)', 1.5),
        (10, 'f8', 'round(f8, 1000::float8)', 1.5),
        (11, 'n',  'bin(n, 1000::numeric, 0::numeric)', 5),
        (12, 'n',  'round(n, 1000::numeric)', 5),
        (13, 'd',  'date_trunc(d, ''month'')', 1.5),
        (14, 'd',  'date_trunc(d, ''year'')', 1.5),
        (15, 'd',  'age(d, date ''2025-01-01'', 5)', 1.5),
        (16, 'ts', 'date_trunc(ts, ''month'')', 1.5),
        (17, 'tz', 'date_trunc(tz, ''month'', ''Asia/Shanghai'')', 5),
        (18, 'mobile', 'partial(mobile, 3, 0, ''*'', 4)', 2),
        (19, 'email', 'partial_email(email)', 2),
        (20, 'postcode', 'prefix(postcode, 4, ''*'')', 2),
        (21, 'education', 'hierarchy(education, ''bench_education'', 1)', 2),
        (22, 'id_number', 'resident_id(id_number, ''city+birth_year'')', 2),
        (23, 'ip', 'network(ip, 24, 48)', 2),
        (24, 'at', 'grid_x(at, 0.5)', 1.5),
        (30, 'id_number', 'pseudonymize(id_number, $key, ''d'')', CASE WHEN :'sha' = 'yes' THEN 5 ELSE 9 END),
        (31, 'i8', 'pseudonymize(i8, $key, ''d'')', CASE WHEN :'sha' = 'yes' THEN 5 ELSE 9 END),
        (32, 'id_number', 'pseudonymize_uuid(id_number, $key, ''d'')', CASE WHEN :'sha' = 'yes' THEN 5 ELSE 9 END),
        (33, 'i8', 'pseudonymize_bigint(i8, $key, ''d'')', CASE WHEN :'sha' = 'yes' THEN 5 ELSE 9 END),
        (40, 'mobile', 'encrypt_fpe(mobile, $key, ''0123456789'', 3, 0)', NULL),
        (41, 'i8', 'noise(i8, id, $key, ''d'', ''laplace'', 1000::numeric, 1::numeric, ''-Infinity''::numeric, ''Infinity''::numeric)', NULL),
        (42, 'f8', 'noise(f8, id, $key, ''d'', ''gaussian'', 1000::numeric, 1::numeric, ''-Infinity''::numeric, ''Infinity''::numeric)', NULL),
        (42, 'full_name', 'fake(full_name, $key, ' || (SELECT max(id) FROM privrelease.dictionary) || ', ''d'')', NULL),
        (44, 'd', 'date_shift(d, id, $key, 14)', NULL)
       ) t(position, col, expression, target)
 ORDER BY position
\gexec

-- Whole relations.
SELECT format('CALL bench.compare(%L, %L, %L, %s, %s)', measure, base, taken, target, :runs)
  FROM (VALUES
        (1, 'COPY of a view of unkeyed rules', 'COPY bench.person (mobile, email, d, postcode, i4, education, i2) TO ''/dev/null''',
            'COPY (SELECT * FROM bench.unkeyed) TO ''/dev/null''', 2),
        (2, 'COPY of the same with keyed rules', 'COPY bench.person (' || (SELECT string_agg(quote_ident(column_name), ', ' ORDER BY r.position) FROM
                (SELECT a.attname AS column_name, a.attnum AS position FROM pg_attribute a WHERE a.attrelid = 'bench.keyed'::regclass AND a.attnum > 0) r
                JOIN pg_attribute s ON s.attrelid = 'bench.person'::regclass AND s.attname = r.column_name) || ') TO ''/dev/null''',
            'COPY (SELECT * FROM bench.keyed) TO ''/dev/null''', 4),
        (3, 'count(*) through the view', 'SELECT count(*) FROM bench.person', 'SELECT count(*) FROM bench.unkeyed', 1.1),
        (4, 'count(*) through the keyed view', 'SELECT count(*) FROM bench.person', 'SELECT count(*) FROM bench.keyed', 1.1)
       ) t(position, measure, base, taken, target)
 ORDER BY position
\gexec
