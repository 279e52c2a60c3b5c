#!/usr/bin/env bash
# make lint: what the compiler does not see.  Each test/lint/check_*.sh prints
# TAP lines; the exit status is the number of checks that failed, 0 or 1.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
failed=0
for script in test/lint/check_*.sh; do
    bash "$script" || failed=1
done
exit "$failed"
