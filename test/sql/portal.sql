-- To the portal: a release as a file and as documents, for whoever may read it.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE portal_steward;
CREATE ROLE portal_reader;
CREATE ROLE portal_other;
CREATE ROLE portal_approver;
CREATE SCHEMA portal_src AUTHORIZATION portal_steward;
CREATE SCHEMA portal_open AUTHORIZATION portal_steward;
SELECT privrelease.grant_duty('approver', 'portal_approver');
SET ROLE portal_steward;

-- each type, and what a spreadsheet would run, in values and in names
CREATE TYPE portal_src.mood AS ENUM ('=sad', 'glad');
CREATE DOMAIN portal_src.mark AS int;
CREATE TYPE portal_src.pair AS (a int, b text);
CREATE TABLE portal_src.kind (id int PRIMARY KEY, name text, code char(3), "=SUM(1)" text, "'=SUM(1)" text, "a ""b"", c" varchar(9), mark portal_src.mark,
    amount numeric, f8 float8, f4 real, born date, seen timestamp, met timestamptz, at time, zoned timetz, took interval,
    number uuid, bytes bytea, doc jsonb, raw json, list int[], words text[], span int4range, yes boolean, mood portal_src.mood, ip inet, pair portal_src.pair, moods portal_src.mood[], pairs portal_src.pair[]);
INSERT INTO portal_src.kind VALUES
    (1, '=cmd|x', 'a', '+1', 'a', '@b', 7, 1.0, 'NaN', 1e20, '0044-03-15 BC', 'infinity', '2020-01-01 12:00+08', '12:00', '12:00+08', '1 year 2 mons 3 days 04:05:06.5',
     '00000000-0000-0000-0000-000000000001', '\xfbff', '{"a": 1}', '-5', '{1,NULL}', '{"a,b","c\"d"}', '[1,5)', true, '=sad', '192.0.2.1', '(1,"=x")', '{{=sad,NULL}}', '{"(1,\"a b\")"}'),
    (2, '', '', E'\tx', '-', E'\r', -7, 1.00, '-Infinity', 0.1, '2020-02-03', '2020-02-03 04:05:06.789', 'infinity', '24:00', NULL, '-1 day',
     NULL, '', '[1]', '[]', '{}', '{}', 'empty', false, 'glad', '2001:db8::1', NULL, NULL, '{}'),
    (3, NULL, NULL, E'line\r\nbreak "x", y', 'a b', '\.', NULL, 'Infinity', 0.1, 0.1, NULL, NULL, NULL, NULL, NULL, '0',
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT privrelease.create_release('portal_open.kind', 'portal_src.kind');
SELECT privrelease.set_rule('portal_open.kind', attname, 'keep') FROM pg_attribute WHERE attrelid = 'portal_src.kind'::regclass AND attnum > 1 ORDER BY attnum;
SELECT privrelease.export_csv('portal_open.kind');
SELECT privrelease.build('portal_open.kind');
SELECT privrelease.publish('portal_open.kind', 'portal_reader');

-- the same whatever the session has set
SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex';
SELECT string_agg(line, E'\n') AS one FROM privrelease.export_csv('portal_open.kind') AS line \gset
SET datestyle = 'German'; SET intervalstyle = 'sql_standard'; SET timezone = 'Asia/Shanghai'; SET extra_float_digits = -5; SET bytea_output = 'escape';
SET quote_all_identifiers = on; SET search_path = portal_src;
SELECT string_agg(line, E'\n') = :'one' AS same FROM privrelease.export_csv('portal_open.kind') AS line;
SHOW datestyle;
RESET ALL;
SELECT replace(line, E'\r', '<CR>') FROM privrelease.export_csv('portal_open.kind') AS line;

-- guards
SELECT privrelease.export_csv('portal_open.kind', guard => 'reject');
SELECT privrelease.export_csv('portal_open.kind', guard => 'none');
SELECT replace(line, E'\r', '<CR>') FROM privrelease.export_csv('portal_open.kind', guard => 'off') AS line;
SELECT convert_to(left(privrelease.export_csv('portal_open.kind', bom => true), 1), 'UTF8') LIMIT 1;
SELECT privrelease.export_csv(NULL);
SELECT privrelease.export_csv('portal_src.kind');
SELECT privrelease.export_csv('kind');

-- one column: a NULL is no empty line; order by what is seen, never by where it lies
CREATE TABLE portal_src.one (v numeric);
INSERT INTO portal_src.one VALUES (2.0), (10), (NULL), (2.00), (2), (1);
SELECT privrelease.create_release('portal_open.one', 'portal_src.one');
SELECT privrelease.set_rule('portal_open.one', 'v', 'keep');
SELECT privrelease.build('portal_open.one');
SELECT string_agg(rtrim(line, E'\r'), '|') FROM privrelease.export_csv('portal_open.one') AS line;
DELETE FROM portal_src.one WHERE v = 2;
INSERT INTO portal_src.one VALUES (2), (2.00), (2.0);
SELECT string_agg(rtrim(line, E'\r'), '|') FROM privrelease.export_csv('portal_open.one') AS line;

-- no duration has two signs
CREATE TABLE portal_src.span (v interval);
INSERT INTO portal_src.span VALUES ('1 month -1 day');
SELECT privrelease.create_release('portal_open.span', 'portal_src.span');
SELECT privrelease.set_rule('portal_open.span', 'v', 'keep');
SELECT privrelease.build('portal_open.span');
SELECT privrelease.export_csv('portal_open.span');

-- what is planted in a source does not run as a superuser: casts of own types, functions below a view
CREATE FUNCTION portal_src.planted(portal_src.mood) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted, %', current_user; END $$;
CREATE FUNCTION portal_src.planted(portal_src.pair) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted, %', current_user; END $$;
CREATE CAST (portal_src.mood AS json) WITH FUNCTION portal_src.planted(portal_src.mood);
CREATE CAST (portal_src.pair AS text) WITH FUNCTION portal_src.planted(portal_src.pair);
CREATE FUNCTION portal_src.who() RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user::text';
CREATE VIEW portal_src.planted AS SELECT portal_src.who() AS reader, n FROM generate_series(1, 2) AS n;
SELECT privrelease.create_release('portal_open.planted', 'portal_src.planted');
SELECT privrelease.set_rule('portal_open.planted', 'reader', 'keep'), privrelease.set_rule('portal_open.planted', 'n', 'keep');
SELECT privrelease.build('portal_open.planted');
RESET ROLE;
SELECT count(*) FROM privrelease.export_csv('portal_open.kind');
SELECT rtrim(line, E'\r') FROM privrelease.export_csv('portal_open.planted') AS line;
SET ROLE portal_steward;

-- a name of 63 bytes, and one that is hardly one
CREATE TABLE portal_src.name ("x); DROP TABLE y; --" text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" int);
INSERT INTO portal_src.name VALUES ('=', 1);
SELECT privrelease.create_release('portal_open."Bad ""Name"" with, a lot of text in it, sixty-three bytes of them 9"', 'portal_src.name');
SELECT privrelease.set_rule('portal_open."Bad ""Name"" with, a lot of text in it, sixty-three bytes of them 9"', attname, 'keep')
FROM pg_attribute WHERE attrelid = 'portal_src.name'::regclass AND attnum > 0;
SELECT privrelease.build('portal_open."Bad ""Name"" with, a lot of text in it, sixty-three bytes of them 9"');
SELECT replace(line, E'\r', '<CR>') FROM privrelease.export_csv('portal_open."Bad ""Name"" with, a lot of text in it, sixty-three bytes of them 9"') AS line;

-- a table: by release_row, which comes first
CREATE TABLE portal_src.person (id int PRIMARY KEY, born date, city text, ill text, secret_number text);
INSERT INTO portal_src.person SELECT g, date '1960-01-01' + (g % 40) * 365, 'city ' || g % 2, 'ill ' || g % 4, 'secret ' || g FROM generate_series(1, 240) AS g;
SELECT privrelease.classify('portal_src.person', c, k) FROM (VALUES ('born'::name, 'quasi_identifier'), ('city', 'quasi_identifier'), ('ill', 'sensitive')) AS v(c, k);
SELECT privrelease.create_release('portal_open.person', 'portal_src.person', subject => 'id', kind => 'table',
    model => '{"k": 5, "l": {"column": "illness", "variant": "distinct", "l": 2}, "suppression_limit": 0.1}');
SELECT privrelease.set_rule('portal_open.person', 'born', 'date_trunc', '{"levels": ["year", "decade"]}');
SELECT privrelease.set_rule('portal_open.person', 'city', 'keep');
SELECT privrelease.set_rule('portal_open.person', 'ill', 'keep', output_name => 'illness');
SELECT privrelease.export_csv('portal_open.person');
SELECT privrelease.refresh('portal_open.person');
SELECT privrelease.publish('portal_open.person', 'portal_reader');
SELECT rtrim(line, E'\r') FROM privrelease.export_csv('portal_open.person') AS line LIMIT 1;
SELECT string_agg(left(line, 36), ',' ORDER BY n) = (SELECT 'release_row,born,city,illness' || E'\r' || ',' || string_agg(release_row::text, ',' ORDER BY release_row) FROM portal_open.person)
       AS in_its_order
FROM (SELECT row_number() OVER () AS n, line FROM privrelease.export_csv('portal_open.person') AS line) AS l;
RESET ROLE;

-- who: an audience, of its release and nothing else; not who may only look
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE command INTO result;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || ' ' || sqlerrm;
END $$;
SET ROLE portal_reader;
SELECT count(*) FROM privrelease.export_csv('portal_open.person');
SELECT count(*) FROM privrelease.export_csv('portal_open.kind');
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.one')$$);
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_src.person')$$);
SELECT pg_temp.try($$SELECT count(*) FROM portal_src.person$$);
SET ROLE portal_approver;
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.person')$$);
SET ROLE portal_other;
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.person')$$);
RESET ROLE;
-- a part of the columns is not enough
SET ROLE portal_steward;
GRANT USAGE ON SCHEMA portal_open TO portal_other;
RESET ROLE;
GRANT SELECT (release_row, born) ON portal_open.person TO portal_other;
SET ROLE portal_other;
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.person')$$);
RESET ROLE;
REVOKE SELECT (release_row, born) ON portal_open.person FROM portal_other;

-- documents: of what is published, complete, and without the source
SET ROLE portal_steward;
SELECT pg_temp.try($$SELECT privrelease.datapackage('portal_open.one')$$);
SELECT privrelease.dcat('portal_open.person');
SELECT privrelease.catalogue('portal_open.person');
SELECT privrelease.catalogue('portal_open.person', 'own');
SELECT privrelease.set_metadata('portal_open.person', '{"title": "People", "description": "Who is ill", "access_url": "https://example.org/p", "publisher": "Office", "frequency": "now and then"}');
SELECT key, jsonb_typeof(value) FROM jsonb_each(privrelease.datapackage('portal_open.person')) ORDER BY key COLLATE "C";
SELECT key, jsonb_typeof(value) FROM jsonb_each(privrelease.datapackage('portal_open.person') #> '{resources,0}') ORDER BY key COLLATE "C";
SELECT key, CASE WHEN key NOT IN ('declaration', 'generated_by') THEN value END FROM jsonb_each(privrelease.datapackage('portal_open.person') -> 'privrelease') ORDER BY key COLLATE "C";
SELECT privrelease.datapackage('portal_open.person') #> '{resources,0,schema}';
SELECT key, jsonb_typeof(value) FROM jsonb_each(privrelease.dcat('portal_open.person')) ORDER BY key COLLATE "C";
SELECT privrelease.dcat('portal_open.person') -> 'dct:accrualPeriodicity';
-- nothing that was not said is made up, and nothing says what the source is
SELECT d ? 'licenses' OR d ? 'id' OR d ? 'contributors' AND d #> '{contributors,1}' IS NOT NULL AS guessed,
       d::text || c::text ~ 'portal_src|secret|subject|steward' AS told
FROM privrelease.datapackage('portal_open.person') AS d, privrelease.dcat('portal_open.person') AS c;

-- an edit of what is published is not what was done to the file
SELECT privrelease.set_rule('portal_open.person', 'born', 'date_trunc', '{"levels": ["year", "century"]}');
SELECT privrelease.set_model('portal_open.person', '{"k": 2}');
SELECT privrelease.datapackage('portal_open.person') #> '{privrelease,columns,0,params}', privrelease.datapackage('portal_open.person') #> '{privrelease,model}';

-- names for portals
SET client_min_messages = error;
SELECT privrelease.publish('portal_open."Bad ""Name"" with, a lot of text in it, sixty-three bytes of them 9"', 'portal_reader');
RESET client_min_messages;
SELECT d ->> 'name', d #>> '{resources,0,path}', d #>> '{privrelease,release}' FROM privrelease.datapackage('portal_open."Bad ""Name"" with, a lot of text in it, sixty-three bytes of them 9"') AS d;

-- an own standard of catalogues
RESET ROLE;
BEGIN;
INSERT INTO privrelease.catalogue_element (standard, content, position, within, name, required) VALUES
    ('own', 'metadata.title', 1, NULL, 'Name', true), ('own', 'group.rest', 2, NULL, 'Rest', false), ('own', 'metadata.frequency', 1, 'group.rest', 'How often', false),
    ('own', 'items', 3, NULL, 'Columns', false), ('own', 'item.name', 1, NULL, 'Column', false), ('own', 'item.type', 2, NULL, 'Type', false), ('own', 'type.date', 1, NULL, 'DATE', false);
SET LOCAL ROLE portal_reader;
SELECT privrelease.catalogue('portal_open.person', 'own');
RESET ROLE;
DELETE FROM privrelease.catalogue_element WHERE standard = 'own' AND content = 'group.rest';
SELECT privrelease.catalogue('portal_open.person', 'own');
ROLLBACK;
INSERT INTO privrelease.catalogue_element (standard, content, position, within, name) VALUES ('own', 'source', 1, NULL, 'x');
INSERT INTO privrelease.catalogue_element (standard, content, position, within, name) VALUES ('own', 'format', 1, 'group.rest', 'x');

-- who may have a document: who reads, and who looks
SET ROLE portal_approver;
SELECT pg_temp.try($$SELECT privrelease.datapackage('portal_open.person')$$), pg_temp.try($$SELECT privrelease.dcat('portal_open.person')$$);
SELECT pg_temp.try($$SELECT privrelease.datapackage('portal_open.kind')$$);
SET ROLE portal_other;
SELECT pg_temp.try($$SELECT privrelease.datapackage('portal_open.person')$$);
SELECT pg_temp.try($$SELECT privrelease.dcat('portal_open.person')$$);
SELECT pg_temp.try($$SELECT privrelease.catalogue('portal_open.person')$$);
RESET ROLE;

-- what was withdrawn is not handed out, to anybody
SET ROLE portal_steward;
SELECT privrelease.withdraw('portal_open.person', 'a mistake');
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.person')$$);
SET ROLE portal_reader;
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.person')$$);
RESET ROLE;
SELECT pg_temp.try($$SELECT privrelease.export_csv('portal_open.person')$$);
SELECT pg_temp.try($$SELECT privrelease.datapackage('portal_open.person')$$);
SELECT pg_temp.try($$SELECT privrelease.dcat('portal_open.person')$$);
SELECT pg_temp.try($$SELECT privrelease.catalogue('portal_open.person')$$);

SET client_min_messages = warning;
SELECT count(privrelease.drop_release(release)) FROM privrelease.releases WHERE release LIKE 'portal\_open.%';
DROP SCHEMA portal_src, portal_open CASCADE;
DELETE FROM privrelease.classification WHERE source_schema = 'portal_src';
SELECT privrelease.revoke_duty('approver', 'portal_approver');
DROP ROLE portal_steward, portal_reader, portal_other, portal_approver;
