// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary of labsweep as readonly types: what a sweep is, how it is cut into rows, blocks
 * and trials, and how a trial can end. It holds no behaviour.
 */
import type { BlockOrder, Precision } from './design.js';
import type { Scheduling } from './scheduling.js';
import type {
  FunctionProfile,
  GuestSettings,
  HygieneMode,
  HygienePreparation,
  HygieneRecord,
  NativeSettings,
  OutputFormat,
  Permission,
  Purpose,
} from './trial-settings.js';

type Branded<Base, Name extends string> = Base & { readonly __brand: Name };

/** Names one sweep on every box and in every folder, for example `mprotect-window-1a2b3c4d`. */
export type SweepId = Branded<string, 'SweepId'>;
/** The name a spec gives to a kernel, for example `v6.17`. */
export type KernelName = Branded<string, 'KernelName'>;
/** Names a row inside its sweep, for example `qemu-smp2`. */
export type RowId = Branded<string, 'RowId'>;
/** Names a block inside its sweep: its row and repetition, for example `qemu-smp2/r3`. */
export type BlockId = Branded<string, 'BlockId'>;
/** Names a trial inside its sweep: its block and kernel, for example `qemu-smp2/r3/v6.17`. */
export type TrialId = Branded<string, 'TrialId'>;
/** The machine id of a host; it survives a reboot into another kernel. */
export type HostId = Branded<string, 'HostId'>;
/** An agent's right to run one attempt; never used twice. */
export type LeaseId = Branded<string, 'LeaseId'>;
/** 64 lower-case hexadecimal digits. */
export type Sha256 = Branded<string, 'Sha256'>;

/** Where a trial really ran. Environments are never pooled with each other. */
export const ENVIRONMENTS = ['native', 'qemu-kvm', 'qemu-tcg', 'scripted'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What a spec may ask for: `qemu` leaves KVM or TCG to what the host's canary guest proves. */
export const ENVIRONMENT_REQUESTS = ['native', 'qemu', 'qemu-kvm', 'qemu-tcg', 'scripted'] as const;
export type EnvironmentRequest = (typeof ENVIRONMENT_REQUESTS)[number];

export type KernelSource =
  | {
      readonly kind: 'debian';
      readonly suite: string;
      readonly package: string;
      readonly version?: string;
    }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'host' };

/** A kernel as the spec names it; `source` keeps the text the user wrote in `text`. */
export interface KernelSpec {
  readonly name: KernelName;
  readonly text: string;
  readonly source: KernelSource;
}

/** A number the reproducer prints, with what is needed to read it. */
export interface Metric {
  readonly name: string;
  /** As printed behind a value, for example `ns/page`. */
  readonly unit: string;
  /** Which way is good; `none` marks a number that is only recorded. */
  readonly direction: 'lower' | 'higher' | 'none';
  /** One line that says what is measured, by which clock; empty when the spec gives none. */
  readonly meaning: string;
}

export const EXPECTATION_OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;

/** A condition that each result line must meet, for example `unexpected_results == 0`. */
export interface Expectation {
  readonly metric: string;
  readonly operator: (typeof EXPECTATION_OPERATORS)[number];
  readonly value: number;
}

export interface WorkloadSpec {
  readonly name: string;
  /**
   * A C file that is compiled once on submission, or a static binary; a path as the user wrote it.
   */
  readonly program: { readonly kind: 'source' | 'binary'; readonly path: string };
  readonly arguments: readonly string[];
  /** Environment variables, in the order of the spec. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files beside the program, by name; the values are paths as the user wrote them. */
  readonly files: Readonly<Record<string, string>>;
  readonly output: OutputFormat;
  /** In the order of the spec; the first is the one that verdicts are about. */
  readonly metrics: readonly Metric[];
  readonly expectations: readonly Expectation[];
}

/** CPU count and memory of a trial's machine. */
export interface Shape {
  readonly smp: number;
  readonly memoryMib: number;
}

/** One `[[environments]]` table of a spec; it becomes one row per SMP count. */
export interface EnvironmentSpec {
  readonly environment: EnvironmentRequest;
  readonly shapes: readonly Shape[];
  readonly kernels: readonly KernelName[];
  /** Added to the guest's kernel command line. */
  readonly commandLine: string;
  /** Longest a trial may take, boot included. */
  readonly deadlineMs: number;
  /** What the plan assumes for one trial until durations are known. */
  readonly estimateMs: number;
  readonly guest: GuestSettings;
  readonly native: NativeSettings;
}

/** The three kernels of `gap closed = (bad - candidate) / (bad - good)`. */
export interface Gap {
  readonly good: KernelName;
  readonly bad: KernelName;
  readonly candidate: KernelName;
}

/** A spec as parsed and checked: every name in it resolves. */
export interface Spec {
  readonly name: string;
  readonly kernels: readonly KernelSpec[];
  readonly workload: WorkloadSpec;
  readonly environments: readonly EnvironmentSpec[];
  readonly repetitions: number;
  readonly order: BlockOrder;
  readonly seed: number;
  readonly baseline: KernelName;
  /**
   * The second name of the baseline, one of `kernels`: each block runs it twice, to see how far a
   * kernel differs from itself.
   */
  readonly again?: KernelName;
  /** A change of the primary metric that is as good as none, as a fraction. */
  readonly margin?: number;
  /** Asks rows to stop when they know enough; then `repetitions` is the most that a row gets. */
  readonly precision?: Precision;
  readonly gap?: Gap;
  readonly hygiene: HygieneMode;
  /** What `enforce` does besides; absent for nothing. */
  readonly preparations?: readonly HygienePreparation[];
  readonly scheduling: Scheduling;
  /** Asks for audit trials of every row. */
  readonly audit?: { readonly repetitions: number };
  /** Asks for attribution trials of every row that runs in a guest. */
  readonly attribution?: { readonly repetitions: number; readonly functions: readonly string[] };
}

/** One kernel's turn in a block. */
export interface PlannedTrial {
  readonly id: TrialId;
  readonly kernel: KernelName;
}

/** One repetition of a row: every kernel once, on one host, in the order of `trials`. */
export interface PlannedBlock {
  readonly id: BlockId;
  readonly row: RowId;
  /** From 1. */
  readonly repetition: number;
  readonly trials: readonly PlannedTrial[];
}

/**
 * Environment x shape x workload: one line of the table. An audit or attribution row runs beside
 * the timing row `of`, and is never a line of its own.
 */
export interface PlannedRow {
  readonly id: RowId;
  readonly purpose: Purpose;
  /** The timing row whose state or profile this row shows; its own id when it is one. */
  readonly of: RowId;
  readonly environment: EnvironmentRequest;
  readonly shape: Shape;
  /** In the order of the spec, whatever order the blocks run them in. */
  readonly kernels: readonly KernelName[];
  readonly commandLine: string;
  readonly deadlineMs: number;
  readonly estimateMs: number;
  readonly guest: GuestSettings;
  readonly native: NativeSettings;
}

/** All that a sweep will do; `blocks` stand in the order in which they are handed out. */
export interface Plan {
  readonly rows: readonly PlannedRow[];
  readonly blocks: readonly PlannedBlock[];
  readonly trialCount: number;
}

/** One output line of the reproducer that carries numbers. */
export interface Sample {
  readonly scenario: string;
  /** `result` is the one value of a trial; `round` lines are kept beside it. */
  readonly line: 'round' | 'result';
  /** Keys whose value is a decimal number. */
  readonly values: Readonly<Record<string, number>>;
  /** Keys whose value is anything else. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Each way in which a trial can fail. */
export const FAILURE_CLASSES = [
  'spawn-failed',
  'artifact-missing',
  'accelerator-mismatch',
  'no-output',
  'boot-stuck',
  'panic',
  'oops',
  'reset',
  'init-failed',
  'cpu-mismatch',
  'memory-mismatch',
  'kernel-mismatch',
  'command-line-mismatch',
  'reproducer-exit',
  'reproducer-signal',
  'garbage-output',
  'truncated',
  'deadline',
  'unexpected-result',
  'placement-mismatch',
  'record-incomplete',
  'host-disturbed',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** Why a trial did not count: the class, and a sentence with what was seen and what to try. */
export interface Failure {
  readonly class: FailureClass;
  readonly message: string;
}

/**
 * How a trial ended. A failure has the shape of a success: samples and facts are there either way,
 * as far as they were seen.
 */
export interface Outcome {
  readonly status: 'measured' | 'subject-failed' | 'lab-failed';
  /** Present exactly when `status` is not `measured`. */
  readonly failure?: Failure;
  readonly samples: readonly Sample[];
  /** What the guest, or the host of a native trial, said of itself: `kernel_release` and so on. */
  readonly facts: Readonly<Record<string, string>>;
  /** The end of the console, at most 64 KiB; empty for native trials. */
  readonly consoleTail: string;
  readonly hygiene?: HygieneRecord;
  /** Of an audit trial: the shape of the workload's memory, comparable across kernels. */
  readonly state?: Readonly<Record<string, string>>;
  /** Of an attribution trial. */
  readonly profile?: readonly FunctionProfile[];
}

/** What a host can run, or the reason why it cannot. */
export interface Support {
  readonly environment: Environment;
  readonly available: boolean;
  readonly reason: string;
}

/** What a host offers; the controller never leases more than this. */
export interface Capacity {
  readonly cpus: number;
  readonly memoryMib: number;
  /** Where the host mixes fast and slow cores: how many of its CPUs are of which class. */
  readonly hybrid?: { readonly performanceCpus: number; readonly efficiencyCpus: number };
}

/** A host as its agent describes it in the hello. */
export interface HostDescription {
  readonly id: HostId;
  readonly name: string;
  readonly capacity: Capacity;
  readonly supports: readonly Support[];
  readonly permissions: readonly Permission[];
  /** What rows may ask for, such as `rack=7`; given by the operator of the host. */
  readonly labels: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
}
