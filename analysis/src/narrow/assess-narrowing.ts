// SPDX-License-Identifier: Apache-2.0
/**
 * From the records of all rounds so far to the state of the search, and to what there is to show of
 * each kernel. The state lives in the records alone: the same records give the same state.
 */

import { median } from '../statistics/median.js';
import type { RatioEstimate } from '../statistics/welch.js';
import type { SweepRecord } from '../sweep-record.js';
import { blockAnswer, endsDirection, endsPair, isPositive, middlePairs } from './block-answer.js';
import { ratioInterval } from './centre-interval.js';
import {
  endsBlocks,
  type KernelEvidence,
  kernelEvidence,
  type NarrowQuestion,
  quantumIn,
} from './narrow-evidence.js';
import type { EndsState, NarrowAnswer, NarrowState } from './narrow-step.js';

export interface KernelFinding {
  readonly kernel: string;
  /** The ends are what the user says they are. */
  readonly answer: NarrowAnswer;
  /** Median of its values; absent without any. */
  readonly value?: number;
  /** Divided by the good end inside blocks; absent below two blocks, and for that end itself. */
  readonly ratio?: RatioEstimate;
  /**
   * Divided by the middle of both ends inside blocks: what its answer is made of. Absent below two
   * blocks, and for the ends.
   */
  readonly ofMiddle?: RatioEstimate;
  /** In which it was measured beside both ends. */
  readonly blocks: number;
  readonly failures: readonly string[];
  readonly trials: number;
  readonly hostTimeMs: number;
}

export interface NarrowAssessment {
  readonly state: Omit<NarrowState, 'perRound'>;
  /** The bad end divided by the good one; absent below two blocks. */
  readonly effect?: RatioEstimate;
  readonly endsBlocks: number;
  /** Of every kernel that was tried, in the order of the kernels. */
  readonly findings: readonly KernelFinding[];
}

export interface NarrowInput {
  /** One for each round, in their order. */
  readonly records: readonly SweepRecord[];
  /** From the good end to the bad one. */
  readonly kernels: readonly string[];
  readonly metric: string;
  readonly scenario?: string;
  /** A kernel that has no answer with so many blocks is undecided. */
  readonly blocksMax: number;
}

/** One failure may be an accident of its boot; a second one without any value is none. */
const FAILURES_MAX = 2;

export function assessNarrowing(input: NarrowInput): NarrowAssessment {
  const { records, kernels, metric, scenario, blocksMax } = input;
  const [good = '', bad = ''] = [kernels[0], kernels.at(-1)];
  const named = scenario === undefined ? {} : { scenario };
  const question: NarrowQuestion = { good, bad, metric, ...named };
  const both = endsBlocks(records, question);
  const evidence = kernels.map((kernel) => kernelEvidence(records, question, kernel));
  const quantum = quantumIn(records, { kernels, ...question });
  const direction = endsDirection(both, quantum);
  const answerOf = (each: KernelEvidence): NarrowAnswer => {
    if (each.kernel === good) return 'good';
    if (each.kernel === bad) return 'bad';
    if (hasFailed(each)) return 'fails';
    const answer =
      direction === undefined ? undefined : blockAnswer(each.blocks, direction, quantum);
    return answer ?? (each.blocks.length >= blocksMax ? 'undecided' : 'open');
  };
  const tried = evidence.filter(({ trials }) => trials > 0);
  const findings = tried.map((each) =>
    findingOf(each, { answer: answerOf(each), good, bad, quantum }),
  );
  const inner = findings.filter(({ kernel }) => kernel !== good && kernel !== bad);
  const effect = ratioInterval(both.filter(isPositive).map(endsPair), quantum);
  return {
    state: {
      kernels,
      ends: endsState({ evidence, direction, blocks: both.length, blocksMax }),
      answers: new Map(inner.map(({ kernel, answer }) => [kernel, answer])),
    },
    ...(effect === undefined ? {} : { effect }),
    endsBlocks: both.length,
    findings,
  };
}

function endsState(seen: {
  readonly evidence: readonly KernelEvidence[];
  readonly direction: 'higher' | 'lower' | undefined;
  readonly blocks: number;
  readonly blocksMax: number;
}): EndsState {
  const { evidence, direction, blocks, blocksMax } = seen;
  const [good, bad] = [evidence[0], evidence.at(-1)];
  if (good !== undefined && hasFailed(good)) return 'good-fails';
  if (bad !== undefined && hasFailed(bad)) return 'bad-fails';
  if (evidence.every(({ trials }) => trials === 0)) return 'unmeasured';
  if (direction !== undefined) return 'differ';
  return blocks >= blocksMax ? 'alike' : 'open';
}

function hasFailed({ values, failures }: KernelEvidence): boolean {
  return values.length === 0 && failures.length >= FAILURES_MAX;
}

function findingOf(
  { kernel, values, blocks, failures, trials, hostTimeMs }: KernelEvidence,
  found: {
    readonly answer: NarrowAnswer;
    readonly good: string;
    readonly bad: string;
    readonly quantum: number | undefined;
  },
): KernelFinding {
  const { answer, good, bad, quantum } = found;
  const usable = blocks.filter((block) => isPositive(block) && block.kernel > 0);
  const pairs = usable.map((block) => ({ value: block.kernel, baseline: block.good }));
  const ratio = kernel === good ? undefined : ratioInterval(pairs, quantum);
  const isEnd = kernel === good || kernel === bad;
  const ofMiddle = isEnd ? undefined : ratioInterval(middlePairs(blocks), quantum);
  return {
    kernel,
    answer,
    ...(values.length === 0 ? {} : { value: median(values) }),
    ...(ratio === undefined ? {} : { ratio }),
    ...(ofMiddle === undefined ? {} : { ofMiddle }),
    blocks: blocks.length,
    failures,
    trials,
    hostTimeMs,
  };
}
