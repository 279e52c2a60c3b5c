# Readers of a release table that is refreshed again and again: each statement sees one whole version, none waits, and a
# version that would change the columns waits for readers only for moments.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $seconds = $ENV{PR_READERS_SECONDS} // 6;
my $readers = 40;

my $node = PostgreSQL::Test::Cluster->new('readers');
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->init(auth_extra => [ '--create-role', 'steward,reader' ]);
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
max_connections = 70
deadlock_timeout = 200ms
log_lock_waits = on
});
$node->start;

# Every version is of one of two states of the source: "a" of 3,000 rows, or "b" of 2,000.  The state is a
# quasi-identifier, so that a mixture would be seen, and each class of both has five persons.
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN;
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA open AUTHORIZATION steward;
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.person (id int, state text, class int, ill text);
	CREATE FUNCTION src.turn() RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		next text := CASE WHEN (SELECT min(state) FROM src.person) = 'a' THEN 'b' ELSE 'a' END;
	BEGIN
		DELETE FROM src.person;
		INSERT INTO src.person SELECT g, next, g / 5, 'ill ' || g % 3 FROM generate_series(0, CASE next WHEN 'a' THEN 2999 ELSE 1999 END) AS g;
	END $$;
	SELECT src.turn();
	SELECT privrelease.classify('src.person', c, 'quasi_identifier') FROM unnest('{state,class}'::name[]) AS c;
	SELECT privrelease.classify('src.person', 'ill', 'sensitive');
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id', kind => 'table', model => '{"k": 5, "l": {"column": "ill", "variant": "distinct", "l": 3}}');
	SELECT privrelease.set_rule('open.person', c, 'keep') FROM unnest('{state,class,ill}'::name[]) AS c;
	SELECT privrelease.refresh('open.person');
	SELECT privrelease.publish('open.person', 'reader');
});

sub start_session
{
	my ($role, $sql) = @_;
	my %run = (out => '', err => '');

	$run{handle} = IPC::Run::start([ 'psql', '-X', '-q', '-A', '-t', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres') . " user=$role", '-c', 'SET client_min_messages = warning', '-c', $sql ],
		'<', \undef, '>', \$run{out}, '2>', \$run{err});
	return \%run;
}

sub end_session { my ($run) = @_; IPC::Run::finish($run->{handle}); return $run; }

# ---------- two that refresh, forty that read ----------

# What a reader answers: statements, those that saw anything but a whole version, versions of each state, the longest one in seconds.
my $reading = qq{
	DO \$\$
	DECLARE
		until timestamptz := clock_timestamp() + interval '$seconds s';
		started timestamptz;
		longest interval := '0';
		statements int := 0;
		wrong int := 0;
		a int := 0;
		b int := 0;
		seen record;
	BEGIN
		WHILE clock_timestamp() < until LOOP
			started := clock_timestamp();
			SELECT sum(n) AS rows, min(n) AS smallest, count(DISTINCT state) AS states, min(state) AS state, min(ills) AS ills INTO seen
				FROM (SELECT state, class, count(*) AS n, count(DISTINCT ill) AS ills FROM open.person GROUP BY 1, 2) AS classes;
			longest := greatest(longest, clock_timestamp() - started);
			statements := statements + 1;
			a := a + (seen.state = 'a')::int;
			b := b + (seen.state = 'b')::int;
			wrong := wrong + (seen.states <> 1 OR seen.smallest < 5 OR seen.ills < 3 OR seen.rows <> CASE seen.state WHEN 'a' THEN 3000 ELSE 2000 END)::int;
			PERFORM pg_sleep(0.01);
		END LOOP;
		RAISE WARNING 'answer % % % % %', statements, wrong, a, b, extract(epoch FROM longest);
	END \$\$};
# Statements of their own, so that each refresh is a transaction; the other one's refresh is not waited for.
my $writing = qq{
	CREATE OR REPLACE PROCEDURE src.write_NUMBER() LANGUAGE plpgsql AS \$\$
	DECLARE
		until timestamptz := clock_timestamp() + interval '$seconds s';
		refreshed int := 0;
		busy int := 0;
	BEGIN
		WHILE clock_timestamp() < until LOOP
			IF random() < 0.7 AND pg_try_advisory_xact_lock(1) THEN
				PERFORM src.turn();
			END IF;
			COMMIT;
			BEGIN
				PERFORM privrelease.refresh('open.person');
				refreshed := refreshed + 1;
			EXCEPTION WHEN object_in_use THEN
				busy := busy + 1;
			END;
			COMMIT;
		END LOOP;
		RAISE WARNING 'answer % %', refreshed, busy;
	END \$\$};
$node->safe_psql('postgres', 'SET SESSION AUTHORIZATION steward; ' . ($writing =~ s/NUMBER/$_/r)) foreach 1, 2;
my @writers = map { start_session('steward', "CALL src.write_$_()") } 1, 2;
my @readers = map { start_session('reader', $reading) } 1 .. $readers;
my ($statements, $wrong, $a, $b, $longest, $refreshed, $busy) = (0) x 7;
foreach my $run (map { end_session($_) } @readers)
{
	my @answer = $run->{err} =~ /answer (\d+) (\d+) (\d+) (\d+) ([\d.]+)/ or diag($run->{err});

	$statements += $answer[0] // 0;
	$wrong += $answer[1] // 1;
	$a += $answer[2] // 0;
	$b += $answer[3] // 0;
	$longest = $answer[4] if ($answer[4] // 0) > $longest;
}
foreach my $run (map { end_session($_) } @writers)
{
	my @answer = $run->{err} =~ /answer (\d+) (\d+)/ or diag($run->{err});

	$refreshed += $answer[0] // 0;
	$busy += $answer[1] // 0;
}
note("$statements statements of $readers readers, the longest $longest s; $refreshed refreshes, $busy times another one was under way");
is($wrong, 0, 'every statement saw one whole version, which held its model');
cmp_ok($statements, '>', 10 * $readers, 'readers read');
ok($a > 0 && $b > 0, 'and saw versions of both states');
cmp_ok($refreshed, '>', 5, 'there were many versions meanwhile');
cmp_ok($busy, '>', 0, 'and two sessions met at once');
is($node->safe_psql('postgres', q{SELECT count(*) FROM privrelease.versions WHERE release = 'open.person'}), $refreshed + 1, 'every refresh is in the history');
is($node->safe_psql('postgres', 'SELECT count(*) FROM privrelease.progress'), '0', 'nothing is going on any more');
unlike(slurp_file($node->logfile), qr/deadlock detected|still waiting for AccessShareLock/, 'nobody waited for a lock to read');

# The row keys of a state are the same whenever it comes back.
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION steward;
	SELECT privrelease.refresh('open.person');
	CREATE TABLE src.kept AS SELECT release_row FROM open.person;
	SELECT src.turn();
	SELECT privrelease.refresh('open.person');
	SELECT src.turn();
	SELECT privrelease.refresh('open.person');
});
is($node->safe_psql('postgres', 'SELECT count(*) FROM src.kept FULL JOIN open.person USING (release_row) WHERE kept.release_row IS NULL OR person.release_row IS NULL'), '0',
	'rows that come back come back under their keys');

# ---------- another list of columns while somebody reads for long ----------

$node->safe_psql('postgres', q{SET SESSION AUTHORIZATION steward; SELECT privrelease.drop_rule('open.person', 'ill'); SELECT privrelease.set_model('open.person', '{"k": 5}')});
my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM open.person');
my $holder = start_session('reader', 'BEGIN; SELECT count(*) FROM open.person; SELECT pg_sleep(20); COMMIT');
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND usename = 'reader')});
my $began = time;
my $refresh = start_session('steward', q{SELECT privrelease.publish('open.person')});
my $slowest = 0;
while (time - $began < 30)
{
	my $asked = time;

	$node->safe_psql('postgres', 'SELECT count(*) FROM open.person');
	$slowest = time - $asked if time - $asked > $slowest;
	last if $node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%privrelease.publish%' AND usename = 'steward' AND state = 'active'}) eq '0';
	usleep(100_000);
}
end_session($refresh);
like($refresh->{err}, qr/55P03.*has another list of columns/, 'a refresh that changes columns gives way after some tries');
cmp_ok(time - $began, '>', 5, 'it has tried more than once');
cmp_ok($slowest, '<', 4, 'who reads meanwhile waits for moments');
is($node->safe_psql('postgres', 'SELECT count(ill) FROM open.person'), $before, 'the version before is untouched');
is($node->safe_psql('postgres', 'SELECT count(*) FROM privrelease.progress'), '0', 'no progress is shown of what gave way');
$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
end_session($holder);
$node->safe_psql('postgres', q{SET SESSION AUTHORIZATION steward; SELECT privrelease.publish('open.person')});
is($node->safe_psql('postgres', q{SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'open.person'::regclass AND attnum > 0 AND NOT attisdropped}),
	'release_row,state,class', 'when nobody reads for long it changes them');

done_testing();
