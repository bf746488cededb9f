// SPDX-License-Identifier: Apache-2.0
/** What the scheduler knows of hosts and leases, and the decisions that it hands back. */
import type {
  BlockEnd,
  BlockId,
  Environment,
  HostId,
  LeaseId,
  StopRowCommand,
  SweepId,
  TrialId,
} from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import type { QuarantineProposal } from './host-health.js';
import type { Precisions } from './stopping-rows.js';

/** A lease that is out. Only the lease book changes it. */
export interface LiveLease {
  readonly lease: LeaseId;
  readonly epoch: number;
  readonly host: HostId;
  readonly sweep: SweepId;
  readonly block: BlockId;
  readonly attempt: number;
  readonly environment: Environment;
  /** Absent for one that an agent brought along: then it is all of the block. */
  readonly trials?: readonly TrialId[];
  /** Since when this controller knows of it. */
  readonly sinceMs: number;
  /** How much host time its sweep was charged for it when it was granted; 0 when it was not. */
  readonly chargedMs?: number;
  expiresAtMs: number;
  /** The trial that the agent says it runs. */
  running?: { readonly trial: TrialId; readonly sinceMs: number };
}

/** What an agent says as it stops working on a lease. */
export interface EndedBlock {
  readonly lease: LeaseId;
  readonly end: BlockEnd;
  /** For people; empty for a block that is finished. */
  readonly reason: string;
}

/** A block for a host. It is in the lease book already. */
export interface Grant {
  readonly kind: 'grant';
  readonly lease: LeaseId;
  readonly epoch: number;
  readonly host: HostId;
  readonly sweep: SweepId;
  readonly block: BlockId;
  readonly attempt: number;
  readonly environment: Environment;
  /** In run order, without those that already have an outcome in this attempt. */
  readonly trials: readonly TrialId[];
}

export type ScheduleDecision =
  | Grant
  /** The lease is taken away; its host is told why. */
  | { readonly kind: 'revoke'; readonly lease: LiveLease; readonly reason: string }
  | { readonly kind: 'quarantine'; readonly proposal: QuarantineProposal }
  /** The row needs no block beyond these, and none beyond them was begun. */
  | (Required<StopRowCommand> & { readonly sweep: SweepId });

/** What a new lease is known by. */
export interface LeaseRight {
  readonly lease: LeaseId;
  /** Its fencing token. */
  readonly epoch: number;
}

export interface SchedulerPorts {
  newRight(): LeaseRight;
  readonly precisions: Precisions;
  /** Nothing is left to do of the sweep; it comes to an end once more when it gets more blocks. */
  ended(sweep: SweepState): void;
}
