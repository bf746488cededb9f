// SPDX-License-Identifier: Apache-2.0
/**
 * The raw series as lines of text, for formats that have no table of their own for them: every
 * value that counts, by repetition, so that each number above can be recomputed.
 */
import type { Cell } from '../cell.js';
import type { Report, ReportRow } from '../report-model.js';
import { wrapText } from './page.js';

/** Of one metric; a block without a value of the kernel shows as `-`. */
export function rawSeriesLines(
  report: Report,
  { metric, columns }: { readonly metric: string; readonly columns: number },
): string[] {
  return report.rows.flatMap((row) => {
    const cells = seriesCells(report, row, metric);
    const repetitions = repetitionsOf(cells);
    if (repetitions.length === 0) return [];
    return [
      ...wrapText(row.label, { prefix: '  ', columns }),
      ...cells
        .filter(({ values }) => values.length > 0)
        .flatMap((cell) =>
          wrapText(`${cell.kernel}: ${seriesText(cell, repetitions)}`, { prefix: '    ', columns }),
        ),
    ];
  });
}

export function cellsOf(row: ReportRow, metric: string): readonly Cell[] {
  return row.metrics.find((each) => each.metric === metric)?.cells ?? [];
}

/** With the baseline's second turn, which is in no table; of it the primary metric is known. */
export function seriesCells({ primary }: Report, row: ReportRow, metric: string): readonly Cell[] {
  const cells = cellsOf(row, metric);
  return row.again === undefined || metric !== primary.name ? cells : [...cells, row.again];
}

/** The repetitions of which any kernel of the row has a value of the metric, in order. */
export function repetitionsOf(cells: readonly Cell[]): number[] {
  const all = cells.flatMap(({ values }) => values.map(({ repetition }) => repetition));
  return [...new Set(all)].toSorted((a, b) => a - b);
}

function seriesText(cell: Cell, repetitions: readonly number[]): string {
  const values = new Map(cell.values.map(({ repetition, value }) => [repetition, value]));
  return repetitions.map((repetition) => String(values.get(repetition) ?? '-')).join(' ');
}
