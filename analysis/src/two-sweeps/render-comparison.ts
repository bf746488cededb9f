// SPDX-License-Identifier: Apache-2.0
/**
 * Two sweeps side by side, as text for people and as JSON for programs. It computes nothing.
 */
import type { Agreement } from '../environment-effect.js';
import { isSameBuild } from '../environment-side.js';
import { renderAsciiTable } from '../report/ascii-table.js';
import { decimalsFor } from '../report/format-number.js';
import {
  changeText,
  levelRatioText,
  levelText,
  ratioText,
  roundingSentences,
} from '../report/native-virtual-text.js';
import { finishPage, PAGE_COLUMNS, wrapText } from '../report/page.js';
import { stateText, wordsOfKey } from '../state-words.js';
import type {
  ComparedEffect,
  ComparedKernel,
  ComparedLevel,
  ComparedMetric,
  ComparedRow,
  SweepComparison,
} from './compare-sweeps.js';
import type { SetupDifference } from './difference.js';

/** Goes up when a field changes its meaning; new fields do not count. */
export const COMPARISON_SCHEMA = 'labsweep-comparison/1';
const SHA256 = /^[0-9a-f]{64}$/;
/** What is longer says as much by its begin; the JSON has it whole. */
const VALUE_CHARACTERS_MAX = 60;

/** Indented, and ends with a newline. */
export function renderComparisonJson(comparison: SweepComparison): string {
  return `${JSON.stringify({ schema: COMPARISON_SCHEMA, ...comparison }, undefined, 2)}\n`;
}

/** At most 80 columns; ends with a newline. */
export function renderComparison(comparison: SweepComparison): string {
  const { a, b, rows, onlyInA, onlyInB, isOneSweep } = comparison;
  const lines = [
    `A: ${a.sweep}, ${a.state}`,
    `B: ${b.sweep}, ${b.state}`,
    ...(isOneSweep ? ['A and B are one sweep: that they agree says nothing.'] : []),
    ...(rows.length === 0
      ? ['', 'No row of one has the scenario and the CPU count of a row of the other.']
      : []),
    ...rows.flatMap((row) => ['', '', ...rowLines(row)]),
    ...onlyLines('A', onlyInA),
    ...onlyLines('B', onlyInB),
    ...(rows.length === 0 ? [] : ['', '', ...notes()]),
  ];
  return `${finishPage(lines).join('\n')}\n`;
}

function onlyLines(name: string, labels: readonly string[]): string[] {
  if (labels.length === 0) return [];
  return ['', ...wrapText(`Only in ${name}: ${labels.join(', ')}`)];
}

function notes(): string[] {
  return [
    'Notes',
    ...[
      'Ratios are B / A of geometric means with 95% intervals by Welch, beside p by rank sums for ' +
        'each alone, and only of what is known to be the same in both: host class, environment, workload and kernel. The two sweeps ' +
        'ran at different times, which no interval covers.',
      'Effects are taken inside the blocks of each sweep. "~": the interval includes 0.',
    ].flatMap((note) => wrapText(note, { prefix: '  - ' })),
  ];
}

function rowLines(row: ComparedRow): string[] {
  const { a, b, hostClass } = row;
  const name = a === b ? a : `${a} (A) and ${b} (B)`;
  return [
    ...wrapText(hostClass === undefined ? name : `${name}, on ${hostClass}`),
    ...differenceLines(row),
    ...row.kernels.flatMap(kernelLines),
    ...(row.kernels.length === 0
      ? wrapText('no kernel ran in both: there is nothing to compare', { prefix: '  ' })
      : []),
    ...row.metrics.flatMap((metric) => levelTable(row, metric)),
    ...effectLines(row),
  ];
}

/** A comparison has one factor, or is none. */
function differenceLines({ differences, metrics }: ComparedRow): string[] {
  const all = [...differences, ...metrics.flatMap((metric) => metric.differences)];
  const factors = all.filter(({ weight }) => weight !== 'detail');
  const title =
    factors.length === 0
      ? 'setup: no difference is known'
      : factors.length === 1
        ? 'setup: a single factor differs'
        : `setup: ${factors.length} factors differ, so none of them explains a change alone`;
  const refused = factors.some(({ weight }) => weight === 'identity')
    ? ['other things were measured: levels have no ratio']
    : [];
  return [
    ...wrapText([title, ...refused].join('; '), { prefix: '  ' }),
    ...all.flatMap((each) => wrapText(differenceText(each), { prefix: '    ' })),
  ];
}

function differenceText({ factor, a, b, weight }: SetupDifference): string {
  const also = weight === 'detail' ? 'with it ' : '';
  return `${also}${factor}: ${shortened(a)} in A, ${shortened(b)} in B`;
}

function shortened(value: string): string {
  if (SHA256.test(value)) return value.slice(0, 12);
  return value.length <= VALUE_CHARACTERS_MAX
    ? value
    : `${value.slice(0, VALUE_CHARACTERS_MAX)}...`;
}

function kernelLines({ a, b, differences, stateDifferences }: ComparedKernel): string[] {
  const isRenamed = a.kernel !== b.kernel;
  const [state, ...others] = stateDifferences;
  const sentences = [
    ...(isRenamed ? [`called ${b.kernel} in B`] : []),
    ...(differences.some(({ weight }) => weight === 'identity')
      ? ['not the same kernel in both, so its levels have no ratio']
      : []),
    ...differences.map(differenceText),
    ...(state === undefined
      ? []
      : [
          `the workload's state differs: ${wordsOfKey(state.key)} ` +
            `${stateText(state.key, state.baseline)} in A, ` +
            `${stateText(state.key, state.kernel)} in B` +
            `${others.length === 0 ? '' : ` and ${others.length} more`}`,
        ]),
  ];
  if (sentences.length === 0) return [];
  return wrapText(`${a.kernel}: ${sentences.join('; ')}`, { prefix: '  ' });
}

function levelTable({ kernels }: ComparedRow, { metric, unit, levels }: ComparedMetric): string[] {
  if (kernels.length === 0) return [];
  const title = unit === '' ? metric : `${metric} (${unit})`;
  const table = renderAsciiTable({
    columns: [
      { header: '', align: 'left' },
      { header: 'A', align: 'right' },
      { header: 'B', align: 'right' },
      { header: 'B / A', align: 'left' },
    ],
    rows: levels.map((level) => levelCells(level).map((text) => [text])),
    gap: 2,
  }).map((line) => `  ${line}`);
  const rounding = roundingSentences(metric, levels).flatMap((sentence) =>
    wrapText(sentence, { prefix: '  ' }),
  );
  // Above the table and not in its head: a long name would leave the numbers no room.
  if (table.every((line) => line.length <= PAGE_COLUMNS)) {
    return ['', ...wrapText(title, { prefix: '  ' }), ...table, ...rounding];
  }
  const lines = levels.flatMap((level) =>
    wrapText(`${title}: ${levelCells(level).join(', ')}`, { prefix: '  ' }),
  );
  return ['', ...lines, ...rounding];
}

function levelCells({ kernel, a, b, ratio }: ComparedLevel): string[] {
  const medians = [a, b].flatMap((level) => (level === undefined ? [] : [level.median]));
  const levels = [a, b].map((level) => levelText(level, decimalsFor(medians)));
  return [`  ${kernel.kernel}`, ...levels, levelRatioText(ratio)];
}

function effectLines({ metrics, kernels, reference }: ComparedRow): string[] {
  if (reference === undefined) return [];
  const others = kernels.filter(({ a }) => a.kernel !== reference.a);
  return others.flatMap(({ a }) => [
    '',
    ...wrapText(`effect of ${a.kernel} over ${reference.a}`, { prefix: '  ' }),
    ...metrics.flatMap(({ metric, effects }) =>
      effects
        .filter(({ kernel }) => kernel.kernel === a.kernel && isSameBuild(kernel, a))
        .flatMap((effect) => wrapText(`${metric}: ${effectText(effect)}`, { prefix: '    ' })),
    ),
  ]);
}

function effectText({ a, b, agreement }: ComparedEffect): string {
  const text = (comparison: ComparedEffect['a']) =>
    comparison === undefined ? 'nothing comparable (state differs)' : changeText(comparison);
  const agreed = agreementText(agreement);
  return `A ${text(a)}, B ${text(b)}${agreed === '' ? '' : `: ${agreed}`}`;
}

/** With the factor of B divided by that of A, where both have an interval. */
function agreementText(agreement: Agreement): string {
  const words = agreementWords(agreement);
  if (agreement.kind === 'unknown' || agreement.effectRatio === undefined) return words;
  return `${words}; effect of B / effect of A ${ratioText(agreement.effectRatio)}`;
}

function agreementWords(agreement: Agreement): string {
  switch (agreement.kind) {
    case 'same-direction':
      return agreement.isSameSize
        ? 'they agree: same direction, no clear difference in size'
        : 'same direction, another size';
    case 'opposite-directions':
      return 'they contradict each other: opposite directions';
    case 'virtual-only':
      return 'only B shows a clear effect';
    case 'native-only':
      return 'only A shows a clear effect';
    case 'neither':
      return 'no clear effect in either';
    case 'unknown':
      return '';
  }
}
