-- The cells of ordered transforms: what a bound lets pass is what the filter lets pass.
-- Every line names transforms whose bound is wrong somewhere; none is.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
SET TIME ZONE 'UTC';
SET datestyle = 'ISO';

-- Values of sample (x), filters with the bounds of bounds (c), all four operators.  lost: a value that passes the filter and is
-- not covered, which would be a wrong answer; cut: covered and not passing, which would be a part of a cell.  Values without a
-- result, NULL, are no part of any comparison.  A bound that is an infinity although it is not the answer says nothing (open_ended).
CREATE FUNCTION pg_temp.compare(mask text, bound text, sample text, bounds text, falling bool DEFAULT false, open_ended bool DEFAULT false)
RETURNS TABLE (transform text, operator text, lost text, cut text, compared bigint) LANGUAGE plpgsql AS $$
DECLARE
    lower bool;
BEGIN
    transform := mask;
    FOREACH operator IN ARRAY '{<,<=,>=,>}'::text[] LOOP
        lower := (operator ~ '^>') <> falling;
        EXECUTE format($q$
            WITH v AS MATERIALIZED (SELECT x, %1$s AS f FROM %3$s), b AS MATERIALIZED (SELECT c, %2$s AS b FROM %4$s)
            SELECT min(format('%%s %5$s %%s', x, c)) FILTER (WHERE f %5$s c AND (x %6$s b) IS NOT TRUE),
                   min(format('%%s %5$s %%s', x, c)) FILTER (WHERE NOT f %5$s c AND x %6$s b), count(*)
              FROM v, b $q$, mask, replace(bound, '$op', quote_literal(operator)), sample, bounds, operator,
            CASE WHEN lower THEN '>=' ELSE '<=' END) INTO lost, cut, compared;
        IF open_ended THEN
            cut := NULL;
        END IF;
        IF lost IS NOT NULL OR cut IS NOT NULL OR compared < 1000 THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

-- ---------- integers ----------

CREATE TEMP TABLE near AS SELECT n FROM generate_series(-65, 65) AS n;
CREATE TEMP TABLE int2s AS
    SELECT DISTINCT greatest(least(base + n, 32767), -32768)::int2 AS x FROM near, unnest('{-32768,-1000,0,9000,32767}'::int[]) AS base
    UNION ALL SELECT NULL;
CREATE TEMP TABLE int4s AS
    SELECT DISTINCT greatest(least(base + n, 2147483647), -2147483648)::int4 AS x
      FROM near, unnest('{-2147483648,-1000000000,0,123456789,2147483647}'::int8[]) AS base
    UNION ALL SELECT NULL;
CREATE TEMP TABLE int8s AS
    SELECT DISTINCT greatest(least(base + n, 9223372036854775807), -9223372036854775808)::int8 AS x
      FROM near, unnest('{-9223372036854775808,-5000000000,0,123456789012,9223372036854775807}'::numeric[]) AS base
    UNION ALL SELECT NULL;
CREATE TEMP TABLE of_int2 AS
    SELECT DISTINCT c::int8 AS c FROM (SELECT x FROM int2s WHERE x % 17 = 0 OR x > 32763 OR x < -32764) AS s(c)
    UNION ALL SELECT unnest('{-32769,32768,70000,-70000,-9223372036854775808,9223372036854775807,NULL}'::int8[]);
CREATE TEMP TABLE of_int4 AS
    SELECT DISTINCT c::int8 AS c FROM (SELECT x FROM int4s WHERE x % 17 = 0 OR x > 2147483643 OR x < -2147483644) AS s(c)
    UNION ALL SELECT unnest('{-2147483649,2147483648,-9223372036854775808,9223372036854775807}'::int8[]);
CREATE TEMP TABLE of_int8 AS
    SELECT DISTINCT c FROM (SELECT x FROM int8s WHERE x % 17 = 0 OR x > 9223372036854775803 OR x < -9223372036854775804) AS s(c);

-- bins: narrow, wide, odd origins, up to the whole type
SELECT r.* FROM unnest('{1,7,10,100,32767}'::int[]) AS width, unnest('{0,3,-32768,32767}'::int[]) AS origin,
    pg_temp.compare(format('privrelease.bin(x, %s::int2, (%s)::int2)', width, origin),
                    format('privrelease.bin_bound(c, $op, %s::int2, (%s)::int2)', width, origin), 'int2s', 'of_int2') AS r;
SELECT r.* FROM unnest('{1,7,100,2147483647}'::int[]) AS width, unnest('{0,3,-2147483648,2147483647}'::int[]) AS origin,
    pg_temp.compare(format('privrelease.bin(x, %s, (%s)::int4)', width, origin),
                    format('privrelease.bin_bound(c, $op, %s, (%s)::int4)', width, origin), 'int4s', 'of_int4') AS r;
SELECT r.* FROM unnest('{1,7,100,9223372036854775807}'::int8[]) AS width, unnest('{0,3,-9223372036854775808,9223372036854775807}'::numeric[]) AS origin,
    pg_temp.compare(format('privrelease.bin(x, %s::int8, (%s)::int8)', width, origin),
                    format('privrelease.bin_bound(c, $op, %s::int8, (%s)::int8)', width, origin), 'int8s', 'of_int8') AS r;
-- with open ends: on a bound, beside one, at one value, and none
SELECT r.* FROM (VALUES (10, 0, 20, 60), (10, 3, 22, 55), (10, 0, 39, 39), (7, 0, -32768, 50), (7, 2, -50, 32767), (100, 0, -32768, 32767), (7, 0, -32767, 32766)) AS p(width, origin, bottom, top),
    pg_temp.compare(format('privrelease.bin(x, %s::int2, %s::int2, (%s)::int2, %s::int2)', width, origin, bottom, top),
                    format('privrelease.bin_bound(c, $op, %s::int2, %s::int2, (%s)::int2, %s::int2)', width, origin, bottom, top), 'int2s', 'of_int2') AS r;
SELECT r.* FROM (VALUES (10, 0, 20, 60), (10, 3, 22, 55), (7, 0, -2147483648, 50), (7, 2, -50, 2147483647)) AS p(width, origin, bottom, top),
    pg_temp.compare(format('privrelease.bin(x, %s, %s, (%s)::int4, %s)', width, origin, bottom, top),
                    format('privrelease.bin_bound(c, $op, %s, %s, (%s)::int4, %s)', width, origin, bottom, top), 'int4s', 'of_int4') AS r;
SELECT r.* FROM (VALUES (10, 0, 20, 60), (10, 3, 22, 55), (7, 0, -9223372036854775808, 50), (7, 2, -50, 9223372036854775807)) AS p(width, origin, bottom, top),
    pg_temp.compare(format('privrelease.bin(x, %s::int8, %s::int8, (%s)::int8, %s::int8)', width, origin, bottom, top),
                    format('privrelease.bin_bound(c, $op, %s::int8, %s::int8, (%s)::int8, %s::int8)', width, origin, bottom, top), 'int8s', 'of_int8') AS r;
-- rounding
SELECT r.* FROM unnest('{1,2,7,10,100,32767}'::int[]) AS step,
    pg_temp.compare(format('privrelease.round(x, %s::int2)', step), format('privrelease.round_bound(c, $op, %s::int2)', step), 'int2s', 'of_int2') AS r;
SELECT r.* FROM unnest('{1,2,7,100,2147483647}'::int[]) AS step,
    pg_temp.compare(format('privrelease.round(x, %s)', step), format('privrelease.round_bound(c, $op, %s)', step), 'int4s', 'of_int4') AS r;
SELECT r.* FROM unnest('{1,2,7,100,9223372036854775807}'::int8[]) AS step,
    pg_temp.compare(format('privrelease.round(x, %s::int8)', step), format('privrelease.round_bound(c, $op, %s::int8)', step), 'int8s', 'of_int8') AS r;
-- every value of int2: a bound is the outermost value, to the last one
WITH cells AS (SELECT privrelease.bin(x::int2, 1000::int2, 3::int2) AS f, min(x) AS first, max(x) AS last FROM generate_series(-32768, 32767) AS x GROUP BY 1)
SELECT c.f + d AS c FROM cells AS c, generate_series(-1, 1) AS d
 WHERE privrelease.bin_bound(c.f + d, '>=', 1000::int2, 3::int2) IS DISTINCT FROM (SELECT min(first) FROM cells WHERE f >= c.f + d)
    OR privrelease.bin_bound(c.f + d, '>', 1000::int2, 3::int2) IS DISTINCT FROM (SELECT min(first) FROM cells WHERE f > c.f + d)
    OR privrelease.bin_bound(c.f + d, '<=', 1000::int2, 3::int2) IS DISTINCT FROM (SELECT max(last) FROM cells WHERE f <= c.f + d)
    OR privrelease.bin_bound(c.f + d, '<', 1000::int2, 3::int2) IS DISTINCT FROM (SELECT max(last) FROM cells WHERE f < c.f + d);

-- ---------- floats ----------

CREATE TEMP TABLE float8s AS
    SELECT DISTINCT base + b * base * 2.220446049250313e-16 AS x
      FROM (SELECT n / 20.0::float8 FROM generate_series(-60, 60) AS n UNION ALL SELECT n * 0.1::float8 FROM generate_series(-20, 20) AS n
            UNION ALL SELECT unnest('{0,-0,5e-324,-5e-324,2.2e-308,1e15,9007199254740992,-9007199254740993,1e300,-1e300,1.7976931348623157e308,-1.7976931348623157e308}'::float8[])) AS s(base),
           generate_series(-2, 2) AS b
     WHERE abs(base) BETWEEN 1e-290 AND 1e308 OR b = 0
    UNION ALL SELECT unnest('{inf,-inf,nan,-0,NULL}'::float8[]);
CREATE TEMP TABLE float4s AS
    SELECT DISTINCT (base + b * base * 1.2e-7)::float4 AS x
      FROM (SELECT n / 20.0::float8 FROM generate_series(-60, 60) AS n UNION ALL SELECT (n * 0.1::float4)::float8 FROM generate_series(-20, 20) AS n
            UNION ALL SELECT unnest('{0,1e-38,16777216,-16777217,1e30,-1e30}'::float8[])) AS s(base), generate_series(-2, 2) AS b
    UNION ALL SELECT unnest('{inf,-inf,nan,0,-0,1.401298464324817e-45,-1.401298464324817e-45,3.4028235e38,-3.4028235e38,NULL}'::float4[]);
CREATE TEMP TABLE of_floats AS
    SELECT DISTINCT c FROM (SELECT n * 0.1::float8 FROM generate_series(-12, 12) AS n UNION ALL SELECT n / 10.0::float8 FROM generate_series(-12, 12) AS n
                            UNION ALL SELECT (n / 10.0)::float4::float8 FROM generate_series(-12, 12) AS n UNION ALL SELECT n * 0.25::float8 FROM generate_series(-8, 8) AS n) AS s(c)
    UNION ALL SELECT unnest('{inf,-inf,nan,-0,5e-324,0.30000000000000004,1e300,-1e300,1e15,16777216,3.5e38,-3.5e38}'::float8[]);
SELECT r.* FROM unnest('{0.1,0.3,0.25,1,3.7,1e300}'::float8[]) AS width, unnest('{0,0.05,-0.3}'::float8[]) AS origin,
    pg_temp.compare(format('privrelease.bin(x, %s::float8, (%s)::float8)', width, origin),
                    format('privrelease.bin_bound(c, $op, %s::float8, (%s)::float8)', width, origin), 'float8s', 'of_floats') AS r;
SELECT r.* FROM unnest('{0.1,0.3,0.25,1,3.7,1e30}'::float4[]) AS width, unnest('{0,0.05,-0.3}'::float4[]) AS origin,
    pg_temp.compare(format('privrelease.bin(x, %s::float4, (%s)::float4)', width, origin),
                    format('privrelease.bin_bound(c, $op, %s::float4, (%s)::float4)', width, origin), 'float4s', 'of_floats') AS r;
SELECT r.* FROM (VALUES ('-0.5', '1.3'), ('-inf', '0.7'), ('0.35', 'inf'), ('0', '0'), ('-inf', 'inf')) AS p(bottom, top), unnest('{float4,float8}'::text[]) AS type,
    pg_temp.compare(format('privrelease.bin(x, 0.1::%1$s, 0::%1$s, %2$L::%1$s, %3$L::%1$s)', type, bottom, top),
                    format('privrelease.bin_bound(c, $op, 0.1::%1$s, 0::%1$s, %2$L::%1$s, %3$L::%1$s)', type, bottom, top), type || 's', 'of_floats') AS r;
SELECT r.* FROM unnest('{0.1,0.3,0.25,1,1e20}'::float8[]) AS step, unnest('{float4,float8}'::text[]) AS type,
    pg_temp.compare(format('privrelease.round(x, %s::%s)', step, type), format('privrelease.round_bound(c, $op, %s::%s)', step, type), type || 's', 'of_floats') AS r;

-- ---------- dates and timestamps ----------

CREATE TEMP TABLE dates AS
    SELECT date '4714-11-24 BC' + n AS x FROM generate_series(0, 100) AS n
    UNION ALL SELECT date '4713-01-01 BC' + 365 * n / 3 FROM generate_series(0, 400) AS n
    UNION ALL SELECT date '0001-01-01' + 10 * n FROM generate_series(-50, 50) AS n
    UNION ALL SELECT date '1999-12-01' + n FROM generate_series(0, 500) AS n
    UNION ALL SELECT date '5874897-12-31' - n FROM generate_series(0, 100) AS n
    UNION ALL SELECT unnest('{infinity,-infinity,NULL}'::date[]);
CREATE TEMP TABLE of_dates AS
    SELECT x AS c FROM dates WHERE x IS NULL OR NOT isfinite(x) OR (x - date '2000-01-01') % 97 = 0 OR (extract(day FROM x) = 1 AND x > '1999-01-01' AND x < '2000-06-01') OR x < '4714-12-02 BC';
SELECT r.* FROM unnest('{day,week,month,quarter,year,decade,century}'::text[]) AS unit,
    pg_temp.compare(format('privrelease.date_trunc(x, %L)', unit), format('privrelease.date_trunc_bound(c, $op, %L)', unit), 'dates', 'of_dates') AS r;
-- dates too early for their unit have no result: they are the values up to the bound of -infinity
SELECT unit, x FROM unnest('{day,week,month,quarter,year,decade,century}'::text[]) AS unit, dates
 WHERE (privrelease.date_trunc(x, unit) IS NULL) <> (x <= privrelease.date_trunc_bound('-infinity'::date, '<=', unit) AND isfinite(x));

CREATE TEMP TABLE timestamps AS
    SELECT DISTINCT t + n * interval '1 microsecond' AS x
      FROM (SELECT x::timestamp + h * interval '6 hours' FROM dates, generate_series(0, 1) AS h WHERE x BETWEEN '4713-12-01 BC' AND '2001-12-31' AND (x - date '2000-01-01') % 3 = 0
            UNION ALL SELECT timestamp '2000-01-01' + n * interval '1 month' FROM generate_series(-15, 15) AS n
            UNION ALL SELECT timestamp '294276-12-01') AS s(t), generate_series(-1, 1) AS n
    UNION ALL SELECT unnest('{4714-11-24 00:00:00 BC,4714-11-24 00:00:00.000001 BC,4714-11-30 BC,294276-12-31 23:59:59.999999,infinity,-infinity,NULL}'::timestamp[]);
CREATE TEMP TABLE of_timestamps AS
    SELECT x AS c FROM (SELECT x, row_number() OVER (ORDER BY x) AS n FROM timestamps) AS s
     WHERE n % 53 = 0 OR x IS NULL OR NOT isfinite(x) OR (x > '1999-01-01' AND x = date_trunc('month', x));
SELECT r.* FROM unnest('{day,week,month,quarter,year,decade,century}'::text[]) AS unit,
    pg_temp.compare(format('privrelease.date_trunc(x, %L)', unit), format('privrelease.date_trunc_bound(c, $op, %L)', unit), 'timestamps', 'of_timestamps') AS r;

-- time zones: hours and minutes around changes of the clock, months, and the ends of the type
CREATE TEMP TABLE zones AS SELECT unnest('{Asia/Shanghai,UTC,America/New_York,America/St_Johns,Pacific/Apia,Africa/Cairo,America/Sao_Paulo,+05:45,-11}'::text[]) AS zone;
CREATE TEMP TABLE changes AS
    SELECT zone, t FROM (
        SELECT zone, t, row_number() OVER (PARTITION BY zone ORDER BY t) AS n, count(*) OVER (PARTITION BY zone) AS of FROM (
            SELECT zone, t, t AT TIME ZONE zone - t AT TIME ZONE 'UTC' AS shift, lead(t AT TIME ZONE zone - t AT TIME ZONE 'UTC') OVER (PARTITION BY zone ORDER BY t) AS next
              FROM zones, generate_series(timestamptz '1880-01-01', timestamptz '2030-01-01', interval '1 day') AS t) AS s
         WHERE shift <> next) AS c
     WHERE n % greatest(of / 12, 1) = 0;
CREATE TEMP TABLE instants AS
    SELECT zone, t + n * interval '37 minutes' AS x FROM changes, generate_series(-50, 100) AS n
    UNION SELECT zone, t + n * interval '37 minutes' FROM zones, unnest('{1999-12-31,2000-02-29}'::timestamptz[]) AS t, generate_series(-50, 100) AS n
    UNION SELECT zone, (date '2000-01-01' + n)::timestamp AT TIME ZONE zone + b * interval '1 microsecond' FROM zones, generate_series(-40, 40, 4) AS n, generate_series(-1, 0) AS b
    UNION SELECT zone, x FROM zones, unnest('{4714-11-24 00:00:00 BC,4714-11-24 12:00:00 BC,4714-12-01 BC,4713-01-02 BC,0001-01-01,294276-12-31 23:59:59.999999,infinity,-infinity,NULL}'::timestamptz[]) AS x;
CREATE TEMP TABLE of_instants AS
    SELECT zone, x AS c FROM (SELECT zone, x, row_number() OVER (PARTITION BY zone ORDER BY x) AS n FROM instants) AS s WHERE n % 53 = 0 OR NOT isfinite(x)
    UNION SELECT zone, privrelease.date_trunc(t, u, zone) FROM changes, unnest('{day,month}'::text[]) AS u;
SELECT r.* FROM zones, unnest('{day,week,month,year,century}'::text[]) AS unit,
    pg_temp.compare(format('privrelease.date_trunc(x, %L, %L)', unit, zone), format('privrelease.date_trunc_bound(c, $op, %L, %L)', unit, zone),
        format('instants WHERE zone = %L', zone), format('of_instants WHERE zone = %L', zone),
        false, privrelease.date_trunc_bound('2000-01-01'::timestamptz, '>', unit, zone) = '-infinity') AS r;
-- in St. John's the clock went back at one minute past midnight: days and months came back, years did not; nothing is said of those
SELECT unit, privrelease.date_trunc_bound('2000-06-15'::timestamptz, '>=', unit, 'America/St_Johns') AS lower,
       privrelease.date_trunc_bound('2000-06-15'::timestamptz, '<', unit, 'America/St_Johns') AS upper
  FROM unnest('{day,month,year}'::text[]) AS unit;
-- a constant that is no start of a unit
SELECT op, privrelease.date_trunc_bound('2000-06-15 12:00'::timestamptz, op, 'month', 'Asia/Shanghai') FROM unnest('{<,<=,>=,>}'::text[]) AS op;

-- ages: the interval falls; births on 29 February, on the day itself and after it, days that do not exist
CREATE TEMP TABLE births AS
    SELECT at - n AS x FROM unnest('{2024-02-29,1900-03-01}'::date[]) AS at, generate_series(-5, 400) AS n
    UNION SELECT make_date(y, 2, d) FROM generate_series(1904, 2020, 4) AS y, generate_series(28, 29) AS d
    UNION SELECT unnest('{4714-11-24 BC,4714-11-25 BC,5874897-12-31,infinity,-infinity,NULL}'::date[]);
CREATE TEMP TABLE of_ages AS SELECT c::int8 AS c FROM unnest('{-1,0,1,2,4,5,6,9,10,11,20,21,49,50,51,99,100,101,119,120,123}'::int[]) AS c UNION ALL SELECT unnest('{6723,7000,-9223372036854775808,9223372036854775807}'::int8[]);
SELECT r.* FROM unnest('{2024-02-29,2023-02-28,2025-03-01,4714-11-24 BC,5874897-12-31}'::date[]) AS at, unnest('{1,5,10,100}'::int[]) AS width,
    pg_temp.compare(format('privrelease.age(x, %L, %s)', at, width), format('privrelease.age_bound(c, $op, %L, %s)', at, width), 'births', 'of_ages', true) AS r;
-- all births that have an age are one interval
SELECT at, x FROM unnest('{2024-02-29,2023-02-28,2020-01-01,4714-11-24 BC}'::date[]) AS at, births
 WHERE x IS NOT NULL AND (privrelease.age(x, at, 5) IS NOT NULL) <>
       (x BETWEEN privrelease.age_bound(9223372036854775807, '<=', at, 5) AND privrelease.age_bound((-9223372036854775808)::int8, '>=', at, 5));
SELECT op, privrelease.age_bound(18, op, '2023-02-28', 1) AS of_28_february, privrelease.age_bound(19, op, '2024-02-29', 1) AS of_29_february FROM unnest('{<,<=,>=,>}'::text[]) AS op;

-- ---------- addresses ----------

CREATE TEMP TABLE addresses AS
    SELECT DISTINCT set_masklen(a::inet, m) AS x FROM unnest('{0.0.0.0,10.1.2.3,10.1.2.255,10.1.3.0,127.255.255.255,128.0.0.0,192.168.7.9,255.255.255.254,255.255.255.255}'::text[]) AS a, generate_series(0, 32) AS m
    UNION SELECT set_masklen(a::inet, m) FROM unnest('{::,::1,2001:db8:1:2:3:4:5:6,2001:db8:1:ffff:ffff:ffff:ffff:ffff,7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,8000::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff}'::text[]) AS a,
                 unnest('{0,1,2,7,8,9,31,32,33,47,48,49,56,57,63,64,65,126,127,128}'::int[]) AS m
    UNION SELECT NULL;
CREATE TEMP TABLE of_addresses AS
    SELECT x AS c FROM (SELECT x, row_number() OVER (ORDER BY x) AS n FROM addresses) AS s WHERE n % 9 = 0 OR masklen(x) IN (0, 1) OR (masklen(x) IN (24, 48) AND network(x) = x) OR x IS NULL;
SELECT r.* FROM (VALUES (24, 48), (0, 0), (32, 128), (8, 64), (13, 57), (31, 127), (1, 1)) AS p(v4, v6),
    pg_temp.compare(format('privrelease.network(x, %s, %s)', v4, v6), format('privrelease.network_bound(c, $op, %s, %s)', v4, v6), 'addresses', 'of_addresses') AS r;
SELECT op, privrelease.network_bound('10.1.2.0/24', op, 24, 48), privrelease.network_bound('10.1.2.3', op, 24, 48) AS misaligned, privrelease.network_bound('10.0.0.0/8', op, 24, 48) AS shorter
  FROM unnest('{<,<=,>=,>}'::text[]) AS op;
SELECT privrelease.network_bound('0.0.0.0/0', '<', 24, 48) AS before_all, privrelease.network_bound('ffff:ffff:ffff::/48', '>', 24, 48) AS after_all,
       privrelease.network_bound('255.255.255.0/24', '>', 24, 48) AS after_v4, privrelease.network_bound('::/0', '<', 24, 48) AS before_v6;

-- ---------- texts ----------

-- all texts of up to four characters of an alphabet with the fill, a character below it and the last of all
CREATE TEMP TABLE texts AS
    WITH RECURSIVE t(x, n) AS (SELECT '', 0 UNION ALL SELECT x || c, n + 1 FROM t, unnest(ARRAY['*', '!', 'a', 'b', U&'\+10FFFF']) AS c WHERE n < 4)
    SELECT x FROM t UNION ALL SELECT NULL;
CREATE TEMP TABLE of_texts AS SELECT x AS c FROM texts WHERE length(x) < 4 OR x IS NULL OR x ~ '^[ab].*[*]$';
SELECT length, whole, min(c) FILTER (WHERE passes AND NOT covered) AS lost, count(*) FILTER (WHERE partly) AS cut, count(*) > 10000 AS compared
  FROM generate_series(1, 3) AS length, unnest('{t,f}'::bool[]) AS whole, LATERAL (
        SELECT c, passes, covered, covered <> first_value(covered) OVER (PARTITION BY c, f) AS partly
          FROM (SELECT c, f, CASE WHEN whole THEN f = c ELSE f ^@ c END AS passes, x ~>=~ lower AND x ~<~ upper IS TRUE AND lower IS NOT NULL AS covered
                  FROM (SELECT c, privrelease.prefix_bound(c, '>=', whole, length, '*') AS lower, privrelease.prefix_bound(c, '<', whole, length, '*') AS upper FROM of_texts OFFSET 0) AS b,
                       (SELECT x, privrelease.prefix(x, length, '*') AS f FROM texts OFFSET 0) AS v) AS s) AS p
 GROUP BY 1, 2 ORDER BY 1, 2;
-- a whole prefix is one cell; two of three characters are the first, which is whole cells; the fill says nothing
SELECT c, whole, privrelease.prefix_bound(c, '>=', whole, 3, '*') AS lower, textsend(privrelease.prefix_bound(c, '<', whole, 3, '*')) AS upper
  FROM (VALUES ('abc*', true), ('abc', false), ('ab', false), ('a', false), ('ab**', true), ('*', false), ('', false), ('abc', true), ('abcd', false), ('abc*', false),
               (U&'ab\D7FF*', true), (U&'ab\+10FFFF*', true), (U&'\+10FFFF', false)) AS t(c, whole);

-- ---------- parameters and operators that make no sense, and NULL ----------

SELECT privrelease.bin_bound(1, '>=', 0, 0) AS width, privrelease.bin_bound(1, '>=', 10, 0, 60, 20) AS ends, privrelease.round_bound(1, '>=', -1) AS step,
       privrelease.bin_bound(1::float8, '<', 'nan'::float8, 0::float8) AS nan, privrelease.date_trunc_bound(date '2000-01-01', '>=', 'fortnight') AS unit,
       privrelease.age_bound(1, '>=', 'infinity', 1) AS at, privrelease.age_bound(1, '>=', '2000-01-01', 0) AS age_width, privrelease.network_bound('::', '<', 33, 0) AS v4,
       privrelease.network_bound('::', '<', 0, -1) AS v6;
SELECT privrelease.bin_bound(1, op, 10, 0) AS bin, privrelease.date_trunc_bound(date '2000-01-01', op, 'year') AS date, privrelease.age_bound(1, op, '2000-01-01', 1) AS age,
       privrelease.network_bound('::', op, 8, 8) AS network FROM unnest('{=,<>,"",<<,>>,=>,>=>,NULL}'::text[]) AS op;
SELECT count(*) AS strict FROM pg_proc WHERE pronamespace = 'privrelease'::regnamespace AND proname ~ '_bound$' AND proisstrict AND provolatile = 'i' AND proparallel = 's' AND has_function_privilege('public', oid, 'EXECUTE');
SELECT proname FROM pg_proc WHERE pronamespace = 'privrelease'::regnamespace AND proname ~ '_bound$' AND NOT (proisstrict AND provolatile = 'i' AND proparallel = 's' AND has_function_privilege('public', oid, 'EXECUTE'));

-- ---------- conversions that raise nothing ----------

SELECT d, privrelease.as_timestamp(d), privrelease.as_timestamptz(d), privrelease.as_timestamptz(privrelease.as_timestamp(d)) AS both
  FROM unnest('{2000-02-29,4714-11-24 BC,294276-12-31,294277-01-01,5874897-12-31,infinity,-infinity}'::date[]) AS d;
SET TIME ZONE 'America/New_York';
SELECT privrelease.as_timestamptz(date '2000-07-01') = timestamptz '2000-07-01 04:00 UTC' AS of_session;
-- a share and a range that stand in plans
SELECT v, privrelease.in_byte_range(v, 'a', 'b', 0.1) AS range, v ~>=~ 'a' AND v ~<~ 'b' AS same, privrelease.known_selectivity(v = 'a', 0.1, false) AS clause
  FROM unnest('{a,A,ab,b,"",NULL}'::text[]) AS v;
-- called by somebody else: with columns of the same row, with parameters, with shares that are none
CREATE TEMP TABLE own (a text, b text, c text, n int, f float8, yes bool);
INSERT INTO own SELECT i::text, i::text, (i + 1)::text, i, NULL, NULL FROM generate_series(1, 1000) AS i;
CREATE INDEX ON own (a text_pattern_ops);
ANALYZE own;
SET enable_seqscan = off;
SELECT (SELECT count(*) FROM own WHERE privrelease.in_byte_range(a, b, c, 0.001)) AS of_row, (SELECT count(*) FROM own WHERE a ~>=~ b AND a ~<~ c) AS same,
       (SELECT count(*) FROM own WHERE privrelease.in_byte_range(a, '5', '6', 0.1)) AS constant, (SELECT count(*) FROM own WHERE privrelease.in_byte_range(a, '5' || (random() * 0)::text, '6', 'nan')) AS volatile,
       (SELECT count(*) FROM own WHERE privrelease.in_byte_range(a, NULL, '6', 7)) AS none;
SELECT (SELECT count(*) FROM own WHERE privrelease.known_selectivity(n < 5, f, yes)) AS strict, (SELECT count(*) FROM own WHERE privrelease.known_selectivity(n < 5, 'nan', true)) AS nan,
       (SELECT count(*) FROM own WHERE privrelease.known_selectivity(n < 5, -1, true)) AS negative, (SELECT count(*) FROM own WHERE privrelease.known_selectivity(n < 5, 0.5, NULL)) AS unsaid;
RESET enable_seqscan;
