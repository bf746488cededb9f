// SPDX-License-Identifier: Apache-2.0
/**
 * Judges the comparisons of a report together: what one of them may claim depends on how many there
 * are. It adds judgements and changes no number.
 */
import type { OrderDoubt } from './block-lot.js';
import type { Cell } from './cell.js';
import type { Comparison } from './compare.js';
import { completeFloor, type NoiseFloor } from './noise-floor.js';
import { holmAdjusted } from './statistics/holm.js';
import { ERROR_LEVEL, ERROR_LEVEL_STOPPED, judge } from './verdict.js';

/** How the verdicts of a report came about. */
export interface Judging {
  /** What p is held against; 0.05, and less where rows could stop early. */
  readonly level: number;
  /** How many comparisons share it: those of the primary metric that have an interval. */
  readonly family: number;
  /** As a fraction; absent where the spec states none, and then nothing is called the same. */
  readonly margin?: number;
}

interface JudgedRow {
  /** Of the primary metric. */
  readonly cells: readonly Cell[];
  /** As it was measured; what is reckoned comes beside it, or in its place. */
  readonly floor?: NoiseFloor;
}

export interface JudgedCells {
  readonly cells: readonly Cell[];
  /** Absent where nothing is compared. */
  readonly floor?: NoiseFloor;
}

/** Each row in the order given: its cells with their judgements, and its noise floor. */
export function judgeCells(
  rows: readonly JudgedRow[],
  options: {
    readonly margin?: number;
    readonly canStop?: boolean;
    readonly orderDoubt?: OrderDoubt;
  },
): { readonly judging: Judging; readonly rows: readonly JudgedCells[] } {
  const compared = rows.flatMap(({ cells }) => cells.filter(isCompared));
  const adjusted = holmAdjusted(compared.map(({ comparison }) => comparison.ratio.p));
  const pOf = new Map(compared.map((cell, index) => [cell as Cell, adjusted[index] ?? 1]));
  const family = Math.max(1, compared.length);
  const { margin, canStop = false, orderDoubt } = options;
  const level = canStop ? ERROR_LEVEL_STOPPED : ERROR_LEVEL;
  const judged = rows.map(({ cells, floor: measured }): JudgedCells => {
    const comparisons = cells.map(({ comparison }) => comparison);
    const floor = completeFloor(measured, comparisons, { level, family });
    const own = cells.map((cell) => {
      const { comparison } = cell;
      if (comparison.kind === 'baseline') return cell;
      const judgement = judge(comparison, {
        pAdjusted: pOf.get(cell) ?? 1,
        family,
        level,
        ...(margin === undefined ? {} : { margin }),
        ...(floor === undefined ? {} : { floor }),
        ...(orderDoubt === undefined ? {} : { orderDoubt }),
      });
      return { ...cell, judgement };
    });
    return { cells: own, ...(floor === undefined ? {} : { floor }) };
  });
  const judging = { level, family, ...(margin === undefined ? {} : { margin }) };
  return { judging, rows: judged };
}

type ComparedCell = Cell & { readonly comparison: Extract<Comparison, { kind: 'compared' }> };

function isCompared(cell: Cell): cell is ComparedCell {
  return cell.comparison.kind === 'compared';
}
