// SPDX-License-Identifier: Apache-2.0
/** Turns a spec into all that its sweep will do. The same spec makes the same plan, everywhere. */
import type {
  BlockId,
  KernelName,
  Plan,
  PlannedBlock,
  PlannedRow,
  Spec,
  TrialId,
} from '@labsweep/proto';
import { orderOfBlock } from './block-order.js';
import { planRows } from './plan-rows.js';

/**
 * Hands out the first repetition of all rows, then the second: a sweep that is cut short is
 * balanced.
 */
export function planSweep(spec: Spec): Plan {
  const rows = planRows(spec);
  const blocks: PlannedBlock[] = [];
  for (let repetition = 1; repetition <= spec.repetitions; repetition += 1) {
    for (const row of rows) blocks.push(planBlock(spec, row, repetition));
  }
  const trialCount = blocks.reduce((sum, block) => sum + block.trials.length, 0);
  return { rows, blocks, trialCount };
}

function planBlock(spec: Spec, row: PlannedRow, repetition: number): PlannedBlock {
  const id = `${row.id}/r${repetition}` as BlockId;
  const kernels = orderKernels(spec, row, repetition);
  const trials = kernels.map((kernel) => ({ id: `${id}/${kernel}` as TrialId, kernel }));
  return { id, row: row.id, repetition, trials };
}

function orderKernels(spec: Spec, row: PlannedRow, repetition: number): readonly KernelName[] {
  if (spec.order === 'listed') return row.kernels;
  const { seed } = spec;
  return orderOfBlock({ seed, row: row.id, kernels: row.kernels }, repetition);
}
