// SPDX-License-Identifier: Apache-2.0
/*
 * What CLOCK_MONOTONIC_RAW can tell apart on this machine, by watching it and by what the kernel
 * claims. It does not choose a clock, and does not judge one.
 */
#ifndef LABSWEEP_CLOCK_H
#define LABSWEEP_CLOCK_H

#include <stdint.h>

/*
 * The smallest step that was seen, in ns; 0 if none was. It takes microseconds on a fine clock,
 * and at most 12 ms on one that steps every 4 ms.
 */
uint64_t clock_observe_resolution_ns(void);

/* What the kernel claims: 1 ns also for clocks that step every 4 ms. 0 if it claims nothing. */
uint64_t clock_claimed_resolution_ns(void);

#endif
