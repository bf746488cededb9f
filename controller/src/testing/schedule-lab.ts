// SPDX-License-Identifier: Apache-2.0
/**
 * A scheduler with a fold and a virtual clock, for tests: hosts come, entries are folded, and what
 * it decides is told in short lines. What it grants is held until it is ended.
 */
import { strict as assert } from 'node:assert';
import type { BlockEnd, HostDescription, HostId, LeaseId, LogEntry } from '@labsweep/proto';
import { applyEntry } from '../fold/apply-entry.js';
import { emptyLabState } from '../fold/lab-state.js';
import { PrecisionWatch, schedulerPorts } from '../precision-watch.js';
import type { Grant, ScheduleDecision } from '../schedule/schedule-view.js';
import { Scheduler } from '../schedule/scheduler.js';
import { waitingRows } from '../schedule/waiting-rows.js';
import { hostNamed, SWEEP } from './lab-harness.js';

export class ScheduleLab {
  readonly state = emptyLabState();
  readonly watch = new PrecisionWatch();
  readonly scheduler: Scheduler;
  nowMs = 0;
  private rights = 0;

  constructor(...entries: readonly LogEntry[]) {
    this.scheduler = new Scheduler(
      this.state,
      schedulerPorts(() => {
        this.rights += 1;
        return { lease: `lease-${this.rights}` as LeaseId, epoch: this.rights };
      }, this.watch),
    );
    this.fold(...entries);
  }

  /** Folds, then lets the scheduler decide from here on. */
  static begun(...entries: readonly LogEntry[]): ScheduleLab {
    const lab = new ScheduleLab(...entries);
    lab.scheduler.begin(0);
    return lab;
  }

  fold(...entries: readonly LogEntry[]): this {
    for (const entry of entries) {
      const changed = applyEntry(this.state, entry);
      this.scheduler.observe(entry, changed, this.nowMs);
    }
    return this;
  }

  come(...hosts: readonly (string | HostDescription)[]): this {
    for (const host of hosts) this.comeAs(host, {});
    return this;
  }

  /** `startedAtMs` differs when the agent's process is another one than before. */
  comeAs(
    host: string | HostDescription,
    agent: { readonly startedAtMs?: number; readonly trouble?: string },
  ): this {
    const description = typeof host === 'string' ? hostNamed(host) : host;
    const { startedAtMs = 0 } = agent;
    const session = `${description.id}-${startedAtMs}`;
    this.scheduler.came(description, { ...agent, session, startedAtMs }, this.nowMs);
    return this;
  }

  /** All present hosts are heard of, so that time alone makes none of them silent. */
  pass(durationMs: number): this {
    this.nowMs += durationMs;
    for (const { id } of this.scheduler.roster.all()) this.scheduler.roster.heard(id, this.nowMs);
    for (const { host, lease, epoch } of this.scheduler.leases.all()) {
      this.scheduler.renew({ host, lease, epoch }, this.nowMs);
    }
    this.scheduler.tick();
    return this;
  }

  decide(): readonly ScheduleDecision[] {
    return this.scheduler.decide(this.nowMs);
  }

  grants(): readonly Grant[] {
    return this.decide().flatMap((decision) => (decision.kind === 'grant' ? [decision] : []));
  }

  /** `host block aN`, in the order of the decisions. */
  granted(): readonly string[] {
    return this.grants().map(({ host, block, attempt }) => `${host} ${block} a${attempt}`);
  }

  revoked(): readonly string[] {
    return this.decide().flatMap((decision) =>
      decision.kind === 'revoke' ? [`${decision.lease.host}: ${decision.reason}`] : [],
    );
  }

  end(host: string, end: BlockEnd = 'finished', reason = ''): this {
    const lease = this.scheduler.leases.ofHost(host as HostId);
    assert(lease, `${host} has no lease`);
    this.scheduler.ended(lease.host, { lease: lease.lease, end, reason }, this.nowMs);
    return this;
  }

  /** The reasons of the rows of the harness's sweep. */
  waiting(): readonly string[] {
    const queue = this.scheduler.queue(SWEEP);
    assert(queue, 'the sweep has ended');
    const { nowMs, state: lab } = this;
    const { roster } = this.scheduler;
    return waitingRows(queue, { lab, roster, nowMs }).map(({ row, reason }) => `${row} ${reason}`);
  }
}
