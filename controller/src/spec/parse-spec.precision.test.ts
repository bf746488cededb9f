// SPDX-License-Identifier: Apache-2.0
/** The keys that say how sure a sweep shall be: second turns, margins, precision. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { planSweep } from '../plan/plan-sweep.js';
import { parseSpec } from './parse-spec.js';
import { breakSpec } from './testing/small-spec.js';
import { testMistakes } from './testing/test-mistakes.js';

function specWith(lines: string) {
  const text = breakSpec({ from: 'repetitions = 3', to: lines });
  const parsed = parseSpec({ text, path: 's.toml' });
  assert(parsed.ok, JSON.stringify(parsed));
  return parsed.spec;
}

const REPETITIONS = 'repetitions = 3';

testMistakes([
  {
    mistake: 'a margin without its sign',
    from: REPETITIONS,
    to: `${REPETITIONS}\nmargin = "2"`,
    told: [
      's.toml:4:10: margin: expected 0.01%..50%; written with its sign and in quotes, as in "2%"',
      'margin = "2"',
      '         ^',
    ],
  },
  {
    mistake: 'a precision that nothing reaches',
    from: REPETITIONS,
    to: `${REPETITIONS}\nprecision = "0%"`,
    told: [
      's.toml:4:13: precision: expected 0.01%..50%; written with its sign and in quotes, as in "2%"',
      'precision = "0%"',
      '            ^',
    ],
  },
  {
    mistake: 'a least number of repetitions without a precision',
    from: REPETITIONS,
    to: `${REPETITIONS}\nrepetitions_min = 2`,
    told: [
      's.toml:4:19: repetitions_min: no row can stop early without a `precision`; add ' +
        '`precision = "2%"`, or take this out',
      'repetitions_min = 2',
      '                  ^',
    ],
  },
  {
    mistake: 'a least number of repetitions above the most',
    from: REPETITIONS,
    to: `${REPETITIONS}\nprecision = "2%"\nrepetitions_min = 6`,
    told: [
      's.toml:5:19: repetitions_min: 6, and `repetitions` allows at most 3; raise `repetitions`, ' +
        'which is the most that a row gets',
      'repetitions_min = 6',
      '                  ^',
    ],
  },
  {
    mistake: 'a kernel that is called like a second turn',
    from: '"v6.12" =',
    to: '"v6.12.again" =',
    told: [
      's.toml:5:1: kernels."v6.12.again": names that end in `.again` are the second turns of ' +
        'baselines, got "v6.12.again"; give it another name',
      '"v6.12.again" = "debian:bookworm-security/linux-image-6.12-cloud-amd64"',
      '^',
    ],
  },
]);

test('aa puts the baseline into each block of its rows a second time', () => {
  const spec = specWith(`${REPETITIONS}\naa = true`);
  assert.equal(spec.again, 'v6.16.again');
  assert.deepEqual(
    spec.kernels.map(({ name }) => name),
    ['v6.12', 'v6.16', 'running', 'v6.16.again'],
  );
  const [guest, native] = spec.environments;
  assert.deepEqual(guest?.kernels, ['v6.12', 'v6.16', 'v6.16.again']);
  assert.deepEqual(native?.kernels, ['running'], 'a row without the baseline has no second turn');
  const places = new Set(
    planSweep({ ...spec, repetitions: 12 })
      .blocks.filter(({ row }) => row === 'qemu-smp1')
      .map(({ trials }) => trials.findIndex(({ kernel }) => kernel === 'v6.16.again')),
  );
  assert.deepEqual([...places].sort(), [0, 1, 2], 'at any place in the order');
});

test('a sandwich starts and ends with the baseline', () => {
  const spec = specWith(`${REPETITIONS}\norder = "sandwich"`);
  const blocks = planSweep({ ...spec, repetitions: 5 }).blocks.filter(
    ({ row }) => row === 'qemu-smp2',
  );
  for (const { trials } of blocks) {
    assert.deepEqual(
      trials.map(({ kernel }) => kernel),
      ['v6.16', 'v6.12', 'v6.16.again'],
    );
  }
});

test('margin and precision are fractions, and six blocks are the least unless said otherwise', () => {
  const spec = specWith('repetitions = 20\nmargin = "2%"\nprecision = "1.5%"');
  assert.equal(spec.margin, 0.02);
  assert.deepEqual(spec.precision, { fraction: 0.015, repetitionsMin: 6 });
  const few = specWith('repetitions = 20\nprecision = "5%"\nrepetitions_min = 10');
  assert.deepEqual(few.precision, { fraction: 0.05, repetitionsMin: 10 });
});
