// SPDX-License-Identifier: Apache-2.0
/** Goal: what nobody watches costs nothing. The rest of it is told in `sweep-loop.test.ts`. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Progress } from '@labsweep/proto';
import type { Watcher } from './ports.js';
import { SWEEP, submittedEntry } from './testing/lab-harness.js';
import { ScheduleLab } from './testing/schedule-lab.js';
import { PROGRESS_INTERVAL_MS, WatcherHub } from './watcher-hub.js';

test('the progress of a sweep is made while somebody watches it, and no longer', async () => {
  const { state } = new ScheduleLab(submittedEntry());
  const sweep = state.sweeps.get(SWEEP);
  assert(sweep);
  const clock = { ms: 0, nowMs: () => clock.ms };
  let made = 0;
  const progress = () => {
    made += 1;
    return { remainingMs: made } as unknown as Progress;
  };
  const hub = new WatcherHub(state.commands, clock, async function* () {}, progress);
  const heard: string[] = [];
  const watcher: Watcher = {
    send: ({ kind }) => heard.push(kind),
    drained: async () => {},
    end: () => {},
    fail: (reason) => assert.fail(reason),
  };
  const refresh = (): number => {
    clock.ms += PROGRESS_INTERVAL_MS;
    const before = made;
    hub.refresh();
    return made - before;
  };
  const [leave, leaveToo] = [hub.add(sweep, watcher, 0), hub.add(sweep, watcher, 0)];
  await turn();
  assert.equal(refresh(), 1);
  leave();
  assert.equal(refresh(), 1, 'one is left');
  leaveToo();
  assert.equal(refresh(), 0);
  hub.add(sweep, watcher, 0);
  leave();
  await turn();
  heard.length = 0;
  assert.equal(refresh(), 1, 'who leaves twice takes nobody along');
  assert.deepEqual(heard, ['progress']);
});
