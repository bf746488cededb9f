// SPDX-License-Identifier: Apache-2.0
/**
 * The smallest change that a row could see. With the baseline measured twice under two names it is
 * what the same kernel seemed to differ from itself, at most; without, what the spread of the
 * ratios would let through.
 */
import type { Comparison, PercentChange } from './compare.js';
import { smallestChange } from './needed-blocks.js';

export type NoiseFloor =
  | {
      /** Seen: no change below it is called one. */
      readonly kind: 'a-a';
      readonly fraction: number;
      readonly blocks: number;
      /** Of the baseline against itself; with sandwich blocks, its drift inside a block. */
      readonly change: PercentChange;
      /** Blocks are A B A, so that half of the drift is all that a change may have of it. */
      readonly isSandwich: boolean;
      /** The baseline differs from itself by more than its interval allows. */
      readonly isBroken: boolean;
    }
  | {
      /** Reckoned from the spread of the ratios, at 90 % power. */
      readonly kind: 'spread';
      readonly fraction: number;
      readonly blocks: number;
    };

/** `again` is the baseline's second turn; undefined where neither it nor two blocks are there. */
export function noiseFloor(options: {
  readonly again: Comparison | undefined;
  readonly isSandwich?: boolean;
  readonly comparisons: readonly Comparison[];
}): NoiseFloor | undefined {
  const { again, isSandwich = false } = options;
  if (again?.kind === 'compared') {
    const { changePercent: change, ratio, direction } = again;
    const farEnd = Math.max(Math.abs(change.low), Math.abs(change.high)) / 100;
    const fraction = isSandwich ? sandwichFloor(factorsOf(change)) : farEnd;
    const isBroken = direction !== 'no-clear-difference';
    return { kind: 'a-a', fraction, blocks: ratio.n, change, isSandwich, isBroken };
  }
  const compared = options.comparisons.filter((each) => each.kind === 'compared');
  const widest = compared
    .map(({ ratios }) => ({ reach: smallestChange(ratios.map(Math.log)), blocks: ratios.length }))
    .filter((each): each is { reach: number; blocks: number } => each.reach !== undefined)
    .toSorted((a, b) => b.reach - a.reach)[0];
  if (widest === undefined || !Number.isFinite(widest.reach)) return undefined;
  return { kind: 'spread', fraction: Math.expm1(widest.reach), blocks: widest.blocks };
}

const factorsOf = ({ low, high }: PercentChange) => ({ low: 1 + low / 100, high: 1 + high / 100 });

/**
 * Of the drift inside the blocks of a sandwich, the interval of again / first. A steady one cancels
 * in the middle of both turns; of one that hits either end alone a change has half.
 */
export function sandwichFloor(drift: { readonly low: number; readonly high: number }): number {
  const reach = Math.max(Math.abs(Math.log(drift.low)), Math.abs(Math.log(drift.high)));
  return Math.expm1(reach / 2);
}
