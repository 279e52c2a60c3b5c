# The boundary as an audience meets it: in a session that it logged into itself, with the library preloaded and without.
#
# Each source value carries a marker. No answer, no message, no plan and no line of the server's log may show one.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('boundary');
$node->init(auth_extra => [ '--create-role', 'reader,steward' ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
log_min_messages = debug1
log_error_verbosity = verbose
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN;
	CREATE EXTENSION privrelease;
	SELECT privrelease.create_key('k');
	CREATE SCHEMA src AUTHORIZATION steward;
	CREATE SCHEMA open AUTHORIZATION steward;
	CREATE SCHEMA mine AUTHORIZATION reader;
	GRANT USAGE ON SCHEMA src TO reader;
});
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.person (id text PRIMARY KEY, name text, born date, income int, secret text, at point, ip inet);
	INSERT INTO src.person SELECT 'MARKERid' || g, 'MARKERname' || g, '1950-01-01'::date + g, g * 7, 'MARKERsecret' || g,
	  point(g, g), ('10.0.0.' || g % 250)::inet FROM generate_series(1, 500) AS g;
	CREATE INDEX ON src.person (secret);
	CREATE STATISTICS src.both (mcv) ON name, secret FROM src.person;
	ANALYZE src.person;
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id');
	SELECT privrelease.set_rule('open.person', 'id', 'pseudonymize', '{"key": "k"}');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 0}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"unit": "decade"}');
	SELECT privrelease.set_rule('open.person', 'income', 'noise', '{"scale": 100, "key": "k"}');
	SELECT privrelease.set_rule('open.person', 'ip', 'network');
	SELECT privrelease.build('open.person');
	SELECT privrelease.publish('open.person', 'reader');
});

# (label, SQL, what its outcome must look like on either output)
my @denied = map { [ $_, qr/permission denied|must be owner|must be member/ ] } (
	'SELECT * FROM src.person',
	'SELECT secret FROM src.person LIMIT 1',
	'SELECT count(*) FROM src.person WHERE secret > \'M\'',
	'COPY src.person TO STDOUT',
	'COPY (TABLE src.person) TO STDOUT',
	'CREATE TABLE mine.c AS TABLE src.person',
	'EXPLAIN (ANALYZE, VERBOSE) TABLE src.person',
	'BEGIN; DECLARE c CURSOR FOR TABLE src.person; FETCH ALL FROM c',
	'PREPARE p AS TABLE src.person; EXECUTE p',
	'DO $$ DECLARE r record; BEGIN FOR r IN TABLE src.person LOOP RAISE NOTICE \'%\', r; END LOOP; END $$',
	'CREATE VIEW mine.v AS TABLE src.person; TABLE mine.v',
	'CREATE FUNCTION mine.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS \'SELECT secret FROM src.person\'; SELECT mine.f()',
	'CREATE TABLE mine.l (LIKE src.person INCLUDING ALL)',
	'UPDATE src.person SET name = name RETURNING *',
	'INSERT INTO src.person VALUES (1) RETURNING *',
	'SELECT * FROM open.person FOR UPDATE',
	'DELETE FROM open.person',
	'ALTER VIEW open.person SET (security_barrier = off)',
	'SELECT privrelease.preview(\'open.person\')',
	'SELECT privrelease.definition(\'open.person\')',
	'SELECT privrelease.export_policy(\'open.person\')',
	'SELECT privrelease.publish(\'open.person\', \'reader\')',
	'SELECT privrelease.pseudonymize(\'guess\'::text, \'1.1\', \'src.person.id\')',
	'SELECT privrelease.pseudonymize(\'guess\'::text, (SELECT \'1.1\'::text)::privrelease.capability, \'src.person.id\')',
	'CREATE TEMP TABLE t (c privrelease.capability)',
	'SELECT * FROM privrelease.release',
	'SELECT * FROM privrelease.hierarchy_value',
	'SET ROLE steward',
	'SELECT format(\'SET ROLE %I\', release_role) FROM privrelease.releases \gexec',
	'SELECT pg_read_file(\'postgresql.conf\')',
	'SELECT stxdmcv FROM pg_statistic_ext_data',
	'SELECT * FROM pg_statistic',
);
my @silent = (
	'SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename IN (\'person\')',
	'SELECT * FROM pg_stats_ext WHERE tablename = \'person\'',
	'SELECT * FROM open.person WHERE name LIKE \'%MARK%\'',
	'SELECT * FROM open.person WHERE income = 7 AND false',
	'EXPLAIN (VERBOSE, ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT born FROM open.person WHERE born = \'1950-01-01\'',
	'SELECT pg_get_viewdef(\'open.person\')',
	'SELECT max(v::text), min(v::text) FROM open.person v',
	'SELECT 1/(length(name) - 4) FROM open.person',
	'SELECT name::int FROM open.person',
	'SET debug_print_plan = on; SET client_min_messages = log; SELECT born FROM open.person LIMIT 1',
	'SELECT * FROM privrelease.releases, privrelease.rules, privrelease.keys, privrelease.classifications',
	'CREATE FUNCTION mine.leak(text) RETURNS bool LANGUAGE plpgsql COST 1e-7 AS $$ BEGIN RAISE NOTICE \'%\', $1; RETURN true; END $$;'
	  . ' SELECT born FROM open.person WHERE mine.leak(name) AND mine.leak(born::text)',
);

sub as_reader
{
	my $sql = shift;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 0,
		extra_params => [ '-U', 'reader', '-v', 'VERBOSITY=verbose' ]);
	return "$out\n$err";
}

for my $mode ('preloaded', 'not preloaded')
{
	if ($mode eq 'not preloaded')
	{
		$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
		$node->restart;
	}
	for my $attack (@denied)
	{
		my ($sql, $wanted) = @$attack;
		my $answer = as_reader($sql);
		$answer =~ s/^LINE \d+: .*$//mg;
		ok($answer =~ $wanted && $answer !~ /MARKER\w*\d/, "$mode, denied: $sql") or diag($answer);
	}
	for my $sql (@silent)
	{
		my $answer = as_reader($sql);
		ok($answer !~ /MARKER\w*\d/, "$mode, shows no source value: $sql") or diag(substr($answer, 0, 500));
	}
	as_reader('DROP VIEW IF EXISTS mine.v; DROP FUNCTION IF EXISTS mine.f(); DROP FUNCTION IF EXISTS mine.leak(text)');
	my $answer = as_reader('SELECT count(*) FROM open.person');
	like($answer, qr/^500/, "$mode: rows can be counted");
	$answer = as_reader('SELECT id FROM open.person LIMIT 1');
	like($answer, $mode eq 'preloaded' ? qr/^[0-9a-f]{32}/ : qr/PR006/, "$mode: keyed column");
}

# The library's file is gone: nothing of a release is served, and the source is denied as ever.
my $lib = $node->config_data('--pkglibdir') . '/privrelease.so';
SKIP:
{
	skip 'the library is not ours to move', 2 unless rename($lib, "$lib.away");
	my $source = as_reader('SELECT * FROM src.person');
	my $release = as_reader('SELECT born FROM open.person');
	rename("$lib.away", $lib);
	like($source, qr/permission denied/, 'library gone: source denied');
	ok($release =~ /could not access file/ && $release !~ /\d{4}-\d\d-\d\d/, 'library gone: release serves nothing');
}

unlike(slurp_file($node->logfile), qr/MARKER(id|name|secret)\d/, 'no source value in the log');
$node->stop;
done_testing();
