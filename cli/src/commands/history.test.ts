// SPDX-License-Identifier: Apache-2.0
/** What a history says of the commands of two users, of whom the second came too late. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Commanded, SweepCommand, SweepHistory, SweepId } from '@labsweep/proto';
import { renderHistory } from './history.js';

const SWEEP = 'window-1a2b3c4d' as SweepId;
const AT_MS = Date.UTC(2026, 10, 27, 1, 2, 3);

function commanded(id: string, by: string, command: SweepCommand): Commanded {
  return { type: 'commanded', sweep: SWEEP, id, atMs: AT_MS, by, command };
}

const HISTORY: SweepHistory = {
  entries: [
    commanded('first', 'anna', { kind: 'cancel' }),
    commanded('second', 'ben', { kind: 'add-repetitions', count: 3 }),
  ],
  withoutEffect: new Set(['second']),
  lostCommands: [{ atMs: AT_MS - 1_000, by: 'carl', text: 'the log has lost the `pause` of it' }],
};
const OPTIONS = { sweep: SWEEP, nameOf: String };

test('a command that changed nothing is marked, and what the log has lost stands where it was asked', () => {
  assert.deepEqual(
    renderHistory(HISTORY, { ...OPTIONS, json: false })
      .trim()
      .split('\n'),
    [
      '2026-11-27 01:02:02 UTC  carl        the log has lost the `pause` of it',
      '2026-11-27 01:02:03 UTC  anna        cancel',
      '2026-11-27 01:02:03 UTC  ben         add --repetitions 3 (changed nothing)',
    ],
  );
});

test('programs read it from a field', () => {
  const { entries, lostCommands } = JSON.parse(
    renderHistory(HISTORY, { ...OPTIONS, json: true }),
  ) as {
    readonly entries: readonly { readonly id: string; readonly changedNothing?: boolean }[];
    readonly lostCommands: SweepHistory['lostCommands'];
  };
  assert.deepEqual(
    entries.map(({ id, changedNothing }) => [id, changedNothing]),
    [
      ['first', undefined],
      ['second', true],
    ],
  );
  assert.deepEqual(lostCommands, HISTORY.lostCommands);
});
