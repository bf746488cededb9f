// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { backgroundNotes } from './background-notes.js';
import { buildRecord } from './testing/record-builder.js';

/** A sweep of two kernels that say this of DAMON_STAT, by kernel; absent where they say nothing. */
function notes(stat: Readonly<Record<string, string>>, again?: string): string[] {
  const told = (kernel: string) => {
    const value = stat[kernel];
    return value === undefined ? {} : { facts: { damon_stat: value } };
  };
  const row = { id: 'qemu-smp1', asked: 'qemu-tcg', ran: 'qemu-tcg', smp: 1 } as const;
  return backgroundNotes(
    buildRecord({
      seed: 1,
      repetitions: 2,
      baseline: 'v6.16',
      rows: [
        { ...row, kernels: ['v6.16', 'v6.17', ...(again === undefined ? [] : [again])], told },
      ],
      ...(again === undefined ? {} : { again }),
    }),
  );
}

test('a sampler that only some kernels run is named, with the way to leave it out', () => {
  const [note = '', ...others] = notes({ 'v6.16': 'absent', 'v6.17': 'Y' });
  assert.match(note, /^DAMON_STAT is enabled on v6\.17 and not on v6\.16: /);
  assert.match(note, /damon_stat\.enabled=N/);
  assert.deepEqual(others, []);
});

test("the baseline's second turn is no kernel of its own", () => {
  const stat = { 'v6.16': 'absent', 'v6.16.again': 'absent', 'v6.17': 'Y' };
  const [note = ''] = notes(stat, 'v6.16.again');
  assert.match(note, /^DAMON_STAT is enabled on v6\.17 and not on v6\.16: /);
});

test('kernels that are alike in it, or do not tell, are no news', () => {
  assert.deepEqual(notes({ 'v6.16': 'Y', 'v6.17': 'Y' }), []);
  assert.deepEqual(notes({ 'v6.16': 'absent', 'v6.17': 'N' }), []);
  assert.deepEqual(notes({ 'v6.17': 'Y' }), []);
});
