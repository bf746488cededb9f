// SPDX-License-Identifier: Apache-2.0
/**
 * When a row has blocks enough: the rule of a spec that asks for a precision. It looks at the width
 * of intervals and never at where they lie, so stopping by it favours neither verdict.
 *
 * Chow and Robbins (1965), On the asymptotic theory of fixed-width sequential confidence intervals
 * for the mean, Annals of Mathematical Statistics 36, 457-462. What the rule does to error rates at
 * few blocks is shown by simulation in this package's tests; verdicts make up for it by their
 * level.
 */
import type { Precision } from '@labsweep/proto';
import { roundingLog } from './compare.js';
import { pairedInterval } from './statistics/paired-ratio.js';

/**
 * A row that stops the first time that its interval is narrow has caught a moment of small spread;
 * the interval asked for is therefore one of more coverage than the one that is reported.
 */
export const STOPPING_COVERAGE = 0.98;
/** The fewest blocks of which an interval of that coverage exists. */
export const BLOCKS_TO_STOP_MIN = 7;

/** Of one kernel and the baseline: their values in each block that has both, in any order. */
export interface PrecisionSeries {
  readonly pairs: readonly { readonly value: number; readonly baseline: number }[];
  /** The step in which values are printed, where it matters. */
  readonly quantum?: number;
}

/**
 * True when each series has the blocks that are asked for in any case, and an interval of at most
 * `fraction` to either side.
 */
export function isPreciseEnough(
  series: readonly PrecisionSeries[],
  { fraction, repetitionsMin }: Precision,
): boolean {
  if (series.length === 0) return false;
  const least = Math.max(repetitionsMin, BLOCKS_TO_STOP_MIN);
  return series.every(({ pairs, quantum }) => {
    if (pairs.length < least) return false;
    if (pairs.some(({ value, baseline }) => value <= 0 || baseline <= 0)) return false;
    const ratios = pairs.map(({ value, baseline }) => value / baseline);
    const reach = stoppingReach(ratios, roundingLog(pairs, quantum));
    return reach !== undefined && reach <= Math.log1p(fraction);
  });
}

/**
 * Half of the width of the interval by which rows stop, on the logarithm; undefined where so few
 * blocks, or values that are not positive, have no such interval.
 */
export function stoppingReach(ratios: readonly number[], quantumLog: number): number | undefined {
  if (ratios.length < BLOCKS_TO_STOP_MIN || ratios.some((ratio) => ratio <= 0)) return undefined;
  const interval = pairedInterval(ratios, { coverage: STOPPING_COVERAGE, quantumLog });
  return interval.method === 'none' ? undefined : Math.log(interval.high / interval.low) / 2;
}
