-- assess() and record_risk() of views: every measure against numbers worked out by hand or asked otherwise, options, privileges, errors.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE assess_steward;
CREATE ROLE assess_other;
CREATE SCHEMA assess AUTHORIZATION assess_steward;
CREATE SCHEMA assess_open AUTHORIZATION assess_steward;
GRANT USAGE ON SCHEMA assess TO assess_other;
SET ROLE assess_steward;
SET search_path = pg_catalog;
\pset null '-'
-- one value of a document, rounded
CREATE FUNCTION assess.at(document jsonb, VARIADIC path text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE jsonb_typeof(document #> path) WHEN 'number' THEN trim_scale(round((document #>> path)::numeric, 9))::text ELSE document #>> path END $$;

-- ten persons; which of their values single them out (SUDA)
CREATE TABLE assess.person (id int PRIMARY KEY, residence text, gender text, education text, labour text, illness text, w numeric, hh text);
INSERT INTO assess.person VALUES
    (1, 'urban', 'f', 'secondary-', 'employed', 'a', 10, 'h1'), (2, 'urban', 'f', 'secondary-', 'employed', 'b', 10, 'h1'),
    (3, 'urban', 'f', 'primary-', 'none', 'a', 10, 'h2'), (4, 'urban', 'm', 'secondary', 'employed', 'a', 10, 'h3'),
    (5, 'rural', 'f', 'secondary', 'unemployed', 'c', 10, 'h3'), (6, 'urban', 'm', 'secondary', 'employed', NULL, 10, 'h3'),
    (7, 'urban', 'f', 'primary', 'none', 'b', 10, NULL), (8, 'urban', 'm', 'post', 'unemployed', 'a', 10, NULL),
    (9, 'urban', 'f', 'secondary-', 'none', 'a', 10, 'h4'), (10, 'urban', 'f', 'secondary-', 'none', 'a', 30, 'h4');
SELECT privrelease.classify('assess.person', c, 'quasi_identifier') FROM unnest('{residence,gender,education,labour}'::name[]) AS c;
SELECT privrelease.classify('assess.person', 'illness', 'sensitive'), privrelease.classify('assess.person', 'id', 'identifier');
SELECT privrelease.create_release('assess_open.person', 'assess.person', subject => 'id');
SELECT privrelease.set_rule('assess_open.person', c, 'keep') FROM unnest('{residence,gender,education,labour,illness}'::name[]) AS c;
SELECT privrelease.assess('assess_open.person', '{"weight": "w", "household": "hh", "thresholds": [0.5, 0.499, 0, 1]}') AS a \gset
SELECT assess.at(:'a', 'records') AS records, assess.at(:'a', 'subjects') AS subjects, assess.at(:'a', 'suppressed') AS suppressed,
       assess.at(:'a', 'classes') AS classes, assess.at(:'a', 'min_class') AS min_class, assess.at(:'a', 'verdict') AS verdict, :'a'::jsonb -> 'levels' AS levels;
SELECT assess.at(:'a', 'risk', 'suda', k) AS value, k FROM unnest('{msus,records,score_sum,score_max,dis_sum,dis_max}'::text[]) AS k;
SELECT jsonb_pretty(:'a'::jsonb -> 'risk' -> 'suda' -> 'contributions');
SELECT :'a'::jsonb -> 'risk' -> 'at_risk' AS at_risk, :'a'::jsonb -> 'risk' -> 'violating' AS violating, assess.at(:'a', 'risk', 'uniques') AS uniques,
       assess.at(:'a', 'risk', 'prosecutor', 'max') AS max, assess.at(:'a', 'risk', 'prosecutor', 'average') AS average,
       assess.at(:'a', 'risk', 'journalist', 'max') AS journalist, assess.at(:'a', 'risk', 'marketer') AS marketer;
-- f = 1: p/q ln 1/p; f = 2: p/q - (p/q)^2 ln 1/p; weights of persons 9 and 10: p = 2/40
SELECT assess.at(:'a', 'risk', 'individual', 'max') AS max, round(1/9.0 * ln(10.0), 9) AS wanted,
       assess.at(:'a', 'risk', 'global', 'expected') AS expected,
       round(4 * (1/9.0 * ln(10.0)) + 4 * (1/9.0 - 1/81.0 * ln(10.0)) + 2 * (1/19.0 - 1/361.0 * ln(20.0)), 9) AS wanted;
SELECT subject, fk, population_fk, round(risk::numeric, 9) AS risk, round(household_risk::numeric, 9) AS household, suda_score, round(suda_dis::numeric, 9) AS dis
    FROM privrelease.record_risk('assess_open.person', '{"weight": "w", "household": "hh"}') ORDER BY subject::int;
SELECT assess.at(:'a', 'risk', 'household', 'expected') AS expected, round(sum(household_risk)::numeric, 9) AS wanted, assess.at(:'a', 'risk', 'household', 'max') AS max,
       round(max(household_risk)::numeric, 9) AS wanted, assess.at(:'a', 'risk', 'household', 'rate') AS rate
    FROM privrelease.record_risk('assess_open.person', '{"weight": "w", "household": "hh"}');
-- the household of three: 1 - product of 1 - risk
SELECT round((1 - exp(sum(ln(1 - risk))))::numeric, 9) AS wanted FROM privrelease.record_risk('assess_open.person', '{"weight": "w"}') WHERE subject IN ('4', '5', '6');
SELECT :'a'::jsonb -> 'diversity' AS diversity, assess.at(:'a', 'closeness', 'illness', 'equal') AS equal, assess.at(:'a', 'closeness', 'illness', 'ordered') AS ordered;
SELECT assess.at(:'a', 'risk', 'columns', 'gender', 'separation') AS separation, round(1 - (7*6 + 3*2) / 90.0, 9) AS wanted,
       assess.at(:'a', 'risk', 'columns', 'gender', 'distinction') AS distinction, assess.at(:'a', 'risk', 'separation') AS all_separation;
SELECT assess.at(:'a', 'utility', 'loss') AS loss, assess.at(:'a', 'utility', 'entropy') AS entropy, :'a'::jsonb -> 'utility' -> 'columns' AS columns;
SELECT jsonb_pretty(:'a'::jsonb -> 'unavailable');

-- another sampling fraction; a population
SELECT round(max(suda_dis)::numeric, 6) AS dis FROM privrelease.record_risk('assess_open.person', '{"sampling_fraction": 0.1}');
SELECT k, assess.at(privrelease.assess('assess_open.person', '{"population": 100}'), 'risk', 'population', k) AS value FROM unnest('{pitman,zayatz,preferred,uniques}'::text[]) AS k;
SELECT privrelease.assess('assess_open.person', '{"population": 9}') -> 'unavailable' ->> 'risk.population.zayatz' AS why;

-- NULL is a value of classes, a wildcard of frequencies, and nothing to SUDA
UPDATE assess.person SET education = NULL WHERE id IN (3, 7);
SELECT assess.at(a, 'classes') AS classes, assess.at(a, 'risk', 'uniques') AS uniques, assess.at(a, 'risk', 'suda', 'records') AS suda
    FROM privrelease.assess('assess_open.person') AS a;
SELECT subject, fk, suda_score FROM privrelease.record_risk('assess_open.person') ORDER BY subject::int;

-- persons count, not rows: one with three rows, and rows of nobody
CREATE TABLE assess.visit (person text, ward text, illness text, hh int);
INSERT INTO assess.visit VALUES ('p', 'w1', 'a', 1), ('p', 'w1', 'a', 1), ('p', 'w1', 'b', 1), ('p', 'w2', 'a', 1), ('q', 'w2', 'a', 1), (NULL, 'w2', 'c', 1), (NULL, 'w3', 'c', NULL);
SELECT privrelease.classify('assess.visit', 'ward', 'quasi_identifier'), privrelease.classify('assess.visit', 'illness', 'sensitive');
SELECT privrelease.create_release('assess_open.visit', 'assess.visit', subject => 'person');
SELECT privrelease.set_rule('assess_open.visit', 'ward', 'keep'), privrelease.set_rule('assess_open.visit', 'illness', 'keep');
SELECT assess.at(a, 'records') AS records, assess.at(a, 'subjects') AS subjects, assess.at(a, 'classes') AS classes, assess.at(a, 'min_class') AS min_class, a -> 'diversity' AS diversity,
       assess.at(a, 'risk', 'prosecutor', 'average') AS average, a -> 'risk' -> 'violating' AS violating, assess.at(a, 'risk', 'household', 'expected') AS household, assess.at(a, 'risk', 'uniques') AS uniques
    FROM privrelease.assess('assess_open.visit', '{"household": "hh"}') AS a;
SELECT subject, fk, risk, household_risk FROM privrelease.record_risk('assess_open.visit', '{"household": "hh"}') ORDER BY 1, 2;

-- numbers that are released as numbers
CREATE TABLE assess.number (n int, m numeric, f float8);
INSERT INTO assess.number SELECT i, i / 4.0, i FROM generate_series(0, 99) AS i;
INSERT INTO assess.number VALUES (NULL, 'NaN', 'Infinity'), (NULL, '1e400', '-Infinity');
SELECT privrelease.create_release('assess_open.number', 'assess.number');
SELECT privrelease.set_rule('assess_open.number', 'n', 'bin', '{"width": 10}'), privrelease.set_rule('assess_open.number', 'm', 'round', '{"to": 1}'),
       privrelease.set_rule('assess_open.number', 'f', 'suppress');
SELECT privrelease.assess('assess_open.number') AS a \gset
SELECT assess.at(:'a', 'utility', 'numeric', 'n', 'il1s') AS il1s, round((sum(n % 10) / (sqrt(2) * stddev_samp(n)))::numeric, 9) AS wanted,
       assess.at(:'a', 'utility', 'numeric', 'n', 'il1') AS il1, round(100 * sum(n % 10 / n::numeric) FILTER (WHERE n > 0), 9) AS wanted,
       assess.at(:'a', 'utility', 'numeric', 'n', 'il1_zeros') AS zeros, assess.at(:'a', 'utility', 'numeric', 'n', 'sse_sst') AS sse_sst,
       round((100 * sum((n % 10) ^ 2) / var_samp(n) / 99)::numeric, 9) AS wanted FROM assess.number;
SELECT assess.at(:'a', 'utility', 'numeric', 'm', 'il1s') AS il1s, round((sum(abs(m - round(m))) / (sqrt(2) * stddev_samp(m)))::numeric, 9) AS wanted,
       :'a'::jsonb -> 'utility' -> 'numeric' ? 'f' AS f FROM assess.number WHERE m < 'Infinity' AND n IS NOT NULL;
SELECT assess.at(:'a', 'utility', 'columns', 'n') AS n, round(1 - 100 * (10 - 1) / (102 * 99.0), 9) AS wanted, assess.at(:'a', 'utility', 'columns', 'm') AS m;
-- numbers at the ends of their types
CREATE TABLE assess.extreme (f float8, m numeric, s int2, g float4);
INSERT INTO assess.extreme VALUES (5e-324, '1e-400', -32768, 1e-45), (1e-200, '1e-110', 32767, 3e38), (1e308, '1e400', 0, 'NaN'), (-1e308, '-1e130', NULL, '-Infinity'), ('Infinity', 'Infinity', 1, 1), (3, 3, 3, 3), (5, 5, 5, 5);
SELECT privrelease.create_release('assess_open.extreme', 'assess.extreme');
SELECT privrelease.set_rule('assess_open.extreme', 'f', 'round', '{"to": 2}'), privrelease.set_rule('assess_open.extreme', 'm', 'round', '{"to": 2}'),
       privrelease.set_rule('assess_open.extreme', 's', 'bin', '{"width": 2}'), privrelease.set_rule('assess_open.extreme', 'g', 'round', '{"to": 2}');
SELECT c, assess.at(a, 'utility', 'numeric', c, 'il1_zeros') AS zeros, assess.at(a, 'utility', 'numeric', c, 'il1') AS il1, assess.at(a, 'utility', 'numeric', c, 'il1s') IS NOT NULL AS il1s
    FROM privrelease.assess('assess_open.extreme') AS a, unnest('{f,m,s,g}'::text[]) AS c;

-- nothing, and nothing that tells persons apart
CREATE TABLE assess.empty (a int, b text);
SELECT privrelease.create_release('assess_open.empty', 'assess.empty');
SELECT privrelease.set_rule('assess_open.empty', 'a', 'bin', '{"width": 10}');
SELECT privrelease.assess('assess_open.empty', '{"household": "b", "weight": "a", "population": 5}') AS a \gset
SELECT assess.at(:'a', 'records') AS records, assess.at(:'a', 'classes') AS classes, assess.at(:'a', 'verdict') AS verdict, assess.at(:'a', 'risk', 'prosecutor', 'max') AS max, :'a'::jsonb -> 'unavailable' ->> 'risk.suda.msus' AS suda;
SELECT count(*) FROM privrelease.record_risk('assess_open.empty', '{"household": "b"}');
INSERT INTO assess.empty VALUES (1, 'x'), (2, 'y');
SELECT privrelease.set_rule('assess_open.empty', 'a', 'suppress');
SELECT assess.at(a, 'classes') AS classes, assess.at(a, 'min_class') AS min_class, assess.at(a, 'risk', 'global', 'expected') AS expected, a -> 'unavailable' ->> 'risk.suda.msus' AS suda
    FROM privrelease.assess('assess_open.empty') AS a;
SELECT fk, risk, suda_score FROM privrelease.record_risk('assess_open.empty');

-- a view passes unless it shows an identifier as it is
SELECT privrelease.set_rule('assess_open.empty', 'b', 'keep');
SELECT privrelease.classify('assess.empty', 'b', 'identifier');
SELECT a ->> 'verdict' AS verdict, a -> 'reasons' AS reasons FROM privrelease.assess('assess_open.empty') AS a;
SELECT privrelease.drop_rule('assess_open.empty', 'b');

-- names of any kind
CREATE TABLE assess."o'dd ""t""" ("k""1'" int, "w'""" int, "h 'h" text);
INSERT INTO assess."o'dd ""t""" VALUES (1, 5, 'x'), (1, 5, 'x'), (2, 5, 'y');
SELECT privrelease.create_release('assess_open."o''dd"', 'assess."o''dd ""t"""');
SELECT privrelease.set_rule('assess_open."o''dd"', 'k"1''', 'keep', output_name => E'out"\\''');
SELECT privrelease.assess('assess_open."o''dd"', jsonb_build_object('weight', 'w''"', 'household', 'h ''h')) #> '{risk,columns}' AS columns;

-- options
SELECT privrelease.assess('assess_open.person', '{"wait": "w"}');
SELECT privrelease.assess('assess_open.person', '[]');
SELECT privrelease.assess('assess_open.person', '3');
SELECT privrelease.assess('assess_open.person', '{"weight": 3}');
SELECT privrelease.assess('assess_open.person', '{"weight": "nothing"}');
SELECT privrelease.assess('assess_open.person', '{"weight": "ctid"}');
SELECT privrelease.assess('assess_open.person', '{"weight": "residence"}');
SELECT privrelease.assess('assess_open.person', '{"household": "w) FROM assess.person; --"}');
SELECT privrelease.assess('assess_open.person', '{"population": "many"}');
SELECT privrelease.assess('assess_open.person', '{"population": 0.5}');
SELECT privrelease.assess('assess_open.person', '{"population": 1e400}');
SELECT privrelease.assess('assess_open.person', '{"thresholds": 0.5}');
SELECT privrelease.assess('assess_open.person', '{"thresholds": ["0.5"]}');
SELECT privrelease.assess('assess_open.person', '{"thresholds": [[0.5]]}');
SELECT privrelease.assess('assess_open.person', '{"thresholds": [1.5]}');
SELECT privrelease.assess('assess_open.person', '{"sampling_fraction": 0}');
SELECT privrelease.assess('assess_open.person', '{"sampling_fraction": 1}');
SELECT privrelease.record_risk('assess_open.person', '{"wait": "w"}');
SELECT privrelease.assess('assess_open.person', NULL) IS NULL AS strict, privrelease.assess(NULL) IS NULL AS strict;
ALTER TABLE assess.person ADD at point, ADD x float8 DEFAULT 1;
SELECT privrelease.assess('assess_open.person', '{"household": "at"}');
UPDATE assess.person SET w = NULL WHERE id = 4;
SELECT privrelease.assess('assess_open.person', '{"weight": "w"}');
UPDATE assess.person SET w = 0 WHERE id = 4;
SELECT privrelease.assess('assess_open.person', '{"weight": "w"}');
SELECT privrelease.record_risk('assess_open.person', '{"weight": "w"}');
UPDATE assess.person SET w = 'NaN' WHERE id = 4;
SELECT privrelease.assess('assess_open.person', '{"weight": "w"}');
UPDATE assess.person SET x = 'Infinity' WHERE id = 4;
SELECT privrelease.assess('assess_open.person', '{"weight": "x"}');
-- weights below one are as if nobody else were meant: risk 1/f
UPDATE assess.person SET w = 0.25;
SELECT DISTINCT fk, population_fk, risk FROM privrelease.record_risk('assess_open.person', '{"weight": "w"}') ORDER BY 1;

-- who may ask; what is written, and when
SET ROLE assess_other;
SELECT privrelease.assess('assess_open.person');
SELECT privrelease.record_risk('assess_open.person');
SELECT count(*) FROM privrelease.assessments;
TABLE privrelease.assessment;
INSERT INTO privrelease.assessment (release) VALUES (1);
SET ROLE assess_steward;
TABLE privrelease.assessment;
INSERT INTO privrelease.assessment (release) VALUES (1);
DELETE FROM privrelease.assessment;
SELECT count(*) AS before FROM privrelease.assessments WHERE release = 'assess_open.empty' \gset
BEGIN READ ONLY;
SELECT count(*) FROM privrelease.record_risk('assess_open.empty');
SELECT privrelease.assess('assess_open.empty');
ROLLBACK;
BEGIN;
SELECT privrelease.assess('assess_open.empty') IS NOT NULL AS assessed;
ROLLBACK;
SELECT privrelease.assess('assess_open.nothing');
SELECT privrelease.assess('person');
SELECT privrelease.create_release('assess_open.bare', 'assess.empty');
SELECT privrelease.assess('assess_open.bare');
SELECT count(*) - :before AS written FROM privrelease.assessments WHERE release = 'assess_open.empty';
SELECT release, kind, assessed_by, verdict, options, result ->> 'records' AS records, model FROM privrelease.assessments WHERE release = 'assess_open.empty' ORDER BY assessed_at DESC LIMIT 1;
-- the history outlives its release
SELECT privrelease.drop_release('assess_open.empty');
SELECT count(*) = :before AS kept FROM privrelease.assessments WHERE release = 'assess_open.empty';

-- a superuser who asks lends nobody his rights
RESET ROLE;
CREATE FUNCTION assess.who() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT current_user::text';
SET ROLE assess_steward;
CREATE VIEW assess.trap AS SELECT id, assess.who() AS who FROM assess.person;
SELECT privrelease.create_release('assess_open.trap', 'assess.trap', subject => 'id');
SELECT privrelease.set_rule('assess_open.trap', 'who', 'keep');
RESET ROLE;
SELECT assess.at(a, 'classes') AS classes FROM privrelease.assess('assess_open.trap') AS a;
CREATE OR REPLACE FUNCTION assess.who() RETURNS text LANGUAGE plpgsql VOLATILE AS
    'BEGIN IF current_user <> ''assess_steward'' THEN RAISE ''runs as another''; END IF; RETURN ''x''; END';
SELECT a ->> 'verdict' AS verdict FROM privrelease.assess('assess_open.trap') AS a;
SELECT count(*) FROM privrelease.record_risk('assess_open.trap', '{"household": "who"}');

-- together
SET ROLE assess_steward;
SELECT privrelease.create_release('assess_open.second', 'assess.person', subject => 'id');
SELECT privrelease.set_rule('assess_open.second', 'w', 'keep'), privrelease.set_rule('assess_open.second', 'labour', 'keep'), privrelease.set_rule('assess_open.second', 'illness', 'keep');
UPDATE assess.person SET w = id % 2, education = coalesce(education, 'secondary-');
SELECT assess.at(a, 'records') AS records, assess.at(a, 'classes') AS classes, assess.at(a, 'min_class') AS min_class, assess.at(a, 'verdict') AS verdict, a -> 'levels' AS levels,
       a -> 'diversity' AS diversity, a -> 'utility' AS utility, a #> '{risk,suda,contributions}' AS contributions
    FROM privrelease.joint_risk('assess_open.person', 'assess_open.second') AS a;
SELECT count(*) AS classes, min(n) AS min_class FROM (SELECT count(*) AS n FROM assess.person GROUP BY residence, gender, education, labour, w) AS c;
SELECT privrelease.joint_risk('assess_open.person');
SELECT privrelease.joint_risk('assess_open.person', 'assess_open.person');
SELECT privrelease.joint_risk('assess_open.person', NULL);
SELECT privrelease.joint_risk('assess_open.person', 'assess_open.visit');
SELECT privrelease.joint_risk('assess_open.person', 'assess_open.nothing');
SELECT privrelease.create_release('assess_open.third', 'assess.person');
SELECT privrelease.set_rule('assess_open.third', 'w', 'keep');
SELECT privrelease.joint_risk('assess_open.person', 'assess_open.third');
SET ROLE assess_other;
SELECT privrelease.joint_risk('assess_open.person', 'assess_open.second');
RESET ROLE;

SET client_min_messages = error;
SELECT privrelease.uninstall();
DROP SCHEMA assess, assess_open CASCADE;
DROP ROLE assess_steward, assess_other;
DROP EXTENSION privrelease;
