// SPDX-License-Identifier: Apache-2.0
/** The table of a running sweep: the primary metric only, redrawn as trials end. */
import type { Report } from '../report-model.js';
import { compactCellText } from './cell-text.js';
import { renderKernelTable } from './kernel-table.js';
import { finishPage } from './page.js';

/** Lines of at most 80 columns. A partial cell shows `n/N`, a provisional one a star. */
export function renderLiveTable(report: Report): string[] {
  const table = renderKernelTable(report, { metric: report.primary, cellText: compactCellText });
  const cells = report.rows.flatMap((row) => row.metrics[0]?.cells ?? []);
  const hasProvisional = cells.some((cell) => cell.provisional);
  return finishPage([
    ...table,
    ...(hasProvisional ? ['', '* provisional: a block behind the number is not decided yet'] : []),
  ]);
}
