#!/usr/bin/env bash
# The demo as a test: what it must say, and what it must never show.  Runs inside
# the workspace of "make test"; each story opens one of its own, as for a user.

set -uo pipefail
status=0

# check NAME COMMAND...
check()
{
    local name=$1
    shift
    if "$@" >/dev/null 2>&1; then
        printf 'ok - %s\n' "$name"
    else
        printf 'not ok - %s\n' "$name"
        status=1
    fi
}

absent()
{
    ! grep -qE -- "$@"
}

# part HEADING FILE: the lines from a heading to the next.
part()
{
    awk -v heading="$1" '/^[0-9]+\. / { inside = index($0, heading) > 0 } inside' "$2"
}

# csv_story NAME FILE: as "make demo CSV=FILE", but with what is built already.
csv_story()
{
    env CSV="$2" PR_INSTALLED="$PG_CONFIG" bash test/demo/run.sh >"$WORK/demo-$1.out" 2>&1
}

show_end()
{
    tail -n 15 "$1" | sed -e 's/^/#   /'
}

out=$WORK/demo-registry.out
if csv_story registry ""; then
    echo "ok - registry: the story runs to its end"
else
    echo "not ok - registry: the story runs to its end"
    show_end "$out"
    status=1
fi
part 'What the columns seem to be' "$out" >"$WORK/discovered"
check "registry: identity numbers are discovered" grep -qE '^ id_number +\| identifier +\| identity_document +\| resident_id +\| +0\.99' "$WORK/discovered"
check "registry: names are discovered" grep -qE '^ full_name +\| identifier +\| basic +\| person_name +\| +1\.000' "$WORK/discovered"
check "registry: diagnoses are discovered" grep -qE '^ diagnosis +\| sensitive +\| health ' "$WORK/discovered"
check "registry: every column has a proposal" test "$(grep -cE '^ [a-z_]+ +\| (identifier|quasi_identifier|sensitive) ' "$WORK/discovered")" = 14
part 'What the audience reads' "$out" >"$WORK/reads"
part 'What the audience is refused' "$out" >"$WORK/refused"
check "registry: 100,000 rows reach the audience" grep -qE '^ *100000$' "$WORK/reads"
check "registry: ten rows are shown" test "$(grep -cE '^ *[A-Za-z0-9_-]{8} \|' "$WORK/reads")" = 10
check "registry: birth dates are years" grep -qE '\| [0-9]{4}-01-01 \|' "$WORK/reads"
check "registry: no identity number is read" absent '1101[0-9]{13}[0-9X]' "$WORK/reads"
check "registry: no mobile number is read" absent '\b14[23][0-9]{8}\b' "$WORK/reads"
check "registry: no name is read" absent 'full_name' "$WORK/reads"
check "registry: the definition is a barrier view" grep -qi 'security_barrier' "$out"
check "registry: a superuser's login is not the audience" grep -qE 'open_reader +\| +open_reader' "$WORK/reads"
check "registry: six things are refused" test "$(grep -c 'ERROR:' "$WORK/refused")" = 6
check "registry: the source is refused" grep -q 'permission denied for schema registry' "$WORK/refused"
part 'Measure it before' "$out" >"$WORK/measured"
part 'Refresh' "$out" >"$WORK/refreshed"
part 'Two releases' "$out" >"$WORK/joint"
part 'The audience and the table' "$out" >"$WORK/table"
part 'The source changes' "$out" >"$WORK/changed"
check "registry: the table would keep its model" grep -qE '^ pass +\| ' "$WORK/measured"
check "registry: version 1 is made, and verified" grep -qE '^NOTICE:  version 1 of release open.health: 100000 records, [0-9]+ suppressed, smallest class [5-9]' "$WORK/refreshed"
check "registry: assessment and version agree" test "$(awk -F'|' '/^ pass/ { print $4 + 0 }' "$WORK/measured")" = "$(awk -F'|' '/^ +1 \|/ { print $4 + 0 }' "$WORK/refreshed")"
check "registry: view and table together are told to fail" grep -qE '^ [0-9]+ +\| [0-9]{4,} +\| fail' "$WORK/joint"
check "registry: five rows of the table are shown" test "$(grep -cE '^ [0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-' "$WORK/table")" = 5
check "registry: every class has 5 rows and 3 diagnoses or more" awk -F'|' 'NF == 4 && $1 + 0 > 90000 { found = $3 >= 5 && $4 >= 3 } END { exit !found }' "$WORK/table"
check "registry: three things are refused of the table" test "$(grep -c 'ERROR:' "$WORK/table")" = 3
check "registry: ctid is refused" grep -q 'permission denied for table health' "$WORK/table"
check "registry: what differs is written, and little else" awk -F'|' '$1 + 0 == 2 && NF == 6 { found = $5 > 0 && $5 < 1200 && $6 > 0 && $6 < 1200 } END { exit !found }' "$WORK/changed"
part 'Change what is published' "$out" >"$WORK/draft"
part 'The other person' "$out" >"$WORK/approved"
part 'A person objects' "$out" >"$WORK/objected"
part 'To the portal' "$out" >"$WORK/portal"
part 'Years later' "$out" >"$WORK/years"
check "registry: a draft is submitted beside what is published" grep -qE '^ open.health \| published \| submitted' "$WORK/draft"
check "registry: the impact assessment accepts it" grep -qE '^ acceptable \| 3 +\| 0\.0[0-9]+ \| high' "$WORK/approved"
check "registry: what is approved is published" grep -qE '^NOTICE:  version 3 of release open.health: 100000 records' "$WORK/approved"
check "registry: the person was in three versions" grep -qE '^ open.health \| +3$' "$WORK/objected"
check "registry: the release is suspended" grep -qE '^ withdrawn \| t' "$WORK/objected"
check "registry: one record fewer is refreshed" grep -qE '^NOTICE:  version 4 of release open.health: 99999 records' "$WORK/objected"
check "registry: and given back to its audience" grep -qE '^ published \| f +\| \{open_reader\}' "$WORK/objected"
check "registry: the file has a header and rows" grep -qE '^ release_row,sex,born,postcode,diagnosis' "$WORK/portal"
check "registry: the package has its digest" grep -qE '^ Health of residents \| open-health.csv \| [0-9]+ \| sha256:[0-9a-f]{64}' "$WORK/portal"
check "registry: the log knows who did what" grep -qE '^ +[0-9]+ \| officer +\| approve +\| open.health' "$WORK/years"
check "registry: nothing is wrong with the log" grep -qE '^ +0$' "$WORK/years"
check "registry: audit() finds nothing" awk '/^ severity/ { asked = inside = 1; next } /^Done in/ { inside = 0 } /^-/ { next } inside && NF { found = 1 } END { exit found || !asked }' "$WORK/years"
check "registry: the story says when it is over" grep -q '^Done in [0-9]* seconds' "$out"

# story NAME: the story ran, has ten rows or fewer, and shows a release.
good_story()
{
    local out=$WORK/demo-$1.out

    if [ "$2" = 0 ] && grep -q '^Done in' "$out"; then
        echo "ok - $1: the story runs to its end"
    else
        echo "not ok - $1: the story runs to its end"
        show_end "$out"
        status=1
    fi
    check "$1: the source is refused" grep -q 'permission denied for schema source' "$out"
}

# bad_story NAME PATTERN: it ends with an error that says so, and no value.
bad_story()
{
    local out=$WORK/demo-$1.out

    if [ "$3" != 0 ] && grep -qE -- "$2" "$out" && ! grep -q 'SECRET' "$out"; then
        echo "ok - $1: a clear error"
    else
        echo "not ok - $1: a clear error"
        show_end "$out"
        status=1
    fi
}

data=../shared/data
if [ -d "$data" ]; then
    for file in "$data"/adult/adult.csv "$data"/sdc/*.csv; do
        name=$(basename "$file" .csv)
        csv_story "$name" "$file"
        good_story "$name" $?
    done
    check "adult: the ages are bins" grep -q "'age', 'bin'" "$WORK/demo-adult.out"
    check "adult: all rows reach the audience" grep -qE '^ *30162$' "$WORK/demo-adult.out"
else
    echo "ok - stories on the shared data # SKIP there is no $data"
fi

files=$WORK/files
mkdir -p "$files"

{
    printf '\357\273\277姓名;身份证号;手机号;出生日期;性别;年龄;住址;收入;备注\r\n'
    for i in $(seq 1 60); do
        printf '张%s;11019019700101%03d5;1420000%04d;1970-01-%02d;%s;%s;"海滨市东湖区人民路%s号";%s;"SECRET;%s"\r\n' \
            "$i" "$i" "$i" $((i % 28 + 1)) "$([ $((i % 2)) = 0 ] && echo 男 || echo 女)" $((20 + i)) "$i" $((i * 1000)) "$i"
    done
} >"$files/居民 表.csv"
csv_story chinese "$files/居民 表.csv"
good_story chinese $?
check "chinese: names are discovered" grep -qE '^ 姓名 +\| identifier +\| basic +\| person_name ' "$WORK/demo-chinese.out"
check "chinese: names are left out" grep -q '^--   姓名: ' "$WORK/demo-chinese.out"
check "chinese: identity numbers are pseudonyms" grep -q "'身份证号', 'pseudonymize'" "$WORK/demo-chinese.out"
check "chinese: free text is left out" grep -q '^--   备注: ' "$WORK/demo-chinese.out"

iconv -f UTF-8 -t GB18030 "$files/居民 表.csv" >"$files/gbk.csv" 2>/dev/null
csv_story gbk "$files/gbk.csv"
good_story gbk $?

{
    long=$(printf 'x%.0s' $(seq 1 80))
    printf '"a ""b"", c",,%s,%s,a,A,ctid,"two\nlines"\n' "$long" "$long"
    for i in $(seq 1 40); do
        printf '%s,%s,%s,"one\n%s",x,y,z,%s\n' $((i % 3)) $((i % 2)) $((i % 4)) $((i % 2)) $((i % 5))
    done
} >"$files/odd.csv"
csv_story odd "$files/odd.csv"
good_story odd $?

{ echo group; for i in $(seq 1 40); do echo $((i % 3)); done; echo; echo; } >"$files/one.csv"
csv_story one "$files/one.csv"
good_story one $?

{ for i in $(seq 1 40); do printf '%s\t%s\n' $((i % 3)) $((i % 5)); done; } >"$files/no-header.tsv"
csv_story headless "$files/no-header.tsv"
good_story headless $?

: >"$files/empty.csv"
csv_story empty "$files/empty.csv"
bad_story empty 'error: .* is empty' $?
printf '\n\n' >"$files/blank.csv"
csv_story blank "$files/blank.csv"
bad_story blank 'error: .*blank lines' $?
echo 'a,b,c' >"$files/header.csv"
csv_story header "$files/header.csv"
bad_story header 'error: .*no rows' $?
printf 'a,b\nSECRET1,2\nSECRET3\nSECRET4,5\n' >"$files/short.csv"
csv_story short "$files/short.csv"
bad_story short 'error: short.csv, line 3: missing data' $?
printf 'a,b\nSECRET1,2\nSECRET3,4,SECRET5\n' >"$files/long.csv"
csv_story long "$files/long.csv"
bad_story long 'error: long.csv, line 3: extra data' $?
printf 'a,b\nSECRET1,"2\nSECRET3,4\n' >"$files/quote.csv"
csv_story quote "$files/quote.csv"
bad_story quote 'error: quote.csv, line [0-9]+: unterminated' $?
csv_story missing "$files/nowhere.csv"
bad_story missing 'error: there is no file' $?
exit "$status"
