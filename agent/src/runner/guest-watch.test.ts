// SPDX-License-Identifier: Apache-2.0
/** Goal: a slow boot is left alone and a stuck one is not. Method: the clock of the test runner. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type BootProgress, watchGuest } from './guest-watch.js';

const BOOT_MS = 120;
const DEADLINE_MS = 900;

/** The watch under a clock that only moves when it is told; each look sees what `see` says. */
function watch(context: TestContext, see: (nowMs: number) => BootProgress) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  const look = async () => see(nowMs);
  const watched = watchGuest({ deadlineMs: DEADLINE_MS, bootMs: BOOT_MS, look });
  const passTo = async (untilMs: number) => {
    while (nowMs < untilMs && !watched.stop.aborted) {
      nowMs += 1;
      context.mock.timers.tick(1);
      // The look's promise and what follows it.
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
    return nowMs;
  };
  return { watched, passTo };
}

test('a kernel that falls silent is stuck at the boot limit', async (context) => {
  const { watched, passTo } = watch(context, () => ({ hasBooted: false, consoleBytes: 500 }));
  assert.equal(await passTo(DEADLINE_MS), BOOT_MS);
  assert.equal(watched.limit(), 'boot limit');
});

test('a kernel that never says a word is stuck as well', async (context) => {
  const { watched, passTo } = watch(context, () => ({ hasBooted: false, consoleBytes: 0 }));
  assert.equal(await passTo(DEADLINE_MS), BOOT_MS);
  assert.equal(watched.limit(), 'boot limit');
});

test('one that goes on talking has until the deadline', async (context) => {
  const { watched, passTo } = watch(context, (nowMs) => ({
    hasBooted: false,
    consoleBytes: nowMs,
  }));
  assert.equal(await passTo(DEADLINE_MS + 1), DEADLINE_MS);
  assert.equal(watched.limit(), 'deadline');
});

test('one that has booted is not looked at again, and may be as silent as it likes', async (context) => {
  let looks = 0;
  const { watched, passTo } = watch(context, () => {
    looks += 1;
    return { hasBooted: true, consoleBytes: 500 };
  });
  assert.equal(await passTo(DEADLINE_MS + 1), DEADLINE_MS);
  assert.equal(watched.limit(), 'deadline');
  assert.equal(looks, 1);
});

test('a watch that is closed starts no clock again', async (context) => {
  let looks = 0;
  const { watched, passTo } = watch(context, () => {
    looks += 1;
    return { hasBooted: false, consoleBytes: looks };
  });
  await passTo(BOOT_MS / 2);
  watched.close();
  await passTo(DEADLINE_MS);
  assert.equal(looks, 1);
});
