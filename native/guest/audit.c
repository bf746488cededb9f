// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one program and writes down the state of its memory at the moment of its exit, while its
 * address space is still there. The program is traced, so its times are worth nothing.
 *
 *   audit STATE_FILE -- PROGRAM ARGS...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../supervise/command.h"
#include "pagemap.h"
#include "vmstat.h"

static const char help_text[] =
    "usage: audit STATE_FILE -- PROGRAM ARGS...\n"
    "Appends smaps, pagemap counts, changes of vmstat and status of the program at its exit.\n"
    "Exit code: the program's own; 125 wrong usage or no tracing; 127 it cannot be executed.\n";

struct audit {
    FILE *output;
    struct vmstat before, at_exit;
    pid_t process;
    bool was_executed, is_written;
};

static _Noreturn void fail(const char *what, const char *advice) {
    fprintf(stderr, "audit: %s: %s; %s\n", what, strerror(errno), advice);
    exit(COMMAND_EXIT_SUPERVISOR);
}

static void copy_process_file(FILE *output, pid_t process, const char *name) {
    char path[64], line[8192];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, name);
    fprintf(output, "== %s\n", name);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fputs("absent\n", output);
        return;
    }
    while (fgets(line, sizeof(line), file) != NULL)
        fputs(line, output);
    fclose(file);
}

/* The counters of the system come first, before what this dump itself does to them. */
static void write_state(struct audit *audit) {
    vmstat_read("/proc/vmstat", &audit->at_exit);
    copy_process_file(audit->output, audit->process, "smaps");
    fputs("== pagemap\n", audit->output);
    pagemap_write(audit->output, audit->process);
    fputs("== vmstat\n", audit->output);
    vmstat_write_change(audit->output, &audit->before, &audit->at_exit);
    copy_process_file(audit->output, audit->process, "status");
    audit->is_written = true;
}

/* The child waits until it is traced; an end of this process is the other reason to go on. */
static pid_t start(char **words) {
    int gate[2];
    char byte;
    pid_t parent = getpid();
    if (pipe(gate) != 0)
        fail("making a pipe", "check the limit of open files");
    pid_t child = fork();
    if (child == 0) {
        close(gate[1]);
        command_die_with(parent);
        while (read(gate[0], &byte, 1) < 0 && errno == EINTR)
            continue;
        close(gate[0]);
        command_execute(words, "audit");
    }
    close(gate[0]);
    if (child < 0)
        fail("starting the program", "check the limit of processes");
    const long options = PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, child, NULL, options) != 0)
        fail("tracing the program", "run where ptrace is allowed (container, Yama, seccomp?)");
    close(gate[1]);
    return child;
}

/*
 * Lets the stopped program go on. A signal is handed on to it, but not those stops that ptrace has
 * made itself; in a stop of job control it stays until it is continued by whoever stopped it.
 */
static void resume(struct audit *audit, int status) {
    int event = status >> 16, signal_number = WSTOPSIG(status);
    if (event == PTRACE_EVENT_EXEC)
        audit->was_executed = true;
    if (event == PTRACE_EVENT_EXIT && audit->was_executed && !audit->is_written)
        write_state(audit);
    bool is_group_stop = event == PTRACE_EVENT_STOP &&
                         (signal_number == SIGSTOP || signal_number == SIGTSTP ||
                          signal_number == SIGTTIN || signal_number == SIGTTOU);
    long handed_on = event == 0 ? signal_number : 0;
    ptrace(is_group_stop ? PTRACE_LISTEN : PTRACE_CONT, audit->process, NULL, handed_on);
}

static int follow(struct audit *audit) {
    for (;;) {
        int status;
        pid_t seen = waitpid(audit->process, &status, __WALL);
        if (seen < 0 && errno != EINTR)
            fail("waiting for the program", "it may have been taken over by another tracer");
        if (seen == audit->process && !WIFSTOPPED(status))
            return status;
        if (seen == audit->process)
            resume(audit, status);
    }
}

int main(int argc, char **argv) {
    static struct audit audit;
    char **words = command_find(argc, argv);
    if (words == NULL || words != argv + 3) {
        fputs(help_text, stderr);
        return COMMAND_EXIT_SUPERVISOR;
    }
    audit.output = fopen(argv[1], "ae");
    if (audit.output == NULL)
        fail(argv[1], "give a file that can be written");
    vmstat_read("/proc/vmstat", &audit.before);
    audit.process = start(words);
    int status = follow(&audit);
    if (fclose(audit.output) != 0)
        fail(argv[1], "writing it failed");
    if (audit.was_executed && !audit.is_written)
        fputs("audit: the program was gone before its state could be read\n", stderr);
    command_end_like(status);
}
