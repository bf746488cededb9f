// SPDX-License-Identifier: Apache-2.0
/**
 * What the blocks of a row left less known than the spec asked for: `precision` is a wish, and the
 * most blocks that a row gets may not fulfil it. It judges by the rule that would have stopped the
 * row.
 */
import type { Precision } from '@labsweep/proto';
import type { Cell } from './cell.js';
import { BLOCKS_TO_STOP_MIN, STOPPING_COVERAGE, stoppingReach } from './precision.js';
import type { RowView } from './row-view.js';
import { percentText } from './verdict.js';

/** A sentence for each such change; a row that may still get blocks has missed nothing yet. */
export function imprecision(
  { blocks }: RowView,
  {
    cells,
    precision,
  }: { readonly cells: readonly Cell[]; readonly precision?: Precision | undefined },
): string[] {
  if (precision === undefined || blocks.some(({ standing }) => standing !== 'accepted')) return [];
  const asked = percentText(precision.fraction);
  return cells.flatMap(({ kernel, comparison }) => {
    if (comparison.kind !== 'compared') return [];
    const reach = stoppingReach(comparison.ratios, comparison.quantumLog);
    if (reach !== undefined && reach <= Math.log1p(precision.fraction)) return [];
    const interval = `${STOPPING_COVERAGE * 100}% interval`;
    const known =
      reach === undefined
        ? `has no ${interval}, which takes ${BLOCKS_TO_STOP_MIN} blocks`
        : `is known to ${percentText(Math.expm1(reach))} (${interval})`;
    return [
      `the change of ${kernel} ${known}, after all ${blocks.length} blocks; ${asked} was asked`,
    ];
  });
}
