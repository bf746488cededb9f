// SPDX-License-Identifier: Apache-2.0
/**
 * The one measure by which changes are held against floors and margins. A ratio and its mirror are
 * as far from no change, since kernel and baseline may change places: sizes are taken on the
 * logarithm, and told as the fraction by which the higher value is above the lower one.
 */

/** An interval may reach down to 0, and JSON knows no infinity. */
const FRACTION_MAX = 1e9;
/** As a fraction: closer numbers are one to a reader. */
const POINTS_SHOWN = 0.0005;

/** True where a ratio is at most 1 + `fraction`, and at least its mirror, 1 / (1 + `fraction`). */
export function isWithin(ratio: number, fraction: number): boolean {
  return Math.abs(Math.log(ratio)) <= Math.log1p(fraction);
}

/** How far an interval of ratios goes from no change at its far end; `share` of that. */
export function farEndOf(
  { low, high }: { readonly low: number; readonly high: number },
  share = 1,
): number {
  const [least, most] = [low, high].map((bound) => Math.abs(Math.log(Math.max(bound, 0))));
  const reach = Math.max(least ?? 0, most ?? 0);
  return Math.min(Math.expm1(reach * share), FRACTION_MAX);
}

/** A size as the fraction by which a value changes that goes the way of `ratio`. */
export function sizeToward(ratio: number, fraction: number): number {
  return ratio < 1 ? fraction / (1 + fraction) : fraction;
}

/** `0.30%`, or `+25.3% or -20.2%` where a rise and a fall of one size are told by two numbers. */
export function sizeText(fraction: number): string {
  const fall = sizeToward(0, fraction);
  const [up, down] = [percentText(fraction), percentText(fall)];
  return fraction - fall < POINTS_SHOWN || up === down ? up : `+${up} or -${down}`;
}

/** For example `2.0%`. */
export function percentText(fraction: number): string {
  const percent = fraction * 100;
  return `${percent.toFixed(percent < 0.1 ? 3 : percent < 1 ? 2 : 1)}%`;
}
