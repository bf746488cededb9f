// SPDX-License-Identifier: Apache-2.0
/** A lease on a scripted block for tests of what the agent does with it. */
import {
  type BlockId,
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  type KernelName,
  type Lease,
  type LeaseId,
  type SweepId,
  sha256Of,
  type TrialId,
} from '@labsweep/proto';

/** Every scripted trial fetches these bytes as its program, and never runs them. */
export const PROGRAM = new TextEncoder().encode('a program');

export function sampleLease(
  kernels: readonly string[],
  changes: Partial<Omit<Lease, 'block'>> & {
    readonly script?: readonly string[];
    readonly block?: string;
  } = {},
): Lease {
  const { script = ['--value', 'ns=1'], block = 'scripted-smp1/r1', ...rest } = changes;
  return {
    lease: `lease-of-${block}` as LeaseId,
    epoch: 7,
    durationMs: 1_000,
    sweep: 'window-1a2b3c4d' as SweepId,
    attempt: 1,
    environment: 'scripted',
    purpose: 'timing',
    shape: { smp: 1, memoryMib: 512 },
    commandLine: '',
    deadlineMs: 10_000,
    hygiene: 'observe',
    preparations: [],
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
    functions: [],
    workload: {
      name: 'w',
      sha256: sha256Of(PROGRAM),
      compiler: '',
      flags: [],
      arguments: script,
      variables: {},
      files: [],
      output: DEFAULT_OUTPUT,
      metrics: ['ns'],
      expectations: [],
    },
    trials: kernels.map((kernel) => ({
      trial: `${block}/${kernel}` as TrialId,
      kernel: kernel as KernelName,
      image: { sha256: sha256Of(PROGRAM), release: kernel },
    })),
    ...rest,
    block: block as BlockId,
  };
}
