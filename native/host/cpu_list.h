// SPDX-License-Identifier: Apache-2.0
/*
 * Lists of CPUs, or of NUMA nodes, in the kernel's notation: `0-3,6`. It knows nothing of which
 * ones this machine has.
 */
#ifndef LABSWEEP_CPU_LIST_H
#define LABSWEEP_CPU_LIST_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* The kernel's own limit on x86. */
enum { CPU_LIST_MAX = 8192, CPU_LIST_TEXT_SIZE = 4096 };

/* A set as sched_setaffinity() takes it, with room for every CPU that Linux can have. */
struct cpu_list {
    cpu_set_t sets[CPU_LIST_MAX / CPU_SETSIZE];
};

/* False if the text is no list, is empty, or names a CPU beyond the limit. */
bool cpu_list_parse(const char *text, struct cpu_list *list);

/* Writes the shortest notation; a list with more text than fits is cut off. */
void cpu_list_format(const struct cpu_list *list, char text[CPU_LIST_TEXT_SIZE]);

bool cpu_list_has(const struct cpu_list *list, size_t cpu);
bool cpu_list_equal(const struct cpu_list *left, const struct cpu_list *right);

#endif
