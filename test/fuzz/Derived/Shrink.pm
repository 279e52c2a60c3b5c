# A case that differs, made small and printed as a script.
package Derived::Shrink;

use strict;
use warnings;
use utf8;
use Exporter 'import';
use Derived::Random;
use Derived::Predicate;
use Derived::Query;
use Derived::Sources;

our @EXPORT = qw(call_of shrink script_of);

sub array_of
{
	my @texts = @_;
	return 'ARRAY[' . join(', ', map { literal($_) } @texts) . ']::text[]';
}

# The arguments that fuzz.compare and fuzz.explain share.
sub arguments_of
{
	my $case = shift;
	my ($prepare, @statements) = statements_of($case);
	my $settings = @{ $case->{settings} } ? 'ARRAY[' . join(', ', map { 'ARRAY[' . join(', ', map { literal($_) } @$_) . ']' } @{ $case->{settings} }) . ']' : 'NULL';
	return join(', ', $settings, literal($case->{role}), literal($prepare), array_of(@statements), $case->{wrapped} ? 'true' : 'false');
}

sub call_of
{
	my $case = shift;
	return "SELECT fuzz.compare($case->{number}, " . arguments_of($case) . ')';
}

# Does it still differ, with only these rows (all, if not given)?
sub differs
{
	my ($session, $case, $sources, $keys) = @_;
	my @delete = defined $keys ? map { "DELETE FROM src.$_->{name} WHERE k <> ALL ('{" . join(',', @$keys) . "}')" } @$sources : ();
	my $lines = $session->ask('BEGIN', @delete, call_of($case), 'ROLLBACK') or return 0;
	return grep { /^\d+\t.*differ/ } @$lines;
}

# Every way to make the case a little simpler.
sub simpler
{
	my $case = shift;
	my @simpler;
	for my $i (0 .. $#{ $case->{predicates} })
	{
		for my $less (smaller($case->{predicates}[$i]))
		{
			my @predicates = @{ $case->{predicates} };
			$predicates[$i] = $less;
			push @simpler, { %$case, predicates => \@predicates };
		}
	}
	push @simpler, { %$case, role => 'none' } if $case->{role} ne 'none';
	push @simpler, { %$case, wrapped => 0 } if $case->{wrapped};
	for my $i (0 .. $#{ $case->{settings} })
	{
		my @settings = @{ $case->{settings} };
		splice(@settings, $i, 1);
		push @simpler, { %$case, settings => \@settings } unless $case->{settings}[$i][0] =~ /^fuzz/;
	}
	if ($case->{prepared} && @{ $case->{arguments} } > 1)
	{
		push @simpler, map { { %$case, arguments => [$_] } } @{ $case->{arguments} };
	}
	return @simpler;
}

# Fewer and fewer rows, halves first.
sub fewer_rows
{
	my ($session, $case, $sources) = @_;
	my @keys = (1 .. 150);
	return undef unless differs($session, $case, $sources, \@keys);
	for (my $size = 75; $size >= 1; $size = int($size / 2))
	{
		for (my $at = 0; $at < @keys;)
		{
			my @rest = @keys;
			splice(@rest, $at, $size);
			if (differs($session, $case, $sources, \@rest))
			{
				@keys = @rest;
				next;
			}
			$at += $size;
		}
	}
	return \@keys;
}

sub shrink
{
	my ($session, $case, @sources) = @_;
	return ($case, undef) unless differs($session, $case, \@sources);
	my $again = 1;
	while ($again)
	{
		($again) = grep { differs($session, $_, \@sources) } simpler($case);
		$case = $again if $again;
	}
	my $text = join(' ', grep { defined } statements_of($case));
	my @used = grep { $text =~ /\b$_->{name}\b/ } @sources;
	return ($case, fewer_rows($session, $case, \@used));
}

# Everything that somebody needs to see it himself, after test/fuzz/derived.sql.
sub script_of
{
	my ($session, $case, $keys, @sources) = @_;
	my ($prepare, @statements) = statements_of($case);
	my $text = join(' ', grep { defined } $prepare, @statements);
	my @used = grep { $text =~ /\b$_->{name}\b/ } @sources;
	my @small = grep { $text =~ /\b$_\b/ } map { "${_}s" } qw(int num float date ts tz text inet);
	my @delete = defined $keys ? map { "DELETE FROM src.$_->{name} WHERE k <> ALL ('{" . join(',', @$keys) . "}')" } @used : ();
	my @script = ("-- after test/fuzz/derived.sql; shown by: FUZZ_SEED=$case->{seed} FUZZ_CASE=$case->{number} FUZZ_SECONDS=1 make fuzz-quals");
	push @script, $Derived::Sources::HIERARCHIES if grep { $_->{family} eq 'trades' } @used;
	for my $source (@used)
	{
		push @script, map { "$_;" } Derived::Sources::table_sql($source), Derived::Sources::rules_sql($source);
		push @script, @{ $session->ask('BEGIN', @delete, "SELECT fuzz.insert_of('src.$source->{name}')", 'ROLLBACK') // [] };
		push @script, 'ANALYZE;';
	}
	for my $small (@small)
	{
		push @script, Derived::Sources::small_table($small) . ';', @{ $session->ask("SELECT fuzz.insert_of('small.$small')") // [] };
	}
	push @script, 'SET search_path = rel, small; -- or plain, small';
	push @script, map { "SET $_->[0] = " . literal($_->[1]) . ';' } @{ $case->{settings} };
	push @script, "SET ROLE $case->{role};";
	for my $derivation (qw(on off))
	{
		push @script, "SET privrelease.enable_derived_quals = $derivation;", map { "$_;" } grep { defined } $prepare, @statements;
		push @script, 'DEALLOCATE fuzz_statement;' if defined $prepare;
	}
	push @script, @{ $session->ask('BEGIN', @delete, 'SELECT fuzz.explain(' . arguments_of($case) . ')', 'ROLLBACK') // [] };
	return @script;
}

1;
