// SPDX-License-Identifier: Apache-2.0
/**
 * What users ask of a sweep or of a host after the submission. A command is durable, has an id that
 * makes it idempotent, and says who asked and when. It holds no behaviour.
 */
import type { HostId, KernelName, RowId } from './domain.js';
import type { ResolvedKernel } from './resolved.js';

export const SWEEP_COMMANDS = [
  'pause',
  'resume',
  'cancel',
  'rerun-failed',
  'rerun-row',
  'add-repetitions',
  'add-kernel',
] as const;

/** Asked of one sweep; by users or, in the last case, by its own spec. */
export type SweepCommand =
  /** Nothing new is leased; what runs goes on to the end of its block. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** Final: what runs is stopped. */
  | { readonly kind: 'cancel' }
  /** Blocks whose decision is not complete get a new round of attempts. */
  | { readonly kind: 'rerun-failed' }
  /** All blocks of the row are run anew; what was decided before stays visible as evidence. */
  | { readonly kind: 'rerun-row'; readonly row: RowId }
  /** So many more blocks of each row. */
  | { readonly kind: 'add-repetitions'; readonly count: number }
  /**
   * As many more blocks of each row as it has repetitions, each with the baseline and this kernel:
   * kernels are compared inside blocks only.
   */
  | { readonly kind: 'add-kernel'; readonly kernel: ResolvedKernel }
  | StopRowCommand;

/**
 * labsweep's own: the row is as precise as the spec asks, and has no block beyond these. Those that
 * a user adds meanwhile stay: it is about no more than were planned when it was decided. Absent in
 * logs of earlier versions, where it is about all.
 */
export interface StopRowCommand {
  readonly kind: 'stop-row';
  readonly row: RowId;
  readonly repetitions: number;
  readonly plannedRepetitions?: number;
}

export const HOST_COMMANDS = ['drain', 'undrain', 'quarantine', 'release'] as const;

/** Asked of a host, for all sweeps. */
export type HostCommand =
  /** It ends the block that it runs, and gets no other. */
  | { readonly kind: 'drain'; readonly host: HostId }
  | { readonly kind: 'undrain'; readonly host: HostId }
  /**
   * Trials keep failing there: no trial of the kernel goes to the host; without a kernel no trial
   * at all, without a host to no host. One of the two is given.
   */
  | {
      readonly kind: 'quarantine';
      readonly host?: HostId;
      readonly kernel?: KernelName;
      readonly reason: string;
    }
  | { readonly kind: 'release'; readonly host?: HostId; readonly kernel?: KernelName };
