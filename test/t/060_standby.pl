# A hot standby: serves what the primary serves, to the same people, and writes nothing.
#
# What replication carries is the database: declarations, views, grants, invalidations.  The keyring is a file and is
# shipped by hand, so a standby without it, or with another one, must show no keyed column at all.
use strict;
use warnings;
use File::Copy;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = PostgreSQL::Test::Utils::tempdir();
my %keyring = (primary => "$directory/primary.keyring", standby => "$directory/standby.keyring");

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, auth_extra => [ '--create-role', 'steward,reader,clerk' ]);
$primary->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring{primary}'
jit = off
});
$primary->start;
$primary->safe_psql('postgres', 'CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE clerk LOGIN');
$primary->safe_psql('postgres', 'CREATE DATABASE city OWNER steward');
$primary->safe_psql('city', q{
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION steward;
	CREATE SCHEMA open AUTHORIZATION steward;
	GRANT USAGE ON SCHEMA src TO clerk;
	SELECT privrelease.create_key('k');
	SET ROLE steward;
	CREATE TABLE src.person (id int PRIMARY KEY, name text, code text, born date, income int, job text);
	INSERT INTO src.person SELECT g, 'MARKER' || g, lpad((g * 7919 % 1000000)::text, 8, '0'), '1950-01-01'::date + g, g * 7,
	  (ARRAY['nurse', 'doctor', 'smith'])[1 + g % 3] FROM generate_series(1, 20000) AS g;
	CREATE INDEX ON src.person (born);
	ANALYZE src.person;
	SELECT privrelease.create_hierarchy('jobs', ARRAY[['nurse', 'health', '*'], ['doctor', 'health', '*'], ['smith', 'craft', '*']]);
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id');
	SELECT privrelease.set_rule('open.person', 'id', 'pseudonymize', '{"key": "k"}');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 1}');
	SELECT privrelease.set_rule('open.person', 'code', 'encrypt_fpe', '{"key": "k", "alphabet": "0123456789"}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"unit": "month"}');
	SELECT privrelease.set_rule('open.person', 'income', 'noise', '{"scale": 100, "key": "k"}');
	SELECT privrelease.set_rule('open.person', 'job', 'hierarchy', '{"hierarchy": "jobs", "level": 1}');
	SELECT privrelease.build('open.person');
	SELECT privrelease.publish('open.person', 'reader');
	SELECT privrelease.create_release('open.jobs', 'src.person');
	SELECT privrelease.set_rule('open.jobs', 'job', 'hierarchy', '{"hierarchy": "jobs", "level": 1}');
	SELECT privrelease.build('open.jobs');
	SELECT privrelease.publish('open.jobs', 'reader');
	SELECT privrelease.create_release('open.count', 'src.person', kind => 'table', model => '{"k": 5}');
	SELECT privrelease.set_rule('open.count', 'job', 'hierarchy', '{"hierarchy": "jobs", "level": 1}');
	SELECT privrelease.set_rule('open.count', 'born', 'date_trunc', '{"unit": "decade"}');
	SELECT privrelease.refresh('open.count');
	SELECT privrelease.publish('open.count', 'reader');
});

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', "privrelease.keyring_file = '$keyring{standby}'\n");
$standby->start;

# psql as some login role, or the superuser, in a session of its own: (exit code, output, messages)
sub as_role
{
	my ($node, $role, $sql) = @_;
	my ($out, $err);
	my $rc = $node->psql('city', $sql, stdout => \$out, stderr => \$err, extra_params => [ defined $role ? ('-U', $role) : (), '-v', 'VERBOSITY=verbose' ]);
	return ($rc, $out, $err);
}

# A session that stays open.
sub session
{
	my ($role) = @_;
	return $standby->background_psql('city', on_error_stop => 0, extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
}

# A statement in such a session: (output, messages)
sub ask
{
	my ($session, $sql) = @_;
	$session->{stderr} = '';
	my $out = $session->query($sql);
	return ($out, $session->{stderr});
}

sub catch_up
{
	$primary->wait_for_catchup($standby);
	return;
}

sub ship_keyring
{
	unlink $keyring{standby};
	copy($keyring{primary}, $keyring{standby}) or die "$keyring{standby}: $!";
	chmod 0600, $keyring{standby} or die $!;
	return;
}

sub on_primary
{
	$primary->safe_psql('city', 'SET ROLE steward; ' . $_[0]);
	catch_up();
	return;
}

my $digest = q{SELECT md5(string_agg(p::text, ',' ORDER BY p::text)) FROM open.person AS p};

sub same_rows
{
	my ($name) = @_;
	my $wanted = (as_role($primary, 'reader', $digest))[1];
	my (undef, $out, $err) = as_role($standby, 'reader', $digest);
	like($wanted, qr/^[0-9a-f]{32}$/, "$name: the primary answers");
	is($out, $wanted, "$name: the standby answers the same") or diag($err);
	return;
}

catch_up();

# ---- keys: the file of the primary, or an error

my @keyed = ('SELECT id FROM open.person LIMIT 1', 'SELECT code FROM open.person LIMIT 1', 'SELECT income FROM open.person LIMIT 1', $digest,
	'COPY (SELECT id, income FROM open.person) TO STDOUT', q{SELECT count(*) FROM open.person WHERE id = '1' OR income = 7});

sub no_keyed_column
{
	my ($name) = @_;
	foreach my $sql (@keyed)
	{
		my ($rc, $out, $err) = as_role($standby, 'reader', $sql);
		ok($rc != 0 && $out eq '' && $err =~ /PR001: /, "$name: $sql") or diag("$out $err");
	}
	return;
}

my $open = session('reader');
no_keyed_column('no keyring');
like((ask($open, 'SELECT id FROM open.person LIMIT 1'))[1], qr/PR001: .*does not exist/, 'no keyring: nor in an open session');
is((as_role($standby, 'reader', 'SELECT count(*), max(name), min(born) FROM open.person'))[1], '20000|M****|1950-01-01', 'no keyring: other columns are served');

append_to_file($keyring{standby}, 'key 1 1 ' . '0f' x 32 . "\n");
chmod 0600, $keyring{standby};
no_keyed_column('the keyring of somebody else');

ship_keyring();
same_rows('keyring shipped');
is((ask($open, 'SELECT id FROM open.person ORDER BY name, born LIMIT 1'))[0], (as_role($primary, 'reader', 'SELECT id FROM open.person ORDER BY name, born LIMIT 1'))[1],
	'keyring shipped: an open session finds it');

# ---- who reads what is as on the primary

my @same = (
	[ 'reader', 'SELECT * FROM src.person', qr/permission denied/ ],
	[ 'clerk', 'SELECT name FROM open.person', qr/permission denied/ ],
	[ 'reader', 'SELECT count(*), count(DISTINCT job) FROM open.person', qr/^20000\|2$/ ],
	[ 'reader', q{SELECT privrelease.pseudonymize('guess'::text, '1.1'::privrelease.capability, 'src.person.id')}, qr/42501/ ],
	[ 'reader', q{SELECT privrelease.definition('open.person')}, qr/42501/ ],
	[ 'reader', q{SELECT * FROM privrelease.preview('open.person')}, qr/42501/ ],
	[ 'reader', 'SELECT release, source, state, audience FROM privrelease.releases ORDER BY release', qr/^open\.jobs\|src\.person\|published\|\{reader\}$/m ],
	[ 'reader', 'SELECT release, position, output_name, transform, params, key, key_version FROM privrelease.rules ORDER BY 1, 2', qr/^open\.person\|\d+\|id\|pseudonymize/m ],
	[ 'reader', 'SELECT name, family, params FROM privrelease.transforms ORDER BY 1', qr/^age\|/m ],
	[ 'reader', 'TABLE privrelease.keys', qr/^k\|1\|1\|/m ],
	[ 'steward', q{SELECT privrelease.definition('open.person')}, qr/security_barrier/i ],
	[ 'steward', q{SELECT privrelease.export_policy('open.person') -> 'rules'}, qr/pseudonymize/ ],
	[ 'steward', q{SELECT * FROM privrelease.drift('open.person') ORDER BY column_name}, qr/unclassified/ ],
	[ 'steward', q{SELECT count(*) FROM privrelease.preview('open.person', 3)}, qr/^18$/ ],
	[ 'steward', q{SELECT count(*), sum(risk) FROM privrelease.record_risk('open.person')}, qr/^20000\|/ ],
	[ 'steward', q{SELECT privrelease.joint_risk('open.person', 'open.jobs') ->> 'records'}, qr/different subjects/ ],
	[ 'reader', q{SELECT * FROM privrelease.record_risk('open.person')}, qr/42501/ ],
	[ 'steward', q{SELECT privrelease.impact_assessment('open.person') ->> 'release'}, qr/^open\.person$/ ],
	[ 'steward', q{SELECT length(privrelease.impact_report('open.person')) > 10000}, qr/^t$/ ],
	[ 'reader', q{SELECT privrelease.impact_assessment('open.person')}, qr/42501/ ],
	[ 'reader', q{SELECT count(*) FROM privrelease.assessments}, qr/^0$/ ],
	[ undef, q{SELECT count(*) FROM privrelease.verify_log(privrelease.log_head())}, qr/^0$/ ],
	[ undef, q{SELECT count(*) > 0, bool_and(signature IS NOT NULL) FROM privrelease.log}, qr/^t\|t$/ ],
	[ 'steward', q{SELECT kind, detector FROM privrelease.discover('src.person') WHERE column_name = 'name'}, qr/^identifier\|person_name$/ ],
	[ undef, 'SELECT count(*) FROM privrelease.audit()', qr/^\d+$/ ],
	[ 'reader', 'SELECT count(*) FROM privrelease.audit()', qr/ERROR: .*permission denied to call audit/ ],
	[ undef, 'SELECT item, state FROM privrelease.status()', qr/^preloaded\|yes\nguard\|on\nkeyring\|/ ],
	[ 'reader', q{EXPLAIN SELECT * FROM open.person}, qr/ERROR: / ],
	[ 'reader', q{SELECT ctid FROM open.person}, qr/ERROR: / ],
	[ 'reader', q{SET debug_print_plan = on; SELECT name FROM open.person LIMIT 1}, qr/ERROR: / ],
);
foreach my $case (@same)
{
	my ($role, $sql, $wanted) = @$case;
	my $there = join "\n", (as_role($primary, $role, $sql))[ 1, 2 ];
	my $here = join "\n", (as_role($standby, $role, $sql))[ 1, 2 ];
	$_ =~ s/^(.*(LINE \d+|LOCATION): .*|\s*\^)\n?//mg foreach $there, $here;
	ok($here =~ $wanted && $here eq $there, "as on the primary, @{[ $role // 'superuser' ]}: $sql") or diag("standby: $here\nprimary: $there");
}

# ---- filters on released columns find the source's index

my $month = q{EXPLAIN (COSTS OFF) SELECT name FROM open.person WHERE born = '1960-02-01'};
like($standby->safe_psql('city', $month), qr/Index Cond: .*born >= /, 'the index of the source serves a filter on its release');
unlike($standby->safe_psql('city', "SET privrelease.enable_derived_quals = off; $month"), qr/Index Cond: /, 'and only because it is derived');
is((as_role($standby, 'reader', q{SELECT count(*) FROM open.person WHERE born = '1960-02-01'}))[1], '29', 'a month has its days');
is((as_role($standby, 'reader', q{SET privrelease.enable_derived_quals = off; SELECT count(*) FROM open.person WHERE born = '1960-02-01'}))[1], '29', 'with and without');

# ---- nothing is written, and each function says so itself

my %writes = (
	create_key => q{'s'},
	rotate_key => q{'k'},
	create_hierarchy => q{'s', ARRAY[['a', '*']]},
	load_hierarchy => q{'s', 'src.person'},
	classify => q{'src.person', 'name', 'identifier'},
	create_release => q{'open.s', 'src.person'},
	set_rule => q{'open.person', 'name', 'suppress'},
	set_model => q{'open.person', '{"k": 5}'},
	create_index => q{'open.person', 'name'},
	drop_rule => q{'open.person', 'name'},
	drop_release => q{'open.person'},
	uninstall => '',
	import_policy => q{'{}'},
	build => q{'open.person'},
	assess => q{'open.person'},
	refresh => q{'open.person'},
	publish => q{'open.person', 'clerk'},
	withdraw => q{'open.person', 'why'},
	object => q{'open.person', '1', 'why'},
	withdraw_objection => q{'open.person', '1'},
	erase => q{'src.person', '1', 'why'},
	withdraw_erasure => q{'src.person', '1'},
	recall => q{'open.person', 1, 'notice'},
	grant_duty => q{'auditor', 'reader'},
	revoke_duty => q{'auditor', 'reader'},
	set_metadata => q{'open.person', '{}'},
	submit => q{'open.person'},
	approve => q{'open.person'},
	reject => q{'open.person', 'why'},
	rebind => '',
	set_criterion => q{'data.uniques', 0},
	map_audience => q{'reader', 'open.person'},
	unmap_audience => q{'reader'},
	schedule => q{'open.person', '0 3 * * *'},
	unschedule => q{'open.person'},
	run_scheduled => q{'open.person'},
	create_publication => q{'open.person', 'p'},
);
foreach my $function (sort keys %writes)
{
	my ($rc, $out, $err) = as_role($standby, undef, ($function eq 'run_scheduled' ? 'CALL' : 'SELECT') . " privrelease.$function($writes{$function})");
	ok($rc != 0 && $err =~ /ERROR:  25006: cannot execute \Q$function\E\(\) on a standby\nHINT:  Run it on the primary/, "$function() is refused") or diag("$out $err");
}
is($standby->safe_psql('city', q{SELECT string_agg(DISTINCT proname::text, ' ' ORDER BY proname::text) FROM pg_proc WHERE pronamespace = 'privrelease'::regnamespace
	AND provolatile = 'v' AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype) AND proname NOT IN ('definition', 'discover', 'drift', 'export_policy', 'impact_assessment', 'impact_report', 'joint_risk', 'log_head', 'preview', 'progress', 'record_risk', 'status', 'verify_log', 'version_risk', 'whereabouts')}),
	join(' ', sort keys %writes), 'no other function is volatile');
is(slurp_file($keyring{standby}), slurp_file($keyring{primary}), 'no key was made');

# ---- a release table follows its refreshes, needs no key, and is withdrawn

my $count = q{SELECT count(*), md5(string_agg(c::text, ',' ORDER BY release_row)) FROM open.count AS c};

sub same_table
{
	my ($name) = @_;
	my $wanted = (as_role($primary, 'reader', $count))[1];
	is((as_role($standby, 'reader', $count))[1], $wanted, "$name: the standby has the rows of the primary");
	return $wanted;
}

my $rows = same_table('a release table');
on_primary(q{DELETE FROM src.person WHERE id > 15000; SELECT privrelease.refresh('open.count')});
isnt(same_table('refreshed'), $rows, 'which are others now');
on_primary(q{SELECT privrelease.set_rule('open.count', 'name', 'constant', '{"value": "x"}'); SELECT privrelease.publish('open.count', 'reader')});
like(same_table('a column more'), qr/^15000\|/, 'all of them');
like((as_role($standby, 'reader', 'SELECT xmin FROM open.count'))[2], qr/permission denied/, 'columns only');
like((as_role($standby, 'clerk', $count))[2], qr/permission denied/, 'for its audience only');
on_primary(q{SELECT privrelease.withdraw('open.count', 'a mistake')});
like((as_role($standby, 'reader', $count))[2], qr/ERROR: /, 'withdrawn there too');
on_primary(q{SELECT privrelease.drop_release('open.count'); INSERT INTO src.person SELECT g, 'MARKER' || g, lpad((g * 7919 % 1000000)::text, 8, '0'), '1950-01-01'::date + g, g * 7,
	(ARRAY['nurse', 'doctor', 'smith'])[1 + g % 3] FROM generate_series(15001, 20000) AS g});

# ---- an open session follows the primary

ask($open, 'PREPARE job AS SELECT DISTINCT job FROM open.jobs ORDER BY 1; SET plan_cache_mode = force_generic_plan');
ask($open, q{PREPARE name AS SELECT DISTINCT name FROM open.person});
is((ask($open, 'EXECUTE job'))[0], "craft\nhealth", 'labels');
is((ask($open, 'EXECUTE name'))[0], 'M****', 'names');

on_primary(q{SELECT privrelease.create_hierarchy('jobs', ARRAY[['nurse', 'care', '*'], ['doctor', 'care', '*'], ['smith', 'craft', '*']])});
is((ask($open, 'EXECUTE job'))[0], "care\ncraft", 'a hierarchy is loaded again');

on_primary(q{SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 1, "fill": "#"}'); SELECT privrelease.publish('open.person')});
is((ask($open, 'EXECUTE name'))[0], 'M####', 'a release is built anew');

my $clerk = session('clerk');
like((ask($clerk, 'SELECT count(*) FROM open.person'))[1], qr/permission denied/, 'clerk is no audience');
on_primary(q{SELECT privrelease.publish('open.person', 'clerk')});
is((ask($clerk, 'SELECT count(*) FROM open.person'))[0], '20000', 'a release is published to another role');

like((ask($clerk, 'SELECT count(*) FROM src.person'))[1], qr/permission denied/, 'clerk is not mapped');
on_primary(q{RESET ROLE; SELECT privrelease.map_audience('clerk', 'open.person')});
is((ask($clerk, 'SELECT count(*), max(name) FROM src.person'))[0], '20000|M####', 'a role is mapped: its queries of the source are answered from the release');
on_primary(q{RESET ROLE; SELECT privrelease.unmap_audience('clerk')});
like((ask($clerk, 'SELECT count(*) FROM src.person'))[1], qr/permission denied/, 'and no longer');

$primary->safe_psql('city', q{SELECT privrelease.rotate_key('k'); SET ROLE steward; SELECT privrelease.build('open.person')});
catch_up();
like((ask($open, 'SELECT id FROM open.person LIMIT 1'))[1], qr/PR001: .*1\.2/, 'a key is rotated, and its file not shipped: an error');
is((ask($open, 'SELECT id FROM open.person LIMIT 1'))[0], '', 'and no pseudonym');
ship_keyring();
same_rows('a key is rotated and shipped');
like((ask($open, 'SELECT id FROM open.person LIMIT 1'))[0], qr/^[0-9a-f]{32}$/, 'in the open session too');

on_primary(q{SELECT privrelease.withdraw('open.jobs', 'a mistake')});
my ($out, $err) = ask($open, 'EXECUTE job');
ok($out eq '' && $err =~ /ERROR: /, 'a release is withdrawn') or diag("$out $err");
on_primary(q{SELECT privrelease.drop_release('open.jobs')});
($out, $err) = ask($open, 'EXECUTE job');
ok($out eq '' && $err =~ /ERROR: .*does not exist/, 'a release is dropped') or diag("$out $err");
$clerk->quit;

# ---- who objects is hidden here too, from the next statement on

ask($open, q{PREPARE persons AS SELECT count(*) FROM open.person});
is((ask($open, 'EXECUTE persons'))[0], '20000', 'all persons');
on_primary(q{SELECT privrelease.object('open.person', '1', 'asked')});
ship_keyring();
is((ask($open, 'EXECUTE persons'))[0], '19999', 'one objects, in an open session');
on_primary(q{SELECT privrelease.object('open.person', '2', 'asked')});
is((ask($open, 'EXECUTE persons'))[0], '19998', 'another one: a row more');
ask($open, 'BEGIN');
is((ask($open, 'EXECUTE persons'))[0], '19998', 'a transaction');
on_primary(q{SELECT privrelease.erase('src.person', '3', 'asked')});
is((ask($open, 'EXECUTE persons'))[0], '19997', 'the next statement in it');
ask($open, 'COMMIT');
is((as_role($standby, 'steward', q{SELECT * FROM privrelease.whereabouts('src.person', '3')}))[1], '', 'he is nowhere');
is((as_role($standby, 'steward', q{SELECT * FROM privrelease.whereabouts('src.person', '4')}))[1], 'open.person|', 'another one is in the view');
unlink $keyring{standby};
foreach my $sql ('SELECT count(*) FROM open.person', 'SELECT name FROM open.person LIMIT 1', 'SELECT 1 FROM open.person LIMIT 1')
{
	my (undef, $shown, $why) = as_role($standby, 'reader', $sql);
	ok($shown eq '' && $why =~ /PR001/, "without the keyring nobody is shown: $sql") or diag("$shown $why");
}
ship_keyring();
same_rows('who objects is hidden');

# ---- promotion: the same database, so everything is still bound

my $before = (as_role($standby, 'reader', $digest))[1];
$primary->stop;
$standby->promote;
is((as_role($standby, 'reader', $digest))[1], $before, 'promoted: the same rows');
is((ask($open, 'EXECUTE name'))[0], 'M####', 'promoted: an open session goes on');
is($standby->safe_psql('city', 'SELECT count(*) FROM privrelease.rebind()'), '0', 'promoted: nothing to bind');
my ($rc, $built, $messages) = as_role($standby, 'steward',
	q{SELECT privrelease.set_rule('open.person', 'name', 'suppress'); SELECT privrelease.publish('open.person'); SELECT privrelease.withdraw('open.person', 'over')});
is($rc, 0, 'promoted: declarations can be changed') or diag($messages);
like((as_role($standby, 'reader', 'SELECT count(*) FROM open.person'))[2], qr/ERROR: /, 'promoted: withdrawn');
is($standby->safe_psql('city', q{SELECT privrelease.create_key('new')}), '3', 'promoted: a key can be made');
like(slurp_file($keyring{standby}), qr/^key 3 1 [0-9a-f]{64}$/m, 'promoted: in the file of this server');
$open->quit;

unlike(slurp_file($standby->logfile), qr/MARKER\d/, 'no source value in the log');
$standby->stop;
done_testing();
