# audit() and DROP EXTENSION where they need a server of their own: without preload, by persons who log in, with contrib
# extensions, on a database as the demo leaves it, and with many roles.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my @who = qw(registrar open_reader auditor plain);
my $node = PostgreSQL::Test::Cluster->new('audit');
$node->init(auth_extra => [ '--create-role', join(',', @who) ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring'\n");
$node->start;

sub as
{
	my ($role, $sql) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]) ;
	return ($out, $err);
}

# ---- as the demo leaves it
$node->safe_psql('postgres', q{
	CREATE ROLE registrar LOGIN; CREATE ROLE open_reader LOGIN; CREATE ROLE auditor LOGIN; CREATE ROLE plain LOGIN;
	CREATE SCHEMA registry AUTHORIZATION registrar; CREATE SCHEMA open AUTHORIZATION registrar;
	CREATE EXTENSION privrelease;
	SELECT privrelease.create_key('city'), privrelease.grant_duty('auditor', 'auditor');
});
$node->safe_psql('postgres', q{
	CREATE TABLE registry.residents (record_no int PRIMARY KEY, id_number text, sex text, income int, diagnosis text);
	INSERT INTO registry.residents SELECT g, 'ID' || g, CASE g % 2 WHEN 0 THEN 'f' ELSE 'm' END, g * 90, 'd' || g % 4 FROM generate_series(1, 400) AS g;
	SELECT privrelease.create_release('open.residents', 'registry.residents', subject => 'id_number');
	SELECT privrelease.set_rule('open.residents', 'id_number', 'pseudonymize', '{"key": "city"}', 'person'), privrelease.set_rule('open.residents', 'diagnosis', 'keep');
	SELECT privrelease.build('open.residents'); SELECT privrelease.publish('open.residents', 'open_reader');
	SELECT privrelease.create_release('open.health', 'registry.residents', subject => 'id_number', kind => 'table', model => '{"k": 5}');
	SELECT privrelease.set_rule('open.health', 'sex', 'keep'), privrelease.set_rule('open.health', 'income', 'bin', '{"levels": [10000, 40000]}');
	SELECT privrelease.refresh('open.health');
	SELECT privrelease.withdraw('open.residents', 'replaced by open.health'); SELECT privrelease.publish('open.health', 'open_reader');
	SELECT privrelease.refresh('open.health');
}, extra_params => [ '-U', 'registrar' ]);
my $rows = 'SELECT severity, object, finding, hint FROM privrelease.audit()';
is((as($_, $rows))[0], '', "nothing is wrong, says audit() to $_") foreach (getpwuid($<))[0], 'registrar', 'auditor';
like((as($_, $rows))[1], qr/^psql:<stdin>:1: ERROR:  permission denied to call audit\(\)/, "$_ is told nothing") foreach 'open_reader', 'plain';

# ---- the example of the reference
my (undef, $warning) = as('registrar', 'GRANT SELECT (income) ON registry.residents TO open_reader');
like($warning, qr/WARNING:  privrelease\.audit\(\) has new findings: 1, critical: 1\nHINT:  SELECT \* FROM privrelease\.audit\(\);/, 'a warning');
my $found = 'critical|table registry.residents|role open_reader holds SELECT (income), and an audience must hold nothing on a source|REVOKE ALL ON registry.residents FROM open_reader CASCADE;';
is((as($_, $rows))[0], $found, "a finding for $_") foreach 'registrar', 'auditor';
as('registrar', 'REVOKE ALL ON registry.residents FROM open_reader CASCADE');
is((as('auditor', $rows))[0], '', 'and none');

# ---- extensions that see past privileges
my %contrib = (
	dblink => [ '', qr/^warning\|extension dblink\|PUBLIC may connect from the server .*dblink_connect\(text\)/ ],
	adminpack => [ 'GRANT EXECUTE ON FUNCTION pg_catalog.pg_file_write(text, text, boolean) TO open_reader', qr/^critical\|extension adminpack\|role open_reader/ ],
	pg_walinspect => [ 'GRANT EXECUTE ON FUNCTION pg_get_wal_records_info(pg_lsn, pg_lsn) TO open_reader', qr/^critical\|extension pg_walinspect\|role open_reader/ ],
	pg_buffercache => [ 'GRANT EXECUTE ON FUNCTION pg_buffercache_pages() TO PUBLIC', qr/^warning\|extension pg_buffercache\|PUBLIC/ ],
	pg_visibility => [ 'GRANT EXECUTE ON FUNCTION pg_visibility_map(regclass) TO open_reader', qr/^warning\|extension pg_visibility\|role open_reader/ ],
	pgstattuple => [ 'GRANT EXECUTE ON FUNCTION pgstattuple(regclass) TO open_reader', qr/^warning\|extension pgstattuple\|role open_reader/ ],
	pg_stat_statements => [ '', qr/^notice\|extension pg_stat_statements\|PUBLIC/ ],
	file_fdw => [ q{CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE public.lines (a text) SERVER files OPTIONS (filename '/dev/null');
		GRANT SELECT ON public.lines TO open_reader}, qr/^warning\|server files\|role open_reader may read its tables/ ],
	postgres_fdw => [ q{CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'postgres'); GRANT USAGE ON FOREIGN SERVER back TO open_reader;
		CREATE USER MAPPING FOR open_reader SERVER back OPTIONS (user 'registrar', password 'MARKER')},
		qr/^critical\|server back\|role open_reader may use it; it names this database; a user mapping is stored for role open_reader/ ],
);
foreach my $extension (sort keys %contrib)
{
  SKIP:
	{
		my ($grant, $wanted) = @{ $contrib{$extension} };

		skip "no $extension here", 3 unless $node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = '$extension'");
		my $made = "BEGIN; SET client_min_messages = error; CREATE EXTENSION $extension; $grant;";
		my $out = $node->safe_psql('postgres', "$made $rows; ROLLBACK");
		like($out, $wanted, "$extension");
		is(scalar(split /\n/, $out), 1, "$extension is one finding");
		$node->safe_psql('postgres', "$made " . q{DO $$ DECLARE h text; BEGIN FOR h IN SELECT hint FROM privrelease.audit() LOOP EXECUTE h; END LOOP;
			ASSERT NOT EXISTS (SELECT FROM privrelease.audit()); END $$; ROLLBACK});
		pass("and its hint ends it");
	}
}

# ---- what differs between versions
my $version = $node->safe_psql('postgres', 'SHOW server_version_num') / 10000;
like($node->safe_psql('postgres', "BEGIN; ALTER ROLE open_reader CREATEROLE; $rows; ROLLBACK"), $version < 16 ? qr/^critical\|role open_reader/ : qr/^warning\|role open_reader/, 'CREATEROLE');
SKIP:
{
	skip 'no pg_maintain before 17', 2 if $version < 17;
	like($node->safe_psql('postgres', "BEGIN; GRANT pg_maintain TO open_reader; $rows; ROLLBACK"), qr/^warning\|role pg_maintain\|/, 'pg_maintain');
	like($node->safe_psql('postgres', "BEGIN; SET client_min_messages = error; GRANT MAINTAIN ON registry.residents TO open_reader; $rows; ROLLBACK"), qr/^warning\|table registry\.residents\|role open_reader holds MAINTAIN/, 'MAINTAIN');
}
SKIP:
{
	skip 'before 16 who administers a membership has it', 2 if $version < 16;
	# Who may only administer the audience is none; who may only administer a role that reads can give it to himself.
	is($node->safe_psql('postgres', "BEGIN; CREATE ROLE admin CREATEROLE; GRANT open_reader TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT registrar TO admin; $rows; ROLLBACK"), '', 'an administrator of an audience');
	like($node->safe_psql('postgres', "BEGIN; GRANT registrar TO open_reader WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; $rows; ROLLBACK"), qr/^critical\|role registrar\|/, 'an audience that administers a role');
}

# ---- many
$node->safe_psql('postgres', q{DO $$ BEGIN
	FOR i IN 1..500 LOOP EXECUTE format('CREATE ROLE member_%s IN ROLE open_reader', i); END LOOP;
	FOR i IN 1..200 LOOP EXECUTE format('CREATE ROLE side_%s ROLE member_%s; CREATE TABLE public.t_%s (); GRANT SELECT ON public.t_%s TO side_%s', i, i, i, i, i); END LOOP; END $$});
my $since = time;
is((as('auditor', $rows))[0], '', 'many roles, and nothing is wrong');
cmp_ok(time - $since, '<', 20, 'within seconds');
$node->safe_psql('postgres', 'SET client_min_messages = error; GRANT SELECT ON registry.residents TO side_7');
is((as('auditor', $rows))[0], 'critical|role side_7|role member_7 can become it: it holds SELECT on registry.residents|REVOKE side_7 FROM member_7;', 'one of them');
$node->safe_psql('postgres', 'REVOKE ALL ON registry.residents FROM side_7');

# ---- a superuser who is not the first one has installed it
$node->safe_psql('postgres', q{CREATE ROLE boss SUPERUSER; CREATE DATABASE other});
$node->safe_psql('other', q{SET ROLE boss; CREATE EXTENSION privrelease; CREATE TABLE public.t AS SELECT 1 AS a; CREATE SCHEMA rel;
	SELECT privrelease.create_release('rel.t', 'public.t'), privrelease.set_rule('rel.t', 'a', 'keep'); SELECT privrelease.build('rel.t')});
my $refused = qr/ERROR:  cannot drop extension privrelease while there are releases\nDETAIL:  .*\nHINT:  SELECT privrelease\.uninstall\(\);/;
foreach my $drop ('DROP OWNED BY boss CASCADE', 'DROP EXTENSION privrelease CASCADE')
{
	my ($out, $err);
	$node->psql('other', $drop, stdout => \$out, stderr => \$err);
	like($err, $refused, $drop);
}
$node->safe_psql('other', 'SELECT privrelease.uninstall(); DROP OWNED BY boss CASCADE');
is($node->safe_psql('other', q{SELECT count(*) FROM pg_extension WHERE extname = 'privrelease'}), '0', 'after uninstall() it goes');

# ---- without preload
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''\n");
$node->restart;
is($node->safe_psql('postgres', $rows), 'critical|server|privrelease is not preloaded: views and functions of others, EXPLAIN and stale releases are open|'
	. 'Add privrelease to shared_preload_libraries and restart the server.', 'a missing preload is critical');
is((as('registrar', 'SELECT count(*) FROM privrelease.audit()'))[0], '1', 'owners are told, too');
(undef, $warning) = as('registrar', 'GRANT SELECT (income) ON registry.residents TO open_reader');
like($warning, qr/has new findings: 1, critical: 1/, 'commands are looked at');
foreach my $drop ('DROP EXTENSION privrelease', 'DROP EXTENSION IF EXISTS privrelease CASCADE', 'DROP EXTENSION plpgsql CASCADE')
{
	my ($out, $err);
	$node->psql('postgres', $drop, stdout => \$out, stderr => \$err);
	like($err, $refused, "$drop, not preloaded");
}
is((as('open_reader', 'SELECT count(*) FROM open.health'))[0], '400', 'and readers read');
$node->safe_psql('postgres', 'SET client_min_messages = error; SELECT privrelease.uninstall(); DROP EXTENSION privrelease');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_roles WHERE rolname ~ '^privrelease_'}), '0', 'no role stays');

$node->stop;
done_testing();
