-- Sticky noise: grid, bounds, every number type, what is in the seed, and its law.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
SELECT privrelease.create_key('noise_key') AS id \gset
SELECT privrelease.rotate_key('noise_key') AS second \gset
SELECT format('%s.1', :id) AS cap, format('%s.2', :id) AS cap2 \gset

-- a thousand reads give one answer, an update another one
CREATE TEMP TABLE person (subject int, income int);
INSERT INTO person SELECT g, 50000 + g FROM generate_series(1, 200) AS g;
CREATE TEMP VIEW released AS
    SELECT subject, privrelease.noise(income, subject, :'cap', 'income', 'laplace', 1000, 1, '-Infinity', 'Infinity') AS income FROM person;
SELECT count(DISTINCT r.income) AS answers FROM generate_series(1, 1000) AS g, LATERAL (SELECT income FROM released WHERE subject = 1 + g - g) AS r;
CREATE TEMP TABLE before AS SELECT * FROM released;
SELECT count(*) AS changed FROM before JOIN released USING (subject) WHERE before.income <> released.income;
UPDATE person SET income = income + 1;
SELECT count(*) > 190 AS redrawn FROM before JOIN released USING (subject) WHERE released.income <> before.income + 1;
UPDATE person SET income = income - 1;
SELECT count(*) AS changed FROM before JOIN released USING (subject) WHERE before.income <> released.income;

-- what is in the seed: key version, domain, subject, value, row, distribution, scale, grid; not the type of the number, how scale or grid are written, or the bounds
SELECT count(*) FILTER (WHERE n <> same) AS same, count(*) FILTER (WHERE n <> key) > 180 AS key, count(*) FILTER (WHERE n <> domain) > 180 AS domain,
       count(*) FILTER (WHERE n <> subject) > 180 AS subject, count(*) FILTER (WHERE n <> row1) > 180 AS with_row, count(*) FILTER (WHERE row1 <> row2) > 180 AS row,
       count(*) FILTER (WHERE n <> i8 OR n <> num OR n <> f4 OR n <> f8 OR n <> sub) AS types,
       count(*) FILTER (WHERE n - v = (law - v)) < 20 AS scale, count(*) FILTER (WHERE n <> written) AS written, count(*) FILTER (WHERE greatest(least(n, 150), 50) <> bounded) AS bounds
FROM (SELECT v, privrelease.noise(v, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS n,
             privrelease.noise(v, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS same,
             privrelease.noise(v, 1, :'cap2', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS key,
             privrelease.noise(v, 1, :'cap', 'e', 'laplace', 100, 1, '-Infinity', 'Infinity') AS domain,
             privrelease.noise(v, 2, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS subject,
             privrelease.noise(v, 1.0, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS sub,
             privrelease.noise(v, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity', 1) AS row1,
             privrelease.noise(v, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity', 2) AS row2,
             privrelease.noise(v, 1, :'cap', 'd', 'laplace', 101, 1, '-Infinity', 'Infinity') AS law,
             privrelease.noise(v, 1, :'cap', 'd', 'laplace', 100.00, 1.0, '-Infinity', 'Infinity') AS written,
             privrelease.noise(v, 1, :'cap', 'd', 'laplace', 100, 1, 50, 150) AS bounded,
             privrelease.noise(v::int8, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS i8,
             privrelease.noise(v::numeric, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS num,
             privrelease.noise(v::float4, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS f4,
             privrelease.noise(v::float8, 1, :'cap', 'd', 'laplace', 100, 1, '-Infinity', 'Infinity') AS f8
      FROM generate_series(1, 200) AS v) AS s;

-- every result is on the grid or is a bound; the value is rounded to the grid, ties away from zero
SELECT count(*) FILTER (WHERE n % 50 <> 0) AS off_grid FROM (SELECT privrelease.noise(v, v, :'cap', 'd', 'gaussian', 500, 50, '-Infinity', 'Infinity') AS n FROM generate_series(-500, 500) AS v) AS s;
SELECT count(*) FILTER (WHERE n % 0.05 <> 0) AS off_grid, array_agg(DISTINCT scale(n)) AS scales FROM (SELECT privrelease.noise(v / 1000.0, v, :'cap', 'd', 'laplace', 2, 0.05, '-Infinity', 'Infinity') AS n FROM generate_series(-500, 500) AS v) AS s;
SELECT count(*) FILTER (WHERE n::numeric % 0.1 <> 0) AS off_grid FROM (SELECT privrelease.noise(v / 1000.0::float8, v, :'cap', 'd', 'laplace', 2, 0.1, '-Infinity', 'Infinity') AS n FROM generate_series(-500, 500) AS v) AS s;
-- a scale of a thousandth of the grid leaves the rounded value
SELECT v, privrelease.noise(v, 1, :'cap', 'd', 'laplace', 0.01, 10, '-Infinity', 'Infinity') AS n,
       privrelease.noise(v::numeric, 1, :'cap', 'd', 'laplace', 0.01, 10, '-Infinity', 'Infinity') AS exact,
       privrelease.noise(v::float8, 1, :'cap', 'd', 'laplace', 0.01, 10, '-Infinity', 'Infinity') AS f
FROM (VALUES (0), (4), (5), (-4), (-5), (14), (15), (-15), (-16)) AS t (v);
SELECT v, privrelease.noise(v, 1, :'cap', 'd', 'laplace', 0.0001, 0.1, '-Infinity', 'Infinity') AS n FROM (VALUES (0.15::float8), (-0.25), (0.1), (1e-300), (123456.789)) AS t (v);

-- bounds
SELECT min(n), max(n), count(DISTINCT n) > 50 AS inside FROM (SELECT privrelease.noise(v, v, :'cap', 'd', 'laplace', 100, 1, -50, 75) AS n FROM generate_series(-500, 500) AS v) AS s;
SELECT min(n), max(n) FROM (SELECT privrelease.noise(v::numeric, v, :'cap', 'd', 'laplace', 100, 1, -50.25, 75.5) AS n FROM generate_series(-500, 500) AS v) AS s;
SELECT min(n), max(n) FROM (SELECT privrelease.noise(v, v, :'cap', 'd', 'laplace', 100, 1, -50.25, 75.5) AS n FROM generate_series(-500, 500) AS v) AS s;

-- extremes saturate, whatever the type
SELECT min(n) >= 30000 AS stays_high, max(n) FROM (SELECT privrelease.noise(32767::int2, v, :'cap', 'd', 'laplace', 50, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT min(n), max(n) <= -30000 AS stays_low FROM (SELECT privrelease.noise((-32768)::int2, v, :'cap', 'd', 'laplace', 50, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT max(n) FROM (SELECT privrelease.noise(2147483647, v, :'cap', 'd', 'laplace', 50, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT max(n), min(n) > 0 AS no_wrap FROM (SELECT privrelease.noise(9223372036854775807, v, :'cap', 'd', 'laplace', 50, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT min(n), max(n) < 0 AS no_wrap FROM (SELECT privrelease.noise((-9223372036854775808)::int8, v, :'cap', 'd', 'gaussian', 33554432, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT min(n), max(n) FROM (SELECT privrelease.noise(0::int8, v, :'cap', 'd', 'laplace', 1e28, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT min(n), max(n) FROM (SELECT privrelease.noise(0::int2, v, :'cap', 'd', 'laplace', 1e30, 1e18, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT min(n) < -1e27 AND max(n) > 1e27 AS wide FROM (SELECT privrelease.noise(0::numeric, v, :'cap', 'd', 'laplace', 1e28, 1, '-Infinity', 'Infinity') AS n FROM generate_series(1, 200) AS v) AS s;
SELECT privrelease.noise(v, 1, :'cap', 'd', 'laplace', 1, 1, '-Infinity', 'Infinity') AS open, privrelease.noise(v, 1, :'cap', 'd', 'laplace', 1, 1, -5, 5) AS closed
FROM (VALUES ('NaN'::float8), ('Infinity'), ('-Infinity'), (NULL)) AS t (v);
SELECT privrelease.noise(v, 1, :'cap', 'd', 'laplace', 1, 1, '-Infinity', 'Infinity') AS open, privrelease.noise(v, 1, :'cap', 'd', 'laplace', 1, 1, -5, 5) AS closed
FROM (VALUES ('NaN'::numeric), ('Infinity'), ('-Infinity'), ('1e131071'), ('-1e131071'), (NULL)) AS t (v);
SELECT privrelease.noise(v, 1, :'cap', 'd', 'laplace', 1, 1, '-Infinity', 'Infinity') = v AS huge_stays FROM (VALUES (1.7976931348623157e308::float8), (-1.7976931348623157e308), (5e-324)) AS t (v);
SELECT privrelease.noise('3.4028235e38'::float4, s, :'cap', 'd', 'laplace', 1e37, 1e30, '-Infinity', 'Infinity') <= '3.4028235e38'::float4 AS saturates FROM generate_series(1, 5) AS s;
SELECT privrelease.noise(('0.' || repeat('1', 16000))::numeric, 1, :'cap', 'd', 'laplace', 0.001, 1, '-Infinity', 'Infinity') AS many_digits;

-- parameters that make no sense
SELECT distribution, scale, grid, bottom, top
FROM (VALUES ('laplace', 0, 1, '-Infinity'::numeric, 'Infinity'::numeric), ('laplace', -1, 1, '-Infinity', 'Infinity'), ('laplace', 'NaN', 1, '-Infinity', 'Infinity'),
             ('laplace', 'Infinity', 1, '-Infinity', 'Infinity'), ('laplace', 1, 0, '-Infinity', 'Infinity'), ('laplace', 1, -1, '-Infinity', 'Infinity'),
             ('laplace', 1, 'NaN', '-Infinity', 'Infinity'), ('laplace', 1, 'Infinity', '-Infinity', 'Infinity'), ('uniform', 1, 1, '-Infinity', 'Infinity'),
             ('', 1, 1, '-Infinity', 'Infinity'), ('laplace', 1, 1, 5, 4), ('laplace', 1, 1, 'NaN', 4), ('laplace', 1, 1, 4, 'NaN'),
             ('laplace', 1, 1, 'Infinity', 'Infinity'), ('laplace', 1, 1, '-Infinity', '-Infinity'), ('gaussian', 33554433, 1, '-Infinity', 'Infinity'),
             ('laplace', 1e29, 1, '-Infinity', 'Infinity'), ('laplace', 1, 1e40, '-Infinity', 'Infinity')) AS p (distribution, scale, grid, bottom, top)
WHERE privrelease.noise(5, 1, :'cap', 'd', distribution, scale, grid, bottom, top) IS NOT NULL
   OR privrelease.noise(5::numeric, 1, :'cap', 'd', distribution, scale, grid, bottom, top) IS NOT NULL
   OR privrelease.noise(5::float8, 1, :'cap', 'd', distribution, scale, grid, bottom, top) IS NOT NULL;
SELECT privrelease.noise(5, 1, :'cap', 'd', 'laplace', 1, 1, 0.2, 0.8) IS NULL AS no_whole_number_between;
SELECT privrelease.noise(5, NULL::int, :'cap', 'd', 'laplace', 1, 1, '-Infinity', 'Infinity') IS NULL AS no_subject;
SELECT count(*) AS whole FROM (SELECT privrelease.noise(5, s, :'cap', 'd', 'laplace', 4, 0.5, '-Infinity', 'Infinity') AS n FROM generate_series(1, 100) AS s) AS t WHERE n IS NOT NULL;

-- Numbers of few digits go another way than others.  A grid that is written with 40 decimals is the same grid and draws the same noise,
-- but is too long for that way: bit for bit the same result, for random and for hostile numbers.
CREATE TEMP TABLE number AS
    SELECT v FROM (VALUES (0::numeric), (0.000), (-0.0), (0.005), (-0.005), (0.015), (-0.015), (0.00499999999999999999999999999999999), (0.025), (0.5), (-0.5), (1.5), (-3.5), (10.5),
        (9223372036854775807), (-9223372036854775808), (92233720368547758.07), (92233720368547758.08), (-92233720368547758.08), (922337203685477580.7), (9007199254740993), (90071992547409.93),
        (99999999999999999999999999999999999), (999999999999999999999999999999999999), (-999999999999999999999999999999999999), (9999999999999999999999999999999999999), (170141183460469231731687303715884105727),
        (12345678901234567.8901234567890123456), (0.000000000000000000000000000000000001), (-0.0000000000000000000000000000000000001), (0.9999), (9999), (10000), (10000.0001), (0.00010000), (-0.00000001),
        (1e20), (1e35), (1e36), (1e100), (-1e100), (1e-100), ('NaN'), ('Infinity'), ('-Infinity')) AS h (v)
    UNION ALL
    SELECT (hashint8extended(g, 1)::numeric * CASE WHEN g % 3 = 0 THEN abs(hashint8extended(g, 2))::numeric ELSE 1 END) % (10::numeric ^ (1 + g % 37))::numeric(60, 0) / (10::numeric ^ (g % 23))::numeric(60, 0)
    FROM generate_series(1, 260) AS g;
CREATE TEMP TABLE law AS
    SELECT grid, grid::numeric(80, 40) AS long_grid, grid * factor AS scale, bottom, top
    FROM (VALUES (0.01), (0.05), (0.010), (1), (1.0), (3), (0.007), (100), (7000000000), (9223372036854775807), (9223372036854775808), (0.000000000000000001), (0.0000000000000000001)) AS g (grid),
         (VALUES (0.001), (10), (1e12)) AS f (factor),
         (VALUES ('-Infinity'::numeric, 'Infinity'::numeric), (-50.25, 75.5000), (0, 'Infinity'), ('-Infinity', -0.005), ('-1e131071', '1e131071'), (-9223372036854775807.5, 92233720368547758.075)) AS b (bottom, top);
SELECT count(*) > 60000 AS many, count(*) FILTER (WHERE numeric_send(quick) IS DISTINCT FROM numeric_send(CASE WHEN scale(slow) = 40 THEN round(slow, scale(grid)) ELSE slow END)) AS different
FROM (SELECT grid, privrelease.noise(v, 1, :'cap', 'd', 'laplace', scale, grid, bottom, top) AS quick, privrelease.noise(v, 1, :'cap', 'd', 'laplace', scale, long_grid, bottom, top) AS slow FROM law, number OFFSET 0) AS s;
CREATE TEMP TABLE float AS
    SELECT v FROM (VALUES (0::float8), ('-0'), (0.005), (-0.015), (0.1), (0.3), (1e15), (9007199254740991), (9007199254740992), (9007199254740993), (-9007199254740994), (90071992547409.92), (9.2233720368547758e18), (1e22), (1e23),
        (1e-7), (1e-10), (1.7976931348623157e308), (-1.7976931348623157e308), (5e-324), (3.4028235e38), ('NaN'), ('Infinity'), ('-Infinity')) AS h (v)
    UNION ALL SELECT hashint8extended(g, 3) / (10::float8 ^ (g % 40)) FROM generate_series(1, 100) AS g;
SELECT count(*) > 20000 AS many, count(*) FILTER (WHERE float8send(quick) IS DISTINCT FROM float8send(slow)) AS different, count(*) FILTER (WHERE float4send(quick4) IS DISTINCT FROM float4send(slow4)) AS different4
FROM (SELECT privrelease.noise(v, 1, :'cap', 'd', 'laplace', scale, grid, bottom, top) AS quick, privrelease.noise(v, 1, :'cap', 'd', 'laplace', scale, long_grid, bottom, top) AS slow,
             privrelease.noise(f, 1, :'cap', 'd', 'laplace', scale, grid, bottom, top) AS quick4, privrelease.noise(f, 1, :'cap', 'd', 'laplace', scale, long_grid, bottom, top) AS slow4
      FROM law, (SELECT v, CASE WHEN abs(v) BETWEEN 1e-30 AND 3e38 OR v = 0 OR v IN ('NaN', 'Infinity', '-Infinity') THEN v::float4 ELSE 1e9::float4 END AS f FROM float) AS x OFFSET 0) AS s;

-- The law, through SQL.  100,000 subjects; each test fails once in 10^9 runs.
CREATE TEMP TABLE laplace AS
    SELECT privrelease.noise(1000, s, :'cap', 'law', 'laplace', 20, 10, '-Infinity', 'Infinity') / 10 - 100 AS z FROM generate_series(1, 100000) AS s;
CREATE TEMP TABLE gauss AS
    SELECT (privrelease.noise(0.5, s, :'cap', 'law', 'gaussian', 1, 0.5, '-Infinity', 'Infinity') * 2 - 1)::int AS z FROM generate_series(1, 100000) AS s;
-- discrete Laplace of scale 2: chi square over -12 .. 12 and the tail, 25 degrees of freedom
WITH law AS (SELECT z, 100000 * (1 - exp(-0.5::float8)) / (1 + exp(-0.5::float8)) * exp(-0.5 * abs(z)) AS expected FROM generate_series(-12, 12) AS z),
     cell AS (SELECT expected, (SELECT count(*) FROM laplace AS l WHERE l.z = law.z) AS seen FROM law
              UNION ALL SELECT 100000 - (SELECT sum(expected) FROM law), (SELECT count(*) FROM laplace WHERE abs(z) > 12))
SELECT count(*) AS cells, sum((seen - expected) ^ 2 / expected) < 92.784 AS follows FROM cell;
-- discrete Gaussian of variance 4: chi square over -6 .. 6 and the tail, 13 degrees of freedom
WITH weight AS (SELECT z, exp(-z * z / 8.0::float8) AS w FROM generate_series(-60, 60) AS z),
     law AS (SELECT z, 100000 * w / (SELECT sum(w) FROM weight) AS expected FROM weight WHERE abs(z) <= 6),
     cell AS (SELECT expected, (SELECT count(*) FROM gauss AS g WHERE g.z = law.z) AS seen FROM law
              UNION ALL SELECT 100000 - (SELECT sum(expected) FROM law), (SELECT count(*) FROM gauss WHERE abs(z) > 6))
SELECT count(*) AS cells, sum((seen - expected) ^ 2 / expected) < 69.481 AS follows FROM cell;
-- means within 6.2 standard errors; neighbouring subjects are uncorrelated
SELECT abs(avg(z)) < 6.2 * sqrt(7.8353 / 100000) AS laplace_mean FROM laplace;
SELECT abs(avg(z)) < 6.2 * 2 / sqrt(100000) AS gauss_mean FROM gauss;
SELECT abs(corr(a.z, b.z)) < 6.2 / sqrt(100000) AS independent
FROM (SELECT z, row_number() OVER () AS s FROM laplace) AS a JOIN (SELECT z, row_number() OVER () AS s FROM laplace) AS b ON b.s = a.s + 1;

-- Two columns of one value: noise of another scale or grid, of the same law in grid units, tells nothing of the first.
-- 10,000 subjects; each test fails once in 10^9 runs: correlation within 6.2 / sqrt(n), and equal draws within the law of chance
-- (of two draws of discrete Laplace of scale 20, 1 in 80 are equal; of Gaussian of deviation 20, 1 in 71).
CREATE TEMP TABLE two AS
    SELECT privrelease.noise(s, s, :'cap', 'two', 'laplace', 20, 1, '-Infinity', 'Infinity') - s AS a,
           privrelease.noise(s * 10, s, :'cap', 'two', 'laplace', 200, 10, '-Infinity', 'Infinity') / 10 - s AS other_value,
           privrelease.noise(s::numeric, s, :'cap', 'two', 'laplace', 2, 0.1, '-Infinity', 'Infinity') * 10 - 10 * s AS tenth,
           privrelease.noise(s::float8, s, :'cap', 'two', 'laplace', 0.2, 0.01, '-Infinity', 'Infinity') * 100 - 100 * s AS hundredth,
           privrelease.noise(s, s, :'cap', 'two', 'laplace', 40, 1, '-Infinity', 'Infinity') - s AS twice,
           privrelease.noise(s, s, :'cap', 'two', 'gaussian', 20, 1, '-Infinity', 'Infinity') - s AS gauss,
           privrelease.noise(s, s, :'cap', 'two', 'gaussian', 40, 2, '-Infinity', 'Infinity') / 2 - s / 2 AS gauss_twice,
           privrelease.noise(s, s, :'cap', 'two', 'laplace', 20, 1, '-Infinity', 'Infinity', s) - s AS with_row
    FROM generate_series(2, 20000, 2) AS s;
SELECT count(*) FILTER (WHERE a = round(tenth)) < 250 AND count(*) FILTER (WHERE a = round(hundredth::numeric)) < 250
       AND count(*) FILTER (WHERE a * 2 IN (twice - 1, twice, twice + 1)) < 500 AND count(*) FILTER (WHERE gauss = gauss_twice) < 250
       AND count(*) FILTER (WHERE a = with_row) < 250 AS not_proportional
FROM two;
SELECT count(*) AS pairs, count(*) FILTER (WHERE abs(r) >= 6.2 / sqrt(10000)) AS correlated
FROM unnest((SELECT ARRAY[corr(a, other_value), corr(a, tenth::float8), corr(a, hundredth), corr(tenth::float8, hundredth), corr(a, twice), corr(a, gauss), corr(gauss, gauss_twice), corr(a, with_row)] FROM two)) AS r;
