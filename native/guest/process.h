// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one program to its end, with its output in files, and says how it ended. It sets no limit
 * of time: a program that hangs is the host's to notice.
 */
#ifndef LABSWEEP_PROCESS_H
#define LABSWEEP_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strings read from a file; `list` ends with NULL and is owned, with its bytes, by the caller. */
struct string_list {
    char **list;
    size_t count;
    char *bytes;
};

/* Reads NUL-terminated strings that follow one another. Gives NULL, or what is wrong. */
const char *strings_read(const char *path, struct string_list *strings);
void strings_free(struct string_list *strings);

struct program {
    char **arguments;   /* The first one is the path of the program. */
    char **environment; /* KEY=VALUE strings, ended by NULL. */
    const char *stdout_path, *stderr_path;
};

enum { ENDING_SIZE = 160 };

/* Times are whole microseconds; they are meaningless where the program was not executed. */
struct program_run {
    char ending[ENDING_SIZE]; /* `code=N`, `signal=N` or `exec_failed=<error text>`. */
    bool was_executed;
    uint64_t wall_us;              /* CLOCK_MONOTONIC, from before the start to after the reaping. */
    uint64_t user_us, system_us;   /* CPU time of the program and of what it waited for. */
};

/* Runs the program to its end, and reaps orphans while it waits. */
struct program_run process_run(const struct program *program);

#endif
