-- assess(), record_risk() and joint_risk() of release tables: what a refresh would write, and what the published ones tell together.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE assess_steward;
CREATE ROLE assess_reader;
CREATE SCHEMA assess AUTHORIZATION assess_steward;
CREATE SCHEMA assess_open AUTHORIZATION assess_steward;
SET ROLE assess_steward;

-- 200 persons, two to each year of age; illnesses by decade
CREATE TABLE assess.person (id int PRIMARY KEY, age int, illness text, hh int);
INSERT INTO assess.person SELECT i, i / 2, chr(97 + i / 20 % 3) || chr(97 + i % 2), i / 4 FROM generate_series(0, 199) AS i;
SELECT privrelease.classify('assess.person', 'id', 'identifier'), privrelease.classify('assess.person', 'age', 'quasi_identifier'), privrelease.classify('assess.person', 'illness', 'sensitive');
SELECT privrelease.create_release('assess_open.fives', 'assess.person', subject => 'id', kind => 'table');
SELECT privrelease.assess('assess_open.fives');
SELECT privrelease.set_rule('assess_open.fives', 'age', 'bin', '{"levels": [1, 7, 28]}'), privrelease.set_rule('assess_open.fives', 'illness', 'keep');
SELECT privrelease.assess('assess_open.fives');

-- feasible: bins of 7, of which the last has 2 years and 4 persons
SELECT privrelease.set_model('assess_open.fives', '{"k": 10, "suppression_limit": 0.05}');
SELECT privrelease.assess('assess_open.fives', '{"household": "hh"}') AS a \gset
SELECT a -> 'records' AS records, a -> 'suppressed' AS suppressed, a -> 'classes' AS classes, a -> 'min_class' AS min_class, a -> 'levels' AS levels, a -> 'verdict' AS verdict, a -> 'reasons' AS reasons
    FROM CAST(:'a' AS jsonb) AS a;
SELECT round((a #>> '{utility,loss}')::numeric, 9) AS loss, round((a #>> '{utility,columns,age}')::numeric, 9) AS age, a #> '{utility,cost,discernibility}' AS discernibility,
       round((196 * 6 + 4 * 99) / (200 * 99.0), 9) AS loss_wanted, 14 * 14 * 14 + 4 * 200 AS discernibility_wanted FROM CAST(:'a' AS jsonb) AS a;
-- of the released persons, ages 0 .. 97: |age - bin|
SELECT round((a #>> '{utility,numeric,age,il1s}')::numeric, 9) AS il1s, round((SELECT sum(age % 7) FILTER (WHERE age < 98) / (sqrt(2) * stddev_samp(age)) FROM assess.person)::numeric, 9) AS wanted
    FROM CAST(:'a' AS jsonb) AS a;
-- suppressed records have no risk; their household is what is left of it
SELECT count(*) FILTER (WHERE fk IS NULL) AS suppressed, count(*) FILTER (WHERE num_nulls(fk, population_fk, risk, household_risk, suda_score, suda_dis) = 6) AS without_measures, min(fk), max(fk), round(max(household_risk)::numeric, 9) AS household,
       round(1 - (13 / 14.0) ^ 4, 9) AS wanted FROM privrelease.record_risk('assess_open.fives', '{"household": "hh"}');
SELECT round((a #>> '{risk,household,expected}')::numeric, 9) AS expected, round((SELECT sum(household_risk) FROM privrelease.record_risk('assess_open.fives', '{"household": "hh"}'))::numeric, 9) AS wanted FROM CAST(:'a' AS jsonb) AS a;
-- nothing was written
SELECT count(*) FROM privrelease.versions WHERE release LIKE 'assess%';
SELECT to_regclass('assess_open.fives') AS written, state FROM privrelease.releases WHERE release = 'assess_open.fives';
-- and a refresh writes just that
SELECT privrelease.refresh('assess_open.fives');
SELECT v.records = (a -> 'records')::int AND v.suppressed = (a -> 'suppressed')::int AND v.levels = a -> 'levels' AND v.min_class = (a -> 'min_class')::int AND v.cost = (a #>> '{utility,cost,loss}')::float8 AS same
    FROM privrelease.versions AS v, CAST(:'a' AS jsonb) AS a WHERE v.release = 'assess_open.fives';

-- not feasible: a verdict, not an error; but nothing for record_risk to tell
SELECT privrelease.set_model('assess_open.fives', '{"k": 150}');
SELECT a -> 'verdict' AS verdict, a -> 'reasons' AS reasons, a -> 'risk' AS risk, a -> 'records' AS records, a -> 'unavailable' ->> 'classes' AS why FROM privrelease.assess('assess_open.fives') AS a;
SELECT privrelease.record_risk('assess_open.fives');
SELECT verdict, model FROM privrelease.assessments WHERE release = 'assess_open.fives' ORDER BY assessed_at DESC LIMIT 2;

-- local recoding: all persons, several levels
SELECT privrelease.set_model('assess_open.fives', '{"k": 10, "search": "local"}');
SELECT a -> 'suppressed' AS suppressed, a -> 'verdict' AS verdict, (a -> 'min_class')::int >= 10 AS holds, jsonb_typeof(a -> 'levels' -> 'age') AS levels,
       (a #>> '{utility,loss}')::float8 BETWEEN 0.01 AND 0.1 AS loss FROM privrelease.assess('assess_open.fives') AS a;
SELECT count(*) AS persons, bool_and(fk >= 10) AS holds FROM privrelease.record_risk('assess_open.fives');
-- each number by the level that its record is released at: a bin is never above its number
SELECT privrelease.refresh('assess_open.fives');
RESET ROLE;
SELECT round((a #>> '{utility,numeric,age,il1s}')::numeric, 9) = round((SELECT (sum(p.age) - (SELECT sum(f.age) FROM assess_open.fives AS f)) / (sqrt(2) * stddev_samp(p.age)) FROM assess.person AS p)::numeric, 9) AS same,
       (SELECT count(f.age) FROM assess_open.fives AS f) AS cells FROM privrelease.assess('assess_open.fives') AS a;
SET ROLE assess_steward;

-- diversity and closeness are those of the worst class, in the words of the model
SELECT privrelease.set_model('assess_open.fives', '{"k": 2, "suppression_limit": 0.1, "l": {"column": "illness", "variant": "entropy", "l": 2}, "t": {"column": "illness", "distance": "equal", "t": 0.7}}');
SELECT a -> 'verdict' AS verdict, (a #>> '{diversity,illness,entropy}')::float8 >= 2 - 1e-9 AS diverse, (a #>> '{closeness,illness,equal}')::float8 <= 0.7 + 1e-9 AS close, a #> '{diversity,illness,distinct}' AS distinct
    FROM privrelease.assess('assess_open.fives') AS a;
SELECT privrelease.create_hierarchy('assess_illness', ARRAY[['aa', 'a', '*'], ['ab', 'a', '*'], ['ba', 'b', '*'], ['bb', 'b', '*'], ['ca', 'c', '*'], ['cb', 'c', '*']]);
SELECT privrelease.set_model('assess_open.fives', '{"k": 10, "suppression_limit": 0.05, "t": {"column": "illness", "distance": "hierarchical", "hierarchy": "assess_illness", "t": 0.9}}');
SELECT jsonb_object_agg(key, round(value::text::numeric, 9) ORDER BY key) FROM jsonb_each(privrelease.assess('assess_open.fives') #> '{closeness,illness}');
-- what a class of bin 14 .. 20 says: 14 persons, of decades 1 (b) and 2 (c)
WITH p AS (SELECT illness, count(*) / 200.0 AS p FROM assess.person GROUP BY 1),
     q AS (SELECT age / 7 AS bin, illness, count(*) / 14.0 AS q FROM assess.person WHERE age < 98 GROUP BY 1, 2),
     e AS (SELECT b.bin, p.illness, p.p - coalesce(q.q, 0) AS e FROM (SELECT DISTINCT bin FROM q) AS b CROSS JOIN p LEFT JOIN q ON q.bin = b.bin AND q.illness = p.illness),
     g AS (SELECT bin, left(illness, 1) AS node, least(sum(greatest(e, 0)), sum(greatest(-e, 0))) AS moved, sum(e) AS e FROM e GROUP BY 1, 2),
     equal AS (SELECT max(d) AS d FROM (SELECT sum(abs(e)) / 2 AS d FROM e GROUP BY bin) AS x),
     ordered AS (SELECT max(d) AS d FROM (SELECT sum(abs(c)) / 5 AS d FROM (SELECT bin, sum(e) OVER (PARTITION BY bin ORDER BY illness) AS c FROM e) AS y GROUP BY bin) AS x),
     hierarchical AS (SELECT max(d) AS d FROM (SELECT sum(moved) / 2 + least(sum(greatest(e, 0)), sum(greatest(-e, 0))) AS d FROM g GROUP BY bin) AS x)
SELECT round(equal.d, 9) AS equal, round(hierarchical.d, 9) AS hierarchical, round(ordered.d, 9) AS ordered FROM equal, ordered, hierarchical;
-- a model that names what is not there
SELECT privrelease.drop_rule('assess_open.fives', 'illness');
SELECT privrelease.assess('assess_open.fives');
SELECT privrelease.set_rule('assess_open.fives', 'illness', 'keep'), privrelease.set_model('assess_open.fives', '{"k": 10, "suppression_limit": 0.05}');

-- two tables and a view together; persons of ages 98 and 99 are absent from the first
SELECT privrelease.create_release('assess_open.tens', 'assess.person', subject => 'id', kind => 'table', model => '{"k": 12}');
SELECT privrelease.set_rule('assess_open.tens', 'age', 'bin', '{"levels": [10, 20]}'), privrelease.set_rule('assess_open.tens', 'illness', 'keep');
SELECT privrelease.create_release('assess_open.live', 'assess.person', subject => 'id');
SELECT privrelease.set_rule('assess_open.live', 'age', 'bin', '{"width": 25}');
SELECT privrelease.refresh('assess_open.fives'), privrelease.refresh('assess_open.tens');
SELECT a -> 'classes' AS classes, a -> 'min_class' AS min_class, a -> 'suppressed' AS suppressed, a -> 'levels' AS levels, a -> 'verdict' AS verdict, a -> 'reasons' AS reasons, a #> '{diversity,illness,distinct}' AS distinct
    FROM privrelease.joint_risk('assess_open.fives', 'assess_open.tens', 'assess_open.live') AS a;
SELECT count(*) AS classes, min(persons), min(illnesses) AS illnesses FROM (SELECT count(*) AS persons, count(DISTINCT illness) AS illnesses FROM assess.person GROUP BY CASE WHEN age < 98 THEN age / 7 END, age / 10, age / 25) AS c;
-- the levels are those of the last version; what does not hold at them today is absent
DELETE FROM assess.person WHERE id IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
SELECT a -> 'records' AS records, a -> 'suppressed' AS suppressed, a -> 'min_class' AS min_class, a -> 'levels' AS levels FROM privrelease.joint_risk('assess_open.fives', 'assess_open.tens') AS a;
SELECT min(persons) FROM (SELECT count(*) AS persons FROM assess.person GROUP BY CASE WHEN age >= 7 AND age < 98 THEN age / 7 END, CASE WHEN age >= 10 THEN age / 10 END HAVING bool_or(age >= 7)) AS c;
INSERT INTO assess.person SELECT i, i / 2, chr(97 + i / 20 % 3) || chr(97 + i % 2), i / 4 FROM generate_series(0, 10) AS i;

-- what publish and refresh do about it
SET privrelease.joint_risk = 'refuse';
RESET ROLE;
SET privrelease.joint_risk = 'refuse';
SELECT privrelease.publish('assess_open.fives', 'assess_reader');
SELECT privrelease.publish('assess_open.tens', 'assess_reader');
SELECT state FROM privrelease.releases WHERE release = 'assess_open.tens';
SET privrelease.joint_risk = 'warn';
SELECT privrelease.publish('assess_open.tens', 'assess_reader');
SELECT privrelease.refresh('assess_open.tens');
SET privrelease.joint_risk = 'refuse';
SELECT privrelease.refresh('assess_open.tens');
SELECT max(version) FROM privrelease.versions WHERE release = 'assess_open.tens';
SET privrelease.joint_risk = 'off';
SELECT privrelease.refresh('assess_open.tens');
SELECT privrelease.build('assess_open.live');
SET privrelease.joint_risk = 'warn';
SELECT privrelease.publish('assess_open.live', 'assess_reader');
-- releases that agree say no more together; one that is withdrawn says nothing
SELECT privrelease.withdraw('assess_open.live', 'test'), privrelease.withdraw('assess_open.fives', 'test');
SELECT privrelease.refresh('assess_open.tens');
SELECT privrelease.create_release('assess_open.same', 'assess.person', subject => 'id', kind => 'table', model => '{"k": 20}');
SELECT privrelease.set_rule('assess_open.same', 'age', 'bin', '{"levels": [10, 20]}');
SELECT privrelease.refresh('assess_open.same');
SELECT privrelease.publish('assess_open.same', 'assess_reader');
SELECT a -> 'min_class' AS min_class, a -> 'verdict' AS verdict FROM privrelease.joint_risk('assess_open.same', 'assess_open.tens') AS a;
-- one that cannot be measured any more keeps no other back, unless that is wanted
ALTER TABLE assess.person DROP COLUMN illness;
SELECT privrelease.publish('assess_open.same', 'assess_reader');
SET privrelease.joint_risk = 'refuse';
SELECT privrelease.publish('assess_open.same', 'assess_reader');
RESET privrelease.joint_risk;

SET client_min_messages = error;
SELECT privrelease.uninstall();
DROP SCHEMA assess, assess_open CASCADE;
DROP ROLE assess_steward, assess_reader;
DROP EXTENSION privrelease;
