// SPDX-License-Identifier: Apache-2.0
/*
 * Starting a program and ending as it did, as command.h describes. It forks nothing itself, since
 * each supervisor does that in its own way.
 */
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

char **command_find(int argc, char **argv) {
    for (int index = 1; index < argc; index++)
        if (strcmp(argv[index], "--") == 0)
            return argv[index + 1] != NULL ? argv + index + 1 : NULL;
    return NULL;
}

_Noreturn void command_execute(char **words, const char *supervisor) {
    execvp(words[0], words);
    fprintf(stderr, "%s: cannot execute %s: %s; check its path and mode\n", supervisor, words[0],
            strerror(errno));
    fflush(stderr);
    _exit(COMMAND_EXIT_NOT_EXECUTED);
}

void command_die_with(int parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(COMMAND_EXIT_SUPERVISOR);
}

_Noreturn void command_end_like(int wait_status) {
    if (WIFEXITED(wait_status))
        exit(WEXITSTATUS(wait_status));
    const struct rlimit no_core = {0};
    sigset_t signals;
    int signal_number = WTERMSIG(wait_status);
    setrlimit(RLIMIT_CORE, &no_core);
    signal(signal_number, SIG_DFL);
    sigemptyset(&signals);
    sigaddset(&signals, signal_number);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    fflush(NULL);
    raise(signal_number);
    /* Only PID 1 of a namespace outlives that; a shell's way of saying it is then the nearest. */
    _exit(128 + signal_number);
}
