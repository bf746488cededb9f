// SPDX-License-Identifier: Apache-2.0
/** Makes a signal something that can lose a race. */

/** Rejects with the signal's reason when it fires; nobody needs to handle that. */
export function rejectedOn(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  rejected.catch(() => {});
  return rejected;
}
