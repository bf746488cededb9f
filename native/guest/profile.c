// SPDX-License-Identifier: Apache-2.0
/*
 * Understands the two texts of ftrace that profile.h names. A line that is not understood is passed
 * over: the tracer prints headings, and gaps between CPUs, among the lines that count.
 */
#define _GNU_SOURCE
#include "profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The kernel prints names of its statistics no longer than that. */
enum { STATISTIC_NAME_MAX = 30 };

bool profile_parse_names(struct profile *profile, const char *names) {
    profile->count = 0;
    for (;;) {
        size_t length = strcspn(names, ",");
        if (length == 0 || length >= PROFILE_NAME_SIZE || profile->count == PROFILE_FUNCTIONS_MAX)
            return false;
        struct profile_function *function = &profile->functions[profile->count++];
        memset(function, 0, sizeof(*function));
        memcpy(function->name, names, length);
        if (names[length] == '\0')
            return true;
        names += length + 1;
    }
}

static bool is_name(const struct profile_function *function, const char *name, size_t length) {
    return strlen(function->name) == length && memcmp(function->name, name, length) == 0;
}

static void add(struct profile *profile, const char *name, size_t length, uint64_t hits,
                double time_us) {
    for (int index = 0; index < profile->count; index++) {
        struct profile_function *function = &profile->functions[index];
        bool is_cut = length == STATISTIC_NAME_MAX && strlen(function->name) > length &&
                      strncmp(function->name, name, length) == 0;
        if (!is_cut && !is_name(function, name, length))
            continue;
        function->hits += hits;
        function->time_us += time_us;
    }
}

void profile_add_statistic(struct profile *profile, const char *line) {
    char name[PROFILE_NAME_SIZE];
    uint64_t hits;
    double time_us;
    if (sscanf(line, " %127s %" SCNu64 " %lf us", name, &hits, &time_us) == 3)
        add(profile, name, strlen(name), hits, time_us);
}

/* The duration stands before the bar, perhaps behind a mark of slowness: `+ 12.345 us   |`. */
static bool find_duration(const char *line, const char *bar, double *time_us) {
    const char *unit = memmem(line, (size_t)(bar - line), " us ", 4);
    if (unit == NULL)
        return false;
    const char *start = unit;
    while (start > line && strchr("0123456789.", start[-1]) != NULL)
        start--;
    *time_us = strtod(start, NULL);
    return start < unit;
}

/*
 * The graph's own `[LOST n EVENTS]` is no use: it is forgotten where the tracer has looked ahead
 * for the end of a call.
 */
void profile_add_loss(struct profile *profile, const char *line) {
    static const char *const names[] = {"overrun:", "commit overrun:", "dropped events:"};
    for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
        size_t length = strlen(names[index]);
        if (strncmp(line, names[index], length) == 0)
            profile->lost_events += strtoull(line + length, NULL, 10);
    }
}

/*
 * A call with nothing traced inside is `name();`, any other ends with a line of its own that is
 * closed by the comment with its name. The line that opens it has no duration, and does not count.
 */
void profile_add_graph(struct profile *profile, const char *line) {
    const char *bar = strchr(line, '|');
    double time_us;
    if (bar == NULL || !find_duration(line, bar, &time_us))
        return;
    const char *name = bar + 1 + strspn(bar + 1, " ");
    static const char closing[] = "} /* ";
    if (strncmp(name, closing, strlen(closing)) == 0)
        name += strlen(closing);
    add(profile, name, strcspn(name, "( *\n"), 1, time_us);
}

void profile_write(const struct profile *profile, FILE *output) {
    for (int index = 0; index < profile->count; index++) {
        const struct profile_function *function = &profile->functions[index];
        fprintf(output, "profile function=%s", function->name);
        if (function->is_absent)
            fprintf(output, " absent=1\n");
        else
            fprintf(output, " hits=%" PRIu64 " time_us=%.3f method=%s\n", function->hits,
                    function->time_us, profile->method);
    }
    if (profile->lost_events > 0)
        fprintf(output, "profile lost_events=%" PRIu64 "\n", profile->lost_events);
}
