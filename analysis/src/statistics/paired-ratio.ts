// SPDX-License-Identifier: Apache-2.0
/**
 * The ratio of two kernels from the ratios inside their blocks. A block is a pair on one host, so
 * hosts and their drift cancel before anything is pooled; a sign flipped inside a block stays
 * inside its host, which makes the test one that is stratified by host.
 */
import { median } from './median.js';
import { COVERAGE_MIN, type MedianInterval, medianInterval } from './median-interval.js';
import { widerRatio } from './rounded-ratio.js';
import {
  hodgesLehmann,
  hodgesLehmannCentre,
  type ShiftEstimate,
  signedRankP,
} from './signed-rank.js';
import { meanOf } from './summary.js';

export interface PairedRatio {
  readonly n: number;
  /** Hodges-Lehmann centre of the logarithms; what verdicts are about. */
  readonly ratio: number;
  /** Of `ratio`; 95 %. */
  readonly interval: MedianInterval;
  /** The middle one of the ratios. */
  readonly median: number;
  /** Their geometric mean; far from the median where few blocks carry the change. */
  readonly mean: number;
  /** Two-sided, of no change: signed ranks; uncorrected for other comparisons. */
  readonly p: number;
}

export interface PairedRatioOptions {
  /** What half a quantum may be worth on the logarithm of a ratio; 0 where values are fine. */
  readonly quantumLog?: number;
  readonly coverage?: number;
}

/** Two ratios at least, none of them negative; with a 0 among them there are no logarithms. */
export function pairedRatio(
  ratios: readonly number[],
  { quantumLog = 0, coverage = COVERAGE_MIN }: PairedRatioOptions = {},
): PairedRatio {
  if (ratios.some((ratio) => ratio === 0)) return ofValues(ratios);
  const logs = ratios.map(Math.log);
  const shift = hodgesLehmann(logs, coverage);
  return {
    n: ratios.length,
    ratio: Math.exp(shift?.centre ?? hodgesLehmannCentre(logs)),
    interval: widened(intervalOf(ratios, shift), quantumLog),
    median: median(ratios),
    mean: Math.exp(meanOf(logs)),
    p: signedRankP(logs.map((log) => (Math.abs(log) <= quantumLog ? 0 : log))),
  };
}

/** The interval alone, for those who ask often. */
export function pairedInterval(
  ratios: readonly number[],
  { quantumLog = 0, coverage = COVERAGE_MIN }: PairedRatioOptions = {},
): MedianInterval {
  if (ratios.some((ratio) => ratio === 0)) return medianInterval(ratios, 'linear');
  return widened(intervalOf(ratios, hodgesLehmann(ratios.map(Math.log), coverage)), quantumLog);
}

function ofValues(ratios: readonly number[]): PairedRatio {
  const middle = median(ratios);
  return {
    n: ratios.length,
    ratio: middle,
    interval: medianInterval(ratios, 'linear'),
    median: middle,
    mean: meanOf(ratios),
    p: signedRankP(ratios.map((ratio) => ratio - 1)),
  };
}

/** Signed ranks where n allows them; below that what assumes log-normal errors. */
function intervalOf(ratios: readonly number[], shift: ShiftEstimate | undefined): MedianInterval {
  if (shift === undefined) return medianInterval(ratios, 'log');
  const [low, high] = [Math.exp(shift.low), Math.exp(shift.high)];
  return { method: 'signed-rank', low, high, coverage: shift.coverage };
}

function widened(interval: MedianInterval, quantumLog: number): MedianInterval {
  return interval.method === 'none' ? interval : widerRatio(interval, quantumLog);
}
