-- Keyed rules through a release, publishing and withdrawing: all need the library preloaded.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE keyed_steward;
CREATE ROLE keyed_other;
CREATE ROLE keyed_audience;
CREATE ROLE keyed_second;
CREATE ROLE keyed_super SUPERUSER;
CREATE SCHEMA keyed_src AUTHORIZATION keyed_steward;
CREATE SCHEMA keyed_other AUTHORIZATION keyed_other;
CREATE SCHEMA keyed_open;
GRANT USAGE, CREATE ON SCHEMA keyed_open TO keyed_steward, keyed_other;
RESET client_min_messages;

SET ROLE keyed_steward;
CREATE TABLE keyed_src.visit (id int, person text, card text, given text, cost int, fee int, amount numeric, at date, ts timestamptz,
                              PRIMARY KEY (id, person));
INSERT INTO keyed_src.visit
    SELECT g, 'MARKER' || g % 20, lpad((g * 7919)::text, 12, '0'), 'MARKERgiven' || g % 20, 1000 + g % 3, 1000 + g % 3, g % 3, date '2020-01-01' + g, '2020-01-01'::timestamptz
    FROM generate_series(1, 100) AS g;
CREATE TABLE keyed_src.names (n text);
INSERT INTO keyed_src.names SELECT 'Name ' || g FROM generate_series(1, 50) AS g;
SELECT privrelease.create_release('keyed_open.visit', 'keyed_src.visit', subject => 'person');
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_none"}');
RESET ROLE;
SELECT privrelease.create_key('keyed_key') > 0 AS made;
SET ROLE keyed_steward;

-- what is refused at declaration
SELECT privrelease.create_release('keyed_open.nosubject', 'keyed_src.visit');
SELECT privrelease.set_rule('keyed_open.nosubject', 'cost', 'noise', '{"scale": 100, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.nosubject', 'at', 'date_shift', '{"max_days": 30, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 0, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 5, "grid": 10, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 1e18, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100000000, "distribution": "gaussian", "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "distribution": "uniform", "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "grid": 10, "bottom": 5, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "bottom": 5, "top": 5, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "per_row": "nothing", "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'amount', 'noise', '{"scale": 100, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'at', 'date_shift', '{"max_days": 0, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'card', 'encrypt_fpe', '{"key": "keyed_key", "alphabet": "0"}');
SELECT privrelease.set_rule('keyed_open.visit', 'card', 'encrypt_fpe', '{"key": "keyed_key", "alphabet": "0120"}');
SELECT privrelease.set_rule('keyed_open.visit', 'card', 'encrypt_fpe', '{"key": "keyed_key", "keep_left": 4, "keep_right": 4}');
SELECT privrelease.set_rule('keyed_open.visit', 'given', 'fake', '{"key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'given', 'fake', '{"key": "keyed_key", "dictionary": "keyed_src.nothing"}');
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_key", "as": "int"}');
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_key", "as": "bigint", "unique": true}');
SELECT privrelease.set_rule('keyed_open.visit', 'given', 'fake', '{"key": "keyed_key", "dictionary": "keyed_src.names", "unique": true}');

INSERT INTO keyed_src.visit (id, person, card) VALUES (0, 'MARKER0', '12-34');
SELECT privrelease.set_rule('keyed_open.visit', 'card', 'encrypt_fpe', '{"key": "keyed_key", "unique": true}');
DELETE FROM keyed_src.visit WHERE id = 0;
SELECT privrelease.set_rule('keyed_open.visit', 'card', 'encrypt_fpe', '{"key": "keyed_key", "unique": true}');

-- all of them, through a view
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_key", "as": "uuid"}', 'person_uuid');
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_key", "as": "bigint"}', 'person_bigint');
SELECT privrelease.set_rule('keyed_open.visit', 'card', 'encrypt_fpe', '{"key": "keyed_key", "keep_right": 2}');
SELECT privrelease.set_rule('keyed_open.visit', 'given', 'fake', '{"key": "keyed_key", "dictionary": "keyed_src.names"}');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'fee', 'noise', '{"scale": 100, "key": "keyed_key", "per_row": true}', 'cost_row');
SELECT privrelease.set_rule('keyed_open.visit', 'amount', 'noise', '{"scale": 1, "grid": 0.5, "bottom": 0, "top": 10, "distribution": "gaussian", "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'at', 'date_shift', '{"max_days": 100, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'ts', 'date_shift', '{"max_days": 100, "key": "keyed_key"}');
SELECT privrelease.build('keyed_open.visit');
SELECT count(*), count(DISTINCT person) AS persons, count(DISTINCT person_uuid) AS uuids, count(DISTINCT person_bigint) AS bigints,
       count(DISTINCT card) AS cards, count(DISTINCT right(card, 2)) <= 100 AS kept, bool_and(length(card) = 12) AS length,
       bool_and(given LIKE 'Name %') AS named, count(*) FILTER (WHERE person LIKE '%MARKER%' OR given LIKE '%MARKER%') AS leaked
    FROM keyed_open.visit;
-- the same person has one pseudonym, one shift, and one noise for one value; per row the noise differs
SELECT count(DISTINCT (s.person, v.person)) AS pairs, count(DISTINCT (s.person, v.at - s.at)) AS shifts,
       count(DISTINCT (s.person, s.cost)) = count(DISTINCT (s.person, s.cost, v.cost)) AS sticky,
       count(DISTINCT (s.person, s.cost)) < count(DISTINCT (s.person, s.cost, v.cost_row)) AS per_row_differs,
       bool_and(v.amount BETWEEN 0 AND 10 AND v.amount % 0.5 = 0) AS on_grid
    FROM (SELECT *, row_number() OVER () AS n FROM keyed_src.visit) AS s
    JOIN (SELECT *, row_number() OVER () AS n FROM keyed_open.visit) AS v USING (n);
CREATE TEMP TABLE first AS SELECT * FROM keyed_open.visit;
SELECT count(*) FROM (TABLE first EXCEPT ALL SELECT * FROM keyed_open.visit) AS x;
-- a preview shows what the view shows
SELECT count(*) FROM privrelease.preview('keyed_open.visit', 100) AS p
    WHERE p.column_name = 'person' AND p.released_value NOT IN (SELECT person FROM first);
RESET ROLE;

-- rotation: nothing at once; at the next build other pseudonyms, the same noise and shifts
SELECT privrelease.rotate_key('keyed_key');
SELECT count(*) FROM (TABLE first EXCEPT ALL SELECT * FROM keyed_open.visit) AS x;
SET ROLE keyed_steward;
SELECT privrelease.build('keyed_open.visit');
SELECT count(*) FROM first f JOIN keyed_open.visit v ON f.person = v.person OR f.person_uuid = v.person_uuid OR f.card = v.card;
SELECT count(*) FROM (SELECT cost, cost_row, amount, at, ts FROM first EXCEPT ALL SELECT cost, cost_row, amount, at, ts FROM keyed_open.visit) AS x;
-- not even a rule that is set anew after the rotation draws noise a second time
SELECT privrelease.drop_rule('keyed_open.visit', 'cost');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.visit', 'at', 'date_shift', '{"max_days": 100, "key": "keyed_key"}');
SELECT privrelease.build('keyed_open.visit');
SELECT count(*) FROM (SELECT cost, at FROM first EXCEPT ALL SELECT cost, at FROM keyed_open.visit) AS x;
SELECT output_name, key_version FROM privrelease.rules WHERE release = 'keyed_open.visit' ORDER BY position;
-- nor does a rename move the domain
ALTER TABLE keyed_src.visit RENAME COLUMN cost TO price;
SELECT privrelease.build('keyed_open.visit');
SELECT privrelease.set_rule('keyed_open.visit', 'price', 'noise', '{"scale": 100, "key": "keyed_key"}', 'cost');
SELECT privrelease.build('keyed_open.visit');
SELECT count(*) FROM (SELECT cost, at FROM first EXCEPT ALL SELECT cost, at FROM keyed_open.visit) AS x;
ALTER TABLE keyed_src.visit RENAME COLUMN price TO cost;
SELECT privrelease.build('keyed_open.visit');

-- after an UPDATE the noise is another: the exact difference does not show
CREATE TEMP TABLE shifted AS SELECT cost FROM keyed_open.visit;
UPDATE keyed_src.visit SET cost = cost + 1000;
SELECT count(DISTINCT v.cost - f.cost) > 5 AS redrawn FROM (SELECT cost, row_number() OVER () AS n FROM shifted) AS f
    JOIN (SELECT cost, row_number() OVER () AS n FROM keyed_open.visit) AS v USING (n);

-- the owner of another source cannot make a dictionary of these pseudonyms, or draw this noise, from guesses of his own
SET ROLE keyed_other;
CREATE TABLE keyed_other.guess (person text, cost int, at date, card text);
SELECT privrelease.create_release('keyed_open.guess', 'keyed_other.guess', subject => 'person');
SELECT privrelease.set_rule('keyed_open.guess', 'person', 'pseudonymize', '{"key": "keyed_key", "domain": "keyed_src.visit.person"}');
SELECT privrelease.set_rule('keyed_open.guess', 'person', 'fake', '{"key": "keyed_key", "dictionary": "keyed_other.guess", "domain": "keyed_src.visit.given"}');
INSERT INTO keyed_other.guess VALUES ('MARKER1', 1000, '2020-01-01', '000000007919');
SELECT privrelease.set_rule('keyed_open.guess', 'person', 'fake', '{"key": "keyed_key", "dictionary": "keyed_other.guess", "domain": "keyed_src.visit.given"}');
SELECT privrelease.set_rule('keyed_open.guess', 'cost', 'noise', '{"key": "keyed_key", "scale": 100, "domain": "keyed_src.visit.cost"}');
SELECT privrelease.set_rule('keyed_open.guess', 'at', 'date_shift', '{"key": "keyed_key", "max_days": 100}');
SELECT privrelease.set_rule('keyed_open.guess', 'card', 'encrypt_fpe', '{"key": "keyed_key"}');
SELECT privrelease.set_rule('keyed_open.guess', 'person', 'pseudonymize', '{"key": "keyed_key"}');
SELECT privrelease.drop_release('keyed_open.guess');
SET ROLE keyed_steward;

-- one value is drawn once: other parameters, another domain or per_row beside it would let readers average
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 1000, "grid": 10, "key": "keyed_key"}', 'cost_2');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "key": "keyed_key", "domain": "other"}', 'cost_2');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "key": "keyed_key", "per_row": true}', 'cost_2');
SELECT privrelease.set_rule('keyed_open.visit', 'fee', 'noise', '{"scale": 200, "key": "keyed_key", "domain": "keyed_src.visit.cost"}', 'fee_2');
SELECT privrelease.set_rule('keyed_open.visit', 'at', 'date_shift', '{"max_days": 300, "key": "keyed_key"}', 'at_2');
SELECT privrelease.set_rule('keyed_open.visit', 'cost', 'noise', '{"scale": 100, "key": "keyed_key"}', 'cost_2');
SELECT privrelease.drop_rule('keyed_open.visit', 'cost_2');
-- changing them afterwards is a second draw over time
BEGIN;
SELECT privrelease.set_rule('keyed_open.visit', 'amount', 'noise', '{"scale": 2, "grid": 0.5, "key": "keyed_key"}');
ROLLBACK;
-- the name of somebody else's column is no domain to claim before he does; a superuser who shares one is told
CREATE TABLE keyed_src.later (id int);
SET ROLE keyed_other;
SELECT privrelease.create_release('keyed_open.squat', 'keyed_other.guess');
SELECT privrelease.set_rule('keyed_open.squat', 'person', 'pseudonymize', '{"key": "keyed_key", "domain": "keyed_src.later.id"}');
SELECT privrelease.set_rule('keyed_open.squat', 'person', 'pseudonymize', '{"key": "keyed_key", "domain": "keyed_src.not_yet.id"}');
SELECT privrelease.set_rule('keyed_open.squat', 'person', 'pseudonymize', '{"key": "keyed_key", "domain": "persons"}');
RESET ROLE;
SELECT privrelease.set_rule('keyed_open.squat', 'person', 'pseudonymize', '{"key": "keyed_key", "domain": "keyed_src.visit.person"}');
SET ROLE keyed_other;
SELECT privrelease.build('keyed_open.squat');
SELECT privrelease.drop_release('keyed_open.squat');
SET ROLE keyed_steward;

-- publish: refused before it is built as declared, and to whom the source is open
SELECT privrelease.publish('keyed_open.nosubject', 'keyed_audience');
SELECT privrelease.publish('keyed_open.visit');
SELECT privrelease.publish('keyed_open.visit', 'keyed_nobody');
SELECT privrelease.publish('keyed_open.visit', NULL);
SELECT privrelease.publish('keyed_open.visit', 'keyed_super');
SELECT privrelease.publish('keyed_open.visit', 'keyed_steward');
SELECT privrelease.publish('keyed_open.visit', 'pg_read_all_data');
SELECT privrelease.publish('keyed_open.visit', 'public');
SELECT privrelease.set_rule('keyed_open.visit', 'id', 'keep');
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience');
SELECT privrelease.build('keyed_open.visit');
SELECT privrelease.classify('keyed_src.visit', 'id', 'identifier');
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience');
SELECT privrelease.drop_rule('keyed_open.visit', 'id');
SELECT privrelease.build('keyed_open.visit');
GRANT SELECT (at) ON keyed_src.visit TO keyed_audience;
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience');
REVOKE SELECT (at) ON keyed_src.visit FROM keyed_audience;
-- nor to who reads a partition or the parent, nor while the release's role has a member
RESET ROLE;
CREATE TABLE keyed_src.part (LIKE keyed_src.visit);
ALTER TABLE keyed_src.part INHERIT keyed_src.visit;
GRANT SELECT ON keyed_src.part TO keyed_audience;
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience');
REVOKE SELECT ON keyed_src.part FROM keyed_audience;
ALTER TABLE keyed_src.part NO INHERIT keyed_src.visit;
ALTER TABLE keyed_src.visit INHERIT keyed_src.part;
GRANT SELECT ON keyed_src.part TO keyed_audience;
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience');
ALTER TABLE keyed_src.visit NO INHERIT keyed_src.part;
DROP TABLE keyed_src.part;
SELECT release_role FROM privrelease.releases WHERE release = 'keyed_open.visit' \gset
GRANT :release_role TO keyed_second;
\set VERBOSITY sqlstate
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience');
\set VERBOSITY default
REVOKE :release_role FROM keyed_second;
SET ROLE keyed_steward;
SELECT has_schema_privilege('keyed_audience', 'keyed_open', 'USAGE') AS usage_before;
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience', 'keyed_second');
SELECT state, audience FROM privrelease.releases WHERE release = 'keyed_open.visit';
SET ROLE keyed_audience;
SELECT count(*) FROM keyed_open.visit;
SELECT privrelease.publish('keyed_open.visit', 'keyed_second');

-- a rotation, and a draft beside what is published: the version of what was built now, and of the draft that which it was declared with
RESET ROLE;
BEGIN;
SET LOCAL ROLE keyed_steward;
SELECT privrelease.set_rule('keyed_open.visit', 'person', 'pseudonymize', '{"key": "keyed_key", "as": "uuid", "domain": "keyed drafts"}', 'person_uuid');
RESET ROLE;
SELECT privrelease.rotate_key('keyed_key') > 2 AS rotated;
SET LOCAL ROLE keyed_steward;
SELECT privrelease.build('keyed_open.visit');
SELECT r.output_name, r.key_version, k.version AS newest FROM privrelease.rules AS r JOIN privrelease.keys AS k ON k.id = r.key AND k.current
    WHERE r.release = 'keyed_open.visit' AND r.transform = 'pseudonymize' ORDER BY r.position;
ROLLBACK;
SET ROLE keyed_audience;

-- an audience runs the view and can still make no pseudonym of its own
SELECT privrelease.pseudonymize('guess'::text, '1.1', 'keyed_src.visit.person');
SELECT privrelease.pseudonymize('guess'::text, '1.1'::privrelease.capability, 'keyed_src.visit.person');
SELECT privrelease.pseudonymize('guess'::text, NULL, 'keyed_src.visit.person');
SELECT pg_get_viewdef('keyed_open.visit') LIKE '%::privrelease.capability%' AS id_only;
RESET ROLE;

-- a new owner of the source has no right on the domain of the former one, nor has a role made anew under an old name
RESET ROLE;
BEGIN;
ALTER TABLE keyed_src.visit OWNER TO keyed_other;
GRANT USAGE ON SCHEMA keyed_src TO keyed_other;
SET ROLE keyed_other;
SELECT privrelease.build('keyed_open.visit');
ROLLBACK;
BEGIN; -- a renamed role is the same role
ALTER ROLE keyed_steward RENAME TO keyed_renamed;
SET ROLE keyed_renamed;
SELECT privrelease.build('keyed_open.visit');
ROLLBACK;
BEGIN; -- a superuser's source has no more right on it than another's
ALTER TABLE keyed_src.visit OWNER TO keyed_super;
SELECT privrelease.build('keyed_open.visit');
ROLLBACK;
BEGIN; -- two subjects are two draws
SELECT privrelease.create_release('keyed_open.by_id', 'keyed_src.visit', subject => 'id');
SELECT privrelease.set_rule('keyed_open.by_id', 'cost', 'noise', '{"scale": 100, "key": "keyed_key"}');
ROLLBACK;
BEGIN;
UPDATE privrelease.key_domain SET owner_oid = 1 WHERE domain = 'keyed_src.visit.person';
SET ROLE keyed_steward;
SELECT privrelease.build('keyed_open.visit');
ROLLBACK;

-- a schema that was renamed: what now stands under the release's name is somebody else's
RESET ROLE;
ALTER SCHEMA keyed_open RENAME TO keyed_moved;
CREATE SCHEMA keyed_open;
CREATE TABLE keyed_open.visit AS SELECT 'MARKER' AS name;
GRANT CREATE ON SCHEMA keyed_open TO keyed_steward;
SET ROLE keyed_steward;
SELECT privrelease.publish('keyed_open.visit', 'keyed_second');
SELECT privrelease.withdraw('keyed_open.visit', 'why');
SELECT privrelease.build('keyed_open.visit');
RESET ROLE;
SELECT relacl FROM pg_class WHERE oid = 'keyed_open.visit'::regclass;
DROP SCHEMA keyed_open CASCADE;
ALTER SCHEMA keyed_moved RENAME TO keyed_open;

-- withdraw
SET ROLE keyed_steward;
SELECT privrelease.withdraw('keyed_open.visit', ' ');
SELECT privrelease.withdraw('keyed_open.nosubject', 'why');
RESET ROLE;
GRANT SELECT ON keyed_open.visit TO PUBLIC;
GRANT SELECT (at) ON keyed_open.visit TO keyed_second WITH GRANT OPTION;
SET ROLE keyed_steward;
SELECT privrelease.withdraw('keyed_open.visit', 'a mistake');
SELECT state, audience, withdrawn_reason FROM privrelease.releases WHERE release = 'keyed_open.visit';
SELECT has_any_column_privilege(r, 'keyed_open.visit', 'SELECT') AS may_read, has_schema_privilege(r, 'keyed_open', 'USAGE') AS usage
    FROM unnest('{keyed_audience,keyed_second}'::name[]) AS r;
SELECT count(*) FROM keyed_open.visit;
SELECT privrelease.publish('keyed_open.visit', 'keyed_audience', 'keyed_second');
SET ROLE keyed_audience;
SELECT count(*) FROM keyed_open.visit;
RESET ROLE;
-- an audience is a role and not a name
ALTER ROLE keyed_second RENAME TO keyed_third;
SELECT audience FROM privrelease.releases WHERE release = 'keyed_open.visit';
SELECT privrelease.publish('keyed_open.visit', 'keyed_third');
SELECT audience FROM privrelease.releases WHERE release = 'keyed_open.visit';
SELECT privrelease.withdraw('keyed_open.visit', 'again');
SELECT has_schema_privilege('keyed_third', 'keyed_open', 'USAGE') AS usage_left;
ALTER ROLE keyed_third RENAME TO keyed_second;

SELECT privrelease.uninstall();
SET client_min_messages = warning;
DROP TABLE first, shifted;
DROP SCHEMA keyed_src, keyed_other, keyed_open CASCADE;
DROP EXTENSION privrelease;
DROP ROLE keyed_steward, keyed_other, keyed_audience, keyed_second, keyed_super;
