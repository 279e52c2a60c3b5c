-- What a version promises, attacked: one person under two spellings, values that look the same, settings of sessions.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SET datestyle = 'ISO';
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE pm_owner;
CREATE SCHEMA pm_src AUTHORIZATION pm_owner;
CREATE SCHEMA pm_open AUTHORIZATION pm_owner;
SELECT privrelease.create_key('pm_key') \g /dev/null
CREATE COLLATION pm_src.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SET ROLE pm_owner;

-- ---------- a unique index under another collation lets in one person twice ----------
CREATE TABLE pm_src.spelled (id text COLLATE pm_src.any_case NOT NULL, area int);
CREATE UNIQUE INDEX ON pm_src.spelled (id COLLATE "C");
INSERT INTO pm_src.spelled VALUES ('ann', 1), ('Ann', 1), ('ANN', 1), ('bob', 2), ('bert', 2), ('carl', 2);
SELECT privrelease.classify('pm_src.spelled', 'id', 'identifier'), privrelease.classify('pm_src.spelled', 'area', 'quasi_identifier') \g /dev/null
SELECT privrelease.create_release('pm_open.spelled', 'pm_src.spelled', subject => 'id', kind => 'table', model => '{"k": 3}') \g /dev/null
SELECT privrelease.set_rule('pm_open.spelled', 'area', 'keep') \g /dev/null
SELECT privrelease.refresh('pm_open.spelled');
SELECT privrelease.set_model('pm_open.spelled', '{"k": 3, "suppression_limit": 0.5}') \g /dev/null
SELECT privrelease.refresh('pm_open.spelled');
SELECT area, count(*) FROM pm_open.spelled GROUP BY area;
SELECT records, subjects, suppressed, min_class FROM privrelease.versions WHERE release = 'pm_open.spelled';

-- ---------- rows keep their keys whatever the settings of the session ----------
CREATE TABLE pm_src.span (id int PRIMARY KEY, during tstzrange, share float8);
INSERT INTO pm_src.span SELECT i, tstzrange('2020-01-01', '2020-01-02'), CASE WHEN i % 2 = 0 THEN 'NaN' ELSE 'Infinity'::float8 - 'Infinity'::float8 END
    FROM generate_series(1, 6) AS i;
SELECT privrelease.classify('pm_src.span', c, 'quasi_identifier') FROM unnest('{during,share}'::name[]) AS c \g /dev/null
SELECT privrelease.create_release('pm_open.span', 'pm_src.span', subject => 'id', kind => 'table', model => '{"k": 3}') \g /dev/null
SELECT privrelease.set_rule('pm_open.span', c, 'keep') FROM unnest('{during,share}'::name[]) AS c \g /dev/null
SELECT privrelease.refresh('pm_open.span');
CREATE TEMP TABLE before AS SELECT release_row FROM pm_open.span;
DELETE FROM pm_src.span WHERE id = 2;
SET datestyle = 'German';
SET timezone = 'Asia/Tokyo';
SELECT privrelease.refresh('pm_open.span');
SELECT current_setting('datestyle'), current_setting('timezone');
-- a NaN is a NaN, whichever comes first
BEGIN;
CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM pm_src.span;
DELETE FROM pm_src.span;
INSERT INTO pm_src.span SELECT * FROM kept ORDER BY id DESC;
COMMIT;
SELECT privrelease.refresh('pm_open.span');
SELECT version, deleted, inserted FROM privrelease.versions WHERE release = 'pm_open.span' ORDER BY version;
SELECT count(*) FROM pm_open.span JOIN before USING (release_row);
RESET datestyle;
RESET timezone;

-- ---------- clean-up ----------
DROP TABLE before;
SELECT privrelease.drop_release('pm_open.' || r) FROM unnest('{spelled,span}'::text[]) AS r \g /dev/null
RESET ROLE;
DROP SCHEMA pm_src, pm_open CASCADE;
DELETE FROM privrelease.classification WHERE source_schema = 'pm_src';
DROP OWNED BY pm_owner;
DROP ROLE pm_owner;
