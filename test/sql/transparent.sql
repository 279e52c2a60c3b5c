-- Transparent mode: queries that name a source, answered from its release for mapped roles, as if the release had been named.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE tm_steward; CREATE ROLE tm_readers; CREATE ROLE tm_alice IN ROLE tm_readers; CREATE ROLE tm_bob; CREATE ROLE tm_outsider;
CREATE SCHEMA tm_hr AUTHORIZATION tm_steward;
CREATE SCHEMA tm_open AUTHORIZATION tm_steward;
CREATE SCHEMA tm_mine AUTHORIZATION tm_alice;
GRANT USAGE ON SCHEMA tm_hr TO tm_outsider, tm_bob;
SET ROLE tm_steward;
-- the release has the columns in another order, not all of them, one of another type, one under another's name, one of its own
CREATE TABLE tm_hr.person (gone int, secret text, id int PRIMARY KEY, name text, age int, zip varchar(8), job text, alias text, pay int);
ALTER TABLE tm_hr.person DROP COLUMN gone;
INSERT INTO tm_hr.person SELECT 'MARKER' || g, g, 'MARKER' || g, (g * 7) % 90, lpad((g % 30)::text, 5, '1'), 'MARKER' || g % 9, 'MARKER' || g, g * 11
    FROM generate_series(1, 60) AS g;
INSERT INTO tm_hr.person VALUES ('MARKER', 61, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE tm_hr.town (id int, age int, town text);
INSERT INTO tm_hr.town SELECT g, g * 10, 'town' || g FROM generate_series(0, 9) AS g;
SELECT privrelease.create_release('tm_open.person', 'tm_hr.person');
SELECT privrelease.set_rule('tm_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.set_rule('tm_open.person', 'name', 'partial', '{"left": 2}');
SELECT privrelease.set_rule('tm_open.person', 'zip', 'prefix', '{"length": 2}');
SELECT privrelease.set_rule('tm_open.person', 'id', 'keep');
SELECT privrelease.set_rule('tm_open.person', 'alias', 'partial', '{"right": 1}', 'job');
SELECT privrelease.set_rule('tm_open.person', 'pay', 'suppress');
SELECT privrelease.set_rule('tm_open.person', 'age', 'bin', '{"width": 45}', 'half');
SELECT privrelease.build('tm_open.person');

-- who can be mapped, and by whom
SELECT privrelease.map_audience('tm_readers', 'tm_open.person');
RESET client_min_messages;
SELECT privrelease.publish('tm_open.person', 'tm_readers');
SELECT privrelease.map_audience('tm_bob', 'tm_open.person');
SELECT privrelease.map_audience('tm_nobody', 'tm_open.person');
SELECT privrelease.map_audience('tm_steward', 'tm_open.person');
SELECT privrelease.map_audience('tm_readers', 'tm_open.nothing');
SELECT privrelease.unmap_audience('tm_readers');
SELECT privrelease.unmap_audience('tm_readers', 'tm_open.person');
SELECT privrelease.unmap_audience(NULL);
RESET ROLE;
SELECT privrelease.map_audience(current_user, 'tm_open.person');
SET ROLE tm_outsider;
SELECT privrelease.map_audience('tm_readers', 'tm_open.person');
SELECT privrelease.unmap_audience('tm_readers', 'tm_open.person');
RESET ROLE;

-- off by default
SET ROLE tm_alice;
SELECT name FROM tm_hr.person;
RESET ROLE;
SET ROLE tm_steward;
SELECT privrelease.map_audience('tm_readers', 'tm_open.person');
SELECT privrelease.map_audience('tm_readers', 'tm_open.person');
GRANT USAGE ON SCHEMA tm_hr TO tm_readers;
GRANT SELECT ON tm_hr.town TO tm_readers;
SELECT release, audience, mapped FROM privrelease.releases WHERE release LIKE 'tm\_%';
-- one release for a role and a source
SELECT privrelease.create_release('tm_open.person2', 'tm_hr.person');
SELECT privrelease.set_rule('tm_open.person2', 'id', 'keep');
SELECT privrelease.set_rule('tm_open.person2', 'name', 'suppress');
SELECT privrelease.build('tm_open.person2');
SELECT privrelease.publish('tm_open.person2', 'tm_readers', 'tm_bob');
SELECT privrelease.map_audience('tm_readers', 'tm_open.person2');
RESET ROLE;

-- the same answer as from the release: @ stands for the relation
CREATE FUNCTION tm_mine.answer(query text, relation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE 'SELECT string_agg(t::text, chr(10) ORDER BY t::text) FROM (' || replace(query, '@', relation) || ') AS t' INTO answer;
    RETURN answer;
END $$;
CREATE TABLE tm_mine.shape (n serial, query text);
INSERT INTO tm_mine.shape (query) VALUES
    ('SELECT id, name, age FROM @'),
    ('SELECT age, id FROM ONLY tm_hr.town UNION ALL SELECT age, id FROM @'),
    ('SELECT count(*) FROM @'),
    ('SELECT 1 FROM @'),
    ('SELECT @.name FROM @'),
    ('SELECT p.a, p.b, p.c, p.d FROM (SELECT id, name, age, pay FROM @) AS p(a, b, c, d) WHERE p.a < 20'),
    ('SELECT id FROM @ WHERE age = 30 AND name LIKE ''MA%'' OR age IS NULL'),
    ('SELECT id FROM @ WHERE name IN (SELECT name FROM @ WHERE age > 40)'),
    ('SELECT id FROM @ AS a WHERE EXISTS (SELECT 1 FROM @ AS b WHERE b.age = a.age AND b.id <> a.id)'),
    ('SELECT id FROM @ AS a WHERE NOT EXISTS (SELECT FROM @ AS b WHERE b.age > a.age)'),
    ('SELECT id FROM @ AS a WHERE EXISTS (SELECT * FROM @ AS b WHERE b.age = a.age AND b.id <> a.id)'),
    ('SELECT id FROM @ AS a WHERE EXISTS (TABLE @)'),
    ('SELECT town FROM tm_hr.town AS t WHERE EXISTS (SELECT p.* FROM @ AS p JOIN @ AS q USING (id, age) WHERE p.age = t.age AND EXISTS (SELECT * FROM @ AS r WHERE r.id = p.age))'),
    ('SELECT (SELECT max(b.age) FROM @ AS b WHERE b.id < a.id) FROM @ AS a'),
    ('SELECT ARRAY(SELECT age FROM @ ORDER BY age, id) FROM tm_hr.town'),
    ('SELECT a.id, b.id FROM @ AS a JOIN @ AS b USING (age, name) WHERE a.id < 9'),
    ('SELECT * FROM (SELECT id, age FROM @) AS a NATURAL JOIN (SELECT id, name FROM @) AS b'),
    ('SELECT age, town, name FROM @ LEFT JOIN tm_hr.town USING (age)'),
    ('SELECT j.age, j.town, j.name FROM (@ AS p FULL JOIN tm_hr.town AS t USING (age)) AS j'),
    ('SELECT age, t.town FROM tm_hr.town AS t RIGHT JOIN @ AS p USING (age) ORDER BY 1, 2 LIMIT 7'),
    ('SELECT u.age, p.name FROM (@ AS p JOIN tm_hr.town AS t USING (age)) AS u(age, n, x, y) JOIN @ AS p ON p.age = u.age'),
    ('SELECT town, x.n FROM tm_hr.town AS t, LATERAL (SELECT count(*) AS n FROM @ AS p WHERE p.age <= t.age) AS x'),
    ('SELECT p.id, g FROM @ AS p, generate_series(1, p.age / 10) AS g'),
    ('SELECT p.id, v FROM @ AS p CROSS JOIN LATERAL (VALUES (p.name), (p.age::text)) AS v(v)'),
    ('WITH c AS (SELECT age, count(*) AS n FROM @ GROUP BY age) SELECT * FROM c WHERE n > 3'),
    ('WITH c AS MATERIALIZED (SELECT id, age FROM @) SELECT a.id FROM c AS a JOIN c AS b ON a.id = b.age'),
    ('WITH RECURSIVE c(id, n) AS (SELECT id, 1 FROM @ WHERE id = 1 UNION ALL SELECT p.id, n + 1 FROM c JOIN @ AS p ON p.id = c.id + 1 WHERE n < 5) SELECT * FROM c'),
    ('SELECT age FROM @ UNION SELECT id FROM @ EXCEPT SELECT id FROM @ WHERE age > 50'),
    ('SELECT name FROM @ INTERSECT ALL SELECT name FROM @ WHERE id > 5'),
    ('SELECT DISTINCT age, name FROM @'),
    ('SELECT DISTINCT ON (age) age, id FROM @ ORDER BY age, id DESC'),
    ('SELECT age, count(*), min(name), max(id) FILTER (WHERE age > 10) FROM @ GROUP BY age HAVING count(*) > 2'),
    ('SELECT age, name, count(*), grouping(age) FROM @ GROUP BY GROUPING SETS ((age), (name), ())'),
    ('SELECT age / 20 AS a, name, sum(id) FROM @ GROUP BY ROLLUP (age / 20, name)'),
    ('SELECT id, name FROM @ GROUP BY id, name'),
    ('SELECT string_agg(name, '','' ORDER BY id DESC), percentile_disc(0.5) WITHIN GROUP (ORDER BY age) FROM @'),
    ('SELECT id, rank() OVER w, sum(age) OVER (PARTITION BY name ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM @ WINDOW w AS (PARTITION BY age ORDER BY id)'),
    ('SELECT CASE WHEN age > 40 THEN name ELSE coalesce(name, ''none'') END, nullif(age, 30), greatest(id, age) FROM @'),
    ('SELECT ROW(id, age), ARRAY[id, age], jsonb_build_object(''n'', name), (ROW(id, age) < ROW(5, 7)) FROM @'),
    ('SELECT id FROM @ ORDER BY age DESC NULLS LAST, name, id LIMIT (SELECT min(age) + 5 FROM @) OFFSET 2'),
    ('SELECT x.* FROM @ AS p, jsonb_to_recordset(jsonb_build_array(jsonb_build_object(''a'', p.age))) AS x(a int)'),
    ('SELECT p.id, x.v FROM @ AS p, XMLTABLE(''/r'' PASSING xmlelement(name r, p.name) COLUMNS v text PATH ''.'') AS x'),
    ('SELECT pay IS NULL, count(*) FROM @ GROUP BY 1'),
    ('SELECT pg_typeof(name), pg_typeof(age) FROM @ LIMIT 1'),
    ('SELECT c.age FROM (SELECT age FROM @ AS inn WHERE inn.id = ANY (SELECT o.id FROM @ AS o WHERE o.age = inn.age)) AS c'),
    ('SELECT a.id FROM @ a, @ b, @ c WHERE a.id = b.id AND b.age = c.age AND c.id = 3');
GRANT SELECT ON tm_mine.shape TO tm_readers;
SET ROLE tm_alice;
SELECT n, query FROM tm_mine.shape WHERE tm_mine.answer(query, 'tm_hr.person') IS DISTINCT FROM tm_mine.answer(query, 'tm_open.person')
    OR tm_mine.answer(query, 'tm_hr.person') IS NULL ORDER BY n;
SELECT count(*), count(*) FILTER (WHERE tm_mine.answer(query, 'tm_hr.person') ~ 'MARKER') AS raw FROM tm_mine.shape;

-- aliases of columns count as they stand in the source
SELECT p.b, p.c, p.d FROM tm_hr.person AS p(a, b, c, d) WHERE p.b < 3 ORDER BY 1;
-- a search_path is a name too
SET search_path = tm_hr;
SELECT name FROM person WHERE id = 1;
RESET search_path;
-- joins make all columns ready, the hidden ones too: only those that are used matter
SELECT count(*) FROM tm_hr.person AS a NATURAL JOIN tm_hr.town AS t;
SELECT t.town, age FROM tm_hr.person JOIN tm_hr.town AS t USING (age) WHERE person.id = 7;

-- where it reads, whatever it writes
CREATE TEMP TABLE copy (id int, name text, age int);
INSERT INTO copy SELECT id, name, age FROM tm_hr.person WHERE id < 4 RETURNING *;
UPDATE copy SET age = p.id FROM tm_hr.person AS p WHERE p.id = copy.id AND p.age < 20 RETURNING copy.id, copy.age, p.name;
UPDATE copy SET (name, age) = (SELECT name, age FROM tm_hr.person AS p WHERE p.id = copy.id + 10);
DELETE FROM copy USING tm_hr.person AS p WHERE p.id = copy.id AND p.id = 2 RETURNING p.name;
MERGE INTO copy USING tm_hr.person AS p ON p.id = copy.id
    WHEN MATCHED AND p.age > 10 THEN UPDATE SET name = 'merged ' || p.name
    WHEN NOT MATCHED AND p.id < 6 THEN INSERT VALUES (p.id, p.name, p.age);
MERGE INTO copy USING (SELECT id, age FROM tm_hr.person) AS p ON p.id = copy.id WHEN MATCHED AND p.age = 0 THEN DELETE;
TABLE copy ORDER BY id;
WITH w AS (INSERT INTO copy SELECT id, name, age FROM tm_hr.person WHERE id = 9 RETURNING name) SELECT * FROM w;
INSERT INTO copy VALUES ((SELECT max(id) FROM tm_hr.person), 'x', 1) RETURNING id;
CREATE TEMP TABLE made AS SELECT id, name FROM tm_hr.person WHERE id < 3;
TABLE made;
SELECT name INTO TEMP made2 FROM tm_hr.person WHERE id = 5;
TABLE made2;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT name, age FROM tm_hr.person ORDER BY id;
FETCH 2 FROM c;
FETCH LAST FROM c;
CLOSE c;
DECLARE h CURSOR WITH HOLD FOR SELECT name FROM tm_hr.person WHERE id < 3;
COMMIT;
FETCH ALL FROM h;
CLOSE h;
PREPARE q(int) AS SELECT name FROM tm_hr.person WHERE id = $1;
CREATE TEMP TABLE made3 AS EXECUTE q(3);
TABLE made3;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id, age FROM tm_hr.person ORDER BY id LIMIT 2 LOOP RAISE NOTICE '%', r; END LOOP; END $$;
COPY tm_hr.person (id, age) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE (age));
COPY (SELECT name FROM tm_hr.person WHERE id = 1) TO STDOUT;
DO $$ BEGIN EXECUTE 'COPY tm_hr.person (name) TO ''/dev/null'''; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'no file'; END $$;

-- refused, with what to type instead
SELECT * FROM tm_hr.person;
TABLE tm_hr.person;
SELECT secret FROM tm_hr.person;
SELECT id FROM tm_hr.person WHERE secret = 'MARKER1';
SELECT id FROM tm_hr.person ORDER BY secret;
SELECT 1 WHERE EXISTS (SELECT * FROM tm_hr.person WHERE secret = 'MARKER1');
SELECT 1 WHERE EXISTS (SELECT DISTINCT * FROM tm_hr.person);
SELECT 1 WHERE EXISTS (SELECT * FROM tm_hr.person GROUP BY id, secret);
SELECT 1 WHERE EXISTS (SELECT * FROM tm_hr.person UNION SELECT * FROM tm_hr.person);
SELECT 1 WHERE EXISTS (SELECT * FROM (SELECT * FROM tm_hr.person) AS s);
SELECT 1 WHERE EXISTS (SELECT * FROM (tm_hr.person JOIN tm_hr.town USING (age)) AS j WHERE j IS NOT NULL);
SELECT 1 WHERE EXISTS (SELECT * FROM tm_hr.person AS p WHERE EXISTS (SELECT 1 WHERE p.secret IS NOT NULL));
SELECT zip FROM tm_hr.person;
SELECT job FROM tm_hr.person;
SELECT p FROM tm_hr.person AS p;
SELECT count(p) FROM tm_hr.person AS p;
SELECT to_jsonb(p) FROM tm_hr.person AS p;
SELECT p.*::text FROM tm_hr.person AS p;
SELECT j FROM (tm_hr.person JOIN tm_hr.town USING (age)) AS j;
SELECT ctid FROM tm_hr.person;
SELECT tableoid::regclass FROM tm_hr.person;
SELECT id FROM ONLY tm_hr.person;
SELECT id FROM tm_hr.person TABLESAMPLE SYSTEM (100);
SELECT id FROM tm_hr.person FOR SHARE;
SELECT id FROM (SELECT id FROM tm_hr.person) AS s FOR UPDATE;
SELECT id, name FROM tm_hr.person GROUP BY id;
INSERT INTO tm_hr.person (id) VALUES (1);
INSERT INTO tm_hr.person (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.secret RETURNING name;
UPDATE tm_hr.person SET name = name RETURNING name;
DELETE FROM tm_hr.person;
MERGE INTO tm_hr.person AS p USING tm_hr.town AS t ON p.id = t.id WHEN MATCHED THEN DELETE;
WITH w AS (DELETE FROM tm_hr.person RETURNING secret) SELECT * FROM w;
CREATE MATERIALIZED VIEW tm_mine.m AS SELECT id FROM tm_hr.person;
CREATE MATERIALIZED VIEW tm_mine.m AS SELECT id FROM tm_hr.person WITH NO DATA;
COPY tm_hr.person TO STDOUT;
COPY tm_hr.person (secret) TO STDOUT;
COPY tm_hr.person (half) TO STDOUT;
SELECT half FROM tm_hr.person;
\set VERBOSITY sqlstate
SELECT secret FROM tm_hr.person;
\set VERBOSITY default
-- left to privileges
BEGIN; LOCK TABLE tm_hr.person; ROLLBACK;
TRUNCATE tm_hr.person;
CREATE TABLE tm_mine.l (LIKE tm_hr.person);
CALL tm_mine.nothing((SELECT id FROM tm_hr.person));
-- what is stored stays with the source, and is denied when it runs
CREATE VIEW tm_mine.v AS SELECT id FROM tm_hr.person;
SELECT pg_get_viewdef('tm_mine.v') ~ 'tm_hr\.person' AS of_the_source;
TABLE tm_mine.v;
CREATE TABLE tm_mine.log (id int);
CREATE RULE r AS ON INSERT TO tm_mine.log DO ALSO UPDATE tm_mine.log SET id = (SELECT max(id) FROM tm_hr.person);
INSERT INTO tm_mine.log VALUES (1);
CREATE FUNCTION tm_mine.atomic() RETURNS int BEGIN ATOMIC SELECT max(id) FROM tm_hr.person; END;
SELECT tm_mine.atomic();
CREATE POLICY pol ON tm_mine.log USING (EXISTS (SELECT FROM tm_hr.person));
SELECT pg_get_expr(polqual, polrelid) ~ 'tm_hr\.person' AS of_the_source FROM pg_policy WHERE polname = 'pol';
DROP VIEW tm_mine.v; DROP TABLE tm_mine.log; DROP FUNCTION tm_mine.atomic();
DISCARD ALL;

-- cached plans follow the role, both ways
RESET ROLE;
CREATE FUNCTION tm_mine.pl(who int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT name FROM tm_hr.person WHERE id = who); END $$;
CREATE FUNCTION tm_mine.inlined() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT name FROM tm_hr.person WHERE id = 5';
CREATE FUNCTION tm_mine.called() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT name FROM tm_hr.person WHERE id = 5';
CREATE FUNCTION tm_mine.of_owner() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT name FROM tm_hr.person WHERE id = 5';
ALTER FUNCTION tm_mine.of_owner() OWNER TO tm_steward;
CREATE FUNCTION tm_mine.of_alice() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN (SELECT name FROM tm_hr.person WHERE id = 5); END $$;
ALTER FUNCTION tm_mine.of_alice() OWNER TO tm_alice;
GRANT USAGE ON SCHEMA tm_mine TO tm_steward;
PREPARE one(int) AS SELECT name, age FROM tm_hr.person WHERE id = $1;
PREPARE several AS SELECT (SELECT name FROM tm_hr.person WHERE id = 5), i, tm_mine.called() FROM tm_mine.inlined() AS i;
PREPARE made AS WITH c AS (SELECT name FROM tm_hr.person WHERE id = 5) SELECT c.name FROM c, tm_hr.town AS t WHERE t.id = 1;
PREPARE starred AS SELECT id, name FROM tm_hr.person AS p WHERE p.id = 5 UNION ALL SELECT id, town FROM tm_hr.town WHERE id = 3;
\set cached 'EXECUTE one(5); EXECUTE several; EXECUTE made; EXECUTE starred; SELECT tm_mine.pl(5), tm_mine.of_alice();'
SET plan_cache_mode = force_generic_plan;
SET ROLE tm_steward; :cached
SET ROLE tm_alice; :cached
SET ROLE tm_steward; :cached
SET plan_cache_mode = force_custom_plan;
SET ROLE tm_alice; :cached
RESET ROLE; SET SESSION AUTHORIZATION tm_steward; :cached
SET SESSION AUTHORIZATION tm_alice; :cached
RESET SESSION AUTHORIZATION;
SET plan_cache_mode = auto;
SET ROLE tm_alice; EXECUTE one(1); EXECUTE one(2); EXECUTE one(3); EXECUTE one(4); EXECUTE one(5); EXECUTE one(6); EXECUTE one(7);
RESET ROLE; EXECUTE one(7);
SET ROLE tm_outsider; EXECUTE one(7);
\set VERBOSITY sqlstate
SET ROLE tm_alice; SELECT tm_mine.of_owner();
\set VERBOSITY default
SET ROLE tm_steward; SELECT tm_mine.of_owner();
-- they follow memberships; a role that becomes both is told so by the guard, and not shown one for the other
RESET ROLE;
SET ROLE tm_outsider; SELECT tm_mine.pl(5); EXECUTE one(5);
RESET ROLE; GRANT tm_readers TO tm_outsider;
SET ROLE tm_outsider; EXECUTE one(5);
RESET ROLE; GRANT tm_steward TO tm_outsider;
\set VERBOSITY sqlstate
SET ROLE tm_outsider; EXECUTE one(5);
\set VERBOSITY default
RESET ROLE; REVOKE tm_steward FROM tm_outsider;
SET ROLE tm_outsider; EXECUTE one(5);
RESET ROLE; REVOKE tm_readers FROM tm_outsider;
SET ROLE tm_outsider; EXECUTE one(5);
-- and the mapping
SET ROLE tm_alice; EXECUTE one(5);
SET ROLE tm_steward; SELECT privrelease.unmap_audience('tm_readers');
SET ROLE tm_alice; EXECUTE one(5);
SET ROLE tm_steward; SELECT privrelease.map_audience('tm_readers', 'tm_open.person');
SET ROLE tm_alice; EXECUTE one(5);

-- two releases through two roles are ambiguous
SET ROLE tm_steward; SELECT privrelease.map_audience('tm_bob', 'tm_open.person2');
RESET ROLE; GRANT tm_bob TO tm_alice;
SET ROLE tm_bob; SELECT id, name IS NULL FROM tm_hr.person WHERE id = 5;
SET ROLE tm_alice; SELECT id FROM tm_hr.person WHERE id = 5;
RESET ROLE; REVOKE tm_bob FROM tm_alice;
-- a role that has the audience's rights only by SET ROLE is not redirected before it does
CREATE ROLE tm_later NOINHERIT; GRANT tm_readers TO tm_later; GRANT USAGE ON SCHEMA tm_hr TO tm_later;
SET ROLE tm_later; SELECT id FROM tm_hr.person WHERE id = 5;
RESET ROLE; DROP OWNED BY tm_later; DROP ROLE tm_later;

-- a column added, renamed, exchanged
ALTER TABLE tm_hr.person ADD COLUMN ssn text DEFAULT 'MARKER';
ALTER TABLE tm_hr.person RENAME name TO full_name;
ALTER TABLE tm_hr.person RENAME secret TO name;
SET ROLE tm_alice;
SELECT ssn FROM tm_hr.person;
SELECT full_name FROM tm_hr.person;
SELECT name FROM tm_hr.person;
\set VERBOSITY sqlstate
SELECT id FROM tm_hr.person WHERE id = 5;
\set VERBOSITY default
RESET ROLE;
ALTER TABLE tm_hr.person RENAME name TO secret;
ALTER TABLE tm_hr.person RENAME full_name TO name;
ALTER TABLE tm_hr.person DROP COLUMN ssn;

-- a source in partitions: only what was declared stands for its release; a partition of one's own is the guard's business
SET ROLE tm_steward;
CREATE TABLE tm_hr.event (id int, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE tm_hr.event_1 PARTITION OF tm_hr.event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE tm_hr.event_2 (id int, note text, at date);
ALTER TABLE tm_hr.event ATTACH PARTITION tm_hr.event_2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO tm_hr.event SELECT g, '2020-01-01'::date + g * 10, 'MARKER' || g FROM generate_series(1, 70) AS g;
SELECT privrelease.create_release('tm_open.event', 'tm_hr.event');
SELECT privrelease.set_rule('tm_open.event', 'at', 'date_trunc', '{"unit": "year"}');
SELECT privrelease.set_rule('tm_open.event', 'id', 'keep');
SELECT privrelease.build('tm_open.event');
SELECT privrelease.publish('tm_open.event', 'tm_readers');
SELECT privrelease.map_audience('tm_readers', 'tm_open.event');
SET ROLE tm_alice;
SELECT at, count(*) FROM tm_hr.event GROUP BY at ORDER BY at;
SELECT at FROM tm_hr.event_1;
SELECT at FROM tm_hr.event_2 LIMIT 1;
COPY (SELECT id, at FROM tm_hr.event WHERE id = 1) TO STDOUT;
RESET ROLE;
ALTER TABLE tm_hr.event_2 OWNER TO tm_alice;
SET ROLE tm_alice;
\set VERBOSITY sqlstate
SELECT count(at) FROM tm_hr.event_2;
\set VERBOSITY default
RESET ROLE;
-- children of a plain table: COPY of the parent alone would be another thing
CREATE TABLE tm_hr.child () INHERITS (tm_hr.person);
SET ROLE tm_alice;
COPY tm_hr.person (id) TO STDOUT;
SELECT count(id) FROM tm_hr.person;
RESET ROLE;
DROP TABLE tm_hr.child;

-- withdrawing, dropping and losing the view end it
SET ROLE tm_steward;
SELECT privrelease.withdraw('tm_open.event', 'test');
SELECT release, mapped FROM privrelease.releases WHERE release LIKE 'tm\_%' ORDER BY 1;
SET ROLE tm_alice;
SELECT at FROM tm_hr.event;
RESET ROLE;
DROP VIEW tm_open.person2;
SET ROLE tm_bob; SELECT id FROM tm_hr.person WHERE id = 5;
SET ROLE tm_steward;
SELECT privrelease.build('tm_open.person2') IS NOT NULL;
SELECT privrelease.drop_release('tm_open.person');
SELECT release, mapped FROM privrelease.releases WHERE release LIKE 'tm\_%' ORDER BY 1;
SET ROLE tm_alice;
SELECT id FROM tm_hr.person;
RESET ROLE;

DEALLOCATE ALL;
SET client_min_messages = error;
SELECT privrelease.drop_release('tm_open.person2');
SELECT privrelease.drop_release('tm_open.event');
DROP SCHEMA tm_mine CASCADE; DROP SCHEMA tm_open CASCADE; DROP SCHEMA tm_hr CASCADE;
DROP ROLE tm_steward, tm_readers, tm_alice, tm_bob, tm_outsider;
