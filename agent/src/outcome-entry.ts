// SPDX-License-Identifier: Apache-2.0
/** PURE. What goes into the spool for a trial that has ended. */
import type { HostDescription, Lease, LeasedTrial, TrialEnded } from '@labsweep/proto';
import { evidenceIn } from './outcome-evidence.js';
import { outcomeToSpool } from './readable-outcome.js';
import type { RunResult } from './runner/runner.js';

export interface EndedTrial {
  readonly lease: Lease;
  readonly trial: LeasedTrial;
  readonly host: HostDescription;
  /** Names the agent process. */
  readonly session: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** The entry for the log, and the bytes of the evidence that it names. */
export function outcomeEntry(
  { lease, trial, host, session, startedAtMs, durationMs }: EndedTrial,
  result: RunResult,
): { readonly outcome: TrialEnded; readonly artifacts: readonly Uint8Array[] } {
  const { evidence, artifacts } = evidenceIn(result);
  const outcome = outcomeToSpool({
    type: 'trial-ended',
    sweep: lease.sweep,
    block: lease.block,
    trial: trial.trial,
    kernel: trial.kernel,
    attempt: lease.attempt,
    epoch: lease.epoch,
    host: host.id,
    hostName: host.name,
    session,
    environment: result.environment,
    purpose: lease.purpose,
    startedAtMs,
    durationMs,
    outcome: result.outcome,
    evidence,
  });
  return { outcome, artifacts };
}
