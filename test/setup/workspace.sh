# Sourced by the scripts behind "make demo", "make test" and "make bench".
#
# Makes a private place under /tmp: a copy of this tree, owned by a user who is
# not root (initdb refuses root, and a clone under /root is invisible to anybody
# else), in which everything else happens.  Whatever was started from here is
# stopped, and the place removed, on every way out.
#
# Invariants: nothing outside the workspace is written, except that missing
# Debian packages are installed; no TCP port is opened; several runs at once do
# not meet.
#
# Environment: PG_CONFIG chooses the server, PR_KEEP=1 keeps the workspace. The scripts set PR_NEEDS_PERL and
# PR_WANTS_OPTIONAL.

set -uo pipefail
unset MAKEFLAGS MFLAGS MAKELEVEL CDPATH
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022

PR_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 1
PR_STARTED=$(date +%s)
WORK=
CHILD=
RUNNER=

say()
{
    printf '%s\n' "$*"
}

# Errors are two lines at most: what is wrong, what to do.
die()
{
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

# ---------------------------------------------------------------- packages

as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "packages are missing and this user can neither be root nor use sudo" \
            "run once as root: apt-get install $(missing_packages)"
    fi
}

# A server that can be started and built against: prints nothing, says yes or no.
complete_server()
{
    [ -x "$1" ] || return 1
    [ -x "$("$1" --bindir)/initdb" ] && [ -f "$("$1" --pgxs)" ]
}

# Sets REAL_PG_CONFIG; fails if there is no complete server.
find_server()
{
    local version

    REAL_PG_CONFIG=
    if [ -n "${PG_CONFIG:-}" ] && [ "$PG_CONFIG" != pg_config ]; then
        complete_server "$PG_CONFIG" || die "$PG_CONFIG belongs to no server with development files" \
            "name the pg_config of a PostgreSQL 15 or later, or leave PG_CONFIG out"
        REAL_PG_CONFIG=$PG_CONFIG
        return 0
    fi
    for version in 18 17 16 15; do
        if complete_server "/usr/lib/postgresql/$version/bin/pg_config"; then
            REAL_PG_CONFIG=/usr/lib/postgresql/$version/bin/pg_config
            return 0
        fi
    done
    if command -v pg_config >/dev/null && complete_server "$(command -v pg_config)"; then
        REAL_PG_CONFIG=$(command -v pg_config)
        return 0
    fi
    return 1
}

# The words for packages.sh: "server" becomes the packages of one version there.
missing_packages()
{
    find_server || printf 'server '
    command -v make >/dev/null || printf 'make '
    command -v gcc >/dev/null || printf 'gcc '
    [ -f /usr/include/stdio.h ] || printf 'libc6-dev '
    [ -f /usr/include/openssl/evp.h ] || printf 'libssl-dev '
    if [ "${PR_NEEDS_PERL:-}" = 1 ]; then
        perl -MIPC::Run -MTest::More -e 1 2>/dev/null || printf 'libipc-run-perl '
    fi
}

install_missing()
{
    local missing

    missing=$(missing_packages) || exit 1
    [ -n "$missing" ] || return 0
    [ -f /etc/debian_version ] && command -v apt-get >/dev/null ||
        die "missing: $missing" "install PostgreSQL 15 or later with its development files, gcc, make and the headers of OpenSSL 3"
    say "Installing what is missing (${missing% }); this takes some minutes, and only the first time."
    # shellcheck disable=SC2086
    as_root bash "$PR_TOP/test/setup/packages.sh" $missing || exit 1
    missing=$(missing_packages) || exit 1
    [ -z "$missing" ] || die "still missing after the installation: $missing"
}

# Packages that some tests use, and skip without: a browser, and pg_cron of a server that is Debian's.
optional_packages()
{
    local version

    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || printf 'chromium '
    version=$(sed -nE 's#^/usr/lib/postgresql/([0-9]+)/bin/pg_config$#\1#p' <<<"$REAL_PG_CONFIG")
    [ -z "$version" ] || [ -e "$("$REAL_PG_CONFIG" --sharedir)/extension/pg_cron.control" ] || printf 'postgresql-%s-cron ' "$version"
}

install_optional()
{
    local optional
    local root=()

    optional=$(optional_packages)
    [ -n "$optional" ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null || return 0
    [ "$(id -u)" = 0 ] || root=(sudo -n --)
    [ "${#root[@]}" = 0 ] || sudo -n true 2>/dev/null || return 0
    say "Installing what some tests can use (${optional% })."
    # shellcheck disable=SC2086
    "${root[@]}" bash "$PR_TOP/test/setup/packages.sh" --optional $optional || :
}

# --------------------------------------------------------------- workspace

# Somebody who is not root: whoever called, else postgres.
choose_runner()
{
    if [ "$(id -u)" != 0 ]; then
        RUNNER=
    elif id postgres >/dev/null 2>&1; then
        RUNNER=postgres
    elif [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
        RUNNER=$SUDO_USER
    else
        RUNNER=nobody
    fi
}

# Programs must be executable there, and socket names have 107 bytes.
make_workspace()
{
    local parent
    local probe

    for parent in /tmp /var/tmp "${TMPDIR:-/tmp}"; do
        WORK=$(mktemp -d "$parent/privrelease.XXXXXX" 2>/dev/null) || continue
        probe=$WORK/probe
        printf '#!/bin/sh\nexit 0\n' >"$probe" && chmod 755 "$probe"
        if "$probe" 2>/dev/null; then
            rm -f "$probe"
            return 0
        fi
        rm -rf "$WORK"
        WORK=
    done
    die "neither /tmp nor /var/tmp lets programs be written and run" "set TMPDIR to a directory that does"
}

# The sources as they lie here, committed or not, without .git and what was built.
list_sources()
{
    if [ -e "$PR_TOP/.git" ] && command -v git >/dev/null &&
        git -c safe.directory="$PR_TOP" -C "$PR_TOP" ls-files -co --exclude-standard -z 2>/dev/null; then
        return 0
    fi
    (cd "$PR_TOP" && find . -name .git -prune -o -type f ! -name '*.o' ! -name '*.so' ! -name '*.bc' -print0)
}

copy_tree()
{
    mkdir "$WORK/src" "$WORK/home" || exit 1
    list_sources >"$WORK/sources"
    [ -s "$WORK/sources" ] || die "no sources found in $PR_TOP"
    # A file that was deleted or is being edited meanwhile is no reason to stop.
    (cd "$PR_TOP" && tar --null --files-from="$WORK/sources" --ignore-failed-read -cf - 2>/dev/null) |
        tar -xf - -C "$WORK/src"
    [ -f "$WORK/src/Makefile" ] || die "could not copy $PR_TOP to $WORK"
    rm -f "$WORK/sources"
    # Data that tests may use where it lies beside the tree.
    if [ -d "$PR_TOP/../shared/data" ]; then
        mkdir "$WORK/shared" && cp -R "$PR_TOP/../shared/data" "$WORK/shared/" && chmod -R u+w "$WORK/shared"
    fi
}

# Servers of any kind that were started below the workspace.
stop_servers()
{
    local signal
    local pid
    local pids

    pids=$(find "$WORK" -name postmaster.pid -exec head -n 1 {} \; 2>/dev/null)
    [ -n "$pids" ] || return 0
    for signal in INT QUIT KILL; do
        for pid in $pids; do
            kill -s "$signal" "$pid" 2>/dev/null
        done
        for _ in $(seq 1 60); do
            for pid in $pids; do
                kill -0 "$pid" 2>/dev/null && break
                pid=
            done
            [ -n "$pid" ] || return 0
            sleep 0.1
        done
    done
}

cleanup()
{
    trap '' INT TERM HUP
    if [ -n "$CHILD" ]; then
        kill -s TERM -- "-$CHILD" 2>/dev/null
        for _ in $(seq 1 30); do
            kill -s 0 -- "-$CHILD" 2>/dev/null || break
            sleep 0.1
        done
        kill -s KILL -- "-$CHILD" 2>/dev/null
    fi
    [ -n "$WORK" ] || return 0
    stop_servers
    if [ "${PR_KEEP:-}" = 1 ]; then
        say "Kept: $WORK"
    else
        rm -rf "$WORK"
    fi
}

# workspace_open: after it, $WORK/src is the tree and REAL_PG_CONFIG the server.
workspace_open()
{
    trap cleanup EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    install_missing
    find_server || exit 1
    [ "${PR_WANTS_OPTIONAL:-}" != 1 ] || install_optional
    choose_runner
    make_workspace
    copy_tree
}

# workspace_run COMMAND...: as the unprivileged user, with a clean environment,
# as a process group of its own, so that a signal here ends all of it.
workspace_run()
{
    local drop=()
    local status

    if [ -n "$RUNNER" ]; then
        chown -R "$RUNNER:$(id -g "$RUNNER")" "$WORK" || exit 1
        drop=(setpriv "--reuid=$RUNNER" "--regid=$(id -g "$RUNNER")" --init-groups --)
    fi
    cd "$WORK/src" || exit 1
    setsid "${drop[@]}" env -i PATH="$PATH" HOME="$WORK/home" USER="${RUNNER:-$(id -un)}" \
        LANG=C.UTF-8 LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" CI="${CI:-}" WORK="$WORK" \
        REAL_PG_CONFIG="$REAL_PG_CONFIG" PR_STARTED="$PR_STARTED" PR_INSTALLED="${PR_INSTALLED:-}" "$@" </dev/null &
    CHILD=$!
    wait "$CHILD"
    status=$?
    CHILD=
    cd / || exit 1
    return "$status"
}
