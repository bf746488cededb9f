// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's function tracer, limited to the functions of a profile. One profile at a time: the
 * tracer is the whole system's.
 */
#ifndef LABSWEEP_TRACING_H
#define LABSWEEP_TRACING_H

#include "profile.h"

enum { TRACING_PROBLEM_SIZE = 160 };

struct tracing {
    int directory;      /* Of tracefs. */
    int pipe;           /* Of the function graph; -1 where the kernel sums up by itself. */
    char *line;         /* Of the pipe, not yet complete. */
    size_t line_length;
    char problem[TRACING_PROBLEM_SIZE]; /* Why there is no tracing; empty when there is. */
};

/*
 * Finds or mounts tracefs, marks the functions that the kernel does not have, and makes the tracer
 * ready for the others. False if there is no tracing; the reason is in `problem` then.
 */
bool tracing_open(struct tracing *tracing, struct profile *profile);

void tracing_start(struct tracing *tracing, const struct profile *profile);

/* Waits until the buffer is half full, at most `wait_ms`. True if it should be taken now. */
bool tracing_wait(const struct tracing *tracing, int wait_ms);

/* Takes all that has come; whoever fills the buffer meanwhile should be stopped. */
void tracing_take(struct tracing *tracing, struct profile *profile);

/* Stops the tracer, takes the rest, and leaves the tracer as a booted kernel has it. */
void tracing_finish(struct tracing *tracing, struct profile *profile);

#endif
