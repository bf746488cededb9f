// SPDX-License-Identifier: Apache-2.0
/** Names the rows of a sweep that no attached host can run, each with the reason. */
import type { PlannedRow, WaitingRow } from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import { matchHost } from './match-host.js';
import type { KnownHost } from './schedule-view.js';

export function waitingRows(sweep: SweepState, hosts: readonly KnownHost[]): WaitingRow[] {
  const undecided = [...sweep.blocks.values()].filter((block) => block.decision === undefined);
  const rows = [...new Set(undecided.map((block) => block.planned.row))];
  return rows.flatMap((id) => {
    const row = sweep.rows.get(id);
    const reason = row && reasonToWait(row, hosts);
    return reason === undefined ? [] : [{ row: id, reason }];
  });
}

function reasonToWait(row: PlannedRow, hosts: readonly KnownHost[]): string | undefined {
  const attached = hosts.filter((host) => host.attached);
  if (attached.length === 0) return 'no agent is attached';
  const matches = attached.map((host) => matchHost(row, host.description));
  const reasons = matches.flatMap((match) =>
    match.environment === undefined ? [match.reason] : [],
  );
  return reasons.length === attached.length ? reasons.join('; ') : undefined;
}
