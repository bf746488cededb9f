// SPDX-License-Identifier: Apache-2.0
/**
 * The smallest change that a row could see. With the baseline measured twice under two names it is
 * what the same kernel seemed to differ from itself, at most; without, what the spread of the
 * ratios would let through.
 */
import { farEndOf } from './change-size.js';
import type { Comparison, PercentChange } from './compare.js';
import { type Bar, blocksForLevel, smallestChange, surelyAbove } from './needed-blocks.js';

/** Fractions are those of a rise; a fall to 1 / (1 + fraction) is of the same size. */
export type NoiseFloor = MeasuredFloor | ReckonedFloor;

export interface MeasuredFloor {
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
  /** What the blocks find with 90 % power above such a floor; absent where nothing is compared. */
  readonly found?: ReckonedFloor;
}

export type ReckonedFloor =
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
}): MeasuredFloor | undefined {
  const { again, isSandwich } = options;
  if (again?.kind !== 'compared') return undefined;
  const { changePercent: change, ratio, direction } = again;
  const factors = { low: 1 + change.low / 100, high: 1 + change.high / 100 };
  const fraction = isSandwich ? sandwichFloor(factors) : farEndOf(factors);
  const isBroken = direction !== 'no-clear-difference';
  return { kind: 'a-a', fraction, blocks: ratio.n, change, isSandwich, isBroken };
}

/** What was measured with what is reckoned beside it, or that alone where nothing was measured. */
export function completeFloor(
  measured: NoiseFloor | undefined,
  comparisons: readonly Comparison[],
  bar: Pick<Bar, 'level' | 'family'>,
): NoiseFloor | undefined {
  if (measured?.kind !== 'a-a') return reckonedFloor(comparisons, bar);
  const found = reckonedFloor(comparisons, bar, measured.fraction);
  return found === undefined ? measured : { ...measured, found };
}

/**
 * Of the comparison of a row that sees least; undefined where nothing is compared. Above a floor
 * that was `measured`, as a fraction, if there is one.
 */
export function reckonedFloor(
  comparisons: readonly Comparison[],
  { level, family }: Pick<Bar, 'level' | 'family'>,
  measured = 0,
): ReckonedFloor | undefined {
  const compared = comparisons.filter((each) => each.kind === 'compared');
  if (compared.length === 0) return undefined;
  const least = Math.min(...compared.map(({ ratio }) => ratio.n));
  const needed = blocksForLevel(level, family);
  if (least < needed) return { kind: 'too-few', blocks: least, needed };
  const reaches = compared.map(({ ratios, ratio, quantumLog }) => {
    const logs = ratios.map(Math.log);
    const alone = smallestChange(logs, { level, family, quantumLog }) ?? Number.NaN;
    const above = surelyAbove(logs, { floorLog: Math.log1p(measured), quantumLog }) ?? Number.NaN;
    return { reach: measured > 0 ? Math.max(alone, above) : alone, blocks: ratio.n };
  });
  const [widest] = reaches.toSorted((a, b) => b.reach - a.reach);
  if (widest === undefined || !Number.isFinite(widest.reach)) return undefined;
  return { kind: 'spread', fraction: Math.expm1(widest.reach), blocks: widest.blocks };
}

/**
 * Of the drift inside the blocks of a sandwich, the interval of again / first. A steady one cancels
 * in the middle of both turns; of one that hits either end alone a change has half.
 */
export function sandwichFloor(drift: { readonly low: number; readonly high: number }): number {
  return farEndOf(drift, 1 / 2);
}
