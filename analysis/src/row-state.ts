// SPDX-License-Identifier: Apache-2.0
/**
 * All that is known of the state of a row's workload, and what follows from it for the row's
 * comparisons and its status.
 */
import type { KernelName, Purpose } from '@labsweep/proto';
import { type BlockHistory, blockHistories } from './block-history.js';
import type { RowView } from './row-view.js';
import {
  checkState,
  type StateCheck,
  type StateDifference,
  type StateEvidence,
  stateDifferences,
} from './state-gate.js';
import { wordsOfKey } from './state-words.js';
import type { SweepRecord } from './sweep-record.js';
import { auditedStates, printedStates } from './workload-state.js';

export interface RowState {
  readonly evidence: readonly StateEvidence[];
  readonly checks: readonly StateCheck[];
  /** Empty when the two kernels may be compared. */
  readonly differences: (pair: {
    readonly kernel: KernelName;
    readonly baseline: KernelName;
  }) => readonly StateDifference[];
}

/** The blocks that a plan lays beside one of its timing rows. */
export type BlocksBeside = (view: RowView, purpose: Purpose) => readonly BlockHistory[];

/** Reads the record once, for all its rows. */
export function blocksBeside(record: SweepRecord): BlocksBeside {
  const histories = blockHistories(record).filter(({ purpose }) => purpose !== 'timing');
  const timingRows = new Map(record.plan.rows.map(({ id, of }) => [id, of]));
  return (view, purpose) =>
    histories.filter(
      (block) => block.purpose === purpose && timingRows.get(block.planned.row) === view.planned.id,
    );
}

export function rowState(
  view: RowView,
  options: { readonly baseline: KernelName; readonly audit: readonly BlockHistory[] },
): RowState {
  const evidence: StateEvidence[] = [
    { source: 'audit', observations: auditedStates(view, options.audit) },
    { source: 'result-line', observations: printedStates(view) },
  ];
  const { kernels } = view.planned;
  const [first = options.baseline] = kernels;
  const reference = kernels.includes(options.baseline) ? options.baseline : first;
  return {
    evidence,
    checks: evidence
      .map((each) => checkState(each, { kernels, reference }))
      .filter((check) => check !== undefined),
    differences: (pair) => stateDifferences(evidence, pair),
  };
}

/** Of an audit that was asked for and has not shown every kernel that has values. */
export function auditGaps(options: {
  readonly checks: readonly StateCheck[];
  readonly audit: readonly BlockHistory[];
  readonly view: RowView;
}): string[] {
  const { checks, audit, view } = options;
  const { kernels } = view.planned;
  if (audit.length === 0 || kernels.length < 2) return [];
  const seen = checks.find(({ source }) => source === 'audit')?.kernels ?? [];
  const missing = kernels.filter((kernel) => !seen.includes(kernel));
  const isBlind = (name: KernelName) =>
    auditedStates(view, audit).some(
      ({ kernel, state }) => kernel === name && state.mappings === '0',
    );
  const blind = kernels.filter(isBlind);
  return [
    ...(missing.length === 0 ? [] : [`no audited state of ${missing.join(', ')}`]),
    ...(blind.length === 0
      ? []
      : [
          `the audit saw no mapping of the workload on ${blind.join(', ')} ` +
            '(private ones count from 1 MiB), so it compared no memory there',
        ]),
  ];
}

/** Keys whose value changes from trial to trial without any kernel being stopped by it. */
export function unsteadyState(checks: readonly StateCheck[]): string[] {
  const noted = checks
    .filter(({ source }) => source === 'result-line')
    .flatMap(({ differing }) => differing.filter(({ effect }) => effect === 'noted'));
  if (noted.length === 0) return [];
  const keys = noted.map(({ key }) => wordsOfKey(key)).join(', ');
  return [`state that differs and stops no comparison: ${keys}`];
}
