// SPDX-License-Identifier: Apache-2.0
/**
 * Compares a kernel with the baseline: the ratio inside each block, then the median of the ratios
 * with its interval. It never compares across blocks, and gives no percentage where it has no
 * interval.
 */
import assert from 'node:assert/strict';
import type { KernelName, Metric } from '@labsweep/proto';
import { matchedByBlock, type Series } from './series.js';
import type { StateDifference } from './state-gate.js';
import { type Estimate, estimateMedian } from './statistics/estimate.js';

/** `higher` and `lower` are for metrics without a good direction. */
export type Verdict = 'slower' | 'faster' | 'higher' | 'lower' | 'no-clear-difference';

/** Change of the value in percent of the baseline's; positive means a higher value. */
export interface PercentChange {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export type Comparison =
  | { readonly kind: 'baseline' }
  | {
      readonly kind: 'compared';
      readonly baseline: KernelName;
      /** Kernel divided by baseline, one for each block that has both. */
      readonly ratios: readonly number[];
      readonly ratio: Estimate;
      readonly changePercent: PercentChange;
      readonly verdict: Verdict;
    }
  | {
      /** The workload did different work on the two kernels; its times are not compared. */
      readonly kind: 'not-comparable';
      readonly baseline: KernelName;
      /** At least one. */
      readonly differences: readonly StateDifference[];
    }
  | {
      readonly kind: 'not-compared';
      readonly pairs: number;
      readonly reason: 'no-baseline-in-row' | 'too-few-pairs' | 'not-positive';
    };

export interface CompareOptions {
  readonly kernel: Series;
  readonly baseline: Series;
  readonly baselineName: KernelName;
  readonly direction: Metric['direction'];
}

/** A ratio needs a positive baseline and a kernel's value that is not negative, in every block. */
export function compareKernels(options: CompareOptions): Comparison {
  const pairs = matchedByBlock([options.kernel, options.baseline]);
  if (pairs.some(([kernel, baseline]) => baseline <= 0 || kernel < 0)) {
    return { kind: 'not-compared', pairs: pairs.length, reason: 'not-positive' };
  }
  if (pairs.length < 2) {
    return { kind: 'not-compared', pairs: pairs.length, reason: 'too-few-pairs' };
  }
  const ratios = pairs.map(([kernel, baseline]) => kernel / baseline);
  const ratio = estimateMedian(ratios, 'log');
  const changePercent = changeOf(ratio);
  const verdict = verdictOf(changePercent, options.direction);
  return {
    kind: 'compared',
    baseline: options.baselineName,
    ratios,
    ratio,
    changePercent,
    verdict,
  };
}

function changeOf({ median, interval }: Estimate): PercentChange {
  const percent = (ratio: number): number => (ratio - 1) * 100;
  assert(interval.method !== 'none', 'two pairs or more always have an interval');
  return { median: percent(median), low: percent(interval.low), high: percent(interval.high) };
}

function verdictOf(change: PercentChange, direction: Metric['direction']): Verdict {
  if (change.low <= 0 && change.high >= 0) return 'no-clear-difference';
  const isHigher = change.low > 0;
  if (direction === 'none') return isHigher ? 'higher' : 'lower';
  return isHigher === (direction === 'lower') ? 'slower' : 'faster';
}
