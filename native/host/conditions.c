// SPDX-License-Identifier: Apache-2.0
/*
 * Sets and reads back what conditions.h lists. It restores nothing: the conditions end with the
 * process.
 */
#define _GNU_SOURCE
#include "conditions.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../supervise/command.h"

/* Of the kernel's interface; glibc has no wrapper for it. */
enum { POLICY_BIND = 2, NODES_MAX = 1024, BITS_PER_LONG = sizeof(long) * CHAR_BIT };

static const struct {
    const char *name;
    int number;
    bool has_priority;
} policies[] = {
    {"other", SCHED_OTHER, false}, {"batch", SCHED_BATCH, false}, {"idle", SCHED_IDLE, false},
    {"fifo", SCHED_FIFO, true},    {"rr", SCHED_RR, true},
};
enum { POLICY_COUNT = sizeof(policies) / sizeof(policies[0]) };

static _Noreturn void refuse(const char *option, const char *value, const char *what) {
    fprintf(stderr, "run-pinned: %s %s: %s\n", option, value, what);
    exit(COMMAND_EXIT_SUPERVISOR);
}

static _Noreturn void refuse_seen(const char *option, const char *value, const char *seen) {
    char what[CPU_LIST_TEXT_SIZE + 64];
    snprintf(what, sizeof(what), "the kernel has it as %s; ask for what this machine has", seen);
    refuse(option, value, what);
}

static long parse_number(const char *option, const char *value, long low, long high) {
    char *end, what[64];
    errno = 0;
    long number = strtol(value, &end, 10);
    snprintf(what, sizeof(what), "give a whole number from %ld to %ld", low, high);
    if (errno != 0 || end == value || *end != '\0' || number < low || number > high)
        refuse(option, value, what);
    return number;
}

static void apply_cpus(const char *value) {
    struct cpu_list asked, seen = {0};
    char text[CPU_LIST_TEXT_SIZE];
    if (!cpu_list_parse(value, &asked))
        refuse("--cpus", value, "give a list such as 0-3,6");
    if (sched_setaffinity(0, sizeof(asked), asked.sets) != 0)
        refuse("--cpus", value, strerror(errno));
    conditions_read_cpus(text);
    if (!cpu_list_parse(text, &seen) || !cpu_list_equal(&seen, &asked))
        refuse_seen("--cpus", value, text);
}

static void apply_policy(const char *value) {
    const char *colon = strchr(value, ':');
    size_t length = colon != NULL ? (size_t)(colon - value) : strlen(value);
    int index = 0;
    while (index < POLICY_COUNT && (strlen(policies[index].name) != length ||
                                    strncmp(policies[index].name, value, length) != 0))
        index++;
    if (index == POLICY_COUNT || policies[index].has_priority != (colon != NULL))
        refuse("--policy", value, "known: other batch idle fifo:N rr:N");
    struct sched_param parameters = {0};
    if (colon != NULL)
        parameters.sched_priority = (int)parse_number("--policy", colon + 1, 1, 99);
    if (sched_setscheduler(0, policies[index].number, &parameters) != 0)
        refuse("--policy", value, strerror(errno));
    char asked[32], seen[32];
    snprintf(asked, sizeof(asked), colon != NULL ? "%s:%d" : "%s", policies[index].name,
             parameters.sched_priority);
    conditions_read_policy(seen);
    if (strcmp(asked, seen) != 0)
        refuse_seen("--policy", value, seen);
}

static void apply_nice(const char *value) {
    char seen[16];
    int asked = (int)parse_number("--nice", value, -20, 19);
    if (setpriority(PRIO_PROCESS, 0, asked) != 0)
        refuse("--nice", value, strerror(errno));
    int found = getpriority(PRIO_PROCESS, 0);
    snprintf(seen, sizeof(seen), "%d", found);
    if (found != asked)
        refuse_seen("--nice", value, seen);
}

static void apply_nodes(const char *value) {
    struct cpu_list list;
    unsigned long asked[NODES_MAX / BITS_PER_LONG] = {0}, seen[NODES_MAX / BITS_PER_LONG] = {0};
    int policy = -1;
    if (!cpu_list_parse(value, &list))
        refuse("--membind", value, "give a list such as 0-1");
    for (size_t node = 0; node < CPU_LIST_MAX; node++) {
        if (cpu_list_has(&list, node) && node >= NODES_MAX)
            refuse("--membind", value, "Linux has nodes 0 to 1023 at most");
        if (cpu_list_has(&list, node))
            asked[node / BITS_PER_LONG] |= 1ul << node % BITS_PER_LONG;
    }
    /* The kernel takes one from the number of bits before it uses it. */
    if (syscall(SYS_set_mempolicy, POLICY_BIND, asked, NODES_MAX + 1) != 0 ||
        syscall(SYS_get_mempolicy, &policy, seen, NODES_MAX + 1, NULL, 0) != 0)
        refuse("--membind", value, strerror(errno));
    if (policy != POLICY_BIND || memcmp(asked, seen, sizeof(asked)) != 0)
        refuse_seen("--membind", value, "another policy or other nodes");
}

void conditions_apply(const struct conditions *conditions) {
    if (conditions->cpus != NULL)
        apply_cpus(conditions->cpus);
    if (conditions->policy != NULL)
        apply_policy(conditions->policy);
    if (conditions->nice != NULL)
        apply_nice(conditions->nice);
    if (conditions->nodes != NULL)
        apply_nodes(conditions->nodes);
}

void conditions_read_cpus(char text[CPU_LIST_TEXT_SIZE]) {
    struct cpu_list seen = {0};
    if (sched_getaffinity(0, sizeof(seen), seen.sets) != 0)
        refuse("--cpus", "", strerror(errno));
    cpu_list_format(&seen, text);
}

void conditions_read_policy(char text[32]) {
    struct sched_param parameters = {0};
    int number = sched_getscheduler(0);
    sched_getparam(0, &parameters);
    snprintf(text, 32, "number-%d", number);
    for (int index = 0; index < POLICY_COUNT; index++)
        if (policies[index].number == number)
            snprintf(text, 32, policies[index].has_priority ? "%s:%d" : "%s",
                     policies[index].name, parameters.sched_priority);
}
