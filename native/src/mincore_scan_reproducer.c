// SPDX-License-Identifier: Apache-2.0
/*
 * Measures how long mincore() takes to scan a mapping of base pages that are all present, private
 * or shared. It compares nothing, tunes nothing, needs no privileges.
 *
 *   gcc -O2 -static -o repro mincore_scan_reproducer.c
 *   ./repro all 5 --iterations 200
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const char private_name[] = "mincore_anon_base_pages";
static const char shared_name[] = "mincore_shared_base_pages";
static const char known_scenarios[] = "known: mincore_anon_base_pages mincore_shared_base_pages all";
static const char help_text[] =
    "usage: mincore_scan_reproducer SCENARIO ROUNDS [options]\n"
    "  SCENARIO          mincore_anon_base_pages, mincore_shared_base_pages, or all for both\n"
    "  ROUNDS            timed rounds, each of which prints one line (1 to 10000)\n"
    "  --mapping-mb N    size of the mapping in MiB (1 to 1000000; default 64)\n"
    "  --iterations N    timed iterations in a round (1 to 1000000; default 200)\n"
    "  --warmup N        untimed iterations before the first round (1 to 1000000; default 5)\n"
    "Times are wall clock nanoseconds per page of one mincore() over the whole mapping.\n"
    "Exit code: 0 measured, 1 a system call failed, 2 wrong usage.\n";

/* What is summed up, over a round and over all rounds. */
enum { SCAN_NS, ITERATIONS, CHECKS, MISMATCHES, TOTAL_COUNT };

/* Shared parts begin: the same words in each reproducer, as a mailed file must build alone. */
enum { EXIT_MEASURED = 0, EXIT_SYSTEM = 1, EXIT_USAGE = 2 };
/* The limits keep pages x iterations x rounds inside 64 bits, so no sum can overflow. */
enum { ROUNDS_MAX = 10000, OPTION_MAX = 1000000, NS_PER_S = 1000000000 };
/* The clock is watched for 64 steps, or 50 ms: a guest on refined-jiffies steps every 4 ms. */
enum { CLOCK_STEPS_MAX = 64, CLOCK_WATCH_NS_MAX = 50000000, CLOCK_READINGS_MAX = 5000000 };
struct options { uint64_t rounds, iterations, warmup, mapping_mb; };
struct mapping {
    volatile uint8_t *start; /* Volatile, so that no write to a page is optimised away. */
    size_t length, page_size, pages;
    uint64_t touch_count; /* How often all pages were written: it decides what they hold. */
};

/* Facts of smaps and pagemap. Of sizes and flags the largest counts; amounts add up. */
static const struct { const char *smaps_key, *name; } facts[] = {
    {"KernelPageSize:", "kernel_page_size_kb"}, {"MMUPageSize:", "mmu_page_size_kb"},
    {"THPeligible:", "thp_eligible"},           {"AnonHugePages:", "anon_huge_pages_kb"},
    {"ShmemPmdMapped:", "shmem_pmd_mapped_kb"}, {"", "vma_count"}, {"", "pages_present"},
};
enum { FIRST_AMOUNT = 3, VMA_COUNT = 5, PRESENT, FACT_COUNT = sizeof(facts) / sizeof(facts[0]) };

struct state {
    bool inside, known[FACT_COUNT]; /* Inside: the lines being read are about the mapping. */
    uint64_t value[FACT_COUNT];
};

static _Noreturn void fail_usage(const char *what, const char *value, const char *advice) {
    fprintf(stderr, "command line: %s '%s': %s (see --help)\n", what, value, advice);
    exit(EXIT_USAGE);
}

static void require(bool holds, const char *call, const char *advice) {
    if (holds)
        return;
    fprintf(stderr, "%s failed: %s; %s\n", call, strerror(errno), advice);
    exit(EXIT_SYSTEM);
}

static uint64_t parse_count(const char *name, const char *text, uint64_t max) {
    errno = 0;
    uint64_t value = strtoull(text, NULL, 10);
    bool is_number = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
    char advice[64];
    snprintf(advice, sizeof(advice), "give a whole number from 1 to %" PRIu64, max);
    if (!is_number || errno != 0 || value == 0 || value > max)
        fail_usage(name, text, advice);
    return value;
}

static void parse_option(struct options *options, const char *name, const char *value) {
    uint64_t *count = strcmp(name, "--mapping-mb") == 0   ? &options->mapping_mb
                      : strcmp(name, "--iterations") == 0 ? &options->iterations
                      : strcmp(name, "--warmup") == 0 ? &options->warmup : NULL;
    if (count == NULL)
        fail_usage("unknown option", name, "known: --mapping-mb --iterations --warmup --help");
    *count = parse_count(name, value != NULL ? value : "", OPTION_MAX);
}

static struct options parse_command_line(int argc, char **argv, struct options options) {
    for (int index = 1; index < argc; index++)
        if (strcmp(argv[index], "--help") == 0)
            exit(fputs(help_text, stdout) < 0 || fflush(stdout) ? EXIT_SYSTEM : EXIT_MEASURED);
    if (argc < 3)
        fail_usage("too few arguments behind", argc ? argv[0] : "", "give SCENARIO and ROUNDS");
    options.rounds = parse_count("ROUNDS", argv[2], ROUNDS_MAX);
    for (int index = 3; index < argc; index += 2)
        parse_option(&options, argv[index], argv[index + 1]);
    return options;
}

static uint64_t now_ns(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

/* The kernel claims 1 ns for clocks that step every 4 ms, so the steps are looked at instead. */
static uint64_t observe_clock_resolution_ns(void) {
    uint64_t start_ns = now_ns(), previous_ns = start_ns, smallest_ns = UINT64_MAX;
    for (int steps = 0, readings = 0; steps < CLOCK_STEPS_MAX && readings < CLOCK_READINGS_MAX &&
                                      previous_ns - start_ns < CLOCK_WATCH_NS_MAX; readings++) {
        uint64_t step_ns = now_ns() - previous_ns;
        previous_ns += step_ns;
        steps += step_ns > 0;
        smallest_ns = step_ns > 0 && step_ns < smallest_ns ? step_ns : smallest_ns;
    }
    errno = ETIME;
    require(smallest_ns < UINT64_MAX, "watching the clock", "it stands still: use another one");
    return smallest_ns;
}

/* A page's byte depends on page and pass, so that stale and exchanged pages both show. */
static uint8_t expected_byte(uint64_t pass, size_t page) { return (uint8_t)(pass + page); }

static void touch_all_pages(struct mapping *mapping) {
    mapping->touch_count++;
    for (size_t page = 0; page < mapping->pages; page++)
        mapping->start[page * mapping->page_size] = expected_byte(mapping->touch_count, page);
}

static void check_all_pages(const struct mapping *mapping, uint64_t *totals) {
    for (size_t page = 0; page < mapping->pages; page++)
        totals[MISMATCHES] += mapping->start[page * mapping->page_size] !=
                              expected_byte(mapping->touch_count, page);
    totals[CHECKS] += mapping->pages;
}

static struct mapping create_mapping(size_t mapping_mb, int sharing) {
    struct mapping made = {.page_size = (size_t)sysconf(_SC_PAGESIZE), .length = mapping_mb << 20};
    made.pages = made.length / made.page_size;
    made.start = mmap(NULL, made.length, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
    require(made.start != MAP_FAILED, "mmap", "use a smaller --mapping-mb or more memory");
    return made;
}

static void add_fact(struct state *state, int fact, uint64_t value) {
    uint64_t *held = &state->value[fact];
    *held = fact >= FIRST_AMOUNT ? *held + value : value > *held ? value : *held;
    state->known[fact] = true;
}

static void read_smaps_line(struct state *state, const struct mapping *mapping, const char *line) {
    uint64_t start = (uintptr_t)mapping->start, end = start + mapping->length, low, high;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &low, &high) == 2) {
        state->inside = low < end && high > start;
        add_fact(state, VMA_COUNT, state->inside);
    }
    for (int fact = 0; state->inside && fact < VMA_COUNT; fact++) {
        size_t key_length = strlen(facts[fact].smaps_key);
        if (strncmp(line, facts[fact].smaps_key, key_length) == 0)
            add_fact(state, fact, strtoull(line + key_length, NULL, 10));
    }
}

/* Asked for are base pages in one piece, all present. What the kernel does not tell is no check. */
static void check_state(const struct state *seen, const struct mapping *mapping, uint64_t *totals) {
    uint64_t page_kb = mapping->page_size / 1024;
    const uint64_t expected[FACT_COUNT] = {page_kb, page_kb, [VMA_COUNT] = 1, mapping->pages};
    for (int fact = 0; fact < FACT_COUNT; fact++) {
        totals[CHECKS] += seen->known[fact];
        totals[MISMATCHES] += seen->known[fact] && seen->value[fact] != expected[fact];
    }
}

/* Bit 63 of a page's entry in the pagemap says that it is present, and needs no privilege. */
static struct state read_state(const struct mapping *mapping, const char *path, uint64_t *totals) {
    struct state state = {0};
    char line[512];
    uint64_t first = (uintptr_t)mapping->start / mapping->page_size, page = 0, entry;
    FILE *smaps = fopen(path, "r"), *pagemap = fopen("/proc/self/pagemap", "r");
    while (smaps != NULL && fgets(line, sizeof(line), smaps) != NULL)
        read_smaps_line(&state, mapping, line);
    if (pagemap != NULL && fseeko(pagemap, (off_t)(first * sizeof(entry)), SEEK_SET) == 0)
        while (page < mapping->pages && fread(&entry, sizeof(entry), 1, pagemap) == 1)
            page++, add_fact(&state, PRESENT, entry >> 63);
    state.known[PRESENT] = page == mapping->pages;
    smaps != NULL ? fclose(smaps) : 0;
    pagemap != NULL ? fclose(pagemap) : 0;
    check_state(&state, mapping, totals);
    return state;
}

/* Rounded down, so that 100.000 means that not one check failed. */
static void print_checks(const uint64_t *totals) {
    uint64_t ratio = 100000 * (totals[CHECKS] - totals[MISMATCHES]) / totals[CHECKS];
    printf(" expected_match_ratio=%" PRIu64 ".%03" PRIu64, ratio / 1000, ratio % 1000);
    printf(" unexpected_results=%" PRIu64, totals[MISMATCHES]);
}

/* Output leaves the process here and nowhere else: never inside the timed part. */
static void end_line(void) {
    require(putchar('\n') != EOF && !fflush(stdout), "standard output", "check its file or pipe");
}

static void end_round(const uint64_t *totals, uint64_t *sum) {
    end_line();
    for (int total = 0; total < TOTAL_COUNT; total++)
        sum[total] += totals[total];
}

static void print_result_start(const struct options *options, const struct mapping *mapping,
                               const char *scenario) {
    printf("result scenario=%s rounds=%" PRIu64 " iterations=%" PRIu64 " warmup=%" PRIu64,
           scenario, options->rounds, options->iterations, options->warmup);
    printf(" mapping_mb=%" PRIu64 " page_size=%zu pages=%zu", options->mapping_mb,
           mapping->page_size, mapping->pages);
}

static void print_result_end(const struct state before_and_after[2], uint64_t resolution_ns) {
    for (int index = 0; index < 2 * FACT_COUNT; index++) {
        const struct state *state = &before_and_after[index % 2];
        printf(" %s_%s=", facts[index / 2].name, index % 2 ? "after" : "before");
        state->known[index / 2] ? printf("%" PRIu64, state->value[index / 2]) : printf("absent");
    }
    struct timespec claimed = {0};
    clock_getres(CLOCK_MONOTONIC_RAW, &claimed);
    printf(" clock=monotonic_raw clock_resolution_ns=%" PRIu64 " clock_getres_ns=%ld",
           resolution_ns, claimed.tv_sec * NS_PER_S + claimed.tv_nsec);
    end_line();
}
/* Shared parts end. */

/* The answers are wiped first, so that old ones cannot pass. Bit 0 is all that has a meaning. */
static void run_iteration(struct mapping *mapping, unsigned char *answers, uint64_t *totals) {
    memset(answers, 0, mapping->pages);
    uint64_t start_ns = now_ns();
    int result = mincore((void *)mapping->start, mapping->length, answers);
    totals[SCAN_NS] += now_ns() - start_ns;
    require(result == 0, "mincore", "check memory");
    for (size_t page = 0; page < mapping->pages; page++)
        totals[MISMATCHES] += (answers[page] & 1) == 0;
    totals[CHECKS] += mapping->pages;
    totals[ITERATIONS]++;
}

static void print_metrics(const struct mapping *mapping, const uint64_t *totals) {
    double visits = (double)(mapping->pages * totals[ITERATIONS]);
    printf(" scan_ns_per_page=%.3f", (double)totals[SCAN_NS] / visits);
    print_checks(totals);
}

/* The mapping is left in place for whoever looks at the process at its exit. */
static void run_scenario(const struct options *options, const char *scenario, int sharing) {
    uint64_t sum[TOTAL_COUNT] = {0}, warmup[TOTAL_COUNT] = {0};
    uint64_t resolution_ns = observe_clock_resolution_ns();
    struct mapping mapping = create_mapping(options->mapping_mb, sharing);
    unsigned char *answers = calloc(mapping.pages, 1);
    require(answers != NULL, "calloc", "use a smaller --mapping-mb or more memory");
    /* Kernels without transparent huge pages refuse the advice, and need none. */
    int result = madvise((void *)mapping.start, mapping.length, MADV_NOHUGEPAGE);
    require(result == 0 || errno == EINVAL, "madvise(MADV_NOHUGEPAGE)", "check memory");
    touch_all_pages(&mapping);
    check_all_pages(&mapping, sum);
    struct state states[2] = {read_state(&mapping, "/proc/self/smaps", sum)};
    while (warmup[ITERATIONS] < options->warmup)
        run_iteration(&mapping, answers, warmup);
    for (uint64_t round = 1; round <= options->rounds; round++) {
        uint64_t totals[TOTAL_COUNT] = {0};
        while (totals[ITERATIONS] < options->iterations)
            run_iteration(&mapping, answers, totals);
        printf("round scenario=%s round=%" PRIu64 " iterations=%" PRIu64, scenario, round,
               options->iterations);
        print_metrics(&mapping, totals);
        end_round(totals, sum);
    }
    states[1] = read_state(&mapping, "/proc/self/smaps", sum);
    check_all_pages(&mapping, sum);
    print_result_start(options, &mapping, scenario);
    print_metrics(&mapping, sum);
    print_result_end(states, resolution_ns);
    free(answers);
}

int main(int argc, char **argv) {
    const struct options defaults = {.iterations = 200, .warmup = 5, .mapping_mb = 64};
    struct options options = parse_command_line(argc, argv, defaults);
    bool is_all = strcmp(argv[1], "all") == 0, is_private = strcmp(argv[1], private_name) == 0;
    if (!is_all && !is_private && strcmp(argv[1], shared_name) != 0)
        fail_usage("unknown scenario", argv[1], known_scenarios);
    if (is_all || is_private)
        run_scenario(&options, private_name, MAP_PRIVATE);
    if (!is_private)
        run_scenario(&options, shared_name, MAP_SHARED);
    return EXIT_MEASURED;
}
