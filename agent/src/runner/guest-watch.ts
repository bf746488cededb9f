// SPDX-License-Identifier: Apache-2.0
/**
 * Two limits on the life of a guest: the deadline of its trial, and an earlier one for a guest that
 * does not come through its boot. It asks for the guest's end by a signal, and ends nothing itself.
 */

export type GuestLimit = 'deadline' | 'boot limit';

export interface GuestWatch {
  /** Fires when a limit has passed. */
  readonly stop: AbortSignal;
  /** The limit that has passed; the deadline while none has. */
  limit(): GuestLimit;
  /** Stops both clocks. */
  close(): void;
}

/**
 * Starts both clocks. `hasBooted` is asked once, at the boot limit, since polling would disturb the
 * measurement; where it cannot tell, the deadline still holds.
 */
export function watchGuest(limits: {
  readonly deadlineMs: number;
  readonly bootMs: number;
  readonly hasBooted: () => Promise<boolean>;
}): GuestWatch {
  const stopper = new AbortController();
  let limit: GuestLimit = 'deadline';
  const stopUnbooted = (hasBooted: boolean) => {
    if (hasBooted || stopper.signal.aborted) return;
    limit = 'boot limit';
    stopper.abort();
  };
  const deadline = setTimeout(() => stopper.abort(), limits.deadlineMs);
  const boot = setTimeout(() => {
    limits.hasBooted().then(stopUnbooted, () => {});
  }, limits.bootMs);
  return {
    stop: stopper.signal,
    limit: () => limit,
    close: () => {
      clearTimeout(deadline);
      clearTimeout(boot);
    },
  };
}
