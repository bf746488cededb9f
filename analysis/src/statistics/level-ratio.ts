// SPDX-License-Identifier: Apache-2.0
/** The levels of two independent series against each other: how far apart, and by chance or not. */
import { rankSumP } from './rank-sum.js';
import { type RatioEstimate, welchRatio } from './welch.js';

export interface LevelRatio extends RatioEstimate {
  /** Two-sided, by rank sums; corrected for no other comparison. */
  readonly p: number;
}

/**
 * Undefined where `welchRatio` is. The interval rests on logarithms that are nearly normal and p on
 * nothing but the order, so a reader sees it when the two tell different stories.
 */
export function levelRatio(options: {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}): LevelRatio | undefined {
  const ratio = welchRatio(options);
  if (ratio === undefined) return undefined;
  return { ...ratio, p: rankSumP(options.numerator, options.denominator) };
}
