// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: hosts are said to disagree where their effects differ, and not where the digits of the
 * values ran out. Method: values worked out by hand, and made-up rows of hosts of unlike levels,
 * held against what the same values say when their step is forgotten. The seed is fixed and
 * printed; LABSWEEP_PROOF_SEED tries another.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockId, HostId, KernelName } from '@labsweep/proto';
import { compareKernels } from './compare.js';
import type { HostAgreement } from './host-agreement.js';
import type { Series } from './series.js';
import { type RandomSource, randomSource } from './statistics/random-source.js';
import { bootNoise } from './testing/noisy-sweep.js';
import { SEED } from './testing/proof-models.js';

interface HostValues {
  readonly kernel: readonly number[];
  readonly baseline: readonly number[];
}

function agreementOf(hosts: readonly HostValues[], quantum?: number): HostAgreement {
  const seriesOf = (side: keyof HostValues): Series =>
    hosts.flatMap((values, host) =>
      values[side].map((value, index) => ({
        block: `h${host}r${index}` as BlockId,
        repetition: index + 1,
        host: `host${host}` as HostId,
        value,
        startedAtMs: index,
        provisional: false,
      })),
    );
  const comparison = compareKernels({
    kernel: seriesOf('kernel'),
    baseline: seriesOf('baseline'),
    baselineName: 'A' as KernelName,
    direction: 'lower',
    ...(quantum === undefined ? {} : { quantum }),
  });
  assert(comparison.kind === 'compared' && comparison.agreement !== undefined);
  return comparison.agreement;
}

const six = (value: number): number[] => Array.from({ length: 6 }, () => value);

/** 1.5 times 25.4 and 1.5 times 25.6, each printed in whole numbers. */
const ROUNDED = [
  { baseline: six(25), kernel: six(38) },
  { baseline: six(26), kernel: six(38) },
];

test('one effect that was printed as two is no disagreement', () => {
  const forgotten = agreementOf(ROUNDED);
  assert.equal(forgotten.verdict, 'disagree', 'the ratios alone say 1.52 and 1.46');
  const { verdict, p, hosts } = agreementOf(ROUNDED, 1);
  assert.deepEqual([verdict, p], ['agree', 1]);
  const reach = Math.log(25 / 24.5) + Math.log(38 / 37.5);
  assert.ok(Math.abs((hosts[0]?.quantumLog ?? 0) - reach) < 1e-12, JSON.stringify(hosts));
});

test('hosts further apart than rounding reaches disagree', () => {
  const far = ROUNDED.with(1, { baseline: six(26), kernel: six(46) });
  assert.equal(agreementOf(far, 1).verdict, 'disagree');
  // What two hosts may have by rounding, a third one may have or not.
  const third = (kernel: number) => [...ROUNDED, { baseline: six(30), kernel: six(kernel) }];
  assert.equal(agreementOf(third(60), 1).verdict, 'disagree');
  assert.equal(agreementOf(third(45), 1).verdict, 'agree');
});

test('of values that are fine the p is that of the ratios as they are', () => {
  const noisy = [
    { baseline: [100.1, 99.2, 100.7, 98.9], kernel: [150.2, 149.1, 151.3, 147.9] },
    { baseline: [80.3, 79.9, 81.2, 80.8], kernel: [121.2, 120.1, 121.5, 122.3] },
  ];
  const fine = agreementOf(noisy);
  assert.deepEqual(agreementOf(noisy, 1e-4), fine);
  assert.ok(fine.hosts.every(({ quantumLog }) => quantumLog === 0));
});

/** Ten blocks on each of these hosts, in whole numbers around 40. */
function madeUp(
  random: RandomSource,
  { noise, ratios }: { readonly noise: number; readonly ratios: readonly number[] },
): HostValues[] {
  return ratios.map((ratio) => {
    const level = 32 + 16 * random();
    const values = (scale: number): number[] =>
      Array.from({ length: 10 }, () =>
        Math.round(level * scale * Math.exp(bootNoise(random, { noise }))),
      );
    return { baseline: values(1), kernel: values(ratio) };
  });
}

const ROUNDS = 1000;

/** Of the second kind the noise is wide enough to show in the digits. */
for (const { noise, count, isHidden } of [
  { noise: 0.001, count: 2, isHidden: true },
  { noise: 0.003, count: 2, isHidden: true },
  { noise: 0.003, count: 5, isHidden: true },
  { noise: 0.006, count: 5, isHidden: true },
  { noise: 0.02, count: 2, isHidden: false },
  { noise: 0.02, count: 5, isHidden: false },
]) {
  test(`${count} hosts of one effect rarely disagree, noise ${noise} in steps of 2.5 %`, () => {
    const random = randomSource(SEED);
    const alarms = { told: 0, forgotten: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const ratio = 1 + 0.5 * random();
      const ratios = Array.from({ length: count }, () => ratio);
      const hosts = madeUp(random, { noise, ratios });
      if (agreementOf(hosts, 1).verdict === 'disagree') alarms.told += 1;
      if (agreementOf(hosts).verdict === 'disagree') alarms.forgotten += 1;
    }
    console.log(
      `seed ${SEED}, ${count} hosts, noise ${noise}: ${alarms.told} of ${ROUNDS} disagree, ` +
        `${alarms.forgotten} where the step is forgotten`,
    );
    assert.ok(alarms.told / ROUNDS <= 0.02, `${alarms.told} of ${ROUNDS}`);
    if (isHidden) assert.ok(alarms.forgotten / ROUNDS > 0.1, 'the test sees nothing');
  });
}

test('hosts whose effects are 15 % apart are found to disagree in whole numbers', () => {
  const random = randomSource(SEED);
  let found = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const hosts = madeUp(random, { noise: 0.003, ratios: [1.5, 1.5 * 1.15] });
    if (agreementOf(hosts, 1).verdict === 'disagree') found += 1;
  }
  console.log(`seed ${SEED}: ${found} of ${ROUNDS} true disagreements found`);
  assert.ok(found / ROUNDS >= 0.9, `${found} of ${ROUNDS}`);
});
