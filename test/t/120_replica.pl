# Read replicas: subscribers without the extension hold exactly the rows that are published, whatever happens in between; what a
# role with REPLICATION sees of a source, and what it does not see behind a hub.
#
# The hub is set up by the commands of doc/operations.md, as they stand there.
use strict;
use warnings;
use File::Basename;
use File::Find;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = PostgreSQL::Test::Utils::tempdir();
my $release = 'open.health';
my %node;

sub server
{
	my ($name, @lines) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => 'logical', auth_extra => [ '--create-role', 'registrar,hub_feed,portal,spy' ]);
	$node->append_conf('postgresql.conf', join "\n", 'wal_retrieve_retry_interval = 100ms', 'max_logical_replication_workers = 8', @lines, '');
	$node->start;
	$node{$name} = $node;
	return $node;
}

sub error_of
{
	my ($node, $database, $role, $sql) = @_;
	my ($out, $err);
	$node->psql($database, $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
	return $err;
}

sub as
{
	my ($node, $database, $role, $sql) = @_;
	return $node->safe_psql($database, $sql, extra_params => [ '-U', $role ]);
}

my $registry = server('registry', q{shared_preload_libraries = 'privrelease'}, "privrelease.keyring_file = '$directory/keyring'");
$registry->safe_psql('postgres', 'CREATE ROLE registrar LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE replica LOGIN REPLICATION');
$registry->safe_psql('postgres', 'CREATE DATABASE city OWNER registrar');
$registry->safe_psql('city', q{CREATE EXTENSION privrelease});
as($registry, 'city', 'registrar', q{
	CREATE SCHEMA registry;
	CREATE SCHEMA open;
	CREATE TABLE registry.health (id int PRIMARY KEY, name text, city text, illness text, kind text);
	INSERT INTO registry.health SELECT g, 'MARKER' || g, 'c' || g % 10, 'i' || g % 7, 'k' || g % 3 FROM generate_series(1, 2000) AS g;
	SELECT privrelease.classify('registry.health', 'name', 'identifier'), privrelease.classify('registry.health', 'city', 'quasi_identifier'),
	  privrelease.classify('registry.health', 'illness', 'insensitive'), privrelease.classify('registry.health', 'kind', 'insensitive');
	SELECT privrelease.create_release('open.health', 'registry.health', subject => 'id', kind => 'table', model => '{"k": 5}');
	SELECT privrelease.set_rule('open.health', 'city', 'keep');
	SELECT privrelease.set_rule('open.health', 'illness', 'keep');
	SELECT privrelease.refresh('open.health');
	SELECT privrelease.publish('open.health', 'reader');
});

# The rows of a release, sorted: of the columns that the first server has.
sub rows
{
	my ($node, $database) = @_;
	my $columns = $registry->safe_psql('city', qq{SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute
		WHERE attrelid = '$release'::regclass AND attnum > 0 AND NOT attisdropped});
	return $node->safe_psql($database, "SELECT ROW($columns)::text FROM $release ORDER BY release_row");
}

# Waits until a subscriber has applied what there is, and compares. What a hub has applied it sends on a little later.
sub same
{
	my ($name, $from, $database, $to, $there) = @_;
	my $wanted = rows($registry, 'city');
	my $got;
	$from->wait_for_catchup($to->name eq 'replica' ? 'replica' : 'open_health');
	foreach my $try (1 .. 100)
	{
		$got = rows($to, $there);
		last if $got eq $wanted || $from->name ne 'hub';
		select(undef, undef, undef, 0.2);
	}
	ok($wanted eq $got && length $wanted > 0, $name) or diag(length($wanted) . ' and ' . length($got) . ' bytes');
	return;
}

sub steward
{
	return as($registry, 'city', 'registrar', $_[0]);
}

# ---- what create_publication() says

my ($out, $err);
$registry->psql('city', q{SELECT privrelease.publish('open.health', 'replica'); SELECT privrelease.create_publication('open.health', 'replica')},
	stdout => \$out, stderr => \$err, extra_params => [ '-U', 'registrar' ]);
like($err, qr/NOTICE:  a role with REPLICATION can decode every table of this database, source registry\.health included\n.*HINT: .*a hub.*doc\/operations\.md/m,
	'create_publication() tells what REPLICATION opens');
is($registry->safe_psql('city', q{SELECT schemaname || '.' || tablename FROM pg_publication_tables}), 'open.health', 'the release, and nothing else');

# ---- a subscriber, which has one table and no extension

my $replica = server('replica');
$replica->safe_psql('postgres', q{
	CREATE SCHEMA open;
	CREATE TABLE open.health (release_row uuid PRIMARY KEY, city text, illness text);
});
$replica->safe_psql('postgres', q{CREATE SUBSCRIPTION replica CONNECTION '} . $registry->connstr . q{ dbname=city user=replica' PUBLICATION replica});
$replica->wait_for_subscription_sync($registry, 'replica');
my $to_replica = sub { same($_[0], $registry, 'city', $replica, 'postgres') };
$to_replica->('the initial copy, by column privileges: the rows of the release');
is($replica->safe_psql('postgres', q{SELECT count(*) FROM pg_extension WHERE extname = 'privrelease'}), '0', 'without the extension');
ok(index(rows($replica, 'postgres'), 'MARKER') < 0, 'no name');

# ---- a refresh is replicated as changes

# Changes in a slot since it was looked at last: of the release, by kind.
$registry->safe_psql('city', q{SELECT pg_create_logical_replication_slot('look', 'pgoutput'); SELECT pg_create_logical_replication_slot('text', 'test_decoding')});

sub changes
{
	my $sent = $registry->safe_psql('city', q{SELECT concat_ws(' ', count(*) FILTER (WHERE get_byte(data, 0) = ascii('I')),
		count(*) FILTER (WHERE get_byte(data, 0) = ascii('U')), count(*) FILTER (WHERE get_byte(data, 0) = ascii('D')),
		count(*) FILTER (WHERE get_byte(data, 0) = ascii('T')))
		FROM pg_logical_slot_get_binary_changes('look', NULL, NULL, 'proto_version', '1', 'publication_names', 'replica')});
	my $decoded = $registry->safe_psql('city', q{SELECT concat_ws(' ', count(*) FILTER (WHERE data ~ '^table open.health: INSERT'),
		count(*) FILTER (WHERE data ~ '^table open.health: UPDATE'), count(*) FILTER (WHERE data ~ '^table open.health: DELETE'),
		count(*) FILTER (WHERE data ~ '^table open.health: TRUNCATE')) FROM pg_logical_slot_get_changes('text', NULL, NULL)});
	is($sent, $decoded, 'what is sent of the release is what was done to it');
	return split / /, $sent;
}

my ($inserted, $updated, $deleted, $truncated) = changes();
foreach my $percent (0, 1, 10, 40)
{
	my $limit = 20 * $percent;
	my %before = map { $_ => 1 } split /\n/, rows($registry, 'city');
	steward(qq{UPDATE registry.health SET illness = illness || 'x' WHERE id <= $limit; SELECT privrelease.refresh('open.health')});
	my %after = map { $_ => 1 } split /\n/, rows($registry, 'city');
	my $came = grep { !$before{$_} } keys %after;
	my $left = grep { !$after{$_} } keys %before;
	($inserted, $updated, $deleted, $truncated) = changes();
	is("$inserted $updated $deleted $truncated", "$came 0 $left 0", "$percent % changed: what differs is sent, $came rows come and $left go");
	cmp_ok($inserted, '<=', $limit, "$percent % changed: of " . scalar(keys %after) . ' rows');
	ok($percent == 0 || $inserted > 0, "$percent % changed: and not nothing");
	is($registry->safe_psql('city', q{SELECT inserted || ' ' || deleted FROM privrelease.versions WHERE release = 'open.health' ORDER BY version DESC LIMIT 1}),
		"$inserted $deleted", "$percent % changed: as versions says");
	$to_replica->("$percent % changed: the rows of the release");
}

# ---- a subscriber that is down, one that lacks a column, an index

$replica->stop;
steward(q{UPDATE registry.health SET city = 'c1' WHERE id BETWEEN 100 AND 300; SELECT privrelease.refresh('open.health')});
steward(q{DELETE FROM registry.health WHERE id BETWEEN 400 AND 500; SELECT privrelease.refresh('open.health')});
$replica->start;
$to_replica->('down during two refreshes: it catches up');

my $log = -s $replica->logfile;
steward(q{SELECT privrelease.set_rule('open.health', 'kind', 'keep')});
steward(q{SELECT privrelease.refresh('open.health')});
$to_replica->('a draft beside what is published: nobody sees it');
steward(q{SELECT privrelease.publish('open.health', 'reader')});
$replica->wait_for_log(qr/missing replicated column: "kind"/, $log);
ok(index(rows($registry, 'city'), 'k1') > 0, 'the release has a column more');
$replica->safe_psql('postgres', 'ALTER TABLE open.health ADD COLUMN kind text');
$to_replica->('a column that the subscriber lacked: with the column it goes on');
steward(q{SELECT privrelease.create_index('open.health', 'city'); SELECT privrelease.refresh('open.health')});
$to_replica->('an index is nothing to the subscriber');
is($replica->safe_psql('postgres', q{SELECT count(*) FROM pg_index WHERE indrelid = 'open.health'::regclass}), '1', 'and stays where it is');
steward(q{SELECT privrelease.drop_rule('open.health', 'kind'); SELECT privrelease.publish('open.health', 'reader')});
$to_replica->('a column less');
is($replica->safe_psql('postgres', q{SELECT count(*) FROM open.health WHERE kind IS NOT NULL}), '0', 'whose values are gone from the subscriber');

# ---- withdrawn, refreshed, published

steward(q{SELECT privrelease.withdraw('open.health', 'a mistake')});
$registry->wait_for_catchup('replica');
is($replica->safe_psql('postgres', 'SELECT count(*) FROM open.health'), '0', 'withdrawn: the subscriber is empty');
changes();
steward(q{UPDATE registry.health SET city = 'c2' WHERE id < 50; SELECT privrelease.refresh('open.health')});
$registry->wait_for_catchup('replica');
is($replica->safe_psql('postgres', 'SELECT count(*) FROM open.health'), '0', 'refreshed: nothing comes before it is published');
cmp_ok($registry->safe_psql('city', 'SELECT count(*) FROM open.health'), '>', 1000, 'although the table is full');
is($registry->safe_psql('city', q{SELECT count(*) FROM pg_logical_slot_get_binary_changes('look', NULL, NULL, 'proto_version', '1', 'publication_names', 'replica')
	WHERE get_byte(data, 0) = ANY (ARRAY[ascii('I'), ascii('U')])}), '0', 'not even to who would read what is sent');
steward(q{SELECT privrelease.publish('open.health', 'reader')});
$to_replica->('published: all rows are back');
steward(q{UPDATE registry.health SET illness = 'y' WHERE id < 30; SELECT privrelease.refresh('open.health')});
$to_replica->('and refreshes go on');

$replica->stop;
steward(q{SELECT privrelease.withdraw('open.health', 'a mistake'); SELECT privrelease.refresh('open.health')});
steward(q{SELECT privrelease.publish('open.health', 'reader', 'replica'); DELETE FROM registry.health WHERE id < 10; SELECT privrelease.refresh('open.health')});
$replica->start;
$to_replica->('down during a withdrawal and a publication: it catches up');

# ---- a person objects: empty until the next refresh, then without him

my $all = $replica->safe_psql('postgres', 'SELECT count(*) FROM open.health');
steward(q{SELECT privrelease.object('open.health', '777', 'he moved away')});
$registry->wait_for_catchup('replica');
is($replica->safe_psql('postgres', 'SELECT count(*) FROM open.health'), '0', 'suspended: the subscriber is empty');
steward(q{SELECT privrelease.refresh('open.health')});
$to_replica->('refreshed: it is filled at once');
is($replica->safe_psql('postgres', 'SELECT count(*) FROM open.health'), $all - 1, 'without him');

# ---- what REPLICATION opens: every table, past all grants

$registry->safe_psql('city', 'CREATE ROLE spy LOGIN REPLICATION');
like(error_of($registry, 'city', 'spy', 'SELECT * FROM registry.health'), qr/permission denied/, 'a role with REPLICATION has no right on the source');
as($registry, 'city', 'spy', q{SELECT pg_create_logical_replication_slot('spy', 'test_decoding')});
steward(q{UPDATE registry.health SET name = name || '.' WHERE id = 1000});
like(as($registry, 'city', 'spy', q{SELECT data FROM pg_logical_slot_get_changes('spy', NULL, NULL)}), qr/MARKER1000/, 'and decodes its rows nevertheless');
as($registry, 'city', 'spy', q{SELECT pg_drop_replication_slot('spy')});
command_ok([ 'pg_basebackup', '--no-sync', '-c', 'fast', '-D', "$directory/copy", '-d', $registry->connstr('postgres') . ' user=spy' ], 'it can copy the server');
cmp_ok(marked_files("$directory/copy"), '>', 0, 'with the source in it');

# ---- audit() names both: a publication with the source, and every role that can decode it

my $audit = q{SELECT object || ': ' || finding FROM privrelease.audit() ORDER BY 1};
my $before = $registry->safe_psql('city', $audit);
like($before, qr/^role spy: has REPLICATION/m, 'audit() names who can decode');
unlike($before, qr/^publication/m, 'and not the publication of a release');
$registry->safe_psql('city', 'CREATE PUBLICATION leak FOR TABLE registry.health');
like($registry->safe_psql('city', $audit), qr/^publication leak: /m, 'but one that carries the source');
$registry->safe_psql('city', 'DROP PUBLICATION leak; DROP ROLE spy');
unlike($registry->safe_psql('city', $audit), qr/^publication|spy/m, 'until both are gone');

# Files below a directory in which a name of the source is found.
sub marked_files
{
	my ($top) = @_;
	my $found = 0;
	find({ no_chdir => 1, wanted => sub { $found++ if -f $_ && index(slurp_file($_), 'MARKER') >= 0 } }, $top);
	return $found;
}

# ---- the hub, by the book

my $hub = server('hub');
my $portal = server('portal');

# The commands of a section of doc/operations.md: where, as whom, what.
sub commands_of
{
	my ($heading) = @_;
	my $book = slurp_file(dirname(__FILE__) . '/../../doc/operations.md');
	my ($section) = $book =~ /^### \Q$heading\E\n(.*?)(?=^##|\z)/ms;
	return $section =~ /^```(?:sql|sh)\n(?:--|#) (.*?)\n(.*?)^```\n/msg;
}

# Addresses of the book, as they are here.
sub here
{
	my ($text) = @_;
	$text =~ s/\bhost=(registry|hub|portal)\b/'host=' . $node{$1}->host . ' port=' . $node{$1}->port/ge;
	return $text;
}

$portal->safe_psql('postgres', 'CREATE DATABASE open_data');
my @commands = commands_of('The hub');
is(scalar @commands, 10, 'the book has five steps');
while (my ($where, $what) = splice @commands, 0, 2)
{
	if ($where =~ /^on (\w+), database (\w+), as (\w+)$/)
	{
		my ($name, $database, $role) = ($1, $2, $3);
		if ($name eq 'portal')
		{
			$hub->wait_for_subscription_sync($registry, 'open_health', 'open_data');
			command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $portal->connstr('open_data'), '-c', 'CREATE SCHEMA open', '-f', "$directory/health.sql" ],
				'the table at the portal');
		}
		command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node{$name}->connstr($database), '-c', "SET SESSION AUTHORIZATION $role", '-f', file(here($what)) ],
			"the book: $where");
	}
	else
	{
		command_ok([ 'sh', '-e', '-c', "cd $directory\n" . here($what) ], "the book: $where");
	}
}

sub file
{
	my ($text) = @_;
	unlink "$directory/commands";
	append_to_file("$directory/commands", $text);
	return "$directory/commands";
}

$portal->wait_for_subscription_sync($hub, 'open_health', 'open_data');
same('the hub has the release', $registry, 'city', $hub, 'open_data');
same('so has the portal', $hub, 'open_data', $portal, 'open_data');

# Who decodes everything there, from before the next changes on.
as($hub, 'open_data', 'portal', q{SELECT pg_create_logical_replication_slot('spy', 'test_decoding')});
steward(q{UPDATE registry.health SET illness = illness || 'MARKERNOT', name = name || '!' WHERE id % 20 = 0; UPDATE registry.health SET illness = 'flu' WHERE id % 20 = 0});
steward(q{SELECT privrelease.refresh('open.health')});
same('the hub follows', $registry, 'city', $hub, 'open_data');
same('the portal follows', $hub, 'open_data', $portal, 'open_data');
my $seen = as($hub, 'open_data', 'portal', q{SELECT data FROM pg_logical_slot_get_changes('spy', NULL, NULL)});
like($seen, qr/^table open\.health: INSERT: .*'flu'/m, 'at the hub a role with REPLICATION decodes the release');
unlike($seen, qr/MARKER/, 'and no source');
unlike($seen, qr/^table (?!open\.health)/m, 'and nothing else');
as($hub, 'open_data', 'portal', q{SELECT pg_drop_replication_slot('spy')});
like(error_of($hub, 'open_data', 'portal', 'SELECT xmin FROM open.health'), qr/42501/, 'which rows came together is not told to who reads the table');
is(as($hub, 'open_data', 'portal', 'SELECT count(*) > 1000 FROM open.health'), 't', 'and its columns are');

steward(q{SELECT privrelease.withdraw('open.health', 'a mistake')});
ok($_->poll_query_until('open_data', 'SELECT count(*) = 0 FROM open.health'), 'withdrawn: ' . $_->name . ' is empty') foreach $hub, $portal;
steward(q{SELECT privrelease.refresh('open.health'); SELECT privrelease.publish('open.health', 'hub_feed')});
same('published: the hub has it again', $registry, 'city', $hub, 'open_data');
same('and the portal', $hub, 'open_data', $portal, 'open_data');

command_ok([ 'pg_dumpall', '-d', $hub->connstr('postgres'), '-f', "$directory/hub.sql" ], 'all of the hub is dumped');
my $dump = slurp_file("$directory/hub.sql");
ok(index($dump, 'flu') > 0 && index($dump, 'MARKER') < 0, 'with the release, and no source value');
$_->stop foreach $hub, $portal;
is(marked_files($hub->data_dir), 0, 'nor is there one in any file of the hub');
is(marked_files($portal->data_dir), 0, 'or of the portal');

# ---- dropped

steward(q{SELECT privrelease.drop_release('open.health')});
is($registry->safe_psql('city', 'SELECT count(*) FROM pg_publication'), '0', 'the publications go with the release');
unlike(slurp_file($replica->logfile) . slurp_file($hub->logfile), qr/MARKER/, 'no source value in the log of a subscriber');
$replica->stop('immediate');
$registry->stop('immediate');
done_testing();
