// SPDX-License-Identifier: Apache-2.0
/*
 * Sets the CPUs that threads may run on, and prints them as the kernel then has them:
 * `pin TID=CPULIST ...`. One call does for all threads of a guest. It moves no other thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu_list.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct order {
    pid_t thread;
    const char *cpus;
    struct cpu_list list;
};

static _Noreturn void fail_usage(const char *word) {
    fprintf(stderr, "pin: '%s' is not TID=CPULIST; write for example 1234=0-1,4\n", word);
    exit(EXIT_USAGE);
}

static struct order parse_order(const char *word) {
    char *end;
    errno = 0;
    long thread = strtol(word, &end, 10);
    bool is_thread = word[0] >= '1' && word[0] <= '9' && errno == 0 && thread <= 0x7fffffff;
    struct order order = {.thread = (pid_t)thread, .cpus = end + 1};
    if (!is_thread || *end != '=' || !cpu_list_parse(order.cpus, &order.list))
        fail_usage(word);
    return order;
}

static bool complain(const struct order *order, const char *what, const char *seen) {
    fprintf(stderr, "pin: thread %d, CPUs %s: %s: %s\n", (int)order->thread, order->cpus, what,
            seen);
    return false;
}

/* The kernel leaves out CPUs that are offline or outside the cpuset, in silence: so read back. */
static bool apply(const struct order *order) {
    struct cpu_list seen = {0};
    char text[CPU_LIST_TEXT_SIZE];
    if (sched_setaffinity(order->thread, sizeof(order->list), order->list.sets) != 0)
        return complain(order, "setting failed", strerror(errno));
    if (sched_getaffinity(order->thread, sizeof(seen), seen.sets) != 0)
        return complain(order, "reading back failed", strerror(errno));
    cpu_list_format(&seen, text);
    printf("%d %s\n", (int)order->thread, text);
    if (!cpu_list_equal(&seen, &order->list))
        return complain(order, "it was given other CPUs (offline, or outside its cpuset?)", text);
    return true;
}

int main(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        fputs("usage: pin TID=CPULIST ...\n"
              "Pins each thread, reads its CPUs back and prints `TID CPULIST`.\n"
              "Exit code: 0 all as asked, 1 one is not, 2 wrong usage.\n",
              argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_SUCCESS;
    }
    /* All words are understood before the first thread is touched. */
    for (int index = 1; index < argc; index++)
        parse_order(argv[index]);
    bool is_good = true;
    for (int index = 1; index < argc; index++) {
        struct order order = parse_order(argv[index]);
        is_good = apply(&order) && is_good;
    }
    return fflush(stdout) == 0 && is_good ? EXIT_SUCCESS : EXIT_FAILED;
}
