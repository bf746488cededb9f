// SPDX-License-Identifier: Apache-2.0
/**
 * Compares a kernel with the baseline: the ratio inside each block, then the centre of the ratios
 * with its interval. It never compares across blocks, and gives no percentage where it has no
 * interval. What follows from a comparison is judged elsewhere, over the whole report.
 */
import assert from 'node:assert/strict';
import type { HostId, KernelName, Metric } from '@labsweep/proto';
import { type HostAgreement, hostAgreement } from './host-agreement.js';
import { type PairedBlock, pairedBlocks, type Series } from './series.js';
import type { StateDifference } from './state-gate.js';
import { median } from './statistics/median.js';
import { type PairedRatio, pairedRatio } from './statistics/paired-ratio.js';
import { hiddenLog } from './statistics/rounded-ratio.js';
import { standardDeviation } from './statistics/summary.js';
import { type RatioEstimate, welchRatio } from './statistics/welch.js';

/**
 * Where the interval lies, and no more than that. `higher` and `lower` are for metrics without a
 * good direction.
 */
export type Direction = 'slower' | 'faster' | 'higher' | 'lower' | 'no-clear-difference';

/** Change of the value in percent of the baseline's; positive means a higher value. */
export interface PercentChange {
  readonly estimate: number;
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
      /** What rounding may hide in the logarithm of a ratio; the interval is wider by it. */
      readonly quantumLog: number;
      /** The host of each ratio. */
      readonly hosts: readonly HostId[];
      readonly ratio: PairedRatio;
      readonly changePercent: PercentChange;
      readonly direction: Direction;
      /** Present when blocks of several hosts are pooled. */
      readonly agreement?: HostAgreement;
      /**
       * Of all values as if there were no blocks; shown to tell what blocks are for, and never
       * used.
       */
      readonly unblocked?: RatioEstimate;
    }
  | {
      /** The workload did different work on the two kernels, or was timed by different clocks. */
      readonly kind: 'not-comparable';
      readonly cause: 'state' | 'clock';
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
  /** The step in which both are printed, where it matters. */
  readonly quantum?: number;
}

/** A ratio needs a positive baseline and a kernel's value that is not negative, in every block. */
export function compareKernels(options: CompareOptions): Comparison {
  const pairs = pairedBlocks(options.kernel, options.baseline);
  if (pairs.some(({ value, baseline }) => baseline <= 0 || value < 0)) {
    return { kind: 'not-compared', pairs: pairs.length, reason: 'not-positive' };
  }
  if (pairs.length < 2) {
    return { kind: 'not-compared', pairs: pairs.length, reason: 'too-few-pairs' };
  }
  const ratios = pairs.map(({ value, baseline }) => value / baseline);
  const quantumLog = roundingLog(pairs, options.quantum);
  const ratio = pairedRatio(ratios, { quantumLog });
  const changePercent = changeOf(ratio);
  return {
    kind: 'compared',
    baseline: options.baselineName,
    ratios,
    quantumLog,
    hosts: pairs.map(({ host }) => host),
    ratio,
    changePercent,
    direction: directionOf(changePercent, options.direction),
    ...pooling(pairs, options.quantum),
  };
}

/**
 * How far rounding may have moved all ratios alike: what half a quantum of both levels is worth,
 * and nothing where the spread of the ratios is wider than that of rounding alone.
 */
export function roundingLog(
  pairs: readonly Pick<PairedBlock, 'value' | 'baseline'>[],
  quantum: number | undefined,
): number {
  if (quantum === undefined || pairs.length === 0) return 0;
  const parts = (['value', 'baseline'] as const).map((side) => {
    const level = median(pairs.map((pair) => pair[side]));
    return hiddenLog({ level, hidden: quantum / 2 });
  });
  const stdev = standardDeviation(pairs.map(({ value, baseline }) => Math.log(value / baseline)));
  const dithered = Math.hypot(...parts);
  return stdev !== undefined && stdev >= dithered ? 0 : parts.reduce((sum, part) => sum + part, 0);
}

function pooling(pairs: readonly PairedBlock[], quantum: number | undefined) {
  const hosts = [...new Set(pairs.map(({ host }) => host))];
  const agreement = hostAgreement(
    hosts.map((host) => {
      const own = pairs.filter((pair) => pair.host === host);
      const ratios = own.map(({ value, baseline }) => value / baseline);
      return { host, ratios, quantumLog: roundingLog(own, quantum) };
    }),
  );
  if (agreement === undefined) return {};
  const unblocked = welchRatio({
    numerator: pairs.map(({ value }) => value),
    denominator: pairs.map(({ baseline }) => baseline),
  });
  return { agreement, ...(unblocked === undefined ? {} : { unblocked }) };
}

function changeOf({ ratio, interval }: PairedRatio): PercentChange {
  const percent = (each: number): number => (each - 1) * 100;
  assert(interval.method !== 'none', 'two pairs or more always have an interval');
  return { estimate: percent(ratio), low: percent(interval.low), high: percent(interval.high) };
}

/** Of a change in percent whose positive side is a higher value. */
export function directionOf(
  change: Pick<PercentChange, 'low' | 'high'>,
  better: Metric['direction'],
): Direction {
  if (change.low <= 0 && change.high >= 0) return 'no-clear-difference';
  const isHigher = change.low > 0;
  if (better === 'none') return isHigher ? 'higher' : 'lower';
  return isHigher === (better === 'lower') ? 'slower' : 'faster';
}

/** The interval excludes 0; a verdict asks for more. */
export function isClear(comparison: Comparison): boolean {
  return comparison.kind === 'compared' && comparison.direction !== 'no-clear-difference';
}
