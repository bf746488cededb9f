// SPDX-License-Identifier: Apache-2.0
/**
 * How many blocks a verdict takes, from the spread of the ratios that are there, and which change a
 * number of them shows. It is a plan for the next evening, no promise: the spread itself is only an
 * estimate.
 */
import { normalQuantile } from './statistics/normal.js';
import { depthFor } from './statistics/signed-rank.js';
import { studentTQuantile } from './statistics/student-t.js';
import { standardDeviation } from './statistics/summary.js';

/** The chance with which the blocks asked for shall decide, if the change is what it seems. */
const POWER = 0.9;
/** Of signed ranks beside Student's t on normal noise (Hodges and Lehmann 1956); more on tails. */
const SIGNED_RANK_EFFICIENCY = 3 / Math.PI;
/** Nobody runs more; then the setup is wrong for the question. */
export const BLOCKS_MAX = 1000;

/** What a verdict has to overcome beside the spread of the ratios. */
export interface Bar {
  /** Of the report. */
  readonly level: number;
  /** How many comparisons share the level. */
  readonly family: number;
  /** What rounding may hide in the logarithm of a ratio, however many blocks there are. */
  readonly quantumLog: number;
}

/**
 * The fewest blocks whose smallest p, 2 / 2^n, stays below `level` after Holm's correction for
 * `family` comparisons: 6 for one at 0.05.
 */
export function blocksForLevel(level: number, family: number): number {
  return Math.ceil(1 + Math.log2(Math.max(1, family) / level));
}

/**
 * To tell a change of `change` (on the logarithm) from none. Undefined above 1,000, and where
 * rounding alone could make the change.
 */
export function blocksForChange(
  options: { readonly logs: readonly number[]; readonly change: number } & Bar,
): number | undefined {
  const { logs, change, quantumLog } = options;
  return fewest(logs, { coverage: coverageOf(options), reach: change - quantumLog });
}

/** Two one-sided tests at 5 % are one interval of 90 %. */
export function equivalenceCoverage(level: number): number {
  return 1 - 2 * level;
}

/** To show that the centre lies inside a margin which leaves `room` beside it. */
export function blocksForEquivalence(
  options: { readonly logs: readonly number[]; readonly room: number } & Omit<Bar, 'family'>,
): number | undefined {
  const { logs, room, level, quantumLog } = options;
  return fewest(logs, { coverage: equivalenceCoverage(level), reach: room - quantumLog });
}

/**
 * The smallest change of the logarithm that as many blocks of this spread show with 90 % power; two
 * ratios at least.
 */
export function smallestChange(logs: readonly number[], bar: Bar): number | undefined {
  const stdev = standardDeviation(logs);
  if (stdev === undefined) return undefined;
  const n = logs.length;
  return (stdev * reachOf(n, coverageOf(bar))) / Math.sqrt(n) + bar.quantumLog;
}

/**
 * The smallest change of the logarithm whose estimate from as many blocks of this spread lies above
 * `floorLog` with 90 % power; two ratios at least.
 */
export function surelyAbove(
  logs: readonly number[],
  { floorLog, quantumLog }: { readonly floorLog: number } & Pick<Bar, 'quantumLog'>,
): number | undefined {
  const stdev = standardDeviation(logs);
  if (stdev === undefined) return undefined;
  const error = stdev / Math.sqrt(logs.length * SIGNED_RANK_EFFICIENCY);
  return floorLog + normalQuantile(POWER) * error + quantumLog;
}

/** The first step of Holm, since nobody knows which comparison will be the clearest one. */
function coverageOf({ level, family }: Bar): number {
  return 1 - level / Math.max(1, family);
}

function fewest(
  logs: readonly number[],
  wanted: { readonly coverage: number; readonly reach: number },
): number | undefined {
  const stdev = standardDeviation(logs);
  if (stdev === undefined || wanted.reach <= 0) return undefined;
  const enough = (n: number): boolean =>
    (stdev * reachOf(n, wanted.coverage)) / Math.sqrt(n) <= wanted.reach;
  if (!enough(BLOCKS_MAX)) return undefined;
  let low = 2;
  let high = BLOCKS_MAX;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * In standard errors: the reach of the interval that signed ranks give, whose coverage has steps,
 * and what power adds. With the fewest blocks all of them have to point one way, which takes more
 * than that.
 */
function reachOf(n: number, coverage: number): number {
  const key = `${n} ${coverage}`;
  const known = reaches.get(key) ?? findReach(n, coverage);
  reaches.set(key, known);
  return known;
}

/** They depend on these two numbers alone, and every row of a report asks for them. */
const reaches = new Map<string, number>();

function findReach(n: number, coverage: number): number {
  const depth = depthFor(n, coverage);
  const attained = depth?.coverage ?? coverage;
  const quantile = studentTQuantile({ coverage: attained, degreesOfFreedom: n - 1 });
  // The interval's own width varies from sweep to sweep, the more so the fewer the blocks.
  const spread = Math.sqrt(1 + quantile ** 2 / (2 * (n - 1)));
  const power = normalQuantile(POWER) * spread;
  const reach = (quantile + power) / Math.sqrt(SIGNED_RANK_EFFICIENCY);
  if (depth?.rank !== 1) return reach;
  return Math.max(reach, Math.sqrt(n) * normalQuantile(POWER ** (1 / n)));
}
