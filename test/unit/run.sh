#!/usr/bin/env bash
# make unit: test/unit/*.c against src/core and the part of src/crypto that
# needs no server, with address and undefined-behaviour sanitizers.  A test is
# a program that prints TAP lines.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
CC=${CC:-gcc}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
failed=0
flags=(-std=c11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -fno-omit-frame-pointer
    -fsanitize=address,undefined -fno-sanitize-recover=all -Isrc -Itest/unit)
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1

# Once for all tests.
objects=()
for source in src/core/*.c $(grep -LE '"(postgres\.h|common/)' src/crypto/*.c); do
    object=$out/$(basename "${source%.c}").o
    objects+=("$object")
    if ! "$CC" "${flags[@]}" -c -o "$object" "$source" 2>"$out/log"; then
        echo "not ok - $source compiles without the server"
        sed -e 's/^/#   /' "$out/log" | head -n 20
        exit 1
    fi
done

for source in test/unit/*.c; do
    [ -e "$source" ] || break
    name=$(basename "${source%.c}")
    if ! "$CC" "${flags[@]}" -o "$out/$name" "$source" "${objects[@]}" -lcrypto -lm 2>"$out/log"; then
        echo "not ok - $source compiles"
        sed -e 's/^/#   /' "$out/log" | head -n 20
        failed=1
        continue
    fi
    "$out/$name" >"$out/tap" 2>"$out/log"
    status=$?
    sed -E -e "s,^((not )?ok)( [0-9]+)?( -)? *,\\1 - $name: ," "$out/tap"
    if [ "$status" != 0 ] && ! grep -q '^not ok' "$out/tap"; then
        echo "not ok - $name: ends well"
    elif ! grep -qE '^(not )?ok' "$out/tap"; then
        echo "not ok - $name: tests anything"
    fi
    if [ "$status" != 0 ] || ! grep -qE '^ok' "$out/tap"; then
        sed -e 's/^/#   /' "$out/log" | head -n 40
        failed=1
    fi
done
exit "$failed"
