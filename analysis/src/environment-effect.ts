// SPDX-License-Identifier: Apache-2.0
/**
 * Says whether a guest and the bare machine agree on the effect of a kernel. Each effect is taken
 * inside the blocks of its own environment; only the two results meet here.
 */
import type { Comparison } from './compare.js';
import { widerRatio } from './statistics/rounded-ratio.js';
import { type RatioEstimate, welchRatio } from './statistics/welch.js';

export type Agreement =
  /** Both are clear and point the same way. */
  | {
      readonly kind: 'same-direction';
      /** The interval of `effectRatio` includes 1. */
      readonly isSameSize: boolean;
      /** The larger change divided by the smaller one, as percentages of change. */
      readonly sizeFactor: number;
      readonly effectRatio?: RatioEstimate;
    }
  | { readonly kind: 'opposite-directions'; readonly effectRatio?: RatioEstimate }
  | { readonly kind: 'virtual-only'; readonly effectRatio?: RatioEstimate }
  | { readonly kind: 'native-only'; readonly effectRatio?: RatioEstimate }
  | { readonly kind: 'neither'; readonly effectRatio?: RatioEstimate }
  /** One of them is no comparison. */
  | { readonly kind: 'unknown' };

/**
 * `effectRatio` is the guest's factor (kernel / reference) divided by the native one, wider by what
 * rounding may hide in both.
 */
export function agreementOf(options: {
  readonly virtual: Comparison;
  readonly native: Comparison;
}): Agreement {
  const { virtual, native } = options;
  if (virtual.kind !== 'compared' || native.kind !== 'compared') return { kind: 'unknown' };
  const ratio = welchRatio({ numerator: virtual.ratios, denominator: native.ratios });
  const effectRatio = ratio && widerRatio(ratio, virtual.quantumLog + native.quantumLog);
  const told = effectRatio === undefined ? {} : { effectRatio };
  const isClear = ({ direction }: typeof virtual): boolean => direction !== 'no-clear-difference';
  if (!isClear(virtual)) return { kind: isClear(native) ? 'native-only' : 'neither', ...told };
  if (!isClear(native)) return { kind: 'virtual-only', ...told };
  const sizes = [virtual, native].map(({ changePercent }) => changePercent.estimate);
  const [one = 0, other = 0] = sizes;
  if (Math.sign(one) !== Math.sign(other)) return { kind: 'opposite-directions', ...told };
  const [small = 0, large = 0] = sizes.map(Math.abs).toSorted((a, b) => a - b);
  const isSameSize = effectRatio !== undefined && effectRatio.low <= 1 && effectRatio.high >= 1;
  return { kind: 'same-direction', isSameSize, sizeFactor: large / small, ...told };
}
