// SPDX-License-Identifier: Apache-2.0
/** Goal: a warm processor is waited for, within a limit. Method: temperatures from a list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coolDown } from './cool-down.js';

/** Gives the temperatures one after the other, and then the last one for ever. */
function sensorOf(...temperatures: number[]) {
  let looks = 0;
  const temperature = () => temperatures[Math.min(looks++, temperatures.length - 1)];
  return { temperature, looks: () => looks };
}

test('a cool processor is not waited for, nor one without a sensor', async () => {
  const { temperature, looks } = sensorOf(53_000);
  assert.equal(await coolDown({ temperature, reference: 50_000 }), undefined);
  assert.equal(looks(), 1);
  assert.equal(await coolDown({ temperature: () => undefined, reference: 50_000 }), undefined);
  assert.equal(await coolDown({ temperature, reference: undefined }), undefined);
});

test('a warm one is waited for until it has cooled', async () => {
  const { temperature, looks } = sensorOf(80_000, 52_000);
  assert.equal(await coolDown({ temperature, reference: 50_000 }), undefined);
  assert.equal(looks(), 2);
});

test('one that stays warm is a warning with both temperatures', async () => {
  const { temperature } = sensorOf(80_000);
  const warning = await coolDown({ temperature, reference: 50_000, limitMs: 500 });
  assert.equal(warning, 'thermal: still 80 C after 0.5 s of waiting, 50 C at the first trial');
});

test('a signal ends the wait with its reason', async () => {
  const reason = new Error('lease lost');
  const stopper = new AbortController();
  const { temperature } = sensorOf(80_000);
  const waiting = coolDown({ temperature, reference: 50_000, signal: stopper.signal });
  stopper.abort(reason);
  await assert.rejects(waiting, (error) => error === reason);
});
