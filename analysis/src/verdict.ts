// SPDX-License-Identifier: Apache-2.0
/**
 * What a comparison amounts to, with reasons that a program can read. It asks for more than a clear
 * interval: the p values of a report are corrected for their number, no change below the noise
 * floor counts as one, and "same" is said only where the interval proves it within a stated margin.
 *
 * Equivalence by two one-sided tests: Schuirmann (1987), Journal of Pharmacokinetics and
 * Biopharmaceutics 15, 657-680.
 */
import { type OrderDoubt, orderDoubtText } from './block-lot.js';
import { isWithin, percentText, sizeText, sizeToward } from './change-size.js';
import type { Comparison } from './compare.js';
import {
  blocksForChange,
  blocksForEquivalence,
  blocksForLevel,
  equivalenceCoverage,
} from './needed-blocks.js';
import type { NoiseFloor } from './noise-floor.js';
import { pairedInterval } from './statistics/paired-ratio.js';

export { percentText } from './change-size.js';

/** The chance that a report without any true change shows one in any of its comparisons. */
export const ERROR_LEVEL = 0.05;
/**
 * Rows that stop when they are precise have stopped more often where the spread seemed small, so
 * their p values are too small: by up to a third, and the more so the smaller they are, which is
 * where Holm's correction looks. At this level the chance above is kept for any number of rows, as
 * the simulation among this package's tests shows.
 */
export const ERROR_LEVEL_STOPPED = 0.03;
/** As a fraction: a change below it may be real and yet matter to nobody. */
const SMALL_CHANGE = 0.01;
/** `higher` and `lower` are for metrics without a good direction. */
export type Verdict =
  | 'slower'
  | 'faster'
  | 'higher'
  | 'lower'
  | 'same'
  | 'undecided'
  | 'too-few'
  | 'not-comparable';

export type ReasonCode =
  | 'significant'
  | 'within-margin'
  | 'includes-no-change'
  | 'not-significant-in-family'
  | 'below-noise-floor'
  | 'below-reckoned-floor'
  | 'too-few-blocks'
  | 'hosts-disagree'
  | 'means-disagree'
  | 'small-change'
  | 'order-not-drawn'
  | 'state-differs'
  | 'clock-differs'
  | 'no-baseline'
  | 'not-positive';

export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** At least one. */
  readonly reasons: readonly Reason[];
  /** Corrected for the family, by Holm. */
  readonly pAdjusted?: number;
  /** About how many more blocks a verdict needs; absent where none would do. */
  readonly blocksMissing?: number;
}

export interface JudgeOptions {
  readonly pAdjusted: number;
  /** How many comparisons the report makes. */
  readonly family: number;
  /** As a fraction; a change inside it is as good as none. */
  readonly margin?: number;
  readonly floor?: NoiseFloor;
  /** Of the report; `ERROR_LEVEL` unless rows could stop early. */
  readonly level?: number;
  /** Absent where the order inside blocks was drawn. */
  readonly orderDoubt?: OrderDoubt;
}

type Compared = Extract<Comparison, { kind: 'compared' }>;

/** Of anything but the baseline. */
export function judge(
  comparison: Exclude<Comparison, { kind: 'baseline' }>,
  options: JudgeOptions,
): Judgement {
  if (comparison.kind === 'not-comparable') {
    const code = comparison.cause === 'clock' ? 'clock-differs' : 'state-differs';
    const text = `${comparison.cause} differs`;
    return { verdict: 'not-comparable', reasons: [{ code, text }] };
  }
  if (comparison.kind === 'not-compared') return whyNot(comparison, options);
  const { pAdjusted } = options;
  const doubts = doubtsOf(comparison, options);
  const needed = blocksForLevel(options.level ?? ERROR_LEVEL, 1);
  if (comparison.ratio.n < needed) return tooFew(comparison, options);
  const equivalence = withinMargin(comparison, options);
  if (equivalence !== undefined) {
    return { verdict: 'same', reasons: [equivalence, ...doubts], pAdjusted };
  }
  const hurdles = hurdlesOf(comparison, options);
  const { direction } = comparison;
  if (hurdles.length > 0 || direction === 'no-clear-difference') {
    const missing = moreBlocks(comparison, options);
    return {
      verdict: 'undecided',
      reasons: [...hurdles, ...doubts],
      pAdjusted,
      ...(missing === undefined ? {} : { blocksMissing: missing }),
    };
  }
  const p = pAdjusted < 0.001 ? 'p < 0.001' : `p = ${pAdjusted.toFixed(3)}`;
  const family = options.family > 1 ? `, corrected for ${options.family} comparisons` : '';
  const text = `the 95% interval excludes 0, ${p}${family}`;
  const reasons = [
    reason('significant', text),
    ...powerOf(comparison, options),
    ...smallnessOf(comparison, options),
    ...doubts,
  ];
  return { verdict: direction, reasons, pAdjusted };
}

function whyNot(
  comparison: Extract<Comparison, { kind: 'not-compared' }>,
  options: JudgeOptions,
): Judgement {
  switch (comparison.reason) {
    case 'no-baseline-in-row':
      return notComparable('no-baseline', 'the row does not run the baseline');
    case 'not-positive':
      return notComparable('not-positive', 'a value is not positive, so there is no ratio');
    case 'too-few-pairs':
      return missingBlocks(comparison.pairs, options);
  }
}

function notComparable(code: ReasonCode, text: string): Judgement {
  return { verdict: 'not-comparable', reasons: [{ code, text }] };
}

function tooFew(comparison: Compared, options: JudgeOptions): Judgement {
  const found = missingBlocks(comparison.ratio.n, options);
  const { pAdjusted } = options;
  return { ...found, reasons: [...found.reasons, ...doubtsOf(comparison, options)], pAdjusted };
}

/** The least p that n blocks can give is 2 / 2^n, whatever they show. */
function missingBlocks(n: number, { family, level = ERROR_LEVEL }: JudgeOptions): Judgement {
  const needed = blocksForLevel(level, family);
  const least = n === 0 ? 1 : 2 ** (1 - n);
  const text =
    `${n} ${n === 1 ? 'block' : 'blocks'} cannot give p below ${least.toFixed(4)}; ` +
    `${needed} can decide ${family === 1 ? 'this comparison' : `${family} comparisons`}`;
  return {
    verdict: 'too-few',
    reasons: [{ code: 'too-few-blocks', text }],
    blocksMissing: needed - n,
  };
}

function withinMargin(
  comparison: Compared,
  { margin, level = ERROR_LEVEL }: JudgeOptions,
): Reason | undefined {
  if (margin === undefined) return undefined;
  const interval = pairedInterval(comparison.ratios, {
    quantumLog: comparison.quantumLog,
    coverage: equivalenceCoverage(level),
  });
  if (interval.method === 'none') return undefined;
  // The same distance on the scale of factors, so that kernel and baseline may change places.
  const isInside = interval.low >= 1 / (1 + margin) && interval.high <= 1 + margin;
  if (!isInside) return undefined;
  const text = `the ${equivalencePercent(level)}% interval lies within the margin of ${percentText(margin)}`;
  return { code: 'within-margin', text };
}

const equivalencePercent = (level: number): string => (100 * equivalenceCoverage(level)).toFixed(0);

function hurdlesOf(comparison: Compared, options: JudgeOptions): Reason[] {
  const { pAdjusted, family, floor, level = ERROR_LEVEL } = options;
  const { direction, ratio } = comparison;
  return [
    ...(direction === 'no-clear-difference'
      ? [reason('includes-no-change', 'the 95% interval includes 0')]
      : []),
    ...(direction !== 'no-clear-difference' && pAdjusted > level
      ? [
          reason(
            'not-significant-in-family',
            `p = ${ratio.p.toFixed(3)} alone, ${pAdjusted.toFixed(3)} among ${family} comparisons`,
          ),
        ]
      : []),
    ...(floor?.kind === 'a-a' && isWithin(ratio.ratio, floor.fraction)
      ? [
          reason(
            'below-noise-floor',
            `${changeText(comparison)} is below the noise floor of ` +
              percentText(sizeToward(ratio.ratio, floor.fraction)),
          ),
        ]
      : []),
  ];
}

/** They change no verdict, and a reader must see them beside it. */
function doubtsOf(
  { agreement, ratio, changePercent }: Compared,
  { orderDoubt }: JudgeOptions,
): Reason[] {
  const disagree =
    agreement?.verdict === 'disagree'
      ? [reason('hosts-disagree', 'hosts disagree on the size of the change')]
      : [];
  const mean = (ratio.mean - 1) * 100;
  const isOutside = mean < changePercent.low || mean > changePercent.high;
  const text = `the mean change, ${mean.toFixed(1)}%, lies outside the interval of the centre`;
  return [
    ...disagree,
    ...(isOutside ? [reason('means-disagree', text)] : []),
    ...(orderDoubt === undefined ? [] : [reason('order-not-drawn', orderDoubtText(orderDoubt))]),
  ];
}

/** Found by luck rather than by the number of blocks, so the next sweep may well not find it. */
function powerOf(comparison: Compared, { floor }: JudgeOptions): Reason[] {
  const { ratio } = comparison;
  const reckoned = floor?.kind === 'a-a' ? floor.found : floor;
  if (reckoned?.kind !== 'spread' || !isWithin(ratio.ratio, reckoned.fraction)) return [];
  const found = percentText(sizeToward(ratio.ratio, reckoned.fraction));
  const text =
    `${changeText(comparison)} is less than the ${found} that ${ratio.n} blocks of ` +
    'this spread find with 90% power, so another night may not show it';
  return [reason('below-reckoned-floor', text)];
}

/** Without its sign, which the verdict or the table tells. */
function changeText({ changePercent }: Compared): string {
  return percentText(Math.abs(changePercent.estimate) / 100);
}

/** A clear change need not be one that matters: that is for the spec to say, by its margin. */
function smallnessOf({ ratio }: Compared, options: JudgeOptions): Reason[] {
  const { margin, floor, level = ERROR_LEVEL } = options;
  if (!isWithin(ratio.ratio, margin ?? SMALL_CHANGE)) return [];
  const seen =
    floor?.kind === 'a-a'
      ? `; the smallest that this setup could see is ${sizeText(floor.fraction)}`
      : '';
  const advice =
    margin === undefined
      ? `it is below 1%${seen}: state margin = "1%" in the spec if so small a change does not matter`
      : `it is within the margin of ${percentText(margin)}, its ${equivalencePercent(level)}% interval is not${seen}`;
  return [reason('small-change', advice)];
}

/** For the change that was seen; where it is inside the margin, to prove that it is. */
function moreBlocks(comparison: Compared, options: JudgeOptions): number | undefined {
  const { ratios, ratio, quantumLog } = comparison;
  const { margin, family, floor, level = ERROR_LEVEL } = options;
  const logs = ratios.map(Math.log);
  const change = Math.abs(Math.log(ratio.ratio));
  const room = margin === undefined ? 0 : Math.log1p(margin) - change;
  const isBelowFloor = floor?.kind === 'a-a' && isWithin(ratio.ratio, floor.fraction);
  const needed =
    room > 0
      ? blocksForEquivalence({ logs, room, level, quantumLog })
      : isBelowFloor
        ? undefined
        : blocksForChange({ logs, change, level, family, quantumLog });
  if (needed === undefined) return undefined;
  return Math.max(1, Math.max(needed, blocksForLevel(level, family)) - ratio.n);
}

/** A regression that may be told as one; a change in a fixed order may be the order's own. */
export function isRegressionVerdict({ verdict, reasons }: Judgement): boolean {
  return verdict === 'slower' && isDrawn(reasons);
}

/** The order inside blocks was drawn, so the error rates hold. */
export function isDrawn(reasons: readonly Reason[]): boolean {
  return reasons.every(({ code }) => code !== 'order-not-drawn');
}

function reason(code: ReasonCode, text: string): Reason {
  return { code, text };
}
