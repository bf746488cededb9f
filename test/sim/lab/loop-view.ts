// SPDX-License-Identifier: Apache-2.0
/** What the checkers read of a controller: the one place that knows how the loop shows it. */
import type { SweepRecord } from '@labsweep/analysis';
import { SweepFollower } from '@labsweep/cli';
import type { SweepLoop } from '@labsweep/controller';
import type { BlockDecision, BlockId, LogEntry } from '@labsweep/proto';
import { SWEEP } from './sample-sweep.js';

/** Undefined while the block is not decided, or the sweep not known. */
export function decisionOf(loop: SweepLoop, block: BlockId): BlockDecision | undefined {
  return loop.sweep(SWEEP)?.blocks.get(block)?.decision;
}

export function isFinished(loop: SweepLoop): boolean {
  return loop.summaries().some(({ sweep, state }) => sweep === SWEEP && state === 'finished');
}

/** What a user who watched would have at the end: the log's entries, and the loop's decisions. */
export function recordOf(loop: SweepLoop, entries: readonly LogEntry[]): SweepRecord | undefined {
  const sweep = loop.sweep(SWEEP);
  if (sweep === undefined) return undefined;
  const follower = new SweepFollower();
  for (const entry of entries) follower.take({ kind: 'entry', entry });
  for (const { decision } of sweep.blocks.values()) {
    if (decision !== undefined) follower.take({ kind: 'decision', decision });
  }
  return follower.record(isFinished(loop) ? 'finished' : 'interrupted');
}
