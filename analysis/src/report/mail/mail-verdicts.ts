// SPDX-License-Identifier: Apache-2.0
/**
 * What each comparison of a mail amounts to: alike ones together, and whatever is not decided with
 * its reasons. It judges nothing itself.
 */
import { errorChanceText } from '../../block-design.js';
import { sizeText } from '../../change-size.js';
import type { MeasuredFloor, NoiseFloor } from '../../noise-floor.js';
import type { Report } from '../../report-model.js';
import { ERROR_LEVEL, percentText, type Verdict } from '../../verdict.js';
import { selfDifferenceText } from '../floor-text.js';
import { blocksText, type Claim, claimsOf, rowsOfLevels } from '../headline.js';
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
  const lines = report.rows
    .filter(({ kernels }) => kernels.length > 1)
    .flatMap(({ label, noiseFloor }) =>
      wrapText(`${label}: ${floorSentence(noiseFloor, report)}`, {
        prefix: '  ',
        columns,
      }),
    );
  return lines.length === 0
    ? []
    : ['Noise floor (the smallest change this setup could see):', ...lines];
}

function floorSentence(floor: NoiseFloor | undefined, report: Report): string {
  if (floor === undefined) return 'not known, no two blocks can be compared';
  switch (floor.kind) {
    case 'a-a': {
      const measured = measuredSentence(floor, report);
      if (floor.found === undefined) return measured;
      const found = floorSentence(floor.found, report);
      return floor.found.kind === 'too-few' ? `${found}; ${measured}` : `${measured}; ${found}`;
    }
    case 'spread':
      return (
        `${sizeText(floor.fraction)} is found with 90% power, reckoned from the spread of ` +
        `${blocksText(floor.blocks)}`
      );
    case 'too-few':
      return `none: ${blocksText(floor.blocks)} cannot decide, ${floor.needed} needed`;
  }
}

function measuredSentence(floor: MeasuredFloor, { baseline }: Report): string {
  const bias = 'the interval excludes 0, so the setup is biased and the row only supports';
  return (
    `${sizeText(floor.fraction)}, measured: ${selfDifferenceText(floor, baseline)}, over ` +
    `${blocksText(floor.blocks)}; ` +
    `${floor.isBroken ? bias : 'no smaller change is called one'}`
  );
}
