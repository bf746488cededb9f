// SPDX-License-Identifier: Apache-2.0
/*
 * The conditions that a native reproducer runs under: CPUs, scheduler policy, nice value, memory
 * nodes. Each is set for this process, for its child to inherit, and read back.
 */
#ifndef LABSWEEP_CONDITIONS_H
#define LABSWEEP_CONDITIONS_H

#include "cpu_list.h"

/* What is NULL is left as it is. */
struct conditions {
    const char *cpus;   /* 0-3,6 */
    const char *policy; /* other, batch, idle, fifo:N, rr:N (N from 1 to 99) */
    const char *nice;   /* -20 to 19 */
    const char *nodes;  /* 0-1: memory comes from these NUMA nodes alone */
};

/*
 * Ends the process with 125 and a message where a condition cannot be had, or is read back other
 * than asked.
 */
void conditions_apply(const struct conditions *conditions);

/* As the kernel has them now: the CPUs as a list, and the policy in the notation of above. */
void conditions_read_cpus(char text[CPU_LIST_TEXT_SIZE]);
void conditions_read_policy(char text[32]);

#endif
