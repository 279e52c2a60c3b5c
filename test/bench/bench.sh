#!/usr/bin/env bash
# Inside the workspace: bench.sh transforms|quals|tables|all ROWS QUAL_ROWS RUNS TABLE_ROWS.

# shellcheck source=test/setup/server.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/server.sh"

PART=$1
ROWS=$2
QUAL_ROWS=$3
RUNS=$4
TABLE_ROWS=$5

bench_sql()
{
    psql -X -q -v ON_ERROR_STOP=1 -v rows="$ROWS" -v runs="$RUNS" -P pager=off -P footer=off "$@" || die "the bench broke off"
}

# Largest private memory, in kB, that the backend of a statement had while it ran.
peak_memory()
{
    local pid
    local peak=0
    local now

    mkfifo "$WORK/pid" 2>/dev/null
    PGAPPNAME=memory psql -X -q -A -t -v ON_ERROR_STOP=1 >"$WORK/pid" 2>&1 <<SQL &
SELECT pg_backend_pid();
$1
SQL
    exec 8<"$WORK/pid"
    read -r pid <&8
    while [ -r "/proc/$pid/status" ] && now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        [ "$now" -le "$peak" ] || peak=$now
        sleep 0.01
    done
    exec 8<&-
    wait
    echo "$peak"
}

machine()
{
    printf '\n%s\n' "$(grep -m 1 '^model name' /proc/cpuinfo | sed -e 's/.*: //'), SHA instructions: $SHA; $("$PG_CONFIG" --version); $1 rows, medians of $RUNS"
}

bench_transforms()
{
    local few
    local all

    say "Making $ROWS rows ..."
    bench_sql -f test/bench/data.sql
    say "Measuring; medians of $RUNS ..."
    bench_sql -v sha="$SHA" -f test/bench/measure.sql

    # A tenth of the rows, then all: what a backend keeps for each row would show.
    few=$(peak_memory "COPY (SELECT * FROM bench.keyed LIMIT $((ROWS / 10))) TO '/dev/null';")
    all=$(peak_memory "COPY (SELECT * FROM bench.keyed) TO '/dev/null';")

    machine "$ROWS"
    bench_sql -v few="$few" -v all="$all" -f test/bench/report.sql
}

median()
{
    sort -g | sed -n "$((RUNS / 2 + 1))p"
}

# points PRELOAD: ms of a point select on a server that was started that way.
points()
{
    "$PG_BIN/pg_ctl" -D "$PGDATA" -l "$WORK/bench.log" -m fast -w -s -o "-c shared_preload_libraries=$1" restart
    bench_sql -A -t -f test/bench/point.sql
}

bench_quals()
{
    local without=$WORK/without
    local preloaded=$WORK/preloaded

    say "Making $QUAL_ROWS rows for filters ..."
    bench_sql -v rows="$QUAL_ROWS" -f test/bench/quals_data.sql
    say "Measuring; medians of $RUNS ..."
    bench_sql -f test/bench/quals.sql
    : >"$without" && : >"$preloaded"
    for _ in $(seq "$RUNS"); do
        points "" >>"$without"
        points privrelease >>"$preloaded"
    done

    machine "$QUAL_ROWS"
    bench_sql -v without="$(median <"$without")" -v preloaded="$(median <"$preloaded")" -f test/bench/quals_report.sql
}

# Parallel plans are what refreshes are about: of this server alone, and both sides have them.
bench_tables()
{
    local data=${PR_DATA:-$PWD/../shared/data}

    say "Making $TABLE_ROWS rows for release tables ..."
    bench_sql -c "ALTER SYSTEM SET max_parallel_workers_per_gather = 2" -c "ALTER SYSTEM SET maintenance_work_mem = '512MB'" -c "SELECT pg_reload_conf()" >/dev/null
    bench_sql -v rows="$TABLE_ROWS" -f test/bench/tables_data.sql >/dev/null
    say "Measuring ..."
    bench_sql -f test/bench/tables.sql
    if [ -e "$data/adult/adult.csv" ]; then
        bench_sql -v data="$data" -f test/bench/tables_adult.sql 2>&1 | grep -E 'search(es|ing)' || true
        bench_sql -v data="$data" -f test/bench/tables_sdc.sql >/dev/null
    else
        say "No reference data in $data: rows that need it are left out."
    fi
    machine "$TABLE_ROWS"
    bench_sql -f test/bench/tables_report.sql
}

say "Building for $("$REAL_PG_CONFIG" --version) ..."
private_installation
build || die "the build failed"
server_start bench "$(preloaded bench)" "shared_buffers = '2GB'" "work_mem = '64MB'" "checkpoint_timeout = '1h'" \
    "max_wal_size = '16GB'" "autovacuum = off" "max_parallel_workers_per_gather = 0"

SHA=$(grep -qw sha_ni /proc/cpuinfo && echo yes || echo no)
case $PART in transforms | all) bench_transforms ;; esac
case $PART in quals | all) bench_quals ;; esac
case $PART in tables | all) bench_tables ;; esac
