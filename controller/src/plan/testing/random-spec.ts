// SPDX-License-Identifier: Apache-2.0
/** Makes specs of any size for tests of the planner. */

import type { SeededRandom } from '@labsweep/proto';
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  DEFAULT_SCHEDULING,
  ENVIRONMENT_REQUESTS,
  type EnvironmentSpec,
  type KernelName,
  type KernelSpec,
  type Spec,
} from '@labsweep/proto';

/** A spec with the sizes given, and nothing in it that a planner would mind. */
export function makeSpec(parts: {
  environments: readonly EnvironmentSpec[];
  kernels: readonly KernelName[];
  repetitions: number;
  seed: number;
  order?: Spec['order'];
}): Spec {
  const { environments, kernels, repetitions, seed, order = 'interleaved' } = parts;
  const [baseline = 'none' as KernelName] = kernels;
  return {
    name: 'made-for-a-test',
    kernels: kernels.map((name): KernelSpec => {
      return { name, text: `file:${name}`, source: { kind: 'file', path: name } };
    }),
    workload: {
      name: 'workload',
      program: { kind: 'source', path: 'workload.c' },
      arguments: [],
      variables: {},
      files: {},
      output: DEFAULT_OUTPUT,
      metrics: [{ name: 'iteration_ns', unit: 'ns', direction: 'lower', meaning: '' }],
      expectations: [],
    },
    environments,
    repetitions,
    order,
    seed,
    baseline,
    hygiene: 'observe',
    scheduling: DEFAULT_SCHEDULING,
  };
}

export function kernelNames(count: number): readonly KernelName[] {
  return Array.from({ length: count }, (_, index) => `v6.${index}` as KernelName);
}

/** Up to 5 environments, some of them alike, with up to 6 kernels and 12 repetitions. */
export function randomSpec(random: SeededRandom): Spec {
  const kernels = kernelNames(1 + random.nextBelow(6));
  const environments = Array.from({ length: 1 + random.nextBelow(5) }, () =>
    randomEnvironment(random, kernels),
  );
  const repetitions = 1 + random.nextBelow(12);
  return makeSpec({ environments, kernels, repetitions, seed: random.nextBelow(2 ** 32) });
}

function randomEnvironment(random: SeededRandom, kernels: readonly KernelName[]): EnvironmentSpec {
  const smpMax = 1 + random.nextBelow(3);
  return {
    environment: ENVIRONMENT_REQUESTS[random.nextBelow(ENVIRONMENT_REQUESTS.length)] ?? 'qemu',
    shapes: Array.from({ length: smpMax }, (_, index) => ({
      smp: index + 1,
      memoryMib: 512 + random.nextBelow(512),
    })),
    kernels: kernels.slice(0, 1 + random.nextBelow(kernels.length)),
    commandLine: '',
    deadlineMs: 300_000,
    estimateMs: 1 + random.nextBelow(20_000),
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
  };
}
