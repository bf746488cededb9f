// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId } from '@labsweep/proto';
import { SettleQueue } from './settle-queue.js';

const [A, B] = ['host-a', 'host-b'] as [HostId, HostId];

test('what the horizon has passed over comes out once, by host and in order', () => {
  const queue = new SettleQueue();
  queue.add(1, A, ['a1']);
  queue.add(2, B, ['b2']);
  queue.add(3, A, ['a3', 'a3-again']);
  assert.deepEqual([...queue.take()], []);
  queue.raise(2);
  queue.raise(1);
  assert.deepEqual(
    [...queue.take()],
    [
      [A, ['a1']],
      [B, ['b2']],
    ],
  );
  assert.deepEqual([...queue.take()], []);
  queue.raise(3);
  assert.deepEqual([...queue.take()], [[A, ['a3', 'a3-again']]]);
});

test('what is asked for again and again waits once, at the place where it came first', () => {
  const queue = new SettleQueue();
  for (let sequence = 1; sequence <= 1_000; sequence += 1) queue.add(sequence, A, ['a1', 'a2']);
  assert.equal(queue.size, 2);
  queue.raise(1);
  assert.deepEqual([...queue.take()], [[A, ['a1', 'a2']]]);
  assert.equal(queue.size, 0);
});

test('what is on the disk when it is asked for comes out without another round', () => {
  const queue = new SettleQueue();
  queue.raise(5);
  assert.deepEqual([...queue.take()], []);
  queue.add(5, A, ['a1']);
  assert.deepEqual([...queue.take()], [[A, ['a1']]]);
});
