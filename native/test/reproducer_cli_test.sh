#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goal: command line, exit codes and output lines of the reproducers are as documented. Method: the
# static and the sanitized binaries are run with small mappings, and once more with their memory
# disturbed under them; nothing is asserted about speed.
build=$1
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failed=0

check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    echo "  $program: $1: expected '$3', got '$2'"
}

# A usage error ends with 2, prints nothing on stdout and says on stderr what to try.
refused() {
    expected=$1
    shift
    "$program" "$@" >"$work/out" 2>"$work/err"
    check "exit code of '$*'" $? 2
    check "stdout of '$*'" "$(cat "$work/out")" ""
    check "message of '$*' has '$expected'" "$(grep -c -e "$expected" "$work/err")" 1
    check "advice of '$*'" "$(grep -c -e '--help' "$work/err")" 1
}

usage_errors() {
    refused 'too few arguments'
    refused 'too few arguments' $scenario
    refused "unknown scenario 'shared_dirty'.*$scenario" shared_dirty 1
    for number in 0 -1 +1 1x x '' ' 1' 1.5 0x10 18446744073709551616 99999999999999999999; do
        refused 'ROUNDS.*whole number from 1' $scenario "$number"
        for option in --mapping-mb --iterations --warmup; do
            refused "$option.*whole number from 1" $scenario 1 $option "$number"
        done
    done
    refused "unknown option '--mapping'.*--mapping-mb" $scenario 1 --mapping 1
    refused "unknown option 'extra'" $scenario 1 extra
    refused "--warmup ''.*whole number from 1" $scenario 1 --warmup
}

has_fraction() {
    count=$(echo "$1" | tr ' ' '\n' | grep -E -c "^$2=[0-9]+\.[0-9]{3,}\$")
    check "$2 with three decimals in: $1" "$count" 1
}

has_whole() {
    count=$(echo "$1" | tr ' ' '\n' | grep -E -c "^$2=([0-9]+|absent)\$")
    check "$2 in: $1" "$count" 1
}

check_metrics() {
    for metric in $metrics; do
        has_fraction "$1" ${metric}_ns_per_page
    done
    has_fraction "$1" expected_match_ratio
    has_whole "$1" unexpected_results
    has_whole "$1" iterations
    check "pages match" \
        "$(echo "$1" | grep -c 'expected_match_ratio=100.000 unexpected_results=0')" 1
    check "no blank twice or at an end" "$(echo "$1" | grep -c -e '  ' -e ' $' -e '^ ')" 0
    [ "$scenario" != shared_dirty_full_toggle_64m ] || check_sum "$1"
}

check_sum() {
    # Three values, each rounded to 0.001, can differ from their rounded sum by 0.002.
    check "iteration is the sum of its phases" "$(echo "$1" | tr ' ' '\n' | awk -F= '
        /^iteration_ns_per_page/ { whole = $2 }
        /^(protect|restore|post_touch)_ns_per_page/ { sum += $2 }
        END { gap = whole - sum; print (gap < 0.0021 && gap > -0.0021 && whole > 0) }')" 1
}

check_result() {
    check_metrics "$1"
    for fact in kernel_page_size_kb mmu_page_size_kb anon_huge_pages_kb shmem_pmd_mapped_kb \
        thp_eligible vma_count pages_present; do
        has_whole "$1" ${fact}_before
        has_whole "$1" ${fact}_after
    done
    for key in page_size pages clock_resolution_ns clock_getres_ns; do
        has_whole "$1" $key
    done
    # Counted in the sanitized binary too: its tables lie beside the mapping, not in it.
    check "all pages of the result are present" "$(echo "$1" | grep -c \
        -e ' pages=256 .* vma_count_before=1 vma_count_after=1 pages_present_before=256 pages_present_after=256 ')" 1
    check "values of the result" "$(echo "$1" | grep -c -e "^result scenario=$scenario rounds=4 \
iterations=3 warmup=2 mapping_mb=1 .* clock=monotonic_raw ")" 1
}

output_lines() {
    "$program" $scenario 4 --mapping-mb 1 --iterations 3 --warmup 2 >"$work/out" 2>"$work/err"
    check "exit code of a small run" $? 0
    check "stderr of a small run" "$(cat "$work/err")" ""
    check "number of lines" "$(wc -l <"$work/out" | tr -d ' ')" 5
    for round in 1 2 3 4; do
        line=$(sed -n ${round}p "$work/out")
        check "head of line $round" \
            "$(echo "$line" | grep -c "^round scenario=$scenario round=$round iterations=3 ")" 1
        check_metrics "$line"
    done
    check_result "$(tail -n 1 "$work/out")"
}

failures_of_the_system() {
    "$program" --help >"$work/out"
    check "exit code of --help" $? 0
    check "help names the scenario" "$(grep -c "^  SCENARIO.*$scenario" "$work/out")" 1
    check "help fits a terminal" "$(awk 'length > 90' "$work/out")" ""
    "$program" $scenario 1 --mapping-mb 1 --iterations 1 >/dev/full 2>"$work/err"
    check "exit code when stdout is full" $? 1
    check "message when stdout is full" "$(grep -c 'standard output failed' "$work/err")" 1
}

# An address limit cannot be given to the sanitized binary: its own tables are larger.
no_memory() {
    (ulimit -v 65536 && "$program" $scenario 1 --mapping-mb 1000) >"$work/out" 2>"$work/err"
    check "exit code when mmap fails" $? 1
    check "message when mmap fails" "$(grep -c 'mmap.*smaller --mapping-mb' "$work/err")" 1
}

# Real pages are moved under a real kernel, while the program looks at its state. Arguments: what is
# done at which look, how many results are unexpected (a pattern), a fact that shows it.
disturbed() {
    "$build/sanitized/disturb" 4194304 "$1" "$program" $scenario 1 --mapping-mb 4 --iterations 2 \
        --warmup 1 >"$work/out" 2>"$work/err"
    code=$?
    if [ $code -eq 126 ]; then
        echo "  $program: this kernel refuses $1: not tested"
        return
    fi
    check "exit code under $1" $code 0
    result=$(tail -n 1 "$work/out")
    check "unexpected results under $1 in: $result" \
        "$(echo "$result" | grep -c -e " expected_match_ratio=99\.[0-9]* unexpected_results=$2 ")" 1
    check "$3 under $1 in: $result" "$(echo "$result" | grep -c -e " $3 ")" 1
    check "a round knows its pages alone" \
        "$(grep -c '^round .*expected_match_ratio=100.000 unexpected_results=0$' "$work/out")" 1
}

# The single protect looks four times, twice at each of its two mappings.
disturbed_states() {
    last=2 wrong_bytes=0
    [ "$scenario" != shared_dirty_single_protect ] || last=4
    [ "$scenario" != mincore_anon_base_pages ] || wrong_bytes=2
    disturbed 1:split 2 vma_count_before=2
    disturbed $last:split 1 vma_count_after=2
    disturbed $last:evict $((1 + wrong_bytes)) pages_present_after=1022
    [ "$scenario" = mincore_anon_base_pages ] || return
    if grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled; then
        echo "  $program: no huge pages on this host: not tested"
        return
    fi
    # The kernel's own thread may collapse the mapping as soon as it is eligible.
    disturbed 1:huge '[2-4]' thp_eligible_before=1
    disturbed 1:huge,2:collapse '[34]' 'anon_huge_pages_kb_after=[24][0-9]*'
}

# Both scenarios of one run have lines of their own, in the order of the help.
all_scenarios() {
    "$program" all 2 --mapping-mb 1 --iterations 3 --warmup 2 >"$work/out" 2>"$work/err"
    check "exit code of all scenarios" $? 0
    check "the lines of all scenarios" "$(awk '{ print $1, $2 }' "$work/out" | uniq -c | tr -s ' ')" \
        " 2 round scenario=mincore_anon_base_pages
 1 result scenario=mincore_anon_base_pages
 2 round scenario=mincore_shared_base_pages
 1 result scenario=mincore_shared_base_pages"
}

# A mailed file must build alone, so what the files share is repeated in them: word for word.
shared_parts() {
    program=$1
    sed -n '/^\/\* Shared parts begin/,/^\/\* Shared parts end/p' "$here/../src/$1.c" >"$work/$1"
    check "the shared parts are those of the first reproducer" \
        "$(wc -l <"$work/$1")/$(cmp "$work/$1" "$work/mprotect_shared_dirty_reproducer" 2>&1)" \
        "$(wc -l <"$work/mprotect_shared_dirty_reproducer")/"
    check "there are shared parts" "$([ "$(wc -l <"$work/$1")" -gt 150 ] && echo yes)" yes
}

# Arguments: name of the binary, scenario, metrics.
try_scenario() {
    name=$1 scenario=$2 metrics=$3
    for program in "$build/$name" "$build/sanitized/$name"; do
        usage_errors
        output_lines
        failures_of_the_system
    done
    program=$build/$name
    no_memory
    disturbed_states
    shared_parts "$name"
}

try_scenario mprotect_shared_dirty_reproducer shared_dirty_full_toggle_64m \
    "iteration protect restore post_touch"
try_scenario mprotect_single_protect_reproducer shared_dirty_single_protect \
    "protect populate unmap"
try_scenario mincore_scan_reproducer mincore_anon_base_pages scan
try_scenario mincore_scan_reproducer mincore_shared_base_pages scan
for program in "$build/mincore_scan_reproducer" "$build/sanitized/mincore_scan_reproducer"; do
    all_scenarios
done
echo "  $checks checks, $failed failed"
[ "$failed" -eq 0 ]
