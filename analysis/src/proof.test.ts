// SPDX-License-Identifier: Apache-2.0
/**
 * The statistics held against their promises on made-up sweeps with known truth: intervals cover,
 * real changes are found, equal kernels are called so, and unlike hosts change none of it. The seed
 * is fixed and printed; LABSWEEP_PROOF_SEED tries another. The numbers of sweeps keep each true
 * rate four standard errors or more away from its limit, so the limits are those that are promised.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from './cell.js';
import { judgeCells } from './judge-report.js';
import { randomSource } from './statistics/random-source.js';
import { compared, MODELS, SEED, verdicts } from './testing/proof-models.js';

for (const [name, model] of Object.entries(MODELS)) {
  test(`95% intervals cover the true ratio: ${name}`, () => {
    const random = randomSource(SEED);
    // Fewer blocks have so few lots that all of them are tried elsewhere.
    for (const [blocks, rounds] of [
      [15, 4000],
      [20, 4000],
    ] as const) {
      let covered = 0;
      for (let round = 0; round < rounds; round += 1) {
        const { changePercent } = compared(random, { ...model, blocks, ratio: 1.03 });
        if (changePercent.low <= 3 && changePercent.high >= 3) covered += 1;
      }
      const share = covered / rounds;
      console.log(`seed ${SEED}, ${name}, ${blocks} blocks: ${(share * 100).toFixed(2)}%`);
      assert.ok(share >= 0.93 && share <= 0.97, `${name}, ${blocks} blocks: ${share}`);
    }
  });
}

test('values whose steps hide the noise get intervals that still cover', () => {
  const random = randomSource(SEED);
  const rounds = 2000;
  let covered = 0;
  for (let round = 0; round < rounds; round += 1) {
    const model = { noise: 0.003, quantum: 1, blocks: 8, ratio: 1.03 };
    const { changePercent } = compared(random, model);
    if (changePercent.low <= 3 && changePercent.high >= 3) covered += 1;
  }
  assert.ok(covered / rounds >= 0.93, `${covered} of ${rounds}`);
});

for (const [name, model] of Object.entries(MODELS)) {
  test(`a change of 3% at 1% noise is found with 10 blocks: ${name}`, () => {
    const random = randomSource(SEED);
    const sweeps = 1000;
    let found = 0;
    let naive = 0;
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      const comparison = compared(random, { ...model, blocks: 10, ratio: 1.03 });
      if (verdicts([comparison])[0] === 'slower') found += 1;
      if ((comparison.unblocked?.low ?? 0) > 1) naive += 1;
    }
    console.log(`seed ${SEED}, ${name}: ${found} of ${sweeps}, without blocks ${naive}`);
    assert.ok(found / sweeps >= 0.9, `${found} of ${sweeps}`);
    // With hosts 40 % apart the same numbers say nothing once their blocks are forgotten.
    if (model.hosts !== undefined) assert.ok(naive / sweeps < 0.1, `${naive} of ${sweeps}`);
  });
}

test('a margin of 2% calls equal kernels the same', () => {
  const random = randomSource(SEED);
  const sweeps = 1000;
  let same = 0;
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const comparison = compared(random, { noise: 0.01, hasTails: true, blocks: 16, ratio: 1 });
    const { rows } = judgeCells([{ cells: [{ comparison } as Cell] }], { margin: 0.02 });
    if (rows[0]?.cells[0]?.judgement?.verdict === 'same') same += 1;
  }
  console.log(`seed ${SEED}: ${same} of ${sweeps} the same`);
  assert.ok(same / sweeps >= 0.9, `${same} of ${sweeps}`);
});
