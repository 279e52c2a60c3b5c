-- Dictionaries: what is copied when a rule names a table, with whose rights it is read, and what is refused.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE ROLE dictionary_steward;
CREATE ROLE dictionary_other;
CREATE SCHEMA dictionary_src AUTHORIZATION dictionary_steward;
CREATE SCHEMA dictionary_other AUTHORIZATION dictionary_other;
GRANT USAGE ON SCHEMA dictionary_other TO dictionary_steward;
SELECT privrelease.create_key('dictionary_key') > 0 AS made;
RESET client_min_messages;

SET ROLE dictionary_steward;
CREATE TABLE dictionary_src.person (id int, name text);
SELECT privrelease.create_release('dictionary_src.open', 'dictionary_src.person', subject => 'id');
CREATE FUNCTION dictionary_src.rule(words text) RETURNS void LANGUAGE sql AS $$
    SELECT privrelease.set_rule('dictionary_src.open', 'name', 'fake', jsonb_build_object('key', 'dictionary_key', 'dictionary', words)) $$;

-- refused
CREATE TABLE dictionary_src.empty (word text);
CREATE TABLE dictionary_src.nulls (word text);
INSERT INTO dictionary_src.nulls VALUES (NULL), (NULL);
CREATE TABLE dictionary_src.twice (word text);
INSERT INTO dictionary_src.twice VALUES ('MARKER'), ('b'), ('MARKER');
CREATE TABLE dictionary_src.numbers (n int);
CREATE VIEW dictionary_src.million AS SELECT 'w' || g AS word FROM generate_series(1, 1000001) AS g;
SELECT dictionary_src.rule('dictionary_src.empty');
SELECT dictionary_src.rule('dictionary_src.nulls');
SELECT dictionary_src.rule('dictionary_src.twice');
SELECT dictionary_src.rule('dictionary_src.numbers');
SELECT dictionary_src.rule('dictionary_src.million');
SELECT dictionary_src.rule('dictionary_src.missing');
SELECT dictionary_src.rule('"dictionary_src.person; DROP TABLE dictionary_src.person"');
SELECT dictionary_src.rule('');

-- the first text column, in the order of its bytes, without NULLs; equal contents are one copy
CREATE TABLE dictionary_src."odd ""name" (n int, "the ""word" varchar(9), other text);
INSERT INTO dictionary_src."odd ""name" VALUES (1, 'b', 'x'), (2, 'a', 'y'), (3, NULL, 'z'), (4, 'B', 'w');
SELECT dictionary_src.rule('dictionary_src."odd ""name"');
CREATE TABLE dictionary_src.words (word text);
INSERT INTO dictionary_src.words VALUES ('a'), ('B'), ('b');
SELECT dictionary_src.rule('dictionary_src.words');
SET search_path = dictionary_src;
SELECT dictionary_src.rule('words') AS "set_rule() has a search_path of its own";
RESET search_path;
RESET ROLE;
SELECT position, value, d.loaded_from FROM privrelease.dictionary_entry JOIN privrelease.dictionary AS d ON d.id = dictionary
WHERE d.loaded_from LIKE 'dictionary\_src%' ORDER BY d.id, position;

-- no right to the table, no dictionary
CREATE TABLE dictionary_other.secret AS SELECT 'MARKER secret' AS word;
ALTER TABLE dictionary_other.secret OWNER TO dictionary_other;
SET ROLE dictionary_steward;
SELECT dictionary_src.rule('dictionary_other.secret');
RESET ROLE;

-- a superuser reads it as its owner, restricted
SET ROLE dictionary_other;
CREATE FUNCTION dictionary_other.who() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'read as %', current_user;
    BEGIN
        EXECUTE 'SET ROLE NONE';
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING '%', SQLERRM;
    END;
    RETURN current_user;
END $$;
CREATE VIEW dictionary_other.trap AS SELECT dictionary_other.who() AS word;
RESET ROLE;
SELECT dictionary_src.rule('dictionary_other.trap');

-- nobody sees the words
SET ROLE dictionary_steward;
SELECT * FROM privrelease.dictionary;
SELECT * FROM privrelease.dictionary_entry;
RESET ROLE;

SET client_min_messages = warning;
SELECT privrelease.drop_release('dictionary_src.open');
DROP SCHEMA dictionary_src, dictionary_other CASCADE;
DROP ROLE dictionary_steward, dictionary_other;
