// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type BlockId,
  type KernelName,
  type LogEntry,
  messageIdOf,
  type RowId,
  type SweepCommand,
} from '@labsweep/proto';
import { summarize } from '../sweep-progress.js';
import { outcomeEntry, SWEEP, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { applyEntry } from './apply-entry.js';
import { emptyLabState, isEnded, type SweepState } from './lab-state.js';

const BLOCKS = ['qemu-smp1/r1', 'qemu-smp2/r1', 'qemu-smp1/r2', 'qemu-smp2/r2'];
const ALL = BLOCKS.flatMap((block) => wholeAttempt(block));
const FIRST = 'qemu-smp1/r1' as BlockId;

function commanded(command: SweepCommand, id = `${command.kind}-1`): LogEntry {
  return { type: 'commanded', sweep: SWEEP, id, atMs: 7, by: 'anna', command };
}

function fold(...entries: readonly LogEntry[]): SweepState {
  const lab = emptyLabState();
  for (const entry of [submittedEntry(), ...entries]) applyEntry(lab, entry);
  const sweep = lab.sweeps.get(SWEEP);
  assert(sweep);
  return sweep;
}

const stateOf = (...entries: readonly LogEntry[]) => summarize(fold(...entries)).state;

test('a sweep is paused, resumed and cancelled; cancelling is final', () => {
  const pause = commanded({ kind: 'pause' });
  const resume = commanded({ kind: 'resume' });
  const cancel = commanded({ kind: 'cancel' });
  assert.equal(stateOf(pause), 'paused');
  assert.equal(stateOf(pause, resume), 'running');
  assert.equal(stateOf(pause, cancel), 'cancelled');
  assert.equal(stateOf(cancel, resume), 'cancelled');
  assert.equal(fold(cancel, commanded({ kind: 'add-repetitions', count: 1 })).blocks.size, 4);
});

test('a command that comes twice is folded once, and one without its sweep not at all', () => {
  const lab = emptyLabState();
  const add = commanded({ kind: 'add-repetitions', count: 1 });
  assert.equal(applyEntry(lab, add), false);
  applyEntry(lab, submittedEntry());
  assert.equal(applyEntry(lab, add), true);
  assert.equal(applyEntry(lab, add), false);
  assert.equal(lab.sweeps.get(SWEEP)?.blocks.size, 6);
  assert.equal(lab.commands.ofSweep(SWEEP).length, 1);
});

test('a row is run anew: its decisions are open again, the other rows stay decided', () => {
  const sweep = fold(...ALL, commanded({ kind: 'rerun-row', row: 'qemu-smp1' as RowId }));
  assert.equal(isEnded(sweep), false);
  assert.equal(sweep.decidedCount, 2);
  assert.equal(sweep.settledCount, 4);
  assert.equal(sweep.blocks.get(FIRST)?.firstAttempt, 2);
  assert.equal(sweep.blocks.get(FIRST)?.earlier.length, 1, 'what was measured stays');
});

test('only attempts of the new round count, and stragglers of the old one are evidence', () => {
  const rerun = commanded({ kind: 'rerun-row', row: 'qemu-smp1' as RowId });
  const old = outcomeEntry(`${FIRST}/new`);
  const sweep = fold(outcomeEntry(`${FIRST}/old`), rerun, old);
  assert.equal(sweep.blocks.get(FIRST)?.decision, undefined);
  assert.deepEqual(sweep.blocks.get(FIRST)?.attempts, []);
  assert.equal(sweep.blocks.get(FIRST)?.earlier[0]?.outcomes.size, 2);
  const again = fold(...ALL, rerun, ...wholeAttempt(FIRST, { attempt: 2 }));
  assert.equal(again.blocks.get(FIRST)?.decision?.attempt, 2);
});

test('failed blocks get a new round of attempts; whole ones keep their decision', () => {
  const failing = [1, 2].flatMap((attempt) => [
    outcomeEntry(`${FIRST}/old`, { attempt }),
    outcomeEntry(`${FIRST}/new`, { attempt, status: 'subject-failed' }),
  ]);
  const rest = BLOCKS.slice(1).flatMap((block) => wholeAttempt(block));
  const entries = [...failing, ...rest];
  assert.equal(fold(...entries).blocks.get(FIRST)?.decision?.complete, false);
  const rerun = commanded({ kind: 'rerun-failed' });
  const sweep = fold(...entries, rerun);
  assert.equal(sweep.decidedCount, 3);
  assert.equal(sweep.blocks.get(FIRST)?.firstAttempt, 3);
  const mended = fold(...entries, rerun, ...wholeAttempt(FIRST, { attempt: 3 }));
  assert.equal(mended.blocks.get(FIRST)?.decision?.complete, true);
  assert.equal(isEnded(mended), true);
});

test('an ended sweep with more repetitions or another kernel is not ended', () => {
  const kernel = { name: 'third' as KernelName, source: 'file:c' };
  const sweep = fold(
    ...ALL,
    commanded({ kind: 'add-repetitions', count: 1 }),
    commanded({ kind: 'add-kernel', kernel }),
    commanded({ kind: 'add-kernel', kernel }, 'of-another-user'),
  );
  assert.equal(isEnded(sweep), false);
  assert.equal(sweep.blocks.size, 4 + 2 + 6, 'the same kernel is added once');
  assert.equal(sweep.kernels.length, 3);
  assert.equal(summarize(sweep).trialsTotal, 8 + 4 + 12);
});

test('what comes of a block that a stopped row has dropped is known, and counts for nothing', () => {
  const row = 'qemu-smp1' as RowId;
  const stop = commanded({ kind: 'stop-row', row, repetitions: 1, plannedRepetitions: 2 });
  const late = outcomeEntry('qemu-smp1/r2/old');
  for (const entries of [
    [stop, late],
    [late, stop],
  ]) {
    const lab = emptyLabState();
    for (const entry of [submittedEntry(), ...entries]) assert.ok(applyEntry(lab, entry));
    assert.equal(applyEntry(lab, late), false, 'it is folded once');
    assert.ok(lab.folded.has(messageIdOf(late)));
    const sweep = lab.sweeps.get(SWEEP);
    assert.deepEqual([sweep?.blocks.size, sweep?.plan.blocks.length], [3, 3]);
    assert.deepEqual([sweep?.settledCount, sweep?.decidedCount], [0, 0]);
  }
});
