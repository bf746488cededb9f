// SPDX-License-Identifier: Apache-2.0
/**
 * Takes events one at a time, asks the pure core, and gives its decisions to the ports. Every
 * method runs to its end without waiting, so no event ever sees a half-made change.
 */
import {
  type AgentHello,
  type AgentMessage,
  type FoldEntry,
  type HostId,
  type HostSummary,
  isOutranked,
  type KernelName,
  messageIdOf,
  type Progress,
  type SweepId,
  type SweepSummary,
} from '@labsweep/proto';
import { AgentRegistry, ALIVE_INTERVAL_MS, type Moment, type Refusal } from './agent-registry.js';
import { hostSummaries } from './commands/host-summaries.js';
import { setAsideTexts } from './commands/set-aside-texts.js';
import { Dispatcher } from './dispatcher.js';
import { applyEntry } from './fold/apply-entry.js';
import type { CommandRecord } from './fold/command-record.js';
import { emptyLabState, type SweepState } from './fold/lab-state.js';
import { HostAnnouncements } from './host-announcements.js';
import { OutcomeNews } from './outcome-news.js';
import type { AgentConnection, LoopPorts, Watcher } from './ports.js';
import { schedulerPorts } from './precision-watch.js';
import { endsLease } from './schedule/lease-standing.js';
import type { LiveLease } from './schedule/schedule-view.js';
import { Scheduler } from './schedule/scheduler.js';
import { SteadyClock } from './steady-clock.js';
import { progressOf, summarize } from './sweep-progress.js';
import { WatcherHub } from './watcher-hub.js';

export class SweepLoop {
  private readonly lab = emptyLabState();
  private readonly agents = new AgentRegistry();
  private readonly announcements: HostAnnouncements;
  private readonly dispatcher: Dispatcher;
  private readonly scheduler: Scheduler;
  private readonly steady: SteadyClock;
  private readonly watchers: WatcherHub;
  private readonly news = new OutcomeNews((host, message) => this.agents.send(host, message));
  /** Undefined while the log is replayed or another controller reigns: nothing is granted then. */
  private term: number | undefined;
  private lastSequence = 0;

  constructor(private readonly ports: LoopPorts) {
    this.steady = new SteadyClock(ports.clock);
    this.announcements = new HostAnnouncements((entry) => ports.append(entry));
    const { lab, agents, announcements } = this;
    this.dispatcher = new Dispatcher({ lab, agents, announcements, ports });
    const newRight = () => this.dispatcher.newRight(this.term ?? 0);
    this.scheduler = new Scheduler(lab, schedulerPorts(newRight));
    const progress = (sweep: SweepState, troubles: readonly string[]) =>
      this.progressOf(sweep, troubles);
    this.watchers = new WatcherHub(this.lab.commands, this.steady, ports.history, progress);
  }

  /** The log has been read up to its end, and this controller is the one that decides. */
  reign(term: number): void {
    this.term = term;
    this.scheduler.begin(this.steady.nowMs());
    this.step();
  }

  /** All entries up to `sequence` are on the broker's disk. */
  synced(sequence: number): void {
    this.news.synced(sequence);
    this.tell();
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
  entry(entry: FoldEntry, sequence: number): void {
    this.lastSequence = sequence;
    const changed = this.fold(entry);
    const isReigning = this.term !== undefined && this.ports.isReigning();
    const lease = entry.type === 'trial-ended' && this.scheduler.leases.ofHost(entry.host);
    const isLast = lease && endsLease(this.lab, lease, entry);
    // An agent that is not attached asks when it comes back.
    if (entry.type === 'trial-ended' && this.agents.isAttached(entry.host)) {
      const outcome = { messageId: messageIdOf(entry), sequence, isAwaited: isLast === true };
      this.news.folded(entry.host, outcome, { ms: this.steady.nowMs(), isReigning });
    }
    const sweep = 'sweep' in entry ? this.lab.sweeps.get(entry.sweep) : undefined;
    if (changed && sweep !== undefined) this.watchers.entry(sweep, entry);
    if (changed && entry.type === 'host-commanded') this.watchers.labEntry(entry);
    this.scheduler.observe(entry, changed, this.steady.nowMs());
    // Its agent will say so, too; the next block need not wait for that.
    if (isLast && isReigning) this.scheduler.finished(lease, this.steady.nowMs());
    this.step();
  }

  hello(hello: AgentHello, connection: AgentConnection): void {
    const { host, holding } = hello;
    const own = { term: this.term ?? 0, reign: this.ports.reignName };
    if (isOutranked(own, hello.seen)) {
      this.ports.outranked(hello.seen);
      return;
    }
    const now = this.now();
    const refusal = this.agents.attach(hello, connection, now);
    if (refusal !== undefined) {
      this.refuse(refusal, host.id, connection);
      return;
    }
    this.ports.note(`${host.name} attached, session ${hello.session}`, { host: host.id });
    const folded = holding.flatMap((held) => this.lab.folded.ofAttempt(held, host.id));
    const told = { natsUrl: this.ports.natsUrl, aliveIntervalMs: ALIVE_INTERVAL_MS, folded };
    connection.send({ kind: 'welcome', ...told, ...own });
    this.ports.acknowledged(host.id, hello.acknowledgedSequence);
    this.news.forget(host.id);
    this.answerUnsettled(host.id, [...new Set([...folded, ...hello.unsettled])]);
    this.scheduler.came(host, hello, now.steadyMs);
    for (const held of holding) {
      const stop = this.scheduler.keep(host.id, held, now.steadyMs);
      if (stop !== undefined) connection.send({ kind: 'revoked', lease: held.lease, reason: stop });
      else this.announce(hello, held.sweep, now.unixMs);
    }
    this.step();
  }

  /** One that is not refused for good dials again. */
  private refuse({ reason, isFinal }: Refusal, host: HostId, connection: AgentConnection): void {
    this.ports.note(`an agent ${isFinal ? 'is refused' : 'has to wait'}: ${reason}`, { host });
    if (isFinal) connection.send({ kind: 'refused', reason });
    connection.close(isFinal ? undefined : reason);
  }

  /** What it works on may have been begun by another session, or under a reign that is lost. */
  private announce(hello: AgentHello, id: SweepId, atMs: number): void {
    const sweep = this.lab.sweeps.get(id);
    if (sweep === undefined || this.term === undefined || !this.ports.isReigning()) return;
    this.announcements.announce(sweep, hello, atMs);
  }

  detached(host: HostId, connection: AgentConnection): void {
    if (!this.agents.detach(host, connection)) return;
    this.scheduler.left(host, this.steady.nowMs());
    this.step();
  }

  message(host: HostId, connection: AgentConnection, message: AgentMessage): void {
    // What a displaced session still says must not touch the leases of the new one.
    if (!this.agents.isCurrent(host, connection)) return;
    const now = this.now();
    this.agents.heard(host, now);
    this.scheduler.roster.heard(host, now.steadyMs);
    switch (message.kind) {
      case 'hello':
        this.ports.note('a second hello on one stream is ignored', { host });
        return;
      case 'alive':
        this.agents.alive(host, message);
        this.scheduler.roster.troubled(host, message.trouble, now.steadyMs);
        return;
      case 'renew': {
        const { lease, epoch } = message;
        if (this.scheduler.renew({ host, lease, epoch }, now.steadyMs)) return;
        const reason = 'the lease has run out, or another one has taken its place';
        connection.send({ kind: 'revoked', lease, reason });
        return;
      }
      case 'unsettled':
        this.answerUnsettled(host, message.messageIds);
        return;
      case 'trial-started':
        this.scheduler.leases.started(message.lease, message.trial, now.steadyMs);
        break;
      case 'block-ended':
        this.scheduler.ended(host, message, now.steadyMs);
        this.ports.note(`block ${message.end} ${message.reason}`, { host, lease: message.lease });
        break;
    }
    this.step();
  }

  /** Called about once a second, so that leases run out although nothing happens. */
  tick(): void {
    this.tell();
    this.scheduler.tick();
    this.step();
  }

  /** The leases that are out, for whoever watches over the loop. */
  leases(): readonly LiveLease[] {
    return this.scheduler.leases.all();
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
    return hostSummaries(this.lab, this.agents, this.scheduler.leases);
  }

  private progressOf(sweep: SweepState, troubles: readonly string[]): Progress {
    const { lab, agents, scheduler } = this;
    const nameOf = (host: HostId) => agents.hello(host)?.host.name ?? host;
    const setAside = setAsideTexts(lab.commands, nameOf);
    const nowMs = this.steady.nowMs();
    return progressOf(sweep, { lab, agents, scheduler, nowMs, news: { troubles, setAside } });
  }

  private fold(entry: FoldEntry): boolean {
    try {
      return applyEntry(this.lab, entry);
    } catch (error) {
      this.ports.note(`entry ${messageIdOf(entry)} cannot be folded: ${String(error)}`, {});
      return false;
    }
  }

  /** For an agent that was away or missed a word, as what came while its hello was on the way. */
  private answerUnsettled(host: HostId, unsettled: readonly string[]): void {
    const messageIds = unsettled.filter((id) => this.lab.folded.has(id));
    if (messageIds.length === 0) return;
    this.news.answer(host, messageIds, this.lastSequence);
    this.tell();
  }

  private tell(): void {
    if (this.term === undefined || !this.ports.isReigning()) return;
    this.news.tell(this.steady.nowMs());
  }

  private step(): void {
    if (this.term !== undefined && this.ports.isReigning()) {
      for (const decision of this.scheduler.decide(this.steady.nowMs()))
        this.dispatcher.carryOut(decision);
    }
    this.watchers.refresh();
  }

  private now(): Moment {
    return { steadyMs: this.steady.nowMs(), unixMs: this.ports.clock.nowMs() };
  }
}
