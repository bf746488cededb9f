// SPDX-License-Identifier: Apache-2.0
/**
 * What rounding may hide in the level of a series, and the ratio of two levels that allows for it.
 * Ratios inside blocks are another matter: their rounding shows in the spread of the ratios.
 */
import { hiddenByRounding } from './quantisation.js';
import type { Series } from './series.js';
import { type LevelRatio, levelRatio } from './statistics/level-ratio.js';
import { median } from './statistics/median.js';
import { hiddenLog } from './statistics/rounded-ratio.js';
import { spreadWithin } from './statistics/spread-within.js';

/** A series with the step in which its row prints the metric, where that matters. */
export interface PrintedSeries {
  readonly series: Series;
  readonly quantum?: number;
}

export interface LevelRounding {
  /** Relative, inside hosts; undefined where no host has two values. */
  readonly spread: number | undefined;
  /** By how much rounding may have moved all values alike, in the unit of the metric. */
  readonly hidden: number;
}

export function levelRounding({ series, quantum }: PrintedSeries): LevelRounding {
  const spread = spreadWithin(valuesByHost(series));
  const stdev = spread === undefined ? undefined : spread * Math.abs(median(valuesOf(series)));
  return { spread, hidden: hiddenByRounding({ quantum, stdev }) };
}

/** Each side is rounded on its own, by its own step. Undefined where `welchRatio` is. */
export function ratioOfLevels(sides: {
  readonly numerator: PrintedSeries;
  readonly denominator: PrintedSeries;
}): LevelRatio | undefined {
  const { numerator, denominator } = sides;
  return levelRatio({
    numerator: valuesOf(numerator.series),
    denominator: valuesOf(denominator.series),
    quantumLog: logHiddenIn(numerator) + logHiddenIn(denominator),
  });
}

function logHiddenIn(printed: PrintedSeries): number {
  if (printed.series.length === 0) return 0;
  const { hidden } = levelRounding(printed);
  return hiddenLog({ level: median(valuesOf(printed.series)), hidden });
}

function valuesOf(series: Series): number[] {
  return series.map(({ value }) => value);
}

function valuesByHost(series: Series): number[][] {
  const hosts = [...new Set(series.map(({ host }) => host))];
  return hosts.map((host) => valuesOf(series.filter((each) => each.host === host)));
}
