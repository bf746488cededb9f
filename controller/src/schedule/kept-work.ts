// SPDX-License-Identifier: Apache-2.0
/** Which work is left to a host that is not there to do it, and for how long. */
import type { Environment, HostId, PlannedRow } from '@labsweep/proto';
import type { LabState, SweepState } from '../fold/lab-state.js';
import { graceMsOf } from './grace.js';
import type { HostRoster } from './host-roster.js';
import { isDrained, quarantineOf } from './sweep-facts.js';

export interface Owner {
  readonly host: HostId;
  readonly graceMs: number;
}

export interface HostsView {
  readonly lab: LabState;
  readonly roster: HostRoster;
  readonly nowMs: number;
}

/** A host that can no longer run the row, or gets nothing any more, keeps nothing. */
export function keeps(
  sweep: SweepState,
  row: PlannedRow,
  owner: Owner,
  { lab, roster, nowMs }: HostsView,
): boolean {
  if (isDrained(lab, owner.host) || quarantineOf(lab, { host: owner.host }) !== undefined) {
    return false;
  }
  if (!roster.mayGoOn(owner.host, owner.graceMs, nowMs)) return false;
  if (roster.unready(owner.host)?.mayGoOn(row) === false) return false;
  const match = roster.match(owner.host, sweep, row);
  return match === undefined || match.environment !== undefined;
}

/** Under `pin-row` the host that others leave the row to; undefined when `host` may have it. */
export function pinnedElsewhere(
  sweep: SweepState,
  { row, pinnedTo }: { readonly row: PlannedRow; readonly pinnedTo: HostId | undefined },
  asker: { readonly host: HostId; readonly environment: Environment },
  view: HostsView,
): Owner | undefined {
  const { scheduling } = sweep.spec;
  if (scheduling.placement !== 'pin-row' || pinnedTo === undefined) return undefined;
  if (pinnedTo === asker.host) return undefined;
  const owner = { host: pinnedTo, graceMs: graceMsOf(scheduling, asker.environment) };
  return keeps(sweep, row, owner, view) ? owner : undefined;
}
