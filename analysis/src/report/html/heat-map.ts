// SPDX-License-Identifier: Apache-2.0
/**
 * The matrix of one metric: rows down, kernels across, in each cell the ratio to the baseline, its
 * interval and n. Colour follows the direction of the metric and only what is decided; a cell with
 * failures is hatched, never blank.
 */
import type { KernelName, Metric } from '@labsweep/proto';
import type { Cell } from '../../cell.js';
import type { Report, ReportRow } from '../../report-model.js';
import type { Verdict } from '../../verdict.js';
import { formatFactor, formatFactorRange, formatLevel, levelDecimals } from '../format-number.js';
import { metricText } from '../headline.js';
import { cellsOf } from '../raw-series.js';
import { element, type Markup } from './markup.js';

/** On the distance of a ratio from 1; beyond the last one the colour is strongest. */
const STEPS = [0.02, 0.1, 0.3, 1];

export function heatMap(report: Report, metric: Metric): Markup {
  const kernels = report.head.kernels
    .map(({ name }) => name)
    .filter((name) => report.rows.some((row) => row.kernels.includes(name)));
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'row'),
    kernels.map((name) => element('th', { scope: 'col' }, name)),
  );
  const body = report.rows.map((row) => {
    const cells = kernels.map((kernel) => heatCell(row, { kernel, metric }));
    return element('tr', {}, element('th', { scope: 'row' }, row.label), cells);
  });
  const words = `${metricText(metric)}, baseline ${report.baseline}`;
  const caption = element('caption', { class: 'soft' }, words);
  const rows = [element('thead', {}, head), element('tbody', {}, body)];
  return element('div', { class: 'scroll' }, element('table', { class: 'heat' }, caption, rows));
}

export function heatLegend(metric: Metric): Markup {
  const box = (style: string, words: string): Markup =>
    element('span', {}, element('span', { class: `box ${style}` }), words);
  const boxes =
    metric.direction === 'none'
      ? [box('c3', 'changed')]
      : [box('w3', 'slower'), box('g3', 'faster')];
  return element(
    'p',
    { class: 'legend' },
    boxes,
    box('', 'same, not decided, or the baseline'),
    box('hatch', 'with failed trials, or without a value'),
    'stronger colour: larger change (steps at 2, 10, 30 and 100 %)',
  );
}

function heatCell(
  row: ReportRow,
  { kernel, metric }: { readonly kernel: KernelName; readonly metric: Metric },
): Markup {
  const cells = cellsOf(row, metric.name);
  const cell = cells.find((each) => each.kernel === kernel);
  if (cell === undefined) return element('td', {}, element('small', {}, 'not in this row'));
  const failed = row.trialsByKernel.find((each) => each.kernel === kernel)?.failed ?? 0;
  const isHatched = failed > 0 || cell.values.length < cell.expected;
  const styles = [colour(cell, metric), isHatched ? 'hatch' : ''].filter((each) => each !== '');
  const decimals = levelDecimals(cells);
  const { summary } = cell;
  const lines = [
    ...cellLines(cell, decimals),
    ...(summary === undefined ? [] : [`mean ${formatLevel(summary.mean, decimals)}`]),
    `n=${cell.values.length}${cell.values.length < cell.expected ? ` of ${cell.expected}` : ''}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ];
  const [first = '', ...others] = lines;
  return element(
    'td',
    { class: styles.length === 0 ? undefined : styles.join(' ') },
    element('b', {}, first),
    others.map((each) => element('small', {}, each)),
  );
}

/** What stands large, then what stands below it. */
function cellLines({ comparison, summary, judgement }: Cell, decimals: number): string[] {
  const level = summary === undefined ? 'no value' : formatLevel(summary.median, decimals);
  switch (comparison.kind) {
    case 'baseline':
      return [level, 'baseline'];
    case 'compared': {
      const { ratio, interval } = comparison.ratio;
      const range = interval.method === 'none' ? [] : [formatFactorRange(interval)];
      const verdict = judgement === undefined ? [] : [judgement.verdict.replaceAll('-', ' ')];
      return [formatFactor(ratio), ...range, ...verdict, level];
    }
    case 'not-comparable':
      return [level, 'not comparable', `${comparison.cause} differs`];
    case 'not-compared':
      return [level, comparison.reason === 'no-baseline-in-row' ? 'level only' : 'no interval'];
  }
}

/** `w`: worse, `g`: better, `c`: changed; none where nothing is decided. */
function colour({ comparison, judgement }: Cell, metric: Metric): string {
  if (comparison.kind !== 'compared') return '';
  const found: Verdict | 'no-clear-difference' = judgement?.verdict ?? comparison.direction;
  const letter = { slower: 'w', faster: 'g', higher: 'c', lower: 'c' }[found as string];
  if (letter === undefined) return '';
  const distance = Math.abs(Math.log(comparison.ratio.ratio));
  const step = STEPS.filter((each) => distance >= Math.log1p(each)).length + 1;
  return `${metric.direction === 'none' ? 'c' : letter}${step}`;
}
