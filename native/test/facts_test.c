// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: facts are read right, and what is missing or odd is `absent`, never a guess. Method: a
 * directory of written fixtures stands in for the root of the guest.
 */
#define _GNU_SOURCE
#include "facts.h"

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"

struct collected {
    int count;
    char lines[64][512];
};

static char root[] = "/tmp/labsweep-facts-XXXXXX";

static void collect(void *context, const char *name, const char *value) {
    struct collected *facts = context;
    snprintf(facts->lines[facts->count++], sizeof(facts->lines[0]), "%s=%s", name, value);
}

static int has(const struct collected *facts, const char *line) {
    for (int index = 0; index < facts->count; index++)
        if (strcmp(facts->lines[index], line) == 0)
            return 1;
    printf("  no such fact: %s\n", line);
    return 0;
}

static void write_fixture(const char *path, const char *text) {
    char full[PATH_MAX];
    snprintf(full, sizeof(full), "%s%s", root, path);
    for (char *slash = strchr(full + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0755);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void write_fixtures(void) {
    write_fixture("/sys/devices/system/cpu/online", "0-2,5,7-8\n");
    write_fixture("/sys/devices/system/cpu/present", "0-15\n");
    write_fixture("/proc/cmdline", "console=ttyS0 quiet\n");
    write_fixture("/proc/uptime", "12.34 8.10\n");
    write_fixture("/proc/meminfo", "MemTotal:        1010528 kB\nMemFree: 5 kB\n");
    write_fixture("/proc/stat", "cpu  1 2 3 4 5 6 7 88 9 10\ncpu0 1 2 3 4 5 6 7 99 9 10\n");
    write_fixture("/proc/sys/kernel/tainted", "512\n");
    write_fixture("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
    write_fixture("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
    write_fixture("/sys/devices/system/clocksource/clocksource0/available_clocksource",
                  "tsc hpet \n");
}

static void facts_at_the_start_are_read(void) {
    struct collected facts = {0};
    struct utsname names;
    char release[128];
    CHECK(uname(&names) == 0);
    snprintf(release, sizeof(release), "kernel_release=%s", names.release);
    facts_report_start(root, collect, &facts);
    CHECK(facts.count == 13);
    CHECK(has(&facts, release));
    CHECK(has(&facts, "online_cpus=6"));
    CHECK(has(&facts, "present_cpus=16"));
    CHECK(has(&facts, "online_cpu_list=0-2,5,7-8"));
    CHECK(has(&facts, "cmdline=console=ttyS0 quiet"));
    CHECK(has(&facts, "clocksource=tsc"));
    CHECK(has(&facts, "clocksources_available=tsc hpet"));
    CHECK(has(&facts, "memory_total_kb=1010528"));
    CHECK(has(&facts, "thp_enabled=[always] madvise never"));
    CHECK(has(&facts, "tainted=512"));
    CHECK(has(&facts, "uptime_ms_at_start=12340"));
}

static void facts_at_the_end_are_read(void) {
    struct collected facts = {0};
    facts_report_end(root, collect, &facts);
    CHECK(facts.count == 5);
    CHECK(has(&facts, "clocksource_end=tsc"));
    CHECK(has(&facts, "tainted_end=512"));
    CHECK(has(&facts, "online_cpus_end=6"));
    CHECK(has(&facts, "steal_ticks_end=88"));
    CHECK(has(&facts, "uptime_ms_at_end=12340"));
}

static void odd_files_give_absent(void) {
    write_fixture("/sys/devices/system/cpu/online", "0-\n");
    write_fixture("/sys/devices/system/cpu/present", "3-1\n");
    write_fixture("/proc/meminfo", "MemTotal:\nMemFree: 5 kB\n");
    write_fixture("/proc/stat", "cpu  1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7 8 9\n");
    write_fixture("/proc/uptime", "soon\n");
    struct collected facts = {0};
    facts_report_start(root, collect, &facts);
    facts_report_end(root, collect, &facts);
    CHECK(has(&facts, "online_cpus=absent"));
    CHECK(has(&facts, "present_cpus=absent"));
    CHECK(has(&facts, "memory_total_kb=absent"));
    CHECK(has(&facts, "steal_ticks_end=absent"));
    CHECK(has(&facts, "uptime_ms_at_start=absent"));
}

static void missing_files_give_absent(void) {
    struct collected facts = {0};
    facts_report_start("/nonexistent/labsweep", collect, &facts);
    facts_report_end("/nonexistent/labsweep", collect, &facts);
    CHECK(facts.count == 18);
    CHECK(has(&facts, "cmdline=absent"));
    CHECK(has(&facts, "clocksource_end=absent"));
    CHECK(has(&facts, "thp_enabled=absent"));
    CHECK(has(&facts, "online_cpus_end=absent"));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int main(void) {
    CHECK(mkdtemp(root) != NULL);
    write_fixtures();
    facts_at_the_start_are_read();
    facts_at_the_end_are_read();
    odd_files_give_absent();
    missing_files_give_absent();
    CHECK(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0);
    return check_end();
}
