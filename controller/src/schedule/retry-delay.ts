// SPDX-License-Identifier: Apache-2.0
/** How long a block rests after a failure of the lab. */

export const RETRY_DELAY_MIN_MS = 2_000;
export const RETRY_DELAY_MAX_MS = 5 * 60_000;

/**
 * `failures` counts the attempts of the block that the lab failed, from 0: the rest doubles with
 * each. There is no randomness in it, since hosts take blocks one at a time and cannot stampede.
 */
export function retryDelayMs(failures: number, maxMs = RETRY_DELAY_MAX_MS): number {
  if (failures === 0) return 0;
  return Math.min(maxMs, RETRY_DELAY_MIN_MS * 2 ** (failures - 1));
}
