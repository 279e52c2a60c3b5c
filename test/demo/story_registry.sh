# Sourced by story.sh: the story on the made-up city registry.

SOURCE=registry.residents
RELEASE=open.residents
STEWARD=registrar
HIDDEN=full_name

session postgres -f test/demo/registry.sql || die "the registry could not be made"
session postgres >/dev/null <<SQL || die "the roles could not be made"
CREATE ROLE registrar LOGIN;
CREATE ROLE open_reader LOGIN;
ALTER SCHEMA registry OWNER TO registrar;
ALTER TABLE registry.residents OWNER TO registrar;
CREATE SCHEMA open AUTHORIZATION registrar;
SQL

step "The source" \
    "A made-up city registry, owned by the role registrar.  Some persons have several rows," \
    "some values are missing, some are malformed, as in real registries."
tell registrar <<'SQL'
SELECT count(*) AS rows, count(DISTINCT id_number) AS id_numbers,
       count(*) FILTER (WHERE email IS NULL) AS no_email, min(birth_date) AS eldest, max(income) AS richest
  FROM registry.residents;
SELECT id_number, full_name, sex, birth_date, mobile, income, diagnosis
  FROM registry.residents LIMIT 3;
SQL

step "Install the extension and make a key" \
    "A superuser does this once.  The key lies in a file beside the data directory, not in the database."
tell_calls postgres <<'SQL'
CREATE EXTENSION privrelease;
SELECT privrelease.create_key('city');
SQL

step "What the columns seem to be" \
    "From here on everything is done by the owner of the source, who is no superuser.  discover() reads a sample of 10,000 rows:" \
    "matched is the share of values that pass the detector, distinct_share that of different ones.  Nothing is written."
tell registrar <<'SQL'
SELECT column_name, kind, category, detector, round(matched::numeric, 3) AS matched, round(distinct_share::numeric, 3) AS distinct_share
  FROM privrelease.discover('registry.residents');
SQL

step "Say what the columns are" \
    "The proposal, and what only the registrar knows: addresses here begin with the district, income is what nobody should learn."
tell_calls registrar <<'SQL'
SELECT privrelease.classify('registry.residents', 'id_number',  'identifier');
SELECT privrelease.classify('registry.residents', 'full_name',  'identifier');
SELECT privrelease.classify('registry.residents', 'mobile',     'identifier');
SELECT privrelease.classify('registry.residents', 'email',      'identifier');
SELECT privrelease.classify('registry.residents', 'birth_date', 'quasi_identifier');
SELECT privrelease.classify('registry.residents', 'sex',        'quasi_identifier');
SELECT privrelease.classify('registry.residents', 'address',    'quasi_identifier');
SELECT privrelease.classify('registry.residents', 'postcode',   'quasi_identifier');
SELECT privrelease.classify('registry.residents', 'income',     'sensitive');
SELECT privrelease.classify('registry.residents', 'diagnosis',  'sensitive', 'health');
SQL

step "Declare a release, and one rule for each column of it" \
    "subject: the column that tells persons apart.  A column without a rule does not appear: full_name has none."
tell_calls registrar <<'SQL'
SELECT privrelease.create_release('open.residents', 'registry.residents', subject => 'id_number');
SELECT privrelease.set_rule('open.residents', 'id_number',  'pseudonymize', '{"key": "city"}', 'person');
SELECT privrelease.set_rule('open.residents', 'sex',        'keep');
SELECT privrelease.set_rule('open.residents', 'birth_date', 'date_trunc', '{"unit": "year"}', 'birth_year');
SELECT privrelease.set_rule('open.residents', 'mobile',     'partial', '{"left": 3, "right": 0}');
SELECT privrelease.set_rule('open.residents', 'email',      'partial_email');
SELECT privrelease.set_rule('open.residents', 'address',    'prefix', '{"length": 6}');
SELECT privrelease.set_rule('open.residents', 'postcode',   'prefix', '{"length": 3}');
SELECT privrelease.set_rule('open.residents', 'income',     'bin', '{"width": 20000, "top": 200000}');
SELECT privrelease.set_rule('open.residents', 'water_bill', 'noise', '{"distribution": "laplace", "scale": 5, "grid": 0.01, "bottom": 0, "key": "city"}');
SELECT privrelease.set_rule('open.residents', 'diagnosis',  'keep');
SELECT privrelease.set_rule('open.residents', 'last_visit', 'date_shift', '{"max_days": 180, "key": "city"}');
SELECT privrelease.set_rule('open.residents', 'portal_ip',  'network', '{"v4": 16, "v6": 32}');
SQL

build_and_publish
read_as_audience "left(person, 8) AS person, sex, birth_year, mobile, email, address, postcode, income, water_bill, diagnosis, last_visit, portal_ip"
refuse_audience
