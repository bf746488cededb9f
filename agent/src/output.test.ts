// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readOutput } from './output.js';

test('round and result lines become samples, numbers apart from texts', () => {
  const lines = [
    'mapping 64 MiB',
    'round scenario=toggle round=1 ns=230.5 unexpected_results=0',
    'result scenario=toggle ns=-1.5e2 clock=monotonic_raw ratio=.5',
  ];
  assert.deepEqual(readOutput(lines, ['ns']), {
    samples: [
      {
        scenario: 'toggle',
        line: 'round',
        values: { round: 1, ns: 230.5, unexpected_results: 0 },
        texts: {},
      },
      {
        scenario: 'toggle',
        line: 'result',
        values: { ns: -150, ratio: 0.5 },
        texts: { clock: 'monotonic_raw' },
      },
    ],
  });
});

test('a scenario that looks like a number stays a name', () => {
  const { samples } = readOutput(['result scenario=64 ns=1'], ['ns']);
  assert.equal(samples[0]?.scenario, '64');
  assert.deepEqual(samples[0]?.values, { ns: 1 });
});

test('lines of another shape are passed over when there is a result', () => {
  const { problem } = readOutput(['results follow', 'result of x', 'result ns=1'], ['ns']);
  assert.equal(problem, undefined);
});

test('a result may lack a metric in its round lines', () => {
  assert.equal(readOutput(['round other=1', 'result ns=1'], ['ns']).problem, undefined);
});

describe('what is wrong is said with the line', () => {
  const cases: readonly [string, readonly string[], RegExp][] = [
    ['no output at all', [], /printed nothing; a result line was expected/],
    ['only blank lines', ['', ' '], /printed nothing/],
    ['talk only', ['hello', 'bye', ''], /its last line is 'bye'; print one such line/],
    ['a result of another shape', ['result 230 ns', 'bye'], /the nearest is 'result 230 ns'/],
    ['rounds only', ['round ns=1'], /no line of 1 reads 'result .* last line is 'round ns=1'/],
    [
      'a misspelt metric',
      ['result nz=1'],
      /metric ns is missing in 'result nz=1'; did you mean nz\?/,
    ],
    ['a missing metric', ['result bandwidth=1'], /metric ns is missing in 'result bandwidth=1'$/],
    ['not a number', ['result ns=nan'], /metric ns is 'nan', which is not a finite decimal/],
    ['infinity', ['result ns=inf'], /metric ns is 'inf'/],
    ['hexadecimal', ['result ns=0x10'], /metric ns is '0x10'/],
    ['beyond a double', ['result ns=1e999'], /metric ns is '1e999'/],
    ['an empty value', ['result ns='], /metric ns is ''/],
    ['a unit behind the number', ['result ns=12ns'], /metric ns is '12ns'/],
    [
      'two results',
      ['result ns=1', 'result ns=2'],
      /second result line for scenario '': 'result ns=2'/,
    ],
  ];
  for (const [name, lines, problem] of cases) {
    test(name, () => assert.match(readOutput(lines, ['ns']).problem ?? '', problem));
  }

  test('results of two scenarios are no problem', () => {
    const lines = ['result scenario=a ns=1', 'result scenario=b ns=2'];
    assert.equal(readOutput(lines, ['ns']).problem, undefined);
  });

  test('a line of any length is shown in part', () => {
    const { problem } = readOutput([`result x=${'9'.repeat(5000)}`], ['ns']);
    assert.ok((problem ?? '').length < 400, problem);
  });
});
