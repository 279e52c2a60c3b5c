-- refresh(): what a version holds, what changes with the next one, what stays when it fails.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null NULL
SET client_min_messages = warning;
SET datestyle = 'ISO';
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE rf_owner;
CREATE ROLE rf_other;
CREATE ROLE rf_reader;
CREATE ROLE rf_super SUPERUSER;
CREATE SCHEMA rf_src AUTHORIZATION rf_owner;
CREATE SCHEMA rf_open;
CREATE SCHEMA rf_kept AUTHORIZATION rf_owner;
GRANT USAGE, CREATE ON SCHEMA rf_open TO rf_owner;
GRANT USAGE ON SCHEMA rf_open TO rf_other;
SELECT privrelease.create_key('rf_key') > 0;
CREATE COLLATION rf_src.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SET ROLE rf_owner;
CREATE VIEW rf_kept.last AS
    SELECT DISTINCT ON (release) release, version, records, subjects, suppressed, classes, min_class, levels, deleted, inserted
    FROM privrelease.versions ORDER BY release, version DESC;

-- ---------- the first version, and the same again ----------
CREATE TABLE rf_src.person (id int PRIMARY KEY, age int, zip text, ill text, note text);
INSERT INTO rf_src.person VALUES
    (1, 21, '10115', 'flu', 'MARKER1'), (2, 22, '10117', 'flu', 'MARKER2'), (3, 23, '10119', 'gout', 'MARKER3'),
    (4, 31, '20095', 'flu', 'MARKER4'), (5, 32, '20097', 'gout', 'MARKER5'), (6, 33, '20099', 'gout', 'MARKER6'),
    (7, 77, '99999', 'rare', 'MARKER7');
SELECT privrelease.classify('rf_src.person', column_name, kind) FROM (VALUES ('age', 'quasi_identifier'), ('zip', 'quasi_identifier'),
    ('ill', 'sensitive'), ('note', 'insensitive'), ('id', 'identifier')) AS c (column_name, kind);
SELECT privrelease.create_release('rf_open.person', 'rf_src.person', subject => 'id', kind => 'table',
                                  model => '{"k": 3, "suppression_limit": 0.2}');
SELECT privrelease.set_rule('rf_open.person', 'age', 'bin', '{"levels": [5, 10, 100]}');
SELECT privrelease.set_rule('rf_open.person', 'zip', 'prefix', '{"levels": [3, 1]}');
SELECT privrelease.set_rule('rf_open.person', 'ill', 'keep');
SELECT version, state FROM privrelease.releases WHERE release = 'rf_open.person';
SELECT privrelease.refresh('rf_open.person');
SELECT age, zip, ill, count(*) FROM rf_open.person GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT * FROM rf_kept.last;
SELECT count(*), count(DISTINCT release_row) FROM rf_open.person;
CREATE TABLE rf_kept.v1 AS SELECT release_row, age, zip, ill FROM rf_open.person;
-- nothing changed: nothing is deleted, nothing is inserted, no row is written
SELECT privrelease.refresh('rf_open.person');
SELECT version, deleted, inserted FROM rf_kept.last;
(TABLE rf_kept.v1 EXCEPT TABLE rf_open.person) UNION ALL (TABLE rf_open.person EXCEPT TABLE rf_kept.v1);
-- nor by a source whose rows were all written anew, in another order
BEGIN;
CREATE TEMP TABLE t AS SELECT * FROM rf_src.person;
DELETE FROM rf_src.person;
INSERT INTO rf_src.person SELECT * FROM t ORDER BY id DESC;
DROP TABLE t;
SELECT privrelease.refresh('rf_open.person');
SELECT version, deleted, inserted FROM rf_kept.last;
COMMIT;
-- the physical order of the first version is the order of keys
SELECT array_agg(release_row) = array_agg(release_row ORDER BY release_row) FROM rf_open.person;

-- ---------- the difference alone ----------
INSERT INTO rf_src.person VALUES (8, 24, '10115', 'flu', 'MARKER8'), (9, 34, '20096', 'cold', 'MARKER9');
DELETE FROM rf_src.person WHERE id = 6;
UPDATE rf_src.person SET ill = 'flu' WHERE id = 5;
INSERT INTO rf_src.person VALUES (10, 34, '20095', 'gout', 'MARKER10');
SELECT privrelease.refresh('rf_open.person');
SELECT age, zip, ill, count(*) FROM rf_open.person GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT * FROM rf_kept.last;
-- what stayed is what it was, key included; what is new has new keys
SELECT count(*) FILTER (WHERE n.age = o.age AND n.zip = o.zip AND n.ill = o.ill) AS stayed, count(*) - count(n.release_row) AS gone
    FROM rf_kept.v1 AS o LEFT JOIN rf_open.person AS n USING (release_row);
-- a row that goes and comes back comes back under its key
DELETE FROM rf_src.person WHERE id IN (8, 9, 10);
UPDATE rf_src.person SET ill = 'gout' WHERE id = 5;
INSERT INTO rf_src.person VALUES (6, 33, '20099', 'gout', 'MARKER6');
SELECT privrelease.refresh('rf_open.person');
SELECT version, deleted, inserted FROM rf_kept.last;
(TABLE rf_kept.v1 EXCEPT TABLE rf_open.person) UNION ALL (TABLE rf_open.person EXCEPT TABLE rf_kept.v1);

-- ---------- what does not hold leaves everything as it was ----------
BEGIN;
DELETE FROM rf_src.person WHERE id IN (2, 5);
SAVEPOINT s;
SELECT privrelease.refresh('rf_open.person');
ROLLBACK TO s;
\echo :LAST_ERROR_SQLSTATE
SELECT version FROM rf_kept.last;
(TABLE rf_kept.v1 EXCEPT TABLE rf_open.person) UNION ALL (TABLE rf_open.person EXCEPT TABLE rf_kept.v1);
ROLLBACK;
SELECT * FROM privrelease.progress;

-- ---------- transactions ----------
BEGIN;
INSERT INTO rf_src.person SELECT 100 + g, 21, '10115', 'flu', 'MARKER' FROM generate_series(1, 3) AS g;
SELECT privrelease.refresh('rf_open.person');
SELECT count(*) FROM rf_open.person;
SELECT privrelease.refresh('rf_open.person');
SELECT version, deleted, inserted FROM rf_kept.last;
ROLLBACK;
SELECT version FROM rf_kept.last;
(TABLE rf_kept.v1 EXCEPT TABLE rf_open.person) UNION ALL (TABLE rf_open.person EXCEPT TABLE rf_kept.v1);
-- two in one transaction, one of them taken back; the source's own changes count
BEGIN;
INSERT INTO rf_src.person SELECT 100 + g, 21, '10115', 'flu', 'MARKER' FROM generate_series(1, 3) AS g;
SELECT privrelease.refresh('rf_open.person');
SAVEPOINT s;
DELETE FROM rf_src.person WHERE id = 101;
SELECT privrelease.refresh('rf_open.person');
SELECT version, deleted, inserted FROM rf_kept.last;
ROLLBACK TO s;
SELECT version, deleted, inserted FROM rf_kept.last;
DELETE FROM rf_src.person WHERE id > 100;
SELECT privrelease.refresh('rf_open.person');
COMMIT;
SELECT version, deleted, inserted FROM rf_kept.last;
(TABLE rf_kept.v1 EXCEPT TABLE rf_open.person) UNION ALL (TABLE rf_open.person EXCEPT TABLE rf_kept.v1);
BEGIN READ ONLY;
SELECT privrelease.refresh('rf_open.person');
ROLLBACK;
-- a reader of an older snapshot keeps what he reads
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM rf_open.person;
SELECT privrelease.refresh('rf_open.person') > 0;
SELECT count(*) FROM rf_open.person;
COMMIT;
-- in a function, in a block that catches
DO $$
BEGIN
    DELETE FROM rf_src.person WHERE id IN (2, 5);
    PERFORM privrelease.refresh('rf_open.person');
EXCEPTION WHEN SQLSTATE 'PR010' THEN
    RAISE NOTICE 'caught: %', SQLERRM;
END $$;
SELECT count(*) FROM rf_src.person;
SELECT * FROM privrelease.progress;

-- ---------- who ----------
RESET ROLE;
SET ROLE rf_other;
SELECT privrelease.refresh('rf_open.person');
SELECT * FROM rf_open.person;
RESET ROLE;
SELECT privrelease.refresh('rf_open.nothing');
SELECT privrelease.refresh(NULL) IS NULL;
-- a superuser may; it is the owner's release all the same
SET ROLE rf_super;
SELECT privrelease.refresh('rf_open.person') > 0;
RESET ROLE;
SELECT refreshed_by, count(*) FROM privrelease.versions WHERE release = 'rf_open.person' GROUP BY 1 ORDER BY 1;
-- neither the source's owner nor an audience writes, sees system columns, or whole rows with them
SET client_min_messages = error;
SELECT privrelease.publish('rf_open.person', 'rf_reader');
RESET client_min_messages;
SET client_min_messages = warning;
\set VERBOSITY terse
SET ROLE rf_owner;
INSERT INTO rf_open.person (release_row) VALUES (gen_random_uuid());
DELETE FROM rf_open.person;
UPDATE rf_open.person SET age = 1;
TRUNCATE rf_open.person;
ALTER TABLE rf_open.person ADD COLUMN x int;
CREATE TRIGGER t BEFORE INSERT ON rf_open.person FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TABLE rf_src.child () INHERITS (rf_open.person);
SELECT count(ctid) FROM rf_open.person;
SET ROLE rf_reader;
SELECT count(release_row), count(age), count(zip), count(ill) FROM rf_open.person;
SELECT count(*) FROM (SELECT * FROM rf_open.person) AS p;
SELECT count(p) FROM rf_open.person AS p;
SELECT count(ctid) FROM rf_open.person;
SELECT count(xmin) FROM rf_open.person;
SELECT count(tableoid) FROM rf_open.person;
SELECT 1 FROM rf_open.person FOR UPDATE;
DELETE FROM rf_open.person;
SELECT privrelease.refresh('rf_open.person');
SELECT count(*) FROM rf_src.person;
\set VERBOSITY default
RESET ROLE;
SELECT (SELECT array_agg(DISTINCT a.grantee = c.relowner) FROM aclexplode(c.relacl) AS a) AS nothing_on_the_table, relreplident
    FROM pg_class AS c WHERE c.oid = 'rf_open.person'::regclass;

-- ---------- values ----------
-- rf_src.v has one quasi-identifier and one sensitive column of whatever type; show() is what was released, and how often
SET ROLE rf_owner;
CREATE FUNCTION rf_kept.show(release text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT r || '' '' || count(*) FROM (SELECT (to_jsonb(a_row_) - ''release_row'')::text COLLATE "C" FROM (SELECT * FROM %s) AS a_row_) AS t (r) GROUP BY r ORDER BY r', release);
END $$;
CREATE PROCEDURE rf_kept.declare(kind text, rows text, model text DEFAULT '{"k": 3, "suppression_limit": 1}', subject name DEFAULT NULL, rule text DEFAULT 'keep', params jsonb DEFAULT '{}')
LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('rf_src.v') IS NOT NULL THEN
        PERFORM privrelease.drop_release('rf_open.v');
        DROP TABLE rf_src.v;
    END IF;
    EXECUTE format('CREATE TABLE rf_src.v (%s)', kind);
    EXECUTE format('INSERT INTO rf_src.v %s', rows);
    PERFORM privrelease.classify('rf_src.v', 'q', 'quasi_identifier');
    PERFORM privrelease.create_release('rf_open.v', 'rf_src.v', subject, 'table', model::jsonb);
    PERFORM privrelease.set_rule('rf_open.v', 'q', rule, params);
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'rf_src.v'::regclass AND attname = 's') THEN
        PERFORM privrelease.classify('rf_src.v', 's', 'sensitive'), privrelease.set_rule('rf_open.v', 's', 'keep');
    END IF;
    PERFORM privrelease.refresh('rf_open.v');
END $$;
CREATE FUNCTION rf_kept.facts() RETURNS text LANGUAGE sql AS
    $$ SELECT format('records %s subjects %s suppressed %s classes %s smallest %s', records, subjects, suppressed, classes, min_class) FROM rf_kept.last WHERE release = 'rf_open.v' $$;

-- duplicates: each has a key of its own, and the first ones stay when there are fewer
CALL rf_kept.declare('q int, s text', 'SELECT 1, ''a'' FROM generate_series(1, 5)');
CREATE TABLE rf_kept.five AS SELECT release_row FROM rf_open.v;
SELECT count(DISTINCT release_row) FROM rf_kept.five;
DELETE FROM rf_src.v WHERE ctid IN (SELECT ctid FROM rf_src.v LIMIT 2);
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.v';
SELECT count(*) FROM rf_open.v JOIN rf_kept.five USING (release_row);
INSERT INTO rf_src.v SELECT 1, 'a' FROM generate_series(1, 4);
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.v';
SELECT count(*) FROM rf_open.v JOIN rf_kept.five USING (release_row);
SELECT count(*), count(DISTINCT release_row) FROM rf_open.v;
DROP TABLE rf_kept.five;
-- NULL is a value: equal to itself, and to nothing else
CALL rf_kept.declare('q int, s text', 'VALUES (1, ''a''), (1, NULL), (1, NULL), (NULL, ''b''), (NULL, NULL), (NULL, NULL), (2, NULL), (2, ''b'')');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.v';
-- k counts persons: the seven rows of one are one; who has no subject counts for nobody, and is released in a class of others
CALL rf_kept.declare('q int, person text', 'SELECT 1, ''ann'' FROM generate_series(1, 7) UNION ALL VALUES (1, ''bob''), (2, ''ann''), (2, ''bob''), (2, ''cid''), (3, ''dan''), (3, NULL), (3, NULL), (2, NULL)', subject => 'person');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
-- a unique subject that may be NULL
CALL rf_kept.declare('q int, person text UNIQUE', 'VALUES (1, ''ann''), (1, ''bob''), (1, NULL), (1, NULL), (2, ''cid''), (2, ''dan''), (2, ''eve''), (2, NULL)', subject => 'person');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
-- diversity counts persons too: the five rows of one who has x are one; by rows the first class would fail and the second hold
CALL rf_kept.declare('q int, s text, person text', 'SELECT 1, ''x'', ''ann'' FROM generate_series(1, 5) UNION ALL VALUES (1, ''w'', ''bob''), (1, ''w'', ''cid''),
        (2, ''w'', ''ann''), (2, ''w'', ''bob''), (2, ''w'', ''cid''), (2, ''x'', ''ann''), (2, ''x'', ''ann'')',
    model => '{"k": 3, "suppression_limit": 1, "l": {"column": "s", "variant": "recursive", "l": 2, "c": 2.5}}', subject => 'person');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();

-- equal but not the same: what a reader can tell apart is not one class, and never depends on which row came first
CALL rf_kept.declare('q numeric, s text', 'VALUES (1.0, ''a''), (1.00, ''a''), (1.0, ''a''), (1.00, ''b''), (1.000, ''c''), (1.0, ''d'')');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
CALL rf_kept.declare('q float8, s text', 'VALUES (0, ''a''), (''-0'', ''b''), (0, ''c''), (''-0'', ''d''), (0, ''e''), (''NaN'', ''f''), (''NaN'', ''g''), (''NaN'', ''h'')');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
CALL rf_kept.declare('q text COLLATE rf_src.any_case, s text', 'VALUES (''Ann'', ''a''), (''ann'', ''b''), (''ann'', ''c''), (''ANN'', ''d''), (''ann'', ''e'')');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
CALL rf_kept.declare('q interval, s text', 'VALUES (''1 day'', ''a''), (''24:00'', ''b''), (''1 day'', ''c''), (''1 day'', ''d''), (''24:00'', ''e'')');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
CALL rf_kept.declare('q bpchar, s text', 'VALUES (''a'', ''a''), (''a '', ''b''), (''a'', ''c''), (''a'', ''d''), (''a '', ''e'')');
SELECT release_row IS NULL, octet_length(q), s FROM rf_open.v ORDER BY s;
SELECT rf_kept.facts();
CALL rf_kept.declare('q numeric[], s text', 'VALUES (''{1.0,NULL}'', ''a''), (''{1.00,NULL}'', ''b''), (''{1.0,NULL}'', ''c''), (''{1.0,NULL}'', ''d'')');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
-- of sensitive values too: they are one value to the model, and stay two to the reader
CALL rf_kept.declare('q int, s text COLLATE rf_src.any_case', 'VALUES (1, ''Flu''), (1, ''flu''), (1, ''FLU''), (1, ''flu''), (2, ''Flu''), (2, ''gout''), (2, ''flu'')',
    model => '{"k": 3, "suppression_limit": 1, "l": {"column": "s", "variant": "distinct", "l": 2}}');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
CALL rf_kept.declare('q int, s numeric', 'VALUES (1, 1.0), (1, 1.00), (1, 1.000), (1, 1.0), (2, 1.0), (2, 2), (2, 1.00)',
    model => '{"k": 3, "suppression_limit": 1, "l": {"column": "s", "variant": "distinct", "l": 2}}');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();

-- ---------- levels ----------
-- dates: a month has two of them, no quarter less than five
CALL rf_kept.declare('q date, s text', 'SELECT date ''2020-01-15'' + 16 * g, ''a'' FROM generate_series(0, 11) AS g', model => '{"k": 3}', rule => 'date_trunc', params => '{"levels": ["day", "month", "quarter", "year"]}');
SELECT rf_kept.show('rf_open.v');
SELECT levels FROM rf_kept.last WHERE release = 'rf_open.v';
SELECT rf_kept.facts();
-- text
CALL rf_kept.declare('q text, s text', 'SELECT ''12'' || g, ''a'' FROM generate_series(300, 340, 10) AS g UNION ALL VALUES (''99'', ''b''), (''9'', ''b''), ('''', ''c'')', rule => 'prefix', params => '{"levels": [4, 2, 1]}');
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();
CALL rf_kept.declare('q text, s text', 'SELECT ''12'' || g, ''a'' FROM generate_series(300, 340, 10) AS g', model => '{"k": 3}', rule => 'prefix', params => '{"levels": [4, 2, 1]}');
SELECT rf_kept.show('rf_open.v');
SELECT levels FROM rf_kept.last WHERE release = 'rf_open.v';
-- a hierarchy; a value that it does not have is an error that does not tell it
SELECT privrelease.create_hierarchy('rf_ills', ARRAY[['flu', 'lungs', 'any'], ['asthma', 'lungs', 'any'], ['gout', 'joints', 'any'], ['never', 'joints', 'any']]);
CALL rf_kept.declare('q text, s text', 'VALUES (''flu'', ''a''), (''flu'', ''b''), (''asthma'', ''c''), (''gout'', ''d''), (''gout'', ''e''), (''gout'', ''f'')', model => '{"k": 3}', rule => 'hierarchy', params => '{"hierarchy": "rf_ills", "level": "auto"}');
SELECT rf_kept.show('rf_open.v');
SELECT levels FROM rf_kept.last WHERE release = 'rf_open.v';
INSERT INTO rf_src.v VALUES ('MARKERill', 'x');
SELECT privrelease.refresh('rf_open.v');
DELETE FROM rf_src.v WHERE q = 'MARKERill';
-- NULL is no leaf: it stays NULL below the top, and is the top there
INSERT INTO rf_src.v VALUES (NULL, 'g'), (NULL, 'h'), (NULL, 'i');
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.show('rf_open.v');
SELECT rf_kept.facts();

-- ---------- conditions on sensitive values ----------
CALL rf_kept.declare('q int, s int', 'SELECT 1, g FROM generate_series(1, 3) AS g UNION ALL SELECT 2, g % 2 FROM generate_series(1, 6) AS g UNION ALL SELECT 3, 9 FROM generate_series(1, 9) AS g',
    model => '{"k": 3, "suppression_limit": 1, "l": {"column": "s", "variant": "entropy", "l": 3}}');
SELECT rf_kept.show('rf_open.v');
SELECT privrelease.set_model('rf_open.v', '{"k": 3, "suppression_limit": 1, "l": {"column": "s", "variant": "entropy", "l": 2}}'), privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.facts();
SELECT privrelease.set_model('rf_open.v', '{"k": 3, "suppression_limit": 1, "l": {"column": "s", "variant": "recursive", "l": 2, "c": 1}}'), privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.show('rf_open.v');
SELECT privrelease.set_model('rf_open.v', '{"k": 3, "suppression_limit": 1, "t": {"column": "s", "distance": "ordered", "t": 0.4}}'), privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.facts();
SELECT privrelease.set_model('rf_open.v', '{"k": 3, "suppression_limit": 1, "t": {"column": "s", "distance": "equal", "t": 0.5}}'), privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.facts();
-- the model is what the next version holds: without a difference in rows it is checked all the same
SELECT privrelease.set_model('rf_open.v', '{"k": 7}');
SELECT privrelease.refresh('rf_open.v');
SELECT privrelease.set_model('rf_open.v', '{"k": 3, "l": {"column": "nothing", "variant": "distinct", "l": 2}}');
SELECT privrelease.refresh('rf_open.v');

-- ---------- names ----------
CREATE TABLE rf_src."Odd ""name""" ("c1" int, n int, digest int, "release row" int, "a""b\c'd" text, "SELECT" int, "größe, §" int, pr_staged int, s int, t int, id int, "d.gets" int);
INSERT INTO rf_src."Odd ""name""" SELECT 1, 2, 3, 4, 'e''"\' || g % 2, 6, 7, 8, 9, 10, 11, 12 FROM generate_series(1, 8) AS g;
SELECT count(privrelease.classify('rf_src."Odd ""name"""', attname, 'quasi_identifier')) FROM pg_attribute WHERE attrelid = 'rf_src."Odd ""name"""'::regclass AND attnum > 0;
SELECT privrelease.create_release('rf_open."Odd . ""table"""', 'rf_src."Odd ""name"""', kind => 'table', model => '{"k": 3}');
SELECT count(privrelease.set_rule('rf_open."Odd . ""table"""', attname, 'keep')) FROM pg_attribute WHERE attrelid = 'rf_src."Odd ""name"""'::regclass AND attnum > 0;
SELECT privrelease.refresh('rf_open."Odd . ""table"""');
SELECT rf_kept.show('rf_open."Odd . ""table"""');
UPDATE rf_src."Odd ""name""" SET "c1" = 100 WHERE "a""b\c'd" LIKE '%1';
SELECT privrelease.refresh('rf_open."Odd . ""table"""');
SELECT rf_kept.show('rf_open."Odd . ""table"""');
SELECT privrelease.drop_release('rf_open."Odd . ""table"""');

-- ---------- no rows; a view; partitions ----------
CALL rf_kept.declare('q int, s text', 'SELECT 1, ''a'' WHERE false', model => '{"k": 5, "l": {"column": "s", "variant": "distinct", "l": 3}, "t": {"column": "s", "distance": "ordered", "t": 0.1}}');
SELECT rf_kept.facts();
SELECT count(*) FROM rf_open.v;
INSERT INTO rf_src.v SELECT 1, chr(65 + g % 3) FROM generate_series(1, 9) AS g;
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.facts();
DELETE FROM rf_src.v;
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.facts();
SELECT count(*) FROM rf_open.v;
-- everything suppressed
INSERT INTO rf_src.v VALUES (1, 'a');
SELECT privrelease.set_model('rf_open.v', '{"k": 5, "suppression_limit": 1}'), privrelease.refresh('rf_open.v') > 0;
SELECT rf_kept.facts();
SELECT count(*) FROM rf_open.v;
CREATE VIEW rf_src.adults AS SELECT id, age, upper(ill) AS ill FROM rf_src.person WHERE age < 70;
SELECT privrelease.classify('rf_src.adults', 'age', 'quasi_identifier'), privrelease.classify('rf_src.adults', 'ill', 'sensitive');
SELECT privrelease.create_release('rf_open.adults', 'rf_src.adults', subject => 'id', kind => 'table', model => '{"k": 3}');
SELECT privrelease.set_rule('rf_open.adults', 'age', 'bin', '{"levels": [10, 50]}'), privrelease.set_rule('rf_open.adults', 'ill', 'keep');
SELECT privrelease.refresh('rf_open.adults');
SELECT rf_kept.show('rf_open.adults');
CREATE TABLE rf_src.part (region int, q int, person int) PARTITION BY LIST (region);
CREATE TABLE rf_src.part_1 PARTITION OF rf_src.part FOR VALUES IN (1);
CREATE TABLE rf_src.part_2 PARTITION OF rf_src.part FOR VALUES IN (2);
INSERT INTO rf_src.part SELECT 1 + g % 2, 10 * (1 + g % 2) + g % 3, g / 2 FROM generate_series(1, 24) AS g;
SELECT privrelease.classify('rf_src.part', c, 'quasi_identifier') FROM unnest('{region,q}'::name[]) AS c;
SELECT privrelease.create_release('rf_open.part', 'rf_src.part', subject => 'person', kind => 'table', model => '{"k": 5}');
SELECT privrelease.set_rule('rf_open.part', 'region', 'keep'), privrelease.set_rule('rf_open.part', 'q', 'bin', '{"levels": [1, 10]}');
SELECT privrelease.refresh('rf_open.part');
SELECT rf_kept.show('rf_open.part');

-- ---------- another list of columns ----------
SELECT release_row AS first_row FROM rf_open.part ORDER BY 1 LIMIT 1 \gset
SELECT 'rf_open.part'::regclass::oid AS part_oid \gset
RESET ROLE;
SELECT privrelease.publish('rf_open.part', 'rf_reader');
SET ROLE rf_owner;
SELECT privrelease.set_rule('rf_open.part', 'person', 'pseudonymize', '{"key": "rf_key"}');
SELECT privrelease.classify('rf_src.part', 'person', 'identifier');
-- the declaration alone changes nothing that is read
SELECT column_name FROM information_schema.columns WHERE table_schema = 'rf_open' AND table_name = 'part' ORDER BY ordinal_position;
SELECT privrelease.publish('rf_open.part');
SELECT column_name FROM information_schema.columns WHERE table_schema = 'rf_open' AND table_name = 'part' ORDER BY ordinal_position;
SELECT 'rf_open.part'::regclass = :part_oid AS same_table, count(DISTINCT person) AS persons, count(*), count(*) FILTER (WHERE release_row = :'first_row') AS old_keys FROM rf_open.part;
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.part';
SET ROLE rf_reader;
SELECT count(person), count(region), count(release_row) FROM rf_open.part;
SELECT count(ctid) FROM rf_open.part;
SET ROLE rf_owner;
SELECT privrelease.drop_rule('rf_open.part', 'region');
SELECT privrelease.set_rule('rf_open.part', 'q', 'bin', '{"levels": [10, 100]}', 'decade');
SELECT privrelease.drop_rule('rf_open.part', 'q');
SELECT count(region), count(q) FROM rf_open.part;
SELECT privrelease.publish('rf_open.part');
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'rf_open' AND table_name = 'part' ORDER BY ordinal_position;
SELECT decade, count(*) FROM rf_open.part GROUP BY 1 ORDER BY 1;
SELECT 'rf_open.part'::regclass = :part_oid AS same_table;
SET ROLE rf_reader;
SELECT count(person), count(decade) FROM rf_open.part;
SET ROLE rf_owner;
-- a type that changes below
ALTER TABLE rf_src.part ALTER COLUMN q TYPE bigint;
SELECT privrelease.publish('rf_open.part');
SELECT privrelease.set_rule('rf_open.part', 'q', 'bin', '{"levels": [10, 100]}', 'decade');
SELECT privrelease.publish('rf_open.part');
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'rf_open' AND table_name = 'part' ORDER BY ordinal_position;
-- the same columns under a coarser rule: the table stays what the last version was until the next one
SELECT privrelease.set_rule('rf_open.part', 'q', 'bin', '{"levels": [100]}', 'decade');
SELECT decade, count(*) FROM rf_open.part GROUP BY 1 ORDER BY 1;
SELECT privrelease.publish('rf_open.part');
SELECT decade, count(*) FROM rf_open.part GROUP BY 1 ORDER BY 1;
-- a column that goes from the source
ALTER TABLE rf_src.part DROP COLUMN q;
SELECT privrelease.publish('rf_open.part');
SELECT count(decade) FROM rf_open.part;

-- ---------- pseudonyms ----------
SELECT count(DISTINCT person) FROM rf_open.part;
SELECT person AS one FROM rf_open.part ORDER BY 1 LIMIT 1 \gset
ALTER TABLE rf_src.part ADD COLUMN q int;
UPDATE rf_src.part SET q = 1;
SELECT privrelease.drop_rule('rf_open.part', 'decade'), privrelease.classify('rf_src.part', 'q', 'quasi_identifier'), privrelease.set_rule('rf_open.part', 'q', 'keep');
SELECT privrelease.publish('rf_open.part');
SELECT count(*) > 0 AS stays FROM rf_open.part WHERE person = :'one';
RESET ROLE;
SELECT privrelease.rotate_key('rf_key');
SET ROLE rf_owner;
SELECT privrelease.refresh('rf_open.part');
SELECT count(*) FROM rf_open.part WHERE person = :'one';
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.part';

-- ---------- a first version that is taken back ----------
CREATE TABLE rf_src.first (q int);
INSERT INTO rf_src.first SELECT 1 FROM generate_series(1, 5);
SELECT privrelease.classify('rf_src.first', 'q', 'quasi_identifier');
SELECT privrelease.create_release('rf_open.first', 'rf_src.first', kind => 'table', model => '{"k": 3}'), privrelease.set_rule('rf_open.first', 'q', 'keep');
BEGIN;
SELECT privrelease.refresh('rf_open.first');
SELECT count(*) FROM rf_open.first;
ROLLBACK;
SELECT to_regclass('rf_open.first') IS NULL AS no_table, version, state FROM privrelease.releases WHERE release = 'rf_open.first';
-- several in the transaction that makes the table; its key finds every row
BEGIN;
SELECT privrelease.refresh('rf_open.first');
SELECT privrelease.create_index('rf_open.first', 'q');
SAVEPOINT s;
INSERT INTO rf_src.first SELECT 2 FROM generate_series(1, 1500);
DELETE FROM rf_src.first WHERE q = 1;
SELECT privrelease.refresh('rf_open.first');
ROLLBACK TO s;
INSERT INTO rf_src.first SELECT 3 FROM generate_series(1, 5);
SELECT privrelease.refresh('rf_open.first');
DELETE FROM rf_src.first WHERE q = 3;
SELECT privrelease.refresh('rf_open.first');
COMMIT;
SET enable_seqscan = off;
SELECT count(*) FROM rf_open.first AS a, LATERAL (SELECT FROM rf_open.first AS b WHERE b.release_row = a.release_row) AS b;
SELECT q, count(*) FROM rf_open.first WHERE q > 0 GROUP BY 1;
RESET enable_seqscan;
-- a table that is not ours is not touched; one that was changed is told of
BEGIN;
SELECT privrelease.create_release('rf_open.second', 'rf_src.first', kind => 'table', model => '{"k": 3}'), privrelease.set_rule('rf_open.second', 'q', 'keep');
CREATE TABLE rf_open.second (release_row uuid PRIMARY KEY, q int);
INSERT INTO rf_open.second VALUES (gen_random_uuid(), 42);
SAVEPOINT s;
SELECT privrelease.refresh('rf_open.second');
ROLLBACK TO s;
SELECT q FROM rf_open.second;
ROLLBACK;
RESET ROLE;
\set VERBOSITY terse
\echo rows that somebody else put there
BEGIN;
INSERT INTO rf_open.first VALUES (gen_random_uuid(), 1);
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
INSERT INTO rf_open.first VALUES (gen_random_uuid(), 2);
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
UPDATE rf_open.first SET q = 2 WHERE release_row = (SELECT release_row FROM rf_open.first LIMIT 1);
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
\echo rows that are gone come back
BEGIN;
DELETE FROM rf_open.first;
SELECT privrelease.refresh('rf_open.first');
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.first';
ROLLBACK;
\echo a table with children, a rule, or row-level security, or without its key
BEGIN;
CREATE TABLE rf_src.child () INHERITS (rf_open.first);
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
CREATE RULE r AS ON INSERT TO rf_open.first DO INSTEAD NOTHING;
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
ALTER TABLE rf_open.first ENABLE ROW LEVEL SECURITY;
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
ALTER TABLE rf_open.first DROP CONSTRAINT first_pkey;
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
\echo a trigger of a superuser that changes what is written: the finished rows are what is verified
CREATE FUNCTION rf_kept.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_ARGV[0] = 'lose' THEN RETURN NULL; END IF; NEW.q := NEW.q + (TG_ARGV[0] = 'change' AND NEW.release_row > '80000000-0000-0000-0000-000000000000')::int + (TG_ARGV[0] = 'all')::int; RETURN NEW; END $$;
BEGIN;
INSERT INTO rf_src.first SELECT 7 FROM generate_series(1, 40);
CREATE TRIGGER t BEFORE INSERT ON rf_open.first FOR EACH ROW EXECUTE FUNCTION rf_kept.meddle('change');
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
INSERT INTO rf_src.first SELECT 7 FROM generate_series(1, 40);
CREATE TRIGGER t BEFORE INSERT ON rf_open.first FOR EACH ROW EXECUTE FUNCTION rf_kept.meddle('all');
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
INSERT INTO rf_src.first SELECT 7 FROM generate_series(1, 40);
CREATE TRIGGER t BEFORE INSERT ON rf_open.first FOR EACH ROW EXECUTE FUNCTION rf_kept.meddle('lose');
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
BEGIN;
DELETE FROM rf_src.first;
CREATE TRIGGER t BEFORE DELETE ON rf_open.first FOR EACH ROW EXECUTE FUNCTION rf_kept.meddle('lose');
SELECT privrelease.refresh('rf_open.first');
ROLLBACK;
\set VERBOSITY default
SET ROLE rf_owner;
SELECT count(*), min(q), max(q) FROM rf_open.first;

-- ---------- the same rows, whatever the order and the plan ----------
CREATE TABLE rf_src.many (id int, a int, b int, c numeric, d text COLLATE rf_src.any_case, e date, s text, f float8);
INSERT INTO rf_src.many
    SELECT g % 1500, hashint4(g) & 15, hashint4(g + 9999) & 15, (hashint4(g + 77) & 3) * CASE WHEN g % 2 = 0 THEN 1.0 ELSE 1.00 END,
           CASE WHEN g % 3 = 0 THEN 'x' ELSE 'X' END || (g % 2), date '2020-01-01' + (hashint4(g + 5) & 127), 's' || (hashint4(g + 3) & 7), CASE WHEN g % 2 = 0 THEN 0 ELSE '-0' END
    FROM generate_series(1, 3000) AS g;
INSERT INTO rf_src.many SELECT g, 1000 + g, 0, 1, 'x', '2020-01-01', 's1', 1 FROM generate_series(1, 40) AS g;
SELECT count(privrelease.classify('rf_src.many', attname, CASE attname WHEN 's' THEN 'sensitive' WHEN 'f' THEN 'insensitive' ELSE 'quasi_identifier' END)) FROM pg_attribute WHERE attrelid = 'rf_src.many'::regclass AND attnum > 0;
CREATE PROCEDURE rf_kept.many(search text, subject name) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM privrelease.create_release('rf_open.many', 'rf_src.many', subject, 'table', jsonb_build_object('k', 4, 'suppression_limit', 0.1, 'search', search, 'l', '{"column": "s", "variant": "entropy", "l": 1.5}'::jsonb));
    PERFORM privrelease.set_rule('rf_open.many', c, 'bin', '{"levels": [1, 4, 16]}') FROM unnest('{a,b,c}'::name[]) AS c;
    PERFORM privrelease.set_rule('rf_open.many', 'd', 'prefix', '{"levels": [2, 1]}'), privrelease.set_rule('rf_open.many', 'e', 'date_trunc', '{"levels": ["day", "month", "year"]}'),
            privrelease.set_rule('rf_open.many', 's', 'keep'), privrelease.set_rule('rf_open.many', 'f', 'keep');
    PERFORM privrelease.refresh('rf_open.many');
END $$;
-- refreshes what is there, then an emptied table: the same rows under the same keys both times
CREATE TABLE rf_kept.many (release_row uuid, row text);
GRANT ALL ON SCHEMA rf_kept TO rf_super;
GRANT ALL ON rf_kept.many TO rf_super;
CREATE FUNCTION rf_kept.same(setting text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM privrelease.refresh('rf_open.many');
    SELECT format('%s: deleted %s inserted %s', setting, deleted, inserted) INTO answer FROM rf_kept.last WHERE release = 'rf_open.many';
    DELETE FROM rf_kept.many;
    INSERT INTO rf_kept.many SELECT release_row, m::text FROM rf_open.many AS m;
    SET LOCAL ROLE rf_super;
    DELETE FROM rf_open.many;
    SET LOCAL ROLE rf_owner;
    PERFORM privrelease.refresh('rf_open.many');
    RETURN format('%s, anew %s', answer, (SELECT count(*) FILTER (WHERE k.row IS DISTINCT FROM m::text) FROM rf_kept.many AS k FULL JOIN rf_open.many AS m USING (release_row)));
END $$;
CREATE PROCEDURE rf_kept.reload(by text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMP TABLE reload AS SELECT * FROM rf_src.many ORDER BY %s', by);
    DELETE FROM rf_src.many;
    INSERT INTO rf_src.many SELECT * FROM reload;
    DROP TABLE reload;
END $$;
RESET ROLE;
GRANT rf_super TO rf_owner;
SET ROLE rf_owner;
CALL rf_kept.many('optimal', NULL);
SELECT rf_kept.facts() IS NOT NULL, suppressed > 0, classes > 10 FROM rf_kept.last WHERE release = 'rf_open.many';
SELECT rf_kept.same('first');
CALL rf_kept.reload('s, a DESC, b');
SELECT rf_kept.same('other order');
ANALYZE rf_src.many;
SET enable_hashagg = off;
SELECT rf_kept.same('sorted');
SET enable_hashagg = on;
SET enable_sort = off;
SET hash_mem_multiplier = 1;
SET maintenance_work_mem = '1MB';
SET work_mem = '64kB';
SELECT rf_kept.same('hashed, little memory');
RESET ALL;
SET client_min_messages = warning;
SET min_parallel_table_scan_size = '128kB';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET max_parallel_workers_per_gather = 2;
SELECT rf_kept.same('parallel');
SET jit_above_cost = 0;
SET jit = on;
SELECT rf_kept.same('parallel, compiled');
SET max_parallel_workers_per_gather = 0;
SET jit = off;
CALL rf_kept.reload('hashint4(id), e, ctid');
SELECT rf_kept.same('alone');
SET extra_float_digits = -15;
SET datestyle = 'German';
SET intervalstyle = 'sql_standard';
SET timezone = 'Asia/Shanghai';
SELECT rf_kept.same('other styles');
RESET ALL;
SET client_min_messages = warning;
SELECT privrelease.drop_release('rf_open.many');
CALL rf_kept.many('optimal', 'id');
SELECT suppressed > 0, classes > 10, subjects FROM rf_kept.last WHERE release = 'rf_open.many';
CALL rf_kept.reload('a, b DESC');
SELECT rf_kept.same('persons');
SET min_parallel_table_scan_size = '128kB';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET max_parallel_workers_per_gather = 2;
SELECT rf_kept.same('persons, parallel');
RESET ALL;
SET client_min_messages = warning;
SELECT privrelease.drop_release('rf_open.many');
CALL rf_kept.many('local', 'id');
SET client_min_messages = error;
SELECT privrelease.set_rule('rf_open.many', 'c', 'keep'), privrelease.refresh('rf_open.many') > 0;
SET client_min_messages = warning;
SELECT array_agg(DISTINCT c::text ORDER BY c::text) FROM rf_open.many;
SELECT suppressed > 0, classes > 100, subjects FROM rf_kept.last WHERE release = 'rf_open.many';
CALL rf_kept.reload('e, b DESC');
SELECT rf_kept.same('local');
SET min_parallel_table_scan_size = '128kB';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET max_parallel_workers_per_gather = 2;
SELECT rf_kept.same('local, parallel');
RESET ALL;
SET client_min_messages = warning;
-- every class of what is there holds k persons and two values, and no cell is finer than its rule
SELECT count(*) FROM (SELECT a, b, c, d COLLATE "C", e FROM rf_open.many GROUP BY 1, 2, 3, 4, 5 HAVING count(*) < 4 OR count(DISTINCT s) < 2) AS small;
SELECT bool_and(d COLLATE "C" ~ '^[xX]\*{1,2}$') FROM rf_open.many;
SELECT privrelease.drop_release('rf_open.many');
-- values that are stored out of line
CALL rf_kept.declare('q int, s text', 'SELECT 1, string_agg(md5(g::text || h), '''') FROM generate_series(1, 4000) AS g, generate_series(1, 4) AS h GROUP BY h');
SELECT count(*), min(length(s)), count(DISTINCT s) FROM rf_open.v;
UPDATE rf_src.v SET s = s || 'more' WHERE ctid = (SELECT min(ctid) FROM rf_src.v);
SELECT privrelease.refresh('rf_open.v') > 0;
SELECT deleted, inserted FROM rf_kept.last WHERE release = 'rf_open.v';
SELECT (SELECT array_agg(md5(s) ORDER BY md5(s)) FROM rf_open.v) = (SELECT array_agg(md5(s) ORDER BY md5(s)) FROM rf_src.v);

RESET ROLE;
SELECT count(*) FROM privrelease.progress;
SET client_min_messages = warning;
DROP SCHEMA rf_kept CASCADE;
SELECT privrelease.uninstall();
DROP SCHEMA rf_src, rf_open CASCADE;
DROP EXTENSION privrelease;
DROP ROLE rf_owner, rf_other, rf_reader, rf_super;
