// SPDX-License-Identifier: Apache-2.0
/**
 * The table of a mail: kernels down, at most three in a block that begins with the baseline, the
 * baseline's second turn last, and never wider than a mail. It shows the primary metric.
 */
import type { Cell } from '../../cell.js';
import type { Report, ReportRow } from '../../report-model.js';
import type { MedianInterval } from '../../statistics/median-interval.js';
import { renderAsciiTable, type TableCell, type TableColumn } from '../ascii-table.js';
import { formatLevel, formatP, formatSignedChange, levelDecimals } from '../format-number.js';
import { KERNELS_ACROSS_MAX } from '../kernel-table.js';
import { wrapText } from '../page.js';

const COLUMNS: readonly TableColumn[] = [
  { header: 'kernel', align: 'left' },
  { header: 'smp', align: 'right' },
  { header: 'n', align: 'right' },
  { header: 'median', align: 'right' },
  { header: '+-CI95', align: 'right' },
  { header: 'change', align: 'right' },
  { header: '95% CI', align: 'left' },
  { header: 'p adj', align: 'right' },
];

const NOT_COMPARED = {
  'no-baseline-in-row': '-',
  'too-few-pairs': 'no interval',
  'not-positive': 'not positive',
} as const;

/** One table for each row of the report, under its label. */
export function mailTables(report: Report, columns: number): string[] {
  return report.rows.flatMap((row) => {
    return [
      '',
      ...wrapText(`${row.label}${statusText(row)}`, { columns }),
      ...tableRows(report, row).flatMap((rows, index) => [
        ...(index === 0 ? [] : ['']),
        ...setBlock(rows, columns),
      ]),
      ...meanLine(report, row, columns),
    ];
  });
}

/** The means, for which the table has no room, in its order. */
function meanLine({ baseline }: Report, row: ReportRow, columns: number): string[] {
  const cells = baselineFirst(row.metrics[0]?.cells ?? [], baseline).flat();
  const decimals = levelDecimals(cells);
  const again = row.again === undefined ? [] : [row.again];
  const means = [...cells, ...again].flatMap(({ kernel, summary }) =>
    summary === undefined ? [] : [`${kernel} ${formatLevel(summary.mean, decimals)}`],
  );
  return means.length === 0
    ? []
    : wrapText(`means: ${means.join(', ')}`, { prefix: '  ', columns });
}

/** The texts of each line, block by block. */
function tableRows(report: Report, row: ReportRow): string[][][] {
  const cells = row.metrics[0]?.cells ?? [];
  const decimals = levelDecimals(cells);
  const blocks = blocksOf(cells, report).map((block) =>
    block.map((cell) => rowCells(cell, { row, decimals })),
  );
  if (row.again === undefined) return blocks;
  const texts = rowCells(row.again, { row, decimals });
  // Judged it is not: what it differs by is what the setup does to equal kernels.
  const means = report.head.order === 'sandwich' ? 'drift' : 'noise';
  const again = [...texts.slice(0, -1), means];
  return blocks.map((rows, index) => (index === blocks.length - 1 ? [...rows, again] : rows));
}

function statusText({ status }: ReportRow): string {
  return status.kind === 'clean' ? '' : ` (${status.kind})`;
}

/** The baseline heads each block, so that each can be read alone. */
function blocksOf(cells: readonly Cell[], { baseline }: Report): Cell[][] {
  const [first, others] = baselineFirst(cells, baseline);
  const size = KERNELS_ACROSS_MAX - first.length;
  const starts = others.map((_, index) => index).filter((index) => index % size === 0);
  if (starts.length === 0) return [first];
  return starts.map((start) => [...first, ...others.slice(start, start + size)]);
}

/** The baseline's cell, if the row has one, and all others. */
function baselineFirst(cells: readonly Cell[], baseline: string): [Cell[], Cell[]] {
  const first = cells.filter(({ kernel }) => kernel === baseline);
  return [first, cells.filter(({ kernel }) => kernel !== baseline)];
}

/** Side by side where it fits; else each kernel's name on a line of its own. */
function setBlock(rows: readonly (readonly string[])[], columns: number): string[] {
  const fits = (lines: readonly string[]): boolean =>
    lines.every(({ length }) => length <= columns);
  for (const gap of [2, 1]) {
    const lines = renderAsciiTable({ columns: COLUMNS, rows: rows.map(asLines), gap });
    if (fits(lines)) return lines;
  }
  const [, ...narrow] = COLUMNS;
  const [header = '', ...lines] = renderAsciiTable({
    columns: narrow,
    rows: rows.map(([, ...cells]) => asLines(cells)),
    gap: 1,
  });
  const indented = lines.map((line, index) => [
    ...wrapText(rows[index]?.[0] ?? '', { columns }),
    `  ${line}`,
  ]);
  if (fits([header, ...indented.flat()])) return [`  ${header}`, ...indented.flat()];
  const words = COLUMNS.map((column) => column.header);
  return rows.flatMap((texts) =>
    wrapText(texts.map((text, index) => `${words[index]} ${text}`).join(', '), { columns }),
  );
}

function asLines(texts: readonly string[]): TableCell[] {
  return texts.map((text) => [text]);
}

function rowCells(
  { kernel, values, expected, summary, interval, comparison, judgement }: Cell,
  { row, decimals }: { readonly row: ReportRow; readonly decimals: number },
): string[] {
  const n = values.length < expected ? `${values.length}/${expected}` : String(values.length);
  const start = [
    kernel,
    String(row.shape.smp),
    n,
    summary === undefined ? '-' : formatLevel(summary.median, decimals),
    reachText(interval, { median: summary?.median, decimals }),
  ];
  switch (comparison.kind) {
    case 'baseline':
      return [...start, 'baseline', '', ''];
    case 'compared': {
      const { size, range } = formatSignedChange(comparison.changePercent);
      const p = judgement?.pAdjusted;
      return [...start, size, range, p === undefined ? '-' : formatP(p)];
    }
    case 'not-comparable':
      return [...start, '-', `${comparison.cause} differs`, '-'];
    case 'not-compared':
      return [...start, '-', NOT_COMPARED[comparison.reason], '-'];
  }
}

/** The farther end of an interval that need not be symmetric. */
function reachText(
  interval: MedianInterval,
  { median, decimals }: { readonly median: number | undefined; readonly decimals: number },
): string {
  if (interval.method === 'none' || median === undefined) return '-';
  return formatLevel(Math.max(interval.high - median, median - interval.low), decimals);
}
