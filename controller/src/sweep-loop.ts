// SPDX-License-Identifier: Apache-2.0
/**
 * Takes events one at a time, asks the pure core, and gives its decisions to the ports. Every
 * method runs to its end without waiting, so no event ever sees a half-made change.
 */
import {
  type AgentHello,
  type AgentMessage,
  type Cancelled,
  type Commanded,
  type HeldLease,
  type HostId,
  type HostSummary,
  type KernelName,
  type LogEntry,
  messageIdOf,
  PROTOCOL,
  type SweepId,
  type SweepSummary,
} from '@labsweep/proto';
import { AgentRegistry, ALIVE_INTERVAL_MS, LEASE_DURATION_MS } from './agent-registry.js';
import { hostSummaries } from './commands/host-summaries.js';
import { applyEntry } from './fold/apply-entry.js';
import type { CommandRecord } from './fold/command-record.js';
import { emptyLabState, isEnded, type SweepState } from './fold/lab-state.js';
import { buildLease } from './lease-order.js';
import type { AgentConnection, LoopPorts, Watcher } from './ports.js';
import { schedule } from './schedule/schedule.js';
import type { ScheduleDecision } from './schedule/schedule-view.js';
import { SettleQueue } from './settle-queue.js';
import { summarize } from './sweep-progress.js';
import { WatcherHub } from './watcher-hub.js';

/** An epoch is its term times this and the number of the lease: a later term is always higher. */
const LEASES_PER_TERM = 2 ** 26;

function isCancellation(entry: LogEntry): entry is Cancelled | Commanded {
  return (
    entry.type === 'cancelled' || (entry.type === 'commanded' && entry.command.kind === 'cancel')
  );
}

export class SweepLoop {
  private readonly lab = emptyLabState();
  private readonly agents = new AgentRegistry();
  private readonly watchers: WatcherHub;
  private readonly startedAtMs: number;
  private readonly unsynced = new SettleQueue();
  /** Undefined while the log is replayed or another controller reigns: nothing is granted then. */
  private term: number | undefined;
  private lastSequence = 0;
  private leaseCount = 0;

  constructor(private readonly ports: LoopPorts) {
    this.startedAtMs = ports.clock.nowMs();
    this.watchers = new WatcherHub(this.agents, this.lab.commands, ports.clock, ports.history);
  }

  /** The log has been read up to its end, and this controller is the one that decides. */
  reign(term: number): void {
    this.term = term;
    this.step();
  }

  /** All entries up to `sequence` are on the broker's disk. */
  synced(sequence: number): void {
    this.unsynced.raise(sequence);
    this.settle();
  }

  /** What holds the whole lab up, for those who watch; empty when nothing does. */
  setTroubles(troubles: readonly string[]): void {
    this.watchers.setTroubles(troubles);
    this.watchers.refresh();
  }

  /**
   * Folds the entry at `sequence` of the log. One that cannot be folded is noted and left behind,
   * or nothing would ever move.
   */
  entry(entry: LogEntry, sequence: number): void {
    this.lastSequence = sequence;
    const changed = this.fold(entry);
    // An agent that is not attached asks when it comes back.
    if (entry.type === 'trial-ended' && this.agents.isAttached(entry.host)) {
      const messageIds = [messageIdOf(entry)];
      this.agents.send(entry.host, { kind: 'folded', messageIds });
      this.unsynced.add(sequence, entry.host, messageIds);
    }
    const sweep = 'sweep' in entry ? this.lab.sweeps.get(entry.sweep) : undefined;
    if (changed && sweep !== undefined) this.watchers.entry(sweep, entry);
    if (changed && isCancellation(entry)) this.revokeLeasesOf(entry.sweep);
    if (changed && entry.type === 'commanded') this.revokeEarlierRounds(entry.sweep);
    if (changed && entry.type === 'host-commanded') this.watchers.labEntry(entry);
    this.step();
  }

  hello(hello: AgentHello, connection: AgentConnection): void {
    const { host, protocol, holding, unsettled } = hello;
    if (protocol !== PROTOCOL) {
      const reason = `agent speaks protocol ${protocol}, this controller ${PROTOCOL}; update the older`;
      connection.send({ kind: 'refused', reason });
      connection.close();
      return;
    }
    const nowMs = this.ports.clock.nowMs();
    this.agents.attach(hello, connection, nowMs);
    this.ports.note(`${host.name} attached, session ${hello.session}`, { host: host.id });
    const { natsUrl } = this.ports;
    const term = this.term ?? 0;
    connection.send({ kind: 'welcome', natsUrl, aliveIntervalMs: ALIVE_INTERVAL_MS, term });
    this.ports.acknowledged(host.id, hello.acknowledgedSequence);
    const messageIds = unsettled.filter((id) => this.lab.folded.has(id));
    if (messageIds.length > 0) {
      connection.send({ kind: 'folded', messageIds });
      this.unsynced.add(this.lastSequence, host.id, messageIds);
      this.settle();
    }
    for (const held of holding) this.keepOrRevoke(host.id, held, nowMs);
    this.step();
  }

  detached(host: HostId, connection: AgentConnection): void {
    this.agents.detach(host, connection, this.ports.clock.nowMs());
    this.step();
  }

  message(host: HostId, connection: AgentConnection, message: AgentMessage): void {
    // What a displaced session still says must not touch the leases of the new one.
    if (!this.agents.isCurrent(host, connection)) return;
    const nowMs = this.ports.clock.nowMs();
    switch (message.kind) {
      case 'hello':
        this.ports.note('a second hello on one stream is ignored', { host });
        return;
      case 'alive':
        this.agents.seen(host, nowMs);
        this.agents.alive(host, message);
        return;
      case 'renew': {
        const { lease } = message;
        if (this.agents.renew(host, lease, nowMs)) return;
        const reason = 'this controller does not know the lease';
        connection.send({ kind: 'revoked', lease, reason });
        return;
      }
      case 'trial-started':
        this.agents.started(message.lease, message.trial, nowMs);
        break;
      case 'block-ended':
        this.agents.release(message.lease);
        this.ports.note(`block ${message.end} ${message.reason}`, { host, lease: message.lease });
        break;
    }
    this.step();
  }

  /** Called about once a second, so that leases run out although nothing happens. */
  tick(): void {
    this.settle();
    this.step();
  }

  watch(sweep: SweepState, watcher: Watcher): () => void {
    return this.watchers.add(sweep, watcher, this.lastSequence);
  }

  sweep(id: SweepId): SweepState | undefined {
    return this.lab.sweeps.get(id);
  }

  summaries(): SweepSummary[] {
    return [...this.lab.sweeps.values()].map(summarize);
  }

  /** What was asked and decided after the submissions. */
  get commands(): CommandRecord {
    return this.lab.commands;
  }

  /** Of all sweeps, each once. */
  kernelNames(): KernelName[] {
    const sweeps = [...this.lab.sweeps.values()];
    return [...new Set(sweeps.flatMap(({ spec }) => spec.kernels.map(({ name }) => name)))];
  }

  hosts(): HostSummary[] {
    return hostSummaries(this.lab, this.agents);
  }

  private fold(entry: LogEntry): boolean {
    try {
      return applyEntry(this.lab, entry);
    } catch (error) {
      this.ports.note(`entry ${messageIdOf(entry)} cannot be folded: ${String(error)}`, {});
      return false;
    }
  }

  private keepOrRevoke(host: HostId, held: HeldLease, nowMs: number): void {
    const sweep = this.lab.sweeps.get(held.sweep);
    const block = sweep?.blocks.get(held.block);
    const elsewhere = this.agents
      .leases()
      .some((lease) => lease.sweep === held.sweep && lease.block === held.block);
    const isOpen = block?.decision === undefined && held.attempt >= (block?.firstAttempt ?? 0);
    const wanted = sweep !== undefined && !isEnded(sweep) && isOpen;
    if (wanted && block !== undefined && !elsewhere) {
      this.agents.hold(host, held, nowMs);
      return;
    }
    const reason = elsewhere ? 'the block was leased elsewhere' : 'the block is no longer wanted';
    this.agents.send(host, { kind: 'revoked', lease: held.lease, reason });
  }

  private revokeLeasesOf(sweep: SweepId): void {
    for (const lease of this.agents.leases().filter((other) => other.sweep === sweep)) {
      this.agents.release(lease.lease);
      const reason = 'the sweep was cancelled';
      this.agents.send(lease.host, { kind: 'revoked', lease: lease.lease, reason });
    }
  }

  /** A block that is run anew is begun anew. */
  private revokeEarlierRounds(sweep: SweepId): void {
    const blocks = this.lab.sweeps.get(sweep)?.blocks;
    for (const { lease, host, block, attempt, sweep: leased } of this.agents.leases()) {
      if (leased !== sweep || attempt >= (blocks?.get(block)?.firstAttempt ?? 0)) continue;
      this.agents.release(lease);
      this.agents.send(host, { kind: 'revoked', lease, reason: 'the block is run anew' });
    }
  }

  private settle(): void {
    if (this.term === undefined || !this.ports.isReigning()) return;
    for (const [host, messageIds] of this.unsynced.take()) {
      this.agents.send(host, { kind: 'settled', messageIds });
    }
  }

  private step(): void {
    if (this.term !== undefined && this.ports.isReigning()) {
      const { lab, agents, startedAtMs } = this;
      const nowMs = this.ports.clock.nowMs();
      const view = { lab, hosts: agents.hosts(), leases: agents.leases(), startedAtMs, nowMs };
      for (const decision of schedule(view)) this.apply(decision, nowMs);
    }
    this.watchers.refresh();
  }

  private apply(decision: ScheduleDecision, nowMs: number): void {
    if (decision.kind === 'expire') {
      const { lease, host } = decision.lease;
      this.agents.release(lease);
      this.agents.send(host, { kind: 'revoked', lease, reason: 'the lease ran out' });
      this.ports.note('lease ran out', { lease, host });
      return;
    }
    const { host, sweep, block, attempt, environment } = decision;
    const hello = this.agents.hello(host);
    const state = this.lab.sweeps.get(sweep);
    if (hello === undefined || state === undefined) return;
    const lease = this.ports.newLeaseId();
    this.announceHost(state, hello, nowMs);
    this.leaseCount += 1;
    const epoch = (this.term ?? 0) * LEASES_PER_TERM + this.leaseCount;
    this.agents.hold(host, { lease, epoch, sweep, block, attempt, environment }, nowMs);
    this.agents.send(host, {
      kind: 'lease',
      lease: buildLease(state, decision, { lease, epoch, durationMs: LEASE_DURATION_MS }),
    });
    this.ports.note(`leased ${block} attempt ${attempt}`, { sweep, host, lease });
  }

  private announceHost(sweep: SweepState, hello: AgentHello, atMs: number): void {
    if (sweep.hosts.some((joined) => joined.session === hello.session)) return;
    const { id: host, name: hostName, facts, supports, permissions } = hello.host;
    const { session } = hello;
    const joined = { sweep: sweep.submitted.sweep, atMs, host, hostName, session };
    this.ports.append({
      type: 'host-joined',
      ...joined,
      facts: { ...facts },
      supports: [...supports],
      permissions: [...permissions],
    });
  }
}
