-- Sources of the bench of release tables.  Needs: rows.

CREATE EXTENSION IF NOT EXISTS privrelease;
CREATE SCHEMA IF NOT EXISTS bench;
CREATE SCHEMA source;
CREATE SCHEMA published;

-- What was measured, in seconds; and against what.
CREATE TABLE bench.table_result (
    position int GENERATED ALWAYS AS IDENTITY,
    measure  text NOT NULL,
    seconds  numeric NOT NULL,
    against  numeric,              -- seconds of the plain statement; NULL: the target is in seconds
    target   numeric NOT NULL,
    aim      numeric
);

-- Numbers from 0 to n-1 that look random, low ones more often: skew 1 is uniform.
CREATE FUNCTION bench.pick(i bigint, salt int, n int, skew float8 DEFAULT 1) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(n * power((hashint8extended(i, salt) & 9007199254740991) / 9007199254740992.0, skew))::int;

CREATE FUNCTION bench.make_people(relation text, n bigint) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    EXECUTE format($q$
        CREATE TABLE %s AS
        SELECT i AS id, 17 + bench.pick(i, 1, 80, 1.3) AS age, CASE bench.pick(i, 2, 2) WHEN 0 THEN 'f' ELSE 'm' END AS sex,
               lpad(bench.pick(i, 3, 2000, 2)::text, 5, '0') AS postcode, date '1950-01-01' + bench.pick(i, 4, 20000) AS event,
               'e' || bench.pick(i, 5, 8, 2) AS education, 'o' || bench.pick(i, 6, 14, 1.5) AS occupation
          FROM generate_series(1, %s) AS i$q$, relation, n);
    EXECUTE format('ALTER TABLE %s ADD PRIMARY KEY (id)', relation);
    EXECUTE format('ANALYZE %s', relation);
    PERFORM privrelease.classify(relation::regclass, c, 'quasi_identifier')
       FROM unnest(ARRAY['age', 'sex', 'postcode', 'event', 'education', 'occupation']) AS c;
END
$f$;

CREATE FUNCTION bench.declare_people(release text, relation text, subject name) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    PERFORM privrelease.create_release(release, relation::regclass, subject => subject, kind => 'table',
                                       model => '{"k": 5, "suppression_limit": 0.05}');
    PERFORM privrelease.set_rule(release, 'age', 'bin', '{"levels": [5, 10, 20, 40]}'),
            privrelease.set_rule(release, 'sex', 'keep'),
            privrelease.set_rule(release, 'postcode', 'prefix', '{"levels": [4, 3, 2, 1]}'),
            privrelease.set_rule(release, 'event', 'date_trunc', '{"levels": ["year", "decade"]}'),
            privrelease.set_rule(release, 'education', 'keep'),
            privrelease.set_rule(release, 'occupation', 'keep');
END
$f$;

SET client_min_messages = error;
SELECT bench.make_people('source.people', :rows), bench.make_people('source.tenth', :rows / 10);
SELECT bench.declare_people('published.people', 'source.people', NULL), bench.declare_people('published.tenth', 'source.tenth', NULL),
       bench.declare_people('published.persons', 'source.people', 'id');
VACUUM;
