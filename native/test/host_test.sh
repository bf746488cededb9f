#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goal: pin and run-pinned set what they are asked for on this machine, say what the kernel then
# has, refuse what cannot be had, and end as their program does. Method: real threads and programs.
build=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failed=0
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
last=${cpus##*[-,]}

check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    echo "  $program: $1: expected '$3', got '$2'"
}

# Runs the program with the words; its exit code, stdout and stderr are then in $code and files.
try() {
    "$program" "$@" >"$work/out" 2>"$work/err"
    code=$?
}

complains() {
    check "exit code of '$*'" $code "$1"
    check "message '$2'" "$(grep -c -e "$2" "$work/err")" 1
}

pinning() {
    sleep 30 &
    sleeper=$!
    try $sleeper="$last"
    check "exit code" $code 0
    check "what is read back" "$(cat "$work/out")" "$sleeper $last"
    check "what the kernel has" "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' \
        /proc/$sleeper/status)" "$last"
    try $sleeper="$last" $sleeper="$cpus"
    check "several threads in order" "$(tr '\n' ' ' <"$work/out")" \
        "$sleeper $last $sleeper $cpus "
    try $sleeper="$last,8000"
    complains 1 "thread $sleeper, CPUs $last,8000: .*other CPUs"
    try $sleeper=8000
    complains 1 "thread $sleeper, CPUs 8000: setting failed"
    try $sleeper="$cpus" 2147483646="$last"
    complains 1 'thread 2147483646, CPUs .*: setting failed'
    try $sleeper="$last" 1x
    complains 2 "'1x' is not TID=CPULIST"
    check "nothing is set where a word is wrong" "$(sed -n \
        's/^Cpus_allowed_list:[[:space:]]*//p' /proc/$sleeper/status)" "$cpus"
    try
    complains 2 'usage: pin'
    kill $sleeper
}

conditions() {
    # shellcheck disable=SC2016
    try --cpus "$last" --policy batch --nice 7 --settle-ms 1 --time-file "$work/time" -- \
        sh -c 'grep Cpus_allowed_list /proc/self/status; nice; cut -d" " -f41 /proc/self/stat'
    check "exit code" $code 0
    check "CPUs, nice value and policy (batch is 3)" "$(tr '\n' ' ' <"$work/out" | tr '\t' ' ')" \
        "Cpus_allowed_list: $last 7 3 "
    check "form of the costs" "$(grep -E -c '^clock_resolution_ns=[1-9][0-9]* clock_resolution_end_ns=[1-9][0-9]* clock_getres_ns=[1-9][0-9]* wall_ms=[0-9]+\.[0-9]{3} user_ms=[0-9]+\.[0-9]{3} system_ms=[0-9]+\.[0-9]{3} voluntary_switches=[0-9]+ involuntary_switches=[0-9]+ min_faults=[0-9]+ maj_faults=[0-9]+ cpus_allowed=[0-9,-]+ policy=batch$' "$work/time")" 1
    check "CPUs in the costs" "$(grep -c " cpus_allowed=$last " "$work/time")" 1
    try --settle-ms 300 --time-file "$work/time" -- sleep 0.1
    check "the settle time is not in the wall time" "$(sed 's/.* wall_ms=\([0-9]*\)\..*/\1/' \
        "$work/time" | awk '{ print ($1 >= 100 && $1 < 290) }')" 1
}

refusals() {
    try --cpus "$last,8000" -- echo ran
    complains 125 "--cpus $last,8000: the kernel has it as"
    check "the program was not started" "$(cat "$work/out")" ""
    try --cpus x -- true
    complains 125 '--cpus x: give a list'
    try --policy fast -- true
    complains 125 '--policy fast: known: other batch'
    try --policy fifo -- true
    complains 125 '--policy fifo: known:'
    try --policy fifo:100 -- true
    complains 125 '--policy 100: give a whole number from 1 to 99'
    try --nice 20 -- true
    complains 125 '--nice 20: give a whole number'
    try --membind 1023 -- true
    complains 125 '--membind 1023: '
    try --settle-ms -1 -- true
    complains 125 '--settle-ms -1: give'
    try --speed 9 -- true
    complains 125 'unknown option --speed'
    try --nice -- true
    complains 125 'no value behind --nice'
    try --nice 1
    complains 125 'no program behind --'
    try --time-file /nonexistent/file -- echo ran
    complains 125 'opening /nonexistent/file'
    check "the program was not started" "$(cat "$work/out")" ""
}

endings() {
    try -- sh -c 'echo out; echo err >&2; exit 42'
    check "an exit code is passed on" $code 42
    check "stdout is passed on" "$(cat "$work/out")" out
    check "stderr is passed on" "$(cat "$work/err")" err
    # shellcheck disable=SC2016
    try -- sh -c 'kill -TERM $$'
    check "a signal is passed on" $code 143
    try -- /nonexistent/program
    complains 127 'cannot execute /nonexistent/program: No such file'
    check "stdin is passed on" "$(echo through | "$program" -- cat)" through
}

# A zombie that nobody has fetched yet is dead.
is_alive() {
    grep -q '^State:[[:space:]]*[RSDTtI]' "/proc/$1/status" 2>/dev/null
}

death_of_the_supervisor() {
    "$program" -- sleep 41.7 &
    supervisor=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        child=$(cat /proc/$supervisor/task/$supervisor/children 2>/dev/null | tr -d ' ')
        [ -n "$child" ] && grep -q sleep "/proc/$child/cmdline" 2>/dev/null && break
        sleep 0.1
    done
    kill -KILL $supervisor
    wait $supervisor 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        is_alive "$child" || break
        sleep 0.1
    done
    check "a child was seen" "$([ -n "$child" ] && echo yes)" yes
    check "it dies with its supervisor" "$(is_alive "$child" && echo alive)" ""
}

for program in "$build/pin" "$build/sanitized/pin"; do
    pinning
done
for program in "$build/run-pinned" "$build/sanitized/run-pinned"; do
    conditions
    refusals
    endings
    death_of_the_supervisor
done
echo "  $checks checks, $failed failed"
[ "$failed" -eq 0 ]
