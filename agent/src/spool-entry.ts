// SPDX-License-Identifier: Apache-2.0
/**
 * PURE. An outcome as it lies in the spool until it is settled: its text for the log, and what is
 * asked of it. Thousands may lie there, and as text they take a third of the memory.
 */
import {
  formatLogEntry,
  messageIdOf,
  type Sha256,
  type SweepId,
  type TrialEnded,
} from '@labsweep/proto';

export interface SpoolEntry {
  /** Of its message. */
  readonly id: string;
  readonly sweep: SweepId;
  /** What `parseLogEntry` reads. */
  readonly text: string;
  /** The artifacts that it refers to. */
  readonly evidence: readonly Sha256[];
  /** Of its trial. */
  readonly durationMs: number;
}

/** Most outcomes have none. */
const NO_EVIDENCE: readonly Sha256[] = [];

export function spoolEntryOf(outcome: TrialEnded, id = messageIdOf(outcome)): SpoolEntry {
  const { console: serialLog, output, dump } = outcome.evidence;
  const some = [serialLog, output, dump].filter((sha256) => sha256 !== undefined);
  const evidence = some.length === 0 ? NO_EVIDENCE : some;
  const { sweep, durationMs } = outcome;
  return { id, sweep, text: formatLogEntry(outcome), evidence, durationMs };
}
