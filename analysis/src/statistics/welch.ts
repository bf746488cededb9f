// SPDX-License-Identifier: Apache-2.0
/**
 * The ratio of two independent series with its interval, for what no block pairs. Whatever shares a
 * block is compared inside it and not here.
 *
 * Welch (1947), The generalization of Student's problem when several different population variances
 * are involved, Biometrika 34, 28-35, with the degrees of freedom of Satterthwaite (1946), An
 * approximate distribution of estimates of variance components, Biometrics Bulletin 2, 110-114.
 */
import { COVERAGE_MIN } from './median-interval.js';
import { studentTQuantile } from './student-t.js';
import { meanOf, standardDeviation } from './summary.js';

/** Of geometric means, with the bounds of its 95 % interval. */
export interface RatioEstimate {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** JSON knows no infinity. */
const BOUND_MAX = 1e300;

/**
 * On the logarithms, since errors of times are proportional and a ratio is asked for. Undefined
 * below two values on either side, or with a value that is not positive. Both series without any
 * spread give an interval of no width.
 */
export function welchRatio(options: {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}): RatioEstimate | undefined {
  const sides = [options.numerator, options.denominator].map(logMoments);
  const [above, below] = sides;
  if (above === undefined || below === undefined) return undefined;
  const difference = above.mean - below.mean;
  const variance = above.variance + below.variance;
  const reach = variance === 0 ? 0 : quantileFor([above, below]) * Math.sqrt(variance);
  const [low = 0, ratio = 0, high = 0] = [difference - reach, difference, difference + reach].map(
    (log) => Math.min(Math.exp(log), BOUND_MAX),
  );
  return { ratio, low, high };
}

interface Moments {
  readonly mean: number;
  /** Of the mean. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

function logMoments(values: readonly number[]): Moments | undefined {
  if (values.some((value) => value <= 0)) return undefined;
  const logs = values.map(Math.log);
  const stdev = standardDeviation(logs);
  if (stdev === undefined) return undefined;
  // Equal values have no spread, whatever the logarithm and the mean rounded.
  const isConstant = values.every((value) => value === values[0]);
  const variance = isConstant ? 0 : stdev ** 2 / logs.length;
  return { mean: meanOf(logs), variance, degreesOfFreedom: logs.length - 1 };
}

/** Fractions of a degree of freedom are dropped, which makes the interval a little wider. */
function quantileFor(sides: readonly Moments[]): number {
  const variance = sides.reduce((sum, side) => sum + side.variance, 0);
  const weights = sides.reduce((sum, side) => sum + side.variance ** 2 / side.degreesOfFreedom, 0);
  const degreesOfFreedom = Math.max(1, Math.floor(variance ** 2 / weights + 1e-9));
  return studentTQuantile({ coverage: COVERAGE_MIN, degreesOfFreedom });
}
