// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a program and disturbs its memory while it runs, as a test needs it: right before the Nth
 * time that it opens /proc/self/smaps, the program itself is made to call madvise() on its mapping.
 * The state that it then sees is the kernel's own. Only for x86-64.
 *
 *   disturb BYTES N:ACTION[,N:ACTION] PROGRAM ARGS...
 *
 * Exit code: that of the program; 125 when the disturbance did not take place, 126 when the kernel
 * refused it.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_DONE = 125, EXIT_REFUSED = 126, SYSCALL_STOP = SIGTRAP | 0x80, PAGE = 4096 };
/* Of Linux 6.1; the C library of Debian 12 knows it, older ones do not. */
enum { COLLAPSE = 25 };

/* Pages counted from the start of the mapping; 0 is all of it. */
static const struct action { const char *name; int advice; size_t pages; } actions[] = {
    {"split", MADV_DONTFORK, 1},
    {"evict", MADV_DONTNEED, 2},
    {"huge", MADV_HUGEPAGE, 0},
    {"collapse", COLLAPSE, 0},
};
enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

struct target {
    pid_t pid;
    size_t bytes;
    unsigned long long start; /* Of the latest mapping of so many bytes. */
    const char *plan;
    int open_count, done_count;
};

static struct user_regs_struct registers_of(const struct target *target) {
    struct user_regs_struct registers = {0};
    ptrace(PTRACE_GETREGS, target->pid, NULL, &registers);
    return registers;
}

/* Goes on to the next stop at a system call; false when the program has ended. */
static bool go_on(const struct target *target, int *status) {
    int signal = 0;
    do {
        ptrace(PTRACE_SYSCALL, target->pid, NULL, (void *)(long)signal);
        if (waitpid(target->pid, status, 0) < 0 || !WIFSTOPPED(*status))
            return false;
        signal = WSTOPSIG(*status) == SIGTRAP ? 0 : WSTOPSIG(*status);
    } while (WSTOPSIG(*status) != SYSCALL_STOP);
    return true;
}

static bool opens_smaps(const struct target *target, const struct user_regs_struct *at) {
    char path[sizeof("/proc/self/smaps")] = "";
    struct iovec here = {path, sizeof(path)}, there = {(void *)at->rsi, sizeof(path)};
    return at->orig_rax == SYS_openat &&
           process_vm_readv(target->pid, &here, 1, &there, 1, 0) == (ssize_t)sizeof(path) &&
           memcmp(path, "/proc/self/smaps", sizeof(path)) == 0;
}

static const struct action *action_at(const struct target *target) {
    char wanted[32];
    for (int index = 0; index < ACTION_COUNT; index++) {
        snprintf(wanted, sizeof(wanted), "%d:%s", target->open_count, actions[index].name);
        const char *found = strstr(target->plan, wanted);
        if (found != NULL && strchr(",", found[strlen(wanted)]) != NULL)
            return &actions[index];
    }
    return NULL;
}

/* The call at whose entry the program stands is done afterwards: it is two bytes long. */
static void disturb(struct target *target, const struct action *action) {
    int status;
    struct user_regs_struct saved = registers_of(target), call = saved;
    call.orig_rax = SYS_madvise;
    call.rdi = target->start;
    call.rsi = action->pages > 0 ? action->pages * PAGE : target->bytes;
    call.rdx = (unsigned long long)action->advice;
    ptrace(PTRACE_SETREGS, target->pid, NULL, &call);
    if (!go_on(target, &status) || (long long)registers_of(target).rax < 0)
        exit(EXIT_REFUSED);
    saved.rax = saved.orig_rax;
    saved.rip -= 2;
    ptrace(PTRACE_SETREGS, target->pid, NULL, &saved);
    target->done_count++;
    if (!go_on(target, &status))
        exit(EXIT_NOT_DONE);
}

static int run(struct target *target) {
    int status;
    while (go_on(target, &status)) {
        struct user_regs_struct at = registers_of(target);
        if (opens_smaps(target, &at)) {
            target->open_count++;
            const struct action *action = action_at(target);
            if (action != NULL)
                disturb(target, action);
        }
        if (!go_on(target, &status))
            break;
        if (at.orig_rax == SYS_mmap && at.rsi == target->bytes)
            target->start = registers_of(target).rax;
    }
    if (target->done_count == 0 || !WIFEXITED(status))
        return EXIT_NOT_DONE;
    return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
    if (argc < 4)
        return EXIT_NOT_DONE;
    struct target target = {.bytes = strtoull(argv[1], NULL, 10), .plan = argv[2]};
    target.pid = fork();
    if (target.pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execv(argv[3], argv + 3);
        _exit(EXIT_NOT_DONE);
    }
    int status;
    if (waitpid(target.pid, &status, 0) < 0 || !WIFSTOPPED(status))
        return EXIT_NOT_DONE;
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    ptrace(PTRACE_SETOPTIONS, target.pid, NULL, (void *)options);
    return run(&target);
}
