// SPDX-License-Identifier: Apache-2.0
/**
 * How much of the gap between a good and a bad kernel a candidate closes in one row: inside blocks,
 * then the median. It refuses where the gap itself is not clearly there, since dividing by noise
 * says nothing.
 */
import assert from 'node:assert/strict';
import type { Gap, KernelName, Metric } from '@labsweep/proto';
import type { Cell } from './cell.js';
import { compareKernels } from './compare.js';
import { gapFraction, storyDistancePoints } from './gap-fraction.js';
import { gapRefusal } from './gap-refusal.js';
import type { NoiseFloor } from './noise-floor.js';
import { metricQuantum } from './quantisation.js';
import type { RowState } from './row-state.js';
import { matchedByBlock, type Series } from './series.js';
import { differenceText } from './state-gate.js';
import {
  type BootstrapInterval,
  bcaInterval,
  percentileInterval,
  stretchedForFewUnits,
} from './statistics/bootstrap.js';
import { type Estimate, estimateMedian } from './statistics/estimate.js';
import { type FiellerInterval, fiellerInterval } from './statistics/fieller.js';
import { median } from './statistics/median.js';
import { COVERAGE_MIN, widerBy } from './statistics/median-interval.js';
import type { Judgement } from './verdict.js';

export type GapClosed =
  | {
      readonly kind: 'closed';
      /** Median of the blocks' fractions; 0.28 means that 28 % of the gap is closed. */
      readonly fraction: Estimate;
      /** Ratio of the blocks' means, each block in units of its good kernel. */
      readonly ofMeans: FiellerInterval;
      /** Of `ofMeans.ratio`, without its normal errors; absent below six blocks. */
      readonly bootstrap?: GapBootstrap;
      /** Of the cells' means, for comparison; absent where the means leave no gap. */
      readonly byMeans?: number;
      readonly byMedians?: number;
      /** Points between mean and median, present when they tell different stories. */
      readonly storyDistancePoints?: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Made from `draws` resamples of blocks by `seed`. */
export interface GapBootstrap {
  readonly seed: number;
  readonly draws: number;
  readonly percentile?: BootstrapInterval;
  readonly bca?: BootstrapInterval;
}

/** Below this a resample is often all but one block. */
const BOOTSTRAP_BLOCKS_MIN = 6;
const BOOTSTRAP_DRAWS = 1999;
const BOOTSTRAP_SEED = 20_260_623;

export interface GapOptions {
  readonly gap: Gap;
  readonly metric: Metric;
  readonly differences: RowState['differences'];
  /** On the bad kernel, where the good one is the baseline. */
  readonly judgement?: Judgement;
  readonly floor?: NoiseFloor;
  /** Fewer than these cannot give a verdict, whatever they show. */
  readonly blocksNeeded: number;
  /** What changes from a kernel are taken from, as everywhere in the row. */
  readonly seriesOf: (kernel: KernelName) => Series;
  /** Resamples for the bootstrap; 1,999 unless told, and with 0 there is none. */
  readonly draws?: number;
}

/** `cells` are those of one metric in one row. */
export function gapClosed(cells: readonly Cell[], options: GapOptions): GapClosed {
  const { gap, metric } = options;
  const absent = [gap.good, gap.bad, gap.candidate].filter((name) => !findCell(cells, name));
  if (absent.length > 0) return refused(`the row does not run ${absent.join(', ')}`);
  for (const kernel of [gap.bad, gap.candidate]) {
    const pair = { kernel, baseline: gap.good };
    const [difference] = options.differences(pair);
    if (difference !== undefined) {
      return refused(`not comparable: ${differenceText(difference, pair)}`);
    }
  }
  const [good, bad, candidate] = [gap.good, gap.bad, gap.candidate].map(options.seriesOf);
  assert(good !== undefined && bad !== undefined && candidate !== undefined, 'three were named');
  const quantum = metricQuantum(
    metric,
    cells.flatMap(({ values }) => values.map(({ value }) => value)),
  );
  const printed = quantum === undefined ? {} : { quantum };
  const ends = { kernel: bad, baseline: good, baselineName: gap.good };
  const comparison = compareKernels({ ...ends, direction: metric.direction, ...printed });
  const blocks = matchedByBlock([good, bad, candidate]);
  const levelGap = medianGap(blocks);
  const refusal = gapRefusal({
    ...options,
    direction: metric.direction,
    comparison,
    ...printed,
    levelGap,
  });
  if (refusal !== undefined) return refused(refusal);
  return ofBlocks(cells, { gap, blocks, levelGap, draws: options.draws ?? BOOTSTRAP_DRAWS });
}

type GapBlock = readonly [good: number, bad: number, candidate: number];

function medianGap(blocks: readonly GapBlock[]): number {
  return blocks.length === 0 ? 0 : Math.abs(median(blocks.map(([good, bad]) => bad - good)));
}

function ofBlocks(
  cells: readonly Cell[],
  parts: {
    readonly gap: Gap;
    readonly blocks: readonly GapBlock[];
    readonly levelGap: number;
    readonly draws: number;
  },
): GapClosed {
  const { gap, blocks, levelGap, draws } = parts;
  const fractions = blocks
    .map(([good, bad, candidate]) => gapFraction({ good, bad, candidate }))
    .filter((fraction) => fraction !== undefined);
  if (fractions.length < blocks.length) return refused('in some block the gap is exactly 0');
  if (fractions.length < 2) return refused(`n=${fractions.length}, no interval`);
  const units = blocks.map(inUnitsOfGood);
  const ofMeans = fiellerInterval(units, COVERAGE_MIN);
  if (ofMeans === undefined) {
    return refused('the mean gap is not clearly different from 0, so no interval is bounded');
  }
  const fraction = estimateMedian(fractions, 'linear');
  const hidden = hiddenShare(cells, { gap, levelGap, fraction: fraction.median });
  const bootstrap = bootstrapOf(units, { observed: ofMeans.ratio, hidden, draws });
  return {
    kind: 'closed',
    fraction: { ...fraction, interval: widerBy(fraction.interval, hidden) },
    ofMeans: { ...ofMeans, ...wider(ofMeans, hidden) },
    ...(bootstrap === undefined ? {} : { bootstrap }),
    ...byCells(cells, gap),
  };
}

/**
 * What rounding may have moved the share by: the errors of the three levels, each by how much the
 * share depends on it, over the least gap that they leave.
 */
function hiddenShare(
  cells: readonly Cell[],
  parts: { readonly gap: Gap; readonly levelGap: number; readonly fraction: number },
): number {
  const { gap, levelGap, fraction } = parts;
  const [good = 0, bad = 0, candidate = 0] = [gap.good, gap.bad, gap.candidate].map(
    (name) => findCell(cells, name)?.hiddenByRounding,
  );
  const moved = Math.abs(fraction) * good + Math.abs(1 - fraction) * bad + candidate;
  return moved === 0 ? 0 : moved / (levelGap - good - bad);
}

const wider = <Bounds extends { readonly low: number; readonly high: number }>(
  { low, high }: Bounds,
  by: number,
) => ({ low: low - by, high: high + by });

interface GapUnit {
  readonly numerator: number;
  readonly denominator: number;
}

/** Hosts differ in level: inside its block each difference is a share of the good kernel's time. */
function inUnitsOfGood([good, bad, candidate]: GapBlock): GapUnit {
  return { numerator: (bad - candidate) / good, denominator: (bad - good) / good };
}

function bootstrapOf(
  units: readonly GapUnit[],
  parts: { readonly observed: number; readonly hidden: number; readonly draws: number },
): GapBootstrap | undefined {
  const { observed, hidden, draws } = parts;
  if (units.length < BOOTSTRAP_BLOCKS_MIN || draws === 0) return undefined;
  const seed = BOOTSTRAP_SEED;
  const coverage = COVERAGE_MIN;
  const options = { units, statistic: ratioOfMeans, coverage, draws, seed };
  const shown = (kind: 'percentile' | 'bca', interval: BootstrapInterval): BootstrapInterval => {
    const of = { kind, observed, units: units.length, coverage };
    return wider(stretchedForFewUnits(interval, of), hidden);
  };
  const percentile = percentileInterval(options);
  const bca = bcaInterval(options);
  return {
    seed,
    draws,
    ...(percentile === undefined ? {} : { percentile: shown('percentile', percentile) }),
    ...(bca === undefined ? {} : { bca: shown('bca', bca) }),
  };
}

function ratioOfMeans(units: readonly GapUnit[]): number | undefined {
  let above = 0;
  let below = 0;
  for (const { numerator, denominator } of units) {
    above += numerator;
    below += denominator;
  }
  return below === 0 ? undefined : above / below;
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
