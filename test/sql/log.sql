-- The log: what is written, who reads it, that nothing of it goes away, and what verify_log() says.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE log_steward; CREATE ROLE log_other; CREATE ROLE log_auditor; CREATE ROLE log_reader; CREATE ROLE log_approver;
CREATE SCHEMA log_src AUTHORIZATION log_steward; CREATE SCHEMA log_open AUTHORIZATION log_steward; CREATE SCHEMA log_other AUTHORIZATION log_other;
GRANT USAGE ON SCHEMA log_open TO log_reader;
-- What verify_log() has to say besides unsigned entries, which is what a server without preload has.
CREATE FUNCTION log_findings(head jsonb DEFAULT NULL) RETURNS TABLE (entry bigint, finding text)
    LANGUAGE sql AS $$ SELECT * FROM privrelease.verify_log(head) AS v WHERE v.finding !~ '^not signed' $$;
-- What was logged since the last look.
CREATE TABLE log_seen AS SELECT coalesce(max(entry), 0) AS entry FROM privrelease.log;
CREATE FUNCTION log_news() RETURNS TABLE (event text, release text, acting_role text, details text) LANGUAGE sql AS $$
    WITH looked AS (UPDATE log_seen SET entry = (SELECT max(l.entry) FROM privrelease.log AS l))
    SELECT l.event, l.release, l.acting_role,
           regexp_replace(regexp_replace(l.details::text, '[0-9a-f]{64}', 'DIGEST', 'g'), '"(release_role)": "(\w+)_[0-9a-f]{8}"|"(assessment)": \d+', '"\1\3": "..."', 'g')
    FROM privrelease.log AS l, log_seen AS s WHERE l.entry > s.entry ORDER BY l.entry $$;
SET client_min_messages = error;

SELECT privrelease.grant_duty('auditor', 'log_auditor'), privrelease.grant_duty('approver', 'log_approver');
SELECT * FROM log_news();
-- nothing changed, nothing is logged
SELECT privrelease.grant_duty('auditor', 'log_auditor');
SELECT * FROM log_news();

-- the life of a view
SET ROLE log_steward;
CREATE TABLE log_src.person (id int PRIMARY KEY, name text, age int);
INSERT INTO log_src.person SELECT g, 'MARKER' || g, 20 + g FROM generate_series(1, 20) AS g;
SELECT privrelease.create_hierarchy('log_h', ARRAY[['MARKER1', 'a', '*']]);
SELECT privrelease.classify('log_src.person', 'name', 'identifier');
SELECT privrelease.classify('log_src.person', 'name', 'identifier');
SELECT privrelease.create_release('log_open.person', 'log_src.person', subject => 'id', purpose => 'to "see"' || chr(10) || 'it');
SELECT privrelease.set_rule('log_open.person', 'name', 'partial', '{"left": 1}');
SELECT privrelease.set_rule('log_open.person', 'age', 'bin', '{"width": 10}', 'years');
SELECT privrelease.set_rule('log_open.person', 'id', 'suppress', output_name => 'nothing');
SELECT privrelease.drop_rule('log_open.person', 'nothing');
SELECT privrelease.build('log_open.person');
SELECT privrelease.assess('log_open.person') IS NOT NULL AS assessed;
SELECT privrelease.publish('log_open.person', 'log_reader');
SELECT privrelease.import_policy(privrelease.export_policy('log_open.person'));
SELECT privrelease.import_policy(privrelease.export_policy('log_open.person') || '{"purpose": null}');
SELECT privrelease.withdraw('log_open.person', 'enough');
SELECT privrelease.drop_release('log_open.person');
RESET ROLE;
SELECT * FROM log_news();
SELECT body FROM privrelease.log WHERE body !~ '^\{"entry": \d+, "at": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "database": "\d+/\d+", "session_role": ".*", "acting_role": ".*", "event": "\w+", "release": .*, "details": \{.*\}\}$' OR body ~ '[^ -~]';
SELECT details ->> 'purpose' AS purpose FROM privrelease.log WHERE event = 'create_release' AND release = 'log_open.person';

-- nothing of a source
SELECT count(*) AS markers FROM privrelease.log_entry WHERE body ~ 'MARKER';

-- who reads: auditors and approvers everything, an owner what concerns releases of his sources, dropped ones too, others nothing
SET ROLE log_auditor;
SELECT count(*) FILTER (WHERE release IS NULL) > 0 AS without, count(*) FILTER (WHERE release = 'log_open.person') AS of_release FROM privrelease.log;
SET ROLE log_approver;
SELECT count(*) FILTER (WHERE release IS NULL) > 0 AS without, count(*) FILTER (WHERE release = 'log_open.person') AS of_release FROM privrelease.log;
SET ROLE log_steward;
SELECT count(*) FILTER (WHERE release IS NULL) AS without, count(*) FILTER (WHERE release = 'log_open.person') AS of_release FROM privrelease.log;
SET ROLE log_other;
SELECT count(*) FROM privrelease.log;
-- not by a function of his own, either, nor what other views keep to the owner
CREATE FUNCTION log_other.leak(anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE EXCEPTION 'shown: %', $1; END $$;
SELECT count(*) FROM privrelease.log WHERE log_other.leak(body);
SELECT count(*) FROM privrelease.assessments WHERE log_other.leak(result);
RESET ROLE;
SELECT oid::regclass AS not_a_barrier FROM pg_class WHERE relnamespace = 'privrelease'::regnamespace AND relkind = 'v'
    AND pg_get_viewdef(oid) ~ 'may_inspect|has_duty' AND NOT coalesce('security_barrier=true' = ANY (reloptions), false);
-- nor the owner of a later release of the same name
ALTER SCHEMA log_open OWNER TO log_other;
SET ROLE log_other;
CREATE TABLE log_other.thing (id int, a int);
SELECT privrelease.create_release('log_open.person', 'log_other.thing');
SELECT event, release FROM privrelease.log ORDER BY entry;
SELECT privrelease.drop_release('log_open.person');

-- privileges with plain roles
SELECT privrelease.log_head();
SELECT * FROM privrelease.verify_log();
SELECT count(*) FROM privrelease.log_entry;
INSERT INTO privrelease.event (session_role, acting_role, event) VALUES ('a', 'b', 'c');
SELECT privrelease.log_chain();
SET ROLE log_approver;
SELECT privrelease.log_head();
SELECT * FROM log_findings();
SET ROLE log_auditor;
SELECT * FROM log_findings(privrelease.log_head());
SELECT h ->> 'entry' = max(l.entry)::text AS newest, (SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_object_keys(h) AS k) AS keys
    FROM privrelease.log AS l, privrelease.log_head() AS h GROUP BY h;
SELECT count(*) FROM privrelease.log_entry;
RESET ROLE;

-- savepoints: what is rolled back did not happen; several of a transaction, in their order
SELECT count(*) >= 0 AS ok FROM log_news();
BEGIN;
SELECT privrelease.grant_duty('steward', 'log_steward');
SAVEPOINT a;
SELECT privrelease.grant_duty('steward', 'log_other');
ROLLBACK TO a;
SELECT privrelease.grant_duty('steward', 'log_reader');
SAVEPOINT b;
SELECT privrelease.revoke_duty('steward', 'log_reader');
RELEASE b;
SELECT event FROM log_news();
SELECT count(*) AS waiting FROM privrelease.event;
SELECT * FROM log_findings();
COMMIT;
SELECT event, details FROM log_news();
SELECT count(*) AS waiting FROM privrelease.event;
BEGIN;
SELECT privrelease.revoke_duty('steward', 'log_steward');
ROLLBACK;
SELECT * FROM log_news();
-- in any isolation level; at once, if somebody wants it
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT privrelease.revoke_duty('steward', 'log_steward');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT event FROM log_news();
SELECT privrelease.grant_duty('steward', 'log_steward');
SELECT event FROM log_news();
COMMIT;
-- from functions, blocks and other rights
CREATE FUNCTION log_definer() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    BEGIN
        PERFORM privrelease.revoke_duty('steward', 'log_steward');
        RAISE division_by_zero;
    EXCEPTION WHEN division_by_zero THEN
        PERFORM privrelease.grant_duty('steward', 'log_other');
    END;
END $$;
SET ROLE log_reader;
SELECT public.log_definer();
RESET ROLE;
DO $$ BEGIN PERFORM privrelease.revoke_duty('steward', 'log_other'); END $$;
CREATE PROCEDURE log_procedure() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM privrelease.grant_duty('steward', 'log_other');
    COMMIT;
    PERFORM privrelease.revoke_duty('steward', 'log_other');
    ROLLBACK;
    PERFORM privrelease.revoke_duty('steward', 'log_other');
END $$;
CALL log_procedure();
SELECT event, acting_role = session_role AS as_itself, details FROM privrelease.log, (SELECT max(entry) AS last FROM privrelease.log) AS m WHERE entry > last - 4 ORDER BY entry;

-- names that could be read as something else
CREATE ROLE "log_""}, ""event"": ""x";
SELECT privrelease.grant_duty('auditor', 'log_"}, "event": "x');
SELECT event, details FROM privrelease.log ORDER BY entry DESC LIMIT 1;
SELECT privrelease.revoke_duty('auditor', 'log_"}, "event": "x');
DROP ROLE "log_""}, ""event"": ""x";

-- rows are only ever added, whoever asks
UPDATE privrelease.log_entry SET body = body;
DELETE FROM privrelease.log_entry WHERE false;
TRUNCATE privrelease.log_entry;
SET session_replication_role = replica;
DELETE FROM privrelease.log_entry;
RESET session_replication_role;
DELETE FROM privrelease.log_key;
SELECT * FROM log_findings();

-- a head that is none
SELECT * FROM privrelease.verify_log('[]');
SELECT * FROM privrelease.verify_log('{}');
SELECT * FROM privrelease.verify_log('{"entry": -1, "digest": ""}');
SELECT * FROM privrelease.verify_log('{"entry": 1.5, "digest": ""}');
SELECT * FROM privrelease.verify_log('{"entry": 9999999999999999999, "digest": ""}');
SELECT * FROM privrelease.verify_log('{"entry": 1, "digest": "XY"}');
SELECT * FROM privrelease.verify_log('{"entry": {"a": 1}, "digest": "XY"}');
SELECT * FROM privrelease.verify_log(('{"entry": 0, "digest": "' || repeat('a', 64) || '"}')::jsonb);
SELECT * FROM privrelease.verify_log(('{"entry": 1, "digest": "' || repeat('a', 64) || '", "key_version": 1}')::jsonb);
SELECT * FROM privrelease.verify_log(('{"entry": 1, "digest": "' || repeat('a', 64) || '", "key_version": 1, "public_key": "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", "signature": "' || repeat('A', 86) || '=="}')::jsonb);
SELECT * FROM log_findings(('{"entry": 0, "digest": "' || repeat('0', 64) || '"}')::jsonb);
SELECT finding FROM log_findings(('{"entry": 1, "digest": "' || repeat('a', 64) || '"}')::jsonb);

-- tampering, each found; what a superuser must do first is found as well
BEGIN;
ALTER TABLE privrelease.log_entry DISABLE TRIGGER log_kept;
SELECT * FROM log_findings();
ROLLBACK;
BEGIN;
ALTER TABLE privrelease.event DISABLE TRIGGER log_chain;
SELECT privrelease.grant_duty('steward', 'log_other');
SELECT * FROM log_findings();
COMMIT;
SELECT * FROM log_findings();
DELETE FROM privrelease.event;
ALTER TABLE privrelease.event ENABLE TRIGGER log_chain;
SELECT * FROM log_findings();

SELECT privrelease.revoke_duty('auditor', 'log_auditor'), privrelease.revoke_duty('approver', 'log_approver'),
    privrelease.revoke_duty('steward', 'log_steward'), privrelease.revoke_duty('steward', 'log_other');
DROP FUNCTION log_findings, log_news, log_definer;
DROP PROCEDURE log_procedure;
DROP TABLE log_seen;
DROP SCHEMA log_src, log_open, log_other CASCADE;
DELETE FROM privrelease.classification WHERE source_schema = 'log_src';
DROP ROLE log_steward, log_other, log_auditor, log_reader, log_approver;
