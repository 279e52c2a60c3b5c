#!/usr/bin/env bash
# make fuzz-quals [FUZZ_SECONDS=300] [FUZZ_SEED=N [FUZZ_CASE=N]]: are answers through
# releases the same with derived quals and without?

# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/workspace.sh"

workspace_open
workspace_run bash test/fuzz/derived.sh "${FUZZ_SECONDS:-300}" ${FUZZ_SEED:+"$FUZZ_SEED"} ${FUZZ_CASE:+"$FUZZ_CASE"}
