// SPDX-License-Identifier: Apache-2.0
/**
 * Counts the planned trials of a row by what became of them, so that no failure and no rerun is
 * hidden.
 */
import type { EnvironmentRequest, KernelName } from '@labsweep/proto';
import type { BlockHistory } from './block-history.js';
import { measuredTrials, type RowView } from './row-view.js';

/** All numbers are planned trials, except that one trial may be in several of them. */
export interface TrialCounts {
  readonly planned: number;
  /** With a measured outcome that counts. */
  readonly measured: number;
  /** Failed at least once, in whatever attempt. */
  readonly failed: number;
  /** Failed at least once, and measured in the attempt that counts. */
  readonly recovered: number;
  /** Ran in more than one attempt, for instance because another trial of the block failed. */
  readonly rerun: number;
}

/** Of one kernel in a row, or of all its kernels when `kernel` is undefined. */
export function countTrials(view: RowView, kernel?: KernelName): TrialCounts {
  const fates = view.blocks.flatMap((block) =>
    block.planned.trials
      .filter((trial) => kernel === undefined || trial.kernel === kernel)
      .map((trial) => fateOf(block, { kernel: trial.kernel, environment: view.environment })),
  );
  return {
    planned: fates.length,
    measured: fates.filter((fate) => fate.measured).length,
    failed: fates.filter((fate) => fate.failed).length,
    recovered: fates.filter((fate) => fate.failed && fate.measured).length,
    rerun: fates.filter((fate) => fate.attempts > 1).length,
  };
}

function fateOf(
  block: BlockHistory,
  trial: { readonly kernel: KernelName; readonly environment: EnvironmentRequest },
): { measured: boolean; failed: boolean; attempts: number } {
  const entries = block.entries.filter((entry) => entry.kernel === trial.kernel);
  return {
    measured: measuredTrials(block, trial.environment).some(
      (entry) => entry.kernel === trial.kernel,
    ),
    failed: entries.some((entry) => entry.outcome.status !== 'measured'),
    attempts: entries.length,
  };
}
