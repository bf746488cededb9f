// SPDX-License-Identifier: Apache-2.0
/** What the fold of the log knows: every sweep with its plan and the attempts of its blocks. */
import type {
  BlockDecision,
  BlockId,
  Environment,
  HostId,
  HostJoined,
  Plan,
  PlannedBlock,
  PlannedRow,
  RowId,
  Spec,
  Submitted,
  SweepId,
  TrialEnded,
  TrialId,
} from '@labsweep/proto';
import { CommandRecord } from './command-record.js';

/** One execution of a block on one host; it may lack trials when the host went away. */
export interface AttemptState {
  readonly attempt: number;
  readonly host: HostId;
  readonly environment: Environment;
  readonly outcomes: Map<TrialId, TrialEnded>;
}

export interface BlockState {
  readonly planned: PlannedBlock;
  readonly attempts: AttemptState[];
  /** Set once, by the entry that settles which attempt counts. */
  decision?: BlockDecision;
}

export interface SweepState {
  readonly submitted: Submitted;
  readonly spec: Spec;
  readonly plan: Plan;
  readonly rows: ReadonlyMap<RowId, PlannedRow>;
  readonly blocks: ReadonlyMap<BlockId, BlockState>;
  /** Each agent session that took a lease, once. */
  readonly hosts: HostJoined[];
  /** Every outcome once, in log order. */
  readonly entries: TrialEnded[];
  /** Planned trials that have an outcome in some attempt. */
  readonly settledTrials: Set<TrialId>;
  decidedCount: number;
  /** Nothing new is leased until it is resumed. */
  isPaused: boolean;
  cancelledAtMs?: number;
}

/** The fold owns this value and updates it in place; everyone else only reads it. */
export interface LabState {
  readonly sweeps: Map<SweepId, SweepState>;
  /** Ids of outcomes that are folded, so that a repeated message changes nothing. */
  readonly folded: Set<string>;
  readonly commands: CommandRecord;
}

export function emptyLabState(): LabState {
  return { sweeps: new Map(), folded: new Set(), commands: new CommandRecord() };
}

/** True once nothing more will be leased for the sweep. */
export function isEnded(sweep: SweepState): boolean {
  return sweep.cancelledAtMs !== undefined || sweep.decidedCount === sweep.blocks.size;
}
