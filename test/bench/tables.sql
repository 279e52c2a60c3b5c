-- Release tables of many rows against a plain CREATE TABLE AS of the same columns, within one run.

SET client_min_messages = error;

-- Seconds that a statement takes.
CREATE PROCEDURE bench.timed(statement text, INOUT seconds numeric DEFAULT NULL) LANGUAGE plpgsql AS $p$
DECLARE
    began timestamptz;
BEGIN
    COMMIT;
    began := clock_timestamp();
    EXECUTE statement;
    COMMIT;
    seconds := extract(epoch FROM clock_timestamp() - began);
END
$p$;

DO $do$
DECLARE
    plain  numeric;
    again  numeric;
    first  numeric;
    tenth  numeric;
    later  numeric;
    person numeric;
BEGIN
    CALL bench.timed('CREATE TABLE bench.plain AS SELECT age, sex, postcode, event, education, occupation FROM source.people', plain);
    DROP TABLE bench.plain;
    CALL bench.timed('CREATE TABLE bench.plain AS SELECT age, sex, postcode, event, education, occupation FROM source.people', again);
    DROP TABLE bench.plain;
    plain := least(plain, again);
    CALL bench.timed($$SELECT privrelease.refresh('published.tenth')$$, tenth);
    CALL bench.timed($$SELECT privrelease.refresh('published.people')$$, first);
    CALL bench.timed($$SELECT privrelease.refresh('published.persons')$$, person);
    UPDATE source.people SET age = 17 + (age + 20) % 80 WHERE id % 5 = 0;
    COMMIT;
    CALL bench.timed($$SELECT privrelease.refresh('published.people')$$, later);
    INSERT INTO bench.table_result (measure, seconds, against, target, aim) VALUES
        ('first version, against CREATE TABLE AS', first, plain, 6, NULL),
        ('later version, 20 % of the rows changed, against CREATE TABLE AS', later, plain, 10, NULL),
        ('first version, against a tenth of the rows', first, tenth, 12, NULL),
        ('first version with a subject and its history, against CREATE TABLE AS', person, plain, 6, NULL);
    CALL bench.timed($$SELECT privrelease.refresh('published.persons')$$, person);
    INSERT INTO bench.table_result (measure, seconds, against, target, aim) VALUES
        ('later version with a subject and its history, 20 % changed, against CREATE TABLE AS', person, plain, 10, NULL);
END
$do$;
