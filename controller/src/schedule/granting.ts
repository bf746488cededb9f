// SPDX-License-Identifier: Apache-2.0
/** Gives each idle host the block that is its turn, and puts the lease into the book. */
import type { BlockId, HostId } from '@labsweep/proto';
import type { LabState } from '../fold/lab-state.js';
import type { DurationEstimates } from './duration-estimates.js';
import type { HostRoster } from './host-roster.js';
import type { IdleHosts } from './idle-hosts.js';
import type { LeaseBook } from './lease-book.js';
import type { OpenSweeps } from './open-sweeps.js';
import { type PickedBlock, pickBlock } from './pick-block.js';
import type { Grant, LiveLease, SchedulerPorts } from './schedule-view.js';
import { isDrained, isPaused, quarantineOf } from './sweep-facts.js';
import type { SweepQueue } from './sweep-queue.js';
import { SweepShares } from './sweep-shares.js';

/** With fewer open blocks than this for each host, the longest go first. */
const TAIL_BLOCKS_PER_HOST = 2;

export interface GrantingParts {
  readonly lab: LabState;
  readonly leases: LeaseBook;
  readonly roster: HostRoster;
  readonly estimates: DurationEstimates;
  readonly queues: OpenSweeps;
  readonly idle: IdleHosts;
  readonly newRight: SchedulerPorts['newRight'];
}

export class Granting {
  private readonly shares = new SweepShares();

  constructor(private readonly parts: GrantingParts) {}

  grantAll(nowMs: number): readonly Grant[] {
    const { idle } = this.parts;
    if (!idle.hasAny()) return [];
    return idle.take().flatMap((id) => this.grant(id, nowMs) ?? []);
  }

  /** However the lease has ended: its sweep is charged what its host really had it. */
  ended(sweep: SweepQueue, { chargedMs = 0, sinceMs }: LiveLease, nowMs: number): void {
    this.shares.ended(sweep, { chargedMs, heldMs: nowMs - sinceMs });
  }

  private grant(id: HostId, nowMs: number): Grant | undefined {
    const { lab, roster, estimates, queues, idle, leases } = this.parts;
    const host = roster.get(id);
    if (host === undefined || !roster.isReady(id, nowMs) || isDrained(lab, id)) return undefined;
    if (quarantineOf(lab, { host: id }) !== undefined) return undefined;
    for (const sweep of this.shares.inOrder(queues.values())) {
      const openCount = sweep.openCount();
      if (openCount === 0 || isPaused(sweep.sweep)) continue;
      const isTail = openCount < TAIL_BLOCKS_PER_HOST * (idle.size + leases.size);
      const picked = pickBlock(sweep, host, { lab, roster, estimates, nowMs, isTail });
      if (picked !== undefined) return this.hold(id, sweep, picked, nowMs);
    }
    return undefined;
  }

  private hold(
    host: HostId,
    sweep: SweepQueue,
    { queue, index, opening, environment }: PickedBlock,
    nowMs: number,
  ): Grant {
    const { leases, roster, idle, estimates } = this.parts;
    const block = `${queue.row.id}/r${index + 1}` as BlockId;
    const { attempt, trials } = opening;
    const granted = { host, sweep: sweep.id, block, attempt, environment };
    const right = this.parts.newRight();
    const trialMs = estimates.trialMs(sweep.id, queue.row, { host, environment });
    const chargedMs = trialMs * trials.length;
    leases.put({ ...granted, ...right, trials, chargedMs }, nowMs);
    roster.deaths.began(host, block);
    sweep.lease({ queue, index }, host);
    idle.delete(host);
    this.shares.granted(sweep, chargedMs);
    return { kind: 'grant', ...granted, ...right, trials };
  }
}
