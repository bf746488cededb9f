// SPDX-License-Identifier: Apache-2.0
/** One trial gives one value, whatever it printed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Sample } from '@labsweep/proto';
import { scenariosOf, trialValue } from './trial-value.js';

function line(line: Sample['line'], scenario: string, values: Sample['values']): Sample {
  return { line, scenario, values, texts: {} };
}

function outcome(...samples: Sample[]): Outcome {
  return { status: 'measured', samples, facts: {}, consoleTail: '' };
}

test('rounds inside a trial are not values', () => {
  const printed = outcome(
    line('round', 'a', { ns: 1 }),
    line('round', 'a', { ns: 2 }),
    line('result', 'a', { ns: 10 }),
  );
  assert.equal(trialValue(printed, { scenario: 'a', metric: 'ns' }), 10);
  assert.equal(
    trialValue(outcome(line('round', 'a', { ns: 1 })), { scenario: 'a', metric: 'ns' }),
    undefined,
  );
});

test('several result lines of one scenario give their median', () => {
  const printed = outcome(...[30, 10, 11].map((ns) => line('result', 'a', { ns })));
  assert.equal(trialValue(printed, { scenario: 'a', metric: 'ns' }), 11);
});

test('scenarios stay apart, in the order in which they were printed', () => {
  const printed = outcome(line('result', 'z', { ns: 1 }), line('result', 'a', { ns: 2 }));
  assert.deepEqual(scenariosOf(printed), ['z', 'a']);
  assert.equal(trialValue(printed, { scenario: 'a', metric: 'ns' }), 2);
  assert.equal(trialValue(printed, { scenario: 'a', metric: 'other' }), undefined);
});
