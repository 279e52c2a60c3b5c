-- Release tables as they are declared: kind, model, levels, and what only a table must refuse.
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
SET datestyle = 'ISO';
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE td_steward;
CREATE ROLE td_other;
CREATE SCHEMA td_src AUTHORIZATION td_steward;
CREATE SCHEMA td_open;
GRANT USAGE, CREATE ON SCHEMA td_open TO td_steward, td_other;
SELECT privrelease.create_key('td_key') > 0;
CREATE TYPE td_src.mood AS ENUM ('sad', 'glad');
RESET client_min_messages;

SET ROLE td_steward;
CREATE TABLE td_src.person (id int PRIMARY KEY, born date, seen timestamptz, postcode text, age int, height float8,
                            salary numeric(10,2), diagnosis text, mood td_src.mood, doc json, place point, tax text);
INSERT INTO td_src.person VALUES (1, '1980-05-17', '2020-01-01 12:00Z', '12345', 41, 1.7, 100, 'flu', 'sad', '{}', '(1,2)', '123456789');
SELECT privrelease.create_hierarchy('td_ills', ARRAY[['flu', 'lungs', 'any'], ['asthma', 'lungs', 'any'], ['gout', 'joints', 'any']]);

-- kind and model
SELECT privrelease.create_release('td_open.person', 'td_src.person', kind => 'view', model => '{"k": 5}');
SELECT privrelease.create_release('td_open.person', 'td_src.person', kind => 'table', model => '{"k": 1}');
SELECT privrelease.create_release('td_open.person', 'td_src.person', kind => 'table', model => '5');
SELECT privrelease.create_release('td_open.person', 'td_src.person', subject => 'id', kind => 'table');
SELECT privrelease.create_release('td_open.live', 'td_src.person', subject => 'id');
SELECT release, kind, model, version, state FROM privrelease.releases WHERE release LIKE 'td\_%' ORDER BY 1;
-- its key was made without anybody's doing, and is nobody's to make or to draw from
SELECT key, current FROM privrelease.keys WHERE key = 'privrelease';
SELECT privrelease.set_rule('td_open.person', 'id', 'pseudonymize', '{"key": "privrelease"}');
RESET ROLE;
SELECT privrelease.create_key('privrelease');
SET ROLE td_steward;
-- a table is not built, and without a model not refreshed
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"width": 10}');
SELECT privrelease.build('td_open.person');
SELECT privrelease.refresh('td_open.person');
SELECT privrelease.refresh('td_open.live');
SELECT privrelease.publish('td_open.person', 'td_other');
SELECT privrelease.withdraw('td_open.person', 'never was');
SELECT privrelease.create_index('td_open.person', 'age');
SELECT privrelease.create_index('td_open.live', 'age');
SELECT privrelease.map_audience('td_other', 'td_open.person');

-- set_model: who
SELECT privrelease.set_model('td_open.live', '{"k": 5}');
SELECT privrelease.set_model('td_open.nothing', '{"k": 5}');
SELECT privrelease.set_model('td_open.person', NULL);
SET ROLE td_other;
SELECT privrelease.set_model('td_open.person', '{"k": 5}');
SET ROLE td_steward;
BEGIN READ ONLY;
SELECT privrelease.set_model('td_open.person', '{"k": 5}');
ROLLBACK;

-- set_model: every key; messages only, since the hints are one example
\set VERBOSITY terse
SELECT privrelease.set_model('td_open.person', '[]');
SELECT privrelease.set_model('td_open.person', '"k"');
SELECT privrelease.set_model('td_open.person', '{}');
SELECT privrelease.set_model('td_open.person', '{"K": 5}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "supression_limit": 0.1}');
SELECT privrelease.set_model('td_open.person', '{"k": 0}');
SELECT privrelease.set_model('td_open.person', '{"k": 1}');
SELECT privrelease.set_model('td_open.person', '{"k": 2.5}');
SELECT privrelease.set_model('td_open.person', '{"k": 1000000001}');
SELECT privrelease.set_model('td_open.person', '{"k": 1e400}');
SELECT privrelease.set_model('td_open.person', '{"k": "5"}');
SELECT privrelease.set_model('td_open.person', '{"k": null}');
SELECT privrelease.set_model('td_open.person', '{"k": [5]}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "suppression_limit": -0.1}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "suppression_limit": 1.01}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "suppression_limit": 0.0000000001}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "suppression_limit": "5 %"}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "metric": "Loss"}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "metric": 5}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "search": "fast"}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "search": "local", "metric": "aecs"}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": 3}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": null}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": []}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": [3]}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"variant": "distinct", "l": 2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "", "variant": "distinct", "l": 2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "l": 2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "many", "l": 2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "distinct"}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "distinct", "l": 1}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "distinct", "l": 2.5}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "entropy", "l": 1}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "entropy", "l": 2, "c": 3}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "recursive", "l": 2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "recursive", "l": 2, "c": 0}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "l": {"column": "diagnosis", "variant": "recursive", "l": 2, "c": 2, "t": 1}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": 0.2}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "t": 0.2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "distance": "far", "t": 0.2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "distance": "equal"}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "distance": "equal", "t": 1}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "distance": "equal", "t": -1}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "distance": "equal", "t": 0.2, "hierarchy": "td_ills"}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": {"column": "diagnosis", "distance": "hierarchical", "t": 0.2}}');
SELECT privrelease.set_model('td_open.person', '{"k": 5, "t": [{"column": "diagnosis", "distance": "equal", "t": 0.2, "l": 2}]}');
\set VERBOSITY default
-- the whole of it, twice: the second changes nothing
SELECT privrelease.set_model('td_open.person', '{"k": 3, "l": [{"column": "diagnosis", "variant": "entropy", "l": 1.5},
    {"column": "diagnosis", "variant": "recursive", "l": 2, "c": 3}], "t": {"column": "diagnosis", "distance": "hierarchical",
    "hierarchy": "td_ills", "t": 2e-1}, "suppression_limit": 0.05, "metric": "entropy", "search": "optimal"}');
RESET ROLE;
SELECT xmin AS before FROM privrelease.release WHERE release_schema = 'td_open' AND release_name = 'person' \gset
SELECT privrelease.set_model('td_open.person', model) FROM privrelease.releases WHERE release = 'td_open.person';
SELECT xmin = :before FROM privrelease.release WHERE release_schema = 'td_open' AND release_name = 'person';
SET ROLE td_steward;
-- a model names columns that the release must have when it is used
SELECT privrelease.definition('td_open.person');
-- its hierarchy is held as those of rules are
SELECT privrelease.set_rule('td_open.person', 'diagnosis', 'keep');
RESET ROLE;
ALTER TABLE td_src.person OWNER TO td_other;
GRANT USAGE ON SCHEMA td_src TO td_other;
SET ROLE td_other;
SELECT privrelease.definition('td_open.person');
SET ROLE td_steward;
SELECT privrelease.create_hierarchy('td_ills', ARRAY[['flu', 'any'], ['asthma', 'any'], ['gout', 'any']]);
RESET ROLE;
ALTER TABLE td_src.person OWNER TO td_steward;
SET ROLE td_steward;

-- levels: views have none
\set VERBOSITY terse
SELECT privrelease.set_rule('td_open.live', 'age', 'bin', '{"levels": [5, 10]}');
SELECT privrelease.set_rule('td_open.live', 'born', 'date_trunc', '{"levels": ["year"]}');
SELECT privrelease.set_rule('td_open.live', 'postcode', 'prefix', '{"levels": [3]}');
SELECT privrelease.set_rule('td_open.live', 'diagnosis', 'hierarchy', '{"hierarchy": "td_ills", "level": "auto"}');
SELECT privrelease.set_rule('td_open.live', 'salary', 'shuffle', '{"key": "td_key"}');
-- levels: either one value or levels, and levels nest
SELECT privrelease.set_rule('td_open.person', 'age', 'bin');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"width": 5, "levels": [5, 10]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": 5}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": []}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": {"5": 10}}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [5, "10"]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [5, null]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [5, [10]]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [5, 12]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [10, 5]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [5, 5]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [0, 5]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [2.5, 5]}');
SELECT privrelease.set_rule('td_open.person', 'height', 'bin', '{"levels": [0.1, 0.25]}');
SELECT privrelease.set_rule('td_open.person', 'age', 'round', '{"to": 5, "levels": [5]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"unit": "year", "levels": ["year"]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["month", "year", "quarter"]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["week", "month"]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["decade", "century"]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["year", "year"]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["year", "eon"]}');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": [1]}');
SELECT privrelease.set_rule('td_open.person', 'postcode', 'prefix');
SELECT privrelease.set_rule('td_open.person', 'postcode', 'prefix', '{"length": 3, "levels": [3]}');
SELECT privrelease.set_rule('td_open.person', 'postcode', 'prefix', '{"levels": [3, 4]}');
SELECT privrelease.set_rule('td_open.person', 'postcode', 'prefix', '{"levels": [3, 0]}');
SELECT privrelease.set_rule('td_open.person', 'postcode', 'prefix', '{"levels": [3.5]}');
SELECT privrelease.set_rule('td_open.person', 'diagnosis', 'hierarchy', '{"hierarchy": "td_ills", "level": "all"}');
SELECT privrelease.set_rule('td_open.person', 'diagnosis', 'hierarchy', '{"hierarchy": "td_ills", "level": 3}');
SELECT privrelease.set_rule('td_open.person', 'diagnosis', 'hierarchy', '{"hierarchy": "td_ills", "levels": [0, 1]}');
-- the finest level counts for an identifier
SELECT privrelease.classify('td_src.person', 'tax', 'identifier');
SELECT privrelease.set_rule('td_open.person', 'tax', 'keep');
SELECT privrelease.classify('td_src.person', 'born', 'identifier');
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["day", "year"]}');
SELECT privrelease.classify('td_src.person', 'born', 'quasi_identifier');

-- what a table cannot hold
SELECT privrelease.set_rule('td_open.person', 'doc', 'keep');
SELECT privrelease.set_rule('td_open.person', 'doc', 'suppress');
SELECT privrelease.set_rule('td_open.person', 'place', 'keep');
SELECT privrelease.set_rule('td_open.person', 'age', 'keep', '{}', 'release_row');
SELECT privrelease.set_rule('td_open.live', 'age', 'keep', '{}', 'release_row');
SELECT privrelease.drop_rule('td_open.live', 'release_row');
\set VERBOSITY default

-- what is drawn is no quasi-identifier: nobody could count who shares it
SELECT privrelease.set_rule('td_open.person', 'salary', 'noise', '{"scale": 10, "key": "td_key"}');
SELECT privrelease.set_rule('td_open.person', 'seen', 'date_shift', '{"max_days": 10, "key": "td_key"}');
SELECT privrelease.set_rule('td_open.person', 'salary', 'shuffle', '{"key": "td_key"}');
SELECT privrelease.classify('td_src.person', 'salary', 'sensitive', 'finance');
SELECT privrelease.set_rule('td_open.person', 'salary', 'noise', '{"scale": 10, "key": "td_key"}');
-- what it was classified as may change afterwards
SELECT privrelease.classify('td_src.person', 'salary', 'quasi_identifier');
SELECT privrelease.definition('td_open.person');
SELECT privrelease.set_model('td_open.person', '{"k": 3}');
-- as a column that a condition looks at it is sensitive, whatever it was classified as
SELECT privrelease.set_model('td_open.person', '{"k": 3, "t": {"column": "salary", "distance": "ordered", "t": 0.5}}');
SELECT privrelease.drop_rule('td_open.person', 'salary');
SELECT privrelease.set_model('td_open.person', '{"k": 3}');

-- rules with levels, and what each column is to the model
SELECT privrelease.set_rule('td_open.person', 'born', 'date_trunc', '{"levels": ["month", "year", "decade"]}');
SELECT privrelease.set_rule('td_open.person', 'seen', 'date_trunc', '{"levels": ["day", "quarter", "century"], "timezone": "Asia/Shanghai"}');
SELECT privrelease.set_rule('td_open.person', 'postcode', 'prefix', '{"levels": [4, 3, 1], "fill": "#"}');
SELECT privrelease.set_rule('td_open.person', 'age', 'bin', '{"levels": [5, 10, 20], "bottom": 15, "top": 90}');
SELECT privrelease.set_rule('td_open.person', 'height', 'bin', '{"levels": [0.1, 0.5]}');
SELECT privrelease.set_rule('td_open.person', 'diagnosis', 'hierarchy', '{"hierarchy": "td_ills", "level": "auto"}');
SELECT privrelease.set_rule('td_open.person', 'diagnosis', 'hierarchy', '{"hierarchy": "td_ills", "level": 2}', 'organ');
SELECT privrelease.set_rule('td_open.person', 'place', 'grid', '{"size": 1}');
SELECT privrelease.set_rule('td_open.person', 'mood', 'suppress');
SELECT privrelease.classify('td_src.person', 'id', 'identifier');
SELECT privrelease.set_rule('td_open.person', 'id', 'pseudonymize', '{"key": "td_key"}');
SELECT privrelease.set_rule('td_open.person', 'tax', 'encrypt_fpe', '{"key": "td_key"}');
SELECT privrelease.set_rule('td_open.person', 'tax', 'encrypt_fpe', '{"key": "td_key", "keep_left": 2}', 'office');
SELECT privrelease.classify('td_src.person', 'salary', 'insensitive');
SELECT privrelease.set_rule('td_open.person', 'salary', 'keep');
SELECT privrelease.classify('td_src.person', 'diagnosis', 'sensitive', 'health');
RESET ROLE;
SELECT privrelease.set_rule('td_open.person', 'salary', 'expression', '{"sql": "salary * 2"}', 'twice');
SELECT privrelease.set_rule('td_open.person', 'salary', 'expression', '{"sql": "salary || diagnosis"}', 'both');
SELECT privrelease.set_rule('td_open.person', 'salary', 'expression', '{"sql": "diagnosis || born"}', 'more');
SELECT privrelease.set_rule('td_open.person', 'salary', 'expression', '{"sql": "doc"}', 'doc');
SET ROLE td_steward;
SELECT split_part(l, ':', 1) FROM regexp_split_to_table(privrelease.definition('td_open.person'), E'\n') AS l WHERE l LIKE '-- %';
SELECT regexp_replace(split_part(privrelease.definition('td_open.person'), 'SELECT', 3), '''\d+\.1''(?=::privrelease)', '''KEY''', 'g');
SELECT privrelease.drop_rule('td_open.person', x::name) FROM unnest('{twice,both,more}'::text[]) AS x;
SELECT column_name, released_value FROM privrelease.preview('td_open.person') WHERE column_name NOT IN ('id', 'tax', 'office');

-- a hierarchy that "auto" uses may be loaded anew with fewer levels, one whose level 2 is used not without it
SELECT privrelease.create_hierarchy('td_ills', ARRAY[['flu', 'any'], ['asthma', 'any'], ['gout', 'any']]);
SELECT privrelease.drop_rule('td_open.person', 'organ');
SELECT privrelease.create_hierarchy('td_ills', ARRAY[['flu', 'any'], ['asthma', 'any'], ['gout', 'any']]);
SELECT privrelease.create_hierarchy('td_ills', ARRAY[['flu', 'lungs', 'any'], ['asthma', 'lungs', 'any'], ['gout', 'joints', 'any']]);

-- a coarser value is what the transform itself would make of the source, computed from the finest one
SELECT privrelease.create_hierarchy('td_numbers', (SELECT array_agg(ARRAY[g::text, (g / 5)::text || '*', '*'] ORDER BY g) FROM generate_series(0, 20) AS g));
SELECT bool_and(privrelease.bin(privrelease.bin(v, 5, 0, 15, 90), 20, 0, 15, 90) = privrelease.bin(v, 20, 0, 15, 90)) FROM generate_series(-100, 200) AS v;
SELECT bool_and(privrelease.bin(privrelease.bin(v, 3, -1), 9, -1) = privrelease.bin(v, 9, -1))
    FROM (SELECT -2147483648 + g FROM generate_series(0, 50) AS g UNION ALL SELECT 2147483647 - g FROM generate_series(0, 50) AS g) AS s(v);
SELECT bool_and(privrelease.bin(privrelease.bin(v, 0.3::float8, 0::float8), 1.5, 0) = privrelease.bin(v, 1.5::float8, 0))
    FROM (SELECT (g * 0.1)::float8 + e * 1e-15 FROM generate_series(-500, 500) AS g, generate_series(-1, 1) AS e) AS s(v);
SELECT bool_and(privrelease.bin(privrelease.bin(v, 0.1, 0.05), 0.7, 0.05) = privrelease.bin(v, 0.7, 0.05)) FROM (SELECT g * 0.013 FROM generate_series(-500, 500) AS g) AS s(v);
SELECT a, b, bool_and(privrelease.date_trunc(privrelease.date_trunc(v, a), b) = privrelease.date_trunc(v, b))
    FROM (VALUES ('day', 'week'), ('day', 'month'), ('month', 'quarter'), ('quarter', 'year'), ('year', 'decade'), ('year', 'century')) AS u(a, b),
         (SELECT date '1899-11-29' + g * 17 FROM generate_series(0, 5000) AS g) AS s(v) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT bool_and(privrelease.date_trunc(privrelease.date_trunc(v, 'day', 'Europe/Berlin'), 'month', 'Europe/Berlin') = privrelease.date_trunc(v, 'month', 'Europe/Berlin'))
    FROM (SELECT timestamptz '2024-03-30 00:00Z' + g * interval '37 minutes' FROM generate_series(0, 2000) AS g) AS s(v);
SELECT bool_and(privrelease.hierarchy(privrelease.hierarchy(v, 'td_numbers', 0), 'td_numbers', l) IS NOT DISTINCT FROM privrelease.hierarchy(v, 'td_numbers', l))
    FROM (SELECT g FROM generate_series(-1, 21) AS g UNION ALL SELECT NULL) AS s(v), generate_series(0, 2) AS l;
-- of a prefix it is so for values that are longer than the first length; shorter ones show no more than at that length
SELECT v, privrelease.prefix(v, 4, '*'), pg_catalog.textcat(pg_catalog."left"(privrelease.prefix(v, 4, '*'), 2), '*') AS coarser, privrelease.prefix(v, 2, '*')
    FROM unnest('{123456,12345,1234,123,12,1,""}'::text[]) AS v;

-- the declaration as a document
SELECT privrelease.set_model('td_open.person', '{"k": 3, "t": {"column": "salary", "distance": "hierarchical", "hierarchy": "td_ills", "t": 0.2}}');
CREATE TEMP TABLE policy AS SELECT privrelease.export_policy('td_open.person') AS p;
SELECT p -> 'kind', p -> 'model', p -> 'hierarchies' FROM policy;
SELECT privrelease.import_policy(p) FROM policy;
SELECT privrelease.export_policy('td_open.person') = p FROM policy;
SELECT privrelease.set_model('td_open.person', '{"k": 9}');
SELECT privrelease.import_policy(p) FROM policy;
SELECT privrelease.export_policy('td_open.person') = p FROM policy;
SELECT privrelease.import_policy(p - 'kind') FROM policy;
SELECT privrelease.import_policy(p - 'model') FROM policy;
SELECT privrelease.import_policy(p || '{"model": 5}') FROM policy;
SELECT privrelease.import_policy(p || '{"model": {"k": 1}}') FROM policy;
SELECT privrelease.import_policy(privrelease.export_policy('td_open.live') || '{"model": {"k": 3}}');
SELECT privrelease.import_policy(p || '{"release": "td_open.again"}') FROM policy;
SELECT release, kind, model, state FROM privrelease.releases WHERE release LIKE 'td\_%' ORDER BY 1;

-- the history of versions is for the source's owner
SELECT count(*) FROM privrelease.versions WHERE release LIKE 'td\_%';
SELECT * FROM privrelease.version;
SELECT privrelease.drop_release('td_open.person');
SELECT privrelease.drop_release('td_open.live');
SELECT privrelease.drop_release('td_open.again');
RESET ROLE;
SELECT count(*) FROM pg_roles WHERE rolname ~ '^privrelease_(person|live|again)_';
DROP TABLE policy;
SET client_min_messages = warning;
DROP SCHEMA td_src, td_open CASCADE;
DROP ROLE td_steward, td_other;
