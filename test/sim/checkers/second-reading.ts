// SPDX-License-Identifier: Apache-2.0
/**
 * A second, simple reading of the log: which attempt of each block counts after each entry, which
 * sweeps are cancelled. It shares the plan with the product, and no line of the fold.
 */
import { isPreciseEnough, metricQuantum } from '@labsweep/analysis';
import { designOf, extendDesign, parseSpec, type SweepDesign } from '@labsweep/controller';
import {
  type BlockDecision,
  type BlockId,
  type Commanded,
  type LogEntry,
  messageIdOf,
  type Submitted,
  type SweepId,
  type TrialEnded,
} from '@labsweep/proto';

const METRIC = 'ns';

interface Attempt {
  readonly attempt: number;
  readonly host: TrialEnded['host'];
  readonly statuses: Map<string, TrialEnded['outcome']['status']>;
  /** Of the one metric of simulated sweeps, by kernel. */
  readonly values: Map<string, number>;
}

export interface ReadBlock {
  readonly id: BlockId;
  readonly row: string;
  readonly trials: ReadonlySet<string>;
  attempts: Attempt[];
  firstAttempt: number;
  decision: BlockDecision | undefined;
}

export interface ReadRow {
  /** By the blocks that count, as the newest outcome left them; false once a command opens any. */
  isPrecise: boolean;
  /** An outcome of a decided block came after the newest command that is no pause. */
  isNews: boolean;
  /** Where its newest outcome comes from that is no mere evidence; undefined once all is rerun. */
  lastHost: TrialEnded['host'] | undefined;
  /** Who has the last of its blocks that anybody has begun. */
  lastTaker: TrialEnded['host'] | undefined;
  /** How often a command has opened blocks of it anew. */
  round: number;
}

export interface ReadSweep {
  design: SweepDesign;
  readonly blocks: Map<BlockId, ReadBlock>;
  /** No longer planned: what comes of them is evidence. */
  readonly dropped: Set<BlockId>;
  /** Those of which anything was measured. */
  readonly rows: Map<string, ReadRow>;
  readonly commandIds: Set<string>;
  isCancelled: boolean;
}

export class SecondReading {
  readonly sweeps = new Map<SweepId, ReadSweep>();
  /** Entries that stand before what they belong to, oldest first. */
  private early: LogEntry[] = [];

  /**
   * Calls `folded` behind each entry that is folded now: not behind one that stands before what it
   * belongs to, and behind those that have waited for this one.
   */
  take(entry: LogEntry, folded: () => void): void {
    if (!('sweep' in entry)) {
      folded();
      return;
    }
    if (!this.hasPlace(entry)) {
      this.early.push(entry);
      return;
    }
    if (entry.type === 'submitted') this.submit(entry);
    const sweep = this.sweeps.get(entry.sweep);
    if (sweep !== undefined && entry.type === 'trial-ended') takeOutcome(sweep, entry);
    if (sweep !== undefined && entry.type === 'commanded') takeCommand(sweep, entry);
    folded();
    const opens = entry.type === 'submitted' || entry.type === 'commanded';
    if (opens) this.takeEarly(entry.sweep, folded);
  }

  private hasPlace(entry: LogEntry & { readonly sweep: SweepId }): boolean {
    if (entry.type === 'submitted') return true;
    const sweep = this.sweeps.get(entry.sweep);
    if (sweep === undefined || entry.type !== 'trial-ended') return sweep !== undefined;
    return sweep.blocks.has(entry.block) || sweep.dropped.has(entry.block);
  }

  private takeEarly(sweep: SweepId, folded: () => void): void {
    const isOfIt = (entry: LogEntry) => 'sweep' in entry && entry.sweep === sweep;
    const waiting = this.early.filter(isOfIt);
    this.early = this.early.filter((entry) => !isOfIt(entry));
    for (const entry of waiting) this.take(entry, folded);
  }

  private submit({ sweep, specText, seed }: Submitted): void {
    if (this.sweeps.has(sweep)) return;
    const parsed = parseSpec({ text: specText, path: 'simulated.toml' });
    if (!parsed.ok) throw new Error(`a submission that is no spec: ${specText}`);
    const design = designOf({ ...parsed.spec, seed });
    const nothing = {
      blocks: new Map(),
      dropped: new Set<BlockId>(),
      rows: new Map(),
      commandIds: new Set<string>(),
    };
    const fresh: ReadSweep = { design, ...nothing, isCancelled: false };
    this.sweeps.set(sweep, fresh);
    plan(fresh);
  }
}

/** Blocks that are planned and not there yet. */
function plan({ design, blocks }: ReadSweep): void {
  for (const { id, row, trials } of design.plan.blocks) {
    if (blocks.has(id)) continue;
    const ids = new Set(trials.map((trial) => trial.id));
    const fresh = { attempts: [], firstAttempt: 1, decision: undefined };
    blocks.set(id, { id, row, trials: ids, ...fresh });
  }
}

function takeCommand(sweep: ReadSweep, entry: Commanded): void {
  const id = messageIdOf(entry);
  if (sweep.commandIds.has(id)) return;
  sweep.commandIds.add(id);
  const { command } = entry;
  if (sweep.isCancelled) return;
  const isPause = command.kind === 'pause' || command.kind === 'resume';
  for (const row of isPause ? [] : sweep.rows.values()) row.isNews = false;
  if (command.kind === 'cancel') sweep.isCancelled = true;
  if (command.kind === 'add-repetitions' || command.kind === 'add-kernel') {
    sweep.design = extendDesign(sweep.design, command);
    plan(sweep);
    for (const row of sweep.rows.values()) row.isPrecise = false;
  }
  if (command.kind === 'stop-row') {
    sweep.design = extendDesign(sweep.design, command);
    const planned = new Set(sweep.design.plan.blocks.map(({ id }) => id));
    for (const id of [...sweep.blocks.keys()]) {
      if (planned.has(id)) continue;
      sweep.blocks.delete(id);
      sweep.dropped.add(id);
    }
  }
  for (const block of sweep.blocks.values()) {
    const isFailed = block.decision?.complete === false;
    const isMeant =
      (command.kind === 'rerun-failed' && isFailed) ||
      (command.kind === 'rerun-row' && block.row === command.row);
    if (!isMeant || block.attempts.length === 0) continue;
    block.firstAttempt = 1 + Math.max(...block.attempts.map(({ attempt }) => attempt));
    block.attempts = [];
    block.decision = undefined;
    const row = sweep.rows.get(block.row);
    if (row === undefined) continue;
    row.isPrecise = false;
    row.round += 1;
  }
  const begun = new Set(
    [...sweep.blocks.values()].flatMap(({ row, attempts }) => (attempts.length > 0 ? row : [])),
  );
  for (const [id, row] of sweep.rows) row.lastHost = begun.has(id) ? row.lastHost : undefined;
  for (const [id, row] of sweep.rows) row.lastTaker = lastTakerOf(sweep, id);
}

function takeOutcome(sweep: ReadSweep, entry: TrialEnded): void {
  const block = sweep.blocks.get(entry.block);
  if (block === undefined || !block.trials.has(entry.trial)) return;
  const { attempt, host } = entry;
  if (attempt < block.firstAttempt) return;
  const isIt = (other: Attempt) => other.attempt === attempt && other.host === host;
  const known = block.attempts.find(isIt) ?? {
    attempt,
    host,
    statuses: new Map(),
    values: new Map(),
  };
  if (!block.attempts.includes(known)) block.attempts.push(known);
  if (known.statuses.has(entry.trial)) return;
  known.statuses.set(entry.trial, entry.outcome.status);
  const value = entry.outcome.samples[0]?.values[METRIC];
  if (entry.outcome.status === 'measured' && value !== undefined) {
    known.values.set(entry.kernel, value);
  }
  const fresh = {
    isPrecise: false,
    isNews: false,
    lastHost: undefined,
    lastTaker: undefined,
    round: 0,
  };
  const row = sweep.rows.get(block.row) ?? fresh;
  sweep.rows.set(block.row, row);
  if (block.decision === undefined) row.lastHost = host;
  block.decision ??= decide(sweep, block);
  row.lastTaker = lastTakerOf(sweep, block.row);
  if (block.decision === undefined) return;
  row.isNews = true;
  row.isPrecise = isPrecise(sweep, block.row);
}

function lastTakerOf({ blocks }: ReadSweep, row: string): TrialEnded['host'] | undefined {
  const begun = [...blocks.values()].filter((block) => block.row === row && block.attempts.length);
  const last = begun.at(-1);
  return last?.decision?.host ?? last?.attempts.at(-1)?.host;
}

/** By the product's own statistics: what counts, and when it is looked at, is what is checked. */
function isPrecise({ design, blocks }: ReadSweep, row: string): boolean {
  const { precision, baseline, workload } = design.spec;
  const planned = design.plan.rows.find(({ id }) => id === row);
  const [metric] = workload.metrics;
  if (precision === undefined || planned === undefined || metric === undefined) return false;
  const counted = [...blocks.values()].flatMap(({ row: other, decision, attempts }) => {
    if (other !== row || decision === undefined) return [];
    const { attempt, host } = decision;
    return attempts.filter((each) => each.attempt === attempt && each.host === host);
  });
  const all = counted.flatMap(({ values }) => [...values.values()]);
  const quantum = metricQuantum(metric, all);
  const series = planned.kernels
    .filter((kernel) => kernel !== baseline)
    .map((kernel) => ({
      pairs: counted.flatMap(({ values }) => {
        const [value, reference] = [values.get(kernel), values.get(baseline)];
        const isPair = value !== undefined && reference !== undefined;
        return isPair ? [{ value, baseline: reference }] : [];
      }),
      ...(quantum === undefined ? {} : { quantum }),
    }));
  return isPreciseEnough(series, precision);
}

/**
 * An attempt with all trials measured counts. Without one the best whole attempt does, once
 * there were more failing kernels than `rerun` allows, or more failures of the lab in the row.
 */
function decide(sweep: ReadSweep, block: ReadBlock): BlockDecision | undefined {
  const whole = block.attempts.filter(({ statuses }) => statuses.size === block.trials.size);
  const [best] = whole.toSorted(
    (a, b) =>
      countOf(b, 'measured') - countOf(a, 'measured') ||
      countOf(a, 'lab-failed') - countOf(b, 'lab-failed'),
  );
  if (best === undefined) return undefined;
  const complete = countOf(best, 'measured') === block.trials.size;
  const { rerun, labFailuresMax } = sweep.design.spec.scheduling;
  const byLab = whole.filter((attempt) => countOf(attempt, 'lab-failed') > 0);
  const isTriedEnough =
    whole.length - byLab.length > rerun ||
    (byLab.length > 0 && labFailuresOf(sweep, block.row) >= labFailuresMax);
  if (!complete && !isTriedEnough) return undefined;
  return { block: block.id, attempt: best.attempt, host: best.host, complete };
}

function labFailuresOf({ blocks }: ReadSweep, row: string): number {
  const ofRow = [...blocks.values()].filter((block) => block.row === row);
  return ofRow.flatMap(({ attempts, trials }) =>
    attempts.filter((attempt) => {
      return attempt.statuses.size === trials.size && countOf(attempt, 'lab-failed') > 0;
    }),
  ).length;
}

function countOf({ statuses }: Attempt, wanted: TrialEnded['outcome']['status']): number {
  return [...statuses.values()].filter((status) => status === wanted).length;
}
