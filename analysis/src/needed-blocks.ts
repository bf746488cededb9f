// SPDX-License-Identifier: Apache-2.0
/**
 * How many blocks a verdict takes, from the spread of the ratios that are there. It is a plan for
 * the next evening, no promise: the spread itself is only an estimate.
 */
import { normalQuantile } from './statistics/normal.js';
import { studentTQuantile } from './statistics/student-t.js';
import { standardDeviation } from './statistics/summary.js';

/** The chance with which the blocks asked for shall decide, if the change is what it seems. */
const POWER = 0.9;
/** Nobody runs more; then the setup is wrong for the question. */
export const BLOCKS_MAX = 1000;

/**
 * The fewest blocks whose smallest p, 2 / 2^n, stays below `level` after Holm's correction for
 * `family` comparisons: 6 for one at 0.05.
 */
export function blocksForLevel(level: number, family: number): number {
  return Math.ceil(1 + Math.log2(Math.max(1, family) / level));
}

/** To tell a change of `change` (on the logarithm) from none; undefined above 1,000. */
export function blocksForChange(options: {
  readonly logs: readonly number[];
  readonly change: number;
}): number | undefined {
  return fewest(options.logs, { coverage: 0.95, reach: options.change });
}

/** To show that the centre lies inside a margin which leaves `room` beside it. */
export function blocksForEquivalence(options: {
  readonly logs: readonly number[];
  readonly room: number;
}): number | undefined {
  return fewest(options.logs, { coverage: 0.9, reach: options.room });
}

/**
 * The smallest change of the logarithm that `n` blocks of this spread show with 90 % power; two
 * ratios at least.
 */
export function smallestChange(logs: readonly number[], n = logs.length): number | undefined {
  const stdev = standardDeviation(logs);
  return stdev === undefined ? undefined : (stdev * reachOf(n, 0.95)) / Math.sqrt(n);
}

function fewest(
  logs: readonly number[],
  wanted: { readonly coverage: number; readonly reach: number },
): number | undefined {
  const stdev = standardDeviation(logs);
  if (stdev === undefined || wanted.reach <= 0) return undefined;
  const enough = (n: number): boolean =>
    (stdev * reachOf(n, wanted.coverage)) / Math.sqrt(n) <= wanted.reach;
  if (!enough(BLOCKS_MAX)) return undefined;
  let low = 2;
  let high = BLOCKS_MAX;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** In standard errors: the interval's own reach, and what power adds. */
function reachOf(n: number, coverage: number): number {
  return studentTQuantile({ coverage, degreesOfFreedom: n - 1 }) + normalQuantile(POWER);
}
