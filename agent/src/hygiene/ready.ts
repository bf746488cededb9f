// SPDX-License-Identifier: Apache-2.0
/**
 * Waits until the host is as a trial demands it: load mostly passes by itself, and somebody may be
 * about to mend a setting. It only looks, and says what it waits for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { READY_LOOK_MS, READY_MS_MAX } from './hygiene-limits.js';

export interface ReadyWait {
  /** What is not so yet; empty when the trial may begin. */
  unmet(): Promise<readonly string[]>;
  /** Told once, when it turns out that it has to wait. */
  waits?: ((reasons: readonly string[], limitMs: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The two waits, for tests. */
  readonly lookMs?: number | undefined;
  readonly limitMs?: number | undefined;
}

/** What is still not so after the wait. Rejects with the reason of the signal. */
export async function waitUntilReady(options: ReadyWait): Promise<readonly string[]> {
  const { unmet, waits, signal, lookMs = READY_LOOK_MS, limitMs = READY_MS_MAX } = options;
  let reasons = await unmet();
  if (reasons.length > 0 && limitMs > 0) waits?.(reasons, limitMs);
  for (let waitedMs = 0; reasons.length > 0 && waitedMs < limitMs; waitedMs += lookMs) {
    await sleep(lookMs, undefined, { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
    reasons = await unmet();
  }
  return reasons;
}
