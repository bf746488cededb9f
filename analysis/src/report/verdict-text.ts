// SPDX-License-Identifier: Apache-2.0
/**
 * The section on verdicts: what each comparison of the primary metric amounts to and why, and the
 * smallest change that each row could see. It judges nothing itself.
 */
import { AGAIN_ENDING } from '@labsweep/proto';
import { sizeText } from '../change-size.js';
import { isClear } from '../compare.js';
import type { MeasuredFloor, NoiseFloor } from '../noise-floor.js';
import type { Report, ReportRow } from '../report-model.js';
import { type Judgement, percentText } from '../verdict.js';
import { selfDifferenceText } from './floor-text.js';
import { formatSpan } from './format-number.js';
import { claimsOf } from './headline.js';
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
  const cells = row.metrics[0]?.cells ?? [];
  // A row without the baseline compares nothing, which a note says once.
  const judged = cells.flatMap(({ kernel, judgement, comparison }) => {
    const isAlone =
      comparison.kind === 'not-compared' && comparison.reason === 'no-baseline-in-row';
    return judgement === undefined || isAlone ? [] : [{ kernel, judgement }];
  });
  if (judged.length === 0) return [];
  return [
    ...wrapText(row.label, { prefix: '  ' }),
    ...judged.flatMap(({ kernel, judgement }) =>
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

/** For lists: the smallest change that each row could see. */
export function floorSentences(report: Report): string[] {
  return report.rows.flatMap((row) =>
    rowFloorSentences(report, row).map((sentence) => `${row.label}: ${sentence}`),
  );
}

/** The smallest change that a row could see, and the baseline's second turn in other metrics. */
export function rowFloorSentences(report: Report, row: ReportRow): string[] {
  const { noiseFloor } = row;
  return [
    ...(noiseFloor === undefined ? [] : [floorText(noiseFloor, report)]),
    ...secondTurnSentences(report, row),
  ];
}

/** Of the metrics that have a good direction; the primary one's is the floor. */
function secondTurnSentences({ metrics, baseline }: Report, row: ReportRow): string[] {
  const changes = row.metrics.flatMap(({ metric, again }) => {
    const isDirected = metrics.some(
      ({ name, direction }) => name === metric && direction !== 'none',
    );
    if (!isDirected || again?.comparison.kind !== 'compared') return [];
    const { changePercent } = again.comparison;
    const clear = isClear(again.comparison) ? ', which excludes none' : '';
    return [`${metric} ${formatSpan(changePercent)}${clear}`];
  });
  if (changes.length === 0) return [];
  const isSandwich = row.noiseFloor?.kind === 'a-a' && row.noiseFloor.isSandwich;
  const what = isSandwich ? `drift of ${baseline} inside blocks` : `${baseline} against itself`;
  return [`${what} in other metrics: ${changes.join('; ')}`];
}

/** For example `undecided: the 95% interval includes no change; about 4 more blocks`. */
export function judgementText({ verdict, reasons, blocksMissing }: Judgement): string {
  const more =
    blocksMissing === undefined
      ? []
      : [`about ${blocksMissing} more ${blocksMissing === 1 ? 'block' : 'blocks'} needed`];
  const why = [...reasons.map(({ text }) => text), ...more].join('; ');
  return `${verdict.replaceAll('-', ' ')}: ${why}`;
}

/** "tonight" is meant: another night has another floor. */
export function floorText(
  floor: NoiseFloor,
  { baseline, head }: { readonly baseline: string; readonly head: Pick<Report['head'], 'table'> },
): string {
  const smallest = 'smallest change this setup could see tonight:';
  switch (floor.kind) {
    case 'a-a':
      return (
        `${smallest} ${leastText(floor)} (${selfDifferenceText(floor, baseline)}, ` +
        `${floor.blocks} blocks)${foundText(floor)}`
      );
    case 'spread':
      return (
        `smallest change that ${floor.blocks} blocks of this spread find with 90% power: ` +
        `${sizeText(floor.fraction)} (reckoned; ${measuringText(baseline, head)} would measure ` +
        'a noise floor)'
      );
    case 'too-few':
      return `${smallest} none, ${floor.blocks} blocks cannot decide, ${floor.needed} needed`;
  }
}

/** What to change in the spec; of a table made elsewhere there is none, so what to add to it. */
function measuringText(baseline: string, { table }: Pick<Report['head'], 'table'>): string {
  if (table === undefined) return 'aa = true';
  return `a second series of ${baseline} in ${table.fileName}, called ${baseline}${AGAIN_ENDING},`;
}

/** No smaller change is called one; of whether there may be any at all the blocks decide. */
function leastText({ fraction, found }: MeasuredFloor): string {
  const size = sizeText(fraction);
  if (found?.kind !== 'too-few') return `${size}, no smaller one is called a change`;
  const { blocks, needed } = found;
  return `none, ${blocks} blocks cannot decide, ${needed} needed; of more of them ${size}`;
}

/** What so many blocks find as a rule, which is more than the least that they can call a change. */
function foundText({ found }: MeasuredFloor): string {
  if (found?.kind !== 'spread') return '';
  return `; ${found.blocks} blocks of this spread find ${sizeText(found.fraction)} with 90% power`;
}
