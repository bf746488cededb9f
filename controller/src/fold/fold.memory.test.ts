// SPDX-License-Identifier: Apache-2.0
/** What a finished trial costs the controller for as long as it lives. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type HostId, parseLogEntry } from '@labsweep/proto';
import { outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { applyEntry } from './apply-entry.js';
import { emptyLabState } from './lab-state.js';

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

test('a finished trial takes less than 200 bytes, in blocks of two trials', (context) => {
  const lab = emptyLabState();
  const submitted = submittedEntry();
  const specText = submitted.specText
    .replace('repetitions = 2', `repetitions = ${REPETITIONS}`)
    .replace('smp = [1, 2]', `smp = [${SMP.join(', ')}]`);
  applyEntry(lab, { ...submitted, specText });
  const blocks = lab.sweeps.get(SWEEP)?.blocks;
  assert(blocks);
  const beforeBytes = retainedBytes();
  let count = 0;
  for (const block of blocks.keys()) {
    const host = `host-${count % 97}` as HostId;
    for (const kernel of ['old', 'new']) {
      // As from the log: every text of an entry is a string of its own, and nobody keeps the whole.
      const entry = outcomeEntry(`${block}/${kernel}`, { host });
      applyEntry(lab, parseLogEntry(JSON.stringify(entry)));
      count += 1;
    }
  }
  const perTrialBytes = (retainedBytes() - beforeBytes) / count;
  assert.equal(lab.sweeps.get(SWEEP)?.decidedCount, blocks.size);
  context.diagnostic(`${perTrialBytes.toFixed(1)} bytes for each of ${count} finished trials`);
  assert.ok(perTrialBytes <= BYTES_PER_TRIAL_MAX, `${perTrialBytes} bytes`);
});
