#!/usr/bin/env bash
# Every suite of "make test", inside the workspace, as the unprivileged user.
# Each prints TAP-like lines; the tally counts them.  A suite that breaks off, or
# runs nothing where tests exist, is a failure too.

# shellcheck source=test/setup/server.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/server.sh"

PASSED=0
FAILED=0

heading()
{
    printf '\n== %s (%s s)\n' "$1" "$(seconds)"
}

# tally STATUS: counts the TAP lines of standard input, shows those that matter.
tally()
{
    local log=$WORK/tally
    local bad

    cat >"$log"
    grep -vE '^ok\b' "$log" | grep -E '^(not ok|#|SKIP|notice)' | head -n 400
    bad=$(grep -cE '^not ok' "$log")
    PASSED=$((PASSED + $(grep -E '^ok\b' "$log" | grep -ciEv '# *skip')))
    FAILED=$((FAILED + bad))
    grep -iE '^ok\b.*# *skip' "$log" | sed -e 's/^ok/skipped/'
    if [ "$1" != 0 ] && [ "$bad" = 0 ]; then
        FAILED=$((FAILED + 1))
        echo "not ok - the suite broke off; the end of its output:"
        tail -n 30 "$log" | sed -e 's/^/#   /'
    fi
    printf '   %s ok, %s not ok\n' "$(grep -cE '^ok\b' "$log")" "$bad"
}

# suite HEADING COMMAND...
suite()
{
    local output=$WORK/suite.out
    local status

    heading "$1"
    shift
    (trap stop_all EXIT; "$@") >"$output" 2>&1
    status=$?
    tally "$status" <"$output"
}

# One check that is a query: no row is a pass, rows say what is wrong.
no_rows()
{
    local rows

    if ! rows=$(psql -X -A -t -q -v ON_ERROR_STOP=1 "${@:2}" 2>&1) || [ -n "$rows" ]; then
        printf 'not ok - %s\n' "$1"
        printf '%s\n' "$rows" | head -n 20 | sed -e 's/^/#   /'
        return 1
    fi
    printf 'ok - %s\n' "$1"
}

build_suite()
{
    local log=$WORK/build.errors

    if build WERROR=1 2>"$log"; then
        echo "ok - builds and installs without a warning"
    else
        echo "not ok - builds and installs without a warning"
        sed -e 's/^/#   /' "$log"
        return 1
    fi
}

# pg_regress of 15 prints "test NAME ... ok 12 ms", later ones print TAP.
regress_to_tap()
{
    sed -nE -e 's/^test ([^ ]+) +\.\.\. +ok.*/ok - \1/p' \
        -e 's/^test ([^ ]+) +\.\.\. +FAILED.*/not ok - \1/p' \
        -e 's/^(ok|not ok) +[0-9]+ +[-+] +([^ ]+).*/\1 - \2/p'
}

installcheck()
{
    local status

    rm -rf regression.diffs results output_iso
    make -s PG_CONFIG="$PG_CONFIG" with_llvm=no TAP_TESTS= installcheck "$@" >"$WORK/installcheck.log" 2>&1
    status=$?
    regress_to_tap <"$WORK/installcheck.log"
    for diffs in regression.diffs output_iso/regression.diffs; do
        [ ! -s "$diffs" ] || sed -e 's/^/#   /' "$diffs"
    done
    [ "$status" = 0 ] || tail -n 5 "$WORK/installcheck.log" | sed -e 's/^/#   /'
    no_rows "leaves no role behind" -c "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'"
    no_rows "leaves no database behind" -c "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1', 'contrib_regression', 'isolation_regression')"
    return "$status"
}

regress_suite()
{
    ls test/sql/*.sql >/dev/null 2>&1 || { echo "not ok - there are regression tests"; return 1; }
    if [ "$1" = preloaded ]; then
        server_start regress "$(preloaded regress)"
    else
        server_start late "privrelease.keyring_file = '$WORK/late.keyring'"
    fi
    installcheck
    local status=$?
    server_stop
    return "$status"
}

# What is installed, seen from the server's own catalogues.
install_suite()
{
    local status=0

    server_start install "$(preloaded install)"
    psql -X -q -c 'CREATE EXTENSION privrelease' || { echo "not ok - CREATE EXTENSION"; return 1; }
    no_rows "every object of the extension has a comment" -f test/lint/comments.sql || status=1
    no_rows "functions that are not C pin search_path" -f test/lint/search_path.sql || status=1
    no_rows "tables of the extension grant PUBLIC nothing but listed reads" -f test/lint/public_grants.sql || status=1
    no_rows "tables of the extension can be changed while a publication has all tables" -f test/lint/replica_identity.sql || status=1
    psql -X -q -v ON_ERROR_STOP=1 -c 'DROP EXTENSION privrelease' -c 'CREATE EXTENSION privrelease' &&
        echo "ok - DROP EXTENSION and CREATE EXTENSION again" || { echo "not ok - DROP EXTENSION and CREATE EXTENSION again"; status=1; }
    server_stop
    return "$status"
}

tap_suite()
{
    ls test/t/*.pl >/dev/null 2>&1 || { echo "not ok - there are TAP tests"; return 1; }
    local pgxs
    local status

    pgxs=$("$PG_CONFIG" --pgxs)
    pgxs=${pgxs%/src/makefiles/pgxs.mk}
    rm -rf tmp_check && mkdir tmp_check
    TESTDIR=$PWD TESTDATADIR=$PWD/tmp_check TESTLOGDIR=$PWD/tmp_check/log PG_REGRESS=$pgxs/src/test/regress/pg_regress PGPORT=65432 PGHOST='' PGDATA='' \
        prove -v -I "$pgxs/src/test/perl" -I test/t test/t/*.pl >"$WORK/prove.log" 2>"$WORK/prove.errors"
    status=$?
    # Standard output has notes too, hundreds of them from sessions in the background; what failed is told on the other.
    sed -nE -e 's/^((not )?ok) [0-9]+/\1/p' -e '/^test\/t.* skipped:/s/^/notice: /p' -e '/^All 0 subtests|Dubious|No subtests run/s/^/#   /p' "$WORK/prove.log"
    sed -nE -e 's/^[[:space:]]*# /#   /p' "$WORK/prove.errors"
    return "$status"
}

demo_suite()
{
    bash test/demo/check.sh
}

private_installation
heading "$("$REAL_PG_CONFIG" --version), $(gcc --version | head -n 1)"
[ -d ../shared/data ] || echo "notice: no ../shared/data; the tests that read it are skipped"
suite "lint" bash test/lint/run.sh
suite "build" build_suite
if [ ! -f privrelease.so ]; then
    printf '\n%s passed, %s failed\n' "$PASSED" "$FAILED"
    exit 1
fi
suite "symbols" bash test/lint/check_symbols.sh
suite "unit tests" bash test/unit/run.sh
suite "fuzz replay" bash test/fuzz/run.sh
suite "what is installed" install_suite
suite "regression and isolation tests, preloaded" regress_suite preloaded
suite "regression and isolation tests, not preloaded" regress_suite late
# One seed here, so that a run can be repeated; make fuzz draws others.
suite "answers with derived quals and without" bash test/fuzz/derived.sh 20 2026
suite "TAP tests" tap_suite
suite "the demo" demo_suite

printf '\n%s s\n%s passed, %s failed\n' "$(seconds)" "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
