// SPDX-License-Identifier: Apache-2.0
/**
 * A controller that takes over does with a row that is precise what the one before would have done:
 * what a user has asked for since is run. And it looks at each row once, however long the log is.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { LogEntry, RowId, SweepCommand } from '@labsweep/proto';
import { decisionEntry } from './decision-entry.js';
import { outcomeEntry, SWEEP, submittedEntry } from './testing/lab-harness.js';
import { ScheduleLab } from './testing/schedule-lab.js';

const ROW = 'qemu-smp1' as RowId;

function precise(repetitions: number): LogEntry {
  const submitted = submittedEntry();
  const asked = `repetitions = ${repetitions}\nrepetitions_min = 7\nprecision = "2%"`;
  const specText = submitted.specText
    .replace('repetitions = 2', asked)
    .replace('smp = [1, 2]', 'smp = [1]');
  return { ...submitted, specText };
}

/** A whole attempt whose ratio is the same in all blocks. */
function outcomes(block: string, attempt: number): LogEntry[] {
  const repetition = Number(block.split('/r')[1]);
  return ['old', 'new'].map((kernel, index) => {
    const entry = outcomeEntry(`${block}/${kernel}`, { attempt });
    const values = { ns: (100 + repetition) * (1 + index / 2) };
    const sample = { scenario: 'toggle', line: 'result' as const, values, texts: {} };
    return { ...entry, outcome: { ...entry.outcome, samples: [sample] } };
  });
}

/** Runs what is handed out until nothing is, and tells it in the order in which it was decided. */
function runOut(lab: ScheduleLab, log: LogEntry[]): string[] {
  const done: string[] = [];
  for (let idleSeconds = 0; idleSeconds < 10; idleSeconds += 1) {
    for (const decision of lab.decide()) {
      const entries: LogEntry[] = [];
      if (decision.kind === 'stop-row') {
        entries.push(decisionEntry(decision, 1));
        done.push(`stop at ${decision.repetitions} of ${decision.plannedRepetitions}`);
      } else if (decision.kind === 'grant') {
        entries.push(...outcomes(decision.block, decision.attempt));
        done.push(decision.block.replace(`${ROW}/`, ''));
      }
      log.push(...entries);
      lab.fold(...entries);
      if (decision.kind === 'grant' && lab.scheduler.leases.ofHost(decision.host)) {
        lab.end(decision.host);
      }
      idleSeconds = 0;
    }
    lab.pass(1_000);
  }
  return done;
}

const SEVEN = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'];
const CASES: readonly (readonly [string, number, SweepCommand, readonly string[]])[] = [
  [
    'repetitions that were added',
    12,
    { kind: 'add-repetitions', count: 5 },
    ['r13', 'stop at 13 of 17'],
  ],
  ['a row to run anew that was whole', 7, { kind: 'rerun-row', row: ROW }, SEVEN],
  ['a row to run anew that had stopped', 12, { kind: 'rerun-row', row: ROW }, SEVEN],
];

for (const [what, repetitions, command, then] of CASES) {
  test(`a takeover does not take back ${what}`, () => {
    const log: LogEntry[] = [precise(repetitions)];
    const first = ScheduleLab.begun(...log).come('host-a');
    const before = runOut(first, log);
    const isStopped = repetitions > SEVEN.length;
    assert.deepEqual(before, isStopped ? [...SEVEN, `stop at 7 of ${repetitions}`] : SEVEN);
    const asked: LogEntry = { type: 'commanded', sweep: SWEEP, id: 'a', atMs: 2, by: 'u', command };
    log.push(asked);
    const other = ScheduleLab.begun(...log).come('host-a');
    assert.deepEqual(runOut(other, [...log]), then, 'one that takes over');
    first.fold(asked);
    assert.deepEqual(runOut(first, log), then, 'the one that was there');
  });
}

test('rows are looked at when somebody decides, and once, and not while the log is read', () => {
  const log: LogEntry[] = [precise(400)];
  for (let n = 1; n <= 400; n += 1) log.push(...outcomes(`${ROW}/r${n}`, 1));
  const lab = new ScheduleLab();
  let looks = 0;
  const { isPrecise } = lab.watch;
  lab.watch.isPrecise = (...asked) => {
    looks += 1;
    return isPrecise.apply(lab.watch, asked);
  };
  lab.fold(...log.slice(0, -2));
  assert.equal(looks, 0);
  lab.scheduler.begin(0);
  lab.decide();
  lab.decide();
  assert.equal(looks, 1);
});
