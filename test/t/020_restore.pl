# Dump and restore: where a dump arrives, nothing is shown that was not shown before.
#
# A dump carries names, views, policies and grants, but no roles and no keys.  Restored by a superuser, a release view
# whose role is missing belongs to that superuser, and would show the whole source, past row-level security.  A release
# table is what was verified and published; it comes along as it is, and a refresh goes on where the original was.
use strict;
use warnings;
use File::Copy;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# psql as some login role, in a session of its own: (exit code, output, messages)
sub as_role
{
	my ($node, $db, $role, $sql) = @_;
	my ($out, $err);
	my $rc = $node->psql($db, $sql, stdout => \$out, stderr => \$err,
		extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
	return ($rc, $out, $err);
}

sub start_node
{
	my ($name, $keyring) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(auth_extra => [ '--create-role', 'reader,steward' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring'\n");
	$node->start;
	return $node;
}

my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
my $node = start_node('origin', $keyring);
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN;
	CREATE DATABASE origin OWNER steward;
});
$node->safe_psql('origin', q{
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION steward;
	CREATE SCHEMA open AUTHORIZATION steward;
	SELECT privrelease.create_key('k');
	SET ROLE steward;
	CREATE TABLE src.person (id int PRIMARY KEY, name text, salary int);
	INSERT INTO src.person SELECT g, 'MARKER' || g, 1000 * g FROM generate_series(1, 50) AS g;
	CREATE TABLE src.guarded (id int, name text);
	INSERT INTO src.guarded SELECT g, 'MARKER' || g FROM generate_series(1, 50) AS g;
	ALTER TABLE src.guarded ENABLE ROW LEVEL SECURITY;
	SELECT privrelease.create_hierarchy('h', ARRAY[['a', 'b', '*']]);
	SELECT privrelease.classify('src.person', 'name', 'identifier');
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 1}');
	SELECT privrelease.set_rule('open.person', 'salary', 'round', '{"to": 10000}');
	SELECT privrelease.build('open.person');
	SELECT privrelease.create_release('open.keyed', 'src.person', subject => 'id');
	SELECT privrelease.set_rule('open.keyed', 'id', 'pseudonymize', '{"key": "k"}');
	SELECT privrelease.build('open.keyed');
	SELECT privrelease.create_release('open.guarded', 'src.guarded');
	SELECT privrelease.set_rule('open.guarded', 'name', 'partial', '{"left": 1}');
	SELECT privrelease.set_rule('open.guarded', 'id', 'keep');
	SELECT privrelease.build('open.guarded');
	CREATE TABLE src.objector (id int PRIMARY KEY, name text, town int);
	INSERT INTO src.objector SELECT g, 'MARKER' || g FROM generate_series(1, 50) AS g;
	SELECT privrelease.classify('src.objector', 'town', 'quasi_identifier');
	ALTER TABLE src.objector ALTER COLUMN town TYPE bigint;
	SELECT privrelease.create_release('open.objector', 'src.objector', subject => 'id');
	SELECT privrelease.set_rule('open.objector', 'name', 'partial', '{"left": 1, "right": 1}');
	SELECT privrelease.build('open.objector');
	SELECT privrelease.object('open.objector', '7', 'asked');
	SELECT privrelease.erase('src.objector', '8', 'asked');
	SELECT privrelease.create_release('open.snapshot', 'src.person', subject => 'id', kind => 'table', model => '{"k": 5}');
	SELECT privrelease.set_rule('open.snapshot', 'salary', 'bin', '{"levels": [10000, 20000], "top": 40000}');
	SELECT privrelease.refresh('open.snapshot');
	SELECT privrelease.create_index('open.snapshot', 'salary');
	SELECT privrelease.publish(r, 'reader') FROM unnest('{open.person,open.keyed,open.guarded,open.snapshot,open.objector}'::text[]) AS r;
	CREATE TEMP TABLE t AS SELECT release_role FROM privrelease.releases WHERE release = 'open.guarded';
	DO $$ BEGIN EXECUTE format('CREATE POLICY p ON src.guarded FOR SELECT TO %I USING (id <= 3)', (SELECT release_role FROM t)); END $$;
});
my $keyed = $node->safe_psql('origin', 'SELECT md5(string_agg(id, \',\' ORDER BY id)) FROM open.keyed');
is(scalar((as_role($node, 'origin', 'reader', 'SELECT count(*) FROM open.guarded'))[1]), '3', 'policy holds in the original');

my $snapshot = q{SELECT md5(string_agg(release_row::text || salary, ',' ORDER BY release_row)) FROM open.snapshot};
my $rows = $node->safe_psql('origin', $snapshot);
my $changes = q{SELECT version, deleted, inserted FROM privrelease.versions WHERE release = 'open.snapshot' ORDER BY version};
my $owner = q{SELECT r.rolname ~ '^privrelease_snapshot_[0-9a-f]{8}$' FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner WHERE c.oid = 'open.snapshot'::regclass};
is($node->safe_psql('origin', $changes), '1|0|50', 'a version');

my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
$node->command_checks_all([ 'pg_dump', '-d', $node->connstr('origin'), '-f', $dump ], 0, [qr{^$}], [qr{^$}], 'pg_dump, without a warning');
my $text = slurp_file($dump);
my $bytes = join '|', map { (split ' ')[-1] } grep { /[0-9a-f]{64}/ } split /\n/, slurp_file($keyring);
ok($bytes ne '' && $text !~ /$bytes/, 'no key in the dump');
like($text, qr/COPY privrelease\.rule/, 'the declarations are in the dump');
like($text, qr/COPY privrelease\.hierarchy_value/, 'the hierarchies are in the dump');

# ---- the same cluster: the roles are there, the database is another ----
$node->safe_psql('postgres', 'CREATE DATABASE copy OWNER steward');
$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-q', '-d', $node->connstr('copy'), '-f', $dump ], 'restore with roles');
for my $release (qw(person keyed guarded objector))
{
	my ($rc, $out, $err) = as_role($node, 'copy', 'reader', "SELECT * FROM open.$release");
	is($out, '', "unbound open.$release shows nothing");
	like($err, qr/PR002/, "unbound open.$release says that it is unbound");
	($rc, $out, $err) = as_role($node, 'copy', 'steward', "SELECT privrelease.build('open.$release')");
	like($err, qr/PR002/, "unbound open.$release is not built");
	($rc, $out, $err) = as_role($node, 'copy', 'steward', "SELECT privrelease.publish('open.$release', 'reader')");
	like($err, qr/PR002/, "unbound open.$release is not published");
}
is((as_role($node, 'copy', 'reader', $snapshot))[1], $rows, 'the table is what was published');
like((as_role($node, 'copy', 'steward', "SELECT privrelease.refresh('open.snapshot')"))[2], qr/PR002/, 'unbound open.snapshot is not refreshed');
like((as_role($node, 'copy', 'steward', "SELECT privrelease.publish('open.snapshot', 'reader')"))[2], qr/PR002/, 'unbound open.snapshot is not published');
is($node->safe_psql('copy', 'SELECT finding FROM privrelease.rebind() ORDER BY release'),
	join("\n", ('bound, view built anew') x 4, 'bound, table kept as it is'), 'rebind binds all');
is((as_role($node, 'copy', 'reader', $snapshot))[1], $rows, 'the table is the same after rebind');
is((as_role($node, 'copy', 'steward', "SELECT privrelease.publish('open.snapshot', 'reader')"))[0], 0, 'it is of the declaration');
is((as_role($node, 'copy', 'steward', "SELECT privrelease.refresh('open.snapshot')"))[1], '2', 'and refreshed');
is($node->safe_psql('copy', $changes), "1|0|50\n2|0|0", 'with the same keys of rows');
is($node->safe_psql('copy', 'SELECT count(*) FROM privrelease.rebind()'), '0', 'and then has nothing to do');
is((as_role($node, 'copy', 'reader', 'SELECT count(*), max(name), max(salary) FROM open.person'))[1], '50|M****|50000', 'reader reads again');
is((as_role($node, 'copy', 'reader', 'SELECT count(*) FROM open.guarded'))[1], '3', 'the policy holds in the copy');
my $objectors = q{SELECT count(*), count(*) FILTER (WHERE name LIKE '%7'), count(*) FILTER (WHERE name LIKE '%8') FROM open.objector};
is((as_role($node, 'origin', 'reader', $objectors))[1], '48|4|4', 'persons have objected');
is((as_role($node, 'copy', 'reader', $objectors))[1], '48|4|4', 'and are hidden in the copy');
is((as_role($node, 'copy', 'steward', q{SELECT source, release, kind FROM privrelease.objections ORDER BY kind}))[1],
	"src.objector||erasure\nsrc.objector|open.objector|objection", 'the copy knows that they have');
is((as_role($node, 'copy', 'steward', q{SELECT privrelease.withdraw_objection('open.objector', '7')}))[0], 0, 'and by whose digest');
is((as_role($node, 'copy', 'reader', $objectors))[1], '49|5|4', 'who takes it back is shown');
is((as_role($node, 'origin', 'reader', $objectors))[1], '48|4|4', 'not in the original');
is($node->safe_psql('copy', 'SELECT md5(string_agg(id, \',\' ORDER BY id)) FROM open.keyed'), $keyed, 'pseudonyms are the same');
like((as_role($node, 'copy', 'reader', 'SELECT * FROM src.person'))[2], qr/permission denied/, 'the source is denied');
like($node->safe_psql('copy', "SELECT kind FROM privrelease.classifications"), qr/identifier/, 'the classification is bound');
$node->safe_psql('copy', "SET ROLE steward; SELECT privrelease.build('open.person')");

# dropping in the copy leaves the roles of the original alone
my ($rc, $out, $err) = as_role($node, 'copy', 'steward', "SELECT privrelease.drop_release('open.person')");
is($rc, 0, 'drop in the copy');
is((as_role($node, 'origin', 'reader', 'SELECT count(*) FROM open.person'))[1], '50', 'the original still serves');

# ---- another cluster: roles of people are there, release roles and keys are not ----
my $other_keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
my $other = start_node('elsewhere', $other_keyring);
$other->safe_psql('postgres', q{CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN; CREATE DATABASE copy OWNER steward});
IPC::Run::run([ 'psql', '-X', '-q', '-d', $other->connstr('copy'), '-f', $dump ], '>', \my $o, '2>', \my $e);
like($e, qr/role "privrelease_person_[0-9a-f]{8}" does not exist/, 'release roles are missing');
is($other->safe_psql('copy', "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = 'open.guarded'::regclass"),
	't', 'the restored view belongs to the superuser who restored');
for my $release (qw(person keyed guarded objector))
{
	for my $role ('reader', 'steward')
	{
		my ($rc, $out, $err) = as_role($other, 'copy', $role, "SELECT * FROM open.$release");
		is($out, '', "open.$release shows $role nothing where its role is missing");
		like($err, qr/PR00[23]|permission denied/, "open.$release refuses $role");
	}
	my ($rc, $out, $err) = $other->psql('copy', "SELECT * FROM open.$release");
	isnt($rc, 0, "open.$release refuses even the superuser");
}
# ways around the condition that the planner evaluates
for my $sql ('PREPARE p AS SELECT * FROM open.guarded; EXECUTE p', 'COPY (SELECT * FROM open.guarded) TO STDOUT',
	'SELECT count(*) FROM open.guarded', 'SELECT 1 FROM open.guarded LIMIT 1', 'SELECT * FROM open.guarded WHERE false',
	'DECLARE c CURSOR FOR SELECT * FROM open.guarded', 'CREATE TEMP TABLE x AS SELECT * FROM open.guarded',
	'WITH x AS MATERIALIZED (SELECT * FROM open.guarded) SELECT * FROM x', 'SELECT * FROM generate_series(1, 2), LATERAL (SELECT * FROM open.guarded) AS l')
{
	my ($rc, $out, $err) = as_role($other, 'copy', 'reader', "SET client_min_messages = error; BEGIN; $sql; FETCH 1 FROM c;");
	ok($out !~ /MARKER|M\*|\d/, "nothing by: $sql");
}
is($other->safe_psql('copy', $owner), 'f', 'the restored table belongs to the superuser too');
for my $write ("INSERT INTO open.snapshot (release_row) VALUES (gen_random_uuid())", 'UPDATE open.snapshot SET salary = 0', 'DELETE FROM open.snapshot')
{
	like((as_role($other, 'copy', $_, $write))[2], qr/permission denied/, "$_ cannot: $write") foreach qw(reader steward);
}
is($other->safe_psql('copy', 'SELECT finding FROM privrelease.rebind() ORDER BY release'),
	join("\n", ('bound, view built anew') x 4, 'bound, table kept as it is'), 'rebind makes the roles and binds');
is($other->safe_psql('copy', $owner), 't', 'the table is its own role\'s');
is((as_role($other, 'copy', 'reader', $snapshot))[1], $rows, 'reader reads the table');
like((as_role($other, 'copy', 'steward', "SELECT privrelease.refresh('open.snapshot')"))[2], qr/PR001/, 'without its key no row is known again');
is((as_role($other, 'copy', 'reader', 'SELECT count(*), max(name) FROM open.person'))[1], '50|M****', 'reader reads');
is((as_role($other, 'copy', 'reader', 'SELECT count(*) FROM open.guarded'))[1], '0', 'no policy for the new role: no row');
($rc, $out, $err) = as_role($other, 'copy', 'reader', 'SELECT * FROM open.keyed');
is($out, '', 'without its key a keyed column shows nothing');
like($err, qr/PR001/, 'and says that the key is missing');
($rc, $out, $err) = as_role($other, 'copy', 'reader', $objectors);
ok($out eq '' && $err =~ /PR001/, 'without its key nobody is shown, since somebody has objected') or diag("$out $err");
like((as_role($other, 'copy', 'steward', q{SELECT privrelease.object('open.person', '9', 'asked')}))[2], qr/PR001/, 'and nobody objects');
is((as_role($other, 'copy', 'reader', 'SELECT count(*) FROM open.person'))[1], '50', 'which changes nothing');
copy($keyring, $other_keyring);
chmod 0600, $other_keyring;
is($other->safe_psql('copy', 'SELECT md5(string_agg(id, \',\' ORDER BY id)) FROM open.keyed'), $keyed, 'with the keyring the pseudonyms are the same');

is((as_role($other, 'copy', 'reader', $objectors))[1], '48|4|4', 'with the keyring the same persons are hidden');
is((as_role($other, 'copy', 'steward', "SELECT privrelease.refresh('open.snapshot')"))[1], '2', 'with the keyring the table is refreshed');
is($other->safe_psql('copy', $changes), "1|0|50\n2|0|0", 'and no row has another key');

# ---- what does not match exactly stays unbound ----
$other->safe_psql('postgres', 'CREATE DATABASE changed OWNER steward');
IPC::Run::run([ 'psql', '-X', '-q', '-d', $other->connstr('changed'), '-f', $dump ], '>', \$o, '2>', \$e);
$other->safe_psql('changed', q{
	DROP VIEW open.person, open.keyed;
	ALTER TABLE src.person ALTER COLUMN salary TYPE bigint;
	CREATE VIEW open.person AS SELECT * FROM src.person;
	GRANT SELECT ON open.person TO reader;
	ALTER TABLE src.guarded RENAME COLUMN name TO other;
	DROP TABLE open.snapshot;
});
my $findings = $other->safe_psql('changed', 'SELECT release, finding FROM privrelease.rebind() ORDER BY release');
like($findings, qr/open\.guarded\|column "name" of src\.guarded does not exist/, 'a missing column is a finding');
like($findings, qr/open\.person\|column "salary" of src\.person is of type bigint, declared was integer/, 'a changed type is a finding');
like($findings, qr/open\.keyed\|bound/, 'what matches is bound');
$other->safe_psql('changed', q{ALTER TABLE src.guarded RENAME COLUMN other TO name; DROP VIEW open.person;
	ALTER TABLE src.person ALTER COLUMN salary TYPE int; CREATE VIEW open.person AS SELECT * FROM src.person;
	CREATE TABLE open.snapshot AS SELECT gen_random_uuid() AS release_row, salary FROM src.person; ALTER TABLE open.snapshot OWNER TO steward});
$findings = $other->safe_psql('changed', 'SELECT release, finding FROM privrelease.rebind() ORDER BY release');
like($findings, qr/open\.guarded\|bound/, 'bound once it matches');
like($findings, qr/open\.person\|relation open\.person is not the view that privrelease built/, "somebody else's view is not taken over");
like($findings, qr/open\.snapshot\|relation open\.snapshot is not the table that privrelease refreshed/, "nor is somebody else's table");
$other->safe_psql('changed', 'DROP TABLE open.snapshot');
is($other->safe_psql('changed', q{SELECT finding FROM privrelease.rebind() WHERE release = 'open.snapshot'}),
	'bound, its table is gone and comes with the next refresh', 'a table that is missing comes with the next refresh');
is((as_role($other, 'changed', 'steward', "SELECT privrelease.refresh('open.snapshot')"))[1], '2', 'and so it does');
is($other->safe_psql('changed', "SELECT state, audience FROM privrelease.releases WHERE release = 'open.snapshot'"), 'draft|{}', 'for nobody as yet');

# ---- the library taken away: every read of the source is denied, every keyed column errors ----
$node->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
$node->restart;
like((as_role($node, 'origin', 'reader', 'SELECT * FROM src.person'))[2], qr/permission denied/, 'source denied without preload');
($rc, $out, $err) = as_role($node, 'origin', 'reader', 'SELECT * FROM open.keyed');
is($out, '', 'keyed column shows nothing without preload');
like($err, qr/PR006/, 'and says why');
($rc, $out, $err) = as_role($node, 'origin', 'reader', $objectors);
ok($out eq '' && $err =~ /PR006/, 'nor does a release that somebody has objected to') or diag("$out $err");
like((as_role($node, 'origin', 'steward', "SELECT privrelease.object('open.person', '9', 'asked')"))[2], qr/PR006/, 'nobody objects without preload');
is((as_role($node, 'origin', 'reader', 'SELECT count(*) FROM open.person'))[1], '50', 'unkeyed columns are served');
like((as_role($node, 'origin', 'steward', "SELECT privrelease.publish('open.person', 'reader')"))[2], qr/PR006/, 'publish refuses without preload');

ok($node->log_contains('MARKER1\b') ? 0 : 1, 'no source value in the log of the original');
$node->stop;
$other->stop;
done_testing();
