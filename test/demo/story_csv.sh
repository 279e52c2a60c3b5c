# Sourced by story.sh with FILE-NAME SEPARATOR HEADER: the story on a file.

FILE_NAME=$1
SEPARATOR=$2
HEADER=$3
STEWARD=steward

[ "$SEPARATOR" != tab ] || SEPARATOR=$'\t'

session postgres -f test/demo/csv_load.sql -f test/demo/csv_propose.sql >/dev/null || die "the demo's functions could not be made"
session postgres >/dev/null <<SQL || die "the roles could not be made"
CREATE ROLE steward LOGIN;
CREATE ROLE open_reader LOGIN;
CREATE SCHEMA source AUTHORIZATION steward;
CREATE SCHEMA open AUTHORIZATION steward;
SQL

# The line of names, and perhaps a record or two more; whole characters only.
head -c 262144 "$WORK/input.csv" | iconv -c -f UTF-8 -t UTF-8 >"$WORK/head.csv" 2>/dev/null

say "Reading $FILE_NAME ..."
session postgres -v file="$FILE_NAME" -v path="$WORK/input.csv" -v head="$WORK/head.csv" -v separator="$SEPARATOR" \
    -v header="$HEADER" -A -t >"$WORK/loaded" <<'SQL'
SELECT demo.load(:'file', :'path', :'head', :'separator', nullif(:'header', ''));
SQL
if [ $? != 0 ]; then
    sed -e 's/^ERROR:  /error: /' -e 's/^HINT:  /hint: /' "$WORK/loaded" >&2
    exit 1
fi
TABLE=$(tail -n 1 "$WORK/loaded")
sed -e '$d' -e 's/^NOTICE:  /   /' "$WORK/loaded"
SOURCE=source.$TABLE
RELEASE=open.$TABLE

step "The source" "The file as a table, owned by the role steward; the types were found by reading every value."
tell steward <<SQL
SELECT column_name, data_type, demo.count_values('$SOURCE', column_name) AS different_values
  FROM information_schema.columns WHERE table_schema = 'source' AND table_name = '$TABLE' ORDER BY ordinal_position;
SQL

step "Install the extension and make a key" \
    "A superuser does this once.  The key lies in a file beside the data directory, not in the database."
tell_calls postgres <<'SQL'
CREATE EXTENSION privrelease;
SELECT privrelease.create_key('demo');
SQL

step "What the columns seem to be" "By their names, the form of their values, check digits, and how many values are different."
tell steward <<SQL
SELECT column_name, kind, category, detector, round(matched::numeric, 2) AS matched, round(distinct_share::numeric, 2) AS distinct_share
  FROM privrelease.discover('$SOURCE');
SQL

ask "SELECT line FROM demo.propose('$SOURCE', '$RELEASE')" >"$WORK/proposal.sql" || {
    cat "$WORK/proposal.sql" >&2
    die "no rules could be proposed"
}
step "Rules, as proposed from that, from types and values" \
    "A proposal to read and change, not a verdict: only somebody who knows the data can tell what identifies a person." \
    "A column without a rule does not appear."
cat "$WORK/proposal.sql"
if ! grep -q 'set_rule' "$WORK/proposal.sql"; then
    say "" "No column of $FILE_NAME can be judged by its name and values, so there is nothing to release:" \
        "write a rule for each column yourself, in the way that \"make demo\" without a file shows."
    exit 0
fi
{ echo '\o /dev/null'; cat "$WORK/proposal.sql"; } | session steward || die "a proposed rule was refused"

HIDDEN=$(ask "SELECT demo.hidden_column('$SOURCE', '$RELEASE')")
build_and_publish
read_as_audience "$(some_columns "$RELEASE" 9)"
refuse_audience
