// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what a host could do for a block right now: which attempt, and which of its trials. Whether
 * it gets them is not decided here.
 */
import type {
  Environment,
  HostDescription,
  KernelName,
  PlannedRow,
  TrialId,
} from '@labsweep/proto';
import type { BlockState, SweepState } from '../fold/lab-state.js';
import { isBooted } from './booted-kernel.js';
import { begunBy, hasOutcome, nextAttempt } from './sweep-facts.js';

export interface Opening {
  readonly attempt: number;
  /** At least one, in run order, without those that have an outcome in this attempt. */
  readonly trials: readonly TrialId[];
  /** Trials of quarantined kernels are left out. */
  readonly isReduced: boolean;
}

/**
 * Undefined when all that the block lacks on this host waits for another kernel to be booted there,
 * or for a quarantined one to be released.
 */
export function findOpening(options: {
  readonly sweep: SweepState;
  readonly row: PlannedRow;
  readonly block: BlockState;
  readonly host: HostDescription;
  readonly environment: Environment;
  isQuarantined?(kernel: KernelName): boolean;
}): Opening | undefined {
  const { sweep, row, block, host, environment } = options;
  const begun = begunBy(block, host.id);
  // A block that began under one accelerator is never finished under another.
  const resumed = begun?.environment === environment ? begun : undefined;
  const runnable = block.planned.trials
    .filter(({ id }) => resumed === undefined || !hasOutcome(resumed, id))
    .filter(({ kernel }) => isBooted({ sweep, row, kernel, host }));
  const allowed = runnable.filter(({ kernel }) => options.isQuarantined?.(kernel) !== true);
  if (allowed.length === 0) return undefined;
  return {
    attempt: resumed?.attempt ?? nextAttempt(block),
    trials: allowed.map(({ id }) => id),
    isReduced: allowed.length < runnable.length,
  };
}
