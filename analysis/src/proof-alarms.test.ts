// SPDX-License-Identifier: Apache-2.0
/**
 * Sweeps of one kernel against itself raise no alarm. The seed is fixed and printed;
 * LABSWEEP_PROOF_SEED tries another.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomSource } from './statistics/random-source.js';
import { compared, judgements, MODELS, SEED, verdicts } from './testing/proof-models.js';
import { isDrawn, isRegressionVerdict } from './verdict.js';

for (const [name, model] of Object.entries(MODELS)) {
  test(`one kernel against itself raises a false alarm in at most 5% of sweeps: ${name}`, () => {
    const random = randomSource(SEED);
    const sweeps = 2500;
    for (const blocks of [6, 10, 15]) {
      let alarms = 0;
      for (let sweep = 0; sweep < sweeps; sweep += 1) {
        const rows = [1, 2, 3, 4].map(() => compared(random, { ...model, blocks, ratio: 1 }));
        if (verdicts(rows).some((verdict) => verdict === 'slower' || verdict === 'faster')) {
          alarms += 1;
        }
      }
      console.log(`seed ${SEED}, ${name}, ${blocks} blocks: ${alarms} of ${sweeps} sweeps`);
      // The tests are exact, so the true rate is at most 5 %; so many sweeps see it to 0.9 points.
      assert.ok(alarms / sweeps <= 0.05 + 0.009, `${blocks} blocks: ${alarms} of ${sweeps}`);
    }
  });
}

test('values whose steps hide the noise raise no false alarm', () => {
  const random = randomSource(SEED);
  const sweeps = 2000;
  let alarms = 0;
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const model = { noise: 0.003, quantum: 1, blocks: 10, ratio: 1 };
    const [verdict] = verdicts([compared(random, model)]);
    if (verdict === 'slower' || verdict === 'faster') alarms += 1;
  }
  console.log(`seed ${SEED}, steps of 1 at a level of 40, noise 0.3%: ${alarms} of ${sweeps}`);
  // What half a step of both sides is worth is never called a change, so hardly any is left.
  assert.ok(alarms / sweeps <= 0.01, `${alarms} of ${sweeps}`);
});

for (const driftPerTrial of [0.005, 0.01]) {
  test(`a fixed order takes drift of ${driftPerTrial * 100}% a trial for a change, and claims nothing`, () => {
    const random = randomSource(SEED);
    const sweeps = 1000;
    const model = { noise: 0.01, driftPerTrial, blocks: 10, ratio: 1 };
    let wrong = 0;
    let drawn = 0;
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      const comparison = compared(random, { ...model, order: 'listed' });
      const [judgement] = judgements([comparison], { orderDoubt: 'fixed' });
      if (judgement?.verdict === 'slower' || judgement?.verdict === 'faster') {
        wrong += 1;
        assert.ok(!isDrawn(judgement.reasons) && !isRegressionVerdict(judgement));
      }
      const [verdict] = verdicts([compared(random, model)]);
      if (verdict === 'slower' || verdict === 'faster') drawn += 1;
    }
    console.log(
      `seed ${SEED}, drift ${driftPerTrial}: fixed ${wrong}, drawn ${drawn} of ${sweeps}`,
    );
    // What the lot is for: without it the promise of 5 % is broken, with it it is kept.
    assert.ok(wrong / sweeps > 0.1, `fixed order: ${wrong} of ${sweeps}`);
    assert.ok(drawn / sweeps <= 0.05 + 0.021, `order drawn: ${drawn} of ${sweeps}`);
  });
}
