// SPDX-License-Identifier: Apache-2.0
/** Waits for something that may never come, and not for ever. */

/** Settles with the work, or after `limitMs` without it; a failure of the work is not told. */
export function withinLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}
