-- Local suppression and microaggregation of sdcMicro's testdata, 20 times.  Needs: data (a directory).

SET client_min_messages = error;
\setenv PR_BENCH_DATA :data
CREATE TABLE source.survey (urbrur int, roof int, walls int, water int, electcon int, relat int, sex int, age int, hhcivil int,
                            expend numeric, income numeric, savings numeric, ori_hid int, sampling_weight numeric, household_weights numeric);
\copy source.survey FROM PROGRAM 'cat "$PR_BENCH_DATA/sdc/testdata.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE source.surveys AS
SELECT row_number() OVER (ORDER BY c, s.ctid) AS id, s.urbrur, s.roof, s.walls, s.water, s.electcon, s.relat, s.sex, c AS region,
       s.expend * (0.9 + 0.2 * bench.pick(row_number() OVER (ORDER BY c, s.ctid), 1, 1000000) / 1000000) AS expend,
       s.income * (0.9 + 0.2 * bench.pick(row_number() OVER (ORDER BY c, s.ctid), 2, 1000000) / 1000000) AS income,
       s.savings * (0.9 + 0.2 * bench.pick(row_number() OVER (ORDER BY c, s.ctid), 3, 1000000) / 1000000) AS savings
  FROM source.survey AS s, generate_series(1, 20) AS c;
ALTER TABLE source.surveys ADD PRIMARY KEY (id);
ANALYZE source.surveys;
SELECT privrelease.classify('source.surveys', a.attname, CASE WHEN a.attname IN ('expend', 'income', 'savings') THEN 'sensitive' ELSE 'quasi_identifier' END)
  FROM pg_attribute AS a WHERE a.attrelid = 'source.surveys'::regclass AND a.attnum > 1;

SELECT privrelease.create_release('published.suppressed', 'source.surveys', kind => 'table', model => '{"k": 3, "search": "local", "suppression_limit": 0.05}');
SELECT privrelease.set_rule('published.suppressed', c, 'keep')
  FROM unnest(ARRAY['urbrur', 'roof', 'walls', 'water', 'electcon', 'relat', 'sex', 'region']::name[]) AS c;

-- Two releases of one column are one draw: the second has a source of its own.
CREATE TABLE source.surveys_again AS TABLE source.surveys;
ALTER TABLE source.surveys_again ADD PRIMARY KEY (id);
ANALYZE source.surveys_again;
CREATE FUNCTION bench.declare_means(release text, relation text, block int) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM privrelease.classify(relation::regclass, c, CASE WHEN c = 'sex' THEN 'quasi_identifier' ELSE 'sensitive' END)
       FROM unnest(ARRAY['sex', 'expend', 'income', 'savings']::name[]) AS c;
    PERFORM privrelease.create_release(release, relation::regclass, subject => 'id', kind => 'table', model => '{"k": 3}');
    PERFORM privrelease.set_rule(release, 'sex', 'keep'),
            privrelease.set_rule(release, c, 'microaggregate', jsonb_build_object('k', 3, 'group', 'money', 'block', block))
       FROM unnest(ARRAY['expend', 'income', 'savings']::name[]) AS c;
END
$f$;
SELECT privrelease.create_key('default');
SELECT bench.declare_means('published.means_exact', 'source.surveys', 100000), bench.declare_means('published.means_blocks', 'source.surveys_again', 10000);

DO $do$
DECLARE
    suppressed numeric;
    exact      numeric;
    blocks     numeric;
BEGIN
    CALL bench.timed($$SELECT privrelease.refresh('published.suppressed')$$, suppressed);
    CALL bench.timed($$SELECT privrelease.refresh('published.means_exact')$$, exact);
    CALL bench.timed($$SELECT privrelease.refresh('published.means_blocks')$$, blocks);
    INSERT INTO bench.table_result (measure, seconds, target, aim) VALUES
        ('local suppression, 91,600 rows, 8 keys, k = 3: refresh', suppressed, 3, NULL),
        ('MDAV, 91,600 rows, 3 columns, k = 3, exact: refresh', exact, 8, NULL),
        ('MDAV, 91,600 rows, 3 columns, k = 3, in blocks: refresh', blocks, 1, NULL);
END
$do$;
