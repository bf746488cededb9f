// SPDX-License-Identifier: Apache-2.0
/** Which attempt of a block counts, in sweeps that run, ended early, or reran a block. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockHistories } from './block-history.js';
import { buildRecord } from './testing/record-builder.js';
import { plainSweep } from './testing/sample-records.js';

const PANIC = {
  trial: 'qemu-smp1/r1/v6.17',
  attempt: 1,
  status: 'lab-failed',
  class: 'panic',
  message: 'early panic',
} as const;

test('only the attempt of the decision counts, the replaced one is kept', () => {
  const [block] = blockHistories(buildRecord(plainSweep({ failures: [PANIC] })));
  assert.equal(block?.standing, 'accepted');
  assert.equal(block.entries.length, 6);
  assert.deepEqual(
    block.counted.map((entry) => entry.attempt),
    [2, 2, 2],
  );
});

test('a decision for an attempt on one host leaves out the same attempt on another', () => {
  const record = buildRecord(plainSweep());
  const [first] = record.entries;
  assert.ok(first !== undefined);
  const stray = { ...first, host: 'other' as typeof first.host };
  const [block] = blockHistories({ ...record, entries: [stray, ...record.entries] });
  assert.equal(block?.entries.length, 4);
  assert.equal(block.counted.includes(stray), false);
});

test('an entry that stands twice in the log counts once', () => {
  const record = buildRecord(plainSweep());
  const doubled = { ...record, entries: record.entries.flatMap((entry) => [entry, { ...entry }]) };
  assert.deepEqual(blockHistories(doubled), blockHistories(record));
});

test('while the sweep runs, the newest attempt of an undecided block counts provisionally', () => {
  const options = plainSweep({ failures: [PANIC], entriesMax: 4, state: 'running' });
  const [block, next] = blockHistories(buildRecord(options));
  assert.equal(block?.standing, 'provisional');
  assert.deepEqual(
    block.counted.map((entry) => entry.attempt),
    [2],
  );
  assert.equal(next?.standing, 'open');
});

test('when the sweep was interrupted, an undecided block does not count', () => {
  const options = plainSweep({ entriesMax: 2, state: 'interrupted' });
  const [block] = blockHistories(buildRecord(options));
  assert.equal(block?.standing, 'open');
  assert.equal(block.entries.length, 2);
  assert.deepEqual(block.counted, []);
});
