// SPDX-License-Identifier: Apache-2.0
/**
 * Outcomes that are folded and wait for the broker's disk, each once, in the order of the log. It
 * knows nothing of how the disk is asked; see docs/DURABILITY.md.
 */
import type { HostId } from '@labsweep/proto';

export class SettleQueue {
  /** By host and message id: where in the log the outcome is. The first to come in is the first. */
  private readonly waiting = new Map<HostId, Map<string, number>>();
  private horizon = 0;
  /** False, at no cost for who asks, while nothing can have been passed over. */
  private hasDue = false;

  /**
   * Sequences never go down from one call to the next. One that waits already stays in its place:
   * an agent asks for it again and again while the disk fails.
   */
  add(sequence: number, host: HostId, messageIds: readonly string[]): void {
    const ofHost = this.waiting.get(host) ?? new Map<string, number>();
    this.waiting.set(host, ofHost);
    for (const id of messageIds) if (!ofHost.has(id)) ofHost.set(id, sequence);
    if (sequence <= this.horizon) this.hasDue = true;
  }

  /** All entries up to the horizon are on the disk; it only ever rises. */
  raise(horizon: number): void {
    if (horizon <= this.horizon) return;
    this.horizon = horizon;
    this.hasDue = true;
  }

  /** How many outcomes wait. */
  get size(): number {
    let size = 0;
    for (const ofHost of this.waiting.values()) size += ofHost.size;
    return size;
  }

  /** Takes out what the horizon has passed over, by host. */
  take(): Map<HostId, string[]> {
    const byHost = new Map<HostId, string[]>();
    if (!this.hasDue) return byHost;
    this.hasDue = false;
    for (const [host, ofHost] of this.waiting) {
      const ids: string[] = [];
      for (const [id, sequence] of ofHost) {
        if (sequence > this.horizon) break;
        ids.push(id);
        ofHost.delete(id);
      }
      if (ids.length > 0) byHost.set(host, ids);
      if (ofHost.size === 0) this.waiting.delete(host);
    }
    return byHost;
  }
}
