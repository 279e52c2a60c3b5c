-- Adult, nine attributes, hierarchies as published with ARX.  Needs: data (a directory).

SET client_min_messages = error;
\setenv PR_BENCH_DATA :data
CREATE TABLE source.adult (sex text, age int, race text, "marital-status" text, education text, "native-country" text,
                           workclass text, occupation text, "salary-class" text);
\copy source.adult FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult.csv"' WITH (FORMAT csv, DELIMITER ';', HEADER)
ANALYZE source.adult;

CREATE TABLE source.lines (line text);
CREATE FUNCTION bench.load_hierarchy(name text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
    rows text[];
BEGIN
    SELECT array_agg(string_to_array(line, ';')) INTO rows FROM source.lines;
    PERFORM privrelease.create_hierarchy(name, rows), privrelease.classify('source.adult', name, 'quasi_identifier');
    TRUNCATE source.lines;
END
$f$;

\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_sex.csv"'
SELECT bench.load_hierarchy('sex');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_age.csv"'
SELECT bench.load_hierarchy('age');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_race.csv"'
SELECT bench.load_hierarchy('race');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_marital-status.csv"'
SELECT bench.load_hierarchy('marital-status');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_education.csv"'
SELECT bench.load_hierarchy('education');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_native-country.csv"'
SELECT bench.load_hierarchy('native-country');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_workclass.csv"'
SELECT bench.load_hierarchy('workclass');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_occupation.csv"'
SELECT bench.load_hierarchy('occupation');
\copy source.lines FROM PROGRAM 'tr -d "\r" <"$PR_BENCH_DATA/adult/adult_hierarchy_salary-class.csv"'
SELECT bench.load_hierarchy('salary-class');

CREATE FUNCTION bench.declare_adult(release text, model jsonb) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM privrelease.create_release(release, 'source.adult', kind => 'table', model => model);
    PERFORM privrelease.set_rule(release, a.attname, 'hierarchy', jsonb_build_object('hierarchy', a.attname, 'level', 'auto'))
       FROM pg_attribute AS a WHERE a.attrelid = 'source.adult'::regclass AND a.attnum > 0 ORDER BY a.attnum;
END
$f$;
SELECT bench.declare_adult('published.adult', '{"k": 5, "suppression_limit": 0.05}'),
       bench.declare_adult('published.adult_all', '{"k": 5}'),
       bench.declare_adult('published.adult_local', '{"k": 5, "search": "local"}');

DO $do$
DECLARE
    limited numeric;
    whole   numeric;
    local   numeric;
BEGIN
    CALL bench.timed($$SELECT privrelease.refresh('published.adult')$$, limited);
    CALL bench.timed($$SELECT privrelease.refresh('published.adult_all')$$, whole);
    CALL bench.timed($$SELECT privrelease.refresh('published.adult_local')$$, local);
    INSERT INTO bench.table_result (measure, seconds, target, aim) VALUES
        ('Adult, k = 5, 5 % suppression: refresh', limited, 1.0, 0.6),
        ('Adult, k = 5, no suppression: refresh', whole, 0.5, 0.25),
        ('Adult, k = 5, local recoding: refresh', local, 3.0, 1.5);
END
$do$;

-- What the search alone takes is in the messages of a refresh.
SET client_min_messages = debug1;
\echo searches of 5 % suppression, none, local recoding:
SELECT privrelease.refresh('published.adult') AS version;
SELECT privrelease.refresh('published.adult_all') AS version;
SELECT privrelease.refresh('published.adult_local') AS version;
