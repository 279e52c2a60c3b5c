# The guard: what privileges allow and an audience must not have all the same.
#
# Every statement runs twice in a session that the reader logged into: with the guard on, where it must end in exactly the
# SQLSTATE that is written here, and with the guard off, where it must end otherwise, as is written too. So no line passes
# because of something else than the guard. Source values carry a marker; with the guard on nothing shows one.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('guard');
$node->init(auth_extra => [ '--create-role', 'reader,steward,twice,deep,staff,other' ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease, auto_explain'
privrelease.keyring_file = '$keyring'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_nested_statements = on
});
$node->start;
my $major = $node->safe_psql('postgres', q{SELECT current_setting('server_version_num')::int / 10000});
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE staff LOGIN; CREATE ROLE readers; CREATE ROLE reader LOGIN;
	GRANT readers TO reader;
	CREATE ROLE twice LOGIN NOINHERIT; GRANT readers, staff TO twice;
	CREATE ROLE team; GRANT readers TO team; CREATE ROLE deep LOGIN; GRANT team TO deep;
	CREATE EXTENSION privrelease;
	SELECT privrelease.create_key('k');
	CREATE SCHEMA src AUTHORIZATION steward;
	CREATE SCHEMA open AUTHORIZATION steward;
	CREATE SCHEMA mine; GRANT ALL ON SCHEMA mine TO PUBLIC;
	GRANT USAGE ON SCHEMA src TO PUBLIC;
});
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.region (region int PRIMARY KEY);
	INSERT INTO src.region SELECT g FROM generate_series(1, 20) AS g;
	CREATE TABLE src.person (id int PRIMARY KEY, name text, born date, region int REFERENCES src.region ON DELETE CASCADE ON UPDATE CASCADE);
	INSERT INTO src.person SELECT g, 'MARKER' || g, '1950-01-01'::date + g, 1 + g % 20 FROM generate_series(1, 1000) AS g;
	CREATE TABLE src.visit (person int REFERENCES src.person ON DELETE CASCADE ON UPDATE CASCADE);
	CREATE TABLE src.event (at date, what text) PARTITION BY RANGE (at);
	CREATE TABLE src.event_1 PARTITION OF src.event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
	CREATE TABLE src.event_2 PARTITION OF src.event FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
	INSERT INTO src.event SELECT '2020-01-01'::date + g, 'MARKER' || g FROM generate_series(1, 700) AS g;
	CREATE VIEW src.elders AS SELECT id, name, born FROM src.person WHERE born < '1952-01-01';
	ANALYZE src.person, src.event;
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id');
	SELECT privrelease.set_rule('open.person', 'id', 'pseudonymize', '{"key": "k"}');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 0}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"unit": "decade"}');
	SELECT privrelease.create_release('open.event', 'src.event');
	SELECT privrelease.set_rule('open.event', 'at', 'date_trunc', '{"unit": "year"}');
	SELECT privrelease.create_release('open.elders', 'src.elders');
	SELECT privrelease.set_rule('open.elders', 'born', 'date_trunc', '{"unit": "year"}');
	SELECT privrelease.build(r), privrelease.publish(r, 'readers') FROM unnest('{open.person,open.event,open.elders}'::text[]) AS r;

	GRANT SELECT, UPDATE, DELETE ON src.region TO reader;
	GRANT SELECT, INSERT ON src.visit TO reader;
	GRANT SELECT ON src.person TO staff;
	CREATE VIEW src.raw AS SELECT name FROM src.person;
	CREATE VIEW src.asker WITH (security_invoker = true) AS SELECT name FROM src.raw;
	CREATE FUNCTION src.definer() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT name FROM src.person';
	CREATE FUNCTION src.definer_plpgsql() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
		AS 'BEGIN RETURN (SELECT max(name) FROM src.person); END';
	GRANT SELECT ON src.raw, src.asker TO readers, staff;
	CREATE FUNCTION src.tell() RETURNS trigger LANGUAGE plpgsql
		AS 'BEGIN RAISE NOTICE ''%'', (SELECT name FROM src.person WHERE id = OLD.id); RETURN OLD; END';
});
# What readers make for themselves; none of it reads anything yet.
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION reader;
	CREATE VIEW mine.above AS SELECT * FROM open.person;
	CREATE FUNCTION mine.inlined() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT name FROM src.raw';
	CREATE FUNCTION mine.kept() RETURNS SETOF text LANGUAGE sql VOLATILE AS 'SELECT name FROM src.raw';
	CREATE FUNCTION mine.procedural() RETURNS text LANGUAGE plpgsql PARALLEL SAFE AS 'BEGIN RETURN (SELECT max(name) FROM src.raw); END';
	CREATE FUNCTION mine.explains(q text) RETURNS SETOF text LANGUAGE plpgsql
		AS 'BEGIN RETURN QUERY EXECUTE ''EXPLAIN '' || q; END';
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

# Each: statement, SQLSTATE with the guard, without it, and what the answer without it shows; role (reader).
# Before and after: what an administrator does, for this statement only.
sub refused
{
	my %case = (role => 'reader', on => 'PR007', off => '00000', shows => undef, @_);
	my $name = $case{name} // $case{sql};
	$name =~ s/\s+/ /g;

	$node->safe_psql('postgres', $case{before}) if $case{before};
	guard('on');
	my ($state, $out, $err) = run_as($case{role}, $case{sql});
	is($state, $case{on}, "guard on: $name") or diag("$out\n$err");
	ok("$out\n$err" !~ /MARKER\d/, "guard on, no value: $name") or diag(substr("$out\n$err", 0, 400));
	ok("$out\n$err" !~ $case{shows}, "guard on, nothing of it: $name") or diag(substr("$out\n$err", 0, 400)) if $case{shows};
	my $on_out = $out;
	guard('off');
	($state, $out, $err) = run_as($case{role}, $case{sql});
	is($state, $case{off}, "guard off: $name") or diag("$out\n$err");
	like("$out\n$err", $case{shows}, "guard off, shown: $name") if $case{shows};
	guard('on');
	$node->safe_psql('postgres', $case{after}) if $case{after};
}

sub allowed
{
	my ($role, $sql, $wanted) = @_;
	my ($state, $out, $err) = run_as($role, $sql);
	is("$state $out", "00000 $wanted", "allowed to $role: $sql") or diag($err);
	unlike($err, qr/MARKER\d/, "and shows no value: $sql");
}

my $raw = qr/MARKER\d/;

# ---- views and functions of others over the source (B5, B6), by every way of running a query ----
refused(sql => $_, shows => $raw) for (
	'SELECT name FROM src.raw',
	'TABLE src.asker',
	'SELECT n.name FROM open.person AS p, src.raw AS n LIMIT 5',
	'WITH r AS MATERIALIZED (TABLE src.raw) TABLE r',
	'SELECT (SELECT max(name) FROM src.raw)',
	'SELECT name FROM open.person UNION ALL TABLE src.raw',
	'SELECT x.name FROM open.event, LATERAL (SELECT name FROM src.raw LIMIT 1) AS x LIMIT 1',
	'BEGIN; DECLARE c CURSOR FOR TABLE src.raw; FETCH 1 FROM c',
	'BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR TABLE src.raw; COMMIT; FETCH 1 FROM c',
	'CREATE TEMP TABLE t AS TABLE src.raw; TABLE t',
	'SELECT * INTO TEMP t FROM src.raw; TABLE t',
	'CREATE TEMP TABLE t (n text); INSERT INTO t TABLE src.raw; TABLE t',
	'CREATE TEMP TABLE t (n text); INSERT INTO t VALUES (1); UPDATE t SET n = r.name FROM src.raw AS r RETURNING n',
	'BEGIN; CREATE MATERIALIZED VIEW mine.m AS TABLE src.raw; TABLE mine.m',
	'COPY (TABLE src.raw) TO STDOUT',
	'PREPARE p AS TABLE src.raw; EXECUTE p',
	'SET plan_cache_mode = force_generic_plan; PREPARE p (text) AS SELECT name FROM src.raw WHERE name > $1; EXECUTE p (\'M\')',
	'PREPARE p AS TABLE src.raw; CREATE TEMP TABLE t AS EXECUTE p; TABLE t',
	'DO $$ DECLARE r record; BEGIN FOR r IN TABLE src.raw LOOP RAISE NOTICE \'%\', r.name; END LOOP; END $$',
	'SELECT mine.inlined()', 'SELECT * FROM mine.inlined()', 'SELECT * FROM mine.kept()', 'SELECT mine.procedural()',
	'SELECT src.definer()', 'SELECT * FROM src.definer()', 'SELECT src.definer_plpgsql()',
	'CREATE VIEW pg_temp.v AS TABLE src.raw; TABLE v',
	'CREATE VIEW pg_temp.v WITH (security_invoker) AS TABLE src.raw; TABLE v',
	'SELECT string_agg(name, \' \') FROM src.raw WHERE name ~ \'7$\'',
	'SELECT * FROM (VALUES (1)) AS v(x) LEFT JOIN src.raw ON true LIMIT 3',
);
# no row, but an answer
refused(sql => $_) for (
	'SELECT 1 FROM src.raw WHERE name = \'MARK\'',
	'SELECT count(*) FROM src.raw', 'SELECT EXISTS (TABLE src.raw)', 'SELECT FROM src.raw WHERE false',
	'PREPARE p AS SELECT 1 FROM src.raw; EXECUTE p',
);
# parallel workers judge alike, leader and worker
my $parallel = 'SET ' . ($major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode') . ' = regress; SET parallel_setup_cost = 0;'
  . ' SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;';
refused(sql => "$parallel $_", shows => $raw)
  for ('SELECT max(name) FROM src.raw', 'SELECT DISTINCT mine.procedural() FROM open.person');
allowed('reader', "$parallel SELECT count(*) FROM open.person", '1000');

# ---- plans cached under another role, both directions (B7) ----
refused(role => 'twice', sql => 'SET ROLE staff; PREPARE p AS SELECT max(name) FROM src.person; EXECUTE p', shows => $raw);
for my $become ('SET ROLE reader', 'SET SESSION AUTHORIZATION reader')
{
	my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
	for my $sql ('EXECUTE p', 'EXECUTE g(1)', 'SELECT mine.procedural()')
	{
		refused(role => $superuser, name => "cached plan, $become, $sql",
			sql => "PREPARE p AS SELECT count(*) FROM src.raw; EXECUTE p; EXECUTE p; SET plan_cache_mode = force_generic_plan;"
			  . " PREPARE g(int) AS SELECT count(*) FROM src.raw WHERE name <> \$1::text; EXECUTE g(1); SELECT count(mine.procedural());"
			  . " $become; $sql");
	}
}
allowed('staff', 'SET plan_cache_mode = force_generic_plan; PREPARE p AS SELECT count(*) FROM src.raw; EXECUTE p; EXECUTE p', "1000\n1000");

# ---- grants after publish: on the source, on a partition, pg_read_all_data; memberships (B8, B12, B15, B16) ----
my %granted = (before => 'GRANT ALL ON src.person TO reader', after => 'REVOKE ALL ON src.person FROM reader');
refused(sql => $_, shows => $raw, %granted) for (
	'SELECT name FROM src.person LIMIT 1',
	'SELECT name FROM src.person TABLESAMPLE SYSTEM (100)',
	'SELECT name FROM src.person WHERE id = 7 FOR UPDATE',
	'SELECT name FROM src.person WHERE id = 7 FOR KEY SHARE',
	'SELECT ctid, name FROM src.person LIMIT 1',
	'SELECT p FROM src.person AS p LIMIT 1',
	'SELECT row_to_json(p) FROM ONLY src.person AS p LIMIT 1',
	'COPY src.person TO STDOUT', 'COPY src.person (name) TO STDOUT',
	'BEGIN; UPDATE src.person SET region = region WHERE id = 7 RETURNING name',
	'BEGIN; DELETE FROM src.person WHERE id = 7 RETURNING name',
	'BEGIN; INSERT INTO src.person VALUES (7) ON CONFLICT (id) DO UPDATE SET region = 1 RETURNING name',
	'CREATE TEMP TABLE t (id int); INSERT INTO t VALUES (7); UPDATE t SET id = 7 FROM src.person AS p WHERE p.id = t.id RETURNING p.name',
);
refused(sql => $_, %granted) for (
	'SELECT xmin, tableoid FROM src.person',
	'SELECT 1 FROM ONLY src.person WHERE name = \'x\' FOR KEY SHARE',
	'BEGIN; MERGE INTO src.person AS p USING (VALUES (7)) AS v(id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET region = 1',
	'BEGIN; UPDATE src.person SET name = name WHERE id = 7', 'BEGIN; INSERT INTO src.person VALUES (-1)',
	'BEGIN; COPY src.person (id) FROM STDIN',
);
refused(sql => 'SELECT max(what) FROM src.event_1', shows => $raw,
	before => 'GRANT SELECT ON src.event_1 TO reader', after => 'REVOKE ALL ON src.event_1 FROM reader');
refused(sql => 'SELECT max(what) FROM src.event_3', shows => $raw, name => 'a partition attached later',
	before => q{CREATE TABLE src.event_3 (at date, what text); INSERT INTO src.event_3 VALUES ('2022-02-02', 'MARKER0');
		ALTER TABLE src.event ATTACH PARTITION src.event_3 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01'); GRANT SELECT ON src.event_3 TO PUBLIC},
	after => 'DROP TABLE src.event_3');
refused(sql => $_, shows => $raw, before => 'GRANT pg_read_all_data TO reader', after => 'REVOKE pg_read_all_data FROM reader')
  for ('SELECT max(name) FROM src.person', 'SELECT max(what) FROM src.event', 'SELECT max(name) FROM src.elders');
# long values lie in a table of their own
$node->safe_psql('postgres', q{INSERT INTO src.event SELECT '2021-12-31', string_agg('MARKER' || g, '') FROM generate_series(1, 20000) AS g});
my $toast = $node->safe_psql('postgres', q{SELECT reltoastrelid::regclass FROM pg_class WHERE oid = 'src.event_2'::regclass});
refused(sql => "SELECT length(chunk_data) > 100 FROM $toast LIMIT 1", shows => qr/^t$/m, name => 'the table of long values of a partition',
	before => 'GRANT pg_read_all_data TO reader', after => 'REVOKE pg_read_all_data FROM reader');
$node->safe_psql('postgres', q{DELETE FROM src.event WHERE at = '2021-12-31' AND length(what) > 100});
refused(role => 'twice', sql => 'SET ROLE staff; SELECT max(name) FROM src.person', shows => $raw);
refused(role => 'deep', sql => 'SELECT max(name) FROM src.person', shows => $raw, before => 'GRANT staff TO deep', after => 'REVOKE staff FROM deep');
refused(role => 'deep', sql => 'SET ROLE steward; SELECT max(name) FROM src.person', shows => $raw,
	before => 'GRANT steward TO deep', after => 'REVOKE steward FROM deep');
# a second view of the release's role, alone and beside the release
my $second = q{DO $$ BEGIN EXECUTE format('CREATE VIEW mine.second AS SELECT name FROM src.person; ALTER VIEW mine.second OWNER TO %I;'
	' GRANT SELECT ON mine.second TO PUBLIC', (SELECT release_role FROM privrelease.releases WHERE release = 'open.person')); END $$};
refused(sql => $_, shows => $raw, before => $second, after => 'DROP VIEW mine.second')
  for ('TABLE mine.second', 'SELECT s.name FROM mine.second AS s, open.person LIMIT 1',
	'SELECT s.name FROM mine.second AS s WHERE EXISTS (SELECT FROM open.elders) OR EXISTS (SELECT FROM open.person)');

# a member of the release's role, who is no audience: by inheritance and by SET ROLE
my $release_role = $node->safe_psql('postgres', q{SELECT release_role FROM privrelease.releases WHERE release = 'open.person'});
refused(role => 'other', sql => $_, shows => $raw,
	before => "CREATE ROLE other LOGIN; GRANT USAGE ON SCHEMA src TO other; GRANT $release_role TO other", after => 'DROP OWNED BY other; DROP ROLE other')
  for ('SELECT max(name) FROM src.person', "SET ROLE $release_role; SELECT max(name) FROM src.person");

# ---- who is not refused ----
allowed('reader', 'SELECT count(*), min(name) FROM open.person', '1000|****');
allowed('reader', 'SELECT count(*) FROM open.person AS a JOIN open.person AS b USING (id)', '1000');
allowed('reader', 'SELECT count(*) FROM mine.above WHERE born IN (SELECT born FROM open.person)', '1000');
allowed('reader', 'SELECT count(*) FROM open.elders', '729');
allowed('reader', 'SELECT count(*) FROM open.elders, open.person', '729000');
allowed('reader', 'SELECT (SELECT count(*) FROM open.event), max(at), min(at) FROM open.event', '700|2021-01-01|2020-01-01');
allowed('reader', 'SELECT count(*) FROM open.person AS p LEFT JOIN (SELECT DISTINCT born FROM open.person) AS d USING (born)', '1000');
allowed('reader', 'BEGIN; DECLARE c CURSOR FOR SELECT name FROM open.person; FETCH 1 FROM c; COMMIT', '****');
allowed('reader', 'COPY (SELECT name FROM open.person LIMIT 1) TO STDOUT', '****');
allowed('reader', 'BEGIN; CREATE MATERIALIZED VIEW mine.m AS TABLE open.person; REFRESH MATERIALIZED VIEW mine.m; SELECT count(*) FROM mine.m', '1000');
allowed('deep', 'SELECT count(*) FROM open.person', '1000');
allowed('staff', 'SELECT count(*) FROM src.raw', '1000');
allowed('staff', 'EXPLAIN (COSTS OFF) SELECT count(*) FROM src.person', "Aggregate\n  ->  Seq Scan on person");
allowed('steward', 'SELECT count(*) FROM src.person; SELECT count(*) FROM src.raw', "1000\n1000");
like((run_as('steward', 'EXPLAIN SELECT born FROM open.person'))[1], qr/Seq Scan on person/, 'the owner sees plans of his release');
$node->safe_psql('postgres', 'GRANT readers TO steward WITH ADMIN OPTION');
allowed('steward', 'SELECT count(*) FROM src.person', '1000');
$node->safe_psql('postgres', 'REVOKE readers FROM steward');

# ---- EXPLAIN in any form and nesting (P6, P7, P15) ----
my $plan = qr/Seq Scan|cost=|"Plan"/;
refused(sql => $_, shows => $plan) for (
	'EXPLAIN TABLE open.person', 'EXPLAIN ANALYZE TABLE open.person', 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT count(*) FROM open.person',
	'EXPLAIN VERBOSE SELECT 1 FROM open.person WHERE born = \'1950-01-01\'', 'EXPLAIN TABLE mine.above',
	'PREPARE p AS TABLE open.person; EXPLAIN EXECUTE p', 'PREPARE p AS TABLE open.person; EXECUTE p; EXPLAIN ANALYZE EXECUTE p',
	'EXPLAIN CREATE TABLE mine.t AS TABLE open.person', 'EXPLAIN ANALYZE CREATE TEMP TABLE t AS TABLE open.person',
	'EXPLAIN DECLARE c CURSOR FOR TABLE open.person',
	'EXPLAIN CREATE MATERIALIZED VIEW mine.t AS TABLE open.person',
	'CREATE TEMP TABLE t (n text); EXPLAIN INSERT INTO t SELECT name FROM open.person',
	'SELECT mine.explains(\'TABLE open.person\')', 'SELECT mine.explains(\'TABLE open.event\') FROM open.person LIMIT 1',
	'SELECT * FROM mine.explains(\'ANALYZE SELECT FROM open.elders\')',
	'DO $$ DECLARE l text; BEGIN FOR l IN EXPLAIN TABLE open.person LOOP RAISE NOTICE \'%\', l; END LOOP; END $$',
	'SET plan_cache_mode = force_generic_plan; PREPARE p (date) AS SELECT FROM open.person WHERE born = $1; EXPLAIN EXECUTE p (\'1950-01-01\')',
	$major >= 16 ? 'EXPLAIN (GENERIC_PLAN) SELECT FROM open.person WHERE born = $1::date' : (),
	$major >= 17 ? 'EXPLAIN (ANALYZE, SERIALIZE, MEMORY) TABLE open.person' : (),
);
refused(sql => 'EXPLAIN TABLE src.raw', shows => $plan);
refused(sql => 'EXPLAIN SELECT count(*) FROM src.person', shows => $plan, %granted);
refused(role => 'staff', name => 'EXPLAIN by whom a superuser granted the release to', sql => 'EXPLAIN TABLE open.person', shows => $plan,
	before => 'GRANT USAGE ON SCHEMA open TO staff; GRANT SELECT ON open.person TO staff',
	after => 'REVOKE USAGE ON SCHEMA open FROM staff; REVOKE SELECT ON open.person FROM staff');
refused(sql => 'EXPLAIN ANALYZE SELECT mine.counted()', shows => $plan, name => 'a release read by a function under EXPLAIN',
	before => q{CREATE FUNCTION mine.counted() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM open.person); END'},
	after => 'DROP FUNCTION mine.counted()');
allowed('reader', 'EXPLAIN (COSTS OFF) SELECT 1', 'Result');
allowed('reader', q{DO $$ BEGIN BEGIN EXECUTE 'EXPLAIN TABLE open.person'; EXCEPTION WHEN SQLSTATE 'PR007' THEN NULL; END; PERFORM 1 FROM open.person; END $$}, '');

# ---- traces (P17): every setting of users that sends trees, plans or sorts as LOG ----
for my $setting (qw(debug_print_parse debug_print_rewritten debug_print_plan))
{
	for my $sql ('SELECT born FROM open.person LIMIT 1', 'BEGIN; DECLARE c CURSOR FOR TABLE open.person', 'SELECT count(*) FROM mine.above',
		'PREPARE p AS SELECT 1 FROM open.person LIMIT 1; EXECUTE p', 'CREATE TEMP TABLE t AS TABLE mine.above', 'DO $$ BEGIN PERFORM 1 FROM open.person; END $$')
	{
		refused(sql => "SET client_min_messages = log; SET $setting = on; $sql", shows => qr/\{(?:RTE|RANGETBLENTRY)\b|Seq Scan/);
	}
}
refused(sql => 'SET client_min_messages = log; SET trace_sort = on; SELECT name FROM open.person ORDER BY name OFFSET 999', shows => qr/begin (?:tuple|datum) sort/);
# auto_explain writes to the server's log and not to the client
refused(sql => "SET client_min_messages = $_; SELECT min(name) FROM open.person", on => $_ eq 'log' ? '00000' : 'PR007', shows => qr/duration: .*Seq Scan/s) for (qw(log debug1 debug5));
refused(sql => 'SET client_min_messages = log; SELECT born FROM open.person LIMIT 1; SELECT 1', on => '00000', shows => qr/Seq Scan/,
	name => 'and in the rest of the session');
$node->safe_psql('postgres', 'ALTER SYSTEM SET log_min_messages = fatal; SELECT pg_reload_conf(); SELECT pg_sleep(0.5)');
refused(sql => 'SET client_min_messages = log; SELECT born FROM open.person LIMIT 1', shows => qr/Seq Scan/, name => 'a log that takes no LOG');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET log_min_messages; SELECT pg_reload_conf(); SELECT pg_sleep(0.5)');

# The settings of every user, as this server has them: a new one that prints trees must not go unnoticed.
is($node->safe_psql('postgres', q{SELECT string_agg(name, ' ' ORDER BY name) FROM pg_settings WHERE context = 'user'
	AND (name ~ 'trace|debug_print|_stats$' OR category ~ 'What to Log|Developer|Monitoring') AND vartype = 'bool' AND name !~ '^(jit_|auto_explain)'}),
	'debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten trace_notify trace_sort',
	'settings of users that trace: those that the guard knows');

# ---- foreign keys (X16) ----
allowed('reader', 'BEGIN; INSERT INTO src.visit VALUES (7); ROLLBACK', '');
is((run_as('reader', 'INSERT INTO src.visit VALUES (-7)'))[0], '23503', 'a key that is not there');
allowed('reader', 'BEGIN; UPDATE src.region SET region = 99 WHERE region = 5; DELETE FROM src.region WHERE region = 6; ROLLBACK', '');
# a key with a period (18): PostgreSQL's query for it has another form
if ($major >= 18)
{
	$node->safe_psql('postgres', q{
		SET SESSION AUTHORIZATION steward;
		CREATE TABLE src.stay (id int4range, valid daterange, name text, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
		INSERT INTO src.stay VALUES ('[1,1]', '[2020-01-01,2021-01-01)', 'MARKER1');
		CREATE TABLE src.bill (id int4range, valid daterange, FOREIGN KEY (id, PERIOD valid) REFERENCES src.stay (id, PERIOD valid));
		GRANT INSERT ON src.bill TO reader;
		SELECT privrelease.create_release('open.stay', 'src.stay');
		SELECT privrelease.set_rule('open.stay', 'name', 'partial', '{"left": 0}');
		SELECT privrelease.build('open.stay'); SELECT privrelease.publish('open.stay', 'readers')});
	allowed('reader', q{BEGIN; INSERT INTO src.bill VALUES ('[1,1]', '[2020-02-01,2020-03-01)'); ROLLBACK}, '');
	is((run_as('reader', q{INSERT INTO src.bill VALUES ('[1,1]', '[2020-02-01,2022-03-01)')}))[0], '23503', 'a period that is not there');
}
refused(name => 'a trigger in the midst of a cascade', sql => 'BEGIN; DELETE FROM src.region WHERE region = 6', shows => $raw,
	before => 'CREATE TRIGGER tell BEFORE DELETE ON src.person FOR EACH ROW EXECUTE FUNCTION src.tell()', after => 'DROP TRIGGER tell ON src.person');

# ---- stale (D4, P5): the relation, its owner, its source are not what was built ----
my $role = $node->safe_psql('postgres', q{SELECT release_role FROM privrelease.releases WHERE release = 'open.person'});
my %stale = (sql => 'SELECT count(*) FROM open.person', on => 'PR003', shows => qr/^1000$/m);
refused(%stale, name => 'source of another owner', before => 'ALTER TABLE src.person OWNER TO staff; GRANT staff TO steward', after => 'ALTER TABLE src.person OWNER TO steward; REVOKE staff FROM steward');
refused(%stale, name => 'column renamed', before => 'ALTER TABLE src.person RENAME name TO other', after => 'ALTER TABLE src.person RENAME other TO name');
refused(%stale, name => 'row security that came', shows => undef, before => 'ALTER TABLE src.person ENABLE ROW LEVEL SECURITY', after => 'ALTER TABLE src.person DISABLE ROW LEVEL SECURITY');
refused(%stale, name => 'another definition of the view', sql => 'SELECT name FROM open.person', shows => $raw,
	before => "CREATE OR REPLACE VIEW open.person WITH (security_barrier = true, security_invoker = false) AS SELECT id::text AS id, name, born FROM src.person",
	after => q{SELECT privrelease.build('open.person')});
refused(sql => 'SELECT count(*) FROM open.elders', on => 'PR003', name => 'another definition of a source that is a view',
	before => q{CREATE OR REPLACE VIEW src.elders AS SELECT id, name, born FROM src.person WHERE current_user <> 'reader'},
	after => q{CREATE OR REPLACE VIEW src.elders AS SELECT id, name, born FROM src.person WHERE born < '1952-01-01'; SELECT privrelease.build('open.elders')});
refused(%stale, name => 'a renamed column of the view', before => 'ALTER VIEW open.person RENAME born TO decade', after => 'ALTER VIEW open.person RENAME decade TO born');
# release_serves() says the same of the view itself, with the guard or without
for my $change ([ 'security_barrier = false', 'security_barrier = true' ], [ 'security_invoker = true', 'security_invoker = false' ])
{
	$node->safe_psql('postgres', "ALTER VIEW open.person SET ($change->[0])");
	like((run_as('reader', 'SELECT count(*) FROM open.person'))[0], qr/PR003|42501/, "refused: $change->[0]");
	is((run_as('steward', 'SELECT count(*) FROM open.person'))[0], 'PR003', "refused to the owner: $change->[0]");
	$node->safe_psql('postgres', "ALTER VIEW open.person SET ($change->[1])");
}
# a plan made before the release's role got a member, or before the withdrawal
for my $case ([ "GRANT $role TO staff", "REVOKE $role FROM staff", 'PR003' ], [ "ALTER ROLE $role LOGIN", "ALTER ROLE $role NOLOGIN", 'PR003' ])
{
	my ($do, $undo, $state) = @$case;
	refused(%stale, on => $state, role => $node->safe_psql('postgres', 'SELECT current_user'), name => "cached plan, then $do", after => $undo, shows => undef,
		sql => "$undo; PREPARE p AS SELECT count(*) FROM open.person; SET SESSION AUTHORIZATION reader; EXECUTE p; RESET SESSION AUTHORIZATION; $do; SET SESSION AUTHORIZATION reader; EXECUTE p");
}
# what is not stale
$node->safe_psql('postgres', q{ALTER TABLE src.person ADD COLUMN later text; CREATE INDEX ON src.person (born); ANALYZE src.person;
	SET ROLE steward; SELECT privrelease.set_rule('open.person', 'region', 'suppress')});
allowed('reader', 'SELECT count(*) FROM open.person', '1000');
$node->safe_psql('postgres', q{ALTER TABLE src.person DROP COLUMN later; ALTER TABLE src.person RENAME region TO area;});
allowed('reader', 'SELECT count(*) FROM open.person', '1000');
$node->safe_psql('postgres', q{ALTER TABLE src.person RENAME area TO region});

# ---- withdrawn (G6) ----
$node->safe_psql('postgres', q{SET ROLE steward; SELECT privrelease.withdraw('open.event', 'an error in the rules')});
refused(sql => $_, on => 'PR008', shows => qr/^700$/m, before => 'GRANT USAGE ON SCHEMA open TO PUBLIC; GRANT SELECT ON open.event TO PUBLIC',
	after => 'REVOKE USAGE ON SCHEMA open FROM PUBLIC; REVOKE SELECT ON open.event FROM PUBLIC')
  for ('SELECT count(*) FROM open.event', 'PREPARE p AS SELECT count(*) FROM open.event; EXECUTE p');
like((run_as('steward', 'SELECT count(*) FROM open.event'))[1], qr/^700/, 'the owner reads what was withdrawn');
$node->safe_psql('postgres', 'GRANT USAGE ON SCHEMA open TO PUBLIC; GRANT SELECT ON open.event TO PUBLIC');
like((run_as('reader', 'SELECT count(*) FROM open.event'))[2], qr/withdrawn: an error in the rules/, 'the reason is told');
$node->safe_psql('postgres', 'REVOKE USAGE ON SCHEMA open FROM PUBLIC; REVOKE SELECT ON open.event FROM PUBLIC');

# ---- switches (X15) ----
is((run_as('reader', $_))[0], '42501', "refused with the guard or without: $_") for (
	'SET privrelease.guard = off', 'SELECT set_config(\'privrelease.guard\', \'off\', false)', 'ALTER ROLE reader SET privrelease.guard = off',
	'CREATE FUNCTION mine.off() RETURNS int LANGUAGE sql SET privrelease.guard = off AS \'SELECT 1\'');
{
	local $ENV{PGOPTIONS} = '-c privrelease.guard=off';
	like((run_as('reader', 'SELECT count(*) FROM src.raw'))[2], qr/permission denied to set parameter/, 'not by an option of the connection either');
}
is((run_as('reader', 'SET privrelease.gard = off'))[0], '42602', 'no setting of another name');
guard('off');
like((run_as('steward', q{SELECT privrelease.publish('open.person', 'readers')}))[0], qr/PR006|55000/, 'publish refuses while the guard is off');
$node->safe_psql('postgres', q{SET ROLE steward; SELECT privrelease.build('open.person')});
is((run_as('steward', q{SELECT privrelease.publish('open.person', 'readers')}))[0], 'PR006', 'publish refuses while the guard is off');
like((run_as('reader', q{SELECT state FROM privrelease.status() WHERE item = 'guard'}))[1], qr/^off$/, 'status says that it is off');
guard('on');

# ---- others beside us, in either order (X17) ----
for my $libraries ('pg_stat_statements, auto_explain, privrelease', 'privrelease, auto_explain, pg_stat_statements')
{
	$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "'$libraries'");
	$node->restart;
	$node->safe_psql('postgres', 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	refused(sql => 'TABLE src.raw', shows => $raw);
	refused(sql => 'EXPLAIN TABLE open.person', shows => $plan);
	refused(sql => 'SET client_min_messages = log; SELECT min(name) FROM open.person', on => '00000', shows => qr/duration:/);
	refused(sql => 'SET client_min_messages = log; SET debug_print_plan = on; SELECT min(name) FROM open.person', shows => qr/PLANNEDSTMT/);
	allowed('reader', 'SELECT count(*) FROM open.person', '1000');
	is($node->safe_psql('postgres', q{SELECT count(*) > 0 FROM pg_stat_statements WHERE query ~ 'open.person'}), 't', "statements are counted: $libraries");
}

# ---- no library: what only the guard refuses is open, and is said to be (X14) ----
$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
$node->restart;
is((run_as('reader', 'SELECT name FROM src.person'))[0], '42501', 'not preloaded: the source is denied');
like((run_as('reader', 'SELECT count(*) FROM src.raw'))[1], qr/^1000/, 'not preloaded: a view of others is open');
is((run_as('reader', q{SELECT string_agg(state, ' ' ORDER BY item) FROM privrelease.status() WHERE item IN ('preloaded', 'guard', 'keyring')}))[1],
	'off no no', 'not preloaded: status says so');
is((run_as('steward', q{SELECT privrelease.publish('open.person', 'readers')}))[0], 'PR006', 'not preloaded: publish refuses');

unlike(slurp_file($node->logfile), qr/(?:ERROR|DETAIL|HINT|CONTEXT|WARNING|NOTICE).*MARKER\d/, 'no source value in a message of the log');
$node->stop;
done_testing();
