// SPDX-License-Identifier: Apache-2.0
/**
 * Gathers what the trials of a row tell of their workload's memory: audit trials by a full dump,
 * timing trials by what the reproducer prints of itself. It judges nothing.
 */
import type { HostId, KernelName, Outcome, TrialEnded } from '@labsweep/proto';
import type { BlockHistory } from './block-history.js';
import { measuredTrials, type RowView } from './row-view.js';
import { isPrintedState } from './state-words.js';
import { resultLines } from './trial-value.js';

/** The state that one trial told. */
export interface StateObservation {
  readonly kernel: KernelName;
  readonly host: HostId;
  readonly state: Readonly<Record<string, string>>;
}

/** `blocks` are those of the row's audit; they may hold trials of other environments. */
export function auditedStates(view: RowView, blocks: readonly BlockHistory[]): StateObservation[] {
  return measuredBeside(view, blocks).flatMap(({ kernel, host, outcome }) =>
    outcome.state === undefined ? [] : [{ kernel, host, state: outcome.state }],
  );
}

/**
 * The measured trials that count of blocks that ran beside the timing blocks of a row, in the
 * row's environment.
 */
export function measuredBeside(view: RowView, blocks: readonly BlockHistory[]): TrialEnded[] {
  return blocks
    .flatMap((block) => block.counted)
    .filter(
      ({ environment, outcome }) =>
        environment === view.environment && outcome.status === 'measured',
    );
}

/** One observation for each result line of the row's scenario that tells a known key. */
export function printedStates(view: RowView): StateObservation[] {
  return view.blocks
    .flatMap((block) => measuredTrials(block, view.environment))
    .flatMap(({ kernel, host, outcome }) =>
      statesOnLines(outcome, view.scenario).map((state) => ({ kernel, host, state })),
    );
}

function statesOnLines(outcome: Outcome, scenario: string): Record<string, string>[] {
  return resultLines(outcome, scenario)
    .map(({ values, texts }) =>
      Object.fromEntries(
        [...Object.entries(values), ...Object.entries(texts)]
          .filter(([key]) => isPrintedState(key))
          .map(([key, value]) => [key, String(value)]),
      ),
    )
    .filter((state) => Object.keys(state).length > 0);
}
