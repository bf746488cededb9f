// SPDX-License-Identifier: Apache-2.0
/** What a finished trial costs the controller for as long as it lives. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type HostId, parseLogEntry } from '@labsweep/proto';
import { outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { applyEntry } from './apply-entry.js';

const REPETITIONS = 1_000;
const SMP = [1, 2, 3, 4, 5, 6, 7, 8];
const BYTES_PER_TRIAL_MAX = 200;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function retainedBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

const PRECISE = `repetitions = ${REPETITIONS}\nprecision = "1%"`;

for (const [what, repetitions] of [
  ['a finished trial', `repetitions = ${REPETITIONS}`],
  ['one of a sweep that asks for a precision', PRECISE],
] as const) {
  test(`${what} takes less than 200 bytes, in blocks of two trials`, (context) => {
    const submitted = submittedEntry();
    const specText = submitted.specText
      .replace('repetitions = 2', repetitions)
      .replace('smp = [1, 2]', `smp = [${SMP.join(', ')}]`);
    const { state, scheduler, watch } = new ScheduleLab({ ...submitted, specText });
    const blocks = state.sweeps.get(SWEEP)?.blocks;
    assert(blocks);
    const beforeBytes = retainedBytes();
    let count = 0;
    for (const block of blocks.keys()) {
      const host = `host-${count % 97}` as HostId;
      for (const kernel of ['old', 'new']) {
        const values = { ns: 100 + (count % 7) };
        const sample = { scenario: 'toggle', line: 'result' as const, values, texts: {} };
        const { outcome, ...entry } = outcomeEntry(`${block}/${kernel}`, { host });
        const whole = { ...entry, outcome: { ...outcome, samples: [sample] } };
        // As from the log: every text is a string of its own, and nobody keeps the whole.
        const read = parseLogEntry(JSON.stringify(whole));
        scheduler.observe(read, applyEntry(state, read), 0);
        count += 1;
      }
    }
    const perTrialBytes = (retainedBytes() - beforeBytes) / count;
    assert.equal(state.sweeps.get(SWEEP)?.decidedCount, blocks.size);
    assert.equal(watch.keepsValuesOf(SWEEP), repetitions === PRECISE);
    context.diagnostic(`${perTrialBytes.toFixed(1)} bytes for each of ${count} finished trials`);
    assert.ok(perTrialBytes <= BYTES_PER_TRIAL_MAX, `${perTrialBytes} bytes`);
  });
}
