-- The table.  Needs nothing.

\pset null '-'
SELECT measure, round(seconds, 3) AS seconds, round(against, 3) AS "plain seconds", round(seconds / coalesce(against, 1), 2) AS measured,
       CASE WHEN against IS NULL THEN 'seconds' ELSE 'times' END AS unit, target AS "at most", aim,
       CASE WHEN seconds / coalesce(against, 1) <= target THEN 'yes' ELSE 'NO' END AS reached
  FROM bench.table_result ORDER BY position;
