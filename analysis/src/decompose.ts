// SPDX-License-Identifier: Apache-2.0
/**
 * Says which of the other metrics carry a difference in the primary one. Its shares are arithmetic
 * on block-paired differences: that the parts add up is shown by their sum, not assumed.
 */
import type { KernelName, Metric } from '@labsweep/proto';
import { matchedByBlock, type Series } from './series.js';
import { type Estimate, estimateMedian } from './statistics/estimate.js';
import { widerBy } from './statistics/median-interval.js';

export interface DecompositionPart {
  readonly metric: string;
  /** Kernel minus baseline inside blocks. */
  readonly difference: Estimate;
  /** Median difference as a fraction of the primary's median difference. */
  readonly share: number;
}

export interface Decomposition {
  readonly kernel: KernelName;
  readonly baseline: KernelName;
  readonly unit: string;
  readonly primaryDifference: Estimate;
  /** Largest share first. */
  readonly parts: readonly DecompositionPart[];
  /**
   * Sum of the parts' median differences; far from the primary's when the parts do not add up to
   * it.
   */
  readonly sum: number;
  readonly sumShare: number;
}

export interface DecomposeOptions {
  readonly kernel: KernelName;
  readonly baseline: KernelName;
  readonly primary: Metric;
  /** Those of another unit than the primary's are left out, and those without a good direction. */
  readonly others: readonly Metric[];
}

/** Of a kernel and metric; values are empty for those that the row does not have. */
export type SeriesLookup = (wanted: { readonly kernel: KernelName; readonly metric: string }) => {
  readonly values: Series;
  /** By how much rounding may have moved all values alike, in the unit of the metric. */
  readonly hidden: number;
};

/**
 * Undefined when there is nothing to share out: no parts, fewer than two blocks, or no difference.
 */
export function decompose(
  lookup: SeriesLookup,
  options: DecomposeOptions,
): Decomposition | undefined {
  const { kernel, baseline, primary } = options;
  const primaryDifference = blockDifference(lookup, { ...options, metric: primary });
  if (primaryDifference === undefined || primaryDifference.median === 0) return undefined;
  const parts = options.others
    .filter((metric) => metric.unit === primary.unit && metric.direction !== 'none')
    .flatMap((metric) => {
      const difference = blockDifference(lookup, { ...options, metric });
      if (difference === undefined) return [];
      const share = difference.median / primaryDifference.median;
      return [{ metric: metric.name, difference, share }];
    })
    .toSorted((a, b) => b.share - a.share);
  if (parts.length === 0) return undefined;
  const sum = parts.reduce((total, part) => total + part.difference.median, 0);
  const sumShare = sum / primaryDifference.median;
  return { kernel, baseline, unit: primary.unit, primaryDifference, parts, sum, sumShare };
}

/** Only blocks that have the primary metric too: no part speaks of a block that the whole lacks. */
function blockDifference(
  lookup: SeriesLookup,
  options: DecomposeOptions & { readonly metric: Metric },
): Estimate | undefined {
  const { kernel, baseline, primary, metric } = options;
  const own = lookup({ kernel, metric: metric.name });
  const base = lookup({ kernel: baseline, metric: metric.name });
  const differences = matchedByBlock([
    own.values,
    base.values,
    lookup({ kernel, metric: primary.name }).values,
    lookup({ kernel: baseline, metric: primary.name }).values,
  ]).map(([value, baselineValue]) => value - baselineValue);
  if (differences.length < 2) return undefined;
  const estimate = estimateMedian(differences, 'linear');
  return { ...estimate, interval: widerBy(estimate.interval, own.hidden + base.hidden) };
}
