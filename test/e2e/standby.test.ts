// SPDX-License-Identifier: Apache-2.0
/**
 * Two controllers on one nats-server: one reigns, the other takes over. Real processes, real
 * signals.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { heard, openLab } from './lab.js';
import { run, waitFor } from './labsweep-process.js';

/** The promise of the whole lab. */
const TAKEOVER_LIMIT_MS = 10_000;

test('the standby refuses and names the first; it takes over when that one is killed, stopped or ended', async (context) => {
  const lab = await openLab(context, { standby: true });
  const [one, two] = lab.controllers;
  assert.ok(one && two);
  const [first, second] = lab.addresses;
  await heard(two, new RegExp(`standby; the reigning controller is ${first}`));
  const both = await run(lab.folder, 'list', '--controller', `${second},${first}`);
  assert.equal(both.stdout, 'no sweeps\n', both.stderr);

  // Stopped for longer than the lock lasts: the other one reigns, and this one finds out.
  one.child.kill('SIGSTOP');
  const stoppedAtMs = Date.now();
  await heard(two, /reigns under term/);
  const takenMs = Date.now() - stoppedAtMs;
  assert.ok(takenMs < TAKEOVER_LIMIT_MS, `${takenMs} ms`);
  context.diagnostic(`takeover from a stopped controller: ${takenMs} ms`);
  one.child.kill('SIGCONT');
  await heard(one, /steps down: the lock was not renewed for 5 s/);
  await heard(one, new RegExp(`standby; the reigning controller is ${second}`));

  two.child.kill('SIGTERM');
  const endedAtMs = Date.now();
  await waitFor('the second reign', () => reigns(one.stderr()) === 2);
  const orderlyMs = Date.now() - endedAtMs;
  assert.ok(orderlyMs < 3_000, `${orderlyMs} ms`);
  context.diagnostic(`takeover from one that leaves in order: ${orderlyMs} ms`);
  assert.equal((await two.ended).exitCode, 0);

  const three = lab.startController(1, '--store', lab.store);
  await heard(three, /standby; the reigning controller is/);
  one.child.kill('SIGKILL');
  const killedAtMs = Date.now();
  await heard(three, /reigns under term/);
  const killedMs = Date.now() - killedAtMs;
  assert.ok(killedMs < TAKEOVER_LIMIT_MS, `${killedMs} ms`);
  context.diagnostic(`takeover from a killed controller: ${killedMs} ms`);
  const terms = [one, two, three].flatMap((running) => termsOf(running.stderr()));
  assert.equal(new Set(terms).size, 4, `${terms}`);
});

const termsOf = (text: string) =>
  [...text.matchAll(/reigns under term (\d+)/g)].map((match) => Number(match[1]));
const reigns = (text: string) => termsOf(text).length;

test('who watches goes on at the next controller, and sees nothing twice', async (context) => {
  const spec = { durationMs: 100, repetitions: 12 };
  const lab = await openLab(context, { spec, standby: true, agents: ['box-a'] });
  const running = await lab.sweepUntil(5);
  lab.controllers[0]?.child.kill('SIGKILL');
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  const numbers = [...ended.stderr.matchAll(/ (\d+)\/48 trials: /g)].map((match) => match[1]);
  assert.equal(new Set(numbers).size, numbers.length, 'an outcome was shown twice');
  assert.equal(numbers.length, 48);
});
