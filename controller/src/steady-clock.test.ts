// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { STEP_MAX_MS, SteadyClock } from './steady-clock.js';

test('A clock that is set by an hour, either way, neither jumps nor goes back.', () => {
  const hourMs = 3_600_000;
  const clock = { ms: 10 * hourMs, nowMs: () => clock.ms };
  const steady = new SteadyClock(clock);
  const startMs = steady.nowMs();
  clock.ms += 1_000;
  assert.equal(steady.nowMs(), startMs + 1_000);
  clock.ms -= hourMs;
  assert.equal(steady.nowMs(), startMs + 1_000);
  clock.ms += 1_000;
  assert.equal(steady.nowMs(), startMs + 2_000);
  clock.ms += hourMs;
  assert.equal(steady.nowMs(), startMs + 2_000 + STEP_MAX_MS);
});
