// SPDX-License-Identifier: Apache-2.0
/**
 * The levels of one metric in a native row and a virtual one: kernel by kernel, with the ratio
 * where one kernel in one state ran in both. Effects are taken elsewhere, inside blocks.
 */
import type { Metric } from '@labsweep/proto';
import { type EnvironmentSide, type KernelMatch, kernelsOf, seriesOn } from './environment-side.js';
import { type LevelRatio, levelRatio } from './statistics/level-ratio.js';
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

function matchedLevels(parts: LevelParts, { name }: Metric): SideLevels[] {
  return parts.matches.map((match) => {
    const { label } = match;
    const numerator = valuesOn(parts.virtual, { ...match, kernel: match.virtual, metric: name });
    const denominator = valuesOn(parts.native, { ...match, kernel: match.native, metric: name });
    const differs = parts.stateDifferences.some((each) => each.label === label);
    const ratio = differs ? undefined : levelRatio({ numerator, denominator });
    return {
      label,
      ...levelOf('native', denominator),
      ...levelOf('virtual', numerator),
      ...(ratio === undefined ? {} : { ratio }),
    };
  });
}

/** Of different kernels, so without any ratio. */
function separateLevels(parts: LevelParts, { name }: Metric): SideLevels[] {
  return (['native', 'virtual'] as const).flatMap((environment) =>
    kernelsOf(parts[environment]).map((each) => ({
      label: each.release === '' ? each.kernel : each.release,
      ...levelOf(environment, valuesOn(parts[environment], { ...each, metric: name })),
    })),
  );
}

function valuesOn(side: EnvironmentSide, wanted: Parameters<typeof seriesOn>[1]): number[] {
  return seriesOn(side, wanted).map(({ value }) => value);
}

function levelOf(
  environment: 'native' | 'virtual',
  values: readonly number[],
): { readonly native?: SideLevel; readonly virtual?: SideLevel } {
  if (values.length === 0) return {};
  return { [environment]: { n: values.length, median: median(values) } };
}
