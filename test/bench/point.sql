-- ms of one point select by key on a table that has no release; each is parsed and planned.

\o /dev/null
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS bench.point AS SELECT i AS id, i AS v FROM generate_series(1, 10000) AS i;
CREATE UNIQUE INDEX IF NOT EXISTS point_id ON bench.point (id);
CREATE OR REPLACE FUNCTION bench.points(times int) RETURNS float8
    LANGUAGE plpgsql
AS $$
DECLARE
    started timestamptz := clock_timestamp();
BEGIN
    FOR i IN 1 .. times LOOP
        EXECUTE 'SELECT v FROM bench.point WHERE id = ' || i % 10000;
    END LOOP;
    RETURN extract(epoch FROM clock_timestamp() - started) * 1000 / times;
END $$;
SELECT bench.points(5000);
\o
SELECT bench.points(40000);
