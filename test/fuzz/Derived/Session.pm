# One psql that is fed statements and read line by line.
package Derived::Session;

use strict;
use warnings;
no warnings qw(nonchar);    # the last code point is a value like others
use IPC::Open2;

sub new
{
	my $class = shift;
	my $self = bless {}, $class;
	$self->{pid} = open2(my $out, my $in, 'psql', '-X', '-A', '-t', '-q', '-v', 'VERBOSITY=terse', '-f', '-');
	binmode($_, ':utf8') for $out, $in;
	$in->autoflush(1);
	@$self{qw(in out)} = ($in, $out);
	return $self;
}

# Lines that the statements print; undef if the server went away.
sub ask
{
	my ($self, @statements) = @_;
	local $SIG{PIPE} = 'IGNORE';
	print { $self->{in} } map({ "$_;\n" } @statements), "\\echo fuzz-end\n";
	my @lines;
	while (defined(my $line = readline($self->{out})))
	{
		chomp $line;
		return \@lines if $line eq 'fuzz-end';
		push @lines, $line;
	}
	return undef;
}

# Statements that must work, in one psql of their own.
sub run
{
	my ($class, @statements) = @_;
	open(my $psql, '|-:utf8', 'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', '-') or die "psql: $!\n";
	print $psql map { "$_;\n" } @statements;
	close($psql) or die "the set-up failed\n";
	return;
}

sub finish
{
	my $self = shift;
	close($_) for @$self{qw(in out)};
	waitpid($self->{pid}, 0);
	return;
}

1;
