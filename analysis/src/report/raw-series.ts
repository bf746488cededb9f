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
    const cells = cellsOf(row, metric).filter(({ values }) => values.length > 0);
    if (cells.length === 0) return [];
    return [
      ...wrapText(row.label, { prefix: '  ', columns }),
      ...cells.flatMap((cell) =>
        wrapText(`${cell.kernel}: ${seriesText(row, cell)}`, { prefix: '    ', columns }),
      ),
    ];
  });
}

export function cellsOf(row: ReportRow, metric: string): readonly Cell[] {
  return row.metrics.find((each) => each.metric === metric)?.cells ?? [];
}

/** The repetitions of which any kernel of the row has a value of the metric, in order. */
export function repetitionsOf(cells: readonly Cell[]): number[] {
  const all = cells.flatMap(({ values }) => values.map(({ repetition }) => repetition));
  return [...new Set(all)].toSorted((a, b) => a - b);
}

function seriesText(row: ReportRow, cell: Cell): string {
  const all = row.metrics.find(({ cells }) => cells.includes(cell))?.cells ?? [cell];
  const values = new Map(cell.values.map(({ repetition, value }) => [repetition, value]));
  return repetitionsOf(all)
    .map((repetition) => String(values.get(repetition) ?? '-'))
    .join(' ');
}
