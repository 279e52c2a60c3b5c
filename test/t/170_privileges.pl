# Who may call what: each function of the extension, called by persons who have logged in themselves.
#
# A role that is let in may still be told that something is missing; one that is not is told 42501, before anything else
# is looked at that it should not know. A function that is in neither list below is a failure: say here who may call it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @who = qw(plain reader other steward approver auditor boss);
my $node = PostgreSQL::Test::Cluster->new('privileges');
$node->init(auth_extra => [ '--create-role', join(',', @who) ]);
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring'\nwal_level = logical\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE plain LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE other LOGIN; CREATE ROLE steward LOGIN; CREATE ROLE approver LOGIN;
	CREATE ROLE auditor LOGIN; CREATE ROLE boss LOGIN SUPERUSER;
	CREATE EXTENSION privrelease;
	SELECT privrelease.create_key('k'), privrelease.grant_duty('approver', 'approver'), privrelease.grant_duty('auditor', 'auditor');
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA mine AUTHORIZATION other; CREATE SCHEMA open AUTHORIZATION steward;
	GRANT USAGE ON SCHEMA src TO PUBLIC;
});
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION steward;
	CREATE TABLE src.person (id int PRIMARY KEY, city text, name text);
	INSERT INTO src.person SELECT g, 'city ' || g % 3, 'MARKER' || g FROM generate_series(1, 90) AS g;
	SELECT privrelease.create_hierarchy('h', ARRAY[['city 0', '*'], ['city 1', '*'], ['city 2', '*']]);
	SELECT privrelease.create_release('open.v', 'src.person', subject => 'id', purpose => 'p');
	SELECT privrelease.set_rule('open.v', 'city', 'prefix', '{"length": 3}');
	SELECT privrelease.build('open.v');
	SELECT privrelease.create_release('open.t', 'src.person', subject => 'id', kind => 'table', model => '{"k": 5}', purpose => 'p');
	SELECT privrelease.set_rule('open.t', 'city', 'keep');
	SELECT privrelease.refresh('open.t');
	SELECT privrelease.assess('open.t'), privrelease.assess('open.v');
	SELECT privrelease.publish('open.v', 'reader'), privrelease.publish('open.t', 'reader');
	SELECT privrelease.set_metadata(r, '{"legal_basis": "l", "public_interest": "low: i", "retention": "r", "contact": "c", "title": "t", "description": "d",
		"publisher": "p", "access_url": "https://example.org/t"}') FROM unnest('{open.v,open.t}'::text[]) AS r;
});

$node->safe_psql('postgres', q{SELECT privrelease.set_rule('open.v', 'city', 'prefix', '{"length": 2}'), privrelease.assess('open.v')}, extra_params => [ '-U', 'steward' ]);
$node->safe_psql('postgres', q{SELECT privrelease.submit('open.v')}, extra_params => [ '-U', 'steward' ]);
$node->safe_psql('postgres', q{SELECT privrelease.reject('open.v', 'no')}, extra_params => [ '-U', 'approver' ]);

my $owner = 'steward boss';
my $inspectors = 'steward approver auditor boss';
my $readers = 'reader steward boss';
my %may = (
	# name => [ arguments, who ]
	classify => [ q{'src.person', 'city', 'insensitive'}, $owner ],
	discover => [ q{'src.person'}, $owner ],
	create_hierarchy => [ q{'h', ARRAY[['city 0', '*'], ['city 1', '*'], ['city 2', '*']]}, $owner ],
	load_hierarchy => [ q{'h', 'src.person'}, $owner ],
	create_release => [ q{'open.n', 'src.person'}, $owner ],
	set_rule => [ q{'open.v', 'city', 'suppress'}, $owner ],
	drop_rule => [ q{'open.v', 'city'}, $owner ],
	set_model => [ q{'open.t', '{"k": 6}'}, $owner ],
	drop_release => [ q{'open.v'}, $owner ],
	export_policy => [ q{'open.v'}, $owner ],
	import_policy => [ q{'{"privrelease": 1, "release": "open.v", "source": "src.person", "subject": "id"}'}, $owner ],
	definition => [ q{'open.v'}, $owner ],
	build => [ q{'open.v'}, $owner ],
	create_index => [ q{'open.t', 'city'}, $owner ],
	preview => [ q{'open.v'}, $owner ],
	drift => [ q{'open.v'}, $owner ],
	refresh => [ q{'open.t'}, $owner ],
	assess => [ q{'open.t'}, $owner ],
	record_risk => [ q{'open.t'}, $owner ],
	joint_risk => [ q{'open.t', 'open.v'}, $owner ],
	version_risk => [ q{'open.t'}, $owner ],
	set_metadata => [ q{'open.t', '{"title": "u"}'}, $owner ],
	submit => [ q{'open.t'}, $owner ],
	publish => [ q{'open.t', 'plain'}, $owner ],
	withdraw => [ q{'open.t', 'why'}, 'steward approver boss' ],
	approve => [ q{'open.t'}, 'approver boss' ],
	reject => [ q{'open.t', 'why'}, 'approver boss' ],
	map_audience => [ q{'reader', 'open.v'}, $owner ],
	unmap_audience => [ q{'reader', 'open.v'}, $owner ],
	object => [ q{'open.t', '1', 'asked'}, $owner ],
	withdraw_objection => [ q{'open.t', '1'}, $owner ],
	erase => [ q{'src.person', '1', 'asked'}, $owner ],
	withdraw_erasure => [ q{'src.person', '1'}, $owner ],
	whereabouts => [ q{'src.person', '1'}, $owner ],
	recall => [ q{'open.t', 1, 'notice'}, $owner ],
	create_publication => [ q{'open.t', 'p'}, $owner ],
	schedule => [ q{'open.t', '0 3 * * *'}, 'steward' ],	# never for a superuser
	unschedule => [ q{'open.t'}, $owner ],
	run_scheduled => [ q{'open.t'}, $owner ],
	impact_assessment => [ q{'open.t'}, $inspectors ],
	impact_report => [ q{'open.t'}, $inspectors ],
	export_csv => [ q{'open.t'}, $readers ],
	datapackage => [ q{'open.t'}, 'reader steward approver auditor boss' ],
	dcat => [ q{'open.t'}, 'reader steward approver auditor boss' ],
	catalogue => [ q{'open.t'}, 'reader steward approver auditor boss' ],
	log_head => [ '', 'auditor boss' ],
	audit => [ '', 'steward auditor boss' ],
	verify_log => [ '', 'approver auditor boss' ],
	create_key => [ q{'n'}, 'boss' ],
	rotate_key => [ q{'k'}, 'boss' ],
	grant_duty => [ q{'auditor', 'plain'}, 'boss' ],
	revoke_duty => [ q{'auditor', 'auditor'}, 'boss' ],
	rebind => [ '', 'boss' ],
	uninstall => [ '', 'boss' ],
	set_criterion => [ q{'data.min_class', 3, 6}, 'boss' ],
	status => [ '', join(' ', @who) ],
	progress => [ '', join(' ', @who) ],
	has_duty => [ q{'auditor'}, join(' ', @who) ],
	transform_list => [ '', join(' ', @who) ],
	may_inspect => [ q{'steward', 1}, join(' ', @who) ],
	this_binding => [ '', join(' ', @who) ],
);

# Pure functions of their arguments, or such that need a capability, which only superusers can make.
my @harmless = qw(partial partial_email prefix resident_id bin round date_trunc age network grid_x grid_y hierarchy release_serves
	bin_bound round_bound date_trunc_bound age_bound network_bound prefix_bound as_timestamp as_timestamptz known_selectivity in_byte_range
	common_values fewer_values capability_out impact_page
	pseudonymize pseudonymize_uuid pseudonymize_bigint encrypt_fpe decrypt_fpe fake noise date_shift pram shuffle_order rank_swap_order
	microaggregate_order tuple_digest release_row subject_digest objection_digest has_objected);

# ---- every function is here, or cannot be called
my $callable = $node->safe_psql('postgres', q{
	SELECT DISTINCT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'privrelease'::regnamespace AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
	AND NOT 'internal'::regtype = ANY (p.proargtypes) AND has_function_privilege('plain', p.oid, 'EXECUTE') ORDER BY 1});
my %known = map { $_ => 1 } keys %may, @harmless;
is(join(' ', grep { !$known{$_} } split /\n/, $callable), '', 'it is known who may call what');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_proc AS p WHERE p.pronamespace = 'privrelease'::regnamespace AND p.prosecdef}), '0', 'no function has rights of its own');
is($node->safe_psql('postgres', q{SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc AS p WHERE p.pronamespace = 'privrelease'::regnamespace
	AND p.proargtypes::oid[] && ARRAY['privrelease.capability'::regtype::oid] AND p.proargtypes[0] IS DISTINCT FROM 'privrelease.capability'::regtype
	AND p.proname NOT IN ('pseudonymize', 'pseudonymize_uuid', 'pseudonymize_bigint', 'encrypt_fpe', 'decrypt_fpe', 'fake', 'noise', 'date_shift', 'pram', 'shuffle_order', 'rank_swap_order', 'microaggregate_order', 'capability_out')}),
	'', 'and keyed functions are those that we know');

# ---- each by each
foreach my $function (sort keys %may)
{
	my ($arguments, $allowed) = @{ $may{$function} };
	my %allowed = map { $_ => 1 } split / /, $allowed;
	my $call = $function eq 'run_scheduled' ? "CALL privrelease.$function($arguments)" : "BEGIN; SELECT privrelease.$function($arguments); ROLLBACK";

	foreach my $role (@who)
	{
		my ($out, $err);
		$node->psql('postgres', "$call;", stdout => \$out, stderr => \$err, extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
		my ($code) = $err =~ /ERROR:  (\w{5}):/;
		$code //= '';
		ok($allowed{$role} ? $code !~ /^(42501|XX...)$/ : $code eq '42501', "$role " . ($allowed{$role} ? 'may' : 'may not') . " call $function()") or diag("$out\n$err");
		unlike("$out$err", qr/MARKER/, "$function() tells $role no value") unless $function eq 'preview' && $allowed{$role};
	}
}

# ---- views and tables
is($node->safe_psql('postgres', q{SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class AS c WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relkind IN ('r', 'S', 'p', 'm')
	AND (has_table_privilege('plain', c.oid, 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER') OR (c.relkind <> 'S' AND has_any_column_privilege('plain', c.oid, 'SELECT')))}),
	'category metadata_key', 'tables that everybody may read');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = 'privrelease'::regnamespace AND has_table_privilege('plain', c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE')}), '0',
	'nobody may write to any');
foreach my $view (qw(versions assessments approvals impact_records log))
{
	my %shown = map { $_ => 1 } qw(steward approver auditor boss);
	foreach my $role (@who)
	{
		is($node->safe_psql('postgres', "SELECT count(*) > 0 FROM privrelease.$view", extra_params => [ '-U', $role ]), $shown{$role} ? 't' : 'f',
			"$role " . ($shown{$role} ? 'sees' : 'sees nothing of') . " $view");
	}
}

$node->stop;
done_testing();
