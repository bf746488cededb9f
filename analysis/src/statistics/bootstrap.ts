// SPDX-License-Identifier: Apache-2.0
/**
 * Intervals by resampling blocks, which assume no shape of the errors. They are for smooth
 * statistics, such as means: a resampled median goes from one of the values to another.
 *
 * Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 (percentile) and 14
 * (BCa: bias-corrected and accelerated, Efron 1987, Better bootstrap confidence intervals, JASA 82,
 * 171-185). Of few units both are known to be too narrow, see `stretchedForFewUnits`.
 */
import { normalProbability, normalQuantile } from './normal.js';
import { randomSource } from './random-source.js';
import { studentTQuantile } from './student-t.js';

export interface BootstrapOptions<Unit> {
  /** What is drawn with replacement: blocks, as a rule. At least two. */
  readonly units: readonly Unit[];
  /** Undefined where a resample has no value; such draws are left out. It keeps no `units`. */
  readonly statistic: (units: readonly Unit[]) => number | undefined;
  readonly coverage: number;
  readonly draws: number;
  readonly seed: number;
}

export interface BootstrapInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * Undefined when fewer than nine of ten resamples have a value: the bounds would be chosen ones.
 */
export function percentileInterval<Unit>(
  options: BootstrapOptions<Unit>,
): BootstrapInterval | undefined {
  const replicates = replicatesOf(options);
  if (replicates === undefined) return undefined;
  const tail = (1 - options.coverage) / 2;
  return { low: quantile(replicates, tail), high: quantile(replicates, 1 - tail) };
}

/** Undefined as above, and where the statistic has no value on the units or on all but one. */
export function bcaInterval<Unit>(options: BootstrapOptions<Unit>): BootstrapInterval | undefined {
  const replicates = replicatesOf(options);
  const observed = options.statistic(options.units);
  if (replicates === undefined || observed === undefined) return undefined;
  if (replicates[0] === replicates.at(-1)) return { low: observed, high: observed };
  const acceleration = accelerationOf(options);
  if (acceleration === undefined) return undefined;
  const below = replicates.filter((value) => value < observed).length;
  const equal = replicates.filter((value) => value === observed).length;
  // Half of the ties, and never quite 0 or 1, where no quantile exists.
  const share = (below + equal / 2 + 0.5) / (replicates.length + 1);
  const bias = normalQuantile(share);
  const bound = (probability: number): number => {
    const shifted = bias + normalQuantile(probability);
    const level = normalProbability(bias + shifted / (1 - acceleration * shifted));
    return quantile(replicates, level);
  };
  const tail = (1 - options.coverage) / 2;
  return { low: bound(tail), high: bound(1 - tail) };
}

/**
 * The distance of each bound from the observed value, times t sqrt(n / (n - 1)) / z: what lies
 * between Student's interval of a mean and the normal one from the spread of resamples, which
 * divide by n and take their spread for known. The correction of Hesterberg (2015), What teachers
 * should know about the bootstrap, The American Statistician 69, 371-386; he moves the levels of
 * the tails by it, whereas resampled means of six values have too short a tail for that. BCa
 * estimates skewness from the same units too, so for it the root is taken twice; chosen by the
 * simulation of which METHOD.md tells.
 */
export function stretchedForFewUnits(
  { low, high }: BootstrapInterval,
  of: {
    readonly kind: 'percentile' | 'bca';
    readonly observed: number;
    /** Two or more. */
    readonly units: number;
    readonly coverage: number;
  },
): BootstrapInterval {
  const { kind, observed, units, coverage } = of;
  const t = studentTQuantile({ coverage, degreesOfFreedom: units - 1 });
  const root = Math.sqrt(units / (units - 1));
  const spread = kind === 'bca' ? root ** 2 : root;
  const factor = (t * spread) / normalQuantile((1 + coverage) / 2);
  return { low: observed + factor * (low - observed), high: observed + factor * (high - observed) };
}

/** Both intervals are read off the same draws. */
const replicatesByOptions = new WeakMap<object, Float64Array | undefined>();

function replicatesOf<Unit>(options: BootstrapOptions<Unit>): Float64Array | undefined {
  if (!replicatesByOptions.has(options)) replicatesByOptions.set(options, drawnReplicates(options));
  return replicatesByOptions.get(options);
}

function drawnReplicates<Unit>(options: BootstrapOptions<Unit>): Float64Array | undefined {
  const { units, statistic, draws, seed } = options;
  if (units.length < 2) return undefined;
  const random = randomSource(seed);
  const replicates: number[] = [];
  const sample = [...units];
  for (let draw = 0; draw < draws; draw += 1) {
    for (let place = 0; place < units.length; place += 1) {
      sample[place] = units[Math.floor(random() * units.length)] as Unit;
    }
    const value = statistic(sample);
    if (value !== undefined) replicates.push(value);
  }
  return replicates.length < draws * 0.9 ? undefined : Float64Array.from(replicates).sort();
}

/** From the jackknife: how fast the statistic's own error changes with its value. */
function accelerationOf<Unit>({ units, statistic }: BootstrapOptions<Unit>): number | undefined {
  const left = units.map((_, out) => statistic(units.filter((__, index) => index !== out)));
  if (left.some((value) => value === undefined)) return undefined;
  const values = left as number[];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const cubes = values.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Linear between order statistics, type 6 of Hyndman and Fan (1996): tails keep their level. */
function quantile(sorted: ArrayLike<number>, probability: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, probability * (sorted.length + 1) - 1));
  const lower = sorted[Math.floor(place)] ?? Number.NaN;
  const upper = sorted[Math.ceil(place)] ?? Number.NaN;
  return lower + (upper - lower) * (place - Math.floor(place));
}
