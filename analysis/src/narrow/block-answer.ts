// SPDX-License-Identifier: Apache-2.0
/**
 * Decides by the values of blocks whether two ends differ, and whether a kernel is like the good
 * end or like the bad one. Both ends are measured in every block, so that the host cancels.
 *
 * The scale is logarithmic, since errors of times are proportional. In each block the kernel's
 * distance from the middle between the ends is taken, ln x - (ln good + ln bad) / 2, and of these
 * distances the centre with its 95 % interval. An interval that is wholly on one side of the middle
 * is an answer: the kernel is closer to that end, and cannot be the other one. An interval with the
 * middle in it is none, and more blocks may make one. A kernel that has half of the effect stays
 * without an answer, as it should.
 *
 * Looking again after more blocks gives more chances of a wrong answer than the 5 % of one look:
 * the tests beside this file show by simulation how many come of it.
 */
import { roundingLog } from '../compare.js';
import { middleOf } from '../series.js';
import { centreInterval, logOf, type RatioPair } from './centre-interval.js';

/** Of one block: one value of each end. */
export interface EndsBlock {
  readonly good: number;
  readonly bad: number;
}

export interface KernelBlock extends EndsBlock {
  readonly kernel: number;
}

/**
 * `higher`: the bad end has the higher values. Undefined when the ends do not differ clearly, or by
 * no more than rounding to `quantum` makes.
 */
export function endsDirection(
  blocks: readonly EndsBlock[],
  quantum?: number,
): 'higher' | 'lower' | undefined {
  const pairs = blocks.filter(isPositive).map(endsPair);
  const found = centreInterval(pairs.map(logOf), roundingLog(pairs, quantum));
  if (found === undefined || (found.low <= 0 && found.high >= 0)) return undefined;
  return found.low > 0 ? 'higher' : 'lower';
}

/** Undefined when the interval has the middle in it, or cannot be had. */
export function blockAnswer(
  blocks: readonly KernelBlock[],
  direction: 'higher' | 'lower',
  quantum?: number,
): 'good' | 'bad' | undefined {
  const pairs = middlePairs(blocks);
  const sign = direction === 'higher' ? 1 : -1;
  const distances = pairs.map((pair) => sign * logOf(pair));
  const found = centreInterval(distances, roundingLog(pairs, quantum));
  if (found === undefined || (found.low <= 0 && found.high >= 0)) return undefined;
  return found.low > 0 ? 'bad' : 'good';
}

/** How far the kernel is from the middle between the ends, in each block. */
export function middlePairs(blocks: readonly KernelBlock[]): RatioPair[] {
  return blocks
    .filter((block) => isPositive(block) && block.kernel > 0)
    .map(({ good, kernel, bad }) => ({ value: kernel, baseline: middleOf(good, bad) }));
}

/** How far the bad end is above the good one. */
export function endsPair({ good, bad }: EndsBlock): RatioPair {
  return { value: bad, baseline: good };
}

/** Others have no ratio, and say nothing. */
export function isPositive({ good, bad }: EndsBlock): boolean {
  return good > 0 && bad > 0;
}
