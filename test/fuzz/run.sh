#!/usr/bin/env bash
# make fuzz: each test/fuzz/fuzz_*.c defines LLVMFuzzerTestOneInput() over
# functions of src/core.  Every input of test/fuzz/corpus/NAME/ is replayed, then
# RUNS made-up ones (default 20000) from a fixed seed, with sanitizers.  With
# clang at hand, SECONDS_EACH=60 searches for new inputs by coverage instead.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
CC=${CC:-gcc}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
failed=0
flags=(-std=c11 -g -O1 -Isrc -Itest/fuzz -fno-omit-frame-pointer -fno-sanitize-recover=all)
driver=(test/fuzz/replay.c -fsanitize=address,undefined)
if [ -n "${SECONDS_EACH:-}" ]; then
    CC=clang
    driver=(-fsanitize=fuzzer,address,undefined)
fi

for source in test/fuzz/fuzz_*.c; do
    [ -e "$source" ] || break
    name=$(basename "${source%.c}")
    corpus=test/fuzz/corpus/$name
    if ! "$CC" "${flags[@]}" -o "$out/$name" "$source" src/core/*.c "${driver[@]}" -lm 2>"$out/log"; then
        echo "not ok - $name: compiles"
        sed -e 's/^/#   /' "$out/log" | head -n 20
        failed=1
        continue
    fi
    if [ -n "${SECONDS_EACH:-}" ]; then
        mkdir -p "$out/new"
        set -- -max_total_time="$SECONDS_EACH" -artifact_prefix="$out/" "$out/new"
        [ ! -d "$corpus" ] || set -- "$@" "$corpus"
    else
        set -- "${RUNS:-20000}"
        [ ! -d "$corpus" ] || set -- "$@" "$corpus"/*
    fi
    if "$out/$name" "$@" >"$out/log" 2>&1; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        sed -e 's/^/#   /' "$out/log" | tail -n 40
        failed=1
    fi
done
exit "$failed"
