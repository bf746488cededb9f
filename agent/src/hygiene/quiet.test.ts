// SPDX-License-Identifier: Apache-2.0
/** Goal: a busy host is waited for, within a limit. Method: busy times from a list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitForQuiet } from './quiet.js';

/** Busy milliseconds of each look; two of them make one share. */
function busyTimes(...times: (number | undefined)[]) {
  let looks = 0;
  const busyMs = () => times[Math.min(looks++, times.length - 1)];
  return { busyMs, looks: () => looks };
}

const wait = { cpuCount: 2, lookMs: 10, limitMs: 30 };

test('a quiet host is looked at twice, and one that does not tell is not waited for', async () => {
  const { busyMs, looks } = busyTimes(100, 100.5);
  assert.equal(await waitForQuiet({ ...wait, busyMs }), undefined);
  assert.equal(looks(), 2);
  assert.equal(await waitForQuiet({ ...wait, busyMs: () => undefined }), undefined);
});

test('a busy one is waited for until it is quiet', async () => {
  const { busyMs, looks } = busyTimes(100, 110, 110, 110.2);
  assert.equal(await waitForQuiet({ ...wait, busyMs }), undefined);
  assert.equal(looks(), 4);
});

test('one that stays busy is a warning with the share', async () => {
  let busy = 0;
  const busyMs = () => {
    busy += 10;
    return busy;
  };
  assert.equal(
    await waitForQuiet({ ...wait, busyMs }),
    "load: other programs still took 50 % of the trial's CPUs after 0.03 s of waiting",
  );
});

test('a signal ends the wait with its reason', async () => {
  const reason = new Error('lease lost');
  const stopper = new AbortController();
  const waiting = waitForQuiet({ ...wait, busyMs: () => 0, signal: stopper.signal });
  stopper.abort(reason);
  await assert.rejects(waiting, (error) => error === reason);
});
