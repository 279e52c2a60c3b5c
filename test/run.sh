#!/usr/bin/env bash
# make test: sets up, runs every test, and ends with the line "N passed, M failed".

PR_NEEDS_PERL=1
PR_WANTS_OPTIONAL=1
# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/workspace.sh"

workspace_open
workspace_run bash test/suites.sh
