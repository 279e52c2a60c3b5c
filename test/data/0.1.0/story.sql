-- What a user of 0.1.0 had: run once with the library of each state; the dump, with its roles, is kept beside this file.
-- psql -v guard=false|true -v tables=false|true
\set ON_ERROR_STOP 1
SET client_min_messages = error;
CREATE ROLE keeper LOGIN;
CREATE ROLE reader LOGIN;
CREATE ROLE mapped LOGIN;
CREATE EXTENSION privrelease;
CREATE SCHEMA src AUTHORIZATION keeper;
CREATE SCHEMA open AUTHORIZATION keeper;
SELECT privrelease.create_key('k');
CREATE TABLE public.word (word text PRIMARY KEY);
INSERT INTO public.word SELECT 'word' || g FROM generate_series(1, 20) AS g;
GRANT SELECT ON public.word TO PUBLIC;
-- what a reader saw
CREATE TABLE public.seen (release text PRIMARY KEY, rows int8, digest text);
GRANT SELECT, INSERT ON public.seen TO reader, mapped;

SET ROLE keeper;
CREATE TABLE src.person (id int PRIMARY KEY, name text, born date, city text, income int, ill text);
INSERT INTO src.person SELECT g, 'MARKER' || g, date '1960-01-01' + (g % 20) * 365, (ARRAY['east', 'west', 'north'])[g % 3 + 1], 1000 * g, 'ill ' || g % 3
    FROM generate_series(1, 60) AS g;
CREATE TABLE src.other (id int PRIMARY KEY, name text, income int);
INSERT INTO src.other SELECT g, 'MARKER' || g, 1000 * g FROM generate_series(1, 40) AS g;
SELECT privrelease.classify('src.person', 'name', 'identifier', 'basic');
SELECT privrelease.classify('src.person', 'id', 'identifier', 'identity_document');
SELECT privrelease.classify('src.person', 'born', 'quasi_identifier');
SELECT privrelease.classify('src.person', 'city', 'quasi_identifier');
SELECT privrelease.classify('src.person', 'ill', 'sensitive', 'health');
SELECT privrelease.create_hierarchy('place', ARRAY[['east', 'land', '*'], ['west', 'land', '*'], ['north', 'sea', '*']]);

-- declared, and no more
SELECT privrelease.create_release('open.draft', 'src.person', subject => 'id');
SELECT privrelease.set_rule('open.draft', 'city', 'keep');
-- built
SELECT privrelease.create_release('open.built', 'src.person', subject => 'id');
SELECT privrelease.set_rule('open.built', 'name', 'fake', '{"key": "k", "dictionary": "public.word"}');
SELECT privrelease.set_rule('open.built', 'income', 'noise', '{"key": "k", "distribution": "laplace", "scale": 500, "grid": 100, "bottom": 0, "top": 60000}');
SELECT privrelease.build('open.built');
-- published
SELECT privrelease.create_release('open.shown', 'src.person', subject => 'id', purpose => 'a story');
SELECT privrelease.set_rule('open.shown', 'id', 'pseudonymize', '{"key": "k"}');
SELECT privrelease.set_rule('open.shown', 'name', 'partial', '{"left": 1}');
SELECT privrelease.set_rule('open.shown', 'born', 'date_trunc', '{"unit": "year"}');
SELECT privrelease.set_rule('open.shown', 'city', 'hierarchy', '{"hierarchy": "place", "level": 1}');
SELECT privrelease.set_rule('open.shown', 'income', 'bin', '{"width": 10000}');
SELECT privrelease.build('open.shown');
SELECT privrelease.publish('open.shown', 'reader');
-- published, and declared otherwise since
SELECT privrelease.create_release('open.changed', 'src.person', subject => 'id');
SELECT privrelease.set_rule('open.changed', 'city', 'keep');
SELECT privrelease.set_rule('open.changed', 'income', 'bin', '{"width": 20000}');
SELECT privrelease.build('open.changed');
SELECT privrelease.publish('open.changed', 'reader');
SELECT privrelease.set_rule('open.changed', 'income', 'bin', '{"width": 1000}');
-- withdrawn
SELECT privrelease.create_release('open.gone', 'src.person');
SELECT privrelease.set_rule('open.gone', 'city', 'keep');
SELECT privrelease.build('open.gone');
SELECT privrelease.publish('open.gone', 'reader');
SELECT privrelease.withdraw('open.gone', 'was a mistake');
-- of another source
SELECT privrelease.create_release('open.mapped', 'src.other');
SELECT privrelease.set_rule('open.mapped', 'name', 'partial', '{"left": 2}');
SELECT privrelease.set_rule('open.mapped', 'income', 'round', '{"to": 5000}');
SELECT privrelease.build('open.mapped');
SELECT privrelease.publish('open.mapped', 'mapped');
\if :guard
SELECT privrelease.map_audience('mapped', 'open.mapped');
\endif
\if :tables
SELECT privrelease.create_release('open.tab', 'src.person', subject => 'id', kind => 'table', model => '{"k": 5, "l": {"column": "ill", "variant": "distinct", "l": 2}}');
SELECT privrelease.set_rule('open.tab', 'born', 'date_trunc', '{"levels": ["year", "decade"]}');
SELECT privrelease.set_rule('open.tab', 'city', 'hierarchy', '{"hierarchy": "place", "level": "auto"}');
SELECT privrelease.set_rule('open.tab', 'ill', 'keep');
SELECT privrelease.refresh('open.tab');
SELECT privrelease.assess('open.tab');
SELECT privrelease.create_index('open.tab', 'born');
SELECT privrelease.publish('open.tab', 'reader');
INSERT INTO src.person SELECT g, 'MARKER' || g, date '1960-01-01' + (g % 20) * 365, (ARRAY['east', 'west', 'north'])[g % 3 + 1], 1000 * g, 'ill ' || g % 3
    FROM generate_series(61, 66) AS g;
SELECT privrelease.refresh('open.tab');
SELECT privrelease.create_release('open.tab_changed', 'src.other', subject => 'id', kind => 'table', model => '{"k": 4}');
SELECT privrelease.set_rule('open.tab_changed', 'income', 'bin', '{"levels": [10000, 20000], "top": 30000}');
SELECT privrelease.refresh('open.tab_changed');
SELECT privrelease.publish('open.tab_changed', 'reader');
SELECT privrelease.set_model('open.tab_changed', '{"k": 2}');
SELECT privrelease.create_release('open.tab_gone', 'src.other', subject => 'id', kind => 'table', model => '{"k": 4}');
SELECT privrelease.set_rule('open.tab_gone', 'income', 'bin', '{"levels": [10000, 20000], "top": 30000}');
SELECT privrelease.refresh('open.tab_gone');
SELECT privrelease.publish('open.tab_gone', 'reader');
SELECT privrelease.withdraw('open.tab_gone', 'was another mistake');
\endif
RESET ROLE;

-- what an administrator has made of it
GRANT EXECUTE ON FUNCTION privrelease.create_key(text) TO keeper WITH GRANT OPTION;
REVOKE SELECT ON privrelease.hierarchies FROM PUBLIC;
GRANT SELECT ON privrelease.hierarchies TO keeper;
REVOKE EXECUTE ON FUNCTION privrelease.partial(text, int, int, text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privrelease.partial(text, int, int, text, int) TO PUBLIC;
CREATE VIEW public.dashboard AS SELECT l.release, l.state FROM privrelease.releases AS l;
GRANT SELECT ON public.dashboard TO reader;

-- and what readers saw
\c - reader
INSERT INTO public.seen SELECT 'open.shown', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C")) FROM open.shown AS t;
INSERT INTO public.seen SELECT 'open.changed', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C")) FROM open.changed AS t;
\if :tables
INSERT INTO public.seen SELECT 'open.tab', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C"))
    FROM (SELECT release_row, born, city, ill FROM open.tab) AS t;
INSERT INTO public.seen SELECT 'open.tab_changed', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C"))
    FROM (SELECT release_row, income FROM open.tab_changed) AS t;
\endif
\c - mapped
INSERT INTO public.seen SELECT 'open.mapped', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C")) FROM open.mapped AS t;
