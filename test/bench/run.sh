#!/usr/bin/env bash
# make bench [BENCH=transforms|quals] [ROWS=2000000] [QUAL_ROWS=5000000] [RUNS=5]: what
# releases cost, and what filters on them gain, as ratios within one run.

# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/workspace.sh"

workspace_open
workspace_run bash test/bench/bench.sh "${BENCH:-all}" "${ROWS:-2000000}" "${QUAL_ROWS:-5000000}" "${RUNS:-5}"
