// SPDX-License-Identifier: Apache-2.0
/** Interleaved pairs of one number measured in two ways, and what they say of the two ways. */
import { median } from '@labsweep/analysis';
import type { Results } from './run-sweep.js';

export interface Pair {
  readonly first: number;
  readonly second: number;
}

/** How far the ratio of the medians may be from 1. */
const TOLERANCE = 0.01;

/** The trials of the sweep's two rows, by repetition. Throws when one of them has no value. */
export function pairsOfRows(results: Results, metric: string): Pair[] {
  const [first, second] = results.plan.rows;
  const readValue = (row: string | undefined, repetition: number): number => {
    const trial = results.trials.find(({ block }) => block === `${row}/r${repetition}`);
    const sample = trial?.outcome.samples.find(({ line }) => line === 'result');
    const value = sample?.values[metric];
    if (value === undefined) throw new Error(`${row} repetition ${repetition} has no ${metric}`);
    return value;
  };
  return Array.from({ length: results.spec.repetitions }, (_, index) => ({
    first: readValue(first?.id, index + 1),
    second: readValue(second?.id, index + 1),
  }));
}

/** Prints every pair and both ratios; true when the ratio of the medians is within 1 %. */
export function reportPairs(seen: {
  readonly first: string;
  readonly second: string;
  readonly unit: string;
  readonly pairs: readonly Pair[];
}): boolean {
  const { first, second, unit, pairs } = seen;
  for (const [index, pair] of pairs.entries()) {
    console.log(
      `pair ${String(index + 1).padStart(2)}  ${first} ${pair.first.toFixed(2)}  ` +
        `${second} ${pair.second.toFixed(2)} ${unit}`,
    );
  }
  const firstMedian = median(pairs.map((pair) => pair.first));
  const secondMedian = median(pairs.map((pair) => pair.second));
  const ratio = firstMedian / secondMedian;
  const paired = median(pairs.map((pair) => pair.first / pair.second));
  const isWithin = Math.abs(ratio - 1) <= TOLERANCE;
  console.log(`medians: ${first} ${firstMedian.toFixed(3)}, ${second} ${secondMedian.toFixed(3)}`);
  console.log(
    `ratio of medians ${ratio.toFixed(4)} (within 1 %: ${isWithin ? 'kept' : 'BROKEN'}); ` +
      `median of the pairs' ratios ${paired.toFixed(4)}`,
  );
  return isWithin;
}
