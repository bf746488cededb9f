// SPDX-License-Identifier: Apache-2.0
/**
 * The section on verdicts: what each comparison of the primary metric amounts to and why, and the
 * smallest change that each row could see. It judges nothing itself.
 */
import type { Report, ReportRow } from '../report-model.js';
import { type Judgement, percentText } from '../verdict.js';
import { rowFloorSentences } from './floor-text.js';
import { claimsOf, neededText } from './headline.js';
import { wrapText } from './page.js';
import { verdictGroups } from './verdict-groups.js';

/** Empty when no row compares anything. */
export function renderVerdicts(report: Report): string[] {
  const rows = report.rows.flatMap((row) => rowLines(report, row));
  if (rows.length === 0) return [];
  const { level, family, margin } = report.judging;
  const counted = `${family} ${family === 1 ? 'comparison' : 'comparisons'}`;
  const stated =
    margin === undefined
      ? 'no margin is stated, so nothing is called the same'
      : `margin ${percentText(margin)}`;
  return [
    ...wrapText(
      `Verdicts on ${report.primary.name} (p at most ${level} after the correction of Holm 1979 for ` +
        `${counted}; ${stated})`,
    ),
    ...rows,
  ];
}

function rowLines(report: Report, row: ReportRow): string[] {
  const judged = claimsOf(report).filter((claim) => claim.row === row);
  if (judged.length === 0) return [];
  return [
    ...wrapText(row.label, { prefix: '  ' }),
    ...judged.flatMap(({ cell: { kernel }, judgement }) =>
      wrapText(`${kernel}: ${judgementText(judgement)}`, { prefix: '    ' }),
    ),
    ...rowFloorSentences(report, row).flatMap((each) => wrapText(each, { prefix: '    ' })),
  ];
}

/** For lists: what each comparison amounts to, and why. */
export function verdictSentences(report: Report): string[] {
  return verdictGroups(claimsOf(report), ({ judgement }) => judgementText(judgement)).map(
    ({ words, names }) => `${names}: ${words}`,
  );
}

/** For example `undecided: the 95% interval includes 0; about 4 more blocks are needed`. */
export function judgementText(judgement: Judgement): string {
  const { verdict, reasons } = judgement;
  const why = [...reasons.map(({ text }) => text), neededText(judgement) ?? []].flat().join('; ');
  return `${verdict.replaceAll('-', ' ')}: ${why}`;
}
