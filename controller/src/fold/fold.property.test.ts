// SPDX-License-Identifier: Apache-2.0
/** The compact fold says of random logs what a plain one says that keeps everything. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type HostId,
  type LogEntry,
  messageIdOf,
  type Outcome,
  type RowId,
  type SeededRandom,
  type SweepCommand,
  seededRandom,
  type TrialEnded,
} from '@labsweep/proto';
import { outcomeEntry, SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { NaiveFold, type NaiveRules } from '../testing/naive-fold.js';
import { testSeed } from '../testing/test-seed.js';
import { applyEntry } from './apply-entry.js';
import { emptyLabState, isSettled, type LabState } from './lab-state.js';

const LOGS = 60;
const ENTRIES = 160;
const ROWS = ['qemu-smp1', 'qemu-smp2'];
const KERNELS = ['old', 'new'];
const STATUSES: readonly Outcome['status'][] = ['measured', 'subject-failed', 'lab-failed'];

const pick = <Item>(random: SeededRandom, items: readonly Item[]) =>
  items[random.nextBelow(items.length)] as Item;

function randomOutcome(random: SeededRandom): TrialEnded {
  // Some name a block or a kernel that nobody planned.
  const block = `${pick(random, ROWS)}/r${1 + random.nextBelow(4)}`;
  const kernel = random.nextBelow(20) === 0 ? 'other' : pick(random, KERNELS);
  return outcomeEntry(`${block}/${kernel}`, {
    attempt: 1 + random.nextBelow(5),
    host: `host-${random.nextBelow(3)}` as HostId,
    status: pick(random, STATUSES),
  });
}

function randomCommand(random: SeededRandom): LogEntry {
  const row = pick(random, ROWS) as RowId;
  const commands: readonly SweepCommand[] = [
    { kind: 'pause' },
    { kind: 'resume' },
    { kind: 'rerun-failed' },
    { kind: 'rerun-row', row },
    { kind: 'add-repetitions', count: 1 },
    ...(random.nextBelow(20) === 0 ? [{ kind: 'cancel' as const }] : []),
  ];
  const command = pick(random, commands);
  // Now and then the same command comes again.
  const id = `${command.kind} ${random.nextBelow(3)}`;
  return { type: 'commanded', sweep: SWEEP, id, atMs: 1, by: 'tester', command };
}

function randomLog(random: SeededRandom): LogEntry[] {
  const log: LogEntry[] = [];
  while (log.length < ENTRIES) {
    const kind = random.nextBelow(20);
    if (kind === 0) log.push(randomCommand(random));
    else if (kind < 4 && log.length > 0) log.push(pick(random, log));
    else log.push(randomOutcome(random));
  }
  return log;
}

function submittedUnder({ rerun, labFailuresMax }: NaiveRules): LogEntry {
  const submitted = submittedEntry();
  const schedule = `[schedule]\nrerun = ${rerun}\nlab_failures_max = ${labFailuresMax}\n`;
  return { ...submitted, specText: `${submitted.specText}\n${schedule}` };
}

function rulesOf(random: SeededRandom): NaiveRules {
  const limits = { rerun: random.nextBelow(3), labFailuresMax: 1 + random.nextBelow(6) };
  return { rows: ROWS, kernels: KERNELS, repetitions: 2, ...limits };
}

/** All that the two have in common, as plain values. */
function seenIn(lab: LabState) {
  const sweep = lab.sweeps.get(SWEEP);
  assert(sweep);
  const blocks = [...sweep.blocks.values()].map((block) => {
    const trials = block.planned.trials.map(({ id }) => id);
    const settled = trials.filter((id) => isSettled(block, id)).toSorted();
    return [block.planned.id, { decision: block.decision, settled }] as const;
  });
  const { decidedCount, settledCount, isPaused } = sweep;
  const isCancelled = sweep.cancelledAtMs !== undefined;
  return { blocks: new Map(blocks), decidedCount, settledCount, isPaused, isCancelled };
}

function seenNaively(naive: NaiveFold): ReturnType<typeof seenIn> {
  const { blocks: all, isPaused, isCancelled } = naive.sweep();
  const blocks = [...all].map(([id, { decision, settled }]) => {
    return [id as never, { decision, settled: [...settled].toSorted() as never[] }] as const;
  });
  const decidedCount = blocks.filter(([, { decision }]) => decision !== undefined).length;
  const settledCount = blocks.reduce((sum, [, { settled }]) => sum + settled.length, 0);
  return { blocks: new Map(blocks), decidedCount, settledCount, isPaused, isCancelled };
}

test('the fold equals one that keeps everything, entry by entry', (context) => {
  const seed = testSeed(context);
  for (let number = 0; number < LOGS; number += 1) {
    const random = seededRandom({ seed, purpose: `fold ${number}` });
    const rules = rulesOf(random);
    const lab = emptyLabState();
    const naive = new NaiveFold(rules);
    applyEntry(lab, submittedUnder(rules));
    for (const [index, entry] of randomLog(random).entries()) {
      applyEntry(lab, entry);
      naive.take(entry);
      assert.deepEqual(seenIn(lab), seenNaively(naive), `log ${number}, entry ${index}`);
    }
  }
});

test('a decision stands, whatever comes late, until a command takes it back', (context) => {
  const seed = testSeed(context);
  for (let number = 0; number < LOGS; number += 1) {
    const random = seededRandom({ seed, purpose: `stands ${number}` });
    const lab = emptyLabState();
    applyEntry(lab, submittedUnder(rulesOf(random)));
    let before = seenIn(lab);
    for (const entry of randomLog(random)) {
      applyEntry(lab, entry);
      const after = seenIn(lab);
      for (const [id, { decision }] of before.blocks) {
        if (decision === undefined || entry.type === 'commanded') continue;
        assert.equal(after.blocks.get(id)?.decision, decision, `${id} of log ${number}`);
      }
      before = after;
    }
  }
});

test('entries that come again change nothing, and each outcome is known by its id', (context) => {
  const seed = testSeed(context);
  for (let number = 0; number < LOGS; number += 1) {
    const random = seededRandom({ seed, purpose: `again ${number}` });
    const lab = emptyLabState();
    const submitted = submittedUnder(rulesOf(random));
    const log = [submitted, ...randomLog(random)];
    const folded = log.filter((entry) => applyEntry(lab, entry));
    const seen = seenIn(lab);
    const planned = new Set(
      [...(lab.sweeps.get(SWEEP)?.blocks.values() ?? [])].flatMap(({ planned: { trials } }) =>
        trials.map(({ id }) => id),
      ),
    );
    for (const entry of folded) {
      assert.equal(applyEntry(lab, entry), false, messageIdOf(entry));
      if (entry.type !== 'trial-ended') continue;
      assert.ok(planned.has(entry.trial));
      assert.ok(lab.folded.has(messageIdOf(entry)));
      const other = { ...entry, host: 'host-9' as HostId };
      assert.ok(!lab.folded.has(messageIdOf(other)));
    }
    assert.deepEqual(seenIn(lab), seen);
  }
});

test('without commands every order of the outcomes settles the same trials', (context) => {
  const seed = testSeed(context);
  for (let number = 0; number < LOGS; number += 1) {
    const random = seededRandom({ seed, purpose: `order ${number}` });
    const rules = rulesOf(random);
    const outcomes = new Map<string, TrialEnded>();
    for (let count = 0; count < ENTRIES; count += 1) {
      const entry = randomOutcome(random);
      if (!outcomes.has(messageIdOf(entry))) outcomes.set(messageIdOf(entry), entry);
    }
    const one = foldAll(rules, [...outcomes.values()]);
    const other = foldAll(rules, shuffled(random, [...outcomes.values()]));
    assert.equal(other.settledCount, one.settledCount);
    for (const [id, { settled, decision }] of one.blocks) {
      assert.deepEqual(other.blocks.get(id)?.settled, settled);
      // Which attempt counts may differ between logs, but not that one does; unless a block looks
      // at the failures of its row, which come in another order.
      const isOpen = other.blocks.get(id)?.decision === undefined;
      if (rules.labFailuresMax === 1) assert.equal(isOpen, decision === undefined, id);
    }
  }
});

function foldAll(rules: NaiveRules, entries: readonly LogEntry[]) {
  const lab = emptyLabState();
  for (const entry of [submittedUnder(rules), ...entries]) applyEntry(lab, entry);
  return seenIn(lab);
}

function shuffled<Item>(random: SeededRandom, items: readonly Item[]): Item[] {
  const rest = [...items];
  const result: Item[] = [];
  while (rest.length > 0) result.push(...rest.splice(random.nextBelow(rest.length), 1));
  return result;
}
