// SPDX-License-Identifier: Apache-2.0
/**
 * The notes of a report on what some of its kernels do in the background and others do not: a
 * second factor in a comparison that is meant to have one.
 */
import type { KernelName, TrialEnded } from '@labsweep/proto';
import { timingHistories } from './block-history.js';
import type { SweepRecord } from './sweep-record.js';

/** Kernels without it tell nothing of it, so a fact of another value than `Y` is a no. */
export function backgroundNotes(record: SweepRecord): string[] {
  const trials = timingHistories(record).flatMap((block) => block.counted);
  const { spec } = record;
  // A second turn is the baseline once more, and no kernel of its own.
  const kernels = spec.kernels.map(({ name }) => name).filter((name) => name !== spec.again);
  const running = kernels.filter((kernel) => samples(trials, kernel));
  const quiet = kernels.filter((kernel) => ran(trials, kernel) && !running.includes(kernel));
  if (running.length === 0 || quiet.length === 0) return [];
  return [
    `DAMON_STAT is enabled on ${running.join(', ')} and not on ${quiet.join(', ')}: a kernel ` +
      'thread that samples page tables, oftener in the first minutes after boot. Users of such ' +
      'kernels have it too; command_line = "damon_stat.enabled=N" takes it out of the comparison.',
  ];
}

function ran(trials: readonly TrialEnded[], kernel: KernelName): boolean {
  return trials.some((trial) => trial.kernel === kernel && trial.outcome.facts.damon_stat);
}

function samples(trials: readonly TrialEnded[], kernel: KernelName): boolean {
  return trials.some(
    ({ kernel: other, outcome }) => other === kernel && outcome.facts.damon_stat === 'Y',
  );
}
