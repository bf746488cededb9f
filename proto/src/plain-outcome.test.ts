// SPDX-License-Identifier: Apache-2.0
/** The short way of reading an outcome and the schema agree. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { readLogEntry } from './log-entry.js';
import { isPlainOutcome } from './plain-outcome.js';
import { seededRandom } from './seeded-random.js';
import { sampleOutcome } from './testing/sample-entries.js';

const SEED = Number(process.env.LABSWEEP_TEST_SEED ?? Date.now() % 1_000_000);
const ROUNDS = 3_000;
const ODD_VALUES = [undefined, null, '', 'x', 0, -1, 1.5, 2 ** 53, [], {}, { x: 1 }, { x: 'y' }];

type Json = Record<string, unknown>;

/** Every object in the value, so that any of them can be spoilt. */
function objectsIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(objectsIn)];
}

test('an ordinary outcome takes the short way', () => {
  assert.ok(isPlainOutcome(sampleOutcome()));
  assert.ok(
    isPlainOutcome(
      sampleOutcome({ epoch: 5, evidence: { console: 'a'.repeat(64) as never, outputText: 'x' } }),
    ),
  );
});

test('what takes the short way is what the schema would hand back', () => {
  console.log(`LABSWEEP_TEST_SEED=${SEED}`);
  const random = seededRandom({ seed: SEED, purpose: 'plain-outcome' });
  const pick = <Value>(all: readonly Value[]) => all[random.nextBelow(all.length)] as Value;
  let plain = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const entry = JSON.parse(JSON.stringify(sampleOutcome({ epoch: round })));
    for (let change = random.nextBelow(3); change > 0; change -= 1) {
      const object = pick(objectsIn(entry));
      const name = random.nextBelow(4) === 0 ? 'unknown' : pick([...Object.keys(object), 'other']);
      object[name] = structuredClone(pick(ODD_VALUES));
    }
    const text = JSON.stringify(entry);
    if (!isPlainOutcome(JSON.parse(text))) continue;
    plain += 1;
    const read = readLogEntry(JSON.parse(text));
    assert.deepEqual(read, JSON.parse(text), `seed ${SEED}, round ${round}`);
  }
  assert.ok(plain > ROUNDS / 5, `${plain} of ${ROUNDS}`);
});
