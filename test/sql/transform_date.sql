-- date_trunc and age: each query lists the rows whose result is not the expected one.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
\pset null '(null)'
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

-- dates
SELECT v, u, expected, privrelease.date_trunc(v, u) AS got
  FROM (VALUES
    ('2024-05-17'::date, 'day', '2024-05-17'::date), ('2024-05-17', 'week', '2024-05-13'), ('2024-05-13', 'week', '2024-05-13'), ('2024-05-12', 'week', '2024-05-06'),
    ('2024-01-03', 'week', '2024-01-01'), ('2021-01-03', 'week', '2020-12-28'),
    ('2024-05-17', 'month', '2024-05-01'), ('2024-05-17', 'quarter', '2024-04-01'), ('2024-12-31', 'quarter', '2024-10-01'), ('2024-05-17', 'year', '2024-01-01'),
    ('2024-05-17', 'decade', '2020-01-01'), ('2020-01-01', 'decade', '2020-01-01'), ('2024-05-17', 'century', '2001-01-01'), ('2000-12-31', 'century', '1901-01-01'),
    ('1999-12-31', 'decade', '1990-01-01'), ('2000-02-29', 'month', '2000-02-01'), ('2000-02-29', 'day', '2000-02-29'),
    -- before Christ: 1 BC is the year 0 of the count
    ('0044-03-15 BC', 'month', '0044-03-01 BC'), ('0044-03-15 BC', 'year', '0044-01-01 BC'), ('0044-03-15 BC', 'decade', '0051-01-01 BC'), ('0044-03-15 BC', 'century', '0100-01-01 BC'),
    ('0001-12-31 BC', 'decade', '0001-01-01 BC'), ('0001-06-01', 'decade', '0001-01-01 BC'), ('0001-06-01', 'century', '0001-01-01'), ('0001-12-31 BC', 'century', '0100-01-01 BC'),
    -- the ends of the type
    ('infinity', 'month', 'infinity'), ('-infinity', 'century', '-infinity'),
    ('5874897-12-31', 'year', '5874897-01-01'), ('5874897-12-31', 'day', '5874897-12-31'), ('5874897-12-31', 'century', '5874801-01-01'),
    ('4714-11-24 BC', 'day', '4714-11-24 BC'), ('4714-11-24 BC', 'week', '4714-11-24 BC'),   -- a Monday
    ('4714-11-24 BC', 'month', NULL), ('4714-12-05 BC', 'month', '4714-12-01 BC'), ('4714-11-24 BC', 'year', NULL), ('4713-01-01 BC', 'year', '4713-01-01 BC'), ('4713-01-01 BC', 'century', NULL),
    ('2024-05-17', 'hour', NULL), ('2024-05-17', 'Month', NULL), ('2024-05-17', '', NULL), ('2024-05-17', 'millennium', NULL),
    (NULL, 'month', NULL), ('2024-05-17', NULL, NULL)
  ) AS t (v, u, expected)
 WHERE privrelease.date_trunc(v, u) IS DISTINCT FROM expected;

-- timestamps
SELECT v, u, expected, privrelease.date_trunc(v, u) AS got
  FROM (VALUES
    ('2024-05-17 13:14:15.999999'::timestamp, 'day', '2024-05-17'::timestamp), ('2024-05-17 00:00', 'day', '2024-05-17'), ('1999-12-31 23:59:59.999999', 'day', '1999-12-31'),
    ('1969-07-20 20:17:40', 'day', '1969-07-20'), ('2024-05-17 13:14', 'week', '2024-05-13'), ('2024-05-17 13:14', 'month', '2024-05-01'), ('2024-05-17 13:14', 'quarter', '2024-04-01'),
    ('2024-05-17 13:14', 'year', '2024-01-01'), ('2024-05-17 13:14', 'decade', '2020-01-01'), ('2024-05-17 13:14', 'century', '2001-01-01'),
    ('0044-03-15 12:00 BC', 'day', '0044-03-15 BC'), ('0044-03-15 12:00 BC', 'century', '0100-01-01 BC'),
    ('infinity', 'year', 'infinity'), ('-infinity', 'day', '-infinity'), ('294276-12-31 23:59:59.999999', 'year', '294276-01-01'), ('294276-12-31 23:59:59.999999', 'century', '294201-01-01'),
    ('4714-11-24 00:00 BC', 'day', '4714-11-24 BC'), ('4714-11-24 23:00 BC', 'week', '4714-11-24 BC'), ('4714-11-24 00:00 BC', 'month', NULL), ('4714-11-24 00:00 BC', 'century', NULL),
    ('2024-05-17', 'minute', NULL), (NULL, 'day', NULL)
  ) AS t (v, u, expected)
 WHERE privrelease.date_trunc(v, u) IS DISTINCT FROM expected;

-- timestamps with a zone: the zone of the argument, not the session's
SELECT v, u, z, expected, privrelease.date_trunc(v, u, z) AS got
  FROM (VALUES
    ('2024-05-17 13:14:15.9+00'::timestamptz, 'day', 'UTC', '2024-05-17 00:00+00'::timestamptz), ('2024-05-17 16:30+00', 'day', 'Asia/Shanghai', '2024-05-18 00:00+08'),
    ('2024-05-17 15:59:59.999999+00', 'day', 'Asia/Shanghai', '2024-05-17 00:00+08'), ('2024-12-31 16:00+00', 'year', 'Asia/Shanghai', '2025-01-01 00:00+08'),
    ('2024-05-17 12:00+00', 'week', 'Asia/Shanghai', '2024-05-13 00:00+08'), ('2000-12-31 17:00+00', 'century', 'Asia/Shanghai', '2001-01-01 00:00+08'),
    -- summer time begins on 2024-03-31 at 02:00, ends on 2024-10-27 at 03:00
    ('2024-03-31 12:00+00', 'day', 'Europe/Berlin', '2024-03-31 00:00+01'), ('2024-03-31 12:00+00', 'month', 'Europe/Berlin', '2024-03-01 00:00+01'),
    ('2024-10-27 12:00+00', 'day', 'Europe/Berlin', '2024-10-27 00:00+02'), ('2024-10-31 12:00+00', 'month', 'Europe/Berlin', '2024-10-01 00:00+02'), ('2024-07-01 12:00+00', 'year', 'Europe/Berlin', '2024-01-01 00:00+01'),
    -- a day that has no midnight: clocks went from 0 to 1
    ('2017-10-15 12:00+00', 'day', 'America/Sao_Paulo', '2017-10-15 01:00-02'),
    ('1969-12-31 23:59:59.5+00', 'day', 'UTC', '1969-12-31 00:00+00'), ('2024-05-17 13:00+00', 'day', 'utc', '2024-05-17 00:00+00'),
    ('infinity', 'day', 'UTC', 'infinity'), ('-infinity', 'day', 'Asia/Shanghai', '-infinity'), ('4714-11-24 00:00+00 BC', 'day', 'UTC', '4714-11-24 00:00+00 BC'),
    ('4714-11-24 00:00+00 BC', 'day', 'Asia/Shanghai', NULL), ('4714-11-24 00:00+00 BC', 'month', 'UTC', NULL), ('294276-12-31 23:59:59+00', 'day', 'UTC', '294276-12-31 00:00+00'),
    ('294276-12-31 23:59:59+00', 'day', 'Pacific/Auckland', '294276-12-31 11:00+00'),
    ('2024-05-17', 'day', 'Mars/Olympus', NULL), ('2024-05-17', 'day', '', NULL), ('2024-05-17', 'day', repeat('x', 300), NULL), ('2024-05-17', 'hour', 'UTC', NULL),
    (NULL, 'day', 'UTC', NULL), ('2024-05-17', 'day', NULL, NULL)
  ) AS t (v, u, z, expected)
 WHERE privrelease.date_trunc(v, u, z) IS DISTINCT FROM expected;

-- as the server's own date_trunc over a century of days in zones with all kinds of transitions
SELECT z, u, count(*) AS differ
  FROM unnest(ARRAY['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu']) AS z,
       unnest(ARRAY['day', 'week', 'month', 'quarter', 'year', 'decade', 'century']) AS u,
       generate_series('1900-01-01 05:00+00'::timestamptz, '2050-01-01', '5 days 7 hours') AS v
 WHERE privrelease.date_trunc(v, u, z) IS DISTINCT FROM pg_catalog.date_trunc(u, v, z)
 GROUP BY z, u;
SELECT u, count(*) AS differ
  FROM unnest(ARRAY['day', 'week', 'month', 'quarter', 'year', 'decade', 'century']) AS u,
       generate_series('4700-01-01 BC'::timestamp, '6000-01-01', '1000 hours 1 second') AS v
 WHERE privrelease.date_trunc(v, u) IS DISTINCT FROM pg_catalog.date_trunc(u, v)
    OR privrelease.date_trunc(v::date, u) IS DISTINCT FROM pg_catalog.date_trunc(u, v)::date
 GROUP BY u;

-- settings of the session change nothing
SET timezone = 'America/New_York';
SET datestyle = 'SQL, DMY';
SELECT privrelease.date_trunc('2024-05-17 16:30+00'::timestamptz, 'day', 'Asia/Shanghai') = '2024-05-17 16:00+00'::timestamptz AS same_instant;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

-- age
SELECT v, a, w, expected, privrelease.age(v, a, w) AS got
  FROM (VALUES
    ('1984-05-17'::date, '2024-05-16'::date, 1, 39), ('1984-05-17', '2024-05-17', 1, 40), ('1984-05-17', '2024-05-16', 5, 35), ('1984-05-17', '2024-05-17', 5, 40),
    ('1984-05-17', '2024-05-17', 100, 0), ('2024-05-17', '2024-05-17', 1, 0), ('2024-05-18', '2024-05-17', 1, NULL),
    ('2000-02-29', '2001-02-28', 1, 0), ('2000-02-29', '2001-03-01', 1, 1), ('2000-02-29', '2004-02-29', 1, 4), ('2023-12-31', '2024-01-01', 1, 0),
    ('0002-12-31 BC', '0001-12-31', 1, 2), ('4714-11-24 BC', '5874897-12-31', 1, 5879610), ('4714-11-24 BC', '5874897-12-31', 2147483647, 0),
    ('infinity', '2024-05-17', 1, NULL), ('-infinity', '2024-05-17', 1, NULL), ('1984-05-17', 'infinity', 1, NULL), ('1984-05-17', '-infinity', 1, NULL),
    ('1984-05-17', '2024-05-17', 0, NULL), ('1984-05-17', '2024-05-17', -1, NULL), ('1984-05-17', '2024-05-17', -2147483648, NULL),
    (NULL, '2024-05-17', 1, NULL), ('1984-05-17', NULL, 1, NULL), ('1984-05-17', '2024-05-17', NULL, NULL)
  ) AS t (v, a, w, expected)
 WHERE privrelease.age(v, a, w) IS DISTINCT FROM expected;
RESET timezone;
RESET datestyle;
