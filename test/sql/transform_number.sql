-- bin and round on all types of numbers: each query lists the rows whose result is not the expected one.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
\pset null '(null)'

-- integers
SELECT v, w, o, expected, privrelease.bin(v, w, o) AS got
  FROM (VALUES
    (39, 10, 0, 30), (40, 10, 0, 40), (0, 10, 0, 0), (-1, 10, 0, -10), (-10, 10, 0, -10), (39, 10, 5, 35), (39, 10, -3, 37),
    (39, 1, 0, 39), (7, 10, 8, -2), (39, 2147483647, 0, 0), (-1, 2147483647, 0, -2147483647),
    (2147483647, 10, 0, 2147483640),
    (-2147483648, 10, 0, -2147483648),           -- the bound would be -2147483650
    (-2147483641, 10, 0, -2147483648), (-2147483640, 10, 0, -2147483640),
    (2147483647, 10, -2147483648, 2147483642),   -- 2^32 - 1 = 5 modulo 10
    (39, 0, 0, NULL), (39, -10, 0, NULL), (39, -2147483648, 0, NULL),
    (NULL, 10, 0, NULL), (39, NULL, 0, NULL), (39, 10, NULL, NULL)
  ) AS t (v, w, o, expected)
 WHERE privrelease.bin(v, w, o) IS DISTINCT FROM expected;

SELECT v, w, o, b, t, expected, privrelease.bin(v, w, o, b, t) AS got
  FROM (VALUES
    (39, 10, 0, 20, 60, 30), (19, 10, 0, 20, 60, 20), (20, 10, 0, 20, 60, 20), (59, 10, 0, 20, 60, 50), (60, 10, 0, 20, 60, 60),
    (100, 10, 0, 20, 60, 60), (-2147483648, 10, 0, 20, 60, 20), (2147483647, 10, 0, 20, 60, 60),
    (23, 10, 0, 22, 55, 22), (52, 10, 0, 22, 55, 50), (55, 10, 0, 22, 55, 55),   -- ends that are no bounds
    (39, 10, 0, 39, 39, 39), (38, 10, 0, 39, 39, 39),
    -- no bottom, no top
    (39, 10, 0, -2147483648, 2147483647, 30), (2147483647, 10, 0, -2147483648, 2147483647, 2147483640),
    (-2147483648, 10, 0, -2147483648, 2147483647, -2147483648), (95, 10, 0, -2147483648, 90, 90),
    (39, 10, 0, 60, 20, NULL), (39, 0, 0, 20, 60, NULL), (39, 10, 0, NULL, 60, NULL), (39, 10, 0, 20, NULL, NULL)
  ) AS t (v, w, o, b, t, expected)
 WHERE privrelease.bin(v, w, o, b, t) IS DISTINCT FROM expected;

SELECT v, w, o, expected, privrelease.bin(v, w, o) AS got
  FROM (VALUES
    (39::int2, 10::int2, 0::int2, 30::int2), ((-32768)::int2, 10::int2, 0::int2, (-32768)::int2),
    (32767::int2, 32767::int2, 0::int2, 32767::int2), (32766::int2, 32767::int2, 0::int2, 0::int2),
    (32767::int2, 10::int2, (-32768)::int2, 32762::int2), (1::int2, 0::int2, 0::int2, NULL)
  ) AS t (v, w, o, expected)
 WHERE privrelease.bin(v, w, o) IS DISTINCT FROM expected;
SELECT privrelease.bin(39::int2, 10::int2, 0::int2, 20::int2, 30::int2) AS top, privrelease.bin(1::int2, 10::int2, 0::int2, 20::int2, 30::int2) AS bottom,
       pg_typeof(privrelease.bin(39::int2, 10::int2, 0::int2)) AS type;

SELECT v, w, o, expected, privrelease.bin(v, w, o) AS got
  FROM (VALUES
    (39::int8, 10::int8, 0::int8, 30::int8),
    (9223372036854775807, 10, 0, 9223372036854775800), (-9223372036854775808, 10, 0, -9223372036854775808),
    (9223372036854775807, 10, -9223372036854775808, 9223372036854775802),       -- 2^64 - 1 = 5 modulo 10
    (-9223372036854775808, 10, 9223372036854775807, -9223372036854775808),
    (-9223372036854775803, 10, 9223372036854775807, -9223372036854775803),
    (9223372036854775807, 9223372036854775807, 0, 9223372036854775807), (9223372036854775806, 9223372036854775807, 0, 0),
    (10000000000, 3000000000, 0, 9000000000), (1, 0, 0, NULL)
  ) AS t (v, w, o, expected)
 WHERE privrelease.bin(v, w, o) IS DISTINCT FROM expected;
SELECT privrelease.bin(39::int8, 10::int8, 0::int8, 20::int8, 30::int8) AS top, privrelease.bin(1::int8, 10::int8, 0::int8, 20::int8, 30::int8) AS bottom;

SELECT v, t, expected, privrelease.round(v, t) AS got
  FROM (VALUES
    (34, 10, 30), (35, 10, 40), (-34, 10, -30), (-35, 10, -40), (0, 10, 0), (4, 10, 0), (-4, 10, 0), (7, 1, 7), (10, 3, 9), (11, 3, 12),
    (2147483647, 10, 2147483640), (-2147483648, 10, -2147483640), (2147483645, 10, 2147483640),
    (-2147483648, 2, -2147483648), (-2147483648, 2147483647, -2147483647), (1073741824, 2147483647, 2147483647), (1073741823, 2147483647, 0),
    (5, 0, NULL), (5, -1, NULL), (NULL, 1, NULL), (5, NULL, NULL)
  ) AS t (v, t, expected)
 WHERE privrelease.round(v, t) IS DISTINCT FROM expected;
SELECT privrelease.round(32767::int2, 10::int2) AS int2_max, privrelease.round((-32768)::int2, 10::int2) AS int2_min,
       privrelease.round(9223372036854775807::int8, 10::int8) AS int8_max, privrelease.round((-9223372036854775808)::int8, 10::int8) AS int8_min,
       privrelease.round((-9223372036854775808)::int8, 9223372036854775807::int8) AS int8_wide;

-- floats
SELECT v, w, o, expected, privrelease.bin(v, w, o) AS got
  FROM (VALUES
    (39.5::float8, 10::float8, 0::float8, 30::float8), (-0.5, 10, 0, -10), (-10, 10, 0, -10), (0.3, 0.1, 0, 0.3), (0.7, 0.1, 0, 0.7),
    (1.1, 0.01, 0, 1.1), (12.4, 2.5, 1.2, 11.2), ('NaN', 10, 0, 'NaN'), ('Infinity', 10, 0, 'Infinity'), ('-Infinity', 10, 0, '-Infinity'),
    (1.7976931348623157e308, 1e308, 0, 1e308), (-1.7976931348623157e308, 1e308, 0, -1.7976931348623157e308),
    (1e300, 10, 0, 1e300), (5e-324, 10, 0, 0), (-5e-324, 10, 0, -10),
    (1, 0, 0, NULL), (1, -1, 0, NULL), (1, 'NaN', 0, NULL), (1, 'Infinity', 0, NULL), (1, 1, 'NaN', NULL), (1, 1, '-Infinity', NULL),
    (1, 1, 1e300, NULL), (NULL, 1, 0, NULL)
  ) AS t (v, w, o, expected)
 WHERE privrelease.bin(v, w, o) IS DISTINCT FROM expected;
SELECT v, b, t, expected, privrelease.bin(v, 10, 0, b, t) AS got
  FROM (VALUES
    (39.5::float8, 20::float8, 60::float8, 30::float8), (19, 20, 60, 20), (60, 20, 60, 60), (1e308, 20, 60, 60), (25, 22, 60, 22),
    ('NaN', 20, 60, 60), ('Infinity', 20, 60, 60), ('-Infinity', 20, 60, 20),
    ('NaN', 20, 'Infinity', 'NaN'), ('Infinity', 20, 'Infinity', 'Infinity'), ('-Infinity', '-Infinity', 60, '-Infinity'), (39.5, '-Infinity', 'Infinity', 30),
    (1, 60, 20, NULL), (1, 'NaN', 60, NULL), (1, 20, 'NaN', NULL), (1, 'Infinity', 'Infinity', NULL)
  ) AS t (v, b, t, expected)
 WHERE privrelease.bin(v, 10, 0, b, t) IS DISTINCT FROM expected;
SELECT v, w, o, expected, privrelease.bin(v, w, o) AS got
  FROM (VALUES
    (39.5::float4, 10::float4, 0::float4, 30::float4), (0.3, 0.1, 0, 0.3), (0.7, 0.1, 0, 0.7), ('NaN', 10, 0, 'NaN'), ('-Infinity', 10, 0, '-Infinity'),
    (3.4028235e38, 1e38, 0, 3e38), (-3.4028235e38, 1e38, 0, -3.4028235e38), (1, 0, 0, NULL)
  ) AS t (v, w, o, expected)
 WHERE privrelease.bin(v, w, o) IS DISTINCT FROM expected;
SELECT privrelease.bin(39::float4, 10::float4, 0::float4, 20::float4, 30::float4) AS top, privrelease.bin('NaN'::float4, 10::float4, 0::float4, 20::float4, 30::float4) AS nan;
SELECT v, t, expected, privrelease.round(v, t) AS got
  FROM (VALUES
    (34.9::float8, 10::float8, 30::float8), (35, 10, 40), (-35, 10, -40), (2.5, 1, 3), (-2.5, 1, -3), (2.4999999999999996, 1, 2), (-0.3, 1, 0),
    (1.07, 0.05, 1.05), ('NaN', 10, 'NaN'), ('Infinity', 10, 'Infinity'), ('-Infinity', 10, '-Infinity'), (1.7976931348623157e308, 1e308, 1e308),
    (-1.7976931348623157e308, 1e308, -1e308), (1e300, 1, 1e300), (1, 0, NULL), (1, -1, NULL), (1, 'NaN', NULL), (1, 'Infinity', NULL)
  ) AS t (v, t, expected)
 WHERE privrelease.round(v, t) IS DISTINCT FROM expected;
SELECT privrelease.round(34.9::float4, 10::float4) AS a, privrelease.round(3.4028235e38::float4, 1e38::float4) AS max, privrelease.round('NaN'::float4, 10::float4) AS nan;

-- numeric; compared as text, for the number of decimals is the parameters', whatever the value's
SELECT v, w, o, expected, privrelease.bin(v, w, o) AS got
  FROM (VALUES
    (39.57, 10, 0, '30'), (39.570000, 10, 0, '30'), (-0.01, 10, 0, '-10'), (-10, 10, 0, '-10'), (-10.000, 10, 0, '-10'), (0, 10, 0, '0'),
    (39.57, 0.5, 0, '39.5'), (39.57, 0.50, 0, '39.50'), (39.57, 10, 0.25, '30.25'), (30.2, 10, 0.25, '20.25'), (-0.00001, 0.5, 0, '-0.5'),
    (0.00001, 0.5, 0, '0.0'), (1234567.891, 0.0001, 0, '1234567.8910'), (12.3456, 0.01, 0, '12.34'),
    (123456789012345678901234567890, 1000, 0, '123456789012345678901234567000'),
    (-123456789012345678901234567890, 1000, 0, '-123456789012345678901234568000'),
    (9223372036854775807, 1, 0, '9223372036854775807'), (9223372036854775808, 1, 0, '9223372036854775808'),
    (-9223372036854775809.5, 1, 0, '-9223372036854775810'), (92233720368547758.079, 0.01, 0, '92233720368547758.07'), (922337203685477580.79, 0.01, 0, '922337203685477580.79'),
    (5e-30, 1e-30, 0, '0.000000000000000000000000000005'), (12.5, 1e-20, 0, '12.50000000000000000000'), (1e40, 3e39, 0, '9' || repeat('0', 39)),
    ('NaN', 10, 0, 'NaN'), ('Infinity', 10, 0, 'Infinity'), ('-Infinity', 10, 0, '-Infinity'),
    (1, 0, 0, NULL), (1, 0.000, 0, NULL), (1, -1, 0, NULL), (1, 'NaN', 0, NULL), (1, 'Infinity', 0, NULL), (1, 1, 'NaN', NULL), (1, 1, 'Infinity', NULL),
    (NULL, 10, 0, NULL), (1, NULL, 0, NULL)
  ) AS t (v, w, o, expected)
 WHERE privrelease.bin(v, w, o)::text IS DISTINCT FROM expected;
SELECT v, b, t, expected, privrelease.bin(v, 10, 0, b, t) AS got
  FROM (VALUES
    (39.57, 20, 60, '30'), (19.99, 20, 60, '20'), (60, 20, 60, '60'), (59.999, 20, 60, '50'), (25, 22, 60, '22'), (39.57, 20, 60.5, '30.0'), (61, 20, 60.5, '60.5'),
    (60.49999, 20, 60.5, '60.0'), (-5, 20.0, 60.50, '20.00'), ('NaN', 20, 60, '60'), ('Infinity', 20, 60, '60'), ('-Infinity', 20, 60, '20'),
    ('NaN', 20, 'Infinity', 'NaN'), ('Infinity', 20, 'Infinity', 'Infinity'), ('-Infinity', '-Infinity', 60, '-Infinity'), (39.57, '-Infinity', 'Infinity', '30'),
    (1e50, 20, 60, '60'), (-1e50, 20, 60, '20'), (1e50, 20, 1e60, '1' || repeat('0', 50)), (-5e40, -2e40, 60, '-2' || repeat('0', 40)),
    (5, 60, 20, NULL), (5, 'NaN', 60, NULL), (5, 20, 'NaN', NULL), (5, 'Infinity', 'Infinity', NULL), (5, '-Infinity', '-Infinity', NULL), (5, NULL, 60, NULL)
  ) AS t (v, b, t, expected)
 WHERE privrelease.bin(v, 10, 0, b, t)::text IS DISTINCT FROM expected;
SELECT v, t, expected, privrelease.round(v, t) AS got
  FROM (VALUES
    (34.9, 10, '30'), (35, 10, '40'), (34.999999999999999999999999, 10, '30'), (-35, 10, '-40'), (-34.99, 10, '-30'), (0.05, 0.1, '0.1'), (0.0499, 0.1, '0.0'), (-0.05, 0.1, '-0.1'),
    (2.5, 1, '3'), (-2.5, 1, '-3'), (7.5, 5, '10'), (7.4, 5, '5'), (1.025, 0.05, '1.05'), (1.0249999, 0.05, '1.00'), (5, 0.50, '5.00'), (-0.2, 1, '0'),
    (123456789012345678901234567890.5, 1000, '123456789012345678901234568000'), (-123456789012345678901234567499, 1000, '-123456789012345678901234567000'),
    (99999999999999999999999999999999999999.5, 1, '1' || repeat('0', 38)), (5e-31, 1e-30, '0.000000000000000000000000000001'),
    ('NaN', 10, 'NaN'), ('Infinity', 10, 'Infinity'), ('-Infinity', 10, '-Infinity'), (5, 0, NULL), (5, -1, NULL), (5, 'NaN', NULL), (5, 'Infinity', NULL), (NULL, 1, NULL)
  ) AS t (v, t, expected)
 WHERE privrelease.round(v, t)::text IS DISTINCT FROM expected;

-- numerics at the end of the type, where arithmetic overflows: NULL, unless an open end catches them
CREATE TEMP TABLE huge AS
    SELECT v FROM (VALUES (('9' || repeat('9', 131071))::numeric), (-('9' || repeat('9', 131071))::numeric), (('0.' || repeat('9', 16383))::numeric),
                          ((repeat('9', 1000) || '.' || repeat('9', 10000))::numeric)) AS t (v);
SELECT length(v::text) AS digits, length(privrelease.bin(v, 7, 3)::text) AS bin, length(privrelease.round(v, 7)::text) AS round, privrelease.bin(v, 7, 3, -100, 100) AS ends
  FROM huge;
SELECT privrelease.bin(1, 10::numeric ^ 1010, 0) IS NULL AS huge_width, privrelease.round(1, ('0.' || repeat('0', 1000) || '1')::numeric) IS NULL AS tiny_width;

-- fast and slow arithmetic agree, and follow the definition
SELECT count(*) AS checked,
       count(*) FILTER (WHERE privrelease.bin(v, w, o) <> o + floor((v - o) / w) * w) AS bin_wrong,
       count(*) FILTER (WHERE privrelease.bin(v + 1e30, w, o + 1e30) <> privrelease.bin(v, w, o) + 1e30) AS bin_shift_wrong,
       count(*) FILTER (WHERE privrelease.bin(v * 1e-25, w * 1e-25, o * 1e-25) <> privrelease.bin(v, w, o) * 1e-25) AS bin_scale_wrong,
       count(*) FILTER (WHERE privrelease.round(v, w) <> sign(v) * floor((abs(v) + w / 2) / w) * w) AS round_wrong,
       count(*) FILTER (WHERE privrelease.round(v * 1e-25, w * 1e-25) <> privrelease.round(v, w) * 1e-25) AS round_scale_wrong,
       count(*) FILTER (WHERE privrelease.bin(privrelease.bin(v, w, o), w, o) <> privrelease.bin(v, w, o)) AS not_idempotent
  FROM (SELECT (g * 7919 % 20011 - 10000) / 10.0 ^ (g % 5) AS v, (1 + g % 50) / 2.0 ^ (g % 4) AS w, (g % 13 - 6) / 4.0 AS o
          FROM generate_series(1, 20000) AS g) AS t;

-- monotone and idempotent over all of a small type and neighbours of the ends
SELECT count(*) FILTER (WHERE b < before) AS not_monotone, count(*) FILTER (WHERE privrelease.bin(b, 7::int2, 3::int2) <> b) AS not_idempotent, count(*) FILTER (WHERE b > v) AS above
  FROM (SELECT v, privrelease.bin(v, 7::int2, 3::int2) AS b, lag(privrelease.bin(v, 7::int2, 3::int2)) OVER (ORDER BY v) AS before
          FROM (SELECT g::int2 AS v FROM generate_series(-32768, 32767) AS g) AS s) AS t;

-- parameters that change from row to row
SELECT w, privrelease.bin(39.57, w, 0) AS "numeric", privrelease.bin(39.57::float8, w::float8, 0::float8) AS "float8", privrelease.round(39.57, w) AS round
  FROM (VALUES (10::numeric), (0.1), (10), (0), (2.5)) AS t (w);
DROP TABLE huge;
