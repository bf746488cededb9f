// SPDX-License-Identifier: Apache-2.0
/**
 * The picture of native against virtual: the effect of each kernel in either environment on one
 * axis, and the levels as a table. The two are never pooled.
 */
import type { Comparison } from '../../compare.js';
import type { MetricSides, NativeVirtual, SideEffects } from '../../native-virtual.js';
import type { Report } from '../../report-model.js';
import {
  apartSentence,
  effectSentence,
  levelCells,
  pairSentences,
} from '../native-virtual-text.js';
import { type ChartRow, intervalChart } from './interval-chart.js';
import { element, type Markup } from './markup.js';
import { dataTable } from './tables.js';

/** Empty when the sweep has no native row beside a virtual one. */
export function nativeVirtualPictures(report: Report): Markup[] {
  const { pairs, apart } = report.sideBySide;
  return [
    ...pairs.flatMap((pair) => pairMarkup(pair)),
    ...apart.map((rows) => element('p', {}, `${apartSentence(rows)}.`)),
  ];
}

function pairMarkup(pair: NativeVirtual): Markup[] {
  const { native, virtual, hostClass, matches, metrics, reference } = pair;
  const others = matches.filter(({ label }) => label !== reference);
  return [
    element('h3', {}, `${virtual} against ${native} on ${hostClass}`),
    ...pairSentences(pair).map((each) => element('p', {}, `${each}.`)),
    element(
      'div',
      { class: 'plots' },
      reference === undefined ? [] : others.map(({ label }) => effectFigure(pair, label)),
    ),
    element(
      'div',
      { class: 'tables' },
      (matches.length > 0 ? metrics : metrics.slice(0, 1)).map(levelTable),
    ),
  ];
}

function effectFigure({ metrics, reference = '' }: NativeVirtual, label: string): Markup {
  const effects = metrics.flatMap(({ metric, effects: all }) =>
    all.filter((each) => each.label === label).map((effect) => ({ metric, effect })),
  );
  const title = `effect of ${label} over ${reference}, change in %`;
  return element(
    'figure',
    {},
    element('figcaption', {}, title),
    intervalChart(
      title,
      effects.flatMap(({ metric, effect }) => effectRows(metric, effect)),
    ),
    element(
      'ul',
      { class: 'soft' },
      effects.map(({ metric, effect }) =>
        element('li', {}, `${metric}: ${effectSentence(effect)}`),
      ),
    ),
  );
}

/** The guest's place is that of the first kernel's colour, the bare machine's of the second. */
function effectRows(metric: string, { native, virtual }: SideEffects): ChartRow[] {
  return [...chartRow(`${metric}, guest`, virtual, 0), ...chartRow(`${metric}, native`, native, 1)];
}

function chartRow(label: string, comparison: Comparison, place: number): ChartRow[] {
  if (comparison.kind !== 'compared') return [];
  const { estimate, low, high } = comparison.changePercent;
  return [{ label, estimate, low, high, place }];
}

function levelTable({ metric, levels }: MetricSides): Markup {
  return dataTable({
    columns: [metric, 'native', 'virtual', 'virtual / native'],
    rows: levels.map((each) => levelCells(each).map((cell) => cell.trim())),
  });
}
