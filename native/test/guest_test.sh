#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Goal: in a real guest the init gives the program its directory and environment, loses nothing of
# what it sends when QEMU is ended by its exit port, and sends what audit and attribution leave.
# Method: QEMU under TCG boots a Debian kernel out of the cache; a guest takes about three seconds.
build=$1
cache=${LABSWEEP_CACHE:-$HOME/.cache/labsweep}/test-kernels
# shellcheck disable=SC2012
kernel=$(ls "$cache"/vmlinuz-* 2>/dev/null | tail -n 1)
command -v qemu-system-x86_64 >/dev/null || { echo "  qemu-system-x86_64 is missing"; exit 77; }
[ -n "$kernel" ] || { echo "  no kernel in $cache: the agent's tests download one"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failed=0

check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    echo "  $guest: $1: expected '$3', got '$2'"
}

# One entry of a newc archive: path, mode in octal, then the content on stdin; 4-byte alignment.
entry() {
    cat >"$work/content"
    size=$(wc -c <"$work/content")
    printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' $((inode += 1)) \
        $((0$2)) 0 0 1 0 "$size" 0 0 0 0 $((${#1} + 1)) 0 "$1"
    head -c $(((4 - (111 + ${#1}) % 4) % 4)) /dev/zero
    cat "$work/content"
    head -c $(((4 - size % 4) % 4)) /dev/zero
}

# Boots a guest whose files are in $work/root, with the words as its command.
boot() {
    mkdir -p "$work/root/dev" "$work/root/labsweep"
    cp "$build/init" "$work/root/init"
    printf '%s\0' "$@" >"$work/root/labsweep/argv"
    inode=0
    (cd "$work/root" && find . -mindepth 1 -type d | sort | cut -c3-) >"$work/directories"
    (cd "$work/root" && find . -type f | sort | cut -c3-) >"$work/files"
    {
        while read -r path; do entry "$path" 40755 </dev/null; done <"$work/directories"
        while read -r path; do entry "$path" 100755 <"$work/root/$path"; done <"$work/files"
        entry 'TRAILER!!!' 0 </dev/null
    } >"$work/initramfs"
    timeout 120 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
        -machine q35,accel=tcg -m 256M -device isa-debug-exit,iobase=0x501,iosize=2 \
        -kernel "$kernel" -initrd "$work/initramfs" -append 'console=ttyS0 panic=-1 quiet' \
        -chardev file,id=console,path="$work/console" -serial chardev:console \
        -chardev file,id=results,path="$work/results" -serial chardev:results
    code=$?
    rm -rf "$work/root"
}

# The text of all frames of a kind.
frames() {
    sed -n "s/^LS1 [0-9]* [0-9a-f]* $1 //p" "$work/results"
}

is_complete() {
    check "the frames are numbered without a gap" \
        "$(awk '$2 != NR - 1' "$work/results" | wc -l)" 0
    check "the last frame counts the others" "$(frames end)" \
        "frames=$(($(wc -l <"$work/results") - 1))"
    check "the console has all milestones" "$(tr -d '\r' <"$work/console" |
        sed -n 's/^labsweep-init: //p' | tr '\n' ' ')" "started running done "
}

compile_chatter() {
    cat >"$work/chatter.c" <<'SOURCE'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
    char directory[64], data[64] = "";
    FILE *file = fopen("data", "r");
    if (file == NULL || fgets(data, sizeof(data), file) == NULL)
        return 4;
    printf("%s %s %s\n", getcwd(directory, sizeof(directory)), getenv("GREETING"), data);
    for (int line = 0; line < 2000; line++)
        printf("line %d of a program with much to say\n", line);
    return 3;
}
SOURCE
    "${CC:-gcc}" -O1 -static -o "$1" "$work/chatter.c"
}

a_chatty_program_and_the_exit_port() {
    guest="a chatty program"
    mkdir -p "$work/root/labsweep/work"
    compile_chatter "$work/root/labsweep/reproducer"
    printf 'GREETING=hello\0EMPTY=\0' >"$work/root/labsweep/env"
    printf 'bytes' >"$work/root/labsweep/work/data"
    printf '0x501\n' >"$work/root/labsweep/exit-port"
    boot /labsweep/reproducer
    check "QEMU ends by its exit port" $code 33
    is_complete
    check "directory, environment, file" "$(frames out | head -n 1)" "/labsweep/work hello bytes"
    check "no line is lost" "$(frames out | tail -n 2000 | awk '$2 == NR - 1' | wc -l)" 2000
    check "the end" "$(frames exit)" "code=3"
    check "facts of the costs" "$(frames fact | grep -E -c \
        '^reproducer_(wall|user|system)_ms=[0-9]+\.[0-9]{3}$')" 3
    check "a fact of the clock" "$(frames fact | grep -E -c '^clock_resolution_ns=[1-9]')" 1
    check "a hypervisor" "$(frames fact | grep -c '^hypervisor=1$')" 1
    check "no loss" "$(frames fact | grep -c output_overflow)" 0
    check "nothing of supervisors" "$(frames '\(state\|profile\)' | wc -l)" 0
}

# The result comes first, so that a reader who trusts what is there would take it.
compile_flood() {
    cat >"$work/flood.c" <<'SOURCE'
#include <stdio.h>
int main(void) {
    puts("result ns=1");
    for (int line = 0; line < 400000; line++)
        printf("%099d\n", line);
    return 0;
}
SOURCE
    "${CC:-gcc}" -O1 -static -o "$1" "$work/flood.c"
}

more_output_than_there_is_room() {
    guest="a flood"
    mkdir -p "$work/root/labsweep"
    compile_flood "$work/root/labsweep/reproducer"
    boot /labsweep/reproducer
    is_complete
    check "the loss is told" "$(frames fact | grep -E -c \
        '^output_overflow_bytes=stdout=16[0-9]{6} stderr=0 state=0 profile=0$')" 1
    check "what is kept is cut" "$(frames out | sed -n '1p;$p' | tr '\n' ' ')" \
        "result ns=1 (cut) "
}

an_audit() {
    guest="an audit"
    mkdir -p "$work/root/labsweep"
    cp "$build/audit" "$work/root/labsweep/audit"
    cp "$build/mprotect_single_protect_reproducer" "$work/root/labsweep/reproducer"
    boot /labsweep/audit /tmp/state -- /labsweep/reproducer shared_dirty_single_protect 1 \
        --mapping-mb 4 --iterations 2
    check "QEMU ends by power-off" $code 0
    is_complete
    check "the end" "$(frames exit)" "code=0"
    check "sections" "$(frames state | grep '^== ' | tr '\n' ' ')" \
        "== smaps == pagemap == vmstat == status "
    check "the mapping with the flags of its pages" "$(frames state | grep -c \
        'pages=1024 present=1024 .*exclusive=1024 .* swapbacked=1024 dirty=1024$')" 1
}

an_attribution() {
    guest="an attribution"
    mkdir -p "$work/root/labsweep"
    cp "$build/attribution" "$work/root/labsweep/attribution"
    cp "$build/mprotect_single_protect_reproducer" "$work/root/labsweep/reproducer"
    boot /labsweep/attribution /tmp/profile shmem_fault,no_such_function -- \
        /labsweep/reproducer shared_dirty_single_protect 2 --mapping-mb 16 --iterations 3
    check "QEMU ends by power-off" $code 0
    is_complete
    check "the end" "$(frames exit)" "code=0"
    # 4096 pages in 2 inspections, 2 warm-ups and 6 timed iterations, and a few of other mappings.
    check "no hit is lost" "$(frames profile | sed -n \
        's/^profile function=shmem_fault hits=\([0-9]*\) .*method=function-.*/\1/p' |
        awk '{ print ($1 >= 40960 && $1 < 41100) }')" 1
    check "other lines" "$(frames profile | grep -v shmem_fault)" \
        "profile function=no_such_function absent=1"
}

a_chatty_program_and_the_exit_port
more_output_than_there_is_room
an_audit
an_attribution
echo "  $checks checks, $failed failed"
[ "$failed" -eq 0 ]
