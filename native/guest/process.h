// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one program to its end, with its output in files, and says how it ended. It sets no limit
 * of time: a program that hangs is the host's to notice.
 */
#ifndef LABSWEEP_PROCESS_H
#define LABSWEEP_PROCESS_H

#include <stddef.h>

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

/* Writes `code=N`, `signal=N` or `exec_failed=<error text>`; reaps orphans while it waits. */
void process_run(const struct program *program, char ending[ENDING_SIZE]);

#endif
