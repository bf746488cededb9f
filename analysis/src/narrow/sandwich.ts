// SPDX-License-Identifier: Apache-2.0
/**
 * The A B A sandwich: in each block the good kernel, the bad one, and the good one again. The
 * effect is the bad one's ratio to the middle of both good ones, and what the good one differs by
 * from itself is the drift of the setup. Its blocks were not used in the search, so that the pair's
 * having been chosen does not colour its interval.
 */
import type { TrialEnded } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { isWithin } from '../change-size.js';
import { sandwichFloor } from '../noise-floor.js';
import { matchedByBlock, middleOf } from '../series.js';
import { median } from '../statistics/median.js';
import type { RatioEstimate } from '../statistics/welch.js';
import type { SweepRecord } from '../sweep-record.js';
import { ratioInterval } from './centre-interval.js';
import { quantumIn, seriesIn, trialsIn } from './narrow-evidence.js';

export interface SandwichQuestion {
  readonly good: string;
  readonly bad: string;
  readonly metric: string;
  readonly scenario?: string;
}

export interface Sandwich {
  readonly blocks: number;
  /** Medians; absent without a whole block. */
  readonly values?: { readonly good: number; readonly bad: number; readonly again: number };
  /** Bad divided by the geometric mean of good and good again; absent below two blocks. */
  readonly effect?: RatioEstimate;
  /** Good again divided by good; absent below two blocks. */
  readonly drift?: RatioEstimate;
  /** The audit says that the kernels did unlike work, so that they may not be compared. */
  readonly unlikeStates: boolean;
  /** For timing. */
  readonly trials: number;
  readonly hostTimeMs: number;
  /** Its other trials; only what there is. */
  readonly besides: readonly {
    readonly purpose: 'audit' | 'attribution';
    readonly trials: number;
    readonly hostTimeMs: number;
  }[];
}

export function sandwichOf(record: SweepRecord, question: SandwichQuestion): Sandwich {
  const of = seriesIn(record, question);
  const { good, bad } = question;
  const again = record.spec.again ?? '';
  const blocks = matchedByBlock([of(good), of(bad), of(again)]).filter((values) =>
    values.every((value) => value > 0),
  );
  const quantum = quantumIn([record], { ...question, kernels: [good, bad, again] });
  const effect = ratioInterval(
    blocks.map(([a, b, second]) => ({ value: b, baseline: middleOf(a, second) })),
    quantum,
  );
  const drift = ratioInterval(
    blocks.map(([a, , second]) => ({ value: second, baseline: a })),
    quantum,
  );
  const trials = trialsIn([record]);
  return {
    blocks: blocks.length,
    ...(blocks.length === 0 ? {} : { values: mediansOf(blocks) }),
    ...(effect === undefined ? {} : { effect }),
    ...(drift === undefined ? {} : { drift }),
    unlikeStates: hasUnlikeStates(record),
    ...costOf(trials),
    besides: (['audit', 'attribution'] as const)
      .map((purpose) => ({ purpose, ...costOf(trialsIn([record], purpose)) }))
      .filter((each) => each.trials > 0),
  };
}

function costOf(trials: readonly TrialEnded[]) {
  const hostTimeMs = trials.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { trials: trials.length, hostTimeMs };
}

function mediansOf(blocks: readonly (readonly [number, number, number])[]) {
  return {
    good: median(blocks.map(([good]) => good)),
    bad: median(blocks.map(([, bad]) => bad)),
    again: median(blocks.map(([, , again]) => again)),
  };
}

function hasUnlikeStates(record: SweepRecord): boolean {
  const cells = analyseSweep(record).rows.flatMap((row) =>
    row.metrics.flatMap((each) => each.cells),
  );
  return cells.some(({ comparison }) => comparison.kind === 'not-comparable');
}

/**
 * The pair differs clearly, in the same direction as the ends, and by more than its drift could
 * make: the rule by which the sweep's own report calls a change one.
 */
export function isConfirmed(
  { effect, drift, unlikeStates }: Sandwich,
  ends: RatioEstimate,
): boolean {
  if (effect === undefined || drift === undefined || unlikeStates) return false;
  if (isWithin(effect.ratio, sandwichFloor(drift))) return false;
  return ends.ratio > 1 ? effect.low > 1 : effect.high < 1;
}
