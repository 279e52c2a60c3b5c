# Sources with values at the edges of cells and types, under every kind of index
# and partition, and the rules of a release of each.
package Derived::Sources;

use strict;
use warnings;
use utf8;
use Math::BigInt;
use Derived::Random;

our %RANGE = (
	int2 => [ Math::BigInt->new('-32768'), Math::BigInt->new('32767') ],
	int4 => [ Math::BigInt->new('-2147483648'), Math::BigInt->new('2147483647') ],
	int8 => [ Math::BigInt->new('-9223372036854775808'), Math::BigInt->new('9223372036854775807') ],
);

our @ZONES = ('UTC', 'Asia/Shanghai', 'America/St_Johns', 'Pacific/Apia', 'Etc/GMT-5', 'Europe/Lisbon');

my $ROWS = 150;

sub json
{
	my %params = @_;
	return '{' . join(', ', map { "\"$_\": $params{$_}" } sort keys %params) . '}';
}

sub unique
{
	my %seen;
	return grep { !$seen{$_}++ } @_;
}

# ------------------------------------------------------------------ numbers

sub int_rules
{
	my ($column, $type) = @_;
	my ($min, $max) = @{ $RANGE{$type} };
	my @widths = grep { Math::BigInt->new($_) <= $max } (1, 2, 3, 7, 10, 100, 1000, 32767, 65536, 1000000000, 2147483647, '1000000000000', '9223372036854775807');
	my @origins = (0, 0, 0, 1, 5, -3, 32767, -32768);
	my ($bottom, $top) = sort { $a <=> $b } some(2, -1000, -50, -1, 0, 7, 20, 35, 100, 1000, 30000);
	my %ends;
	$ends{bottom} = $bottom if $bottom < $top && !chance(3);
	$ends{top} = $top if $bottom < $top && !chance(3);
	my @rules = (
		{ column => $column, transform => 'bin', output => "${column}_bin", params => { width => pick(@widths), origin => pick(@origins) } },
		{ column => $column, transform => 'bin', output => "${column}_end", params => { width => pick(@widths), origin => pick(@origins), %ends } },
		{ column => $column, transform => 'round', output => "${column}_round", params => { to => pick(@widths) } });
	my @values = ("$min", $min + 1, $min + 2, "$max", $max - 1, $max - 2, 0, 1, -1);
	for my $rule (@rules)
	{
		my $p = $rule->{params};
		my $width = Math::BigInt->new($p->{width} // $p->{to});
		my $origin = Math::BigInt->new($p->{origin} // 0);
		for my $m (-2 .. 3)
		{
			push @values, map { $origin + $width * $m + $_ } (-1, 0, 1);
			push @values, map { $width * $m + ($width / 2) + $_ } (0, 1) if defined $p->{to};
		}
		push @values, map { my $end = $_; map { $end + $_ } (-1, 0, 1) } map { $p->{$_} } grep { exists $p->{$_} } qw(bottom top);
	}
	return (\@rules, [ unique(map { "$_" } grep { Math::BigInt->new($_) >= $min && Math::BigInt->new($_) <= $max } @values) ]);
}

sub float_rules
{
	my ($column, $type) = @_;
	my @widths = (0.1, 0.25, 1, 3, 10, 1000, '1e10', '1e-7');
	my ($bottom, $top) = sort { $a <=> $b } some(2, -100, -0.5, 0, 0.3, 7, 100);
	my %ends;
	$ends{bottom} = $bottom if $bottom < $top && !chance(3);
	$ends{top} = $top if $bottom < $top && !chance(3);
	my @rules = (
		{ column => $column, transform => 'bin', output => "${column}_bin", params => { width => pick(@widths), origin => pick(0, 0, 0.5, -3, 1e6) } },
		{ column => $column, transform => 'bin', output => "${column}_end", params => { width => pick(@widths), %ends } },
		{ column => $column, transform => 'round', output => "${column}_round", params => { to => pick(@widths) } });
	my @values = ('NaN', 'Infinity', '-Infinity', '-0', 0, '1e30', '-1e30', '1e-40', '16777217', '0.30000000000000004', '0.29999999999999999', '9007199254740993');
	push @values, $type eq 'float8' ? ('1.7976931348623157e308', '-1.7976931348623157e308', '5e-324', '1e17') : ('3.4028235e38', '-3.4028235e38', '1e-45');
	for my $rule (@rules)
	{
		my $p = $rule->{params};
		my $width = $p->{width} // $p->{to};
		for my $m (-2 .. 3)
		{
			my $edge = ($p->{origin} // 0) + $m * $width;
			push @values, map { sprintf('%.17g', $edge * (1 + $_)) } (-2.3e-16, 0, 2.3e-16, 1e-7);
			push @values, sprintf('%.17g', $edge + $width / 2);
		}
	}
	return (\@rules, [ map { literal($_) } unique(@values) ]);
}

sub numbers
{
	my (@columns, @rules);
	for my $type (qw(int2 int4 int8))
	{
		my ($rules, $values) = int_rules($type eq 'int2' ? 'i2' : $type eq 'int4' ? 'i4' : 'i8', $type);
		push @columns, { name => $rules->[0]{column}, type => $type, class => 'int', values => $values };
		push @rules, @$rules;
	}
	for my $type (qw(float4 float8))
	{
		my ($rules, $values) = float_rules($type eq 'float4' ? 'f4' : 'f8', $type);
		push @columns, { name => $rules->[0]{column}, type => $type, class => 'float', values => $values };
		push @rules, @$rules;
	}
	push @columns, { name => 'n', type => 'numeric(12,2)', class => 'num', values => [ map { $_ / 4 } -20 .. 60 ] };
	push @rules, { column => 'n', transform => 'bin', output => 'n_bin', params => { width => pick(5, 0.5), origin => 0 } };
	return { columns => \@columns, rules => \@rules,
		partitions => [
			[ 'RANGE (i4)', 'FROM (MINVALUE) TO (-5)', 'FROM (-5) TO (0)', 'FROM (0) TO (10)', 'FROM (10) TO (1000)', 'FROM (1000) TO (2000000000)', 'DEFAULT' ],
			[ 'LIST (i2)', 'IN (0, 1, 2, 3)', 'IN (-1, -2, 32767, NULL)', 'DEFAULT' ],
			[ 'HASH (i8)', map { "WITH (modulus 3, remainder $_)" } 0 .. 2 ],
			[ 'RANGE (i2, i4)', 'FROM (MINVALUE, MINVALUE) TO (0, 0)', 'FROM (0, 0) TO (10, MAXVALUE)', 'DEFAULT' ] ] };
}

# -------------------------------------------------------------------- times

sub times
{
	my @units = qw(day week month quarter year decade century);
	my @days = ('2000-01-01', '2001-01-01', '2024-02-29', '2024-03-01', '1999-12-31', '2019-12-30', '2020-01-01', '1901-01-01', '1900-12-31', '0001-01-01',
		'0001-12-31 BC', '0101-01-01', '1986-05-04', '1991-09-15', '2006-10-29', '2011-12-30', '2011-12-31', '1892-07-05', '1582-10-15');
	my @extreme = ('4713-11-24 BC', '4713-12-31 BC', '4712-01-01 BC', '4601-01-01 BC');
	my @dates = ((map { ("date '$_'", "date '$_' - 1", "date '$_' + 1", "date '$_' + 31") } @days), (map { "date '$_'" } @extreme, '5874897-12-31', '5874897-01-01', 'infinity', '-infinity'));
	my @stamps = map { ("timestamp '$_'", "timestamp '$_' - interval '1 us'", "timestamp '$_' + interval '1 us'", "timestamp '$_' + interval '13 h'") } @days;
	my @moments = map { my $zone = $_; map { my $day = $_;
		map { "(timestamp '$day' AT TIME ZONE '$zone')$_" } ('', " - interval '1 us'", pick(" + interval '1 us'", " + interval '1 h'", " - interval '1 h'", " - interval '30 min'")) } some(9, @days) } @ZONES;
	# Minutes at which clocks went back over midnight, at the end of a month too.
	push @moments, map { "timestamptz '$_+00'" } map { ("$_ 02:29:59", "$_ 02:30:00", "$_ 02:30:59", "$_ 02:31:00", "$_ 02:45:00", "$_ 03:29:59", "$_ 03:30:00") } '2006-10-29', '2009-11-01';
	my ($born, $at) = ('born', pick('2025-01-01', '2024-02-29', '2024-02-28', '2000-03-01'));
	my $width = pick(1, 5, 10, 7, 1000);
	my @births = map { my $years = $_; map { "(date '$at' - interval '$years y')::date$_" } ('', ' - 1', ' + 1') } (0, 1, 2, 5, 10, 18, 35, 50, 70, 100, 999, 1000, 1001);
	my @rules;
	for my $unit (some(3, @units), 'century')
	{
		push @rules, { column => 'd', transform => 'date_trunc', output => "d_$unit", params => { unit => "\"$unit\"" } };
	}
	for my $unit (some(3, @units))
	{
		push @rules, { column => 'ts', transform => 'date_trunc', output => "ts_$unit", params => { unit => "\"$unit\"" } };
	}
	for my $zone (some(4, @ZONES))
	{
		my $unit = pick(@units);
		(my $name = lc("tz_${unit}_$zone")) =~ s/[^a-z0-9]/_/g;
		push @rules, { column => 'tz', transform => 'date_trunc', output => $name, params => { unit => "\"$unit\"", timezone => "\"$zone\"" } };
	}
	push @rules, { column => 'tz', transform => 'date_trunc', output => 'tz_back', params => { unit => pick('"day"', '"month"'), timezone => '"America/St_Johns"' } };
	push @rules, { column => $born, transform => 'age', output => 'age', params => { at => "\"$at\"", width => $width } };
	push @rules, { column => $born, transform => 'age', output => 'years', params => { at => "\"$at\"", width => 1 } };
	my %output;
	return {
		columns => [
			{ name => 'd', type => 'date', class => 'date', values => \@dates },
			{ name => 'ts', type => 'timestamp', class => 'ts',
				values => [ @stamps, map { "timestamp '$_'" } @extreme, '294276-12-31 23:59:59.999999', 'infinity', '-infinity' ] },
			{ name => 'tz', type => 'timestamptz', class => 'tz',
				values => [ @moments, map { "timestamptz '$_'" } '4713-11-24 00:00:00+00 BC', '4713-11-25 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', 'infinity', '-infinity' ] },
			{ name => $born, type => 'date', class => 'date',
				values => [ @births, map { "date '$_'" } '2000-02-29', '2004-02-29', 'infinity', '-infinity', '4713-11-24 BC', '3000-01-01' ] } ],
		rules => [ grep { !$output{ $_->{output} }++ } @rules ],
		partitions => [
			[ 'RANGE (d)', "FROM (MINVALUE) TO ('1901-01-01')", "FROM ('1901-01-01') TO ('2000-01-01')", "FROM ('2000-01-01') TO ('2011-12-31')",
				"FROM ('2011-12-31') TO ('2024-03-01')", 'DEFAULT' ],
			[ 'RANGE (ts)', "FROM (MINVALUE) TO ('2000-01-01')", "FROM ('2000-01-01') TO ('2020-01-01')", 'DEFAULT' ],
			[ 'RANGE (tz)', "FROM (MINVALUE) TO ('2000-01-01 00:00+00')", "FROM ('2000-01-01 00:00+00') TO ('2011-12-30 10:00+00')", 'DEFAULT' ],
			[ 'RANGE (born)', "FROM (MINVALUE) TO ('1980-01-01')", "FROM ('1980-01-01') TO ('2010-01-01')", 'DEFAULT' ],
			[ 'HASH (d)', map { "WITH (modulus 2, remainder $_)" } 0 .. 1 ] ] };
}

# --------------------------------------------------------------------- text

our @WORDS = ('', ' ', 'a', 'ab', 'abc', 'abcd', 'abcdef', 'abd', 'aa', 'aab', 'aabc', 'aab*', 'ABC', 'Abc', 'abc ', 'ab*', 'ab**', 'ab!x', 'ab x', '*', '**', '***', '****', '*abc', '!', '!!!!', 'a*', 'a***', 'a%b', 'a_c', 'a\\c', '%', '_', '\\',
	'123456', '123457', '124000', '12', '1', '123', '1234', '12*', '北京市朝阳区', '北京市', '北京', '北', '上海市', 'äbc', 'Äbc', "a\x{308}bc", 'éclair', "\x{1F600}\x{1F601}\x{1F602}\x{1F603}", "\x{1F600}",
	"\x{10FFFF}\x{10FFFF}\x{10FFFF}\x{10FFFF}", "ab\x{10FFFF}d", "a\x{10FFFF}\x{10FFFF}d", "\x{D7FF}bcd", "\x{E000}bcd", "\x{7F}abc", "z\x{80}q", '~~~~', 'zzzzz', "tab\tx", "\x{1}ab", "ss", "\x{DF}", 'O\'Neill', 'ij', "\x{133}");

sub words
{
	my $most = shift;
	my @letters = ('a', 'b', 'B', '*', '!', '1', '2', 'ä', '北', ' ', "\x{1F600}");
	my @made = map { join('', some(between(0, 6), @letters)) } 1 .. 30;
	return [ map { literal($_) } grep { length($_) <= $most } unique(@WORDS, @made) ];
}

sub texts
{
	my @columns = (
		{ name => 'c', type => 'text COLLATE "C"', class => 'text', values => words(100) },
		{ name => 't', type => 'text', class => 'text', values => words(100) },
		{ name => 'v', type => 'varchar(8)', class => 'text', values => words(8) },
		{ name => 'o', type => 'fuzz.word', class => 'text', values => words(100) },
		{ name => 'b', type => 'char(6)', class => 'text', values => words(6) },
		{ name => 'u', type => 'text COLLATE fuzz.language', class => 'text', values => words(100) },
		{ name => 'm', type => 'text COLLATE fuzz.alike', class => 'text', values => words(100) });
	my @rules;
	for my $column (@columns)
	{
		my $name = $column->{name};
		my %fill = chance(3) ? (fill => literal_json(pick('#', '0', 'x', '~', '北', ' '))) : ();
		push @rules, { column => $name, transform => 'prefix', output => "${name}_prefix", params => { length => pick(1, 2, 3, 3, 4), %fill } };
	}
	push @rules, { column => 't', transform => 'prefix', output => 't_short', params => { length => 1 } };
	push @rules, { column => 'c', transform => 'partial', output => 'c_partial', params => { left => pick(1, 2), right => pick(0, 0, 1) } };
	push @rules, { column => 't', transform => 'partial', output => 't_partial', params => { left => 2, right => 0, length => pick(1, 4) } };
	push @rules, { column => 't', transform => 'keep', output => 't_keep', params => {} };
	return { columns => \@columns, rules => \@rules,
		partitions => [
			[ 'RANGE (c)', "FROM (MINVALUE) TO ('a')", "FROM ('a') TO ('abc')", "FROM ('abc') TO ('b')", 'DEFAULT' ],
			[ 'LIST (t)', "IN ('ab', 'abc', 'abcd', NULL)", "IN ('', '*', '123456')", 'DEFAULT' ],
			[ 'HASH (v)', map { "WITH (modulus 3, remainder $_)" } 0 .. 2 ],
			[ 'RANGE (t)', "FROM (MINVALUE) TO ('1234')", "FROM ('1234') TO ('ac')", 'DEFAULT' ] ] };
}

sub literal_json
{
	my $text = shift;
	$text =~ s/(["\\])/\\$1/g;
	return "\"$text\"";
}

# -------------------------------------------------------------- hierarchies

# Of texts; of numbers in contiguous blocks and scattered; with more values under a label than a list should have.
our $HIERARCHIES = q{
SELECT privrelease.create_hierarchy('fuzz_words', ARRAY[['nurse', 'health', 'services', '*'], ['surgeon', 'health', 'services', '*'], ['Teacher', 'education', 'services', '*'],
  ['miner', 'mining', 'industry', '*'], ['smith', 'metal', 'industry', '*'], ['', 'empty', 'industry', '*'], ['北京', 'city', '地', '*'], ['health', 'odd', '地', '*'], ['it''s', 'odd', '地', '*']]);
SELECT privrelease.create_hierarchy('fuzz_blocks', (SELECT array_agg(ARRAY[i::text, 'block ' || (i + 20) / 5, 'part ' || (i + 20) / 20, 'all']) FROM generate_series(-20, 59) i));
SELECT privrelease.create_hierarchy('fuzz_scattered', (SELECT array_agg(ARRAY[i::text, 'rest ' || (i + 20) % 7, 'odd ' || (i + 20) % 7 % 2, 'all']) FROM generate_series(-20, 59) i));
SELECT privrelease.create_hierarchy('fuzz_large', (SELECT array_agg(ARRAY[i::text, 'half ' || i % 2, 'all']) FROM generate_series(0, 199) i));
};

sub hierarchies
{
	my @numbers = (-21 .. 62, 100, 199, 200, 32767, -32768);
	my @words = map { literal($_) } ('nurse', 'surgeon', 'Teacher', 'teacher', 'miner', 'smith', '', '北京', 'health', "it's", 'poet', 'nurse ', '*', 'services');
	my @rules = map { { column => 'w', transform => 'hierarchy', output => "w_$_", params => { hierarchy => '"fuzz_words"', level => $_ } } } 0 .. 3;
	for my $column (qw(i2 i4 i8 n))
	{
		my $name = pick(qw(blocks scattered));
		push @rules, map { { column => $column, transform => 'hierarchy', output => "${column}_$_", params => { hierarchy => "\"fuzz_$name\"", level => $_ } } } (pick(0, 1), pick(2, 3));
	}
	push @rules, { column => 'x', transform => 'hierarchy', output => 'x_half', params => { hierarchy => '"fuzz_large"', level => 1 } };
	push @rules, { column => 'l', transform => 'hierarchy', output => 'l_1', params => { hierarchy => '"fuzz_words"', level => 1 } };
	return {
		columns => [
			{ name => 'w', type => 'text', class => 'text', values => \@words },
			{ name => 'l', type => 'varchar(20) COLLATE "C"', class => 'text', values => \@words },
			{ name => 'i2', type => 'int2', class => 'int', values => \@numbers },
			{ name => 'i4', type => 'int4', class => 'int', values => \@numbers },
			{ name => 'i8', type => 'int8', class => 'int', values => [ @numbers, '9223372036854775807' ] },
			{ name => 'n', type => 'numeric', class => 'num', values => [ @numbers, '3.0', '3.5', "'NaN'" ] },
			{ name => 'x', type => 'int4', class => 'int', values => \@numbers } ],
		rules => \@rules,
		partitions => [
			[ 'LIST (w)', "IN ('nurse', 'miner', '')", "IN ('surgeon', 'Teacher', NULL)", 'DEFAULT' ],
			[ 'LIST (i4)', 'IN (' . join(', ', 0 .. 9) . ')', 'IN (' . join(', ', 10 .. 30) . ')', 'DEFAULT' ],
			[ 'RANGE (i2)', 'FROM (-20) TO (0)', 'FROM (0) TO (20)', 'FROM (20) TO (60)', 'DEFAULT' ] ] };
}

# ----------------------------------------------------------------- networks

sub networks
{
	my @addresses = ('192.0.2.0', '192.0.2.1', '192.0.2.255', '192.0.3.0', '192.0.1.255', '192.0.2.7/24', '192.0.2.0/24', '192.0.2.0/25', '192.0.2.128/25', '192.0.0.0/16', '192.0.2.0/23',
		'10.1.2.3/16', '10.1.2.3/8', '0.0.0.0/0', '0.0.0.0', '255.255.255.255', '255.255.255.0/24', '192.0.2.9/31', '::', '::/0', '::1', '2001:db8::1', '2001:db8::/48', '2001:db8:0:ffff::',
		'2001:db8:1::', '2001:db8::5/32', '2001:db8::/49', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::1/64', '::ffff:192.0.2.10', '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', '128.0.0.0/1', '8000::/1');
	my @networks = grep { m{/(0|1|16|23|24|25|48|49)$} && !m{\.7/|\.3/} } @addresses;
	my ($v4, $v6) = (pick(8, 16, 20, 24, 31, 0), pick(0, 32, 48, 64, 127));
	return {
		columns => [
			{ name => 'ip', type => 'inet', class => 'inet', values => [ map { "inet '$_'" } @addresses ] },
			{ name => 'net', type => 'cidr', class => 'inet', values => [ map { "cidr '$_'" } @networks ] } ],
		rules => [
			{ column => 'ip', transform => 'network', output => 'ip_net', params => { v4 => $v4, v6 => $v6 } },
			{ column => 'ip', transform => 'network', output => 'ip_24', params => { v4 => 24, v6 => 48 } },
			{ column => 'net', transform => 'network', output => 'net_net', params => { v4 => $v4, v6 => $v6 } } ],
		partitions => [
			[ 'RANGE (ip)', "FROM (MINVALUE) TO ('192.0.2.0')", "FROM ('192.0.2.0') TO ('::')", 'DEFAULT' ],
			[ 'LIST (ip)', "IN ('192.0.2.0', '192.0.2.1', '192.0.2.0/24')", 'DEFAULT' ] ] };
}

# --------------------------------------------------------------------- keys

sub keyed
{
	my @numbers = (map({ sprintf('%011d', $_ * 7919 + 13800000000) } 1 .. 40), '1380000', '138', '', '138000000012', '138-0000', '138０００00001', '00000000000', '99999999999', "13800000\x{E9}01");
	return {
		columns => [
			{ name => 'a', type => 'text', class => 'text', values => [ map { literal($_) } @numbers ] },
			{ name => 'c', type => 'text COLLATE "C"', class => 'text', values => [ map { literal($_) } @numbers ] },
			{ name => 'v', type => 'varchar(20)', class => 'text', values => [ map { literal($_) } @numbers ] },
			{ name => 'i', type => 'int8', class => 'int', values => [ 1 .. 30 ] } ],
		rules => [
			{ column => 'a', transform => 'encrypt_fpe', output => 'a_fpe', params => { key => '"fuzz"', keep_left => pick(0, 3), keep_right => pick(0, 1) } },
			{ column => 'c', transform => 'encrypt_fpe', output => 'c_fpe', params => { key => '"fuzz"' } },
			{ column => 'v', transform => 'encrypt_fpe', output => 'v_fpe', params => { key => '"fuzz"', keep_left => 3 } },
			{ column => 'i', transform => 'pseudonymize', output => 'i_name', params => { key => '"fuzz"', domain => '"fuzz numbers"' } },
			{ column => 'a', transform => 'prefix', output => 'a_prefix', params => { length => 5 } },
			{ column => 'i', transform => 'constant', output => 'i_constant', params => { value => 7 } } ],
		partitions => [
			[ 'HASH (a)', map { "WITH (modulus 3, remainder $_)" } 0 .. 2 ],
			[ 'RANGE (c)', "FROM (MINVALUE) TO ('138000')", "FROM ('138000') TO ('1380015')", 'DEFAULT' ] ] };
}

# ------------------------------------------------------------------ indexes

# The mask as SQL, where it can be an index expression.
sub mask
{
	my ($rule, $column) = @_;
	my $p = $rule->{params};
	my $type = $column->{type};
	return "privrelease.bin($rule->{column}, '$p->{width}'::$type, '" . ($p->{origin} // 0) . "'::$type)"
	  if $rule->{transform} eq 'bin' && !defined $p->{bottom} && !defined $p->{top} && $column->{class} ne 'num';
	return "privrelease.round($rule->{column}, '$p->{to}'::$type)" if $rule->{transform} eq 'round';
	if ($rule->{transform} eq 'date_trunc')
	{
		my @arguments = map { $p->{$_} =~ tr/"/'/r } grep { exists $p->{$_} } qw(unit timezone);
		return "privrelease.date_trunc(" . join(', ', $rule->{column}, @arguments) . ')';
	}
	return undef;
}

sub index_of
{
	my ($source, $column, $style) = @_;
	my $name = $column->{name};
	my $table = "src.$source->{name}";
	my $other = pick(@{ $source->{columns} })->{name};
	$style = pick(qw(none btree btree desc many partial own own mask brin hash)) if $style eq 'mixed';
	return () if $style eq 'none';
	return "CREATE INDEX ON $table ($name DESC NULLS LAST)" if $style eq 'desc';
	return "CREATE INDEX ON $table (" . ($other eq $name ? "$name, k" : pick("$name, $other", "$other, $name")) . ')' if $style eq 'many';
	return "CREATE INDEX ON $table ($name) WHERE " . pick("$name IS NOT NULL", 'k % 2 = 0', 'k > 40') if $style eq 'partial';
	return "CREATE INDEX ON $table USING brin ($name) WITH (pages_per_range = 1)" if $style eq 'brin' && $column->{type} !~ /alike/;
	return "CREATE INDEX ON $table USING hash ($name)" if $style eq 'hash';
	if ($style eq 'mask')
	{
		my ($expression) = grep { defined } map { mask($_, $column) } grep { $_->{column} eq $name } @{ $source->{rules} };
		return "CREATE INDEX ON $table (($expression))" if defined $expression;
	}
	if ($style eq 'own' && $column->{class} eq 'text' && $column->{type} !~ /alike/)
	{
		my $family = $column->{type} =~ /char\(6/ ? 'bpchar_pattern_ops' : $column->{type} =~ /varchar/ ? 'varchar_pattern_ops' : 'text_pattern_ops';
		return pick("CREATE INDEX ON $table ($name $family)", "CREATE INDEX ON $table ($name COLLATE \"C\")", "CREATE INDEX ON $table ($name COLLATE \"C\" DESC)");
	}
	return "CREATE INDEX ON $table USING gist ($name inet_ops)" if $style eq 'own' && $column->{class} eq 'inet';
	return "CREATE INDEX ON $table ($name)";
}

# ------------------------------------------------------------------ sources

my @FAMILIES = ([ numbers => \&numbers ], [ times => \&times ], [ texts => \&texts ], [ trades => \&hierarchies ], [ nets => \&networks ], [ keys => \&keyed ]);

# One source with its release: name, columns, rules, layout and indexes.
sub source
{
	my ($family, $number, $layout, $style) = @_;
	my $source = $family->[1]->();
	$source->{name} = "$family->[0]_$number";
	$source->{family} = $family->[0];
	$source->{layout} = $layout;
	$source->{partition} = pick(@{ $source->{partitions} }) if $layout eq 'partitioned';
	$source->{indexes} = [ map { index_of($source, $_, $style) } @{ $source->{columns} } ];
	return $source;
}

# All sources of a run: each family plain with each style in turn, partitioned, and with children.
sub sources
{
	my $rounds = shift;
	my @sources;
	for my $family (@FAMILIES)
	{
		my $number = 0;
		my @styles = shuffled(qw(btree own mixed));
		push @sources, source($family, $number++, 'plain', shift @styles), source($family, $number++, 'partitioned', pick(qw(mixed none btree)));
		push @sources, source($family, $number++, pick(qw(plain partitioned children)), 'mixed') for 2 .. $rounds;
	}
	return @sources;
}

sub table_sql
{
	my $source = shift;
	my $table = "src.$source->{name}";
	my $columns = join(', ', 'k int', map { "$_->{name} $_->{type}" } @{ $source->{columns} });
	my @sql;
	if ($source->{layout} eq 'partitioned')
	{
		my ($by, @bounds) = @{ $source->{partition} };
		push @sql, "CREATE TABLE $table ($columns) PARTITION BY $by";
		my $number = 0;
		for my $bound (@bounds)
		{
			my $for = $bound eq 'DEFAULT' ? 'DEFAULT' : "FOR VALUES $bound";
			my $part = "${table}_p" . $number++;
			# The second is partitioned itself.
			if ($number == 2)
			{
				push @sql, "CREATE TABLE $part PARTITION OF $table $for PARTITION BY HASH (k)", map { "CREATE TABLE ${part}_$_ PARTITION OF $part FOR VALUES WITH (modulus 2, remainder $_)" } 0, 1;
				next;
			}
			push @sql, "CREATE TABLE $part PARTITION OF $table $for";
		}
	}
	else
	{
		push @sql, "CREATE TABLE $table ($columns)";
		push @sql, map { "CREATE TABLE ${table}_c$_ () INHERITS ($table)" } 0, 1 if $source->{layout} eq 'children';
	}
	push @sql, @{ $source->{indexes} };
	return @sql;
}

sub rules_sql
{
	my $source = shift;
	my $release = "rel.$source->{name}";
	my @sql = ("SELECT privrelease.create_release('$release', 'src.$source->{name}')");
	for my $rule ({ column => 'k', transform => 'keep', output => 'k', params => {} }, @{ $source->{rules} })
	{
		push @sql, "SELECT privrelease.set_rule('$release', '$rule->{column}', '$rule->{transform}', " . literal(json(%{ $rule->{params} })) . ", '$rule->{output}')";
	}
	push @sql, "SELECT privrelease.build('$release')", "SELECT privrelease.publish('$release', 'fuzz_reader')";
	# The same expressions, in a view that nobody protects.
	push @sql, "SELECT fuzz.make_plain('$source->{name}')";
	return @sql;
}

# Every value at least once where there are no more than rows, NULLs, and ties.
sub rows_sql
{
	my $source = shift;
	my @columns = @{ $source->{columns} };
	my @lists = map { [ shuffled(@{ $_->{values} }) ] } @columns;
	my @tuples;
	for my $k (1 .. $ROWS)
	{
		my @values = map { my $list = $_; chance(14) ? 'NULL' : $k <= @$list ? $list->[ $k - 1 ] : pick(@$list) } @lists;
		push @tuples, '(' . join(', ', $k, map { "($values[$_])::$columns[$_]{type}" =~ s/ COLLATE \S+$//r } 0 .. $#values) . ')';
	}
	my @sql;
	my @into = $source->{layout} eq 'children' ? ("src.$source->{name}", "src.$source->{name}_c0", "src.$source->{name}_c1") : ("src.$source->{name}");
	my $share = int(@tuples / @into) + 1;
	for my $table (@into)
	{
		my @part = splice(@tuples, 0, $share);
		push @sql, "INSERT INTO $table VALUES " . join(",\n  ", @part) if @part;
	}
	push @sql, "ANALYZE src.$source->{name}" unless chance(3);
	return @sql;
}

# ------------------------------------------------------------- small tables

my %SMALL = (
	ints => [ 'int4', 'int8' ], nums => [ 'numeric', 'int4' ], floats => [ 'float8', 'float4' ], dates => [ 'date', 'timestamp' ], tss => [ 'timestamp', 'date' ],
	tzs => [ 'timestamptz', 'timestamptz' ], texts => [ 'text', 'varchar' ], inets => [ 'inet', 'cidr' ]);

sub small_table
{
	my $name = shift;
	return "CREATE TABLE small.$name (id int, a $SMALL{$name}[0], b $SMALL{$name}[1])";
}

# Values of the released columns of its class that both types take, twice some, and NULLs.
sub small_sql
{
	my @releases = @_;
	my @sql;
	for my $name (sort keys %SMALL)
	{
		my @pool = map { @{ $_->{pool} } } grep { "$_->{class}s" eq $name } map { @{ $_->{columns} } } @releases;
		@pool = grep { /^-?\d{1,9}$/ } @pool if $name eq 'ints' || $name eq 'nums';
		@pool = grep { !/e[+-]?\d\d/ } @pool if $name eq 'floats';
		@pool = grep { m{/24$|/48$} } @pool if $name eq 'inets';
		@pool = grep { !/BC|infinity|\d{5}-/ } @pool if $name =~ /^(dates|tss)$/;
		my @values = some(8, @pool);
		@values = (@values, $values[0], $values[3], undef, undef);
		push @sql, small_table($name);
		push @sql, "INSERT INTO small.$name VALUES " . join(', ', map { "($_, " . literal($values[ $_ - 1 ]) . ', ' . ($name eq 'inets' ? 'network(' . literal($values[ -$_ ]) . ')' : literal($values[ -$_ ])) . ')' } 1 .. @values);
		push @sql, "ANALYZE small.$name" if chance(2);
	}
	return (@sql, 'GRANT SELECT ON ALL TABLES IN SCHEMA small TO fuzz_reader');
}

# Views over each release, and the same over the plain view.
sub views_sql
{
	my @sql;
	for my $name (map { $_->{name} } @_)
	{
		push @sql, map { ("CREATE VIEW $_.v_$name AS SELECT * FROM $_.$name WHERE k > 10", "CREATE VIEW $_.b_$name " . ($_ eq 'rel' ? 'WITH (security_barrier) ' : '') . "AS SELECT * FROM $_.$name",
			"GRANT SELECT ON $_.v_$name, $_.b_$name TO fuzz_reader") } qw(rel plain);
	}
	return @sql;
}

1;
