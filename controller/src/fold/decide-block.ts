// SPDX-License-Identifier: Apache-2.0
/** Says which attempt of a block counts, or that another one is owed. */
import type { BlockDecision } from '@labsweep/proto';
import type { AttemptState, BlockState } from './lab-state.js';

/**
 * A kernel or reproducer that failed is a finding, and its block is run once more to see it clean.
 */
export const SUBJECT_FAILED_ATTEMPTS_MAX = 2;
/** A failure of the lab says nothing about the kernel, so it is retried a little longer. */
export const LAB_FAILED_ATTEMPTS_MAX = 3;

/**
 * The first attempt in which every trial was measured counts. When the limits are reached without
 * one, the complete attempt with the most measured trials counts, and is marked as not complete.
 * Undefined means that the block has to be attempted (again).
 */
export function decideBlock(block: BlockState): BlockDecision | undefined {
  const ended = block.attempts.filter((attempt) => isWhole(block, attempt));
  // Most entries end no attempt.
  if (ended.length === 0) return undefined;
  const clean = ended.find((attempt) => measuredCount(attempt) === block.planned.trials.length);
  if (clean !== undefined) return decision(block, clean, true);
  if (!limitsReached(ended)) return undefined;
  const best = ended.reduce((a, b) => (measuredCount(b) > measuredCount(a) ? b : a));
  return decision(block, best, false);
}

/** True when every trial of the attempt has an outcome. */
export function isWhole(block: BlockState, attempt: AttemptState): boolean {
  return attempt.outcomes.size === block.planned.trials.length;
}

function limitsReached(ended: readonly AttemptState[]): boolean {
  const withLabFailure = ended.filter(({ outcomes }) => outcomes.count('lab-failed') > 0).length;
  const onlySubjectFailures = ended.length - withLabFailure;
  return (
    withLabFailure >= LAB_FAILED_ATTEMPTS_MAX || onlySubjectFailures >= SUBJECT_FAILED_ATTEMPTS_MAX
  );
}

function measuredCount(attempt: AttemptState): number {
  return attempt.outcomes.count('measured');
}

function decision(block: BlockState, attempt: AttemptState, complete: boolean): BlockDecision {
  return { block: block.planned.id, attempt: attempt.attempt, host: attempt.host, complete };
}
