// SPDX-License-Identifier: Apache-2.0
/**
 * Made-up timings in the manner of the founding case: three phases per kernel, their sum, and
 * noise.
 */
import type { Metric } from '@labsweep/proto';
import type { RandomSource } from '../statistics/random-source.js';
import type { ValuePlace } from './record-options.js';

export const MADE_UP_METRICS: readonly Metric[] = [
  {
    name: 'iteration_ns_per_page',
    unit: 'ns/page',
    direction: 'lower',
    meaning: 'one protect, restore and touch of all pages, by CLOCK_MONOTONIC_RAW',
  },
  { name: 'protect_ns_per_page', unit: 'ns/page', direction: 'lower', meaning: '' },
  { name: 'restore_ns_per_page', unit: 'ns/page', direction: 'lower', meaning: '' },
  { name: 'post_touch_ns_per_page', unit: 'ns/page', direction: 'lower', meaning: '' },
  { name: 'unexpected_results', unit: '', direction: 'none', meaning: '' },
];

/** protect, restore and post-touch in ns/page; unlisted kernels are as the first one. */
const PHASES_NS: Readonly<Record<string, readonly [number, number, number]>> = {
  'v6.12': [60, 59, 112],
  'v6.16': [58, 57, 99],
  'v6.17': [170, 163, 126],
  'v6.17-fix': [131, 127, 122],
};

/** `hostFactor` slows the whole block; the noise of about 1 % belongs to the boot. */
export function madeUpValues(
  place: ValuePlace,
  { random, hostFactor }: { readonly random: RandomSource; readonly hostFactor: number },
): Record<string, number> {
  const [protect, restore, touch] = PHASES_NS[place.kernel] ?? [60, 59, 112];
  const boot = hostFactor * (1 + 0.02 * Math.log2(place.smp)) * (0.99 + 0.02 * random());
  const phase = (ns: number): number => round(ns * boot * (0.995 + 0.01 * random()));
  const phases = [phase(protect), phase(restore), phase(touch)] as const;
  return {
    iteration_ns_per_page: round(phases[0] + phases[1] + phases[2]),
    protect_ns_per_page: phases[0],
    restore_ns_per_page: phases[1],
    post_touch_ns_per_page: phases[2],
    unexpected_results: 0,
  };
}

/** Three decimals, as the reproducer prints. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
