// SPDX-License-Identifier: Apache-2.0
/*
 * What the guest can say about itself: kernel, CPUs, clock, memory. It reads and reports; whether
 * a fact is the one that was asked for is for the host to judge.
 */
#ifndef LABSWEEP_FACTS_H
#define LABSWEEP_FACTS_H

/* Takes one fact. What the kernel does not give has the value `absent`. */
typedef void fact_sink(void *context, const char *name, const char *value);

/* `root` goes before /proc and /sys: empty on a real system, a directory of fixtures in a test. */
void facts_report_start(const char *root, fact_sink *sink, void *context);
void facts_report_end(const char *root, fact_sink *sink, void *context);

#endif
