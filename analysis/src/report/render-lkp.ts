// SPDX-License-Identifier: Apache-2.0
/**
 * report.lkp.txt: tables in the manner of the kernel test robot, whose readers know where to look.
 * A value is the median of a kernel's trials and `%change` the change inside blocks, where the
 * robot compares means; intervals, verdicts and the raw series follow.
 */
import type { Metric } from '@labsweep/proto';
import { designOf, divisorText } from '../block-design.js';
import { type Cell, hostsOf } from '../cell.js';
import type { FailedTrial } from '../failed-trials.js';
import type { Report, ReportRow } from '../report-model.js';
import { allRawSeries, comparedMetrics, noteLines, ownLines } from './own-numbers.js';
import { finishPage, PAGE_COLUMNS, wrapText } from './page.js';
import { cellsOf } from './raw-series.js';

/** As the robot sets them. */
const VALUE_COLUMNS = 10;
const ERROR_COLUMNS = 6;
const SIDE_COLUMNS = VALUE_COLUMNS + ERROR_COLUMNS;
const CHANGE_COLUMNS = 11;
/** A spread below it, as a fraction, is not shown. */
const SPREAD_MIN = 0.02;
/** The robot's own lines pass 80 columns where a metric's name is long. */
const LINE_COLUMNS = 160;
const RULE = '='.repeat(PAGE_COLUMNS);

/** Ends with a newline; at most 80 columns but for the names of metrics. */
export function renderLkp(report: Report): string {
  const rows = report.rows.filter(({ kernels }) => kernels.includes(report.baseline));
  const tables = rows.flatMap((row) =>
    row.kernels
      .filter((kernel) => kernel !== report.baseline)
      .flatMap((kernel) => [...pairTable(report, row, kernel), '']),
  );
  const { head } = report;
  const turn = designOf(head) === 'sandwich' ? ' (of the baseline: those of its first turn)' : '';
  const lines = [
    ...wrapText(
      `Values are medians of trials${turn}, %stddev is that of the trials, %change is the centre of ` +
        `the ratios inside blocks, kernel / ${divisorText(head)}.`,
    ),
    '',
    ...tables,
    ...wrapText(
      '95% intervals of %change, verdicts on the primary metric, noise floor and row status:',
    ),
    ...report.rows.flatMap((row) => [
      row.label,
      ...ownLines(report, { row, columns: PAGE_COLUMNS }),
    ]),
    ...noteLines(report, PAGE_COLUMNS),
    ...allRawSeries(report, PAGE_COLUMNS),
  ];
  return `${finishPage(lines, LINE_COLUMNS).join('\n')}\n`;
}

function pairTable(report: Report, row: ReportRow, kernel: string): string[] {
  const { baseline, head } = report;
  const other = CHANGE_COLUMNS + SIDE_COLUMNS;
  return [
    RULE,
    'environment/smp/scenario/testcase:',
    `  ${[row.environment, row.shape.smp, row.scenario || '-', head.workload.name].join('/')}`,
    '',
    'commit:',
    `  ${commitText(report, baseline)}`,
    `  ${commitText(report, kernel)}`,
    '',
    `${fitted(baseline, SIDE_COLUMNS)} ${fitted(kernel, other)}`,
    `${'-'.repeat(SIDE_COLUMNS)} ${'-'.repeat(other)}`,
    ...failureRows(report, row, kernel),
    '         %stddev     %change         %stddev',
    '             \\          |                \\',
    ...comparedMetrics(report).flatMap((metric) => metricRow(row, { baseline, kernel, metric })),
  ];
}

function commitText({ head }: Report, name: string): string {
  const release = head.kernels.find((kernel) => kernel.name === name)?.release ?? '';
  return release === '' ? name : `${name} ("${release}")`;
}

function fitted(name: string, columns: number): string {
  return name.slice(0, columns).padStart(columns);
}

function metricRow(
  row: ReportRow,
  { baseline, kernel, metric }: { baseline: string; kernel: string; metric: Metric },
): string[] {
  const find = (name: string): Cell | undefined =>
    cellsOf(row, metric.name).find((cell) => cell.kernel === name);
  const [base, other] = [find(baseline), find(kernel)];
  if (base?.summary === undefined || other?.summary === undefined) return [];
  const change = changeText(metric, { base, other });
  return [`${sideText(base)} ${change} ${sideText(other)}  ${row.workload}.${metric.name}`];
}

function sideText({ summary, spread = 0 }: Cell): string {
  if (summary === undefined) return ' '.repeat(SIDE_COLUMNS);
  const percent = Math.round(spread * 100);
  const error = spread > SPREAD_MIN ? ` +-${String(percent).padStart(2)}%` : '';
  return `${valueText(summary.median).padStart(VALUE_COLUMNS)}${error.padEnd(ERROR_COLUMNS)}`;
}

function valueText(value: number): string {
  const size = Math.abs(value);
  if (size > 1e8) return value.toExponential(3);
  return value.toFixed(size < 1000 ? 2 : 0);
}

/** A metric in percent changes by points, which need no sign of percent. */
function changeText(metric: Metric, { base, other }: { base: Cell; other: Cell }): string {
  const { comparison } = other;
  if (comparison.kind !== 'compared') return 'n/a'.padStart(CHANGE_COLUMNS);
  // Medians of several hosts mix their levels; their change is that inside blocks.
  if (metric.unit === '%' && hostsOf([base, other]).size < 2) {
    const points = (other.summary?.median ?? 0) - (base.summary?.median ?? 0);
    return signed(points)
      .padStart(CHANGE_COLUMNS - 1)
      .padEnd(CHANGE_COLUMNS);
  }
  return `${signed(comparison.changePercent.estimate)}%`.padStart(CHANGE_COLUMNS);
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
}

/** Failed trials by class come first, as with the robot; nothing where none failed. */
function failureRows(report: Report, row: ReportRow, kernel: string): string[] {
  const own = report.failures.filter(({ trial }) => trial.startsWith(`${row.row}/`));
  const classes = [...new Set(own.map((failed) => failed.class))];
  const counted = classes.flatMap((name) => {
    const [base, other] = [report.baseline, kernel].map((each) =>
      failedShare(
        row,
        each,
        own.filter((failed) => failed.class === name),
      ),
    );
    if (base === undefined || other === undefined || base.failed + other.failed === 0) return [];
    const share = (other.failed / other.runs - base.failed / base.runs) * 100;
    const text = `${base.text.padStart(14)}${`${share.toFixed(0)}%`.padStart(14)}`;
    return [`${text}${other.text.padStart(14)}    ${row.workload}.${name}`];
  });
  if (counted.length === 0) return [];
  return [
    '       fail:runs  %reproduction    fail:runs',
    '           |             |             |',
    ...counted,
  ];
}

function failedShare(row: ReportRow, kernel: string, failures: readonly FailedTrial[]) {
  const runs = row.trialsByKernel.find((each) => each.kernel === kernel)?.planned ?? 0;
  const failed = new Set(
    failures.filter((each) => each.kernel === kernel).map(({ trial }) => trial),
  ).size;
  if (runs === 0) return undefined;
  return { runs, failed, text: `${failed === 0 ? '' : failed}:${runs}` };
}
