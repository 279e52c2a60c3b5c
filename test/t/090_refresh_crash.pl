# A refresh that is killed, cancelled, timed out or runs out of room, in each of its phases: the version before stays as it
# was, nothing is left behind, and the next refresh works.  Progress is seen while a refresh runs, and gone after it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my @phases = ('reading classes', 'reading levels', 'searching', 'staging', 'recording persons', 'comparing', 'applying', 'verifying', 'recording the version', 'storing history',
	'comparing versions');

my $node = PostgreSQL::Test::Cluster->new('crash');
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->init(auth_extra => [ '--create-role', 'steward' ]);
# Little memory, so that staged tuples are in files when the server dies.
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
restart_after_crash = on
autovacuum = off
maintenance_work_mem = 1MB
work_mem = 64kB
max_parallel_workers_per_gather = 1
min_parallel_table_scan_size = 64kB
parallel_setup_cost = 0
parallel_tuple_cost = 0
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN;
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA open AUTHORIZATION steward;
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.person (id int PRIMARY KEY, age int, zip text, born date, sex text, ill text, mark int);
	INSERT INTO src.person SELECT g, hashint4(g) & 127, lpad((hashint4(g + 1) & 65535)::text, 5, '0'), date '1950-01-01' + (hashint4(g + 2) & 16383),
		(ARRAY['f', 'm'])[1 + g % 2], 'ill ' || (hashint4(g + 3) & 15), g & 7 FROM generate_series(1, 30000) AS g;
	SELECT privrelease.classify('src.person', c, 'quasi_identifier') FROM unnest('{age,zip,born,sex}'::name[]) AS c;
	SELECT privrelease.classify('src.person', 'ill', 'sensitive'), privrelease.classify('src.person', 'mark', 'sensitive');
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id', kind => 'table',
		model => '{"k": 2, "suppression_limit": 0.3, "metric": "entropy", "l": {"column": "ill", "variant": "distinct", "l": 2}}');
	SELECT privrelease.set_rule('open.person', 'age', 'bin', '{"levels": [1, 2, 4, 8, 16, 32, 128]}');
	SELECT privrelease.set_rule('open.person', 'zip', 'prefix', '{"levels": [4, 3, 2, 1]}');
	SELECT privrelease.set_rule('open.person', 'born', 'date_trunc', '{"levels": ["day", "month", "quarter", "year", "century"]}');
	SELECT privrelease.set_rule('open.person', 'sex', 'keep');
	SELECT privrelease.set_rule('open.person', 'ill', 'keep'), privrelease.set_rule('open.person', 'mark', 'keep');
	SELECT privrelease.refresh('open.person');
});
# Waits until a refresh is in a phase and does something to it.  What it answers: a number of seconds until the backend was
# idle again (-1: not waited for), and how many temporary files there were; or that the phase was not seen.
$node->safe_psql('postgres', q{
	CREATE FUNCTION watch(wanted text, what text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		seen text;
		running boolean := false;
		victim int;
		files int;
		since timestamptz := clock_timestamp();
	BEGIN
		LOOP
			seen := (SELECT phase FROM privrelease.progress);
			EXIT WHEN seen = wanted;
			running := running OR seen IS NOT NULL;
			IF (running AND seen IS NULL) OR clock_timestamp() - since > interval '60 s' THEN
				RETURN 'missed';
			END IF;
			PERFORM pg_sleep(0.0003);
		END LOOP;
		victim := (SELECT pid FROM pg_stat_activity WHERE application_name = 'victim' AND backend_type = 'client backend');
		files := (SELECT count(*) FROM pg_ls_tmpdir());
		since := clock_timestamp();
		IF what = 'kill' THEN
			EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'kill -9 ' || victim);
			RETURN format('-1 %s', files);
		ELSIF what = 'worker' THEN
			LOOP
				PERFORM pg_stat_clear_snapshot();
				seen := (SELECT max(pid)::text FROM pg_stat_activity WHERE leader_pid = victim);
				EXIT WHEN seen IS NOT NULL;
				IF NOT EXISTS (SELECT FROM privrelease.progress) THEN
					RETURN 'missed';
				END IF;
			END LOOP;
			EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'kill -9 ' || seen);
			RETURN format('-1 %s', files);
		ELSIF what = 'terminate' THEN
			PERFORM pg_terminate_backend(victim);
		ELSE
			PERFORM pg_cancel_backend(victim);
		END IF;
		LOOP
			PERFORM pg_stat_clear_snapshot();
			EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = victim AND state = 'active');
			PERFORM pg_sleep(0.001);
		END LOOP;
		RETURN format('%s %s', extract(epoch FROM clock_timestamp() - since), files);
	END $$;
	CREATE VIEW litter AS
		SELECT 'base/' || d.oid || '/' || f AS file FROM pg_database AS d, pg_ls_dir('base/' || d.oid) AS f
		WHERE d.datname = current_database() AND f ~ '^[0-9]' AND split_part(split_part(f, '.', 1), '_', 1)::oid NOT IN
			(SELECT pg_relation_filenode(oid) FROM pg_class WHERE pg_relation_filenode(oid) IS NOT NULL)
		UNION ALL SELECT name FROM pg_ls_tmpdir()
		UNION ALL SELECT f FROM pg_ls_dir('base') AS f WHERE f !~ '^([0-9]+|pgsql_tmp)$'
		UNION ALL SELECT f FROM pg_database AS d, pg_ls_dir('base/' || d.oid) AS f WHERE d.datname = current_database() AND f ~ '^t[0-9]';
	CREATE VIEW fingerprint AS
		SELECT v.version || ' ' || count(*) || ' ' || md5(string_agg(p::text, ',' ORDER BY p.release_row))
		FROM open.person AS p, (SELECT max(version) AS version FROM privrelease.versions WHERE release = 'open.person') AS v GROUP BY v.version;
	CREATE VIEW wrong AS
		SELECT age, zip, born, sex FROM open.person GROUP BY 1, 2, 3, 4 HAVING count(*) < 2 OR count(DISTINCT ill) < 2;
});

# ---------- helpers ----------

my $round = 0;

# Some thousand rows change, so that there is something to compare, delete and insert.
sub change_source
{
	$round++;
	$node->safe_psql('postgres', "UPDATE src.person SET age = (age + 40) & 127, zip = lpad((hashint4(id + $round) & 65535)::text, 5, '0') WHERE id % 5 = $round % 5");
}

sub start_refresh
{
	my ($before) = @_;
	my %run = (out => '', err => '');

	$run{handle} = IPC::Run::start([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') . " application_name=victim",
			'-v', 'VERBOSITY=verbose', '-c', 'SET SESSION AUTHORIZATION steward', '-c', $before // 'SELECT', '-c', "SELECT privrelease.refresh('open.person')" ],
		'<', \undef, '>', \$run{out}, '2>', \$run{err});
	return \%run;
}

sub end_refresh { my ($run) = @_; IPC::Run::finish($run->{handle}); return $run->{err}; }

sub wait_for_server
{
	for (1 .. 600)
	{
		my ($rc) = $node->psql('postgres', 'SELECT 1', on_error_die => 0, on_error_stop => 0);

		return if defined $rc && $rc == 0;
		usleep(50_000);
	}
	die 'the server does not come back';
}

sub fingerprint { return $node->safe_psql('postgres', 'TABLE fingerprint'); }

# Once more as long as the phase was over before it was seen; then the version that came counts.
sub strike
{
	my ($phase, $what) = @_;
	my ($before, $answer, $err, $rc);

	for my $try (1 .. 8)
	{
		change_source();
		$before = fingerprint();
		my $run = start_refresh();
		($rc, $answer) = $node->psql('postgres', "SELECT watch('$phase', '$what')");
		# a watcher dies with the server
		$answer = '-1 0' if $rc != 0 && $what =~ /kill|worker/;
		$err = end_refresh($run);
		last if ($answer // '') ne 'missed';
	}
	wait_for_server();
	return ($before, $answer // '', $err);
}

sub untouched
{
	my ($before, $name) = @_;

	is(fingerprint(), $before, "$name: the version before is untouched");
	is($node->safe_psql('postgres', 'SELECT count(*) FROM privrelease.progress'), '0', "$name: no progress is shown of what is over");
}

# ---------- what is looked at can be seen ----------

# A file of a relation that was dropped goes with the next checkpoint.
$node->safe_psql('postgres', 'CHECKPOINT');
is($node->safe_psql('postgres', 'SELECT count(*) FROM litter'), '0', 'nothing is left behind by the first versions');
my $database = $node->safe_psql('postgres', 'SELECT oid FROM pg_database WHERE datname = current_database()');
append_to_file($node->data_dir . "/base/$database/999999", 'x');
is($node->safe_psql('postgres', 'SELECT count(*) FROM litter'), '1', 'a file of no relation is found');
unlink $node->data_dir . "/base/$database/999999";

# ---------- progress ----------

change_source();
my $seen = start_refresh();
my $sequence = $node->safe_psql('postgres', q{
	CREATE TEMP TABLE seen (n serial, release text, phase text, done bigint, total bigint, since timestamptz, now timestamptz);
	DO $$
	DECLARE
		running boolean := false;
		now int;
	BEGIN
		FOR i IN 1 .. 100000 LOOP
			INSERT INTO seen (release, phase, done, total, since, now) SELECT p.*, clock_timestamp() FROM privrelease.progress AS p;
			GET DIAGNOSTICS now = ROW_COUNT;
			EXIT WHEN running AND now = 0;
			running := running OR now > 0;
			PERFORM pg_sleep(0.0003);
		END LOOP;
	END $$;
	SELECT count(DISTINCT phase) >= 6 AND bool_and(release = 'open.person') AND count(DISTINCT since) = 1 AND bool_and(now > since)
		AND bool_and(done >= 0 AND (total IS NULL OR total > 0)) AND max(done) > 1000 FROM seen;
	SELECT string_agg(phase, ',' ORDER BY first) FROM (SELECT phase, min(n) AS first FROM seen WHERE phase <> '' GROUP BY phase) AS s;
});
my $messages = end_refresh($seen);
like($messages, qr/NOTICE.*version \d+ of release open\.person/, 'a refresh that is watched succeeds');
my ($well, $order) = split /\n/, $sequence;
is($well, 't', 'its progress is seen from another session: one release, growing numbers');
my @expected = grep { my $phase = $_; $order =~ /(^|,)$phase(,|$)/ } @phases;
is($order, join(',', @expected), 'in the order of the phases') or diag($order);
is($node->safe_psql('postgres', 'SELECT count(*) FROM privrelease.progress'), '0', 'and is gone afterwards');

# ---------- cancelled ----------

my %missed;
foreach my $phase (@phases)
{
	my ($before, $answer, $err) = strike($phase, 'cancel');

	if ($answer eq 'missed')
	{
		note("$phase: too short to be cancelled in");
		$missed{$phase} = 1;
		next;
	}
	my ($seconds) = split / /, $answer;
	cmp_ok($seconds, '<', 1, "$phase: cancelled within a second");
	SKIP: {
		# A phase that was over before the signal came may have been the last one.
		skip "$phase: it came too late", 2 if $err !~ /ERROR/;
		like($err, qr/57014/, "$phase: the error is that of a cancelled query");
		untouched($before, "$phase, cancelled");
	}
}
is(join(', ', grep { $missed{$_} } 'reading classes', 'searching', 'staging', 'applying'), '', 'the long phases were seen');
$node->safe_psql('postgres', 'CHECKPOINT');
is($node->safe_psql('postgres', 'SELECT count(*) FROM litter'), '0', 'nothing is left behind by what was cancelled');
{
	my ($before, $answer, $err) = strike('staging', 'terminate');

	like($err, qr/57P01/, 'a backend that is told to end ends');
	untouched($before, 'terminated');
}

# ---------- killed ----------

my $most_files = 0;
foreach my $what ((map { [ $_, 'kill' ] } grep { !$missed{$_} } @phases), [ 'reading classes', 'worker' ], [ 'staging', 'worker' ])
{
	my ($phase, $how) = @$what;
	my ($before, $answer, $err) = strike($phase, $how);

	if ($answer eq 'missed')
	{
		note("$phase, $how: not seen");
		next;
	}
	my ($seconds, $files) = split / /, $answer;
	$most_files = $files if $files > $most_files;
	if ($err =~ /version \d+ of release/)
	{
		note("$phase: the signal came after the end");
		next;
	}
	like($err, qr/connection to server was lost|server closed the connection|terminating connection|57P02|08006/, "$phase, $how: the connection is lost");
	untouched($before, "$phase, $how");
	is($node->safe_psql('postgres', 'SELECT file FROM litter'), '', "$phase, $how: nothing is left behind");
}
cmp_ok($most_files, '>', 0, 'there were temporary files to be left behind');
change_source();
$messages = end_refresh(start_refresh());
like($messages, qr/NOTICE.*version/, 'the next refresh works');
is($node->safe_psql('postgres', 'SELECT count(*) FROM wrong'), '0', 'and holds the model');

# ---------- no time, no room ----------

foreach my $timeout (1, 40, 120, 250)
{
	change_source();
	my $before = fingerprint();
	my $err = end_refresh(start_refresh("SET statement_timeout = $timeout"));

	next if $err =~ /NOTICE.*version/;
	like($err, qr/57014.*statement timeout/, "timed out after $timeout ms");
	untouched($before, "$timeout ms");
}
{
	my ($rc, $out, $err);

	change_source();
	my $before = fingerprint();
	($rc, $out, $err) = $node->psql('postgres', "SET temp_file_limit = '100kB'; SELECT privrelease.refresh('open.person')", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	like($err, qr/53400.*temporary file size exceeds/, 'too large for temporary files');
	untouched($before, 'temporary files');
}

# Derived columns are larger than memory too, and all of it is given back.
$node->safe_psql('postgres', q{
	SELECT privrelease.create_key('k');
	SET SESSION AUTHORIZATION steward;
	SELECT privrelease.create_release('open.shuffled', 'src.person', subject => 'id', kind => 'table', model => '{"k": 2}');
	SELECT privrelease.set_rule('open.shuffled', 'sex', 'keep'), privrelease.set_rule('open.shuffled', 'ill', 'shuffle', '{"key": "k"}');
	SELECT privrelease.refresh('open.shuffled');
	SELECT privrelease.refresh('open.shuffled');
	SELECT privrelease.assess('open.shuffled') IS NOT NULL;
	SELECT count(*) FROM privrelease.record_risk('open.shuffled');
	SELECT count(*) FROM privrelease.preview('open.shuffled');
	SELECT privrelease.joint_risk('open.shuffled', 'open.person') IS NOT NULL;
});

# A file that cannot grow stands for a full disk: wide rows do not fit into 30 MB.
$node->stop;
$node->append_conf('postgresql.conf', "max_wal_size = 128MB\nwal_recycle = off\nlogging_collector = off\n");
my $log = PostgreSQL::Test::Utils::tempdir() . '/full.log';
my $pg_ctl = sprintf 'ulimit -f 30000 && pg_ctl -w -D "%s" -l "%s" start', $node->data_dir, $log;
system_or_bail('bash', '-c', $pg_ctl);
$node->safe_psql('postgres', 'VACUUM');
{
	my ($rc, $out, $err);

	change_source();
	$node->safe_psql('postgres', q{SELECT privrelease.classify('src.person', 'id', 'insensitive'); SELECT privrelease.set_rule('open.person', 'ill', 'constant', format('{"value": %s}', to_json(repeat('wide ', 350)))::jsonb, 'wide')});
	my $before = $node->safe_psql('postgres', 'SELECT max(version) FROM privrelease.versions') . ' ' . $node->safe_psql('postgres', "SELECT count(*), md5(string_agg(p::text, ',' ORDER BY release_row)) FROM open.person AS p");
	($rc, $out, $err) = $node->psql('postgres', "SELECT privrelease.refresh('open.person')", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	like($err, qr/ERROR.*could not (extend|write)/, 'no room for the new version');
	is($node->safe_psql('postgres', 'SELECT max(version) FROM privrelease.versions') . ' ' . $node->safe_psql('postgres', "SELECT count(*), md5(string_agg(p::text, ',' ORDER BY release_row)) FROM open.person AS p"),
		$before, 'no room: the version before is untouched, columns included');
	$node->safe_psql('postgres', 'CHECKPOINT');
	is($node->safe_psql('postgres', 'SELECT file FROM litter'), '', 'no room: nothing is left behind');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM privrelease.progress'), '0', 'no room: no progress is shown');
	# the room that the failed version took is given back as that of any failed statement is
	$node->safe_psql('postgres', "SELECT privrelease.drop_rule('open.person', 'wide')");
	$node->safe_psql('postgres', 'VACUUM');
	$messages = end_refresh(start_refresh());
	like($messages, qr/NOTICE.*version/, 'a refresh that fits works');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM wrong'), '0', 'and holds the model');
}
system_or_bail('pg_ctl', '-w', '-D', $node->data_dir, 'stop');
unlike(slurp_file($_), qr/leak|still referenced|PANIC|TRAP/, 'the log tells of nothing that was not given back') foreach $node->logfile, $log;

done_testing();
