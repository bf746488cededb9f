// SPDX-License-Identifier: Apache-2.0
/**
 * Outcomes that are folded and wait for the broker's disk, in the order of the log. It knows
 * nothing of how the disk is asked; see docs/DURABILITY.md.
 */
import type { HostId } from '@labsweep/proto';

interface Waiting {
  readonly sequence: number;
  readonly host: HostId;
  readonly messageIds: readonly string[];
}

export class SettleQueue {
  private waiting: Waiting[] = [];
  private horizon = 0;

  /** Sequences never go down from one call to the next. */
  add(sequence: number, host: HostId, messageIds: readonly string[]): void {
    this.waiting.push({ sequence, host, messageIds });
  }

  /** All entries up to the horizon are on the disk; it only ever rises. */
  raise(horizon: number): void {
    this.horizon = Math.max(this.horizon, horizon);
  }

  /** Takes out what the horizon has passed over, by host. */
  take(): Map<HostId, string[]> {
    const firstKept = this.waiting.findIndex(({ sequence }) => sequence > this.horizon);
    const taken = this.waiting.splice(0, firstKept === -1 ? this.waiting.length : firstKept);
    const byHost = new Map<HostId, string[]>();
    for (const { host, messageIds } of taken) {
      const ids = byHost.get(host);
      if (ids === undefined) byHost.set(host, [...messageIds]);
      else ids.push(...messageIds);
    }
    return byHost;
  }
}
