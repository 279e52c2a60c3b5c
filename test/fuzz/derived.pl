# derived.pl SECONDS SEED [CASE]: is every answer through a release the same with
# derived quals, without them, and from the plain expressions?
#
# Prints TAP.  Each case comes from the seed and its number alone, so one that
# failed can be run again; it is made small and printed as a script.
use strict;
use warnings;
no warnings qw(nonchar);    # the last code point is a value like others
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Time::HiRes qw(time);
use Derived::Random;
use Derived::Session;
use Derived::Sources;
use Derived::Query;
use Derived::Shrink;

binmode(STDOUT, ':utf8');
my ($seconds, $seed, $only) = @ARGV;
my $BATCH = 40;
my $MOST_REPORTS = 5;

srand($seed);
my @sources = Derived::Sources::sources(3);
Derived::Session->run('SET client_min_messages = error', $Derived::Sources::HIERARCHIES =~ s/;\s*$//r,
	map { (Derived::Sources::table_sql($_), Derived::Sources::rules_sql($_), Derived::Sources::rows_sql($_)) } @sources);

my $session = Derived::Session->new;

# The released columns of a source, with constants to compare them with.
sub released
{
	my $source = shift;
	my %class = map { $_->{name} => $_->{class} } @{ $source->{columns} };
	my @columns;
	my %type = map { split /\t/ } @{ $session->ask("SELECT attname || E'\\t' || format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'rel.$source->{name}'::regclass AND attnum > 0") };
	my %collation = map { split /\t/ } @{ $session->ask("SELECT attname || E'\\t' || attcollation::regcollation FROM pg_attribute WHERE attrelid = 'rel.$source->{name}'::regclass AND attnum > 0") };
	for my $rule (@{ $source->{rules} })
	{
		my $class = $rule->{transform} eq 'age' ? 'int' : $rule->{transform} =~ /^(hierarchy|pseudonymize)$/ ? 'text' : $class{ $rule->{column} };
		my $origin = $class eq $class{ $rule->{column} } && $rule->{transform} ne 'encrypt_fpe' ? $rule->{column} : 'k';
		my $pool = $session->ask("SELECT fuzz.pool('$source->{name}', '$rule->{output}', '$origin', '$class')");
		my $type = $type{ $rule->{output} };
		$type =~ s/ with time zone/tz/, $type =~ s/ without time zone//, $type =~ s/^smallint$/int2/, $type =~ s/^integer$/int4/, $type =~ s/^bigint$/int8/, $type =~ s/^real$/float4/, $type =~ s/^double precision$/float8/;
		my $shown = $session->ask("SELECT v FROM (SELECT DISTINCT $rule->{output}::text FROM plain.$source->{name}) x(v) WHERE v IS NOT NULL ORDER BY v COLLATE \"C\"");
		push @columns, { name => $rule->{output}, class => $class, type => $type, collation => $collation{ $rule->{output} }, pool => @$pool ? $pool : ['1'], shown => @$shown ? $shown : ['1'] };
	}
	return { name => $source->{name}, columns => \@columns };
}
my @releases = map { released($_) } @sources;
Derived::Session->run(Derived::Sources::small_sql(@releases), Derived::Sources::views_sql(@sources));

my $until = time + $seconds;
my %count = map { $_ => 0 } qw(cases derived rows errors lost);
my (%errors, %templates, @different);

my @sweep = sweep_cases(@releases);

sub case_of
{
	my $number = shift;
	srand($seed * 1000003 + $number);
	my $case = $number <= @sweep ? $sweep[ $number - 1 ] : make_case($number, @releases);
	$case->{seed} = $seed;
	return $case;
}

sub report
{
	my ($case, $verdict) = @_;
	push @different, $case->{number};
	print "not ok - case $case->{number} of seed $seed: $verdict\n";
	return if @different > $MOST_REPORTS;
	my ($small, $keys) = shrink($session, $case, @sources);
	print map { my $line = $_; $line =~ s/\n/\n#   /g; "#   $line\n" } script_of($session, $small, $keys, @sources);
	return;
}

# False if the session is lost.
sub take
{
	my ($case, $line) = @_;
	my (undef, $verdict, $derived, $rows, $error) = split /\t/, $line;
	$count{cases}++;
	$count{derived} += $derived;
	$count{rows} += $rows > 0;
	$templates{ $case->{template} }[0]++;
	$templates{ $case->{template} }[1] += $derived;
	$count{errors}++, $errors{$error}++ if $error ne '-';
	report($case, $verdict) if $verdict ne 'same';
	return;
}

# Statements of a batch that gave no line broke off by themselves.
sub run_batch
{
	my @cases = @_;
	my $lines = $session->ask(map { call_of($_) } @cases);
	if (!defined $lines)
	{
		print "not ok - the server went away in one of the cases $cases[0]{number} to $cases[-1]{number} of seed $seed\n";
		push @different, $cases[0]{number};
		return 0;
	}
	my %line = map { /^(\d+)\t/ ? ($1 => $_) : () } @$lines;
	for my $case (@cases)
	{
		if (defined $line{ $case->{number} })
		{
			take($case, $line{ $case->{number} });
			next;
		}
		$count{lost}++;
	}
	return 1;
}

if (defined $only && $only ne '')
{
	my $case = case_of($only);
	print "# $_\n" for grep { defined } statements_of($case);
	run_batch($case);
}
else
{
	for (my $number = 1; time < $until && @different < 20; $number += $BATCH)
	{
		run_batch(map { case_of($_) } $number .. $number + $BATCH - 1) or last;
	}
}
$session->finish;

printf "# seed %d: %d queries, %d with rows, %d with a derived qual, %d that raise (%s), %d broken off\n", $seed, @count{qw(cases rows derived errors)},
  join(', ', map { "$_ $errors{$_}" } sort { $errors{$b} <=> $errors{$a} || $a cmp $b } keys %errors), $count{lost};
print '# derived by kind of query: ' . join(', ', map { "$_ " . ($templates{$_}[1] || 0) . "/$templates{$_}[0]" } sort keys %templates) . "\n";
exit(@different ? 1 : 0) if defined $only && $only ne '';

sub is_so
{
	my ($so, $name) = @_;
	print $so ? 'ok' : 'not ok', " - $name\n";
	push @different, 0 unless $so;
	return;
}
is_so(!@different, "$count{cases} queries are answered alike with derived quals, without, and by the plain expressions (seed $seed)");
is_so($count{lost} * 100 <= $count{cases}, 'hardly a query breaks off');
is_so($count{derived} * 8 > $count{cases}, "bounds on the source are derived in many of them ($count{derived})");
is_so($count{rows} * 2 > $count{cases}, 'most queries have rows');
is_so($count{errors} * 10 < $count{cases}, 'few queries raise');
exit(@different ? 1 : 0);
