-- Who was in which version of a release table, and what two versions tell together (version_risk).
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE history_steward;
CREATE ROLE history_other;
CREATE SCHEMA history_src AUTHORIZATION history_steward;
CREATE SCHEMA history_open AUTHORIZATION history_steward;
CREATE FUNCTION pg_temp.rows_of(release text) RETURNS TABLE (first_version int8, last_version int8, rows bigint, persons bigint) LANGUAGE sql AS $$
    SELECT v.first_version, v.last_version, count(*), count(DISTINCT v.subject)
      FROM privrelease.version_subject AS v JOIN privrelease.release AS r ON r.id = v.release
     WHERE r.release_schema || '.' || r.release_name = $1 GROUP BY 1, 2 ORDER BY 1, 2 $$;

-- Classes are (age / 10, zone): the levels leave the search no choice.
SET ROLE history_steward;
CREATE TABLE history_src.person (id int PRIMARY KEY, age int, zone text, diag text);
INSERT INTO history_src.person
    SELECT i, 20 + i % 40, 'z' || i % 3, (ARRAY['flu', 'hiv', 'asthma', 'cold'])[1 + (i / 120 + i) % 4] FROM generate_series(1, 480) AS i;
SELECT privrelease.classify('history_src.person', 'age', 'quasi_identifier'), privrelease.classify('history_src.person', 'zone', 'quasi_identifier'),
       privrelease.classify('history_src.person', 'diag', 'sensitive', 'health');
SELECT privrelease.create_release('history_open.person', 'history_src.person', 'id', 'table',
                                  '{"k": 3, "l": {"column": "diag", "variant": "distinct", "l": 2}}');
SELECT privrelease.set_rule('history_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.set_rule('history_open.person', 'zone', 'keep');
SELECT privrelease.set_rule('history_open.person', 'diag', 'keep');
SELECT privrelease.version_risk('history_open.person');
SELECT privrelease.refresh('history_open.person');
SELECT privrelease.version_risk('history_open.person');
-- Nothing changed: nothing is written of anybody.
SELECT privrelease.refresh('history_open.person');
SELECT jsonb_pretty(privrelease.version_risk('history_open.person'));
RESET ROLE;
SELECT * FROM pg_temp.rows_of('history_open.person');

-- One leaves and one comes, each alone in his class: whoever knows it reads their values. Two leave one class with two values: not so.
SET ROLE history_steward;
DELETE FROM history_src.person WHERE id = 1;
INSERT INTO history_src.person VALUES (1001, 34, 'z1', 'hiv');
DELETE FROM history_src.person WHERE id IN (SELECT min(id) FROM history_src.person WHERE age BETWEEN 50 AND 59 AND zone = 'z2' AND diag IN ('flu', 'cold') GROUP BY diag);
SELECT privrelease.refresh('history_open.person');
SELECT jsonb_pretty(privrelease.version_risk('history_open.person') #- '{columns,diag,stayed}');
RESET ROLE;
SELECT * FROM pg_temp.rows_of('history_open.person');
SELECT r.version, count(*) FROM privrelease.version_value AS r GROUP BY 1 ORDER BY 1;

-- A person moves to a class with which his old one has a single value in common.
SET ROLE history_steward;
UPDATE history_src.person SET diag = 'gout' WHERE age BETWEEN 20 AND 29 AND zone = 'z0' AND diag <> 'flu';
SELECT privrelease.refresh('history_open.person');
UPDATE history_src.person SET age = 35 WHERE id = (SELECT min(id) FROM history_src.person WHERE age BETWEEN 20 AND 29 AND zone = 'z0' AND diag = 'flu');
SELECT privrelease.refresh('history_open.person');
SELECT privrelease.version_risk('history_open.person') #> '{columns,diag,stayed}' AS stayed, privrelease.version_risk('history_open.person') -> 'persons' AS persons;

-- What the administrator lets happen.
SET privrelease.joint_risk = off;
RESET ROLE;
SET privrelease.joint_risk = refuse;
SET ROLE history_steward;
DELETE FROM history_src.person WHERE id = 2;
SELECT privrelease.refresh('history_open.person');
SELECT max(version) AS version FROM privrelease.versions WHERE release = 'history_open.person';
RESET ROLE;
SELECT max(last_version) AS last_version, max(first_version) AS first_version, (SELECT max(version) FROM privrelease.version_person) AS version
    FROM privrelease.version_subject;
SET privrelease.joint_risk = off;
SET ROLE history_steward;
SELECT privrelease.refresh('history_open.person');
SELECT privrelease.version_risk('history_open.person') ->> 'verdict' AS verdict;
RESET ROLE;
RESET privrelease.joint_risk;

-- The same person has one digest in every release of the source, and under a new name of it; another one in another source.
SET ROLE history_steward;
SELECT privrelease.create_release('history_open.zones', 'history_src.person', 'id', 'table', '{"k": 3}');
SELECT privrelease.set_rule('history_open.zones', 'zone', 'keep');
SELECT privrelease.refresh('history_open.zones');
ALTER TABLE history_src.person RENAME TO renamed;
SELECT privrelease.refresh('history_open.person');
SELECT privrelease.version_risk('history_open.person') -> 'persons' AS persons;
CREATE TABLE history_src.person (id int PRIMARY KEY, zone text);
INSERT INTO history_src.person SELECT id, zone FROM history_src.renamed;
SELECT privrelease.create_release('history_open.others', 'history_src.person', 'id', 'table', '{"k": 3}');
SELECT privrelease.classify('history_src.person', 'zone', 'quasi_identifier');
SELECT privrelease.set_rule('history_open.others', 'zone', 'keep');
SELECT privrelease.refresh('history_open.others');
RESET ROLE;
SELECT r.release_name, h.source_name, regexp_replace(h.domain, ' \d+$', ' (id)') AS domain FROM privrelease.history AS h JOIN privrelease.release AS r ON r.id = h.release ORDER BY 1;
SELECT count(*) AS in_both FROM (SELECT DISTINCT v.subject FROM privrelease.version_subject AS v JOIN privrelease.release AS r ON r.id = v.release
    WHERE r.release_name = 'zones' INTERSECT SELECT v.subject FROM privrelease.version_subject AS v JOIN privrelease.release AS r ON r.id = v.release
    WHERE r.release_name = 'person' AND v.last_version IS NULL) AS s;
SELECT count(*) AS in_both_sources FROM privrelease.version_subject AS v JOIN privrelease.version_subject AS w USING (subject)
    JOIN privrelease.release AS r ON r.id = v.release JOIN privrelease.release AS q ON q.id = w.release
    WHERE r.release_name = 'others' AND q.release_name <> 'others';

-- Persons with several rows are in several classes; they left when they are in none.
SET ROLE history_steward;
CREATE TABLE history_src.visit (person text, ward text, diag text);
INSERT INTO history_src.visit SELECT 'p' || i % 60, 'w' || i / 60 % 2, (ARRAY['flu', 'hiv', 'cold'])[1 + i % 3] FROM generate_series(0, 239) AS i;
INSERT INTO history_src.visit VALUES (NULL, 'w0', 'gout');
SELECT privrelease.classify('history_src.visit', 'ward', 'quasi_identifier'), privrelease.classify('history_src.visit', 'diag', 'sensitive');
SELECT privrelease.create_release('history_open.visit', 'history_src.visit', 'person', 'table',
                                  '{"k": 3, "l": [{"column": "diag", "variant": "entropy", "l": 1.5}]}');
SELECT privrelease.set_rule('history_open.visit', 'ward', 'keep');
SELECT privrelease.set_rule('history_open.visit', 'diag', 'keep');
SELECT privrelease.refresh('history_open.visit');
DELETE FROM history_src.visit WHERE person = 'p7';
DELETE FROM history_src.visit WHERE person = 'p8' AND ward = 'w0';
DELETE FROM history_src.visit WHERE person = 'p11' AND ward = 'w1';
INSERT INTO history_src.visit VALUES ('new', 'w1', 'flu'), ('new', 'w1', 'cold');
SELECT privrelease.refresh('history_open.visit');
SELECT privrelease.version_risk('history_open.visit');
RESET ROLE;
SELECT * FROM pg_temp.rows_of('history_open.visit');
SELECT p.version, p.persons, p.pairs FROM privrelease.version_person AS p JOIN privrelease.release AS r ON r.id = p.release
    WHERE r.release_name = 'visit' ORDER BY 1;

-- No subject, no model that looks at values; a view; a stranger; nobody reads the tables.
SET ROLE history_steward;
SELECT privrelease.create_release('history_open.nobody', 'history_src.renamed', NULL, 'table', '{"k": 3}');
SELECT privrelease.set_rule('history_open.nobody', 'zone', 'keep');
SELECT privrelease.refresh('history_open.nobody');
SELECT privrelease.version_risk('history_open.nobody');
ALTER TABLE history_src.person RENAME TO other;
SELECT privrelease.refresh('history_open.zones');
SELECT privrelease.version_risk('history_open.zones');
SELECT privrelease.create_release('history_open.live', 'history_src.renamed');
SELECT privrelease.version_risk('history_open.live');
SELECT privrelease.version_risk('history_open.nowhere');
SELECT count(*) FROM privrelease.version_subject;
SELECT count(*) FROM privrelease.version_value;
SELECT privrelease.subject_digest('1.1', 'history_src.person.id', 1);
SET ROLE history_other;
SELECT privrelease.version_risk('history_open.person');
RESET ROLE;

-- One leaves and another comes to the same class: the value that fewer have is his who left, unless it is the other's too.
SET ROLE history_steward;
CREATE TABLE history_src.turn (id int PRIMARY KEY, area int, diag text);
INSERT INTO history_src.turn VALUES (1, 1, 'flu'), (2, 1, 'gout'), (3, 1, 'flu'), (4, 1, 'rare'), (11, 2, 'flu'), (12, 2, 'gout'), (13, 2, 'flu');
SELECT privrelease.classify('history_src.turn', 'area', 'quasi_identifier'), privrelease.classify('history_src.turn', 'diag', 'sensitive');
SELECT privrelease.create_release('history_open.turn', 'history_src.turn', 'id', 'table',
                                  '{"k": 3, "l": {"column": "diag", "variant": "distinct", "l": 2}}');
SELECT privrelease.set_rule('history_open.turn', 'area', 'keep'), privrelease.set_rule('history_open.turn', 'diag', 'keep');
SELECT privrelease.refresh('history_open.turn');
DELETE FROM history_src.turn WHERE id IN (4, 13);
INSERT INTO history_src.turn VALUES (5, 1, 'flu'), (14, 2, 'flu');
SET client_min_messages = error;
SELECT privrelease.refresh('history_open.turn');
SET client_min_messages = warning;
SELECT r #> '{columns,diag,left}' AS "left", r #> '{columns,diag,came}' AS came, r ->> 'verdict' AS verdict FROM privrelease.version_risk('history_open.turn') AS r;
SELECT privrelease.drop_release('history_open.turn');
RESET ROLE;

-- Against an oracle that reads the two states of the source: many random changes, all classes.
SET ROLE history_steward;
CREATE TABLE history_src.many (id int PRIMARY KEY, a int, b int, diag text);
INSERT INTO history_src.many SELECT i, hashint4(i) & 3, hashint4(i + 100000) & 31, 'd' || (hashint4(i + 200000) & 3) FROM generate_series(1, 700) AS i;
SELECT privrelease.classify('history_src.many', c, 'quasi_identifier') FROM unnest('{a,b}'::name[]) AS c;
SELECT privrelease.classify('history_src.many', 'diag', 'sensitive');
SELECT privrelease.create_release('history_open.many', 'history_src.many', 'id', 'table',
                                  '{"k": 2, "l": {"column": "diag", "variant": "distinct", "l": 3}, "suppression_limit": 1}');
SELECT privrelease.set_rule('history_open.many', 'a', 'keep'), privrelease.set_rule('history_open.many', 'b', 'keep'), privrelease.set_rule('history_open.many', 'diag', 'keep');
SELECT privrelease.refresh('history_open.many');
CREATE TABLE history_src.before AS SELECT * FROM history_src.many;
DELETE FROM history_src.many WHERE hashint4(id + 300000) & 15 = 0;
UPDATE history_src.many SET b = hashint4(id + 400000) & 31 WHERE hashint4(id + 500000) & 15 = 1;
UPDATE history_src.many SET diag = 'd' || (hashint4(id + 600000) & 7) WHERE hashint4(id + 700000) & 7 = 2;
INSERT INTO history_src.many SELECT i, hashint4(i) & 3, hashint4(i + 100000) & 31, 'd' || (hashint4(i + 200000) & 3) FROM generate_series(701, 720) AS i;
SET client_min_messages = error;
SELECT privrelease.refresh('history_open.many');
SET client_min_messages = warning;
WITH old AS (SELECT *, count(*) OVER c AS n FROM history_src.before WINDOW c AS (PARTITION BY a, b)),
     new AS (SELECT *, count(*) OVER c AS n FROM history_src.many WINDOW c AS (PARTITION BY a, b)),
     o AS (SELECT * FROM old WHERE n >= 2 AND (SELECT count(DISTINCT x.diag) FROM old AS x WHERE (x.a, x.b) = (old.a, old.b)) >= 3),
     n AS (SELECT * FROM new WHERE n >= 2 AND (SELECT count(DISTINCT x.diag) FROM new AS x WHERE (x.a, x.b) = (new.a, new.b)) >= 3),
     both_sets AS (SELECT o.id, (SELECT count(*) FROM (SELECT x.diag FROM o AS x WHERE (x.a, x.b) = (o.a, o.b) INTERSECT
                                                 SELECT y.diag FROM n AS y WHERE (y.a, y.b) = (n.a, n.b)) AS s) AS common
                FROM o JOIN n USING (id)),
     counted AS (SELECT v.side, v.a, v.b, v.diag, count(*) AS c FROM (SELECT 'o' AS side, a, b, diag FROM o UNION ALL SELECT 'n', a, b, diag FROM n) AS v GROUP BY 1, 2, 3, 4),
     change AS (SELECT a, b, diag, coalesce(x.c, 0) AS was, coalesce(y.c, 0) AS is_now
                  FROM (SELECT * FROM counted WHERE side = 'o') AS x FULL JOIN (SELECT * FROM counted WHERE side = 'n') AS y USING (a, b, diag)),
     gone AS (SELECT o.* FROM o LEFT JOIN n USING (id) WHERE n.id IS NULL OR (n.a, n.b) <> (o.a, o.b)),
     came AS (SELECT n.* FROM n LEFT JOIN o USING (id) WHERE o.id IS NULL OR (n.a, n.b) <> (o.a, o.b)),
     leaver AS (SELECT g.*, (SELECT count(*) FROM change AS c WHERE (c.a, c.b) = (g.a, g.b) AND is_now < was) AS common FROM gone AS g
                 WHERE id NOT IN (SELECT id FROM n) AND (NOT EXISTS (SELECT FROM came AS c WHERE (c.a, c.b) = (g.a, g.b))
                    OR (SELECT sum(was - is_now) FROM change AS c WHERE (c.a, c.b) = (g.a, g.b) AND is_now < was)
                       >= (SELECT count(*) FROM gone AS c WHERE (c.a, c.b) = (g.a, g.b)))),
     comer AS (SELECT g.*, (SELECT count(*) FROM change AS c WHERE (c.a, c.b) = (g.a, g.b) AND is_now > was) AS common FROM came AS g
                WHERE id NOT IN (SELECT id FROM o) AND (NOT EXISTS (SELECT FROM gone AS c WHERE (c.a, c.b) = (g.a, g.b))
                    OR (SELECT sum(is_now - was) FROM change AS c WHERE (c.a, c.b) = (g.a, g.b) AND is_now > was)
                       >= (SELECT count(*) FROM came AS c WHERE (c.a, c.b) = (g.a, g.b)))),
     oracle AS (SELECT jsonb_build_object(
            'persons', jsonb_build_object('before', (SELECT count(*) FROM o), 'now', (SELECT count(*) FROM n),
                'left', (SELECT count(*) FROM o WHERE id NOT IN (SELECT id FROM n)), 'came', (SELECT count(*) FROM n WHERE id NOT IN (SELECT id FROM o)),
                'stayed', (SELECT count(*) FROM both_sets), 'moved', (SELECT count(*) FROM gone WHERE id IN (SELECT id FROM n))),
            'stayed', (SELECT jsonb_build_object('compared', count(*), 'smallest', min(common) FILTER (WHERE common > 0), 'pinned', count(*) FILTER (WHERE common = 1),
                                                 'at_risk', count(*) FILTER (WHERE common BETWEEN 1 AND 2)) FROM both_sets),
            'left', (SELECT jsonb_build_object('compared', count(*), 'smallest', min(common) FILTER (WHERE common > 0), 'pinned', count(*) FILTER (WHERE common = 1),
                                               'at_risk', count(*) FILTER (WHERE common BETWEEN 1 AND 2)) FROM leaver),
            'came', (SELECT jsonb_build_object('compared', count(*), 'smallest', min(common) FILTER (WHERE common > 0), 'pinned', count(*) FILTER (WHERE common = 1),
                                               'at_risk', count(*) FILTER (WHERE common BETWEEN 1 AND 2)) FROM comer)) AS j),
     risk AS (SELECT privrelease.version_risk('history_open.many') AS j)
SELECT oracle.j -> 'persons' = risk.j -> 'persons' AS persons, oracle.j -> 'stayed' = risk.j #> '{columns,diag,stayed}' AS stayed,
       oracle.j -> 'left' = risk.j #> '{columns,diag,left}' AS "left", oracle.j -> 'came' = risk.j #> '{columns,diag,came}' AS came,
       (oracle.j #>> '{stayed,at_risk}')::int > 0 AND (oracle.j #>> '{left,pinned}')::int > 0 AND (oracle.j #>> '{came,pinned}')::int > 0 AS not_idle
    FROM oracle, risk;

-- What is dropped leaves its history behind, and a release of the same name goes on counting, with a history of its own.
RESET ROLE;
SELECT count(*) > 0 AS history FROM privrelease.version_subject;
SET ROLE history_steward;
SELECT privrelease.drop_release('history_open.many');
RESET ROLE;
SELECT count(*) AS releases FROM privrelease.history AS h WHERE NOT EXISTS (SELECT FROM privrelease.release AS r WHERE r.id = h.release);
SELECT privrelease.uninstall();
DROP EXTENSION privrelease;
DROP SCHEMA history_src, history_open CASCADE;
DROP ROLE history_steward;
DROP ROLE history_other;
