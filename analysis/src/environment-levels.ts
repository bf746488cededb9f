// SPDX-License-Identifier: Apache-2.0
/**
 * The levels of one metric in a native row and a virtual one: kernel by kernel, with the ratio
 * where one kernel in one state ran in both. Effects are taken elsewhere, inside blocks.
 */
import type { Metric } from '@labsweep/proto';
import {
  type EnvironmentSide,
  type KernelMatch,
  kernelsOf,
  printedOn,
  seriesOn,
} from './environment-side.js';
import { ratioOfLevels } from './level-rounding.js';
import type { Series } from './series.js';
import type { LevelRatio } from './statistics/level-ratio.js';
import { median } from './statistics/median.js';

export interface SideLevels {
  readonly label: string;
  readonly native?: SideLevel;
  readonly virtual?: SideLevel;
  /** Virtual divided by native; absent for a kernel, or a state, that is not the same in both. */
  readonly ratio?: LevelRatio;
}

export interface SideLevel {
  readonly n: number;
  readonly median: number;
}

export interface LevelParts {
  readonly native: EnvironmentSide;
  readonly virtual: EnvironmentSide;
  /** Empty when no kernel ran in both: then the levels are of different kernels. */
  readonly matches: readonly KernelMatch[];
  /** The kernels whose state is not the same in both. */
  readonly stateDifferences: readonly { readonly label: string }[];
}

export function environmentLevels(parts: LevelParts, metric: Metric): SideLevels[] {
  return parts.matches.length > 0 ? matchedLevels(parts, metric) : separateLevels(parts, metric);
}

function matchedLevels(parts: LevelParts, metric: Metric): SideLevels[] {
  return parts.matches.map((match) => {
    const { label } = match;
    const numerator = printedOn(parts.virtual, { ...match, kernel: match.virtual }, metric);
    const denominator = printedOn(parts.native, { ...match, kernel: match.native }, metric);
    const differs = parts.stateDifferences.some((each) => each.label === label);
    const ratio = differs ? undefined : ratioOfLevels({ numerator, denominator });
    return {
      label,
      ...sideLevel('native', denominator.series),
      ...sideLevel('virtual', numerator.series),
      ...(ratio === undefined ? {} : { ratio }),
    };
  });
}

/** Of different kernels, so without any ratio. */
function separateLevels(parts: LevelParts, { name }: Metric): SideLevels[] {
  return (['native', 'virtual'] as const).flatMap((environment) =>
    kernelsOf(parts[environment]).map((each) => ({
      label: each.release === '' ? each.kernel : each.release,
      ...sideLevel(environment, seriesOn(parts[environment], { ...each, metric: name })),
    })),
  );
}

/** Under the name of its side; empty without values. */
export function sideLevel<Side extends string>(
  side: Side,
  series: Series,
): { readonly [Each in Side]?: SideLevel } {
  if (series.length === 0) return {};
  const level = { n: series.length, median: median(series.map(({ value }) => value)) };
  return { [side]: level } as { readonly [Each in Side]?: SideLevel };
}
