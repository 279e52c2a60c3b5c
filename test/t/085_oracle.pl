# An oracle for refresh(): random small tables, rules and models, and every combination of levels tried by brute force.
#
# Nothing here knows how the search works.  Levels, classes, conditions and costs are computed in perl from their
# definitions, with whole numbers wherever they decide:
#	- the optimum has the cost of the best feasible combination of levels, and is it;
#	- it releases exactly the rows of the classes that hold, as the rules make them;
#	- where nothing is feasible, refresh() refuses;
#	- of local recoding, every class of the finished rows holds the model, every cell is what a level of its rule makes of
#	  the source row, or NULL, and no more is suppressed than the model allows.
#
# PR_ORACLE_CASES=10000 PR_ORACLE_SEED=7 prove ... tries more, and others.
use strict;
use warnings;
use Math::BigInt;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $cases = $ENV{PR_ORACLE_CASES} // 240;
my $seed = $ENV{PR_ORACLE_SEED} // 20240817;
my $batch = 20;

# ---------- random numbers that are the same everywhere ----------

my $state;

sub random
{
	my ($n) = @_;

	$state = ($state * 1103515245 + 12345) % 2147483648;
	return int(($state >> 8) % $n);
}

sub chance { return random(100) < $_[0]; }
sub one_of { return $_[ random(scalar @_) ]; }

# ---------- hierarchies ----------

# leaf => [ itself, level 1, ... ]; two leaves never occur
my %places = map { $_->[0] => $_ } ([ 'a', 'ab', 'a-d', '*' ], [ 'b', 'ab', 'a-d', '*' ], [ 'c', 'cd', 'a-d', '*' ], [ 'd', 'cd', 'a-d', '*' ],
	[ 'e', 'ef', 'e-j', '*' ], [ 'f', 'ef', 'e-j', '*' ], [ 'g', 'ghi', 'e-j', '*' ], [ 'h', 'ghi', 'e-j', '*' ], [ 'i', 'ghi', 'e-j', '*' ], [ 'j', 'j', 'e-j', '*' ]);
my %ills = map { $_->[0] => $_ } ([ 'p', 'pq', '*' ], [ 'q', 'pq', '*' ], [ 'r', 'rs', '*' ], [ 's', 'rs', '*' ], [ 't', 'tu', '*' ], [ 'u', 'tu', '*' ]);

# ---------- kinds of quasi-identifiers: random values, and what each level makes of one ----------

sub quoted { return defined $_[0] ? "'$_[0]'" : 'NULL'; }
sub hierarchy_rows { my ($h) = @_; return 'ARRAY[' . join(', ', map { '[' . join(', ', map { "'$_'" } @{ $h->{$_} }) . ']' } sort keys %$h) . ']'; }
sub floor_div { my ($x, $w) = @_; my $r = $x % $w; return ($x - $r) / $w; }

sub kind_keep
{
	my $most = 2 + random(3);

	return { type => 'int', rule => 'keep', params => '{}', levels => 1, value => sub { random($most) }, at => sub { $_[0] } };
}

sub kind_bin
{
	my @widths = @{ one_of([ 1, 4, 16 ], [ 2, 4 ], [ 5, 10, 20 ], [3], [ 1, 100 ]) };
	my $origin = one_of(0, 0, 1, -3);

	return {
		type => one_of('int', 'bigint', 'numeric'), rule => 'bin', levels => scalar @widths,
		params => sprintf('{"levels": [%s], "origin": %d}', join(', ', @widths), $origin),
		value => sub { random(24) - 4 },
		# a level is made from the finest one
		at => sub { my ($x, $l) = @_; $x = floor_div($x - $origin, $widths[0]) * $widths[0] + $origin; return floor_div($x - $origin, $widths[$l]) * $widths[$l] + $origin; }
	};
}

sub kind_prefix
{
	my @lengths = @{ one_of([ 3, 1 ], [ 4, 2 ], [2], [ 5, 3, 1 ]) };
	my @digits = ([ 1, 2 ], [ 0, 9 ], [ 3, 4, 5 ], [ 7, 8 ], [ 0, 1 ], [ 5, 6 ]);

	return {
		type => 'text', rule => 'prefix', levels => scalar @lengths, params => sprintf('{"levels": [%s]}', join(', ', @lengths)),
		value => sub { join '', map { one_of(@$_) } @digits }, at => sub { substr($_[0], 0, $lengths[ $_[1] ]) . '*' }
	};
}

sub kind_date
{
	my @units = @{ one_of([ 'day', 'month', 'year' ], [ 'month', 'quarter' ], [ 'quarter', 'year' ], ['year']) };

	return {
		type => 'date', rule => 'date_trunc', levels => scalar @units, params => sprintf('{"levels": [%s]}', join(', ', map { "\"$_\"" } @units)),
		value => sub { sprintf '20%02d-%02d-%02d', 19 + random(2), 1 + random(12), 1 + random(3) },
		at => sub {
			my ($x, $l) = @_;
			my ($y, $m, $d) = split /-/, $x;

			return $x if $units[$l] eq 'day';
			return "$y-$m-01" if $units[$l] eq 'month';
			return sprintf '%s-%02d-01', $y, 1 + 3 * int(($m - 1) / 3) if $units[$l] eq 'quarter';
			return "$y-01-01";
		}
	};
}

sub kind_hierarchy
{
	my @occur = one_of([ 'a' .. 'e' ], [ 'a' .. 'h' ], [ 'c', 'd', 'g', 'i' ]);

	return {
		type => 'text', rule => 'hierarchy', levels => 4, params => '{"hierarchy": "places", "level": "auto"}', hierarchy => \%places,
		value => sub { one_of(@{ $occur[0] }) }, at => sub { $places{ $_[0] }[ $_[1] ] }
	};
}

# ---------- a random case ----------

sub random_condition
{
	my ($column) = @_;
	my $name = $column->{name};

	return one_of(
		{ l => sprintf('{"column": "%s", "variant": "distinct", "l": %d}', $name, 2), variant => 'distinct', num => 2, den => 1 },
		{ l => sprintf('{"column": "%s", "variant": "entropy", "l": 2}', $name), variant => 'entropy', num => 2, den => 1 },
		{ l => sprintf('{"column": "%s", "variant": "entropy", "l": 1.5}', $name), variant => 'entropy', num => 3, den => 2 },
		{ l => sprintf('{"column": "%s", "variant": "recursive", "l": 2, "c": 2}', $name), variant => 'recursive', num => 2, den => 1, c_num => 2, c_den => 1 },
		{ l => sprintf('{"column": "%s", "variant": "recursive", "l": 2, "c": 1.5}', $name), variant => 'recursive', num => 2, den => 1, c_num => 3, c_den => 2 },
		{ t => sprintf('{"column": "%s", "distance": "equal", "t": 0.4}', $name), variant => 'equal', num => 2, den => 5 },
		{ t => sprintf('{"column": "%s", "distance": "ordered", "t": 0.25}', $name), variant => 'ordered', num => 1, den => 4 },
		{ t => sprintf('{"column": "%s", "distance": "equal", "t": 0.5}', $name), variant => 'equal', num => 1, den => 2 },
		($column->{text} ? ({ t => sprintf('{"column": "%s", "distance": "hierarchical", "hierarchy": "ills", "t": 0.3}', $name), variant => 'hierarchical', num => 3, den => 10 }) x 3 : ())
	);
}

sub random_model
{
	my ($case) = @_;
	my %parts;

	$case->{k} = 2 + random(3);
	$case->{limit} = one_of(0, 0, 5, 10, 29, 50, 100);
	$case->{metric} = one_of('loss', 'loss', 'discernibility', 'aecs', 'entropy');
	$case->{local} = chance(30);
	$case->{metric} = 'loss' if $case->{local};
	foreach my $s (0 .. $#{ $case->{sensitive} })
	{
		next if chance(40);
		my $condition = random_condition($case->{sensitive}[$s]);

		$condition = { %$condition, sensitive => $s };
		push @{ $case->{conditions} }, $condition;
		push @{ $parts{l} }, $condition->{l} if $condition->{l};
		push @{ $parts{t} }, $condition->{t} if $condition->{t};
	}
	$case->{model} = sprintf('{"k": %d, "suppression_limit": %s, "metric": "%s", "search": "%s"%s}', $case->{k}, $case->{limit} / 100, $case->{metric},
		$case->{local} ? 'local' : 'optimal', join('', map { sprintf ', "%s": [%s]', $_, join(', ', @{ $parts{$_} }) } sort keys %parts));
}

sub random_case
{
	my ($number) = @_;
	my %case = (number => $number, conditions => [], sensitive => []);
	my $n = 4 + random(36);
	my $nulls = one_of(0, 0, 15);
	my $persons = one_of('rows', 'rows', 'unique', 'several', 'several');

	$case{qis} = [ map { one_of(\&kind_keep, \&kind_bin, \&kind_bin, \&kind_prefix, \&kind_date, \&kind_hierarchy)->() } 1 .. 1 + random(4) ];
	$case{sensitive} = [ map { { name => "s$_", text => chance(50), nulls => one_of(0, 0, 20) } } 1 .. random(3) ];
	$case{subject} = $persons ne 'rows';
	$case{key} = $persons eq 'unique';
	$case{with_row} = chance(60);
	for my $i (1 .. $n)
	{
		my %row = (id => $i);

		$row{q} = [ map { chance($nulls) ? undef : $_->{value}->() } @{ $case{qis} } ];
		$row{s} = [ map { chance($_->{nulls}) ? undef : $_->{text} ? one_of('p', 'p', 'q', 'r', 's', 'u') : one_of(1, 1, 2, 3, 5) } @{ $case{sensitive} } ];
		$row{person} = $persons eq 'several' ? (chance(5) ? undef : random(1 + int($n * 2 / 3))) : $i;
		push @{ $case{rows} }, \%row;
	}
	random_model(\%case);
	return \%case;
}

# ---------- a case as SQL ----------

sub case_sql
{
	my ($case) = @_;
	my ($table, $release) = ("src.c$case->{number}", "open.c$case->{number}");
	my @qis = map { "q$_" } 1 .. @{ $case->{qis} };
	my @sensitive = map { $_->{name} } @{ $case->{sensitive} };
	my @columns = ((map { "$qis[$_] $case->{qis}[$_]{type}" } 0 .. $#qis), map { "$_->{name} " . ($_->{text} ? 'text' : 'int') } @{ $case->{sensitive} });
	my $rows = join ', ', map { my $r = $_; '(' . join(', ', $r->{id}, quoted($r->{person}), map { quoted($_) } @{ $r->{q} }, @{ $r->{s} }) . ')' } @{ $case->{rows} };
	my $sql = sprintf "CREATE TABLE %s (id int, person int %s, %s);\nINSERT INTO %s VALUES %s;\n", $table, $case->{key} ? 'UNIQUE' : '', join(', ', @columns), $table, $rows;

	$sql .= "SELECT privrelease.classify('$table', '$_', 'quasi_identifier');\n" foreach @qis;
	$sql .= "SELECT privrelease.classify('$table', '$_', 'sensitive');\n" foreach @sensitive;
	$sql .= "SELECT privrelease.classify('$table', 'id', 'insensitive');\n";
	$sql .= sprintf "SELECT privrelease.create_release('%s', '%s', subject => %s, kind => 'table', model => '%s');\n", $release, $table, $case->{subject} ? "'person'" : 'NULL', $case->{model};
	$sql .= "SELECT privrelease.set_rule('$release', '$qis[$_]', '$case->{qis}[$_]{rule}', '$case->{qis}[$_]{params}');\n" foreach 0 .. $#qis;
	$sql .= "SELECT privrelease.set_rule('$release', '$_', 'keep');\n" foreach @sensitive, $case->{with_row} ? 'id' : ();
	$sql .= "SELECT privrelease.refresh('$release');\n\\echo E|:SQLSTATE\n";
	$sql .= "SELECT 'V', records, suppressed, classes, min_class, cost, subjects, (SELECT string_agg(levels ->> q, ';' ORDER BY o) FROM unnest(ARRAY["
	  . join(', ', map { "'$_'" } @qis) . "]) WITH ORDINALITY AS q (q, o)) FROM privrelease.versions WHERE release = '$release';\n";
	$sql .= "SELECT 'R', " . join(', ', ($case->{with_row} ? 'id' : "''"), @qis, @sensitive) . " FROM $release;\n";
	return $sql;
}

# ---------- classes and conditions, from the definitions ----------

sub key_of { return join "\x01", map { defined $_ ? "=$_" : 'N' } @_; }

# Distinct persons of rows; every row is one where no subject is declared.
sub persons_of
{
	my ($case, @rows) = @_;
	my %seen = map { $_->{person} => 1 } grep { defined $_->{person} } @rows;

	return $case->{subject} ? scalar keys %seen : scalar @rows;
}

# value => persons; NULL has the key ''
sub counts_of
{
	my ($case, $s, @rows) = @_;
	my %rows_of;

	push @{ $rows_of{ defined $_->{s}[$s] ? "=$_->{s}[$s]" : '' } }, $_ foreach @rows;
	return map { $_ => persons_of($case, @{ $rows_of{$_} }) } keys %rows_of;
}

sub order_of
{
	my ($column, @values) = @_;

	return sort {
		($a eq '') <=> ($b eq '') || ($column->{text} ? $a cmp $b : $a eq '' ? 0 : substr($a, 1) <=> substr($b, 1))
	} @values;
}

sub sum { my $sum = 0; $sum += $_ foreach @_; return $sum; }

sub holds_diversity
{
	my ($condition, %count) = @_;

	delete $count{''};
	my @c = sort { $b <=> $a } grep { $_ > 0 } values %count;
	my $m = sum(@c);

	return @c * $condition->{den} >= $condition->{num} if $condition->{variant} eq 'distinct';
	if ($condition->{variant} eq 'recursive')
	{
		return 0 if @c < $condition->{num};
		return $condition->{c_den} * $c[0] < $condition->{c_num} * sum(@c[ $condition->{num} - 1 .. $#c ]);
	}
	# exp(entropy) >= l, as M^M den^M >= num^M prod c^c
	return 0 if $m == 0;
	my $right = Math::BigInt->new($condition->{num})->bpow($m);
	$right->bmul(Math::BigInt->new($_)->bpow($_)) foreach @c;
	return Math::BigInt->new($m * $condition->{den})->bpow($m)->bcmp($right) >= 0;
}

# Twice what has to be moved inside nodes of a level, times the level: e is what leaves, or nodes below, have too much.
sub hierarchical_distance
{
	my (%e) = @_;
	my ($total, $height) = (0, 2);
	my %node = %e;

	for my $level (1 .. $height)
	{
		my (%plus, %minus, %sum);

		foreach my $child (keys %node)
		{
			my $leaf = (split /,/, $child)[0];
			# what the hierarchy does not have stands alone below the top
			my $parent = $leaf eq '' ? ($level == $height ? '*' : '') : $ills{ substr($leaf, 1) }[$level];

			$plus{$parent} += $node{$child} > 0 ? $node{$child} : 0;
			$minus{$parent} += $node{$child} < 0 ? -$node{$child} : 0;
			$sum{$parent}{value} += $node{$child};
			$sum{$parent}{leaf} //= $leaf;
		}
		$total += $level * ($plus{$_} < $minus{$_} ? $plus{$_} : $minus{$_}) foreach keys %plus;
		%node = map { ($sum{$_}{leaf} eq '' ? '' : "$sum{$_}{leaf},$_") => $sum{$_}{value} } keys %sum;
	}
	return ($total, $height);
}

sub holds_closeness
{
	my ($case, $condition, $population, %count) = @_;
	my ($big, $m) = (sum(values %$population), sum(values %count));
	my @values = order_of($case->{sensitive}[ $condition->{sensitive} ], keys %$population);
	my %e = map { $_ => $m * $population->{$_} - $big * ($count{$_} // 0) } @values;
	my ($num, $den, $running, $distance) = ($condition->{num}, $condition->{den}, 0, 0);

	return 0 if $m == 0;
	if ($condition->{variant} eq 'equal')
	{
		$distance += abs $e{$_} foreach @values;
		return $den * $distance <= 2 * $num * $big * $m;
	}
	if ($condition->{variant} eq 'ordered')
	{
		foreach (@values)
		{
			$running += $e{$_};
			$distance += abs $running;
		}
		return $den * $distance <= $num * (@values - 1) * $big * $m;
	}
	my $height;
	($distance, $height) = hierarchical_distance(%e);
	return $den * $distance <= $num * $height * $big * $m;
}

sub holds
{
	my ($case, @rows) = @_;

	return 0 if persons_of($case, @rows) < $case->{k};
	foreach my $condition (@{ $case->{conditions} })
	{
		my %count = counts_of($case, $condition->{sensitive}, @rows);

		return 0 if $condition->{l} && !holds_diversity($condition, %count);
		return 0 if $condition->{t} && !holds_closeness($case, $condition, $case->{population}[ $condition->{sensitive} ], %count);
	}
	return 1;
}

# ---------- levels and costs ----------

sub at
{
	my ($qi, $value, $level) = @_;

	return $qi->{at}->($value, $level) if defined $value;
	# NULL is the top of a hierarchy, and itself everywhere else
	return $qi->{hierarchy} && $level == $qi->{levels} - 1 ? '*' : undef;
}

sub prepare
{
	my ($case) = @_;

	$case->{n} = scalar @{ $case->{rows} };
	$case->{population} = [ map { { counts_of($case, $_, @{ $case->{rows} }) } } 0 .. $#{ $case->{sensitive} } ];
	foreach my $j (0 .. $#{ $case->{qis} })
	{
		my $qi = $case->{qis}[$j];
		my %distinct = map { $_->{q}[$j] => 1 } grep { defined $_->{q}[$j] } @{ $case->{rows} };
		my @leaves = $qi->{hierarchy} ? keys %{ $qi->{hierarchy} } : keys %distinct;

		$qi->{domain} = @leaves || 1;
		foreach my $level (0 .. $qi->{levels} - 1)
		{
			my %leaves;

			$leaves{ key_of(at($qi, $_, $level)) }++ foreach @leaves;
			$leaves{ key_of(undef) } //= 1;
			$qi->{leaves}[$level] = \%leaves;
		}
	}
}

sub log2 { return log($_[0]) / log(2); }

sub entropy_of
{
	my ($case, $node, $suppressed) = @_;
	my $total = 0;

	foreach my $j (0 .. $#{ $case->{qis} })
	{
		my ($qi, %finest, %general, %of, %lost) = ($case->{qis}[$j]);

		foreach my $row (@{ $case->{rows} })
		{
			my ($v, $g) = (key_of(at($qi, $row->{q}[$j], 0)), key_of(at($qi, $row->{q}[$j], $node->[$j])));

			$finest{$v}++;
			$general{$g}++;
			$of{$v} = $g;
			$lost{$g}++ if $suppressed->{ $row->{id} };
		}
		$total += $finest{$_} * log2($general{ $of{$_} } / $finest{$_}) foreach keys %finest;
		my $s = keys %$suppressed;
		$total += $lost{$_} * log2($s / $lost{$_}) foreach keys %lost;
	}
	return $total;
}

# x[qi]: the sum of leaf shares over all records, a suppressed one counting 1
sub loss_of
{
	my ($case, @x) = @_;
	my $product = 1;

	foreach my $j (0 .. $#x)
	{
		my $d = $case->{qis}[$j]{domain};

		$product *= 1 + ($d == 1 ? 0 : ($x[$j] / $case->{n} - 1 / $d) / (1 - 1 / $d));
	}
	return $product**(1 / @x) - 1;
}

sub evaluate
{
	my ($case, $node) = @_;
	my %class;
	my %result = (node => $node, suppressed => {}, classes => 0, smallest => 0, dm => 0);

	foreach my $row (@{ $case->{rows} })
	{
		push @{ $class{ key_of(map { at($case->{qis}[$_], $row->{q}[$_], $node->[$_]) } 0 .. $#$node) } }, $row;
	}
	foreach my $rows (values %class)
	{
		if (holds($case, @$rows))
		{
			my $persons = persons_of($case, @$rows);

			$result{classes}++;
			$result{dm} += @$rows * @$rows;
			$result{smallest} = $persons if $result{smallest} == 0 || $persons < $result{smallest};
		}
		else
		{
			$result{suppressed}{ $_->{id} } = 1 foreach @$rows;
		}
	}
	$result{s} = keys %{ $result{suppressed} };
	$result{feasible} = $result{s} * 100 <= $case->{limit} * $case->{n};
	return \%result unless $result{feasible};
	if ($case->{metric} eq 'loss')
	{
		my @x = (0) x @$node;

		foreach my $row (@{ $case->{rows} })
		{
			foreach my $j (0 .. $#$node)
			{
				my $qi = $case->{qis}[$j];

				$x[$j] += $result{suppressed}{ $row->{id} } ? 1 : $qi->{leaves}[ $node->[$j] ]{ key_of(at($qi, $row->{q}[$j], $node->[$j])) } / $qi->{domain};
			}
		}
		$result{cost} = loss_of($case, @x);
	}
	$result{cost} = $result{dm} + $result{s} * $case->{n} if $case->{metric} eq 'discernibility';
	$result{cost} = $case->{n} / ($result{classes} + ($result{s} > 0)) if $case->{metric} eq 'aecs';
	$result{cost} = entropy_of($case, $node, $result{suppressed}) if $case->{metric} eq 'entropy';
	return \%result;
}

sub nodes
{
	my ($case) = @_;
	my @nodes = ([]);

	foreach my $qi (@{ $case->{qis} })
	{
		@nodes = map { my $node = $_; map { [ @$node, $_ ] } 0 .. $qi->{levels} - 1 } @nodes;
	}
	return @nodes;
}

sub close_to { my ($a, $b) = @_; return abs($a - $b) <= 1e-9 * (abs($a) > 1 ? abs($a) : 1); }

# The feasible node of least cost; of equal costs: fewer suppressed, smaller sum of levels, lexicographic order.
sub best_of
{
	my ($case) = @_;
	my @feasible = grep { $_->{feasible} } map { evaluate($case, $_) } nodes($case);
	my ($least) = sort { $a <=> $b } map { $_->{cost} } @feasible;

	return (sort { $a->{s} <=> $b->{s} || sum(@{ $a->{node} }) <=> sum(@{ $b->{node} }) || join(',', @{ $a->{node} }) cmp join(',', @{ $b->{node} }) }
		  grep { abs($_->{cost} - $least) <= 1e-12 * (1 + abs $least) } @feasible)[0];
}

# ---------- what refresh() did ----------

sub shown_value { my ($text) = @_; return $text eq '\N' ? undef : $text; }

# Numerics may come with a scale; nothing else is changed.
sub shown_row
{
	my ($case, @fields) = @_;
	my $m = @{ $case->{qis} };

	return { id => $fields[0], q => [ map { shown_value($_) } @fields[ 1 .. $m ] ], s => [ map { shown_value($_) } @fields[ $m + 1 .. $#fields ] ] };
}

sub check_optimal
{
	my ($case, $answer) = @_;
	my $best = best_of($case);
	my (%expected, %seen);

	return $best ? 'refused although a node is feasible: ' . join('.', @{ $best->{node} }) : undef if $answer->{error} eq 'PR010';
	return "error $answer->{error}" if $answer->{error} ne '00000';
	return 'released although no node is feasible' if !$best;
	my $version = $answer->{version};
	my $node = join ';', @{ $best->{node} };
	return "cost $version->{cost}, least is $best->{cost} at $node" if !close_to($version->{cost}, $best->{cost});
	return "node $version->{levels} instead of $node" if $version->{levels} ne $node;
	foreach (([ 'suppressed', 's' ], [ 'classes', 'classes' ], [ 'min_class', 'smallest' ]))
	{
		return "$_->[0] is $version->{$_->[0]} instead of $best->{$_->[1]}" if $version->{ $_->[0] } != $best->{ $_->[1] };
	}
	foreach my $row (grep { !$best->{suppressed}{ $_->{id} } } @{ $case->{rows} })
	{
		my @q = map { at($case->{qis}[$_], $row->{q}[$_], $best->{node}[$_]) } 0 .. $#{ $row->{q} };

		$expected{ key_of($case->{with_row} ? $row->{id} : '', @q, @{ $row->{s} }) }++;
	}
	$seen{ key_of($_->{id}, @{ $_->{q} }, @{ $_->{s} }) }++ foreach @{ $answer->{rows} };
	foreach (keys %expected, keys %seen)
	{
		return 'the rows are not those of the node' if ($expected{$_} // 0) != ($seen{$_} // 0);
	}
	return undef;
}

# May this source row be released as that?
sub compatible
{
	my ($case, $row, $shown) = @_;

	foreach my $j (0 .. $#{ $row->{q} })
	{
		my ($qi, $value) = ($case->{qis}[$j], $shown->{q}[$j]);

		next if !defined $value;
		return 0 if !grep { defined $_ && $_ eq $value } map { at($qi, $row->{q}[$j], $_) } 0 .. $qi->{levels} - 1;
	}
	return key_of(@{ $row->{s} }) eq key_of(@{ $shown->{s} });
}

# The loss of rows by the id of their source rows, at the least and at the most: two levels may look the same, and cost differently.
sub loss_between
{
	my ($case, @shown) = @_;
	my @bounds;

	foreach my $most (0, 1)
	{
		my @x = ($case->{n} - @shown) x @{ $case->{qis} };

		foreach my $shown (@shown)
		{
			foreach my $j (0 .. $#x)
			{
				my ($qi, $value, $source) = ($case->{qis}[$j], $shown->{q}[$j], $case->{rows}[ $shown->{id} - 1 ]{q}[$j]);
				my @leaves = map { $qi->{leaves}[$_]{ key_of($value) } } grep { key_of(at($qi, $source, $_)) eq key_of($value) } 0 .. $qi->{levels} - 1;

				push @leaves, $qi->{domain} if !defined $value;
				@leaves = sort { $a <=> $b } @leaves;
				$x[$j] += $leaves[ $most ? -1 : 0 ] / $qi->{domain};
			}
		}
		push @bounds, loss_of($case, @x);
	}
	return @bounds;
}

# Has each row that is shown a source row of its own?  By augmenting paths.
sub assign
{
	my ($case, @shown) = @_;
	my @taken;

	my $try;
	$try = sub {
		my ($i, $visited) = @_;

		foreach my $r (0 .. $#{ $case->{rows} })
		{
			next if $visited->{$r} || !compatible($case, $case->{rows}[$r], $shown[$i]);
			$visited->{$r} = 1;
			if (!defined $taken[$r] || $try->($taken[$r], $visited))
			{
				$taken[$r] = $i;
				return 1;
			}
		}
		return 0;
	};
	foreach my $i (0 .. $#shown)
	{
		return 0 if !$try->($i, {});
	}
	return 1;
}

sub check_local
{
	my ($case, $answer) = @_;
	my $version = $answer->{version};
	my @shown = @{ $answer->{rows} // [] };
	my ($smallest, %class) = (0);

	if ($answer->{error} eq 'PR010')
	{
		my $best = best_of($case);

		return $best ? 'local recoding refused although a node is feasible: ' . join('.', @{ $best->{node} }) : undef;
	}
	return "error $answer->{error}" if $answer->{error} ne '00000';
	return 'not every record is released or suppressed' if $version->{suppressed} != $case->{n} - @shown;
	return 'too many are suppressed' if $version->{suppressed} * 100 > $case->{limit} * $case->{n};
	push @{ $class{ key_of(@{ $_->{q} }) } }, $_ foreach @shown;
	return "classes are $version->{classes} instead of " . keys %class if $version->{classes} != keys %class;
	return 'a released row is not what the rules make of a source row' if !$case->{with_row} && !assign($case, @shown);
	return undef if !$case->{with_row} && $case->{subject};
	foreach my $rows (values %class)
	{
		# Without a subject the rows say all that the conditions ask.
		my @source = $case->{with_row} ? map { $case->{rows}[ $_->{id} - 1 ] } @$rows : @$rows;

		return 'a class does not hold the model' if !holds($case, @source);
		my $persons = persons_of($case, @source);
		$smallest = $persons if $smallest == 0 || $persons < $smallest;
		next if !$case->{with_row};
		foreach (0 .. $#source)
		{
			return 'a cell is not what a level makes of its row' if !compatible($case, $source[$_], $rows->[$_]);
		}
	}
	return "min_class is $version->{min_class} instead of $smallest" if $version->{min_class} != $smallest;
	return undef if !$case->{with_row};
	my ($least, $most) = loss_between($case, @shown);
	return "cost $version->{cost} is not from $least to $most" if $version->{cost} < $least - 1e-9 || $version->{cost} > $most + 1e-9;
	return undef;
}

# ---------- the server ----------

my $node = PostgreSQL::Test::Cluster->new('oracle');
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'privrelease'\nprivrelease.keyring_file = '$keyring'\nautovacuum = off\njit = off\n");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION privrelease; CREATE SCHEMA src; CREATE SCHEMA open;
	SELECT privrelease.create_hierarchy('places', " . hierarchy_rows(\%places) . "), privrelease.create_hierarchy('ills', " . hierarchy_rows(\%ills) . ')');

# Runs a batch of cases in one session; answers in their order.
sub refresh_all
{
	my (@cases) = @_;
	my $script = PostgreSQL::Test::Utils::tempdir() . '/batch.sql';
	my (@answers, $out, $err);

	open my $file, '>', $script or die $!;
	print $file "\\pset format unaligned\n\\pset tuples_only on\n\\pset null '\\\\N'\nSET client_min_messages = error;\n", map { case_sql($_) } @cases;
	close $file;
	IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $script ], '>', \$out, '2>', \$err) or die $err;
	foreach my $line (split /\n/, $out)
	{
		my ($what, @fields) = split /\|/, $line, -1;

		push @answers, { error => $fields[0], rows => [] } if ($what // '') eq 'E';
		@{ $answers[-1]{version} }{qw(records suppressed classes min_class cost subjects levels)} = @fields if ($what // '') eq 'V';
		push @{ $answers[-1]{rows} }, shown_row($cases[$#answers], @fields) if ($what // '') eq 'R';
	}
	return @answers;
}

sub persons_in_all { my ($case) = @_; return persons_of($case, @{ $case->{rows} }); }

my %seen = (optimal => 0, local => 0, refused => 0);
for (my $first = 1; $first <= $cases; $first += $batch)
{
	my @cases;

	foreach my $number ($first .. $first + $batch - 1)
	{
		$state = ($seed * 7919 + $number * 104729) % 2147483648;
		random(2) for 1 .. 5;
		push @cases, random_case($number);
	}
	my @answers = refresh_all(@cases);
	is(scalar @answers, scalar @cases, "cases $first to " . ($first + $batch - 1) . ' were tried');
	my @wrong;
	foreach my $i (0 .. $#answers)
	{
		my ($case, $answer) = ($cases[$i], $answers[$i]);

		prepare($case);
		$seen{ $answer->{error} ne '00000' ? 'refused' : $case->{local} ? 'local' : 'optimal' }++;
		my $finding = $case->{local} ? check_local($case, $answer) : check_optimal($case, $answer);
		$finding //= "subjects are $answer->{version}{subjects}" if $answer->{error} eq '00000' && $answer->{version}{subjects} != persons_in_all($case);
		push @wrong, "case $case->{number}: $finding" if defined $finding;
		diag("case $case->{number}: $finding\n" . case_sql($case)) if defined $finding && @wrong <= 2;
	}
	is(join("\n", @wrong), '', "cases $first to " . ($first + $batch - 1) . ' agree');
}
note("$seen{optimal} optimal, $seen{local} local, $seen{refused} refused");
ok($seen{$_} > $cases / 50, "$_: $seen{$_} cases") foreach sort keys %seen;

done_testing();
