// SPDX-License-Identifier: Apache-2.0
/**
 * Names the rows of a sweep in which no attached host can do anything as it is now, each with the
 * reason. A row in which some trial could run is not named, even if others of its trials wait.
 */
import type { Environment, HostDescription, HostId, PlannedRow, WaitingRow } from '@labsweep/proto';
import type { LabState, SweepState } from '../fold/lab-state.js';
import { durationText } from '../plan/duration-text.js';
import { isBooted, releaseOf, runningRelease } from './booted-kernel.js';
import type { HostRoster, HostState } from './host-roster.js';
import { type HostsView, pinnedElsewhere } from './kept-work.js';
import { findOpening } from './opening.js';
import type { RowQueue } from './row-queue.js';
import { begunBy, blockAt, hasOutcome, isDrained, ownersOf, quarantineOf } from './sweep-facts.js';
import type { SweepQueue } from './sweep-queue.js';

/** Nobody reads the reasons of a thousand hosts. */
const REASONS_MAX = 8;

export function waitingRows(queue: SweepQueue, view: HostsView): WaitingRow[] {
  const attached = view.roster.all().filter((host) => host.attached);
  return queue.rows.flatMap((row) => {
    if (row.undecidedCount === 0) return [];
    const reason = reasonToWait(queue.sweep, row, attached, view);
    return reason === undefined ? [] : [{ row: row.row.id, reason }];
  });
}

/** A host that has all that the row asks for, but perhaps not the kernel. */
interface FittingHost {
  readonly host: HostDescription;
  readonly environment: Environment;
}

function reasonToWait(
  sweep: SweepState,
  queue: RowQueue,
  attached: readonly HostState[],
  view: HostsView,
): string | undefined {
  const { lab, roster } = view;
  if (attached.length === 0) return 'no agent is attached';
  const { row } = queue;
  // Guests boot any kernel, so most rows are done with at the first host that fits.
  const isPlain = row.environment !== 'native';
  const isAllowed = ({ id: host }: HostState) =>
    row.kernels.every((kernel) => quarantineOf(lab, { host, kernel }) === undefined);
  const fitting: FittingHost[] = [];
  const reasons: string[] = [];
  for (const state of attached) {
    const match = roster.match(state.id, sweep, row);
    if (match === undefined) continue;
    const reason =
      match.environment === undefined
        ? match.reason
        : (standingOf(lab, state) ??
          unreadinessOf(roster, state, row) ??
          whyPinned(sweep, queue, { host: state.id, environment: match.environment }, view));
    if (reason !== undefined) {
      reasons.push(reason);
      continue;
    }
    if (isPlain && isAllowed(state)) return undefined;
    const { environment } = match;
    if (environment !== undefined) fitting.push({ host: state.description, environment });
  }
  return fitting.length === 0
    ? join([...new Set(reasons)])
    : reasonToBoot({ sweep, queue, lab }, fitting);
}

/** What keeps a host that fits from a row that is left to another one. */
function whyPinned(
  sweep: SweepState,
  queue: RowQueue,
  asker: { readonly host: HostId; readonly environment: Environment },
  view: HostsView,
): string | undefined {
  const owner = pinnedElsewhere(sweep, queue, asker, view);
  if (owner === undefined || view.roster.isFit(owner.host, view.nowMs)) return undefined;
  const name = sweep.hosts.findLast(({ host }) => host === owner.host)?.hostName ?? owner.host;
  const grace = durationText(owner.graceMs);
  return `it is pinned to ${name}, which is away or in trouble; after ${grace} another host gets it`;
}

/** What keeps a host that fits from getting anything. */
function standingOf(lab: LabState, { id, description: { name } }: HostState): string | undefined {
  const quarantine = quarantineOf(lab, { host: id });
  if (quarantine !== undefined) return `${name} is quarantined: ${quarantine}`;
  return isDrained(lab, id) ? `${name} is drained` : undefined;
}

/** Why the host gave blocks of the row back, in its agent's words, until it ran one. */
function unreadinessOf(roster: HostRoster, { id, description }: HostState, row: PlannedRow) {
  const reason = roster.unready(id)?.reason(row);
  return reason === undefined ? undefined : `${description.name}: ${reason}`;
}

interface OpenRow {
  readonly sweep: SweepState;
  readonly queue: RowQueue;
  readonly lab: LabState;
}

/** Undefined as soon as some block has a trial that one of the hosts could run. */
function reasonToBoot(open: OpenRow, fitting: readonly FittingHost[]): string | undefined {
  const { sweep, queue, lab } = open;
  const { row } = queue;
  const present = new Set(fitting.map(({ host }) => host.id));
  const waits = new Set<string>();
  for (let index = 0; index < queue.blockCount; index += 1) {
    if (queue.isDecided(index)) continue;
    if (queue.isLeased(index)) return undefined;
    const block = blockAt(sweep, row, index);
    if (block === undefined) continue;
    const owners = new Set(
      ownersOf(block)
        .map((owner) => owner.host)
        .filter((id) => present.has(id)),
    );
    for (const { host, environment } of fitting) {
      // A block that another of these hosts has begun is that host's to end.
      if (owners.size > 0 && !owners.has(host.id)) continue;
      const quarantineFor = (kernel: PlannedRow['kernels'][number]) =>
        quarantineOf(lab, { host: host.id, kernel });
      const isQuarantined = (kernel: PlannedRow['kernels'][number]) =>
        quarantineFor(kernel) !== undefined;
      const opening = findOpening({ sweep, row, block, host, environment, isQuarantined });
      if (opening !== undefined) return undefined;
      const begun = begunBy(block, host.id);
      const lacking = row.kernels.filter((kernel) =>
        block.planned.trials.some(
          (trial) =>
            trial.kernel === kernel && !(begun !== undefined && hasOutcome(begun, trial.id)),
        ),
      );
      for (const kernel of lacking) {
        const quarantine = quarantineFor(kernel);
        if (!isBooted({ sweep, row, kernel, host })) {
          const release = releaseOf(sweep, kernel);
          waits.add(`waits for ${host.name} to boot ${release} (it runs ${runningRelease(host)})`);
        } else if (quarantine !== undefined) {
          waits.add(`${kernel} is quarantined on ${host.name}: ${quarantine}`);
        }
      }
    }
  }
  return waits.size === 0 ? undefined : join([...waits]);
}

/** What holds for all hosts is said once. */
function join(all: readonly string[]): string {
  const reasons = [...new Set(all)];
  const rest = reasons.length - REASONS_MAX;
  const told = rest > 1 ? reasons.slice(0, REASONS_MAX) : reasons;
  return [...told, ...(rest > 1 ? [`and ${rest} more`] : [])].join('; ');
}
