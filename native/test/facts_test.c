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

/* The same for a fact whose value is this machine's own: it must be a number above 0. */
static int has_prefix(const struct collected *facts, const char *prefix) {
    for (int index = 0; index < facts->count; index++)
        if (strncmp(facts->lines[index], prefix, strlen(prefix)) == 0)
            return strtoull(facts->lines[index] + strlen(prefix), NULL, 10) > 0;
    printf("  no such fact: %s\n", prefix);
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
    write_fixture("/proc/version", "Linux version 6.1 (me@box) (gcc 12.2.0, GNU ld 2.40) #1 SMP\n");
    write_fixture("/proc/uptime", "12.34 8.10\n");
    write_fixture("/proc/meminfo", "MemTotal:        1010528 kB\nMemFree: 5 kB\nMemAvailable:     900000 kB\n"
                                   "HugePages_Total:       3\nHugepagesize:       2048 kB\n");
    write_fixture("/proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n"
                                   "flags\t\t: fpu hypervisor lm\nbugs\t\t:\n\n"
                                   "processor\t: 1\nmodel name\t: Other\nflags\t\t: fpu\n");
    write_fixture("/proc/sys/vm/overcommit_memory", "1\n");
    write_fixture("/proc/sys/kernel/randomize_va_space", "2\n");
    write_fixture("/proc/kallsyms", "0000000000000000 A fixed_percpu_data\n"
                                    "ffffffff9a600000 T _stext\nffffffff9a600000 T _text\n");
    write_fixture("/sys/module/damon_stat/parameters/enabled", "Y\n");
    write_fixture("/sys/devices/system/node/online", "0-1\n");
    write_fixture("/sys/devices/system/cpu/vulnerabilities/spectre_v2",
                  "Mitigation: IBRS; IBPB: conditional; STIBP: disabled\n");
    write_fixture("/sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
    write_fixture("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "[never] force\n");
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
    CHECK(facts.count == 28);
    CHECK(has(&facts, "kaslr=on"));
    CHECK(has(&facts, release));
    CHECK(has(&facts, "kernel_banner=Linux version 6.1 (me@box) (gcc 12.2.0, GNU ld 2.40) #1 SMP"));
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
    CHECK(has(&facts, "hugepages_total=3"));
    CHECK(has(&facts, "hugepage_size_kb=2048"));
    CHECK(has(&facts, "numa_nodes=0-1"));
    CHECK(has(&facts, "thp_shmem=[never] force"));
    CHECK(has(&facts, "damon_stat=Y"));
    CHECK(has(&facts, "overcommit_memory=1"));
    CHECK(has(&facts, "aslr=2"));
    CHECK(has(&facts, "cpu_model=Some CPU @ 2 GHz"));
    CHECK(has(&facts, "hypervisor=1"));
    CHECK(has(&facts, "vulnerabilities=meltdown=Mitigation: PTI, spectre_v2=Mitigation: IBRS"));
    CHECK(has(&facts, "steal_ticks_start=88"));
    CHECK(has_prefix(&facts, "clock_resolution_ns="));
    CHECK(has_prefix(&facts, "clock_getres_ns="));
}

static void facts_at_the_end_are_read(void) {
    struct collected facts = {0};
    facts_report_end(root, collect, &facts);
    CHECK(facts.count == 8);
    CHECK(has(&facts, "clocksource_end=tsc"));
    CHECK(has(&facts, "tainted_end=512"));
    CHECK(has(&facts, "online_cpus_end=6"));
    CHECK(has(&facts, "steal_ticks_end=88"));
    CHECK(has(&facts, "uptime_ms_at_end=12340"));
    CHECK(has(&facts, "thp_enabled_end=[always] madvise never"));
    CHECK(has(&facts, "memory_available_end_kb=900000"));
    CHECK(has_prefix(&facts, "clock_resolution_end_ns="));
}

static void odd_files_give_absent(void) {
    write_fixture("/sys/devices/system/cpu/online", "0-\n");
    write_fixture("/sys/devices/system/cpu/present", "3-1\n");
    write_fixture("/proc/meminfo", "MemTotal:\nMemFree: 5 kB\n");
    write_fixture("/proc/stat", "cpu  1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7 8 9\n");
    write_fixture("/proc/uptime", "soon\n");
    write_fixture("/proc/kallsyms", "0000000000000000 T _text\n");
    write_fixture("/proc/cpuinfo", "processor\t: 0\n");
    struct collected facts = {0};
    facts_report_start(root, collect, &facts);
    facts_report_end(root, collect, &facts);
    CHECK(has(&facts, "online_cpus=absent"));
    CHECK(has(&facts, "present_cpus=absent"));
    CHECK(has(&facts, "memory_total_kb=absent"));
    CHECK(has(&facts, "steal_ticks_end=absent"));
    CHECK(has(&facts, "uptime_ms_at_start=absent"));
    CHECK(has(&facts, "steal_ticks_start=absent"));
    CHECK(has(&facts, "memory_available_end_kb=absent"));
    CHECK(has(&facts, "cpu_model=absent"));
    CHECK(has(&facts, "hypervisor=absent"));
    CHECK(has(&facts, "kaslr=absent"));
}

static void missing_files_give_absent(void) {
    struct collected facts = {0};
    facts_report_start("/nonexistent/labsweep", collect, &facts);
    facts_report_end("/nonexistent/labsweep", collect, &facts);
    CHECK(facts.count == 36);
    CHECK(has(&facts, "kaslr=absent"));
    CHECK(has(&facts, "cmdline=absent"));
    CHECK(has(&facts, "clocksource_end=absent"));
    CHECK(has(&facts, "thp_enabled=absent"));
    CHECK(has(&facts, "online_cpus_end=absent"));
    CHECK(has(&facts, "numa_nodes=absent"));
    CHECK(has(&facts, "vulnerabilities=absent"));
    CHECK(has(&facts, "hypervisor=absent"));
}

/* A CPU that is not virtual says so by the missing flag, which is a fact and not an absence. */
static void real_hardware_is_told_from_unknown(void) {
    write_fixture("/proc/cpuinfo", "model name\t: Metal\nflags\t\t: fpu lm\n");
    struct collected facts = {0};
    facts_report_start(root, collect, &facts);
    CHECK(has(&facts, "hypervisor=0"));
    CHECK(has(&facts, "cpu_model=Metal"));
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
    real_hardware_is_told_from_unknown();
    CHECK(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0);
    return check_end();
}
