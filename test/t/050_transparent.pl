# Transparent mode in sessions that logged in themselves: what a mapped role gets when it names the source, on the primary and
# on a standby, with the library and without.
#
# Each source value carries a marker. No answer, no message and no line of a log may show one to the audience.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('transparent');
$node->init(allows_streaming => 1, auth_extra => [ '--create-role', 'reader,steward,clerk' ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
log_min_messages = debug1
log_error_verbosity = verbose
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE readers; CREATE ROLE reader LOGIN IN ROLE readers; CREATE ROLE clerk LOGIN IN ROLE readers;
	CREATE EXTENSION privrelease;
	SELECT privrelease.create_key('k');
	CREATE SCHEMA src AUTHORIZATION steward;
	CREATE SCHEMA open AUTHORIZATION steward;
	CREATE SCHEMA mine AUTHORIZATION reader;
	GRANT USAGE ON SCHEMA src TO readers;
	GRANT USAGE ON SCHEMA mine TO steward;
});
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.person (secret text, id int PRIMARY KEY, name text, born date, income int, code text);
	INSERT INTO src.person SELECT 'MARKERsecret' || g, g, 'MARKERname' || g, '1950-01-01'::date + g, g * 7, 'MARKERcode' || g
	  FROM generate_series(1, 20000) AS g;
	ANALYZE src.person;
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 1}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"unit": "decade"}');
	SELECT privrelease.set_rule('open.person', 'id', 'keep');
	SELECT privrelease.set_rule('open.person', 'income', 'noise', '{"scale": 100, "key": "k"}');
	SELECT privrelease.set_rule('open.person', 'code', 'pseudonymize', '{"key": "k"}');
	SELECT privrelease.build('open.person');
	SELECT privrelease.publish('open.person', 'readers');
	SELECT privrelease.map_audience('readers', 'open.person');
	CREATE FUNCTION src.raw() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
	  $$ BEGIN RETURN (SELECT secret FROM src.person WHERE id = 1); END $$;
	CREATE FUNCTION src.of_name() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
	  $$ BEGIN RETURN (SELECT name FROM src.person WHERE id = 1); END $$;
});

sub as
{
	my ($server, $role, $sql) = @_;
	my ($out, $err) = ('', '');
	$server->psql('postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 0,
		extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
	$err =~ s/^.*(LINE \d+|LOCATION): .*$//mg;
	return "$out\n$err";
}

my $masked = qr/\bM\*\*\*\*/;
my $refused = qr/PR009/;
my $denied = qr/permission denied/;
my @attacks = (
	[ 'SELECT name FROM src.person WHERE id = 7', $masked ],
	[ 'SELECT min(name), max(name) FROM src.person', $masked ],
	[ 'WITH c AS (TABLE src.person) SELECT name FROM c', $refused ],
	[ 'SELECT (SELECT name FROM src.person WHERE id = 3)', $masked ],
	[ 'SELECT name FROM open.person AS o WHERE id = 4 AND EXISTS (SELECT 1 FROM src.person AS p WHERE p.name = o.name)', $masked ],
	[ 'COPY (SELECT name FROM src.person WHERE id = 2) TO STDOUT', $masked ],
	[ 'COPY src.person (name) TO STDOUT', $masked ],
	[ 'COPY src.person TO STDOUT', $refused ],
	[ '\copy src.person (name) TO STDOUT', $masked ],
	[ 'BEGIN; DECLARE c CURSOR FOR SELECT name FROM src.person; FETCH 3 FROM c; MOVE 5 FROM c; FETCH 1 FROM c', $masked ],
	[ 'PREPARE p(int) AS SELECT name FROM src.person WHERE id = $1; EXECUTE p(1); EXECUTE p(2)', $masked ],
	[ 'DO $$ DECLARE r record; BEGIN FOR r IN SELECT name FROM src.person WHERE id < 3 LOOP RAISE NOTICE \'%\', r; END LOOP; END $$', $masked ],
	[ 'DO $$ DECLARE r text; BEGIN EXECUTE \'SELECT name FROM src.person WHERE id = 2\' INTO r; RAISE NOTICE \'%\', r; END $$', $masked ],
	[ 'SELECT name::int FROM src.person', qr/22P02.*"M\*\*\*\*"/ ],
	[ 'SELECT name FROM src.person WHERE secret LIKE \'MARKER%\'', $refused ],
	[ 'SELECT secret FROM src.person', $refused ],
	[ 'SELECT p FROM src.person AS p', $refused ],
	[ 'SELECT row_to_json(p) FROM src.person AS p', $refused ],
	[ 'SELECT xmin, ctid FROM src.person', $refused ],
	[ 'SELECT name FROM ONLY src.person', $refused ],
	[ 'SELECT name FROM src.person TABLESAMPLE BERNOULLI (50)', $refused ],
	[ 'SELECT name FROM src.person FOR UPDATE', $refused ],
	[ 'UPDATE src.person SET name = name RETURNING secret', $refused ],
	[ 'INSERT INTO src.person (id, code) VALUES (30000, \'guess\')', $refused ],
	[ 'CREATE MATERIALIZED VIEW mine.m AS SELECT name FROM src.person', $refused ],
	[ 'CREATE VIEW mine.v AS SELECT secret FROM src.person; TABLE mine.v', $denied ],
	[ 'CREATE FUNCTION mine.f() RETURNS SETOF text BEGIN ATOMIC SELECT secret FROM src.person; END; SELECT mine.f()', $denied ],
	[ 'CREATE FUNCTION mine.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS \'SELECT name FROM src.person WHERE id = 1\'; SELECT mine.f()', $masked ],
	[ 'SELECT src.raw()', qr/PR007/ ],
	[ 'SELECT src.of_name()', qr/PR007/ ],
	[ 'EXPLAIN (ANALYZE, VERBOSE) SELECT name FROM src.person WHERE id = 1', qr/PR007/ ],
	[ 'EXPLAIN CREATE TABLE mine.t AS SELECT name FROM src.person', qr/PR007/ ],
	[ 'CREATE TABLE mine.l (LIKE src.person INCLUDING ALL)', $denied ],
	[ 'SELECT * FROM privrelease.audience_map', $denied ],
	[ 'SELECT privrelease.map_audience(\'reader\', \'open.person\')', qr/must be owner/ ],
	[ 'SELECT privrelease.unmap_audience(\'readers\')', qr/42704/ ],
);

sub attack
{
	my ($what, $expected) = @_;
	for my $attack (@attacks)
	{
		my ($sql, $wanted) = @$attack;
		my $answer = as($node, 'reader', $sql);
		ok($answer =~ ($expected // $wanted) && $answer !~ /MARKER\w*\d/, "$what: $sql") or diag(substr($answer, 0, 600));
		as($node, 'reader', 'DROP VIEW IF EXISTS mine.v; DROP FUNCTION IF EXISTS mine.f()');
	}
}

attack('mapped');

# The same as from the release, keyed columns included, in one process and in several.
for my $parallel ('0', '2')
{
	my $set = "SET max_parallel_workers_per_gather = $parallel; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;"
	  . ' SET min_parallel_table_scan_size = 0;';
	my $query = 'SELECT md5(string_agg(x::text, chr(10) ORDER BY id)) FROM (SELECT id, name, born, income, code FROM @) AS x';
	is(as($node, 'reader', $set . $query =~ s/@/src.person/r), as($node, 'reader', $set . $query =~ s/@/open.person/r),
		"same rows with $parallel workers");
}

# Plans that drivers prepare.
my $script = PostgreSQL::Test::Utils::tempdir() . '/script';
append_to_file($script, '\set id random(1, 20000)
SELECT (name = \'M****\')::int AS ok FROM src.person WHERE id = :id \gset
\if :ok = 0
SELECT 1/0;
\endif
');
for my $mode ('simple', 'extended', 'prepared')
{
	$node->command_ok([ 'pgbench', '-n', '-U', 'reader', '-M', $mode, '-t', '20', '-f', $script, 'postgres' ], "pgbench -M $mode");
}

# One plan under several roles. SQL functions of servers before 18 keep theirs while a transaction lasts.
my $setup = 'CREATE FUNCTION pg_temp.f() RETURNS text LANGUAGE sql AS \'SELECT name FROM src.person WHERE id = 1\';'
  . ' CREATE FUNCTION pg_temp.g() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN pg_temp.f(); END $$;'
  . ' GRANT ALL ON ALL FUNCTIONS IN SCHEMA pg_temp TO PUBLIC;';
my @roles = ([ 'reader', 'steward' ], [ 'steward', 'reader' ]);
for my $pair (@roles)
{
	my ($first, $second) = @$pair;
	my $answer = as($node, $node->safe_psql('postgres', 'SELECT current_user'),
		"$setup BEGIN; SET LOCAL ROLE $first; SELECT pg_temp.g(); SELECT '--'; SET LOCAL ROLE $second; SELECT pg_temp.g();");
	my ($one, $other) = split /--/, $answer;
	my %answer = ($first => $one, $second => $other);
	unlike($answer{reader}, qr/MARKERname1/, "SQL function, $first then $second: the audience is shown nothing raw");
	unlike($answer{steward}, $masked, "SQL function, $first then $second: the owner is shown nothing masked");
}

# A role's attributes and the mapping change while a statement is prepared.
my $prepared = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'clerk' ]);
sub ask
{
	my $out = $prepared->query(shift);
	return $out;
}
SKIP:
{
	skip 'background sessions cannot be asked twice here', 4 unless $prepared->can('query');
	ask('PREPARE p AS SELECT name FROM src.person WHERE id = 5');
	like(ask('EXECUTE p'), $masked, 'prepared');
	$node->safe_psql('postgres', 'ALTER ROLE clerk SUPERUSER');
	like(ask('EXECUTE p'), qr/MARKERname5/, 'a superuser is not redirected, by a cached plan either');
	$node->safe_psql('postgres', 'ALTER ROLE clerk NOSUPERUSER');
	like(ask('EXECUTE p'), $masked, 'and redirected again');
	$node->safe_psql('postgres', 'SELECT privrelease.unmap_audience(\'readers\', \'open.person\')');
	unlike(ask('EXECUTE p'), qr/M/, 'unmapped: nothing');
	$node->safe_psql('postgres', 'SELECT privrelease.map_audience(\'readers\', \'open.person\')');
}
$prepared->can('quit') ? $prepared->quit : $prepared->finish;

# pg_dump by the audience
$node->command_fails_like([ 'pg_dump', '-U', 'reader', '-t', 'src.person', 'postgres' ], $denied, 'pg_dump is denied');

# A standby redirects as well, and follows the primary.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('transparent_standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
like(as($standby, 'reader', 'SELECT name, code FROM src.person WHERE id = 1'), qr/^M\*\*\*\*\|[0-9a-f]{32}/, 'standby: redirected');
like(as($standby, 'reader', 'PREPARE p AS SELECT name FROM src.person WHERE id = 1; EXECUTE p; BEGIN; DECLARE c CURSOR FOR EXECUTE p'),
	$masked, 'standby: prepared');
like(as($standby, 'reader', 'SELECT secret FROM src.person'), $refused, 'standby: refused');
$node->safe_psql('postgres', 'SELECT privrelease.unmap_audience(\'readers\', \'open.person\')');
$node->wait_for_catchup($standby);
like(as($standby, 'reader', 'SELECT name FROM src.person'), $denied, 'standby: unmapped');
$standby->stop;

attack_denied('unmapped');
$node->safe_psql('postgres', 'SELECT privrelease.map_audience(\'readers\', \'open.person\')');

# Mappings are restored by the names of the roles, and hold when the release is bound.
$node->run_log([ 'createdb', '-h', $node->host, '-p', $node->port, 'copy' ]);
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, 'postgres' ], 'dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, 'copy' ], 'restore');
sub in_copy
{
	my ($out, $err) = ('', '');
	$node->psql('copy', 'SELECT name FROM src.person WHERE id = 1', stdout => \$out, stderr => \$err, extra_params => [ '-U', 'reader' ]);
	return "$out\n$err";
}
like(in_copy(), $denied, 'restored, not bound: denied');
$node->safe_psql('copy', 'SELECT * FROM privrelease.rebind()');
like(in_copy(), $masked, 'bound: redirected');
$node->safe_psql('copy', 'SELECT privrelease.uninstall()');
$node->safe_psql('postgres', 'DROP DATABASE copy');

# The guard refuses; redirection does not rest on it.
$node->safe_psql('postgres', 'ALTER SYSTEM SET privrelease.guard = off');
$node->reload;
like(as($node, 'reader', 'SELECT name FROM src.person WHERE id = 7'), $masked, 'guard off: redirected');
like(as($node, 'reader', 'SELECT secret FROM src.person'), $refused, 'guard off: refused');
like(as($node, 'reader', 'EXPLAIN (COSTS OFF) SELECT name FROM src.person WHERE id = 7'), qr/Scan/, 'guard off: EXPLAIN is of the release');
unlike(as($node, 'reader', 'EXPLAIN (VERBOSE, COSTS OFF) SELECT name FROM src.person'), qr/secret/, 'guard off: EXPLAIN VERBOSE');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET privrelease.guard');

# Without the library nobody is redirected, and the source is denied.
$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
$node->restart;
attack_denied('not preloaded');

sub attack_denied
{
	my $what = shift;
	for my $attack (@attacks)
	{
		my ($sql, $wanted) = @$attack;
		next unless $wanted == $masked || $wanted == $refused;
		my $answer = as($node, 'reader', $sql);
		ok($answer =~ $denied && $answer !~ /MARKER\w*\d/ && $answer !~ $masked, "$what, denied: $sql") or diag(substr($answer, 0, 600));
		as($node, 'reader', 'DROP MATERIALIZED VIEW IF EXISTS mine.m; DROP FUNCTION IF EXISTS mine.f()');
	}
}

unlike(slurp_file($_->logfile), qr/MARKER(name|secret|code)\d/, 'no source value in the log of ' . $_->name) for ($node, $standby);
$node->stop;
done_testing();
