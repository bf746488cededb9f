// SPDX-License-Identifier: Apache-2.0
/** Tells the log of a host before its first block of a sweep, once for each of its sessions. */
import type { AgentHello, HostJoined } from '@labsweep/proto';
import type { SweepState } from './fold/lab-state.js';

export class HostAnnouncements {
  /** Sessions that were found in the fold: a large sweep has many, and each lease asks. */
  private readonly found = new WeakMap<SweepState, Set<string>>();

  constructor(private readonly append: (entry: HostJoined) => void) {}

  announce(sweep: SweepState, hello: AgentHello, atMs: number): void {
    const { session } = hello;
    const found = this.foundIn(sweep);
    if (found.has(session)) return;
    if (sweep.hosts.some((joined) => joined.session === session)) {
      found.add(session);
      return;
    }
    const { id: host, name: hostName, facts, supports, permissions } = hello.host;
    this.append({
      type: 'host-joined',
      sweep: sweep.submitted.sweep,
      atMs,
      host,
      hostName,
      session,
      facts: { ...facts },
      supports: [...supports],
      permissions: [...permissions],
    });
  }

  private foundIn(sweep: SweepState): Set<string> {
    const known = this.found.get(sweep);
    if (known !== undefined) return known;
    const fresh = new Set<string>();
    this.found.set(sweep, fresh);
    return fresh;
  }
}
