// SPDX-License-Identifier: Apache-2.0
/**
 * Finds for each row of one sweep its counterpart in the other: the same scenario and CPU count,
 * and of those the one that is most alike. It looks at what was asked for, and at no value.
 */
import type { RowView } from '../row-view.js';
import type { SideRow, SweepSide } from './sweep-side.js';

export interface RowMatch {
  readonly a: SideRow;
  readonly b: SideRow;
}

export interface RowMatches {
  readonly pairs: readonly RowMatch[];
  /** Rows without a counterpart. */
  readonly onlyA: readonly SideRow[];
  readonly onlyB: readonly SideRow[];
}

/** No row has two counterparts; those that are most alike find each other first. */
export function matchRows(a: SweepSide, b: SweepSide): RowMatches {
  const candidates = a.rows
    .flatMap((one) => b.rows.map((other) => ({ a: one, b: other })))
    .filter((pair) => isAlike(pair.a.view, pair.b.view))
    .map((pair) => ({ pair, likeness: likenessOf(pair.a.view, pair.b.view) }))
    .toSorted((one, other) => other.likeness - one.likeness);
  const taken = new Set<SideRow>();
  const pairs: RowMatch[] = [];
  for (const { pair } of candidates) {
    if (taken.has(pair.a) || taken.has(pair.b)) continue;
    taken.add(pair.a).add(pair.b);
    pairs.push(pair);
  }
  return {
    pairs: pairs.toSorted((one, other) => a.rows.indexOf(one.a) - a.rows.indexOf(other.a)),
    onlyA: a.rows.filter((row) => !taken.has(row)),
    onlyB: b.rows.filter((row) => !taken.has(row)),
  };
}

function isAlike(one: RowView, other: RowView): boolean {
  return one.scenario === other.scenario && one.planned.shape.smp === other.planned.shape.smp;
}

/** What weighs more comes first; the weights only put them in order. */
function likenessOf(one: RowView, other: RowView): number {
  const [mine, theirs] = [one.planned, other.planned];
  return (
    (one.environment === other.environment ? 8 : 0) +
    (mine.shape.memoryMib === theirs.shape.memoryMib ? 4 : 0) +
    (mine.commandLine === theirs.commandLine ? 2 : 0) +
    (mine.id === theirs.id ? 1 : 0)
  );
}
