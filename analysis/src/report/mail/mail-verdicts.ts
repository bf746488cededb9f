// SPDX-License-Identifier: Apache-2.0
/**
 * What each comparison of a mail amounts to: alike ones together, and whatever is not decided with
 * its reasons. It judges nothing itself.
 */
import { errorChanceText } from '../../block-design.js';
import type { Report } from '../../report-model.js';
import { ERROR_LEVEL, percentText, type Verdict } from '../../verdict.js';
import { floorWords, SMALLEST_CHANGE } from '../floor-text.js';
import { type Claim, claimsOf, rowsOfLevels } from '../headline.js';
import { wrapText } from '../page.js';
import { verdictGroups } from '../verdict-groups.js';
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
  const groups = verdictGroups(claims, wordsOf);
  const plain = PLAIN.flatMap((verdict) => groups.filter(({ words }) => words === verdict));
  return [
    ...wrapText(
      `Verdicts against ${report.baseline} (` +
        `${errorChanceText(report.head, { family, chance: percentText(ERROR_LEVEL) })}` +
        `${heldText(level)}; ${stated}):`,
      { columns },
    ),
    ...plain.flatMap(({ words, names }) =>
      wrapText(`${words}: ${names}`, { prefix: '  ', columns }),
    ),
    ...groups
      .filter((group) => !plain.includes(group))
      .flatMap(({ words, names }) => wrapText(`${names}: ${words}`, { prefix: '  ', columns })),
    ...levelLines(report, columns),
  ];
}

/** A threshold is no chance: the stricter one keeps the same chance for rows that could stop. */
function heldText(level: number): string {
  return level === ERROR_LEVEL ? '' : `, p held against ${level} since rows could stop early`;
}

function wordsOf({ judgement }: Claim): string {
  const isPlain = PLAIN.includes(judgement.verdict) && judgement.reasons.length === 1;
  return isPlain ? judgement.verdict : judgementText(judgement);
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
  const ofLevels = rowsOfLevels(report);
  const lines = report.rows
    .filter((row) => !ofLevels.includes(row))
    .flatMap(({ label, noiseFloor }) =>
      wrapText(`${label}: ${floorWords(noiseFloor, report)}`, { prefix: '  ', columns }),
    );
  return lines.length === 0 ? [] : [`Noise floor (the ${SMALLEST_CHANGE}):`, ...lines];
}
