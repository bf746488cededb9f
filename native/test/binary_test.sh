#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goal: the binaries that travel to guests are static, each reproducer is one file that builds with
# its documented line, and init refuses to run anywhere but as PID 1. It boots no guest.
build=$1
here=$(dirname "$0")
command -v readelf >/dev/null || { echo "  readelf is missing (binutils)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failed=0 programs=0

check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    echo "  $1: expected '$3', got '$2'"
}

for path in "$build"/*; do
    [ -f "$path" ] || continue
    binary=${path##*/} programs=$((programs + 1))
    readelf -lW "$build/$binary" >"$work/headers"
    check "$binary is an ELF program" "$(grep -q 'LOAD' "$work/headers" && echo yes)" yes
    check "$binary asks for no interpreter" "$(grep -c 'INTERP' "$work/headers")" 0
    check "$binary has no dynamic section" "$(grep -c 'DYNAMIC' "$work/headers")" 0
    check "$binary holds no path of the source" "$(grep -a -c -F "$(pwd)" "$build/$binary")" 0
done

for source in "$here"/../src/*.c; do
    cp "$source" "$work/repro.c"
    (cd "$work" && "${CC:-gcc}" -O2 -static -o repro repro.c 2>"$work/messages")
    check "$source builds alone" $? 0
    check "$source builds without a word" "$(cat "$work/messages")" ""
done
check "the programs were found" "$([ "$programs" -ge 4 ] && echo yes)" yes

for init in "$build/init" "$build/sanitized/init"; do
    "$init" >"$work/out" 2>"$work/err"
    check "exit code of $init outside a guest" $? 2
    check "message of $init outside a guest" "$(grep -c 'as PID 1 of a guest' "$work/err")" 1
done
echo "  $checks checks, $failed failed"
[ "$failed" -eq 0 ]
