// SPDX-License-Identifier: Apache-2.0
/**
 * Carries out what the scheduler has decided: says it to the agents, and appends what must outlive
 * this controller to the log.
 */
import type { AgentRegistry } from './agent-registry.js';
import { decisionEntry } from './decision-entry.js';
import type { LabState } from './fold/lab-state.js';
import type { HostAnnouncements } from './host-announcements.js';
import { buildLease, epochOf } from './lease-order.js';
import type { LoopPorts } from './ports.js';
import { LEASE_DURATION_MS } from './schedule/lease-book.js';
import type { Grant, LeaseRight, ScheduleDecision } from './schedule/schedule-view.js';

export interface DispatcherParts {
  readonly lab: LabState;
  readonly agents: AgentRegistry;
  readonly announcements: HostAnnouncements;
  readonly ports: LoopPorts;
}

export class Dispatcher {
  private leaseCount = 0;

  constructor(private readonly parts: DispatcherParts) {}

  /** What a lease that is granted under `term` is known by. */
  newRight(term: number): LeaseRight {
    this.leaseCount += 1;
    return { lease: this.parts.ports.newLeaseId(), epoch: epochOf(term, this.leaseCount) };
  }

  carryOut(decision: ScheduleDecision): void {
    const { agents, ports } = this.parts;
    const atMs = ports.clock.nowMs();
    switch (decision.kind) {
      case 'revoke': {
        const { lease, host } = decision.lease;
        const { reason } = decision;
        agents.send(host, { kind: 'revoked', lease, reason });
        ports.note(`lease revoked: ${reason}`, { lease, host });
        return;
      }
      case 'quarantine':
      case 'stop-row':
        ports.append(decisionEntry(decision, atMs));
        return;
      case 'grant':
        this.sendLease(decision, atMs);
    }
  }

  private sendLease(grant: Grant, atMs: number): void {
    const { lab, agents, announcements, ports } = this.parts;
    const { host, sweep, block, attempt, lease, epoch } = grant;
    const hello = agents.hello(host);
    const state = lab.sweeps.get(sweep);
    if (hello === undefined || state === undefined) return;
    announcements.announce(state, hello, atMs);
    const right = { lease, epoch, durationMs: LEASE_DURATION_MS };
    agents.send(host, { kind: 'lease', lease: buildLease(state, grant, right) });
    ports.note(`leased ${block} attempt ${attempt}`, { sweep, host, lease });
  }
}
