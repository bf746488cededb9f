// SPDX-License-Identifier: Apache-2.0
/** All that the scheduler asks of the fold about the blocks of a sweep, in one place. */
import type { BlockId, HostId, KernelName, PlannedRow, RowId, TrialId } from '@labsweep/proto';
import { isLabFailure, isWhole } from '../fold/decide-block.js';
import type { AttemptState, BlockState, LabState, SweepState } from '../fold/lab-state.js';
import { repetitionsOf } from '../plan/plan-sweep.js';

/** A row has its blocks under 0 to count - 1, in the order of their repetitions. */
export function blockCountOf(sweep: SweepState, row: PlannedRow): number {
  return repetitionsOf(sweep.spec, row.purpose);
}

export function blockIdOf(row: PlannedRow, index: number): BlockId {
  return `${row.id}/r${index + 1}` as BlockId;
}

/** Where a block stands: its row and its place in it. */
export function placeOf(block: BlockId): { readonly row: RowId; readonly index: number } {
  const slash = block.lastIndexOf('/');
  return { row: block.slice(0, slash) as RowId, index: Number(block.slice(slash + 2)) - 1 };
}

export function blockAt(sweep: SweepState, row: PlannedRow, index: number): BlockState | undefined {
  return sweep.blocks.get(blockIdOf(row, index));
}

export function isDecided(block: BlockState): boolean {
  return block.decision !== undefined;
}

export function hasOutcome(attempt: AttemptState, trial: TrialId): boolean {
  return attempt.outcomes.has(trial);
}

/** The newest attempt of this host that lacks trials. */
export function begunBy(block: BlockState, host: HostId): AttemptState | undefined {
  return block.attempts.findLast((attempt) => attempt.host === host && !isWhole(block, attempt));
}

/** The hosts that have begun an attempt of the block and not ended it. */
export function ownersOf(block: BlockState): readonly AttemptState[] {
  return block.attempts.filter((attempt) => !isWhole(block, attempt));
}

/** Above those of earlier rounds too. */
export function nextAttempt(block: BlockState): number {
  const latest = Math.max(0, ...block.attempts.map((attempt) => attempt.attempt));
  return Math.max(block.firstAttempt, latest + 1);
}

/** Attempts of this round that the lab failed, in any of their trials. */
export function labFailedOf(block: BlockState): readonly AttemptState[] {
  return block.attempts.filter((attempt) => isLabFailure(block, attempt));
}

export function isPaused(sweep: SweepState): boolean {
  return sweep.isPaused;
}

/** True for a host that gets no other block. */
export function isDrained({ commands }: LabState, host: HostId): boolean {
  return commands.isDrained(host);
}

/** Why no trial goes to the host, or none of the kernel; undefined when all may. */
export function quarantineOf(
  { commands }: LabState,
  { host, kernel }: { readonly host: HostId; readonly kernel?: KernelName },
): string | undefined {
  const quarantine =
    kernel === undefined
      ? commands.quarantines().find((each) => each.host === host && each.kernel === undefined)
      : commands.quarantineOf(host, kernel);
  return quarantine?.reason;
}

/** Trials of the attempt that has got furthest. */
export function settledCountOf(block: BlockState): number {
  return Math.max(0, ...block.attempts.map((attempt) => attempt.outcomes.size));
}
