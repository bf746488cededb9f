// SPDX-License-Identifier: Apache-2.0
/** A trial as benchmarks give it to a runner, and the one number that they want of its outcome. */
import type { TrialOrder } from '@labsweep/agent';
import {
  type BootPath,
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  type KernelName,
  type Outcome,
  type TrialId,
} from '@labsweep/proto';

const DEADLINE_MS = 120_000;

/** One CPU, nothing rested, nothing expected. Without an image the kernel is the running one. */
export function orderOf(trial: {
  readonly environment: 'native' | 'qemu-tcg';
  readonly binaryPath: string;
  readonly arguments: readonly string[];
  readonly metric: string;
  readonly image?: { readonly path: string; readonly release: string };
  readonly boot?: BootPath;
  readonly commandLine?: string;
}): TrialOrder {
  const { environment, binaryPath, metric, image, boot = 'fast', commandLine = '' } = trial;
  const isGuest = environment !== 'native';
  return {
    trial: 'row/r1/kernel' as TrialId,
    kernel: 'kernel' as KernelName,
    ...(image !== undefined && { kernelImage: image }),
    environment,
    purpose: 'timing',
    shape: { smp: 1, memoryMib: isGuest ? 1024 : 0 },
    commandLine,
    deadlineMs: DEADLINE_MS,
    hygiene: 'observe',
    preparations: [],
    guest: { ...DEFAULT_GUEST, boot },
    native: { ...DEFAULT_NATIVE, settleMs: 0 },
    functions: [],
    workload: {
      name: 'mprotect_shared_dirty_reproducer',
      binaryPath,
      compiler: '',
      flags: [],
      arguments: trial.arguments,
      variables: {},
      files: [],
      output: DEFAULT_OUTPUT,
      metrics: [metric],
      expectations: [],
    },
  };
}

/**
 * A trial in which the host was disturbed has its number all the same: what disturbs one side
 * disturbs the other as often. Throws when there is no number.
 */
export function metricOf({ samples, failure }: Outcome, metric: string): number {
  const value = samples.find(({ line }) => line === 'result')?.values[metric];
  if (value === undefined) throw new Error(`no ${metric}: ${failure?.message}`);
  return value;
}
