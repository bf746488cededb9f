// SPDX-License-Identifier: Apache-2.0
/**
 * Which leases are out: at most one on a host, and at most one on a block. It asserts both, so that
 * no mistake of its callers can measure a block twice at a time.
 */
import { strict as assert } from 'node:assert';
import type { BlockId, HostId, LeaseId, SweepId, TrialId } from '@labsweep/proto';
import type { LiveLease } from './schedule-view.js';

/** Several renewals may be lost before a lease is. */
export const LEASE_DURATION_MS = 15_000;

export type NewLease = Omit<LiveLease, 'expiresAtMs' | 'sinceMs'>;

export class LeaseBook {
  /** In the order in which they run out: all last equally long, and a renewal moves to the end. */
  private readonly byId = new Map<LeaseId, LiveLease>();
  private readonly byHost = new Map<HostId, LiveLease>();
  private readonly byBlock = new Map<string, LiveLease>();
  private readonly bySweep = new Map<SweepId, Set<LeaseId>>();
  /** It is asked at each event, and to find its oldest the map walks over all that has left it. */
  private noneBeforeMs = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.byId.size;
  }

  put(fresh: NewLease, nowMs: number): void {
    const key = blockKey(fresh.sweep, fresh.block);
    assert(!this.byId.has(fresh.lease), `lease ${fresh.lease} is out already`);
    assert(!this.byHost.has(fresh.host), `host ${fresh.host} has a lease already`);
    assert(!this.byBlock.has(key), `block ${key} is leased already`);
    const lease = { ...fresh, sinceMs: nowMs, expiresAtMs: nowMs + LEASE_DURATION_MS };
    this.byId.set(lease.lease, lease);
    this.byHost.set(lease.host, lease);
    this.byBlock.set(key, lease);
    const ofSweep = this.bySweep.get(lease.sweep) ?? new Set();
    this.bySweep.set(lease.sweep, ofSweep.add(lease.lease));
  }

  /** False when the host does not hold this lease under this epoch. */
  renew(right: { host: HostId; lease: LeaseId; epoch: number }, nowMs: number): boolean {
    const lease = this.byId.get(right.lease);
    if (lease?.host !== right.host || lease.epoch !== right.epoch) return false;
    lease.expiresAtMs = nowMs + LEASE_DURATION_MS;
    this.byId.delete(lease.lease);
    this.byId.set(lease.lease, lease);
    return true;
  }

  started(id: LeaseId, trial: TrialId, nowMs: number): void {
    const lease = this.byId.get(id);
    if (lease !== undefined) lease.running = { trial, sinceMs: nowMs };
  }

  remove(id: LeaseId): LiveLease | undefined {
    const lease = this.byId.get(id);
    if (lease === undefined) return undefined;
    this.byId.delete(id);
    this.byHost.delete(lease.host);
    this.byBlock.delete(blockKey(lease.sweep, lease.block));
    this.bySweep.get(lease.sweep)?.delete(id);
    return lease;
  }

  get(id: LeaseId): LiveLease | undefined {
    return this.byId.get(id);
  }

  ofHost(host: HostId): LiveLease | undefined {
    return this.byHost.get(host);
  }

  ofBlock(sweep: SweepId, block: BlockId): LiveLease | undefined {
    return this.byBlock.get(blockKey(sweep, block));
  }

  ofSweep(sweep: SweepId): readonly LiveLease[] {
    return [...(this.bySweep.get(sweep) ?? [])].flatMap((id) => this.byId.get(id) ?? []);
  }

  /** Why the host cannot have a lease on the block beside those that are out, if it cannot. */
  reasonAgainst(host: HostId, { sweep, block }: Pick<LiveLease, 'sweep' | 'block'>) {
    if (this.ofBlock(sweep, block) !== undefined) return 'the block was leased elsewhere';
    return this.ofHost(host) === undefined ? undefined : 'the host has another lease';
  }

  countOf(sweep: SweepId): number {
    return this.bySweep.get(sweep)?.size ?? 0;
  }

  /** The lease that ran out first, if one has. `nowMs` never goes down. */
  expired(nowMs: number): LiveLease | undefined {
    if (nowMs < this.noneBeforeMs) return undefined;
    const [first] = this.byId.values();
    if (first !== undefined && first.expiresAtMs <= nowMs) return first;
    // Whatever is put or renewed from now on runs out later.
    this.noneBeforeMs = first?.expiresAtMs ?? nowMs + LEASE_DURATION_MS;
    return undefined;
  }

  all(): readonly LiveLease[] {
    return [...this.byId.values()];
  }
}

function blockKey(sweep: SweepId, block: BlockId): string {
  return `${sweep}/${block}`;
}
