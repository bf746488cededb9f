// SPDX-License-Identifier: Apache-2.0
/*
 * The checks of the unit tests: a failed one is printed with its place and makes the program end
 * with 1. It does not stop at the first, and it is no test framework.
 */
#ifndef LABSWEEP_CHECK_H
#define LABSWEEP_CHECK_H

#include <stdio.h>
#include <string.h>

static int checks_done, checks_failed;

static inline void check_report(int holds, const char *file, int line, const char *what) {
    checks_done++;
    if (holds)
        return;
    checks_failed++;
    printf("  %s:%d: does not hold: %s\n", file, line, what);
}

static inline void check_text(const char *found, const char *expected, const char *file,
                              int line) {
    check_report(strcmp(found, expected) == 0, file, line, expected);
    if (strcmp(found, expected) != 0)
        printf("    found: %s\n", found);
}

#define CHECK(condition) check_report((condition) != 0, __FILE__, __LINE__, #condition)
#define CHECK_TEXT(found, expected) check_text(found, expected, __FILE__, __LINE__)

static inline int check_end(void) {
    printf("  %d checks, %d failed\n", checks_done, checks_failed);
    return checks_failed == 0 && checks_done > 0 ? 0 : 1;
}

#endif
