// SPDX-License-Identifier: Apache-2.0
/**
 * Looks at the lab and proposes what to do next: which leases have run out, and which block each
 * idle host gets. Blocks go out in plan order, and a block is never split over hosts.
 */
import type { BlockId, HostId, PlannedRow, SweepId } from '@labsweep/proto';
import { type BlockState, isEnded, type SweepState } from '../fold/lab-state.js';
import { matchHost } from './match-host.js';
import { begunBy, findOpening, ownersOf } from './opening.js';
import type { KnownHost, ScheduleDecision, ScheduleView } from './schedule-view.js';

/** How long a half-run block waits for its host before another host starts it anew. */
export const RETURN_GRACE_MS = 30_000;

export function schedule(view: ScheduleView): ScheduleDecision[] {
  const expired = view.leases.filter((lease) => lease.expiresAtMs <= view.nowMs);
  const decisions: ScheduleDecision[] = expired.map((lease) => ({ kind: 'expire', lease }));
  const busy = new Set<HostId>();
  for (const lease of view.leases) if (lease.expiresAtMs > view.nowMs) busy.add(lease.host);
  const idle = view.hosts.filter(
    ({ attached, description }) =>
      attached && !busy.has(description.id) && !view.lab.commands.isDrained(description.id),
  );
  // Most events leave everybody at work.
  if (idle.length === 0) return decisions;
  const live = view.leases.filter((lease) => lease.expiresAtMs > view.nowMs);
  const taken = new Set(live.map(({ sweep, block }) => blockKey(sweep, block)));
  for (const host of idle) {
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
  for (const sweep of view.lab.sweeps.values()) {
    if (isEnded(sweep) || sweep.isPaused) continue;
    const frontier = frontierOf(sweep);
    const grant = (block: BlockState | undefined) => {
      if (block === undefined || block.decision !== undefined) return undefined;
      if (taken.has(blockKey(sweep.submitted.sweep, block.planned.id))) return undefined;
      return grantBlock({ host, sweep, block, view });
    };
    // What this host has begun comes first, so that its half-run block does not grow older.
    for (let index = frontier.first; index < frontier.end; index += 1) {
      const block = frontier.blocks[index];
      if (block === undefined || begunBy(block, host.description.id) === undefined) continue;
      const found = grant(block);
      if (found !== undefined) return found;
    }
    for (let index = frontier.first; index < frontier.blocks.length; index += 1) {
      const found = grant(frontier.blocks[index]);
      if (found === undefined) continue;
      frontier.end = Math.max(frontier.end, index + 1);
      return found;
    }
  }
  return undefined;
}

/** Where in the plan the work is: before it all is decided, behind it nothing was tried. */
interface Frontier {
  readonly blocks: readonly BlockState[];
  decidedCount: number;
  first: number;
  end: number;
}

const frontiers = new WeakMap<SweepState, Frontier>();

function frontierOf(sweep: SweepState): Frontier {
  const known = frontiers.get(sweep);
  // A block that was opened anew may lie before the frontier.
  const isKnown =
    known?.blocks.length === sweep.blocks.size && sweep.decidedCount >= known.decidedCount;
  const frontier = isKnown && known !== undefined ? known : newFrontier(sweep);
  frontiers.set(sweep, frontier);
  frontier.decidedCount = sweep.decidedCount;
  while (frontier.blocks[frontier.first]?.decision !== undefined) frontier.first += 1;
  return frontier;
}

function newFrontier(sweep: SweepState): Frontier {
  const blocks = [...sweep.blocks.values()];
  const end = 1 + blocks.findLastIndex(({ attempts }) => attempts.length > 0);
  return { blocks, decidedCount: sweep.decidedCount, first: 0, end };
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
