// SPDX-License-Identifier: Apache-2.0
/**
 * The section that puts native and virtual rows side by side: levels with their ratio, and for each
 * kernel whether the environments agree on its effect.
 */
import type { Comparison } from '../compare.js';
import type { Agreement } from '../environment-effect.js';
import type { SideLevel, SideLevels } from '../environment-levels.js';
import type { OtherBuild } from '../environment-side.js';
import type { ApartRows, NativeVirtual, SideEffects } from '../native-virtual.js';
import type { Report } from '../report-model.js';
import { stateText, wordsOfKey } from '../state-words.js';
import type { LevelRatio } from '../statistics/level-ratio.js';
import type { RatioEstimate } from '../statistics/welch.js';
import { renderAsciiTable } from './ascii-table.js';
import {
  decimalsFor,
  formatCompactChange,
  formatFactor,
  formatFactorRange,
  formatLevel,
  formatSignedRange,
} from './format-number.js';
import { PAGE_COLUMNS, wrapText } from './page.js';

/** Empty when the sweep has no native row beside a virtual one. */
export function renderNativeVirtual(report: Report): string[] {
  const { pairs, apart } = report.sideBySide;
  if (pairs.length + apart.length === 0) return [];
  return [
    ...wrapText(
      'Native against virtual (never pooled; ratios virtual / native of geometric means with 95% ' +
        'intervals by Welch and p by rank sums; effects inside the blocks of each environment)',
    ),
    ...pairs.flatMap((pair) => ['', ...pairLines(pair)]),
    ...apart.flatMap((rows) => ['', ...wrapText(apartSentence(rows), { prefix: '  ' })]),
  ];
}

/** One line, not wrapped. */
export function apartSentence({ virtual, native, ...classes }: ApartRows): string {
  const [guests, machines] = [classes.virtualClasses, classes.nativeClasses];
  return (
    `${virtual} against ${native}: not put side by side, they ran on different classes of host ` +
    `(virtual: ${guests.join('; ')}. native: ${machines.join('; ')})`
  );
}

function pairLines(pair: NativeVirtual): string[] {
  return [
    ...wrapText(`${pair.virtual} against ${pair.native} on ${hostsText(pair)}`, { prefix: '  ' }),
    ...pairSentences(pair).flatMap((sentence) => wrapText(sentence, { prefix: '    ' })),
    ...levelTable(pair),
    ...effectLines(pair),
  ];
}

function hostsText({ hostClass, nativeHosts, virtualHosts }: NativeVirtual): string {
  const [native, virtual] = [nativeHosts.join(', '), virtualHosts.join(', ')];
  const hosts = native === virtual ? native : `virtual on ${virtual}, native on ${native}`;
  return `${hostClass} (${hosts})`;
}

/** What a reader must know before the numbers of a pair: one sentence each, not wrapped. */
export function pairSentences(pair: NativeVirtual): string[] {
  return [
    ...matchSentences(pair),
    ...settingSentences(pair),
    ...stateSentences(pair),
    ...pair.metrics.flatMap(({ metric, levels }) => roundingSentences(metric, levels)),
  ];
}

function matchSentences({ matches, otherBuilds }: NativeVirtual): string[] {
  const [only, second] = matches;
  const sentence =
    only === undefined
      ? 'no kernel ran in both environments: these are levels of different kernels, and no ' +
        'comparison'
      : `only ${only.label} ran in both environments: its levels are compared; an effect needs ` +
        'a second kernel in both';
  return [...otherBuilds.map(otherBuildText), ...(second === undefined ? [sentence] : [])];
}

function otherBuildText({ release, nativeVersions, virtualVersion }: OtherBuild): string {
  const words = (version: string) => (version === '' ? 'of an unknown build' : `'${version}'`);
  return (
    `${release} is not the same kernel in both environments: ${words(virtualVersion)} in the ` +
    `guest, ${nativeVersions.map(words).join(' or ')} natively`
  );
}

function settingSentences({ settings }: NativeVirtual): string[] {
  const { differences, native, virtual } = settings;
  const unlike = differences.map(
    ({ words, ...sides }) => `${words} ${sides.virtual} in the guest, ${sides.native} natively`,
  );
  return [
    ...(unlike.length === 0 ? [] : [`settings that differ: ${unlike.join('; ')}`]),
    ...(virtual.length === 0 ? [] : [`set for the guest alone: ${virtual.join('; ')}`]),
    ...(native.length === 0 ? [] : [`set natively alone: ${native.join('; ')}`]),
  ];
}

function stateSentences({ stateDifferences }: NativeVirtual): string[] {
  return stateDifferences.flatMap(({ label, differences }) => {
    const [first, ...others] = differences;
    if (first === undefined) return [];
    const { key, kernel, baseline } = first;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [
      `levels of ${label} not comparable: ${wordsOfKey(key)} ${stateText(key, kernel)} in the ` +
        `guest, ${stateText(key, baseline)} natively${more}`,
    ];
  });
}

/** Of two sweeps too; empty where values of the metric are fine enough. */
export function roundingSentences(
  metric: string,
  levels: readonly { readonly ratio?: LevelRatio }[],
): string[] {
  const most = Math.max(0, ...levels.map(({ ratio }) => ratio?.quantumLog ?? 0));
  if (most === 0) return [];
  return [
    `ratios of ${metric}: intervals are wider by up to ${(Math.expm1(most) * 100).toFixed(1)}%, ` +
      'what half a quantum of both levels is worth, and p counts what lies beyond that',
  ];
}

/** All metrics of matched kernels; of different kernels the primary metric says enough. */
function levelTable({ metrics, matches }: NativeVirtual): string[] {
  const shown = matches.length > 0 ? metrics : metrics.slice(0, 1);
  return shown.flatMap(({ metric, levels }) => {
    const table = renderAsciiTable({
      columns: [
        { header: metric, align: 'left' },
        { header: 'native', align: 'right' },
        { header: 'virtual', align: 'right' },
        { header: 'ratio', align: 'left' },
      ],
      rows: levels.map((each) => levelCells(each).map((text) => [text])),
      gap: 2,
    }).map((line) => `    ${line}`);
    if (table.every((line) => line.length <= PAGE_COLUMNS)) return table;
    return levels.flatMap((each) =>
      wrapText(`${metric}: ${levelCells(each).join(', ')}`, { prefix: '    ' }),
    );
  });
}

/** Label, native level, virtual level, ratio. */
export function levelCells({ label, native, virtual, ratio }: SideLevels): string[] {
  const medians = [native, virtual].flatMap((level) => (level ? [level.median] : []));
  const levels = [native, virtual].map((level) => levelText(level, decimalsFor(medians)));
  return [`  ${label}`, ...levels, levelRatioText(ratio)];
}

export function levelText(level: SideLevel | undefined, decimals: number): string {
  if (level === undefined) return '-';
  return `${formatLevel(level.median, decimals)} n=${level.n}`;
}

/** With p, `-` without a ratio. */
export function levelRatioText(ratio: LevelRatio | undefined): string {
  if (ratio === undefined) return '-';
  return `${ratioText(ratio)} ${ratio.p < 0.001 ? 'p<0.001' : `p=${ratio.p.toFixed(3)}`}`;
}

/** `2.12x [2.05, 2.20]`. */
export function ratioText(estimate: RatioEstimate): string {
  return `${formatFactor(estimate.ratio)} ${formatFactorRange(estimate)}`;
}

/** Phase by phase below each kernel. */
function effectLines({ metrics, matches, reference }: NativeVirtual): string[] {
  if (reference === undefined) return [];
  const others = matches.filter(({ label }) => label !== reference);
  return others.flatMap(({ label }) => [
    ...wrapText(`effect of ${label} over ${reference}`, { prefix: '    ' }),
    ...metrics.flatMap(({ metric, effects }) =>
      effects
        .filter((effect) => effect.label === label)
        .flatMap((effect) =>
          wrapText(`${metric}: ${effectSentence(effect)}`, { prefix: '      ' }),
        ),
    ),
  ]);
}

/** One line, not wrapped. */
export function effectSentence({ virtual, native, agreement }: SideEffects): string {
  const numbers = `the guest shows ${changeText(virtual)}, native ${changeText(native)}`;
  const agreed = agreementText(agreement);
  return agreed === '' ? numbers : `${numbers}: ${agreed}`;
}

export function changeText(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'compared':
      return comparison.direction === 'no-clear-difference'
        ? `~ ${formatSignedRange(comparison.changePercent)}`
        : formatCompactChange(comparison.changePercent);
    case 'not-comparable':
      return 'nothing comparable (state differs)';
    case 'not-compared':
      return `nothing (n=${comparison.pairs})`;
    case 'baseline':
      return 'the baseline';
  }
}

function agreementText(agreement: Agreement): string {
  switch (agreement.kind) {
    case 'same-direction':
      return agreement.isSameSize
        ? 'same direction, no clear difference in size'
        : `same direction, size differs ${agreement.sizeFactor.toFixed(1)}x`;
    case 'opposite-directions':
      return 'opposite directions';
    case 'virtual-only':
      return 'only the guest shows a clear effect';
    case 'native-only':
      return 'only native shows a clear effect';
    case 'neither':
      return 'no clear effect in either';
    case 'unknown':
      return '';
  }
}
