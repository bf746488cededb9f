// SPDX-License-Identifier: Apache-2.0
/** A past that is interrupted goes on where it was. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { LogMessage, SweepId } from '@labsweep/proto';
import { outcomeEntry, SWEEP } from '../testing/lab-harness.js';
import { sweepHistory } from './sweep-history.js';

test('a broker that goes away in between costs no entry and brings none twice', async () => {
  const notes: string[] = [];
  const asked: number[] = [];
  const log = {
    async *read(_sweep: SweepId, part: { nextSequence: number; lastSequence: number }) {
      asked.push(part.nextSequence);
      for (let sequence = part.nextSequence; sequence <= part.lastSequence; sequence += 1) {
        if (sequence === 3 && asked.length === 1) throw new Error('TIMEOUT');
        const entry = outcomeEntry(`qemu-smp1/r${sequence}/old`);
        const message: LogMessage = { sequence, storedAtMs: 0, entries: [entry], malformed: [] };
        yield message;
      }
    },
  };
  const { signal } = new AbortController();
  const trials: string[] = [];
  const ports = { log, note: (line: string) => void notes.push(line), signal };
  for await (const entry of sweepHistory(ports, SWEEP, 5)) {
    if (entry.type === 'trial-ended') trials.push(entry.trial);
  }
  assert.deepEqual(
    trials,
    [1, 2, 3, 4, 5].map((number) => `qemu-smp1/r${number}/old`),
  );
  assert.deepEqual(asked, [1, 3]);
  assert.equal(notes.length, 1);
});
