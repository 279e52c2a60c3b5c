# Whole queries: predicates over releases inside every construct that moves
# conditions about.
package Derived::Query;

use strict;
use warnings;
use utf8;
use Exporter 'import';
use Derived::Random;
use Derived::Predicate;

our @EXPORT = qw(make_case sweep_cases statements_of);

our @SWITCHES = qw(enable_seqscan enable_bitmapscan enable_indexscan enable_indexonlyscan enable_hashjoin enable_mergejoin enable_nestloop enable_material enable_memoize enable_sort enable_hashagg);

my @JOINS = ('JOIN', 'JOIN', 'LEFT JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN');

sub settings
{
	my $case = shift;
	my @settings = ([ TimeZone => pick('UTC', 'Asia/Shanghai', 'America/St_Johns', 'Pacific/Apia') ]);
	push @settings, [ enable_seqscan => 'off' ] unless chance(3);
	push @settings, [ $_ => 'off' ] for grep { chance(9) } @SWITCHES;
	push @settings, [ plan_cache_mode => pick('force_generic_plan', 'force_generic_plan', 'force_custom_plan') ] if $case->{prepared};
	push @settings, map { [ $_ => 'on' ] } grep { chance(4) } qw(enable_partitionwise_join enable_partitionwise_aggregate);
	push @settings, [ from_collapse_limit => 1 ], [ join_collapse_limit => 1 ] if chance(12);
	push @settings, [ enable_partition_pruning => 'off' ] if chance(30);
	push @settings, [ min_parallel_table_scan_size => 0 ], [ min_parallel_index_scan_size => 0 ], [ parallel_setup_cost => 0 ], [ parallel_tuple_cost => 0 ] if $case->{wrapped} && chance(5);
	push @settings, [ max_parallel_workers_per_gather => @settings && $settings[-1][0] eq 'parallel_tuple_cost' ? 2 : 0 ];
	return \@settings;
}

# Some columns to show, k among them.
sub shown
{
	my ($alias, $release) = @_;
	return join(', ', "$alias.k", map { "$alias.$_->{name}" } some(between(0, 2), @{ $release->{columns} }));
}

sub column
{
	return pick(@{ shift->{columns} });
}

# The release under its own name, a view over it, or a subquery.
sub relation
{
	my ($release, $alias) = @_;
	my $name = $release->{name};
	return weighted(
		12, "$name $alias", 1, "v_$name $alias", 1, "b_$name $alias", 1, "(SELECT * FROM $name) $alias", 0.6, "(SELECT * FROM $name OFFSET 0) $alias",
		0.6, "(SELECT * FROM $name UNION ALL SELECT * FROM $name WHERE k < 9) $alias", 0.4, "(SELECT DISTINCT * FROM $name) $alias");
}

sub small_of
{
	return shift->{class} . 's';
}

# Each template: (case, release) -> (code that takes SQL of the predicates, predicates).
my %TEMPLATES;

$TEMPLATES{plain} = sub {
	my ($case, $r) = @_;
	my ($from, $columns) = (relation($r, 'r'), shown('r', $r));
	return (sub { "SELECT $columns FROM $from WHERE $_[0]" }, predicate($case, 'r', 2, @{ $r->{columns} }));
};

$TEMPLATES{whole} = sub {
	my ($case, $r) = @_;
	my $from = relation($r, 'r');
	my $list = pick('r', 'r.*', 'count(*)', '1', 'count(*), count(r.k)', 'max(r.k), count(*)', "'x'");
	return (sub { "SELECT $list FROM $from WHERE $_[0]" }, predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{nothing} = sub {
	my ($case, $r) = @_;
	my $name = $r->{name};
	my $query = pick("SELECT count(*) FROM $name", "SELECT 1 FROM $name", "SELECT FROM $name", "SELECT count(*) FROM $name, ints", "SELECT EXISTS (SELECT FROM $name)", "SELECT count(*) FROM (SELECT * FROM $name) x",
		"SELECT count(*) FROM $name x LEFT JOIN (VALUES (1), (2)) v(i) ON true", "SELECT (SELECT count(*) FROM $name) FROM ints", "SELECT count(*) FROM v_$name", "SELECT count(*), count(r) FROM $name r");
	return (sub { $query });
};

$TEMPLATES{group} = sub {
	my ($case, $r) = @_;
	my ($c, $d) = (column($r), column($r));
	my $from = relation($r, 'r');
	my $where = predicate($case, 'r', 1, @{ $r->{columns} });
	my $by = pick("r.$c->{name}", "GROUPING SETS ((r.$c->{name}), ())", "r.$c->{name}, r.$d->{name}", "ROLLUP (r.$c->{name})");
	local $case->{without_k} = 1;
	my $having = chance(2) ? predicate($case, 'r', 1, $c) : 'true';
	return (sub { "SELECT r.$c->{name}, count(*), min(r.k) FROM $from WHERE $_[0] GROUP BY $by HAVING $_[1]" }, $where, $having);
};

$TEMPLATES{distinct} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	my ($from, $name) = (relation($r, 'r'), "r.$c->{name}");
	my ($select, $rest) = @{ pick([ "SELECT DISTINCT $name AS x", '' ], [ "SELECT $name AS x", 'GROUP BY 1' ], [ "SELECT DISTINCT ON ($name) $name AS x, r.k", "ORDER BY $name, r.k" ]) };
	return (sub { "$select FROM $from WHERE $_[0] $rest" }, predicate($case, 'r', 1, @{ $r->{columns} })) if chance(2);
	local $case->{without_k} = 1;
	return (sub { "SELECT * FROM ($select FROM $from $rest) q WHERE $_[0]" }, predicate($case, 'q', 1, { %$c, name => 'x' }));
};

# A small table joined on a released column.
$TEMPLATES{join} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	my ($small, $value, $join) = (small_of($c), pick('a', 'b'), pick(@JOINS));
	my $operator = $join eq 'FULL JOIN' ? '=' : weighted(8, '=', 1, '<=', 1, '>');
	my $on = chance(3) ? "s.$value $operator r.$c->{name}" : "r.$c->{name} $operator s.$value";
	my ($columns, $from) = (shown('r', $r), relation($r, 'r'));
	my $order = chance(2) ? "$from $join $small s" : "$small s $join $from";
	my $extra = $join eq 'FULL JOIN' ? 'true' : weighted(2, 'true', 1, 's.id > 2', 1, 's.id = 3');
	my @on = $join eq 'FULL JOIN' ? ('true') : (predicate($case, 'r', 1, @{ $r->{columns} }));
	@on = ('true') if chance(2);
	my $where = pick('true', predicate($case, 'r', 1, @{ $r->{columns} }), predicate($case, 'r', 1, $c), 's.id IS NULL', 'r.k IS NULL', "r.$c->{name} IS NULL", 's.id < 4', "s.$value = r.$c->{name}", "s.$value = r.$c->{name} AND s.id > 2");
	return (sub { "SELECT $columns, s.id FROM $order ON $on AND $extra AND ($_[0]) WHERE $_[1]" }, $on[0], $where);
};

$TEMPLATES{joins} = sub {
	my ($case, $r) = @_;
	my ($c, $d) = (column($r), column($r));
	my ($one, $two) = (small_of($c), small_of($d));
	my ($first, $second) = (pick('JOIN', 'LEFT JOIN', 'RIGHT JOIN'), pick('JOIN', 'LEFT JOIN'));
	return (sub { "SELECT r.k, s.id, t.id FROM $one s $first $r->{name} r ON r.$c->{name} = s.a $second $two t ON t.b = r.$d->{name} AND ($_[0]) WHERE ($_[1]) AND (s.id < 8 OR s.id IS NULL)" },
		predicate($case, 'r', 1, @{ $r->{columns} }), predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{lateral} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	my ($small, $value, $operator) = (small_of($c), pick('a', 'b'), weighted(5, '=', 1, '<', 1, '>='));
	my $inner = pick("SELECT r.k FROM $r->{name} r", "SELECT count(*) AS k FROM $r->{name} r", "SELECT max(r.k) AS k FROM $r->{name} r", "SELECT DISTINCT r.k FROM v_$r->{name} r");
	my $outer = pick('CROSS JOIN LATERAL', 'LEFT JOIN LATERAL', 'JOIN LATERAL');
	my $limit = $inner =~ /^SELECT r/ ? pick('', ' ORDER BY r.k LIMIT 3', ' ORDER BY r.k DESC OFFSET 1') : '';
	my $on = $outer =~ /CROSS/ ? '' : ' ON true';
	return (sub { "SELECT s.id, x.k FROM $small s $outer ($inner WHERE r.$c->{name} $operator s.$value AND ($_[0])$limit) x$on WHERE s.id < 9" }, predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{values} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	my $list = join(', ', map { '(' . constant($case, { %$c }) . "::$c->{type})" } 1 .. 3);
	return (sub { "SELECT r.k, v.x FROM (VALUES $list) v(x) " . "JOIN $r->{name} r ON r.$c->{name} = v.x WHERE $_[0]" }, predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{self} = sub {
	my ($case, $r) = @_;
	my ($c, $join) = (column($r), pick(@JOINS));
	my $on = $join eq 'FULL JOIN' ? 'a.k = b.k' : pick('a.k = b.k', "a.k = b.k + 1 AND a.$c->{name} = b.$c->{name}", "a.$c->{name} = b.$c->{name} AND b.k < 12");
	my ($p, $q) = (predicate($case, 'a', 1, @{ $r->{columns} }), predicate($case, 'b', 1, @{ $r->{columns} }));
	return (sub { "SELECT a.k, b.k, a.$c->{name} FROM $r->{name} a $join $r->{name} b ON $on WHERE ($_[0]) AND ($_[1])" }, $p, $q) if chance(2) || $join eq 'FULL JOIN';
	return (sub { "SELECT a.k, b.k, a.$c->{name} FROM $r->{name} a $join $r->{name} b ON $on AND ($_[0]) WHERE $_[1]" }, $q, pick($p, 'b.k IS NULL', 'true'));
};

$TEMPLATES{two} = sub {
	my ($case, $r, $other) = @_;
	my $join = pick(@JOINS);
	my @on = $join eq 'FULL JOIN' ? 'true' : predicate($case, 'o', 1, @{ $other->{columns} });
	return (sub { "SELECT r.k, o.k FROM $r->{name} r $join $other->{name} o ON r.k = o.k AND ($_[0]) WHERE $_[1]" }, $on[0], predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{set} = sub {
	my ($case, $r) = @_;
	my $columns = shown('r', $r);
	my $operation = pick('UNION', 'UNION ALL', 'INTERSECT', 'INTERSECT ALL', 'EXCEPT', 'EXCEPT ALL');
	my $c = column($r);
	return (sub { "SELECT * FROM (SELECT r.$c->{name} AS x, r.k FROM $r->{name} r WHERE $_[0] $operation SELECT r.$c->{name}, r.k FROM $r->{name} r WHERE $_[1]) q WHERE $_[2]" },
		predicate($case, 'r', 1, @{ $r->{columns} }), predicate($case, 'r', 1, @{ $r->{columns} }), chance(2) ? 'true' : predicate($case, 'q', 1, { %$c, name => 'x' }));
};

$TEMPLATES{with} = sub {
	my ($case, $r) = @_;
	my ($c, $how) = (column($r), pick('', 'MATERIALIZED ', 'NOT MATERIALIZED '));
	my $twice = chance(3) ? ' UNION ALL SELECT w.k FROM w WHERE w.k < 4' : '';
	return (sub { "WITH w AS $how(SELECT * FROM $r->{name} r WHERE $_[0]) SELECT w.k FROM w WHERE $_[1]$twice" }, predicate($case, 'r', 1, @{ $r->{columns} }), predicate($case, 'w', 1, @{ $r->{columns} }));
};

$TEMPLATES{window} = sub {
	my ($case, $r) = @_;
	my ($c, $d) = (column($r), column($r));
	my $inner = chance(2) ? predicate($case, 'r', 1, @{ $r->{columns} }) : 'true';
	return (sub { "SELECT * FROM (SELECT r.*, count(*) OVER (PARTITION BY r.$c->{name}) AS same, rank() OVER (PARTITION BY r.$c->{name} ORDER BY r.k) AS place FROM $r->{name} r WHERE $_[0]) q WHERE $_[1]" },
		$inner, predicate($case, 'q', 1, $c, $d));
};

$TEMPLATES{limit} = sub {
	my ($case, $r) = @_;
	my ($c, $limit) = (column($r), pick(1, 2, 5, 40));
	my $direction = pick('', ' DESC', ' NULLS FIRST');
	return (sub { "SELECT r.$c->{name}, r.k FROM $r->{name} r WHERE $_[0] ORDER BY r.$c->{name}$direction, r.k LIMIT $limit" . (' OFFSET 2' x chance(3)) }, predicate($case, 'r', 2, @{ $r->{columns} }));
};

$TEMPLATES{scalar} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	my ($small, $value, $operator) = (small_of($c), pick('a', 'b'), weighted(5, '=', 1, '<', 1, '>=', 1, '<>'));
	my $aggregate = pick('count(*)', 'max(r.k)', "count(DISTINCT r.$c->{name})");
	return (sub { "SELECT s.id, (SELECT $aggregate FROM $r->{name} r WHERE r.$c->{name} $operator s.$value AND ($_[0])) FROM $small s" }, predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{exists} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	my ($small, $value, $not) = (small_of($c), pick('a', 'b'), pick('', '', 'NOT '));
	my $in = pick("${not}EXISTS (SELECT FROM $r->{name} r WHERE r.$c->{name} = s.$value AND (\@))", "s.$value ${not}IN (SELECT r.$c->{name} FROM $r->{name} r WHERE \@)");
	return (sub { my $p = shift; "SELECT s.id FROM $small s WHERE " . $in =~ s/\@/$p/r }, predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{aggregates} = sub {
	my ($case, $r) = @_;
	my $c = column($r);
	return (sub { "SELECT count(*) FILTER (WHERE $_[0]), count(*), min(r.k) FROM $r->{name} r WHERE $_[1]" }, predicate($case, 'r', 1, @{ $r->{columns} }), predicate($case, 'r', 1, @{ $r->{columns} }));
};

$TEMPLATES{target} = sub {
	my ($case, $r) = @_;
	return (sub { "SELECT r.k, ($_[0]) FROM $r->{name} r WHERE $_[1]" }, predicate($case, 'r', 1, @{ $r->{columns} }), predicate($case, 'r', 1, @{ $r->{columns} }));
};

my @WEIGHTS = (
	26, 'plain', 6, 'whole', 1.5, 'nothing', 4, 'group', 3, 'distinct', 9, 'join', 3, 'joins', 5, 'lateral', 2, 'values', 5, 'self', 3, 'two', 4, 'set', 4, 'with', 3, 'window', 3, 'limit', 4, 'scalar', 3, 'exists',
	2, 'aggregates', 2, 'target');

sub make_case
{
	my ($number, @releases) = @_;
	my $case = { number => $number, prepared => chance(4), parameters => [], settings => [], role => chance(2) ? 'fuzz_reader' : 'none' };
	$case->{wrapped} = !$case->{prepared} && chance(5);
	$case->{settings} = settings($case);
	$case->{template} = weighted(@WEIGHTS);
	($case->{build}, @{ $case->{predicates} }) = $TEMPLATES{ $case->{template} }->($case, pick(@releases), pick(@releases));
	$case->{arguments} = [ map { arguments($case, $_) } 0 .. (@{ $case->{parameters} } ? 3 : 0) ] if $case->{prepared};
	return $case;
}

# Other types to compare a class of columns with.
my %OTHER = (int => [ 'int2', 'int4', 'int8' ], float => [ 'float4', 'float8' ], date => [ 'timestamp', 'timestamptz' ], ts => [ 'date', 'timestamptz' ], tz => [ 'date', 'timestamp' ]);

sub sweep_case
{
	my ($number, $release, $column, $operator, $type) = @_;
	my @values = grep { Derived::Predicate::fits($_, $type) } @{ $column->{shown} };
	# The middle of the day, too.
	push @values, map { s/^([^ ]+)/$1 10:30/r } grep { !/infinity/ } @values if $column->{class} eq 'date' && $type ne 'date';
	my $predicate = "r.$column->{name} $operator \$1";
	return {
		number => $number, template => 'sweep', prepared => 1, wrapped => 0, role => 'fuzz_reader', parameters => [ { type => $type } ], predicates => [$predicate],
		settings => [ [ enable_seqscan => 'off' ], [ plan_cache_mode => 'force_generic_plan' ] ], build => sub { "SELECT r.k FROM $release->{name} r WHERE $_[0]" },
		arguments => [ map { [ literal($_) . "::$type" ] } @values ? @values : '1' ] };
}

# Before chance comes: each released column compared with each value that it shows, by a generic plan.
sub sweep_cases
{
	my @cases;
	for my $release (@_)
	{
		for my $column (@{ $release->{columns} })
		{
			push @cases, sweep_case(@cases + 1, $release, $column, $_, $column->{type}) for '=', pick('<=', '<'), $column->{class} eq 'text' ? '^@' : pick('>', '>=');
			my @other = grep { $_ ne $column->{type} } @{ $OTHER{ $column->{class} } // [] };
			push @cases, sweep_case(@cases + 1, $release, $column, pick('<', '>', '='), pick(@other)) if @other;
		}
	}
	return @cases;
}

# The constants that the predicate was made with, then others, then NULLs among them.
sub arguments
{
	my ($case, $round) = @_;
	return [ map { argument($_, $round) } @{ $case->{parameters} } ];
}

sub argument
{
	my ($parameter, $round) = @_;
	my ($type, $text) = ($parameter->{type}, $parameter->{text});
	if ($round > 0 && !$parameter->{fixed} && $type !~ /\[\]/)
	{
		my $new = Derived::Predicate::raw($parameter->{column});
		$text = $new if Derived::Predicate::fits($new, $type);
	}
	return 'NULL' if $round == 3 && chance(3);
	return literal($text) . "::$type";
}

# (the PREPARE, statements)
sub statements_of
{
	my $case = shift;
	my $query = $case->{build}->(map { sql_of($_) } @{ $case->{predicates} });
	return (undef, $query) unless $case->{prepared};
	my $types = join(', ', map { $_->{type} } @{ $case->{parameters} });
	my $name = 'fuzz_statement' . ($types ? " ($types)" : '');
	return ("PREPARE $name AS $query", map { 'EXECUTE fuzz_statement' . (@$_ ? '(' . join(', ', @$_) . ')' : '') } @{ $case->{arguments} });
}

1;
