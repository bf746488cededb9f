// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { messageIdOf } from '@labsweep/proto';
import { EarlyEntries } from './early-entries.js';
import { applyEntry } from './fold/apply-entry.js';
import { emptyLabState } from './fold/lab-state.js';
import { SWEEP, submittedEntry, wholeAttempt } from './testing/lab-harness.js';

function newFold() {
  const lab = emptyLabState();
  const folded: string[] = [];
  const early = new EarlyEntries((entry) => {
    const sweep = 'sweep' in entry ? lab.sweeps.get(entry.sweep) : undefined;
    return entry.type === 'trial-ended' ? sweep?.blocks.has(entry.block) === true : !!sweep;
  });
  const take = (entry: Parameters<EarlyEntries['take']>[0]) =>
    early.take(entry, (ready) => {
      folded.push(messageIdOf(ready));
      applyEntry(lab, ready);
    });
  return { lab, folded, take };
}

test('outcomes before their submission wait for it, and count then', () => {
  const { lab, folded, take } = newFold();
  const outcomes = wholeAttempt('qemu-smp1/r1');
  for (const entry of outcomes) take(entry);
  assert.deepEqual(folded, []);
  take(submittedEntry());
  assert.deepEqual(folded, [submittedEntry(), ...outcomes].map(messageIdOf));
  assert.equal(lab.sweeps.get(SWEEP)?.decidedCount, 1);
});

test('outcomes of blocks that a command adds wait for the command', () => {
  const { lab, folded, take } = newFold();
  take(submittedEntry());
  const outcomes = wholeAttempt('qemu-smp1/r3');
  for (const entry of outcomes) take(entry);
  assert.equal(folded.length, 1);
  const command = { kind: 'add-repetitions', count: 1 } as const;
  take({ type: 'commanded', sweep: SWEEP, id: 'one', atMs: 5, by: 'tester', command });
  assert.equal(folded.length, 2 + outcomes.length);
  assert.equal(lab.sweeps.get(SWEEP)?.decidedCount, 1);
});
