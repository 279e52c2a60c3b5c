#!/usr/bin/env bash
# Inside the workspace: derived.sh SECONDS [SEED [CASE]].  Answers of releases with
# derived quals and without, on a server of its own; a new seed, with new rules,
# every half minute, each in a database of its own.

# shellcheck source=test/setup/server.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/server.sh"

left=$1
seed=${2:-$((RANDOM * 32768 + RANDOM))}
status=0

if [ -n "${PG_CONFIG:-}" ]; then
    use_installation "$PG_CONFIG"
else
    private_installation
    build || die "the build failed"
fi
server_start derived "$(preloaded derived)" "autovacuum = off" "statement_timeout = '20s'" "client_min_messages = warning"
cells=cells
while [ "$left" -gt 0 ]; do
    share=$((left > 45 ? 30 : left))
    export PGDATABASE=fuzz_$seed
    if ! createdb "$PGDATABASE" || ! psql -X -q -v ON_ERROR_STOP=1 -f test/fuzz/derived.sql; then
        echo "not ok - set-up of the fuzz of derived quals"
        exit 1
    fi
    if [ -n "$cells" ]; then
        perl test/fuzz/cells.pl || status=1
        cells=
    fi
    perl test/fuzz/derived.pl "$share" "$seed" "${3:-}" || status=1
    dropdb "$PGDATABASE"
    left=$((left - share))
    seed=$((seed + 1))
done
server_stop
exit "$status"
