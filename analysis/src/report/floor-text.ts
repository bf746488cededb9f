// SPDX-License-Identifier: Apache-2.0
/**
 * The noise floor of a row in the words that all formats share, and from what it was taken, so that
 * a reader can take it again.
 */
import { AGAIN_ENDING } from '@labsweep/proto';
import { sizeText } from '../change-size.js';
import { isClear } from '../compare.js';
import type { MeasuredFloor, NoiseFloor, ReckonedFloor } from '../noise-floor.js';
import type { Report, ReportRow } from '../report-model.js';
import { formatSignedChange, formatSpan } from './format-number.js';
import { blocksText, rowsOfLevels } from './headline.js';

/** "tonight" is meant: another night has another floor. */
export const SMALLEST_CHANGE = 'smallest change this setup could see tonight';

interface Told {
  readonly baseline: string;
  readonly head: Pick<Report['head'], 'table'>;
}

/** For lists: the smallest change that each row could see. */
export function floorSentences(report: Report): string[] {
  return report.rows.flatMap((row) =>
    rowFloorSentences(report, row).map((sentence) => `${row.label}: ${sentence}`),
  );
}

/** The smallest change that a row could see, and the baseline's second turn in other metrics. */
export function rowFloorSentences(report: Report, row: ReportRow): string[] {
  const isOfLevels = rowsOfLevels(report).includes(row);
  const floor = `${SMALLEST_CHANGE}: ${floorWords(row.noiseFloor, report, adviceText(report))}`;
  return [...(isOfLevels ? [] : [floor]), ...secondTurnSentences(report, row)];
}

/** What stands behind those words; `advice` says what would measure a floor that was not. */
export function floorWords(floor: NoiseFloor | undefined, told: Told, advice = ''): string {
  if (floor === undefined) return 'not known, no two blocks can be compared';
  if (floor.kind !== 'a-a') {
    return floor.kind === 'too-few'
      ? reckonedWords(floor)
      : `not measured${advice}; ${reckonedWords(floor)}`;
  }
  const { fraction, found } = floor;
  const seen = `(${selfDifferenceText(floor, told.baseline)})`;
  if (found?.kind === 'too-few') {
    return `${reckonedWords(found)}; of more of them ${sizeText(fraction)} ${seen}`;
  }
  const measured = `${sizeText(fraction)}, no smaller one is called a change ${seen}`;
  return found === undefined ? measured : `${measured}; ${reckonedWords(found)}`;
}

/** What so many blocks find as a rule, which is more than the least that they can call a change. */
function reckonedWords(floor: ReckonedFloor): string {
  const blocks = blocksText(floor.blocks);
  return floor.kind === 'too-few'
    ? `none, ${blocks} cannot decide, ${floor.needed} needed`
    : `${blocks} of this spread find ${sizeText(floor.fraction)} with 90% power`;
}

/** What to change in the spec; of a table made elsewhere there is none, so what to add to it. */
function adviceText({ baseline, head: { table } }: Told): string {
  const what =
    table === undefined
      ? 'aa = true'
      : `a second series of ${baseline} in ${table.fileName}, called ${baseline}${AGAIN_ENDING},`;
  return ` (${what} would measure it)`;
}

/**
 * `v6.16 against itself, +0.1%, 95% CI -0.1% to +0.3%, 10 blocks`. Of a sandwich with the step from
 * the drift to its half: the half of a factor is its root, which percentages of a large drift do
 * not show.
 */
function selfDifferenceText(floor: MeasuredFloor, baseline: string): string {
  const { change, fraction, blocks, isSandwich, isBroken } = floor;
  const { size } = formatSignedChange(change);
  const bias = isBroken ? ', which excludes 0: this setup is biased' : '';
  const seen = `${size}, 95% CI ${formatSpan(change)}, ${blocksText(blocks)}${bias}`;
  if (!isSandwich) return `${baseline} against itself, ${seen}`;
  const half = 1 + fraction;
  return (
    `half the drift of ${baseline} against itself, last turn / first, ${seen}; the far end is ` +
    `${factorText(half ** 2)}, the root of that ${factorText(half)}`
  );
}

/** With more digits where fewer would show no drift. */
function factorText(factor: number): string {
  return `${factor.toFixed(factor < 1.1 ? 4 : 2)}x`;
}

/** Of the metrics that have a good direction; the primary one's is the floor. */
function secondTurnSentences({ metrics, baseline }: Report, row: ReportRow): string[] {
  const changes = row.metrics.flatMap(({ metric, again }) => {
    const isDirected = metrics.some(
      ({ name, direction }) => name === metric && direction !== 'none',
    );
    if (!isDirected || again?.comparison.kind !== 'compared') return [];
    const { changePercent } = again.comparison;
    const clear = isClear(again.comparison) ? ', which excludes 0' : '';
    return [`${metric} ${formatSpan(changePercent)}${clear}`];
  });
  if (changes.length === 0) return [];
  const isSandwich = row.noiseFloor?.kind === 'a-a' && row.noiseFloor.isSandwich;
  const what = isSandwich ? `drift of ${baseline} inside blocks` : `${baseline} against itself`;
  return [`${what} in other metrics: ${changes.join('; ')}`];
}
