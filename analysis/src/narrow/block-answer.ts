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
import { centreInterval } from './centre-interval.js';

/** Of one block: one value of each end. */
export interface EndsBlock {
  readonly good: number;
  readonly bad: number;
}

export interface KernelBlock extends EndsBlock {
  readonly kernel: number;
}

/** `higher`: the bad end has the higher values. Undefined when the ends do not differ clearly. */
export function endsDirection(blocks: readonly EndsBlock[]): 'higher' | 'lower' | undefined {
  const found = centreInterval(blocks.filter(isPositive).map(logRatio));
  if (found === undefined || (found.low <= 0 && found.high >= 0)) return undefined;
  return found.low > 0 ? 'higher' : 'lower';
}

/** Undefined when the interval has the middle in it, or cannot be had. */
export function blockAnswer(
  blocks: readonly KernelBlock[],
  direction: 'higher' | 'lower',
): 'good' | 'bad' | undefined {
  const usable = blocks.filter((block) => isPositive(block) && block.kernel > 0);
  const sign = direction === 'higher' ? 1 : -1;
  const found = centreInterval(usable.map((block) => sign * distanceFromMiddle(block)));
  if (found === undefined || (found.low <= 0 && found.high >= 0)) return undefined;
  return found.low > 0 ? 'bad' : 'good';
}

function distanceFromMiddle({ good, kernel, bad }: KernelBlock): number {
  return Math.log(kernel) - (Math.log(good) + Math.log(bad)) / 2;
}

/** How far the bad end is above the good one. */
export function logRatio({ good, bad }: EndsBlock): number {
  return Math.log(bad) - Math.log(good);
}

/** Others have no ratio, and say nothing. */
export function isPositive({ good, bad }: EndsBlock): boolean {
  return good > 0 && bad > 0;
}
