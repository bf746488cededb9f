// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostCommand, HostId, KernelName } from '@labsweep/proto';
import { CommandRecord } from './command-record.js';

const [A, B] = ['host-a' as HostId, 'host-b' as HostId];
const [OLD, NEW] = ['old' as KernelName, 'new' as KernelName];

function recordOf(...commands: readonly HostCommand[]): CommandRecord {
  const record = new CommandRecord();
  commands.forEach((command, index) => {
    const id = `command-${index}`;
    record.take({ type: 'host-commanded', id, atMs: index, by: 'anna', command });
  });
  return record;
}

const quarantine = (target: { host?: HostId; kernel?: KernelName }): HostCommand => ({
  kind: 'quarantine',
  ...target,
  reason: 'hot',
});

const held = (record: CommandRecord) =>
  [A, B].flatMap((host) =>
    [OLD, NEW].filter((kernel) => record.quarantineOf(host, kernel)).map((k) => `${host} ${k}`),
  );

test('a host is drained until it is undrained', () => {
  assert.equal(recordOf({ kind: 'drain', host: A }).isDrained(A), true);
  assert.equal(recordOf({ kind: 'drain', host: A }).isDrained(B), false);
  const both = recordOf({ kind: 'drain', host: A }, { kind: 'undrain', host: A });
  assert.equal(both.isDrained(A), false);
});

test('a quarantine is of a host, of a kernel, or of both together', () => {
  assert.deepEqual(held(recordOf(quarantine({ host: A }))), ['host-a old', 'host-a new']);
  assert.deepEqual(held(recordOf(quarantine({ kernel: NEW }))), ['host-a new', 'host-b new']);
  assert.deepEqual(held(recordOf(quarantine({ host: B, kernel: NEW }))), ['host-b new']);
});

test('a release takes what it names, and the pairs of it', () => {
  const all = [
    quarantine({ host: A }),
    quarantine({ host: A, kernel: OLD }),
    quarantine({ kernel: NEW }),
  ];
  assert.deepEqual(held(recordOf(...all, { kind: 'release', host: A })), [
    'host-a new',
    'host-b new',
  ]);
  const pair = recordOf(...all, { kind: 'release', host: A, kernel: OLD });
  assert.equal(pair.quarantines().length, 2);
  const kernel = recordOf(...all, { kind: 'release', kernel: NEW });
  assert.deepEqual(held(kernel), ['host-a old', 'host-a new']);
});

test('the newest reason of a quarantine stands, and a command that comes twice changes nothing', () => {
  const record = recordOf(quarantine({ host: A }));
  const again = { kind: 'quarantine' as const, host: A, reason: 'noisy' };
  const entry = { type: 'host-commanded' as const, id: 'x', atMs: 9, by: 'otto', command: again };
  assert.equal(record.take(entry), true);
  assert.equal(record.take(entry), false);
  assert.deepEqual(record.quarantines(), [{ host: A, reason: 'noisy', by: 'otto', atMs: 9 }]);
  assert.equal(record.has('lab/command/x'), true);
});
