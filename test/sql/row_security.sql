-- Sources with row-level security: the policies that apply to the release role decide, and never the reader.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE rls_steward;
CREATE ROLE rls_app;
CREATE ROLE rls_reader;
CREATE SCHEMA rls_src AUTHORIZATION rls_steward;
CREATE SCHEMA rls_open;
GRANT USAGE, CREATE ON SCHEMA rls_open TO rls_steward;
GRANT USAGE ON SCHEMA rls_open TO rls_reader;

SET ROLE rls_steward;
CREATE TABLE rls_src.person (id int, tenant text, name text);
INSERT INTO rls_src.person SELECT g, CASE g % 2 WHEN 0 THEN 'rls_app' ELSE 'rls_reader' END, 'MARKER' || g FROM generate_series(1, 10) AS g;
CREATE FUNCTION rls_src.whoami() RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user::text';
CREATE FUNCTION rls_src.is_even(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0';
ALTER TABLE rls_src.person ENABLE ROW LEVEL SECURITY;

-- policies that ask who reads are refused as long as they apply to the release role
CREATE FUNCTION pg_temp.try(policy text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text; message text;
BEGIN
    EXECUTE 'CREATE POLICY p ON rls_src.person ' || policy;
    PERFORM privrelease.create_release('rls_open.try', 'rls_src.person');
    PERFORM privrelease.drop_release('rls_open.try');
    DROP POLICY p ON rls_src.person;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ': ' || message || ' | ' || hint;
END $$;
\x on
SELECT policy, pg_temp.try(policy) FROM (VALUES
    ('USING (tenant = current_user)'),
    ('USING (tenant = session_user)'),
    ('USING (tenant = user)'),
    ('USING (tenant = current_role)'),
    ('USING (tenant = current_setting(''app.tenant'', true))'),
    ('USING (pg_has_role(tenant, ''MEMBER''))'),
    ('USING (tenant = rls_src.whoami())'),
    ('USING (id IN (SELECT 1))'),
    ('USING (CASE WHEN id > 5 THEN tenant = current_user ELSE true END)'),
    ('AS RESTRICTIVE USING (tenant = current_user)'),
    ('FOR SELECT USING (inet_client_addr() IS NULL)'),
    ('TO rls_app USING (tenant = current_user)'),
    ('FOR INSERT WITH CHECK (tenant = current_user)'),
    ('USING (id <= 4)'),
    ('USING (rls_src.is_even(id) AND current_date > ''2000-01-01'')')) AS v(policy);
\x off
SELECT count(*) FROM pg_policies WHERE schemaname = 'rls_src';

-- no policy for the release role: no row; a policy for it: its rows, the same for every reader
SELECT privrelease.create_release('rls_open.person', 'rls_src.person');
SELECT privrelease.set_rule('rls_open.person', 'id', 'keep');
SELECT privrelease.build('rls_open.person');
RESET ROLE;
GRANT SELECT ON rls_open.person TO rls_reader;
SET ROLE rls_reader;
SELECT count(*) FROM rls_open.person;
RESET ROLE;
SELECT release_role FROM privrelease.releases WHERE release = 'rls_open.person' \gset
CREATE POLICY app ON rls_src.person TO rls_app USING (tenant = current_user);
CREATE POLICY released ON rls_src.person FOR SELECT TO :release_role USING (id <= 3);
SET ROLE rls_reader;
SELECT * FROM rls_open.person ORDER BY id;
SET ROLE rls_steward;
SELECT * FROM rls_open.person ORDER BY id;
RESET ROLE;
SELECT * FROM rls_open.person ORDER BY id;
ALTER TABLE rls_src.person FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM rls_open.person;
-- a preview shows the source's owner his rows, with no more rights than he has
SET ROLE rls_steward;
SELECT count(*) FROM privrelease.preview('rls_open.person', 10);
RESET ROLE;

-- a view does not hide the question, nor does a table below it
SET ROLE rls_steward;
CREATE VIEW rls_src.mine AS SELECT id FROM rls_src.person WHERE tenant = current_user;
CREATE VIEW rls_src.nested AS SELECT id FROM (SELECT * FROM rls_src.mine) AS m;
CREATE VIEW rls_src.over AS SELECT id FROM rls_src.person;
SELECT privrelease.create_release('rls_open.mine', 'rls_src.mine');
SELECT privrelease.create_release('rls_open.nested', 'rls_src.nested');
-- below another view, one that reads as its caller reads as the session's user
CREATE VIEW rls_src.as_caller WITH (security_invoker) AS SELECT id FROM rls_src.person;
CREATE VIEW rls_src.over_caller AS SELECT id FROM rls_src.as_caller;
SELECT privrelease.create_release('rls_open.over_caller', 'rls_src.over_caller');
-- views that use one another many times are walked once
DO $$ BEGIN
    CREATE VIEW rls_src.v0 AS SELECT 1 AS a;
    FOR i IN 1 .. 40 LOOP
        EXECUTE format('CREATE VIEW rls_src.v%s AS SELECT x.a FROM rls_src.v%s AS x, rls_src.v%s AS y', i, i - 1, i - 1);
    END LOOP; END $$;
SELECT privrelease.create_release('rls_open.many', 'rls_src.v40');
SELECT privrelease.drop_release('rls_open.many');
RESET ROLE;
CREATE POLICY steward ON rls_src.person TO rls_steward USING (tenant = current_user);
SET ROLE rls_steward;
SELECT privrelease.create_release('rls_open.over', 'rls_src.over');
RESET ROLE;
DROP POLICY steward ON rls_src.person;

-- a policy that came later is refused at the next build and publish
CREATE POLICY later ON rls_src.person USING (tenant = current_user);
SELECT privrelease.build('rls_open.person');
SELECT * FROM privrelease.drift('rls_open.person') WHERE column_name IS NULL;
DROP POLICY later ON rls_src.person;
SELECT privrelease.build('rls_open.person');

-- dropping the release takes its policy along
SELECT privrelease.drop_release('rls_open.person');
SELECT polname FROM pg_policy WHERE polrelid = 'rls_src.person'::regclass;

DROP FUNCTION pg_temp.try(text);
DROP SCHEMA rls_src, rls_open CASCADE;
DROP EXTENSION privrelease;
DROP ROLE rls_steward, rls_app, rls_reader;
