# ALTER EXTENSION ... UPDATE from each state that was given away as 0.1.0.
#
# test/data/0.1.0 holds, of each state, the install script that it had and the dump of a database in which its library
# declared, built and published (story.sql).  Restored here under the library of today, it is what a server has between the
# new package and the update; and after the update it must be what a new installation has, with everything in it.
# What differs is printed as lines of test/data/catalogue.sql: "<" is a new installation, ">" the updated one.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;
use File::Copy;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = abs_path(dirname(__FILE__) . '/../data');
my $old = "$data/0.1.0";
my ($share) = run_command([ 'pg_config', '--sharedir' ]);
my $scripts = "$share/extension";
my @written;

END
{
	unlink @written;
}

# ---- what the tests ask

sub as
{
	my ($node, $db, $role, $sql) = @_;
	my ($out, $err);
	my $rc = $node->psql($db, $sql, stdout => \$out, stderr => \$err,
		extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
	return ($rc, $out, $err);
}

sub superuser
{
	my ($node) = @_;
	return $node->safe_psql('postgres', 'SELECT current_user');
}

sub works
{
	my ($node, $db, $role, $sql, $name) = @_;
	my ($rc, $out, $err) = as($node, $db, $role, $sql);
	is($rc, 0, $name) or diag("$out\n$err");
	return $out;
}

sub refused
{
	my ($node, $db, $role, $sql, $code, $message, $name) = @_;
	my ($rc, $out, $err) = as($node, $db, $role, $sql);
	ok($rc != 0 && $err =~ /ERROR:  $code: /s && $err =~ /$message/, $name) or diag("rc $rc\n$out\n$err");
	unlike("$out$err", qr/MARKER/, "$name, and no value is told");
	return;
}

sub catalogue
{
	my ($node, $db) = @_;
	my ($out, $err);
	IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr($db), '-f', "$data/catalogue.sql" ], '>', \$out, '2>', \$err);
	die $err if $err ne '';
	return [ split /\n/, $out ];
}

# Lines of two catalogues that only one of them has.
sub differences
{
	my ($wanted, $found) = @_;
	my %count;
	$count{$_}++ for @$found;
	my @lines;
	for my $line (@$wanted)
	{
		push @lines, "< $line" unless $count{$line} && $count{$line}--;
	}
	for my $line (@$found)
	{
		push @lines, "> $line" if $count{$line} && $count{$line}--;
	}
	return [ sort @lines ];
}

sub same_catalogue
{
	my ($wanted, $found, $expected, $name) = @_;
	is_deeply(differences($wanted, $found), [ sort @$expected ], $name)
	  or diag(join "\n", map { substr $_, 0, 600 } @{ differences($wanted, $found) });
	return;
}

# What a reader of the story sees now, and what he saw when it was dumped.
sub sees_the_same
{
	my ($node, $db, $release, $columns, $role, $name) = @_;
	my $seen = $node->safe_psql($db, "SELECT rows, digest FROM public.seen WHERE release = '$release'");
	my $sees = works($node, $db, $role, qq{SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C"))
		FROM (SELECT $columns FROM $release) AS t}, "$role reads $release $name");
	ok($seen ne '' && $sees eq $seen, "$role reads in $release what he read before, $name") or diag("$seen\n$sees");
	return;
}

sub readers_see_the_same
{
	my ($node, $db, $state, $name) = @_;
	sees_the_same($node, $db, 'open.shown', '*', 'reader', $name);
	sees_the_same($node, $db, 'open.changed', '*', 'reader', $name);
	sees_the_same($node, $db, 'open.mapped', '*', 'mapped', $name);
	if ($state eq 'tables')
	{
		sees_the_same($node, $db, 'open.tab', 'release_row, born, city, ill', 'reader', $name);
		sees_the_same($node, $db, 'open.tab_changed', 'release_row, income', 'reader', $name);
	}
	my @hidden = ('src.person', 'src.other', 'open.built', 'open.gone');
	push @hidden, 'open.tab_gone' if $state eq 'tables';
	for my $hidden (@hidden)
	{
		my ($rc, $out, $err) = as($node, $db, 'reader', "SELECT * FROM $hidden");
		ok($rc != 0 && $out eq '' && $err !~ /MARKER/, "reader does not read $hidden $name") or diag("$out\n$err");
	}
	return;
}

sub run_file
{
	my ($node, $db, @file) = @_;
	my ($out, $err);
	my $ok = IPC::Run::run([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($db), map { ('-f', $_) } @file ],
		'>', \$out, '2>', \$err);
	die "@file: $err" unless $ok;
	return;
}

# ---- the states

# The last state is installed as everybody can install it; of the others the scripts are put beside it for this test.
sub install_old
{
	my ($node, $db, $state, $first) = @_;
	my $version = $state eq 'tables' ? '0.1.0' : "0.1.0$state";
	$node->safe_psql($db, ($first // '') . "CREATE EXTENSION privrelease VERSION '$version'");
	$node->safe_psql($db, ($first // '') . "ALTER EXTENSION privrelease UPDATE TO '0.1.0'") if $state ne 'tables';
	return;
}

sub put_scripts
{
	my ($state) = @_;
	my $script = "$scripts/privrelease--0.1.0$state.sql";
	my $step = "$scripts/privrelease--0.1.0$state--0.1.0.sql";
	return 0 unless -w $scripts;
	push @written, $script, $step;
	copy("$old/$state.sql", $script) or die $!;
	append_to_file($step, "SELECT 1;\n") unless -e $step;
	return 1;
}

sub start
{
	my ($state) = @_;
	my $node = PostgreSQL::Test::Cluster->new("update_$state");
	my $keyring = PostgreSQL::Test::Utils::tempdir() . "/keyring_$state";
	copy("$old/${state}_keyring", $keyring) or die $!;
	chmod 0600, $keyring;
	$node->init(auth_extra => [ '--create-role', 'keeper,reader,mapped,carol,attacker' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring'\nlog_min_messages = warning\n");
	$node->start;
	return $node;
}

# The story without what makes roles, which a second database shares with the first.
sub without_roles
{
	my ($state) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir() . "/${state}_without_roles.sql";
	open my $out, '>', $file or die $!;
	print $out grep { !/^(CREATE|ALTER) ROLE / } map { "$_\n" } split /\n/, slurp_file("$old/${state}_story.sql");
	close $out;
	return $file;
}

# Rows of all tables that the old version has, for finding them again.
my $remember = q{
	CREATE TABLE public.remembered (name text, row jsonb);
	DO $$
	DECLARE t record;
	BEGIN
		FOR t IN SELECT c.oid::regclass::text AS name FROM pg_class AS c WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relkind = 'r' LOOP
			EXECUTE format('INSERT INTO public.remembered SELECT %L, to_jsonb(r) FROM %s AS r', t.name, t.name);
		END LOOP;
	END $$};
# Rows that are not there any more, or only now, in the columns that there were: none.
my $compare = q{
	CREATE TEMP TABLE found (name text, row jsonb);
	DO $$
	DECLARE t record;
	BEGIN
		FOR t IN SELECT m.name, (array_agg(m.row))[1] AS shape FROM public.remembered AS m GROUP BY m.name LOOP
			EXECUTE format('INSERT INTO found SELECT %L, (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(to_jsonb(r)) AS e WHERE %L ? e.key) FROM %s AS r',
				t.name, t.shape, t.name);
		END LOOP;
		UPDATE public.remembered SET row = row || '{"state": "draft"}' WHERE name = 'privrelease.release' AND row ->> 'state' = 'built';
	END $$;
	(SELECT 'gone: ' || name || ' ' || row FROM (TABLE public.remembered EXCEPT ALL TABLE found) AS r)
	UNION ALL (SELECT 'new: ' || name || ' ' || row FROM (TABLE found EXCEPT ALL TABLE public.remembered) AS r
		-- The key that signs the log is made when there is something to sign.
		WHERE row ->> 'name' IS DISTINCT FROM 'privrelease' AND NOT (name = 'privrelease.key_version' AND row ->> 'key' = (SELECT id::text FROM privrelease.key WHERE key.name = 'privrelease')))};

my $hint = 'ALTER EXTENSION privrelease UPDATE;';

# ---- between package and update

sub between
{
	my ($node, $state) = @_;
	readers_see_the_same($node, 'bound', $state, 'with the SQL objects of 0.1.0');
	my @calls = (
		q{privrelease.classify('src.person', 'income', 'sensitive')}, q{privrelease.create_release('open.more', 'src.person')},
		q{privrelease.set_rule('open.shown', 'ill', 'keep')}, q{privrelease.drop_rule('open.shown', 'income')}, q{privrelease.build('open.shown')},
		q{privrelease.publish('open.shown', 'reader')}, q{privrelease.withdraw('open.shown', 'no')}, q{privrelease.drop_release('open.gone')},
		q{privrelease.preview('open.shown')}, q{privrelease.definition('open.shown')}, q{privrelease.drift('open.shown')},
		q{privrelease.export_policy('open.shown')}, q{privrelease.create_hierarchy('other', ARRAY[['a', '*']])},
		q{privrelease.set_rule('open.draft', 'name', 'fake', '{"key": "k", "dictionary": "public.word"}')});
	push @calls, q{privrelease.map_audience('reader', 'open.shown')}, q{privrelease.unmap_audience('mapped')} if $state ne 'views';
	push @calls, q{privrelease.refresh('open.tab')}, q{privrelease.assess('open.tab')}, q{privrelease.version_risk('open.tab')},
	  q{privrelease.create_index('open.tab', 'city')}, q{privrelease.set_model('open.tab', '{"k": 2}')}, q{privrelease.joint_risk('open.tab')},
	  q{privrelease.discover('src.person')}, q{privrelease.record_risk('open.tab')} if $state eq 'tables';
	for my $call (@calls)
	{
		refused($node, 'bound', 'keeper', "SELECT $call", '55000', quotemeta $hint, "$call before the update");
	}
	for my $call (q{privrelease.create_key('other')}, q{privrelease.rotate_key('k')}, q{privrelease.uninstall()}, q{privrelease.rebind()})
	{
		refused($node, 'bound', superuser($node), "SELECT $call", '55000', quotemeta $hint, "$call before the update");
	}
	is($node->safe_psql('bound', q{SELECT state, hint FROM privrelease.status() WHERE item = 'version'}) =~ /^0\.1\.0, library .*ALTER EXTENSION privrelease UPDATE/,
		1, 'status() says it') if $state ne 'views';
	is($node->safe_psql('bound', q{SELECT state FROM privrelease.releases WHERE release = 'open.built'}), 'built', 'what is declared can be looked at');
	refused($node, 'bound', 'reader', 'EXPLAIN SELECT * FROM open.shown', 'PR007', 'EXPLAIN', 'the guard works') if $state ne 'views';
	if ($state ne 'views')
	{
		# In transparent mode a query of the source is answered from the release.
		works($node, 'bound', 'keeper', 'GRANT USAGE ON SCHEMA src TO mapped', 'the schema is opened');
		is(works($node, 'bound', 'mapped', 'SELECT count(*), min(name) FROM src.other', 'a mapped query'), '40|MA****', 'the map works');
	}
	return;
}

# ---- an update that fails changes nothing

sub failing
{
	my ($node) = @_;
	my $before = catalogue($node, 'bound');
	my $interrupted = 0;
	for my $milliseconds (10, 60, 150)
	{
		my ($rc, $out, $err) = $node->psql('bound', "BEGIN; SET LOCAL statement_timeout = $milliseconds; ALTER EXTENSION privrelease UPDATE; ROLLBACK",
			on_error_stop => 1);
		$interrupted++ if $err =~ /statement timeout/;
	}
	ok($interrupted > 0, 'the update is interrupted');
	same_catalogue($before, catalogue($node, 'bound'), [], 'an interrupted update changes nothing');

	# Somebody has got CREATE on the schema, and has put there what the update makes: it is not taken for ours.
	my $boss = superuser($node);
	$node->safe_psql('bound', 'CREATE ROLE attacker LOGIN; GRANT CREATE ON SCHEMA privrelease TO attacker; GRANT CREATE ON DATABASE bound TO attacker');
	my %planted = (
		'function submit' => [ q{CREATE FUNCTION privrelease.submit(release text) RETURNS void LANGUAGE sql AS ''}, 'DROP FUNCTION privrelease.submit' ],
		'function of the script' => [ q{CREATE FUNCTION privrelease.update_privilege(kind text, name text, command text) RETURNS void LANGUAGE sql AS ''}, 'DROP FUNCTION privrelease.update_privilege' ],
		'table approval' => [ 'CREATE TABLE privrelease.approval (id int)', 'DROP TABLE privrelease.approval' ],
		'view approvals' => [ 'CREATE VIEW privrelease.approvals AS SELECT 1 AS one', 'DROP VIEW privrelease.approvals' ],
		'table of the script' => [ 'CREATE TABLE privrelease.update_release (id int)', 'DROP TABLE privrelease.update_release' ]);
	for my $name (sort keys %planted)
	{
		works($node, 'bound', 'attacker', $planted{$name}[0], "$name is planted");
		my ($rc, $out, $err) = as($node, 'bound', $boss, 'ALTER EXTENSION privrelease UPDATE');
		ok($rc != 0 && $err =~ /not a member of extension|already exists|cannot change name of view column/, "$name: the update refuses") or diag($err);
		is($node->safe_psql('bound', q{SELECT extversion FROM pg_extension WHERE extname = 'privrelease'}), '0.1.0', "$name: and nothing is updated");
		works($node, 'bound', 'attacker', $planted{$name}[1], "$name is gone");
	}

	# A view of somebody's own over a table that the update makes anew
	$node->safe_psql('bound', 'CREATE VIEW public.own AS SELECT * FROM privrelease.rule');
	refused($node, 'bound', $boss, 'ALTER EXTENSION privrelease UPDATE', '2BP01', 'view public.own depends on table privrelease.rule', 'a view of somebody stays');
	$node->safe_psql('bound', 'DROP VIEW public.own');
	same_catalogue([ grep { !/attacker/ } @$before ], [ grep { !/attacker/ } @{ catalogue($node, 'bound') } ], [], 'no update that failed has changed anything');

	# A search_path full of traps, and objects that hide those of pg_catalog: nobody falls in.
	works($node, 'bound', 'attacker', q{
		CREATE SCHEMA trap;
		CREATE TABLE trap.caught (who name DEFAULT current_user, what text);
		GRANT ALL ON ALL TABLES IN SCHEMA trap TO PUBLIC; GRANT ALL ON SCHEMA trap TO PUBLIC;
		CREATE FUNCTION trap.catch(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trap.caught (what) VALUES ('operator'); RETURN true; END $$;
		CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.catch);
		CREATE FUNCTION trap.catch(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trap.caught (what) VALUES ('operator'); RETURN true; END $$;
		CREATE OPERATOR trap.= (LEFTARG = name, RIGHTARG = name, FUNCTION = trap.catch);
		CREATE FUNCTION trap.quote_ident(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trap.caught (what) VALUES ('quote_ident'); RETURN $1; END $$;
		CREATE FUNCTION trap.to_regclass(text) RETURNS regclass LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trap.caught (what) VALUES ('to_regclass'); RETURN NULL; END $$;
		CREATE FUNCTION trap.jsonb_build_object(VARIADIC text[]) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN INSERT INTO trap.caught (what) VALUES ('jsonb'); RETURN '{}'; END $$;
		CREATE TABLE trap.pg_extension (LIKE pg_catalog.pg_extension); CREATE TABLE trap.pg_depend (LIKE pg_catalog.pg_depend);
		CREATE TABLE trap.release (id int); CREATE TABLE trap.audience (id int);
	}, 'traps');
	return;
}

# ---- after it

sub updated
{
	my ($node, $state, $fresh) = @_;
	my $boss = superuser($node);
	my $open = $node->background_psql('bound', on_error_stop => 0, extra_params => [ '-U', 'reader' ]);
	my $asked = 'SELECT count(*), min(name), min(income) FROM open.shown';
	my $before = $open->can('query') && $open->query("PREPARE asked AS $asked; EXECUTE asked; SELECT state FROM privrelease.releases WHERE release = 'open.mapped'");
	my ($rc, $out, $err) = as($node, 'bound', $boss, q{
		CREATE TEMP TABLE pg_depend (LIKE pg_catalog.pg_depend); CREATE TEMP TABLE release (id int);
		SET search_path = pg_temp, trap, public, pg_catalog;
		ALTER EXTENSION privrelease UPDATE});
	is($rc, 0, 'the update') or diag($err);
	like($err, qr/WARNING:  PR003: release open\.changed is not declared as it was published/, 'what was changed since is told');
	SKIP:
	{
		skip 'background sessions cannot be asked twice here', 2 unless $open->can('query');
		like($before, qr/^\d+\|M\*.*\npublished$/s, 'an open session reads before');
		is($open->query("EXECUTE asked; SELECT state FROM privrelease.releases WHERE release = 'open.mapped'"), $before, 'and afterwards');
		$open->quit;
	}
	unlike($err, qr/open\.shown|open\.mapped|open\.tab /, 'and nothing else');
	is($node->safe_psql('bound', 'SELECT count(*) FROM trap.caught'), '0', 'no trap has caught the superuser');
	$node->safe_psql('bound', 'DROP SCHEMA trap CASCADE; REVOKE ALL ON DATABASE bound FROM attacker; DROP ROLE attacker');

	# what its administrator has made of it, and nothing else, is not as in a new installation
	my @made = ("> privilege: routine privrelease.create_key(text): EXECUTE to keeper with grant option",
		"> privilege: relation privrelease.hierarchies: SELECT to keeper", "< privilege: relation privrelease.hierarchies: SELECT to PUBLIC");
	same_catalogue($fresh, catalogue($node, 'bound'), \@made, 'the updated catalogue is that of a new installation');
	is($node->safe_psql('bound', $compare), '', 'every row is there');
	readers_see_the_same($node, 'bound', $state, 'after the update');
	works($node, 'bound', 'reader', 'SELECT * FROM public.dashboard', 'a view over a view of ours works');
	is(works($node, 'bound', 'mapped', 'SELECT count(*), min(name) FROM src.other', 'a mapped query'), '40|MA****', 'the map works') if $state ne 'views';
	is($node->safe_psql('bound', q{SELECT state, draft FROM privrelease.releases WHERE release LIKE 'open.%' AND release NOT LIKE 'open.tab%' ORDER BY release}),
		"draft|\npublished|draft\ndraft|\nwithdrawn|\npublished|\npublished|", 'states');
	is($node->safe_psql('bound', q{SELECT string_agg(DISTINCT role_name, ' ' ORDER BY role_name) FROM privrelease.editor}), 'keeper', 'who declared is an editor');
	is($node->safe_psql('bound', q{SELECT count(*) FROM privrelease.readership AS r FULL JOIN
		(SELECT a.* FROM privrelease.audience AS a JOIN privrelease.release AS l ON l.id = a.release AND l.state = 'published') AS a
		ON a.release = r.release AND a.role_oid = r.role_oid AND a.published_at = r.since
		WHERE r.until IS NOT NULL OR r.release IS NULL OR a.release IS NULL}), '0', 'who can read is in the history of readers');
	is($node->safe_psql('bound', q{SELECT count(*) FROM privrelease.verify_log()}), '0', 'the log is whole');
	is($node->safe_psql('bound', q{SELECT string_agg(event, ' ') FROM privrelease.log}), 'update', 'and says that there was an update');
	is($node->safe_psql('bound', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'privrelease'::regnamespace AND relname LIKE 'update%'}), '0', 'nothing of the update stays');
	is($node->safe_psql('bound', q{SELECT state ~ '^(.*), library \1$' AND hint IS NULL FROM privrelease.status() WHERE item = 'version'}), 't', 'status() is content');
	return;
}

sub goes_on
{
	my ($node, $state) = @_;
	my $boss = superuser($node);
	works($node, 'bound', 'keeper', q{SELECT privrelease.build('open.built')}, 'a built release is built');
	works($node, 'bound', 'keeper', q{SELECT privrelease.build('open.shown'), privrelease.build('open.mapped')}, 'published ones are built anew');
	readers_see_the_same($node, 'bound', $state, 'after a build');
	refused($node, 'bound', 'keeper', q{SELECT privrelease.build('open.changed')}, 'PR003', 'privrelease\.publish', 'what was changed before the update is not shown by a build');
	works($node, 'bound', 'keeper', q{SELECT privrelease.publish('open.changed')}, 'but by publish()');
	is(works($node, 'bound', 'reader', 'SELECT count(DISTINCT income) > 4 FROM open.changed', 'its reader reads'), 't', 'what is declared now');
	works($node, 'bound', 'keeper', q{SELECT privrelease.build('open.changed')}, 'and then it can be built');
	works($node, 'bound', 'keeper', q{SELECT privrelease.publish('open.built', 'reader')}, 'a draft is published');
	works($node, 'bound', 'keeper', q{SELECT privrelease.build('open.gone'); SELECT privrelease.publish('open.gone', 'reader')}, 'a withdrawn one is published again');
	works($node, 'bound', 'keeper', q{SELECT privrelease.set_rule('open.shown', 'income', 'bin', '{"width": 30000}')}, 'a published one is edited');
	is($node->safe_psql('bound', q{SELECT state, draft FROM privrelease.releases WHERE release = 'open.shown'}), 'published|draft', 'beside what its readers see');
	sees_the_same($node, 'bound', 'open.shown', '*', 'reader', 'beside a draft');
	works($node, 'bound', 'keeper', q{SELECT privrelease.build('open.shown')}, 'a build keeps to what was published');
	sees_the_same($node, 'bound', 'open.shown', '*', 'reader', 'after a build beside a draft');

	# approval: whoever declared before the update does not decide
	$node->safe_psql('bound', q{CREATE ROLE carol LOGIN; SELECT privrelease.grant_duty('approver', 'carol'), privrelease.grant_duty('approver', 'keeper')});
	works($node, 'bound', 'keeper', q{
		SELECT privrelease.set_metadata('open.draft', (SELECT jsonb_object_agg(key, 'low: said') FROM privrelease.metadata_key WHERE required));
		SELECT privrelease.build('open.draft'); SELECT privrelease.assess('open.draft'); SELECT privrelease.submit('open.draft')}, 'a draft is submitted');
	refused($node, 'bound', 'keeper', q{SELECT privrelease.approve('open.draft')}, '42501', '', 'an editor does not approve');
	works($node, 'bound', 'carol', q{SELECT privrelease.approve('open.draft')}, 'another does');
	works($node, 'bound', 'keeper', q{SELECT privrelease.publish('open.draft', 'reader')}, 'and it is published');

	if ($state eq 'tables')
	{
		is(works($node, 'bound', 'keeper', q{SELECT privrelease.refresh('open.tab')}, 'a table is refreshed'), '3', 'it is the next version');
		sees_the_same($node, 'bound', 'open.tab', 'release_row, born, city, ill', 'reader', 'after a refresh: of the same rows the same');
		is($node->safe_psql('bound', q{SELECT deleted, inserted FROM privrelease.versions WHERE release = 'open.tab' AND version = 3}), '0|0', 'nothing was different');
		works($node, 'bound', 'keeper', q{SELECT privrelease.version_risk('open.tab')}, 'versions from before and after are compared');
		is(works($node, 'bound', 'keeper', q{SELECT string_agg(version::text, ' ' ORDER BY version) FROM privrelease.whereabouts('src.person', '1') WHERE release = 'open.tab'},
			'whereabouts'), '1 2 3', 'a person is found in versions from before');
		is(works($node, 'bound', 'keeper', q{SELECT string_agg(version::text, ' ' ORDER BY version) FROM privrelease.whereabouts('src.person', '61') WHERE release = 'open.tab'},
			'whereabouts'), '2 3', 'and who came later in those since');
		refused($node, 'bound', 'keeper', q{SELECT privrelease.refresh('open.tab_changed')}, 'PR003', 'privrelease\.publish', 'a model that nobody published is not refreshed');
		sees_the_same($node, 'bound', 'open.tab_changed', 'release_row, income', 'reader', 'after a refusal');
		works($node, 'bound', 'keeper', q{SELECT privrelease.publish('open.tab_changed')}, 'until it is published');
		works($node, 'bound', 'keeper', q{SELECT privrelease.refresh('open.tab_gone'); SELECT privrelease.publish('open.tab_gone', 'reader')}, 'a withdrawn table comes back');
		is($node->safe_psql('bound', q{SELECT count(*) FROM privrelease.assessments WHERE release = 'open.tab'}), '1', 'its assessment is there');
	}
	works($node, 'bound', $boss, "SELECT * FROM privrelease.$_", "$_ after an update")
	  for qw(audit() releases rules versions assessments classifications approvals objections hierarchies keys transforms log);
	works($node, 'bound', 'keeper', "SELECT * FROM privrelease.$_('open.shown')", "$_() after an update")
	  for qw(drift preview definition export_policy assess impact_assessment datapackage export_csv);
	works($node, 'bound', 'keeper', q{SELECT privrelease.object('open.built', '5', 'does not want to'); SELECT privrelease.drop_release('open.gone')}, 'a person objects, a release is dropped');
	is($node->safe_psql('bound', q{SELECT count(*) FROM privrelease.verify_log()}), '0', 'the log is whole');
	return;
}

sub dumped
{
	my ($node, $state) = @_;
	my $dump = PostgreSQL::Test::Utils::tempdir() . "/$state.dump.sql";
	$node->command_ok([ 'pg_dump', '-d', $node->connstr('bound'), '-f', $dump ], 'the updated database is dumped');
	unlike(slurp_file($dump), qr/update_/, 'without anything of the update');
	$node->safe_psql('postgres', 'CREATE DATABASE copy');
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('copy'), '-f', $dump ], 'and restored');
	is($node->safe_psql('copy', q{SELECT string_agg(DISTINCT split_part(finding, ',', 1), ' | ') FROM privrelease.rebind()}), 'bound', 'bound');
	sees_the_same($node, 'copy', 'open.shown', '*', 'reader', 'in a restored database');
	is($node->safe_psql('copy', q{SELECT count(*) FROM privrelease.verify_log()}), '0', 'the log is whole there');
	return;
}

# A dump of 0.1.0 is restored into 0.1.0, which every later package has for this, and updated there, where it is unbound.
sub unbound
{
	my ($node, $state, $fresh) = @_;
	works($node, 'unbound', superuser($node), 'ALTER EXTENSION privrelease UPDATE', 'an unbound database is updated');
	my ($rc, $out, $err) = as($node, 'unbound', 'reader', 'SELECT * FROM open.shown');
	ok($rc != 0 && $err =~ /PR002/, 'and serves nobody') or diag("$out\n$err");
	is($node->safe_psql('unbound', q{SELECT string_agg(DISTINCT split_part(finding, ',', 1), ' | ') FROM privrelease.rebind()}), 'bound', 'until it is bound');
	sees_the_same($node, 'unbound', 'open.shown', '*', 'reader', 'after rebind()');
	sees_the_same($node, 'unbound', 'open.mapped', '*', 'mapped', 'after rebind()');
	works($node, 'unbound', 'keeper', q{SELECT privrelease.build('open.shown')}, 'and is built');
	works($node, 'unbound', 'keeper', q{SELECT privrelease.refresh('open.tab')}, 'and refreshed') if $state eq 'tables';
	return;
}

# Without preloading, and with a keyring that is lost, there is no key: the update does without.
sub without_keys
{
	my ($node, $state) = @_;
	my $keyring = $node->safe_psql('postgres', 'SHOW privrelease.keyring_file');
	for my $way ('without its keyring', 'without preloading')
	{
		$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS keyless');
		$node->safe_psql('postgres', 'CREATE DATABASE keyless');
		install_old($node, 'keyless', $state);
		run_file($node, 'keyless', without_roles($state), "$old/bind.sql");
		move($keyring, "$keyring.lost") or die $! if $way eq 'without its keyring';
		$node->append_conf('postgresql.conf', "shared_preload_libraries = ''") if $way eq 'without preloading';
		$node->restart;
		my ($rc, $out, $err) = as($node, 'keyless', superuser($node), 'ALTER EXTENSION privrelease UPDATE');
		is($rc, 0, "an update $way") or diag($err);
		unlike($err, qr/open\.shown|open\.mapped/, 'knows what was published') or diag($err);
		is($node->safe_psql('keyless', 'SELECT count(*) FROM privrelease.log'), '1', 'and is in the log');
		move("$keyring.lost", $keyring) or die $! if $way eq 'without its keyring';
		$node->restart;
	}
	sees_the_same($node, 'keyless', 'open.mapped', '*', 'mapped', 'without preloading');
	return;
}

# ---- the test is able to fail

sub finds_what_is_missing
{
	my ($node, $fresh) = @_;
	my @changes = ('DROP TRIGGER keep_previous_state ON privrelease.release', 'ALTER TABLE privrelease.rule ADD COLUMN more int',
		'ALTER TABLE privrelease.rule ALTER COLUMN domain SET NOT NULL', 'ALTER TABLE privrelease.rule ALTER COLUMN domain_shared DROP DEFAULT',
		'ALTER TABLE privrelease.editor DROP CONSTRAINT editor_pkey', 'ALTER FUNCTION privrelease.submit(text) RESET search_path',
		'ALTER FUNCTION privrelease.partial(text, int, int, text, int) VOLATILE', 'GRANT SELECT ON privrelease.release TO PUBLIC',
		'GRANT EXECUTE ON FUNCTION privrelease.create_key(text) TO PUBLIC', 'COMMENT ON FUNCTION privrelease.submit(text) IS NULL',
		'ALTER EXTENSION privrelease DROP FUNCTION privrelease.submit(text)', 'CREATE FUNCTION privrelease.more() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
		'ALTER TABLE privrelease.event DISABLE TRIGGER log_chain', 'GRANT USAGE ON TYPE privrelease.capability TO PUBLIC',
		'ALTER TABLE privrelease.audience_map REPLICA IDENTITY DEFAULT', 'CREATE INDEX ON privrelease.approval (release)',
		q{UPDATE pg_extension SET extconfig = extconfig[2:], extcondition = extcondition[2:] WHERE extname = 'privrelease'},
		q{DELETE FROM privrelease.metadata_key WHERE key = 'title'}, 'ALTER VIEW privrelease.releases SET (security_barrier)');
	for my $change (@changes)
	{
		$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS worse');
		$node->safe_psql('postgres', 'CREATE DATABASE worse TEMPLATE fresh');
		$node->safe_psql('worse', $change);
		isnt(scalar(@{ differences($fresh, catalogue($node, 'worse')) }), 0, "found: $change");
	}
	return;
}

# ---- all of it

for my $state (qw(views guard tables))
{
	SKIP:
	{
		skip "$scripts is not writable", 1 unless $state eq 'tables' || put_scripts($state);
		note("---- $state");
		my $node = start($state);
		$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(fresh empty bound unbound);
		$node->safe_psql('fresh', 'CREATE EXTENSION privrelease');
		my $fresh = catalogue($node, 'fresh');
		cmp_ok(scalar(@$fresh), '>', 1000, 'there is something to compare');

		install_old($node, 'empty', $state);
		isnt(scalar(@{ differences($fresh, catalogue($node, 'empty')) }), 0, 'the old state is another');
		$node->safe_psql('empty', 'ALTER EXTENSION privrelease UPDATE');
		same_catalogue($fresh, catalogue($node, 'empty'), [], 'an extension without releases, updated');

		# installed by one superuser, updated by another
		$node->safe_psql('postgres', 'CREATE ROLE chief SUPERUSER; CREATE DATABASE chief; CREATE DATABASE chief_fresh');
		$node->safe_psql('chief_fresh', 'SET ROLE chief; CREATE EXTENSION privrelease');
		install_old($node, 'chief', $state, 'SET ROLE chief;');
		$node->safe_psql('chief', 'ALTER EXTENSION privrelease UPDATE');
		same_catalogue(catalogue($node, 'chief_fresh'), catalogue($node, 'chief'), [], 'it goes on belonging to the first');
		is($node->safe_psql('chief', 'SELECT acting_role = session_role FROM privrelease.log'), 't', 'the log names the other');

		# Default privileges of whoever installs and updates: of what a new installation takes back nothing stays.
		$node->safe_psql('postgres', 'CREATE ROLE lax; CREATE DATABASE lax');
		$node->safe_psql('lax', join '; ', map { "ALTER DEFAULT PRIVILEGES GRANT ALL ON $_ TO PUBLIC, lax" } qw(TABLES SEQUENCES SCHEMAS));
		install_old($node, 'lax', $state);
		cmp_ok(scalar(grep { /^privilege: relation .*: INSERT to lax/ } @{ catalogue($node, 'lax') }), '>', 5, 'the first states give away') if $state ne 'tables';
		$node->safe_psql('lax', 'ALTER EXTENSION privrelease UPDATE');
		my $taken = sub { [ grep { /^privilege: (relation|column|schema)/ && !/ (SELECT|USAGE) to lax$/ } @{ $_[0] } ] };
		same_catalogue($taken->($fresh), $taken->(catalogue($node, 'lax')), [], 'default privileges give nothing away');
		my $readable = q{SELECT oid::regclass FROM pg_class WHERE relnamespace = 'privrelease'::regnamespace AND relkind IN ('r', 'S')
			AND (has_any_column_privilege('lax', oid, 'SELECT') AND relkind = 'r' OR relkind = 'S' AND has_sequence_privilege('lax', oid, 'USAGE')) ORDER BY 1};
		is($node->safe_psql('lax', $readable), $node->safe_psql('fresh', $readable), 'nor what is declared');

		install_old($node, 'bound', $state);
		run_file($node, 'bound', "$old/${state}_story.sql", "$old/bind.sql");
		install_old($node, 'unbound', $state);
		run_file($node, 'unbound', without_roles($state));
		$node->safe_psql('bound', $remember);

		between($node, $state);
		failing($node);
		updated($node, $state, $fresh);
		goes_on($node, $state);
		dumped($node, $state);
		unbound($node, $state, $fresh);
		finds_what_is_missing($node, $fresh) if $state eq 'tables';
		without_keys($node, $state);
		$node->stop;
	}
}

done_testing();
