// SPDX-License-Identifier: Apache-2.0
/** Turns a spec into all that its sweep will do. The same spec makes the same plan, everywhere. */
import type {
  BlockId,
  KernelName,
  Plan,
  PlannedBlock,
  PlannedRow,
  Purpose,
  RowId,
  Spec,
  TrialId,
} from '@labsweep/proto';
import { ordersOf } from './block-order.js';
import { planRows } from './plan-rows.js';

/**
 * In the order in which they are handed out: audits first, since they tell early that a comparison
 * is void; attributions last, since they only explain what was found.
 */
export const HANDED_OUT: readonly Purpose[] = ['audit', 'timing', 'attribution'];

export function planSweep(spec: Spec): Plan {
  const rows = planRows(spec);
  const blocks = HANDED_OUT.flatMap((purpose) => planBlocks(spec, rows, purpose));
  const trialCount = blocks.reduce((sum, block) => sum + block.trials.length, 0);
  return { rows, blocks, trialCount };
}

/** The first repetition of all rows, then the second: a sweep that is cut short is balanced. */
function planBlocks(spec: Spec, all: readonly PlannedRow[], purpose: Purpose): PlannedBlock[] {
  const rows = all
    .filter((row) => row.purpose === purpose)
    .map((row) => ({ id: row.id, orderOf: ordersOfRow(spec, row) }));
  const blocks: PlannedBlock[] = [];
  const repetitions = repetitionsOf(spec, purpose);
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const { id, orderOf } of rows) blocks.push(blockOf(id, repetition, orderOf(repetition)));
  }
  return blocks;
}

/** How many blocks each row of a purpose gets. */
export function repetitionsOf(spec: Spec, purpose: Purpose): number {
  switch (purpose) {
    case 'timing':
      return spec.repetitions;
    case 'audit':
      return spec.audit?.repetitions ?? 0;
    case 'attribution':
      return spec.attribution?.repetitions ?? 0;
  }
}

/** The block of a row whose repetition counts from 1. */
export function planBlock(spec: Spec, row: PlannedRow, repetition: number): PlannedBlock {
  return blockOf(row.id, repetition, ordersOfRow(spec, row)(repetition));
}

function blockOf(row: RowId, repetition: number, kernels: readonly KernelName[]): PlannedBlock {
  const id = `${row}/r${repetition}` as BlockId;
  const trials = kernels.map((kernel) => ({ id: `${id}/${kernel}` as TrialId, kernel }));
  return { id, row, repetition, trials };
}

function ordersOfRow(spec: Spec, row: PlannedRow): (repetition: number) => readonly KernelName[] {
  if (spec.order === 'listed') return () => row.kernels;
  if (spec.order === 'sandwich') return sandwichOf(spec, row);
  return ordersOf({ seed: spec.seed, row: row.id, kernels: row.kernels });
}

/** A row without the baseline has nothing to put around the others. */
function sandwichOf(spec: Spec, row: PlannedRow): (repetition: number) => readonly KernelName[] {
  const { baseline, again, seed } = spec;
  const outer = [baseline, again].filter((kernel) => kernel !== undefined);
  const [first = [], last = []] = outer.map((kernel) => row.kernels.filter((k) => k === kernel));
  const kernels = row.kernels.filter((kernel) => !outer.includes(kernel));
  const inner = ordersOf({ seed, row: row.id, kernels });
  return (repetition) => [...first, ...inner(repetition), ...last];
}
