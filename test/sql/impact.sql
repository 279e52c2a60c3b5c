-- impact_assessment(): numbers against those worked out by hand, thresholds of an office, what is missing, who may look, records that stay.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
\pset null '-'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE impact_steward;
CREATE ROLE impact_approver;
CREATE ROLE impact_auditor;
CREATE ROLE impact_other;
CREATE SCHEMA impact AUTHORIZATION impact_steward;
CREATE SCHEMA impact_open AUTHORIZATION impact_steward;
SELECT privrelease.grant_duty('approver', 'impact_approver'), privrelease.grant_duty('auditor', 'impact_auditor');

-- every transform has its term; every criterion, its number and where it comes from
SELECT name AS transform_without_term FROM privrelease.transforms WHERE name NOT IN (SELECT transform FROM privrelease.technique)
    UNION SELECT transform FROM privrelease.technique WHERE transform NOT IN (SELECT name FROM privrelease.transforms);
SELECT dimension, count(*), sum(weight) AS weight FROM privrelease.impact_criteria GROUP BY dimension ORDER BY dimension;
SELECT count(*) AS without_chinese FROM privrelease.impact_criteria WHERE title_zh IS NULL AND getdatabaseencoding() = 'UTF8';

-- the calculation, by hand: sizes, mode -> level, R_a, R_b, R_c, R
CREATE VIEW impact.calculation AS
    SELECT o, note, sizes, mode, g ->> 'level' AS level, g ->> 'r_a' AS r_a, g ->> 'r_b' AS r_b, g ->> 'r_c' AS r_c, g ->> 'r' AS r, g ->> 'decided_by' AS decided_by
    FROM (VALUES (1, 'exactly 20, public: 0.05 is not below 0.05', '{20,20,20}'::int[], 'public', '{"role": "quasi_identifier"}'::jsonb),
                 (2, 'exactly 21', '{21,21,21}', 'public', '{"role": "quasi_identifier"}'),
                 (3, 'one of 19 of four: 1/4', '{19,20,40,80}', 'public', '{"role": "quasi_identifier"}'),
                 (4, 'controlled: mean 1/2 (1/21 + 1/42)', '{21,42}', 'controlled', '{"role": "quasi_identifier"}'),
                 (5, 'controlled: 5 is no risk above 1/5', '{5,200}', 'controlled', '{"role": "quasi_identifier"}'),
                 (6, 'controlled: 4 is', '{4,200}', 'controlled', '{"role": "quasi_identifier"}'),
                 (7, 'enclave: 3 is no risk above 1/3', '{3,3,300}', 'enclave', '{"role": "quasi_identifier"}'),
                 (8, 'enclave: 2 is', '{2,300}', 'enclave', '{"role": "quasi_identifier"}'),
                 (9, 'a direct identifier', '{100,100}', 'public', '{"role": "quasi_identifier", "identifier": "direct"}'),
                 (10, 'no identifier', '{100}', 'public', '{"role": "further"}'),
                 (11, 'a pseudonym is none that is no identifier', '{100}', 'public', '{"role": "further", "identifier": "indirect"}'),
                 (12, 'no class', '{}', 'public', '{"role": "quasi_identifier"}'),
                 (13, 'seven of 20: sums of doubles', '{20,20,20,20,20,20,20}', 'controlled', '{"role": "quasi_identifier"}')) AS t(o, note, sizes, mode, found),
         LATERAL (SELECT count(*) AS classes, coalesce(min(f), 0) AS min_class, coalesce(avg(1 / f::float8), 0) AS average FROM unnest(sizes) AS f) AS c,
         LATERAL (SELECT coalesce(jsonb_object_agg(key, n), '{}') AS class_sizes
                  FROM (SELECT CASE WHEN f < 100 THEN f::text ELSE '100+' END AS key, count(*) AS n FROM unnest(sizes) AS f GROUP BY 1) AS s) AS d,
         LATERAL privrelease.impact_grade(jsonb_build_array(found), jsonb_build_object('classes', classes, 'min_class', min_class,
             'average_class_risk', average, 'class_sizes', class_sizes), mode) AS g;
SELECT * FROM impact.calculation ORDER BY o;
-- whether equal counts, tau, acceptable risk and context are parameters
SELECT privrelease.set_criterion('grading.acceptable.inclusive', threshold => 1);
SELECT o, note, level FROM impact.calculation WHERE o IN (1, 13) ORDER BY o;
SELECT privrelease.set_criterion('grading.acceptable.inclusive'), privrelease.set_criterion('grading.tau.inclusive', threshold => 1);
SELECT o, note, level, r_a, r FROM impact.calculation WHERE o IN (1, 2, 5, 7) ORDER BY o;
SELECT privrelease.set_criterion('grading.tau.inclusive'), privrelease.set_criterion('grading.acceptable', threshold => 0.06);
SELECT o, note, level FROM impact.calculation WHERE o IN (1, 13) ORDER BY o;
SELECT privrelease.set_criterion('grading.acceptable'), privrelease.set_criterion('grading.pr.deliberate', threshold => 0.1),
       privrelease.set_criterion('grading.pr.inadvertent', threshold => 0.2), privrelease.set_criterion('grading.pr.breach', threshold => 0.01);
SELECT o, note, level, r FROM impact.calculation WHERE o IN (1, 4, 5, 6) ORDER BY o;
SELECT privrelease.set_criterion(criterion) FROM privrelease.impact_criteria WHERE criterion LIKE 'grading.pr.%';
SELECT count(*) FROM privrelease.impact_setting;

-- scores: 1 where kept, otherwise half of how near it comes
SELECT value, comparison, threshold, privrelease.impact_keeps(value, comparison, threshold) AS keeps, privrelease.impact_score(value, comparison, threshold) AS score
    FROM (VALUES (5, 'at least', 5), (4, 'at least', 5), (0, 'at least', 5), (0, 'at most', 0), (1, 'at most', 0), (0.1, 'at most', 0.05), (0.05, 'below', 0.05), (0.049, 'below', 0.05), (NULL, 'below', 1)) AS t(value, comparison, threshold);
SELECT w, privrelease.impact_interest(w) FROM unnest(ARRAY['low', ' High, since', 'medium: it', 'highly', 'none', '', NULL]) AS w;

-- a release table of two classes of exactly 20, and one that says little
SET ROLE impact_steward;
CREATE TABLE impact.person (id int PRIMARY KEY, city text, illness text, note text);
INSERT INTO impact.person SELECT i, CASE WHEN i < 20 THEN 'a' ELSE 'b' END, chr(97 + i % 4), 'secret' || i FROM generate_series(0, 39) AS i;
SELECT privrelease.classify('impact.person', 'id', 'identifier', 'identity_document'), privrelease.classify('impact.person', 'city', 'quasi_identifier', 'location'),
       privrelease.classify('impact.person', 'illness', 'sensitive', 'health');
SELECT privrelease.create_release('impact_open.person', 'impact.person', subject => 'id', kind => 'table',
    model => '{"k": 20, "l": {"column": "illness", "variant": "distinct", "l": 3}}', purpose => 'health statistics');
SELECT privrelease.impact_assessment('impact_open.person');
SELECT privrelease.set_rule('impact_open.person', 'city', 'keep'), privrelease.set_rule('impact_open.person', 'illness', 'keep'), privrelease.set_rule('impact_open.person', 'note', 'suppress');
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons, d -> 'missing' AS missing, d -> 'measured' AS measured FROM privrelease.impact_assessment('impact_open.person') AS d;
SELECT a -> 'class_sizes' AS sizes, a #> '{risk,classes}' AS classes FROM privrelease.assess('impact_open.person') AS a;
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons, d -> 'grading' -> 'level' AS level, d -> 'grading' -> 'r' AS r, d -> 'class_sizes' AS sizes FROM privrelease.impact_assessment('impact_open.person') AS d;
SELECT c ->> 'name' AS name, c ->> 'kind' AS kind, c ->> 'category' AS category, c ->> 'sensitive' AS sensitive, c ->> 'role' AS role, c ->> 'kept' AS kept, c ->> 'conditioned' AS conditioned,
       c ->> 'technique' AS technique, c ->> 'singling_out' AS so, c ->> 'linkability' AS li, c ->> 'inference' AS inf, c ->> 'loss' AS loss
    FROM privrelease.impact_assessment('impact_open.person') AS d, jsonb_array_elements(d -> 'columns') AS c;
SELECT d -> 'questions' AS questions, d -> 'kept_columns' AS kept, d -> 'sensitive' -> 0 -> 'category' AS sensitive FROM privrelease.impact_assessment('impact_open.person') AS d;
-- one person more in each class
INSERT INTO impact.person VALUES (100, 'a', 'a', 'x'), (101, 'b', 'b', 'y');
SELECT privrelease.assess('impact_open.person') -> 'min_class';
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons, d -> 'grading' -> 'level' AS level, d -> 'grading' -> 'r' AS r FROM privrelease.impact_assessment('impact_open.person') AS d;

-- what only a person can state
RESET ROLE;
SELECT key FROM privrelease.metadata_key WHERE required ORDER BY key;
SET ROLE impact_steward;
SELECT privrelease.set_metadata('impact_open.person', '{"legal_basis": "Statistics Act", "public_interest": "high: planning of hospitals", "retention": "5 years", "contact": "office 12", "sharing": "public"}');
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons, d -> 'missing' AS missing, d -> 'balance' AS balance FROM privrelease.impact_assessment('impact_open.person') AS d;
-- the risk is the weight that is not kept: every term of it, by hand
SELECT c ->> 'criterion' AS criterion, c ->> 'value' AS value, c ->> 'comparison' AS comparison, c ->> 'threshold' AS threshold, c ->> 'weight' AS weight, c ->> 'score' AS score
    FROM privrelease.impact_assessment('impact_open.person') AS d, jsonb_each(d -> 'dimensions') AS e, jsonb_array_elements(e.value -> 'criteria') AS c
    WHERE c ->> 'score' IS DISTINCT FROM '1' ORDER BY 1;
SELECT sum(weight) FILTER (WHERE scored) AS weighed, round(1 - sum(weight * score) / sum(weight) FILTER (WHERE scored), 6) AS risk, bool_and(risk = balance) AS same
    FROM (SELECT (c ->> 'weight')::numeric AS weight, (c ->> 'score')::numeric AS score, c ->> 'score' IS NOT NULL AS scored, (d #>> '{balance,risk}')::numeric AS balance,
                 1 - sum((c ->> 'weight')::numeric * (c ->> 'score')::numeric) OVER () / sum((c ->> 'weight')::numeric) FILTER (WHERE c ->> 'score' IS NOT NULL) OVER () AS exact
          FROM privrelease.impact_assessment('impact_open.person') AS d, jsonb_each(d -> 'dimensions') AS e, jsonb_array_elements(e.value -> 'criteria') AS c) AS t,
         LATERAL round(exact, 6) AS risk;
-- an office with other numbers comes to another verdict
RESET ROLE;
SELECT privrelease.set_criterion('balance.high', threshold => 0.05);
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons FROM privrelease.impact_assessment('impact_open.person') AS d;
SELECT privrelease.set_criterion('balance.high'), privrelease.set_criterion('users.level.public', 3, 4);
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons FROM privrelease.impact_assessment('impact_open.person') AS d;
SELECT criterion, weight, threshold, default_weight, default_threshold, regexp_replace(origin, '[0-9-]{10}', 'DATE') AS origin, default_origin
    FROM privrelease.impact_criteria WHERE criterion = 'users.level.public';
SELECT privrelease.set_criterion('users.level.public');
-- a setting of a criterion that is gone, written by hand, harms nothing
INSERT INTO privrelease.impact_setting (criterion, weight, threshold) VALUES ('gone', 1, 1);
SELECT count(*) FROM privrelease.impact_criteria WHERE criterion = 'gone';
DELETE FROM privrelease.impact_setting WHERE criterion = 'gone';
SELECT privrelease.set_criterion('data.nonsense', 1);
SELECT privrelease.set_criterion('data.uniques', -1);
SELECT privrelease.set_criterion('data.uniques', 'NaN');
SELECT privrelease.set_criterion('grading.acceptable', threshold => 2);
SELECT privrelease.set_criterion('grading.acceptable', threshold => 'NaN');
SELECT privrelease.set_criterion('grading.acceptable', 3);
SELECT privrelease.set_criterion(NULL);
SET ROLE impact_auditor;
SELECT privrelease.set_criterion('data.uniques', 0);
RESET ROLE;

-- a declaration that has changed since is not measured
SET ROLE impact_steward;
SELECT privrelease.set_rule('impact_open.person', 'id', 'suppress');
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons FROM privrelease.impact_assessment('impact_open.person') AS d;
SELECT privrelease.drop_rule('impact_open.person', 'id');
SELECT d -> 'verdict' AS verdict FROM privrelease.impact_assessment('impact_open.person') AS d;
-- a class of one, nothing protected: a view
SELECT privrelease.create_release('impact_open.rows', 'impact.person', subject => 'id');
SELECT privrelease.set_rule('impact_open.rows', 'city', 'keep'), privrelease.set_rule('impact_open.rows', 'note', 'keep'), privrelease.set_rule('impact_open.rows', 'id', 'bin', '{"width": 10}');
SELECT privrelease.assess('impact_open.rows') -> 'min_class';
SELECT d -> 'verdict' AS verdict, d -> 'reasons' AS reasons, d -> 'grading' AS grading, d -> 'questions' -> 'singling_out' AS singling_out FROM privrelease.impact_assessment('impact_open.rows') AS d;
-- an identifier, said so after its rule was set
SELECT privrelease.classify('impact.person', 'note', 'identifier');
SELECT d -> 'grading' -> 'level' AS level, d -> 'grading' -> 'decided_by' AS why, d -> 'reasons' -> 0 AS first FROM privrelease.impact_assessment('impact_open.rows') AS d;
RESET ROLE;

-- the page is made of the document, and of any document; nothing in it is markup that was not ours
SELECT privrelease.impact_report('impact_open.person') = privrelease.impact_page(privrelease.impact_assessment('impact_open.person')) AS same;
SELECT d.what, p !~ '<script|<img|<b>' AS harmless, p ~ '</html>\s*$' AS whole, p !~ '[^\x01-\x7f]' AS ascii
    FROM (VALUES ('nothing', '{}'), ('no document', '[1, 2]'), ('a number', '7'), ('all of wrong types', '{"release": 1, "declared": [], "columns": {"a": 1}, "measured": "x", "grading": [], "class_sizes": [1, null, {"from": {}, "classes": "x"}, {"classes": -5}, {"classes": 3}],
        "dimensions": 5, "balance": {"risk": 1e300, "interest": -7}, "decisions": [1], "reasons": {"a": 1}, "questions": null, "parameters": [[]], "version": 3, "technology": {"keys": 1}}'),
        ('markup', '{"release": "</title><script>alert(1)</script>", "verdict": "\"><script>", "reasons": ["<img src=x onload=1>"], "declared": {"title": "<b>&amp;", "purpose": "]]>\u0001\u202e", "contact": "\u4e2d"},
          "columns": [{"name": "\"/><script>x</script>", "loss": 0.5, "kind": "<b>"}], "balance": {"risk": 0.5, "interest": 0.5, "interest_word": "<b>"}, "decisions": [{"step": "<script>", "by": "<b>", "at": "<b>", "note": "<b>"}],
          "class_sizes": [{"from": 1, "to": 2, "classes": 3}], "grading": {"r": 0.1, "r_b": 1e-9}}')) AS d(what, document), privrelease.impact_page(d.document::jsonb) AS p;
SELECT regexp_count('&#65533;&#65533;', '&#65533;') AS wanted, regexp_count(privrelease.impact_page('{"declared": {"purpose": "\u0001\u202e"}}'), '&#65533;') AS replaced, privrelease.impact_page('{"declared": {"contact": "\u4e2d"}}') LIKE '%&#20013;%' AS chinese;
SELECT privrelease.impact_page(NULL) IS NULL AS strict;

-- who may look: owner, approver, auditor; nobody else, and nobody calls the parts
SET ROLE impact_approver;
SELECT privrelease.impact_assessment('impact_open.person') ->> 'made_by' AS made_by;
SELECT privrelease.impact_document(1, '{}');
SET ROLE impact_auditor;
SELECT privrelease.impact_assessment('impact_open.person') ->> 'made_by' AS made_by;
SET ROLE impact_other;
SELECT privrelease.impact_assessment('impact_open.person');
SELECT privrelease.impact_report('impact_open.person');
SELECT * FROM privrelease.impact_record;
SELECT * FROM privrelease.impact_setting;
SELECT criterion, threshold FROM privrelease.impact_criteria WHERE criterion = 'grading.tau.public';
RESET ROLE;
-- no value of the source is in it
SELECT count(*) AS leaks FROM unnest(ARRAY['impact_open.person', 'impact_open.rows']) AS r WHERE privrelease.impact_assessment(r)::text ~ 'secret[0-9]';

-- a record of each decision stays
SET ROLE impact_steward;
SELECT privrelease.classify('impact.person', 'note', 'insensitive');
SELECT privrelease.assess('impact_open.person') -> 'verdict';
SELECT privrelease.refresh('impact_open.person');
SELECT privrelease.submit('impact_open.person');
SET ROLE impact_approver;
SELECT privrelease.reject('impact_open.person', 'as <i>discussed</i>');
SET ROLE impact_steward;
SELECT privrelease.publish('impact_open.person', 'impact_other');
SELECT release, step, recorded_by, document -> 'verdict' AS verdict, length(declaration) AS declaration, document ->> 'declaration' = declaration AS same, jsonb_array_length(document -> 'decisions') AS decisions,
       document #>> '{decisions,-1,step}' AS last_step, document #>> '{decisions,-1,by}' AS last_by, document #>> '{decisions,-1,note}' AS note, keep_until > now() + interval '1095 days' AS kept FROM privrelease.impact_records WHERE release LIKE 'impact\_%' ORDER BY recorded_at;
SELECT d #> '{technology,audit,critical}' AS critical, d -> 'audience' AS audience, d -> 'version' -> 'version' AS version, d -> 'history' AS history, jsonb_array_length(d -> 'decisions') AS decisions FROM privrelease.impact_assessment('impact_open.person') AS d;
-- a hole counts at once
GRANT SELECT ON impact.person TO impact_other;
SELECT d #> '{technology,audit,critical}' AS critical, d -> 'verdict' AS verdict FROM privrelease.impact_assessment('impact_open.person') AS d;
REVOKE SELECT ON impact.person FROM impact_other;
-- what is published beside another release of the source is measured together with it: classes of both are classes of one
SELECT privrelease.create_release('impact_open.notes', 'impact.person', subject => 'id', kind => 'table', model => '{"k": 2}');
SELECT privrelease.set_rule('impact_open.notes', 'illness', 'keep'), privrelease.set_rule('impact_open.notes', 'id', 'bin', '{"width": 20}');
SELECT privrelease.assess('impact_open.notes') -> 'joint' AS joint;
SELECT privrelease.refresh('impact_open.notes');
SELECT privrelease.assess('impact_open.notes') -> 'joint' AS joint, privrelease.joint_risk('impact_open.person', 'impact_open.notes') -> 'min_class' AS same;
SELECT d -> 'beside' AS beside, (SELECT c -> 'value' FROM jsonb_array_elements(d #> '{dimensions,data,criteria}') AS c WHERE c ->> 'criterion' = 'data.joint') AS value FROM privrelease.impact_assessment('impact_open.notes') AS d;
SELECT privrelease.drop_release('impact_open.notes');
RESET ROLE;
UPDATE privrelease.impact_record SET document = '{}';
DELETE FROM privrelease.impact_record;
TRUNCATE privrelease.impact_record;
-- not even after its time, while the release is published
INSERT INTO privrelease.impact_record (release, release_schema, release_name, source_owner, step, recorded_by, document, keep_until)
    SELECT id, release_schema, release_name, source_owner, 'publish', 'impact_steward', '{}', now() - interval '1 day' FROM privrelease.release WHERE release_schema = 'impact_open' AND release_name = 'person';
DELETE FROM privrelease.impact_record WHERE document = '{}';
SET ROLE impact_steward;
-- persons who object, a version that is recalled: as counts
SELECT privrelease.object('impact_open.person', '7', 'does not want to', true), privrelease.erase('impact.person', '8', 'has left');
SELECT count(*) FROM privrelease.recall('impact_open.person', 1, 'held a wrong column');
SELECT d -> 'history' AS history, (SELECT c -> 'kept' FROM jsonb_array_elements(d #> '{dimensions,users,criteria}') AS c WHERE c ->> 'criterion' = 'users.recalls') AS kept FROM privrelease.impact_assessment('impact_open.person') AS d;
SELECT privrelease.drop_release('impact_open.person'), privrelease.drop_release('impact_open.rows');
RESET ROLE;
DELETE FROM privrelease.impact_record WHERE document = '{}';
SET ROLE impact_steward;
SELECT release, step, recorded_by, document ->> 'release' AS document FROM privrelease.impact_records WHERE release LIKE 'impact\_%' ORDER BY recorded_at;
SET ROLE impact_auditor;
SELECT release, step FROM privrelease.impact_records WHERE release LIKE 'impact\_%' ORDER BY recorded_at;
SET ROLE impact_other;
SELECT release, step FROM privrelease.impact_records WHERE release LIKE 'impact\_%' ORDER BY recorded_at;
RESET ROLE;
DROP SCHEMA impact, impact_open CASCADE;
DELETE FROM privrelease.objection WHERE domain IN (SELECT domain FROM privrelease.objection_domain WHERE source_schema = 'impact');
DELETE FROM privrelease.objection_domain WHERE source_schema = 'impact';
ALTER TABLE privrelease.impact_record DISABLE TRIGGER USER;
DELETE FROM privrelease.impact_record WHERE release_schema = 'impact_open';
ALTER TABLE privrelease.impact_record ENABLE TRIGGER USER;
SELECT privrelease.revoke_duty('approver', 'impact_approver'), privrelease.revoke_duty('auditor', 'impact_auditor');
DROP ROLE impact_steward, impact_approver, impact_auditor, impact_other;
