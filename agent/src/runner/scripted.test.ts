// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeOrder, type OrderParts } from '../testing/order.js';
import { createScriptedRunner } from './scripted.js';

const never = new AbortController().signal;

function orderOf(words: string, parts: OrderParts = {}) {
  return makeOrder({ ...parts, workload: { arguments: words.split(' ') } });
}

async function nsOf(words: string, parts: OrderParts): Promise<number | undefined> {
  const { outcome } = await createScriptedRunner().run(orderOf(words, parts), never);
  assert.equal(outcome.status, 'measured', outcome.failure?.message);
  return outcome.samples[0]?.values.ns;
}

test('values carry noise that depends on the trial alone', async () => {
  const first = await nsOf('--value ns=230±2', { trial: 'row/r1/k' });
  assert.equal(await nsOf('--value ns=230±2', { trial: 'row/r1/k' }), first);
  assert.notEqual(await nsOf('--value ns=230±2', { trial: 'row/r2/k' }), first);
});

test('over many trials mean and spread are those that were asked for', async () => {
  const values: number[] = [];
  for (let repetition = 1; repetition <= 400; repetition++) {
    values.push((await nsOf('--value ns=230±2', { trial: `row/r${repetition}/k` })) ?? 0);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean - 230) < 0.5, `mean ${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) - 2) < 0.3, `deviation ${Math.sqrt(variance)}`);
});

test('a factor counts on its kernel only', async () => {
  const words = '--value ns=100 --factor v6.17=1.6';
  assert.equal(await nsOf(words, { kernel: 'v6.17' }), 160);
  assert.equal(await nsOf(words, { kernel: 'v6.12' }), 100);
});

test('a failure comes on its kernel and repetition, with its status', async () => {
  const runner = createScriptedRunner();
  const words = '--value ns=1 --fail v6.17:2:panic --fail v6.17:3:no-output';
  const statusOf = async (repetition: number) => {
    const parts = { kernel: 'v6.17', trial: `row/r${repetition}/v6.17` };
    const { outcome } = await runner.run(orderOf(words, parts), never);
    return [outcome.status, outcome.failure?.class];
  };
  assert.deepEqual(await statusOf(1), ['measured', undefined]);
  assert.deepEqual(await statusOf(2), ['subject-failed', 'panic']);
  assert.deepEqual(await statusOf(3), ['lab-failed', 'no-output']);
});

test('a failure that comes once is gone on the second try', async () => {
  const runner = createScriptedRunner();
  const order = orderOf('--value ns=1 --fail-once *:*:no-output');
  assert.equal((await runner.run(order, never)).outcome.status, 'lab-failed');
  assert.equal((await runner.run(order, never)).outcome.status, 'measured');
});

test('an exit code goes the way of a real one', async () => {
  const { outcome } = await createScriptedRunner().run(orderOf('--exit *:*:3'), never);
  assert.equal(outcome.failure?.class, 'reproducer-exit');
  assert.match(outcome.failure?.message ?? '', /exited with 3/);
});

test('a metric that the script does not print is missed like in real output', async () => {
  const { outcome } = await createScriptedRunner().run(orderOf('--value nz=1'), never);
  assert.equal(outcome.failure?.class, 'garbage-output');
  assert.match(outcome.failure?.message ?? '', /did you mean nz\?/);
});

test('wrong arguments are told as a real program tells them', async () => {
  const { outcome } = await createScriptedRunner().run(orderOf('--sleep 1'), never);
  assert.equal(outcome.failure?.class, 'reproducer-exit');
  assert.match(outcome.failure?.message ?? '', /--sleep: not an option/);
});

test('a stall lasts until the deadline, and so does a trial that is too long', async () => {
  for (const words of ['--stall *:*', '--duration-ms 5000']) {
    const order = orderOf(words, { deadlineMs: 30 });
    const { outcome } = await createScriptedRunner().run(order, never);
    assert.equal(outcome.failure?.class, 'deadline', words);
  }
});

test('an abort rejects with its reason, at once', async () => {
  const reason = new Error('lease lost');
  const stop = new AbortController();
  const run = createScriptedRunner().run(orderOf('--stall *:*'), stop.signal);
  stop.abort(reason);
  await assert.rejects(run, (error) => error === reason);
});

test('an order for another environment is a mistake of the programmer', async () => {
  const order = orderOf('--value ns=1', { environment: 'native' });
  await assert.rejects(createScriptedRunner().run(order, never), /native is not for this runner/);
});
