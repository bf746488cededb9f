// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { sleepUnder } from './abortable-sleep.js';

test('a sleep lasts as long as it should', async () => {
  const beganMs = performance.now();
  await sleepUnder(new AbortController().signal, 50);
  // A timer may fire within its last millisecond.
  assert.ok(performance.now() - beganMs >= 49);
});

test('a signal ends all sleeps under it at once, and none may begin after it', async () => {
  const stop = new AbortController();
  const other = new AbortController();
  const reason = new Error('enough');
  await sleepUnder(stop.signal, 1);
  const sleeps = [sleepUnder(stop.signal, 60_000), sleepUnder(stop.signal, 60_000)];
  const untouched = sleepUnder(other.signal, 20);
  stop.abort(reason);
  const ends = await Promise.allSettled([...sleeps, sleepUnder(stop.signal, 1), untouched]);
  const failed = { status: 'rejected', reason };
  assert.deepEqual(ends, [failed, failed, failed, { status: 'fulfilled', value: undefined }]);
});
