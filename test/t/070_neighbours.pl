# Beside an extension that steers plans, loaded before us and after us: derived quals, the guard and transparent mode work,
# and the other extension does too.  The extension is test/modules/neighbour.c, built here.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Cwd qw(abs_path);
use File::Basename;

my $source = abs_path(dirname(__FILE__) . '/../modules/neighbour.c');
my $pg_config = $ENV{PG_CONFIG} // 'pg_config';
chomp(my $headers = `$pg_config --includedir-server`);
my $module = PostgreSQL::Test::Utils::tempdir() . '/neighbour.so';
if (system("gcc -shared -fPIC -I'$headers' -o '$module' '$source'") != 0)
{
	plan skip_all => 'no compiler, or no headers of the server';
}

my $node = PostgreSQL::Test::Cluster->new('neighbours');
$node->init(auth_extra => [ '--create-role', 'reader,steward,mapped' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE mapped LOGIN;
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION steward;
	CREATE SCHEMA open AUTHORIZATION steward;
	GRANT USAGE ON SCHEMA src TO PUBLIC;
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.person (id int, name text, born date);
	INSERT INTO src.person SELECT g, 'MARKER' || g, '1950-01-01'::date + g FROM generate_series(1, 20000) AS g;
	CREATE INDEX by_birth ON src.person (born);
	ANALYZE src.person;
	CREATE VIEW src.raw AS SELECT name FROM src.person;
	GRANT SELECT ON src.raw TO reader;
	SELECT privrelease.create_release('open.person', 'src.person');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"unit": "month"}');
	SELECT privrelease.build('open.person'), privrelease.publish('open.person', 'reader', 'mapped');
	SELECT privrelease.map_audience('mapped', 'open.person');
	CREATE TABLE src.months AS SELECT '1960-05-01'::date AS month;
	GRANT SELECT ON src.months TO reader;
});

# SQLSTATE and output of statements as a role that logs in.
sub run_as
{
	my ($role, $sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql, extra_params => [ '-U', $role, '-v', 'VERBOSITY=sqlstate' ]);
	my ($state) = $err =~ /ERROR:\s+(\w{5})/;
	return ($state // '00000', $out, $err);
}

my $month = q{SELECT count(*) FROM open.person WHERE born = '1960-05-01'};
my $plan = "EXPLAIN (COSTS OFF) $month";

for my $libraries ("privrelease, $module", "$module, privrelease")
{
	my $order = $libraries =~ /^privrelease/ ? 'loaded after us' : 'loaded before us';

	$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "'$libraries'");
	$node->restart;

	like($node->safe_psql('postgres', $plan), qr/Cond: .*born >= '1960-05-01'/, "$order: the index is used");
	my $without = $node->safe_psql('postgres', "SET neighbour.no_index = 'by_birth'; $plan");
	unlike($without, qr/Index/, "$order: an index that is taken away is not used");
	is((run_as('reader', "SET neighbour.no_index = 'by_birth'; $month"))[1], '31', "$order: the answer without it");
	is((run_as('reader', $month))[1], '31', "$order: the answer with it");
	is((run_as('reader', 'SELECT count(*) FROM open.person JOIN src.months ON month = born'))[1], '31', "$order: a join, planned both ways");
	like($node->safe_psql('postgres', "$month; SHOW neighbour.calls"), qr/\n[1-9]\d*$/, "$order: its planner is called");

	my ($state, $out, $err) = run_as('reader', 'SELECT min(name) FROM src.raw');
	is($state, 'PR007', "$order: a view of others is refused");
	($state, $out, $err) = run_as('reader', q{SET neighbour.instead = 'SELECT min(name) FROM src.raw'; SELECT 'replaced'});
	is($state, 'PR007', "$order: so is a query that replaces another while it is planned");
	unlike("$out$err", qr/MARKER/, "$order: and it shows nothing");
	($state, $out) = run_as('reader', q{SET neighbour.instead = 'SELECT max(born) FROM open.person'; SELECT 'replaced'});
	is("$state $out", '00000 2004-10-01', "$order: one that asks a release is answered");
	is((run_as('reader', $plan))[0], 'PR007', "$order: EXPLAIN is refused");
	is((run_as('mapped', q{SELECT max(born) FROM src.person}))[1], '2004-10-01', "$order: transparent mode");
	is((run_as('mapped', q{SELECT max(name) FROM src.person}))[0], 'PR009', "$order: and what it refuses");

	is((run_as('reader', q{SELECT 1; SELECT min(name) FROM src.raw}))[0], 'PR007', "$order: several statements");
}

# With the guard off the replaced query is answered: the test above means something.
$node->safe_psql('postgres', q{ALTER SYSTEM SET privrelease.guard = off}); $node->reload;
like((run_as('reader', q{SET neighbour.instead = 'SELECT min(name) FROM src.raw'; SELECT 'replaced'}))[1], qr/MARKER/, 'the guard is what refuses');
$node->stop;
done_testing();
