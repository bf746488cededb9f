// SPDX-License-Identifier: Apache-2.0
/*
 * What the programs that run another program have in common: where its words begin, how it is
 * started, and how its end becomes their own. It watches nothing and measures nothing.
 */
#ifndef LABSWEEP_COMMAND_H
#define LABSWEEP_COMMAND_H

#include <stdbool.h>

/* Of a supervisor itself; the program's own codes are passed on, whatever they are. */
enum { COMMAND_EXIT_SUPERVISOR = 125, COMMAND_EXIT_NOT_EXECUTED = 127 };

/* Gives the words behind `--`, ended by NULL; or NULL if there are none. */
char **command_find(int argc, char **argv);

/* Becomes the program, which is found as a shell would. If that fails: a message, and exit 127. */
_Noreturn void command_execute(char **words, const char *supervisor);

/* Asks for our own death by SIGKILL with our parent's. Does not return if that is gone already. */
void command_die_with(int parent);

/* Ends this process as the other one ended: by the same code or the same signal, without a core. */
_Noreturn void command_end_like(int wait_status);

#endif
