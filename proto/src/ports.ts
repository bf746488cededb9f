// SPDX-License-Identifier: Apache-2.0
/** What pure code is handed instead of reaching for the system: so far, the clock. */

/** Unix time in milliseconds. */
export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
