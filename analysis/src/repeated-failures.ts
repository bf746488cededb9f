// SPDX-License-Identifier: Apache-2.0
/**
 * Finds kernels that fail again when their block is run anew: that is no accident any more, and the
 * report says so in one sentence.
 */
import type { KernelName, TrialEnded } from '@labsweep/proto';
import type { RowView } from './row-view.js';

/** For example `v6.19 fails at SMP 16: 3 of 3 (panic)`. */
export function repeatedFailures({ blocks, planned }: RowView): string[] {
  return planned.kernels.flatMap((kernel) => {
    const trials = blocks.map(({ entries }) => entries.filter((each) => told(each, kernel)));
    if (!trials.some(isRepeated)) return [];
    const all = trials.flat();
    const failed = all.filter(hasFailed);
    const classes = [...new Set(failed.map(({ outcome }) => outcome.failure?.class))].join(', ');
    const where = `at SMP ${planned.shape.smp}`;
    return [`${kernel} fails ${where}: ${failed.length} of ${all.length} (${classes})`];
  });
}

/** A failure of the lab says nothing about the kernel. */
function told(entry: TrialEnded, kernel: KernelName): boolean {
  return entry.kernel === kernel && entry.outcome.status !== 'lab-failed';
}

function hasFailed({ outcome }: TrialEnded): boolean {
  return outcome.status === 'subject-failed';
}

/** In one block it failed, was run again, failed again, and never ran clean. */
function isRepeated(trials: readonly TrialEnded[]): boolean {
  return trials.length > 1 && trials.every(hasFailed);
}
