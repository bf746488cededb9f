// SPDX-License-Identifier: Apache-2.0
/** The founding report's table as text, from summaries and therefore without intervals. */
import { renderAsciiTable } from './ascii-table.js';
import { formatShare } from './format-number.js';
import { type FoundingOptions, type FoundingRow, foundingRows } from './founding-rows.js';
import type { SummaryCell } from './founding-summary.js';
import { finishPage, wrapText } from './page.js';

/** ASCII, at most 80 columns, ends with a newline. */
export function renderFoundingTable(
  cells: readonly SummaryCell[],
  options: FoundingOptions,
): string {
  const rows = foundingRows(cells, options);
  const { metric, good, bad, candidate } = options;
  const lines = [
    ...wrapText(`${metric} (lower is better): good ${good}, bad ${bad}, candidate ${candidate}`),
    'no intervals: the source has summaries only',
    ...wrapText(`kernels: ${releases(rows).join(', ')}`),
    '',
    'mean (median) of the runs',
    ...levels(rows, options),
    '',
    ...wrapText(
      `${candidate} against ${bad}: faster = (bad - candidate) / bad, gap closed = ` +
        '(bad - candidate) / (bad - good)',
    ),
    ...changes(rows),
    ...remarks(rows),
  ];
  return `${finishPage(lines).join('\n')}\n`;
}

function releases(rows: readonly FoundingRow[]): string[] {
  const cells = rows.flatMap(({ good, bad, candidate }) => [good, bad, candidate]);
  return [...new Set(cells.map(({ kernel, release }) => `${kernel} = ${release}`))];
}

function levels(rows: readonly FoundingRow[], options: FoundingOptions): string[] {
  const text = ({ mean, median }: SummaryCell): string =>
    `${mean.toFixed(1)} (${median.toFixed(1)})`;
  return renderAsciiTable({
    columns: [
      { header: 'smp', align: 'right' },
      { header: options.good, align: 'left' },
      { header: options.bad, align: 'left' },
      { header: options.candidate, align: 'left' },
      { header: 'ok runs', align: 'left' },
      { header: 'failed', align: 'left' },
    ],
    rows: rows.map(({ smp, good, bad, candidate }) =>
      [
        String(smp),
        ...[good, bad, candidate].map(text),
        [good, bad, candidate].map((cell) => cell.runsOk).join(' '),
        [good, bad, candidate].map((cell) => cell.runsFailed).join(' '),
      ].map((cell) => [cell]),
    ),
    gap: 2,
  });
}

function changes(rows: readonly FoundingRow[]): string[] {
  const percent = (fraction: number | undefined): string =>
    fraction === undefined ? '-' : formatShare(fraction, 1);
  return renderAsciiTable({
    columns: [
      { header: 'smp', align: 'right' },
      { header: 'faster by mean', align: 'right' },
      { header: 'by median', align: 'right' },
      { header: 'gap closed by mean', align: 'right' },
      { header: 'by median', align: 'right' },
      { header: 'row status', align: 'left' },
    ],
    rows: rows.map(({ smp, byMean, byMedian, status }) =>
      [
        String(smp),
        percent(byMean.faster),
        percent(byMedian.faster),
        percent(byMean.gapClosed),
        percent(byMedian.gapClosed),
        status,
      ].map((cell) => [cell]),
    ),
    gap: 2,
  });
}

/** Reasons of supporting rows and warnings, each under its CPU count. */
function remarks(rows: readonly FoundingRow[]): string[] {
  const lines = rows.flatMap(({ smp, reasons, warnings }) => [
    ...reasons.flatMap((reason) => wrapText(`smp ${smp}: supporting: ${reason}`)),
    ...warnings.flatMap((warning) => wrapText(`smp ${smp}: WARNING: ${warning}`)),
  ]);
  return lines.length === 0 ? [] : ['', ...lines];
}
