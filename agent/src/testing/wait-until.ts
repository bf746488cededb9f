// SPDX-License-Identifier: Apache-2.0
/** Waits for something in a test that gives no sign when it happens. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Throws, naming what was waited for, when it does not come true in time. */
export async function waitUntil(
  what: string,
  isTrue: () => Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += POLL_MS) {
    if (await isTrue()) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${what}: still not so after ${limitMs} ms`);
}
