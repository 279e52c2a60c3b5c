-- partial, partial_email, prefix, resident_id: each query lists the rows whose result is not the expected one.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS privrelease;
RESET client_min_messages;
\pset null '(null)'

-- partial: left, right, fill, length
SELECT v, l, r, f, n, expected, privrelease.partial(v, l, r, f, n) AS got
  FROM (VALUES
    ('13912345678', 3, 4, '*', 4, '139****5678'),
    ('13912345678', 3, 4, '*', 0, '1395678'),
    ('13912345678', 0, 0, '*', 4, '****'),
    ('13912345678', 0, 4, '#', 1, '#5678'),
    ('abcdefg',     3, 4, '*', 4, '****'),        -- seven characters are all that would be shown
    ('abcdefgh',    3, 4, '*', 4, 'abc****efgh'),
    ('abc',         3, 4, '*', 4, '****'),
    ('a',           1, 0, '*', 4, '****'),
    ('',            1, 0, '*', 4, '****'),
    ('',            0, 0, '*', 4, '****'),
    ('ab ',         1, 0, '*', 2, 'a**'),
    ('abc', 1, 0, '*', 1000, 'a' || repeat('*', 1000)),
    (repeat('x', 3000), 1000, 1000, '*', 1, repeat('x', 1000) || '*' || repeat('x', 1000)),
    -- parameters out of range give NULL
    ('abc', -1, 0, '*', 4, NULL), ('abc', 0, -1, '*', 4, NULL), ('abc', 0, 0, '*', -1, NULL),
    ('abc', 1001, 0, '*', 4, NULL), ('abc', 0, 1001, '*', 4, NULL), ('abc', 0, 0, '*', 1001, NULL),
    ('abc', 2147483647, 2147483647, '*', 4, NULL), ('abc', -2147483648, 0, '*', 4, NULL),
    ('abc', 1, 0, '', 4, NULL), ('abc', 1, 0, '**', 4, NULL),
    -- strict
    (NULL, 1, 0, '*', 4, NULL), ('abc', NULL, 0, '*', 4, NULL), ('abc', 1, 0, NULL, 4, NULL)
  ) AS t (v, l, r, f, n, expected)
 WHERE privrelease.partial(v, l, r, f, n) IS DISTINCT FROM expected;

-- the length of the output says nothing of the input's
SELECT DISTINCT length(privrelease.partial(repeat('x', g), 2, 2, '*', 4)) FROM generate_series(5, 3000, 7) AS g;

-- values that are stored compressed, or out of line
CREATE TEMP TABLE long_text (id int, v text);
ALTER TABLE long_text ALTER v SET STORAGE EXTENDED;
INSERT INTO long_text VALUES (1, 'head' || repeat('0123456789', 100000) || 'tail');
INSERT INTO long_text SELECT 2, 'head' || string_agg(md5(g::text), '') || 'tail' FROM generate_series(1, 10000) AS g;
INSERT INTO long_text SELECT 3, 'ab';
SELECT id, privrelease.partial(v, 4, 4, '*', 2), privrelease.partial(v, 4, 0, '*', 2), privrelease.prefix(v, 5, '*'),
       privrelease.partial_email(v), privrelease.resident_id(v, 'region')
  FROM long_text ORDER BY id;

-- prefix
SELECT v, n, f, expected, privrelease.prefix(v, n, f) AS got
  FROM (VALUES
    ('100871', 3, '*', '100*'),
    ('100871', 5, '*', '10087*'),
    ('100871', 6, '*', '100****'),               -- six characters of at most six: half of them
    ('100871', 7, '*', '100*****'),
    ('10087',  5, '*', '10****'),
    ('1',      3, '*', '****'),
    ('',       3, '*', '****'),
    ('',       0, '*', '*'),
    ('abc',    0, '*', '*'),
    ('abc',    1, 'x', 'ax'),
    ('abc',  1000, '*', 'a' || repeat('*', 1000)),
    (repeat('y', 2000), 1000, '*', repeat('y', 1000) || '*'),
    ('abc',   -1, '*', NULL), ('abc', 1001, '*', NULL), ('abc', 2147483647, '*', NULL),
    ('abc',    1, '', NULL), ('abc', 1, 'ab', NULL),
    (NULL,     1, '*', NULL), ('abc', NULL, '*', NULL), ('abc', 1, NULL, NULL)
  ) AS t (v, n, f, expected)
 WHERE privrelease.prefix(v, n, f) IS DISTINCT FROM expected;

-- the same length for all values
SELECT DISTINCT length(privrelease.prefix(repeat('x', g), 7, '*')) FROM generate_series(0, 300) AS g;

-- partial_email
SELECT v, expected, privrelease.partial_email(v) AS got
  FROM (VALUES
    ('li.ming@example.com',  'l***@***.com'),
    ('Li.Ming@Example.COM',  'L***@***.com'),
    ('a+b@mail.example.org', 'a***@***.org'),
    ('a@example.com',        '***@***.com'),     -- one character would be the whole local part
    ('13912345678@139.com',  '***@***.com'),
    ('7up@example.net',      '***@***.net'),
    ('ab@x.museum',          'a***@***.museum'),
    ('ab@x.barclays',        'a***@***.***'),    -- long top-level domains are names of firms
    ('ab@x.xn--fiqs8s',      'a***@***.***'),
    ('', '***@***'), ('@', '***@***'), ('ab', '***@***'), ('ab@', '***@***'), ('@a.com', '***@***'),
    ('ab@localhost', '***@***'), ('ab@a..com', '***@***'), ('ab@a.com.', '***@***'), ('ab@-a.com', '***@***'),
    ('a..b@a.com', '***@***'), ('.ab@a.com', '***@***'), ('a@b@c.com', '***@***'), (' ab@a.com', '***@***'),
    ('ab@a.c', '***@***'), ('ab@192.0.2.1', '***@***'), (E'ab@a.com\n', '***@***'),
    (repeat('a', 64) || '@b.com', 'a***@***.com'), (repeat('a', 65) || '@b.com', '***@***'),
    (repeat('a', 100000) || '@b.com', '***@***'),
    (NULL, NULL)
  ) AS t (v, expected)
 WHERE privrelease.partial_email(v) IS DISTINCT FROM expected;

-- resident_id
SELECT v, s, expected, privrelease.resident_id(v, s) AS got
  FROM (VALUES
    ('110101190102280013', 'region', '110101'),
    ('110101190102280013', 'city', '1101'),
    ('110101190102280013', 'province', '11'),
    ('110101190102280013', 'birth_year', '1901'),
    ('110101190102280013', 'birth_month', '1901-02'),
    ('110101190102280013', 'sex', 'M'),
    ('110101190102280013', 'region+birth_year+sex', '110101-1901-M'),
    ('11010119010301004X', 'sex+birth_year', 'F-1901'),
    ('11010119010301004x', 'region', '110101'),
    ('110101010228001',    'region+birth_year+sex', '110101-1901-M'),   -- the old form of the first
    ('110101190102280012', 'region', NULL),      -- check character
    ('110101190102290016', 'region', NULL),      -- 29 February 1901
    ('010101190102280013', 'region', NULL),
    ('11010119010228001',  'region', NULL),
    ('1101011901022800133', 'region', NULL),
    ('110101190102280013 ', 'region', NULL),
    ('', 'region', NULL),
    ('110101190102280013', '', NULL), ('110101190102280013', 'name', NULL), ('110101190102280013', 'region+', NULL),
    ('110101190102280013', 'region+region', NULL), ('110101190102280013', 'REGION', NULL),
    (NULL, 'region', NULL), ('110101190102280013', NULL, NULL)
  ) AS t (v, s, expected)
 WHERE privrelease.resident_id(v, s) IS DISTINCT FROM expected;

-- the other types of text: char(n) without its padding
SELECT privrelease.partial('Zhang'::varchar(10), 1, 0, '*', 2) AS v, privrelease.partial('Zhang'::char(10), 1, 1, '*', 2) AS c,
       privrelease.partial('Zhang'::name, 1, 0, '*', 2) AS n, privrelease.prefix('Zhang'::char(10), 5, '*') AS p,
       privrelease.partial_email('li@a.cn'::char(30)) AS e, privrelease.resident_id('110101190102280013'::char(20), 'sex') AS s;

-- multibyte text, where the database can hold it
DO $$
DECLARE
    wrong text;
BEGIN
    IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
        RETURN;
    END IF;
    EXECUTE $q$
        SELECT pg_catalog.string_agg(got, ', ') FROM (VALUES
            (privrelease.partial(U&'\738B\5C0F\660E', 1, 0, '*', 2), U&'\738B**'),
            (privrelease.partial(U&'\738B\5C0F\660E', 1, 1, '*', 1), U&'\738B*\660E'),
            (privrelease.partial(U&'\738B\660E', 1, 1, '*', 2), '**'),
            (privrelease.partial(U&'\738B\5C0F\660E', 1, 0, U&'\25CB', 2), U&'\738B\25CB\25CB'),
            (privrelease.partial(U&'\+01F600abc', 1, 0, '*', 1), U&'\+01F600*'),
            (privrelease.partial(U&'cafe\0301', 0, 1, '*', 1), U&'*\0301'),        -- a combining accent is a character
            (privrelease.partial(U&'abc', 1, 0, U&'e\0301', 1), NULL),
            (privrelease.prefix(U&'\5317\4EAC\5E02\6D77\6DC0\533A', 3, '*'), U&'\5317\4EAC\5E02*'),
            (privrelease.prefix(U&'\5317\4EAC\5E02', 3, '*'), U&'\5317***'),
            (privrelease.prefix(U&'\00E9t\00E9', 2, '*'), U&'\00E9t*'),
            (privrelease.partial_email(U&'\00E9va@example.com'), '***@***'),
            (privrelease.partial_email(U&'eva@ex\00E4mple.com'), '***@***'),
            (privrelease.resident_id(U&'\FF11\FF1110119010228001', 'region'), NULL)
          ) AS t (got, expected) WHERE got IS DISTINCT FROM expected $q$ INTO wrong;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'wrong: %', wrong;
    END IF;
END $$;
DROP TABLE long_text;
