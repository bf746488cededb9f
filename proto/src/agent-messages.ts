// SPDX-License-Identifier: Apache-2.0
/**
 * What agent and controller say to each other, in the words of the domain. It holds no behaviour.
 */
import type {
  BlockId,
  Environment,
  Expectation,
  HostDescription,
  KernelName,
  LeaseId,
  Sha256,
  Shape,
  SweepId,
  TrialId,
} from './domain.js';
import type { KnownReign } from './known-reign.js';
import type { WorkloadFile } from './resolved.js';
import type {
  GuestSettings,
  HygieneMode,
  HygienePreparation,
  NativeSettings,
  OutputFormat,
  Purpose,
} from './trial-settings.js';

/**
 * Raised when a message changes its meaning; the controller refuses an agent that speaks another.
 */
export const PROTOCOL = 6;

/** What an agent runs at the moment it says hello. */
export interface HeldLease {
  readonly lease: LeaseId;
  readonly sweep: SweepId;
  readonly block: BlockId;
  readonly attempt: number;
  readonly environment: Environment;
  readonly epoch: number;
  readonly trial?: TrialId;
}

export interface AgentHello {
  readonly protocol: number;
  readonly session: string;
  /** Names the agent's state folder: the same after a restart, another for a second agent. */
  readonly instance: string;
  /** Changes with each boot of the host. */
  readonly bootId: string;
  readonly startedAtMs: number;
  /** Of the log; 0 while the broker has acknowledged no outcome of this agent. */
  readonly acknowledgedSequence: number;
  /** The latest reign that this agent has obeyed. */
  readonly seen: KnownReign;
  readonly host: HostDescription;
  readonly holding: readonly HeldLease[];
  /** Message ids of outcomes in the agent's spool that it was not told are settled. */
  readonly unsettled: readonly string[];
  /** What keeps the agent from working, for people; empty or absent when nothing does. */
  readonly trouble?: string;
}

export const BLOCK_ENDS = ['finished', 'returned', 'unready'] as const;

/**
 * `finished`: every trial has an outcome. `returned`: the agent gives the block back. `unready`: so
 * it does, because the host is not as the row demands; the reason is what the row waits for.
 */
export type BlockEnd = (typeof BLOCK_ENDS)[number];

export type AgentMessage =
  | { readonly kind: 'hello'; readonly hello: AgentHello }
  | {
      /** The session lives; it renews no lease. */
      readonly kind: 'alive';
      /** Outcomes in the spool. */
      readonly spooled: number;
      /** What keeps the agent from working, for people; empty when nothing does. */
      readonly trouble: string;
    }
  | {
      /** From the loop that does the work, so that a worker that hangs loses its lease. */
      readonly kind: 'renew';
      readonly lease: LeaseId;
      readonly epoch: number;
      readonly trial?: TrialId;
    }
  /** Asks again for outcomes of which the controller has said nothing for long. */
  | { readonly kind: 'unsettled'; readonly messageIds: readonly string[] }
  /** Left out for a trial that ends before anybody could read it. */
  | { readonly kind: 'trial-started'; readonly lease: LeaseId; readonly trial: TrialId }
  | {
      readonly kind: 'block-ended';
      readonly lease: LeaseId;
      readonly end: BlockEnd;
      readonly reason: string;
    };

export interface LeasedTrial {
  readonly trial: TrialId;
  readonly kernel: KernelName;
  /** Absent for the kernel that the host is running. */
  readonly image?: { readonly sha256: Sha256; readonly release: string };
}

/** The right to run one attempt of a block; `trials` holds only those without an outcome yet. */
export interface Lease {
  readonly lease: LeaseId;
  /** Fencing token: a later lease on the same block has a higher one. */
  readonly epoch: number;
  /** It ends this long after it was granted or renewed last. */
  readonly durationMs: number;
  readonly sweep: SweepId;
  readonly block: BlockId;
  readonly attempt: number;
  readonly environment: Environment;
  readonly purpose: Purpose;
  readonly shape: Shape;
  readonly commandLine: string;
  readonly deadlineMs: number;
  readonly hygiene: HygieneMode;
  /** What `enforce` does besides; empty in the other modes. */
  readonly preparations: readonly HygienePreparation[];
  readonly guest: GuestSettings;
  readonly native: NativeSettings;
  /** Kernel functions to profile; empty unless the purpose is `attribution`. */
  readonly functions: readonly string[];
  readonly workload: {
    readonly name: string;
    readonly sha256: Sha256;
    /** First line of the compiler's version; empty for a prebuilt binary. */
    readonly compiler: string;
    readonly flags: readonly string[];
    readonly arguments: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
    readonly files: readonly WorkloadFile[];
    readonly output: OutputFormat;
    readonly metrics: readonly string[];
    readonly expectations: readonly Expectation[];
  };
  readonly trials: readonly LeasedTrial[];
}

export type ControllerMessage =
  | {
      readonly kind: 'welcome';
      readonly natsUrl: string;
      readonly aliveIntervalMs: number;
      /** The reign of this controller; an agent refuses one below the highest that it has seen. */
      readonly term: number;
      /** Names the reign, because a term alone may come again. */
      readonly reign: string;
      /** Of the leases that the agent holds: what need not be measured any more. */
      readonly folded: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'lease'; readonly lease: Lease }
  | { readonly kind: 'revoked'; readonly lease: LeaseId; readonly reason: string }
  /**
   * In the fold: their block may end. They stay in the spool until they are settled. What is
   * settled soon may be told as settled only.
   */
  | {
      readonly kind: 'folded';
      readonly messageIds: readonly string[];
      /** As of a message `settled`. */
      readonly settledIds: readonly string[];
    }
  /** In the fold and on the broker's disk. */
  | { readonly kind: 'settled'; readonly messageIds: readonly string[] };
