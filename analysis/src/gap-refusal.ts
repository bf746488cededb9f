// SPDX-License-Identifier: Apache-2.0
/**
 * Says why a gap is not one that a candidate could close: it is not clearly there, it is no loss,
 * or it is no larger than what the setup makes. It divides nothing.
 */
import type { Gap, Metric } from '@labsweep/proto';
import { isWithin, percentText, sizeToward } from './change-size.js';
import type { Comparison } from './compare.js';
import type { NoiseFloor } from './noise-floor.js';
import type { Judgement } from './verdict.js';

export interface GapEvidence {
  readonly gap: Gap;
  readonly direction: Metric['direction'];
  /** Of the bad kernel with the good one. */
  readonly comparison: Comparison;
  /** On that comparison; absent where the good kernel is not the baseline of the sweep. */
  readonly judgement?: Judgement;
  readonly floor?: NoiseFloor;
  /** Fewer than these cannot give a verdict, whatever they show. */
  readonly blocksNeeded: number;
  /** The step in which values are printed, where it matters. */
  readonly quantum?: number;
  /** Between the ends inside blocks, in the unit of the metric. */
  readonly levelGap: number;
}

/** Undefined where the gap may be divided by. */
export function gapRefusal(evidence: GapEvidence): string | undefined {
  const { gap, comparison, direction, floor, judgement, quantum, levelGap } = evidence;
  if (comparison.kind !== 'compared') {
    const isNotPositive =
      comparison.kind === 'not-compared' && comparison.reason === 'not-positive';
    return isNotPositive
      ? 'a value is not positive'
      : 'fewer than two blocks have both ends of the gap';
  }
  if (comparison.direction === 'no-clear-difference') {
    return `no clear difference between ${gap.bad} and ${gap.good}`;
  }
  if (quantum !== undefined && levelGap <= quantum) {
    return `the gap is no larger than ${quantum}, the step in which values are printed`;
  }
  if (direction !== 'none' && comparison.direction !== 'slower') {
    return `${gap.bad} is better than ${gap.good}, so there is no gap to close`;
  }
  const { ratio } = comparison.ratio;
  if (floor?.kind === 'a-a' && isWithin(ratio, floor.fraction)) {
    const size = percentText(Math.abs(ratio - 1));
    const least = percentText(sizeToward(ratio, floor.fraction));
    return `the gap of ${size} is below the noise floor of ${least}`;
  }
  return judgement === undefined ? undefined : whyNotJudged(evidence, judgement);
}

/**
 * With too few blocks there is no verdict on anything, and the interval alone has decided above, as
 * for every number of so small a report.
 */
function whyNotJudged(
  { gap, comparison, blocksNeeded }: GapEvidence,
  { verdict, reasons }: Judgement,
): string | undefined {
  if (comparison.kind === 'compared' && comparison.ratio.n < blocksNeeded) return undefined;
  if (!['undecided', 'same', 'not-comparable'].includes(verdict)) return undefined;
  const why = reasons.map(({ text }) => text).join('; ');
  return `${gap.bad} against ${gap.good} is ${verdict.replace('-', ' ')}: ${why}`;
}
