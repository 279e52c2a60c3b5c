# What is left to watch, and who may pass for a foreign key: triggers in cascades, settings that change while a query is
# planned, counters of rows read.
#
# Each attack runs in a session that the reader logged into, with the guard on and with it off, where it must succeed: so no
# line passes because of something else than the guard.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('watch');
$node->init(auth_extra => [ '--create-role', 'reader,steward,staff' ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
autovacuum = off
});
$node->start;
my $major = $node->safe_psql('postgres', q{SELECT current_setting('server_version_num')::int / 10000});
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE staff LOGIN; CREATE ROLE readers; CREATE ROLE reader LOGIN; GRANT readers TO reader;
	CREATE EXTENSION privrelease;
	SELECT privrelease.create_key('k');
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA open AUTHORIZATION steward;
	CREATE SCHEMA mine; GRANT ALL ON SCHEMA mine TO PUBLIC;
	GRANT USAGE ON SCHEMA src TO PUBLIC;
});
# person and event (partitioned) are sources, each with a key to region and keys from other tables.
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.region (region int PRIMARY KEY);
	INSERT INTO src.region SELECT g FROM generate_series(0, 50) AS g;
	CREATE TABLE src.person (id int PRIMARY KEY, name text, born date,
		cascading int REFERENCES src.region ON DELETE CASCADE ON UPDATE CASCADE,
		nulled int REFERENCES src.region ON DELETE SET NULL ON UPDATE SET NULL,
		defaulted int DEFAULT 0 REFERENCES src.region ON DELETE SET DEFAULT ON UPDATE SET DEFAULT,
		restricted int REFERENCES src.region ON DELETE RESTRICT,
		deferred int REFERENCES src.region DEFERRABLE INITIALLY DEFERRED);
	INSERT INTO src.person SELECT g, 'MARKER' || g, '1950-01-01'::date + g, 1 + g % 10, 11 + g % 10, 21 + g % 10, 31 + g % 5, 36 + g % 5
		FROM generate_series(1, 1000) AS g;
	CREATE INDEX ON src.person (born);
	CREATE TABLE src.event (id int PRIMARY KEY, at date, what text,
		cascading int REFERENCES src.region ON DELETE CASCADE ON UPDATE CASCADE,
		nulled int REFERENCES src.region ON DELETE SET NULL,
		defaulted int DEFAULT 0 REFERENCES src.region ON DELETE SET DEFAULT) PARTITION BY RANGE (id);
	CREATE TABLE src.event_1 PARTITION OF src.event FOR VALUES FROM (0) TO (500);
	CREATE TABLE src.event_2 PARTITION OF src.event FOR VALUES FROM (500) TO (2000);
	INSERT INTO src.event SELECT g, '2020-01-01'::date + g, 'MARKER' || g, 1 + g % 10, 11 + g % 10, 21 + g % 10 FROM generate_series(1, 1000) AS g;
	CREATE TABLE src.visit (n int, person int REFERENCES src.person ON DELETE CASCADE ON UPDATE CASCADE);
	CREATE TABLE src.late (person int REFERENCES src.person ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE src.note (event int REFERENCES src.event ON DELETE CASCADE);
	INSERT INTO src.visit SELECT g, g FROM generate_series(1, 100) AS g;
	INSERT INTO src.late SELECT g FROM generate_series(1, 100) AS g;
	INSERT INTO src.note SELECT g FROM generate_series(450, 550) AS g;
	ANALYZE src.person, src.event;
	SELECT privrelease.create_release('open.' || t, 'src.' || t) FROM unnest('{person,event}'::text[]) AS t;
	SELECT privrelease.set_rule('open.person', 'id', 'suppress');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 0}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"unit": "year"}');
	SELECT privrelease.set_rule('open.event', 'at', 'date_trunc', '{"unit": "year"}');
	CREATE VIEW src.seen AS SELECT id, born FROM src.person;
	SELECT privrelease.create_release('open.seen', 'src.seen');
	SELECT privrelease.set_rule('open.seen', 'born', 'date_trunc', '{"unit": "year"}');
	SELECT privrelease.build(r), privrelease.publish(r, 'readers') FROM unnest('{open.person,open.event,open.seen}'::text[]) AS r;
	GRANT SELECT, UPDATE, DELETE ON src.region TO reader;
	GRANT SELECT, INSERT, UPDATE, DELETE ON src.visit, src.late, src.note TO reader;
	GRANT REFERENCES ON src.person, src.event TO reader;
});

# A psql session of its own: (SQLSTATE of the first error, output, messages)
sub run_as
{
	my ($role, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 1,
		extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
	my ($state) = $err =~ /^(?:psql:[^\n]*)?(?:ERROR|FATAL):\s+([0-9A-Z]{5}):/m;
	return ($state // '00000', $out, $err);
}

sub guard
{
	my $switch = shift;
	$node->safe_psql('postgres', "ALTER DATABASE postgres SET privrelease.guard = $switch");
}

# PR007 with the guard and nothing of what is shown without it.
sub refused
{
	my ($name, $sql, $shows) = @_;
	my ($state, $out, $err) = run_as('reader', $sql);
	is($state, 'PR007', "guard on: $name") or diag("$out\n$err");
	unlike("$out\n$err", $shows, "guard on, nothing of it: $name");
	guard('off');
	($state, $out, $err) = run_as('reader', $sql);
	is($state, '00000', "guard off: $name") or diag("$out\n$err");
	like("$out\n$err", $shows, "guard off, shown: $name");
	guard('on');
}

sub answers
{
	my ($role, $name, $sql, $wanted) = @_;
	my ($state, $out, $err) = run_as($role, $sql);
	is("$state $out", $wanted, "$role: $name") or diag($err);
	unlike("$out\n$err", qr/MARKER\d/, "$role, no value: $name");
}

# ---- a trigger in a cascade between tables of the reader passes for no foreign key ----
$node->safe_psql('postgres', q{
	GRANT SELECT, UPDATE, DELETE ON src.person, src.event, src.event_2 TO reader;
	SET SESSION AUTHORIZATION reader;
	CREATE TABLE mine.parent (id int PRIMARY KEY);
	CREATE TABLE mine.child (id int REFERENCES mine.parent ON DELETE CASCADE ON UPDATE CASCADE);
	CREATE TABLE mine.orphan (id int REFERENCES mine.parent ON DELETE SET NULL ON UPDATE SET NULL);
	INSERT INTO mine.parent VALUES (1); INSERT INTO mine.child VALUES (1); INSERT INTO mine.orphan VALUES (1);
	CREATE FUNCTION mine.show(what text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RAISE NOTICE ''%'', what; RETURN false; END';
});
for my $query ('UPDATE src.person SET name = name WHERE mine.show(person::text)',
	'UPDATE ONLY src.person SET name = name WHERE mine.show(name)',
	'DELETE FROM ONLY src.person WHERE mine.show(name)',
	'PERFORM 1 FROM ONLY src.person WHERE mine.show(name) FOR KEY SHARE',
	'PERFORM 1 FROM ONLY src.person AS x WHERE mine.show(x::text) FOR KEY SHARE OF x',
	'PERFORM 1 FROM src.event AS x WHERE mine.show(what) FOR KEY SHARE OF x',
	'PERFORM 1 FROM ONLY src.event_2 AS x WHERE mine.show(what) FOR KEY SHARE OF x',
	'UPDATE src.event SET what = what WHERE mine.show(what)')
{
	my $trigger = qq{BEGIN;
		CREATE FUNCTION mine.fire() RETURNS trigger LANGUAGE plpgsql SECURITY %s AS 'BEGIN $query; RETURN coalesce(new, old); END';
		CREATE TRIGGER fire BEFORE UPDATE OR DELETE ON mine.%s FOR EACH ROW EXECUTE FUNCTION mine.fire();};
	refused("in DELETE CASCADE: $query", sprintf($trigger, 'INVOKER', 'child') . 'DELETE FROM mine.parent', qr/MARKER\d/);
	refused("in UPDATE CASCADE, as definer: $query", sprintf($trigger, 'DEFINER', 'child') . 'UPDATE mine.parent SET id = 2', qr/MARKER\d/);
	refused("in SET NULL: $query", sprintf($trigger, 'INVOKER', 'orphan') . 'DELETE FROM mine.parent', qr/MARKER\d/);
}
$node->safe_psql('postgres', 'REVOKE SELECT, UPDATE, DELETE ON src.person, src.event, src.event_2 FROM reader');

# ---- foreign keys of the source work for its audience ----
# How it looks afterwards is said by a superuser's function.
$node->safe_psql('postgres', q{
	CREATE FUNCTION mine.rows(query text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET privrelease.guard = off
		AS 'DECLARE r text; BEGIN EXECUTE query INTO r; RETURN r; END'});
sub works
{
	my ($name, $sql, $look, $wanted) = @_;
	answers('reader', $name, "BEGIN; $sql; SET CONSTRAINTS ALL IMMEDIATE; SELECT mine.rows(\$\$SELECT $look\$\$); ROLLBACK", "00000 $wanted");
}
works('insert into a child', 'INSERT INTO src.visit VALUES (200, 7)', 'count(*) FROM src.visit', '101');
works('update of a child', 'UPDATE src.visit SET person = 999 WHERE n = 7', 'count(*) FROM src.visit WHERE person = 999', '1');
works('copy into a child', "COPY src.visit FROM STDIN;\n201\t8\n202\t9\n\\.\n", 'count(*) FROM src.visit', '102');
works('deferred', 'INSERT INTO src.late VALUES (7)', 'count(*) FROM src.late', '101');
works('child of a partitioned source', 'INSERT INTO src.note VALUES (1), (999)', 'count(*) FROM src.note', '103');
works('a child of the reader', 'CREATE TABLE mine.own (p int REFERENCES src.person, e int REFERENCES src.event); INSERT INTO mine.own VALUES (7, 999)',
	'count(*) FROM mine.own', '1');
works('DELETE CASCADE, and from there to the children', 'DELETE FROM src.region WHERE region = 1',
	"(SELECT count(*) FROM src.person) || ' ' || (SELECT count(*) FROM src.visit) || ' ' || (SELECT count(person) FROM src.late) || ' '"
	  . " || (SELECT count(*) FROM src.event) || ' ' || (SELECT count(*) FROM src.note)",
	'900 90 90 900 90');
works('UPDATE CASCADE', 'UPDATE src.region SET region = 99 WHERE region = 1',
	"(SELECT count(*) FROM src.person WHERE cascading = 99) || ' ' || (SELECT count(*) FROM src.event WHERE cascading = 99)", '100 100');
works('DELETE SET NULL', 'DELETE FROM src.region WHERE region = 11',
	"(SELECT count(*) FROM src.person WHERE nulled IS NULL) || ' ' || (SELECT count(*) FROM src.event WHERE nulled IS NULL)", '100 100');
works('UPDATE SET NULL, SET DEFAULT', 'DELETE FROM src.region WHERE region IN (11, 21)',
	"(SELECT count(*) FROM src.person WHERE nulled IS NULL AND defaulted = 0) || ' ' || (SELECT count(*) FROM src.event WHERE nulled IS NULL AND defaulted = 0)",
	'100 100');
works('DELETE SET DEFAULT', 'DELETE FROM src.region WHERE region = 22',
	"(SELECT count(*) FROM src.person WHERE defaulted = 0) || ' ' || (SELECT count(*) FROM src.event WHERE defaulted = 0)", '100 100');
works('a region that no row has', 'DELETE FROM src.region WHERE region = 50', 'count(*) FROM src.region', '50');
for my $case (
	[ 'a key that is not there', 'INSERT INTO src.visit VALUES (1, -7)' ],
	[ 'a key that no partition has', 'INSERT INTO src.note VALUES (1999)' ],
	[ 'a deferred key that is not there', 'BEGIN; INSERT INTO src.late VALUES (-7); COMMIT' ],
	[ 'a deferred key that is still used', 'BEGIN; DELETE FROM src.region WHERE region = 36; COMMIT' ])
{
	is((run_as('reader', $case->[1]))[0], '23503', $case->[0]);
}
like((run_as('reader', 'DELETE FROM src.region WHERE region = 31'))[0], qr/^23(?:503|001)$/, 'a restricted key that is still used');

# ---- settings that a function of the reader changes while the query is planned ----
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION reader;
	CREATE FUNCTION mine.trace() RETURNS int LANGUAGE plpgsql IMMUTABLE
		AS $$BEGIN PERFORM set_config('client_min_messages', 'log', false), set_config('debug_print_plan', 'on', false); RETURN 1; END$$;
	-- the same after an error in planning another query
	CREATE FUNCTION mine.trace_late() RETURNS int LANGUAGE plpgsql IMMUTABLE
		AS $$BEGIN BEGIN EXECUTE 'SELECT 1 / 0'; EXCEPTION WHEN division_by_zero THEN NULL; END; RETURN mine.trace(); END$$;
	CREATE FUNCTION mine.within() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM open.person WHERE mine.trace() = 1); END';
});
for my $sql ('SELECT born FROM open.person WHERE mine.trace() = 1 LIMIT 1', 'SELECT mine.trace(), born FROM open.person LIMIT 1',
	'SELECT count(*) FROM open.event WHERE mine.trace() = 1', 'SELECT mine.within()',
	'SELECT born FROM open.seen WHERE mine.trace() = 1 LIMIT 1',	# whose source is a view
	'PREPARE p AS SELECT born FROM open.person WHERE mine.trace() = 1; EXECUTE p',
	'BEGIN; DECLARE c CURSOR FOR SELECT born FROM open.person WHERE mine.trace() = 1',
	'CREATE TEMP TABLE t AS SELECT born FROM open.person WHERE mine.trace() = 1',
	'SELECT count(*) FROM open.person, (SELECT mine.trace_late() AS n OFFSET 0) AS q WHERE n = 1')
{
	refused("traced while it is planned: $sql", $sql, qr/\{SEQSCAN/);
}
# a log that takes no LOG: the messages do not pass the hook that keeps them from the client
$node->safe_psql('postgres', 'ALTER SYSTEM SET log_min_messages = fatal; SELECT pg_reload_conf(); SELECT pg_sleep(0.5)');
refused("traced, no log: $_", $_, qr/\{SEQSCAN/)
  for ('SELECT born FROM open.person WHERE mine.trace() = 1 LIMIT 1',
	'SELECT count(*) FROM open.person, (SELECT mine.trace_late() AS n OFFSET 0) AS q WHERE n = 1');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET log_min_messages; SELECT pg_reload_conf(); SELECT pg_sleep(0.5)');

# ---- counters ----
# Everything that the session counted of relations of a schema, in the transaction that is open. Not the first page of an
# index: the planner has it open before it is known whom it plans for, whatever is read.
$node->safe_psql('postgres', q{
	CREATE FUNCTION mine.counted(schema name) RETURNS bigint LANGUAGE sql AS $$
		SELECT sum(pg_stat_get_xact_numscans(c.oid) + pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
			+ greatest(pg_stat_get_xact_blocks_fetched(c.oid) - (relkind = 'i')::int, 0))
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname = schema $$;
	GRANT SELECT ON src.person TO staff;
	SET SESSION AUTHORIZATION reader;
	CREATE TABLE mine.numbers AS SELECT g FROM generate_series(1, 100) AS g;
	CREATE FUNCTION mine.reads() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM open.person WHERE born = ''1951-01-01''); END';
	GRANT SELECT ON mine.numbers TO PUBLIC;
});
sub uncounted
{
	my ($name, $sql) = @_;
	$sql .= q{; SELECT 'counted ' || (mine.counted('src') > 0)};
	my ($state, $out, $err) = run_as('reader', $sql);
	like("$state\n$out", qr/^00000\n.*counted false$/s, "not counted: $name") or diag("$out\n$err");
	guard('off');
	($state, $out, $err) = run_as('reader', $sql);
	like("$state\n$out", qr/^00000\n.*counted true$/s, "counted without the guard: $name") or diag("$out\n$err");
	guard('on');
}
my $read = q{SELECT count(*) FROM open.person WHERE born = '1951-01-01'; SELECT count(*) FROM open.event WHERE at = '2020-01-01'};
uncounted('rows', "BEGIN; $read");
uncounted('by index', "BEGIN; SET LOCAL enable_seqscan = off; $read");
uncounted('by the owner before, in the same session', "BEGIN; SELECT count(*) FROM mine.numbers; $read");
uncounted('after RESET ALL', "$read; RESET ALL; BEGIN; $read");
uncounted('RESET ALL in between', "BEGIN; $read; RESET ALL; $read; RESET ALL");
uncounted('after DISCARD ALL', "$read; DISCARD ALL; BEGIN; $read");
uncounted('after a rollback', "BEGIN; $read; ROLLBACK; BEGIN; $read");
uncounted('after a rollback to a savepoint', "BEGIN; SAVEPOINT s; $read; ROLLBACK TO s; SELECT pg_relation_size('src.person') > 0");
uncounted('by function', 'BEGIN; SELECT mine.reads()');
uncounted('by cursor', q{BEGIN; DECLARE c CURSOR FOR TABLE open.person; FETCH 1 FROM c; MOVE ALL FROM c});
uncounted('by cursor, RESET ALL and another look at the source',
	q{BEGIN; DECLARE c CURSOR FOR TABLE open.person; FETCH 1 FROM c; RESET ALL; SELECT pg_relation_size('src.person') > 0; MOVE ALL FROM c});
uncounted('by cursor that is older than a savepoint that was rolled back',
	q{BEGIN; SAVEPOINT s; SELECT count(*) FROM open.event; ROLLBACK TO s; DECLARE c CURSOR FOR TABLE open.person; FETCH 1 FROM c;
	SELECT pg_relation_size('src.person') > 0; MOVE ALL FROM c});
uncounted('after an error', q{BEGIN; DO $$ BEGIN PERFORM 1 / (extract(year FROM born) - 1952) FROM open.person; EXCEPTION WHEN division_by_zero THEN NULL; END $$});
uncounted('in a cached plan', "PREPARE p AS SELECT count(*) FROM open.person; EXECUTE p; RESET ALL; BEGIN; EXECUTE p");
uncounted('in a function that sets', q{BEGIN; CREATE FUNCTION pg_temp.sets() RETURNS bigint LANGUAGE plpgsql SET work_mem = '1MB'
	AS 'BEGIN RETURN (SELECT count(*) FROM open.person); END'; SELECT pg_temp.sets(); SELECT pg_temp.sets()});
my $parallel = 'SET ' . ($major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode') . ' = on; SET parallel_setup_cost = 0;'
  . ' SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;';
uncounted('by workers', "BEGIN; $parallel $read");
{
	# what workers counted is in the table of all sessions
	my $all = q{SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_all_tables WHERE schemaname = 'src'};
	my $before = $node->safe_psql('postgres', $all);
	run_as('reader', "$parallel $read");
	is($node->safe_psql('postgres', $all), $before, 'not counted by workers, in the end');
	guard('off');
	run_as('reader', "$parallel $read");
	isnt($node->safe_psql('postgres', $all), $before, 'but without the guard');
	guard('on');
}
is((run_as('reader', $_))[0], '42501', "a setting of superusers: $_")
  for ('SET track_counts = on', 'RESET track_counts', 'ALTER ROLE reader SET track_counts = on', q{SELECT set_config('track_counts', 'on', false)});
# who is counted as ever
answers('steward', 'an owner is counted', "BEGIN; $read; SELECT mine.counted('src') > 0", "00000 365\n365\nt");
answers('staff', 'who reads no release is counted', q{BEGIN; SELECT count(*) FROM src.person; SELECT mine.counted('src') > 0}, "00000 1000\nt");
answers('reader', 'an audience that reads no release is counted', q{BEGIN; SELECT count(*) FROM mine.numbers; SELECT mine.counted('mine') > 0}, "00000 100\nt");
answers('reader', 'and afterwards is not', q{SELECT count(*) FROM open.person; BEGIN; SELECT count(*) FROM mine.numbers; SELECT mine.counted('mine') > 0}, "00000 1000\n100\nf");

unlike(slurp_file($node->logfile), qr/(?:ERROR|DETAIL|HINT|CONTEXT|WARNING).*MARKER\d/, 'no source value in an error of the log');
$node->stop;
done_testing();
