// SPDX-License-Identifier: Apache-2.0
/*
 * The counters of /proc/vmstat at two moments. They are the whole system's: in a guest with one
 * program they are nearly its own, elsewhere they are not.
 */
#ifndef LABSWEEP_VMSTAT_H
#define LABSWEEP_VMSTAT_H

#include <stdio.h>

enum { VMSTAT_SIZE = 65536 };

struct vmstat {
    char text[VMSTAT_SIZE]; /* Empty if it cannot be read. */
};

void vmstat_read(const char *path, struct vmstat *vmstat);

/* Writes `name before=N at_exit=N delta=N` for each counter of both; or `absent`. */
void vmstat_write_change(FILE *output, const struct vmstat *before, const struct vmstat *at_exit);

#endif
