// SPDX-License-Identifier: Apache-2.0
/**
 * Builds whole sweep records from a few words and a seed, for tests. It follows the life of a
 * sweep: plan, attempts, failures, reruns, decisions, and an end that may come early.
 */
import {
  type BlockId,
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  DEFAULT_OUTPUT,
  type KernelName,
  type KernelSpec,
  type Outcome,
  type Plan,
  type PlannedBlock,
  type PlannedRow,
  type ResolvedKernel,
  type RowId,
  type Sha256,
  type Spec,
  type SweepId,
  type TrialEnded,
  type TrialId,
} from '@labsweep/proto';
import { type RandomSource, randomSource } from '../statistics/random-source.js';
import type { BlockDecision, SweepRecord } from '../sweep-record.js';
import { hostsFor, type MadeUpHost, releaseOf } from './made-up-hosts.js';
import { MADE_UP_METRICS, madeUpValues } from './made-up-values.js';
import type { RecordOptions, RecordRow } from './record-options.js';

const SWEEP = 'mprotect-window-1a2b3c4d' as SweepId;
const ATTEMPTS_MAX = 3;
const TRIAL_MS = 9000;

export function buildRecord(options: RecordOptions): SweepRecord {
  const random = randomSource(options.seed);
  const plan = planOf(options, random);
  const all = plan.blocks.flatMap((block, index) =>
    runBlock({ options, plan, block, index, random }),
  );
  const entries = all.slice(0, options.entriesMax ?? all.length);
  return {
    sweep: SWEEP,
    state: options.state ?? 'finished',
    spec: specOf(options),
    plan,
    submitted: submittedOf(options),
    entries,
    decisions: decisionsOf(plan, { all, entries }),
    hosts: hostsFor(options).map(({ id, name, facts }) => ({ id, name, facts })),
    waiting: [],
  };
}

function planOf(options: RecordOptions, random: RandomSource): Plan {
  const rows: PlannedRow[] = options.rows.map((row) => ({
    id: row.id as RowId,
    purpose: row.purpose ?? 'timing',
    of: (row.of ?? row.id) as RowId,
    environment: row.asked,
    shape: { smp: row.smp, memoryMib: row.memoryMib ?? 2048 },
    kernels: row.kernels as KernelName[],
    commandLine: '',
    deadlineMs: 120_000,
    estimateMs: TRIAL_MS,
    guest: { ...DEFAULT_GUEST, ...row.guest },
    native: { ...DEFAULT_NATIVE, ...row.native },
  }));
  // By repetition first, as a scheduler that wants early results of every row would hand them out.
  const blocks = Array.from({ length: options.repetitions }, (_, index) => index + 1).flatMap(
    (repetition) =>
      rows
        .filter((_, index) => repetition <= (options.rows[index]?.repetitions ?? Infinity))
        .map((row): PlannedBlock => {
          const id = `${row.id}/r${repetition}` as BlockId;
          const kernels = shuffled(row.kernels, random);
          const trials = kernels.map((kernel) => ({ id: `${id}/${kernel}` as TrialId, kernel }));
          return { id, row: row.id, repetition, trials };
        }),
  );
  return { rows, blocks, trialCount: blocks.reduce((sum, block) => sum + block.trials.length, 0) };
}

interface BlockParts {
  readonly options: RecordOptions;
  readonly plan: Plan;
  readonly block: PlannedBlock;
  readonly index: number;
  readonly random: RandomSource;
}

/** Attempts until none of its trials was `lab-failed`, or the limit is reached. */
function runBlock(parts: BlockParts): TrialEnded[] {
  const entries: TrialEnded[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const ran = runAttempt(parts, attempt);
    entries.push(...ran);
    if (ran.every(({ outcome }) => outcome.status !== 'lab-failed')) break;
  }
  return entries;
}

function runAttempt({ options, block, index, random }: BlockParts, attempt: number): TrialEnded[] {
  const hosts = hostsFor(options);
  const host = hosts[index % hosts.length] as MadeUpHost;
  const row = options.rows.find(({ id }) => id === block.row) as RecordRow;
  const environment = typeof row.ran === 'function' ? row.ran(block.repetition) : row.ran;
  const resumed = options.resumed?.includes(block.id) === true;
  return block.trials.map(({ id, kernel }, position) => {
    const made = madeOutcome({ options, row, block, kernel, attempt, random, factor: host.factor });
    return {
      type: 'trial-ended',
      sweep: SWEEP,
      block: block.id,
      trial: id,
      kernel,
      attempt,
      host: host.id,
      hostName: host.name,
      session: `${host.name}-${resumed && position > 0 ? 2 : 1}`,
      environment,
      purpose: row.purpose ?? 'timing',
      startedAtMs: 1_780_000_000_000 + index * 60_000 + position * TRIAL_MS,
      durationMs: TRIAL_MS,
      outcome: (options.mendOutcome?.(made, id) ?? made) as TrialEnded['outcome'],
      evidence: {},
    };
  });
}

interface OutcomeParts {
  readonly options: RecordOptions;
  readonly row: RecordRow;
  readonly block: PlannedBlock;
  readonly kernel: KernelName;
  readonly attempt: number;
  readonly random: RandomSource;
  readonly factor: number;
}

function madeOutcome(parts: OutcomeParts): Outcome {
  const { options, row, block, kernel, attempt, random, factor } = parts;
  const place = { row: row.id, repetition: block.repetition, kernel, smp: row.smp };
  const values = options.values?.(place) ?? madeUpValues(place, { random, hostFactor: factor });
  const facts = {
    kernel_release: releaseOf(options, kernel),
    clocksource: 'tsc-early',
    clocksource_end: 'refined-jiffies',
  };
  const failure = options.failures?.find(
    (each) => each.trial === `${block.id}/${kernel}` && each.attempt === attempt,
  );
  if (failure !== undefined) {
    const { status, message } = failure;
    const told = { class: failure.class, message };
    return { status, failure: told, samples: [], facts: {}, consoleTail: 'the end of a console\n' };
  }
  const { line, facts: toldFacts, ...told } = row.told?.(kernel, block.repetition) ?? {};
  const samples = (options.scenarios ?? ['shared-dirty']).flatMap((scenario) => [
    { scenario, line: 'round' as const, values: { round: 1, ...values }, texts: {} },
    {
      scenario,
      line: 'result' as const,
      values: { ...values, ...line },
      texts: { clock: 'monotonic_raw' },
    },
  ]);
  const allFacts = { ...facts, ...toldFacts };
  return { status: 'measured', samples, facts: allFacts, consoleTail: '', ...told };
}

/** A block is decided when all that it will ever write is in the log. */
function decisionsOf(
  plan: Plan,
  log: { readonly all: readonly TrialEnded[]; readonly entries: readonly TrialEnded[] },
): Map<BlockId, BlockDecision> {
  const decisions = new Map<BlockId, BlockDecision>();
  for (const { id } of plan.blocks) {
    const last = log.all.filter((entry) => entry.block === id).at(-1);
    if (last === undefined || !log.entries.includes(last)) continue;
    const { attempt, host } = last;
    const complete = log.entries
      .filter((entry) => entry.block === id && entry.attempt === attempt)
      .every(({ outcome }) => outcome.status !== 'lab-failed');
    decisions.set(id, { attempt, host, complete });
  }
  return decisions;
}

function specOf(options: RecordOptions): Spec {
  const gap = options.gap as Spec['gap'];
  return {
    name: 'mprotect-window',
    kernels: kernelNames(options).map((name): KernelSpec => {
      const source = { kind: 'file', path: `vmlinuz-${name}` } as const;
      return { name: name as KernelName, text: `file:${source.path}`, source };
    }),
    workload: {
      name: 'mprotect-shared-dirty',
      program: { kind: 'source', path: 'mprotect_shared_dirty_reproducer.c' },
      arguments: ['--iterations', '1000', '--mapping-mb', '64'],
      variables: {},
      files: {},
      output: DEFAULT_OUTPUT,
      metrics: options.metrics ?? MADE_UP_METRICS,
      expectations: [],
    },
    environments: [],
    repetitions: options.repetitions,
    order: options.order ?? 'interleaved',
    seed: options.seed,
    baseline: options.baseline as KernelName,
    ...(options.again === undefined ? {} : { again: options.again as KernelName }),
    ...(options.margin === undefined ? {} : { margin: options.margin }),
    ...(gap === undefined ? {} : { gap }),
    hygiene: 'observe',
    scheduling: {
      priority: 0,
      placement: 'spread',
      labels: [],
      hostClass: '',
      rerun: 1,
      labFailuresMax: 20,
    },
  };
}

function submittedOf(options: RecordOptions): SweepRecord['submitted'] {
  return {
    type: 'submitted',
    sweep: SWEEP,
    atMs: 1_780_000_000_000,
    by: 'tester',
    specPath: 'sweep.toml',
    specText: '',
    seed: options.seed,
    kernels: kernelNames(options).map((name): ResolvedKernel => {
      if (name === 'host') return { name: name as KernelName, source: 'host' };
      const image = {
        sha256: 'a'.repeat(64) as Sha256,
        sizeBytes: 1,
        release: releaseOf(options, name),
      };
      const config = options.configs?.[name];
      const source = `file:vmlinuz-${name}`;
      return { name: name as KernelName, source, image, ...(config && { config }) };
    }),
    workload: {
      sha256: 'b'.repeat(64) as Sha256,
      sizeBytes: 1,
      compiler: 'gcc (Debian 12.2.0-14) 12.2.0',
      flags: ['-O2', '-static'],
      files: [],
    },
  };
}

function kernelNames(options: RecordOptions): string[] {
  return [...new Set(options.rows.flatMap((row) => row.kernels))];
}

function shuffled<Item>(items: readonly Item[], random: RandomSource): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
