// SPDX-License-Identifier: Apache-2.0
/** A trial order for tests, in which everything that a test does not care about is filled in. */
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  type KernelName,
  type TrialId,
} from '@labsweep/proto';
import type { TrialOrder } from '../runner/runner.js';

export type OrderParts = Partial<Omit<TrialOrder, 'workload' | 'trial' | 'kernel'>> & {
  readonly trial?: string;
  readonly kernel?: string;
  readonly workload?: Partial<TrialOrder['workload']>;
};

export function makeOrder(parts: OrderParts): TrialOrder {
  const { trial = 'row/r1/k', kernel = 'k', workload, ...others } = parts;
  return {
    environment: 'scripted',
    purpose: 'timing',
    shape: { smp: 1, memoryMib: 512 },
    commandLine: '',
    deadlineMs: 30_000,
    hygiene: 'observe',
    preparations: [],
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
    functions: [],
    ...others,
    trial: trial as TrialId,
    kernel: kernel as KernelName,
    workload: {
      name: 'workload',
      binaryPath: '/nonexistent/binary',
      compiler: '',
      flags: [],
      arguments: [],
      variables: {},
      files: [],
      output: DEFAULT_OUTPUT,
      metrics: ['ns'],
      expectations: [],
      ...workload,
    },
  };
}
