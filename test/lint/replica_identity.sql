-- Tables that PostgreSQL would refuse to update while a publication FOR ALL TABLES exists: withdraw() would fail.
SELECT c.oid::regclass
  FROM pg_class c
 WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relkind = 'r' AND c.relreplident <> 'f'
   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indimmediate)
 ORDER BY 1;
