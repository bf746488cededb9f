// SPDX-License-Identifier: Apache-2.0
/** All that a narrowing has to tell, as one value: the text and the JSON are made of it. */
import type { Metric } from '@labsweep/proto';
import type { RatioEstimate } from '../statistics/welch.js';
import type { SweepRecord } from '../sweep-record.js';
import type { KernelFinding, NarrowAssessment } from './assess-narrowing.js';
import { measuredEnvironments, trialsIn } from './narrow-evidence.js';
import { type Contradiction, contradictionsIn, type NarrowPair } from './narrow-step.js';
import { isConfirmed, type Sandwich } from './sandwich.js';

/** Goes up when a field changes its meaning; new fields do not count. */
export const NARROW_SCHEMA = 'labsweep-narrow/1';

export type NarrowEnd =
  | { readonly kind: 'found'; readonly pair: NarrowPair; readonly confirmed?: boolean }
  | { readonly kind: 'no-effect' }
  | { readonly kind: 'end-fails'; readonly kernel: string }
  /** It can be gone on with. */
  | { readonly kind: 'unfinished'; readonly reason: string };

/** Trials and the time that hosts spent on them; downloads and the lab's own work are not in it. */
export interface NarrowCost {
  readonly trials: number;
  readonly hostTimeMs: number;
}

export interface NarrowReport {
  readonly schema: typeof NARROW_SCHEMA;
  readonly narrowing: string;
  readonly metric: Metric;
  readonly row: string;
  /** Where it ran; what the spec asks for as long as nothing has. */
  readonly environment: string;
  readonly scenario?: string;
  /** From the good end to the bad one. */
  readonly kernels: readonly string[];
  readonly rounds: readonly {
    readonly sweep: string;
    readonly kernels: readonly string[];
    readonly blocks: number;
  }[];
  /** The bad end divided by the good one. */
  readonly effect?: RatioEstimate;
  readonly endsBlocks: number;
  readonly findings: readonly KernelFinding[];
  readonly contradictions: readonly Contradiction[];
  readonly end: NarrowEnd;
  readonly sandwich?: Sandwich;
  readonly search: NarrowCost;
  /**
   * What every kernel of the list in as many blocks as one round has would have cost, by what a
   * measured trial took; absent without any.
   */
  readonly exhaustive?: NarrowCost;
}

export interface NarrowReportInput {
  readonly narrowing: string;
  readonly metric: Metric;
  readonly row: string;
  readonly asked: string;
  readonly scenario?: string;
  readonly records: readonly SweepRecord[];
  readonly assessment: NarrowAssessment;
  readonly end: NarrowEnd;
  readonly sandwich?: Sandwich;
}

export function narrowReport(input: NarrowReportInput): NarrowReport {
  const { narrowing, metric, row, asked, scenario, records, assessment, sandwich } = input;
  const { kernels, answers } = assessment.state;
  const { effect, endsBlocks, findings } = assessment;
  const [environment = asked] = measuredEnvironments(records);
  return {
    schema: NARROW_SCHEMA,
    narrowing,
    metric,
    row,
    environment,
    ...(scenario === undefined ? {} : { scenario }),
    kernels,
    rounds: records.map(({ sweep, spec }) => ({
      sweep,
      kernels: spec.kernels.map(({ name }) => name),
      blocks: spec.repetitions,
    })),
    ...(effect === undefined ? {} : { effect }),
    endsBlocks,
    findings,
    contradictions: contradictionsIn(kernels, answers),
    end: withConfirmation(input),
    ...(sandwich === undefined ? {} : { sandwich }),
    ...costsOf(records, kernels.length),
  };
}

function withConfirmation({ end, sandwich, assessment }: NarrowReportInput): NarrowEnd {
  if (end.kind !== 'found' || sandwich === undefined || assessment.effect === undefined) return end;
  return { ...end, confirmed: isConfirmed(sandwich, assessment.effect) };
}

function costsOf(
  records: readonly SweepRecord[],
  kernels: number,
): Pick<NarrowReport, 'search' | 'exhaustive'> {
  const entries = trialsIn(records);
  const hostTimeMs = entries.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const blocks = records[0]?.spec.repetitions ?? 0;
  const trials = kernels * blocks;
  const search = { trials: entries.length, hostTimeMs };
  // Trials that were disturbed or hung would make the alternative look worse than it is.
  const measured = entries.filter(({ outcome }) => outcome.status === 'measured');
  if (measured.length === 0) return { search };
  const measuredMs = measured.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { search, exhaustive: { trials, hostTimeMs: (trials * measuredMs) / measured.length } };
}
