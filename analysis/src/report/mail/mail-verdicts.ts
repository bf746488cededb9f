// SPDX-License-Identifier: Apache-2.0
/**
 * What each comparison of a mail amounts to: alike ones together, and whatever is not decided with
 * its reasons. It judges nothing itself.
 */
import type { NoiseFloor } from '../../noise-floor.js';
import type { Report } from '../../report-model.js';
import { percentText, type Verdict } from '../../verdict.js';
import { formatSignedRange } from '../format-number.js';
import { blocksText, type Claim, claimsOf, rowsOfLevels } from '../headline.js';
import { wrapText } from '../page.js';
import { judgementText } from '../verdict-text.js';

/** Their reason is the number in the table; the others have more to say. */
const PLAIN: readonly Verdict[] = ['slower', 'faster', 'higher', 'lower', 'same'];

/** Empty where nothing is compared. */
export function mailVerdicts(report: Report, columns: number): string[] {
  const claims = claimsOf(report);
  if (claims.length === 0) return [];
  const { family, level, margin } = report.judging;
  const stated =
    margin === undefined
      ? 'the spec states no margin, so nothing is called the same'
      : `the same: within ${percentText(margin)}`;
  const isPlain = ({ judgement: { verdict, reasons } }: Claim): boolean =>
    PLAIN.includes(verdict) && reasons.length === 1;
  const grouped = PLAIN.flatMap((verdict) => {
    const alike = claims.filter((claim) => isPlain(claim) && claim.judgement.verdict === verdict);
    if (alike.length === 0) return [];
    const kernels = [...new Set(alike.map(({ cell }) => cell.kernel))].map((kernel) => {
      const rows = alike.filter(({ cell }) => cell.kernel === kernel).map(({ row }) => row.label);
      return `${kernel} (${rows.join(', ')})`;
    });
    return wrapText(`${verdict}: ${kernels.join('; ')}`, { prefix: '  ', columns });
  });
  const single = claims
    .filter((claim) => !isPlain(claim))
    .flatMap(({ row, cell, judgement }) =>
      wrapText(`${cell.kernel} (${row.label}): ${judgementText(judgement)}`, {
        prefix: '  ',
        columns,
      }),
    );
  return [
    ...wrapText(
      `Verdicts against ${report.baseline} (the chance of any false change among ` +
        `${family === 1 ? 'them' : `${family} comparisons`} is ${percentText(level)}, by Holm; ` +
        `${stated}):`,
      { columns },
    ),
    ...grouped,
    ...single,
    ...levelLines(report, columns),
  ];
}

function levelLines(report: Report, columns: number): string[] {
  const labels = rowsOfLevels(report).map(({ label }) => label);
  if (labels.length === 0) return [];
  return wrapText(`levels only, not compared with ${report.baseline}: ${labels.join(', ')}`, {
    prefix: '  ',
    columns,
  });
}

/** The smallest change that each row could see. */
export function noiseFloorLines(report: Report, columns: number): string[] {
  const lines = report.rows
    .filter(({ kernels }) => kernels.length > 1)
    .flatMap(({ label, noiseFloor }) =>
      wrapText(`${label}: ${floorSentence(noiseFloor, report.baseline)}`, {
        prefix: '  ',
        columns,
      }),
    );
  return lines.length === 0
    ? []
    : ['Noise floor (the smallest change this setup could see):', ...lines];
}

function floorSentence(floor: NoiseFloor | undefined, baseline: string): string {
  if (floor === undefined) return 'not known, fewer than two blocks';
  const size = percentText(floor.fraction);
  switch (floor.kind) {
    case 'a-a':
      return (
        `${size}, measured: ${baseline} against itself gave ${formatSignedRange(floor.change)} % ` +
        `over ${blocksText(floor.blocks)}${floor.isBroken ? ', which excludes no change' : ''}`
      );
    case 'spread':
      return `${size}, reckoned from the spread of ${blocksText(floor.blocks)} at 90% power`;
  }
}
