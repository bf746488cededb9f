// SPDX-License-Identifier: Apache-2.0
/**
 * A small sweep of scripted trials, drawn from the seed. Its values depend on the trial's name
 * alone, so whatever happens on the way, the table must come out the same.
 */
import type { KernelName, Sha256, Submitted, SweepId } from '@labsweep/proto';
import type { World } from '../machine/world.js';

export const SWEEP = 'simulated-1a2b3c4d' as SweepId;
const KERNELS = ['v6.12', 'v6.17', 'v7.3'];

export interface SampleSweep {
  readonly specText: string;
  readonly kernels: readonly string[];
}

export function sampleSweep(world: World): SampleSweep {
  const purpose = 'sweep';
  const kernels = KERNELS.slice(0, world.between(purpose, 2, 3));
  const repetitions = world.between(purpose, 2, 4);
  const smp = world.chance(purpose, 0.5) ? '[1, 2]' : '[1]';
  const durationMs = world.between(purpose, 1, 6) * 1_000;
  const failing = world.chance(purpose, 0.25) ? failingRule(world, kernels) : '';
  const specText = `
name = "simulated"
repetitions = ${repetitions}
baseline = "${kernels[0]}"
[kernels]
${kernels.map((name) => `"${name}" = "host"`).join('\n')}
[workload]
source = "toggle.c"
arguments = ["--value", "ns=230+-4", "--factor", "v6.17=1.6",
  "--duration-ms", "${durationMs}"${failing}]
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = ${smp}
memory_mib = 512
`;
  return { specText, kernels };
}

/** A kernel that fails at one repetition, each time it is tried. */
function failingRule(world: World, kernels: readonly string[]): string {
  const kernel = kernels[world.between('sweep', 0, kernels.length - 1)];
  return `, "--exit", "${kernel}:${world.between('sweep', 1, 2)}:3"`;
}

export function submittedEntry({ specText, kernels }: SampleSweep, atMs: number): Submitted {
  return {
    type: 'submitted',
    sweep: SWEEP,
    atMs,
    by: 'tester',
    specPath: 'simulated.toml',
    specText,
    seed: 1,
    kernels: kernels.map((name) => ({ name: name as KernelName, source: 'host' })),
    workload: {
      sha256: 'f'.repeat(64) as Sha256,
      sizeBytes: 1,
      compiler: '',
      flags: [],
      files: [],
    },
  };
}
