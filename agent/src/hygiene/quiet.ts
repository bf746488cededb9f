// SPDX-License-Identifier: Apache-2.0
/**
 * Waits until other programs leave the CPUs alone: after a trial that they disturbed, running it
 * again at once would mostly be disturbed again. It only looks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FOREIGN_SHARE_MAX, QUIET_LOOK_MS, QUIET_MS_MAX } from './hygiene-limits.js';

export interface QuietWait {
  /** Busy time of the trial's CPUs since boot, in ms and summed; undefined where it is unknown. */
  busyMs(): number | undefined;
  readonly cpuCount: number;
  readonly signal?: AbortSignal | undefined;
  /** The two waits, for tests. */
  readonly lookMs?: number;
  readonly limitMs?: number;
}

/** Undefined when it is quiet, else a warning. Rejects with the reason of the signal. */
export async function waitForQuiet(options: QuietWait): Promise<string | undefined> {
  const { busyMs, cpuCount, signal, lookMs = QUIET_LOOK_MS, limitMs = QUIET_MS_MAX } = options;
  let share = 0;
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += lookMs) {
    const before = busyMs();
    await sleep(lookMs, undefined, { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
    const after = busyMs();
    if (before === undefined || after === undefined) return undefined;
    share = (after - before) / (lookMs * Math.max(1, cpuCount));
    if (share <= FOREIGN_SHARE_MAX) return undefined;
  }
  return (
    `load: other programs still took ${(share * 100).toFixed(0)} % of the trial's CPUs after ` +
    `${limitMs / 1000} s of waiting`
  );
}
