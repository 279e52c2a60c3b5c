-- States of a release, the draft beside a published one, and what only a person can say. Who approves is tried by persons who
-- have logged in, in test/t/150_lifecycle.pl.
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
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE lc_steward;
CREATE ROLE lc_reader;
CREATE ROLE lc_second;
CREATE ROLE lc_approver;
CREATE SCHEMA lc_src AUTHORIZATION lc_steward;
CREATE SCHEMA lc_open AUTHORIZATION lc_steward;
RESET client_min_messages;
CREATE TEMP VIEW state AS SELECT release, state, draft, withdrawn_reason, audience FROM privrelease.releases WHERE release LIKE 'lc\_open.%';
GRANT SELECT ON state TO PUBLIC;

SET ROLE lc_steward;
CREATE TABLE lc_src.person (id int PRIMARY KEY, city text, born date);
INSERT INTO lc_src.person SELECT g, 'city ' || g % 3, date '1970-05-05' + g FROM generate_series(1, 30) AS g;
SELECT privrelease.create_release('lc_open.v', 'lc_src.person', subject => 'id');
SELECT privrelease.set_rule('lc_open.v', 'city', 'prefix', '{"length": 4}');
SELECT privrelease.set_rule('lc_open.v', 'born', 'date_trunc', '{"unit": "year"}');

-- ---------- metadata ----------
SELECT privrelease.set_metadata('lc_open.v', '[1]');
SELECT privrelease.set_metadata('lc_open.v', '"text"');
SELECT privrelease.set_metadata('lc_open.v', '{"colour": "red"}');
SELECT privrelease.set_metadata('lc_open.v', '{"title": 1}');
SELECT privrelease.set_metadata('lc_open.v', '{"title": " "}');
SELECT privrelease.set_metadata('lc_open.v', '{"keywords": "one"}');
SELECT privrelease.set_metadata('lc_open.v', '{"keywords": ["one", 2]}');
SELECT privrelease.set_metadata('lc_open.v', '{"temporal_start": "2026-13-01"}');
SELECT privrelease.set_metadata('lc_open.v', jsonb_build_object('title', repeat('x', 300000)));
SELECT privrelease.set_metadata('lc_open.v', '{"title": "Persons", "keywords": ["one", "two"], "temporal_start": "2026-01-31", "purpose": "p"}');
SELECT privrelease.set_metadata('lc_open.v', '{"title": null, "contact": "a"}');
SELECT privrelease.export_policy('lc_open.v') -> 'metadata';
-- an import of an export changes nothing, not even a time
RESET ROLE;
SELECT changed_at AS before FROM privrelease.release WHERE release_schema = 'lc_open' \gset
SET ROLE lc_steward;
SELECT privrelease.import_policy(privrelease.export_policy('lc_open.v'));
RESET ROLE;
SELECT changed_at = :'before' FROM privrelease.release WHERE release_schema = 'lc_open';
SET ROLE lc_steward;
SELECT privrelease.import_policy(privrelease.export_policy('lc_open.v') || '{"metadata": {"title": "Other"}}');
SELECT privrelease.export_policy('lc_open.v') -> 'metadata';
SELECT privrelease.import_policy(privrelease.export_policy('lc_open.v') - 'metadata');
SELECT privrelease.export_policy('lc_open.v') -> 'metadata';
SELECT privrelease.import_policy(privrelease.export_policy('lc_open.v') || '{"metadata": {"colour": "red"}}');
SET ROLE lc_reader;
SELECT privrelease.set_metadata('lc_open.v', '{"title": "mine"}');
SET ROLE lc_steward;

-- ---------- a view ----------
TABLE state;
SELECT privrelease.submit('lc_open.v');
SELECT privrelease.build('lc_open.v');
TABLE state;
SELECT privrelease.publish('lc_open.v');
SELECT privrelease.publish('lc_open.v', 'lc_reader');
TABLE state;
SELECT DISTINCT born FROM lc_open.v;
-- what is changed is a draft beside it, and builds keep to what was published
SELECT privrelease.set_rule('lc_open.v', 'born', 'suppress');
SELECT privrelease.drop_rule('lc_open.v', 'city');
TABLE state;
SELECT privrelease.build('lc_open.v');
SELECT DISTINCT born, city FROM lc_open.v;
SELECT output_name, transform FROM privrelease.rules WHERE release = 'lc_open.v' ORDER BY 1;
-- until it is published; to somebody else as well
SELECT privrelease.publish('lc_open.v', 'lc_second');
TABLE state;
SET ROLE lc_second;
SELECT DISTINCT born FROM lc_open.v;
SET ROLE lc_reader;
SELECT DISTINCT born FROM lc_open.v;
SELECT city FROM lc_open.v;
SET ROLE lc_steward;
-- a draft that cannot be built leaves what is published
SELECT privrelease.set_rule('lc_open.v', 'city', 'keep'), privrelease.classify('lc_src.person', 'city', 'identifier');
SELECT privrelease.publish('lc_open.v');
SELECT count(born), count(*) FROM lc_open.v;
SELECT privrelease.classify('lc_src.person', 'city', 'quasi_identifier');
SELECT privrelease.publish('lc_open.v');
SELECT count(city) FROM lc_open.v;
-- something else that it rests on has changed
ALTER TABLE lc_src.person RENAME COLUMN city TO town;
SELECT privrelease.build('lc_open.v');
SELECT count(city) FROM lc_open.v;
SELECT privrelease.publish('lc_open.v');
SELECT privrelease.build('lc_open.v');
-- purpose and derive_quals are declared, too
SELECT privrelease.import_policy(privrelease.export_policy('lc_open.v') || '{"purpose": "other", "derive_quals": false}');
TABLE state;
RESET ROLE;
SELECT derive_quals, derives FROM privrelease.release WHERE release_schema = 'lc_open';
SET ROLE lc_steward;
SELECT privrelease.build('lc_open.v');
SELECT obj_description('lc_open.v'::regclass) LIKE '%other%';
SELECT privrelease.publish('lc_open.v');
SELECT obj_description('lc_open.v'::regclass) LIKE '%other%';
RESET ROLE;
SELECT derive_quals, derives FROM privrelease.release WHERE release_schema = 'lc_open';
SET ROLE lc_steward;
-- documents describe what was published: what an approver weighs changes with the publication, a title at once
SELECT privrelease.set_metadata('lc_open.v', '{"contact": "Room 1", "title": "One"}');
SELECT privrelease.publish('lc_open.v');
SELECT privrelease.set_metadata('lc_open.v', '{"contact": "Room 2", "title": "Two"}');
SELECT p ->> 'title', p -> 'contributors' FROM privrelease.datapackage('lc_open.v') AS p;
SELECT privrelease.publish('lc_open.v');
SELECT p ->> 'title', p -> 'contributors' FROM privrelease.datapackage('lc_open.v') AS p;
-- withdrawn, and built again
SELECT privrelease.withdraw('lc_open.v', 'why');
TABLE state;
SET ROLE lc_reader;
SELECT count(*) FROM lc_open.v;
SET ROLE lc_steward;
SELECT privrelease.submit('lc_open.v');
SELECT privrelease.build('lc_open.v');
TABLE state;
RESET ROLE;
SELECT role_name, until IS NULL AS still FROM privrelease.readership WHERE release_schema = 'lc_open' ORDER BY since, role_name;

-- ---------- whoever acts for somebody else has still logged in ----------
SELECT privrelease.grant_duty('approver', 'lc_approver');
SELECT privrelease.grant_duty('approver', 'lc_approver');
SELECT privrelease.grant_duty('approver', 'lc_nobody');
SELECT privrelease.revoke_duty('auditor', 'lc_approver');
SELECT duty, role FROM privrelease.duties WHERE role LIKE 'lc\_%';
SELECT format('SELECT privrelease.grant_duty(%L, %L)', 'auditor', release_role) AS statement FROM privrelease.releases WHERE release = 'lc_open.v' \gset
\set VERBOSITY sqlstate
:statement;
\set VERBOSITY default
SET ROLE lc_steward;
SELECT privrelease.set_metadata('lc_open.v', '{"legal_basis": "l", "public_interest": "low: i", "retention": "r", "contact": "c"}');
SELECT privrelease.assess('lc_open.v') ->> 'verdict';
SELECT privrelease.submit('lc_open.v');
SELECT privrelease.submit('lc_open.v');
SELECT privrelease.publish('lc_open.v', 'lc_reader');
SET ROLE lc_approver;
DO $$
BEGIN
    PERFORM privrelease.approve('lc_open.v');
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE '%', regexp_replace(SQLERRM, '^role .* has changed', 'role ... has changed');
END
$$;
SELECT privrelease.reject('lc_open.v', 'not yet');
TABLE state;
SELECT decision, decided_by, note FROM privrelease.approvals WHERE release = 'lc_open.v';
SET ROLE lc_reader;
SELECT count(*) FROM privrelease.approvals;
SELECT privrelease.approve('lc_open.v');
RESET ROLE;

-- ---------- states by hand ----------
SET ROLE lc_steward;
SET client_min_messages = warning;
SELECT privrelease.create_release('lc_open.t', 'lc_src.person', kind => 'table', model => '{"k": 5}');
SELECT privrelease.set_rule('lc_open.t', 'town', 'keep');
SELECT privrelease.refresh('lc_open.t');
SELECT privrelease.publish('lc_open.t', 'lc_reader', 'lc_second');
RESET ROLE;
-- none follows another but along the list
\set VERBOSITY terse
UPDATE privrelease.release SET state = 'draft' WHERE release_name = 't';
UPDATE privrelease.release SET state = 'submitted' WHERE release_name = 't';
UPDATE privrelease.release SET draft = 'submitted', declaration = 'x' WHERE release_name = 't';
UPDATE privrelease.release SET draft = 'draft', previous_draft = 'approved' WHERE release_name = 't';
SELECT previous_draft, draft FROM privrelease.release WHERE release_name = 't';
UPDATE privrelease.release SET draft = 'approved' WHERE release_name = 't';
UPDATE privrelease.release SET draft = 'none' WHERE release_name = 't';
\set VERBOSITY default

SET client_min_messages = warning;
SELECT count(privrelease.drop_release(release)) FROM privrelease.releases WHERE release LIKE 'lc\_open.%';
SELECT role_name, until IS NULL AS still FROM privrelease.readership WHERE release_schema = 'lc_open' ORDER BY since, role_name;
SELECT privrelease.revoke_duty('approver', 'lc_approver');
DELETE FROM privrelease.classification WHERE source_schema = 'lc_src';
DROP SCHEMA lc_src, lc_open CASCADE;
DROP ROLE lc_steward, lc_reader, lc_second, lc_approver;
