// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { waitUntilReady } from './ready.js';

/** Answers with one list after the other, and with the last one from then on. */
function answers(...lists: readonly (readonly string[])[]) {
  let looks = 0;
  const unmet = async () => {
    looks += 1;
    return lists[Math.min(looks, lists.length) - 1] ?? [];
  };
  return { unmet, looks: () => looks };
}

test('a host that is ready is looked at once, and nobody is told of a wait', async () => {
  const { unmet, looks } = answers([]);
  const told: string[] = [];
  assert.deepEqual(await waitUntilReady({ unmet, waits: () => told.push('waits') }), []);
  assert.deepEqual([looks(), told], [1, []]);
});

test('a host that becomes ready ends the wait, which was told once with its limit', async () => {
  const { unmet } = answers(['load'], ['load', 'governor'], []);
  const told: unknown[] = [];
  const waits = (...what: unknown[]) => told.push(what);
  assert.deepEqual(await waitUntilReady({ unmet, waits, lookMs: 1, limitMs: 60_000 }), []);
  assert.deepEqual(told, [[['load'], 60_000]]);
});

test('after the limit the newest reasons are given', async () => {
  const { unmet, looks } = answers(['load'], ['governor']);
  assert.deepEqual(await waitUntilReady({ unmet, lookMs: 1, limitMs: 3 }), ['governor']);
  assert.equal(looks(), 4);
});

test('the signal ends the wait with its reason', async () => {
  const { unmet } = answers(['load']);
  const reason = new Error('lease lost');
  const stop = new AbortController();
  const waits = () => stop.abort(reason);
  const waiting = waitUntilReady({ unmet, waits, signal: stop.signal });
  await assert.rejects(waiting, (error) => error === reason);
});
