// SPDX-License-Identifier: Apache-2.0
/**
 * What the controller tells a user about a sweep, in the words of the domain. It holds no
 * behaviour.
 */
import type { BlockId, HostId, RowId, SweepId, TrialId } from './domain.js';

export const SWEEP_STATES = ['running', 'paused', 'finished', 'cancelled'] as const;
export type SweepState = (typeof SWEEP_STATES)[number];

export interface SweepSummary {
  readonly sweep: SweepId;
  readonly state: SweepState;
  readonly blocksTotal: number;
  /** Blocks whose counting attempt is known, complete or not. */
  readonly blocksDecided: number;
  readonly trialsTotal: number;
  /** Planned trials with an outcome in the log. */
  readonly trialsSettled: number;
  readonly submittedAtMs: number;
  readonly by: string;
}

export interface RunningTrial {
  readonly trial: TrialId;
  readonly hostName: string;
  readonly sinceMs: number;
}

/** A row that no attached agent can run. */
export interface WaitingRow {
  readonly row: RowId;
  readonly reason: string;
}

/** The attempt of a block that counts; not complete when the limit of attempts was reached. */
export interface BlockDecision {
  readonly block: BlockId;
  readonly attempt: number;
  readonly host: HostId;
  readonly complete: boolean;
}

/** What the controller knows of a host, for people. */
export interface HostSummary {
  readonly host: HostId;
  readonly hostName: string;
  readonly attached: boolean;
  /** When the controller last heard of it. */
  readonly seenAtMs: number;
  /** The block that it runs, or an empty text. */
  readonly block: string;
  readonly isDrained: boolean;
  /** Why it is quarantined: whole, or for single kernels; empty when it is not. */
  readonly quarantine: readonly string[];
  /** Outcomes in its spool. */
  readonly spooled: number;
  /** What keeps its agent from working; empty when nothing does. */
  readonly trouble: string;
  readonly labels: readonly string[];
}

/** All hosts that the controller knows, or those that a command was about. */
export interface HostList {
  readonly hosts: readonly HostSummary[];
  /** Kernels that no host gets, each with its reason. */
  readonly quarantinedKernels: readonly string[];
  /** About hosts and kernels. */
  readonly lostCommands: readonly LostCommand[];
}

/**
 * A command that was answered, that the log has lost since, and that is not done again. The
 * controller that found the loss tells of it for as long as it lives.
 */
export interface LostCommand {
  /** When it was asked. */
  readonly atMs: number;
  readonly by: string;
  /** For people: what it was, and why it is not done again. */
  readonly text: string;
}

export interface Progress {
  readonly summary: SweepSummary;
  readonly running: readonly RunningTrial[];
  /** Absent while no duration is known. */
  readonly remainingMs?: number;
  readonly waiting: readonly WaitingRow[];
  readonly hostsAttached: number;
  /** What holds the whole lab up (a broker that is away, a full disk), for people. */
  readonly troubles: readonly string[];
  /** Hosts that are drained, and hosts and kernels in quarantine, for people. */
  readonly setAside: readonly string[];
}
