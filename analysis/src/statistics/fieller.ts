// SPDX-License-Identifier: Apache-2.0
/**
 * The interval of a ratio of two means that were seen on the same units, such as the gap that a
 * candidate closes and the gap itself.
 *
 * Fieller (1954), Some problems in interval estimation, Journal of the Royal Statistical Society B
 * 16, 175-185.
 */
import { studentTQuantile } from './student-t.js';
import { meanOf } from './summary.js';

export interface FiellerInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Numerator and denominator of one unit side by side, two units or more. Undefined when the
 * denominator's mean is not clearly different from 0: then no bounded set covers the ratio. Assumes
 * normal errors.
 */
export function fiellerInterval(
  units: readonly { readonly numerator: number; readonly denominator: number }[],
  coverage: number,
): FiellerInterval | undefined {
  const n = units.length;
  if (n < 2) return undefined;
  const above = meanOf(units.map(({ numerator }) => numerator));
  const below = meanOf(units.map(({ denominator }) => denominator));
  const t = studentTQuantile({ coverage, degreesOfFreedom: n - 1 });
  const scale = t ** 2 / (n * (n - 1));
  let aboveSquares = 0;
  let belowSquares = 0;
  let products = 0;
  for (const { numerator, denominator } of units) {
    aboveSquares += (numerator - above) ** 2;
    belowSquares += (denominator - below) ** 2;
    products += (numerator - above) * (denominator - below);
  }
  // The ratios r for which numerator - r * denominator has a mean that may be 0.
  const a = below ** 2 - scale * belowSquares;
  const b = above * below - scale * products;
  const c = above ** 2 - scale * aboveSquares;
  if (a <= 0) return undefined;
  const root = Math.sqrt(Math.max(0, b ** 2 - a * c));
  return { ratio: above / below, low: (b - root) / a, high: (b + root) / a };
}
