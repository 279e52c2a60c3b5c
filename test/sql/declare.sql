-- Declaration: who may say what of a source, and what is refused while somebody is there to mend it.
-- Keyed transforms need a key, which needs the library preloaded: see release_keyed.sql.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE declare_steward;
CREATE ROLE declare_other;
CREATE SCHEMA declare_src AUTHORIZATION declare_steward;
CREATE SCHEMA declare_open;
GRANT USAGE, CREATE ON SCHEMA declare_open TO declare_steward;
RESET client_min_messages;

SET ROLE declare_steward;
CREATE TYPE declare_src.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE declare_src.pair AS (a int, b int);
CREATE DOMAIN declare_src.grade AS int CHECK (VALUE > 0);
CREATE TABLE declare_src.person (
    id        int PRIMARY KEY,
    name      text,
    code      varchar(10),
    born      date,
    seen      timestamptz,
    income    int,
    balance   numeric(10,2),
    weight    float8,
    mood      declare_src.mood,
    grade     declare_src.grade,
    place     point,
    ip        inet,
    tags      text[],
    doc       json,
    pair      declare_src.pair
);
INSERT INTO declare_src.person VALUES
    (1, 'MARKER-Ann', 'A1', '1980-02-29', '2020-01-01 00:00+00', 100, 10.50, 70.5, 'ok', 1, '(1,2)', '192.0.2.1', '{a}', '{}'),
    (2, 'MARKER-Bob', 'B2', '1990-07-01', '2021-06-01 12:00+00', 200, 99.99, 80, 'sad', 2, '(3,4)', '2001:db8::1', '{b}', '{}');

-- classify
SELECT privrelease.classify('declare_src.person', 'name', 'identifier', 'basic');
SELECT privrelease.classify('declare_src.person', 'born', 'quasi_identifier');
SELECT privrelease.classify('declare_src.person', 'nothing', 'identifier');
SELECT privrelease.classify('declare_src.person', 'name', 'secret');
SELECT privrelease.classify('declare_src.person', 'name', 'sensitive', 'nonsense');
SELECT privrelease.classify('declare_src.person', NULL, 'sensitive');
SELECT * FROM privrelease.classifications WHERE source = 'declare_src.person';

-- create_release
SELECT privrelease.create_release('person', 'declare_src.person');
SELECT privrelease.create_release('a.b.c', 'declare_src.person');
SELECT privrelease.create_release('', 'declare_src.person');
SELECT privrelease.create_release('declare_open.person', 'declare_src.missing');
SELECT privrelease.create_release('declare_open.person', 'declare_src.person', subject => 'nothing');
SELECT privrelease.create_release('declare_open.person', 'declare_src.person', subject => 'pair');
SELECT privrelease.create_release('declare_open.person', 'declare_src.person', kind => 'Table');
SELECT privrelease.create_release('declare_open.person', 'declare_src.person', kind => 'matview');
SELECT privrelease.create_release('declare_open.person', 'declare_src.person', model => '{"k": 5}');
SELECT privrelease.create_release('pg_catalog.person', 'declare_src.person');
SELECT privrelease.create_release('privrelease.person', 'declare_src.person');
SELECT privrelease.create_release('pg_temp.person', 'declare_src.person');
SELECT privrelease.create_release('declare_src.person', 'declare_src.person');
SELECT privrelease.create_release('public.person', 'pg_catalog.pg_authid');
SELECT privrelease.create_release(NULL, 'declare_src.person');
SELECT privrelease.create_release(repeat('x', 70) || '.' || repeat('y', 80), 'declare_src.person');
-- a failed call leaves no role and no row behind
SELECT count(*) FROM pg_roles WHERE rolname LIKE 'privrelease\_person\_%';
SELECT privrelease.create_release('declare_open.person', 'declare_src.person', subject => 'id', purpose => 'it''s open');
SELECT privrelease.create_release('declare_open.person', 'declare_src.person');
SELECT release, source, subject, kind, purpose, state, audience, unverified, declared_by
    FROM privrelease.releases WHERE release = 'declare_open.person';

-- the release's role: no login, no right but what is to come, no member
SELECT rolcanlogin, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
       (SELECT count(*) FROM pg_auth_members m WHERE m.roleid = r.oid OR m.member = r.oid) AS memberships
    FROM pg_roles r WHERE rolname = (SELECT release_role FROM privrelease.releases WHERE release = 'declare_open.person');

-- build without rules
SELECT privrelease.build('declare_open.person');

-- set_rule: names and types
SELECT privrelease.set_rule('declare_open.nothing', 'name', 'keep');
SELECT privrelease.set_rule('declare_open.person', 'nothing', 'keep');
SELECT privrelease.set_rule('declare_open.person', 'name', 'nothing');
SELECT privrelease.set_rule('declare_open.person', 'name', 'shuffle');
SELECT privrelease.set_rule('declare_open.person', 'income', 'partial');
SELECT privrelease.set_rule('declare_open.person', 'name', 'bin', '{"width": 1}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'noise', '{"scale": 1}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'date_trunc', '{"unit": "year"}');
SELECT privrelease.set_rule('declare_open.person', 'pair', 'pseudonymize');
SELECT privrelease.set_rule('declare_open.person', 'seen', 'age', '{"at": "2020-01-01"}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'grid', '{"size": 1}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'network');
SELECT privrelease.set_rule('declare_open.person', NULL, 'keep');
SELECT privrelease.set_rule('declare_open.person', 'ctid', 'keep');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{}', '');

-- set_rule: params
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '[]');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"lefft": 1}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"left": -1}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"left": 1.5}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"left": "1"}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"left": {"x": 1}}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"left": null}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"fill": ""}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"fill": "**"}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"length": 0}');
SELECT privrelease.set_rule('declare_open.person', 'name', 'prefix');
SELECT privrelease.set_rule('declare_open.person', 'name', 'prefix', '{"levels": [1, 2]}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 0}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": -5}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 2.5}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 3000000000}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 10, "bottom": 50, "top": 50}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 10, "top_quantile": 0.9}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": "wide"}');
SELECT privrelease.set_rule('declare_open.person', 'weight', 'round', '{"to": 1e400}');
SELECT privrelease.set_rule('declare_open.person', 'born', 'date_trunc', '{"unit": "hour"}');
SELECT privrelease.set_rule('declare_open.person', 'born', 'date_trunc', '{"unit": "year", "timezone": "UTC"}');
SELECT privrelease.set_rule('declare_open.person', 'seen', 'date_trunc', '{"unit": "day"}');
SELECT privrelease.set_rule('declare_open.person', 'seen', 'date_trunc', '{"unit": "day", "timezone": "Mars/Olympus"}');
SELECT privrelease.set_rule('declare_open.person', 'born', 'age', '{"at": "2020-02-30"}');
SELECT privrelease.set_rule('declare_open.person', 'born', 'age', '{"at": "now"}');
SELECT privrelease.set_rule('declare_open.person', 'ip', 'network', '{"v4": 33}');
SELECT privrelease.set_rule('declare_open.person', 'place', 'grid', '{"size": 0}');
SELECT privrelease.set_rule('declare_open.person', 'code', 'resident_id', '{"show": "region+name"}');
SELECT privrelease.set_rule('declare_open.person', 'mood', 'constant', '{"value": "glad"}');
SELECT privrelease.set_rule('declare_open.person', 'code', 'constant', '{"value": "much longer than ten"}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'constant', '{"value": null}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'constant');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "upper(name)"}');

-- set_rule: what would keep an identifier clear, and what would not stay unique
SELECT privrelease.set_rule('declare_open.person', 'name', 'keep');
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"unique": true}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 10, "unique": true}');
SELECT privrelease.set_rule('declare_open.person', 'id', 'keep', '{"unique": true}');
SELECT privrelease.classify('declare_src.person', 'id', 'identifier');
SELECT privrelease.build('declare_open.person');
SELECT privrelease.set_rule('declare_open.person', 'id', 'bin', '{"width": 1}');
SELECT privrelease.set_rule('declare_open.person', 'id', 'round', '{"to": 1}');
SELECT privrelease.drop_rule('declare_open.person', 'id');
SELECT privrelease.drop_rule('declare_open.person', 'id');
SELECT privrelease.classify('declare_src.person', 'born', 'identifier');
SELECT privrelease.set_rule('declare_open.person', 'born', 'date_trunc', '{"unit": "day"}');
SELECT privrelease.classify('declare_src.person', 'ip', 'identifier');
SELECT privrelease.set_rule('declare_open.person', 'ip', 'network', '{"v4": 32}');

ALTER TABLE declare_src.person ADD COLUMN bare numeric;
SELECT privrelease.classify('declare_src.person', c, 'identifier') FROM unnest('{bare,weight,place}'::name[]) AS c;
SELECT privrelease.set_rule('declare_open.person', 'bare', 'bin', '{"width": 1}');
SELECT privrelease.set_rule('declare_open.person', 'weight', 'round', '{"to": 0.00001}');
SELECT privrelease.set_rule('declare_open.person', 'place', 'grid', '{"size": 0.000001}');
SELECT privrelease.set_rule('declare_open.person', 'place', 'grid', '{"size": 0.01}', 'near');
SELECT privrelease.drop_rule('declare_open.person', 'near');

-- set_rule: hierarchies must have every value
SELECT privrelease.create_hierarchy('declare_moods', ARRAY[['sad', 'low', '*'], ['ok', 'high', '*']]);
SELECT privrelease.set_rule('declare_open.person', 'mood', 'hierarchy', '{"hierarchy": "declare_nothing", "level": 1}');
SELECT privrelease.set_rule('declare_open.person', 'mood', 'hierarchy', '{"hierarchy": "declare_moods", "level": 3}');
SELECT privrelease.set_rule('declare_open.person', 'mood', 'hierarchy', '{"hierarchy": "declare_moods", "level": "auto"}');
SELECT privrelease.set_rule('declare_open.person', 'mood', 'hierarchy', '{"hierarchy": "declare_moods", "level": 1}');
UPDATE declare_src.person SET mood = 'happy' WHERE id = 1;
SELECT privrelease.set_rule('declare_open.person', 'mood', 'hierarchy', '{"hierarchy": "declare_moods", "level": 1}');
UPDATE declare_src.person SET mood = 'ok' WHERE id = 1;

-- a hierarchy of somebody else, who could replace it; one that only seems to be coarser
SET ROLE declare_other;
SELECT privrelease.create_hierarchy('declare_theirs', ARRAY[['sad', 'low', '*'], ['ok', 'high', '*']]);
SET ROLE declare_steward;
SELECT privrelease.set_rule('declare_open.person', 'mood', 'hierarchy', '{"hierarchy": "declare_theirs", "level": 1}');
SELECT privrelease.create_hierarchy('declare_same', ARRAY[['MARKER-Ann', 'MARKER-Ann', '*'], ['MARKER-Bob', 'M', '*']]);
SELECT privrelease.set_rule('declare_open.person', 'name', 'hierarchy', '{"hierarchy": "declare_same", "level": 1}');

-- one column twice, and names that would collide
SELECT privrelease.set_rule('declare_open.person', 'income', 'bin', '{"width": 100}', 'income_band');
SELECT privrelease.set_rule('declare_open.person', 'income', 'round', '{"to": 50}', 'income_rounded');
SELECT privrelease.set_rule('declare_open.person', 'place', 'grid', '{"size": 1}');
SELECT privrelease.set_rule('declare_open.person', 'income', 'suppress', '{}', 'place_x');
SELECT privrelease.set_rule('declare_open.person', 'place', 'grid', '{"size": 1}', repeat('p', 63));

-- every unkeyed transform, through a view
SELECT privrelease.set_rule('declare_open.person', 'name', 'partial', '{"left": 1}');
SELECT privrelease.set_rule('declare_open.person', 'code', 'prefix', '{"length": 1}');
SELECT privrelease.set_rule('declare_open.person', 'born', 'date_trunc', '{"unit": "decade"}');
SELECT privrelease.set_rule('declare_open.person', 'born', 'age', '{"at": "2024-02-28", "width": 1}', 'age');
SELECT privrelease.set_rule('declare_open.person', 'seen', 'date_trunc', '{"unit": "day", "timezone": "Asia/Shanghai"}');
SELECT privrelease.set_rule('declare_open.person', 'balance', 'bin', '{"width": 25, "top": 75}');
SELECT privrelease.set_rule('declare_open.person', 'weight', 'suppress');
SELECT privrelease.set_rule('declare_open.person', 'grade', 'bin', '{"width": 2}');
SELECT privrelease.set_rule('declare_open.person', 'ip', 'network');
SELECT privrelease.set_rule('declare_open.person', 'tags', 'constant', '{"value": "{x,y}"}');
SELECT privrelease.set_rule('declare_open.person', 'doc', 'suppress');
SELECT regexp_replace(privrelease.definition('declare_open.person'), 'privrelease_person_[0-9a-f]{8}', 'RELEASE_ROLE', 'g');
SELECT privrelease.build('declare_open.person');
SELECT output_name, column_name, column_type, transform, params, key FROM privrelease.rules
    WHERE release = 'declare_open.person' ORDER BY position;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\x on
SELECT * FROM declare_open.person ORDER BY income_band;
\x off
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'declare_open.person'::regclass AND attnum > 0 ORDER BY attnum;
SELECT row_no, column_name, source_value, released_value FROM privrelease.preview('declare_open.person', 1);
SELECT count(*) FROM privrelease.preview('declare_open.person', 0);
SELECT privrelease.preview('declare_open.person', -1);
RESET ROLE;

-- superusers may write an expression; it is marked wherever the release is listed
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "upper(left(name, 2)) -- two letters"}', 'initials');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "name, income"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "name FROM declare_src.person"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "name); DROP TABLE declare_src.person; --"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "(SELECT rolpassword FROM pg_authid LIMIT 1)"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "random()"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "max(name)"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "name || current_user"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "s::text"}', 'bad');
SELECT privrelease.set_rule('declare_open.person', 'name', 'expression', '{"sql": "missing"}', 'bad');
SELECT privrelease.build('declare_open.person');
SELECT initials FROM declare_open.person ORDER BY 1;
SELECT release, unverified FROM privrelease.releases WHERE release = 'declare_open.person';

-- only the source's owner, or a superuser
SET ROLE declare_other;
SELECT privrelease.classify('declare_src.person', 'name', 'insensitive');
SELECT privrelease.create_release('declare_open.theirs', 'declare_src.person');
SELECT privrelease.set_rule('declare_open.person', 'name', 'keep');
SELECT privrelease.drop_rule('declare_open.person', 'name');
SELECT privrelease.build('declare_open.person');
SELECT privrelease.definition('declare_open.person');
SELECT privrelease.preview('declare_open.person');
SELECT privrelease.drift('declare_open.person');
SELECT privrelease.export_policy('declare_open.person');
SELECT privrelease.publish('declare_open.person', 'declare_other');
SELECT privrelease.withdraw('declare_open.person', 'mine');
SELECT privrelease.drop_release('declare_open.person');
SELECT privrelease.rebind();
SELECT privrelease.uninstall();
SELECT privrelease.create_key('mine');
SELECT * FROM privrelease.release;
SELECT * FROM privrelease.rule;
SELECT * FROM privrelease.hierarchy_value;
UPDATE privrelease.rule SET transform = 'keep';
DELETE FROM privrelease.classification;
RESET ROLE;

-- the owner of a source may not put a release where he may not create
REVOKE ALL ON SCHEMA declare_open FROM declare_steward;
SET ROLE declare_steward;
SELECT privrelease.create_release('declare_open.second', 'declare_src.person');
SELECT privrelease.build('declare_open.person');
RESET ROLE;

SELECT privrelease.drop_release('declare_open.person');
SELECT privrelease.drop_release('declare_open.person');
SELECT count(*) FROM pg_roles WHERE rolname LIKE 'privrelease\_person\_%';
SELECT to_regclass('declare_open.person');
SET client_min_messages = warning;
DROP SCHEMA declare_src, declare_open CASCADE;
DROP EXTENSION privrelease;
DROP ROLE declare_steward, declare_other;
