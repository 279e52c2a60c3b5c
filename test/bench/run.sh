#!/usr/bin/env bash
# make bench [ROWS=2000000] [RUNS=5]: what releases cost, as ratios within one run.

# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/workspace.sh"

workspace_open
workspace_run bash test/bench/bench.sh "${ROWS:-2000000}" "${RUNS:-5}"
