// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what was not the same for two kernels of one block besides the kernels: a governor that
 * somebody changed between two trials, another clock, cores of another class. A comparison is meant
 * to have one factor, so each of these makes its row supporting.
 */
import type { KernelName, TrialEnded } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';

export interface Factor {
  readonly words: string;
  readonly read: (trial: TrialEnded) => string | undefined;
}

export const told = (fact: string, words: string): Factor => ({
  words,
  read: ({ outcome }) => outcome.facts[fact],
});

/** Of the host, as it was before the trial. */
export const host = (fact: string, words: string): Factor => ({
  words,
  read: ({ outcome }) => outcome.hygiene?.before[fact],
});

/**
 * What a trial starts with and does not move itself. The clock is that at the end, since a guest
 * may still be on its early one when its reproducer starts.
 */
export const FACTORS: readonly Factor[] = [
  host('governor', 'frequency governor'),
  host('turbo', 'turbo'),
  host('smt_active', 'SMT'),
  host('thp_enabled', 'huge pages of the host'),
  host('ksm_run', 'KSM of the host'),
  host('aslr', 'address randomisation of the host'),
  host('mitigations', 'mitigations of the host'),
  host('microcode', 'microcode'),
  told('clocksource_end', 'clocksource'),
  told('thp_enabled', 'huge pages'),
  told('aslr', 'address randomisation'),
  told('kaslr', 'KASLR'),
  told('cpu_model', 'CPU model'),
  told('qemu_version', 'QEMU'),
  told('cpu_features_dropped', 'CPU features that QEMU left out'),
  told('machine_type', 'machine type'),
  told('vcpu_core_class', 'core class'),
  told('core_class', 'core class'),
  told('smp_by', 'way to the CPU count'),
];

/** For example `second factor: frequency governor powersave (v6.16), performance (v6.17)`. */
export function secondFactors({ blocks, environment }: RowView): string[] {
  const trials = blocks.map((block) => measuredTrials(block, environment));
  return FACTORS.flatMap((factor) => {
    const uneven = trials.filter((ofBlock) => valuesOf(factor, ofBlock).size > 1);
    if (uneven.length === 0) return [];
    const each = [...valuesOf(factor, uneven.flat())].map(
      ([value, kernels]) => `${value} (${[...kernels].join(', ')})`,
    );
    return [`second factor: ${factor.words} ${each.join(', ')}`];
  });
}

/** The kernels by what their trials say; one that says nothing is no witness. */
export function valuesOf({ read }: Factor, trials: readonly TrialEnded[]) {
  const kernels = new Map<string, Set<KernelName>>();
  for (const trial of trials) {
    const value = read(trial);
    if (value === undefined) continue;
    kernels.set(value, (kernels.get(value) ?? new Set()).add(trial.kernel));
  }
  return kernels;
}
