// SPDX-License-Identifier: Apache-2.0
/*
 * Goal: the resolution is a step that was really seen, and looking for it is cheap.
 */
#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

#include "check.h"

static uint64_t now_ns(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(void) {
    uint64_t start_ns = now_ns();
    uint64_t resolution_ns = clock_observe_resolution_ns();
    /* 15 ms are its own limit; the rest is room for this machine to be busy. */
    CHECK(now_ns() - start_ns < 500000000);
    CHECK(resolution_ns > 0 && resolution_ns <= 15000000);
    CHECK(clock_claimed_resolution_ns() > 0);
    return check_end();
}
