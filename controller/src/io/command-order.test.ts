// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a lost command comes back unless somebody has asked otherwise since. Method: one that is
 * lost, and those of the log behind it.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type HostCommand,
  type LogEntry,
  messageIdOf,
  type ResolvedKernel,
  type RowId,
  type SweepCommand,
  type SweepId,
} from '@labsweep/proto';
import { OWN_NAME } from '../decision-entry.js';
import { type Command, isCommand } from './command-matter.js';
import { CommandOrder } from './command-order.js';

let made = 0;

const header = (by: string) => {
  made += 1;
  return { id: `command-${made}`, atMs: made, by };
};

function ofSweep(command: SweepCommand, by = 'anna', sweep = 'night'): Command {
  return { type: 'commanded', sweep: sweep as SweepId, ...header(by), command };
}

const ofHost = (command: object, by = 'anna'): Command => {
  return { type: 'host-commanded', ...header(by), command: command as HostCommand };
};

const host = (kind: string, target: object, by?: string) => ofHost({ kind, ...target }, by);
const drain = (name: string) => host('drain', { host: name });
const undrain = (name: string) => host('undrain', { host: name });
const aside = (target: object, by?: string) => host('quarantine', { reason: 'r', ...target }, by);
const release = (target: object) => host('release', target);
const PAUSE = { kind: 'pause' } as const;
const RESUME = { kind: 'resume' } as const;
const CANCEL = { kind: 'cancel' } as const;
const A = { host: 'box-a' };
const B = { host: 'box-b' };
const K1 = { kernel: 'k1' };
const K2 = { kernel: 'k2' };

function stopRow(row: string, repetitions = 3): Command {
  const command = { kind: 'stop-row' as const, row: row as RowId, repetitions };
  return ofSweep({ ...command, plannedRepetitions: 9 }, OWN_NAME);
}

/** Which of the newer ones keeps the lost one away. */
function outdating(lost: Command, ...newer: readonly Command[]): Command | undefined {
  const order = new CommandOrder();
  for (const entry of [lost, ...newer]) order.saw(entry);
  const inLog = new Set(newer.map(messageIdOf));
  return order.outdating(lost, (id) => inLog.has(id));
}

/** It comes back behind each of them. */
function comesBack(lost: Command, ...newer: readonly Command[]): void {
  for (const each of newer) {
    const why = `${JSON.stringify(lost)} behind ${JSON.stringify(each)}`;
    assert.equal(outdating(lost, each), undefined, why);
  }
}

/** Each of them keeps it away. */
function staysAway(lost: Command, ...newer: readonly Command[]): void {
  for (const each of newer) {
    const why = `${JSON.stringify(lost)} behind ${JSON.stringify(each)}`;
    assert.equal(outdating(lost, each), each, why);
  }
}

test('what labsweep decides by itself keeps nothing away that a user asked', () => {
  const automatic = [A, K1, { ...A, ...K1 }].map((target) => aside(target, OWN_NAME));
  comesBack(drain('box-a'), ...automatic);
  comesBack(undrain('box-a'), ...automatic);
  for (const target of [A, K1, { ...A, ...K1 }]) {
    comesBack(aside(target), ...automatic);
    comesBack(release(target), ...automatic);
  }
  for (const asked of [PAUSE, RESUME, CANCEL]) comesBack(ofSweep(asked), stopRow('qemu-smp1'));
});

test('drain and undrain meet for one host, and nothing else does', () => {
  staysAway(drain('box-a'), undrain('box-a'), drain('box-a'));
  staysAway(undrain('box-a'), drain('box-a'), undrain('box-a'));
  comesBack(drain('box-a'), undrain('box-b'), drain('box-b'), aside(A), release(A), release(K1));
  comesBack(aside(A), drain('box-a'), undrain('box-a'));
  comesBack(release(K1), undrain('box-a'));
});

test('quarantine and release meet where host and kernel do; an absent one stands for all', () => {
  const pair = { ...A, ...K1 };
  for (const [lost, contrary] of [
    [aside, release],
    [release, aside],
  ] as const) {
    staysAway(lost(A), contrary(A), contrary(pair), contrary(K1));
    staysAway(lost(pair), contrary(A), contrary(pair), contrary(K1));
    comesBack(lost(A), contrary(B), contrary({ ...B, ...K1 }));
    comesBack(lost(K1), contrary(K2), contrary({ ...A, ...K2 }));
    comesBack(lost(pair), contrary(B), contrary(K2), contrary({ ...A, ...K2 }));
    comesBack(lost(pair), contrary({ ...B, ...K1 }));
    // What asks for less, or for more, does not stand for it.
    staysAway(lost(pair), lost(pair));
    comesBack(lost(pair), lost(A), lost(K1));
    comesBack(lost(A), lost(pair), lost(B));
    comesBack(lost(K1), lost(pair));
  }
});

test('what was decided by labsweep is kept away by who asked otherwise, and by itself again', () => {
  const automatic = aside({ ...A, ...K1 }, OWN_NAME);
  staysAway(automatic, release(A), release(K1), aside({ ...A, ...K1 }));
  staysAway(automatic, aside({ ...A, ...K1 }, OWN_NAME));
  comesBack(automatic, release(B), drain('box-a'), aside({ ...A, ...K2 }, OWN_NAME));
});

const ADDS: readonly SweepCommand[] = [
  { kind: 'rerun-failed' },
  { kind: 'rerun-row', row: 'qemu-smp1' as RowId },
  { kind: 'add-repetitions', count: 2 },
  { kind: 'add-kernel', kernel: { name: 'third', source: 'file:x' } as ResolvedKernel },
];

test('what is asked of a sweep meets, but work that is added comes back always', () => {
  const all = [PAUSE, RESUME, CANCEL, ...ADDS];
  for (const state of [PAUSE, RESUME, CANCEL]) {
    staysAway(ofSweep(state), ...all.map((asked) => ofSweep(asked, 'ben')));
    comesBack(ofSweep(state), ...all.map((asked) => ofSweep(asked, 'ben', 'noon')));
    comesBack(ofSweep(state), drain('box-a'), release(K1));
  }
  for (const add of ADDS) comesBack(ofSweep(add), ...all.map((asked) => ofSweep(asked)));
});

test('the end of a row comes back unless it was decided anew, or a user asked for anything', () => {
  const stop = stopRow('qemu-smp1');
  comesBack(stop, stopRow('qemu-smp2'), ofSweep(PAUSE, 'anna', 'noon'), drain('box-a'));
  staysAway(stop, stopRow('qemu-smp1', 5), ofSweep(PAUSE), ofSweep(ADDS[2] as SweepCommand));
});

test('only what is in the log and came later counts, and of that the newest', () => {
  const order = new CommandOrder();
  const [before, lost, between, lostToo] = [
    undrain('box-a'),
    drain('box-a'),
    undrain('box-a'),
    undrain('box-a'),
  ];
  for (const entry of [before, lost, between, lostToo]) order.saw(entry);
  const inLog = (...entries: readonly Command[]) => {
    const ids = entries.map(messageIdOf);
    return (id: string) => ids.includes(id);
  };
  assert.equal(order.outdating(lost, inLog(before)), undefined);
  assert.equal(order.outdating(lost, inLog(before, between)), between);
  // Asked for again in the end: nobody misses the first one.
  const again = drain('box-a');
  order.saw(again);
  assert.equal(order.outdating(lost, inLog(before, between, again)), again);
});

test('a command is new once, and again when it was given up', () => {
  const order = new CommandOrder();
  const [pause, resume] = [ofSweep(PAUSE), ofSweep(RESUME)];
  assert.ok(isCommand(pause));
  assert.deepEqual(
    [order.saw(pause), order.saw(resume), order.saw(pause)],
    [pause, resume, undefined],
  );
  const isInLog = () => true;
  assert.equal(order.outdating(pause, isInLog), resume);
  order.forget(pause);
  assert.equal(order.saw(pause), pause);
  assert.equal(order.outdating(pause, isInLog), undefined, 'it is the newest now');
  const other = { type: 'host-announced' } as unknown as LogEntry;
  assert.equal(isCommand(other), false);
});
