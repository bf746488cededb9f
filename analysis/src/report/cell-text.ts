// SPDX-License-Identifier: Apache-2.0
/**
 * What stands in a cell of the text tables: in full for the primary metric, compact for the others
 * and for the live table. No percentage goes without its interval.
 */
import type { Comparison, Direction } from '../compare.js';
import type { Judgement, Verdict } from '../verdict.js';
import {
  formatClearChange,
  formatCompactChange,
  formatFactor,
  formatLevel,
  formatRange,
  formatSignedRange,
} from './format-number.js';
import type { KernelCell } from './kernel-table.js';

/** What differs stands in the row's status and in the section on state. */
function notComparable(comparison: Extract<Comparison, { kind: 'not-comparable' }>): string[] {
  return ['not comparable', `${comparison.cause} differs`];
}

/** Median, its interval, the change, its interval, the mean, and failures if there were any. */
export function fullCellText(kernelCell: KernelCell): string[] {
  const { cell, decimals } = kernelCell;
  const { interval } = cell;
  const range =
    interval.method === 'none'
      ? interval.reason
      : formatRange(formatLevel(interval.low, decimals), formatLevel(interval.high, decimals));
  return [
    levelText(kernelCell),
    ...(cell.summary === undefined ? [] : [range]),
    ...(saysItAlready(cell) ? [] : fullComparison(cell)),
    ...meanText(kernelCell),
    ...failureText(kernelCell),
  ];
}

/** Level and change on one line each, and failures if there were any. */
export function compactCellText(kernelCell: KernelCell): string[] {
  return [
    levelText(kernelCell),
    ...compactComparison(kernelCell.cell.comparison),
    ...failureText(kernelCell),
  ];
}

/** Like the compact cell without failures, which the primary table above shows already. */
export function phaseCellText(kernelCell: KernelCell): string[] {
  return [levelText(kernelCell), ...compactComparison(kernelCell.cell.comparison)];
}

/**
 * A partial cell shows how much of it is there, one of a kernel that was added later how many
 * values it has, and a provisional one a star.
 */
function levelText({ cell, decimals, expectedMost = 0 }: KernelCell): string {
  const level = cell.summary === undefined ? '-' : formatLevel(cell.summary.median, decimals);
  const { length } = cell.values;
  const fewer = cell.expected < expectedMost ? ` n=${length}` : '';
  const part = length < cell.expected ? ` ${length}/${cell.expected}` : fewer;
  return `${level}${part}${cell.provisional ? '*' : ''}`;
}

/** Of one value both are the same. */
function meanText({ cell: { summary }, decimals }: KernelCell): string[] {
  if (summary === undefined || summary.n < 2) return [];
  return [`mean ${formatLevel(summary.mean, decimals)}`];
}

function fullComparison({ comparison, judgement }: KernelCell['cell']): string[] {
  if (comparison.kind === 'baseline') return ['baseline'];
  if (comparison.kind === 'not-compared') return whyNot(comparison);
  if (comparison.kind === 'not-comparable') return notComparable(comparison);
  const { changePercent, direction, ratio } = comparison;
  const verdict = judgement?.verdict ?? direction;
  if (verdict === direction && direction !== 'no-clear-difference') {
    const { size, range } = formatClearChange(changePercent);
    return [`${size} ${verdict} ${formatFactor(ratio.ratio)}`, range];
  }
  const change =
    direction === 'no-clear-difference'
      ? `~ ${formatSignedRange(changePercent)}`
      : formatCompactChange(changePercent);
  return [verdictText(verdict, judgement), change];
}

/** For example `too few (+3 blocks)`; the reasons stand in the section on verdicts. */
function verdictText(verdict: Verdict | Direction, judgement: Judgement | undefined): string {
  const more = judgement?.blocksMissing;
  const blocks = more === undefined ? '' : ` (+${more} ${more === 1 ? 'block' : 'blocks'})`;
  return `${verdict.replaceAll('-', ' ')}${blocks}`;
}

function compactComparison(comparison: Comparison): string[] {
  if (comparison.kind === 'baseline') return ['baseline'];
  if (comparison.kind === 'not-compared') return whyNot(comparison);
  if (comparison.kind === 'not-comparable') return notComparable(comparison);
  const { changePercent, direction } = comparison;
  if (direction === 'no-clear-difference') return [`~ ${formatSignedRange(changePercent)}`];
  return [formatCompactChange(changePercent)];
}

/**
 * A level of one value has told that there is no interval; its single pair would only repeat it.
 */
function saysItAlready({ values, comparison }: KernelCell['cell']): boolean {
  return (
    values.length === 1 &&
    comparison.kind === 'not-compared' &&
    comparison.reason === 'too-few-pairs'
  );
}

/** Nothing for rows without the baseline: a note tells it once, for all their cells. */
function whyNot(comparison: Extract<Comparison, { kind: 'not-compared' }>): string[] {
  switch (comparison.reason) {
    case 'no-baseline-in-row':
      return [];
    case 'too-few-pairs':
      return [`n=${comparison.pairs}, no interval`];
    case 'not-positive':
      return ['no ratio: not positive'];
  }
}

function failureText({ trials }: KernelCell): string[] {
  return trials.failed === 0 ? [] : [`${trials.failed} of ${trials.planned} failed`];
}
