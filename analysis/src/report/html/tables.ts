// SPDX-License-Identifier: Apache-2.0
/** Tables of the HTML report: one shape for all of them, and the raw series. */
import type { Report, ReportRow } from '../../report-model.js';
import { seriesTable } from '../raw-series.js';
import { element, type Markup } from './markup.js';

/** The first column holds words, the others numbers; it scrolls by itself where it is too wide. */
export function dataTable(table: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): Markup {
  const head = table.columns.map((name) => element('th', { scope: 'col' }, name));
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, head)),
      element(
        'tbody',
        {},
        table.rows.map((cells) =>
          element(
            'tr',
            {},
            cells.map((cell) => element('td', {}, cell)),
          ),
        ),
      ),
    ),
  );
}

/** Every value that counts, one table for each row and metric, folded away. */
export function rawSeriesMarkup(report: Report): Markup[] {
  return report.rows.map((row) =>
    element(
      'details',
      {},
      element('summary', {}, `raw series of ${row.label}`),
      report.metrics.flatMap(({ name }) => rawTable(report, row, name)),
    ),
  );
}

function rawTable(report: Report, row: ReportRow, metric: string): Markup[] {
  const table = seriesTable(report, row, metric);
  if (table === undefined) return [];
  return [
    dataTable({
      columns: [metric, ...table.kernels],
      rows: table.rows.map(([block = '', ...values]) => [`block ${block}`, ...values]),
    }),
  ];
}
