#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goal: attribution passes its program through and always leaves lines that say what it saw, or why
# it saw nothing. Method: real programs; whether this machine's kernel can trace is not ours to ask.
build=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failed=0

check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    echo "  $program: $1: expected '$3', got '$2'"
}

attribute() {
    "$program" "$work/profile" vfs_read,no_such_function -- "$@" >"$work/out" 2>"$work/err"
    code=$?
}

a_profile_or_a_reason() {
    attribute cat /proc/version
    check "exit code" "$code $(cat "$work/err")" "0 "
    check "stdout" "$(cat "$work/out")" "$(cat /proc/version)"
    reason=$(sed -n 's/^profile unavailable=//p' "$work/profile")
    if [ -n "$reason" ]; then
        echo "  NOT TESTED here: hits of a function: $reason"
        check "nothing but the reason" "$(wc -l <"$work/profile" | tr -d ' ')" 1
        return
    fi
    check "hits" "$(grep -E -c '^profile function=vfs_read hits=[1-9][0-9]* time_us=[0-9.]+ method=function-(profile|graph)$' "$work/profile")" 1
    check "a missing function" "$(grep -c '^profile function=no_such_function absent=1$' \
        "$work/profile")" 1
}

endings() {
    attribute sh -c 'exit 42'
    check "an exit code is passed on" $code 42
    # shellcheck disable=SC2016
    attribute sh -c 'kill -TERM $$'
    check "a signal is passed on" $code 143
    attribute /nonexistent/program
    check "nothing to execute" $code 127
    check "its message" "$(grep -c 'cannot execute /nonexistent/program' "$work/err")" 1
    check "stdin" "$(echo through | "$program" "$work/profile" vfs_read -- cat)" through
}

wrong_usage() {
    for words in "" "$work/p" "$work/p vfs_read" "$work/p -- true" "$work/p a,,b -- true"; do
        # shellcheck disable=SC2086
        "$program" $words >"$work/out" 2>"$work/err"
        check "exit code of '$words'" $? 125
        check "help for '$words'" "$(grep -c '^usage: attribution' "$work/err")" 1
    done
    "$program" /nonexistent/p vfs_read -- echo ran >"$work/out" 2>"$work/err"
    check "a profile that cannot be" "$? $(cat "$work/out")" "125 "
}

for program in "$build/attribution" "$build/sanitized/attribution"; do
    a_profile_or_a_reason
    endings
    wrong_usage
done
echo "  $checks checks, $failed failed"
[ "$failed" -eq 0 ]
