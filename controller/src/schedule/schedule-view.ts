// SPDX-License-Identifier: Apache-2.0
/**
 * The immutable view that the scheduler gets, and the decisions it hands back. It does nothing
 * itself.
 */
import type {
  BlockId,
  Environment,
  HostDescription,
  HostId,
  LeaseId,
  SweepId,
  TrialId,
} from '@labsweep/proto';
import type { LabState } from '../fold/lab-state.js';

/** A lease that is out. */
export interface LiveLease {
  readonly lease: LeaseId;
  readonly host: HostId;
  readonly sweep: SweepId;
  readonly block: BlockId;
  readonly attempt: number;
  readonly environment: Environment;
  readonly expiresAtMs: number;
}

/** A host that is attached now or was since the controller started. */
export interface KnownHost {
  readonly description: HostDescription;
  readonly attached: boolean;
  /** When the controller last heard of it. */
  readonly seenAtMs: number;
}

export interface ScheduleView {
  readonly lab: LabState;
  readonly hosts: readonly KnownHost[];
  readonly leases: readonly LiveLease[];
  readonly startedAtMs: number;
  readonly nowMs: number;
}

export type ScheduleDecision =
  | { readonly kind: 'expire'; readonly lease: LiveLease }
  | {
      readonly kind: 'grant';
      readonly host: HostId;
      readonly sweep: SweepId;
      readonly block: BlockId;
      readonly attempt: number;
      readonly environment: Environment;
      /** In run order, without those that already have an outcome in this attempt. */
      readonly trials: readonly TrialId[];
    };
