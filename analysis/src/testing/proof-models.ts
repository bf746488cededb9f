// SPDX-License-Identifier: Apache-2.0
/** Made-up rows of two kernels with known truth, and the verdicts that reports give of them. */
import assert from 'node:assert/strict';
import type { KernelName, Metric } from '@labsweep/proto';
import type { OrderDoubt } from '../block-lot.js';
import type { Cell } from '../cell.js';
import { type Comparison, compareKernels } from '../compare.js';
import { judgeCells } from '../judge-report.js';
import type { MeasuredFloor } from '../noise-floor.js';
import { metricQuantum } from '../quantisation.js';
import type { RandomSource } from '../statistics/random-source.js';
import type { Judgement, Verdict } from '../verdict.js';
import { type NoiseModel, noisyPair } from './noisy-sweep.js';

/** Printed by each test that draws from it; LABSWEEP_PROOF_SEED tries another. */
export const SEED = Number(process.env.LABSWEEP_PROOF_SEED ?? 20_261_127);
const PRIMARY: Metric = { name: 'ns', unit: 'ns', direction: 'lower', meaning: '' };

export const MODELS: Readonly<Record<string, NoiseModel>> = {
  'normal noise': { noise: 0.01 },
  'heavy tails': { noise: 0.01, hasTails: true },
  'drift of 0.2% a trial': { noise: 0.01, driftPerTrial: 0.002 },
  'five hosts, 40% apart': { noise: 0.01, hosts: 5 },
  'A B A, drift of 1% a trial, tails': {
    noise: 0.01,
    hasTails: true,
    driftPerTrial: 0.01,
    order: 'sandwich',
  },
  'printed in steps of 0.1, drift, tails, five hosts': {
    noise: 0.01,
    hasTails: true,
    driftPerTrial: 0.001,
    hosts: 5,
    quantum: 0.1,
  },
};

/** Two kernels of one row, `ratio` apart. */
export function compared(
  random: RandomSource,
  model: NoiseModel & { readonly blocks: number; readonly ratio: number },
): Extract<Comparison, { kind: 'compared' }> {
  return comparedPair(noisyPair(random, model));
}

/** As a report compares them, with the step in which values are printed found as there. */
export function comparedPair({
  kernel,
  baseline,
}: ReturnType<typeof noisyPair>): Extract<Comparison, { kind: 'compared' }> {
  const quantum = metricQuantum(
    PRIMARY,
    [...kernel, ...baseline].map(({ value }) => value),
  );
  const comparison = compareKernels({
    kernel,
    baseline,
    baselineName: 'A' as KernelName,
    direction: 'lower',
    ...(quantum === undefined ? {} : { quantum }),
  });
  assert(comparison.kind === 'compared');
  return comparison;
}

/** The verdicts of one report: rows of two kernels each. */
export function verdicts(
  comparisons: readonly Comparison[],
  canStop = false,
): (Verdict | undefined)[] {
  return judgements(comparisons, { canStop }).map((judgement) => judgement?.verdict);
}

/** The same with all that is said of them. */
export function judgements(
  comparisons: readonly Comparison[],
  options: {
    readonly canStop?: boolean;
    readonly orderDoubt?: OrderDoubt;
    /** Of each row, as it was measured. */
    readonly floor?: MeasuredFloor;
  },
): (Judgement | undefined)[] {
  const rows = comparisons.map((comparison) => ({
    cells: [{ comparison } as Cell],
    ...(options.floor === undefined ? {} : { floor: options.floor }),
  }));
  return judgeCells(rows, options).rows.map(({ cells }) => cells[0]?.judgement);
}
