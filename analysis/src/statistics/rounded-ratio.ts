// SPDX-License-Identifier: Apache-2.0
/**
 * What rounding does to a ratio, on its logarithm: how far it may have moved it, and bounds that
 * allow for that. Whether rounding hides anything at all is asked elsewhere.
 */

/**
 * What `hidden` is worth on the logarithm of a level, both in one unit. Where the level is no
 * larger than that, it has no such logarithm, and 0 is given.
 */
export function hiddenLog({
  level,
  hidden,
}: {
  readonly level: number;
  readonly hidden: number;
}): number {
  return level <= hidden ? 0 : Math.log(level / (level - hidden));
}

/** Bounds of a ratio that rounding may have moved to either side. */
export function widerRatio<Bounds extends { readonly low: number; readonly high: number }>(
  bounds: Bounds,
  quantumLog: number,
): Bounds {
  if (quantumLog === 0) return bounds;
  const factor = Math.exp(quantumLog);
  return { ...bounds, low: bounds.low / factor, high: bounds.high * factor };
}
