# The page of impact_report() in a browser: nothing leaves it, nothing runs in it, nothing overflows, on a desk and on a telephone.
#
# The page has no script, so a page around it measures it in a frame.  A page with planted faults shows that they would be found.
# Its screenshots lie in the log directory of the tests.
use strict;
use warnings;
use Cwd qw(abs_path);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $directory = PostgreSQL::Test::Utils::tempdir();
my $node = PostgreSQL::Test::Cluster->new('report');
$node->init(auth_extra => [ '--create-role', 'steward,approver,reader' ]);
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'privrelease'
privrelease.keyring_file = '$directory/keyring'
privrelease.require_approval = on
});
$node->start;

# Names and texts of somebody who wants the page to do something else.
my $long = 'averyveryverylongnamewithoutanyplacetobreakitinto' . 'piecesxxxxxxxx';
$node->safe_psql('postgres', q{
	CREATE ROLE steward LOGIN; CREATE ROLE approver LOGIN; CREATE ROLE reader LOGIN;
	CREATE EXTENSION privrelease;
	SELECT privrelease.grant_duty('steward', 'steward'), privrelease.grant_duty('approver', 'approver');
	SELECT privrelease.create_key('k');
	CREATE SCHEMA src AUTHORIZATION steward; CREATE SCHEMA open AUTHORIZATION steward;
});
$node->safe_psql('postgres', qq{
	CREATE TABLE src.person (id int PRIMARY KEY, born int, city text, illness text, "$long" int, "<script>document.title='ran'</script>" text);
	INSERT INTO src.person SELECT g, 1930 + g * g * 7 % 80, 'MARKER ' || g * g % 11, (ARRAY['flu', 'cold', 'ache', 'cough'])[1 + g * 31 % 4], g % 3, 'x'
	  FROM generate_series(1, 4000) AS g;
	SELECT privrelease.classify('src.person', 'id', 'identifier', 'identity_document'), privrelease.classify('src.person', 'born', 'quasi_identifier', 'basic'),
	  privrelease.classify('src.person', 'city', 'quasi_identifier', 'location'), privrelease.classify('src.person', 'illness', 'sensitive', 'health');
	SELECT privrelease.create_release('open.person', 'src.person', subject => 'id', kind => 'table',
	  model => '{"k": 5, "suppression_limit": 0.05, "l": {"column": "illness", "variant": "distinct", "l": 2}}', purpose => '</dd><img src=x onerror="document.title=1">');
	SELECT privrelease.set_rule('open.person', 'born', 'bin', '{"levels": [5, 10, 20]}'), privrelease.set_rule('open.person', 'city', 'keep'),
	  privrelease.set_rule('open.person', 'illness', 'keep'), privrelease.set_rule('open.person', 'id', 'pseudonymize', '{"key": "k"}', 'person'),
	  privrelease.set_rule('open.person', '$long', 'keep'), privrelease.set_rule('open.person', '<script>document.title=''ran''</script>', 'keep');
	SELECT privrelease.set_metadata('open.person', '{"title": "Residents <b>of</b> the city \\u5c45\\u6c11", "legal_basis": "Statistics Act, Art. 7", "public_interest": "high: hospitals are planned from it",
	  "retention": "five years\\nthen withdrawn", "contact": "${\ ('z' x 300)}", "team": "\\u202eboard \\u05d0\\u05d1"}');
	SELECT privrelease.assess('open.person'); SELECT privrelease.refresh('open.person'); SELECT privrelease.submit('open.person');
}, extra_params => [ '-U', 'steward' ]);
$node->safe_psql('postgres', q{SELECT privrelease.approve('open.person', 'seen by the <i>board</i>')}, extra_params => [ '-U', 'approver' ]);
$node->safe_psql('postgres', q{SELECT privrelease.publish('open.person', 'reader')}, extra_params => [ '-U', 'steward' ]);

my $page = $node->safe_psql('postgres', q{SELECT privrelease.impact_report('open.person')}, extra_params => [ '-U', 'approver' ]);

# ---- what was decided is kept, and can be shown as it was

is($node->safe_psql('postgres', q{SELECT string_agg(step || ' ' || recorded_by, ', ' ORDER BY recorded_at) FROM privrelease.impact_records}, extra_params => [ '-U', 'approver' ]),
	'submit steward, approve approver, publish steward', 'a record of each decision');
like($node->safe_psql('postgres', q{SELECT privrelease.impact_page(document) FROM privrelease.impact_records WHERE step = 'approve'}, extra_params => [ '-U', 'approver' ]),
	qr{<dd><span dir="auto">approve by approver on }, 'the page of the approval says who approved');
like($page, qr{seen by the &#60;i&#62;board&#60;/i&#62;}, 'and the page of today has his note');
unlike($page, qr/MARKER/, 'no value of the source is in it');
my ($code, $out, $err) = $node->psql('postgres', q{SELECT privrelease.impact_report('open.person')}, extra_params => [ '-U', 'reader' ]);
isnt($code, 0, 'an audience has no report');

# ---- the file itself

unlike($page, qr/[^\x01-\x7f]/, 'ASCII only');
my $tags = join("\n", $page =~ /(<[^>]*>)/g);
unlike($tags, qr/<(?:script|img|link|iframe|object|embed|base|form)|\s(?:on\w+|src|href|srcset|action)=/, 'nothing of it is elsewhere, and nothing runs');
unlike($page, qr/\@import/, 'nor is its style');
is(join(' ', $page =~ /url\(([^)]*)\)/g), '#hatch', 'what it refers to is in it');
like($page, qr/<html [^>]*lang="en"/, 'it says its language');
like($page, qr/\@media print/, 'it can be printed');
my $parsed = $node->psql('postgres', q{SELECT xml_is_well_formed_document(regexp_replace(privrelease.impact_report('open.person'), '^<!DOCTYPE html>', ''))}, stdout => \my $well_formed);
SKIP:
{
	skip 'the server was built without libxml', 1 if $parsed != 0;
	is($well_formed, 't', 'well-formed XML');
}

# Contrast (WCAG) of every ink on every ground, in both schemes
sub luminance
{
	my ($red, $green, $blue) = map { my $c = hex($_) / 255; $c <= 0.03928 ? $c / 12.92 : (($c + 0.055) / 1.055)**2.4 } $_[0] =~ /(..)(..)(..)/;
	return 0.2126 * $red + 0.7152 * $green + 0.0722 * $blue;
}
my @low;
foreach my $scheme ($page =~ /:root\{(?:color-scheme:light dark;)?(--ink[^}]*)\}/g)
{
	my %colour = $scheme =~ /--(\w+):#(\w{6})/g;
	foreach my $ground (qw(paper sheet))
	{
		foreach my $ink (qw(ink soft good bad open))
		{
			my ($a, $b) = sort { $b <=> $a } map { luminance($colour{$_}) } $ink, $ground;
			push @low, "$ink on $ground" if ($a + 0.05) / ($b + 0.05) < 4.5;
		}
	}
}
is("@low", '', 'letters can be read in the light and in the dark');

# ---- a dump has what an office has set, and the records

$node->safe_psql('postgres', q{SELECT privrelease.set_criterion('data.uniques', 7, 3); CREATE DATABASE copy});
my $dump = "$directory/dump.sql";
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump ], 'pg_dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('copy'), '-f', $dump ], 'and its restore');
is($node->safe_psql('copy', q{SELECT weight, threshold, default_weight, default_threshold FROM privrelease.impact_criteria WHERE criterion = 'data.uniques'}), '7|3|2|0', 'numbers of the office');
is($node->safe_psql('copy', 'SELECT count(*) FROM privrelease.impact_criteria'), $node->safe_psql('postgres', 'SELECT count(*) FROM privrelease.impact_criteria'), 'and each criterion once');
my $records = q{SELECT md5(string_agg(r::text, ',' ORDER BY id)) FROM privrelease.impact_record AS r};
is($node->safe_psql('copy', $records), $node->safe_psql('postgres', $records), 'records of decisions');
isnt($node->psql('copy', 'DELETE FROM privrelease.impact_record'), 0, 'which stay there, too');

# ---- encodings: the page is the same characters in all of them

foreach my $encoding (qw(UTF8 EUC_CN LATIN1 SQL_ASCII))
{
	$node->safe_psql('postgres', "CREATE DATABASE \"enc_$encoding\" ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
	$node->safe_psql("enc_$encoding", 'CREATE EXTENSION privrelease');
	# U+00E9 and U+4E2D, as far as there are such characters; a byte that is none
	my %bytes = (UTF8 => "\\303\\251\\344\\270\\255", EUC_CN => "\\250\\246\\326\\320", LATIN1 => "\\351", SQL_ASCII => "\\303\\251\\344\\270\\255\\377");
	my %wanted = (UTF8 => '&#233;&#20013;', EUC_CN => '&#233;&#20013;', LATIN1 => '&#233;', SQL_ASCII => '&#233;&#20013;&#65533;');
	my $title = $node->safe_psql("enc_$encoding", qq{SET client_encoding = SQL_ASCII;
		SELECT (regexp_match(privrelease.impact_page(jsonb_build_object('declared', jsonb_build_object('contact', convert_from('$bytes{$encoding}'::bytea, '$encoding')))),
		  'Contact</dt><dd><span dir="auto">([^<]*)<'))[1]});
	is($title, $wanted{$encoding}, "characters of $encoding");
}

# ---- the browser

my ($chromium) = grep { defined } map { my $name = $_; (grep { -x } map { "$_/$name" } split /:/, $ENV{PATH})[0] } qw(chromium chromium-browser google-chrome);
if (!defined $chromium)
{
	note('chromium is not installed: the page is not looked at');
	done_testing();
	exit;
}

# Runs it on a file; returns what it prints and what it complains of.
sub browse
{
	my ($file, @options) = @_;
	local $ENV{HOME} = $directory;
	my ($stdout, $stderr) = ('', '');
	my $ran = eval
	{
		IPC::Run::run([ $chromium, '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run', '--disable-background-networking',
			"--user-data-dir=$directory/profile", '--enable-logging=stderr', '--virtual-time-budget=5000', @options, "file://$file" ],
			'<', \undef, '>', \$stdout, '2>', \$stderr, IPC::Run::timeout(180));
	};
	return ($ran, $stdout, join("\n", grep { /CONSOLE/ } split /\n/, $stderr), $stderr);
}

sub write_file
{
	my ($name, $content) = @_;
	open my $handle, '>', "$directory/$name" or die $!;
	print $handle $content;
	close $handle;
	return abs_path("$directory/$name");
}

# A page around a page, which measures it in a frame of some width and writes down what it finds.
my $measure = q{
const frame = document.getElementById('frame');
frame.addEventListener('load', () => {
	const page = frame.contentDocument, view = frame.contentWindow, found = [];
	const say = text => found.push(text);
	const name = element => element.tagName + (element.className.baseVal === undefined && element.className ? '.' + element.className : '') + ' ' + element.textContent.trim().slice(0, 40);
	const edge = page.documentElement.clientWidth;
	if (page.documentElement.scrollWidth > edge) say('the page is wider than its window');
	for (const element of page.body.querySelectorAll('*')) {
		if (element.closest('svg') || view.getComputedStyle(element).position === 'absolute' || element.closest('thead') && edge < 700) continue;
		const box = element.getBoundingClientRect();
		if (box.right > edge + 1) say('beyond the window: ' + name(element));
		if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) say('overflows: ' + name(element));
		const parent = element.parentElement.getBoundingClientRect();
		if (parent.width > 0 && box.right > parent.right + 1) say('out of its box: ' + name(element));
	}
	let pictures = 0;
	for (const picture of page.querySelectorAll('figure svg')) {
		const frame = picture.getBoundingClientRect(), texts = [];
		pictures++;
		if (!(frame.width > 100 && frame.height > 20)) say('a picture has no size');
		for (const shape of picture.querySelectorAll('rect, circle, text, line')) {
			const box = shape.getBoundingClientRect();
			if (shape.tagName === 'rect' && !(box.width > 0 && box.height > 0)) say('a shape has no size');
			if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) say('out of the picture: ' + shape.tagName + ' ' + shape.textContent);
			if (shape.tagName === 'text') texts.push([box, shape.textContent]);
		}
		for (let i = 0; i < texts.length; i++)
			for (let j = 0; j < i; j++)
				if (texts[i][0].left < texts[j][0].right && texts[j][0].left < texts[i][0].right && texts[i][0].top + 2 < texts[j][0].bottom && texts[j][0].top + 2 < texts[i][0].bottom)
					say('texts over each other: ' + texts[i][1] + ' / ' + texts[j][1]);
		if (!picture.querySelector('title') || !picture.querySelector('desc')) say('a picture without a title');
		for (const id of picture.getAttribute('aria-labelledby').split(' ')) if (!page.getElementById(id)) say('no element ' + id);
	}
	let level = 0;
	for (const heading of page.querySelectorAll('h1, h2, h3, h4')) {
		const next = Number(heading.tagName[1]);
		if (next > level + 1) say('heading out of order: ' + heading.textContent);
		level = next;
	}
	if (page.querySelectorAll('h1').length !== 1) say('not one first heading');
	for (const table of page.querySelectorAll('table')) {
		const columns = table.querySelectorAll('thead th[scope=col]').length;
		if (!table.caption) say('a table without a caption');
		for (const row of table.querySelectorAll('tbody tr')) if (row.cells.length !== columns || row.querySelectorAll('th[scope=row]').length !== 1) say('a row without headers');
	}
	const ids = [...page.querySelectorAll('[id]')].map(element => element.id);
	if (new Set(ids).size !== ids.length) say('an id twice');
	if (page.querySelector('script, img, link, iframe, object, embed, form, base')) say('foreign elements');
	for (const entry of view.performance.getEntriesByType('resource')) say('request: ' + entry.name);
	if (/ran|^1$/.test(page.title)) say('a script ran');
	document.body.textContent = JSON.stringify({ width: edge, pictures, headings: page.querySelectorAll('h2').length, rows: page.querySelectorAll('tbody tr').length, found });
});
};

sub around
{
	my ($content, $width) = @_;
	$content =~ s/&/&amp;/g;
	$content =~ s/"/&quot;/g;
	return qq{<!DOCTYPE html><meta charset="utf-8"><body><iframe id="frame" style="border:0;width:${width}px;height:12000px"></iframe>}
		. qq{<script>$measure\ndocument.getElementById('frame').srcdoc = document.getElementById('content').value;</script>} =~ s/<script>/<textarea id="content" hidden>$content<\/textarea><script>/r;
}

sub measured
{
	my ($content, $width, $name) = @_;
	my ($ran, $dom, $console, $stderr) = browse(write_file("$name.html", around($content, $width)), '--window-size=1400,1000', '--dump-dom');
	my ($json) = $dom =~ /(\{"width".*\})/s;
	diag($stderr) unless $ran && defined $json;
	return ($json // '', $console);
}

foreach my $width (1200, 820, 375)
{
	my ($json, $console) = measured($page, $width, "measure_$width");
	like($json, qr/"width":$width,"pictures":4,"headings":13,"rows":[4-9]\d,/, "$width wide: pictures, sections and rows are there");
	like($json, qr/"found":\[\]\}$/, "$width wide: nothing overflows, everything has its name");
	is($console, '', "$width wide: no complaint on the console");
}

# a document that says nothing is a page, too
my $empty = $node->safe_psql('postgres', q{SELECT privrelease.impact_page('{}')});
like((measured($empty, 375, 'empty'))[0], qr/"found":\[\]\}$/, 'a page of nothing');

# faults are found
(my $faulty = $page) =~ s{</main>}{<h4 id="s1">x</h4><div style="width:3000px">wide</div><img src="https://privrelease.invalid/x.png" alt=""/></main>};
$faulty =~ s/(<text [^>]*class="name">)/$1a text that is so long that it does not fit into its picture at all, by far/;
my ($json, $console) = measured($faulty, 1200, 'faulty');
like($json, qr/wider than its window/, 'a wide element is found');
like($json, qr/heading out of order|an id twice/, 'an id that is there twice is found');
like($json, qr/out of the picture/, 'a long text is found');
like($json, qr/foreign elements/, 'a picture from elsewhere is found');
like($console, qr/Content Security Policy/, 'and the page does not let it be fetched');

# pictures of it, for people
foreach my $shot ([ desk => '--window-size=1200,6400' ], [ telephone => '--window-size=500,11000' ], [ dark => '--window-size=1200,6400', '--blink-settings=preferredColorScheme=0' ])
{
	my ($name, @options) = @$shot;
	my $file = "$PostgreSQL::Test::Utils::log_path/report_$name.png";
	my ($ran, $stdout, $complaints, $stderr) = browse(write_file("$name.html", $page), @options, "--screenshot=$file");
	ok(-s $file > 20000, "a screenshot: $name") or diag($stderr);
	is($complaints, '', "$name: no complaint on the console");
}

done_testing();
