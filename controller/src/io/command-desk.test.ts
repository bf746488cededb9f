// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a command is in the log once and is answered when it is folded. Method: the desk over the
 * real fold, with a log in memory that delivers when the test says so.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type LogEntry, readHistory, type SweepId, writeHistory } from '@labsweep/proto';
import { historyOf } from '../commands/history-of.js';
import { applyEntry } from '../fold/apply-entry.js';
import { emptyLabState } from '../fold/lab-state.js';
import type { SweepLoop } from '../sweep-loop.js';
import { summarize } from '../sweep-progress.js';
import { SWEEP, submittedEntry } from '../testing/lab-harness.js';
import { CommandDesk } from './command-desk.js';
import { isCommand, isOwn } from './command-matter.js';
import { Submission, type SubmissionParts } from './submission.js';
import { untilFolded } from './until-folded.js';

const HOOKS = { onProgress: () => {}, signal: new AbortController().signal };
const ID = 'command-1';

interface DeskOptions {
  readonly delivers: boolean;
  /** Settles when all is on the disk. */
  readonly kept?: Promise<void>;
}

function deskOver(options: DeskOptions = { delivers: true }) {
  const { kept } = options;
  const lab = emptyLabState();
  // No kernel of such a sweep has to be got.
  const { specText } = submittedEntry();
  const scripted = specText.replace('"qemu"', '"scripted"').replace('memory_mib = 512', '');
  applyEntry(lab, submittedEntry({ specText: scripted }));
  const log: LogEntry[] = [];
  const deliver = () => {
    for (const entry of log) applyEntry(lab, entry);
  };
  const loop = {
    sweep: (id: SweepId) => lab.sweeps.get(id),
    summaries: () => [...lab.sweeps.values()].map(summarize),
    commands: lab.commands,
    hosts: () => [{ host: 'id-a', hostName: 'box-a' }],
    kernelNames: () => ['old', 'new'],
  } as unknown as SweepLoop;
  const append = async (entry: LogEntry) => {
    log.push(entry);
    if (options.delivers) deliver();
    return log.length;
  };
  const artifacts = { defect: async () => undefined };
  const broker = { log: { append }, artifacts } as unknown as SubmissionParts['broker'];
  /** How often somebody waited until something was kept. */
  let waits = 0;
  const untilKept: SubmissionParts['untilKept'] = async (isFolded, awaited) => {
    waits += 1;
    await untilFolded(isFolded, awaited);
    await kept;
  };
  const parts = { broker, loop, cacheDirectory: '/nowhere', untilKept };
  const submission = new Submission(parts);
  const desk = new CommandDesk(parts, submission);
  return {
    desk,
    submission,
    log,
    deliver,
    waits: () => waits,
    history: () => historyOf(desk.find(SWEEP), lab.commands),
  };
}

const NO_DETAILS = { row: '', count: 0, kernel: '', source: '', files: {} };
const request = (kind: string, changes: object = {}) => ({
  ...NO_DETAILS,
  sweep: SWEEP as string,
  id: ID,
  by: 'anna',
  kind,
  ...changes,
});

test('a command is answered when it is folded, and not before', async () => {
  const { desk, log, deliver } = deskOver({ delivers: false });
  let isAnswered = false;
  const answered = desk.askSweep(request('pause'), HOOKS).then(() => {
    isAnswered = true;
  });
  await delay(30);
  assert.equal(log.length, 1);
  assert.equal(isAnswered, false);
  deliver();
  await answered;
});

test('nothing that was asked is answered before it is on the disk, nor what was asked before', async () => {
  let keep = () => {};
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  const { desk, submission, waits } = deskOver({ delivers: true, kept });
  const drain = { kind: 'drain', host: 'box-a', kernel: '', reason: '', id: ID, by: 'anna' };
  const cancel = request('cancel', { id: 'command-2' });
  let answered = 0;
  const ask = async (asked: Promise<unknown>) => {
    await asked;
    answered += 1;
  };
  const all = [ask(desk.askHost(drain)), ask(desk.askSweep(cancel, HOOKS))];
  await delay(20);
  // The same again, another cancel of what is cancelled, and a sweep that is there.
  const another = request('cancel', { id: 'command-3' });
  for (const each of [cancel, another]) all.push(ask(desk.askSweep(each, HOOKS)));
  all.push(ask(desk.askHost(drain)));
  const { sweep, seed, specPath, specText } = submittedEntry();
  const submitted = { sweep, seed, specPath, specText, files: {}, by: 'anna' };
  all.push(ask(submission.submit(submitted, HOOKS)));
  await delay(20);
  assert.deepEqual([waits(), answered], [6, 0]);
  keep();
  await Promise.all(all);
});

test('the same id again changes nothing, even where it could not be asked any longer', async () => {
  const { desk, log } = deskOver();
  const kernel = { kernel: 'third', source: 'file:x', count: 2 };
  await desk.askSweep(request('add-repetitions', kernel), HOOKS);
  await desk.askSweep(request('add-repetitions', kernel), HOOKS);
  await desk.askSweep(request('cancel', { id: 'command-2' }), HOOKS);
  await desk.askSweep(request('add-repetitions', kernel), HOOKS);
  const again = request('add-repetitions', { ...kernel, id: 'command-3' });
  await assert.rejects(desk.askSweep(again, HOOKS), /was cancelled, which is final/);
  await desk.askSweep(request('cancel', { id: 'command-4' }), HOOKS);
  assert.deepEqual(
    log.map((entry) => entry.type === 'commanded' && entry.command.kind),
    ['add-repetitions', 'cancel'],
  );
});

test('a command about a host is answered with what was decided, once', async () => {
  const { desk, log } = deskOver();
  const drain = { kind: 'drain', host: 'box-a', kernel: '', reason: '', id: ID, by: 'anna' };
  assert.deepEqual(await desk.askHost(drain), { kind: 'drain', host: 'id-a' });
  assert.deepEqual(await desk.askHost(drain), { kind: 'drain', host: 'id-a' });
  assert.equal(log.length, 1);
});

test('a user who is called labsweep is told apart from what labsweep decides', async () => {
  const { desk, log } = deskOver();
  await desk.askSweep(request('pause', { by: 'labsweep' }), HOOKS);
  const drain = { kind: 'drain', host: 'box-a', kernel: '', reason: '', id: ID, by: 'labsweep' };
  await desk.askHost(drain);
  for (const entry of log) {
    assert(isCommand(entry));
    assert.equal(entry.by, 'labsweep (user)');
    assert.equal(isOwn(entry), false);
  }
  assert.equal(log.length, 2);
});

test('a sweep that is not there and an id that is none are refused', async () => {
  const { desk, log } = deskOver();
  const unknown = request('pause', { sweep: 'windw-1a2b3c4d' });
  await assert.rejects(desk.askSweep(unknown, HOOKS), /did you mean `window-1a2b3c4d`/);
  await assert.rejects(desk.askSweep(request('pause', { id: 'a b' }), HOOKS), /'a b' cannot be/);
  assert.deepEqual(log, []);
});

test('of two users who add a kernel of one name at once, one is refused', async () => {
  const add = (desk: CommandDesk, id: string) =>
    desk.askSweep(request('add-kernel', { id, kernel: 'third', source: 'file:x' }), HOOKS);
  const taken = /has a kernel `third` already/;
  const { desk, log } = deskOver();
  const first = add(desk, 'command-1');
  await assert.rejects(add(desk, 'command-2'), taken);
  await first;
  assert.equal(log.length, 1);
  // The log may have both before either is folded.
  const slow = deskOver({ delivers: false });
  const one = add(slow.desk, 'command-1');
  const other = assert.rejects(add(slow.desk, 'command-2'), taken);
  while (slow.log.length < 2) await delay(1);
  slow.deliver();
  await Promise.all([one, other]);
  await assert.rejects(add(slow.desk, 'command-2'), taken, 'asked again');
});

test('what comes behind a cancel in the log is refused, although it is in the log', async () => {
  const { desk, log, deliver, history } = deskOver({ delivers: false });
  const cancel = desk.askSweep(request('cancel'), HOOKS);
  const more = request('add-repetitions', { id: 'command-2', count: 1 });
  const refused = assert.rejects(desk.askSweep(more, HOOKS), /was cancelled, which is final/);
  while (log.length < 2) await delay(1);
  deliver();
  await Promise.all([cancel, refused]);
  const { entries, withoutEffect } = readHistory(writeHistory(history()));
  assert.deepEqual(
    entries.map(({ type }) => type),
    ['submitted', 'commanded', 'commanded'],
  );
  assert.deepEqual([...withoutEffect], ['command-2'], 'and is told as what changed nothing');
});
