-- The declaration as a document: export, import, and documents that are not what they should be.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE policy_steward;
CREATE ROLE policy_other;
CREATE SCHEMA policy_src AUTHORIZATION policy_steward;
CREATE SCHEMA policy_open;
GRANT USAGE, CREATE ON SCHEMA policy_open TO policy_steward, policy_other;
RESET client_min_messages;

SET ROLE policy_steward;
CREATE TABLE policy_src.person (id int PRIMARY KEY, name text, born date, job text);
INSERT INTO policy_src.person VALUES (1, 'MARKER', '1980-01-01', 'nurse');
SELECT privrelease.create_hierarchy('policy_jobs', ARRAY[['nurse', 'health', '*'], ['teacher', 'school', '*']]);
SELECT privrelease.create_release('policy_open.person', 'policy_src.person', subject => 'id', purpose => 'a test', derive_quals => false);
SELECT privrelease.classify('policy_src.person', 'name', 'identifier', 'basic');
SELECT privrelease.classify('policy_src.person', 'job', 'quasi_identifier');
SELECT privrelease.set_rule('policy_open.person', 'name', 'partial', '{"left": 1}');
SELECT privrelease.set_rule('policy_open.person', 'born', 'date_trunc', '{"unit": "year"}', 'year');
SELECT privrelease.set_rule('policy_open.person', 'job', 'hierarchy', '{"hierarchy": "policy_jobs", "level": 1}');
SELECT jsonb_pretty(privrelease.export_policy('policy_open.person'));
CREATE TEMP TABLE policy AS SELECT privrelease.export_policy('policy_open.person') AS p;

-- importing an export changes nothing, not even the time of declaration
CREATE TEMP TABLE before AS SELECT * FROM privrelease.rules WHERE release = 'policy_open.person';
SELECT privrelease.import_policy(p) FROM policy;
(TABLE before EXCEPT SELECT * FROM privrelease.rules) UNION ALL (SELECT * FROM privrelease.rules WHERE release = 'policy_open.person' EXCEPT TABLE before);

-- it makes a release of another state what it says: changed, added, dropped and reordered rules
SELECT privrelease.set_rule('policy_open.person', 'name', 'suppress');
SELECT privrelease.drop_rule('policy_open.person', 'year');
SELECT privrelease.set_rule('policy_open.person', 'id', 'suppress');
SELECT privrelease.import_policy(p) FROM policy;
SELECT privrelease.export_policy('policy_open.person') = p AS same FROM policy;
SELECT position, output_name, transform FROM privrelease.rules WHERE release = 'policy_open.person' ORDER BY position;

-- and it makes one that is not there
SELECT privrelease.drop_release('policy_open.person');
SELECT privrelease.import_policy(p) FROM policy;
SELECT privrelease.export_policy('policy_open.person') = p AS same FROM policy;
SELECT privrelease.import_policy(jsonb_set(p, '{release}', '"policy_open.again"')) FROM policy;
SELECT privrelease.build('policy_open.again');
SELECT * FROM policy_open.again;

-- documents that are not policies: nothing is done
SELECT privrelease.import_policy(d) FROM (VALUES ('1'::jsonb)) AS v(d);
SELECT privrelease.import_policy('{}');
SELECT privrelease.import_policy('{"privrelease": 2}');
SELECT privrelease.import_policy(p || '{"extra": 1}') FROM policy;
SELECT privrelease.import_policy(p - 'release') FROM policy;
SELECT privrelease.import_policy(p || '{"release": 1}') FROM policy;
SELECT privrelease.import_policy(p || '{"source": "policy_src.missing"}') FROM policy;
SELECT privrelease.import_policy(p || '{"source": "person"}') FROM policy;
SELECT privrelease.import_policy(p || '{"subject": "name"}') FROM policy;
SELECT privrelease.import_policy(p || '{"rules": {}}') FROM policy;
SELECT privrelease.import_policy(p || '{"rules": [1]}') FROM policy;
SELECT privrelease.import_policy(p || '{"rules": [{"column": "name"}]}') FROM policy;
SELECT privrelease.import_policy(p || '{"rules": [{"column": "name", "transform": "partial", "params": 5}]}') FROM policy;
SELECT privrelease.import_policy(p || '{"rules": [{"column": "name", "transform": "keep"}]}') FROM policy;
SELECT privrelease.import_policy(p || '{"rules": [{"column": "name", "transform": "expression", "params": {"sql": "name"}}]}') FROM policy;
SELECT privrelease.import_policy(p || '{"columns": [{"column": "name", "kind": "nothing"}]}') FROM policy;
SELECT privrelease.import_policy(p || '{"columns": [{"kind": "identifier"}]}') FROM policy;
SELECT privrelease.import_policy(p || '{"hierarchies": {"policy_new": [["a", "*"], ["b"]]}}') FROM policy;
SELECT privrelease.import_policy(p || '{"hierarchies": {"policy_new": 5}}') FROM policy;
SELECT privrelease.import_policy(p || '{"kind": "table"}') FROM policy;
SELECT privrelease.import_policy(p || '{"derive_quals": 5}') FROM policy;
SELECT privrelease.import_policy(p || jsonb_build_object('release', 'policy_open.' || repeat('x', 90))) FROM policy;
SELECT privrelease.import_policy(NULL);
SELECT privrelease.export_policy('policy_open.person') = p AS same FROM policy;
GRANT SELECT ON policy TO policy_other;
GRANT USAGE ON SCHEMA policy_src TO policy_other;

-- somebody else's source, and somebody else's hierarchy
SET ROLE policy_other;
SELECT privrelease.import_policy(p) FROM policy;
SELECT privrelease.import_policy(jsonb_set(p, '{release}', '"policy_open.mine"')) FROM policy;
RESET ROLE;

SELECT privrelease.uninstall();
DROP TABLE policy, before;
SET client_min_messages = warning;
DROP SCHEMA policy_src, policy_open CASCADE;
DROP EXTENSION privrelease;
DROP ROLE policy_steward, policy_other;
