// SPDX-License-Identifier: Apache-2.0
/** The monotonic clock of this process, and waiting by it. */
import { setTimeout as delay } from 'node:timers/promises';

export function monotonicMs(): number {
  return performance.now();
}

/** Settles early when the signal fires; never throws. */
export async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => {});
}

const POLL_INTERVAL_MS = 5;

/** False when it is not so within the limit. What `isSo` throws ends the wait. */
export async function untilSo(isSo: () => boolean, limitMs: number): Promise<boolean> {
  // The wall clock may jump meanwhile.
  const deadlineMs = monotonicMs() + limitMs;
  while (!isSo()) {
    if (monotonicMs() > deadlineMs) return false;
    await delay(POLL_INTERVAL_MS);
  }
  return true;
}
