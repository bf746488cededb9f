// SPDX-License-Identifier: Apache-2.0
/**
 * The one estimate that narrowing rests on: the centre of a few values, one for each block, with
 * its 95 % interval. Whatever replaces it needs to keep this shape alone.
 */

import { estimateMedian } from '../statistics/estimate.js';
import { COVERAGE_MIN } from '../statistics/median-interval.js';
import { hodgesLehmann } from '../statistics/signed-rank.js';
import type { RatioEstimate } from '../statistics/welch.js';

export interface CentreInterval {
  readonly centre: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined below two values. */
export function centreInterval(values: readonly number[]): CentreInterval | undefined {
  if (values.length === 0) return undefined;
  // As for the changes of a report: exact from six values on, and Student's t below.
  const shift = hodgesLehmann(values, COVERAGE_MIN);
  if (shift !== undefined) return shift;
  const { median, interval } = estimateMedian(values, 'linear');
  if (interval.method === 'none') return undefined;
  return { centre: median, low: interval.low, high: interval.high };
}

/** Of differences of logarithms, as the ratio that they stand for. */
export function ratioInterval(logs: readonly number[]): RatioEstimate | undefined {
  const found = centreInterval(logs);
  if (found === undefined) return undefined;
  const [ratio = 0, low = 0, high = 0] = [found.centre, found.low, found.high].map(finiteExp);
  return { ratio, low, high };
}

/** JSON knows no infinity. */
const finiteExp = (log: number): number => Math.min(Math.exp(log), 1e300);
