-- Sources for filters on released columns: dates over 93 years, so that a month
-- holds 0.1 % of the rows and a year 1.1 %; bands of ages of 12 % and 6 %;
-- postcodes of which three digits are 0.1 %; and visits in 60 monthly partitions.
-- In random order.  Needs: rows.

CREATE EXTENSION IF NOT EXISTS privrelease;
SELECT privrelease.create_key('bench_quals') \g /dev/null
CREATE SCHEMA IF NOT EXISTS bench;
CREATE SCHEMA IF NOT EXISTS open;
CREATE ROLE bench_reader;

CREATE FUNCTION pg_temp.pick(i bigint, seed bigint, n bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (hashint8extended(i, seed) & 9223372036854775807) % n $$;

CREATE TABLE bench.resident AS
SELECT i AS id,
       date '1932-01-01' + pg_temp.pick(i, 1, 34000)::int AS born,
       pg_temp.pick(i, 2, 80)::int4 AS age,
       lpad(pg_temp.pick(i, 3, 1000000)::text, 6, '0') AS postcode,
       '138' || lpad(i::text, 8, '0') AS mobile,
       pg_temp.pick(i, 4, 250000)::int4 AS income,
       pg_temp.pick(i, 5, 2)::int2 AS sex
  FROM generate_series(1::bigint, :rows) AS i;
CREATE INDEX ON bench.resident (born);
CREATE INDEX ON bench.resident (age);
CREATE INDEX ON bench.resident (postcode text_pattern_ops);
CREATE INDEX ON bench.resident (mobile);
CREATE UNIQUE INDEX ON bench.resident (id);

CREATE TABLE bench.visit (id bigint, at date, ward int4) PARTITION BY RANGE (at);
SELECT format('CREATE TABLE bench.visit_%s PARTITION OF bench.visit FOR VALUES FROM (%L) TO (%L)', to_char(month, 'YYYYMM'), month::date, (month + interval '1 month')::date)
  FROM generate_series(timestamp '2020-01-01', '2024-12-01', interval '1 month') AS month
\gexec
INSERT INTO bench.visit SELECT i, date '2020-01-01' + pg_temp.pick(i, 6, 1827)::int, pg_temp.pick(i, 7, 50)::int FROM generate_series(1::bigint, :rows) AS i;

SET client_min_messages = warning;
SELECT privrelease.create_release('open.resident', 'bench.resident') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'born', 'date_trunc', '{"unit": "month"}', 'month') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'born', 'date_trunc', '{"unit": "year"}', 'year') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'age', 'bin', '{"width": 10}', 'band') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'age', 'bin', '{"width": 5}', 'half_band') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'postcode', 'prefix', '{"length": 3}') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'mobile', 'encrypt_fpe', '{"key": "bench_quals", "keep_left": 3}') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'income', 'bin', '{"width": 10000, "top": 200000}') \g /dev/null
SELECT privrelease.set_rule('open.resident', 'sex', 'keep') \g /dev/null
SELECT privrelease.build('open.resident') \g /dev/null
SELECT privrelease.publish('open.resident', 'bench_reader') \g /dev/null
SELECT privrelease.create_release('open.visit', 'bench.visit') \g /dev/null
SELECT privrelease.set_rule('open.visit', 'at', 'date_trunc', '{"unit": "month"}', 'month') \g /dev/null
SELECT privrelease.set_rule('open.visit', 'ward', 'keep') \g /dev/null
SELECT privrelease.build('open.visit') \g /dev/null
SELECT privrelease.publish('open.visit', 'bench_reader') \g /dev/null
RESET client_min_messages;

-- For joins.
CREATE TABLE open.some_months AS SELECT unnest(ARRAY['1980-06-01', '1991-02-01', '2003-12-01']::date[]) AS month, 'x' AS label;
CREATE TABLE open.some_areas AS SELECT unnest(ARRAY['123*', '777*']) AS postcode;
GRANT SELECT ON open.some_months, open.some_areas TO bench_reader;
VACUUM (ANALYZE) bench.resident, bench.visit, open.some_months, open.some_areas;
-- A ciphertext to look up.
CREATE TABLE bench.lookup AS SELECT mobile FROM open.resident WHERE month = '1980-06-01' LIMIT 1;
