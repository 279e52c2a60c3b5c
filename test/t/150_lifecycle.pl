# From draft to publication, with persons who have logged in themselves: who may do what in which state, and what voids what.
use strict;
use warnings;
use File::Copy;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @people = qw(alice bob carol dave reader plain boss);
my $node = PostgreSQL::Test::Cluster->new('lifecycle');
$node->init(auth_extra => [ '--create-role', join(',', @people) ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
privrelease.require_approval = on
log_min_messages = warning
});
$node->start;

# alice and bob own the source through a group; carol approves, dave audits, boss is a superuser
$node->safe_psql('postgres', q{
	CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE carol LOGIN; CREATE ROLE dave LOGIN; CREATE ROLE reader LOGIN;
	CREATE ROLE plain LOGIN; CREATE ROLE boss LOGIN SUPERUSER;
	CREATE ROLE office; GRANT office TO alice, bob;
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION office; CREATE SCHEMA open AUTHORIZATION office;
	SET ROLE office;
	CREATE TABLE src.person (id int PRIMARY KEY, born date, city text, name text);
	INSERT INTO src.person SELECT g, date '1960-01-01' + (g % 40) * 365, 'city ' || g % 2, 'MARKER' || g FROM generate_series(1, 400) AS g;
});

sub as
{
	my ($role, $sql) = @_;
	my ($rc, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n" . ($role eq 'office' ? '' : '') . $sql,
		extra_params => [ '-U', $role ]);
	return ($rc, $out, $err);
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

sub state
{
	return $node->safe_psql('postgres', "SELECT state || coalesce(' ' || draft, '') FROM privrelease.releases WHERE release = 'open.person'");
}

# ---- duties
refused('alice', "SET ROLE office; SELECT privrelease.create_release('open.person', 'src.person')", '42501', 'create_release\(\)',
	'where approval is required, a steward has the duty');
refused('alice', "SELECT privrelease.grant_duty('steward', 'alice')", '42501', 'grant_duty', 'nobody gives himself a duty');
works('boss', "SELECT privrelease.grant_duty('steward', 'office'), privrelease.grant_duty('approver', 'carol'),
	privrelease.grant_duty('auditor', 'dave')", 'duties are given');
refused('boss', "SELECT privrelease.grant_duty('king', 'carol')", '22023', 'no duty', 'there are three duties');

# ---- a draft
works('alice', "SET ROLE office;
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id', kind => 'table', model => '{\"k\": 5}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{\"levels\": [\"year\", \"decade\"]}');
	SELECT privrelease.set_rule('open.person', 'city', 'keep');
	SELECT privrelease.refresh('open.person');", 'alice declares');
is(state(), 'draft', 'a release begins as a draft');
refused('alice', "SELECT privrelease.publish('open.person', 'reader')", 'PR012', 'not approved', 'a draft is not published');
refused('carol', "SELECT privrelease.approve('open.person')", '55000', 'is a draft', 'a draft is not approved');
refused('alice', "SELECT privrelease.submit('open.person')", '55000', 'only a person can say', 'it must be said what only a person can say');
works('alice', q{SELECT privrelease.set_metadata('open.person', '{"purpose": "p", "legal_basis": "l", "public_interest": "high: h",
	"retention": "2 years", "contact": "office"}')}, 'it is said');
refused('alice', "SELECT privrelease.submit('open.person')", '55000', 'has not been assessed', 'it must be assessed');
works('alice', "SELECT privrelease.assess('open.person')", 'it is assessed');
refused('plain', "SELECT privrelease.submit('open.person')", '42501', 'must be owner', 'others do not submit');
works('alice', "SELECT privrelease.submit('open.person')", 'it is submitted');
is(state(), 'submitted', 'and waits');
refused('alice', "SELECT privrelease.publish('open.person', 'reader')", '55000', 'waits for a decision', 'what waits is not published');

# ---- who approves
refused($_, "SELECT privrelease.approve('open.person')", '42501', 'approve\(\)', "$_ does not approve") foreach qw(plain reader bob dave);
works('boss', "GRANT carol TO alice; SELECT privrelease.grant_duty('approver', 'alice')", 'alice is given all she could want');
refused('alice', "SELECT privrelease.approve('open.person')", '42501', 'alice has changed', 'who has changed it does not approve');
refused('alice', "SET ROLE carol; SELECT privrelease.approve('open.person')", '42501', 'alice has changed', 'nor as another role');
works('boss', "GRANT CREATE ON DATABASE postgres TO carol", 'carol may create');
works('carol', "CREATE SCHEMA c; GRANT USAGE ON SCHEMA c TO PUBLIC;
	CREATE FUNCTION c.f() RETURNS void LANGUAGE sql SECURITY DEFINER AS \$\$ SELECT privrelease.approve('open.person') \$\$", 'a definer function of carol');
refused('alice', 'SELECT c.f()', '42501', 'alice has changed', 'nor through a function of an approver');
# a superuser who has logged in and takes another's name has still logged in
works('boss', "SELECT privrelease.set_metadata('open.person', '{\"retention\": \"1 year\"}')", 'a superuser changes something');
is(state(), 'draft', 'which takes the submission back');
works('alice', "SELECT privrelease.assess('open.person'); SELECT privrelease.submit('open.person')", 'it is submitted again');
refused('boss', "SET SESSION AUTHORIZATION carol; SELECT privrelease.approve('open.person')", '42501', 'boss has changed', 'whoever logged in counts');
refused('carol', "SELECT privrelease.approve('open.person', 'fine', 'another digest')", 'PR003', 'looked at', 'an approver can say what he has looked at');
refused('carol', "SELECT privrelease.reject('open.person', ' ')", '22023', 'says why', 'a rejection says why');
works('carol', "SELECT privrelease.reject('open.person', 'think again')", 'carol rejects');
is(state(), 'draft', 'back to its steward');
works('alice', "SELECT privrelease.submit('open.person')", 'and again');

# ---- what is changed after it was submitted
works('boss', "ALTER TABLE src.person RENAME COLUMN city TO town", 'the source is changed behind its back');
refused('carol', "SELECT privrelease.approve('open.person')", 'PR003', 'not what was submitted', 'another source is not approved');
works('boss', "ALTER TABLE src.person RENAME COLUMN town TO city", 'and back');
my $digest = $node->safe_psql('postgres', "SELECT declaration FROM privrelease.releases WHERE release = 'open.person'");
works('carol', "SELECT privrelease.approve('open.person', 'fine', '$digest')", 'carol approves what she has looked at');
is(state(), 'approved', 'approved');
is($node->safe_psql('postgres', "SELECT decision, decided_by, note, declaration = '$digest', 'alice' = ANY (editors) FROM privrelease.approvals ORDER BY decided_at DESC LIMIT 1"),
	'approved|carol|fine|t|t', 'which is written down');

# ---- what voids an approval
foreach my $change ("privrelease.set_rule('open.person', 'born', 'date_trunc', '{\"unit\": \"decade\"}')", "privrelease.drop_rule('open.person', 'city')",
	"privrelease.set_model('open.person', '{\"k\": 2}')", "privrelease.classify('src.person', 'city', 'insensitive')",
	"privrelease.set_metadata('open.person', '{\"legal_basis\": \"other\"}')")
{
	is(works('alice', "BEGIN; SET ROLE office; SELECT 1 FROM (SELECT $change) AS c; SELECT state FROM privrelease.releases WHERE release = 'open.person'; ROLLBACK",
		"$change is a change") =~ s/^.*\n//r, 'draft', 'that voids an approval');
}
is(works('alice', "BEGIN; SELECT privrelease.set_metadata('open.person', '{\"title\": \"t\"}'); SELECT state FROM privrelease.releases WHERE release = 'open.person'; ROLLBACK",
	'a title') =~ s/^\s*//r, 'approved', 'is nothing to approve');
works('alice', "SELECT privrelease.refresh('open.person')", 'a refresh');
is(state(), 'approved', 'is no change');
works('alice', "SELECT privrelease.publish('open.person', 'reader')", 'what is approved is published');
is(state(), 'published', 'published');
is(works('reader', "SELECT count(born) FROM open.person", 'and read'), '400', 'by its audience');
works('alice', "SELECT privrelease.refresh('open.person')", 'refreshes keep the approval');
is($node->safe_psql('postgres', "SELECT published_approval IS NOT NULL FROM privrelease.release"), 't', 'which it was published with');

# ---- a draft beside it
works('alice', "SET ROLE office; SELECT privrelease.drop_rule('open.person', 'born')", 'alice changes what is published');
is(state(), 'published draft', 'which makes a draft beside it');
works('bob', "SELECT privrelease.refresh('open.person')", 'it is refreshed meanwhile');
is(works('reader', 'SELECT count(born) FROM open.person', 'readers'), '400', 'keep what was approved');
refused('alice', "SELECT privrelease.publish('open.person')", 'PR012', 'not approved', 'the draft is not published');
works('alice', "SELECT privrelease.assess('open.person'); SELECT privrelease.submit('open.person')", 'it is submitted');
is(state(), 'published submitted', 'beside what is published');
refused('alice', "SELECT privrelease.approve('open.person')", '42501', 'alice has changed', 'who changed the draft does not approve it');
works('carol', "SELECT privrelease.approve('open.person')", 'carol approves');
is(state(), 'published approved', 'the draft');
is(works('reader', 'SELECT count(born) FROM open.person', 'readers'), '400', 'see nothing of it yet');
works('alice', "SELECT privrelease.publish('open.person')", 'it is published');
is(state(), 'published', 'and is no draft any more');
refused('reader', 'SELECT count(born) FROM open.person', '42703', 'born', 'and they see what was approved');
is(works('reader', 'SELECT count(city) FROM open.person', 'they'), '400', 'without having been granted anything anew');

# ---- no change by hand that is not legal
refused('boss', "UPDATE privrelease.release SET state = 'draft'", '23(514|503)', '', 'published does not become a draft');
refused('boss', "UPDATE privrelease.release SET state = 'approved'", '23(514|503)', '', 'nor approved');
refused('boss', "UPDATE privrelease.release SET draft = 'approved', previous_draft = 'submitted'", '23(514|503)', '', 'no draft is approved without having been submitted');
refused('boss', "INSERT INTO privrelease.approval (release, release_schema, release_name, source_owner, decision, declaration, verdict, decided_by, decided_roles, editors, editor_names)
	VALUES (1, 'open', 'person', 'office', 'approved', 'x', 'pass', 'alice', ARRAY['alice'::regrole::oid], ARRAY['alice'::regrole::oid], '{alice}')", '23514', 'approver_is_no_editor', 'no editor approves, even by hand');
refused('boss', "INSERT INTO privrelease.approval (release, release_schema, release_name, source_owner, decision, declaration, verdict, decided_by, decided_roles, editors, editor_names)
	VALUES (1, 'open', 'person', 'office', 'approved', 'x', 'fail', 'carol', '{}', '{}', '{}')", '23514', 'approval', 'what has failed is not approved, even by hand');

# ---- withdrawal
refused('plain', "SELECT privrelease.withdraw('open.person', 'harm')", '42501', 'must be owner', 'others do not withdraw');
works('carol', "SELECT privrelease.withdraw('open.person', 'harm')", 'an approver does');
is(state(), 'withdrawn', 'withdrawn');
refused('reader', 'SELECT count(city) FROM open.person', '(42501|PR008)', '', 'nobody reads it');
refused('alice', "SELECT privrelease.publish('open.person', 'reader')", '55000', 'not refreshed since', 'nor is it published as it is');
works('alice', "SELECT privrelease.refresh('open.person')", 'a refresh');
is(state(), 'draft', 'brings back a draft: an approver has taken back what was approved');
refused('alice', "SELECT privrelease.publish('open.person', 'reader')", 'PR012', 'not approved', 'which alice does not publish alone');
works('alice', "SELECT privrelease.submit('open.person')", 'it is submitted as it was');
works('carol', "SELECT privrelease.approve('open.person')", 'approved anew');
works('alice', "SELECT privrelease.publish('open.person', 'reader'); SELECT privrelease.withdraw('open.person', 'holiday')", 'published, and withdrawn by alice');
works('alice', "SELECT privrelease.refresh('open.person')", 'a refresh');
is(state(), 'approved', 'brings back what was approved');
works('alice', "SELECT privrelease.publish('open.person', 'reader')", 'and it is published again');
is($node->safe_psql('postgres', "SELECT count(*), count(*) FILTER (WHERE until IS NULL), count(DISTINCT role_name) FROM privrelease.readership"), '3|1|1', 'who could read it when is kept');

# ---- a failed assessment
works('alice', "SET ROLE office; ALTER TABLE src.person ADD COLUMN one int DEFAULT 1; SELECT privrelease.set_model('open.person', '{\"k\": 300}')", 'a model that cannot hold');
works('alice', "SELECT privrelease.assess('open.person') ->> 'verdict'", 'is assessed');
refused('alice', "SELECT privrelease.submit('open.person')", '55000', 'has failed', 'and is not submitted');

# ---- what who may see
is(works($_, "SELECT count(*) > 0 FROM privrelease.assessments", "$_ looks"), 't', "$_ sees assessments") foreach qw(alice carol dave boss);
is(works($_, "SELECT count(*) FROM privrelease.assessments", "$_ looks"), '0', "$_ sees none") foreach qw(reader plain);
is(works($_, "SELECT count(*) > 0 FROM privrelease.approvals", "$_ looks"), 't', "$_ sees decisions") foreach qw(alice carol dave boss);
is(works($_, "SELECT count(*) FROM privrelease.approvals", "$_ looks"), '0', "$_ sees none") foreach qw(reader plain);
refused('carol', 'SELECT * FROM src.person', '42501', 'permission denied', 'an approver reads no source');
refused('carol', "SELECT * FROM privrelease.preview('open.person')", '42501', 'must be owner', 'nor a preview');

# ---- labels of a live view are part of what was approved
works('alice', "SET ROLE office; SELECT privrelease.create_hierarchy('place', ARRAY[['city 0', 'a', '*'], ['city 1', 'b', '*']]);
	SELECT privrelease.create_release('open.place', 'src.person', purpose => 'p');
	SELECT privrelease.set_rule('open.place', 'city', 'hierarchy', '{\"hierarchy\": \"place\", \"level\": 1}');
	SELECT privrelease.build('open.place');
	SELECT privrelease.set_metadata('open.place', '{\"legal_basis\": \"l\", \"public_interest\": \"low: i\", \"retention\": \"r\", \"contact\": \"c\"}');
	SELECT privrelease.assess('open.place'); SELECT privrelease.submit('open.place')", 'a view with a hierarchy');
my $worse = "SELECT privrelease.create_hierarchy('place', ARRAY[['city 0', 'city 0', '*'], ['city 1', 'city 1', '*']])";
works('alice', "BEGIN; SET ROLE office; $worse; COMMIT", 'its labels change while it waits');
refused('carol', "SELECT privrelease.approve('open.place')", 'PR003', 'not what was submitted', 'which is not approved');
works('carol', "SELECT privrelease.reject('open.place', 'labels')", 'but rejected');
works('alice', "SET ROLE office; SELECT privrelease.create_hierarchy('place', ARRAY[['city 0', 'a', '*'], ['city 1', 'b', '*']]);
	SELECT privrelease.assess('open.place'); SELECT privrelease.submit('open.place')", 'as it was');
works('carol', "SELECT privrelease.approve('open.place')", 'it is approved');
works('alice', "SELECT privrelease.publish('open.place', 'reader')", 'and published');
refused($_, $worse, '55006', 'as it was approved', "$_ cannot change its labels") foreach qw(alice boss);
is(works('reader', 'SELECT string_agg(DISTINCT city, \',\' ORDER BY city) FROM open.place', 'readers see'), 'a,b', 'what was approved');
refused('alice', "BEGIN; CREATE OR REPLACE VIEW src.person AS SELECT 1", '42809', '', 'a source that is a table stays one');

# ---- without approval one person publishes
$node->append_conf('postgresql.conf', 'privrelease.require_approval = off');
$node->reload;
works('boss', "SELECT pg_sleep(0.2)", 'settings are read');
works('plain', 'SELECT 1', 'plain');
works('boss', "CREATE SCHEMA alone AUTHORIZATION plain; CREATE TABLE alone.t AS SELECT g FROM generate_series(1, 9) AS g; ALTER TABLE alone.t OWNER TO plain", 'a source');
works('plain', "SELECT privrelease.create_release('alone.r', 'alone.t'); SELECT privrelease.set_rule('alone.r', 'g', 'bin', '{\"width\": 5}');
	SELECT privrelease.build('alone.r'); SELECT privrelease.publish('alone.r', 'reader')", 'draft, published');
refused('plain', "SET privrelease.require_approval = off", '42501', 'permission denied', 'which only a superuser decides');

# ---- a dump of all this, restored where roles have other numbers
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump.sql';
my $was = $node->safe_psql('postgres', "SELECT string_agg(p::text, ' ' ORDER BY release_row) FROM open.person AS p");
command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump ], 'it is dumped');
my $other = PostgreSQL::Test::Cluster->new('elsewhere');
$other->init(auth_extra => [ '--create-role', join(',', @people) ]);
copy($keyring, "$keyring.2") or die;
chmod(0600, "$keyring.2");
$other->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring.2'\nprivrelease.require_approval = on\n");
$other->start;
my $home = $node;
# plain has the number here that carol had there, or some other of those
$other->safe_psql('postgres', "CREATE ROLE $_ LOGIN") foreach qw(plain reader);
$other->safe_psql('postgres', "CREATE ROLE filler$_") foreach 1 .. 8;
$other->safe_psql('postgres', "CREATE ROLE $_ LOGIN") foreach qw(dave carol bob alice);
$other->safe_psql('postgres', 'CREATE ROLE boss LOGIN SUPERUSER; CREATE ROLE office; GRANT office TO alice, bob');
$other->safe_psql('postgres', $_) foreach grep { /^CREATE ROLE privrelease_/ } split /\n/, $home->safe_psql('postgres', q{SELECT format('CREATE ROLE %I NOLOGIN NOINHERIT;', release_role) FROM privrelease.releases});
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $other->connstr('postgres'), '-f', $dump ], 'and restored');
$node = $other;
is(works($_, "SELECT privrelease.has_duty('approver') OR privrelease.has_duty('auditor') OR privrelease.has_duty('steward')", "$_ asks"), 'f', "$_ has no duty before rebind()")
	foreach qw(plain reader dave carol alice);
is($node->safe_psql('postgres', "SELECT count(*) FROM privrelease.duties"), '0', 'nobody has');
is($node->safe_psql('postgres', "SELECT string_agg(finding, ',') FROM privrelease.rebind() WHERE release = 'open.person'"), 'bound, table kept as it is', 'rebind()');
is($node->safe_psql('postgres', "SELECT string_agg(duty || ' ' || role, ',' ORDER BY duty, role) FROM privrelease.duties"),
	'approver alice,approver carol,auditor dave,steward office', 'gives duties to the same names');
is(works($_->[0], "SELECT privrelease.has_duty('$_->[1]')", "$_->[0] asks"), $_->[2], "$_->[0] as $_->[1]")
	foreach [ 'carol', 'approver', 't' ], [ 'alice', 'steward', 't' ], [ 'dave', 'auditor', 't' ], [ 'plain', 'approver', 'f' ], [ 'plain', 'auditor', 'f' ];
is(state(), 'published draft', 'a draft beside what is published');
works('alice', "SELECT privrelease.refresh('open.person')", 'is refreshed as it was published');
is($node->safe_psql('postgres', "SELECT string_agg(p::text, ' ' ORDER BY release_row) FROM open.person AS p"), $was, 'readers see what they saw');
refused('alice', "SELECT privrelease.publish('open.person')", 'PR012', 'not approved', 'and the draft is not published');
works('alice', "SELECT privrelease.set_model('open.person', '{\"k\": 5}'); SELECT privrelease.assess('open.person'); SELECT privrelease.submit('open.person')", 'it is mended and submitted');
refused('alice', "SELECT privrelease.approve('open.person')", '42501', 'alice has changed', 'its editors are known here too');
works('carol', "SELECT privrelease.approve('open.person'); SELECT 1", 'and its approver');
works('alice', "SELECT privrelease.publish('open.person')", 'so it is published');

$_->stop foreach $home, $other;
done_testing();
