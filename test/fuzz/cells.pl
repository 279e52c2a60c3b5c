# cells.pl: does a scan with a derived qual take whole cells only?
#
# Each cell of a source holds seven rows, with the first and the last value of the
# cell among them.  A bound that cuts a cell makes the number of rows taken no
# multiple of seven; then the counters of a plan, or the time, would tell more than
# the release does.  Where filters are equivalent, equally many rows are taken.
#
# Some values hold a marker, which no plan may show.  And rows come in the order of
# the table, which is random: in that of an index those of one cell would tell
# which of them has the greater value.
use strict;
use warnings;
no warnings qw(nonchar);
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Derived::Random;
use Derived::Session;
use Derived::Sources;

binmode(STDOUT, ':utf8');
my $PER_CELL = 7;
my $SECRET = 'MARKER|1380000000\d';
my $failed = 0;
srand(7);

sub is_so
{
	my ($so, $name) = @_;
	print $so ? 'ok' : 'not ok', " - cells: $name\n";
	$failed = 1 unless $so;
	return $so;
}

# ------------------------------------------------------------- the sources

# Seven values of a cell of whole numbers.
sub of_numbers
{
	my ($first, $last) = @_;
	return [ $first, $first + 1, $first + 2, $first + 3, $last - 2, $last - 1, $last ];
}

sub of_days
{
	my ($type, $first, $next, $zone) = @_;
	my $at = $zone ? " AT TIME ZONE '$zone'" : '';
	my $step = $type eq 'date' ? '1' : "interval '1 us'";
	my $day = $type eq 'date' ? '1' : "interval '1 day'";
	my $raw = $type eq 'timestamptz' ? 'timestamp' : $type;
	return [ map { "($_)$at" } ("$raw '$first'", "$raw '$first' + $step", "$raw '$first' + $day", "$raw '$first' + 2 * $day", "$raw '$next' - 2 * $day", "$raw '$next' - 2 * $step", "$raw '$next' - $step") ];
}

sub of_addresses
{
	my ($head, $tail, @ends) = @_;
	return [ map { "inet '$head$_$tail'" } @ends ];
}

# transform, column type, parameters, cells
my @cells = (
	[ 'bin', 'int4', { width => 10, origin => 3 }, map { of_numbers($_, $_ + 9) } -27, -17, -7, 3, 13, 23 ],
	[ 'bin', 'int2', { width => 1000, origin => 0 }, of_numbers(-32768, -32001), (map { of_numbers($_, $_ + 999) } -32000, -1000, 0, 1000, 31000), of_numbers(32000, 32767) ],
	[ 'bin', 'int8', { width => '1000000000000', origin => 0, bottom => 5, top => '3000000000000' }, of_numbers('-9000000000000000000', '999999999999'), of_numbers('1000000000000', '1999999999999'),
		of_numbers('2000000000000', '2999999999999'), of_numbers('3000000000000', '9000000000000000000') ],
	[ 'bin', 'int4', { width => 10, origin => 0, bottom => 15, top => 40 }, [ '(-2147483648)', -5, 0, 14, 15, 18, 19 ], of_numbers(20, 29), of_numbers(30, 39), [ 40, 41, 45, 50, 99, 2147483646, 2147483647 ] ],
	[ 'round', 'int4', { to => 10 }, of_numbers(-24, -15), of_numbers(-14, -5), of_numbers(-4, 4), of_numbers(5, 14), of_numbers(15, 24) ],
	[ 'bin', 'float8', { width => 0.5, origin => 0 }, map { my $x = $_; [ map { literal($_) } $x, $x + 1e-12, $x + 0.1, $x + 0.2, $x + 0.4, $x + 0.49, $x + 0.4999999999 ] } -1, -0.5, 0, 0.5, 1 ],
	[ 'round', 'float8', { to => 1 }, map { my $x = $_; [ map { literal($_) } $x - 0.4999999, $x - 0.3, $x - 0.1, $x, $x + 0.1, $x + 0.3, $x + 0.4999999 ] } -2, -1, 0, 1, 2 ],
	[ 'date_trunc', 'date', { unit => '"month"' }, map { of_days('date', @$_) } [ '2023-12-01', '2024-01-01' ], [ '2024-01-01', '2024-02-01' ], [ '2024-02-01', '2024-03-01' ], [ '2024-03-01', '2024-04-01' ] ],
	[ 'date_trunc', 'date', { unit => '"decade"' }, map { of_days('date', @$_) } [ '1980-01-01', '1990-01-01' ], [ '1990-01-01', '2000-01-01' ], [ '2000-01-01', '2010-01-01' ] ],
	[ 'date_trunc', 'timestamp', { unit => '"week"' }, map { of_days('timestamp', @$_) } [ '2019-12-23', '2019-12-30' ], [ '2019-12-30', '2020-01-06' ], [ '2020-01-06', '2020-01-13' ] ],
	[ 'date_trunc', 'timestamptz', { unit => '"month"', timezone => '"UTC"' }, map { of_days('timestamptz', @$_, 'UTC') } [ '2024-01-01', '2024-02-01' ], [ '2024-02-01', '2024-03-01' ], [ '2024-03-01', '2024-04-01' ] ],
	[ 'date_trunc', 'timestamptz', { unit => '"year"', timezone => '"America/St_Johns"' }, map { of_days('timestamptz', "$_-01-01", ($_ + 1) . '-01-01', 'America/St_Johns') } 1999 .. 2003 ],
	[ 'age', 'date', { at => '"2025-03-01"', width => 5 }, map { my ($from, $to) = (2025 - $_ - 5, 2025 - $_); [ map { "date '$from-03-01' + $_" } 1, 2, 100, 1000, 1500, 1824, "(date '$to-03-01' - date '$from-03-01')" ] } 0, 5, 10, 50 ],
	[ 'prefix', 'text', { length => 3 }, [ map { literal("abc$_") } '!', '*', '0', 'MARKER', 'zMARKER', '~', "\x{10FFFF}" ], [ map { literal("abd$_") } 'MARKER1' .. 'MARKER7' ],
		[ map { literal($_) } 'ab', 'az', 'a~', 'abc', 'a**', 'a**zMARKER', 'a**0MARKER' ], [ map { literal($_) } '', 'b', 'z', '1', '***x', '****', '北' ], [ map { literal("北京市$_") } 1 .. 7 ], [ map { literal("12\x{10FFFF}$_") } 1 .. 7 ] ],
	[ 'network', 'inet', { v4 => 24, v6 => 48 }, (map { of_addresses("192.0.$_.", '', 0, 1, 7, 100, 200, 254, 255) } 1 .. 4), of_addresses('10.', '.0.0/8', 0 .. 6),
		map { of_addresses("2001:db8:$_:", '', ':', ':1', ':2', '1::', 'fffe::', 'ffff::', 'ffff:ffff:ffff:ffff:ffff') } 1 .. 3 ],
	[ 'hierarchy', 'int4', { hierarchy => '"cells_blocks"', level => 1 }, map { my $block = $_; [ map { $block * 7 + $_ } 0 .. 6 ] } 0 .. 5 ],
	[ 'hierarchy', 'int4', { hierarchy => '"cells_scattered"', level => 1 }, map { my $rest = $_; [ map { $rest + 6 * $_ } 0 .. 6 ] } 0 .. 5 ],
	[ 'encrypt_fpe', 'text', { key => '"fuzz"', keep_left => 3 }, map { [ (literal("1380000000$_")) x 7 ] } 0 .. 9 ]);

my $number = 0;
my @sources = map { { name => 'cells_' . $number++, transform => $_->[0], type => $_->[1], params => $_->[2], cells => [ @$_[ 3 .. $#$_ ] ] } } @cells;

sub set_up
{
	my $source = shift;
	my ($name, $type) = @$source{qw(name type)};
	my $json = Derived::Sources::json(%{ $source->{params} });
	my @rows = map { map { "(($_)::$type)" } @$_ } @{ $source->{cells} };
	my $family = $type eq 'text' && $source->{transform} ne 'encrypt_fpe' ? ' text_pattern_ops' : '';
	return ("CREATE TABLE src.$name (x $type, k int GENERATED ALWAYS AS IDENTITY)", "CREATE INDEX ON src.$name (x$family)", "SELECT privrelease.create_release('rel.$name', 'src.$name')",
		"SELECT privrelease.set_rule('rel.$name', 'x', '$source->{transform}', " . literal($json) . ')', "SELECT privrelease.set_rule('rel.$name', 'k', 'keep')", "SELECT privrelease.build('rel.$name')",
		"INSERT INTO src.$name (x) VALUES " . join(', ', shuffled((map { "(NULL::$type)" } 1 .. $PER_CELL), @rows)), "ANALYZE src.$name");
}
Derived::Session->run('SET client_min_messages = error',
	q{SELECT privrelease.create_hierarchy('cells_blocks', (SELECT array_agg(ARRAY[i::text, 'block ' || i / 7, 'all']) FROM generate_series(0, 41) i))},
	q{SELECT privrelease.create_hierarchy('cells_scattered', (SELECT array_agg(ARRAY[i::text, 'rest ' || i % 6, 'all']) FROM generate_series(0, 41) i))},
	map { set_up($_) } @sources);

# ----------------------------------------------------------- the questions

my $session = Derived::Session->new;
$session->ask('SET enable_seqscan = off', 'SET enable_hashjoin = off', 'SET enable_mergejoin = off', 'SET plan_cache_mode = force_generic_plan', "SET privrelease.enable_derived_quals = on");

# Filters with the values that they compare with: [ SQL with ? for each, kind ].
sub filters
{
	my $source = shift;
	my @filters = map { [ "x $_ ?", 1 ] } '=', '<', '<=', '>', '>=';
	@filters = ([ 'x = ?', 1 ]) if $source->{transform} =~ /^(hierarchy|encrypt_fpe)$/;
	push @filters, [ 'x IN (?, ?)', 2 ];
	push @filters, [ 'x BETWEEN ? AND ?', 2 ] if @filters > 2;
	push @filters, [ 'x IS NULL', 0 ], [ 'x IS NOT NULL', 0 ];
	push @filters, map { [ "x $_ ?", 1 ] } '~>=~', '~<~', '^@' if $source->{type} eq 'text' && $source->{transform} eq 'prefix';
	push @filters, map { [ $_, 1 ] } "x LIKE ? || '%'", "x LIKE ?" if $source->{transform} eq 'prefix';
	return @filters;
}

# Constants: what the release shows, and source values where they have its type.
sub constants
{
	my $source = shift;
	my $table = $source->{name};
	my $type = $session->ask("SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'rel.$table'::regclass AND attname = 'x'")->[0];
	my $inside = $type eq 'text' || $source->{transform} =~ /^(age|hierarchy)$/ ? '' : "UNION SELECT x::text FROM src.$table WHERE x IS NOT NULL";
	my $shown = $session->ask("SELECT v FROM (SELECT x::text AS v FROM rel.$table WHERE x IS NOT NULL $inside) s ORDER BY 1");
	my @values = map { literal($_) } @$shown;
	push @values, map { literal($_) } 'ab', 'abc', 'abc!', 'a', 'a*', 'a***', "ab\x{10FFFF}*", '', 'zz', '北', '北京市*' if $source->{transform} eq 'prefix';
	push @values, map { literal($_) } -3, 1, 3, 7, 52, 1000 if $source->{transform} eq 'age';
	push @values, map { literal($_) } 'nothing', 'all' if $source->{transform} eq 'hierarchy';
	my %seen;
	return ($type, map { "$_\::$type" } grep { !$seen{$_}++ } @values);
}

# Asks one filter with constants, with parameters and, for equality, as a join with one row.
sub ask_both
{
	my ($source, $filter, $type, @constants) = @_;
	my @left = @constants;
	(my $written = $filter) =~ s/\?/shift @left/ge;
	my $n = 0;
	(my $open = $filter) =~ s/\?/'$' . ++$n/ge;
	my $query = "SELECT k FROM $source->{name} WHERE ";
	my @asked = ("SELECT fuzz.fetched('$source->{name}', NULL, " . literal($query . $written) . ', ' . literal($SECRET) . ')');
	push @asked, "SELECT fuzz.fetched('$source->{name}', " . literal('PREPARE fuzz_statement (' . join(', ', ($type) x @constants) . ") AS $query$open") . ', '
	  . literal('EXECUTE fuzz_statement (' . join(', ', @constants) . ')') . ', ' . literal($SECRET) . ')' if @constants;
	push @asked, "SELECT fuzz.fetched('$source->{name}', NULL, "
	  . literal("WITH one AS MATERIALIZED (SELECT $constants[0] AS c) SELECT k FROM one JOIN $source->{name} ON x = c") . ', ' . literal($SECRET) . ')' if $filter eq 'x = ?';
	my $lines = $session->ask(@asked) // [];
	return ($written, map { [ split /\t/ ] } @$lines);
}

# Filters of one cell for which rows come otherwise than they lie in the table.
sub out_of_order
{
	my ($source, $type, @values) = @_;
	my @bad;
	for my $value (@values)
	{
		for my $from ("$source->{name} WHERE x = $value", "$source->{name} WHERE x >= $value AND x <= $value", "(SELECT $value OFFSET 0) one(c) JOIN $source->{name} ON x = c")
		{
			my $lines = $session->ask("SELECT k FROM $from") // [];
			push @bad, $from if join(' ', @$lines) ne join(' ', sort { $a <=> $b } @$lines);
		}
	}
	return @bad;
}

for my $source (@sources)
{
	my ($type, @values) = constants($source);
	my $all = $PER_CELL * (1 + @{ $source->{cells} });
	my (@cut, @shown, @uneven, %taken);
	my ($asked, $fewer) = (0, 0);
	for my $filter (filters($source))
	{
		my ($sql, $holes) = @$filter;
		my @choices = $holes == 1 ? map { [$_] } @values : $holes == 2 ? map { [ $values[$_], $values[ ($_ * 5 + 3) % @values ] ] } 0 .. $#values : ([]);
		for my $choice (@choices)
		{
			my ($written, @answers) = ask_both($source, $sql, $type, @$choice);
			for my $mode (0 .. $#answers)
			{
				my ($fetched, $returned, $secret) = @{ $answers[$mode] };
				my $label = $written . (('', ' (parameter)', ' (join)')[$mode]);
				$asked++;
				$fewer++ if $fetched < $all;
				push @cut, "$label: $fetched rows taken, $returned returned" if $fetched % $PER_CELL || $fetched < $returned;
				push @shown, $label if $secret;
				next if $holes != 1 || $source->{transform} eq 'prefix';
				my $before = $taken{$sql}{$mode}{$returned} //= [ $fetched, $label ];
				push @uneven, "$before->[1]: $before->[0] rows taken; $label: $fetched" if $before->[0] != $fetched;
			}
		}
	}
	my $name = "$source->{transform} of $source->{type} " . Derived::Sources::json(%{ $source->{params} });
	is_so(!@cut, "$name: whole cells are taken") or print map { "#   $_\n" } @cut[ 0 .. ($#cut > 9 ? 9 : $#cut) ];
	is_so($fewer * 5 > $asked, "$name: less than all is taken ($fewer of $asked filters)");
	is_so(!@uneven, "$name: equal answers take equally many rows") or print map { "#   $_\n" } @uneven[ 0 .. ($#uneven > 9 ? 9 : $#uneven) ];
	$session->ask('SET search_path = rel', 'SET enable_bitmapscan = off');
	my @order = out_of_order($source, $type, @values);
	$session->ask('RESET enable_bitmapscan');
	is_so(!@order, "$name: rows come as they lie in the table") or print map { "#   $_\n" } @order[ 0 .. ($#order > 9 ? 9 : $#order) ];
	is_so(!@shown, "$name: no plan shows a value of the source") or print map { "#   $_\n" } @shown[ 0 .. ($#shown > 9 ? 9 : $#shown) ];
}
$session->finish;
exit $failed;
