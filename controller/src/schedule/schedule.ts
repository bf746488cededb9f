// SPDX-License-Identifier: Apache-2.0
/**
 * Looks at the lab and proposes what to do next: which leases have run out, and which block each
 * idle host gets. Blocks go out in plan order, and a block is never split over hosts.
 */
import type { BlockId, PlannedRow, SweepId } from '@labsweep/proto';
import { type BlockState, isEnded, type SweepState } from '../fold/lab-state.js';
import { matchHost } from './match-host.js';
import { begunBy, findOpening, ownersOf } from './opening.js';
import type { KnownHost, ScheduleDecision, ScheduleView } from './schedule-view.js';

/** How long a half-run block waits for its host before another host starts it anew. */
export const RETURN_GRACE_MS = 30_000;

export function schedule(view: ScheduleView): ScheduleDecision[] {
  const expired = view.leases.filter((lease) => lease.expiresAtMs <= view.nowMs);
  const live = view.leases.filter((lease) => lease.expiresAtMs > view.nowMs);
  const taken = new Set(live.map(({ sweep, block }) => blockKey(sweep, block)));
  const busy = new Set(live.map(({ host }) => host));
  const decisions: ScheduleDecision[] = expired.map((lease) => ({ kind: 'expire', lease }));
  for (const host of view.hosts) {
    if (!host.attached || busy.has(host.description.id)) continue;
    if (view.lab.commands.isDrained(host.description.id)) continue;
    const grant = grantFor(host, view, taken);
    if (grant === undefined) continue;
    taken.add(blockKey(grant.sweep, grant.block));
    decisions.push(grant);
  }
  return decisions;
}

type Grant = Extract<ScheduleDecision, { kind: 'grant' }>;

function blockKey(sweep: SweepId, block: BlockId): string {
  return `${sweep}/${block}`;
}

function grantFor(host: KnownHost, view: ScheduleView, taken: Set<string>): Grant | undefined {
  const open = [...view.lab.sweeps.values()].filter((sweep) => !isEnded(sweep) && !sweep.isPaused);
  for (const sweep of open) {
    const blocks = [...sweep.blocks.values()].filter(
      (block) =>
        block.decision === undefined &&
        !taken.has(blockKey(sweep.submitted.sweep, block.planned.id)),
    );
    // What this host has begun comes first, so that its half-run block does not grow older.
    const begun = blocks.filter((block) => begunBy(block, host.description.id) !== undefined);
    for (const block of [...begun, ...blocks]) {
      const grant = grantBlock({ host, sweep, block, view });
      if (grant !== undefined) return grant;
    }
  }
  return undefined;
}

function grantBlock(options: {
  readonly host: KnownHost;
  readonly sweep: SweepState;
  readonly block: BlockState;
  readonly view: ScheduleView;
}): Grant | undefined {
  const { host, sweep, block, view } = options;
  const row = sweep.rows.get(block.planned.row);
  if (row === undefined) return undefined;
  const isKeptOff = block.planned.trials.some(({ kernel }) =>
    view.lab.commands.quarantineOf(host.description.id, kernel),
  );
  if (isKeptOff) return undefined;
  const match = matchHost(row, sweep.spec.hygiene, host.description);
  if (match.environment === undefined) return undefined;
  const { environment } = match;
  const opening = findOpening({ sweep, row, block, host: host.description, environment });
  if (opening === undefined || waitsForOther({ sweep, row, block, host, view })) return undefined;
  return {
    kind: 'grant',
    host: host.description.id,
    sweep: sweep.submitted.sweep,
    block: block.planned.id,
    environment,
    ...opening,
  };
}

/**
 * True while another host holds a half-run attempt of the block: it is there and can go on sooner
 * or later, or it is away for a short time only.
 */
function waitsForOther(options: {
  readonly sweep: SweepState;
  readonly row: PlannedRow;
  readonly block: BlockState;
  readonly host: KnownHost;
  readonly view: ScheduleView;
}): boolean {
  const { sweep, row, block, host, view } = options;
  return ownersOf(block).some((id) => {
    if (id === host.description.id) return false;
    const owner = view.hosts.find((other) => other.description.id === id);
    if (owner?.attached === true) {
      const match = matchHost(row, sweep.spec.hygiene, owner.description);
      return match.environment !== undefined;
    }
    const seenAtMs = owner?.seenAtMs ?? view.startedAtMs;
    return view.nowMs - seenAtMs < RETURN_GRACE_MS;
  });
}
