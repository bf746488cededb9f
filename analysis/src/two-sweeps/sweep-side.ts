// SPDX-License-Identifier: Apache-2.0
/** One of two sweeps that are put side by side, as far as the other one matters for it. */
import type { HostId } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { type HostClass, hostClasses } from '../host-class.js';
import { ASSUMED } from '../measurements/measured-rows.js';
import { blocksBeside, type RowState, rowState } from '../row-state.js';
import { measuredTrials, type RowView, rowViews } from '../row-view.js';
import type { SweepRecord } from '../sweep-record.js';

export interface SideRow {
  readonly label: string;
  readonly view: RowView;
  readonly state: RowState;
  /** Of the hosts that measured something of it. */
  readonly classes: readonly HostClass[];
}

export interface SweepSide {
  readonly record: SweepRecord;
  readonly rows: readonly SideRow[];
  readonly classOf: (host: HostId) => HostClass;
}

export function sweepSide(record: SweepRecord): SweepSide {
  const { rows: reported } = analyseSweep(record);
  const classes = hostClasses(record);
  const classOf = (host: HostId): HostClass => classes.get(host) ?? host;
  const beside = blocksBeside(record);
  const rows = rowViews(record).map((view) => {
    const label = reported.find(
      ({ row, environment, scenario }) =>
        row === view.planned.id && environment === view.environment && scenario === view.scenario,
    )?.label;
    const trials = view.blocks.flatMap((block) => measuredTrials(block, view.environment));
    const { baseline } = record.spec;
    return {
      label: label ?? view.planned.id,
      view,
      state: rowState(view, { baseline, audit: beside(view, 'audit') }),
      classes: [...new Set(trials.map(({ host }) => classOf(host)))],
    };
  });
  return { record, rows, classOf };
}

/** A host of which nothing is told is like no other. */
export function sharedClasses(one: SideRow, other: SideRow): HostClass[] {
  return one.classes.filter(
    (each) => other.classes.includes(each) && !each.startsWith(`${ASSUMED.host} `),
  );
}
