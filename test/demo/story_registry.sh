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

step "A release table: every version keeps a promise" \
    "What is to be combined freely needs more than rules for columns.  Each combination of sex, birth and postcode shall fit at least 5 persons" \
    "with 3 different diagnoses; at most 2 % of the rows may be left out.  levels: how coarse each column gets is found, not guessed."
tell_calls registrar <<'SQL'
SELECT privrelease.create_release('open.health', 'registry.residents', subject => 'id_number', kind => 'table',
           model => '{"k": 5, "suppression_limit": 0.02, "l": {"column": "diagnosis", "variant": "distinct", "l": 3}}');
SELECT privrelease.set_rule('open.health', 'sex',        'keep');
SELECT privrelease.set_rule('open.health', 'birth_date', 'date_trunc', '{"levels": ["month", "year", "decade"]}', 'born');
SELECT privrelease.set_rule('open.health', 'postcode',   'prefix', '{"levels": [5, 4, 3, 2]}');
SELECT privrelease.set_rule('open.health', 'diagnosis',  'keep');
SELECT privrelease.set_rule('open.health', 'income',     'bin', '{"width": 20000, "top": 200000}');
SQL

step "Measure it before anybody reads it" "assess() measures what a refresh would write now, and records it; here some of its numbers."
tell registrar <<'SQL'
SELECT a ->> 'verdict' AS verdict, a -> 'classes' AS classes, a -> 'min_class' AS smallest, a -> 'suppressed' AS suppressed,
       round((a #>> '{risk,prosecutor,average}')::numeric, 4) AS average_risk, round((a #>> '{utility,loss}')::numeric, 4) AS loss
  FROM privrelease.assess('open.health') AS a;
SQL

step "Refresh" "The optimal levels are searched, rows that still stand alone are left out, and the finished rows are verified before they are committed."
tell registrar <<'SQL'
SELECT privrelease.refresh('open.health');
SELECT version, records, subjects, suppressed, classes, min_class, levels FROM privrelease.versions;
SQL

step "Two releases tell more together" \
    "Whoever reads the view of above as well knows the class of each row, and much more: so the view goes before the table comes."
tell registrar <<'SQL'
SELECT j -> 'classes' AS classes, j #> '{risk,uniques}' AS of_one_person, j ->> 'verdict' AS verdict
  FROM privrelease.joint_risk('open.residents', 'open.health') AS j;
SQL
tell_calls registrar <<'SQL'
SELECT privrelease.withdraw('open.residents', 'replaced by open.health');
SELECT privrelease.publish('open.health', 'open_reader');
SQL

step "The audience and the table" \
    "Rows lie in an order that says nothing, and keep their key release_row while they stay as they are." \
    "SELECT is granted on columns: ctid and xmin, which tell rows of one refresh from those of another, are denied by PostgreSQL itself."
tell open_reader <<'SQL'
SELECT * FROM open.health LIMIT 5;
SELECT sum(persons) AS rows, count(*) AS classes, min(persons) AS smallest, min(diagnoses) AS fewest_diagnoses
  FROM (SELECT count(*) AS persons, count(DISTINCT diagnosis) AS diagnoses FROM open.health GROUP BY sex, born, postcode) AS class;
SQL
refused "SELECT ctid FROM open.health;"
refused "SELECT * FROM open.residents;"
refused "DELETE FROM open.health;"

step "The source changes" "The next version writes what differs, and nothing else: readers never wait, replicas receive the difference."
tell registrar <<'SQL'
UPDATE registry.residents SET diagnosis = 'influenza' WHERE record_no BETWEEN 1 AND 1000;
SELECT privrelease.refresh('open.health');
SELECT version, records, suppressed, min_class, deleted, inserted FROM privrelease.versions ORDER BY version;
SQL

step "Two persons for what cannot be taken back" \
    "A superuser says who has which duty.  From now on a release is published after somebody else has approved it."
session postgres >/dev/null <<SQL || die "the roles could not be made"
CREATE ROLE officer LOGIN;
CREATE ROLE inspector LOGIN;
SQL
tell_calls postgres <<'SQL'
SELECT privrelease.grant_duty('steward', 'registrar');
SELECT privrelease.grant_duty('approver', 'officer');
SELECT privrelease.grant_duty('auditor', 'inspector');
ALTER DATABASE city SET privrelease.require_approval = on;
SQL

step "Change what is published" \
    "The registrar takes income out.  That is a draft: readers, and refreshes, keep to what was published." \
    "What no measurement tells he has to say himself before he can ask for approval."
tell_calls registrar <<'SQL'
SELECT privrelease.drop_rule('open.health', 'income');
SELECT privrelease.set_metadata('open.health', '{
    "title": "Health of residents", "publisher": "City of Haibin", "licence": "CC-BY-4.0",
    "purpose": "planning of surgeries", "legal_basis": "City statistics ordinance, section 4",
    "public_interest": "high: where surgeries are missing", "retention": "until the next census",
    "sharing": "controlled", "contact": "Registry, Room 12"}');
SELECT privrelease.assess('open.health');
SELECT privrelease.submit('open.health');
SQL
tell registrar <<'SQL'
SELECT release, state, draft FROM privrelease.releases WHERE release = 'open.health';
SQL

step "The other person" \
    "She sees what was measured and declared, and no value of the source: level and risk by GB/T 42460, weighed against the public" \
    "interest by numbers that an office can change.  impact_report() is the same as a page to print."
tell officer <<'SQL'
SELECT a ->> 'verdict' AS verdict, a #>> '{grading,level}' AS level, a #>> '{grading,r}' AS risk, a -> 'balance' ->> 'interest_word' AS interest
  FROM privrelease.impact_assessment('open.health') AS a;
SQL
tell_calls officer <<'SQL'
SELECT privrelease.approve('open.health', 'without income');
SQL
tell_calls registrar <<'SQL'
SELECT privrelease.publish('open.health');
SQL

step "A person objects" \
    "The release is withdrawn until it is refreshed without him.  The database keeps a keyed digest, and not who it was."
tell registrar <<'SQL'
SELECT release, count(*) AS versions FROM privrelease.whereabouts('registry.residents', (SELECT id_number FROM registry.residents WHERE record_no = 7))
 GROUP BY release;
SELECT privrelease.object('open.health', id_number, 'asked in writing') FROM registry.residents WHERE record_no = 7;
SELECT state, suspended FROM privrelease.releases WHERE release = 'open.health';
SELECT privrelease.refresh('open.health');
SELECT state, suspended, audience FROM privrelease.releases WHERE release = 'open.health';
SQL

step "To the portal" \
    "A file that no spreadsheet takes for formulas, and its description as a Data Package, with the digest of exactly that file."
tell open_reader <<'SQL'
SELECT rtrim(line, E'\r') AS line FROM privrelease.export_csv('open.health') AS line LIMIT 3;
SELECT p ->> 'title' AS title, r ->> 'path' AS path, r ->> 'bytes' AS bytes, r ->> 'hash' AS hash
  FROM privrelease.datapackage('open.health') AS p, jsonb_array_elements(p -> 'resources') AS r;
SQL

step "Years later" \
    "Each step is in a log, in which every entry is hashed with the one before and signed.  verify_log() and audit() answer with what is wrong."
tell inspector <<'SQL'
SELECT entry, session_role, event, release FROM privrelease.log ORDER BY entry DESC LIMIT 8;
SELECT count(*) AS findings FROM privrelease.verify_log();
SELECT severity, object, finding FROM privrelease.audit();
SQL
