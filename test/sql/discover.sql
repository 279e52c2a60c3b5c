-- discover(): what columns seem to be, from names, types, check digits and values. Runs preloaded or not.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE discover_steward;
CREATE ROLE discover_other;
CREATE SCHEMA discover_src AUTHORIZATION discover_steward;
GRANT USAGE ON SCHEMA discover_src TO discover_other;
RESET client_min_messages;
SET ROLE discover_steward;

-- What is shown of a proposal: shares are rounded.
CREATE FUNCTION discover_src.look(source regclass, sample_rows int DEFAULT 10000)
    RETURNS TABLE (column_name name, kind text, category text, detector text, matched numeric, distinct_share numeric)
    LANGUAGE sql AS $$ SELECT d.column_name, d.kind, d.category, d.detector, round(d.matched::numeric, 3), round(d.distinct_share::numeric, 3)
                         FROM privrelease.discover($1, $2) AS d $$;

-- Values alone: the names say nothing. Numbers are made for tests: their checks are right, nobody has them.
CREATE FUNCTION discover_src.resident(i int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT d || substr('10X98765432', 1 + (sum(substr(d, k, 1)::int * ('{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}'::int[])[k]) % 11)::int, 1)
      FROM (SELECT '11010119010301' || lpad(i::text, 3, '0') AS d) t, generate_series(1, 17) k GROUP BY d $$;
CREATE FUNCTION discover_src.luhn(body text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT body || (10 - sum(CASE WHEN (length(body) - k) % 2 = 0 THEN 2 * c / 10 + 2 * c % 10 ELSE c END) % 10) % 10
      FROM generate_series(1, length(body)) k, LATERAL (SELECT substr(body, k, 1)::int AS c) s $$;
CREATE TABLE discover_src.bare AS
    SELECT discover_src.resident(i) AS c1,
           discover_src.resident(i)::text || ' ' AS c2,
           CASE WHEN i % 50 = 0 THEN discover_src.resident(i) ELSE 'remark ' || i END AS c3,
           left(discover_src.resident(i), 17) || CASE WHEN discover_src.resident(i) LIKE '%0' THEN '1' ELSE '0' END AS c4,
           '13' || lpad((i * 7919)::text, 9, '0') AS c5,
           ('13' || lpad((i * 7919)::text, 9, '0'))::bigint AS c6,
           discover_src.luhn('6222' || lpad(i::text, 14, '0')) AS c7,
           '6222' || lpad((i * 10)::text, 15, '0') AS c8,
           discover_src.luhn('4' || lpad(i::text, 14, '7')) AS c9,
           discover_src.luhn('86' || lpad(i::text, 12, '0')) AS c10,
           'person' || i || '@example.org' AS c11,
           CASE WHEN i % 10 = 0 THEN 'person' || i || '@example.org' ELSE 'asked to be called back in the morning' END AS c12,
           'E' || lpad(i::text, 8, '0') AS c13,
           '192.0.2.' || i % 256 AS c14,
           '2001:db8::' || to_hex(i) AS c15,
           CASE WHEN i % 2 = 0 THEN 'F' ELSE 'm' END AS c16,
           '+44207946' || lpad(i::text, 4, '0') AS c17,
           '010-' || 60000000 + i AS c18,
           to_char(date '1950-01-01' + i, 'YYYY-MM-DD') AS c19,
           'https://example.org/' || i AS c20,
           '02:00:00:00:00:' || lpad(to_hex(i % 256), 2, '0') AS c21,
           (ARRAY['DE79000000001234567890', 'GB21TEST00000012345678'])[1 + i % 2] AS c22,
           (ARRAY['91110101MA000XY115', '12310101000000019H'])[1 + i % 2] AS c23,
           repeat('0', 16) AS c24,
           1000 + i AS c25,
           i / 3.0 AS c26,
           'word' || i % 7 AS c27,
           'a remark of many words that is different each time: ' || i AS c28,
           NULL::text AS c29
      FROM generate_series(1, 300) AS i;
SELECT * FROM discover_src.look('discover_src.bare');

-- Names alone: there are no values.
CREATE TABLE discover_src.named (
    id int PRIMARY KEY, "fullName" text, "date-of-birth" date, dob text, "IDNumber" text, phone_2 text, "homePhone" text, emails text[],
    "MaritalStatus" text, education_level int, workclass text, occupation text, "native-country" text, race text, zip text, sex boolean,
    annual_income numeric, admission_date date, "Diagnosis_Code" text, religion text, disability text, bank_account text, credit_score int,
    latitude float8, password_hash bytea, fingerprint bytea, file_name text, company_name text, customer_name text, emergency_contact text,
    guardian text, patient_id int, remark text, updated timestamptz, lasting interval, span int4range, payload jsonb, client_ip inet, device_mac macaddr, place point,
    xingming text, shoujihao text, sfzh text, csrq text, party text, trajectory text, user_agent text, number_of_children int, storage int);
SELECT * FROM discover_src.look('discover_src.named');

-- Name and values together: a few values that fail their check lower the share, and clear nothing.
CREATE TABLE discover_src.pair AS
    SELECT CASE WHEN i % 10 = 0 THEN '110101190103010000' ELSE discover_src.resident(i) END AS id_number,
           CASE WHEN i % 4 = 0 THEN 'see file' ELSE '13' || lpad(i::text, 9, '0') END AS mobile,
           'E' || lpad((i % 5)::text, 8, '0') AS passport,
           discover_src.resident(i) AS phone,
           CASE WHEN i % 10 = 0 THEN 'person' || i || '@example.org' ELSE 'influenza' END AS diagnosis,
           i % 100 AS age, 19500101 + i % 28 AS birth_date
      FROM generate_series(1, 200) AS i;
SELECT * FROM discover_src.look('discover_src.pair');

-- What it proposes, classify() takes.
SELECT count(privrelease.classify('discover_src.pair', d.column_name, d.kind, d.category)::text) FROM privrelease.discover('discover_src.pair') AS d;
SELECT column_name, kind, category FROM privrelease.classifications WHERE source = 'discover_src.pair' ORDER BY column_name;
SELECT bool_and(c.category IS NOT NULL) AS known_categories FROM privrelease.discover('discover_src.named') AS d
    LEFT JOIN privrelease.category AS c USING (category) WHERE d.category IS NOT NULL;

-- A sample: the same rows each time, of tables large and small, partitioned ones, views and materialized views.
CREATE TABLE discover_src.many (i int, v text) PARTITION BY RANGE (i);
CREATE TABLE discover_src.many_1 PARTITION OF discover_src.many FOR VALUES FROM (1) TO (10000);
CREATE TABLE discover_src.many_2 PARTITION OF discover_src.many FOR VALUES FROM (10000) TO (30000);
INSERT INTO discover_src.many SELECT i, discover_src.resident(i % 1000) FROM generate_series(1, 20000) AS i;
ANALYZE discover_src.many;
SELECT * FROM discover_src.look('discover_src.many', 500) EXCEPT SELECT * FROM discover_src.look('discover_src.many', 500);
SELECT distinct_share BETWEEN 0.3 AND 0.9 AS sampled, kind, detector, matched FROM discover_src.look('discover_src.many', 1000) WHERE column_name = 'v';
SELECT distinct_share, kind, detector, matched FROM discover_src.look('discover_src.many', 1000000) WHERE column_name = 'v';
CREATE VIEW discover_src.some AS SELECT v AS renamed FROM discover_src.many WHERE i <= 100;
CREATE MATERIALIZED VIEW discover_src.stored AS SELECT v FROM discover_src.some, LATERAL (SELECT renamed AS v) AS s;
SELECT * FROM discover_src.look('discover_src.some') UNION ALL SELECT * FROM discover_src.look('discover_src.stored');
SELECT column_name, kind, detector FROM discover_src.look('discover_src.many', 1);
-- in groups, where memory is short: the same
SET maintenance_work_mem = '1MB';
SELECT * FROM discover_src.look('discover_src.bare', 100000) EXCEPT SELECT * FROM discover_src.look('discover_src.bare');
RESET maintenance_work_mem;
SELECT * FROM discover_src.look('discover_src.bare', 0);
SELECT * FROM discover_src.look('discover_src.bare', 1000001);
SELECT count(*) FROM privrelease.discover(NULL);
CREATE TABLE discover_src.nothing ();
SELECT count(*) FROM privrelease.discover('discover_src.nothing');

-- It writes nothing, and sees what the owner sees at this moment.
BEGIN READ ONLY;
SELECT count(*) FROM privrelease.discover('discover_src.pair');
COMMIT;
BEGIN;
TRUNCATE discover_src.pair;
SELECT column_name, matched, distinct_share FROM discover_src.look('discover_src.pair') WHERE column_name = 'mobile';
ROLLBACK;

-- The owner only, and whatever his source runs, it runs as he: a superuser who looks gives him nothing.
RESET ROLE;
SELECT count(*) FROM privrelease.discover('pg_catalog.pg_class');
SELECT count(*) FROM privrelease.discover('discover_src.pair');
SET ROLE discover_other;
SELECT * FROM privrelease.discover('discover_src.pair');
RESET ROLE;
SET ROLE discover_steward;
CREATE FUNCTION discover_src.seize() RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE 'ALTER ROLE discover_steward SUPERUSER';
        RETURN 'seized';
    EXCEPTION WHEN insufficient_privilege THEN
        RETURN current_user;
    END $$;
CREATE VIEW discover_src.trap AS SELECT discover_src.seize() AS who;
RESET ROLE;
SELECT column_name, distinct_share FROM privrelease.discover('discover_src.trap');
SELECT rolsuper FROM pg_roles WHERE rolname = 'discover_steward';
SET ROLE discover_steward;
CREATE FUNCTION discover_src.leave() RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        SET ROLE discover_other;
        RETURN 'left';
    END $$;
CREATE VIEW discover_src.way_out AS SELECT discover_src.leave() AS who;
RESET ROLE;
SELECT count(*) FROM privrelease.discover('discover_src.way_out');

SET client_min_messages = warning;
DROP SCHEMA discover_src CASCADE;
DROP EXTENSION privrelease;
DROP ROLE discover_steward;
DROP ROLE discover_other;
