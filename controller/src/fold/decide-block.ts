// SPDX-License-Identifier: Apache-2.0
/** Says which attempt of a block counts, or that another one is owed. */
import type { BlockDecision } from '@labsweep/proto';
import type { AttemptState, BlockState, SweepState } from './lab-state.js';

/**
 * The first attempt in which every trial was measured counts. When the limits of the spec are
 * reached without one, the complete attempt with the most measured trials counts, among equal ones
 * that with the fewest failures of the lab, and is marked as not complete. Undefined means that
 * the block has to be attempted (again).
 */
export function decideBlock(
  sweep: Pick<SweepState, 'spec' | 'labFailures'>,
  block: BlockState,
): BlockDecision | undefined {
  const ended = block.attempts.filter((attempt) => isWhole(block, attempt));
  // Most entries end no attempt.
  if (ended.length === 0) return undefined;
  const clean = ended.find((attempt) => measuredCount(attempt) === block.planned.trials.length);
  if (clean !== undefined) return decision(block, clean, true);
  if (!limitsReached(sweep, block, ended)) return undefined;
  const best = ended.reduce((a, b) => (isBetter(b, a) ? b : a));
  return decision(block, best, false);
}

/** True when every trial of the attempt has an outcome. */
export function isWhole(block: BlockState, attempt: AttemptState): boolean {
  return attempt.outcomes.size === block.planned.trials.length;
}

/** True for an attempt that ended and that the lab failed, in any of its trials. */
export function isLabFailure(block: BlockState, attempt: AttemptState): boolean {
  return isWhole(block, attempt) && attempt.outcomes.count('lab-failed') > 0;
}

/**
 * A kernel or reproducer that failed is a finding, and its block is run anew to see whether it
 * fails again. A failure of the lab says nothing about the kernel; those are counted by row, since
 * a row that cannot be run would fail in each of its blocks.
 */
function limitsReached(
  { spec, labFailures }: Pick<SweepState, 'spec' | 'labFailures'>,
  block: BlockState,
  ended: readonly AttemptState[],
): boolean {
  const { rerun, labFailuresMax } = spec.scheduling;
  const failedByLab = ended.filter((attempt) => isLabFailure(block, attempt)).length;
  if (ended.length - failedByLab > rerun) return true;
  return failedByLab > 0 && (labFailures.get(block.planned.row) ?? 0) >= labFailuresMax;
}

/** A failure of the kernel is a finding, and must not hide behind one of the lab. */
function isBetter(one: AttemptState, other: AttemptState): boolean {
  const more = measuredCount(one) - measuredCount(other);
  if (more !== 0) return more > 0;
  return one.outcomes.count('lab-failed') < other.outcomes.count('lab-failed');
}

function measuredCount(attempt: AttemptState): number {
  return attempt.outcomes.count('measured');
}

function decision(block: BlockState, attempt: AttemptState, complete: boolean): BlockDecision {
  return { block: block.planned.id, attempt: attempt.attempt, host: attempt.host, complete };
}
