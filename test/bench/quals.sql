-- Filters on released columns, asked by an audience with derived quals off and on,
-- in turn, so that both see the same machine.  Needs: runs.

CREATE TABLE bench.qual_result
(
    position  int GENERATED ALWAYS AS IDENTITY,
    measure   text,
    off_ms    float8,       -- medians
    on_ms     float8,
    lowest     float8        -- ratio off / on; NULL: none is set
);
CREATE TABLE bench.qual_estimate (measure text, estimated float8, actual float8);
GRANT USAGE ON SCHEMA bench TO bench_reader;
GRANT INSERT ON bench.qual_result TO bench_reader;

CREATE FUNCTION bench.qual_elapsed(statement text, derivation text, times int) RETURNS float8
    LANGUAGE plpgsql
AS $$
DECLARE
    started timestamptz;
BEGIN
    PERFORM set_config('privrelease.enable_derived_quals', derivation, true);
    started := clock_timestamp();
    FOR i IN 1 .. times LOOP
        EXECUTE statement;
    END LOOP;
    RETURN extract(epoch FROM clock_timestamp() - started) * 1000 / times;
END $$;

-- base: another statement to compare with; else the same without derived quals.
-- Fast statements several times in each run: a single time of a fraction of a millisecond says little.
CREATE PROCEDURE bench.qual_compare(measure text, statement text, lowest float8, runs int, times int DEFAULT NULL, base text DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    a float8[] := '{}';
    b float8[] := '{}';
    few int;
    many int;
BEGIN
    few := coalesce(times, greatest(1, (100 / (bench.qual_elapsed(coalesce(base, statement), 'off', 1) + 0.01))::int));
    many := coalesce(times, greatest(1, (100 / (bench.qual_elapsed(statement, 'on', 1) + 0.01))::int));
    FOR run IN 1 .. runs LOOP
        a := a || bench.qual_elapsed(coalesce(base, statement), 'off', few);
        b := b || bench.qual_elapsed(statement, 'on', many);
    END LOOP;
    INSERT INTO bench.qual_result (measure, off_ms, on_ms, lowest)
    SELECT qual_compare.measure, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM unnest(a) x),
           (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM unnest(b) x), qual_compare.lowest;
END $$;

-- Rows that the plan expected above the view, and rows there were.
CREATE PROCEDURE bench.qual_estimate(measure text, statement text)
    LANGUAGE plpgsql
AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || statement INTO plan;
    INSERT INTO bench.qual_estimate VALUES (measure, (plan #>> '{0,Plan,Plan Rows}')::float8, (plan #>> '{0,Plan,Actual Rows}')::float8);
END $$;

SELECT format('mobile = %L', mobile) AS lookup FROM bench.lookup \gset
-- measure, filter, lowest ratio; "at least 0.91" is "no more than 1.1 slower".
CREATE TABLE bench.qual_filter AS
SELECT * FROM (VALUES
    (1,  'one month', 'open.resident', $$month = '1980-06-01'$$, 230::float8),
    (2,  'three months', 'open.resident', $$month BETWEEN '1980-06-01' AND '1980-08-01'$$, 75),
    (3,  'one year', 'open.resident', $$year = '1980-01-01'$$, 12),
    (4,  'a band of 12 %', 'open.resident', 'band = 30', 1.7),
    (5,  'prefix, LIKE', 'open.resident', $$postcode LIKE '123%'$$, 200),
    (6,  'prefix, =', 'open.resident', $$postcode = '123*'$$, 200),
    (7,  'one of 60 monthly partitions', 'open.visit', $$month = '2022-06-01'$$, 7),
    (8,  'two bands of 6 %, IN', 'open.resident', 'half_band IN (20, 55)', 0.95),
    (9,  'two bands of 6 %, OR', 'open.resident', 'half_band = 20 OR half_band = 55', 0.91),
    (10, 'two bands of 12 %, OR', 'open.resident', 'band = 20 OR band = 50', 0.91),
    (11, 'two neighbouring bands of 6 %, IN', 'open.resident', 'half_band IN (20, 25)', 0.95),
    (12, 'two months, IN', 'open.resident', $$month IN ('1980-06-01', '1991-02-01')$$, NULL),
    (13, 'two partitions, IN', 'open.visit', $$month IN ('2022-06-01', '2023-02-01')$$, NULL),
    (14, 'a range of 62 % of the rows', 'open.resident', 'band >= 30', 0.91),
    (15, 'a range of 87 % of the rows', 'open.resident', 'band >= 10', 0.91),
    (16, 'a range of 90 % without an index', 'open.resident', 'income >= 20000', 0.91),
    (17, 'not aligned, no row', 'open.resident', $$month = '1980-06-02'$$, NULL),
    (18, 'two columns', 'open.resident', $$postcode LIKE '123%' AND band = 30$$, NULL),
    (19, 'an encrypted number', 'open.resident', :'lookup', 5000)) AS f(position, measure, release, filter, lowest);

GRANT SELECT ON bench.qual_filter TO bench_reader;

SET ROLE bench_reader;
SELECT format('CALL bench.qual_compare(%L, %L, %s, %s)', measure || ': count', format('SELECT count(*) FROM %s WHERE %s', release, filter), coalesce(lowest::text, 'NULL'), :runs)
  FROM bench.qual_filter ORDER BY position
\gexec
SELECT format('CALL bench.qual_compare(%L, %L, NULL, %s)', measure || ': rows', format('SELECT * FROM %s WHERE %s', release, filter), :runs)
  FROM bench.qual_filter WHERE position IN (1, 2, 3, 5) ORDER BY position
\gexec
SELECT format('CALL bench.qual_compare(%L, %L, %s, %s)', measure, statement, coalesce(lowest::text, 'NULL'), :runs)
  FROM (VALUES
    (1, 'join with 3 months: count', 'SELECT count(*) FROM open.resident JOIN open.some_months USING (month)', NULL::float8),
    (2, 'left join of 3 months: count', 'SELECT s.month, count(r.month) FROM open.some_months s LEFT JOIN open.resident r USING (month) GROUP BY 1', NULL),
    (3, 'join with 2 areas: count', 'SELECT count(*) FROM open.resident JOIN open.some_areas USING (postcode)', NULL),
    (4, 'IN (SELECT of 3 months): count', 'SELECT count(*) FROM open.resident WHERE month IN (SELECT month FROM open.some_months)', NULL)) AS q(position, measure, statement, lowest)
 ORDER BY position
\gexec
RESET ROLE;
CALL bench.qual_compare('no filter: count, against that of the source', 'SELECT count(*) FROM open.resident', 0.91, :runs, base => 'SELECT count(*) FROM bench.resident');
CALL bench.qual_compare('no filter: count by partition, against the source', 'SELECT count(*) FROM open.visit', 0.91, :runs, base => 'SELECT count(*) FROM bench.visit');

SELECT format('CALL bench.qual_estimate(%L, %L)', measure, format('SELECT * FROM %s WHERE %s', release, filter)) FROM bench.qual_filter ORDER BY position
\gexec
CALL bench.qual_estimate('join with 3 months', 'SELECT * FROM open.resident JOIN open.some_months USING (month)');

-- Planning: many plans of each, never run.
SELECT format('CALL bench.qual_compare(%L, %L, NULL, %s, 500)', 'planning: ' || measure, format('EXPLAIN SELECT count(*) FROM %s WHERE %s', release, filter), :runs)
  FROM bench.qual_filter WHERE position IN (1, 4, 5, 7, 8, 19) ORDER BY position
\gexec
