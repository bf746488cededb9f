// SPDX-License-Identifier: Apache-2.0
/** The monotonic clock of this process, and sleeping by it. */
import { setTimeout as delay } from 'node:timers/promises';

export function monotonicMs(): number {
  return performance.now();
}

/** Settles early when the signal fires; never throws. */
export async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => {});
}
