// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what, besides being a guest, was not the same on the two sides that are put side by side:
 * settings that both tell otherwise, and those that only one of them can have. It compares no
 * values of the workload.
 */
import type { TrialEnded } from '@labsweep/proto';
import type { EnvironmentSide, KernelMatch } from './environment-side.js';
import { overcommitReasons, settingRemarks } from './row-setup.js';
import { FACTORS, type Factor, host, told, valuesOf } from './second-factors.js';

/** A setting with what either side says of it, several values with `or` between them. */
export interface SettingDifference {
  readonly words: string;
  readonly native: string;
  readonly virtual: string;
}

export interface UnlikeSettings {
  readonly differences: readonly SettingDifference[];
  /** Of the native side alone, each in words. */
  readonly native: readonly string[];
  readonly virtual: readonly string[];
}

/** How either kind of environment tells one setting. */
export interface SettingPair {
  readonly words: string;
  readonly native: Factor;
  readonly virtual: Factor;
}

const alike = (factor: Factor): SettingPair => ({
  words: factor.words,
  native: factor,
  virtual: factor,
});

/** Facts that the init of a guest tells, and the look at the host before a native trial. */
const guestAndHost = (words: string, facts: { guest: string; host: string }): SettingPair => ({
  words,
  native: host(facts.host, words),
  virtual: told(facts.guest, words),
});

/**
 * What is a second factor inside a block is one between two environments, too, where both tell it.
 */
export const SETTINGS: readonly SettingPair[] = [
  ...FACTORS.map(alike),
  alike(told('numa_nodes', 'NUMA nodes')),
  guestAndHost('huge pages of shared memory', { guest: 'thp_shmem', host: 'thp_shmem_enabled' }),
  {
    words: 'core class',
    native: told('core_class', 'core class'),
    virtual: told('vcpu_core_class', 'core class'),
  },
  ...[
    host('scaling_max_khz', 'highest frequency'),
    host('cpuidle_driver', 'idle driver'),
    host('thp_defrag', 'huge page defragmentation of the host'),
    host('huge_pages_total', 'reserved huge pages of the host'),
    host('numa_balancing', 'NUMA balancing of the host'),
  ].map(alike),
];

/** Only trials of kernels that ran in both count, where there are such. */
export function unlikeSettings(
  sides: { readonly native: EnvironmentSide; readonly virtual: EnvironmentSide },
  matches: readonly KernelMatch[],
): UnlikeSettings {
  const trialsOf = (side: 'native' | 'virtual'): readonly TrialEnded[] =>
    matches.length === 0
      ? sides[side].trials
      : sides[side].trials.filter(({ kernel }) => matches.some((match) => match[side] === kernel));
  const [native, virtual] = [trialsOf('native'), trialsOf('virtual')];
  const { commandLine } = sides.virtual.view.planned;
  return {
    differences: SETTINGS.flatMap((pair) => differenceOf(pair, { native, virtual })),
    native: settingRemarks(sides.native.view, native),
    virtual: [
      ...overcommitReasons(virtual).map((text) => text.replace('!overcommit: ', 'overcommit: ')),
      ...settingRemarks(sides.virtual.view, virtual),
      ...(commandLine === '' ? [] : [`command line '${commandLine}'`]),
    ],
  };
}

function differenceOf(
  { words, native, virtual }: SettingPair,
  trials: Readonly<Record<'native' | 'virtual', readonly TrialEnded[]>>,
): SettingDifference[] {
  const [onNative, onVirtual] = [textOf(native, trials.native), textOf(virtual, trials.virtual)];
  if (onNative === '' || onVirtual === '' || onNative === onVirtual) return [];
  return [{ words, native: onNative, virtual: onVirtual }];
}

/** Empty when no trial tells. */
export function textOf(factor: Factor, trials: readonly TrialEnded[]): string {
  return [...valuesOf(factor, trials).keys()].sort().join(' or ');
}
