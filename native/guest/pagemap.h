// SPDX-License-Identifier: Apache-2.0
/*
 * What the page tables of a process hold, counted by mapping. It needs no privilege for what the
 * pagemap says, and root for the flags of the pages behind it.
 */
#ifndef LABSWEEP_PAGEMAP_H
#define LABSWEEP_PAGEMAP_H

#include <stdio.h>
#include <sys/types.h>

/* Writes one line a mapping: `start-end pages=N present=N ...`; or `absent`. */
void pagemap_write(FILE *output, pid_t process);

#endif
