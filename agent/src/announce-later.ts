// SPDX-License-Identifier: Apache-2.0
/**
 * Tells the controller which trial runs, unless it has ended before anybody could have read that:
 * with short trials the announcements would be most of what an agent says.
 */

/** People look at what runs a few times a second. */
export const ANNOUNCE_DELAY_MS = 500;

/** Calls `announce` later; the function that it returns prevents that. */
export function announceLater(announce: () => void): () => void {
  const timer = setTimeout(announce, ANNOUNCE_DELAY_MS);
  timer.unref();
  return () => clearTimeout(timer);
}
