// SPDX-License-Identifier: Apache-2.0
/**
 * What the rounds of a narrowing tell of each kernel: its values beside those of both ends, block
 * by block, its failures, and what it cost. It decides nothing.
 */
import { type Environment, type TrialEnded, UsageError } from '@labsweep/proto';
import { metricQuantum } from '../quantisation.js';
import { rowViews } from '../row-view.js';
import { matchedByBlock, type Series, seriesOf } from '../series.js';
import type { SweepRecord } from '../sweep-record.js';
import type { EndsBlock, KernelBlock } from './block-answer.js';

export interface NarrowQuestion {
  readonly good: string;
  readonly bad: string;
  readonly metric: string;
  /** May be left out where the program prints one scenario. */
  readonly scenario?: string;
}

export interface KernelEvidence {
  readonly kernel: string;
  /** Measured values of all blocks, in the unit of the metric. */
  readonly values: readonly number[];
  /** Blocks in which both ends were measured too. */
  readonly blocks: readonly KernelBlock[];
  /** Failures that tell against the kernel or the workload on it, each with its class. */
  readonly failures: readonly string[];
  /** Trials that ran, failed and repeated ones included. */
  readonly trials: number;
  readonly hostTimeMs: number;
}

/** `records` are of sweeps with one timing row each, which has both ends in it. */
export function endsBlocks(
  records: readonly SweepRecord[],
  question: NarrowQuestion,
): readonly EndsBlock[] {
  return records.flatMap((record) => {
    const of = seriesIn(record, question);
    const matched = matchedByBlock([of(question.good), of(question.bad)]);
    return matched.map(([good, bad]) => ({ good, bad }));
  });
}

export function kernelEvidence(
  records: readonly SweepRecord[],
  question: NarrowQuestion,
  kernel: string,
): KernelEvidence {
  const found = records.map((record) => {
    const of = seriesIn(record, question);
    const series = of(kernel);
    const matched = matchedByBlock([of(question.good), series, of(question.bad)]);
    return { values: series.map(({ value }) => value), matched };
  });
  const trials = trialsIn(records).filter((entry) => entry.kernel === kernel);
  return {
    kernel,
    values: found.flatMap(({ values }) => values),
    blocks: found.flatMap(({ matched }) => {
      return matched.map(([good, value, bad]) => ({ good, kernel: value, bad }));
    }),
    failures: trials.filter(tellsAgainst).map(({ outcome }) => outcome.failure?.class ?? ''),
    trials: trials.length,
    hostTimeMs: trials.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

/**
 * A guest that says no word at all counts for a fault of the lab, for one trial proves nothing; a
 * kernel that never gets further than that is of no use here all the same.
 */
function tellsAgainst({ outcome }: TrialEnded): boolean {
  return outcome.status === 'subject-failed' || outcome.failure?.class === 'no-output';
}

/** Every attempt of every trial that is for this, each once. */
export function trialsIn(
  records: readonly SweepRecord[],
  purpose: TrialEnded['purpose'] = 'timing',
): TrialEnded[] {
  return records.flatMap(({ entries }) => {
    const seen = new Map(
      entries
        .filter((entry) => entry.purpose === purpose)
        .map((entry) => [JSON.stringify([entry.trial, entry.attempt, entry.host]), entry]),
    );
    return [...seen.values()];
  });
}

/**
 * Throws UsageError where it is not clear which values are meant: of several scenarios, or of more
 * than one environment, which are never pooled.
 */
export function requireOneSort(records: readonly SweepRecord[], scenario?: string): void {
  const views = records.flatMap(rowViews).filter((view) => view.scenario !== '');
  const scenarios = [...new Set(views.map((view) => view.scenario))];
  if (scenario === undefined ? scenarios.length > 1 : !isAmong(scenario, scenarios)) {
    const which = scenario === undefined ? '' : `, and none is called ${scenario}`;
    throw new UsageError(
      `the program printed the scenarios ${scenarios.join(', ')}${which}; choose one by --scenario`,
    );
  }
  const environments = measuredEnvironments(records);
  if (environments.length > 1) {
    throw new UsageError(
      `some trials ran in ${environments.join(', others in ')}, and these are not put together; ` +
        'name one of them as the environment in the spec',
    );
  }
}

/** Nothing printed yet is no contradiction. */
const isAmong = (scenario: string, scenarios: readonly string[]) =>
  scenarios.length === 0 || scenarios.includes(scenario);

/** Where the measured trials ran; one, unless hosts differ in what they can do. */
export function measuredEnvironments(records: readonly SweepRecord[]): readonly Environment[] {
  const measured = trialsIn(records).filter(({ outcome }) => outcome.status === 'measured');
  return [...new Set(measured.map(({ environment }) => environment))];
}

/** The step in which all values of these kernels are printed, where it matters. */
export function quantumIn(
  records: readonly SweepRecord[],
  wanted: Pick<NarrowQuestion, 'metric' | 'scenario'> & { readonly kernels: readonly string[] },
): number | undefined {
  const metrics = records.flatMap(({ spec }) => spec.workload.metrics);
  const metric = metrics.find(({ name }) => name === wanted.metric);
  if (metric === undefined) return undefined;
  const series = records.flatMap((record) => wanted.kernels.flatMap(seriesIn(record, wanted)));
  return metricQuantum(
    metric,
    series.map(({ value }) => value),
  );
}

/** Values of a kernel in the one row of the record; none of a kernel that the record has not. */
export function seriesIn(
  record: SweepRecord,
  { metric, scenario }: Pick<NarrowQuestion, 'metric' | 'scenario'>,
): (kernel: string) => Series {
  const views = rowViews(record);
  const view = scenario === undefined ? views[0] : views.find((each) => each.scenario === scenario);
  return (kernel) => {
    const name = record.spec.kernels.find((each) => each.name === kernel)?.name;
    return view === undefined || name === undefined ? [] : seriesOf(view, { kernel: name, metric });
  };
}
