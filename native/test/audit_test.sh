#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goal: the audit has the whole state of a program at its exit, however it ends, and ends as it
# does. Method: real programs are traced, one of threads and one of our reproducers among them.
build=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failed=0
state=$work/state

check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    echo "  $program: $1: expected '$3', got '$2'"
}

audit() {
    rm -f "$state"
    "$program" "$state" -- "$@" >"$work/out" 2>"$work/err"
    code=$?
}

sections() {
    grep '^== ' "$state" 2>/dev/null | tr '\n' ' '
}

all_sections="== smaps == pagemap == vmstat == status "

the_state_of_a_reproducer() {
    audit "$build/mprotect_single_protect_reproducer" shared_dirty_single_protect 1 \
        --mapping-mb 1 --iterations 2 --warmup 1
    check "exit code" $code 0
    check "stderr" "$(cat "$work/err")" ""
    check "stdout is passed on" "$(grep -c '^result .*unexpected_results=0' "$work/out")" 1
    check "sections" "$(sections)" "$all_sections"
    # The mapping of 1 MiB is read-only by now, and all of its pages are there.
    check "the mapping in smaps" "$(grep -c '^[0-9a-f]*-[0-9a-f]* r--s .*/dev/zero' "$state")" 1
    range=$(sed -n 's/^\([0-9a-f]*-[0-9a-f]*\) r--s .*zero.*/\1/p' "$state")
    check "the mapping by pagemap" "$(grep -c "^$range pages=256 present=256 swapped=0 .*\
file_or_shared=256" "$state")" 1
    check "as many mappings by pagemap as by smaps" \
        "$(sed -n '/^== pagemap/,/^== vmstat/p' "$state" | grep -c ' pages=')" \
        "$(grep -c '^Size:' "$state")"
    check "vmstat counts on" "$(grep -E '^pgfault before=[0-9]+ at_exit=[0-9]+ delta=[0-9]+$' \
        "$state" | sed 's/.*delta=//' | awk '{ print ($1 >= 256) }')" 1
    check "the status is the program's" "$(sed -n 's/^Name:[[:space:]]*//p' "$state")" \
        mprotect_single
}

# Flags of pages need root and a kernel that shows them; both ways are said in the line.
flags_of_pages() {
    seen=$(sed -n '/^== pagemap/,/^== vmstat/p' "$state" | grep -E -c \
        ' (flags=absent|thp=[0-9]+ huge=[0-9]+ ksm=[0-9]+ .*dirty=[0-9]+|skipped=[a-z-]+)$')
    check "each mapping has flags, or says that it has none" "$seen" \
        "$(grep -c '^Size:' "$state")"
}

each_end_is_passed_on() {
    audit sh -c 'exit 42'
    check "an exit code" "$code $(sections)" "42 $all_sections"
    # shellcheck disable=SC2016
    audit sh -c 'kill -SEGV $$'
    check "a signal" "$code $(sections)" "139 $all_sections"
    # shellcheck disable=SC2016
    audit sh -c 'trap "echo caught; exit 3" TERM; kill -TERM $$; sleep 1'
    check "a caught signal" "$code $(cat "$work/out")" "3 caught"
    audit sh -c 'sh -c "exit 5"; sleep 0.01; exit $?'
    check "children do not count" "$code $(grep -c '^== smaps' "$state")" "0 1"
    # shellcheck disable=SC2016
    audit sh -c 'exec sh -c "exit 6"'
    check "a second exec" "$code $(grep -c '^== smaps' "$state")" "6 1"
    audit /nonexistent/program
    check "nothing to execute" "$code $(sections)" "127 "
    check "its message" "$(grep -c 'cannot execute /nonexistent/program' "$work/err")" 1
    check "stdin" "$(echo through | "$program" "$state" -- cat)" through
}

# A program that stops itself is continued by us, as a shell would do it, and then goes on.
job_control() {
    rm -f "$state"
    # shellcheck disable=SC2016
    "$program" "$state" -- sh -c 'echo $$; kill -STOP $$; exit 8' >"$work/out" &
    supervisor=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        stopped=$(cat "$work/out")
        [ -n "$stopped" ] && grep -q '^State:[[:space:]]*[tT]' "/proc/$stopped/status" && break
        sleep 0.1
    done
    sleep 0.1
    kill -CONT "$stopped"
    wait $supervisor
    check "a stopped program goes on" "$? $(sections)" "8 $all_sections"
}

threads() {
    cat >"$work/threads.c" <<'SOURCE'
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *run(void *how) {
    usleep(20000);
    if (strcmp(how, "thread-exits") == 0)
        exit(11);
    return NULL;
}
int main(int argc, char **argv) {
    pthread_t threads[3];
    for (int index = 0; index < 3; index++)
        pthread_create(&threads[index], NULL, run, argv[argc - 1]);
    if (strcmp(argv[1], "leader-leaves") == 0)
        pthread_exit(NULL);
    for (int index = 0; index < 3; index++)
        pthread_join(threads[index], NULL);
    return 12;
}
SOURCE
    "${CC:-gcc}" -O1 -static -pthread -o "$work/threads" "$work/threads.c"
    for case in thread-exits=11 leader-leaves=0 all-join=12; do
        audit "$work/threads" "${case%=*}"
        check "threads, ${case%=*}" "$code $(sections)" "${case#*=} $all_sections"
    done
}

wrong_usage() {
    for words in "" "$state" "$state --" "-- true" "$state true"; do
        # shellcheck disable=SC2086
        "$program" $words >"$work/out" 2>"$work/err"
        check "exit code of '$words'" $? 125
        check "help for '$words'" "$(grep -c '^usage: audit' "$work/err")" 1
    done
    "$program" /nonexistent/state -- echo ran >"$work/out" 2>"$work/err"
    check "a state file that cannot be" "$? $(cat "$work/out")" "125 "
}

for program in "$build/audit" "$build/sanitized/audit"; do
    the_state_of_a_reproducer
    flags_of_pages
    each_end_is_passed_on
    job_control
    threads
    wrong_usage
done
echo "  $checks checks, $failed failed"
[ "$failed" -eq 0 ]
