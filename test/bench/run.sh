#!/usr/bin/env bash
# make bench [BENCH=transforms|quals|tables] [ROWS=2000000] [QUAL_ROWS=5000000] [TABLE_ROWS=10000000] [RUNS=5]:
# what releases cost, what filters on them gain, and what refreshes take, as ratios within one run.
# PR_DATA names a directory of reference data; without it the rows that need one are left out.

# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/workspace.sh"

workspace_open
workspace_run bash test/bench/bench.sh "${BENCH:-all}" "${ROWS:-2000000}" "${QUAL_ROWS:-5000000}" "${RUNS:-5}" "${TABLE_ROWS:-10000000}"
