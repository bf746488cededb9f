// SPDX-License-Identifier: Apache-2.0
/*
 * Watches CLOCK_MONOTONIC_RAW for its steps, as clock.h describes. It is short on purpose: what it
 * takes is a part of each trial's cost.
 */
#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

/*
 * A fine clock shows 64 steps within microseconds. A coarse one is left after two steps, as the
 * second tells whether the first was late; one that stands still, after so many readings.
 */
enum { STEPS_MAX = 64, COARSE_STEPS_MAX = 2, COARSE_NS_MIN = 1000000 };
enum { WATCH_NS_MAX = 15000000, READINGS_MAX = 200000 };

static uint64_t in_ns(struct timespec time) {
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t now_ns(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return in_ns(time);
}

uint64_t clock_observe_resolution_ns(void) {
    uint64_t start_ns = now_ns(), previous_ns = start_ns, smallest_ns = 0;
    int steps = 0;
    for (int readings = 0; readings < READINGS_MAX; readings++) {
        uint64_t step_ns = now_ns() - previous_ns;
        if (step_ns == 0)
            continue;
        previous_ns += step_ns;
        steps++;
        if (smallest_ns == 0 || step_ns < smallest_ns)
            smallest_ns = step_ns;
        int steps_max = smallest_ns >= COARSE_NS_MIN ? COARSE_STEPS_MAX : STEPS_MAX;
        if (steps >= steps_max || previous_ns - start_ns >= WATCH_NS_MAX)
            break;
    }
    return smallest_ns;
}

uint64_t clock_claimed_resolution_ns(void) {
    struct timespec resolution = {0};
    clock_getres(CLOCK_MONOTONIC_RAW, &resolution);
    return in_ns(resolution);
}
