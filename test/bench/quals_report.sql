-- The tables.  Needs: rows, without and preloaded (ms of a point select).

\pset null '-'
SELECT measure, round(off_ms::numeric, 2) AS "off ms", round(on_ms::numeric, 2) AS "on ms", round((off_ms / on_ms)::numeric, 2) AS "off / on",
       lowest AS "at least", CASE WHEN lowest > 1 THEN 2 * lowest END AS aim,
       CASE WHEN lowest IS NULL THEN '' WHEN off_ms / on_ms >= lowest THEN 'yes' ELSE 'NO' END AS "reached"
  FROM bench.qual_result WHERE measure NOT LIKE 'planning: %' ORDER BY position;

SELECT measure, round(off_ms::numeric, 3) AS "off ms", round(on_ms::numeric, 3) AS "on ms", round((on_ms - off_ms)::numeric, 3) AS added, 0.2 AS "at most",
       CASE WHEN on_ms - off_ms <= 0.2 THEN 'yes' ELSE 'NO' END AS "reached"
  FROM bench.qual_result WHERE measure LIKE 'planning: %'
 UNION ALL
SELECT 'point select that touches no release: not preloaded, preloaded', round(:without, 4), round(:preloaded, 4), round(:preloaded - :without, 4), 0.005,
       CASE WHEN :preloaded - :without <= 0.005 THEN 'yes' ELSE 'NO' END;

SELECT measure, estimated AS "rows estimated", actual AS "rows", round((estimated / greatest(actual, 1))::numeric, 2) AS "estimated / actual",
       CASE WHEN estimated <= 3 * greatest(actual, 1) AND greatest(estimated, 1) * 3 >= actual THEN 'yes' ELSE 'NO' END AS "within 3"
  FROM bench.qual_estimate;
