# Choices, all from one seeded generator, so that a seed and a number are a case.
package Derived::Random;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(chance pick some between weighted shuffled literal);

# True in one of n.
sub chance
{
	return int(rand(shift)) == 0;
}

sub pick
{
	return $_[int(rand(@_))];
}

# n of the list, in any order, with repetitions.
sub some
{
	my ($n, @list) = @_;
	return map { pick(@list) } 1 .. $n;
}

sub between
{
	my ($low, $high) = @_;
	return $low + int(rand($high - $low + 1));
}

# weighted(weight => value, ...)
sub weighted
{
	my @choices = @_;
	my $sum = 0;
	for (my $i = 0; $i < @choices; $i += 2)
	{
		$sum += $choices[$i];
	}
	my $at = rand($sum);
	for (my $i = 0; $i < @choices; $i += 2)
	{
		$at -= $choices[$i];
		return $choices[ $i + 1 ] if $at < 0;
	}
	return $choices[-1];
}

sub shuffled
{
	my @list = @_;
	for my $i (reverse 1 .. $#list)
	{
		my $j = int(rand($i + 1));
		@list[ $i, $j ] = @list[ $j, $i ];
	}
	return @list;
}

# An SQL string constant.
sub literal
{
	my $text = shift;
	return 'NULL' unless defined $text;
	$text =~ s/'/''/g;
	return "'$text'";
}

1;
