// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { EXPECTATION_OPERATORS } from '@labsweep/proto';
import { parseExpectation } from './expectation.js';

test('Each operator is read, with blanks and without.', () => {
  for (const operator of EXPECTATION_OPERATORS) {
    const value = { metric: 'ratio', operator, value: -1.5 };
    assert.deepEqual(parseExpectation(`ratio ${operator} -1.5`), { ok: true, value });
    assert.deepEqual(parseExpectation(`ratio${operator}-1.5`), { ok: true, value });
  }
});

test('Numbers are decimal, with a fraction or an exponent if need be.', () => {
  const numberOf = (text: string) => {
    const result = parseExpectation(`m == ${text}`);
    return result.ok ? result.value.value : undefined;
  };
  assert.deepEqual(
    ['0', '100', '+7', '0.25', '1e3', '2E-2'].map(numberOf),
    [0, 100, 7, 0.25, 1000, 0.02],
  );
  const refused = ['', 'none', '0x10', '1,5', '.5', '5.', '1e999', 'Infinity', 'NaN', '1 2', '5 %'];
  for (const text of refused) assert.equal(numberOf(text), undefined, text);
});

test('What is not an expectation is refused with what is wrong.', () => {
  const refusals = {
    '': 'no operator in the expectation',
    unexpected_results: 'no operator in the expectation',
    '== 0': '`` is not the name of a metric',
    'a b == 0': '`a b` is not the name of a metric',
    'a <> 0': 'unknown operator `<>`',
    'a == 0 == b': '`0 == b` is not a number',
  };
  for (const [text, what] of Object.entries(refusals)) {
    const result = parseExpectation(text);
    assert(!result.ok, text);
    assert.equal(result.what, what, text);
  }
});
