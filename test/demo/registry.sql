-- The demo's own input: a made-up city registry of 100,000 rows.
--
-- The same rows on every machine and every run: each value is arithmetic on a
-- hash of the row number.  Nobody real can be met in it: the region codes
-- 110190 ... 110199, the postcodes 99xxxx, the mobile prefixes 142 and 143 and
-- the network addresses are not given out to anybody.

CREATE SCHEMA registry;

CREATE FUNCTION pg_temp.pick(i bigint, seed bigint, n bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (hashint8extended(i, seed) & 9223372036854775807) % n $$;

-- GB 11643: check character of the first 17 digits (ISO 7064 MOD 11-2).
CREATE FUNCTION pg_temp.check_digit(digits text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT substr('10X98765432', 1 + (sum(substr(digits, k, 1)::int * ('{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}'::int[])[k]) % 11)::int, 1)
            FROM generate_series(1, 17) k $$;

CREATE TABLE registry.residents
(
    record_no   bigint PRIMARY KEY,
    id_number   text,
    full_name   text,
    sex         text,
    birth_date  date,
    mobile      text,
    email       text,
    address     text,
    postcode    text,
    income      integer,
    water_bill  numeric(8,2),
    diagnosis   text,
    last_visit  date,
    portal_ip   inet
);

INSERT INTO registry.residents
WITH lists AS MATERIALIZED
(
    SELECT '{王,李,张,刘,陈,杨,黄,赵,吴,周,徐,孙,马,朱,胡,郭,何,高,林,罗,郑,梁,谢,宋,唐,许,韩,冯,邓,曹,欧阳,司马}'::text[] AS surnames,
           '{伟,芳,娜,敏,静,丽,强,磊,军,洋,勇,艳,杰,娟,涛,明,超,霞,平,刚,桂英,建华,志强,秀兰,文博,雨桐,子涵,思远,海燕,晓东}'::text[] AS given_names,
           '{wang,li,zhang,liu,chen,yang,huang,zhao,wu,zhou,xu,sun,ma,zhu,hu,guo,he,gao,lin,luo,zheng,liang,xie,song,tang,xu,han,feng,deng,cao,ouyang,sima}'::text[] AS latin,
           '{东湖区,西山区,南港区,北桥区,新城区,老城区,海滨区,高新区,江心区,河口县}'::text[] AS districts,
           '{人民路,解放路,中山路,建设路,长江街,和平街,学府路,花园路,滨海大道,工业大道}'::text[] AS streets,
           '{hypertension,influenza,diabetes,asthma,fracture,gastritis,depression,"heart failure",hepatitis B,epilepsy,HIV}'::text[] AS diagnoses,
           '{18000,36000,54000,60000,72000,84000,96000,120000,180000,260000}'::int[] AS incomes
),
-- 93,000 persons; the last 7,000 rows are second entries of one of them.
entry AS
(
    SELECT i, CASE WHEN i <= 93000 THEN i ELSE 1 + pg_temp.pick(i, 1, 93000) END AS p
      FROM generate_series(1::bigint, 100000) i
),
person AS
(
    SELECT i, p,
           1 + pg_temp.pick(p, 2, 32)::int AS surname,
           1 + pg_temp.pick(p, 3, 30)::int AS given,
           pg_temp.pick(p, 4, 10)::int AS district,
           date '2024-12-31' - (pg_temp.pick(p, 5, 17000) + pg_temp.pick(p, 6, 16500))::int AS born,
           pg_temp.pick(p, 7, 1000)::int AS sequence,
           pg_temp.pick(p, 8, 1000)::int AS luck
      FROM entry
),
numbered AS
(
    SELECT *, '11019' || district || to_char(born, 'YYYYMMDD') || lpad(sequence::text, 3, '0') AS digits
      FROM person
)
SELECT i,
       CASE WHEN luck = 0 THEN NULL
            WHEN luck = 1 THEN digits || 'A'                                            -- malformed
            WHEN luck = 2 THEN substr(digits, 1, 6) || substr(digits, 9, 9)             -- old form, 15 digits
            ELSE digits || pg_temp.check_digit(digits) END,
       surnames[surname] || given_names[given],
       CASE WHEN luck = 3 THEN NULL WHEN sequence % 2 = 1 THEN 'M' ELSE 'F' END,
       CASE WHEN luck IN (1, 4) THEN NULL ELSE born END,
       CASE WHEN born > '2014-12-31' THEN NULL
            WHEN luck BETWEEN 10 AND 19 THEN '+86 142' || lpad(pg_temp.pick(p, 9, 100000000)::text, 8, '0')
            WHEN luck = 5 THEN 'see file'                                               -- malformed
            ELSE (142 + pg_temp.pick(p, 10, 2))::text || lpad(pg_temp.pick(p, 9, 100000000)::text, 8, '0') END,
       CASE WHEN pg_temp.pick(p, 11, 10) < 3 OR born > '2010-12-31' THEN NULL
            WHEN luck = 6 THEN latin[surname] || ' at example.com'                      -- malformed
            WHEN luck < 300 THEN (100000000 + pg_temp.pick(p, 12, 900000000))::text || '@mail.example.org'
            ELSE latin[surname] || pg_temp.pick(p, 12, 10000) || '@example.' || ('{com,org,net}'::text[])[1 + pg_temp.pick(p, 13, 3)] END,
       '海滨市' || districts[district + 1] || streets[1 + pg_temp.pick(p, 14, 10)] || 1 + pg_temp.pick(p, 15, 400) || '号'
           || 1 + pg_temp.pick(p, 16, 30) || '栋' || 101 + pg_temp.pick(p, 17, 20) * 100 || '室',
       CASE WHEN luck = 7 THEN '' ELSE '99' || district || lpad(pg_temp.pick(p, 18, 40)::text, 2, '0') || '0' END,
       CASE WHEN born > '2006-12-31' THEN NULL
            WHEN luck = 8 THEN 2000000 + pg_temp.pick(p, 19, 8000000)
            ELSE incomes[1 + pg_temp.pick(p, 20, 10)] * (60 + pg_temp.pick(p, 21, 81)) / 100 END,
       CASE WHEN luck = 9 THEN NULL ELSE (800 + pg_temp.pick(i, 22, 24000)) / 100.0 END,
       CASE WHEN pg_temp.pick(i, 23, 10) < 6 THEN NULL
            ELSE diagnoses[1 + least(pg_temp.pick(i, 24, 11), pg_temp.pick(i, 25, 11))] END,
       date '2025-06-30' - pg_temp.pick(i, 26, 700)::int,
       CASE WHEN pg_temp.pick(p, 27, 4) = 0 THEN NULL
            WHEN pg_temp.pick(p, 27, 4) = 1 THEN ('2001:db8:' || to_hex(pg_temp.pick(p, 28, 65536)) || '::' || to_hex(1 + pg_temp.pick(p, 29, 65535)))::inet
            ELSE (('{192.0.2,198.51.100,203.0.113}'::text[])[1 + pg_temp.pick(p, 30, 3)] || '.' || 1 + pg_temp.pick(p, 31, 254))::inet END
  FROM numbered n, lists;

COMMENT ON TABLE registry.residents IS 'made-up residents, for the demo';
ANALYZE registry.residents;
