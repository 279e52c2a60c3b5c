# Readers see what was approved: not what a view below the source, a function of it or a class was for a while, not what an
# objection builds, nor what an approver has withdrawn.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('approved');
$node->init(auth_extra => [ '--create-role', 'alice,carol,dave,reader' ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
privrelease.require_approval = on
privrelease.joint_risk = off
log_min_messages = warning
});
$node->start;

my @releases = ('open.snap', 'open.live');
$node->safe_psql('postgres', q{
	CREATE ROLE alice LOGIN; CREATE ROLE carol LOGIN; CREATE ROLE dave LOGIN; CREATE ROLE reader LOGIN;
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION alice; CREATE SCHEMA open AUTHORIZATION alice; CREATE SCHEMA plain;
	GRANT USAGE ON SCHEMA src TO PUBLIC;
	SELECT privrelease.grant_duty('steward', 'alice'), privrelease.grant_duty('approver', 'carol'), privrelease.grant_duty('auditor', 'dave')});

sub as
{
	my ($role, $sql) = @_;
	return $node->psql('postgres', "\\set VERBOSITY verbose\nSET client_min_messages = warning;\n" . $sql, extra_params => [ '-U', $role ]);
}

sub works
{
	my ($role, $sql, $name) = @_;
	my ($rc, $out, $err) = as($role, $sql);
	is($rc, 0, $name) or diag("$out\n$err");
	return $out;
}

sub refused
{
	my ($role, $sql, $code, $message, $name) = @_;
	my ($rc, $out, $err) = as($role, $sql);
	ok($rc != 0 && $err =~ /ERROR:  $code: .*$message/, $name) or diag("rc $rc\n$out\n$err");
	unlike("$out$err", qr/MARKER/, "$name, and no value is told");
	return;
}

my $from_below = "SELECT src.label(b.id, b.city) AS city, b.id FROM src.below AS b";
my $below = "SELECT id, city FROM src.person";
my $label = "CREATE OR REPLACE FUNCTION src.label(int, text) RETURNS text LANGUAGE sql IMMUTABLE AS";
works('alice', "CREATE TABLE src.person (id int PRIMARY KEY, city text, name text);
	INSERT INTO src.person SELECT g, 'city ' || g % 2, 'MARKER' || g % 4 FROM generate_series(1, 80) AS g;
	CREATE VIEW src.below AS $below; $label 'SELECT \$2';
	CREATE VIEW src.v AS $from_below;
	SELECT privrelease.create_release('open.snap', 'src.v', subject => 'id', kind => 'table', model => '{\"k\": 5}');
	SELECT privrelease.create_release('open.live', 'src.v', subject => 'id');", 'a source view, over a view and with a function');

sub approve
{
	my ($release, $declares) = @_;
	works('alice', "SELECT privrelease.set_rule('$release', 'city', 'keep');
		SELECT privrelease.set_metadata('$release', '{\"purpose\": \"p\", \"legal_basis\": \"l\", \"public_interest\": \"high: h\",
			\"retention\": \"2 years\", \"contact\": \"office\"}')", "$release is declared") if $declares;
	works('alice', 'SELECT privrelease.' . ($release eq 'open.snap' ? 'refresh' : 'build') . "('$release')", "$release is made");
	works('alice', "SELECT privrelease.assess('$release'); SELECT privrelease.submit('$release')", "$release is submitted");
	works('carol', "SELECT privrelease.approve('$release')", "$release is approved");
	return;
}

sub seen
{
	my ($release) = @_;
	return works('reader', "SELECT string_agg(DISTINCT city, ',' ORDER BY city) FROM $release", "$release is read");
}
approve($_, 1) foreach @releases;

# ---- approved, and not published yet: changed, made, and changed back
foreach my $change (
	[ 'the source view', "CREATE OR REPLACE VIEW src.v AS SELECT p.name AS city, b.id FROM src.below AS b JOIN src.person AS p USING (id)",
		"CREATE OR REPLACE VIEW src.v AS $from_below" ],
	[ 'a view below it', "CREATE OR REPLACE VIEW src.below AS SELECT id, name AS city FROM src.person", "CREATE OR REPLACE VIEW src.below AS $below" ],
	[ 'a function that it calls', "$label 'SELECT ''MARKER'' || \$1 % 4'", "$label 'SELECT \$2'" ])
{
	works('alice', "$change->[1]; SELECT privrelease.refresh('open.snap')", "$change->[0] is another one");
	refused('alice', "SELECT privrelease.publish('open.snap', 'reader')", 'PR012', 'not approved', "$change->[0]: another one is not approved");
	works('alice', "$change->[2]", "$change->[0] is as it was, after a refresh with the other one");
	refused('alice', "SELECT privrelease.publish('open.snap', 'reader')", '55000', 'was changed after it was refreshed',
		"$change->[0]: rows that were made with the other one are not published");
}
works('alice', "SELECT privrelease.refresh('open.snap'), privrelease.build('open.live');
	SELECT privrelease.publish(r, 'reader') FROM unnest(ARRAY['open.snap', 'open.live']) AS r", 'what was approved is published');
is(seen($_), 'city 0,city 1', 'readers see what was approved') foreach @releases;

# ---- published, and changed below
works('alice', 'CREATE OR REPLACE VIEW src.below AS SELECT id, name AS city FROM src.person', 'the view below is another one');
refused('alice', "SELECT privrelease.refresh('open.snap')", 'PR003', 'was published with has changed', 'a refresh keeps to what was published');
is(seen('open.snap'), 'city 0,city 1', 'and readers of the table see that');
refused('reader', 'SELECT * FROM open.live', 'PR003', 'no longer as it was built', 'the live view stops');
refused('alice', "SELECT privrelease.build('open.live')", 'PR003', 'was published with has changed', 'and is not built anew');
works('alice', "SELECT privrelease.object('open.live', '1000', 'nobody of that number')", 'an objection is taken');
refused('reader', 'SELECT * FROM open.live', 'PR003', 'no longer as it was built', 'but does not build what nobody approved');
works('alice', "SELECT privrelease.object('open.live', '2', 'his wish'); SELECT privrelease.erase('src.v', '4', 'his wish')", 'nor do others');
refused('reader', 'SELECT * FROM open.live', 'PR003', 'no longer as it was built', 'the view goes on stopping');
works('alice', "CREATE OR REPLACE VIEW src.below AS $below; SELECT privrelease.build('open.live'), privrelease.refresh('open.snap')", 'what was approved is back');
is(seen($_), 'city 0,city 1', 'and is what readers see') foreach @releases;
is(works('reader', 'SELECT count(*) FROM open.live', 'the live view'), '78', 'without those who have objected meanwhile');
works('alice', "$label 'SELECT ''MARKER'' || \$1 % 4'", 'the function is another one');
refused('alice', "SELECT privrelease.refresh('open.snap')", 'PR003', 'was published with has changed', 'no refresh calls it');
works('alice', "$label 'SELECT \$2'; SELECT privrelease.refresh('open.snap')", 'it is as it was');

# ---- an approver withdraws
works('carol', "SELECT privrelease.withdraw('open.snap', 'harm seen')", 'carol withdraws');
works('alice', "SELECT privrelease.refresh('open.snap')", 'alice refreshes');
refused('alice', "SELECT privrelease.publish('open.snap', 'reader')", 'PR012', 'not approved', 'and does not publish against the approver');
approve('open.snap', 0);
works('alice', "SELECT privrelease.publish('open.snap', 'reader'); SELECT privrelease.withdraw('open.snap', 'a holiday')", 'what was approved again, alice withdraws herself');
works('alice', "SELECT privrelease.refresh('open.snap'); SELECT privrelease.publish('open.snap', 'reader')", 'and publishes again');

# ---- an approver who has changed labels
$node->safe_psql('postgres', 'GRANT carol TO alice');
works('carol', "SELECT privrelease.create_hierarchy('place', ARRAY[['city 0', 'zero', '*'], ['city 1', 'one', '*']])", 'a hierarchy of carol');
works('alice', "SELECT privrelease.set_rule('open.snap', 'city', 'hierarchy', '{\"hierarchy\": \"place\", \"level\": 1}');
	SELECT privrelease.assess('open.snap'); SELECT privrelease.submit('open.snap')", 'alice uses it');
works('carol', "SELECT privrelease.reject('open.snap', 'other labels, please')", 'carol wants other labels');
works('carol', "SELECT privrelease.create_hierarchy('place', ARRAY[['city 0', 'none', '*'], ['city 1', 'single', '*']])", 'and makes them');
works('alice', "SELECT privrelease.assess('open.snap'); SELECT privrelease.submit('open.snap')", 'alice submits');
refused('carol', "SELECT privrelease.approve('open.snap')", '42501', 'carol has changed', 'but then somebody else approves');

# ---- the log names releases in one way, and takes no book
works('alice', "SET quote_all_identifiers = on; SELECT privrelease.set_metadata('open.snap', '{\"title\": \"t\"}')", 'alice likes quotes');
is(works('dave', "SELECT release, event FROM privrelease.log ORDER BY entry DESC LIMIT 1", 'the log'), 'open.snap|set_metadata', 'has the name that it always has');
refused('alice', "SELECT privrelease.withdraw('open.snap', repeat('x', 1000000))", '54000', 'reason is longer than', 'a reason has an end');
is(works('dave', 'SELECT count(*) FROM privrelease.verify_log()', 'the log'), '0', 'is whole');

$node->stop;
done_testing();
