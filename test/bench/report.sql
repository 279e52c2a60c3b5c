-- The table.  Needs: few, all (kB of memory at a tenth of the rows and at all).

\pset null '-'
SELECT measure, round(base::numeric, 1) AS "base ms", round(taken::numeric, 1) AS "ms",
       round((taken / base)::numeric, 2) AS ratio, target,
       CASE WHEN target IS NULL THEN '' WHEN taken / base <= target THEN 'yes' ELSE 'NO' END AS "reached"
  FROM bench.result ORDER BY position;

SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION bench.is_parallel(statement text) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP
        IF line LIKE '%Gather%' THEN
            RETURN 'yes';
        END IF;
    END LOOP;
    RETURN 'NO';
END $$;

SELECT 'parallel plan: ' || s AS measure, bench.is_parallel(s) AS "reached"
  FROM unnest(ARRAY['SELECT count(*) FROM bench.unkeyed', 'SELECT d, count(*) FROM bench.unkeyed WHERE i4 = 10000 GROUP BY d',
                    'SELECT count(*) FROM bench.keyed', 'SELECT education, max(id_number) FROM bench.keyed GROUP BY education']) s
UNION ALL
SELECT format('memory of a COPY stays: %s kB, then %s kB with ten times the rows', :few, :all),
       CASE WHEN :all - :few < 4096 THEN 'yes' ELSE 'NO' END;
