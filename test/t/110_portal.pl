# A release on its way to a portal: the file that the documented recipe writes, byte by byte, and documents that keep the published
# rules of Data Package 2.0, Table Schema and DCAT-AP 3.0.1, whatever the encoding of the database.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode encode);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('portal');
my $directory = PostgreSQL::Test::Utils::tempdir();
$node->init(extra => [ '--encoding=UTF8', '--no-locale' ], auth_extra => [ '--create-role', 'steward,reader,stranger,approver' ]);
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$directory/keyring'
work_mem = 64kB
});
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE steward LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE stranger LOGIN; CREATE ROLE approver LOGIN');

# ---------- the rules ----------

# RFC 4180, strictly: what a field may hold, and that each record ends with CRLF.  An empty field is undef, "" is empty.
sub parse_csv
{
	my ($text) = @_;
	my (@records, @record);

	pos($text) = 0;
	while (pos($text) < length($text))
	{
		if ($text =~ /\G"((?:[^"]|"")*)"/gc) { push @record, $1 =~ s/""/"/gr; }
		elsif ($text =~ /\G([^",\r\n]*)/gc) { push @record, length($1) ? $1 : undef; }
		if ($text =~ /\G,/gc) { next unless pos($text) == length($text); die 'ends within a record'; }
		$text =~ /\G\r\n/gc or die 'no RFC 4180 at byte ' . pos($text);
		push @records, [@record];
		@record = ();
	}
	return @records;
}

my $xsd_time = qr/(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00/;
my $xsd_zone = qr/Z|[+-]\d\d:\d\d/;
my $xsd_date = qr/-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/;
my %lexical = (
	string => qr/.*/s, any => qr/.*/s,
	integer => qr/[+-]?\d+/,
	number => qr/[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?INF/,
	boolean => qr/true|false/,
	date => $xsd_date,
	datetime => qr/${xsd_date}T(?:$xsd_time)(?:$xsd_zone)?/,
	time => qr/(?:$xsd_time)(?:$xsd_zone)?/,
	duration => qr/-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?/,
	object => qr/\{.*\}/s, array => qr/\[.*\]/s);
my %format = (uuid => qr/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, binary => qr{[A-Za-z0-9+/]*={0,2}});
my $rfc3339 = qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
my $iri = qr{^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$}i;
my $profile = 'https://datapackage.org/profiles/2.0/';

# Each breach of a rule of Data Package 2.0, Table Schema and Table Dialect, for the keys that there are.
sub breaches_of_package
{
	my ($package) = @_;
	my @breaches;
	my $check = sub { my ($holds, $rule) = @_; push @breaches, $rule unless $holds; };

	$check->(($package->{'$schema'} // '') eq "${profile}datapackage.json", '$schema');
	$check->(($package->{name} // '') =~ /^[a-z0-9._-]+$/, 'name');
	$check->(ref $package->{resources} eq 'ARRAY' && @{ $package->{resources} } > 0, 'resources');
	$check->(!exists $package->{created} || $package->{created} =~ $rfc3339, 'created');
	$check->(!exists $package->{version} || $package->{version} =~ /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'version');
	for my $key (qw(id title description homepage))
	{
		$check->(!exists $package->{$key} || (!ref $package->{$key} && length $package->{$key}), $key);
	}
	$check->(!exists $package->{homepage} || $package->{homepage} =~ $iri, 'homepage is a URL');
	$check->(!exists $package->{keywords} || @{ $package->{keywords} } > 0, 'keywords');
	if (exists $package->{licenses})
	{
		$check->(@{ $package->{licenses} } > 0, 'licenses');
		$check->((exists $_->{name} || exists $_->{path}) && ($_->{name} // 'x') =~ /^[-a-zA-Z0-9._]+$/ && ($_->{path} // 'a:b') =~ $iri, 'licence')
		  for @{ $package->{licenses} };
	}
	if (exists $package->{contributors})
	{
		$check->(@{ $package->{contributors} } > 0, 'contributors');
		$check->(exists $_->{title} && ($_->{email} // 'a@b') =~ /^[^@\s]+@[^@\s]+$/ && ref $_->{roles} eq 'ARRAY' && @{ $_->{roles} }, 'contributor')
		  for @{ $package->{contributors} };
	}
	my %names;
	for my $resource (@{ $package->{resources} })
	{
		$check->(($resource->{name} // '') =~ /^[a-z0-9._-]+$/ && !$names{ $resource->{name} }++, 'name of resource');
		$check->(exists $resource->{path} && !exists $resource->{data} && $resource->{path} !~ m{^/|^~|\.\.|:|\\}, 'path');
		$check->(($resource->{type} // 'table') eq 'table', 'type of resource');
		$check->(($resource->{hash} // '') =~ /^sha256:[0-9a-f]{64}$/, 'hash');
		$check->(($resource->{bytes} // '') =~ /^\d+$/, 'bytes');
		$check->(($resource->{encoding} // '') eq 'utf-8', 'encoding');
		$check->(($resource->{mediatype} // '') =~ m{^[a-z]+/[a-z0-9.+-]+$}, 'mediatype');
		push @breaches, breaches_of_dialect($resource->{dialect}), breaches_of_schema($resource->{schema});
	}
	return @breaches;
}

sub breaches_of_dialect
{
	my ($dialect) = @_;
	my @breaches;

	for my $key (qw(delimiter quoteChar))
	{
		push @breaches, $key unless length($dialect->{$key} // '') == 1;
	}
	push @breaches, 'lineTerminator' unless $dialect->{lineTerminator} eq "\r\n";
	for my $key (qw(doubleQuote header skipInitialSpace))
	{
		push @breaches, $key unless JSON::PP::is_bool($dialect->{$key});
	}
	return @breaches;
}

sub breaches_of_schema
{
	my ($schema) = @_;
	my @breaches;
	my %names;

	push @breaches, 'fields' unless ref $schema->{fields} eq 'ARRAY' && @{ $schema->{fields} };
	for my $field (@{ $schema->{fields} })
	{
		push @breaches, 'name of field' unless length($field->{name} // '') && !$names{ $field->{name} }++;
		push @breaches, "type $field->{type}" unless exists $lexical{ $field->{type} };
		push @breaches, "format $field->{format}" if exists $field->{format} && ($field->{type} ne 'string' || !exists $format{ $field->{format} });
		my %constraints = %{ $field->{constraints} // {} };
		push @breaches, "constraint $_" for grep { !/^(required|unique|pattern)$/ } keys %constraints;
	}
	push @breaches, 'missingValues' unless ref $schema->{missingValues} eq 'ARRAY';
	for my $key (@{ $schema->{primaryKey} // [] })
	{
		push @breaches, 'primaryKey' unless $names{$key};
	}
	return @breaches;
}

# Each value that is not of the type that its field has, each constraint that does not hold.
sub breaches_of_data
{
	my ($schema, $header, @records) = @_;
	my @fields = @{ $schema->{fields} };
	my @breaches;
	my %seen;

	push @breaches, 'header' unless join("\0", @$header) eq join("\0", map { $_->{name} } @fields);
	for my $record (@records)
	{
		push @breaches, 'fields of a record' unless @$record == @fields;
		for my $i (0 .. $#fields)
		{
			my ($field, $value) = ($fields[$i], $record->[$i]);
			my $required = $field->{constraints}{required};

			if (!defined $value || grep { $_ eq $value } @{ $field->{missingValues} // $schema->{missingValues} })
			{
				push @breaches, "required $field->{name}" if $required;
				next;
			}
			push @breaches, "$field->{name}: no $field->{type}" unless $value =~ /^(?:$lexical{ $field->{type} })\z/;
			push @breaches, "$field->{name}: no $field->{format}" if exists $field->{format} && $value !~ /^(?:$format{ $field->{format} })\z/;
			push @breaches, "$field->{name}: pattern" if exists $field->{constraints}{pattern} && $value !~ /^(?:$field->{constraints}{pattern})\z/;
			push @breaches, "$field->{name}: unique" if $field->{constraints}{unique} && $seen{$i}{$value}++;
			push @breaches, "$field->{name}: JSON" if $field->{type} =~ /^(?:object|array)$/ && !eval { decode_json(encode('UTF-8', $value)); 1 };
		}
	}
	return @breaches;
}

# Each breach of DCAT-AP 3.0.1: mandatory properties, ranges of those that there are.
sub breaches_of_dcat
{
	my ($dataset) = @_;
	my @breaches;
	my $check = sub { my ($holds, $rule) = @_; push @breaches, $rule unless $holds; };
	my $is_literal = sub { my $v = shift; (!ref $v && length($v // '')) || (ref $v eq 'HASH' && length($v->{'@value'} // '')); };
	my $is_resource = sub { my $v = shift; ref $v eq 'HASH' && !exists $v->{'@value'} && ($v->{'@id'} // 'a:b') =~ $iri && %$v; };
	my $is_list = sub { my $v = shift; ref $v eq 'ARRAY' && @$v; };
	my %prefixes = %{ $dataset->{'@context'} // {} };
	my $authority = qr{^http://publications\.europa\.eu/resource/authority/};

	# every name is one of the context or a keyword
	my $walk;
	$walk = sub {
		my ($node) = @_;
		if (ref $node eq 'ARRAY') { $walk->($_) for @$node; return; }
		return unless ref $node eq 'HASH';
		for my $key (keys %$node)
		{
			$check->($key =~ /^@(?:context|id|type|value|language)$/ || ($key =~ /^([a-z]+):[A-Za-z]+$/ && exists $prefixes{$1}), "name $key");
			$check->($node->{'@type'} =~ /^([a-z]+):/ && exists $prefixes{$1}, "type $node->{'@type'}") if $key eq '@type';
			$check->($node->{'@language'} =~ /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/, 'language') if $key eq '@language';
			$walk->($node->{$key}) unless $key eq '@context';
		}
	};
	$walk->($dataset);
	$check->(ref $prefixes{$_} eq '' && $prefixes{$_} =~ $iri, "prefix $_") for keys %prefixes;
	$check->($prefixes{dcat} eq 'http://www.w3.org/ns/dcat#' && $prefixes{dct} eq 'http://purl.org/dc/terms/', 'namespaces');

	$check->($dataset->{'@type'} eq 'dcat:Dataset', 'dcat:Dataset');
	$check->($is_literal->($dataset->{$_}), $_) for qw(dct:title dct:description);
	if (my $publisher = $dataset->{'dct:publisher'})
	{
		$check->($is_resource->($publisher) && $publisher->{'@type'} eq 'foaf:Agent' && $is_literal->($publisher->{'foaf:name'}), 'dct:publisher');
	}
	if (my $contact = $dataset->{'dcat:contactPoint'})
	{
		$check->($contact->{'@type'} =~ /^vcard:/ && (!$contact->{'vcard:hasEmail'} || $contact->{'vcard:hasEmail'}{'@id'} =~ /^mailto:/), 'dcat:contactPoint');
	}
	$check->(!exists $dataset->{$_} || $is_resource->($dataset->{$_}), $_)
	  for qw(dct:spatial dct:temporal dct:accrualPeriodicity dct:accessRights dct:language dct:provenance dcat:landingPage);
	$check->(!$dataset->{$_} || !$dataset->{$_}{'@id'} || $dataset->{$_}{'@id'} =~ $authority, "$_ of the authority")
	  for qw(dct:accessRights dct:language dct:accrualPeriodicity);
	if (my $period = $dataset->{'dct:temporal'})
	{
		$check->($period->{'@type'} eq 'dct:PeriodOfTime', 'dct:temporal');
		$check->($period->{$_}{'@type'} eq 'xsd:date' && $period->{$_}{'@value'} =~ /^$xsd_date$/, $_) for grep { /^dcat:/ } keys %$period;
	}
	for my $key (qw(dcat:theme dcatap:applicableLegislation))
	{
		$check->($is_list->($dataset->{$key}) && !grep({ !$is_resource->($_) } @{ $dataset->{$key} }), $key) if exists $dataset->{$key};
	}
	$check->($is_list->($dataset->{'dcat:keyword'}) && !grep({ !$is_literal->($_) } @{ $dataset->{'dcat:keyword'} }), 'dcat:keyword') if exists $dataset->{'dcat:keyword'};
	for my $key (qw(dct:issued dct:modified))
	{
		$check->($dataset->{$key}{'@type'} eq 'xsd:dateTime' && $dataset->{$key}{'@value'} =~ $rfc3339, $key);
	}
	$check->($is_list->($dataset->{'dcat:distribution'}), 'dcat:distribution');
	for my $distribution (@{ $dataset->{'dcat:distribution'} // [] })
	{
		$check->($distribution->{'@type'} eq 'dcat:Distribution', 'dcat:Distribution');
		$check->($is_resource->($distribution->{'dcat:accessURL'}), 'dcat:accessURL');
		$check->(!exists $distribution->{$_} || $is_resource->($distribution->{$_}), $_) for qw(dcat:downloadURL dct:format dcat:mediaType dct:license);
		$check->($distribution->{'dct:format'}{'@id'} =~ $authority, 'dct:format');
		$check->($distribution->{'dcat:byteSize'}{'@type'} eq 'xsd:nonNegativeInteger' && $distribution->{'dcat:byteSize'}{'@value'} =~ /^\d+$/, 'dcat:byteSize');
		my $checksum = $distribution->{'spdx:checksum'};
		$check->($checksum->{'@type'} eq 'spdx:Checksum' && $checksum->{'spdx:algorithm'}{'@id'} eq 'http://spdx.org/rdf/terms#checksumAlgorithm_sha256'
			  && $checksum->{'spdx:checksumValue'}{'@type'} eq 'xsd:hexBinary' && $checksum->{'spdx:checksumValue'}{'@value'} =~ /^[0-9a-f]{64}$/, 'spdx:checksum');
	}
	return @breaches;
}

# ---------- the validators find what is wrong ----------

is_deeply([ parse_csv("a,b\r\n1,\r\n\"x\"\"\r\n,\",\"\"\r\n") ], [ [ 'a', 'b' ], [ '1', undef ], [ "x\"\r\n,", '' ] ], 'parser of RFC 4180');
ok(!eval { parse_csv($_); 1 }, 'it refuses ' . ($_ =~ s/\r/<CR>/gr =~ s/\n/<LF>/gr)) for ("a\n", "a\"b\r\n", "\"a\r\n", "a\r\r\n", "a,b");
isnt(scalar(breaches_of_package({ resources => [ { name => 'A b', path => '/etc/passwd', schema => { fields => [ { name => 'a', type => 'text' } ] }, dialect => { lineTerminator => "\n" } } ] })),
	0, 'validator of packages');
isnt(scalar(breaches_of_data({ fields => [ { name => 'a', type => 'integer' } ], missingValues => [''] }, ['a'], ['1.5'])), 0, 'validator of data');
isnt(scalar(breaches_of_dcat({ '@context' => { dcat => 'http://www.w3.org/ns/dcat#', dct => 'http://purl.org/dc/terms/' }, '@type' => 'dcat:Dataset', 'dct:title' => '' })), 0, 'validator of DCAT-AP');

# ---------- the recipe ----------

# As the manual has it: one snapshot for the file and what describes it.
sub run_recipe
{
	my ($database, $release, $role, %option) = @_;
	my $arguments = join('', map { ", $_ => $option{$_}" } sort keys %option);
	my $script = "$directory/recipe.sql";
	my %path = map { $_ => "$directory/$_" } qw(csv json jsonld);

	unlink values %path;
	open(my $out, '>:encoding(UTF-8)', $script) or die;
	print $out qq{\\encoding UTF8
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
\\o $path{csv}
SELECT privrelease.export_csv('$release'$arguments);
\\o $path{json}
SELECT privrelease.datapackage('$release'$arguments);
\\o $path{jsonld}
SELECT privrelease.dcat('$release'$arguments);
\\o
COMMIT;
};
	close $out;
	my $result = run_log([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', 'FETCH_COUNT=1000', '-U', $role, '-d', $node->connstr($database), '-f', $script ]);
	return unless $result;
	my $bytes = slurp_file($path{csv});
	return ($bytes, decode_json(slurp_file($path{json})), decode_json(slurp_file($path{jsonld})));
}

# Everything that is true of every release; returns the records as text, the header first, and the package.
sub check_release
{
	my ($database, $release, $role, %option) = @_;
	my ($bytes, $package, $dcat) = run_recipe($database, $release, $role, %option);
	my ($resource, $file) = ($package->{resources}[0], $dcat->{'dcat:distribution'}[0]);

	is($resource->{hash}, 'sha256:' . sha256_hex($bytes), "$database: SHA-256 of $release");
	is($resource->{bytes}, length($bytes), 'bytes');
	is($file->{'spdx:checksum'}{'spdx:checksumValue'}{'@value'}, sha256_hex($bytes), 'the same in DCAT-AP');
	is($file->{'dcat:byteSize'}{'@value'}, length($bytes), 'bytes there');
	my $text = decode('UTF-8', $bytes, Encode::FB_CROAK);
	$text =~ s/^\x{FEFF}//;
	my @records = parse_csv($text);
	is_deeply([ breaches_of_package($package) ], [], "$database: package of $release");
	is_deeply([ breaches_of_dcat($dcat) ], [], "$database: DCAT-AP of $release");
	is_deeply([ breaches_of_data($resource->{schema}, @records) ], [], "$database: data of $release are of their types");
	unlike(encode_json([ $package, $dcat ]), qr/secret_|"source|\bsrc\b|steward/, 'nothing of the source');
	return ($package, $dcat, @records);
}

my $metadata = q({"title": "Kinds", "description": "One of each", "access_url": "https://data.example.org/kinds", "publisher": "Office", "publisher_url": "https://example.org/office",
	"publisher_code": "12310101000000019H", "identifier": "10.1234/kinds", "language": "en", "contact": "The desk", "contact_email": "desk@example.org", "keywords": ["a", "b, c"],
	"theme": ["http://publications.europa.eu/resource/authority/data-theme/SOCI"], "temporal_start": "2020-01-01", "temporal_end": "2020-12-31", "frequency": "monthly",
	"licence": "CC-BY-4.0", "licence_url": "https://creativecommons.org/licenses/by/4.0/", "licence_title": "Attribution", "sharing": "public", "homepage": "https://example.org/kinds",
	"legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"], "spatial": "Here", "download_url": "https://data.example.org/kinds.csv", "category_code": "3", "sharing_type": "x",
	"sharing_condition": "z", "open_type": "y", "related_codes": ["1", "2"]});

# A database with a release of each kind of column and hostile values, and a table of many rows.
sub make_database
{
	my ($database, $encoding) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($database, qq{
	SET client_encoding = 'UTF8';
	CREATE EXTENSION privrelease;
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA open AUTHORIZATION steward;
	SET SESSION AUTHORIZATION steward;
	CREATE TYPE src.mood AS ENUM ('=sad', 'glad');
	CREATE TABLE src.secret_kind (secret_id int PRIMARY KEY, name text, "=SUM(1)" text, "'=SUM(1)" text, "a ""b"", c" varchar(9),
	    amount numeric, f8 float8, f4 real, born date, seen timestamp, met timestamptz, at time, zoned timetz, took interval,
	    number uuid, bytes bytea, doc jsonb, raw json, mixed jsonb, list int[], words text[], span int4range, yes boolean, mood src.mood, ip inet);
	INSERT INTO src.secret_kind VALUES
	    (1, '=cmd|x', '+1', 'a', '\@b', 1.0, 'NaN', 1e20, '0044-03-15 BC', 'infinity', '2020-01-01 12:00+08', '12:00', '12:00+08', '1 year 2 mons 3 days 04:05:06.5',
	     '00000000-0000-0000-0000-000000000001', '\\xfbff', '{"a": "=1"}', '[ 1 ]', '{}', '{1,NULL}', '{"a,b","c\\"d"}', '[1,5)', true, '=sad', '192.0.2.1'),
	    (2, '', E'\\tx', '-', E'\\r', 1.00, '-Infinity', 0.1, '2020-02-03', '2020-02-03 04:05:06.789', 'infinity', '24:00', NULL, '-1 day',
	     NULL, '', '{}', '[]', '1', '{}', '{}', 'empty', false, 'glad', '2001:db8::1'),
	    (3, NULL, E'line\\r\\nbreak "x", y', 'a b', '\\.', 'Infinity', 0.1, -0.5, NULL, NULL, NULL, NULL, NULL, '0',
	     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
	SELECT privrelease.create_release('open.kind', 'src.secret_kind');
	SELECT privrelease.set_rule('open.kind', attname, 'keep') FROM pg_attribute WHERE attrelid = 'src.secret_kind'::regclass AND attnum > 1 ORDER BY attnum;
	SELECT privrelease.set_metadata('open.kind', '$metadata');
	SELECT privrelease.build('open.kind');
	SELECT privrelease.publish('open.kind', 'reader');
	CREATE TABLE src.secret_person (secret_id int PRIMARY KEY, secret_birth date, city text, ill text);
	INSERT INTO src.secret_person SELECT g, date '1960-01-01' + (g % 40) * 365, 'city ' || g % 2, 'ill ' || g % 4 FROM generate_series(1, 5000) AS g;
	SELECT privrelease.classify('src.secret_person', c, k) FROM (VALUES ('secret_birth'::name, 'quasi_identifier'), ('city', 'quasi_identifier'), ('ill', 'sensitive')) AS v(c, k);
	SELECT privrelease.create_release('open.person', 'src.secret_person', subject => 'secret_id', kind => 'table',
	    model => '{"k": 5, "l": {"column": "ill", "variant": "distinct", "l": 2}, "t": {"column": "ill", "distance": "equal", "t": 0.5}, "suppression_limit": 0.1}');
	SELECT privrelease.set_rule('open.person', 'secret_birth', 'date_trunc', '{"levels": ["year", "decade"]}', 'born');
	SELECT privrelease.set_rule('open.person', 'city', 'keep'), privrelease.set_rule('open.person', 'ill', 'keep');
	SELECT privrelease.set_metadata('open.person', '$metadata');
	SELECT privrelease.refresh('open.person');
	SELECT privrelease.publish('open.person', 'reader');
	});
}

make_database('city', 'UTF8');
$node->safe_psql('postgres', q{ALTER ROLE reader SET datestyle = 'German'; ALTER ROLE reader SET timezone = 'Asia/Shanghai'; ALTER ROLE reader SET intervalstyle = 'postgres_verbose';
	ALTER ROLE reader SET extra_float_digits = -5; ALTER ROLE reader SET bytea_output = 'escape'});

# ---------- a view ----------

my ($package, $dcat, $header, @rows) = check_release('city', 'open.kind', 'reader');
is(scalar(@rows), 3, 'rows');
my %column = map { $header->[$_] => $_ } 0 .. $#$header;
my %row = map { ($_->[ $column{'took'} ] // '') => $_ } @rows;
my $value = sub { my ($took, $name) = @_; return $row{$took}[ $column{$name} ]; };
is_deeply([ map { $value->('P1Y2M3DT4H5M6.500000S', $_) } ("name", "''=SUM(1)", "'=SUM(1)", 'a "b", c', 'mood', 'bytes', 'born', 'met', 'seen', 'f4') ],
	[ "'=cmd|x", "'+1", 'a', "'\@b", "'=sad", '+/8=', '-0043-03-15', '2020-01-01T04:00:00+00:00', 'infinity', '1e+20' ], 'values of a row, guarded');
is_deeply([ map { $value->('-P1D', $_) } ("name", "''=SUM(1)", 'a "b", c', 'amount', 'f8', 'span') ], [ '', "'\tx", "'\r", '1.00', '-INF', 'empty' ], 'of another one');
is_deeply([ map { $value->('PT0S', $_) } ("name", "''=SUM(1)", 'a "b", c', 'f4', 'list') ], [ undef, "line\r\nbreak \"x\", y", '\.', '-0.5', undef ], 'and of one with NULLs; a number is not guarded');
my %type = map { $_->{name} => $_->{type} } @{ $package->{resources}[0]{schema}{fields} };
is_deeply([ @type{qw(doc raw mixed list words amount took mood ip)} ], [qw(object array any array array number duration string string)], 'types; those of JSON are what was seen');
is($package->{privrelease}{kind}, 'view', 'kind');
ok(!exists $package->{version}, 'a view has no version');
is($package->{licenses}[0]{name}, 'CC-BY-4.0', 'licence');
is($dcat->{'@id'}, 'https://doi.org/10.1234/kinds', 'identifier');
is($dcat->{'dct:accrualPeriodicity'}{'@id'}, 'http://publications.europa.eu/resource/authority/frequency/MONTHLY', 'frequency');

my @plain = check_release('city', 'open.kind', 'reader', guard => q{'off'});
is($plain[2][1], '=SUM(1)', 'without the guard');
is($plain[0]{privrelease}{formula_guard}, 'off', 'it is said');
check_release('city', 'open.kind', 'reader', bom => 'true');
is(substr((run_recipe('city', 'open.kind', 'reader', bom => 'true'))[0], 0, 3), "\xEF\xBB\xBF", 'byte order mark');
is((run_recipe('city', 'open.kind', 'reader'))[0], (run_recipe('city', 'open.kind', 'steward'))[0], 'the same file whoever writes it, whatever he has set');

# ---------- a table ----------

($package, $dcat, $header, @rows) = check_release('city', 'open.person', 'reader');
is_deeply($header, [qw(release_row born city ill)], 'columns');
is(join(' ', map { join(',', @$_) } @rows),
	$node->safe_psql('city', q{SELECT string_agg(concat_ws(',', release_row, born, city, ill), ' ' ORDER BY release_row) FROM open.person}), 'all rows, by their key');
is($package->{version}, '1.0.0', 'version');
is_deeply($package->{privrelease}{model}, { k => 5, l => { column => 'ill', variant => 'distinct', l => 2 }, t => { column => 'ill', distance => 'equal', t => 0.5 } }, 'model; no share of what was left out');
is_deeply([ map { "$_->{name} $_->{transform} $_->{family}" } @{ $package->{privrelease}{columns} } ],
	[ 'born date_trunc generalization', 'city keep none', 'ill keep none' ], 'transforms');
like($dcat->{'dct:provenance'}{'rdfs:label'}{'@value'}, qr/k-anonymity, k = 5.*l-diversity.*t-closeness/, 'method in words');

# The version and the file belong together while somebody refreshes.
my $session = $node->background_psql('city', on_error_stop => 1, extra_params => [ '-U', 'reader' ]);
$session->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ');
$session->query_safe('SELECT 1 FROM open.person LIMIT 1');
$node->safe_psql('city', q{SET SESSION AUTHORIZATION steward; DELETE FROM src.secret_person WHERE secret_id % 2 = 0; SELECT privrelease.refresh('open.person')});
my $then = decode_json($session->query_safe(q{SELECT privrelease.datapackage('open.person')}));
is($then->{version}, '1.0.0', 'an older snapshot: its version');
is($then->{resources}[0]{hash}, $package->{resources}[0]{hash}, 'and its file');
$session->query_safe('COMMIT');
$session->quit;
($package) = check_release('city', 'open.person', 'reader');
is($package->{version}, '2.0.0', 'the next version');

# ---------- the catalogue ----------

sub catalogue
{
	my ($database) = @_;
	my ($out, $err);
	$node->psql($database, q{SELECT privrelease.catalogue('open.person')}, stdout => \$out, stderr => \$err,
		extra_params => [ '-U', 'reader', '-v', 'VERBOSITY=verbose' ], on_error_stop => 0);
	return $out ne '' ? decode_json($out) : $err;
}
$ENV{PGCLIENTENCODING} = 'UTF8';
my $entry = catalogue('city');
is_deeply([ sort keys %$entry ], [ sort qw(信息资源分类 信息资源名称 信息资源代码 信息资源摘要 信息资源提供方 提供方代码 信息资源格式 信息项信息 共享属性 开放属性 更新周期 发布日期 关联资源代码) ], 'elements of the guide');
is_deeply($entry->{'信息项信息'}[1], { '信息项名称' => 'born', '数据类型' => '日期型', '长度' => 10 }, 'an item');
is_deeply($entry->{'共享属性'}, { '共享类型' => 'x', '共享条件' => 'z' }, 'sharing');
like($entry->{'发布日期'}, qr/^\d{4}-\d\d-\d\d$/, 'day');
is_deeply($entry->{'关联资源代码'}, [ '1', '2' ], 'related');

# A standard of an office's own is dumped, the one that comes with the extension is not.
$node->safe_psql('city', q{INSERT INTO privrelease.catalogue_element (standard, content, position, name) VALUES ('own', 'metadata.title', 1, 'Name'), ('own', 'items', 2, 'Columns')});
my ($dump) = run_command([ 'pg_dump', '-d', $node->connstr('city') ]);
like($dump, qr/^own\tmetadata\.title\t1\t/m, 'a standard in a dump');
unlike($dump, qr/^guide-2017\t/m, 'and nothing that an installation brings');

# ---------- who, and when not ----------

sub refused
{
	my ($role, $sql, $pattern, $name) = @_;
	my ($out, $err);
	$node->psql('city', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role, '-v', 'VERBOSITY=verbose' ]);
	ok($err =~ $pattern && $out eq '', $name) or diag($err, $out);
}
for my $function (qw(export_csv datapackage dcat catalogue))
{
	refused('stranger', "SELECT privrelease.$function('open.person')", qr/42501: permission denied/, "$function: a stranger");
	refused('reader', "SELECT privrelease.$function('src.secret_person')", qr/42704/, "$function: a source");
}
$node->safe_psql('city', q{SELECT privrelease.grant_duty('approver', 'approver')});
refused('approver', q{SELECT privrelease.export_csv('open.person')}, qr/42501/, 'an approver reads no row');
is($node->safe_psql('city', q{SELECT privrelease.datapackage('open.person') -> 'resources' -> 0 ->> 'hash'}, extra_params => [ '-U', 'approver' ]),
	$package->{resources}[0]{hash}, 'but is told what the file is');
is($node->safe_psql('city', q{SELECT privrelease.datapackage('open.kind') -> 'resources' -> 0 ->> 'hash'}, extra_params => [ '-U', 'approver' ]),
	(check_release('city', 'open.kind', 'reader'))[0]{resources}[0]{hash}, 'that of a view too');
refused('reader', q{EXPLAIN ANALYZE SELECT privrelease.export_csv('open.kind')}, qr/PR007/, 'a plan is not shown');

# what an office has typed wrongly
for ([ 'homepage', 'example.org', 'datapackage' ], [ 'licence', 'free for all', 'datapackage' ], [ 'contact_email', 'desk', 'datapackage' ],
	[ 'access_url', 'javascript:alert(1)', 'dcat' ], [ 'language', 'English (GB)', 'dcat' ], [ 'temporal_end', '2019-01-01', 'dcat' ], [ 'publisher_code', '12310101000000019X', 'catalogue' ])
{
	my ($key, $wrong, $function) = @$_;
	$node->safe_psql('city', qq{SET SESSION AUTHORIZATION steward; SELECT privrelease.set_metadata('open.person', '{"$key": "$wrong"}')});
	refused('reader', qq{SELECT privrelease.$function('open.person')}, qr/22023: "$key"/, "$function: $key");
	$node->safe_psql('city', qq{SET SESSION AUTHORIZATION steward; SELECT privrelease.set_metadata('open.person', '$metadata')});
}

# a long export is cancelled
$node->safe_psql('city', q{SET SESSION AUTHORIZATION steward; CREATE VIEW src.many AS SELECT g AS n, repeat('x', 100) AS t FROM generate_series(1, 20000000) AS g;
	SELECT privrelease.create_release('open.many', 'src.many'); SELECT privrelease.set_rule('open.many', 'n', 'keep'), privrelease.set_rule('open.many', 't', 'keep');
	SELECT privrelease.build('open.many'); SELECT privrelease.publish('open.many', 'reader')});
refused('reader', q{SET statement_timeout = '500ms'; SELECT count(*) FROM privrelease.export_csv('open.many')}, qr/57014/, 'a long export is cancelled');

$node->safe_psql('city', q{SET SESSION AUTHORIZATION steward; SELECT privrelease.withdraw('open.person', 'a mistake')});
for my $function (qw(export_csv datapackage dcat catalogue))
{
	refused($_, "SELECT privrelease.$function('open.person')", qr/PR008: release open\.person was withdrawn: a mistake/, "$function: withdrawn, for $_") for qw(reader steward);
}

# ---------- encodings ----------

make_database('old', 'EUC_CN');
$node->safe_psql('old', q{SET client_encoding = 'UTF8'; SET SESSION AUTHORIZATION steward; INSERT INTO src.secret_kind (secret_id, name, "=SUM(1)", took) VALUES (4, '＝1＋1', '张三，北京', '4 days')});
(undef, undef, $header, @rows) = check_release('old', 'open.kind', 'reader');
my ($wide) = grep { ($_->[ $column{'took'} ] // '') eq 'P4D' } @rows;
is_deeply([ @$wide[ 0, 1 ] ], [ "'＝1＋1", '张三，北京' ], 'EUC_CN: a file in UTF-8, and full-width signs are guarded');
is(catalogue('old')->{'信息资源格式'}, 'CSV', 'EUC_CN has the names of elements');

make_database('latin', 'LATIN1');
check_release('latin', 'open.kind', 'reader');
like(catalogue('latin'), qr/22P05.*LATIN1 of this database/, 'LATIN1 has not');

make_database('bare', 'SQL_ASCII');
$node->safe_psql('bare', q{SET SESSION AUTHORIZATION steward; INSERT INTO src.secret_kind (secret_id, name, took) VALUES (4, '＝1', '4 days')});
(undef, undef, $header, @rows) = check_release('bare', 'open.kind', 'reader');
($wide) = grep { ($_->[ $column{'took'} ] // '') eq 'P4D' } @rows;
is($wide->[0], "'＝1", 'SQL_ASCII that holds UTF-8');
$node->safe_psql('bare', q{SET SESSION AUTHORIZATION steward; INSERT INTO src.secret_kind (secret_id, name) VALUES (5, E'\xff')});
{
	my ($out, $err);
	$node->psql('bare', q{SELECT count(*) FROM privrelease.export_csv('open.kind')}, stdout => \$out, stderr => \$err, extra_params => [ '-U', 'reader', '-v', 'VERBOSITY=verbose' ]);
	like($err, qr/22021/, 'SQL_ASCII that holds something else');
}

done_testing();
