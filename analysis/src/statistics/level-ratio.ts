// SPDX-License-Identifier: Apache-2.0
/** The levels of two independent series against each other: how far apart, and by chance or not. */
import { median } from './median.js';
import { rankSumP } from './rank-sum.js';
import { widerRatio } from './rounded-ratio.js';
import { type RatioEstimate, welchRatio } from './welch.js';

export interface LevelRatio extends RatioEstimate {
  /** What rounding may hide in the logarithm of the ratio; the interval is wider by it. */
  readonly quantumLog: number;
  /** Two-sided, by rank sums, of no more apart than that; corrected for no other comparison. */
  readonly p: number;
}

export interface LevelRatioOptions {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
  /** What rounding may hide in the logarithm of the ratio; 0 where values are fine. */
  readonly quantumLog?: number;
}

/**
 * Undefined where `welchRatio` is. The interval rests on logarithms that are nearly normal and p on
 * nothing but the order, so a reader sees it when the two tell different stories.
 */
export function levelRatio(options: LevelRatioOptions): LevelRatio | undefined {
  const ratio = welchRatio(options);
  if (ratio === undefined) return undefined;
  const { quantumLog = 0 } = options;
  return { ...widerRatio(ratio, quantumLog), quantumLog, p: pBeyondRounding(options) };
}

/**
 * Rounding may have moved one side against the other by as much as `quantumLog`. Of all that it may
 * have done, p takes what leaves the two most alike: brought together by the centre of all
 * differences (Hodges and Lehmann 1963), as far as rounding reaches. As for changes inside blocks,
 * what lies within its reach is no difference at all.
 */
function pBeyondRounding({ numerator, denominator, quantumLog = 0 }: LevelRatioOptions): number {
  if (quantumLog === 0) return rankSumP(numerator, denominator);
  const [above, below] = [numerator.map(Math.log), denominator.map(Math.log)];
  const apart = median(above.flatMap((log) => below.map((other) => log - other)));
  if (Math.abs(apart) <= quantumLog) return 1;
  const moved = Math.sign(apart) * quantumLog;
  return rankSumP(
    above.map((log) => log - moved),
    below,
  );
}
