// SPDX-License-Identifier: Apache-2.0
/** Rows stop when they are as precise as the spec asks, and their time goes to the others. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { LogEntry } from '@labsweep/proto';
import { decisionEntry } from './decision-entry.js';
import { isEnded } from './fold/lab-state.js';
import { outcomeEntry, SWEEP, submittedEntry } from './testing/lab-harness.js';
import { ScheduleLab } from './testing/schedule-lab.js';

const SUBMITTED = submittedEntry();
const PRECISE = submittedEntry({
  specText: SUBMITTED.specText.replace(
    'repetitions = 2',
    'repetitions = 12\nrepetitions_min = 7\nprecision = "2%"',
  ),
});

/** A whole block whose two kernels have these values. */
function block(row: string, repetition: number, values: readonly [number, number]): LogEntry[] {
  return ['old', 'new'].map((kernel, index) => {
    const entry = outcomeEntry(`${row}/r${repetition}/${kernel}`);
    const sample = {
      scenario: 'toggle',
      line: 'result' as const,
      values: { ns: values[index] ?? 0 },
      texts: {},
    };
    return { ...entry, outcome: { ...entry.outcome, samples: [sample] } };
  });
}

/** Runs blocks as they are handed out; the first row is steady and the second is not. */
function runAll(lab: ScheduleLab, blocksMax: number): string[] {
  const ran: string[] = [];
  while (ran.length < blocksMax) {
    const decisions = lab.decide();
    assert.notEqual(decisions.length, 0, `nothing to do after ${ran.join(', ')}`);
    for (const decision of decisions) {
      if (decision.kind === 'stop-row') {
        lab.fold(decisionEntry(decision, 1));
        ran.push(`stop ${decision.row} ${decision.repetitions}`);
      }
      if (decision.kind === 'grant') {
        const [row = '', repetition = ''] = decision.block.split('/r');
        const n = Number(repetition);
        const wide = row === 'qemu-smp2' ? 40 * (n % 2) : 0;
        lab.fold(...block(row, n, [100 + n, (100 + n) * 1.5 + wide])).end(decision.host);
        ran.push(decision.block);
      }
    }
    if (isEnded(stateOf(lab))) break;
  }
  return ran;
}

function stateOf(lab: ScheduleLab) {
  const sweep = lab.state.sweeps.get(SWEEP);
  assert(sweep);
  return sweep;
}

test('a steady row stops after the least number of blocks, and the sweep ends without it', () => {
  const lab = ScheduleLab.begun(PRECISE).come('host-a');
  const ran = runAll(lab, 100);
  assert.deepEqual(
    ran.filter((each) => each.startsWith('stop')),
    ['stop qemu-smp1 7'],
  );
  assert.equal(ran.filter((each) => each.startsWith('qemu-smp1/')).length, 7);
  assert.equal(ran.filter((each) => each.startsWith('qemu-smp2/')).length, 12);
  assert.ok(isEnded(stateOf(lab)));
  assert.equal(stateOf(lab).plan.trialCount, 2 * (7 + 12));
});

test('a controller that starts anew stops the row that it finds precise', () => {
  const before = [1, 2, 3, 4, 5, 6, 7].flatMap((n) => block('qemu-smp1', n, [100 + n, 150 + n]));
  const lab = ScheduleLab.begun(PRECISE, ...before);
  const stops = lab.decide().filter(({ kind }) => kind === 'stop-row');
  assert.deepEqual(stops, [{ kind: 'stop-row', sweep: SWEEP, row: 'qemu-smp1', repetitions: 7 }]);
});

test('repetitions that are added later are run, although the row had stopped', () => {
  const lab = ScheduleLab.begun(PRECISE).come('host-a');
  runAll(lab, 100);
  const command = { kind: 'add-repetitions' as const, count: 1 };
  lab.fold({ type: 'commanded', sweep: SWEEP, id: 'more', atMs: 2, by: 'anna', command });
  assert.deepEqual(
    lab.granted(),
    ['host-a qemu-smp1/r13 a1'],
    'numbers of dropped blocks are not used again',
  );
});

test('a row of a finished sweep that gets more blocks is judged with those that it had', () => {
  const lab = ScheduleLab.begun(PRECISE).come('host-a');
  runAll(lab, 100);
  assert.ok(isEnded(stateOf(lab)));
  const command = { kind: 'add-repetitions' as const, count: 20 };
  lab.fold({ type: 'commanded', sweep: SWEEP, id: 'more', atMs: 2, by: 'anna', command });
  const after = runAll(lab, 100);
  assert.ok(isEnded(stateOf(lab)));
  assert.equal(after.filter((each) => each.startsWith('qemu-smp1/')).length, 1);
  assert.ok(after.includes('stop qemu-smp1 13'), 'by itself one new block could stop nothing');
});

test('the values of a cancelled sweep are dropped, by a controller that starts anew as well', () => {
  const cancelled: LogEntry = { type: 'cancelled', sweep: SWEEP, atMs: 5, by: 'anna' };
  const lab = ScheduleLab.begun(PRECISE).fold(...block('qemu-smp1', 1, [100, 150]));
  assert.ok(lab.watch.keepsValuesOf(SWEEP));
  lab.fold(cancelled);
  assert.ok(!lab.watch.keepsValuesOf(SWEEP));
  lab.fold(...block('qemu-smp1', 2, [100, 150]));
  assert.ok(!lab.watch.keepsValuesOf(SWEEP), 'a straggler brings nothing back');
  const anew = ScheduleLab.begun(PRECISE, ...block('qemu-smp1', 1, [100, 150]), cancelled);
  assert.ok(!anew.watch.keepsValuesOf(SWEEP));
});

test('a row whose kernel never has a value gets all its blocks', () => {
  const lab = ScheduleLab.begun(PRECISE);
  for (let n = 1; n <= 8; n += 1) {
    lab.fold(outcomeEntry(`qemu-smp1/r${n}/old`), outcomeEntry(`qemu-smp1/r${n}/new`));
  }
  assert.deepEqual(lab.decide(), []);
});
