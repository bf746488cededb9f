// SPDX-License-Identifier: Apache-2.0
/**
 * A sleep that a signal ends, for whoever sleeps under the same signal again and again: it listens
 * to the signal once, where a listener for each sleep would cost more than the sleep.
 */

/** What ends the sleeps under a signal. */
const sleepers = new WeakMap<AbortSignal, Set<() => void>>();

/** Rejects with the signal's reason when that fires first. */
export function sleepUnder(signal: AbortSignal, durationMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const others = sleepersUnder(signal);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      others.delete(stop);
      resolve();
    }, durationMs);
    others.add(stop);
  });
}

function sleepersUnder(signal: AbortSignal): Set<() => void> {
  const known = sleepers.get(signal);
  if (known !== undefined) return known;
  const fresh = new Set<() => void>();
  sleepers.set(signal, fresh);
  const stopAll = () => {
    for (const stop of fresh) stop();
  };
  signal.addEventListener('abort', stopAll, { once: true });
  return fresh;
}
