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
  ResolvedKernel,
  RowId,
  Spec,
  Submitted,
  SweepId,
  TrialId,
} from '@labsweep/proto';
import type { SweepDesign } from '../plan/extend-design.js';
import type { AttemptOutcomes } from './attempt-outcomes.js';
import { CommandRecord } from './command-record.js';
import { FoldedOutcomes } from './folded-outcomes.js';

/** One execution of a block on one host; it may lack trials when the host went away. */
export interface AttemptState {
  readonly attempt: number;
  readonly host: HostId;
  readonly environment: Environment;
  readonly outcomes: AttemptOutcomes;
}

export interface BlockState {
  readonly planned: PlannedBlock;
  /** Those of this round, which may be decided. */
  attempts: readonly AttemptState[];
  /** Those of rounds before: kept as evidence, never counted. */
  earlier: readonly AttemptState[];
  /** Attempts of a lower number are of an earlier round. */
  firstAttempt: number;
  /** Set once in a round, by the entry that settles which attempt counts. */
  decision: BlockDecision | undefined;
}

export interface SweepState {
  readonly submitted: Submitted;
  /** As it is by now, like all that follows from it: commands may have added to it. */
  design: SweepDesign;
  spec: Spec;
  plan: Plan;
  kernels: readonly ResolvedKernel[];
  rows: ReadonlyMap<RowId, PlannedRow>;
  readonly blocks: Map<BlockId, BlockState>;
  /** What stopped rows have dropped: outcomes may still come, and are evidence. */
  readonly dropped: Map<BlockId, BlockState>;
  /** Each agent session that took a lease, once. */
  readonly hosts: HostJoined[];
  /** Planned trials that have an outcome in some attempt. */
  settledCount: number;
  /** Of the outcomes of each row. */
  readonly durations: Map<RowId, { count: number; totalMs: number }>;
  /** Attempts that the lab failed, of the rounds that count, by row. */
  readonly labFailures: Map<RowId, number>;
  decidedCount: number;
  /** Nothing new is leased until it is resumed. */
  isPaused: boolean;
  cancelledAtMs?: number;
}

/** The fold owns this value and updates it in place; everyone else only reads it. */
export interface LabState {
  readonly sweeps: Map<SweepId, SweepState>;
  readonly folded: FoldedOutcomes;
  readonly commands: CommandRecord;
  /** One string for each host, however many outcomes name it. */
  readonly hostIds: Map<HostId, HostId>;
}

export function emptyLabState(): LabState {
  const sweeps = new Map<SweepId, SweepState>();
  return {
    sweeps,
    folded: new FoldedOutcomes(sweeps),
    hostIds: new Map(),
    commands: new CommandRecord(),
  };
}

/** True once nothing more will be leased for the sweep. */
export function isEnded(sweep: SweepState): boolean {
  return sweep.cancelledAtMs !== undefined || sweep.decidedCount === sweep.blocks.size;
}

/** Whether the trial of the block has an outcome in some attempt. */
export function isSettled(block: BlockState, trial: TrialId): boolean {
  return block.attempts.some(({ outcomes }) => outcomes.has(trial));
}
