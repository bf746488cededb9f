// SPDX-License-Identifier: Apache-2.0
/** What the checkers read of a controller: the one place that knows how the loop shows it. */
import type { SweepRecord } from '@labsweep/analysis';
import { SweepFollower } from '@labsweep/cli';
import type { SweepLoop } from '@labsweep/controller';
import type { BlockDecision, BlockId } from '@labsweep/proto';
import { SWEEP } from './sample-sweep.js';

/** Undefined while the block is not decided, or the sweep not known. */
export function decisionOf(loop: SweepLoop, block: BlockId): BlockDecision | undefined {
  return loop.sweep(SWEEP)?.blocks.get(block)?.decision;
}

export function isFinished(loop: SweepLoop): boolean {
  return loop.summaries().some(({ sweep, state }) => sweep === SWEEP && state === 'finished');
}

/** Everything that a user who watches would get to see. */
export function recordOf(loop: SweepLoop): SweepRecord | undefined {
  const sweep = loop.sweep(SWEEP);
  if (sweep === undefined) return undefined;
  const follower = new SweepFollower();
  const stop = loop.watch(sweep, { send: (event) => follower.take(event), end: () => {} });
  stop();
  const state = follower.progress?.summary.state;
  return follower.record(state === 'finished' ? 'finished' : 'interrupted');
}
