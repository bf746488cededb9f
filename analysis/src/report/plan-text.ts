// SPDX-License-Identifier: Apache-2.0
/** How a sweep was planned, in the words that all formats share: how often, and in which order. */
import type { ReportHead } from '../report-model.js';
import { percentText } from '../verdict.js';

/** `16`, or `at most 16, until each change is known to 5.0%`. */
export function repetitionsText({ repetitions, precision }: ReportHead): string {
  return precision === undefined
    ? String(repetitions)
    : `at most ${repetitions}, ${untilText(precision)}`;
}

/** The rule by which a row may end before its plan does. */
export function untilText(precision: number): string {
  return `until each change is known to ${percentText(precision)}`;
}

/** `interleaved, seed 7; the baseline twice in each block`. A table has neither. */
export function orderText({ order, seed, hasAgain, table }: ReportHead): string {
  if (table !== undefined) return 'not known';
  return `${order}, seed ${seed}${hasAgain ? '; the baseline twice in each block' : ''}`;
}

/** One line, for lists of what a sweep was set up with. */
export function planText(head: ReportHead): string {
  return `repetitions: ${repetitionsText(head)}; order: ${orderText(head)}`;
}

/**
 * What was run, with as many digits of its sha256: of a table made elsewhere only the table is
 * known.
 */
export function programTexts({ workload, table }: ReportHead, digits = 64): string[] {
  const short = (sha256: string): string => sha256.slice(0, digits);
  if (table !== undefined) return [`read from ${table.fileName}, sha256 ${short(table.sha256)}`];
  const { program, sha256 } = workload;
  return [`${program}, binary sha256 ${short(sha256)}`, buildText(workload)];
}

/** Another compiler, or other flags, would be another workload. */
function buildText({ compiler, flags }: ReportHead['workload']): string {
  if (compiler === '') return 'prebuilt; its compiler and flags are not known';
  return flags.length === 0 ? compiler : `${compiler}, flags ${flags.join(' ')}`;
}
