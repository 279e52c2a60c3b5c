# The log with real servers: tampering of each kind, dump and restore, an old dump, a lost keyring, writers at the same time, a
# prepared transaction, a crash, a full disk; and whether openssl alone comes to the same answers as verify_log().
use strict;
use warnings;
use File::Copy;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = PostgreSQL::Test::Utils::tempdir();
my $keyring = "$directory/keyring";
my $node = PostgreSQL::Test::Cluster->new('log');
$node->init(auth_extra => [ '--create-role', 'auditor,steward' ]);
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
max_prepared_transactions = 5
log_min_messages = warning
});
$node->start;
$node->safe_psql('postgres', q{CREATE ROLE auditor LOGIN; CREATE ROLE steward LOGIN; CREATE ROLE reader; CREATE DATABASE city OWNER steward});
my $names = q{'steward', 'reader'};
$node->safe_psql('city', qq{
	CREATE EXTENSION privrelease;
	SELECT privrelease.grant_duty('auditor', 'auditor');
	SELECT privrelease.grant_duty($names);
	SELECT privrelease.revoke_duty($names);
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA open AUTHORIZATION steward;
	SET ROLE steward;
	CREATE TABLE src.person (id int PRIMARY KEY, name text);
	INSERT INTO src.person SELECT g, 'MARKER' || g FROM generate_series(1, 30) AS g;
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id', purpose => E'caf\\u00e9 \\u4e2d \\U0001F600 \\\\ "q"');
	SELECT privrelease.set_rule('open.person', 'name', 'partial', '{"left": 1}');
	SELECT privrelease.build('open.person');
	SELECT privrelease.publish('open.person', 'reader');
});

# psql: (exit code, output, messages)
sub run_sql
{
	my ($sql, %options) = @_;
	my ($out, $err);
	my $rc = $node->psql('city', $sql, stdout => \$out, stderr => \$err,
		extra_params => [ '-v', 'VERBOSITY=verbose', $options{role} ? ('-U', $options{role}) : () ]);
	return ($rc, $out, $err);
}

sub findings
{
	my ($head, $db) = @_;
	return $node->safe_psql($db // 'city', 'SELECT entry, finding FROM privrelease.verify_log(' . (defined $head ? "'$head'" : '') . ')');
}

sub head { return $node->safe_psql($_[0] // 'city', 'SELECT privrelease.log_head()') }

sub length_of { return $node->safe_psql($_[0] // 'city', 'SELECT max(entry) FROM privrelease.log') }

is(findings(), '', 'a log is whole');
my $length = length_of();
my $head = head();
is(findings($head), '', 'also against its head');
is($node->safe_psql('city', 'SELECT count(*) FILTER (WHERE signature IS NULL) FROM privrelease.log'), '0', 'every entry is signed');
like($node->safe_psql('city', q{SELECT details ->> 'purpose' FROM privrelease.log WHERE event = 'create_release'}), qr/^caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80 \\ "q"$/, 'any character comes back');
is($node->safe_psql('city', q{SELECT count(*) FROM privrelease.log WHERE body ~ '[^ -~]'}), '0', 'and the text is ASCII');
is($node->safe_psql('city', q{SELECT count(*) FROM privrelease.log WHERE body ~ 'MARKER'}), '0', 'no value of the source');
my $key = (grep { /^key/ } split /\n/, slurp_file($keyring))[0];
ok($key =~ / ([0-9a-f]{64})$/ && $node->safe_psql('city', "SELECT count(*) FROM privrelease.log WHERE log::text ~ '$1'") eq '0', 'nor a key');

# ---------- tampering, by a superuser who has no keyring ----------

$node->safe_psql('city', q{
	CREATE FUNCTION chain(first bigint) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		e record;
		before text := coalesce((SELECT digest FROM privrelease.log_entry WHERE entry = first - 1), repeat('0', 64));
	BEGIN
		FOR e IN SELECT * FROM privrelease.log_entry WHERE entry >= first ORDER BY entry LOOP
			UPDATE privrelease.log_entry SET previous = before,
				digest = encode(sha256(convert_to('privrelease log 1' || chr(10) || before || chr(10) || e.body, 'UTF8')), 'hex')
				WHERE entry = e.entry RETURNING digest INTO before;
		END LOOP;
	END $$;
});

sub tamper
{
	my ($name, $sql, @expected) = @_;
	my $found = $node->safe_psql('city', qq{
		BEGIN;
		ALTER TABLE privrelease.log_entry DISABLE TRIGGER log_kept; ALTER TABLE privrelease.log_key DISABLE TRIGGER log_kept;
		DO \$do\$ BEGIN $sql END \$do\$;
		ALTER TABLE privrelease.log_entry ENABLE ALWAYS TRIGGER log_kept; ALTER TABLE privrelease.log_key ENABLE ALWAYS TRIGGER log_kept;
		SELECT entry, finding FROM privrelease.verify_log('$head');
		ROLLBACK;
	});
	my @found = split /\n/, $found;
	ok(@found >= @expected && !(grep { $found[$_] !~ $expected[$_] } 0 .. $#expected), $name) or diag($found);
}

my $edit = q{UPDATE privrelease.log_entry SET body = replace(body, '"revoke_duty"', '"grant_duty"') WHERE entry = 3;};
my $other_key = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';
tamper('nothing', 'NULL;');
tamper('an edit', $edit, qr/^3\|was changed/);
tamper('an edit, hashed again', "$edit PERFORM chain(3);", qr/^3\|its signature is not that of key 1/, qr/^4\|its signature/);
tamper('an edit, and only its digest made anew', "$edit UPDATE privrelease.log_entry SET digest = encode(sha256(convert_to('privrelease log 1' || chr(10) || previous || chr(10) || body, 'UTF8')), 'hex') WHERE entry = 3;",
	qr/^3\|its signature is not that of key 1$/, qr/^4\|does not follow the entry before it$/);
tamper('an edit, hashed again, without signatures', "$edit PERFORM chain(3); UPDATE privrelease.log_entry SET signature = NULL, key_version = NULL WHERE entry >= 3;",
	qr/^3\|not signed, nor are the entries up to $length$/);
tamper('signatures taken away', 'UPDATE privrelease.log_entry SET signature = NULL, key_version = NULL WHERE entry = 3;', qr/^3\|not signed$/);
tamper('a signature of another entry', 'UPDATE privrelease.log_entry SET signature = (SELECT signature FROM privrelease.log_entry WHERE entry = 4) WHERE entry = 3;',
	qr/^3\|its signature is not that of key 1$/);
tamper('a signature that is none', q{UPDATE privrelease.log_entry SET signature = 'x' WHERE entry = 3;}, qr/^3\|its signature is not that of key 1$/);
tamper('a deletion', 'DELETE FROM privrelease.log_entry WHERE entry = 3;', qr/^3\|missing$/);
tamper('several deletions', 'DELETE FROM privrelease.log_entry WHERE entry IN (3, 4);', qr/^3\|missing, and so are the entries up to 4$/);
tamper('the first entry deleted', 'DELETE FROM privrelease.log_entry WHERE entry = 1;', qr/^1\|missing$/);
tamper('a deletion, numbered anew', 'DELETE FROM privrelease.log_entry WHERE entry = 3; UPDATE privrelease.log_entry SET entry = -(entry - 1) + 1000 WHERE entry > 3; UPDATE privrelease.log_entry SET entry = 1000 - entry WHERE entry > 500;',
	qr/^3\|was written as another entry$/, qr/^3\|does not follow the entry before it$/);
tamper('an insertion', q{UPDATE privrelease.log_entry SET entry = 1000 - entry WHERE entry >= 3; UPDATE privrelease.log_entry SET entry = 1001 - entry WHERE entry > 500;
	INSERT INTO privrelease.log_entry SELECT 3, replace(body, '"entry": 2', '"entry": 3'), digest, digest, signature, key_version FROM privrelease.log_entry WHERE entry = 2;},
	qr/^3\|was changed/);
tamper('two entries that change places', 'UPDATE privrelease.log_entry SET entry = 1000 WHERE entry = 3; UPDATE privrelease.log_entry SET entry = 3 WHERE entry = 4; UPDATE privrelease.log_entry SET entry = 4 WHERE entry = 1000;',
	qr/^3\|was written as another entry$/);
tamper('the end cut off', "DELETE FROM privrelease.log_entry WHERE entry >= $length - 1;", qr/^@{[ $length - 1 ]}\|missing: the log ends before entry $length of the head$/);
tamper('all of it', 'DELETE FROM privrelease.log_entry;', qr/^1\|missing: the log ends/);
tamper('another public key', "UPDATE privrelease.log_key SET public_key = '$other_key';", qr/^1\|public key 1 of the log was replaced$/);
tamper('no public key', 'DELETE FROM privrelease.log_key;', qr/^1\|public key 1 is not among those of the log$/);
tamper('a key of his own', "INSERT INTO privrelease.log_key VALUES (2, '$other_key'); UPDATE privrelease.log_entry SET key_version = 2 WHERE entry >= 3;",
	qr/^3\|public key 2 cannot be compared/, qr/^3\|its signature is not that of key 2/);
tamper('an index without an entry of the end', 'ALTER TABLE privrelease.log_entry DROP CONSTRAINT log_entry_pkey; INSERT INTO privrelease.log_entry SELECT * FROM privrelease.log_entry WHERE entry = 3;',
	qr/^3\|is there twice$/);
is(findings($head), '', 'what was rolled back leaves it whole');

# thousands of findings are not all told
my $many = $node->safe_psql('city', qq{
	BEGIN;
	INSERT INTO privrelease.event (session_role, acting_role, event) SELECT 'x', 'x', 'x' FROM generate_series(1, 1500);
	SET CONSTRAINTS ALL IMMEDIATE;
	ALTER TABLE privrelease.log_entry DISABLE TRIGGER log_kept;
	UPDATE privrelease.log_entry SET body = replace(body, '"x"', '"y"');
	SELECT count(*), max(finding) FILTER (WHERE finding ~ 'not looked at') FROM privrelease.verify_log();
	ROLLBACK;
});
like($many, qr/^1001\|not looked at, nor what follows/, 'what is wrong after a thousand findings is not looked at');

# ---------- openssl alone ----------

my $script = "$FindBin::RealBin/../../doc/verify-log.sh";
my $export = q{SELECT entry, previous, digest, coalesce(signature, '-'), coalesce(key_version::text, '-'), body FROM privrelease.log ORDER BY entry};

sub export_log
{
	my ($file) = @_;
	IPC::Run::run([ 'psql', '-X', '-A', '-t', '-q', '-F', ' ', '-v', 'FETCH_COUNT=1000', '-d', $node->connstr('city'), '-U', 'auditor', '-c', $export ], '>', $file) or die 'psql';
	IPC::Run::run([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('city'), '-U', 'auditor', '-c', 'SELECT privrelease.log_head()' ], '>', "$file.head") or die 'psql';
}

sub check_export
{
	my ($log, $head) = @_;
	my $out = '';
	IPC::Run::run([ 'sh', $script, $log, $head ], '>', \$out, '2>&1');
	return ($? >> 8) . " $out";
}

sub spoil
{
	my ($name, $edit, $wanted) = @_;
	my @lines = split /\n/, slurp_file("$directory/log.txt");
	$edit->(\@lines);
	open my $fh, '>', "$directory/spoilt.txt" or die;
	print $fh map { "$_\n" } @lines;
	close $fh;
	my $answer = check_export("$directory/spoilt.txt", "$directory/log.txt.head");
	like($answer, $wanted, "openssl: $name");
}

SKIP:
{
	skip 'no openssl program', 10 unless system('openssl version >/dev/null 2>&1') == 0;
	export_log("$directory/log.txt");
	is(check_export("$directory/log.txt", "$directory/log.txt.head"), "0 $length entries, nothing is wrong\n", 'openssl: an exported log is whole');
	spoil('an edit', sub { $_[0][2] =~ s/"revoke_duty"/"grant_duty"/ }, qr/^1 entry 3: was changed/);
	spoil('a deletion', sub { splice @{ $_[0] }, 2, 1 }, qr/^1 entry 3: missing/);
	spoil('entries that change places', sub { @{ $_[0] }[ 2, 3 ] = @{ $_[0] }[ 3, 2 ] }, qr/^1 entry 3: missing, or not in its place/);
	spoil('an end cut off', sub { pop @{ $_[0] } }, qr/^1 entry $length: missing: the log ends/);
	spoil('another signature', sub { $_[0][2] =~ s/^((\S+ ){3})\S/${1}+/ }, qr/^1 entry 3: its signature/);
	spoil('no signature', sub { $_[0][2] =~ s/^((\S+ ){3})\S+ \S+/$1- -/ }, qr/^1 entry 3: not signed/);
	spoil('a key that nobody gave', sub { $_[0][2] =~ s/^((\S+ ){4})\S+/${1}7/ }, qr/^1 entry 3: public key 7 was not given/);
	my $forged = slurp_file("$directory/log.txt.head");
	$forged =~ s/"entry": \d+/"entry": 2/;
	open my $fh, '>', "$directory/forged" or die;
	print $fh $forged;
	close $fh;
	like(check_export("$directory/log.txt", "$directory/forged"), qr/^1 entry 2: the head is not signed by its own key/, 'openssl: a head that was changed');
	is((run_sql("SELECT * FROM privrelease.verify_log('$forged')"))[0], 3, 'verify_log() does not take it, either');
}

# ---------- a new version of the key ----------

$node->safe_psql('city', q{SELECT privrelease.rotate_key('privrelease'); SELECT privrelease.grant_duty('steward', 'reader')});
is($node->safe_psql('city', 'SELECT DISTINCT key_version FROM privrelease.log ORDER BY 1'), "1\n2", 'entries are signed with the newest version');
is(findings($head), '', 'each with its own');
$length = length_of();

# ---------- dump and restore ----------

my $old = "$directory/old.sql";
$node->command_ok([ 'pg_dump', '-d', $node->connstr('city'), '-f', $old ], 'pg_dump');
$node->safe_psql('city', qq{SELECT privrelease.revoke_duty($names)});
my $later = head();
is(findings($later), '', 'a later head');
$node->safe_psql('postgres', 'CREATE DATABASE copy OWNER steward');
$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-q', '-d', $node->connstr('copy'), '-f', $old ], 'restore');
is(findings($head, 'copy'), '', 'a restored log is whole, and has the entries of an earlier head');
is(length_of('copy'), $length, 'all of them');
is(findings($later, 'copy'), ($length + 1) . '|missing: the log ends before entry ' . ($length + 1) . ' of the head', 'an old dump is found out by a later head');
$node->safe_psql('copy', qq{SELECT count(*) FROM privrelease.rebind(); SELECT privrelease.grant_duty('auditor', 'steward')});
is(findings($head, 'copy'), '', 'it goes on where it was restored');
like($node->safe_psql('copy', q{SELECT string_agg(event, ' ' ORDER BY entry) FROM privrelease.log WHERE entry > } . $length), qr/^rebind .*grant_duty$/, 'with what happens there');
is($node->safe_psql('copy', q{SELECT count(DISTINCT body::json ->> 'database') FROM privrelease.log}), '2', 'each entry says in which database it was written');
is(findings($later, 'copy'), ($length + 1) . '|is not the entry of the head: the log was replaced', 'and a fork is found out');
$node->safe_psql('postgres', 'DROP DATABASE copy');

# ---------- encodings ----------

my %encodings = (
	latin1 => [ q{convert_from('\x636166e9', 'LATIN1')}, 'caf\u00e9' ],
	euc_tw => [ q{convert_from('\xa4a4', 'EUC_TW')}, '\uff13' ],
	sql_ascii => [ q{E'caf\xe9'}, 'caf\\\\xe9' ],
);
foreach my $name (sort keys %encodings)
{
	my ($text, $wanted) = @{ $encodings{$name} };
	$node->safe_psql('postgres', "CREATE DATABASE $name ENCODING '$name' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($name, "CREATE EXTENSION privrelease; INSERT INTO privrelease.event (session_role, acting_role, event, details) SELECT 'x', 'x', 'x', jsonb_build_object('x', $text)");
	like($node->safe_psql($name, 'SELECT body FROM privrelease.log'), qr/"details": \{"x": "\Q$wanted\E"\}\}$/, "$name: the entry is ASCII");
	is($node->safe_psql($name, "SELECT details ->> 'x' = @{[ $name eq 'sql_ascii' ? q{'caf\\xe9'} : $text ]} FROM privrelease.log"), 't', "$name: and is read again");
	is(findings(undef, $name), '', "$name: it verifies");
	$node->safe_psql('postgres', "DROP DATABASE $name");
}

# ---------- writers at the same time ----------

my $before = length_of();
open my $pgbench, '>', "$directory/pgbench.sql" or die;
print $pgbench "BEGIN ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO privrelease.event (session_role, acting_role, event) SELECT 'x', 'x', 'x' FROM generate_series(1, 2);\nCOMMIT;\n";
close $pgbench;
$node->command_ok([ 'pgbench', '-n', '-c', '4', '-t', '50', '-f', "$directory/pgbench.sql", $node->connstr('city') ], 'four sessions, serializable');
is(length_of(), $before + 400, 'none fails because of the others\' entries');
is(findings($later), '', 'and they are in one chain');

# ---------- prepared transactions, crash ----------

$node->safe_psql('city', qq{BEGIN; SELECT privrelease.grant_duty($names); PREPARE TRANSACTION 'a'});
like((run_sql(qq{SET lock_timeout = '100ms'; SELECT privrelease.grant_duty('approver', 'reader')}))[2], qr/55P03/, 'a prepared transaction keeps its place in the log');
$node->stop('immediate');
$node->start;
$node->safe_psql('city', q{COMMIT PREPARED 'a'});
is($node->safe_psql('city', 'SELECT event FROM privrelease.log ORDER BY entry DESC LIMIT 1'), 'grant_duty', 'also over a crash');
$node->safe_psql('city', qq{BEGIN; SELECT privrelease.revoke_duty($names); PREPARE TRANSACTION 'b'});
$node->safe_psql('city', q{ROLLBACK PREPARED 'b'});
is(length_of(), $before + 401, 'one that is rolled back leaves no entry');
is(findings($later), '', 'and no gap');

# ---------- the keyring is lost ----------

move($keyring, "$keyring.away") or die;
$length = length_of();
my ($rc, $out, $err) = run_sql(q{SELECT privrelease.publish('open.person', 'reader')}, role => 'steward');
like($err, qr/ERROR:  PR001: .*\n.*keyring file.*does not exist.*\nHINT:  Restore/, 'without keyring nothing is published');
is(length_of(), $length, 'nor logged');
($rc, $out, $err) = run_sql(q{SELECT privrelease.withdraw('open.person', 'in a hurry')}, role => 'steward');
is($rc, 0, 'withdrawn it is') or diag($err);
like($err, qr/WARNING:  PR001: entry @{[ $length + 1 ]} of the log is not signed\n.*keyring file.*does not exist.*\nHINT:  Restore/, 'with a warning');
unlike((run_sql(q{SELECT count(*) FROM open.person}, role => 'auditor'))[2], qr/^$/, 'nobody reads it');
like(findings(), qr/public key 1 cannot be compared.*\n.*public key 2 cannot be compared.*\n@{[ $length + 1 ]}\|not signed$/s, 'verify_log() says that it knows less, and what is not signed');
move("$keyring.away", $keyring) or die;
is(findings($later), ($length + 1) . '|not signed', 'the keyring is back: what was not signed stays so');
$node->safe_psql('city', qq{SELECT privrelease.revoke_duty($names)});
is(findings($later), ($length + 1) . '|not signed', 'and what follows is signed again');

# ---------- no room ----------

SKIP:
{
	skip 'needs bash', 6 unless -x '/bin/bash';
	$node->safe_psql('city', q{SET ROLE steward; SELECT privrelease.build('open.person'); SELECT privrelease.publish('open.person', 'reader')});
	# Entries of 5 MB, more than a segment of WAL together; then files may grow by 64 kB, which is less than the next one needs.
	for my $i (1 .. 4)
	{
		$node->safe_psql('city', q{INSERT INTO privrelease.event (session_role, acting_role, event, details)
			SELECT 'x', 'x', 'x', jsonb_build_object('x', string_agg(md5(random()::text), '')) FROM generate_series(1, 156250)});
		$node->safe_psql('city', 'VACUUM privrelease.event');
	}
	$length = length_of();
	my $room = 64 + $node->safe_psql('city', q{SELECT pg_relation_size(reltoastrelid) / 1024 FROM pg_class WHERE oid = 'privrelease.log_entry'::regclass});
	$node->stop;
	my $started = system('/bin/bash', '-c', sprintf('ulimit -f %d && pg_ctl -w -D "%s" -l "%s" start >/dev/null', $room, $node->data_dir, $node->logfile));
	is($started, 0, 'a server whose files cannot grow any more') or BAIL_OUT('no server');
	$node->_update_pid(1);
	($rc, $out, $err) = run_sql(q{SELECT privrelease.withdraw('open.person', (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 7500)))}, role => 'steward');
	like($err, qr/ERROR:  .*(File too large|No space left)/, 'an entry for which there is no room') or diag(substr($err, 0, 2000));
	is(length_of(), $length, 'is not written');
	is($node->safe_psql('city', q{SELECT state FROM privrelease.releases WHERE release = 'open.person'}), 'published', 'and what it was about did not happen');
	like(findings($later), qr/^\d+\|not signed$/, 'the log is as it was');
	$node->stop;
	$node->start;
	($rc, $out, $err) = run_sql(q{SELECT privrelease.withdraw('open.person', 'over')}, role => 'steward');
	is($rc, 0, 'with room it goes on') or diag($err);
}

$node->stop;
done_testing();
