// SPDX-License-Identifier: Apache-2.0
/**
 * How much of the gap between a good and a bad kernel a candidate closes in one row: inside blocks,
 * then the median. It refuses where the gap itself is not clearly there, since dividing by noise
 * says nothing.
 */
import type { Gap, KernelName, Metric } from '@labsweep/proto';
import type { Cell } from './cell.js';
import { compareKernels } from './compare.js';
import { gapFraction, storyDistancePoints } from './gap-fraction.js';
import type { RowState } from './row-state.js';
import { matchedByBlock, type Series } from './series.js';
import { differenceText } from './state-gate.js';
import { type Estimate, estimateMedian } from './statistics/estimate.js';

export type GapClosed =
  | {
      readonly kind: 'closed';
      /** Median of the blocks' fractions; 0.28 means that 28 % of the gap is closed. */
      readonly fraction: Estimate;
      /** Of the cells' means, for comparison; absent where the means leave no gap. */
      readonly byMeans?: number;
      readonly byMedians?: number;
      /** Points between mean and median, present when they tell different stories. */
      readonly storyDistancePoints?: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface GapOptions {
  readonly gap: Gap;
  readonly direction: Metric['direction'];
  readonly differences: RowState['differences'];
}

/** `cells` are those of one metric in one row. */
export function gapClosed(cells: readonly Cell[], options: GapOptions): GapClosed {
  const { gap, direction } = options;
  const absent = [gap.good, gap.bad, gap.candidate].filter((name) => !findCell(cells, name));
  if (absent.length > 0) return refused(`the row does not run ${absent.join(', ')}`);
  for (const kernel of [gap.bad, gap.candidate]) {
    const pair = { kernel, baseline: gap.good };
    const [difference] = options.differences(pair);
    if (difference !== undefined) {
      return refused(`not comparable: ${differenceText(difference, pair)}`);
    }
  }
  const series = (name: KernelName): Series => findCell(cells, name)?.values ?? [];
  const [good, bad, candidate] = [series(gap.good), series(gap.bad), series(gap.candidate)];
  const comparison = compareKernels({
    kernel: bad,
    baseline: good,
    baselineName: gap.good,
    direction,
  });
  if (comparison.kind !== 'compared') {
    const hasPairs = comparison.kind === 'not-compared' && comparison.reason === 'not-positive';
    return refused(
      hasPairs ? 'a value is not positive' : 'fewer than two blocks have both ends of the gap',
    );
  }
  if (comparison.verdict === 'no-clear-difference') {
    return refused(`no clear difference between ${gap.bad} and ${gap.good}`);
  }
  const blocks = matchedByBlock([good, bad, candidate]);
  const fractions = blocks
    .map(([goodValue, badValue, candidateValue]) =>
      gapFraction({ good: goodValue, bad: badValue, candidate: candidateValue }),
    )
    .filter((fraction) => fraction !== undefined);
  if (fractions.length < blocks.length) return refused('in some block the gap is exactly 0');
  if (fractions.length < 2) return refused(`n=${fractions.length}, no interval`);
  return { kind: 'closed', fraction: estimateMedian(fractions, 'linear'), ...byCells(cells, gap) };
}

function byCells(cells: readonly Cell[], gap: Gap) {
  const byMeans = fractionOf(cells, { gap, centre: 'mean' });
  const byMedians = fractionOf(cells, { gap, centre: 'median' });
  const distance = storyDistancePoints(byMeans, byMedians);
  return {
    ...(byMeans === undefined ? {} : { byMeans }),
    ...(byMedians === undefined ? {} : { byMedians }),
    ...(distance === undefined ? {} : { storyDistancePoints: distance }),
  };
}

function fractionOf(
  cells: readonly Cell[],
  { gap, centre }: { readonly gap: Gap; readonly centre: 'mean' | 'median' },
): number | undefined {
  const level = (name: KernelName): number | undefined => findCell(cells, name)?.summary?.[centre];
  const [good, bad, candidate] = [level(gap.good), level(gap.bad), level(gap.candidate)];
  if (good === undefined || bad === undefined || candidate === undefined) return undefined;
  return gapFraction({ good, bad, candidate });
}

function findCell(cells: readonly Cell[], name: KernelName): Cell | undefined {
  return cells.find((cell) => cell.kernel === name);
}

function refused(reason: string): GapClosed {
  return { kind: 'refused', reason };
}
