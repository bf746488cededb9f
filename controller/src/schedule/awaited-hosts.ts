// SPDX-License-Identifier: Apache-2.0
/** The hosts that are still to say what they hold, after a controller has begun. */
import type { HostId } from '@labsweep/proto';

/**
 * After a controller starts, hosts that have worked for a sweep before get this long to come back
 * and say what they hold, before anything is granted or dropped: else it would be measured twice,
 * or in vain.
 */
export const REATTACH_MAX_MS = 5_000;

export class AwaitedHosts {
  private readonly hosts = new Set<HostId>();
  private untilMs = 0;

  begin(nowMs: number): void {
    this.untilMs = nowMs + REATTACH_MAX_MS;
  }

  add(host: HostId): void {
    this.hosts.add(host);
  }

  came(host: HostId): void {
    this.hosts.delete(host);
  }

  isAnyDue(nowMs: number): boolean {
    return this.hosts.size > 0 && nowMs < this.untilMs;
  }
}
