// SPDX-License-Identifier: Apache-2.0
/** Describes one series of trial values by the usual numbers. It judges nothing. */
import { median } from './median.js';

export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /**
   * Median absolute deviation from the median, in the unit of the values, not scaled to a sigma.
   */
  readonly mad: number;
  /** Of the sample (divisor n - 1); absent for n = 1. */
  readonly stdev?: number;
  /** `stdev` as a fraction of the mean; absent for n = 1 or a mean of 0. */
  readonly cv?: number;
}

/** `values` holds at least one finite number. */
export function summarise(values: readonly number[]): Summary {
  const middle = median(values);
  const mean = meanOf(values);
  const stdev = standardDeviation(values);
  return {
    n: values.length,
    median: middle,
    mean,
    min: Math.min(...values),
    max: Math.max(...values),
    mad: median(values.map((value) => Math.abs(value - middle))),
    ...(stdev === undefined ? {} : { stdev }),
    ...(stdev === undefined || mean === 0 ? {} : { cv: stdev / Math.abs(mean) }),
  };
}

/** The arithmetic mean; `values` holds at least one number. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** With the divisor n - 1; undefined below two values, where a spread cannot be seen. */
export function standardDeviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
