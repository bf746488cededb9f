// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the rounds of a narrowing until the pair is found, and then its A B A sandwich. What it
 * knows is in the sweeps that it ran: begun again, it finds them and goes on behind them.
 */
import { strict as assert } from 'node:assert';
import {
  assessNarrowing,
  type NarrowAssessment,
  type NarrowEnd,
  type NarrowMove,
  type NarrowPair,
  type NarrowReport,
  narrowReport,
  narrowStep,
  requireOneSort,
  type Sandwich,
  type SweepRecord,
  sandwichOf,
} from '@labsweep/analysis';
import { sha256Of } from '@labsweep/proto';
import type { ListedKernel } from './kernel-list.js';
import type { NarrowLab } from './narrow-lab.js';
import { moveLine, newsLines } from './narrow-lines.js';
import type { NarrowTask } from './narrow-question.js';

export interface NarrowSearchOptions {
  readonly task: NarrowTask;
  readonly lab: NarrowLab;
  readonly base: string;
  readonly scenario?: string;
  /** Kernels beside the ends in one round; as many as there are hosts when left out. */
  readonly perRound?: number;
  /** Of one round. */
  readonly blocks: number;
  /** A kernel that has no answer with so many is undecided. */
  readonly blocksMax: number;
  readonly sandwichBlocks: number;
  tell(line: string): void;
  readonly signal: AbortSignal;
}

/** Each round answers something or ends the search; lists are shorter than this. */
const ROUNDS_MAX = 1000;

export class NarrowSearch {
  private readonly records: SweepRecord[] = [];

  constructor(private readonly options: NarrowSearchOptions) {}

  /** An abort ends it with what is known by then. Throws LabsweepError and its kinds. */
  async run(): Promise<NarrowReport> {
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      const { options } = this;
      const before = this.assess();
      const perRound = options.perRound ?? (await options.lab.hostCount());
      const move = narrowStep({ ...before.state, perRound });
      if (move.kind !== 'measure') return await this.conclude(before, move);
      options.tell(`round ${round}: ${moveLine(move, before)}`);
      const unfinished = await this.measure(round, move, before);
      if (unfinished !== undefined) {
        return this.report(this.assess(), { kind: 'unfinished', reason: unfinished });
      }
    }
    assert.fail('a narrowing ends');
  }

  /** Returns why it cannot be gone on with, or undefined. */
  private async measure(
    round: number,
    move: Extract<NarrowMove, { kind: 'measure' }>,
    before: NarrowAssessment,
  ): Promise<string | undefined> {
    const { lab, blocks, scenario, tell, signal } = this.options;
    const kernels = this.withEnds(move.kernels);
    const order = 'interleaved';
    // A kernel that fails is met again in the next block; what the others measured counts anyhow.
    const variant = {
      kernels,
      repetitions: blocks,
      order,
      keepsPurposes: false,
      rerun: 0,
    } as const;
    const suffix = `r${round}`;
    const wasOver = await lab.wasOver(suffix);
    const isVain = (sofar: SweepRecord) => this.hasSilent(sofar, move.kernels);
    const record = await lab.run(suffix, variant, isVain);
    requireOneSort([...this.records, record], scenario);
    this.records.push(record);
    const after = this.assess();
    for (const line of newsLines(before, after)) tell(line);
    if (signal.aborted) return 'interrupted; run the same command again to go on';
    const isNews = measuredSoFar(after) !== measuredSoFar(before);
    if (record.state === 'interrupted') return `${record.sweep} ${waitingFor(record)}`;
    if (!isNews && !wasOver) {
      return `${record.sweep} is ${record.state}, and nothing in it was measured that counts`;
    }
    return undefined;
  }

  /**
   * The lab would try a kernel that never says a word again and again, and at last keep it off its
   * hosts; it is known to be of no use here long before.
   */
  private hasSilent(record: SweepRecord, asked: readonly string[]): boolean {
    const { findings } = this.assess([...this.records, record]);
    return findings.some(
      ({ kernel, answer, failures }) =>
        asked.includes(kernel) && answer === 'fails' && failures.includes('no-output'),
    );
  }

  private async conclude(
    assessment: NarrowAssessment,
    end: Exclude<NarrowMove, { kind: 'measure' }>,
  ): Promise<NarrowReport> {
    if (end.kind !== 'found') return this.report(assessment, end);
    const { pair } = end;
    const { sandwichBlocks, tell, signal } = this.options;
    tell(
      `between ${pair.good} and ${pair.bad}; now ${sandwichBlocks} blocks of ${pair.good}, ` +
        `${pair.bad}, ${pair.good} again`,
    );
    const { record, sandwich } = await this.runSandwich(pair);
    if (signal.aborted) {
      const reason = 'interrupted; run the same command again to go on';
      return this.report(assessment, { kind: 'unfinished', reason });
    }
    if (record.state === 'interrupted') {
      const reason = `${record.sweep} ${waitingFor(record)}`;
      return this.report(assessment, { kind: 'unfinished', reason });
    }
    return this.report(assessment, end, sandwich);
  }

  /**
   * Its name says which pair it is of, so that another pair is not taken for it. One that ended
   * without a result in an earlier run is run anew, under the next name.
   */
  private async runSandwich(
    pair: NarrowPair,
  ): Promise<{ readonly record: SweepRecord; readonly sandwich: Sandwich }> {
    const { lab, task, sandwichBlocks, scenario } = this.options;
    const [good, bad] = [this.listed(pair.good), this.listed(pair.bad)];
    const order = 'sandwich';
    const digest = sha256Of(JSON.stringify([order, good, bad])).slice(0, 6);
    const names = { good: good.name, bad: bad.name, metric: task.metric.name };
    const question = scenario === undefined ? names : { ...names, scenario };
    for (let ordinal = 1; ordinal <= ROUNDS_MAX; ordinal += 1) {
      const suffix = `aba-${digest}${ordinal === 1 ? '' : `-${ordinal}`}`;
      const wasOver = await lab.wasOver(suffix);
      const record = await lab.run(suffix, {
        kernels: [good, bad],
        repetitions: sandwichBlocks,
        order,
        keepsPurposes: true,
      });
      const sandwich = sandwichOf(record, question);
      if (sandwich.effect !== undefined || !wasOver) return { record, sandwich };
    }
    assert.fail('a sandwich that was not there before is the last');
  }

  private assess(records: readonly SweepRecord[] = this.records): NarrowAssessment {
    const { task, scenario, blocksMax } = this.options;
    return assessNarrowing({
      records,
      kernels: task.kernels.map(({ name }) => name),
      metric: task.metric.name,
      ...(scenario === undefined ? {} : { scenario }),
      blocksMax,
    });
  }

  private report(assessment: NarrowAssessment, end: NarrowEnd, sandwich?: Sandwich): NarrowReport {
    const { task, base, scenario } = this.options;
    return narrowReport({
      narrowing: base,
      metric: task.metric,
      row: task.row,
      asked: task.place.environment.environment,
      ...(scenario === undefined ? {} : { scenario }),
      records: this.records,
      assessment,
      end,
      ...(sandwich === undefined ? {} : { sandwich }),
    });
  }

  private withEnds(inner: readonly string[]): readonly ListedKernel[] {
    const { kernels } = this.options.task;
    const isAsked = ({ name }: ListedKernel, at: number) =>
      at === 0 || at === kernels.length - 1 || inner.includes(name);
    return kernels.filter(isAsked);
  }

  private listed(name: string): ListedKernel {
    const found = this.options.task.kernels.find((kernel) => kernel.name === name);
    assert(found !== undefined, `${name} is one of the list`);
    return found;
  }
}

/** Grows with every block and every failure that a round adds. */
function measuredSoFar({ endsBlocks, findings }: NarrowAssessment): number {
  const counts = findings.map(({ blocks, failures }) => blocks + failures.length);
  return endsBlocks + counts.reduce((sum, count) => sum + count, 0);
}

function waitingFor({ waiting }: SweepRecord): string {
  const reasons = waiting.map(({ reason }) => reason).join('; ');
  return `waits: ${reasons || 'nobody goes on with it'}; run the same command again to go on`;
}
