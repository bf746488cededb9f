// SPDX-License-Identifier: Apache-2.0
/**
 * The smallest change that a row could see. With the baseline measured twice under two names it is
 * what the same kernel seemed to differ from itself, at most; without, what the spread of the
 * ratios would let through.
 */
import type { Comparison, PercentChange } from './compare.js';
import { type Bar, blocksForLevel, smallestChange } from './needed-blocks.js';

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
      /** Reckoned from the spread of the ratios: it is found with 90 % power. */
      readonly kind: 'spread';
      readonly fraction: number;
      readonly blocks: number;
    }
  | {
      /** Whatever the change, so many blocks cannot show it among the comparisons of the report. */
      readonly kind: 'too-few';
      readonly blocks: number;
      readonly needed: number;
    };

/** Of a row with the baseline's second turn in its blocks; undefined below two of them. */
export function measuredFloor(options: {
  readonly again: Comparison | undefined;
  readonly isSandwich: boolean;
}): NoiseFloor | undefined {
  const { again, isSandwich } = options;
  if (again?.kind !== 'compared') return undefined;
  const { changePercent: change, ratio, direction } = again;
  const farEnd = Math.max(Math.abs(change.low), Math.abs(change.high)) / 100;
  const fraction = isSandwich ? sandwichFloor(factorsOf(change)) : farEnd;
  const isBroken = direction !== 'no-clear-difference';
  return { kind: 'a-a', fraction, blocks: ratio.n, change, isSandwich, isBroken };
}

/** Of the comparison of a row that sees least; undefined where nothing is compared. */
export function reckonedFloor(
  comparisons: readonly Comparison[],
  { level, family }: Pick<Bar, 'level' | 'family'>,
): NoiseFloor | undefined {
  const compared = comparisons.filter((each) => each.kind === 'compared');
  if (compared.length === 0) return undefined;
  const least = Math.min(...compared.map(({ ratio }) => ratio.n));
  const needed = blocksForLevel(level, family);
  if (least < needed) return { kind: 'too-few', blocks: least, needed };
  const reaches = compared.map(({ ratios, ratio, quantumLog }) => ({
    reach: smallestChange(ratios.map(Math.log), { level, family, quantumLog }) ?? Number.NaN,
    blocks: ratio.n,
  }));
  const [widest] = reaches.toSorted((a, b) => b.reach - a.reach);
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
