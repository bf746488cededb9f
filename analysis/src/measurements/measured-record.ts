// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the record of a sweep out of a table of measurements, so that what was measured elsewhere
 * goes through the same analysis. What the table does not tell is said in the record's provenance.
 */
import {
  AGAIN_ENDING,
  type BlockId,
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  DEFAULT_SCHEDULING,
  type HostId,
  type KernelName,
  type Metric,
  type Outcome,
  type Plan,
  type PlannedRow,
  type PlannedTrial,
  type RowId,
  type Sha256,
  type Spec,
  type SweepId,
  type TrialEnded,
  type TrialId,
} from '@labsweep/proto';
import type { BlockDecision, SweepRecord } from '../sweep-record.js';
import { decisionOf } from './measured-decision.js';
import { measuredMetrics } from './measured-metrics.js';
import { type MeasuredBlock, type MeasuredRow, measuredRows, scenarioOf } from './measured-rows.js';
import type { Measurement } from './measurement.js';
import { provenanceOf } from './provenance.js';
import { readMeasurementTable } from './read-measurement-table.js';

export interface MeasuredOptions {
  readonly text: string;
  /** As it is told to readers. */
  readonly fileName: string;
  /** Of the file. */
  readonly sha256: Sha256;
  readonly sweep: SweepId;
  /** The first kernel of the table, and no second turn, when left out. */
  readonly baseline?: string;
  /** The metric that verdicts are about; the first of the table when left out. */
  readonly metric?: string;
}

/** A table says nothing of the binary. */
const NOT_TOLD = 'not told' as Sha256;

/** Throws TableError. The baseline and the metric are in the table, or else nothing is compared. */
export function measuredRecord(options: MeasuredOptions): SweepRecord {
  const { text, sweep, fileName, sha256 } = options;
  const table = readMeasurementTable(text);
  const timing = table.measurements.filter(({ purpose = 'timing' }) => purpose === 'timing');
  const rows = measuredRows(text, timing);
  const isNamed = timing.some(({ block }) => block !== undefined);
  const { metrics, guessed } = measuredMetrics(timing, options.metric);
  const spec = specOf({ options, rows, metrics, timing });
  const plan = planOf(rows, isNamed);
  const isOfMany = new Set(timing.map(({ workload }) => workload)).size > 1;
  const blocks = rows.flatMap((row) => row.blocks);
  return {
    sweep,
    state: 'finished',
    spec,
    plan,
    submitted: submittedOf(options, spec),
    entries: rows.flatMap((row) =>
      row.blocks.flatMap((block) => entriesOf(sweep, { row, block, isOfMany })),
    ),
    decisions: decisionsOf(plan, blocks),
    hosts: hostNames(rows).map((name) => ({ id: name as HostId, name, facts: {} })),
    waiting: [],
    provenance: provenanceOf({ fileName, table, timing, guessed, spec }),
    table: { fileName, sha256 },
  };
}

function specOf(parts: {
  readonly options: MeasuredOptions;
  readonly rows: readonly MeasuredRow[];
  readonly metrics: readonly Metric[];
  readonly timing: readonly Measurement[];
}): Spec {
  const { options, rows, metrics, timing } = parts;
  const kernels = [...new Set(rows.flatMap((row) => row.kernels))];
  const own = kernels.find((name) => !name.endsWith(AGAIN_ENDING)) ?? kernels[0] ?? '';
  const { baseline = own } = options;
  const workloads = [...new Set(timing.flatMap(({ workload }) => workload ?? []))];
  const repetitions = rows.flatMap(({ blocks }) => blocks.map(({ repetition }) => repetition));
  return {
    name: options.fileName,
    kernels: kernels.map((name) => ({
      name: name as KernelName,
      text: '',
      source: { kind: 'host' },
    })),
    workload: {
      // A table that names no workload is all that is known of it.
      name: workloads.join(', ') || options.fileName,
      program: { kind: 'binary', path: options.fileName },
      arguments: [],
      variables: {},
      files: {},
      output: DEFAULT_OUTPUT,
      metrics,
      expectations: [],
    },
    environments: [],
    repetitions: repetitions.reduce((most, each) => Math.max(most, each), 1),
    order: 'listed',
    seed: 0,
    baseline: baseline as KernelName,
    ...secondTurn(rows, baseline),
    hygiene: 'observe',
    scheduling: DEFAULT_SCHEDULING,
  };
}

/** What a sweep of ours calls the baseline's second series is one in any table. */
function secondTurn(rows: readonly MeasuredRow[], baseline: string): Pick<Spec, 'again'> {
  const again = `${baseline}${AGAIN_ENDING}`;
  const held = rows.filter(({ kernels }) => kernels.includes(again));
  const isBeside = held.every(({ kernels }) => kernels.includes(baseline));
  return held.length > 0 && isBeside ? { again: again as KernelName } : {};
}

/**
 * A kernel that lacks a repetition is missing there. Only a table that names its blocks may hold
 * some that were planned without it.
 */
function planOf(rows: readonly MeasuredRow[], isNamed: boolean): Plan {
  const blocks = rows.flatMap((row) =>
    row.blocks.map(({ id, repetition, trials }) => {
      const ran = [...new Set(trials.map(({ kernel }) => kernel))];
      const missing = isNamed ? [] : row.kernels.filter((kernel) => !ran.includes(kernel));
      return {
        id: id as BlockId,
        row: row.id as RowId,
        repetition,
        trials: [...ran, ...missing].map((kernel) => ({
          id: trialId(id, kernel),
          kernel: kernel as KernelName,
        })),
      };
    }),
  );
  const trialCount = blocks.reduce((sum, { trials }) => sum + trials.length, 0);
  return { rows: rows.map(plannedRow), blocks, trialCount };
}

function plannedRow({ id, environment, smp, memoryMib, kernels }: MeasuredRow): PlannedRow {
  return {
    id: id as RowId,
    purpose: 'timing',
    of: id as RowId,
    environment,
    shape: { smp, memoryMib },
    kernels: kernels as readonly KernelName[],
    commandLine: '',
    deadlineMs: 0,
    estimateMs: 0,
    guest: DEFAULT_GUEST,
    native: DEFAULT_NATIVE,
  };
}

function decisionsOf(
  plan: Plan,
  blocks: readonly MeasuredBlock[],
): ReadonlyMap<BlockId, BlockDecision> {
  const planned = new Map<string, readonly PlannedTrial[]>(
    plan.blocks.map(({ id, trials }) => [id, trials]),
  );
  const decisions = new Map<BlockId, BlockDecision>();
  for (const block of blocks) {
    const kernels = (planned.get(block.id) ?? []).map(({ kernel }) => kernel);
    const decision = decisionOf(block, kernels);
    if (decision !== undefined) decisions.set(block.id as BlockId, decision);
  }
  return decisions;
}

function entriesOf(
  sweep: SweepId,
  at: {
    readonly row: MeasuredRow;
    readonly block: MeasuredBlock;
    readonly isOfMany: boolean;
  },
): TrialEnded[] {
  const { row, block, isOfMany } = at;
  return block.trials.map(({ kernel, attempt, host, lines }) => ({
    type: 'trial-ended',
    sweep,
    block: block.id as BlockId,
    trial: trialId(block.id, kernel),
    kernel: kernel as KernelName,
    attempt,
    host: host as HostId,
    hostName: host,
    session: host,
    environment: lines[0]?.environment ?? row.environment,
    purpose: 'timing',
    startedAtMs: 0,
    durationMs: lines[0]?.durationMs ?? 0,
    outcome: outcomeOf(kernel, lines, isOfMany),
    evidence: {},
  }));
}

/** Where no release is told, the name is all that tells kernels of two rows apart. */
function outcomeOf(kernel: string, lines: readonly Measurement[], isOfMany: boolean): Outcome {
  const [first] = lines;
  const { status = 'measured', failure, kernelRelease = kernel } = first ?? {};
  const scenarios = new Map<string, Record<string, number>>();
  for (const line of lines) {
    if (line.metric === undefined || line.value === undefined) continue;
    const scenario = scenarioOf(line, { isOfMany });
    const values = scenarios.get(scenario) ?? {};
    values[line.metric] = line.value;
    scenarios.set(scenario, values);
  }
  const message = 'as the table says';
  return {
    status,
    ...(failure === undefined ? {} : { failure: { class: failure, message } }),
    samples: [...scenarios].map(([scenario, values]) => ({
      scenario,
      line: 'result',
      values,
      texts: {},
    })),
    facts: { kernel_release: kernelRelease },
    consoleTail: '',
  };
}

function submittedOf(
  { sweep, fileName }: MeasuredOptions,
  { kernels, seed }: Spec,
): SweepRecord['submitted'] {
  return {
    type: 'submitted',
    sweep,
    atMs: 0,
    by: '',
    specPath: fileName,
    specText: '',
    seed,
    kernels: kernels.map(({ name }) => ({ name, source: '' })),
    workload: { sha256: NOT_TOLD, sizeBytes: 0, compiler: '', flags: [], files: [] },
  };
}

function hostNames(rows: readonly MeasuredRow[]): string[] {
  const trials = rows.flatMap(({ blocks }) => blocks.flatMap((block) => block.trials));
  return [...new Set(trials.map(({ host }) => host))];
}

function trialId(block: string, kernel: string): TrialId {
  return `${block}/${kernel}` as TrialId;
}
