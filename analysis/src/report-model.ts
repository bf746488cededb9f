// SPDX-License-Identifier: Apache-2.0
/**
 * The report as plain data: what every renderer reads, and what stands in results.json. It holds
 * numbers and sentences, no layout.
 */
import type {
  BlockOrder,
  ConfigDifferences,
  Environment,
  EnvironmentRequest,
  Gap,
  HostId,
  KernelName,
  Metric,
  RowId,
  Shape,
  SweepId,
} from '@labsweep/proto';
import type { KernelAttribution } from './attribution.js';
import type { Cell } from './cell.js';
import type { ClockFinding } from './clock-sense.js';
import type { Decomposition } from './decompose.js';
import type { FailedTrial } from './failed-trials.js';
import type { GapClosed } from './gap-closed.js';
import type { Judging } from './judge-report.js';
import type { SideBySide } from './native-virtual.js';
import type { NoiseFloor } from './noise-floor.js';
import type { Quantisation } from './quantisation.js';
import type { RowStatus } from './row-status.js';
import type { SequenceEffects } from './sequence-effects.js';
import type { StateCheck } from './state-gate.js';
import type { MeasuredTable, SweepState } from './sweep-record.js';
import type { TrialCounts } from './trial-counts.js';

export interface Report {
  readonly sweep: SweepId;
  readonly state: SweepState;
  readonly progress: ReportProgress;
  readonly head: ReportHead;
  /** The one that verdicts are about: the first of the spec. */
  readonly primary: Metric;
  /** All metrics in the order of the spec, the primary one included. */
  readonly metrics: readonly Metric[];
  readonly baseline: KernelName;
  readonly gap?: Gap;
  readonly judging: Judging;
  readonly rows: readonly ReportRow[];
  readonly sideBySide: SideBySide;
  readonly failures: readonly FailedTrial[];
  /** Who asked what after the submission, and when; one sentence each. */
  readonly commands: readonly string[];
  readonly notes: readonly string[];
  /** Those of the notes that tell what else than the code under test a change may come from. */
  readonly confounders: readonly string[];
}

/** A trial has ended when the attempt that counts, or else any attempt, has an outcome of it. */
export interface ReportProgress {
  readonly trialsPlanned: number;
  readonly trialsEnded: number;
  readonly blocksPlanned: number;
  readonly blocksAccepted: number;
  /** Accepted for want of a better attempt: not every trial of them is measured. */
  readonly blocksIncomplete: number;
}

export interface ReportRow {
  /** For readers: environment and CPU count, and whatever else tells this row from the others. */
  readonly label: string;
  readonly row: RowId;
  readonly requested: EnvironmentRequest;
  readonly environment: EnvironmentRequest;
  readonly shape: Shape;
  readonly workload: string;
  readonly scenario: string;
  readonly kernels: readonly KernelName[];
  readonly metrics: readonly MetricCells[];
  readonly trials: TrialCounts;
  readonly trialsByKernel: readonly KernelTrialCounts[];
  readonly decompositions: readonly Decomposition[];
  readonly gapClosed?: GapClosed;
  /** The smallest change the row could see; absent below two blocks. */
  readonly noiseFloor?: NoiseFloor;
  /** Of the primary metric: the baseline's second turn in each block, where it has one. */
  readonly again?: Cell;
  /** What the order of the blocks did to the primary metric. */
  readonly sequence: SequenceEffects;
  /** What was seen of the workload's memory on the row's kernels, from each source that told. */
  readonly state: readonly StateCheck[];
  /** Phases that are too short for their clock, or of which that is not known. */
  readonly clock: readonly ClockFinding[];
  /** Metrics whose values are printed in steps that matter. */
  readonly quantisation: readonly Quantisation[];
  /** Of the kernels that were profiled; never compared with anything of the row. */
  readonly attribution: readonly KernelAttribution[];
  readonly status: RowStatus;
}

export interface MetricCells {
  readonly metric: string;
  /** In the order of the row's kernels. */
  readonly cells: readonly Cell[];
  /** The baseline's second turn, of others than the primary metric: that of it is the row's. */
  readonly again?: Cell;
}

export interface KernelTrialCounts extends TrialCounts {
  readonly kernel: KernelName;
}

export interface ReportHead {
  readonly workload: {
    readonly name: string;
    readonly program: string;
    readonly arguments: readonly string[];
    readonly sha256: string;
    /** Empty for a prebuilt binary. */
    readonly compiler: string;
    /** As given to the compiler; empty for a prebuilt binary. */
    readonly flags: readonly string[];
  };
  readonly scenarios: readonly string[];
  readonly kernels: readonly ReportKernel[];
  /** Whether the kernels were built alike: one sentence for each thing there is to say. */
  readonly kernelBuilds: readonly string[];
  readonly hosts: readonly ReportHost[];
  readonly environments: readonly { readonly environment: Environment; readonly note: string }[];
  /** What the trials that count said of their clock at start and end. */
  readonly clocksources: readonly { readonly text: string; readonly trials: number }[];
  readonly order: BlockOrder;
  /** Each block runs the baseline twice. */
  readonly hasAgain: boolean;
  /** Rows stop when each change is known to this fraction; `repetitions` is then the most. */
  readonly precision?: number;
  readonly seed: number;
  /**
   * Where numbers come from that no lab of ours made. Order and seed mean nothing then, and nothing
   * is known of the program.
   */
  readonly table?: MeasuredTable;
  readonly repetitions: number;
  readonly waiting: readonly { readonly row: RowId; readonly reason: string }[];
}

export interface ReportKernel {
  readonly name: KernelName;
  /** Empty when the kernel has no image and no trial told. */
  readonly release: string;
  readonly source: string;
  /** With which configuration it was built; absent where nobody tells. */
  readonly config?: {
    readonly sha256: string;
    /** From the baseline's, where both texts were at hand when the kernel was resolved. */
    readonly differences?: ConfigDifferences;
  };
  /** Such as `gcc 14.2.0`; absent where no trial tells. */
  readonly compiler?: string;
}

export interface ReportHost {
  /** As the values of a series name it. */
  readonly id: HostId;
  readonly name: string;
  /** Empty when the host does not say. */
  readonly cpuModel: string;
}
