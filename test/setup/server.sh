# Sourced inside the workspace, as the unprivileged user: a private copy of the
# installed PostgreSQL with this extension in it, and servers that run from it.
#
# PostgreSQL finds its files relative to its programs.  So copied programs and
# links to everything else are a whole installation of our own: nothing of the
# machine's is written, no root is needed, and a cluster that runs on this
# machine never loads what is tried here.

set -uo pipefail

: "${WORK:?}" "${REAL_PG_CONFIG:?}"
BUILD_LOG=$WORK/build.log
PR_JOBS=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

say()
{
    printf '%s\n' "$*"
}

die()
{
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

seconds()
{
    echo $(($(date +%s) - PR_STARTED))
}

# Sets PG_CONFIG, PG_BIN and PATH.
private_installation()
{
    local prefix=$WORK/pg
    local option
    local dir
    local entry

    for option in bindir pkglibdir sharedir includedir pkgincludedir; do
        dir=$("$REAL_PG_CONFIG" --$option) || die "$REAL_PG_CONFIG does not work"
        case $option in
            bindir)
                mkdir -p "$prefix$dir" && cp -R "$dir/." "$prefix$dir/"
                ;;
            include*|pkginclude*)
                [ -e "$prefix$dir" ] || { mkdir -p "$(dirname "$prefix$dir")" && ln -s "$dir" "$prefix$dir"; }
                ;;
            *)
                mkdir -p "$prefix$dir"
                for entry in "$dir"/*; do
                    [ "${entry##*/}" = bitcode ] || cp -Rs "$entry" "$prefix$dir/" 2>/dev/null
                done
                # Never the machine's own privrelease, which may be another version.
                rm -f "$prefix$dir"/privrelease.so "$prefix$dir"/extension/privrelease*
                ;;
        esac
    done
    PG_BIN=$prefix$("$REAL_PG_CONFIG" --bindir)
    PG_CONFIG=$PG_BIN/pg_config
    case $("$PG_CONFIG" --sharedir) in
        "$prefix"*) ;;
        *) die "this PostgreSQL cannot be moved: $("$REAL_PG_CONFIG" --version)" "use one from Debian's packages" ;;
    esac
    export PATH=$PG_BIN:$PATH PG_CONFIG
}

# The same, made by another workspace.
use_installation()
{
    PG_CONFIG=$1
    PG_BIN=$(dirname "$1")
    export PATH=$PG_BIN:$PATH PG_CONFIG
}

# build [VARIABLE=VALUE...]: compiles and installs into the private copy.
build()
{
    if ! make -s -j "$PR_JOBS" PG_CONFIG="$PG_CONFIG" with_llvm=no "$@" all >"$BUILD_LOG" 2>&1 ||
        ! make -s PG_CONFIG="$PG_CONFIG" with_llvm=no "$@" install >>"$BUILD_LOG" 2>&1; then
        grep -E 'error|Error|warning' "$BUILD_LOG" | head -n 40 >&2
        return 1
    fi
}

# server_start NAME [LINE...]: initdb and start; LINEs end postgresql.conf.
# Sets PGDATA, PGHOST, PGPORT, PGUSER; its log is $WORK/NAME.log.
server_start()
{
    local name=$1
    shift

    export PGDATA=$WORK/$name PGHOST=$WORK/sock PGPORT=$((54320 + ${#SERVERS[@]})) PGUSER=postgres PGDATABASE=postgres
    mkdir -p "$PGHOST" && chmod 700 "$PGHOST"
    if [ ! -d "$WORK/template" ]; then
        "$PG_BIN/initdb" -D "$WORK/template" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >"$WORK/initdb.log" 2>&1 || {
            cat "$WORK/initdb.log" >&2
            die "initdb failed"
        }
    fi
    cp -R "$WORK/template" "$PGDATA" && chmod 700 "$PGDATA"
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '$PGHOST'"
        echo "port = $PGPORT"
        echo "fsync = off"
        echo "synchronous_commit = off"
        echo "full_page_writes = off"
        echo "max_wal_size = '4GB'"
        echo "shared_buffers = '256MB'"
        echo "jit = off"
        echo "timezone = 'UTC'"
        printf '%s\n' "$@"
    } >>"$PGDATA/postgresql.conf"
    SERVERS+=("$PGDATA")
    "$PG_BIN/pg_ctl" -D "$PGDATA" -l "$WORK/$name.log" -w -t 60 -s start || {
        tail -n 20 "$WORK/$name.log" >&2
        die "the private server did not start"
    }
}

server_stop()
{
    "$PG_BIN/pg_ctl" -D "${1:-$PGDATA}" -m fast -w -s stop
}

# Lines that preload the library; the keyring lies beside the data directory.
preloaded()
{
    echo "shared_preload_libraries = 'privrelease'"
    echo "privrelease.keyring_file = '$WORK/$1.keyring'"
}

SERVERS=()
stop_all()
{
    local data

    for data in "${SERVERS[@]}"; do
        [ ! -f "$data/postmaster.pid" ] || "$PG_BIN/pg_ctl" -D "$data" -m immediate -s stop 2>/dev/null
    done
}
trap stop_all EXIT
trap 'exit 143' TERM HUP INT
