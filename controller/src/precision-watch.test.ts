// SPDX-License-Identifier: Apache-2.0
/** Rows stop when they are as precise as the spec asks, and their time goes to the others. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BlockId, HostId, LeaseId, LogEntry, RowId } from '@labsweep/proto';
import { decisionEntry } from './decision-entry.js';
import { isEnded } from './fold/lab-state.js';
import { REATTACH_MAX_MS } from './schedule/awaited-hosts.js';
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

/** What makes the first row precise. */
const ENOUGH = [1, 2, 3, 4, 5, 6, 7].flatMap((n) => block('qemu-smp1', n, [100 + n, 150 + n]));
const EIGHTH = { sweep: SWEEP, block: 'qemu-smp1/r8' as BlockId, attempt: 1, epoch: 1 };
const HELD = { ...EIGHTH, lease: 'lease-x' as LeaseId, environment: 'qemu-tcg' as const };
const B = 'host-b' as HostId;
const JOINED: LogEntry = {
  type: 'host-joined',
  sweep: SWEEP,
  atMs: 1,
  host: B,
  hostName: 'host-b',
  session: 's',
  facts: {},
  supports: [],
  permissions: [],
};

function stopsOf(lab: ScheduleLab): LogEntry[] {
  return lab
    .decide()
    .flatMap((decision) => (decision.kind === 'stop-row' ? [decisionEntry(decision, 1)] : []));
}

function moreRepetitions(count: number): LogEntry {
  const command = { kind: 'add-repetitions' as const, count };
  return { type: 'commanded', sweep: SWEEP, id: 'more', atMs: 2, by: 'anna', command };
}

test('a controller that starts anew counts what hosts hold that are still to come back', () => {
  const lab = ScheduleLab.begun(PRECISE, JOINED, ...ENOUGH);
  assert.deepEqual(stopsOf(lab), []);
  lab.come('host-b');
  assert.equal(lab.scheduler.keep(B, HELD, 0), undefined);
  const [stop] = stopsOf(lab);
  assert(stop?.type === 'commanded' && stop.command.kind === 'stop-row');
  assert.equal(stop.command.repetitions, 8);
  const late = ScheduleLab.begun(PRECISE, JOINED, ...ENOUGH).pass(REATTACH_MAX_MS);
  late.fold(...stopsOf(late)).come('host-b');
  assert.equal(late.scheduler.keep(B, HELD, late.nowMs), 'the block is no longer wanted');
});

test('a host whose block a stopped row drops is told, also when the sweep ends by that', () => {
  const [stop] = stopsOf(ScheduleLab.begun(PRECISE, ...ENOUGH));
  assert(stop);
  const others = Array.from({ length: 12 }, (_, n) => block('qemu-smp2', n + 1, [1, 1 + n]));
  for (const rest of [[], others.flat()]) {
    const lab = ScheduleLab.begun(PRECISE, ...ENOUGH, ...rest).come('host-b');
    assert.equal(lab.scheduler.keep(B, HELD, 0), undefined);
    lab.fold(stop);
    assert.equal(isEnded(stateOf(lab)), rest.length > 0);
    assert.deepEqual(lab.revoked(), ['host-b: the row is precise enough without the block']);
    assert.equal(lab.scheduler.leases.ofHost(B), undefined);
  }
});

test('repetitions that are added while a row stops are kept; what it drops goes to nobody', () => {
  const others = Array.from({ length: 12 }, (_, n) => block('qemu-smp2', n + 1, [1, 1 + n]));
  const lab = ScheduleLab.begun(PRECISE, ...ENOUGH, ...others.flat()).come('host-a');
  const stops = stopsOf(lab);
  assert.equal(stops.length, 1);
  lab.fold(moreRepetitions(2));
  assert.deepEqual(lab.granted(), ['host-a qemu-smp2/r13 a1']);
  lab.fold(...stops).come('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r13 a1']);
  const { blocks } = stateOf(lab);
  const kept = [...blocks.keys()].filter((id) => id.startsWith('qemu-smp1/'));
  assert.deepEqual(
    kept,
    [1, 2, 3, 4, 5, 6, 7, 13, 14].map((n) => `qemu-smp1/r${n}`),
  );
});

test('a row that has stopped can be run anew', () => {
  const lab = ScheduleLab.begun(PRECISE, ...ENOUGH).come('host-a');
  lab.fold(...stopsOf(lab));
  const command = { kind: 'rerun-row' as const, row: 'qemu-smp1' as RowId };
  lab.fold({ type: 'commanded', sweep: SWEEP, id: 'again', atMs: 2, by: 'anna', command });
  lab.come('host-b');
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r1 a2']);
});

test('a controller that starts anew stops the row that it finds precise', () => {
  const lab = ScheduleLab.begun(PRECISE, ...ENOUGH);
  const stops = lab.decide().filter(({ kind }) => kind === 'stop-row');
  const row = 'qemu-smp1';
  const counts = { repetitions: 7, plannedRepetitions: 12 };
  assert.deepEqual(stops, [{ kind: 'stop-row', sweep: SWEEP, row, ...counts }]);
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
