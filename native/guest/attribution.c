// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one program and writes down how often named kernel functions ran meanwhile, and how long
 * they took. Tracing slows them down, so the program's own times are worth nothing.
 *
 *   attribution PROFILE_FILE FUNCTION[,FUNCTION...] -- PROGRAM ARGS...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../supervise/command.h"
#include "tracing.h"

/* How late the program's end may be noticed; the tracer is read as soon as it has something. */
enum { TAKE_MS = 20 };

static const char help_text[] =
    "usage: attribution PROFILE_FILE FUNCTION[,FUNCTION...] -- PROGRAM ARGS...\n"
    "Writes hits and time of kernel functions, by ftrace, while the program runs. Needs root.\n"
    "Exit code: the program's own; 125 wrong usage; 127 it cannot be executed.\n";

static _Noreturn void fail(const char *what, const char *advice) {
    fprintf(stderr, "attribution: %s: %s; %s\n", what, strerror(errno), advice);
    exit(COMMAND_EXIT_SUPERVISOR);
}

/* The gate keeps the program from starting before the tracer has. */
static pid_t start(char **words, int gate[2]) {
    char byte;
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        fail("starting the program", "check the limit of processes");
    if (child > 0)
        return child;
    close(gate[1]);
    command_die_with(parent);
    while (read(gate[0], &byte, 1) < 0 && errno == EINTR)
        continue;
    close(gate[0]);
    command_execute(words, "attribution");
}

/*
 * The tracer makes its text slower than a busy kernel makes events, so the program is stopped
 * whenever the buffer is half full: else events would be lost, and the sums too small.
 */
static void take_stopped(pid_t child, struct tracing *tracing, struct profile *profile) {
    kill(child, SIGSTOP);
    tracing_take(tracing, profile);
    kill(child, SIGCONT);
}

static int run(char **words, struct tracing *tracing, struct profile *profile) {
    int gate[2], status = 0;
    if (pipe(gate) != 0)
        fail("making a pipe", "check the limit of open files");
    pid_t child = start(words, gate), ended;
    bool is_traced = tracing->problem[0] == '\0';
    close(gate[0]);
    if (is_traced)
        tracing_start(tracing, profile);
    close(gate[1]);
    while ((ended = waitpid(child, &status, is_traced ? WNOHANG : 0)) != child) {
        if (ended < 0 && errno != EINTR)
            fail("waiting for the program", "was it taken over?");
        if (is_traced && tracing_wait(tracing, TAKE_MS))
            take_stopped(child, tracing, profile);
    }
    return status;
}

int main(int argc, char **argv) {
    static struct profile profile;
    struct tracing tracing;
    char **words = command_find(argc, argv);
    if (words == NULL || words != argv + 4 || !profile_parse_names(&profile, argv[2])) {
        fputs(help_text, stderr);
        return COMMAND_EXIT_SUPERVISOR;
    }
    FILE *output = fopen(argv[1], "we");
    if (output == NULL)
        fail(argv[1], "give a file that can be written");
    bool is_traced = tracing_open(&tracing, &profile);
    int status = run(words, &tracing, &profile);
    tracing_finish(&tracing, &profile);
    if (is_traced)
        profile_write(&profile, output);
    else
        fprintf(output, "profile unavailable=%s\n", tracing.problem);
    if (fclose(output) != 0)
        fail(argv[1], "writing it failed");
    command_end_like(status);
}
