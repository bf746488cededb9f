// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Progress, SweepId } from '@labsweep/proto';
import { plainDisplay } from './plain-display.js';

const progress = (
  changes: Partial<Progress>,
  state: 'running' | 'paused' = 'running',
): Progress => ({
  summary: {
    sweep: 'window-1' as SweepId,
    state,
    blocksTotal: 1,
    blocksDecided: 0,
    trialsTotal: 2,
    trialsSettled: 0,
    submittedAtMs: 0,
    by: 'anna',
  },
  running: [],
  waiting: [],
  hostsAttached: 1,
  troubles: [],
  setAside: [],
  ...changes,
});

test('what holds a sweep up is told once when it comes and once when it goes', () => {
  let text = '';
  const display = plainDisplay(
    (chunk) => {
      text += chunk;
    },
    () => 0,
  );
  const aside = { setAside: ['box-a is drained by anna'] };
  const away = { ...aside, troubles: ['nats-server is away'] };
  for (const each of [
    progress({}, 'paused'),
    progress({}, 'paused'),
    progress(away),
    progress(aside),
  ]) {
    display.progress(each, undefined);
  }
  assert.deepEqual(
    text.split('\n').map((line) => line.slice('   1 1970-01-01T00:00:00Z '.length)),
    [
      'paused; labsweep resume window-1 goes on',
      'trouble: nats-server is away',
      'box-a is drained by anna',
      'no longer: paused',
      'no longer: trouble: nats-server is away',
      '',
    ],
  );
});
