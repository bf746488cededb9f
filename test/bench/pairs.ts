// SPDX-License-Identifier: Apache-2.0
/** Interleaved pairs of one number measured in two ways, and what they say of the two ways. */
import { type MedianInterval, median, pairedRatio } from '@labsweep/analysis';

export interface Pair {
  readonly first: number;
  readonly second: number;
}

/** How far the ratio of the medians may be from 1. */
const TOLERANCE = 0.01;

export interface Side {
  readonly name: string;
  measure(): Promise<number>;
}

/**
 * One run differs from the next by several percent, as a machine shares its CPUs and lends other
 * pages of its memory. So a side of a pair is one number of several runs, and the runs of both
 * sides take turns as A B B A, which a drift of the machine leaves alone. `least` suits runs that a
 * machine can only slow down (Chen and Revels 2016, Robust benchmarking in noisy environments).
 */
export async function measurePair(
  sides: { readonly first: Side; readonly second: Side },
  { runs, take }: { readonly runs: number; readonly take: 'median' | 'least' },
): Promise<Pair> {
  const first: number[] = [];
  const second: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const isFirstBefore = run % 2 === 0;
    if (isFirstBefore) first.push(await sides.first.measure());
    second.push(await sides.second.measure());
    if (!isFirstBefore) first.push(await sides.first.measure());
  }
  const centre = take === 'median' ? median : (values: readonly number[]) => Math.min(...values);
  return { first: centre(first), second: centre(second) };
}

/**
 * Prints every pair and both ratios, that of the pairs with its 95 % interval; true when the ratio
 * of the medians is within 1 %.
 */
export function reportPairs(seen: {
  readonly first: { readonly name: string };
  readonly second: { readonly name: string };
  readonly unit: string;
  readonly pairs: readonly Pair[];
}): boolean {
  const { unit, pairs } = seen;
  const first = seen.first.name;
  const second = seen.second.name;
  for (const [index, pair] of pairs.entries()) {
    console.log(
      `pair ${String(index + 1).padStart(2)}  ${first} ${pair.first.toFixed(2)}  ` +
        `${second} ${pair.second.toFixed(2)} ${unit}`,
    );
  }
  const firstMedian = median(pairs.map((pair) => pair.first));
  const secondMedian = median(pairs.map((pair) => pair.second));
  const ratio = firstMedian / secondMedian;
  const paired = pairedRatio(pairs.map((pair) => pair.first / pair.second));
  const isWithin = Math.abs(ratio - 1) <= TOLERANCE;
  console.log(`medians: ${first} ${firstMedian.toFixed(3)}, ${second} ${secondMedian.toFixed(3)}`);
  console.log(
    `ratio of medians ${ratio.toFixed(4)} (within 1 %: ${isWithin ? 'kept' : 'BROKEN'}); ` +
      `of the pairs ${paired.ratio.toFixed(4)} ${rangeOf(paired.interval)}`,
  );
  return isWithin;
}

function rangeOf(interval: MedianInterval): string {
  if (interval.method === 'none') return `(${interval.reason})`;
  return `[${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]`;
}
