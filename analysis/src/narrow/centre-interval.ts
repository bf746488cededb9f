// SPDX-License-Identifier: Apache-2.0
/**
 * The one estimate that narrowing rests on: the centre of a few values, one for each block, with
 * its 95 % interval. Whatever replaces it needs to keep this shape alone.
 */

import { roundingLog } from '../compare.js';
import { estimateMedian } from '../statistics/estimate.js';
import { COVERAGE_MIN } from '../statistics/median-interval.js';
import { hodgesLehmann } from '../statistics/signed-rank.js';
import type { RatioEstimate } from '../statistics/welch.js';

export interface CentreInterval {
  readonly centre: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined below two values; wider by `hidden`, what rounding may have moved them all by. */
export function centreInterval(values: readonly number[], hidden = 0): CentreInterval | undefined {
  const found = centreOf(values);
  if (found === undefined) return undefined;
  return { centre: found.centre, low: found.low - hidden, high: found.high + hidden };
}

function centreOf(values: readonly number[]): CentreInterval | undefined {
  if (values.length === 0) return undefined;
  // As for the changes of a report: exact from six values on, and Student's t below.
  const shift = hodgesLehmann(values, COVERAGE_MIN);
  if (shift !== undefined) return shift;
  const { median, interval } = estimateMedian(values, 'linear');
  if (interval.method === 'none') return undefined;
  return { centre: median, low: interval.low, high: interval.high };
}

/** What is divided by what in one block; both are positive. */
export interface RatioPair {
  readonly value: number;
  readonly baseline: number;
}

/** `quantum` is the step in which values are printed, where it matters. */
export function ratioInterval(
  pairs: readonly RatioPair[],
  quantum: number | undefined,
): RatioEstimate | undefined {
  const found = centreInterval(pairs.map(logOf), roundingLog(pairs, quantum));
  if (found === undefined) return undefined;
  const [ratio = 0, low = 0, high = 0] = [found.centre, found.low, found.high].map(finiteExp);
  return { ratio, low, high };
}

export function logOf({ value, baseline }: RatioPair): number {
  return Math.log(value) - Math.log(baseline);
}

/** JSON knows no infinity. */
const finiteExp = (log: number): number => Math.min(Math.exp(log), 1e300);
