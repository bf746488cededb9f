// SPDX-License-Identifier: Apache-2.0
/**
 * Ratios of levels held against their promises where values are printed in coarse steps: the
 * interval of Welch alone misses what rounding hides, and the one that is wider by it covers. Truth
 * lies anywhere between two steps. The seed is fixed and printed, and LABSWEEP_PROOF_SEED tries
 * another.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '@labsweep/proto';
import { type PrintedSeries, ratioOfLevels } from './level-rounding.js';
import { metricQuantum } from './quantisation.js';
import type { Series } from './series.js';
import { type LevelRatio, levelRatio } from './statistics/level-ratio.js';
import { type RandomSource, randomSource } from './statistics/random-source.js';
import { noisyPair } from './testing/noisy-sweep.js';
import { SEED } from './testing/proof-models.js';

const METRIC: Metric = { name: 'ns', unit: 'ns', direction: 'lower', meaning: '' };
const ROUNDS = 2000;

interface Trials {
  readonly n: number;
  readonly noise: number;
  readonly quantum: number;
}

/** Around 40 times `scale`. */
function printedSeries(random: RandomSource, trials: Trials, scale: number): PrintedSeries {
  const { kernel: series } = noisyPair(random, { ...trials, blocks: trials.n, ratio: scale });
  const quantum = metricQuantum(
    METRIC,
    series.map(({ value }) => value),
  );
  return { series, ...(quantum === undefined ? {} : { quantum }) };
}

/** As the report gives it, and as it would be of values without a step. */
function bothRatios(numerator: PrintedSeries, denominator: PrintedSeries) {
  const values = (series: Series) => series.map(({ value }) => value);
  const told = ratioOfLevels({ numerator, denominator });
  const plain = levelRatio({
    numerator: values(numerator.series),
    denominator: values(denominator.series),
  });
  assert(told !== undefined && plain !== undefined);
  return { told, plain };
}

const covers = ({ low, high }: LevelRatio, truth: number): boolean => low <= truth && high >= truth;

/** Anywhere within the 5 % above 40, which are two steps of 1. */
const anyScale = (random: RandomSource): number => 1 + 0.05 * random();

/** Of the second kind the noise is wide enough for Welch alone, now or always. */
for (const { isHidden, ...trials } of [
  { n: 6, noise: 0.001, quantum: 1, isHidden: true },
  { n: 6, noise: 0.004, quantum: 1, isHidden: true },
  { n: 10, noise: 0.004, quantum: 1, isHidden: true },
  { n: 10, noise: 0.009, quantum: 1, isHidden: false },
  { n: 10, noise: 0.02, quantum: 1, isHidden: false },
]) {
  const name = Object.entries(trials).flat().join(' ');
  test(`ratios of coarse levels cover the true one: ${name}`, () => {
    const random = randomSource(SEED);
    const covered = { told: 0, plain: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const [above, below] = [anyScale(random), anyScale(random)];
      const sides = [above, below].map((scale) => printedSeries(random, trials, scale));
      const { told, plain } = bothRatios(...(sides as [PrintedSeries, PrintedSeries]));
      if (covers(told, above / below)) covered.told += 1;
      if (covers(plain, above / below)) covered.plain += 1;
    }
    const [told, plain] = [covered.told / ROUNDS, covered.plain / ROUNDS];
    console.log(`seed ${SEED}, ${name}: ${told} of intervals cover, ${plain} by Welch alone`);
    assert.ok(told >= 0.93, `${name}: ${told}`);
    if (isHidden) assert.ok(plain < 0.9, `${name}: nothing to see, Welch alone covers ${plain}`);
  });
}

test('one level, printed finely and coarsely, is rarely called two', () => {
  const random = randomSource(SEED);
  const fine = { n: 8, noise: 0.003, quantum: 0.001 };
  const coarse = { ...fine, quantum: 1 };
  const alarms = { told: 0, plain: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const scale = anyScale(random);
    const sides = [fine, coarse].map((trials) => printedSeries(random, trials, scale));
    const { told, plain } = bothRatios(...(sides as [PrintedSeries, PrintedSeries]));
    if (told.p <= 0.05) alarms.told += 1;
    if (plain.p <= 0.05) alarms.plain += 1;
  }
  console.log(`seed ${SEED}: ${alarms.told} of ${ROUNDS} alarms, ${alarms.plain} by ranks alone`);
  assert.ok(alarms.told / ROUNDS <= 0.05, `${alarms.told} of ${ROUNDS}`);
  assert.ok(alarms.plain / ROUNDS > 0.3, `the test sees nothing: ${alarms.plain} of ${ROUNDS}`);
});
