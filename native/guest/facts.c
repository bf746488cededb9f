// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the facts that facts.h describes out of /proc, /sys and uname. It changes nothing and
 * never fails: a fact that cannot be read, or not be understood, is reported as absent.
 */
#define _GNU_SOURCE
#include "facts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { VALUE_SIZE = 8192 };

static const char absent[] = "absent";
static const char cpu_directory[] = "/sys/devices/system/cpu";
static const char clock_directory[] = "/sys/devices/system/clocksource/clocksource0";

struct reporter {
    const char *root;
    fact_sink *sink;
    void *context;
};

/* Reads a small file whole, without the white space at its end. */
static bool read_text(const struct reporter *reporter, const char *directory, const char *name,
                      char text[VALUE_SIZE]) {
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s%s/%s", reporter->root, directory, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, VALUE_SIZE - 1, file);
    bool readable = ferror(file) == 0;
    fclose(file);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
    return readable;
}

static void report_number(const struct reporter *reporter, const char *name, bool known,
                          uint64_t number) {
    char value[32];
    snprintf(value, sizeof(value), "%" PRIu64, number);
    reporter->sink(reporter->context, name, known ? value : absent);
}

static void report_text(const struct reporter *reporter, const char *name, const char *directory,
                        const char *file) {
    char text[VALUE_SIZE];
    bool known = read_text(reporter, directory, file, text);
    reporter->sink(reporter->context, name, known ? text : absent);
}

/* Takes a number at *text and moves behind it. False if there are no digits. */
static bool take_number(const char **text, uint64_t *number) {
    if (**text < '0' || **text > '9')
        return false;
    char *end;
    *number = strtoull(*text, &end, 10);
    *text = end;
    return true;
}

/* Counts the CPUs of a list such as 0-3,6. */
static bool count_cpus(const char *list, uint64_t *count) {
    *count = 0;
    for (;;) {
        uint64_t first, last;
        if (!take_number(&list, &first))
            return false;
        last = first;
        if (*list == '-' && (list++, !take_number(&list, &last)))
            return false;
        if (last < first)
            return false;
        *count += last - first + 1;
        if (*list == '\0')
            return true;
        if (*list++ != ',')
            return false;
    }
}

static void report_cpu_count(const struct reporter *reporter, const char *name,
                             const char *file) {
    char list[VALUE_SIZE];
    uint64_t count = 0;
    bool known = read_text(reporter, cpu_directory, file, list) && count_cpus(list, &count);
    report_number(reporter, name, known, count);
}

/* /proc/uptime counts seconds with two decimals. */
static void report_uptime(const struct reporter *reporter, const char *name) {
    char text[VALUE_SIZE];
    const char *rest = text;
    uint64_t seconds = 0, hundredths = 0;
    bool known = read_text(reporter, "/proc", "uptime", text) && take_number(&rest, &seconds) &&
                 *rest++ == '.' && take_number(&rest, &hundredths);
    report_number(reporter, name, known, seconds * 1000 + hundredths * 10);
}

static void report_memory(const struct reporter *reporter) {
    char text[VALUE_SIZE];
    const char *line = NULL;
    uint64_t total_kb = 0;
    if (read_text(reporter, "/proc", "meminfo", text))
        line = strstr(text, "MemTotal:");
    if (line != NULL)
        line += strcspn(line, "0123456789\n");
    bool known = line != NULL && take_number(&line, &total_kb);
    report_number(reporter, "memory_total_kb", known, total_kb);
}

/* The first line of /proc/stat sums up all CPUs; its eighth number is the stolen time. */
static void report_steal(const struct reporter *reporter) {
    char text[VALUE_SIZE];
    uint64_t ticks = 0;
    bool known = read_text(reporter, "/proc", "stat", text) && strncmp(text, "cpu ", 4) == 0;
    const char *rest = text + 3;
    for (int field = 1; known && field <= 8; field++) {
        rest += strspn(rest, " ");
        known = take_number(&rest, &ticks);
    }
    report_number(reporter, "steal_ticks_end", known, ticks);
}

static void report_kernel(const struct reporter *reporter) {
    struct utsname names;
    bool known = uname(&names) == 0;
    reporter->sink(reporter->context, "kernel_release", known ? names.release : absent);
    reporter->sink(reporter->context, "kernel_version", known ? names.version : absent);
    reporter->sink(reporter->context, "machine", known ? names.machine : absent);
}

void facts_report_start(const char *root, fact_sink *sink, void *context) {
    const struct reporter reporter = {root, sink, context};
    report_uptime(&reporter, "uptime_ms_at_start");
    report_kernel(&reporter);
    report_cpu_count(&reporter, "online_cpus", "online");
    report_cpu_count(&reporter, "present_cpus", "present");
    report_text(&reporter, "online_cpu_list", cpu_directory, "online");
    report_text(&reporter, "cmdline", "/proc", "cmdline");
    report_text(&reporter, "clocksource", clock_directory, "current_clocksource");
    report_text(&reporter, "clocksources_available", clock_directory, "available_clocksource");
    report_memory(&reporter);
    report_text(&reporter, "thp_enabled", "/sys/kernel/mm/transparent_hugepage", "enabled");
    report_text(&reporter, "tainted", "/proc/sys/kernel", "tainted");
}

void facts_report_end(const char *root, fact_sink *sink, void *context) {
    const struct reporter reporter = {root, sink, context};
    report_uptime(&reporter, "uptime_ms_at_end");
    report_text(&reporter, "clocksource_end", clock_directory, "current_clocksource");
    report_text(&reporter, "tainted_end", "/proc/sys/kernel", "tainted");
    report_cpu_count(&reporter, "online_cpus_end", "online");
    report_steal(&reporter);
}
