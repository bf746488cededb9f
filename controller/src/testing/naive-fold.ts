// SPDX-License-Identifier: Apache-2.0
/**
 * Folds the harness's sweep the plain way, to hold the real fold against: it keeps every entry and
 * computes all from the start each time. It knows no audits and no kernels that were added.
 */
import type { BlockDecision, LogEntry, Outcome, TrialEnded } from '@labsweep/proto';

type Status = Outcome['status'];

export interface NaiveBlock {
  readonly decision: BlockDecision | undefined;
  /** Trials with an outcome in this round. */
  readonly settled: ReadonlySet<string>;
}

export interface NaiveSweep {
  readonly blocks: ReadonlyMap<string, NaiveBlock>;
  readonly isPaused: boolean;
  readonly isCancelled: boolean;
}

export interface NaiveRules {
  readonly rows: readonly string[];
  readonly kernels: readonly string[];
  readonly repetitions: number;
  readonly rerun: number;
  readonly labFailuresMax: number;
}

interface Attempt {
  readonly name: Pick<TrialEnded, 'attempt' | 'host'>;
  readonly statuses: Map<string, Status>;
}

interface Block {
  attempts: Attempt[];
  firstAttempt: number;
  decision: BlockDecision | undefined;
}

export class NaiveFold {
  private readonly entries: LogEntry[] = [];

  constructor(private readonly rules: NaiveRules) {}

  take(entry: LogEntry): void {
    this.entries.push(entry);
  }

  sweep(): NaiveSweep {
    const run = new Run(this.rules);
    for (const entry of this.entries) run.take(entry);
    return run.result();
  }
}

class Run {
  private readonly blocks = new Map<string, Block>();
  private readonly commandIds = new Set<string>();
  private repetitions = 0;
  private isPaused = false;
  private isCancelled = false;

  constructor(private readonly rules: NaiveRules) {
    this.addRepetitions(rules.repetitions);
  }

  take(entry: LogEntry): void {
    if (entry.type === 'trial-ended') this.trialEnded(entry);
    if (entry.type === 'cancelled') this.isCancelled = true;
    if (entry.type !== 'commanded' || this.commandIds.has(entry.id)) return;
    this.commandIds.add(entry.id);
    if (this.isCancelled) return;
    const { command } = entry;
    if (command.kind === 'pause') this.isPaused = true;
    if (command.kind === 'resume') this.isPaused = false;
    if (command.kind === 'cancel') this.isCancelled = true;
    if (command.kind === 'add-repetitions') this.addRepetitions(command.count);
    for (const [id, block] of this.blocks) {
      const isFailed = block.decision?.complete === false;
      const isOfRow = command.kind === 'rerun-row' && id.startsWith(`${command.row}/`);
      if (isOfRow || (command.kind === 'rerun-failed' && isFailed)) reopen(block);
    }
  }

  result(): NaiveSweep {
    const { isPaused, isCancelled } = this;
    const blocks = new Map<string, NaiveBlock>();
    for (const [id, { decision, attempts }] of this.blocks) {
      const settled = new Set(attempts.flatMap(({ statuses }) => [...statuses.keys()]));
      blocks.set(id, { decision, settled });
    }
    return { blocks, isPaused, isCancelled };
  }

  private addRepetitions(count: number): void {
    for (let more = 0; more < count; more += 1) {
      this.repetitions += 1;
      for (const row of this.rules.rows) {
        const block = { attempts: [], firstAttempt: 1, decision: undefined };
        this.blocks.set(`${row}/r${this.repetitions}`, block);
      }
    }
  }

  private trialEnded(entry: TrialEnded): void {
    const block = this.blocks.get(entry.block);
    const isPlanned = this.rules.kernels.some((name) => entry.trial === `${entry.block}/${name}`);
    if (block === undefined || !isPlanned || entry.attempt < block.firstAttempt) return;
    const { attempt, host } = entry;
    let known = block.attempts.find(({ name }) => name.attempt === attempt && name.host === host);
    if (known === undefined) {
      known = { name: { attempt, host }, statuses: new Map() };
      block.attempts.push(known);
    }
    if (known.statuses.has(entry.trial)) return;
    known.statuses.set(entry.trial, entry.outcome.status);
    block.decision ??= this.decide(entry, block);
  }

  private decide({ block: id }: TrialEnded, block: Block): BlockDecision | undefined {
    const { kernels, rerun, labFailuresMax } = this.rules;
    const whole = block.attempts.filter(({ statuses }) => statuses.size === kernels.length);
    const measured = ({ statuses }: Attempt) => countOf(statuses, 'measured');
    const byLab = ({ statuses }: Attempt) => countOf(statuses, 'lab-failed');
    const best = whole.toSorted((a, b) => measured(b) - measured(a) || byLab(a) - byLab(b))[0];
    if (best === undefined) return undefined;
    const complete = measured(best) === kernels.length;
    const failedByLab = whole.filter(({ statuses }) => countOf(statuses, 'lab-failed') > 0);
    const isTriedEnough =
      whole.length - failedByLab.length > rerun ||
      (failedByLab.length > 0 && this.labFailuresOf(rowOf(id)) >= labFailuresMax);
    if (!complete && !isTriedEnough) return undefined;
    return { block: id, ...best.name, complete };
  }

  private labFailuresOf(row: string): number {
    const ofRow = [...this.blocks].filter(([id]) => rowOf(id) === row);
    return ofRow
      .flatMap(([, { attempts }]) => attempts)
      .filter(({ statuses }) => statuses.size === this.rules.kernels.length)
      .filter(({ statuses }) => countOf(statuses, 'lab-failed') > 0).length;
  }
}

function reopen(block: Block): void {
  if (block.attempts.length === 0) return;
  block.firstAttempt = 1 + Math.max(...block.attempts.map(({ name }) => name.attempt));
  block.attempts = [];
  block.decision = undefined;
}

function rowOf(block: string): string {
  return block.slice(0, block.lastIndexOf('/'));
}

function countOf(statuses: ReadonlyMap<string, Status>, wanted: Status): number {
  return [...statuses.values()].filter((status) => status === wanted).length;
}
