// SPDX-License-Identifier: Apache-2.0
/**
 * The search for the release in which an effect appears: from what is known of an ordered list of
 * kernels to what is measured next, or to the pair. It measures and judges nothing itself.
 */
import { strict as assert } from 'node:assert';

/**
 * `open`: measured, and not clear yet. `undecided`: not clear with as many blocks as are allowed.
 * `fails`: it does not boot, or the workload fails on it.
 */
export type NarrowAnswer = 'good' | 'bad' | 'open' | 'undecided' | 'fails';

/** `alike`: no clear difference with as many blocks as are allowed. */
export type EndsState = 'unmeasured' | 'open' | 'differ' | 'alike' | 'good-fails' | 'bad-fails';

export interface NarrowState {
  /** From the good end to the bad one, at least these two; each name once. */
  readonly kernels: readonly string[];
  readonly ends: EndsState;
  /** Of kernels between the ends that were measured; others have none. */
  readonly answers: ReadonlyMap<string, NarrowAnswer>;
  /** How many kernels to measure beside the ends at once; at least 1. */
  readonly perRound: number;
}

/** The effect is there in `bad` and not in `good`; nothing is known of what lies between them. */
export interface NarrowPair {
  readonly good: string;
  readonly bad: string;
  /** Undecided ones and those that fail, in their order; empty when the pair is adjacent. */
  readonly between: readonly string[];
}

export type NarrowMove =
  | {
      readonly kind: 'measure';
      /** Beside both ends; may be none. */
      readonly kernels: readonly string[];
      readonly reason: 'split' | 'more-blocks' | 'ends';
      /** Kernels of which nothing is known that the pair may still be among. */
      readonly candidates: number;
    }
  | { readonly kind: 'found'; readonly pair: NarrowPair }
  | { readonly kind: 'no-effect' }
  | { readonly kind: 'end-fails'; readonly kernel: string };

/** The same state gives the same move. */
export function narrowStep(state: NarrowState): NarrowMove {
  const { kernels, ends, answers, perRound } = state;
  assert(kernels.length >= 2 && perRound >= 1, 'two ends, and one kernel a round or more');
  const [good, bad] = [kernels[0] ?? '', kernels.at(-1) ?? ''];
  const { low, high } = boundsOf(kernels, answers);
  const inside = kernels.slice(low + 1, high);
  const unknown = inside.filter((kernel) => !answers.has(kernel));
  const measure = (reason: 'split' | 'more-blocks' | 'ends', asked: readonly string[]) =>
    ({ kind: 'measure', reason, kernels: asked, candidates: unknown.length }) as const;
  switch (ends) {
    case 'good-fails':
      return { kind: 'end-fails', kernel: good };
    case 'bad-fails':
      return { kind: 'end-fails', kernel: bad };
    case 'alike':
      return { kind: 'no-effect' };
    case 'unmeasured':
      return measure('split', splitEvenly(unknown, perRound));
    case 'open':
      return measure('ends', []);
    case 'differ': {
      const open = inside.filter((kernel) => answers.get(kernel) === 'open');
      if (open.length > 0) return measure('more-blocks', open.slice(0, perRound));
      if (unknown.length > 0) return measure('split', splitEvenly(unknown, perRound));
      const pair = { good: kernels[low] ?? good, bad: kernels[high] ?? bad, between: inside };
      return { kind: 'found', pair };
    }
  }
}

/**
 * The newest good kernel, and the first bad one behind it: where answers contradict each other, the
 * last appearance of the effect counts, which is the one that the bad end still has.
 */
function boundsOf(kernels: readonly string[], answers: NarrowState['answers']) {
  const last = kernels.length - 1;
  const isInner = (index: number) => index > 0 && index < last;
  const is = (answer: NarrowAnswer) => (kernel: string, index: number) =>
    isInner(index) && answers.get(kernel) === answer;
  const low = Math.max(0, kernels.findLastIndex(is('good')));
  const isBad = is('bad');
  const high = kernels.findIndex((kernel, index) => index > low && isBad(kernel, index));
  return { low, high: high < 0 ? last : high };
}

/**
 * As many of the candidates as asked for, at places that cut the rest into parts of equal size,
 * give or take one.
 */
function splitEvenly(candidates: readonly string[], count: number): readonly string[] {
  const parts = Math.min(count, candidates.length);
  return Array.from({ length: parts }, (_, part) => {
    const place = Math.floor(((part + 1) * (candidates.length + 1)) / (parts + 1)) - 1;
    return candidates[place] ?? '';
  });
}

/** A kernel that is bad although a later one is good. */
export interface Contradiction {
  readonly bad: string;
  /** The next good one behind it. */
  readonly good: string;
}

/** In the order of the kernels; empty when the effect came once and stayed. */
export function contradictionsIn(
  kernels: readonly string[],
  answers: NarrowState['answers'],
): readonly Contradiction[] {
  return kernels.slice(1, -1).flatMap((bad, index) => {
    if (answers.get(bad) !== 'bad') return [];
    const good = kernels.slice(index + 2, -1).find((kernel) => answers.get(kernel) === 'good');
    return good === undefined ? [] : [{ bad, good }];
  });
}
