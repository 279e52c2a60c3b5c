-- The rights of persons: object, erase, whereabouts, recall.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
DO $$ BEGIN PERFORM privrelease.create_key('default') WHERE NOT EXISTS (SELECT FROM privrelease.keys WHERE key = 'default'); END $$;
CREATE ROLE persons_steward;
CREATE ROLE persons_other;
CREATE ROLE persons_reader;
CREATE SCHEMA persons_src AUTHORIZATION persons_steward;
CREATE SCHEMA persons_open AUTHORIZATION persons_steward;
GRANT USAGE, CREATE ON SCHEMA persons_src, persons_open TO persons_other;
GRANT USAGE ON SCHEMA persons_src TO persons_reader;
SET client_min_messages = notice;

SET ROLE persons_steward;
CREATE TABLE persons_src.person (id numeric(10,2), born date, city text, mark text);
CREATE INDEX ON persons_src.person (born);
INSERT INTO persons_src.person SELECT g, date '1950-01-01' + 37 * g, 'city ' || g % 4, 'm' || g % 3 FROM generate_series(1, 400) AS g;
INSERT INTO persons_src.person VALUES (NULL, '1950-01-01', 'city 0', 'm0');
SELECT privrelease.classify('persons_src.person', 'city', 'quasi_identifier'), privrelease.classify('persons_src.person', 'mark', 'sensitive'),
       privrelease.classify('persons_src.person', 'born', 'insensitive');
SELECT privrelease.create_release('persons_open.live', 'persons_src.person', 'id');
SELECT privrelease.set_rule('persons_open.live', 'born', 'date_trunc', '{"unit": "year"}'),
       privrelease.set_rule('persons_open.live', 'city', 'keep');
SELECT privrelease.build('persons_open.live');
SELECT privrelease.create_release('persons_open.snap', 'persons_src.person', 'id', 'table', '{"k": 3}');
SELECT privrelease.set_rule('persons_open.snap', 'city', 'keep'), privrelease.set_rule('persons_open.snap', 'mark', 'shuffle');
SELECT privrelease.refresh('persons_open.snap');
RESET ROLE;
SET privrelease.joint_risk = off;
SET ROLE persons_steward;
SELECT privrelease.publish('persons_open.live', 'persons_reader'), privrelease.publish('persons_open.snap', 'persons_reader');
CREATE FUNCTION persons_src.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ DECLARE line text; BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        CONTINUE WHEN line ~ '^ *Disabled: true$';     -- PostgreSQL 18 says so
        RETURN NEXT regexp_replace(line, '''\d+\.\d+''::privrelease\.capability', 'CAPABILITY');
    END LOOP; END $$;
CREATE FUNCTION persons_src.states() RETURNS TABLE (release text, state text, audience name[]) LANGUAGE sql
    AS $$ SELECT release, state, audience FROM privrelease.releases WHERE source LIKE 'persons\_%' ORDER BY release COLLATE "C" $$;

-- ---- what is refused
SELECT privrelease.object('persons_open.live', '1', ' ');
SELECT privrelease.object('persons_open.live', NULL, 'why');
SELECT privrelease.object('persons_open.live', 'Mrs. Li', 'why');
SELECT privrelease.object('persons_open.nothing', '1', 'why');
RESET ROLE;
SET ROLE persons_other;
SELECT privrelease.object('persons_open.live', '1', 'why');
SELECT privrelease.withdraw_objection('persons_open.live', '1');
SELECT privrelease.erase('persons_src.person', '1', 'why');
SELECT privrelease.withdraw_erasure('persons_src.person', '1');
SELECT * FROM privrelease.whereabouts('persons_src.person', '1');
SELECT * FROM privrelease.recall('persons_open.snap', 1, 'why');
SELECT count(*) FROM privrelease.objections;
RESET ROLE;
SET ROLE persons_steward;
SELECT * FROM privrelease.objections;

-- ---- a view: the very next query, also of a plan that was made before
RESET ROLE;
SET ROLE persons_reader;
SET plan_cache_mode = force_generic_plan;
PREPARE visible AS SELECT count(*), count(*) FILTER (WHERE born = '1950-01-01') AS of_1950 FROM persons_open.live;
EXECUTE visible;
EXPLAIN (COSTS OFF) SELECT * FROM persons_open.live WHERE born = '1960-01-01';
RESET ROLE;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT city FROM persons_open.live WHERE born = '1960-01-01';
EXPLAIN (COSTS OFF) SELECT v.city FROM (VALUES ('1960-01-01'::date)) AS j(born) JOIN persons_open.live AS v ON v.born = j.born;
SET ROLE persons_steward;
SELECT privrelease.object('persons_open.live', '1.0', 'asked for it by letter');
RESET ROLE;
SET ROLE persons_reader;
EXECUTE visible;
RESET ROLE;
SELECT pg_get_viewdef('persons_open.live') ~ 'WHERE \(privrelease\.release_serves\(\d+\) AND \(privrelease\.has_objected\(''\d+\.\d+''::privrelease\.capability, ''persons_src\.person\.id''::text, ''persons_open''::name, ''live''::name, (s\.)?id\) IS NOT TRUE\)\)\s+OFFSET 0' AS has_condition,
       obj_description('persons_open.live'::regclass) AS says;
-- nothing is derived from filters any more
SELECT * FROM persons_src.plan($$SELECT city FROM persons_open.live WHERE born = '1960-01-01'$$);
SELECT * FROM persons_src.plan($$SELECT v.city FROM (VALUES ('1960-01-01'::date)) AS j(born) JOIN persons_open.live AS v ON v.born = j.born$$);
SELECT * FROM persons_src.plan($$SELECT count(*) FROM persons_open.live$$);
RESET enable_seqscan;
-- later ones are rows only: the view is the same
SELECT xmin AS before FROM pg_class WHERE oid = 'persons_open.live'::regclass \gset
SET ROLE persons_steward;
SELECT privrelease.object('persons_open.live', '2', 'asked for it'), privrelease.object('persons_open.live', '2.00', 'and once more'),
       privrelease.object('persons_open.live', '99999', 'nobody in particular');
RESET ROLE;
SELECT xmin = :'before'::xid AS same_view FROM pg_class WHERE oid = 'persons_open.live'::regclass;
SET ROLE persons_reader;
EXECUTE visible;
-- code of a reader meets no hidden row
CREATE FUNCTION pg_temp.leak(city text, born date) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN
    PERFORM set_config('persons.seen', (current_setting('persons.seen')::int + 1)::text, false); RETURN true; END $$;
SET persons.seen = 0;
SELECT count(*) FROM persons_open.live WHERE pg_temp.leak(city, born);
SELECT current_setting('persons.seen') AS seen;
SET persons.seen = 0;
SELECT count(*) FROM persons_open.live WHERE pg_temp.leak('', NULL);
SELECT current_setting('persons.seen') AS seen;
-- and nobody asks about persons of his choice
SELECT privrelease.has_objected('1.1', 'persons_src.person.id', 'persons_open', 'live', 1::numeric);
SELECT privrelease.has_objected(NULL, 'persons_src.person.id', 'persons_open', 'live', 1::numeric) IS NULL AS nothing;
SELECT * FROM privrelease.objection;
SELECT * FROM privrelease.objections;
SELECT count(*) FROM privrelease.has_objected_support(NULL);
RESET ROLE;
SET ROLE persons_steward;
SELECT source, release, kind, reason, deferred, declared_by FROM privrelease.objections ORDER BY since;
RESET ROLE;
SELECT count(*) AS rows, count(DISTINCT digest) AS digests, bool_or(o::text ~ '\m99999\M') AS clear FROM privrelease.objection AS o;
-- digests of objections and of the history are others
SELECT count(*) FROM privrelease.objection AS o JOIN privrelease.version_subject AS v ON v.subject = o.digest;

-- taken back: he is there again at once, and with the last one a build forgets the condition
SET ROLE persons_steward;
SELECT privrelease.withdraw_objection('persons_open.live', '7');
SELECT privrelease.withdraw_objection('persons_open.live', '2'), privrelease.withdraw_objection('persons_open.live', '99999');
SELECT count(*) FROM persons_open.live;
SELECT privrelease.withdraw_objection('persons_open.live', '1.000');
SELECT count(*) FROM persons_open.live;
SELECT privrelease.build('persons_open.live');
SELECT pg_get_viewdef('persons_open.live') ~ 'has_objected' AS has_condition, obj_description('persons_open.live'::regclass) ~ 'hides no rows' AS says;
-- undone is undone
BEGIN;
SELECT privrelease.object('persons_open.live', '1', 'asked');
SELECT count(*) FROM persons_open.live;
ROLLBACK;
SELECT count(*) FROM persons_open.live;
SELECT privrelease.object('persons_open.live', '1', 'asked');

-- ---- a table: withdrawn until the next refresh
SELECT privrelease.object('persons_open.snap', '3', 'asked', true);
SELECT * FROM persons_src.states();
SELECT privrelease.publish('persons_open.snap', 'persons_reader');
SELECT privrelease.object('persons_open.snap', '3', 'at once, please');
SELECT * FROM persons_src.states();
RESET ROLE;
SET ROLE persons_reader;
SELECT count(*) FROM persons_open.snap;
RESET ROLE;
SET ROLE persons_steward;
SELECT privrelease.publish('persons_open.snap', 'persons_reader');
SELECT privrelease.refresh('persons_open.snap');
SELECT * FROM persons_src.states();
RESET ROLE;
SET ROLE persons_reader;
SELECT count(city) FROM persons_open.snap;
RESET ROLE;
SET ROLE persons_steward;
SELECT privrelease.object('persons_open.snap', '3', 'he is left out already');
SELECT * FROM persons_src.states();
-- what is measured is what would be released
SELECT r AS release, privrelease.assess(r) ->> 'records' AS records, privrelease.assess(r) ->> 'subjects' AS subjects
  FROM unnest('{persons_open.live,persons_open.snap}'::text[]) AS r;
SELECT count(*), count(*) FILTER (WHERE subject IN ('1.00', '3.00')) AS objectors FROM privrelease.record_risk('persons_open.snap');
SELECT privrelease.joint_risk('persons_open.live', 'persons_open.snap') ->> 'records' AS records;
SELECT count(*) FROM privrelease.preview('persons_open.snap', 1000);
SELECT regexp_replace(privrelease.definition('persons_open.snap'), '^.*(FROM persons_src[^\n]*\n[^\n]*)\n.*$', '\1') ~ 'has_objected' AS shown;

-- ---- every way in which a table reads its source leaves him out
CREATE TABLE persons_src.visit (person uuid, age int, income float8, city text);
INSERT INTO persons_src.visit SELECT md5((g % 150)::text)::uuid, g % 60, 1000 * (g % 50), 'city ' || g % 3 FROM generate_series(1, 300) AS g;
INSERT INTO persons_src.visit SELECT md5('whale')::uuid, 107, 1e9, 'city 9' FROM generate_series(1, 3);
SELECT privrelease.classify('persons_src.visit', 'age', 'insensitive'), privrelease.classify('persons_src.visit', 'income', 'insensitive'),
       privrelease.classify('persons_src.visit', 'city', 'quasi_identifier');
SELECT privrelease.create_release('persons_open.' || t, 'persons_src.visit', 'person', 'table', '{"k": 3, "suppression_limit": 0.5}')
  FROM unnest('{mean,ranks,bins,pram}'::text[]) AS t;
SELECT privrelease.set_rule('persons_open.' || t, 'city', 'keep') FROM unnest('{mean,ranks,bins}'::text[]) AS t;
SELECT privrelease.set_rule('persons_open.mean', 'income', 'microaggregate', '{"k": 3}'),
       privrelease.set_rule('persons_open.ranks', 'income', 'rank_swap', '{"p": 50}'),
       privrelease.set_rule('persons_open.bins', 'age', 'bin', '{"width": 5, "top_quantile": 0.999}'),
       privrelease.set_rule('persons_open.pram', 'city', 'keep');
SELECT privrelease.erase('persons_src.visit', md5('WHALE'), 'somebody else');
SELECT privrelease.erase('persons_src.visit', upper(md5('whale')), 'asked');
SELECT privrelease.refresh('persons_open.' || t) FROM unnest('{mean,ranks,bins,pram}'::text[]) AS t;
SELECT max(income) < 1e6 AS without FROM persons_open.mean;
SELECT max(income) < 1e6 AS without FROM persons_open.ranks;
SELECT max(age) AS top FROM persons_open.bins;
SELECT max(city) AS city FROM persons_open.pram;
SELECT DISTINCT release, records, subjects FROM privrelease.versions WHERE release IN ('persons_open.mean', 'persons_open.ranks', 'persons_open.bins', 'persons_open.pram') ORDER BY 1;
SELECT * FROM privrelease.whereabouts('persons_src.visit', md5('whale'));

-- ---- erase: all of a source, also what comes
SELECT privrelease.erase('persons_src.person', '5', 'asked');
SELECT * FROM persons_src.states() WHERE release IN ('persons_open.snap', 'persons_open.live');
SELECT privrelease.refresh('persons_open.snap');
SELECT privrelease.create_release('persons_open.later', 'persons_src.person', 'id');
SELECT privrelease.set_rule('persons_open.later', 'id', 'round', '{"to": 1}');
SELECT privrelease.build('persons_open.later');
SELECT count(*), count(*) FILTER (WHERE id = 5) AS five FROM persons_open.later;
SELECT count(*) FROM persons_open.live;
SELECT privrelease.drop_release('persons_open.live');
SELECT privrelease.create_release('persons_open.live', 'persons_src.person', 'id');
SELECT privrelease.set_rule('persons_open.live', 'id', 'round', '{"to": 1}');
SELECT privrelease.build('persons_open.live');
SELECT count(*), count(*) FILTER (WHERE id IN (1, 5)) AS objectors FROM persons_open.live;
-- a release that cannot tell who he is
SELECT privrelease.create_release('persons_open.anybody', 'persons_src.person');
SELECT privrelease.set_rule('persons_open.anybody', 'city', 'keep');
SELECT privrelease.build('persons_open.anybody');
SELECT privrelease.object('persons_open.anybody', '5', 'asked');
SELECT privrelease.drop_release('persons_open.anybody');
SELECT privrelease.create_release('persons_open.anybody', 'persons_src.person', 'city');
SELECT privrelease.set_rule('persons_open.anybody', 'city', 'keep');
SELECT privrelease.build('persons_open.anybody');
SELECT privrelease.erase('persons_src.person', '6', 'asked');
SELECT privrelease.drop_release('persons_open.anybody');
SELECT privrelease.withdraw_erasure('persons_src.person', '5');
SELECT privrelease.create_release('persons_open.anybody', 'persons_src.person');
SELECT privrelease.set_rule('persons_open.anybody', 'city', 'keep');
SELECT privrelease.build('persons_open.anybody');
SELECT privrelease.erase('persons_src.person', '5', 'asked');
SELECT privrelease.withdraw('persons_open.anybody', 'no subject');
SELECT privrelease.erase('persons_src.person', '5', 'asked');
SELECT privrelease.publish('persons_open.anybody', 'persons_reader');
SELECT privrelease.drop_release('persons_open.anybody');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT privrelease.erase('persons_src.person', '6', 'asked');
ROLLBACK;

-- ---- where is he, where was he
SELECT * FROM privrelease.whereabouts('persons_src.person', '3');
SELECT * FROM privrelease.whereabouts('persons_src.person', '4.0');
SELECT * FROM privrelease.whereabouts('persons_src.person', '424242');
SELECT * FROM privrelease.whereabouts('persons_src.person', 'none');
BEGIN READ ONLY;
SELECT * FROM privrelease.whereabouts('persons_src.person', '3');
SELECT privrelease.object('persons_open.snap', '4', 'asked');
ROLLBACK;

-- ---- recall
SELECT privrelease.refresh('persons_open.snap');
SELECT privrelease.recall('persons_open.snap', 1, '');
SELECT privrelease.recall('persons_open.snap', 77, 'notice');
SELECT audience, since < until AS bounded FROM privrelease.recall('persons_open.snap', 1, 'It held persons who had objected.');
SELECT * FROM persons_src.states() WHERE release = 'persons_open.snap';
SELECT max(version) AS newest FROM privrelease.versions WHERE release = 'persons_open.snap' \gset
SELECT audience, since < until AS bounded FROM privrelease.recall('persons_open.snap', :newest, 'Delete all copies.');
SELECT * FROM persons_src.states() WHERE release = 'persons_open.snap';
SELECT version = :newest AS newest, recalled_at IS NOT NULL AS recalled, recalled_by, notice FROM privrelease.versions
 WHERE release = 'persons_open.snap' AND notice IS NOT NULL ORDER BY version;
SELECT privrelease.drop_release('persons_open.snap');
SELECT count(*) AS versions FROM privrelease.whereabouts('persons_src.person', '3') WHERE version IS NOT NULL;
SELECT count(*) FROM privrelease.recall('persons_open.snap', 2, 'Of a release that is gone.');
RESET ROLE;
SET ROLE persons_other;
SELECT * FROM privrelease.recall('persons_open.snap', 2, 'Not his.');
-- a table of the same name is not the same source to another owner, and is to the same one
RESET ROLE;
SELECT privrelease.drop_release('persons_open.live'), privrelease.drop_release('persons_open.later');
SET ROLE persons_steward;
ALTER TABLE persons_src.person RENAME TO person_old;
CREATE TABLE persons_src.person AS TABLE persons_src.person_old;
DROP TABLE persons_src.person_old;
SELECT privrelease.create_release('persons_open.live', 'persons_src.person', 'id');
SELECT privrelease.set_rule('persons_open.live', 'id', 'round', '{"to": 1}');
SELECT privrelease.build('persons_open.live');
SELECT count(*), count(*) FILTER (WHERE id IN (1, 5)) AS objectors FROM persons_open.live;
SELECT * FROM privrelease.whereabouts('persons_src.person', '5');
DROP TABLE persons_src.person CASCADE;
RESET ROLE;
SELECT privrelease.drop_release('persons_open.live');
SET ROLE persons_other;
CREATE TABLE persons_src.person (id numeric(10,2));
INSERT INTO persons_src.person SELECT generate_series(1, 10);
SELECT privrelease.create_release('persons_open.his', 'persons_src.person', 'id');
SELECT privrelease.set_rule('persons_open.his', 'id', 'keep');
SELECT privrelease.build('persons_open.his');
SELECT count(*) AS all_of_his FROM persons_open.his;
SELECT count(*) FROM privrelease.objections;
SELECT * FROM privrelease.whereabouts('persons_src.person', '3');
SELECT privrelease.drop_release('persons_open.his');
RESET ROLE;

-- ---- types of subjects
SET ROLE persons_steward;
CREATE DOMAIN persons_src.code AS char(8) CHECK (VALUE <> 'boom');
CREATE TABLE persons_src.by_char (id persons_src.code, n int);
INSERT INTO persons_src.by_char VALUES ('a', 1), ('b', 2);
CREATE TABLE persons_src.by_text (id text, n int);
INSERT INTO persons_src.by_text VALUES ('a''); DROP TABLE x; --', 1), ('b', 2), ('', 3);
CREATE TABLE persons_src.by_date (id date, n int);
INSERT INTO persons_src.by_date VALUES ('2000-01-31', 1), ('infinity', 2);
CREATE TABLE persons_src."Odd ""Name""" ("Sub ""ject""" int, n int) PARTITION BY RANGE (n);
CREATE TABLE persons_src.part PARTITION OF persons_src."Odd ""Name""" FOR VALUES FROM (0) TO (10);
INSERT INTO persons_src."Odd ""Name""" VALUES (1, 1), (2, 2);
SELECT privrelease.create_release('persons_open.' || t, ('persons_src.' || t)::regclass, 'id') FROM unnest('{by_char,by_text,by_date}'::text[]) AS t;
SELECT privrelease.create_release('persons_open."Odd ""Release"""', 'persons_src."Odd ""Name"""', 'Sub "ject"');
SELECT privrelease.create_release('persons_open.part', 'persons_src.part', 'Sub "ject"');
SELECT privrelease.set_rule(release, 'n', 'keep') FROM privrelease.releases WHERE source ~ '^persons_src.(by_|part|"Odd)' ORDER BY release;
SELECT privrelease.build(release) FROM privrelease.releases WHERE source ~ '^persons_src.(by_|part|"Odd)' ORDER BY release;
SELECT privrelease.object('persons_open.by_char', 'a', 'r'), privrelease.object('persons_open.by_char', 'boom', 'r'),
       privrelease.object('persons_open.by_char', 'longer than eight', 'r');
SELECT * FROM persons_open.by_char;
SELECT privrelease.object('persons_open.by_text', 'a''); DROP TABLE x; --', 'r');
SELECT * FROM persons_open.by_text;
SELECT privrelease.object('persons_open.by_text', '', 'r');
SELECT * FROM persons_open.by_text;
SELECT privrelease.object('persons_open.by_date', '31 Jan 2000', 'r'), privrelease.object('persons_open.by_date', 'infinity', 'r');
SELECT * FROM persons_open.by_date;
SELECT privrelease.erase('persons_src."Odd ""Name"""', '1', 'r');
SELECT * FROM persons_open."Odd ""Release""";
SELECT * FROM persons_open.part;
-- another number type is the same form; another form would not find them, so it is an error
SELECT privrelease.drop_release('persons_open."Odd ""Release"""');
ALTER TABLE persons_src."Odd ""Name""" ALTER COLUMN "Sub ""ject""" TYPE bigint;
SELECT privrelease.create_release('persons_open.other', 'persons_src."Odd ""Name"""', 'Sub "ject"');
SELECT privrelease.set_rule('persons_open.other', 'n', 'keep');
SELECT privrelease.build('persons_open.other');
SELECT * FROM persons_open.other;
SELECT privrelease.drop_release('persons_open.other'), privrelease.drop_release('persons_open.part');
ALTER TABLE persons_src."Odd ""Name""" ALTER COLUMN "Sub ""ject""" TYPE text;
SELECT privrelease.create_release('persons_open.other', 'persons_src."Odd ""Name"""', 'Sub "ject"');
SELECT privrelease.set_rule('persons_open.other', 'n', 'keep');
SELECT privrelease.build('persons_open.other');
SELECT privrelease.withdraw_erasure('persons_src."Odd ""Name"""', '1');
-- a collation by which two spellings are one person
CREATE COLLATION persons_src.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE persons_src.by_ci (id text COLLATE persons_src.ci, n int);
SELECT privrelease.create_release('persons_open.by_ci', 'persons_src.by_ci', 'id');
SELECT privrelease.object('persons_open.by_ci', 'Li', 'r');
-- renamed, the source and its column are the same
ALTER TABLE persons_src.by_date RENAME COLUMN id TO day;
ALTER TABLE persons_src.by_date RENAME TO by_day;
SELECT privrelease.build('persons_open.by_date');
SELECT * FROM persons_open.by_date;
SELECT count(*) FROM privrelease.objections WHERE source = 'persons_src.by_day';
-- a document of a release says nothing of persons
SELECT privrelease.export_policy('persons_open.by_text')::text ~ 'object|DROP' AS says;
RESET ROLE;
DROP FUNCTION pg_temp.leak;
SELECT event, count(*) FROM privrelease.log WHERE release LIKE 'persons\_%' AND event IN ('object', 'withdraw_objection', 'recall', 'suspend', 'resume') GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM privrelease.log WHERE body ~ '(\m99999\M|boom|whale|DROP|31 Jan)';
SET client_min_messages = warning;
SELECT privrelease.drop_release(release) FROM privrelease.releases WHERE release LIKE 'persons\_%' ORDER BY release;
DROP SCHEMA persons_src, persons_open CASCADE;
DELETE FROM privrelease.objection;
DELETE FROM privrelease.objection_domain;
DROP ROLE persons_steward, persons_other, persons_reader;
