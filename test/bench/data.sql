-- One column for each type that a transform takes.  Arithmetic on hashes: the
-- same rows every time.

CREATE EXTENSION privrelease;
SELECT privrelease.create_key('bench') \g /dev/null
CREATE SCHEMA bench;
CREATE SCHEMA open;

CREATE FUNCTION pg_temp.pick(i bigint, seed bigint, n bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (hashint8extended(i, seed) & 9223372036854775807) % n $$;

CREATE TABLE bench.person AS
SELECT i AS id,
       (pg_temp.pick(i, 1, 100))::int2 AS i2,
       pg_temp.pick(i, 2, 250000)::int4 AS i4,
       pg_temp.pick(i, 3, 100000000000) AS i8,
       (pg_temp.pick(i, 4, 25000000) / 100.0)::numeric(12,2) AS n,
       (pg_temp.pick(i, 5, 25000000) / 100.0)::float4 AS f4,
       (pg_temp.pick(i, 6, 25000000) / 100.0)::float8 AS f8,
       date '1930-01-01' + pg_temp.pick(i, 7, 34000)::int AS d,
       timestamp '1990-01-01' + pg_temp.pick(i, 8, 1000000000) * interval '1 s' AS ts,
       timestamptz '1990-01-01 UTC' + pg_temp.pick(i, 8, 1000000000) * interval '1 s' AS tz,
       '142' || lpad(pg_temp.pick(i, 9, 100000000)::text, 8, '0') AS mobile,
       'person ' || pg_temp.pick(i, 18, 50000) AS full_name,
       'user' || pg_temp.pick(i, 10, 1000000) || '@example.org' AS email,
       lpad(pg_temp.pick(i, 11, 1000000)::text, 6, '0') AS postcode,
       ('{Bachelors,Masters,Doctorate,Primary,Secondary,None}'::text[])[1 + pg_temp.pick(i, 12, 6)] AS education,
       '110190' || to_char(date '1930-01-01' + pg_temp.pick(i, 7, 34000)::int, 'YYYYMMDD') || lpad(pg_temp.pick(i, 13, 1000)::text, 3, '0') AS digits,
       (('{192.0.2,198.51.100,203.0.113}'::text[])[1 + pg_temp.pick(i, 14, 3)] || '.' || pg_temp.pick(i, 15, 256))::inet AS ip,
       point(pg_temp.pick(i, 16, 18000) / 100.0, pg_temp.pick(i, 17, 9000) / 100.0) AS at,
       md5(i::text)::uuid AS u
  FROM generate_series(1::bigint, :rows) i;

-- GB 11643: the check character belongs to the number.
ALTER TABLE bench.person ADD COLUMN id_number text;
CREATE FUNCTION pg_temp.check_digit(digits text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    p int := 0;
BEGIN
    FOR k IN 1 .. 17 LOOP
        p := (p + substr(digits, k, 1)::int) * 2 % 11;
    END LOOP;
    RETURN substr('0123456789X', 1 + (12 - p) % 11, 1);
END $$;
UPDATE bench.person SET id_number = digits || pg_temp.check_digit(digits);
ALTER TABLE bench.person DROP COLUMN digits;
VACUUM (FULL, ANALYZE) bench.person;

SELECT privrelease.create_hierarchy('bench_education', ARRAY[
    ARRAY['Bachelors', 'higher', '*'], ARRAY['Masters', 'higher', '*'], ARRAY['Doctorate', 'higher', '*'],
    ARRAY['Primary', 'school', '*'], ARRAY['Secondary', 'school', '*'], ARRAY['None', 'none', '*']]) \g /dev/null

SELECT privrelease.create_release('bench.unkeyed', 'bench.person', subject => 'id') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'mobile', 'partial', '{"left": 3, "right": 0}') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'email', 'partial_email') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'd', 'date_trunc', '{"unit": "year"}') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'postcode', 'prefix', '{"length": 4}') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'i4', 'bin', '{"width": 10000, "top": 200000}') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'education', 'keep') \g /dev/null
SELECT privrelease.set_rule('bench.unkeyed', 'i2', 'keep') \g /dev/null
SELECT privrelease.build('bench.unkeyed') \g /dev/null

SELECT privrelease.create_release('bench.keyed', 'bench.person', subject => 'id') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'mobile', 'partial', '{"left": 3, "right": 0}') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'email', 'partial_email') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'd', 'date_trunc', '{"unit": "year"}') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'postcode', 'prefix', '{"length": 4}') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'i4', 'bin', '{"width": 10000, "top": 200000}') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'education', 'keep') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'i2', 'keep') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'id_number', 'pseudonymize', '{"key": "bench"}') \g /dev/null
CREATE TABLE bench.names AS SELECT 'name ' || i AS value FROM generate_series(1, 1000) i;
SELECT privrelease.set_rule('bench.keyed', 'full_name', 'fake', '{"dictionary": "bench.names", "key": "bench"}') \g /dev/null
SELECT privrelease.set_rule('bench.keyed', 'i8', 'noise', '{"distribution": "laplace", "scale": 1000, "key": "bench"}') \g /dev/null
SELECT privrelease.build('bench.keyed') \g /dev/null
