// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { LockedError, lockProcess } from './process-lock.js';

test('a lock is held once, names its holder, and is free again after its release', async () => {
  const name = randomUUID();
  const first = await lockProcess(name, 'measuring');
  await assert.rejects(
    lockProcess(name, 'second'),
    (error) => error instanceof LockedError && error.holder === `pid ${process.pid}, measuring`,
  );
  first.release();
  const again = await lockProcess(name, 'third');
  again.release();
});
