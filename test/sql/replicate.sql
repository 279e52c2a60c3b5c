-- create_publication(): what it takes and refuses, and what a publication sends when (test/t/120_replica.pl has servers that subscribe).
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
-- PostgreSQL warns of wal_level, which may be any here.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE rp_steward;
CREATE ROLE rp_reader;
CREATE ROLE rp_other;
CREATE SCHEMA rp_src AUTHORIZATION rp_steward;
CREATE SCHEMA rp_open AUTHORIZATION rp_steward;
CREATE VIEW rp_publications AS SELECT p.pubname, pg_get_userbyid(p.pubowner) LIKE 'privrelease\_%' AS of_release,
    (SELECT string_agg(t.schemaname || '.' || t.tablename, ' ' ORDER BY 1) FROM pg_publication_tables AS t WHERE t.pubname = p.pubname) AS tables
    FROM pg_publication AS p WHERE p.pubname LIKE 'rp\_%' ORDER BY 1;
GRANT SELECT ON rp_publications TO rp_steward;
SET ROLE rp_steward;
CREATE TABLE rp_src.person (id int PRIMARY KEY, city text);
INSERT INTO rp_src.person SELECT g, 'c' || g % 4 FROM generate_series(1, 40) AS g;
SELECT privrelease.classify('rp_src.person', 'city', 'quasi_identifier');
SELECT privrelease.create_release('rp_open.person', 'rp_src.person', subject => 'id', kind => 'table', model => '{"k": 3}');
SELECT privrelease.set_rule('rp_open.person', 'city', 'keep');
SELECT privrelease.create_release('rp_open.live', 'rp_src.person');

-- a table that is published, and nothing else
SELECT privrelease.create_publication('rp_open.live', 'rp_one');
SELECT privrelease.create_publication('rp_open.person', 'rp_one');
SELECT privrelease.refresh('rp_open.person');
SELECT privrelease.create_publication('rp_open.person', 'rp_one');
SELECT privrelease.publish('rp_open.person', 'rp_reader');
SELECT privrelease.create_publication('rp_open.person', 'rp_one');
SELECT privrelease.create_publication('rp_open.person', 'rp "two"');
SELECT privrelease.create_publication('rp_open.person', 'rp_one');
SELECT privrelease.create_publication('rp_open.person', NULL) IS NULL;
TABLE rp_publications;
BEGIN READ ONLY;
SELECT privrelease.create_publication('rp_open.person', 'rp_three');
ROLLBACK;

-- nobody puts the source into it, or makes one
ALTER PUBLICATION rp_one ADD TABLE rp_src.person;
DROP PUBLICATION rp_one;
RESET ROLE;
SET ROLE rp_other;
SELECT privrelease.create_publication('rp_open.person', 'rp_three');
RESET ROLE;

-- withdrawn: its rows go, then the table; refreshed: nothing is sent; published: it is back
SET ROLE rp_steward;
SELECT privrelease.withdraw('rp_open.person', 'a mistake');
SELECT count(*) FROM rp_open.person;
TABLE rp_publications;
SELECT privrelease.refresh('rp_open.person');
TABLE rp_publications;
SELECT privrelease.publish('rp_open.person', 'rp_reader');
TABLE rp_publications;
SELECT count(*) FROM rp_open.person;

-- publications of others: emptied too, and no new version until the table is out of them
RESET ROLE;
CREATE PUBLICATION rp_schema FOR TABLES IN SCHEMA rp_open;
SET ROLE rp_steward;
SELECT privrelease.withdraw('rp_open.person', 'a mistake');
SELECT count(*) FROM rp_open.person;
SELECT privrelease.refresh('rp_open.person');
SELECT privrelease.create_release('rp_open.second', 'rp_src.person', subject => 'id', kind => 'table', model => '{"k": 3}');
SELECT privrelease.set_rule('rp_open.second', 'city', 'keep');
SELECT privrelease.refresh('rp_open.second');
RESET ROLE;
ALTER PUBLICATION rp_schema DROP TABLES IN SCHEMA rp_open;
ALTER PUBLICATION rp_schema ADD TABLE rp_open.person;
SET ROLE rp_steward;
SELECT privrelease.refresh('rp_open.person');
SELECT privrelease.refresh('rp_open.second');
RESET ROLE;
-- who has the source has nothing to learn
ALTER PUBLICATION rp_schema ADD TABLE rp_src.person;
SET ROLE rp_steward;
SELECT privrelease.refresh('rp_open.person');
SELECT privrelease.publish('rp_open.person', 'rp_reader');
RESET ROLE;
DROP PUBLICATION rp_schema;
CREATE PUBLICATION rp_all FOR ALL TABLES;
SET ROLE rp_steward;
SELECT privrelease.withdraw('rp_open.person', 'a mistake');
SELECT count(*) FROM rp_open.person;
SELECT privrelease.refresh('rp_open.person');
SELECT privrelease.publish('rp_open.person', 'rp_reader');
RESET ROLE;
DROP PUBLICATION rp_all;

-- dropped: its publications go with it; one that a superuser has put something else into stays
CREATE TABLE rp_src.other (id int PRIMARY KEY);
ALTER PUBLICATION "rp ""two""" ADD TABLE rp_src.other;
SET ROLE rp_steward;
RESET client_min_messages;
SELECT privrelease.drop_release('rp_open.person');
SELECT privrelease.drop_release('rp_open.second');
SELECT privrelease.drop_release('rp_open.live');
RESET ROLE;
SELECT pubname, tables FROM (SELECT p.pubname, (SELECT string_agg(t.tablename, ' ') FROM pg_publication_tables AS t WHERE t.pubname = p.pubname) AS tables
    FROM pg_publication AS p) AS p WHERE pubname LIKE 'rp%';
SET client_min_messages = error;
DROP PUBLICATION "rp ""two""";
DROP VIEW rp_publications;
DROP SCHEMA rp_src, rp_open CASCADE;
DROP OWNED BY rp_steward, rp_reader, rp_other;
DROP ROLE rp_steward, rp_reader, rp_other;
