// SPDX-License-Identifier: Apache-2.0
/**
 * The attached hosts without a lease, in the order in which they became idle, and which of them are
 * worth asking about: those that were offered nothing are not asked about again until something has
 * opened.
 */
import type { HostId } from '@labsweep/proto';

export class IdleHosts {
  private readonly idle = new Set<HostId>();
  private readonly fresh = new Set<HostId>();
  private hasOpened = false;

  get size(): number {
    return this.idle.size;
  }

  add(host: HostId): void {
    this.idle.add(host);
    this.fresh.add(host);
  }

  delete(host: HostId): void {
    this.idle.delete(host);
    this.fresh.delete(host);
  }

  /** Something may be there for hosts that were offered nothing. */
  opened(): void {
    this.hasOpened = true;
  }

  /** False, at no cost, while there is nobody to ask about. */
  hasAny(): boolean {
    return this.fresh.size > 0 || this.hasOpened;
  }

  /** Each is handed out once. */
  take(): readonly HostId[] {
    const hosts = this.hasOpened ? [...this.idle] : [...this.fresh];
    this.hasOpened = false;
    this.fresh.clear();
    return hosts;
  }
}
