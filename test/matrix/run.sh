#!/usr/bin/env bash
# make test-matrix [VERSIONS="15 17 18"]: every test on every major version.
#
# A version whose server and development files are installed here is tested
# here, by test/run.sh.  Any other is tested in a Debian of its own, made in a
# chroot of the release that has it, which needs root or sudo and a Debian
# mirror.  What could not be tested counts as failed and is named at the end:
# a matrix that leaves something out says so.  The last line is the sum,
# "N passed, M failed".
#
# Chroots run side by side.  They stop, and remove what they made, when this
# script ends, however it ends: they hold the reading end of a pipe, the lease,
# whose writing end is only here.
#
# Environment: PR_MATRIX_MIRROR=URL instead of the mirror that apt uses here;
# PR_MATRIX_CACHE=DIRECTORY keeps base systems for the next time.

# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/workspace.sh"

PASSED=0
FAILED=0
UNTESTED=
HERE=

# The Debian that has a major version; 16 is in none.
release_of()
{
    case $1 in
        15) echo bookworm ;;
        17) echo trixie ;;
        18) echo forky ;;
        *) return 1 ;;
    esac
}

installed_here()
{
    complete_server "/usr/lib/postgresql/$1/bin/pg_config"
}

# report VERSION: standard input goes to a log, and to the screen with the version before it.
report()
{
    tee "$WORK/$1.log" | sed -u -e "s/^/$1| /"
}

# In the background, because a signal must not wait for its end.
test_here()
{
    mkfifo -m 600 "$WORK/output" || exit 1
    report "$1" <"$WORK/output" 7>&- &
    PG_CONFIG=/usr/lib/postgresql/$1/bin/pg_config bash "$WORK/src/test/run.sh" </dev/null >"$WORK/output" 2>&1 7>&- &
    HERE=$!
    wait
    HERE=
    rm "$WORK/output"
}

# sudo takes the environment away, so what is needed goes by name.  What goes wrong is said in the log.
test_in_chroot()
{
    local name
    local settings=()

    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "a chroot needs root or sudo, and this user has neither"
    for name in PR_MATRIX_MIRROR PR_MATRIX_CACHE TMPDIR CI http_proxy https_proxy ftp_proxy no_proxy; do
        [ -z "${!name:-}" ] || settings+=("$name=${!name}")
    done
    as_root env PATH="$PATH" "${settings[@]}" bash "$WORK/src/test/matrix/chroot.sh" \
        "$1" "$(release_of "$1")" "$WORK" <"$WORK/lease"
}

# tally VERSION: adds the last line of its log, which only a complete run has.
tally()
{
    local log=$WORK/$1.log
    local last

    last=$(tail -n 1 "$log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && grep -q "^== PostgreSQL $1[^0-9]" "$log"; then
        PASSED=$((PASSED + BASH_REMATCH[1]))
        FAILED=$((FAILED + BASH_REMATCH[2]))
        say "PostgreSQL $1: $last"
    else
        FAILED=$((FAILED + 1))
        UNTESTED+=" $1"
        say "not ok - PostgreSQL $1 was not tested to the end: $( (tail -n 1 "$log"; grep '^error: ' "$log") | tail -n 1 | sed -e 's/^error: //')"
    fi
}

# Ends what runs, then the workspace.
finish()
{
    [ -z "$HERE" ] || kill "$HERE" 2>/dev/null
    exec 7>&-
    wait
    cleanup
}

VERSIONS=${VERSIONS:-15 17 18}
for version in $VERSIONS; do
    installed_here "$version" || release_of "$version" >/dev/null ||
        die "PostgreSQL $version is neither installed here nor in a Debian" "VERSIONS=\"15 17 18\""
done

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
make_workspace
copy_tree
mkfifo -m 600 "$WORK/lease" && exec 7<>"$WORK/lease" || exit 1

for version in $VERSIONS; do
    ! installed_here "$version" || test_here "$version"
done
for version in $VERSIONS; do
    installed_here "$version" && continue
    (exec 7>&-; test_in_chroot "$version" 2>&1 | report "$version") &
done
wait

echo
for version in $VERSIONS; do
    tally "$version"
done
[ -z "$UNTESTED" ] || say "Not tested:$UNTESTED"
say "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
