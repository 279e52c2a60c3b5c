# Refreshes that pg_cron runs: jobs that only their own role has, what comes of them, and what is on record when they fail. One
# server has pg_cron where the releases are, and runs jobs in background workers; the other has it in another database, and
# connects.
#
# Each source value carries a marker: no record that others read may show one.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $share = `pg_config --sharedir`);
plan skip_all => 'pg_cron is not installed (Debian: postgresql-NN-cron)' unless -e "$share/extension/pg_cron.control";

my $directory = PostgreSQL::Test::Utils::tempdir();

sub server
{
	my ($name, $database, @lines) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(auth_extra => [ '--create-role', 'registrar,clerk,stranger' ]);
	$node->append_conf('postgresql.conf', join "\n", q{shared_preload_libraries = 'privrelease, pg_cron'}, "privrelease.keyring_file = '$directory/$name.keyring'",
		"cron.database_name = '$database'", 'max_worker_processes = 40', 'timezone = UTC', @lines, '');
	$node->start;
	$node->safe_psql('postgres', 'CREATE ROLE registrar LOGIN; CREATE ROLE clerk LOGIN IN ROLE registrar; CREATE ROLE stranger LOGIN; CREATE ROLE office;
		CREATE DATABASE city OWNER registrar');
	$node->safe_psql('city', q{
		CREATE EXTENSION privrelease;
		SET ROLE registrar;
		CREATE SCHEMA registry;
		CREATE SCHEMA open;
		CREATE TABLE registry.base (id int PRIMARY KEY, name text, city text);
		INSERT INTO registry.base SELECT g, 'MARKER' || g, 'c' || g % 10 FROM generate_series(1, 200) AS g;
		CREATE TABLE registry.mood (bad boolean);
		INSERT INTO registry.mood VALUES (false);
		CREATE FUNCTION registry.look(name text, bad boolean) RETURNS text LANGUAGE plpgsql AS
		  $$ BEGIN IF bad THEN RAISE EXCEPTION 'value % is bad', name USING ERRCODE = 'PR010'; END IF; RETURN 'x'; END $$;
		CREATE VIEW registry.person AS SELECT b.id, b.city, registry.look(b.name, m.bad) AS code FROM registry.base AS b, registry.mood AS m;
		SELECT privrelease.classify('registry.base', 'city', 'quasi_identifier'), privrelease.classify('registry.person', 'city', 'quasi_identifier'),
		  privrelease.classify('registry.person', 'code', 'insensitive');
	});
	return $node;
}

# (output, messages) of a role
sub as
{
	my ($node, $database, $role, $sql) = @_;
	my ($out, $err);
	$node->psql($database, $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose', '-v', 'SHOW_CONTEXT=never' ]);
	$err =~ s/^psql:<stdin>:\d+: //mg;
	return ($out, $err);
}

sub make_release
{
	my ($node, $name, $source) = @_;
	$name =~ s/'/''/g;
	as($node, 'city', 'registrar', qq{
		SELECT privrelease.create_release('$name', 'registry.$source', subject => 'id', kind => 'table', model => '{"k": 3}');
		SELECT privrelease.set_rule('$name', 'city', 'keep');
		@{[ $source eq 'person' ? "SELECT privrelease.set_rule('$name', 'code', 'keep');" : '' ]}
		SELECT privrelease.refresh('$name')});
	return;
}

my $near = server('near', 'city', 'cron.use_background_workers = on');
my $far = server('far', 'postgres');
$far->append_conf('postgresql.conf', "cron.host = '" . $far->host . "'\n");
$far->restart;

# ---- pg_cron that is not there, or is not pg_cron

make_release($near, 'open.good', 'base');
my $major = $near->pg_version;
$major =~ s/\..*//;
my $schedule = q{SELECT privrelease.schedule('open.good', '0 3 * * *')};
$near->safe_psql('city', q{
	CREATE SCHEMA cron AUTHORIZATION stranger;
	CREATE TABLE cron.trapped (command text);
	CREATE FUNCTION cron.schedule(text, text, text) RETURNS int8 LANGUAGE sql AS 'INSERT INTO cron.trapped VALUES ($3); SELECT 1::int8';
	GRANT ALL ON SCHEMA cron TO PUBLIC; GRANT ALL ON cron.trapped TO PUBLIC});
like((as($near, 'city', 'registrar', $schedule))[1], qr/0A000: extension pg_cron is not created in this database\nHINT:  .*CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO registrar;/,
	'a schema named cron is not pg_cron');
is($near->safe_psql('city', 'SELECT count(*) FROM cron.trapped'), '0', 'and its functions are not called');
$near->safe_psql('city', 'DROP SCHEMA cron CASCADE; CREATE EXTENSION pg_cron');

$far->safe_psql('postgres', 'CREATE EXTENSION pg_cron');
make_release($far, 'open.good', 'base');
my (undef, $there) = as($far, 'city', 'registrar', q{SELECT privrelease.schedule('open.good', '* * * * *')});
like($there, qr/0A000: pg_cron runs jobs from database "postgres", not from this one\n/, 'pg_cron in another database');
my ($call) = $there =~ /^HINT:  Type there, as a superuser: (.*;)$/m;
is($call, q{SELECT cron.schedule_in_database('privrelease refresh open.good in city', '* * * * *', 'CALL privrelease.run_scheduled(''open.good'')', 'city', 'registrar');},
	'and what to type there');

# ---- who may have a job, of what

my ($often) = $near->safe_psql('city', q{SELECT CASE WHEN string_to_array(split_part(extversion, '-', 1), '.')::int[] >= '{1,5}' THEN '2 seconds' ELSE '* * * * *' END
	FROM pg_extension WHERE extname = 'pg_cron'});
like((as($near, 'city', 'registrar', $schedule))[1], qr/42501: permission denied for schema cron\nHINT:  A superuser gives it: GRANT USAGE ON SCHEMA cron TO registrar;/, 'without USAGE on the schema cron');
$near->safe_psql('city', 'GRANT USAGE ON SCHEMA cron TO registrar, stranger');
like((as($near, 'city', 'stranger', $schedule))[1], qr/42501: must be owner of registry\.base/, 'not the owner');
like((as($near, 'city', $near->safe_psql('city', 'SELECT current_user'), $schedule))[1], qr/42501: a refresh is not scheduled for a superuser\n.*\nHINT:  SET ROLE/, 'a superuser');
$near->safe_psql('city', 'GRANT registrar TO office');
like((as($near, 'city', $near->safe_psql('city', 'SELECT current_user'), "SET ROLE office; $schedule"))[1], qr/42501: role office cannot log in, so it can run no job/, 'a role that cannot log in');
like((as($near, 'city', 'registrar', q{SELECT privrelease.schedule('open.good', 'now and then')}))[1], qr/invalid schedule: now and then/, 'what is no schedule, in the words of pg_cron');
as($near, 'city', 'registrar', q{SELECT privrelease.create_release('open.live', 'registry.base')});
like((as($near, 'city', 'registrar', q{SELECT privrelease.schedule('open.live', '0 3 * * *')}))[1], qr/42809: release open\.live is a view/, 'a view');
like((as($near, 'city', 'registrar', q{SELECT privrelease.unschedule('open.good')}))[1], qr/42704: release open\.good is not scheduled/, 'nothing to unschedule');
is($near->safe_psql('city', 'SELECT count(*) FROM cron.job'), '0', 'no job was made');

# ---- jobs: one for a release, of whoever made it last; others' are left alone

my $jobs = q{SELECT jobname || '|' || schedule || '|' || command || '|' || database || '|' || username FROM cron.job ORDER BY jobname, username};
as($near, 'city', 'stranger', q{SELECT cron.schedule('privrelease refresh open.good', '0 4 * * *', 'SELECT 1')});
my $strangers = 'privrelease refresh open.good|0 4 * * *|SELECT 1|city|stranger';
as($near, 'city', 'registrar', $schedule);
as($near, 'city', 'registrar', q{SELECT privrelease.schedule('open.good', '0 5 * * *')});
is($near->safe_psql('city', $jobs), "privrelease refresh open.good|0 5 * * *|CALL privrelease.run_scheduled('open.good')|city|registrar\n$strangers", 'scheduled again: replaced');
like((as($near, 'city', 'clerk', $schedule))[1], qr/NOTICE:  .*the job of another role that refreshed release open\.good is replaced/, 'a member of the owner schedules it');
is($near->safe_psql('city', $jobs), "privrelease refresh open.good|0 3 * * *|CALL privrelease.run_scheduled('open.good')|city|clerk\n$strangers", 'as himself');
as($near, 'city', 'registrar', q{SELECT privrelease.unschedule('open.good')});
is($near->safe_psql('city', $jobs), $strangers, 'unscheduled: the job of the release, and no other');

# ---- jobs that run

my $weird = q{open."a""b $$ 'x\\'; DROP TABLE base; --"};
my $long = 'open.' . 'n' x 63;
make_release($near, $_, 'base') foreach 'open.bad', 'open.lost', $weird, $long;
make_release($near, 'open.leaky', 'person');
(my $weird_literal = $weird) =~ s/'/''/g;
as($near, 'city', 'registrar', q{
	UPDATE registry.base SET city = 'c1' WHERE id < 50;
	UPDATE registry.mood SET bad = true;
	SELECT privrelease.set_model('open.bad', '{"k": 190, "suppression_limit": 0}')});
as($near, 'city', 'registrar', "SELECT privrelease.schedule('$_', '$often')") foreach 'open.good', 'open.bad', 'open.leaky', $long, $weird_literal;
as($near, 'city', 'clerk', "SELECT privrelease.schedule('open.lost', '$often')");
$near->safe_psql('city', 'REVOKE registrar FROM clerk');
is($near->safe_psql('city', q{SELECT string_agg(jobname::text, ' ' ORDER BY jobname::text COLLATE "C") FROM cron.job WHERE jobname ~ '#'}), 'privrelease refresh #'
	. $near->safe_psql('city', "SELECT id FROM privrelease.release WHERE release_name = '@{[ 'n' x 63 ]}'"), 'a long name gives way to a number');
as($far, 'city', 'registrar', q{UPDATE registry.base SET city = 'c1' WHERE id < 50});
$far->safe_psql('postgres', $call);

sub wait_for_version
{
	my ($node, $name) = @_;
	$name =~ s/'/''/g;
	ok($node->poll_query_until('city', qq{SELECT version >= 2 FROM privrelease.releases WHERE release = '$name'}), "refreshed: $name");
	return;
}

sub wait_for_run
{
	my ($name, $status) = @_;
	ok($near->poll_query_until('city', qq{SELECT count(*) > 0 FROM cron.job_run_details WHERE command LIKE '%$name%' AND status = '$status'}), "$status, in pg_cron's own table: $name");
	return;
}

wait_for_version($near, $_) foreach 'open.good', $weird, $long;
wait_for_run('open.good', 'succeeded');
is($near->safe_psql('city', q{SELECT DISTINCT refreshed_by FROM privrelease.versions WHERE release = 'open.good'}), 'registrar', 'by the role of the job');
is($near->safe_psql('city', q{SELECT failed_at IS NULL AND failure IS NULL FROM privrelease.releases WHERE release = 'open.good'}), 't', 'no failure');

# ---- jobs that fail: in releases, in the log, in pg_cron's own table

sub failure_of
{
	my ($name) = @_;
	return $near->safe_psql('city', qq{SELECT (failed_at IS NOT NULL) || '|' || coalesce(failure, '') || '|' || version FROM privrelease.releases WHERE release = '$name'});
}

wait_for_run($_, 'failed') foreach 'open.bad', 'open.leaky', 'open.lost';
is(failure_of('open.bad'), 'true|PR010: release open.bad cannot hold its model|1', 'what the model cannot hold is said in releases');
is(failure_of('open.leaky'), 'true|PR010 (condition of other code)|1', 'of an error in code of the source its SQLSTATE is said');
is(failure_of('open.lost'), 'false||1', 'who is no longer a member of the owner writes nothing');
my $log = q{SELECT DISTINCT release || '|' || acting_role || '|' || (details ->> 'sqlstate') || '|' || (details ->> 'failure') FROM privrelease.log WHERE event = 'run_scheduled' ORDER BY 1};
is($near->safe_psql('city', $log), "open.bad|registrar|PR010|PR010: release open.bad cannot hold its model\nopen.leaky|registrar|PR010|PR010 (condition of other code)", 'and in the log');
is($near->safe_psql('city', 'SELECT count(*) FROM privrelease.verify_log()'), '0', 'which is intact');
my $runs = q{SELECT DISTINCT return_message FROM cron.job_run_details WHERE status = 'failed' AND command LIKE '%run_scheduled%};
like((as($near, 'city', 'registrar', $runs . q{open.bad%'}))[0], qr/cannot hold its model/, 'the role of the job finds the error in pg_cron\'s table');
like($near->safe_psql('city', $runs . q{open.lost%'}), qr/must be owner of registry\.base/, 'that of a lost membership too');
is((as($near, 'city', 'stranger', $runs . q{%'}))[0], '', 'and nobody else does');
foreach my $table ('releases', 'log', 'versions')
{
	is($near->safe_psql('city', "SELECT count(*) FROM privrelease.$table AS t WHERE t::text LIKE '%MARKER%'"), '0', "no source value in $table");
}

# ---- mended: the record ends

as($near, 'city', 'registrar', q{UPDATE registry.mood SET bad = false; CALL privrelease.run_scheduled('open.leaky')});
is(failure_of('open.leaky') =~ s/\d+$//r, 'false||', 'a run that succeeds ends the record');

# ---- dropped: its job goes

as($near, 'city', 'registrar', "SELECT privrelease.drop_release('$_')") foreach 'open.good', 'open.leaky', $long, $weird_literal;
is($near->safe_psql('city', q{SELECT string_agg(command, ' ' ORDER BY command) FROM cron.job WHERE username <> 'stranger'}),
	q{CALL privrelease.run_scheduled('open.bad') CALL privrelease.run_scheduled('open.lost')}, 'jobs go with their releases');
is($near->safe_psql('city', 'SELECT count(*) FROM registry.base'), '200', 'no name of a release was run');

# ---- pg_cron in another database, which connects

wait_for_version($far, 'open.good');
is($far->safe_psql('postgres', q{SELECT DISTINCT status || ' ' || username FROM cron.job_run_details WHERE status = 'succeeded'}), 'succeeded registrar', 'what was typed there works');
my (undef, $how) = as($far, 'city', 'registrar', q{SELECT privrelease.unschedule('open.good')});
my ($undo) = $how =~ /^HINT:  Type there, as a superuser: (.*;)$/m;
like((as($far, 'city', 'registrar', q{SELECT privrelease.drop_release('open.good')}))[1], qr/NOTICE:  .*a job that refreshes release open\.good, if there is one, has to be removed by hand\nHINT:  In database postgres: \Q$undo\E/,
	'a release is dropped: what to type there');
$far->safe_psql('postgres', $undo);
is($far->safe_psql('postgres', 'SELECT count(*) FROM cron.job'), '0', 'and that removes the job');

# ---- wal_level that replicas cannot use: as PostgreSQL says it

like((as($near, 'city', 'registrar', q{SELECT privrelease.create_release('open.sent', 'registry.base', subject => 'id', kind => 'table', model => '{"k": 3}');
	SELECT privrelease.set_rule('open.sent', 'city', 'keep'); SELECT privrelease.refresh('open.sent'); SELECT privrelease.publish('open.sent', 'stranger');
	SELECT privrelease.create_publication('open.sent', 'sent')}))[1], qr/WARNING:  .*wal_level.* is insufficient to publish logical changes/, 'a publication that sends nothing is made, with a warning');

# ---- not loaded

$near->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\n");
$near->restart;
$near->safe_psql('postgres', 'CREATE DATABASE town OWNER registrar');
$near->safe_psql('town', q{CREATE EXTENSION privrelease; SET ROLE registrar; CREATE SCHEMA open; CREATE TABLE open.list (id int PRIMARY KEY);
	SELECT privrelease.create_release('open.r', 'open.list', subject => 'id', kind => 'table', model => '{"k": 3}')});
like((as($near, 'town', 'registrar', q{SELECT privrelease.schedule('open.r', '0 3 * * *')}))[1],
	qr/0A000: pg_cron is not loaded in this server\nHINT:  .*apt-get install postgresql-$major-cron.*cron\.database_name = 'town'.*GRANT USAGE ON SCHEMA cron TO registrar;/, 'pg_cron is not loaded');
$_->stop foreach $near, $far;
done_testing();
