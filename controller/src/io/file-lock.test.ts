// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { runCommand } from './command.js';
import { withFileLock } from './file-lock.js';

const { signal } = new AbortController();

async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-lock-'));
  await body(join(directory, 'lock')).finally(() => rm(directory, { recursive: true }));
}

test('only one body runs at a time, and all of them run', async () => {
  await withPath(async (path) => {
    let inside = 0;
    const results = await Promise.all(
      [1, 2, 3, 4].map((result) =>
        withFileLock(path, signal, async () => {
          inside += 1;
          assert.equal(inside, 1);
          await setTimeout(20);
          inside -= 1;
          return result;
        }),
      ),
    );
    assert.deepEqual(results, [1, 2, 3, 4]);
  });
});

test('another process cannot have the lock meanwhile, but after a body that failed', async () => {
  await withPath(async (path) => {
    const tryLock = async () =>
      (await runCommand('flock', ['-n', path, 'true'], { signal, allowFailure: true })).exitCode;
    const failing = withFileLock(path, signal, async () => {
      assert.equal(await tryLock(), 1);
      throw new Error('the body failed');
    });
    await assert.rejects(failing, /the body failed/);
    assert.equal(await tryLock(), 0);
  });
});

test('whoever waits can be aborted', async () => {
  await withPath(async (path) => {
    await withFileLock(path, signal, async () => {
      const abort = new AbortController();
      const waiting = withFileLock(path, abort.signal, async () => 'never');
      const refusal = assert.rejects(waiting, { name: 'AbortError' });
      await setTimeout(50);
      abort.abort();
      await refusal;
    });
  });
});

test('a lock in a folder that does not exist is told as such', async () => {
  const never = withFileLock('/nonexistent/lock', signal, async () => 'never');
  await assert.rejects(never, /cannot lock \/nonexistent\/lock: .*No such file/);
});
