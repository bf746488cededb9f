// SPDX-License-Identifier: Apache-2.0
/**
 * A median with its interval, as one value. It keeps the series out; cells and comparisons hold
 * that.
 */
import { median } from './median.js';
import { type MedianInterval, medianInterval } from './median-interval.js';

export interface Estimate {
  readonly n: number;
  readonly median: number;
  readonly interval: MedianInterval;
}

/** `values` holds at least one number; for the meaning of `scale` see `medianInterval`. */
export function estimateMedian(values: readonly number[], scale: 'log' | 'linear'): Estimate {
  return { n: values.length, median: median(values), interval: medianInterval(values, scale) };
}
