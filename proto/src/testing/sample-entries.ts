// SPDX-License-Identifier: Apache-2.0
/** Log entries for tests: a whole outcome with some fields replaced. */
import type { BlockId, HostId, KernelName, SweepId, TrialId } from '../domain.js';
import type { TrialEnded } from '../log-entry.js';

export function sampleOutcome(changes: Partial<TrialEnded> = {}): TrialEnded {
  return {
    type: 'trial-ended',
    sweep: 'window-1a2b3c4d' as SweepId,
    block: 'qemu-smp1/r1' as BlockId,
    trial: 'qemu-smp1/r1/v6.17' as TrialId,
    kernel: 'v6.17' as KernelName,
    attempt: 1,
    // Where agents write it: a log is mostly read by that order.
    ...(changes.epoch === undefined ? {} : { epoch: changes.epoch }),
    host: 'host-a' as HostId,
    hostName: 'box-a',
    session: 'session-1',
    environment: 'qemu-tcg',
    purpose: 'timing',
    startedAtMs: 1_000,
    durationMs: 2_500.5,
    outcome: {
      status: 'measured',
      samples: [
        { scenario: 's', line: 'result', values: { ns: 231.125 }, texts: { clock: 'raw' } },
      ],
      facts: { kernel_release: '6.17.13' },
      consoleTail: '',
    },
    evidence: {},
    ...changes,
  };
}
