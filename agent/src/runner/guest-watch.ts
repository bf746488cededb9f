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

export interface BootProgress {
  readonly hasBooted: boolean;
  /** Of the console so far. */
  readonly consoleBytes: number;
}

/** Looks within one boot limit: a kernel that said nothing between two of them is stuck. */
const LOOKS = 2;

/**
 * Starts both clocks. A boot that is slow is not one that is stuck, and nobody knows beforehand how
 * slow a machine is on which emulation is emulated itself: the boot limit has passed when the
 * console has not grown for half of it, and half of it was there before. `look` is asked at each
 * half until the guest has booted, since polling would disturb the measurement; where it cannot
 * tell, the deadline still holds.
 */
export function watchGuest(limits: {
  readonly deadlineMs: number;
  readonly bootMs: number;
  readonly look: () => Promise<BootProgress>;
}): GuestWatch {
  const stopper = new AbortController();
  let limit: GuestLimit = 'deadline';
  let isClosed = false;
  let seenBytes: number | undefined;
  let boot: NodeJS.Timeout | undefined;
  const judge = ({ hasBooted, consoleBytes }: BootProgress) => {
    // A look that was under way at the end must not start another clock.
    if (hasBooted || isClosed || stopper.signal.aborted) return;
    if (consoleBytes === seenBytes) {
      limit = 'boot limit';
      stopper.abort();
      return;
    }
    seenBytes = consoleBytes;
    lookLater();
  };
  const lookLater = () => {
    boot = setTimeout(() => {
      limits.look().then(judge, () => {});
    }, limits.bootMs / LOOKS);
  };
  lookLater();
  const deadline = setTimeout(() => stopper.abort(), limits.deadlineMs);
  return {
    stop: stopper.signal,
    limit: () => limit,
    close: () => {
      isClosed = true;
      clearTimeout(deadline);
      clearTimeout(boot);
    },
  };
}
