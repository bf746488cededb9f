// SPDX-License-Identifier: Apache-2.0
/**
 * Says whether a row can stand alone (`clean`), only beside others (`supporting`), or not at all
 * (`excluded`), with every reason. It looks at the primary metric; it changes no number.
 */
import type { HostId } from '@labsweep/proto';
import type { BlockHistory } from './block-history.js';
import { type OrderDoubt, orderReasons } from './block-lot.js';
import { buildFactors } from './build-factors.js';
import type { Cell } from './cell.js';
import { type ClockFinding, ticksText } from './clock-sense.js';
import { slowedTrials } from './frequency.js';
import { meanStories } from './mean-stories.js';
import type { NoiseFloor } from './noise-floor.js';
import type { ReportKernel } from './report-model.js';
import {
  type CompletenessEvidence,
  completenessReasons,
  completenessRemarks,
  REPETITIONS_MIN,
} from './row-completeness.js';
import { rowSetup } from './row-setup.js';
import { auditGaps, unsteadyState } from './row-state.js';
import type { RowView } from './row-view.js';
import { secondFactors } from './second-factors.js';
import type { SequenceEffects } from './sequence-effects.js';
import { differenceText, type StateCheck } from './state-gate.js';

/**
 * Coefficient of variation inside hosts above which a row is not clean; pyperf warns at the same.
 */
export const CV_LIMIT = 0.1;

export interface RowStatus {
  /** `excluded`: nothing of the row can be compared, so no sentence of a report is about it. */
  readonly kind: 'clean' | 'supporting' | 'excluded';
  /** Empty exactly when the row is clean. */
  readonly reasons: readonly string[];
  /** What a reader should see although it does not make the row doubtful. */
  readonly remarks: readonly string[];
  /** Shown beside the row in its table, for example `!clock`; notes explain them. */
  readonly marks: readonly string[];
}

export interface RowEvidence extends CompletenessEvidence {
  /** With the baseline's second turn, whose spread is in each change or in the floor. */
  readonly turns: readonly Cell[];
  readonly state: readonly StateCheck[];
  /** The blocks that audit the row; empty when the spec asks for none. */
  readonly audit: readonly BlockHistory[];
  readonly clock: readonly ClockFinding[];
  readonly sequence: SequenceEffects;
  readonly floor?: NoiseFloor;
  /** Absent where the order inside blocks was drawn. */
  readonly orderDoubt?: OrderDoubt;
  /** Those of the row, and the baseline. */
  readonly kernels: readonly ReportKernel[];
  readonly baseline: ReportKernel | undefined;
  /** What the row's blocks left less known than the spec asked for. */
  readonly imprecise: readonly string[];
}

/** Every rule looks at the same evidence and gives the sentences it has to say. */
export function judgeRow(evidence: RowEvidence): RowStatus {
  const rules = [
    completenessReasons,
    spread,
    states,
    factors,
    disagreements,
    drifts,
    orderReasons,
    brokenFloor,
  ];
  const setup = rowSetup(evidence.view);
  const reasons = [...rules.flatMap((rule) => rule(evidence)), ...setup.reasons];
  const short = shortPhases(evidence.clock);
  const slowed = slowedTrials(evidence.view);
  return {
    kind: isExcluded(evidence) ? 'excluded' : reasons.length === 0 ? 'clean' : 'supporting',
    reasons,
    remarks: [
      ...completenessRemarks(evidence),
      ...evidence.imprecise,
      ...hostDrifts(evidence),
      ...meanStories(evidence.cells, evidence),
      ...rounded(evidence),
      ...outlying(evidence),
      ...unsteadyState(evidence.state),
      ...short,
      ...slowed,
      ...setup.remarks,
    ],
    marks: [
      ...(evidence.cells.some(({ comparison }) => comparison.kind === 'not-comparable')
        ? ['!state']
        : []),
      ...(short.length > 0 ? ['!clock'] : []),
      ...(slowed.length > 0 ? ['!frequency'] : []),
      ...setup.marks,
    ],
  };
}

/** Several kernels, and not one of them comparable with the baseline. */
function isExcluded({ cells }: RowEvidence): boolean {
  const others = cells.filter(({ comparison }) => comparison.kind !== 'baseline');
  if (others.length === 0 || others.length === cells.length) return false;
  return others.every(({ comparison }) => comparison.kind === 'not-comparable');
}

function spread({ turns }: RowEvidence): string[] {
  return turns.flatMap(({ kernel, spread: cv, values }) => {
    if (cv !== undefined && cv > CV_LIMIT) {
      return [`${kernel} varies by CV ${(cv * 100).toFixed(1)}%, limit ${CV_LIMIT * 100}%`];
    }
    // Enough repetitions, yet no two on one host: what cannot be seen must not pass as small.
    const hosts = new Set(values.map(({ host }) => host));
    const isHidden = hosts.size === values.length && values.length >= REPETITIONS_MIN;
    return isHidden ? [`${kernel} has no two values from one host, so its spread is unknown`] : [];
  });
}

/** The first difference of each kernel; the section on state has them all. */
function states({ cells, state, audit, view }: RowEvidence): string[] {
  const stopped = cells.flatMap(({ kernel, comparison }) => {
    if (comparison.kind !== 'not-comparable') return [];
    const { baseline, differences } = comparison;
    const [first, ...others] = differences;
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [`not comparable: ${differenceText(first, { kernel, baseline })}${more}`];
  });
  return [...stopped, ...auditGaps({ checks: state, audit, view })];
}

function factors({ view, kernels, baseline }: RowEvidence): string[] {
  return [...secondFactors(view), ...buildFactors(kernels, baseline)];
}

/** Their ratios are pooled all the same; a reader must know that they should not be one number. */
function disagreements({ cells, view }: RowEvidence): string[] {
  return cells.flatMap(({ kernel, comparison }) => {
    if (comparison.kind !== 'compared') return [];
    const { agreement } = comparison;
    if (agreement?.verdict !== 'disagree') return [];
    const each = agreement.hosts.map(
      ({ host, ratio, blocks: n }) => `${hostName(view, host)} ${ratio.toFixed(3)}x n=${n}`,
    );
    return [`hosts disagree on ${kernel}: ${each.join(', ')}`];
  });
}

function hostName({ blocks: all }: RowView, host: HostId): string {
  const entry = all.flatMap((block) => block.entries).find((each) => each.host === host);
  return entry?.hostName ?? host;
}

/** A change that itself rises or falls has no one value. */
function drifts({ sequence }: RowEvidence): string[] {
  return sequence.changes
    .filter(({ hasDrift }) => hasDrift)
    .map(
      ({ kernel, drift }) =>
        `the change of ${kernel} drifts by ${signed(drift.slope)}% per block ` +
        `(p = ${drift.p.toFixed(4)})`,
    );
}

function brokenFloor({ floor }: RowEvidence): string[] {
  if (floor?.kind !== 'a-a' || !floor.isBroken) return [];
  const { low, high, estimate } = floor.change;
  return [
    `the baseline differs from itself by ${signed(estimate)}% [${signed(low)}, ${signed(high)}]`,
  ];
}

/** Inside blocks they cancel. */
function hostDrifts({ sequence, view }: RowEvidence): string[] {
  return sequence.hosts.flatMap(({ host, drift, hasDrift, firstPercent }) => [
    ...(hasDrift ? [`${hostName(view, host)} drifts by ${signed(drift.slope)}% per block`] : []),
    ...(firstPercent === undefined
      ? []
      : [`the first block on ${hostName(view, host)} is ${signed(firstPercent)}% off the others`]),
  ]);
}

/** What a reader needs to make the intervals again from the values. */
function rounded({ turns }: RowEvidence): string[] {
  const wider = turns.filter(({ hiddenByRounding: level, comparison }) => {
    return level > 0 || (comparison.kind === 'compared' && comparison.quantumLog > 0);
  });
  if (wider.length === 0) return [];
  const names = wider.map(({ kernel }) => kernel).join(', ');
  return [`the steps in which values are printed widen the intervals of ${names}`];
}

function outlying({ turns }: RowEvidence): string[] {
  return turns.flatMap(({ kernel, values, outliers }) =>
    outliers.map(({ index, value, score }) => {
      const { block = 'unknown' } = values[index] ?? {};
      return `outlier (kept): ${kernel} in ${block}, ${value}, modified z ${signed(score)}`;
    }),
  );
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
}

function shortPhases(clock: readonly ClockFinding[]): string[] {
  const short = clock.flatMap((finding) => (finding.kind === 'short' ? [finding] : []));
  if (short.length === 0) return [];
  return [`!clock: ${short.map((each) => `${each.metric} ${ticksText(each)}`).join(', ')}`];
}
