-- export_csv(): formulas behind blanks, and in cells that begin where another separator than the comma cuts.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' OR getdatabaseencoding() <> 'UTF8' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded, or the database is not in UTF-8
\q
\endif
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE SCHEMA guard_src;
CREATE TYPE guard_src.words AS RANGE (subtype = text);
CREATE TABLE guard_src.t (id int, name text, doc jsonb, list text[], span guard_src.words, "n;=1" text);
INSERT INTO guard_src.t (id, name) VALUES
    (1, ' =1'), (2, E'\u00a0=1'), (3, E'\u3000\uff1d1'), (4, E'\ufeff@x'), (5, 'a;=1'), (6, 'a; "=1'), (7, E'a\r\n-1'), (8, E'a\t+1'), (9, 'a;;=1;=2'),
    (10, 'a;b'), (11, 'a =1'), (12, E'a\n\nb'), (13, ' a'), (14, '=1;=2');
INSERT INTO guard_src.t VALUES (15, NULL, '{"a;": "b;=1", "c;d": -5}', '{"x;=1;y","=1"}', '["a;=1","b;"]', 'z');
CREATE SCHEMA guard_rel;
SELECT privrelease.create_release('guard_rel.t', 'guard_src.t');
SELECT privrelease.set_rule('guard_rel.t', c, 'keep') FROM unnest('{id,name,doc,list,span,n;=1}'::text[]) AS c;
SELECT privrelease.build('guard_rel.t');
CREATE ROLE guard_reader;
SELECT privrelease.publish('guard_rel.t', 'guard_reader');
\pset format unaligned
\pset tuples_only on
SELECT to_json(line) FROM privrelease.export_csv('guard_rel.t') AS line;
SELECT to_json(line) FROM privrelease.export_csv('guard_rel.t', guard => 'off') AS line;
\set VERBOSITY sqlstate
SELECT count(*) FROM privrelease.export_csv('guard_rel.t', guard => 'reject') AS line;
-- the same document
SELECT '{"b\u003b=1": 1}'::jsonb = '{"b;=1": 1}'::jsonb;
SELECT privrelease.uninstall();
DROP SCHEMA guard_src, guard_rel CASCADE;
DROP ROLE guard_reader;
DROP EXTENSION privrelease;
