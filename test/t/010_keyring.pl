# The keyring file: who may read it, what is refused, several databases and sessions, known answers, standbys.
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use Encode qw(encode);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = PostgreSQL::Test::Utils::tempdir();
my $keyring = "$directory/keyring";
my $node = PostgreSQL::Test::Cluster->new('keys');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring'\n");
$node->start;

# (exit code, output, messages) of a new session
sub run_sql
{
	my ($db, $sql) = @_;
	my ($out, $err);
	my $rc = $node->psql($db, $sql, stdout => \$out, stderr => \$err, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	return ($rc, $out, $err);
}

sub refused_like
{
	my ($db, $sql, $pattern, $name) = @_;
	my ($rc, $out, $err) = run_sql($db, $sql);
	ok($rc != 0 && $err =~ $pattern, $name) or diag("rc $rc, out $out, err $err");
	return;
}

sub write_file
{
	my ($content) = @_;
	unlink $keyring;
	open my $handle, '>:raw', $keyring or die "$keyring: $!";
	chmod 0600, $keyring or die $!;
	print $handle $content;
	close $handle;
	return;
}

sub mode_of
{
	return sprintf('%04o', (stat $_[0])[2] & 07777);
}

my $use = q{SELECT privrelease.pseudonymize(42, '1.1', 'd')};

# ---- making the file

$node->safe_psql('postgres', 'CREATE EXTENSION privrelease');
refused_like('postgres', $use, qr/PR001: .*key version 1\.1 is not known.*HINT:.*create_key/s, 'no key at all');
refused_like('postgres', q{SELECT privrelease.decrypt_fpe('1234567', '1.1', '0123456789', 0, 0)}, qr/PR001: .*key version 1\.1 is not known.*HINT:.*create_key/s, 'nor to undo with');
is($node->safe_psql('postgres', q{SELECT privrelease.create_key('a')}), '1', 'the first key has id 1');
ok(-f $keyring, 'the file is made');
is(mode_of($keyring), '0600', 'with mode 0600');
like(slurp_file($keyring), qr/\A(#[^\n]*\n)+key 1 1 [0-9a-f]{64}\nkey 2 1 [0-9a-f]{64}\n\z/, 'an entry, and that of the log');
my $before = $node->safe_psql('postgres', $use);
like($before, qr/^[0-9a-f]{32}$/, 'the key works');
is_deeply([ glob("$directory/keyring.*") ], [], 'no temporary file is left');
my $good = slurp_file($keyring);

# ---- what is refused, always without a value

chmod 0640, $keyring;
refused_like('postgres', $use, qr/PR001: .*has mode 0640.*HINT:.*chmod 0600/s, 'readable by the group');
chmod 0604, $keyring;
refused_like('postgres', $use, qr/PR001: .*has mode 0604.*HINT:.*chmod 0600/s, 'readable by others');
refused_like('postgres', q{SELECT privrelease.create_key('refused')}, qr/PR001: .*has mode 0604/, 'nothing is added to such a file');
chmod 0400, $keyring;
is($node->safe_psql('postgres', $use), $before, 'a file that is only read may be read-only');
chmod 0600, $keyring;

rename $keyring, "$keyring.away";
refused_like('postgres', $use, qr/PR001: .*does not exist.*HINT:.*Restore/s, 'missing file');
refused_like('postgres', q{SELECT privrelease.create_key('refused')}, qr/PR001: .*does not exist, but this database has keys/, 'a lost file is not made anew');
refused_like('postgres', q{SELECT privrelease.rotate_key('a')}, qr/PR001: .*does not exist/, 'nor rotated into');
ok(!-e $keyring, 'and none appeared');
symlink "$keyring.away", $keyring;
refused_like('postgres', $use, qr/PR001: .*is a symbolic link/, 'symbolic link');
unlink $keyring;
mkdir $keyring;
refused_like('postgres', $use, qr/PR001: .*is not a regular file/, 'directory');
rmdir $keyring;
IPC::Run::run([ 'mkfifo', '-m', '600', $keyring ]);
refused_like('postgres', $use, qr/PR001: .*is not a regular file/, 'fifo, without waiting for a writer');
unlink $keyring;

my ($entry) = $good =~ /^(key 1 1 [0-9a-f]{64})$/m;
my $hex = substr($entry, -64);
my %garbage = (
	'empty' => [ '', qr/PR001: .*has no key version 1\.1/ ],
	'comments only' => [ "# nothing\n\n", qr/PR001: .*has no key version 1\.1/ ],
	'words' => [ "hello\n", qr/PR001: .*line 1 of keyring file/ ],
	'too short' => [ substr($entry, 0, -1) . "\n", qr/PR001: .*line 1 of keyring file/ ],
	'too long' => [ "${entry}0\n", qr/PR001: .*line 1 of keyring file/ ],
	'not hexadecimal' => [ "# c\n" . substr($entry, 0, -1) . "g\n", qr/PR001: .*line 2 of keyring file/ ],
	'id 0' => [ "key 0 1 $hex\n", qr/PR001: .*line 1 of keyring file/ ],
	'negative version' => [ "key 1 -1 $hex\n", qr/PR001: .*line 1 of keyring file/ ],
	'huge id' => [ "key 99999999999999999999 1 $hex\n", qr/PR001: .*line 1 of keyring file/ ],
	'entry twice' => [ "$entry\n$entry\n", qr/PR001: .*line 2 of keyring file/ ],
	'blank at the end' => [ "$entry \n", qr/PR001: .*line 1 of keyring file/ ],
	'carriage return' => [ "$entry\r\n", qr/PR001: .*line 1 of keyring file/ ],
	'NUL byte' => [ "$entry\n\0key 2 1 $hex\n", qr/PR001: .*line 1 of keyring file/ ],
	'binary' => [ join('', map { chr } 0 .. 255), qr/PR001: .*line 1 of keyring file/ ],
	'two megabytes' => [ "# x\n" x 524288, qr/PR001: .*too large/ ],
);
foreach my $name (sort keys %garbage)
{
	write_file($garbage{$name}[0]);
	my ($rc, $out, $err) = run_sql('postgres', $use);
	ok($rc != 0 && $err =~ $garbage{$name}[1] && $err =~ /HINT/, "garbage: $name") or diag($err);
	ok($err !~ /\Q$hex\E/i && $err !~ /[0-9a-f]{40}/, "no key bytes in the message: $name");
}

my $changed = $hex;
substr($changed, 0, 1) = $changed =~ /^0/ ? '1' : '0';
write_file("key 1 1 $changed\n");
refused_like('postgres', $use, qr/PR001: .*key version 1\.1 .* is not the key that this database knows/, 'another key under the same id');
refused_like('postgres', q{SELECT privrelease.rotate_key('a')}, qr/PR001: .*is not the key that this database knows/, 'nor rotated');
write_file("key 1 1 \U$hex\E");
is($node->safe_psql('postgres', $use), $before, 'upper case and no last newline are fine');
write_file($good);
is($node->safe_psql('postgres', $use), $before, 'the file restored');

# ---- sessions that live on

my $psql = join ' ', map { "'$_'" } $node->installed_command('psql'), '-X', '-q', '-h', $node->host, '-p', $node->port, 'postgres';
my $out = $node->safe_psql('postgres', <<"SQL");
$use \\gset first_
\\! $psql -c "SELECT privrelease.create_key('b')" > /dev/null
SELECT length(privrelease.pseudonymize(42, '3.1', 'd'));
\\! $psql -c "SELECT privrelease.rotate_key('b')" > /dev/null
SELECT privrelease.pseudonymize(42, '3.2', 'd') <> privrelease.pseudonymize(42, '3.1', 'd');
SELECT privrelease.pseudonymize(42, '1.1', 'd') = :'first_pseudonymize';
SQL
is($out, "32\nt\nt", 'a session reads the file again for a key or version that it does not know');

# ---- several databases share the file

$node->safe_psql('postgres', "CREATE DATABASE other$_") for 1 .. 3;
$node->safe_psql("other$_", 'CREATE EXTENSION privrelease') for 1 .. 3;
my @running;
foreach my $db (1 .. 3)
{
	my $sql = join '', map { "SELECT privrelease.create_key('k$_');\n" } 1 .. 15;
	my ($stdout, $stderr) = ('', '');
	push @running, IPC::Run::start([ $node->installed_command('psql'), '-X', '-A', '-t', '-q', '-h', $node->host, '-p', $node->port, '-d', "other$db" ],
		'<', \$sql, '>', \$stdout, '2>', \$stderr);
}
$_->finish foreach @running;
my @entries = slurp_file($keyring) =~ /^key (\d+) (\d+) [0-9a-f]{64}$/mg;
is(scalar @entries, 2 * (4 + 48), 'no entry is lost when three databases make keys at the same time');
my %ids;
$ids{$_} = 1 foreach map { $node->safe_psql("other$_", 'SELECT id FROM privrelease.keys') =~ /\d+/g } 1 .. 3;
is(scalar keys %ids, 48, 'and ids are unique');
is(mode_of($keyring), '0600', 'still mode 0600');
refused_like('other1', $use, qr/PR001: .*key version 1\.1 is not known in this database/, "another database's key is not this one's");

# ---- known answers, computed here

sub enc
{
	return 'privrelease/v1' . join '', map { pack('N', length) . $_ } @_;
}

sub hkdf
{
	my ($key, $info, $length) = @_;
	my $prk = hmac_sha256($key, "\0" x 32);
	return substr(hmac_sha256($info . chr(1), $prk), 0, $length);
}

my $known = pack('H*', '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
my $fingerprint = unpack('H*', hkdf($known, 'fingerprint', 16));

sub know_key
{
	my ($db) = @_;
	$node->safe_psql($db, qq{INSERT INTO privrelease.key (id, name, current_version) VALUES (900, 'known', 1);
		INSERT INTO privrelease.key_version (key, version, fingerprint) VALUES (900, 1, '$fingerprint')});
	return;
}

write_file(slurp_file($keyring) . 'key 900 1 ' . unpack('H*', $known) . "\n");
know_key('postgres');

sub pseudonym
{
	my ($domain, $canonical) = @_;
	my $node_key = hmac_sha256(enc('pseudonym', $domain), hkdf($known, 'pseudonym', 32));
	return substr(unpack('H*', hmac_sha256(enc('pseudonym', $canonical), $node_key)), 0, 32);
}

my %canonical = (
	'42' => 'n42', '-7::int8' => 'n-7', '12.50' => 'n12.5', '1e21::float8' => 'n1' . '0' x 21, '0.1::float4' => 'n0.1', "'NaN'::float8" => 'nNaN',
	"'ab'::text" => 'tab', "'ab '::char(5)" => 'tab', "date '2000-01-31'" => 'd30', "timestamp '2000-01-01 00:00:01'" => 's1000000',
	"timestamptz '1999-12-31 23:59:59 UTC'" => 'z-1000000', 'true' => 'b1', "'\\x00ff'::bytea" => "x\0\xff",
	"'00000000-0000-0000-0000-0000000000ff'::uuid" => 'u' . "\0" x 15 . "\xff", "'10.1.2.3/24'::inet" => "i4" . chr(24) . "\x0a\x01\x02\x03",
	'ARRAY[7, NULL]' => 'a' . pack('N3', 1, 2, 1) . pack('N', 2) . 'n7' . "\xff" x 4,
);
is($node->safe_psql('postgres', "SELECT privrelease.pseudonymize($_, '900.1', 'dom')"), pseudonym('dom', $canonical{$_}), "pseudonym of $_")
	foreach sort keys %canonical;
# numeric, of every length and place of the point, with zeros around it
srand(1);
my @decimals = map {
	my ($whole, $fraction) = map { join '', map { rand() < 0.4 ? 0 : int rand 10 } 1 .. int rand 14 } 1 .. 2;
	(rand() < 0.5 ? '-' : '') . ($whole eq '' ? '0' : $whole) . '.' . $fraction . '0'
} 1 .. 400;
push @decimals, '0.0', '-0.0', '0.00001', '10000', '100000000.0', '0.' . '0' x 900 . '1', '1' . '0' x 900 . '.50', '9999.9999', '0.0001', '-0.10';
my @expected = map { my ($sign, $n) = /^(-?)0*(\d.*)$/; if ($n =~ /\./) { $n =~ s/0+$//; $n =~ s/\.$//; } pseudonym('dom', $n eq '0' ? 'n0' : "n$sign$n") } @decimals;
is($node->safe_psql('postgres', 'SELECT privrelease.pseudonymize(v, \'900.1\', \'dom\') FROM (VALUES ' . join(', ', map { "('$_'::numeric)" } @decimals) . ') AS d (v)'),
	join("\n", @expected), 'numeric of every form');
my $token = hmac_sha256(enc('pseudonym', 'n42'), hmac_sha256(enc('pseudonym', 'dom'), hkdf($known, 'pseudonym', 32)));
is($node->safe_psql('postgres', "SELECT privrelease.pseudonymize_bigint(42, '900.1', 'dom')"), unpack('Q>', $token) >> 1, 'pseudonym as a number');

# a shift of at most 6 days either way in steps of one: below(13) of the stream, here by hand
my $seed = hmac_sha256(enc('dateshift', 'n42', 'n6'), hkdf($known, 'dateshift', 32));
my ($draw) = grep { $_ < 13 } map { $_ & 15 } unpack('C*', hmac_sha256(pack('Q>', 0), $seed));
is($node->safe_psql('postgres', "SELECT privrelease.date_shift(date '2020-01-15', 42, '900.1', 6) - date '2020-01-15'"), $draw - 6, 'date shift');

# discrete Laplace of scale 3 grid units on the stream of HMACs whose last field is their number, here once more
sub laplace
{
	my ($scale, @fields) = @_;
	my @bytes;
	my $blocks = 0;
	my $below = sub {
		my ($m) = @_;
		return 0 if $m == 1;
		my $mask = 1;
		$mask = $mask * 2 + 1 while $mask < $m - 1;
		while (1)
		{
			@bytes = unpack('C*', hmac_sha256(enc('noise', @fields, pack('Q>', $blocks++)), hkdf($known, 'noise', 32))) if !@bytes;
			my $draw = shift(@bytes) & $mask;
			return $draw if $draw < $m;
		}
	};
	my $exp = sub {
		my ($n, $d) = @_;
		my $k = 1;
		$k++ while $below->($d * $k) < $n;
		return $k % 2;
	};
	while (1)
	{
		my $negative = $below->(2);
		my ($u, $v) = (0, 0);
		do { $u = $below->($scale) } until $exp->($u, $scale);
		$v++ while $exp->(1, 1);
		my $size = $v * $scale + $u;
		return $negative ? -$size : $size if $size > 0 || !$negative;
	}
}

is($node->safe_psql('postgres', q{SELECT string_agg((privrelease.noise(v, 'p'::text, '900.1', 'dom', 'laplace', 3, 1, '-Infinity', 'Infinity') - v)::text, ' ' ORDER BY v) FROM generate_series(1, 50) AS v}),
	join(' ', map { laplace(3, 'dom', 'tp', "n$_", 'laplace', 'n3', 'n1') } 1 .. 50), 'noise');
is($node->safe_psql('postgres', q{SELECT string_agg(((privrelease.noise(v, 'p'::text, '900.1', 'dom', 'laplace', 1.50, 0.5, '-Infinity', 'Infinity', 7::int2) - v) * 2)::int::text, ' ' ORDER BY v) FROM generate_series(1.5, 50.5, 1) AS v}),
	join(' ', map { laplace(3, 'dom', 'tp', "n$_.5", 'n7', 'laplace', 'n1.5', 'n0.5') } 1 .. 50), 'noise of a row');

# ---- encodings: the same text, the same pseudonym

$node->safe_psql('postgres', "CREATE DATABASE in_$_ ENCODING '$_' LOCALE 'C' TEMPLATE template0") foreach qw(utf8 latin1 sql_ascii euc_tw);
foreach my $db (qw(utf8 latin1 sql_ascii euc_tw))
{
	$node->safe_psql("in_$db", 'CREATE EXTENSION privrelease');
	know_key("in_$db");
}
my $cafe = pseudonym('dom', "tcaf\xc3\xa9");
is($node->safe_psql('in_utf8', q{SELECT privrelease.pseudonymize(convert_from('\x636166c3a9', 'UTF8'), '900.1', 'dom')}), $cafe, 'UTF8');
is($node->safe_psql('in_utf8', q{SELECT privrelease.pseudonymize(convert_from('\x63616665cc81', 'UTF8'), '900.1', 'dom')}), $cafe, 'UTF8, decomposed');
is($node->safe_psql('in_latin1', q{SELECT privrelease.pseudonymize(convert_from('\x636166e9', 'LATIN1'), '900.1', 'dom')}), $cafe, 'LATIN1');
is($node->safe_psql('in_sql_ascii', q{SELECT privrelease.pseudonymize(E'caf\xc3\xa9'::text, '900.1', 'dom')}), $cafe, 'SQL_ASCII that is UTF-8');
is($node->safe_psql('in_sql_ascii', q{SELECT privrelease.pseudonymize(E'caf\xe9'::text, '900.1', 'dom')}), pseudonym('dom', "rcaf\xe9"), 'SQL_ASCII that is not');
is($node->safe_psql('in_utf8', q{SELECT privrelease.pseudonymize(convert_from('\xe5bca0', 'UTF8'), '900.1', 'dom')}),
	pseudonym('dom', "t\xe5\xbc\xa0"), 'Chinese');
is($node->safe_psql('in_latin1', q{SELECT privrelease.pseudonymize('x'::text, '900.1', convert_from('\x636166e9', 'LATIN1'))}),
	pseudonym("caf\xc3\xa9", 'tx'), 'domains too');
is($node->safe_psql('in_utf8', q{SELECT privrelease.pseudonymize('x'::text, '900.1', convert_from('\x63616665cc81', 'UTF8'))}),
	pseudonym("cafe\xcc\x81", 'tx'), 'but a decomposed domain is another one');
is($node->safe_psql('in_sql_ascii', q{SELECT privrelease.pseudonymize('x'::text, '900.1', E'caf\xe9')}), pseudonym("\xffcaf\xe9", 'tx'), 'a domain that is not text');
# one character with two codes
is($node->safe_psql('in_euc_tw', q{SELECT c = d, privrelease.pseudonymize(1, '900.1', c) = privrelease.pseudonymize(1, '900.1', d),
	privrelease.pseudonymize(c, '900.1', 'dom') = privrelease.pseudonymize(d, '900.1', 'dom')
	FROM (SELECT convert_from('\xa4a4', 'EUC_TW') AS c, convert_from('\x8ea1a4a4', 'EUC_TW') AS d) AS s}), 'f|f|t', 'two spellings of a domain in EUC_TW are two, of a value one');
is($node->safe_psql('in_sql_ascii', q{SELECT privrelease.encrypt_fpe(E'12\xff4567'::text, '900.1', '0123456789', 0, 0) IS NULL, privrelease.encrypt_fpe(E'1234567\xe5'::text, '900.1', '0123456789', 0, 1) IS NULL}),
	't|f', 'text cut off inside a character');
is($node->safe_psql('in_utf8', q{
	SELECT char_length(e), e <> x, e ~ ('^[' || a || ']+$') FROM (SELECT x, a, privrelease.encrypt_fpe(x, '900.1', a, 0, 0) AS e
	FROM (SELECT repeat(convert_from('\xe5bca0', 'UTF8'), 14) AS x, convert_from('\xe5bca061e69d8eefbc81c3a9', 'UTF8') AS a) AS s) AS t}), '14|t|t', 'an alphabet of characters of several bytes');

# ---- nothing shows a key

my $dump = $node->safe_psql('postgres', 'SELECT 1') && do
{
	my ($stdout, $stderr);
	IPC::Run::run([ $node->installed_command('pg_dump'), '-h', $node->host, '-p', $node->port, 'postgres' ], '>', \$stdout, '2>', \$stderr);
	$stdout;
};
my $log = slurp_file($node->logfile);
my @keys = slurp_file($keyring) =~ /^key \d+ \d+ ([0-9a-f]{64})$/mg;
like($dump, qr/COPY privrelease\.key_version/, 'the dump has the fingerprints');
is(scalar(grep { index(lc $dump, substr($_, 0, 16)) >= 0 } @keys), 0, 'no key in a dump');
is(scalar(grep { index(lc $log, substr($_, 0, 16)) >= 0 } @keys), 0, 'no key in the log');

# ---- a standby has the file or nothing

$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', "privrelease.keyring_file = ''\n");
$standby->start;
my ($rc, $sout, $serr);
$rc = $standby->psql('postgres', $use, stdout => \$sout, stderr => \$serr, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
ok($rc != 0 && $serr =~ /PR001: .*\.keyring" does not exist/, 'a standby without the file: an error') or diag("$sout $serr");
$rc = $standby->psql('postgres', q{SELECT privrelease.create_key('s')}, stdout => \$sout, stderr => \$serr);
ok($rc != 0 && $serr =~ /cannot execute create_key\(\)/, 'no key is made on a standby') or diag($serr);
ok(!-e $standby->data_dir . '.keyring', 'and no file');
write_file(slurp_file($keyring));
my $shipped = $standby->data_dir . '.keyring';
IPC::Run::run([ 'cp', '-p', $keyring, $shipped ]);
is($standby->safe_psql('postgres', $use), $before, 'a standby with the file');
$standby->stop;

# ---- other places and times

$node->append_conf('postgresql.conf', "privrelease.keyring_file = '" . $node->data_dir . "/keyring'\n");
$node->restart;
$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION privrelease');
my ($code, $made, $warning) = run_sql('fresh', q{SELECT privrelease.create_key('a')});
ok($code == 0 && $warning =~ /WARNING: .*lies inside the data directory.*HINT:.*Move it/s, 'a file that base backups would carry') or diag($warning);

$node->append_conf('postgresql.conf', "privrelease.keyring_file = '/nowhere/keyring'\n");
$node->restart;
$node->safe_psql('postgres', 'CREATE DATABASE fresh2');
$node->safe_psql('fresh2', 'CREATE EXTENSION privrelease');
refused_like('fresh2', q{SELECT privrelease.create_key('a')}, qr/could not create keyring file.*HINT:.*privrelease\.keyring_file/s, 'a directory that is not there');
is($node->safe_psql('fresh2', 'SELECT count(*) FROM privrelease.keys'), '0', 'and nothing in the catalogue');

$node->append_conf('postgresql.conf', "privrelease.keyring_file = '$keyring'\nshared_preload_libraries = ''\n");
$node->restart;
refused_like('postgres', $use, qr/PR006: .*not preloaded.*HINT:.*shared_preload_libraries/s, 'not preloaded: keyed functions');
refused_like('postgres', q{SELECT privrelease.decrypt_fpe('1234567', '1.1', '0123456789', 0, 0)}, qr/PR006: .*not preloaded/, 'not preloaded: nothing is undone');
refused_like('postgres', q{SELECT privrelease.create_key('n')}, qr/PR006: .*not preloaded.*HINT:.*shared_preload_libraries/s, 'not preloaded: create_key');
refused_like('postgres', q{SELECT privrelease.rotate_key('a')}, qr/PR006: .*not preloaded/, 'not preloaded: rotate_key');
is($node->safe_psql('postgres', q{SELECT privrelease.pseudonymize(NULL::int, '1.1', 'd') IS NULL}), 't', 'not preloaded: NULL is NULL');

$node->stop;
done_testing();
