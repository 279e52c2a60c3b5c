# Predicates over released columns, as trees: [ and => ... ], [ or => ... ],
# [ not => ... ], or a string.
package Derived::Predicate;

use strict;
use warnings;
use utf8;
use Exporter 'import';
use Math::BigInt;
use Derived::Random;
use Derived::Sources;

our @EXPORT = qw(predicate sql_of constant type_of smaller);

# Types of constants to compare a column with.
my %TYPES = (
	int => [ qw(int2 int4 int4 int8 int8 numeric float8 float4 bare bare quoted) ],
	num => [ qw(numeric int4 float8 bare) ],
	float => [ qw(float4 float8 float8 numeric quoted bare) ],
	date => [ qw(date date date timestamp timestamptz quoted) ],
	ts => [ qw(timestamp timestamp date timestamptz quoted) ],
	tz => [ qw(timestamptz timestamptz timestamp date quoted) ],
	text => [ qw(text text varchar bpchar name quoted quoted) ],
	inet => [ qw(inet inet cidr quoted) ]);

my %OWN = (int => 'int4', num => 'numeric', float => 'float8', date => 'date', ts => 'timestamp', tz => 'timestamptz', text => 'text', inet => 'inet');

my %EXTREMES = (
	int => [ '-32768', '32767', '-2147483648', '2147483647', '-9223372036854775808', '9223372036854775807', '2147483648', '32768', '0' ],
	float => [ 'NaN', 'Infinity', '-Infinity', '0', '-0', '1e300', '3.4028235e38' ],
	date => [ 'infinity', '-infinity', '4713-11-24 BC', '5874897-12-31', '2000-01-01' ],
	ts => [ 'infinity', '-infinity', '4713-11-24 00:00:00 BC', '294276-12-31 23:59:59.999999' ],
	tz => [ 'infinity', '-infinity', '4713-11-25 00:00:00+00 BC', '294276-12-30 00:00:00+00' ],
	text => [ '', '*', '****', "\x{10FFFF}", "abc\x{10FFFF}*" ],
	inet => [ '0.0.0.0/0', '::/0', '255.255.255.255', '0.0.0.0', 'ffff::/128' ]);

# Texts near a text: other lengths, other fills.
sub near_text
{
	my $text = shift;
	return pick($text . '*', $text . 'a', substr($text, 0, -1), substr($text, 0, 2), substr($text, 0, 1), uc $text, ' ' . $text, $text . ' ', $text, $text)
	  if length $text;
	return pick('', ' ', '*');
}

sub raw
{
	my $column = shift;
	return pick(@{ $EXTREMES{ $column->{class} } }) if $EXTREMES{ $column->{class} } && chance(9);
	return pick(@{ $column->{shown} }) if chance(3);
	my $text = pick(@{ $column->{pool} });
	return $column->{class} eq 'text' && chance(3) ? near_text($text) : $text;
}

sub fits
{
	my ($text, $type) = @_;
	my $range = $Derived::Sources::RANGE{$type} or return 1;
	return 0 unless $text =~ /^-?\d+$/;
	my $value = Math::BigInt->new($text);
	return $value >= $range->[0] && $value <= $range->[1];
}

# A type for a constant, and the constant's text.
sub typed
{
	my $column = shift;
	my $text = raw($column);
	my $type = pick(@{ $TYPES{ $column->{class} } });
	$type = $column->{type} if chance(2);
	$type = 'numeric' if $Derived::Sources::RANGE{$type} && !fits($text, $type);
	$type = 'float8' if $type eq 'float4' && $text =~ /e[+-]?\d\d/i;
	$type = 'inet' if $type eq 'cidr' && $text !~ m{/(0|16|24|48)$};
	$type = 'numeric' if $type eq 'quoted' && $column->{class} eq 'int' && !fits($text, $column->{type});
	# Names have a collation of their own; with a third one a comparison raises, on whatever row is evaluated first.
	$type = 'text' if $type eq 'name' && $column->{collation} !~ /^(default|"default"|"C")$/;
	$type = 'numeric' if $type eq 'bare' && $text !~ /^[-+0-9.e]+$/i;
	$type =~ s/\(.*//;
	$text =~ s/^(\S+)/$1 10:30/ if $column->{class} eq 'date' && $type =~ /^timestamp/ && $text !~ /infinity/ && chance(2);
	return ($type, $text);
}

sub write_constant
{
	my ($type, $text) = @_;
	return literal($text) if $type eq 'quoted';
	return $text =~ /^-/ ? "($text)" : $text if $type eq 'bare';
	return literal($text) . "::$type";
}

# type_of(column, type): a type that a parameter can have.
sub type_of
{
	my ($column, $type) = @_;
	return $type =~ /^(quoted|bare)$/ ? $OWN{ $column->{class} } eq 'int4' ? 'numeric' : $column->{type} : $type;
}

# A constant, NULL, a parameter where the case has some, or a stable expression.
sub constant
{
	my ($case, $column) = @_;
	my ($type, $text) = typed($column);
	if ($case->{prepared} && !chance(4))
	{
		my $real = type_of($column, $type);
		$real = 'float8' if $real =~ /^float/ || ($column->{class} eq 'int' && $text =~ /[^-0-9]/);
		push @{ $case->{parameters} }, { type => $real, column => $column, text => $text };
		return '$' . scalar(@{ $case->{parameters} });
	}
	return 'NULL::' . type_of($column, $type) if chance(30);
	if (chance(12))
	{
		my $setting = 'fuzz.c' . scalar(@{ $case->{settings} });
		push @{ $case->{settings} }, [ $setting, $text ];
		return "current_setting('$setting')::" . type_of($column, $type);
	}
	return pick('now()', 'current_date', "now() - interval '20 years'", 'localtimestamp') if $column->{class} =~ /^(date|ts|tz)$/ && chance(12);
	return write_constant($type, $text);
}

sub constants
{
	my ($case, $column, $number) = @_;
	return join(', ', map { constant($case, $column) } 1 .. $number);
}

# An array constant or parameter of one type.
sub array
{
	my ($case, $column) = @_;
	my ($type) = typed($column);
	$type = type_of($column, $type);
	$type = 'inet' if $type eq 'cidr';
	$type = 'numeric' if $column->{class} eq 'int' && chance(3);
	my @texts = grep { fits($_, $type) } map { raw($column) } 1 .. pick(0, 1, 2, 3, 5, 12);
	my $list = '{' . join(',', (map { (my $text = $_) =~ s/(["\\])/\\$1/g; "\"$text\"" } @texts), chance(5) ? 'NULL' : ()) . '}';
	if ($case->{prepared} && !chance(3))
	{
		push @{ $case->{parameters} }, { type => "$type\[]", column => $column, text => $list };
		return '$' . scalar(@{ $case->{parameters} });
	}
	return chance(25) ? "NULL::$type\[]" : literal($list) . "::$type\[]";
}

my %MIRROR = ('=' => '=', '<>' => '<>', '<' => '>', '>' => '<', '<=' => '>=', '>=' => '<=');

sub comparison
{
	my ($case, $ref, $column) = @_;
	my $operator = weighted(5, '=', 1, '<>', 2, '<', 2, '<=', 2, '>', 2, '>=');
	my $constant = constant($case, $column);
	return chance(4) ? "$constant $MIRROR{$operator} $ref" : "$ref $operator $constant";
}

sub pattern
{
	my ($case, $ref, $column) = @_;
	my $text = raw($column);
	my $head = substr($text, 0, between(0, 5));
	(my $escaped = $head) =~ s/([\\%_])/\\$1/g;
	my $like = pick("$head%", "$head%", "$head%", "$escaped%", "%$head", "$head\_%", $head, $escaped, "$head%*", $head =~ s/^(.)/$1_/sr . '%', '%', '');
	$like .= 'x' if $like =~ /\\$/ && $like !~ /\\\\$/;
	$like = constant_text($case, $column, $like);
	(my $regex = $head) =~ s/([^\w\x{80}-\x{10FFFF}])/\\$1/g;
	$regex =~ s/\\([\x{1}-\x{1F} ])/$1/g;
	return weighted(
		8, "$ref LIKE $like", 2, "$ref NOT LIKE $like", 1, "$ref ILIKE $like", 1, "$ref LIKE $like ESCAPE '!'", 1, "$ref LIKE '" . ($head =~ s/'/''/gr =~ s/([!%_])/!$1/gr) . "%' ESCAPE '!'",
		3, "$ref ^@ " . constant_text($case, $column, $head), 1, "starts_with($ref, " . literal($head) . ')',
		2, "$ref ~ " . literal(pick("^$regex", "^$regex.*", "^$regex\$", "^($regex)", $regex, "^$regex?", "^(?:$regex|zz)")), 1, "$ref !~ " . literal("^$regex"), 1, "$ref ~* " . literal("^$regex"),
		1, "$ref SIMILAR TO " . literal(($head =~ s/([^\w\x{80}-\x{10FFFF}])/\\$1/gr) . '%'),
		3, "$ref " . pick('~<~', '~<=~', '~>=~', '~>~') . ' ' . constant_text($case, $column, $text),
		2, "$ref COLLATE \"C\" " . pick('<', '<=', '>', '>=', '=') . ' ' . literal($text),
		1, "$ref LIKE ANY (ARRAY[$like, " . literal("$escaped%") . '])');
}

sub constant_text
{
	my ($case, $column, $text) = @_;
	if ($case->{prepared} && chance(2))
	{
		push @{ $case->{parameters} }, { type => 'text', column => $column, text => $text, fixed => 1 };
		return '$' . scalar(@{ $case->{parameters} });
	}
	return literal($text);
}

sub address
{
	my ($case, $ref, $column) = @_;
	my $text = raw($column);
	return "$ref " . pick('<<', '<<=', '>>', '>>=', '&&') . ' ' . literal($text) . '::inet';
}

sub sublink
{
	my ($case, $ref, $column) = @_;
	my $small = "$column->{class}s";
	my $value = chance(2) ? 'a' : 'b';
	return weighted(
		3, "$ref IN (SELECT $value FROM $small)", 2, "$ref NOT IN (SELECT $value FROM $small WHERE $value IS NOT NULL)", 1, "$ref NOT IN (SELECT $value FROM $small)",
		2, "$ref = (SELECT " . pick('min', 'max') . "($value" . ($column->{class} eq 'inet' ? '::inet' : '') . ") FROM $small)",
		2, "$ref " . pick('<', '>=', '=') . " ANY (SELECT $value FROM $small)", 1, "$ref < ALL (SELECT $value FROM $small WHERE id > 6)",
		3, "EXISTS (SELECT FROM $small s WHERE s.$value = $ref)", 2, "NOT EXISTS (SELECT FROM $small s WHERE s.$value = $ref AND s.id < 5)",
		1, "EXISTS (SELECT FROM $small s WHERE s.$value >= $ref AND s.id > 3)");
}

sub expression
{
	my ($ref, $column) = @_;
	my $class = $column->{class};
	return pick("$ref + 1 > 5", "$ref % 10 = 0", "$ref\::int8 = 10", "-$ref < 3", "$ref\::text = '0'", "abs($ref\::numeric) > 4") if $class eq 'int';
	return pick("$ref * 2 > 5", "$ref\::text = 'NaN'", "$ref = $ref") if $class eq 'float' || $class eq 'num';
	return pick("extract(year FROM $ref) = 2000", "$ref\::text > '2'", "$ref\::date = '2000-01-01'", "isfinite($ref)") if $class =~ /^(date|ts|tz)$/;
	return pick("length($ref) > 3", "upper($ref) = 'ABC*'", "$ref || 'x' = 'abc*x'", "left($ref, 2) = 'ab'", "$ref\::varchar(3) = 'abc'", "md5($ref) > '8'") if $class eq 'text';
	return pick("family($ref) = 4", "masklen($ref) > 20", "host($ref) < '2'");
}

# A predicate of one column without logic around it.
sub leaf
{
	my ($case, $alias, @columns) = @_;
	my $column = pick(@columns);
	my $ref = "$alias.$column->{name}";
	my $kind = weighted(
		10, 'comparison', 3, 'between', 3, 'in', 1, 'not in', 3, 'any', 1, 'all', 1.5, 'null', 1, 'distinct', $case->{without_k} ? 0 : 0.7, 'row', 1.2, 'sublink', 0.6, 'expression', 0.5, 'two', 0.3, 'cast',
		$column->{class} eq 'text' ? 8 : 0, 'pattern', $column->{class} eq 'inet' ? 4 : 0, 'address');
	return comparison($case, $ref, $column) if $kind eq 'comparison';
	return "$ref " . pick('BETWEEN', 'BETWEEN', 'BETWEEN', 'NOT BETWEEN', 'BETWEEN SYMMETRIC') . ' ' . constant($case, $column) . ' AND ' . constant($case, $column) if $kind eq 'between';
	return "$ref IN (" . constants($case, $column, pick(1, 2, 2, 3, 6)) . ')' if $kind eq 'in';
	return "$ref NOT IN (" . constants($case, $column, pick(1, 2, 3)) . ')' if $kind eq 'not in';
	return "$ref " . pick('=', '=', '=', '=', '<', '>=', '<>') . ' ANY (' . array($case, $column) . ')' if $kind eq 'any';
	return "$ref " . pick('<>', '=', '<=', '>') . ' ALL (' . array($case, $column) . ')' if $kind eq 'all';
	return "$ref IS " . pick('NULL', 'NULL', 'NOT NULL') if $kind eq 'null';
	return "$ref IS " . pick('', 'NOT ') . 'DISTINCT FROM ' . constant($case, $column) if $kind eq 'distinct';
	return "($ref, $alias.k) " . pick('<', '>=', '=') . ' (' . constant($case, $column) . ', ' . between(1, 150) . ')' if $kind eq 'row';
	return sublink($case, $ref, $column) if $kind eq 'sublink';
	return pattern($case, $ref, $column) if $kind eq 'pattern';
	return address($case, $ref, $column) if $kind eq 'address';
	return expression($ref, $column) if $kind eq 'expression';
	return "($ref = " . constant($case, $column) . ') IS ' . pick('TRUE', 'NOT TRUE', 'FALSE', 'UNKNOWN', 'NOT FALSE') if $kind eq 'cast';
	my @same = grep { $_->{class} eq $column->{class} && $_->{collation} eq $column->{collation} } @columns;
	return "$ref " . pick('=', '<', '>=') . " $alias." . pick(@same)->{name};
}

# OR of arms on one column, as people write them.
sub arms
{
	my ($case, $alias, @columns) = @_;
	my $column = pick(@columns);
	return [ or => map { leaf($case, $alias, $column) } 1 .. pick(2, 2, 3) ];
}

sub predicate
{
	my ($case, $alias, $depth, @columns) = @_;
	my $kind = $depth <= 0 ? 'leaf' : weighted(6, 'leaf', 2, 'and', 1.5, 'arms', 1, 'or', 0.7, 'not', 0.4, 'case', 0.3, 'coalesce');
	return leaf($case, $alias, @columns) if $kind eq 'leaf';
	return arms($case, $alias, @columns) if $kind eq 'arms';
	return [ $kind => map { predicate($case, $alias, $depth - 1, @columns) } 1 .. pick(2, 2, 3) ] if $kind eq 'and' || $kind eq 'or';
	return [ not => predicate($case, $alias, $depth - 1, @columns) ] if $kind eq 'not';
	return [ case => map { predicate($case, $alias, $depth - 1, @columns) } 1 .. 3 ] if $kind eq 'case';
	return [ coalesce => predicate($case, $alias, $depth - 1, @columns) ];
}

sub sql_of
{
	my $tree = shift;
	return $tree unless ref $tree;
	my ($kind, @parts) = @$tree;
	my @sql = map { '(' . sql_of($_) . ')' } @parts;
	return 'NOT ' . $sql[0] if $kind eq 'not';
	return "CASE WHEN $sql[0] THEN $sql[1] ELSE $sql[2] END" if $kind eq 'case';
	return "coalesce($sql[0], " . 'true)' if $kind eq 'coalesce';
	return join(' ' . uc($kind) . ' ', @sql);
}

# Trees that are simpler than this one.
sub smaller
{
	my $tree = shift;
	return $tree eq 'true' ? () : ('true') unless ref $tree;
	my ($kind, @parts) = @$tree;
	my @simpler = ('true', @parts);
	for my $i (0 .. $#parts)
	{
		push @simpler, [ $kind, @parts[ grep { $_ != $i } 0 .. $#parts ] ] if $kind =~ /^(and|or)$/ && @parts > 2;
		for my $less (smaller($parts[$i]))
		{
			my @new = @parts;
			$new[$i] = $less;
			push @simpler, [ $kind, @new ] unless $less eq 'true';
		}
	}
	return @simpler;
}

1;
