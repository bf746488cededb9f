// SPDX-License-Identifier: Apache-2.0
/**
 * Cuts the planned rows into the rows of the report: one for each environment the trials really ran
 * in and each scenario they printed. A spec may ask for `qemu`; KVM and TCG are then two rows,
 * never pooled.
 */
import type { EnvironmentRequest, KernelName, PlannedRow, Spec, TrialEnded } from '@labsweep/proto';
import { type BlockHistory, timingHistories } from './block-history.js';
import type { SweepRecord } from './sweep-record.js';
import { scenariosOf } from './trial-value.js';

export interface RowView {
  /** Without the baseline's second turn, which is no kernel of its own. */
  readonly planned: PlannedRow;
  /** The name of the baseline's second turn in the blocks, where it has one. */
  readonly again?: KernelName;
  /** The baseline, where each block begins with it and ends with its second turn (A B A). */
  readonly sandwiched?: KernelName;
  /** The real one; what the spec asked for as long as nothing ran. */
  readonly environment: EnvironmentRequest;
  /** Empty as long as no trial printed a result line. */
  readonly scenario: string;
  /** By repetition. A block of two environments (a fault of the lab) stands in both views. */
  readonly blocks: readonly BlockHistory[];
  /** All environments of the planned row; more than one means that it was split. */
  readonly environments: readonly EnvironmentRequest[];
}

/**
 * In the order of the plan; environments and scenarios in the order in which the blocks show them.
 */
export function rowViews(record: SweepRecord): RowView[] {
  const histories = timingHistories(record);
  const allScenarios = scenariosIn(histories.flatMap((block) => block.counted));
  const rows = record.plan.rows.filter(({ purpose }) => purpose === 'timing');
  return rows.flatMap((planned) => {
    const blocks = histories
      .filter((block) => block.planned.row === planned.id)
      .toSorted((a, b) => a.planned.repetition - b.planned.repetition);
    return viewsOfRow({ planned, blocks, allScenarios, spec: record.spec });
  });
}

/**
 * The measured trials of a timing block that count, in this environment; at most one for each
 * kernel. The entry's own purpose is asked too: one in the wrong block must not become a value.
 */
export function measuredTrials(block: BlockHistory, environment: EnvironmentRequest): TrialEnded[] {
  return block.counted.filter(
    (entry) =>
      entry.outcome.status === 'measured' &&
      entry.environment === environment &&
      entry.purpose === 'timing',
  );
}

interface RowParts {
  readonly planned: PlannedRow;
  readonly blocks: readonly BlockHistory[];
  readonly allScenarios: readonly string[];
  readonly spec: Spec;
}

function viewsOfRow({ planned: whole, blocks, allScenarios, spec }: RowParts): RowView[] {
  const { again, baseline, order } = spec;
  const planned = { ...whole, kernels: whole.kernels.filter((kernel) => kernel !== again) };
  const hasAgain = again !== undefined && whole.kernels.includes(again);
  const seen = [...new Set(blocks.flatMap(environmentsOf))];
  const environments = seen.length > 0 ? seen : [planned.environment];
  return environments.flatMap((environment, position) => {
    const placed = blocks.filter((block) => {
      const own = environmentsOf(block);
      // A block that has not run yet belongs to one view only, or it would be missing twice.
      return own.length === 0 ? position === 0 : own.some((each) => each === environment);
    });
    const own = scenariosIn(placed.flatMap((block) => measuredTrials(block, environment)));
    const scenarios = own.length > 0 ? own : allScenarios.length > 0 ? allScenarios : [''];
    return scenarios.map((scenario) => ({
      planned,
      ...(hasAgain ? { again } : {}),
      ...(hasAgain && order === 'sandwich' ? { sandwiched: baseline } : {}),
      environment,
      scenario,
      blocks: placed,
      environments,
    }));
  });
}

/** Measured trials tell where a block ran; failed ones only when nothing better is there. */
function environmentsOf(block: BlockHistory): EnvironmentRequest[] {
  const measured = block.counted.filter((entry) => entry.outcome.status === 'measured');
  const telling = [measured, block.counted, block.entries].find((entries) => entries.length > 0);
  return [...new Set((telling ?? []).map((entry) => entry.environment))];
}

function scenariosIn(entries: readonly TrialEnded[]): string[] {
  const measured = entries.filter((entry) => entry.outcome.status === 'measured');
  return [...new Set(measured.flatMap((entry) => scenariosOf(entry.outcome)))];
}
