// SPDX-License-Identifier: Apache-2.0
/** A trial order for tests, in which everything that a test does not care about is filled in. */
import type { KernelName, TrialId } from '@labsweep/proto';
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
    shape: { smp: 1, memoryMib: 512 },
    commandLine: '',
    deadlineMs: 30_000,
    ...others,
    trial: trial as TrialId,
    kernel: kernel as KernelName,
    workload: {
      name: 'workload',
      binaryPath: '/nonexistent/binary',
      arguments: [],
      metrics: ['ns'],
      expectations: [],
      ...workload,
    },
  };
}
