-- Rows of a release come in the order of the table or of a column that is shown, never in the order of one that is not:
-- an index of the source would tell who is older, richer, or next to whom.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\q
\endif
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE ro_steward; CREATE ROLE ro_reader;
CREATE SCHEMA ro_src AUTHORIZATION ro_steward; CREATE SCHEMA ro_open AUTHORIZATION ro_steward;
SELECT privrelease.create_key('ro') \g /dev/null
SET ROLE ro_steward;
-- rows lie in an order that has nothing to do with any column
CREATE TABLE ro_src.person (id int PRIMARY KEY, nid text, born date, salary int, dept text, note text);
INSERT INTO ro_src.person SELECT i, lpad((10000000 + i * 13)::text, 11, '0'), '1950-01-01'::date + (i * 7919) % 9000, 20000 + (i * 104729) % 60000, 'd' || i % 20, repeat('x', 200)
  FROM generate_series(1, 4000) AS i ORDER BY hashint4(i);
CREATE UNIQUE INDEX ON ro_src.person (nid);
CREATE INDEX ON ro_src.person (salary);
CREATE INDEX ON ro_src.person (dept, salary);
CREATE INDEX ON ro_src.person (born, salary);
CREATE INDEX ON ro_src.person (dept);
CREATE INDEX ON ro_src.person (abs(salary));
CREATE INDEX ON ro_src.person (privrelease.bin(salary, 1000, 0));
CREATE TABLE ro_src.part (dept text, salary int, id int, born date) PARTITION BY LIST (dept);
CREATE TABLE ro_src.part_1 (id int, born date, salary int, dept text);
ALTER TABLE ro_src.part ATTACH PARTITION ro_src.part_1 FOR VALUES IN ('d1', 'd2', 'd3');
CREATE TABLE ro_src.part_2 PARTITION OF ro_src.part DEFAULT;
INSERT INTO ro_src.part (id, born, salary, dept) SELECT id, born, salary, dept FROM ro_src.person;
CREATE INDEX ON ro_src.part (salary); CREATE INDEX ON ro_src.part (dept, salary); CREATE INDEX ON ro_src.part (id);
SELECT privrelease.create_release('ro_open.' || t, 'ro_src.' || t, subject => 'id') FROM unnest('{person,part}'::name[]) AS t \g /dev/null
SELECT privrelease.set_rule('ro_open.' || t, c, transform, params::jsonb, output)
  FROM unnest('{person,part}'::name[]) AS t, (VALUES
    ('dept', 'keep', '{}', NULL), ('born', 'date_trunc', '{"unit": "month"}', NULL), ('salary', 'bin', '{"width": 1000}', NULL),
    ('id', 'pseudonymize', '{"key": "ro"}', NULL)) AS r(c, transform, params, output) \g /dev/null
SELECT privrelease.set_rule('ro_open.person', 'nid', 'encrypt_fpe', '{"key": "ro", "alphabet": "0123456789"}');
SELECT privrelease.set_rule('ro_open.person', 'salary', 'noise', '{"key": "ro", "scale": 10, "grid": 10}', 'noisy');
SELECT privrelease.build(r), privrelease.publish(r, 'ro_reader') FROM unnest('{ro_open.person,ro_open.part}'::text[]) AS r \g /dev/null
RESET ROLE;
VACUUM ANALYZE ro_src.person, ro_src.part;

-- pseudonyms of the rows that a query gives, in their order, and in the order of the table
CREATE FUNCTION pg_temp.given(query text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    r record;
    rows text[] := '{}';
BEGIN
    FOR r IN EXECUTE query LOOP
        rows := rows || r::text;
    END LOOP;
    RETURN rows;
END $$;
-- the same read without any index
CREATE FUNCTION pg_temp.by_table(query text) RETURNS text[] LANGUAGE plpgsql SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_bitmapscan = off SET enable_seqscan = on
    AS 'BEGIN RETURN pg_temp.given(query); END';
CREATE FUNCTION pg_temp.by_default(query text) RETURNS text[] LANGUAGE plpgsql SET max_parallel_workers_per_gather = 0
    AS 'BEGIN RETURN pg_temp.given(query); END';
CREATE FUNCTION pg_temp.by_index(query text) RETURNS text[] LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET max_parallel_workers_per_gather = 0
    AS 'BEGIN RETURN pg_temp.given(query); END';
CREATE FUNCTION pg_temp.underived(query text) RETURNS text[] LANGUAGE plpgsql SET privrelease.enable_derived_quals = off SET enable_seqscan = off SET enable_bitmapscan = off SET max_parallel_workers_per_gather = 0
    AS 'BEGIN RETURN pg_temp.given(query); END';
CREATE FUNCTION pg_temp.parallel(query text) RETURNS bigint LANGUAGE plpgsql SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 SET min_parallel_table_scan_size = 0 SET min_parallel_index_scan_size = 0 SET enable_seqscan = off SET enable_bitmapscan = off
    AS 'BEGIN RETURN (SELECT count(*) FROM unnest(pg_temp.given(''EXPLAIN (COSTS OFF) '' || query)) AS line WHERE line ~ ''Index (Only )?Scan.* using (person_(pkey|nid|salary|dept_salary|born|abs)|part_\w*(salary|id)_idx)''); END';
GRANT USAGE ON SCHEMA ro_open TO ro_reader;
SELECT q, cardinality(pg_temp.by_table(q)) > 1 AS several, pg_temp.by_default(q) = pg_temp.by_table(q) AS by_default, pg_temp.by_index(q) = pg_temp.by_table(q) AS by_index,
       pg_temp.underived(q) = pg_temp.by_table(q) AS underived, pg_temp.parallel(q) AS by_hidden_index
  FROM unnest(ARRAY[
    'SELECT id FROM ro_open.person',
    'SELECT nid FROM ro_open.person',
    'SELECT nid, id FROM ro_open.person WHERE id IS NOT NULL LIMIT 100',
    'SELECT noisy FROM ro_open.person',
    'SELECT salary FROM ro_open.person',
    'SELECT salary, id FROM ro_open.person WHERE salary = 30000',
    'SELECT dept, salary FROM ro_open.person',
    'SELECT dept, salary FROM ro_open.person WHERE dept = ''d1''',
    'SELECT id FROM ro_open.person WHERE dept = ''d1''',
    'SELECT id FROM ro_open.person WHERE born = ''1960-05-01''',
    'SELECT id FROM ro_open.person WHERE born >= ''1960-05-01'' AND born < ''1960-08-01''',
    'SELECT r.id FROM (VALUES (''1960-05-01''::date)) AS m(born) JOIN ro_open.person AS r USING (born)',
    'SELECT id FROM ro_open.part',
    'SELECT id FROM ro_open.part WHERE dept = ''d1''',
    'SELECT id, salary FROM ro_open.part WHERE salary = 30000']) AS q;

-- a filter shows the order too, to who lets it be true from some row on: the reader's function counts the rows that it is asked for
CREATE SEQUENCE pg_temp.asked;
CREATE FUNCTION pg_temp.upto(pseudonym text, n int) RETURNS text LANGUAGE plpgsql VOLATILE COST 1
    AS 'BEGIN RETURN CASE WHEN nextval(''pg_temp.asked'') <= n THEN pseudonym ELSE '''' END; END';
CREATE FUNCTION pg_temp.rank_of(release text, pseudonym text) RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
    least int := 1;
    most int := 300;
    found bigint;
BEGIN
    WHILE least < most LOOP
        PERFORM setval('pg_temp.asked', 1, false);
        EXECUTE format('SELECT count(*) FROM %s WHERE dept = %L AND id = pg_temp.upto(%L, %s)', release, 'd1', pseudonym, (least + most) / 2) INTO found;
        IF found > 0 THEN
            most := (least + most) / 2;
        ELSE
            least := (least + most) / 2 + 1;
        END IF;
    END LOOP;
    RETURN least;
END $$;
BEGIN;
DROP INDEX ro_src.person_dept_idx;	-- leaves the index of dept and a hidden column
WITH listed AS (SELECT id, row_number() OVER () AS n FROM unnest(pg_temp.by_table('SELECT id FROM ro_open.person WHERE dept = ''d1''')) AS id)
SELECT count(*) AS asked, count(*) FILTER (WHERE pg_temp.rank_of('ro_open.person', trim('()' FROM id)) = n) AS in_table_order FROM listed WHERE n % 40 = 7;
ROLLBACK;

-- below a source that is a view nothing is shown as it is
SET ROLE ro_steward;
CREATE VIEW ro_src.seen AS SELECT id, dept, salary FROM ro_src.person;
SELECT privrelease.create_release('ro_open.seen', 'ro_src.seen', subject => 'id') \g /dev/null
SELECT privrelease.set_rule('ro_open.seen', 'id', 'pseudonymize', '{"key": "ro"}'), privrelease.set_rule('ro_open.seen', 'dept', 'keep') \g /dev/null
SELECT privrelease.build('ro_open.seen'), privrelease.publish('ro_open.seen', 'ro_reader') \g /dev/null
RESET ROLE;
SELECT q, cardinality(pg_temp.by_table(q)) > 1 AS several, pg_temp.by_default(q) = pg_temp.by_table(q) AS by_default, pg_temp.by_index(q) = pg_temp.by_table(q) AS by_index, pg_temp.parallel(q) AS by_hidden_index
  FROM unnest(ARRAY['SELECT id FROM ro_open.seen', 'SELECT id FROM ro_open.seen WHERE dept = ''d1''']) AS q;
SELECT privrelease.drop_release('ro_open.seen') \g /dev/null

-- what is shown may give the order, and where no column is used there is none
CREATE FUNCTION pg_temp.scans(query text) RETURNS text LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET max_parallel_workers_per_gather = 0
    AS 'BEGIN RETURN (SELECT string_agg(substring(line FROM ''(Index (?:Only )?Scan)''), '', '') FROM unnest(pg_temp.given(''EXPLAIN (COSTS OFF) '' || query)) AS line); END';
SELECT q, pg_temp.scans(q) FROM unnest(ARRAY[
    'SELECT dept FROM ro_open.person WHERE dept = ''d1''',
    'SELECT count(*) FROM ro_open.person',
    'SELECT count(*) FROM ro_open.person WHERE born = ''1960-05-01''']) AS q;
-- an index of the transform itself: rows of one released value lie as in the table
SELECT pg_temp.scans('SELECT salary FROM ro_open.person WHERE salary = 30000') AS by_transform;

DROP FUNCTION pg_temp.upto, pg_temp.rank_of, pg_temp.given, pg_temp.by_table, pg_temp.by_default, pg_temp.by_index, pg_temp.underived, pg_temp.parallel, pg_temp.scans;
SELECT privrelease.drop_release(r) FROM unnest('{ro_open.person,ro_open.part}'::text[]) AS r \g /dev/null
DROP SCHEMA ro_open, ro_src CASCADE;
DROP ROLE ro_steward, ro_reader;
