// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expectation, Sample } from '@labsweep/proto';
import { findUnmetExpectation } from './expectations.js';

const result = (values: Record<string, number>): Sample => ({
  scenario: '',
  line: 'result',
  values,
  texts: {},
});

test('each operator holds where it should and fails where it should', () => {
  const rows: readonly [Expectation['operator'], readonly boolean[]][] = [
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
  ];
  for (const [operator, holds] of rows) {
    const seen = [1, 2, 3].map(
      (value) =>
        findUnmetExpectation([result({ x: value })], [{ metric: 'x', operator, value: 2 }]) ===
        undefined,
    );
    assert.deepEqual(seen, holds, `1, 2, 3 ${operator} 2`);
  }
});

test('the message shows what was asked and what came', () => {
  const expectation = { metric: 'unexpected_results', operator: '==', value: 0 } as const;
  const unmet = findUnmetExpectation([result({ unexpected_results: 3 })], [expectation]);
  assert.equal(unmet, 'unexpected_results == 0, got 3');
});

test('a round line is not held against the expectations, and a missing value meets none', () => {
  const expectation = { metric: 'x', operator: '==', value: 0 } as const;
  assert.equal(
    findUnmetExpectation([{ ...result({ x: 1 }), line: 'round' }], [expectation]),
    undefined,
  );
  assert.equal(findUnmetExpectation([result({})], [expectation]), 'x == 0, got nothing');
});
