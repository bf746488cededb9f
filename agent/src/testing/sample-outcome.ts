// SPDX-License-Identifier: Apache-2.0
/** Outcomes for tests of what the agent does with them. */
import type { BlockId, HostId, KernelName, SweepId, TrialEnded, TrialId } from '@labsweep/proto';
import { type SpoolEntry, spoolEntryOf } from '../spool-entry.js';

export function sampleOutcome(kernel: string, changes: Partial<TrialEnded> = {}): TrialEnded {
  return {
    type: 'trial-ended',
    sweep: 'window-1a2b3c4d' as SweepId,
    block: 'scripted-smp1/r1' as BlockId,
    trial: `scripted-smp1/r1/${kernel}` as TrialId,
    kernel: kernel as KernelName,
    attempt: 1,
    host: 'host-a' as HostId,
    hostName: 'box-a',
    session: 'session-1',
    environment: 'scripted',
    purpose: 'timing',
    startedAtMs: 1_000,
    durationMs: 2_000,
    outcome: { status: 'measured', samples: [], facts: {}, consoleTail: '' },
    evidence: {},
    ...changes,
  };
}

export function sampleEntry(kernel: string, changes: Partial<TrialEnded> = {}): SpoolEntry {
  return spoolEntryOf(sampleOutcome(kernel, changes));
}
