# Risk and utility against reference results, through SQL, where the reference data is: ../shared/data, or the directory PR_DATA.
#
# The files are not part of the repository, so this test skips without them. What is expected was computed from the data by the
# published formulas; a formula that changes shows here.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{PR_DATA} // dirname(__FILE__) . '/../../../shared/data';
if (!-r "$data/adult/adult.csv" || !-r "$data/sdc/testdata.csv")
{
	plan skip_all => 'no reference data: set PR_DATA to its directory';
}
$data = abs_path($data);

my $node = PostgreSQL::Test::Cluster->new('reference');
$node->init;
my $keyring = PostgreSQL::Test::Utils::tempdir() . '/keyring';
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$keyring'
client_min_messages = warning
});
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION privrelease; CREATE SCHEMA src; CREATE SCHEMA open');

sub load_csv
{
	my ($table, $file, $separator, $type) = @_;
	open(my $in, '<', $file) or die "$file: $!";
	my @lines = map { s/\r?\n$//r } <$in>;
	close $in;
	my $columns = join ', ', map { s/"//g; qq{"$_" $type} } split /\Q$separator\E/, shift @lines;
	$node->safe_psql('postgres', "CREATE TABLE src.$table (row_no int GENERATED ALWAYS AS IDENTITY, $columns)");
	my $names = $node->safe_psql('postgres', "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'src.$table'::regclass AND attnum > 1");
	my $copy = PostgreSQL::Test::Utils::tempdir() . "/$table.csv";
	open(my $out, '>', $copy) or die "$copy: $!";
	print $out "$_\n" foreach @lines;
	close $out;
	$node->safe_psql('postgres', "\\copy src.$table ($names) FROM '$copy' (FORMAT csv, DELIMITER '$separator')");
	return;
}

sub release_of
{
	my ($release, $table, $columns, $sensitive) = @_;
	$node->safe_psql('postgres', "SELECT privrelease.create_release('$release', 'src.$table', subject => 'row_no')");
	foreach my $column (@$columns, @$sensitive)
	{
		my $kind = (grep { $_ eq $column } @$sensitive) ? 'sensitive' : 'quasi_identifier';
		$node->safe_psql('postgres', "SELECT privrelease.classify('src.$table', '$column', '$kind'); SELECT privrelease.set_rule('$release', '$column', 'keep')");
	}
	return;
}

# Values of a document by their path, each within a relative distance.
sub measures
{
	my ($name, $call, %wanted) = @_;
	my $document = $node->safe_psql('postgres', $call);
	foreach my $path (sort keys %wanted)
	{
		my ($value, $tolerance) = ref $wanted{$path} ? @{ $wanted{$path} } : ($wanted{$path}, 0);
		my $found = $node->safe_psql('postgres', q{SELECT $json$} . $document . qq{\$json\$::jsonb #>> '{$path}'});
		ok(defined $found && $found ne '' && abs($found - $value) <= $tolerance * abs($value), "$name: $path") or diag("$found instead of $value");
	}
	return;
}

sub rows_are
{
	my ($name, $query, @wanted) = @_;
	is($node->safe_psql('postgres', $query), join("\n", @wanted), $name);
	return;
}

# ---- Adult, nothing generalized

my @adult = ('sex', 'age', 'race', 'marital-status', 'education', 'native-country', 'workclass', 'occupation', 'salary-class');
load_csv('adult', "$data/adult/adult.csv", ';', 'text');
release_of('open.raw', 'adult', \@adult, []);
measures('Adult', q{SELECT privrelease.assess('open.raw')},
	'records' => 30162, 'subjects' => 30162, 'classes' => 19502, 'min_class' => 1,
	'risk,prosecutor,max' => 1, 'risk,prosecutor,average' => [ 0.646575160798, 1e-11 ], 'risk,marketer' => [ 0.646575160798, 1e-11 ],
	'risk,uniques' => 15512, 'risk,at_risk,0.05' => [ 0.970923678801, 1e-11 ], 'risk,at_risk,0.1' => [ 0.893806776739, 1e-11 ],
	'risk,at_risk,0.2' => [ 0.778131423646, 1e-11 ], 'risk,at_risk,0.5' => [ 0.514289503349, 1e-11 ],
	'risk,violating,2' => 15512, 'risk,violating,3' => 19708, 'risk,violating,5' => 23470,
	'risk,columns,sex,separation' => [ 0.438284348, 2e-9 ], 'risk,columns,age,separation' => [ 0.978117256, 1e-9 ],
	'risk,columns,race,separation' => [ 0.251016871, 2e-9 ], 'risk,columns,marital-status,separation' => [ 0.657200821, 1e-9 ],
	'risk,columns,education,separation' => [ 0.807437980, 1e-9 ], 'risk,columns,native-country,separation' => [ 0.167894611, 4e-9 ],
	'risk,columns,workclass,separation' => [ 0.438471083, 2e-9 ], 'risk,columns,occupation,separation' => [ 0.894622004, 1e-9 ],
	'risk,columns,salary-class,separation' => [ 0.373932561, 2e-9 ], 'risk,separation' => [ 0.999906322421, 1e-12 ]);
my %population = (317238626 => [ 0.0388960564, 0.264564702 ], 3016200 => [ 0.144565439, 0.271712720 ],
	301620 => [ 0.276033321, 0.320740239 ], 150810 => [ 0.334655303, 0.357709924 ]);
foreach my $n (sort keys %population)
{
	measures("Adult, population $n", qq{SELECT privrelease.assess('open.raw', '{"population": $n}')},
		'risk,population,pitman' => [ $population{$n}[0], 1e-6 ], 'risk,population,zayatz' => [ $population{$n}[1], 1e-6 ]);
}

# ---- Adult, anonymized: what a refresh would write

foreach my $column (@adult)
{
	my @rows = map { [ split /;/ ] } split /\r?\n/, slurp_file("$data/adult/adult_hierarchy_$column.csv");
	my $values = join ', ', map { 'ARRAY[' . join(', ', map { s/'/''/gr =~ s/^(.*)$/'$1'/r } @$_) . ']' } @rows;
	$node->safe_psql('postgres', "SELECT privrelease.create_hierarchy('adult_$column', ARRAY[$values])");
}
my %optimum = (
	'{"k": 5}' => { 'utility,cost,loss' => [ 0.573150965576, 1e-9 ], 'suppressed' => 0, 'classes' => 24, 'min_class' => 69 },
	'{"k": 5, "suppression_limit": 0.05}' => { 'utility,loss' => [ 0.241932365103, 1e-9 ], 'suppressed' => 1346, 'classes' => 397, 'min_class' => 5,
		'utility,cost,loss_arithmetic' => [ 0.269634662789, 1e-9 ], 'utility,cost,discernibility' => 59199546, 'utility,cost,aecs' => [ 75.783919597990, 1e-9 ],
		'utility,cost,entropy' => [ 337481.388807, 1e-9 ], 'utility,granularity' => [ 0.698371010321, 1e-9 ], 'utility,entropy' => [ 0.395555414982, 1e-9 ],
		'utility,discernibility' => [ 0.935045998912, 1e-9 ], 'utility,aecs' => [ 0.997644671605, 1e-9 ], 'utility,precision' => [ 0.592685915808, 1e-9 ] },
	'{"k": 5, "suppression_limit": 0.05, "metric": "discernibility"}' => { 'utility,cost,discernibility' => 7220555, 'suppressed' => 105, 'classes' => 356,
		'utility,discernibility' => [ 0.992188949060, 1e-9 ], 'utility,granularity' => [ 0.291259336944, 1e-9 ], 'utility,precision' => [ 0.276810777358, 1e-9 ] },
	'{"k": 5, "suppression_limit": 0.05, "metric": "entropy"}' => { 'utility,cost,entropy' => [ 264341.938304, 1e-9 ], 'suppressed' => 1285, 'classes' => 998,
		'utility,entropy' => [ 0.526551512172, 1e-9 ], 'utility,aecs' => [ 0.999091914873, 1e-9 ] },
);
$node->safe_psql('postgres', q{SELECT privrelease.create_release('open.adult', 'src.adult', subject => 'row_no', kind => 'table')});
$node->safe_psql('postgres', qq{SELECT privrelease.set_rule('open.adult', '$_', 'hierarchy', '{"hierarchy": "adult_$_", "level": "auto"}')}) foreach @adult;
foreach my $model (sort keys %optimum)
{
	$node->safe_psql('postgres', "SELECT privrelease.set_model('open.adult', '$model')");
	measures("Adult, $model", q{SELECT privrelease.assess('open.adult')}, %{ $optimum{$model} });
}

# ---- a survey of households

my @keys = qw(urbrur roof walls water electcon relat sex);
load_csv('survey', "$data/sdc/testdata.csv", ',', 'numeric');
release_of('open.survey', 'survey', \@keys, [ 'hhcivil', 'age' ]);
my $options = q{'{"weight": "sampling_weight", "household": "ori_hid"}'};
measures('survey', "SELECT privrelease.assess('open.survey', $options)",
	'classes' => 412, 'risk,violating,2' => 157, 'risk,violating,3' => 281, 'risk,violating,5' => 458,
	'risk,global,expected' => [ 10.775525136282, 1e-12 ], 'risk,global,rate' => [ 0.002352734746, 1e-9 ],
	'risk,household,expected' => [ 51.799591464058, 1e-12 ], 'risk,household,rate' => [ 0.011309954468, 1e-9 ],
	'risk,individual,max' => [ 0.046516870566, 1e-10 ], 'risk,household,max' => [ 0.227036446778, 1e-11 ],
	'risk,suda,records' => 157, 'risk,suda,msus' => 235, 'risk,suda,score_sum' => 4890, 'risk,suda,score_max' => 720,
	'risk,suda,dis_sum' => [ 9.8310926537, 1e-10 ], 'risk,suda,dis_max' => [ 0.6781426290, 1e-9 ],
	'risk,suda,contributions,relat' => [ 92.5971370143, 1e-11 ], 'risk,suda,contributions,sex' => [ 24.9488752556, 1e-11 ]);
measures('survey without weights', q{SELECT privrelease.assess('open.survey', '{"sampling_fraction": 0.1}')},
	'risk,global,expected' => 412, 'risk,suda,dis_sum' => [ 50.5875233, 1e-8 ], 'risk,suda,dis_max' => [ 0.9586377408, 1e-9 ]);
rows_are('survey: records', "SELECT subject, fk, population_fk, round(risk::numeric, 14), round(household_risk::numeric, 12)
	FROM privrelease.record_risk('open.survey', $options) WHERE subject IN ('1', '2', '3', '5', '42', '43') ORDER BY subject::int",
	'1|107|10700|0.00009433063964|0.000307575093', '2|102|10200|0.00009900000200|0.000307575093', '3|176|17600|0.00005713957345|0.000307575093',
	'5|46|4600|0.00022217174065|0.000867777469', '42|2|200|0.00963114272156|0.066410809415', '43|1|100|0.04651687056554|0.066410809415');
rows_are('survey: scores', "SELECT suda_score, count(*) FROM privrelease.record_risk('open.survey') WHERE suda_score > 0 GROUP BY 1 ORDER BY 1",
	'1|6', '2|24', '4|4', '6|28', '8|1', '12|10', '14|3', '18|2', '24|36', '30|7', '36|1', '48|17', '60|1', '72|4', '96|1', '120|9', '132|1', '144|1', '720|1');
rows_are('survey: record 3825 is alone in one variable', "SELECT suda_score FROM privrelease.record_risk('open.survey') WHERE subject = '3825'", '720');

# ---- eight records, with and without NULL

load_csv('eight', "$data/sdc/francdat.csv", ',', 'numeric');
release_of('open.eight', 'eight', [qw(Key1 Key2 Key3 Key4)], []);
my $eight = q{SELECT subject, fk, population_fk, round(risk::numeric, 12) FROM privrelease.record_risk('open.eight', '{"weight": "w"}') ORDER BY subject::int};
rows_are('eight records', $eight, '1|2|110|0.017144261596', '2|2|84.5|0.022042326183', '3|2|84.5|0.022042326183', '4|1|17|0.177075834004',
	'5|1|541|0.011654480146', '6|1|8|0.297063077383', '7|1|5|0.402359478109', '8|2|110|0.017144261596');
rows_are('eight records unweighted', q{SELECT string_agg(risk::text, ' ' ORDER BY subject::int) FROM privrelease.record_risk('open.eight')}, '0.5 0.5 0.5 1 1 1 1 0.5');
$node->safe_psql('postgres', q{UPDATE src.eight SET "Key3" = NULL WHERE row_no = 3; UPDATE src.eight SET "Key1" = NULL, "Key2" = NULL WHERE row_no = 4;
	UPDATE src.eight SET "Key4" = NULL WHERE row_no = 5; UPDATE src.eight SET "Key1" = NULL WHERE row_no = 6});
rows_are('eight records with NULL', $eight, '1|3|149|0.009885636109', '2|2|84.5|0.022042326183', '3|4|194.5|0.006787182739', '4|3|563|0.002650677250',
	'5|3|566|0.002636697266', '6|2|549|0.003581243194', '7|2|22|0.076021047272', '8|3|149|0.009885636109');

done_testing();
