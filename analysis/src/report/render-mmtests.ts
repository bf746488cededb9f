// SPDX-License-Identifier: Apache-2.0
/**
 * report.mmtests.txt: statistics down and kernels across, in the manner of mmtests: a positive
 * percentage is better whatever the direction of the metric, and stars stand where the verdict is a
 * change. The interval of each change has a line of its own, which mmtests does not have; verdicts
 * and the raw series follow.
 */
import type { Metric } from '@labsweep/proto';
import { designOf, divisorText } from '../block-design.js';
import { type Cell, hostsOf } from '../cell.js';
import type { PercentChange } from '../compare.js';
import type { Report, ReportRow } from '../report-model.js';
import type { Summary } from '../statistics/summary.js';
import type { Verdict } from '../verdict.js';
import { renderAsciiTable } from './ascii-table.js';
import { formatSignedChange, levelDecimals } from './format-number.js';
import { KERNELS_ACROSS_MAX } from './kernel-table.js';
import { allRawSeries, comparedMetrics, noteLines, ownLines } from './own-numbers.js';
import { finishPage, PAGE_COLUMNS, wrapText } from './page.js';
import { cellsOf } from './raw-series.js';

interface Statistic {
  readonly name: string;
  readonly of: (summary: Summary) => number | undefined;
  /** Of a level, the direction of the metric says what is better; of a spread, less is. */
  readonly kind: 'level' | 'spread';
}

const STATISTICS: readonly Statistic[] = [
  { name: 'Min', of: ({ min }) => min, kind: 'level' },
  { name: 'Median', of: ({ median }) => median, kind: 'level' },
  { name: 'Amean', of: ({ mean }) => mean, kind: 'level' },
  { name: 'Max', of: ({ max }) => max, kind: 'level' },
  { name: 'Stddev', of: ({ stdev }) => stdev, kind: 'spread' },
  { name: 'CoeffVar', of: ({ cv }) => (cv === undefined ? undefined : cv * 100), kind: 'spread' },
];

const CHANGES: readonly Verdict[] = ['slower', 'faster', 'higher', 'lower'];

/** Ends with a newline; at most 80 columns. */
export function renderMmtests(report: Report): string {
  const { head, baseline } = report;
  const turn = designOf(head) === 'sandwich' ? 'the first turn of ' : '';
  const lines = [
    ...wrapText(
      'Positive percentages are better; *stars*: the verdict on the primary metric is a change. ' +
        `Percentages compare a statistic with that of ${turn}${baseline}, across blocks and ` +
        'without an interval; rows of several hosts have none, since their levels mix the hosts. ' +
        'CI95 is the 95% interval of the change inside blocks; it is no interval of the ' +
        `percentages above it. Changes, kernel / ${divisorText(head)}, are below as well.`,
    ),
    ...report.rows.flatMap((row) => [
      '',
      row.label,
      ...blocksOf(report, row).flatMap((kernels) => [...table(report, row, kernels), '']),
      ...wrapText(
        '95% intervals of the changes inside blocks, verdicts on the primary metric, noise floor ' +
          'and row status:',
      ),
      ...ownLines(report, { row, columns: PAGE_COLUMNS }),
    ]),
    ...noteLines(report, PAGE_COLUMNS),
    ...allRawSeries(report, PAGE_COLUMNS),
  ];
  return `${finishPage(lines).join('\n')}\n`;
}

/** As many kernels as fit side by side; the baseline heads each block. */
function blocksOf(report: Report, row: ReportRow): string[][] {
  const base = row.kernels.filter((kernel) => kernel === report.baseline);
  const others = row.kernels.filter((kernel) => kernel !== report.baseline);
  for (let across = KERNELS_ACROSS_MAX - base.length; across > 1; across -= 1) {
    const blocks = chunked(others, across).map((each) => [...base, ...each]);
    const fits = blocks.every((kernels) =>
      table(report, row, kernels).every(({ length }) => length <= PAGE_COLUMNS),
    );
    if (fits && blocks.length > 0) return blocks;
  }
  return others.length === 0 ? [base] : others.map((kernel) => [...base, kernel]);
}

function chunked(names: readonly string[], size: number): string[][] {
  const starts = names.map((_, index) => index).filter((index) => index % size === 0);
  return starts.map((start) => names.slice(start, start + size));
}

function table(report: Report, row: ReportRow, kernels: readonly string[]): string[] {
  const rows = comparedMetrics(report).flatMap((metric) => {
    const cells = cellsOf(row, metric.name);
    const base = cells.find(({ kernel }) => kernel === report.baseline);
    const decimals = Math.min(2, levelDecimals(cells));
    const shown = kernels.map((kernel) => cells.find((each) => each.kernel === kernel));
    const statistics = STATISTICS.map((statistic) => [
      [statistic.name],
      [metric.name],
      ...shown.map((cell) => [cellText({ cell, base, statistic, metric, decimals })]),
    ]);
    const isCompared = shown.some((cell) => cell?.comparison.kind === 'compared');
    const intervals = shown.map((cell) => [intervalText(cell, metric)]);
    return [...statistics, ...(isCompared ? [[['CI95'], [metric.name], ...intervals]] : [])];
  });
  return renderAsciiTable({
    columns: [
      { header: '', align: 'left' },
      { header: '', align: 'left' },
      ...kernels.map((kernel) => ({ header: kernel, align: 'right' as const })),
    ],
    rows,
    gap: 2,
  });
}

interface CellParts {
  readonly cell: Cell | undefined;
  readonly base: Cell | undefined;
  readonly statistic: Statistic;
  readonly metric: Metric;
  readonly decimals: number;
}

/**
 * `  489.90 (-112.10%)`, with stars for parentheses at the median where the verdict is a change: of
 * other statistics, and of other metrics, nothing is judged.
 */
function cellText({ cell, base, statistic, metric, decimals }: CellParts): string {
  const value = statisticOf(cell, statistic);
  if (cell === undefined || value === undefined) return '-';
  const text = value.toFixed(decimals);
  const reference = statisticOf(base, statistic);
  const isComparable = cell.comparison.kind === 'baseline' || cell.comparison.kind === 'compared';
  const isOfOneHost = hostsOf([cell, base]).size < 2;
  if (reference === undefined || reference === 0 || !isComparable || !isOfOneHost)
    return `${text} (      -)`;
  const isLowerBetter = statistic.kind === 'spread' || metric.direction !== 'higher';
  const gain = ((value - reference) / reference) * (isLowerBetter ? -100 : 100);
  const percent = `${(gain === 0 ? 0 : gain).toFixed(2).padStart(7)}%`;
  const verdict = statistic.name === 'Median' ? cell.judgement?.verdict : undefined;
  const isStarred = verdict !== undefined && CHANGES.includes(verdict);
  return isStarred ? `${text} *${percent}*` : `${text} (${percent})`;
}

/** `[-115.9, -113.2]%`: inside blocks, and positive for better like all percentages here. */
function intervalText(cell: Cell | undefined, { direction }: Metric): string {
  if (cell?.comparison.kind !== 'compared') return '-';
  const { changePercent } = cell.comparison;
  const gain = direction === 'higher' ? changePercent : turned(changePercent);
  return `${formatSignedChange(gain).range}%`;
}

function turned({ estimate, low, high }: PercentChange): PercentChange {
  return { estimate: -estimate, low: -high, high: -low };
}

function statisticOf(cell: Cell | undefined, { of }: Statistic): number | undefined {
  return cell?.summary === undefined ? undefined : of(cell.summary);
}
