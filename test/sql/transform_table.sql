-- Transforms of release tables: shuffle, rank_swap, microaggregate, pram, and bins that end at quantiles.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
\pset null (null)
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
SELECT privrelease.create_key('perturb') > 0 AS made;
CREATE SCHEMA pt_src;
CREATE SCHEMA pt_out;
RESET client_min_messages;

CREATE TYPE pt_src.colour AS ENUM ('red', 'green', 'blue');
CREATE TABLE pt_src.person (
    id int PRIMARY KEY, age int, income numeric(12,2), height float8, born date, note text COLLATE "C",
    sex text, smoker boolean, wards int2, hue pt_src.colour, points int[], doc json
);
INSERT INTO pt_src.person
SELECT i, CASE WHEN i % 10 <> 0 THEN 18 + (i * 7919) % 70 END, ((i * 104729) % 1000000) / 100.0, 150 + ((i * 31) % 500) / 10.0,
       date '1940-01-01' + (i * 37) % 25000, 'n' || i % 50, (ARRAY['f', 'm'])[1 + (i % 5 = 0)::int], i % 4 = 0, i % 3,
       (ARRAY['red', 'green', 'blue'])[1 + i % 3]::pt_src.colour, ARRAY[i % 7], '{}'
FROM generate_series(1, 600) AS i;
UPDATE pt_src.person SET height = 'NaN' WHERE id = 5;
UPDATE pt_src.person SET height = 'Infinity' WHERE id = 6;

-- What is refused.
SELECT privrelease.create_release('pt_out.v', 'pt_src.person');
SELECT privrelease.set_rule('pt_out.v', 'age', 'shuffle');
SELECT privrelease.set_rule('pt_out.v', 'age', 'microaggregate');
SELECT privrelease.set_rule('pt_out.v', 'age', 'rank_swap');
SELECT privrelease.set_rule('pt_out.v', 'sex', 'pram', '{"distribution": {"f": 1, "m": 1}}');
SELECT privrelease.set_rule('pt_out.v', 'age', 'bin', '{"width": 10, "top_quantile": 0.9}');
SELECT privrelease.drop_release('pt_out.v');
SELECT privrelease.create_release('pt_out.nobody', 'pt_src.person', kind => 'table', model => '{"k": 2}');
SELECT privrelease.set_rule('pt_out.nobody', 'age', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.drop_release('pt_out.nobody');

SELECT privrelease.create_release('pt_out.t', 'pt_src.person', subject => 'id', kind => 'table', model => '{"k": 4}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'rank_swap', '{"key": "perturb", "p": 0}');
SELECT privrelease.set_rule('pt_out.t', 'note', 'rank_swap', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'note', 'microaggregate', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'doc', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'microaggregate', '{"key": "perturb", "k": 1}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'microaggregate', '{"key": "perturb", "block": 100}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'microaggregate', '{"key": "perturb", "group": "a name of more than thirty bytes"}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": ["f", "m"]}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1}}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1, "m": 0}}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1, "m": "1"}}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1, "m": {"x": 1}}}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1, "x": 1}}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1, "m": 1}, "diagonal": 1}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 1, "m": 1}, "alpha": 0}');
SELECT privrelease.set_rule('pt_out.t', 'smoker', 'pram', '{"key": "perturb", "distribution": {"t": 1, "f": 1}}');
SELECT privrelease.set_rule('pt_out.t', 'wards', 'pram', '{"key": "perturb", "distribution": {"0": 1, "1": 1, "02": 1}}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'bin', '{"width": 10, "top": 80, "top_quantile": 0.9}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'bin', '{"width": 10, "top_quantile": 1}');
SELECT privrelease.set_rule('pt_out.t', 'age', 'bin', '{"width": 10, "bottom_quantile": 0.9, "top_quantile": 0.5}');
SELECT privrelease.classify('pt_src.person', 'note', 'identifier');
SELECT privrelease.set_rule('pt_out.t', 'note', 'shuffle', '{"key": "perturb"}');

-- One of each.  The subject is released too, so that the test sees who got what.
SET client_min_messages = warning;
SELECT count(privrelease.classify('pt_src.person', c, 'insensitive')) AS classified
FROM unnest(ARRAY['id', 'age', 'income', 'height', 'born', 'note', 'sex', 'smoker', 'wards', 'hue', 'points']) AS c;
SELECT privrelease.set_rule('pt_out.t', 'id', 'keep');
RESET client_min_messages;
SELECT privrelease.set_rule('pt_out.t', 'age', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'income', 'rank_swap', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'height', 'microaggregate', '{"key": "perturb", "group": "body"}');
SELECT privrelease.set_rule('pt_out.t', 'born', 'microaggregate', '{"key": "perturb", "group": "body"}');
SELECT privrelease.set_rule('pt_out.t', 'note', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.t', 'sex', 'pram', '{"key": "perturb", "distribution": {"f": 80, "m": 20}}');
SELECT privrelease.set_rule('pt_out.t', 'smoker', 'pram', '{"key": "perturb", "distribution": {"true": 1, "false": 3}, "diagonal": 0.9}');
SELECT privrelease.set_rule('pt_out.t', 'wards', 'pram', '{"key": "perturb", "distribution": {"0": 1, "1": 1, "2": 1}, "alpha": 0.5}');
SELECT privrelease.set_rule('pt_out.t', 'hue', 'pram', '{"key": "perturb", "distribution": {"red": 1, "green": 1, "blue": 1}}');
SELECT privrelease.set_rule('pt_out.t', 'points', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.refresh('pt_out.t');
SELECT attname, format_type(atttypid, atttypmod), collname
FROM pg_attribute LEFT JOIN pg_collation AS c ON c.oid = attcollation
WHERE attrelid = 'pt_out.t'::regclass AND attnum > 1 ORDER BY attnum;

-- shuffle keeps the values, says nothing of whose they are, and leaves NULL where it was
SELECT count(*) FILTER (WHERE (s.age IS NULL) <> (t.age IS NULL)) AS nulls_differ, corr(s.age, t.age) BETWEEN -0.3 AND 0.3 AS unrelated,
       array_agg(s.age ORDER BY s.age) = array_agg(t.age ORDER BY t.age) AS ages_kept,
       array_agg(s.note ORDER BY s.note) = array_agg(t.note ORDER BY t.note) AS notes_kept,
       array_agg(s.points ORDER BY s.points) = array_agg(t.points ORDER BY t.points) AS points_kept
FROM pt_src.person AS s JOIN pt_out.t USING (id);

-- rank_swap keeps the values, moves every one, none far
SELECT array_agg(s.income ORDER BY s.income) = array_agg(t.income ORDER BY t.income) AS incomes_kept,
       count(*) FILTER (WHERE s.income = t.income) AS stayed, corr(s.income, t.income) > 0.9 AS order_kept
FROM pt_src.person AS s JOIN pt_out.t USING (id);
SELECT max(abs(r.rank - b.rank)) <= 2 * 60 AS near, avg(abs(r.rank - b.rank)) BETWEEN 20 AND 40 AS not_too_near
FROM (SELECT id, t.income FROM pt_out.t) AS t
JOIN (SELECT id, rank() OVER (ORDER BY income) FROM pt_src.person) AS r USING (id)
JOIN (SELECT income, rank() OVER (ORDER BY income) FROM pt_src.person) AS b ON b.income = t.income;

-- microaggregate gives means of at least k persons, here the model's 4, rounded to the type; NaN and infinity take no part
SELECT min(n) >= 4 AS k, max(n) < 8 AS small, max(off_height) < 1e-9 AS height_is_mean, max(off_born) <= 0.5 AS born_is_mean
FROM (SELECT count(*) AS n, abs(avg(s.height) - t.height) AS off_height,
             abs(avg(s.born - date '2000-01-01') - (t.born - date '2000-01-01')) AS off_born
      FROM pt_src.person AS s JOIN pt_out.t USING (id) WHERE s.id NOT IN (5, 6)
      GROUP BY t.height, t.born HAVING bool_and(t.height IS NOT NULL)) AS g;
SELECT id, height FROM pt_out.t WHERE id IN (5, 6) ORDER BY id;
SELECT count(*) FROM pt_out.t WHERE born IS NULL;

-- pram keeps the declared distribution, roughly, and gives declared categories only
SELECT count(*) FILTER (WHERE t.sex = 'm') BETWEEN 60 AND 180 AS like_declared, count(*) FILTER (WHERE s.sex = t.sex) BETWEEN 395 AND 525 AS most_stay,
       bool_and(t.sex IN ('f', 'm')) AS declared FROM pt_src.person AS s JOIN pt_out.t USING (id);
SELECT count(*) FILTER (WHERE t.smoker) BETWEEN 90 AND 210 AS like_declared, count(*) FILTER (WHERE s.wards = t.wards) BETWEEN 435 AND 560 AS most_stay,
       count(DISTINCT t.hue) AS hues FROM pt_src.person AS s JOIN pt_out.t USING (id);

-- Sticky: a refresh changes nothing, whatever the order of the rows and the plan.
SELECT privrelease.refresh('pt_out.t');
CREATE TABLE pt_src.aside AS SELECT * FROM pt_src.person;
TRUNCATE pt_src.person;
INSERT INTO pt_src.person SELECT * FROM pt_src.aside ORDER BY id % 17, -id;
SET enable_hashagg = off;
SELECT privrelease.refresh('pt_out.t');
RESET enable_hashagg;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_hashjoin = off;
SELECT privrelease.refresh('pt_out.t');
RESET ALL;
\set SHOW_CONTEXT never
SELECT version, deleted, inserted FROM privrelease.versions WHERE release = 'pt_out.t' ORDER BY version;

-- Two draws of one value are refused; the same draw under another name is none.
SELECT privrelease.set_rule('pt_out.t', 'income', 'rank_swap', '{"key": "perturb", "p": 5}', 'income2');
SELECT privrelease.set_rule('pt_out.t', 'income', 'rank_swap', '{"key": "perturb"}', 'income2');
SELECT privrelease.refresh('pt_out.t');
SELECT bool_and(income = income2) AS same FROM pt_out.t;
SELECT privrelease.drop_rule('pt_out.t', 'income2');

-- A value that came after the rule and is no category: NULL.
UPDATE pt_src.person SET sex = 'x' WHERE id = 7;
SELECT privrelease.refresh('pt_out.t');
SELECT id, sex FROM pt_out.t WHERE id = 7;
UPDATE pt_src.person SET sex = 'f' WHERE id = 7;

-- preview() shows what a refresh would
SELECT bool_and(p.released_value IS NOT DISTINCT FROM t.age::text) AS same
FROM privrelease.preview('pt_out.t', 50) AS p JOIN privrelease.preview('pt_out.t', 50) AS i ON i.row_no = p.row_no AND i.column_name = 'id'
JOIN pt_out.t ON t.id::text = i.source_value WHERE p.column_name = 'age';

-- Columns of a group agree, and are the same in every release.
SELECT privrelease.create_release('pt_out.u', 'pt_src.person', subject => 'id', kind => 'table', model => '{"k": 4}');
SELECT privrelease.set_rule('pt_out.u', 'height', 'microaggregate', '{"key": "perturb", "group": "body", "k": 5}');
SELECT privrelease.set_rule('pt_out.u', 'height', 'microaggregate', '{"key": "perturb", "group": "body"}');
SELECT privrelease.refresh('pt_out.u');
SELECT privrelease.set_rule('pt_out.u', 'born', 'microaggregate', '{"key": "perturb", "group": "body"}');
SELECT privrelease.refresh('pt_out.u');
SELECT count(*) AS same FROM pt_out.u JOIN (SELECT height, born, count(*) FROM pt_out.t GROUP BY 1, 2) AS t
    ON u.height IS NOT DISTINCT FROM t.height AND u.born = t.born;
SELECT privrelease.set_model('pt_out.u', '{"k": 5}');
SELECT privrelease.refresh('pt_out.u');
SELECT privrelease.drop_release('pt_out.u');

-- Several rows of a person: equal values stay equal, means are of persons.
CREATE TABLE pt_src.visit (person text COLLATE "C", weight numeric, ward text);
INSERT INTO pt_src.visit SELECT 'p' || i % 40, 50 + (i * 37) % 50, 'w' || i % 5 FROM generate_series(1, 120) AS i;
INSERT INTO pt_src.visit VALUES ('p1', NULL, NULL), (NULL, 70, 'w1'), ('p2', 60.0, 'w9'), ('p2', 60.00, 'w9');
SET client_min_messages = warning;
SELECT privrelease.create_release('pt_out.visit', 'pt_src.visit', subject => 'person', kind => 'table', model => '{"k": 3}');
SELECT count(privrelease.classify('pt_src.visit', c, 'insensitive')) AS classified FROM unnest(ARRAY['person', 'weight', 'ward']) AS c;
SELECT privrelease.set_rule('pt_out.visit', 'person', 'keep');
SELECT privrelease.set_rule('pt_out.visit', 'weight', 'microaggregate', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out.visit', 'ward', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.refresh('pt_out.visit');
RESET client_min_messages;
SELECT min(n) >= 3 AS k, max(off) < 1e-9 AS mean_of_persons
FROM (SELECT count(*) AS n, abs(avg(s.mean) - t.weight) AS off
      FROM (SELECT person, avg(weight) AS mean FROM pt_src.visit WHERE person IS NOT NULL GROUP BY 1) AS s
      JOIN (SELECT DISTINCT person, weight FROM pt_out.visit WHERE weight IS NOT NULL) AS t USING (person) GROUP BY t.weight) AS g;
SELECT count(DISTINCT weight) AS of_one_person FROM pt_out.visit WHERE person = 'p1';
SELECT count(*) AS nulls FROM pt_out.visit WHERE weight IS NULL;
SELECT person, weight, ward FROM pt_out.visit WHERE person IS NULL;
SELECT count(DISTINCT ward) <= 2 AS equal_rows_stay_equal, count(*) FROM pt_out.visit WHERE person = 'p2';

-- Too few persons: nothing.
DELETE FROM pt_src.visit WHERE person NOT IN ('p3', 'p4') OR person IS NULL;
UPDATE pt_src.visit SET ward = NULL WHERE person = 'p4';
SELECT privrelease.set_model('pt_out.visit', '{"k": 2}');
SELECT privrelease.set_rule('pt_out.visit', 'weight', 'microaggregate', '{"key": "perturb", "k": 3}');
SELECT privrelease.refresh('pt_out.visit');
SELECT DISTINCT person, weight, ward FROM pt_out.visit ORDER BY 1;

-- Columns without a group: the best partition of each; NULL where fewer than k of a group have a value.
CREATE TABLE pt_src.few (id int, a int, b numeric(6,1));
INSERT INTO pt_src.few VALUES (1, 1, 10), (2, 2, NULL), (3, 3, NULL), (4, 100, 20), (5, 101, 21), (6, 102, 26.2), (7, NULL, NULL);
SET client_min_messages = warning;
SELECT privrelease.create_release('pt_out.few', 'pt_src.few', subject => 'id', kind => 'table', model => '{"k": 2}');
SELECT count(privrelease.classify('pt_src.few', c, 'insensitive')) AS classified FROM unnest(ARRAY['id', 'a', 'b']) AS c;
SELECT privrelease.set_rule('pt_out.few', 'id', 'keep');
SELECT privrelease.set_rule('pt_out.few', 'a', 'microaggregate', '{"key": "perturb", "k": 3, "group": "g", "domain": "few a"}');
SELECT privrelease.set_rule('pt_out.few', 'b', 'microaggregate', '{"key": "perturb", "k": 3, "group": "g", "domain": "few b"}');
SELECT privrelease.refresh('pt_out.few');
SELECT id, a, b FROM pt_out.few ORDER BY id;
SELECT privrelease.set_rule('pt_out.few', 'a', 'microaggregate', '{"key": "perturb", "k": 2, "domain": "few a"}');
SELECT privrelease.set_rule('pt_out.few', 'b', 'microaggregate', '{"key": "perturb", "k": 2, "domain": "few b"}');
SELECT privrelease.refresh('pt_out.few');
RESET client_min_messages;
SELECT id, a, b FROM pt_out.few ORDER BY id;
SELECT privrelease.set_rule('pt_out.few', 'a', 'microaggregate', '{"key": "perturb", "k": 3, "group": "g", "domain": "few a"}');
SELECT privrelease.set_rule('pt_out.few', 'b', 'microaggregate', '{"key": "perturb", "k": 2, "group": "g", "domain": "few b"}');
SELECT privrelease.refresh('pt_out.few');

-- Ends of bins from quantiles: taken by the first refresh, on the grid of the bins, and kept.
CREATE TABLE pt_src.pay (id int, pay int, rate float8);
INSERT INTO pt_src.pay SELECT i, i, i / 4.0 FROM generate_series(1, 100) AS i;
INSERT INTO pt_src.pay SELECT 100, 1000, 'NaN' FROM generate_series(1, 50);
SET client_min_messages = warning;
SELECT privrelease.create_release('pt_out.pay', 'pt_src.pay', subject => 'id', kind => 'table', model => '{"k": 2}');
SELECT count(privrelease.classify('pt_src.pay', c, 'insensitive')) AS classified FROM unnest(ARRAY['pay', 'rate']) AS c;
RESET client_min_messages;
SELECT privrelease.set_rule('pt_out.pay', 'pay', 'bin', '{"width": 10, "bottom_quantile": 0.25, "top_quantile": 0.75}');
SELECT privrelease.set_rule('pt_out.pay', 'rate', 'bin', '{"width": 2.5, "top_quantile": 0.9}');
SELECT privrelease.refresh('pt_out.pay');
SELECT pay, count(*) FROM pt_out.pay GROUP BY 1 ORDER BY 1;
SELECT rate, count(*) FROM pt_out.pay GROUP BY 1 ORDER BY 1 DESC LIMIT 3;
INSERT INTO pt_src.pay SELECT i, 500 + i, 0 FROM generate_series(101, 400) AS i;
SELECT privrelease.refresh('pt_out.pay');
SELECT min(pay), max(pay), max(rate) FROM pt_out.pay;
SELECT privrelease.set_rule('pt_out.pay', 'pay', 'bin', '{"width": 10, "bottom_quantile": 0.25, "top_quantile": 0.75}');
SELECT privrelease.refresh('pt_out.pay');
SELECT min(pay), max(pay), max(rate) FROM pt_out.pay;
SELECT privrelease.set_rule('pt_out.pay', 'pay', 'bin', '{"width": 10000, "bottom_quantile": 0.25, "top_quantile": 0.75}');
SELECT privrelease.refresh('pt_out.pay');

-- Names that need quotes, domains, a source that is partitioned.
CREATE DOMAIN pt_src.pid AS varchar(9) CHECK (value <> '');
CREATE DOMAIN pt_src.money AS numeric(10,2) CHECK (value >= 0);
CREATE TABLE pt_src."Odd Table" ("Person Id" pt_src.pid, "Pay ""x""" pt_src.money, "Name's" char(5), seen timestamptz, tags text[]) PARTITION BY LIST ("Name's");
CREATE TABLE pt_src.odd_rest PARTITION OF pt_src."Odd Table" DEFAULT;
INSERT INTO pt_src."Odd Table" SELECT 'p' || i / 2, i * 1.5, 'n' || i % 9, '2024-01-01'::timestamptz + i * interval '1 hour', ARRAY['t' || i % 3]
FROM generate_series(1, 60) AS i;
SET client_min_messages = warning;
SELECT privrelease.create_release('pt_out."Odd"', 'pt_src."Odd Table"', subject => 'Person Id', kind => 'table', model => '{"k": 3}');
SELECT count(privrelease.classify('pt_src."Odd Table"', attname, 'insensitive')) AS classified
FROM pg_attribute WHERE attrelid = 'pt_src."Odd Table"'::regclass AND attnum > 0;
SELECT privrelease.set_rule('pt_out."Odd"', 'Pay "x"', 'microaggregate', '{"key": "perturb", "group": "a \"b\"; c"}');
SELECT privrelease.set_rule('pt_out."Odd"', 'Name''s', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.set_rule('pt_out."Odd"', 'seen', 'rank_swap', '{"key": "perturb", "p": 50}');
SELECT privrelease.set_rule('pt_out."Odd"', 'tags', 'shuffle', '{"key": "perturb"}');
SELECT privrelease.refresh('pt_out."Odd"');
SELECT privrelease.refresh('pt_out."Odd"');
RESET client_min_messages;
SELECT deleted, inserted FROM privrelease.versions WHERE release = 'pt_out."Odd"' ORDER BY version;
SELECT count(DISTINCT "Pay ""x""") AS means, count("Name's") AS names, count(seen) AS seen, count(tags) AS tags FROM pt_out."Odd";
SELECT regexp_replace(substring(privrelease.definition('pt_out."Odd"') FROM 'FROM pt_src.*'), '_\d+', '_N', 'g') AS joins;

-- More persons than a block holds.
CREATE TABLE pt_src.many AS SELECT i AS id, hashint4(i) % 1000 AS a, (hashint4(i + 1000000) % 100000) / 7.0::float8 AS b, i AS c
FROM generate_series(1, 100500) AS i;
SET client_min_messages = warning;
SELECT privrelease.create_release('pt_out.many', 'pt_src.many', subject => 'id', kind => 'table', model => '{"k": 3}');
SELECT count(privrelease.classify('pt_src.many', c, 'insensitive')) AS classified FROM unnest(ARRAY['id', 'a', 'b', 'c']) AS c;
SELECT privrelease.set_rule('pt_out.many', 'id', 'keep');
SELECT privrelease.set_rule('pt_out.many', 'a', 'microaggregate', '{"key": "perturb", "group": "g", "block": 5000}');
SELECT privrelease.set_rule('pt_out.many', 'b', 'microaggregate', '{"key": "perturb", "group": "g", "block": 5000}');
SELECT privrelease.set_rule('pt_out.many', 'c', 'rank_swap', '{"key": "perturb", "p": 2}');
SET maintenance_work_mem = '2MB';
SELECT privrelease.refresh('pt_out.many');
RESET maintenance_work_mem;
SELECT privrelease.refresh('pt_out.many');
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
SELECT privrelease.refresh('pt_out.many');
RESET enable_sort;
RESET max_parallel_workers_per_gather;
SELECT version, deleted, inserted FROM privrelease.versions WHERE release = 'pt_out.many' ORDER BY version;
RESET client_min_messages;
SELECT min(n) >= 3 AS k, sum(n) FROM (SELECT count(*) AS n FROM pt_out.many GROUP BY a, b) AS g;
SELECT max(abs(id - c)) < 4600 AS near, avg(abs(id - c)) BETWEEN 800 AND 1200 AS as_declared, count(DISTINCT c) FROM pt_out.many;

SET client_min_messages = warning;
SELECT count(privrelease.drop_release(release)) AS dropped FROM privrelease.releases WHERE release LIKE 'pt_out.%';
DROP SCHEMA pt_out, pt_src CASCADE;
