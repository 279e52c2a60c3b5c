-- network, grid, and what every transform promises of itself.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
\pset null '(null)'

SELECT v, v4, v6, expected, privrelease.network(v, v4, v6) AS got
  FROM (VALUES
    ('192.0.2.10'::inet, 24, 48, '192.0.2.0/24'::inet), ('192.0.2.10', 32, 48, '192.0.2.10'), ('192.0.2.10', 0, 48, '0.0.0.0/0'), ('255.255.255.255', 25, 48, '255.255.255.128/25'),
    ('192.0.2.10', 31, 48, '192.0.2.10/31'), ('192.0.2.11', 31, 48, '192.0.2.10/31'), ('10.1.2.3/8', 24, 48, '10.0.0.0/8'), ('10.1.2.3/24', 24, 48, '10.1.2.0/24'), ('10.1.2.3/0', 24, 48, '0.0.0.0/0'),
    ('2001:db8:0:1::2', 24, 48, '2001:db8::/48'), ('2001:db8:ffff:1::2', 24, 48, '2001:db8:ffff::/48'), ('2001:db8::1', 24, 128, '2001:db8::1'), ('2001:db8::1', 24, 0, '::/0'),
    ('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 24, 127, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127'), ('2001:db8::1/32', 24, 48, '2001:db8::/32'),
    ('::ffff:192.0.2.1', 24, 48, '::/48'), ('192.0.2.0/24'::cidr, 16, 48, '192.0.0.0/16'),
    ('192.0.2.10', -1, 48, NULL), ('192.0.2.10', 33, 48, NULL), ('192.0.2.10', 24, -1, NULL), ('192.0.2.10', 24, 129, NULL), ('192.0.2.10', -2147483648, 48, NULL),
    (NULL, 24, 48, NULL), ('192.0.2.10', NULL, 48, NULL), ('192.0.2.10', 24, NULL, NULL)
  ) AS t (v, v4, v6, expected)
 WHERE privrelease.network(v, v4, v6) IS DISTINCT FROM expected;

-- as network(set_masklen(...)) of the server does it, for each length of mask
SELECT n, privrelease.network('203.0.113.255', n, 0) FROM generate_series(0, 32) AS n
 WHERE privrelease.network('203.0.113.255', n, 0) <> network(set_masklen('203.0.113.255'::inet, n));
SELECT n, privrelease.network('fedc:ba98:7654:3210:fedc:ba98:7654:3211', 0, n) FROM generate_series(0, 128) AS n
 WHERE privrelease.network('fedc:ba98:7654:3210:fedc:ba98:7654:3211', 0, n) <> network(set_masklen('fedc:ba98:7654:3210:fedc:ba98:7654:3211'::inet, n));

SELECT v, s, x, y, privrelease.grid_x(v, s) AS got_x, privrelease.grid_y(v, s) AS got_y
  FROM (VALUES
    ('(116.3974,39.9093)'::point, 0.01::float8, 116.39::float8, 39.9::float8), ('(116.3974,39.9093)', 0.5, 116, 39.5), ('(-0.001,0.001)', 0.01, -0.01, 0), ('(10,-10)', 5, 10, -10),
    ('(NaN,Infinity)', 1, 'NaN', 'Infinity'), ('(-Infinity,1e300)', 1, '-Infinity', 1e300), ('(1.7976931348623157e308,-1.7976931348623157e308)', 1e308, 1e308, -1.7976931348623157e308),
    ('(1,1)', 0, NULL, NULL), ('(1,1)', -1, NULL, NULL), ('(1,1)', 'NaN', NULL, NULL), ('(1,1)', 'Infinity', NULL, NULL), (NULL, 1, NULL, NULL), ('(1,1)', NULL, NULL, NULL)
  ) AS t (v, s, x, y)
 WHERE privrelease.grid_x(v, s) IS DISTINCT FROM x OR privrelease.grid_y(v, s) IS DISTINCT FROM y;

-- every transform that needs no key: C, parallel safe, strict (hierarchy excepted), immutable where it reads no table, cheap, no rights of another role
SELECT p.proname, count(*) AS overloads, bool_and(l.lanname = 'c') AS c, bool_and(p.proparallel = 's') AS parallel_safe, bool_and(p.proisstrict) AS strict,
       string_agg(DISTINCT p.provolatile::text, '') AS volatility, max(p.procost) AS cost, bool_or(p.prosecdef) AS definer, bool_and(p.proacl IS NULL) AS public,
       bool_or(p.proconfig IS NOT NULL) AS settings
  FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
 WHERE p.pronamespace = 'privrelease'::regnamespace
   AND p.proname IN ('partial', 'partial_email', 'prefix', 'resident_id', 'bin', 'round', 'date_trunc', 'age', 'network', 'grid_x', 'grid_y', 'hierarchy')
 GROUP BY p.proname ORDER BY p.proname COLLATE "C";

-- a plan over them is parallel
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE TABLE transform_misc AS
    SELECT g AS i, g::numeric / 100 AS n, ('2000-01-01'::date + g) AS d, '2000-01-01 00:00+00'::timestamptz + g * '1 hour'::interval AS z, 'user' || g || '@example.com' AS t FROM generate_series(1, 10000) AS g;
EXPLAIN (COSTS OFF)
SELECT count(privrelease.bin(i, 10, 0)), count(privrelease.bin(n, 10, 0)), count(privrelease.date_trunc(d, 'month')),
       count(privrelease.date_trunc(z, 'day', 'Asia/Shanghai')), count(privrelease.partial_email(t)), count(privrelease.prefix(t, 5, '*'))
  FROM transform_misc;
SELECT count(DISTINCT privrelease.bin(i, 10, 0)) AS bins, count(DISTINCT privrelease.bin(n, 10, 0)) AS numeric_bins, count(DISTINCT privrelease.date_trunc(d, 'month')) AS months,
       count(DISTINCT privrelease.date_trunc(z, 'day', 'Asia/Shanghai')) AS days, count(DISTINCT privrelease.partial_email(t)) AS addresses
  FROM transform_misc;
DROP TABLE transform_misc;
