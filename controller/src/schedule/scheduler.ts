// SPDX-License-Identifier: Apache-2.0
/**
 * Holds the leases, and says what to do next: which of them end, which block each idle host gets,
 * whom to quarantine. It is told of every event and answers with decisions; it sends nothing. A
 * step in which nothing can be granted costs next to nothing, whatever the number of blocks.
 */
import type {
  FoldEntry,
  FoldOutcome,
  HeldLease,
  HostDescription,
  HostId,
  LeaseId,
  SweepId,
} from '@labsweep/proto';
import { isEnded, type LabState, type SweepState } from '../fold/lab-state.js';
import { AwaitedHosts } from './awaited-hosts.js';
import { DurationEstimates } from './duration-estimates.js';
import { Granting } from './granting.js';
import { type Arrival, HostHealth } from './host-health.js';
import { HostRoster } from './host-roster.js';
import { IdleHosts } from './idle-hosts.js';
import { LeaseBook } from './lease-book.js';
import { reasonNotWanted, reasonWithdrawn } from './lease-standing.js';
import { type FoundBlock, OpenSweeps } from './open-sweeps.js';
import type { EndedBlock, LiveLease, ScheduleDecision, SchedulerPorts } from './schedule-view.js';
import { StoppingRows } from './stopping-rows.js';
import { blockAt, isDecided, placeOf } from './sweep-facts.js';
import type { SweepQueue } from './sweep-queue.js';

export class Scheduler {
  readonly leases = new LeaseBook();
  readonly roster = new HostRoster(0);
  readonly estimates: DurationEstimates;
  private readonly health = new HostHealth(this.roster.deaths);
  /** Sweeps with anything left to do; empty until `begin`. */
  private readonly queues = new OpenSweeps();
  private readonly idle = new IdleHosts();
  private begunAtMs: number | undefined;
  private readonly awaited = new AwaitedHosts();
  private readonly revoked: ScheduleDecision[] = [];
  private readonly stopping: StoppingRows;
  private readonly granting: Granting;

  constructor(
    private readonly lab: LabState,
    private readonly ports: SchedulerPorts,
  ) {
    const estimates = new DurationEstimates(lab);
    this.estimates = estimates;
    this.stopping = new StoppingRows(ports.precisions);
    const { leases, roster, queues, idle } = this;
    const newRight = () => ports.newRight();
    this.granting = new Granting({ lab, leases, roster, estimates, queues, idle, newRight });
  }

  /** The log has been folded, and from now on this controller decides. */
  begin(nowMs: number): void {
    this.roster.started(nowMs);
    this.begunAtMs = nowMs;
    this.awaited.begin(nowMs);
    for (const sweep of this.lab.sweeps.values()) {
      if (this.closeIfEnded(sweep)) continue;
      this.open(sweep.submitted.sweep, nowMs);
      for (const { host } of sweep.hosts) {
        if (this.roster.get(host)?.attached !== true) this.awaited.add(host);
      }
    }
    // What agents said they hold while the log was still read is judged now.
    for (const lease of this.leases.all()) {
      const reason = reasonNotWanted(this.lab, lease);
      if (reason !== undefined) this.revoke(lease, reason, nowMs);
    }
  }

  /** An entry of the log; `changed` says whether the fold took it. */
  observe(entry: FoldEntry, changed: boolean, nowMs: number): void {
    if (!changed) return;
    if (entry.type === 'trial-ended') this.observeOutcome(entry, nowMs);
    if (entry.type === 'host-commanded') {
      this.health.commanded(entry);
      this.idle.opened();
    }
    if (entry.type === 'commanded') this.stopping.commanded(entry, this.queues);
    if (this.begunAtMs === undefined) return;
    if (entry.type === 'submitted') this.open(entry.sweep, nowMs);
    if (entry.type === 'cancelled' || entry.type === 'commanded') {
      this.observeCommand(entry.sweep, nowMs);
    }
  }

  came(description: HostDescription, agent: Arrival & { trouble?: string }, nowMs: number): void {
    const { id } = description;
    this.health.came(description, agent, nowMs);
    this.roster.came(description, nowMs, agent.trouble);
    this.awaited.came(id);
    const lease = this.leases.ofHost(id);
    if (lease !== undefined) this.free(lease, nowMs);
    this.setIdle(id);
  }

  left(id: HostId, nowMs: number): void {
    this.roster.left(id, nowMs);
    this.idle.delete(id);
  }

  /**
   * Takes back what an agent holds although this controller did not lease it, or had it leased
   * before the agent came again. Undefined when it may go on, else the reason why it must stop.
   */
  keep(host: HostId, held: HeldLease, nowMs: number): string | undefined {
    const { trial, ...right } = held;
    const reason = this.reasonToStop(host, held);
    if (reason !== undefined) {
      this.roster.stopping(host, nowMs);
      return reason;
    }
    this.leases.put({ ...right, host }, nowMs);
    this.roster.deaths.began(host, held.block);
    if (trial !== undefined) this.leases.started(held.lease, trial, nowMs);
    this.idle.delete(host);
    const at = this.queues.find(held.sweep, held.block);
    if (at !== undefined) at.sweep.resume(at, this.rowHolder(at) ?? host);
    return undefined;
  }

  /** Who has the row and works on it: a host that comes back to an earlier block has lost it. */
  private rowHolder({ sweep, queue }: FoundBlock): HostId | undefined {
    const { pinnedTo } = queue;
    const lease = pinnedTo && this.leases.ofHost(pinnedTo);
    const isOfRow = lease && lease.sweep === sweep.id && placeOf(lease.block).row === queue.row.id;
    return isOfRow ? pinnedTo : undefined;
  }

  /** False when the host does not hold the lease under this epoch. */
  renew(right: { host: HostId; lease: LeaseId; epoch: number }, nowMs: number): boolean {
    this.roster.heard(right.host, nowMs);
    this.roster.answered(right.host);
    return this.leases.renew(right, nowMs);
  }

  /** All outcomes of the lease are folded: its agent has nothing more to do for it. */
  finished({ host, lease }: LiveLease, nowMs: number): void {
    if (this.leases.get(lease) === undefined || this.roster.get(host)?.attached !== true) return;
    this.ended(host, { lease, end: 'finished', reason: '' }, nowMs);
  }

  /** The agent has stopped working on the lease, whether or not it still had it. */
  ended(host: HostId, { lease: id, end, reason }: EndedBlock, nowMs: number): void {
    this.roster.heard(host, nowMs);
    const lease = this.leases.get(id);
    if (lease?.host === host) {
      this.roster.ended(host, end, nowMs);
      const row = this.queues.find(lease.sweep, lease.block)?.queue.row;
      if (row !== undefined) this.roster.unready(host)?.ended(row, { end, reason }, nowMs);
      this.free(lease, nowMs);
    } else if (this.leases.ofHost(host) === undefined) {
      this.roster.ended(host, 'stopped', nowMs);
      this.setIdle(host);
    }
  }

  /** Once a second: rests and graces end without an event. */
  tick(): void {
    this.idle.opened();
  }

  queue(id: SweepId): SweepQueue | undefined {
    return this.queues.get(id);
  }

  decide(nowMs: number): readonly ScheduleDecision[] {
    if (this.begunAtMs === undefined) return [];
    const decisions = this.revoked.splice(0);
    for (let lease = this.leases.expired(nowMs); lease; lease = this.leases.expired(nowMs)) {
      decisions.push({ kind: 'revoke', lease, reason: 'the lease ran out' });
      this.roster.stalled(lease.host, nowMs);
      this.free(lease, nowMs);
    }
    const proposals = this.health.take(nowMs);
    decisions.push(...proposals.map((proposal) => ({ kind: 'quarantine' as const, proposal })));
    // What hosts hold that are still to come back is begun, too.
    if (this.awaited.isAnyDue(nowMs)) return decisions;
    decisions.push(...this.stopping.take(this.lab, this.queues));
    decisions.push(...this.granting.grantAll(nowMs));
    return decisions;
  }

  private observeOutcome(entry: FoldOutcome, nowMs: number): void {
    this.stopping.observe(this.lab, entry);
    this.estimates.observe(entry);
    this.health.observe(entry);
    const at = this.queues.find(entry.sweep, entry.block);
    if (at === undefined) return;
    this.roster.unready(entry.host)?.ran(at.queue.row);
    const lease = this.leases.ofBlock(entry.sweep, entry.block);
    if (lease === undefined) {
      at.sweep.refresh(at, nowMs);
    } else if (lease.host !== entry.host || lease.attempt !== entry.attempt) {
      const block = blockAt(at.sweep.sweep, at.queue.row, at.index);
      if (block !== undefined && isDecided(block)) {
        this.revoke(lease, 'the block was decided by another attempt', nowMs);
      }
    }
    this.closeIfEnded(at.sweep.sweep);
  }

  private observeCommand(id: SweepId, nowMs: number): void {
    const state = this.lab.sweeps.get(id);
    if (state === undefined) return;
    this.idle.opened();
    const queue = this.queues.get(id);
    const hasEnded = this.closeIfEnded(state);
    if (!hasEnded && queue === undefined) {
      this.open(id, nowMs);
      return;
    }
    for (const lease of this.leases.ofSweep(id)) {
      const reason = reasonWithdrawn(state, lease);
      if (reason !== undefined) this.revoke(lease, reason, nowMs);
    }
    if (!hasEnded) queue?.rebuild(nowMs);
  }

  private open(id: SweepId, nowMs: number): void {
    const state = this.lab.sweeps.get(id);
    const leased = this.leases.ofSweep(id);
    if (state !== undefined && this.queues.open(state, leased, nowMs)) this.idle.opened();
  }

  /** What has ended has nothing to grant; what was learned of it serves no other. */
  private closeIfEnded(state: SweepState): boolean {
    if (!isEnded(state)) return false;
    this.queues.delete(state.submitted.sweep);
    this.estimates.forget(state.submitted.sweep);
    this.ports.ended(state);
    return true;
  }

  private reasonToStop(host: HostId, held: HeldLease): string | undefined {
    const { leases, roster, lab } = this;
    const reason = leases.reasonAgainst(host, held) ?? roster.deaths.reasonToStop(host);
    return reason ?? (this.begunAtMs === undefined ? undefined : reasonNotWanted(lab, held));
  }

  private revoke(lease: LiveLease, reason: string, nowMs: number): void {
    this.revoked.push({ kind: 'revoke', lease, reason });
    this.roster.stopping(lease.host, nowMs);
    this.free(lease, nowMs);
  }

  /** Ends a lease: its block is open again unless it is decided, and its host is idle. */
  private free(lease: LiveLease, nowMs: number): void {
    this.leases.remove(lease.lease);
    const at = this.queues.find(lease.sweep, lease.block);
    if (at !== undefined) {
      this.granting.ended(at.sweep, lease, nowMs);
      at.sweep.refresh(at, nowMs);
      if (!at.queue.isDecided(at.index)) this.idle.opened();
      this.closeIfEnded(at.sweep.sweep);
    }
    this.setIdle(lease.host);
  }

  private setIdle(id: HostId): void {
    if (this.roster.get(id)?.attached === true) this.idle.add(id);
  }
}
