// SPDX-License-Identifier: Apache-2.0
/**
 * Which hosts are attached and which leases are out. All of it is ephemeral: agents say it again.
 */
import type {
  AgentHello,
  ControllerMessage,
  HeldLease,
  HostId,
  LeaseId,
  TrialId,
} from '@labsweep/proto';
import type { AgentConnection } from './ports.js';
import type { KnownHost, LiveLease } from './schedule/schedule-view.js';

export const ALIVE_INTERVAL_MS = 2_000;
/** Several renewals may be lost before a lease is. */
export const LEASE_DURATION_MS = 15_000;

interface HostRecord {
  hello: AgentHello;
  connection: AgentConnection | undefined;
  seenAtMs: number;
  /** As its last `alive` told. */
  spooled: number;
  trouble: string;
}

interface LeaseRecord extends LiveLease {
  running?: { readonly trial: TrialId; readonly sinceMs: number };
}

export class AgentRegistry {
  private readonly hostRecords = new Map<HostId, HostRecord>();
  private readonly leaseRecords = new Map<LeaseId, LeaseRecord>();

  /**
   * Puts the newest session of a host in the place of the old one, whose stream is closed. Leases
   * of the host that the agent no longer holds end here, because a restarted agent has lost their
   * trial.
   */
  attach(hello: AgentHello, connection: AgentConnection, nowMs: number): void {
    const old = this.hostRecords.get(hello.host.id);
    if (old?.connection !== connection) old?.connection?.close();
    this.hostRecords.set(hello.host.id, {
      hello,
      connection,
      seenAtMs: nowMs,
      spooled: hello.unsettled.length,
      trouble: '',
    });
    for (const lease of this.leasesOf(hello.host.id)) this.leaseRecords.delete(lease.lease);
  }

  /** Forgets the stream; the leases of the host live on until they run out. */
  detach(host: HostId, connection: AgentConnection, nowMs: number): void {
    const record = this.hostRecords.get(host);
    if (record?.connection !== connection) return;
    record.connection = undefined;
    record.seenAtMs = nowMs;
  }

  /** True while the stream belongs to the newest session of its host. */
  isCurrent(host: HostId, connection: AgentConnection): boolean {
    return this.hostRecords.get(host)?.connection === connection;
  }

  isAttached(host: HostId): boolean {
    return this.hostRecords.get(host)?.connection !== undefined;
  }

  hold(host: HostId, held: HeldLease, nowMs: number): void {
    const { trial, ...lease } = held;
    const expiresAtMs = nowMs + LEASE_DURATION_MS;
    const running = trial === undefined ? {} : { running: { trial, sinceMs: nowMs } };
    this.leaseRecords.set(lease.lease, { ...lease, host, expiresAtMs, ...running });
  }

  seen(host: HostId, nowMs: number): void {
    const record = this.hostRecords.get(host);
    if (record !== undefined) record.seenAtMs = nowMs;
  }

  /** What the agent says of itself every other second. */
  alive(host: HostId, told: { readonly spooled: number; readonly trouble: string }): void {
    const record = this.hostRecords.get(host);
    if (record === undefined) return;
    record.spooled = told.spooled;
    record.trouble = told.trouble;
  }

  lastTold(host: HostId): { readonly spooled: number; readonly trouble: string } {
    const { spooled, trouble } = this.hostRecords.get(host) ?? { spooled: 0, trouble: '' };
    return { spooled, trouble };
  }

  /** False when the host does not hold the lease. */
  renew(host: HostId, id: LeaseId, nowMs: number): boolean {
    this.seen(host, nowMs);
    const lease = this.leaseRecords.get(id);
    if (lease?.host !== host) return false;
    this.leaseRecords.set(id, { ...lease, expiresAtMs: nowMs + LEASE_DURATION_MS });
    return true;
  }

  started(id: LeaseId, trial: TrialId, nowMs: number): void {
    const lease = this.leaseRecords.get(id);
    if (lease !== undefined) lease.running = { trial, sinceMs: nowMs };
  }

  release(id: LeaseId): void {
    this.leaseRecords.delete(id);
  }

  send(host: HostId, message: ControllerMessage): void {
    this.hostRecords.get(host)?.connection?.send(message);
  }

  hello(host: HostId): AgentHello | undefined {
    return this.hostRecords.get(host)?.hello;
  }

  hosts(): KnownHost[] {
    return [...this.hostRecords.values()].map(({ hello, connection, seenAtMs }) => ({
      description: hello.host,
      attached: connection !== undefined,
      seenAtMs,
    }));
  }

  leases(): readonly LeaseRecord[] {
    return [...this.leaseRecords.values()];
  }

  private leasesOf(host: HostId): LeaseRecord[] {
    return this.leases().filter((lease) => lease.host === host);
  }
}
