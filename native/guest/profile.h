// SPDX-License-Identifier: Apache-2.0
/*
 * How often named kernel functions ran and how long they took, summed up from what ftrace prints.
 * It reads and writes text; it does not touch the tracer.
 */
#ifndef LABSWEEP_PROFILE_H
#define LABSWEEP_PROFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PROFILE_FUNCTIONS_MAX = 64, PROFILE_NAME_SIZE = 128 };

struct profile_function {
    char name[PROFILE_NAME_SIZE];
    bool is_absent; /* The kernel has no such function, or has inlined it. */
    uint64_t hits;
    double time_us; /* With the tracer's own cost in it, and that of traced functions inside. */
};

struct profile {
    struct profile_function functions[PROFILE_FUNCTIONS_MAX];
    int count;
    uint64_t lost_events; /* That the tracer dropped: the sums are then too small. */
    const char *method;   /* function-profile or function-graph */
};

/* Takes names between commas. False if one is empty or too long, or there are too many. */
bool profile_parse_names(struct profile *profile, const char *names);

/* Adds what a line of trace_stat/functionN says; other lines are passed over. */
void profile_add_statistic(struct profile *profile, const char *line);

/* Adds what a line of per_cpu/cpuN/stats says of events that were dropped. */
void profile_add_loss(struct profile *profile, const char *line);

/* Adds what a line of the function graph says, printed with the option funcgraph-tail. */
void profile_add_graph(struct profile *profile, const char *line);

void profile_write(const struct profile *profile, FILE *output);

#endif
