// SPDX-License-Identifier: Apache-2.0
/**
 * Picks the block of a sweep that an idle host gets. It looks at rows, and at those blocks alone
 * that someone has begun; the many that nobody has touched are one number in their row's queue.
 */
import type { Environment, HostId, PlannedRow, Purpose } from '@labsweep/proto';
import type { DurationEstimates } from './duration-estimates.js';
import type { HostState } from './host-roster.js';
import { type HostsView, keeps, pinnedElsewhere } from './kept-work.js';
import { findOpening, type Opening } from './opening.js';
import type { ReopenedBlock, RowQueue } from './row-queue.js';
import { blockAt, isDrained, quarantineOf } from './sweep-facts.js';
import type { QueuedBlock, SweepQueue } from './sweep-queue.js';

export interface LabView extends HostsView {
  readonly estimates: DurationEstimates;
}

export interface PickedBlock extends QueuedBlock {
  readonly opening: Opening;
  readonly environment: Environment;
}

/** Hosts other than the one that failed a block are waited for, but not for longer than this. */
export const OTHER_HOST_MAX_MS = 5 * 60_000;

/** An audit tells early that a comparison is void; an attribution only explains what was found. */
const PURPOSES: Readonly<Record<Purpose, number>> = { audit: 0, timing: 1, attribution: 2 };

export function pickBlock(
  sweep: SweepQueue,
  host: HostState,
  view: LabView & { readonly isTail: boolean },
): PickedBlock | undefined {
  // What this host has begun comes first, so that its half-run block does not grow older.
  for (const at of sweep.begunBy(host.id)) {
    const reopened = at.queue.reopenedAt(at.index);
    const isFree = reopened !== undefined && !isHeldBack(sweep, at.queue, reopened, host, view);
    const picked =
      isFree && isHere(sweep, at.queue, host, view) ? open(sweep, at, host, view) : undefined;
    if (picked !== undefined) return picked;
  }
  const candidates: Candidate[] = [];
  for (const queue of sweep.rows) {
    const candidate = candidateOf(sweep, queue, 0, host, view);
    if (candidate !== undefined) candidates.push(candidate);
  }
  while (candidates.length > 0) {
    const best = candidates.reduce((a, b) => (comesBefore(b, a) ? b : a));
    const picked = open(sweep, best, host, view);
    if (picked !== undefined) return picked;
    // What it lacks waits for something, as for a kernel in quarantine: the next one may lack more.
    const behind = candidateOf(sweep, best.queue, best.index + 1, host, view);
    const others = behind === undefined ? [] : [behind];
    candidates.splice(candidates.indexOf(best), 1, ...others);
  }
  return undefined;
}

interface Candidate extends QueuedBlock {
  /** 0 before the tail of the sweep, where the order is that of the plan. */
  readonly longestMs: number;
}

/** The first block of the row, from the `from`th on, that this host may have, if any. */
function candidateOf(
  sweep: SweepQueue,
  queue: RowQueue,
  from: number,
  host: HostState,
  view: LabView & { readonly isTail: boolean },
): Candidate | undefined {
  const { row } = queue;
  if (queue.openCount === 0 || queue.isStopping || rests(row, host, view)) return undefined;
  const environment = view.roster.match(host.id, sweep.sweep, row)?.environment;
  if (environment === undefined || !wantsAny(row, host.id, view)) return undefined;
  const asker = { host: host.id, environment };
  if (pinnedElsewhere(sweep.sweep, queue, asker, view) !== undefined) return undefined;
  const untouched = from === 0 ? queue.firstUntouched() : queue.nextUntouched(from);
  let index = untouched ?? Number.POSITIVE_INFINITY;
  for (const reopened of queue.reopened()) {
    const isEarlier = reopened.index >= from && reopened.index < index;
    if (isEarlier && !isHeldBack(sweep, queue, reopened, host, view)) index = reopened.index;
  }
  if (index === Number.POSITIVE_INFINITY) return undefined;
  const longestMs = view.isTail
    ? view.estimates.trialMs(sweep.id, row, asker) * row.kernels.length
    : 0;
  return { queue, index, longestMs };
}

function comesBefore(a: Candidate, b: Candidate): boolean {
  const purpose = PURPOSES[a.queue.row.purpose] - PURPOSES[b.queue.row.purpose];
  if (purpose !== 0) return purpose < 0;
  if (a.index !== b.index) return a.index < b.index;
  if (a.longestMs !== b.longestMs) return a.longestMs > b.longestMs;
  return a.queue.place < b.queue.place;
}

function open(
  sweep: SweepQueue,
  { queue, index }: QueuedBlock,
  host: HostState,
  view: LabView,
): PickedBlock | undefined {
  const { row } = queue;
  const match = view.roster.match(host.id, sweep.sweep, row);
  const block = blockAt(sweep.sweep, row, index);
  if (match?.environment === undefined || block === undefined) return undefined;
  const { environment } = match;
  const opening = findOpening({
    sweep: sweep.sweep,
    row,
    block,
    host: host.description,
    environment,
    isQuarantined: (kernel) => quarantineOf(view.lab, { host: host.id, kernel }) !== undefined,
  });
  if (opening === undefined) return undefined;
  // A kernel that fails on this host alone is better measured, with all others, on another.
  const isForAnother =
    opening.isReduced &&
    block.attempts.length === 0 &&
    anyOther(sweep, row, view, wantsAll(row, view));
  return isForAnother ? undefined : { queue, index, opening, environment };
}

/** False for a host on which all kernels of the row are in quarantine: no block needs a look. */
function wantsAny(row: PlannedRow, host: HostId, { lab }: LabView): boolean {
  // Asked for each row and each grant, and mostly nothing is in quarantine.
  if (lab.commands.quarantines().length === 0) return true;
  return row.kernels.some((kernel) => quarantineOf(lab, { host, kernel }) === undefined);
}

function wantsAll(row: PlannedRow, { lab }: LabView) {
  return ({ id: host }: HostState) =>
    row.kernels.every((kernel) => quarantineOf(lab, { host, kernel }) === undefined);
}

/**
 * True while the block rests, while another host may still go on with it, or while one that has not
 * failed it could take it.
 */
function isHeldBack(
  sweep: SweepQueue,
  { row, pinnedTo }: RowQueue,
  { notBeforeMs, owners, failedOn }: ReopenedBlock,
  host: HostState,
  view: LabView,
): boolean {
  if (view.nowMs < notBeforeMs || rests(row, host, view)) return true;
  // One of several owners waits for no other, or each would wait for all.
  const isOwner = owners.some((owner) => owner.host === host.id);
  const isPinned = sweep.sweep.spec.scheduling.placement === 'pin-row';
  // Nor does the host that has the row by now wait for one that has lost it.
  const isForIt = isOwner || (isPinned && pinnedTo === host.id);
  if (!isForIt && owners.some((owner) => keeps(sweep.sweep, row, owner, view))) return true;
  if (isPinned || !failedOn.includes(host.id)) return false;
  if (view.nowMs >= notBeforeMs + OTHER_HOST_MAX_MS) return false;
  return anyOther(sweep, row, view, ({ id }) => !failedOn.includes(id));
}

/** False while the row is pinned to another host, also for what this one has begun before. */
function isHere(sweep: SweepQueue, queue: RowQueue, { id }: HostState, view: LabView): boolean {
  const environment = view.roster.match(id, sweep.sweep, queue.row)?.environment;
  if (environment === undefined) return false;
  return pinnedElsewhere(sweep.sweep, queue, { host: id, environment }, view) === undefined;
}

/** True for a while after the host gave a block of the row back. */
function rests(row: PlannedRow, { id }: HostState, { roster, nowMs }: LabView): boolean {
  return roster.unready(id)?.rests(row, nowMs) === true;
}

/** Whether any present host that `fits` could take a block of the row. */
function anyOther(
  sweep: SweepQueue,
  row: PlannedRow,
  view: LabView,
  fits: (host: HostState) => boolean,
): boolean {
  const { lab, roster, nowMs } = view;
  return roster
    .all()
    .some(
      (host) =>
        roster.isFit(host.id, nowMs) &&
        fits(host) &&
        !rests(row, host, view) &&
        !isDrained(lab, host.id) &&
        quarantineOf(lab, { host: host.id }) === undefined &&
        roster.match(host.id, sweep.sweep, row)?.environment !== undefined,
    );
}
