// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the facts that facts.h describes out of /proc, /sys and uname. It changes nothing and
 * never fails: a fact that cannot be read, or not be understood, is reported as absent.
 */
#define _GNU_SOURCE
#include "facts.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "clock.h"

enum { VALUE_SIZE = 8192 };

static const char absent[] = "absent";
static const char cpu_directory[] = "/sys/devices/system/cpu";
static const char thp_directory[] = "/sys/kernel/mm/transparent_hugepage";
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

/* The number behind a name such as `MemTotal:` in a text of lines. */
static void report_line_number(const struct reporter *reporter, const char *name,
                               const char *text, const char *line_name) {
    const char *line = text != NULL ? strstr(text, line_name) : NULL;
    uint64_t number = 0;
    if (line != NULL)
        line += strcspn(line, "0123456789\n");
    bool known = line != NULL && take_number(&line, &number);
    report_number(reporter, name, known, number);
}

static void report_memory(const struct reporter *reporter) {
    char buffer[VALUE_SIZE];
    const char *text = read_text(reporter, "/proc", "meminfo", buffer) ? buffer : NULL;
    report_line_number(reporter, "memory_total_kb", text, "MemTotal:");
    report_line_number(reporter, "hugepages_total", text, "HugePages_Total:");
    report_line_number(reporter, "hugepage_size_kb", text, "Hugepagesize:");
}

static void report_memory_at_end(const struct reporter *reporter) {
    char buffer[VALUE_SIZE];
    const char *text = read_text(reporter, "/proc", "meminfo", buffer) ? buffer : NULL;
    report_line_number(reporter, "memory_available_end_kb", text, "MemAvailable:");
}

/* The value of the first line of the name in /proc/cpuinfo, cut out of the text; or NULL. */
static char *find_cpu_value(char *text, const char *name) {
    char *line = strstr(text, name);
    char *value = line != NULL ? strchr(line, ':') : NULL;
    if (value == NULL)
        return NULL;
    value += strspn(value, ": \t");
    value[strcspn(value, "\n")] = '\0';
    return value;
}

/* All CPUs of a guest are alike, so the first one speaks for them; it is in the first 8 KiB. */
static void report_cpu(const struct reporter *reporter) {
    char text[VALUE_SIZE];
    bool known = read_text(reporter, "/proc", "cpuinfo", text);
    const char *flags = known ? find_cpu_value(text, "\nflags") : NULL;
    report_number(reporter, "hypervisor", flags != NULL,
                  flags != NULL && strstr(flags, "hypervisor") != NULL);
    const char *model = known ? find_cpu_value(text, "model name") : NULL;
    reporter->sink(reporter->context, "cpu_model", model != NULL ? model : absent);
}

/* The first line of /proc/stat sums up all CPUs; its eighth number is the stolen time. */
static void report_steal(const struct reporter *reporter, const char *name) {
    char text[VALUE_SIZE];
    uint64_t ticks = 0;
    bool known = read_text(reporter, "/proc", "stat", text) && strncmp(text, "cpu ", 4) == 0;
    const char *rest = text + 3;
    for (int field = 1; known && field <= 8; field++) {
        rest += strspn(rest, " ");
        known = take_number(&rest, &ticks);
    }
    report_number(reporter, name, known, ticks);
}

static void report_clock(const struct reporter *reporter) {
    uint64_t resolution_ns = clock_observe_resolution_ns();
    uint64_t claimed_ns = clock_claimed_resolution_ns();
    report_number(reporter, "clock_resolution_ns", resolution_ns > 0, resolution_ns);
    report_number(reporter, "clock_getres_ns", claimed_ns > 0, claimed_ns);
}

/* A clock that was changed in the run may be a coarser one by now. */
static void report_clock_at_end(const struct reporter *reporter) {
    uint64_t resolution_ns = clock_observe_resolution_ns();
    report_number(reporter, "clock_resolution_end_ns", resolution_ns > 0, resolution_ns);
}

static void report_kernel(const struct reporter *reporter) {
    struct utsname names;
    bool known = uname(&names) == 0;
    reporter->sink(reporter->context, "kernel_release", known ? names.release : absent);
    reporter->sink(reporter->context, "kernel_version", known ? names.version : absent);
    reporter->sink(reporter->context, "machine", known ? names.machine : absent);
}

/*
 * Whether the kernel lies where it was linked to. A boot loader that unpacks it may have put it
 * elsewhere by lot; without the right to see addresses all of them are zero.
 */
static void report_kaslr(const struct reporter *reporter) {
    static const char linked[] = "ffffffff81000000 ", hidden[] = "0000000000000000 ";
    const char *value = absent;
    char path[PATH_MAX], line[512];
    snprintf(path, sizeof(path), "%s/proc/kallsyms", reporter->root);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strstr(line, " _text\n") == NULL)
            continue;
        if (strncmp(line, hidden, sizeof(hidden) - 1) != 0)
            value = strncmp(line, linked, sizeof(linked) - 1) == 0 ? "off" : "on";
        break;
    }
    if (file != NULL)
        fclose(file);
    reporter->sink(reporter->context, "kaslr", value);
}

static int is_no_dot(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* `name=word, name=word`, where the word is what comes before the details of a line. */
static void report_vulnerabilities(const struct reporter *reporter) {
    static const char directory[] = "/sys/devices/system/cpu/vulnerabilities";
    char path[PATH_MAX], value[VALUE_SIZE] = "", text[VALUE_SIZE];
    struct dirent **entries = NULL;
    size_t used = 0;
    snprintf(path, sizeof(path), "%s%s", reporter->root, directory);
    int count = scandir(path, &entries, is_no_dot, alphasort);
    for (int index = 0; index < count; index++) {
        const char *name = entries[index]->d_name;
        if (read_text(reporter, directory, name, text) && used < sizeof(value)) {
            text[strcspn(text, ";,\n")] = '\0';
            used += (size_t)snprintf(value + used, sizeof(value) - used, "%s%s=%s",
                                     used > 0 ? ", " : "", name, text);
        }
        free(entries[index]);
    }
    free(entries);
    reporter->sink(reporter->context, "vulnerabilities", used > 0 ? value : absent);
}

void facts_report_start(const char *root, fact_sink *sink, void *context) {
    const struct reporter reporter = {root, sink, context};
    report_uptime(&reporter, "uptime_ms_at_start");
    report_kernel(&reporter);
    /* Besides what uname tells it names the compiler and the linker. */
    report_text(&reporter, "kernel_banner", "/proc", "version");
    report_cpu_count(&reporter, "online_cpus", "online");
    report_cpu_count(&reporter, "present_cpus", "present");
    report_text(&reporter, "online_cpu_list", cpu_directory, "online");
    report_text(&reporter, "cmdline", "/proc", "cmdline");
    report_text(&reporter, "clocksource", clock_directory, "current_clocksource");
    report_text(&reporter, "clocksources_available", clock_directory, "available_clocksource");
    report_clock(&reporter);
    report_memory(&reporter);
    report_text(&reporter, "numa_nodes", "/sys/devices/system/node", "online");
    report_text(&reporter, "thp_enabled", thp_directory, "enabled");
    report_text(&reporter, "thp_shmem", thp_directory, "shmem_enabled");
    /* From 6.17 on it samples page tables by default, and oftener in a young guest. */
    report_text(&reporter, "damon_stat", "/sys/module/damon_stat/parameters", "enabled");
    report_text(&reporter, "overcommit_memory", "/proc/sys/vm", "overcommit_memory");
    report_text(&reporter, "aslr", "/proc/sys/kernel", "randomize_va_space");
    report_kaslr(&reporter);
    report_cpu(&reporter);
    report_vulnerabilities(&reporter);
    report_text(&reporter, "tainted", "/proc/sys/kernel", "tainted");
    report_steal(&reporter, "steal_ticks_start");
}

void facts_report_end(const char *root, fact_sink *sink, void *context) {
    const struct reporter reporter = {root, sink, context};
    report_uptime(&reporter, "uptime_ms_at_end");
    report_text(&reporter, "clocksource_end", clock_directory, "current_clocksource");
    report_clock_at_end(&reporter);
    report_text(&reporter, "tainted_end", "/proc/sys/kernel", "tainted");
    report_cpu_count(&reporter, "online_cpus_end", "online");
    report_steal(&reporter, "steal_ticks_end");
    report_text(&reporter, "thp_enabled_end", thp_directory, "enabled");
    report_memory_at_end(&reporter);
}
