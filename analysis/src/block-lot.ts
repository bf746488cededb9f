// SPDX-License-Identifier: Apache-2.0
/**
 * Whether the order of the kernels inside blocks was drawn by lot. All that the statistics promise
 * of error rates rests on that draw: in a fixed order whatever changes from one trial to the next,
 * such as drift or a slow first run, looks like a difference between the kernels.
 */
import { type BlockDesign, designOf } from './block-design.js';
import type { Cell } from './cell.js';
import type { SweepRecord } from './sweep-record.js';

export type OrderDoubt = Exclude<BlockDesign, 'drawn' | 'sandwich'>;

/**
 * Undefined where nothing is to be doubted. A sandwich has the baseline on both sides of what is
 * compared with it, and its floor shows what the order does.
 */
export function orderDoubt({ spec: { order }, table }: SweepRecord): OrderDoubt | undefined {
  const design = designOf({ order, table });
  return design === 'fixed' || design === 'not-told' ? design : undefined;
}

/** Why that matters, in one clause. */
export function orderDoubtText(doubt: OrderDoubt): string {
  const what =
    doubt === 'fixed'
      ? 'kernels ran in one fixed order in every block'
      : 'the order in which kernels ran is not known';
  return `${what}, so drift or a slow first run may pass for a change`;
}

/** Of the status of a row; one that compares nothing has nothing to doubt. */
export function orderReasons(row: {
  readonly orderDoubt?: OrderDoubt;
  readonly cells: readonly Cell[];
}): string[] {
  const { orderDoubt: doubt, cells } = row;
  const isCompared = cells.some(({ comparison }) => comparison.kind === 'compared');
  return doubt === undefined || !isCompared ? [] : [orderDoubtText(doubt)];
}
