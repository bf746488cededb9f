// SPDX-License-Identifier: Apache-2.0
/** What the checkers read of a controller: the one place that knows how the loop shows it. */
import type { SweepRecord } from '@labsweep/analysis';
import { SweepFollower } from '@labsweep/cli';
import type { SweepLoop } from '@labsweep/controller';
import type { BlockDecision, BlockId, LogEntry, PlannedBlock, SweepId } from '@labsweep/proto';

/** Undefined while the block is not decided, or the sweep not known. */
export function decisionOf(
  loop: SweepLoop,
  sweep: SweepId,
  block: BlockId,
): BlockDecision | undefined {
  return loop.sweep(sweep)?.blocks.get(block)?.decision;
}

/** By the plan as this controller has it by now. */
export function plannedBlocks(loop: SweepLoop, sweep: SweepId): readonly PlannedBlock[] {
  return loop.sweep(sweep)?.plan.blocks ?? [];
}

export function isCancelled(loop: SweepLoop, sweep: SweepId): boolean {
  return loop.sweep(sweep)?.cancelledAtMs !== undefined;
}

/** Nothing more is leased for the sweep. */
export function isOver(loop: SweepLoop, sweep: SweepId): boolean {
  const state = loop.sweep(sweep);
  if (state === undefined) return false;
  return state.cancelledAtMs !== undefined || state.decidedCount === state.blocks.size;
}

/** Names the row of the block, of a sweep that pins its rows; undefined for another one. */
export function pinnedRowOf(
  loop: SweepLoop,
  { sweep, block }: { readonly sweep: SweepId; readonly block: BlockId },
): string | undefined {
  const state = loop.sweep(sweep);
  const row = state?.blocks.get(block)?.planned.row;
  if (row === undefined || state?.spec.scheduling.placement !== 'pin-row') return undefined;
  return `${sweep}/${row}`;
}

/** What a user who watched would have at the end: the log's entries, and the loop's decisions. */
export function recordOf(
  loop: SweepLoop,
  id: SweepId,
  entries: readonly LogEntry[],
): SweepRecord | undefined {
  const sweep = loop.sweep(id);
  if (sweep === undefined) return undefined;
  const follower = new SweepFollower();
  for (const entry of entries) {
    if (!('sweep' in entry) || entry.sweep === id) follower.take({ kind: 'entry', entry });
  }
  for (const { decision } of sweep.blocks.values()) {
    if (decision !== undefined) follower.take({ kind: 'decision', decision });
  }
  return follower.record(isOver(loop, id) ? 'finished' : 'interrupted');
}
