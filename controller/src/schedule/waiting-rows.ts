// SPDX-License-Identifier: Apache-2.0
/**
 * Names the rows of a sweep in which no attached host can do anything as it is now, each with the
 * reason. A row in which some trial could run is not named, even if others of its trials wait.
 */
import type { Environment, HostDescription, PlannedRow, WaitingRow } from '@labsweep/proto';
import type { BlockState, SweepState } from '../fold/lab-state.js';
import { isBooted, releaseOf, runningRelease } from './booted-kernel.js';
import { matchHost } from './match-host.js';
import { begunBy, findOpening, ownersOf } from './opening.js';
import type { KnownHost } from './schedule-view.js';

export function waitingRows(sweep: SweepState, hosts: readonly KnownHost[]): WaitingRow[] {
  const undecided = [...sweep.blocks.values()].filter((block) => block.decision === undefined);
  const blocksOf = new Map<PlannedRow['id'], BlockState[]>();
  for (const block of undecided) {
    const blocks = blocksOf.get(block.planned.row);
    if (blocks === undefined) blocksOf.set(block.planned.row, [block]);
    else blocks.push(block);
  }
  return [...blocksOf].flatMap(([id, blocks]) => {
    const row = sweep.rows.get(id);
    const reason = row && reasonToWait({ sweep, row, blocks, hosts });
    return reason === undefined ? [] : [{ row: id, reason }];
  });
}

interface OpenRow {
  readonly sweep: SweepState;
  readonly row: PlannedRow;
  /** Those without a decision. */
  readonly blocks: readonly BlockState[];
}

/** A host that has all that the row asks for, but perhaps not the kernel. */
interface FittingHost {
  readonly host: HostDescription;
  readonly environment: Environment;
}

function reasonToWait(open: OpenRow & { readonly hosts: readonly KnownHost[] }) {
  const attached = open.hosts.filter((host) => host.attached);
  if (attached.length === 0) return 'no agent is attached';
  const fitting: FittingHost[] = [];
  const reasons: string[] = [];
  for (const { description: host } of attached) {
    const match = matchHost(open.row, open.sweep.spec.hygiene, host);
    if (match.environment === undefined) reasons.push(match.reason);
    else fitting.push({ host, environment: match.environment });
  }
  return fitting.length === 0 ? reasons.join('; ') : reasonToBoot(open, fitting);
}

/** Undefined as soon as some block has a trial that one of the hosts could run. */
function reasonToBoot(open: OpenRow, fitting: readonly FittingHost[]): string | undefined {
  const { sweep, row, blocks } = open;
  if (row.environment !== 'native') return undefined;
  const present = new Set(fitting.map(({ host }) => host.id));
  const waits = new Set<string>();
  for (const block of blocks) {
    const owners = new Set(ownersOf(block).filter((id) => present.has(id)));
    for (const { host, environment } of fitting) {
      // A block that another of these hosts has begun is that host's to end.
      if (owners.size > 0 && !owners.has(host.id)) continue;
      if (findOpening({ sweep, row, block, host, environment }) !== undefined) return undefined;
      for (const wait of waitsOf(open, block, host)) waits.add(wait);
    }
  }
  return [...waits].join('; ');
}

/** One for each kernel that the block still lacks on this host. */
function waitsOf({ sweep, row }: OpenRow, block: BlockState, host: HostDescription) {
  const outcomes = begunBy(block, host.id)?.outcomes;
  const lacking = block.planned.trials.filter(({ id }) => !outcomes?.has(id));
  const kernels = row.kernels.filter((kernel) => lacking.some((trial) => trial.kernel === kernel));
  return kernels
    .filter((kernel) => !isBooted({ sweep, row, kernel, host }))
    .map((kernel) => {
      const release = releaseOf(sweep, kernel);
      return `waits for ${host.name} to boot ${release} (it runs ${runningRelease(host)})`;
    });
}
