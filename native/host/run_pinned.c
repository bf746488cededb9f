// SPDX-License-Identifier: Apache-2.0
/*
 * Runs one program under the conditions that a native trial asks for, and writes down what it
 * cost. It ends as the program ends, and takes it along if it is killed itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../guest/clock.h"
#include "../supervise/command.h"
#include "conditions.h"

enum { SETTLE_MS_MAX = 3600000 };

static const char help_text[] =
    "usage: run-pinned [options] -- PROGRAM ARGS...\n"
    "  --cpus LIST        CPUs to run on, such as 0-3,6\n"
    "  --policy NAME      other, batch, idle, fifo:N or rr:N\n"
    "  --nice N           -20 to 19\n"
    "  --membind NODES    memory from these NUMA nodes alone, such as 0\n"
    "  --settle-ms N      wait before the start (0 to 3600000)\n"
    "  --time-file FILE   write there what the program took, and the clock's smallest steps\n"
    "Each condition is read back. Exit code: the program's own; 125 a condition cannot be had,\n"
    "or wrong usage; 127 the program cannot be executed.\n";

struct orders {
    struct conditions conditions;
    const char *settle_ms, *time_file;
};

static _Noreturn void fail(const char *what, const char *value, const char *advice) {
    fprintf(stderr, "run-pinned: %s %s: %s\n", what, value, advice);
    exit(COMMAND_EXIT_SUPERVISOR);
}

static const char **find_option(struct orders *orders, const char *name) {
    const struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--cpus", &orders->conditions.cpus},     {"--policy", &orders->conditions.policy},
        {"--nice", &orders->conditions.nice},     {"--membind", &orders->conditions.nodes},
        {"--settle-ms", &orders->settle_ms},      {"--time-file", &orders->time_file},
    };
    for (size_t index = 0; index < sizeof(options) / sizeof(options[0]); index++)
        if (strcmp(options[index].name, name) == 0)
            return options[index].value;
    fail("unknown option", name, "see --help");
}

static struct orders parse_orders(char **words) {
    struct orders orders = {0};
    while (*words != NULL && strcmp(*words, "--") != 0) {
        const char **value = find_option(&orders, words[0]);
        if (words[1] == NULL || strcmp(words[1], "--") == 0)
            fail("no value behind", words[0], "see --help");
        *value = words[1];
        words += 2;
    }
    return orders;
}

static void settle(const char *text) {
    char *end;
    errno = 0;
    long ms = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || ms < 0 || ms > SETTLE_MS_MAX)
        fail("--settle-ms", text, "give a whole number from 0 to 3600000");
    struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

static uint64_t now_us(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static double in_ms(struct timeval time) {
    return (double)time.tv_sec * 1000 + (double)time.tv_usec / 1000;
}

/* Watched on the program's own CPUs, before its start and after its end. */
static void write_clock(FILE *file, uint64_t at_start_ns) {
    fprintf(file, "clock_resolution_ns=%" PRIu64 " clock_resolution_end_ns=%" PRIu64, at_start_ns,
            clock_observe_resolution_ns());
    fprintf(file, " clock_getres_ns=%" PRIu64 " ", clock_claimed_resolution_ns());
}

static void write_costs(FILE *file, const struct rusage *usage, uint64_t wall_us) {
    char cpus[CPU_LIST_TEXT_SIZE], policy[32];
    conditions_read_cpus(cpus);
    conditions_read_policy(policy);
    fprintf(file, "wall_ms=%.3f user_ms=%.3f system_ms=%.3f", (double)wall_us / 1000,
            in_ms(usage->ru_utime), in_ms(usage->ru_stime));
    fprintf(file, " voluntary_switches=%ld involuntary_switches=%ld", usage->ru_nvcsw,
            usage->ru_nivcsw);
    fprintf(file, " min_faults=%ld maj_faults=%ld", usage->ru_minflt, usage->ru_majflt);
    fprintf(file, " cpus_allowed=%s policy=%s\n", cpus, policy);
}

static int run(char **words, struct rusage *usage) {
    pid_t parent = getpid(), child = fork();
    int status;
    if (child < 0)
        fail("fork for", words[0], strerror(errno));
    if (child == 0) {
        command_die_with(parent);
        command_execute(words, "run-pinned");
    }
    while (wait4(child, &status, 0, usage) < 0)
        if (errno != EINTR)
            fail("waiting for", words[0], strerror(errno));
    return status;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(help_text, stdout) < 0;
    char **words = command_find(argc, argv);
    struct orders orders = parse_orders(argv + 1);
    if (words == NULL)
        fail("no program", "behind --", "see --help");
    /* Opened before the start, as a result that cannot be written is not worth its time. */
    FILE *file = orders.time_file != NULL ? fopen(orders.time_file, "we") : NULL;
    if (orders.time_file != NULL && file == NULL)
        fail("opening", orders.time_file, strerror(errno));
    conditions_apply(&orders.conditions);
    if (orders.settle_ms != NULL)
        settle(orders.settle_ms);
    struct rusage usage = {0};
    uint64_t resolution_ns = file != NULL ? clock_observe_resolution_ns() : 0;
    uint64_t start_us = now_us();
    int status = run(words, &usage);
    uint64_t wall_us = now_us() - start_us;
    if (file != NULL) {
        write_clock(file, resolution_ns);
        write_costs(file, &usage, wall_us);
    }
    if (file != NULL && fclose(file) != 0)
        fail("writing", orders.time_file, strerror(errno));
    command_end_like(status);
}
