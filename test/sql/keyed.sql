-- Pseudonyms, format-preserving encryption, choices from dictionaries and date shifts, on every type and hostile values.
SELECT current_setting('shared_preload_libraries') NOT LIKE '%privrelease%' AS skip \gset
\if :skip
\echo skipped: privrelease is not preloaded
\q
\endif
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
SELECT privrelease.create_key('keyed_functions') AS id \gset
SELECT privrelease.rotate_key('keyed_functions') AS second \gset
SELECT format('%s.1', :id) AS cap, format('%s.2', :id) AS cap2 \gset

-- what the catalogue says of the functions
SELECT proname, provolatile, proparallel, proisstrict, proleakproof, count(*)
FROM pg_proc WHERE pronamespace = 'privrelease'::regnamespace AND 'privrelease.capability'::regtype = ANY (proargtypes)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1;

-- ---- pseudonyms

SELECT privrelease.pseudonymize(1, :'cap', 'd') ~ '^[0-9a-f]{32}$' AS text_form,
       privrelease.pseudonymize_uuid(1, :'cap', 'd')::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' AS uuid_form,
       privrelease.pseudonymize(1, :'cap', 'd') = privrelease.pseudonymize(1, :'cap', 'd') AS repeats;
SELECT min(privrelease.pseudonymize_bigint(g, :'cap', 'd')) >= 0 AS not_negative,
       max(privrelease.pseudonymize_bigint(g, :'cap', 'd')) > 8e18 AS whole_range,
       count(DISTINCT privrelease.pseudonymize_bigint(g, :'cap', 'd')) AS numbers,
       count(DISTINCT privrelease.pseudonymize_uuid(g, :'cap', 'd')) AS uuids,
       count(DISTINCT privrelease.pseudonymize(g, :'cap', 'd')) AS texts,
       array_agg(DISTINCT length(privrelease.pseudonymize(repeat('x', g), :'cap', 'd'))) AS lengths
FROM generate_series(1, 1000) AS g;
SELECT count(DISTINCT p) AS different_keys_and_domains
FROM (VALUES (privrelease.pseudonymize(1, :'cap', 'd')), (privrelease.pseudonymize(1, :'cap2', 'd')),
             (privrelease.pseudonymize(1, :'cap', 'e')), (privrelease.pseudonymize(1, :'cap', '')),
             (privrelease.pseudonymize(1, :'cap', 'dn')), (privrelease.pseudonymize('1n'::text, :'cap', 'd'))) AS v (p);
-- a domain counts byte by byte: composed and decomposed are two, as they are to the catalogue, though a value is one
SELECT CASE WHEN getdatabaseencoding() = 'UTF8' THEN privrelease.pseudonymize(1, :'cap', convert_from('\x636166c3a9', 'UTF8')) <> privrelease.pseudonymize(1, :'cap', convert_from('\x63616665cc81', 'UTF8')) ELSE true END AS two_domains,
       CASE WHEN getdatabaseencoding() = 'UTF8' THEN privrelease.pseudonymize(convert_from('\x636166c3a9', 'UTF8'), :'cap', 'd') = privrelease.pseudonymize(convert_from('\x63616665cc81', 'UTF8'), :'cap', 'd') ELSE true END AS one_value;
SELECT privrelease.pseudonymize(NULL::int, :'cap', 'd') IS NULL AS a, privrelease.pseudonymize(1, NULL, 'd') IS NULL AS b,
       privrelease.pseudonymize(1, :'cap', NULL) IS NULL AS c;

-- numbers are one kind, whatever their type
CREATE TEMP TABLE forms (what text, p text);
INSERT INTO forms VALUES
    ('42', privrelease.pseudonymize(42::int2, :'cap', 'd')), ('42', privrelease.pseudonymize(42::int4, :'cap', 'd')),
    ('42', privrelease.pseudonymize(42::int8, :'cap', 'd')), ('42', privrelease.pseudonymize(42::numeric, :'cap', 'd')),
    ('42', privrelease.pseudonymize(42.000::numeric, :'cap', 'd')), ('42', privrelease.pseudonymize(42::float4, :'cap', 'd')),
    ('42', privrelease.pseudonymize(42::float8, :'cap', 'd')), ('42', privrelease.pseudonymize(42::oid, :'cap', 'd')),
    ('-42', privrelease.pseudonymize(-42, :'cap', 'd')), ('-42', privrelease.pseudonymize(-42::float8, :'cap', 'd')),
    ('0', privrelease.pseudonymize(0, :'cap', 'd')), ('0', privrelease.pseudonymize('-0'::float8, :'cap', 'd')),
    ('0', privrelease.pseudonymize('-0'::float4, :'cap', 'd')), ('0', privrelease.pseudonymize(0.000, :'cap', 'd')),
    ('0', privrelease.pseudonymize(-0.0, :'cap', 'd')),
    ('0.1', privrelease.pseudonymize(0.1::numeric, :'cap', 'd')), ('0.1', privrelease.pseudonymize(0.1::float4, :'cap', 'd')),
    ('0.1', privrelease.pseudonymize(0.1::float8, :'cap', 'd')), ('0.1', privrelease.pseudonymize(0.1000, :'cap', 'd')),
    ('0.00000015', privrelease.pseudonymize(1.5e-7::float8, :'cap', 'd')), ('0.00000015', privrelease.pseudonymize(0.00000015, :'cap', 'd')),
    ('123456.789', privrelease.pseudonymize(123456.789::float8, :'cap', 'd')), ('123456.789', privrelease.pseudonymize(123456.789, :'cap', 'd')),
    ('100', privrelease.pseudonymize(100::float8, :'cap', 'd')), ('100', privrelease.pseudonymize(1e2, :'cap', 'd')),
    ('1e22', privrelease.pseudonymize(1e22::float8, :'cap', 'd')), ('1e22', privrelease.pseudonymize(1e22::numeric, :'cap', 'd')),
    ('1.5e300', privrelease.pseudonymize(1.5e300::float8, :'cap', 'd')), ('1.5e300', privrelease.pseudonymize(1.5e300::numeric, :'cap', 'd')),
    ('min', privrelease.pseudonymize((-9223372036854775808)::int8, :'cap', 'd')), ('min', privrelease.pseudonymize(-9223372036854775808::numeric, :'cap', 'd')),
    ('NaN', privrelease.pseudonymize('NaN'::float8, :'cap', 'd')), ('NaN', privrelease.pseudonymize('NaN'::float4, :'cap', 'd')), ('NaN', privrelease.pseudonymize('NaN'::numeric, :'cap', 'd')),
    ('inf', privrelease.pseudonymize('Infinity'::float8, :'cap', 'd')), ('inf', privrelease.pseudonymize('Infinity'::numeric, :'cap', 'd')),
    ('-inf', privrelease.pseudonymize('-Infinity'::float4, :'cap', 'd')), ('-inf', privrelease.pseudonymize('-Infinity'::numeric, :'cap', 'd'));
SELECT what, count(*), count(DISTINCT p) FROM forms GROUP BY what HAVING count(DISTINCT p) <> 1;
SELECT count(DISTINCT what) = count(DISTINCT p) AS numbers_differ FROM forms;

-- text: one kind too; normal form C, in UTF-8
CREATE DOMAIN pg_temp.word AS varchar(20);
CREATE TYPE pg_temp.mood AS ENUM ('sad', 'glad');
TRUNCATE forms;
INSERT INTO forms VALUES
    ('ab', privrelease.pseudonymize('ab'::text, :'cap', 'd')), ('ab', privrelease.pseudonymize('ab'::varchar, :'cap', 'd')),
    ('ab', privrelease.pseudonymize('ab'::char(9), :'cap', 'd')), ('ab', privrelease.pseudonymize('ab'::name, :'cap', 'd')),
    ('ab', privrelease.pseudonymize('ab'::pg_temp.word, :'cap', 'd')),
    ('ab ', privrelease.pseudonymize('ab '::text, :'cap', 'd')),
    ('a', privrelease.pseudonymize('a'::"char", :'cap', 'd')), ('a', privrelease.pseudonymize('a'::text, :'cap', 'd')),
    ('', privrelease.pseudonymize(''::text, :'cap', 'd')), ('', privrelease.pseudonymize('  '::char(3), :'cap', 'd')),
    ('e acute', privrelease.pseudonymize(E'caf\xc3\xa9'::text, :'cap', 'd')), ('e acute', privrelease.pseudonymize(E'cafe\xcc\x81'::text, :'cap', 'd')),
    ('hangul', privrelease.pseudonymize(E'\xea\xb0\x81'::text, :'cap', 'd')), ('hangul', privrelease.pseudonymize(E'\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8'::text, :'cap', 'd')),
    ('chinese', privrelease.pseudonymize(E'\xe5\xbc\xa0\xe4\xbc\x9f'::text, :'cap', 'd')),
    ('e', privrelease.pseudonymize('cafe'::text, :'cap', 'd')),
    ('42', privrelease.pseudonymize('42'::text, :'cap', 'd')), ('number', privrelease.pseudonymize(42, :'cap', 'd')),
    ('sad', privrelease.pseudonymize('sad'::pg_temp.mood, :'cap', 'd')), ('glad', privrelease.pseudonymize('glad'::pg_temp.mood, :'cap', 'd')),
    ('big', privrelease.pseudonymize(repeat('0123456789', 200000), :'cap', 'd')), ('big', privrelease.pseudonymize(repeat(repeat('0123456789', 1000), 200), :'cap', 'd')),
    ('big2', privrelease.pseudonymize(repeat('0123456789', 200000) || 'x', :'cap', 'd')),
    ('big e', privrelease.pseudonymize(repeat(E'e\xcc\x81', 100000), :'cap', 'd')), ('big e', privrelease.pseudonymize(repeat(E'\xc3\xa9', 100000), :'cap', 'd'));
SELECT what, count(*), count(DISTINCT p) FROM forms GROUP BY what HAVING count(DISTINCT p) <> 1;
SELECT count(DISTINCT what) = count(DISTINCT p) AS texts_differ FROM forms;

-- the other types; arrays by element, with NULLs and bounds
TRUNCATE forms;
INSERT INTO forms VALUES
    ('true', privrelease.pseudonymize(true, :'cap', 'd')), ('false', privrelease.pseudonymize(false, :'cap', 'd')),
    ('bytea', privrelease.pseudonymize('\x6162'::bytea, :'cap', 'd')), ('text', privrelease.pseudonymize('ab'::text, :'cap', 'd')),
    ('uuid', privrelease.pseudonymize('00000000-0000-0000-0000-000000000001'::uuid, :'cap', 'd')),
    ('date', privrelease.pseudonymize(date '2020-01-02', :'cap', 'd')), ('date 0', privrelease.pseudonymize(date '2000-01-01', :'cap', 'd')),
    ('ts', privrelease.pseudonymize(timestamp '2020-01-02', :'cap', 'd')),
    ('tstz', privrelease.pseudonymize(timestamptz '2020-01-02 00:00 UTC', :'cap', 'd')), ('tstz', privrelease.pseudonymize(timestamptz '2020-01-02 08:00 Asia/Shanghai', :'cap', 'd')),
    ('date inf', privrelease.pseudonymize(date 'infinity', :'cap', 'd')), ('date -inf', privrelease.pseudonymize(date '-infinity', :'cap', 'd')),
    ('ts inf', privrelease.pseudonymize(timestamp 'infinity', :'cap', 'd')), ('tstz inf', privrelease.pseudonymize(timestamptz 'infinity', :'cap', 'd')),
    ('inet', privrelease.pseudonymize('10.0.0.1'::inet, :'cap', 'd')), ('inet', privrelease.pseudonymize('10.0.0.1/32'::inet, :'cap', 'd')),
    ('cidr', privrelease.pseudonymize('10.0.0.0/8'::cidr, :'cap', 'd')), ('inet6', privrelease.pseudonymize('::1'::inet, :'cap', 'd')),
    ('time', privrelease.pseudonymize(time '00:00', :'cap', 'd')), ('interval', privrelease.pseudonymize(interval '1 day', :'cap', 'd')),
    ('bit', privrelease.pseudonymize(B'101', :'cap', 'd')), ('money', privrelease.pseudonymize(1::money, :'cap', 'd')),
    ('point', privrelease.pseudonymize(point '(1,2)', :'cap', 'd')), ('macaddr', privrelease.pseudonymize('08:00:2b:01:02:03'::macaddr, :'cap', 'd')),
    ('jsonb', privrelease.pseudonymize('{"a": 1}'::jsonb, :'cap', 'd')), ('json', privrelease.pseudonymize('{"a": 1}'::json, :'cap', 'd')),
    ('range', privrelease.pseudonymize('[1,5)'::int4range, :'cap', 'd')), ('range', privrelease.pseudonymize('[1,4]'::int4range, :'cap', 'd')),
    ('tsvector', privrelease.pseudonymize('a b'::tsvector, :'cap', 'd')),
    ('array', privrelease.pseudonymize(ARRAY[1, 2], :'cap', 'd')), ('array', privrelease.pseudonymize(ARRAY[1.0, 2.00], :'cap', 'd')), ('array', privrelease.pseudonymize(ARRAY[1::float8, 2], :'cap', 'd')),
    ('array null', privrelease.pseudonymize(ARRAY[1, NULL, 2], :'cap', 'd')), ('array empty', privrelease.pseudonymize(ARRAY[]::int[], :'cap', 'd')),
    ('array 2d', privrelease.pseudonymize(ARRAY[[1, 2]], :'cap', 'd')), ('array bounds', privrelease.pseudonymize('[0:1]={1,2}'::int[], :'cap', 'd')),
    ('array 12', privrelease.pseudonymize(ARRAY[12], :'cap', 'd')), ('array text', privrelease.pseudonymize(ARRAY['1', '2'], :'cap', 'd')),
    ('array ab,c', privrelease.pseudonymize(ARRAY['ab', 'c'], :'cap', 'd')), ('array a,bc', privrelease.pseudonymize(ARRAY['a', 'bc'], :'cap', 'd'));
SELECT what, count(*), count(DISTINCT p) FROM forms GROUP BY what HAVING count(DISTINCT p) <> 1;
SELECT count(DISTINCT what) = count(DISTINCT p) AS values_differ FROM forms;

-- types without a canonical form
SELECT privrelease.pseudonymize(ROW(1, 2), :'cap', 'd');
SELECT privrelease.pseudonymize('pg_class'::regclass, :'cap', 'd');

-- no setting bends a value
CREATE TEMP TABLE bent (f float8, d date, ts timestamptz, i interval, b bytea, m money, j jsonb, x text);
INSERT INTO bent VALUES (0.1, '2020-02-03', '2020-02-03 04:05 UTC', '1 day 02:03', '\x00ff', 12.5, E'{"a": "caf\xc3\xa9"}', E'caf\xc3\xa9');
CREATE TEMP VIEW bent_now AS
    SELECT privrelease.pseudonymize(f, :'cap', 'd') AS f, privrelease.pseudonymize(d, :'cap', 'd') AS d, privrelease.pseudonymize(ts, :'cap', 'd') AS ts,
           privrelease.pseudonymize(i, :'cap', 'd') AS i, privrelease.pseudonymize(b, :'cap', 'd') AS b, privrelease.pseudonymize(m, :'cap', 'd') AS m,
           privrelease.pseudonymize(j, :'cap', 'd') AS j, privrelease.pseudonymize(x, :'cap', 'd') AS x FROM bent;
CREATE TEMP TABLE bent_before AS SELECT * FROM bent_now;
SET DateStyle = 'German'; SET TimeZone = 'Asia/Shanghai'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -10; SET bytea_output = 'escape'; SET lc_monetary = 'C';
CREATE SCHEMA keyed_path;
CREATE FUNCTION keyed_path.numeric_out(numeric) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'numeric_out';
SET search_path = keyed_path, pg_temp, public, pg_catalog;
SELECT count(*) AS same FROM (SELECT * FROM pg_temp.bent_now INTERSECT SELECT * FROM pg_temp.bent_before) AS s;
RESET DateStyle; RESET TimeZone; RESET IntervalStyle; RESET extra_float_digits; RESET bytea_output; RESET lc_monetary; RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA keyed_path CASCADE;
RESET client_min_messages;

-- one call site, many capabilities and domains
CREATE TEMP TABLE arguments AS
    SELECT g, CASE WHEN g % 2 = 0 THEN :'cap' ELSE :'cap2' END AS cap, 'd' || g % 3 AS domain FROM generate_series(1, 60) AS g;
SELECT count(*) AS wrong FROM arguments
WHERE privrelease.pseudonymize(7, cap::privrelease.capability, domain) <>
      CASE g % 6 WHEN 0 THEN privrelease.pseudonymize(7, :'cap', 'd0') WHEN 1 THEN privrelease.pseudonymize(7, :'cap2', 'd1')
                 WHEN 2 THEN privrelease.pseudonymize(7, :'cap', 'd2') WHEN 3 THEN privrelease.pseudonymize(7, :'cap2', 'd0')
                 WHEN 4 THEN privrelease.pseudonymize(7, :'cap', 'd1') ELSE privrelease.pseudonymize(7, :'cap2', 'd2') END;
CREATE FUNCTION pg_temp.in_a_loop(cap text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE seen text[]; c privrelease.capability := cap;
BEGIN
    FOR i IN 1 .. 20 LOOP
        seen := seen || privrelease.pseudonymize(7, c, 'd' || i % 4);
    END LOOP;
    RETURN (SELECT count(DISTINCT s) FROM unnest(seen) AS s);
END $$;
SELECT pg_temp.in_a_loop(:'cap');

-- parallel plans give the same
CREATE TABLE keyed_many AS SELECT g AS id FROM generate_series(1, 20000) AS g;
ANALYZE keyed_many;
SET max_parallel_workers_per_gather = 0;
SELECT md5(string_agg(p, '' ORDER BY p)) AS serial FROM (SELECT privrelease.pseudonymize(id, :'cap', 'd') AS p FROM keyed_many) AS s \gset
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT md5(string_agg(p, '' ORDER BY p)) = :'serial' AS parallel_agrees FROM (SELECT privrelease.pseudonymize(id, :'cap', 'd') AS p FROM keyed_many) AS s;
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE keyed_many;

-- ---- format-preserving encryption

CREATE TEMP TABLE fpe AS
    SELECT lpad(g::text, 6, '0') AS v, privrelease.encrypt_fpe(lpad(g::text, 6, '0'), :'cap', '0123456789', 0, 0) AS e FROM generate_series(0, 999999, 97) AS g;
SELECT count(*) = count(DISTINCT e) AS injective, bool_and(e ~ '^[0-9]{6}$') AS form, count(*) FILTER (WHERE e = v) < 5 AS moves FROM fpe;
SELECT left(e, 3) AS kept_left, right(e, 1) AS kept_right, length(e), e <> '13812345678' AS changed
FROM privrelease.encrypt_fpe('13812345678', :'cap', '0123456789', 3, 1) AS e;
-- kept parts are the tweak, and where one ends counts
SELECT count(DISTINCT substr(privrelease.encrypt_fpe(p || '1234567', :'cap', '0123456789', 3, 0), 4)) AS tweaks
FROM (VALUES ('130'), ('131'), ('132')) AS v (p);
SELECT privrelease.encrypt_fpe('a' || '1234567' || 'bb', :'cap', '0123456789', 1, 2) <> 'ab' || substr(privrelease.encrypt_fpe('ab' || '1234567' || 'b', :'cap', '0123456789', 2, 1), 3) AS ends_count;
SELECT privrelease.encrypt_fpe('1234567', :'cap', '0123456789', 0, 0) <> privrelease.encrypt_fpe('1234567', :'cap2', '0123456789', 0, 0) AS keys_differ;
SELECT privrelease.encrypt_fpe(v, :'cap', a, l, r) IS NULL AS refused, v, a, l, r
FROM (VALUES ('12345', '0123456789', 0, 0), ('123456', '0123456789', 0, 1), ('123456', '0123456789', 1, 0), ('12345x', '0123456789', 0, 0),
             ('', '0123456789', 0, 0), ('123456', '', 0, 0), ('1111111111111111111111111', '1', 0, 0), ('123456', '01234567899', 0, 0),
             ('1234567', '0123456789', -1, 0), ('1234567', '0123456789', 0, -1), ('1234567', '0123456789', 2147483647, 2147483647),
             (repeat('1', 1025), '0123456789', 0, 0)) AS v (v, a, l, r)
WHERE length(v) < 100 OR privrelease.encrypt_fpe(v, :'cap', a, l, r) IS NOT NULL;
SELECT length(privrelease.encrypt_fpe(repeat('1', 1024), :'cap', '0123456789', 0, 0)) AS longest, privrelease.encrypt_fpe('10101010101010101010', :'cap', '01', 0, 0) ~ '^[01]{20}$' AS binary_alphabet;
SELECT bool_and(e ~ '^[A-Za-z0-9]+$' AND length(e) = g) AS any_length FROM (SELECT g, privrelease.encrypt_fpe(left(repeat('aZ3', 30), g), :'cap', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 0, 0) AS e FROM generate_series(4, 90) AS g) AS s;
SELECT count(DISTINCT privrelease.encrypt_fpe('1234567', :'cap', a, 0, 0)) AS alphabets FROM (VALUES ('0123456789'), ('9876543210'), ('0123456789abcdef')) AS v (a);

-- undone with the same arguments; NULL, not an error, for whatever is no pseudonym
SELECT count(*) FROM fpe WHERE privrelease.decrypt_fpe(e, :'cap', '0123456789', 0, 0) IS DISTINCT FROM v;
SELECT v, a, l, r FROM (VALUES ('13812345678', '0123456789', 3, 1), ('北京1234567é', '0123456789', 2, 1), ('éàüéàüéàü', 'éàü0123456', 0, 0), (repeat('10', 512), '01', 0, 0), ('x123456', '0123456789', 1, 0)) AS t (v, a, l, r)
 WHERE privrelease.decrypt_fpe(privrelease.encrypt_fpe(v, :'cap', a, l, r), :'cap', a, l, r) IS DISTINCT FROM v
    OR privrelease.encrypt_fpe(privrelease.decrypt_fpe(v, :'cap', a, l, r), :'cap', a, l, r) IS DISTINCT FROM v;
SELECT privrelease.decrypt_fpe('1234567', :'cap', '0123456789', 0, 0) <> privrelease.decrypt_fpe('1234567', :'cap2', '0123456789', 0, 0) AS keys_differ,
       privrelease.decrypt_fpe('1234567', :'cap', '0123456789', 1, 0) <> privrelease.decrypt_fpe('1234567', :'cap', '0123456789', 0, 1) AS kept_parts_count;
SELECT count(*) AS malformed, count(privrelease.decrypt_fpe(v, :'cap', a, l, r)) AS answered
FROM (VALUES ('12345', '0123456789', 0, 0), ('123456', '0123456789', 0, 1), ('12345x', '0123456789', 0, 0), ('12345 ', '0123456789', 0, 0), ('', '0123456789', 0, 0), ('123456é', '0123456789', 0, 0),
             ('123456', '', 0, 0), ('123456', '01234567899', 0, 0), ('1234567', '0123456789', -1, 0), ('1234567', '0123456789', 2147483647, 2147483647), (repeat('1', 1025), '0123456789', 0, 0),
             (NULL, '0123456789', 0, 0), ('123456', NULL, 0, 0), ('123456', '0123456789', NULL, 0)) AS t (v, a, l, r);
SELECT privrelease.decrypt_fpe('123456', NULL, '0123456789', 0, 0) IS NULL AS no_key;
SELECT privrelease.decrypt_fpe('123456', '2147483647.1', '0123456789', 0, 0);
SELECT privrelease.decrypt_fpe('not a pseudonym', '2147483647.1', '0123456789', 0, 0);

-- ---- choices from a dictionary

INSERT INTO privrelease.dictionary (digest, loaded_from) VALUES ('keyed test 1', 'keyed') RETURNING id AS dictionary \gset
INSERT INTO privrelease.dictionary_entry SELECT :dictionary, g, 'word ' || g FROM generate_series(0, 9) AS g;
SELECT count(DISTINCT f) AS words, bool_and(f ~ '^word [0-9]$') AS all_words, bool_and(f = again) AS repeats, min(n) > 35 AS even_enough
FROM (SELECT f, again, count(*) OVER (PARTITION BY f) AS n
      FROM (SELECT privrelease.fake(g::text, :'cap', :dictionary, 'd') AS f, privrelease.fake(g::text, :'cap', :dictionary, 'd') AS again FROM generate_series(1, 1000) AS g) AS s) AS t;
SELECT count(*) FILTER (WHERE privrelease.fake(g::text, :'cap', :dictionary, 'd') <> privrelease.fake(g::text, :'cap', :dictionary, 'e')) > 700 AS domains_differ,
       count(*) FILTER (WHERE privrelease.fake(g::text, :'cap', :dictionary, 'd') <> privrelease.fake(g::text, :'cap2', :dictionary, 'd')) > 700 AS keys_differ
FROM generate_series(1, 1000) AS g;
SELECT privrelease.fake(NULL, :'cap', :dictionary, 'd') IS NULL AS strict;
SELECT privrelease.fake('x', :'cap', -1, 'd');
-- a change is seen at once
UPDATE privrelease.dictionary_entry SET value = 'changed' WHERE dictionary = :dictionary;
SELECT privrelease.fake('x', :'cap', :dictionary, 'd');
DELETE FROM privrelease.dictionary WHERE id = :dictionary;
\set VERBOSITY sqlstate
SELECT privrelease.fake('x', :'cap', :dictionary, 'd');
\set VERBOSITY default

-- ---- date shifts

CREATE TEMP TABLE shifts AS
    SELECT s, privrelease.date_shift(date '2020-06-15', s, :'cap', 30) - date '2020-06-15' AS a,
              privrelease.date_shift(date '1960-02-29', s, :'cap', 30) - date '1960-02-29' AS b,
              extract(day FROM privrelease.date_shift(timestamp '2020-06-15 13:14:15.16', s, :'cap', 30) - timestamp '2020-06-15 13:14:15.16')::int AS c,
              extract(day FROM privrelease.date_shift(timestamptz '2020-06-15 13:14:15.16 UTC', s, :'cap', 30) - timestamptz '2020-06-15 13:14:15.16 UTC')::int AS d,
              privrelease.date_shift(date '2020-06-15', s, :'cap', 6) - date '2020-06-15' AS few
    FROM generate_series(1, 2000) AS s;
SELECT bool_and(a = b AND b = c AND c = d) AS one_shift, bool_and(a % 7 = 0) AS weeks, min(a), max(a), count(DISTINCT a), min(few) AS min_few, max(few) AS max_few, count(DISTINCT few) AS count_few FROM shifts;
SELECT count(DISTINCT privrelease.date_shift(date '2020-06-15', s, :'cap', 365)) AS by_subject FROM (VALUES (7::numeric), (7.0), (7.000)) AS v (s);
SELECT count(*) FILTER (WHERE privrelease.date_shift(date '2020-06-15', s, :'cap', 3650) <> privrelease.date_shift(date '2020-06-15', s, :'cap2', 3650)) > 80 AS keys_differ FROM generate_series(1, 100) AS s;
-- another max_days is another shift: uncorrelated, and no more often in the same place than by chance, 1 in 29 (fails once in 10^9 runs)
SELECT abs(corr(a, b)) < 6.2 / sqrt(10000) AS independent, count(*) FILTER (WHERE a = b) < 470 AS not_equal
FROM (SELECT privrelease.date_shift(date '2020-06-15', s, :'cap', 100) - date '2020-06-15' AS a,
             privrelease.date_shift(date '2020-06-15', s, :'cap', 101) - date '2020-06-15' AS b FROM generate_series(1, 10000) AS s) AS t;
SELECT abs(corr(a, b)) < 6.2 / sqrt(10000) AS independent
FROM (SELECT privrelease.date_shift(date '2020-06-15', s, :'cap', 100) - date '2020-06-15' AS a,
             privrelease.date_shift(date '2020-06-15', s, :'cap', 3650) - date '2020-06-15' AS b FROM generate_series(1, 10000) AS s) AS t;
SELECT privrelease.date_shift(d, 1, :'cap', 30) FROM (VALUES (date 'infinity'), ('-infinity'), (NULL)) AS v (d);
SELECT privrelease.date_shift(d, 1, :'cap', 30) FROM (VALUES (timestamp 'infinity'), ('-infinity'), (NULL)) AS v (d);
SELECT count(*) FILTER (WHERE e IS NULL) > 0 AS some_null, count(*) FILTER (WHERE e IS NOT NULL) > 0 AS some_not
FROM (SELECT privrelease.date_shift(date '5874897-12-31', s, :'cap', 30) AS e FROM generate_series(1, 100) AS s) AS t;
SELECT count(*) FILTER (WHERE e IS NULL) > 0 AS some_null, count(*) FILTER (WHERE e IS NOT NULL) > 0 AS some_not
FROM (SELECT privrelease.date_shift(date '4714-11-24 BC', s, :'cap', 30) AS e FROM generate_series(1, 100) AS s) AS t;
SELECT count(*) FILTER (WHERE e IS NULL) > 0 AS some_null, count(*) FILTER (WHERE e IS NOT NULL) > 0 AS some_not
FROM (SELECT privrelease.date_shift(timestamp '294276-12-31 23:59:59', s, :'cap', 30) AS e FROM generate_series(1, 100) AS s) AS t;
SELECT count(*) FILTER (WHERE e IS NULL) > 50 AS mostly_null FROM (SELECT privrelease.date_shift(timestamptz '2000-01-01 UTC', s, :'cap', 2147483647) AS e FROM generate_series(1, 100) AS s) AS t;
SELECT privrelease.date_shift(date '2020-01-01', 1, :'cap', m) IS NULL AS refused FROM (VALUES (0), (-1), (-2147483648)) AS v (m);
