-- Functions in SQL or PL/pgSQL whose names would be looked up in the caller's search_path.
SELECT p.oid::regprocedure
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace = 'privrelease'::regnamespace AND l.lanname <> 'c' AND p.prosqlbody IS NULL
   AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
 ORDER BY 1;
