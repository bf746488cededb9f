// SPDX-License-Identifier: Apache-2.0
/** Takes what a controller knows of a sweep at this moment, without waiting for its end. */
import { LabsweepError, type SweepId } from '@labsweep/proto';
import type { SweepLog } from '../record/sweep-log.js';
import type { SweepClient } from '../sweep-client.js';
import { SweepFollower } from '../sweep-follower.js';

/**
 * `isAtRest`: nobody works in the lab, so a sweep that has not ended is an interrupted one. Throws
 * UsageError for a sweep that the lab does not know.
 */
export async function watchOnce(
  client: SweepClient,
  sweep: SweepId,
  { isAtRest }: { readonly isAtRest: boolean },
): Promise<SweepLog> {
  const follower = new SweepFollower();
  const stop = new AbortController();
  for await (const event of client.watch(sweep, stop.signal)) {
    follower.take(event);
    // The past comes first, and ends with the first progress.
    if (event.kind === 'progress') break;
  }
  stop.abort();
  const state = follower.progress?.summary.state ?? 'running';
  const isOpen = state === 'running' || state === 'paused';
  const log = follower.log(isOpen ? (isAtRest ? 'interrupted' : 'running') : state);
  if (log !== undefined) return log;
  throw new LabsweepError(`the lab told nothing of the sweep ${sweep}; try again`);
}
