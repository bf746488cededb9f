// SPDX-License-Identifier: Apache-2.0
/** The one way in which this package writes a duration into a message. */

/** For example `2.5 s`. */
export function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
