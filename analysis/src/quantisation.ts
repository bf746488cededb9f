// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the step in which a workload prints a metric, where that step is too large to overlook. A
 * spread of 0 over whole numbers is no spread of 0.
 */
import type { KernelName, Metric } from '@labsweep/proto';
import type { Cell } from './cell.js';

/** A step of a tenth of the spread adds less than 0.1 % to the spread, so smaller ones pass. */
const SPREAD_PART = 0.1;
/** A step below this part of the level is finer than any claim a report makes. */
const LEVEL_PART = 0.001;
/** Values that share their last digits by chance: one in a thousand at three values. */
const VALUES_MIN = 3;
/** Numbers with more digits behind the point were not rounded by whoever printed them. */
const DECIMALS_MAX = 9;

export interface Quantisation {
  readonly metric: string;
  readonly unit: string;
  /** All values of the row are multiples of it. */
  readonly quantum: number;
  /** The cells in which the quantum matters. */
  readonly cells: readonly QuantisedCell[];
}

export interface QuantisedCell {
  readonly kernel: KernelName;
  /** Standard deviation, in the unit of the metric. */
  readonly stdev: number;
  /** Half a quantum as a fraction of the level; absent for a level of 0. */
  readonly halfShare?: number;
  /** All values are equal, which says only that they lie within one quantum. */
  readonly isFalseZero: boolean;
}

/** Undefined where the step is negligible, the values are few, or the metric is a bare count. */
export function quantisationOf(metric: Metric, cells: readonly Cell[]): Quantisation | undefined {
  if (metric.direction === 'none' || metric.unit === '') return undefined;
  const values = cells.flatMap((cell) => cell.values.map(({ value }) => value));
  const quantum = quantumOf(values);
  if (quantum === undefined) return undefined;
  const marked = cells.flatMap((cell) => markedCell(cell, quantum));
  if (marked.length === 0) return undefined;
  return { metric: metric.name, unit: metric.unit, quantum, cells: marked };
}

/**
 * What rounding can hide in a cell, in the unit of the metric: half a quantum where the spread is
 * below that, and 0 where the spread is wider, since then rounding errors are as good as noise that
 * the spread shows already (Sheppard 1898, On the calculation of the most probable values of
 * frequency constants, Proc. London Math. Soc. 29; the bias left over is below 0.3 % of a quantum).
 */
export function hiddenByRounding(options: {
  readonly quantum: number | undefined;
  /** Inside hosts; undefined where it cannot be seen. */
  readonly stdev: number | undefined;
}): number {
  const { quantum, stdev } = options;
  if (quantum === undefined) return 0;
  return stdev !== undefined && stdev >= quantum / 2 ? 0 : quantum / 2;
}

/** The step in which values of a metric are printed; undefined for counts and fine values. */
export function metricQuantum(metric: Metric, values: readonly number[]): number | undefined {
  if (metric.direction === 'none' || metric.unit === '') return undefined;
  const quantum = quantumOf(values);
  const level = Math.min(...values.map(Math.abs));
  // A step that is lost in the level can hide nothing that a report shows.
  return quantum === undefined || quantum <= level * 1e-6 ? undefined : quantum;
}

/** The largest of 1, 0.1, 0.01, ... of which all values are multiples. */
function quantumOf(values: readonly number[]): number | undefined {
  if (values.length < VALUES_MIN) return undefined;
  let decimals = 0;
  for (const value of values) {
    decimals = Math.max(decimals, decimalsOf(value));
    if (decimals > DECIMALS_MAX) return undefined;
  }
  return 10 ** -decimals;
}

/** Digits behind the point in the shortest text that reads back as the same number. */
function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const digits = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, digits - Number(exponent));
}

function markedCell({ kernel, summary }: Cell, quantum: number): QuantisedCell[] {
  if (summary?.stdev === undefined) return [];
  const { stdev } = summary;
  const level = Math.abs(summary.median);
  if (quantum < stdev * SPREAD_PART && quantum <= level * LEVEL_PART) return [];
  const halfShare = level === 0 ? {} : { halfShare: quantum / 2 / level };
  return [{ kernel, stdev, ...halfShare, isFalseZero: stdev === 0 }];
}
