// SPDX-License-Identifier: Apache-2.0
/** The table of gap closed, with warnings where mean and median tell different stories. */
import type { GapClosed } from '../gap-closed.js';
import type { Report } from '../report-model.js';
import { renderAsciiTable, type TableCell } from './ascii-table.js';
import { formatRange, formatShare } from './format-number.js';
import { wrapText } from './page.js';

/** Empty when the spec names no gap. */
export function renderGapClosed(report: Report): string[] {
  const { gap, primary } = report;
  if (gap === undefined) return [];
  const rows = report.rows.filter((row) => row.kernels.length > 1);
  const closed = rows.flatMap(({ label, gapClosed }) =>
    gapClosed?.kind === 'closed' ? [{ label, gapClosed }] : [],
  );
  const table = renderAsciiTable({
    columns: [
      { header: 'row', align: 'left' },
      { header: 'n', align: 'right' },
      { header: 'of', align: 'left' },
      { header: 'closed', align: 'right' },
      { header: '95% interval', align: 'left' },
      { header: 'by cells', align: 'right' },
    ],
    rows: closed.map(({ label, gapClosed }) => [[label], ...gapNumbers(gapClosed)]),
    gap: 2,
  });
  return [
    ...wrapText(
      `Gap closed by ${gap.candidate}, ${primary.name}: (${gap.bad} - ${gap.candidate}) / ` +
        `(${gap.bad} - ${gap.good}) inside blocks; median of the blocks, ` +
        'ratio of their means (Fieller 1954), beside them the same by cells',
    ),
    ...(closed.length === 0 ? [] : table.map((line) => `  ${line}`)),
    ...rows.flatMap(({ label, gapClosed }) => remark(label, gapClosed)),
  ];
}

/** n, then of what, share, interval and share by cells: the median's line above the mean's. */
export function gapNumbers(closed: Extract<GapClosed, { kind: 'closed' }>): TableCell[] {
  const { fraction, ofMeans, byMeans, byMedians } = closed;
  const percent = (value: number | undefined): string =>
    value === undefined ? '-' : formatShare(value, 1);
  const rangeOf = ({ low, high }: { readonly low: number; readonly high: number }): string =>
    formatRange(percent(low), percent(high));
  const { interval } = fraction;
  return [
    [String(fraction.n)],
    ['median', 'mean'],
    [percent(fraction.median), percent(ofMeans.ratio)],
    [interval.method === 'none' ? interval.reason : rangeOf(interval), rangeOf(ofMeans)],
    [percent(byMedians), percent(byMeans)],
  ];
}

function remark(label: string, closed: GapClosed | undefined): string[] {
  if (closed?.kind === 'refused') {
    return wrapText(`${label}: refused, ${closed.reason}`, { prefix: '  ' });
  }
  if (closed?.storyDistancePoints === undefined) return [];
  return wrapText(
    `WARNING ${label}: mean and median tell different stories, ` +
      `${closed.storyDistancePoints.toFixed(1)} points apart; look at the raw series`,
    { prefix: '  ' },
  );
}
