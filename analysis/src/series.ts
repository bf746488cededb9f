// SPDX-License-Identifier: Apache-2.0
/**
 * The values of one kernel and metric in a row, each with the block it comes from, and the matching
 * of several such series by block. Nothing here crosses a block, since only inside a block does the
 * host cancel out.
 */
import type { BlockId, HostId, KernelName } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import { trialValue } from './trial-value.js';

/** One trial's value. */
export interface BlockValue {
  readonly block: BlockId;
  readonly repetition: number;
  readonly host: HostId;
  readonly value: number;
  /** By the clock of its host; the order of a host's trials, not of the trials of two. */
  readonly startedAtMs: number;
  /** The block is not decided yet. */
  readonly provisional: boolean;
}

export type Series = readonly BlockValue[];

/** By repetition; blocks without a measured value of this kernel are left out. */
export function seriesOf(
  view: RowView,
  wanted: { readonly kernel: KernelName; readonly metric: string },
): Series {
  return view.blocks.flatMap((block) => {
    const trial = measuredTrials(block, view.environment).find(
      (entry) => entry.kernel === wanted.kernel,
    );
    if (trial === undefined) return [];
    const place = { scenario: view.scenario, metric: wanted.metric };
    const value = trialValue(trial.outcome, place);
    if (value === undefined) return [];
    const { id, repetition } = block.planned;
    const provisional = block.standing === 'provisional';
    const { host, startedAtMs } = trial;
    return [{ block: id, repetition, host, value, startedAtMs, provisional }];
  });
}

/**
 * What changes from a kernel are taken from: its values, `first`. Of the baseline of a sandwich it
 * is the geometric mean of both turns in each block, so that a steady drift through the block
 * cancels; blocks that lack one of them would carry it, and are left out.
 */
export function referenceOf(
  view: RowView,
  wanted: { readonly kernel: KernelName; readonly metric: string },
  first: Series = seriesOf(view, wanted),
): Series {
  const { again, sandwiched } = view;
  if (again === undefined || sandwiched !== wanted.kernel) return first;
  return betweenTurns(first, seriesOf(view, { kernel: again, metric: wanted.metric }));
}

/** The geometric mean of both, for each block that has both. */
export function betweenTurns(first: Series, second: Series): Series {
  const values = new Map(second.map(({ block, value }) => [block, value]));
  return first.flatMap((each) => {
    const other = values.get(each.block);
    return other === undefined ? [] : [{ ...each, value: middleOf(each.value, other) }];
  });
}

/** Geometric; where one of them has no logarithm there is no ratio, and the lesser one shows it. */
export function middleOf(one: number, other: number): number {
  return one > 0 && other > 0 ? Math.sqrt(one * other) : Math.min(one, other);
}

/** A block in which both kernels have a value; its host is one. */
export interface PairedBlock {
  readonly block: BlockId;
  readonly host: HostId;
  readonly value: number;
  readonly baseline: number;
}

/** By repetition. */
export function pairedBlocks(kernel: Series, baseline: Series): PairedBlock[] {
  const values = new Map(baseline.map(({ block, value }) => [block, value]));
  return kernel.flatMap(({ block, host, value }) => {
    const other = values.get(block);
    return other === undefined ? [] : [{ block, host, value, baseline: other }];
  });
}

/** For each block that all `series` have: their values, in the order of `series`. */
export function matchedByBlock<const All extends readonly Series[]>(
  series: All,
): { -readonly [Index in keyof All]: number }[] {
  const [first = [], ...others] = series;
  const lookups = others.map((each) => new Map(each.map(({ block, value }) => [block, value])));
  return first.flatMap(({ block, value }) => {
    const rest = lookups.map((lookup) => lookup.get(block)).filter((each) => each !== undefined);
    if (rest.length < lookups.length) return [];
    return [[value, ...rest] as { -readonly [Index in keyof All]: number }];
  });
}
