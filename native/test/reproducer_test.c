// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: the self-checks of the reproducer have teeth, and its sums are right. Method: its source
 * is included whole under another main, pages are damaged on purpose, smaps is a written file.
 */
#define main reproducer_main
#include "../src/mprotect_shared_dirty_reproducer.c"
#undef main

#include "check.h"

static void fresh_pages_match(void) {
    uint64_t totals[TOTAL_COUNT] = {0};
    struct mapping mapping = create_mapping(1, MAP_SHARED);
    touch_all_pages(&mapping);
    check_all_pages(&mapping, totals);
    CHECK(totals[CHECKS] == mapping.pages && totals[MISMATCHES] == 0);
    munmap((void *)mapping.start, mapping.length);
}

static void damaged_stale_and_exchanged_pages_show(void) {
    uint64_t totals[TOTAL_COUNT] = {0};
    struct mapping mapping = create_mapping(1, MAP_SHARED);
    touch_all_pages(&mapping);
    touch_all_pages(&mapping);
    volatile unsigned char *third = mapping.start + 2 * mapping.page_size;
    unsigned char good = *third;
    *third = (unsigned char)(good ^ 0x10);
    check_all_pages(&mapping, totals);
    CHECK(totals[MISMATCHES] == 1);
    *third = expected_byte(mapping.touch_count - 1, 2);
    check_all_pages(&mapping, totals);
    CHECK(totals[MISMATCHES] == 2);
    *third = mapping.start[mapping.page_size];
    mapping.start[mapping.page_size] = good;
    check_all_pages(&mapping, totals);
    CHECK(totals[MISMATCHES] == 4);
    munmap((void *)mapping.start, mapping.length);
}

static void an_iteration_is_the_sum_of_its_phases(void) {
    uint64_t totals[TOTAL_COUNT] = {0};
    struct mapping mapping = create_mapping(1, MAP_SHARED);
    touch_all_pages(&mapping);
    uint64_t start_ns = now_ns();
    run_iteration(&mapping, totals);
    uint64_t around_ns = now_ns() - start_ns;
    uint64_t sum_ns = totals[PROTECT_NS] + totals[RESTORE_NS] + totals[POST_TOUCH_NS];
    CHECK(totals[ITERATIONS] == 1);
    CHECK(totals[PROTECT_NS] > 0 && totals[RESTORE_NS] > 0 && totals[POST_TOUCH_NS] > 0);
    CHECK(sum_ns <= around_ns);
    CHECK(mapping.touch_count == 2);
    munmap((void *)mapping.start, mapping.length);
}

static char scratch_path[] = "/tmp/labsweep-reproducer-XXXXXX";

static void print_to(const char *path, const struct mapping *mapping, const uint64_t *totals) {
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    CHECK(freopen(path, "w", stdout) != NULL);
    print_metrics(mapping, totals);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
}

/* One failed check among ten million must not be rounded away to 100.000. */
static void one_mismatch_is_never_rounded_away(void) {
    const struct mapping mapping = {.pages = 4};
    const uint64_t totals[TOTAL_COUNT] = {1, 2, 4, 2, 10000000, 1};
    char text[512] = "";
    print_to(scratch_path, &mapping, totals);
    FILE *file = fopen(scratch_path, "r");
    CHECK(file != NULL && fgets(text, sizeof(text), file) != NULL && fclose(file) == 0);
    CHECK_TEXT(text, " iteration_ns_per_page=0.875 protect_ns_per_page=0.125"
                     " restore_ns_per_page=0.250 post_touch_ns_per_page=0.500"
                     " expected_match_ratio=99.999 unexpected_results=1");
}

static void smaps_is_read_for_the_mapping_alone(void) {
    FILE *file = fopen(scratch_path, "w");
    CHECK(file != NULL);
    fputs("1000-2000 rw-s 0 00:01 1 /before\nKernelPageSize: 2048 kB\nAnonHugePages: 7 kB\n"
          "2000-3000 rw-s 0 00:01 2 /piece\nKernelPageSize: 4 kB\nAnonHugePages: 0 kB\n"
          "3000-4000 rw-s 0 00:01 2 /piece\nKernelPageSize: 64 kB\nAnonHugePages: 8 kB\n"
          "4000-5000 rw-s 0 00:01 3 /after\nKernelPageSize: 2048 kB\nAnonHugePages: 9 kB\n",
          file);
    fclose(file);
    const struct mapping mapping = {
        .start = (unsigned char *)0x2000, .length = 0x2000, .page_size = 0x1000, .pages = 2};
    uint64_t totals[TOTAL_COUNT] = {0};
    struct state state = read_state(&mapping, scratch_path, totals);
    CHECK(state.known[VMA_COUNT] && state.value[VMA_COUNT] == 2);
    CHECK(state.known[0] && state.value[0] == 64);
    CHECK(strcmp(facts[3].name, "anon_huge_pages_kb") == 0 && state.value[3] == 8);
    CHECK(!state.known[1] && !state.known[2] && !state.known[4]);
    /* Page size, huge pages, pieces, and two pages that are not there; the rest is not told. */
    CHECK(totals[CHECKS] == 4 && totals[MISMATCHES] == 4);
    struct state none = read_state(&mapping, "/nonexistent/smaps", totals);
    CHECK(!none.known[0] && !none.known[VMA_COUNT]);
    CHECK(totals[CHECKS] == 5 && totals[MISMATCHES] == 5);
}

static void pages_are_counted_when_they_are_present(void) {
    uint64_t totals[TOTAL_COUNT] = {0};
    struct mapping mapping = create_mapping(1, MAP_SHARED);
    struct state state = read_state(&mapping, "/proc/self/smaps", totals);
    CHECK(state.known[PRESENT] && state.value[PRESENT] == 0 && totals[MISMATCHES] == 1);
    mapping.start[3 * mapping.page_size] = 1;
    mapping.start[5 * mapping.page_size] = 1;
    state = read_state(&mapping, "/proc/self/smaps", totals);
    CHECK(state.known[PRESENT] && state.value[PRESENT] == 2 && totals[MISMATCHES] == 2);
    CHECK(strcmp(facts[PRESENT].name, "pages_present") == 0);
    touch_all_pages(&mapping);
    state = read_state(&mapping, "/proc/self/smaps", totals);
    CHECK(state.value[PRESENT] == mapping.pages && totals[MISMATCHES] == 2);
    munmap((void *)mapping.start, mapping.length);
}

static void the_clock_has_an_observed_resolution(void) {
    uint64_t resolution_ns = observe_clock_resolution_ns();
    CHECK(resolution_ns > 0 && resolution_ns <= 100000000);
}

int main(void) {
    int scratch = mkstemp(scratch_path);
    CHECK(scratch >= 0 && close(scratch) == 0);
    fresh_pages_match();
    damaged_stale_and_exchanged_pages_show();
    an_iteration_is_the_sum_of_its_phases();
    one_mismatch_is_never_rounded_away();
    smaps_is_read_for_the_mapping_alone();
    pages_are_counted_when_they_are_present();
    the_clock_has_an_observed_resolution();
    CHECK(unlink(scratch_path) == 0);
    return check_end();
}
