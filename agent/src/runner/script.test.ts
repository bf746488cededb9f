// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseScript, ruleFor } from './script.js';

test('all options are read', () => {
  const script = parseScript([
    ...['--duration-ms', '20', '--value', 'ns=230±2', '--value', 'mb=1.5+-0.5', '--value', 'n=1'],
    ...[
      '--factor',
      'v6.17=1.6',
      '--fail',
      'v6.17:2:panic',
      '--exit',
      '*:3:7',
      '--stall',
      'v6.12:*',
    ],
  ]);
  assert.deepEqual(script.durationMs, { base: 20, spread: 0 });
  assert.deepEqual(script.values, [
    { metric: 'ns', base: 230, spread: 2 },
    { metric: 'mb', base: 1.5, spread: 0.5 },
    { metric: 'n', base: 1, spread: 0 },
  ]);
  assert.deepEqual([...script.factors], [['v6.17', 1.6]]);
  const actionOf = (kernel: string, repetition: number) =>
    ruleFor(script, { kernel, repetition })?.action;
  assert.deepEqual(actionOf('v6.17', 2), { kind: 'fail', class: 'panic', isOnce: false });
  assert.deepEqual(actionOf('v6.17', 3), { kind: 'exit', code: 7 });
  assert.deepEqual(actionOf('v6.12', 9), { kind: 'stall' });
  assert.equal(actionOf('v6.17', 1), undefined);
});

describe('mistakes are named with the argument', () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [['--value'], /--value: a value is missing/],
    [['--value', 'ns'], /--value ns: expected NAME=BASE/],
    [['--duration-ms', '±5'], /--duration-ms ±5: expected BASE±SPREAD, for example 2000±150/],
    [['--value', 'ns=fast'], /'fast' is not a number/],
    [['--factor', '1.6'], /--factor 1.6: expected KERNEL=FACTOR/],
    [['--fail', 'v6.17:2:gone'], /'gone' is not a failure class; one of spawn-failed/],
    [['--exit', 'v6.17:x:1'], /'x' is not a number/],
    [['--sleep', '1'], /--sleep: not an option .* it knows --value/],
  ];
  for (const [words, message] of cases) {
    test(words.join(' '), () => assert.throws(() => parseScript(words), message));
  }
});
