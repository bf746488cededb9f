// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: rows that stop when they are precise keep what is promised of all rows, alone and several
 * in a report. Method: so many made-up rows of equal kernels that the rates are told from their
 * limits by four standard errors or more. The seed is fixed and printed; LABSWEEP_PROOF_SEED tries
 * another.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelName } from '@labsweep/proto';
import { type Comparison, compareKernels } from './compare.js';
import { equivalenceCoverage } from './needed-blocks.js';
import { isPreciseEnough } from './precision.js';
import { pairedBlocks } from './series.js';
import { pairedInterval } from './statistics/paired-ratio.js';
import { type RandomSource, randomSource } from './statistics/random-source.js';
import { type NoiseModel, noisyPair } from './testing/noisy-sweep.js';
import { SEED, verdicts } from './testing/proof-models.js';
import { ERROR_LEVEL_STOPPED, type Verdict } from './verdict.js';

const BLOCKS_MAX = 40;
const ROWS_PER_REPORT = 4;
const TAILS: NoiseModel = { noise: 0.01, hasTails: true, hosts: 5 };

interface Case {
  readonly name: string;
  readonly precision: number;
  readonly model: NoiseModel;
  /** The closer the true rates are to their limits, the more it takes to see them below. */
  readonly rows: number;
}

const CASES: readonly Case[] = [
  // The rule costs most where rows stop at 20 to 30 blocks, four rows at 30, and on normal noise.
  { name: '0.6%, normal noise', precision: 0.006, model: { noise: 0.01 }, rows: 48_000 },
  { name: '0.5%, tails, five hosts', precision: 0.005, model: TAILS, rows: 4800 },
  { name: '1%, tails, five hosts', precision: 0.01, model: TAILS, rows: 20_000 },
  { name: '2%, tails, five hosts', precision: 0.02, model: TAILS, rows: 8000 },
];

for (const { name, precision, model, rows } of CASES) {
  test(`rows that stop at a precision of ${name}, keep their promises`, () => {
    const random = randomSource(SEED);
    const seen = { covered: 0, below: 0, above: 0, alarms: 0, alarmedReports: 0, blocks: 0 };
    for (let report = 0; report < rows / ROWS_PER_REPORT; report += 1) {
      const comparisons = Array.from({ length: ROWS_PER_REPORT }, () =>
        stoppedRow(random, { precision, model }),
      );
      for (const comparison of comparisons) {
        const { low, high } = comparison.changePercent;
        if (low <= 0 && high >= 0) seen.covered += 1;
        const side = sideOfTruth(comparison);
        if (side !== undefined) seen[side] += 1;
        if (verdicts([comparison], true).some(isAlarm)) seen.alarms += 1;
        seen.blocks += comparison.ratio.n;
      }
      if (verdicts(comparisons, true).some(isAlarm)) seen.alarmedReports += 1;
    }
    const share = (count: number): number => count / rows;
    const ofReports = (seen.alarmedReports * ROWS_PER_REPORT) / rows;
    console.log(
      `seed ${SEED}, precision ${name}: ${JSON.stringify(seen)} of ${rows} rows, ` +
        `${(seen.blocks / rows).toFixed(1)} blocks on average, ` +
        `alarms in ${(ofReports * 100).toFixed(2)}% of reports of ${ROWS_PER_REPORT} rows`,
    );
    assert.ok(share(seen.covered) >= 0.93, `covered ${seen.covered} of ${rows}`);
    assert.ok(share(seen.covered) <= 0.97, `too wide: covered ${seen.covered} of ${rows}`);
    assert.ok(share(seen.alarms) <= 0.05, `alarms ${seen.alarms} of ${rows}`);
    assert.ok(ofReports <= 0.05, `alarms in ${ofReports} of reports`);
    // Either is what calls a change as large as the margin the same.
    assert.ok(share(seen.below) <= 0.05, `below the truth ${seen.below} of ${rows}`);
    assert.ok(share(seen.above) <= 0.05, `above the truth ${seen.above} of ${rows}`);
  });
}

type Compared = Extract<Comparison, { kind: 'compared' }>;

function stoppedRow(
  random: RandomSource,
  { precision, model }: Pick<Case, 'precision' | 'model'>,
): Compared {
  const { kernel, baseline } = noisyPair(random, { ...model, blocks: BLOCKS_MAX, ratio: 1 });
  const pairs = pairedBlocks(kernel, baseline);
  const rule = { fraction: precision, repetitionsMin: 6 };
  let n = rule.repetitionsMin;
  while (n < BLOCKS_MAX && !isPreciseEnough([{ pairs: pairs.slice(0, n) }], rule)) n += 1;
  const comparison = compareKernels({
    kernel: kernel.slice(0, n),
    baseline: baseline.slice(0, n),
    baselineName: 'A' as KernelName,
    direction: 'lower',
  });
  assert(comparison.kind === 'compared');
  return comparison;
}

/** Where the interval of the test for equivalence misses the true ratio, 1. */
function sideOfTruth({ ratios }: Compared): 'below' | 'above' | undefined {
  const interval = pairedInterval(ratios, { coverage: equivalenceCoverage(ERROR_LEVEL_STOPPED) });
  assert(interval.method !== 'none');
  return interval.high < 1 ? 'below' : interval.low > 1 ? 'above' : undefined;
}

function isAlarm(verdict: Verdict | undefined): boolean {
  return verdict === 'slower' || verdict === 'faster';
}
