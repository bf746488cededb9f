// SPDX-License-Identifier: Apache-2.0
/** Goal: what a log has lost comes back in its order. Method: a log in memory. */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { HostId, LogEntry, RowId, SweepCommand, SweepId } from '@labsweep/proto';
import { LogWriter } from './log-writer.js';

const SWEEP = 'night-1a2b3c4d' as SweepId;
const MINUTE_MS = 60_000;

const FULL = Object.assign(new Error('full'), { api_error: { err_code: 10077, description: '' } });
const OTHER = 'noon-5e6f7a8b' as SweepId;

function command(id: string, asked: SweepCommand, sweep = SWEEP): LogEntry {
  return { type: 'commanded', sweep, id, atMs: 1, by: 'tester', command: asked };
}

function newWriter(context: TestContext) {
  const stop = new AbortController();
  context.after(() => stop.abort());
  const world = {
    nowMs: 0,
    log: [] as string[],
    /** So many entries are taken; then the log is away. */
    takesMax: Number.POSITIVE_INFINITY,
    isFull: false,
    /** False: all sleep is over at once. */
    isPatient: true,
  };
  const notes: string[] = [];
  const has = (id: string) => world.log.includes(id);
  const writer = new LogWriter({
    log: {
      append: async (entry) => {
        await turn();
        if (world.isFull) throw FULL;
        if (world.takesMax === 0) throw Object.assign(new Error('away'), { code: 'TIMEOUT' });
        world.takesMax -= 1;
        const id = 'command' in entry ? entry.id : entry.type;
        if (!has(id)) world.log.push(id);
        return world.log.length;
      },
    },
    monotonicMs: () => world.nowMs,
    sleep: async (durationMs, signal) => {
      const isLong = durationMs > MINUTE_MS / 10;
      while (isLong && world.isPatient && !signal.aborted) await turn();
      await turn();
    },
    onTrouble: () => {},
    note: (text) => notes.push(text),
    signal: stop.signal,
  });
  const isInLog = (messageId: string) => has(messageId.split('/').at(-1) ?? '');
  const begin = () => writer.begin(isInLog);
  begin();
  /** What is said of commands that do not come back. */
  const told = () => writer.notRestored((host) => host.replace('id-of-', ''));
  return { world, writer, begin, isInLog, notes, told };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await turn();
}

/** The next reign, after the log was folded from its start. */
function reignAnew({ world, writer, begin }: ReturnType<typeof newWriter>, log: string[]): void {
  writer.end();
  world.log = log;
  for (const id of log) writer.saw(command(id, { kind: 'pause' }));
  begin();
}

test('what the log has lost comes back in its order, and before what a user asks then', async (context) => {
  const lab = newWriter(context);
  const { world, writer } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  writer.saw(command('by another controller', { kind: 'resume' }));
  await writer.append(command('third', { kind: 'pause' }));
  reignAnew(lab, ['first']);
  await writer.append(command('fourth', { kind: 'resume' }));
  assert.deepEqual(world.log, ['first', 'by another controller', 'third', 'fourth']);
});

test('what was asked otherwise of a controller that did not know of it is not restored', async (context) => {
  const lab = newWriter(context);
  const { world, writer, told } = lab;
  const grow = command('grow', { kind: 'add-repetitions', count: 1 });
  await writer.append(command('old', { kind: 'resume' }));
  await writer.append(command('pause', { kind: 'pause' }));
  await writer.append(command('elsewhere', { kind: 'pause' }, OTHER));
  await writer.append(grow);
  writer.saw(command('resume by another reign', { kind: 'resume' }));
  reignAnew(lab, ['old', 'resume by another reign']);
  await settle();
  // Another sweep was not asked about again, and work that is added takes nothing back.
  assert.deepEqual(world.log, ['old', 'resume by another reign', 'elsewhere', 'grow']);
  assert.deepEqual(told(), [
    'the log has lost the `pause` of night-1a2b3c4d by tester, and it is not done again, because ' +
      '`resume` was asked for since; ask again where it is still wanted',
  ]);
  writer.saw(command('elsewhere', { kind: 'pause' }, OTHER));
  writer.saw(grow);
  reignAnew(lab, ['old']);
  await settle();
  assert.deepEqual(world.log, ['old', 'resume by another reign', 'elsewhere', 'grow']);
});

/** A log that has lost `pause`, and has a newer `resume`. */
async function labWithoutPause(context: TestContext) {
  const lab = newWriter(context);
  const { writer } = lab;
  await writer.append(command('pause', { kind: 'pause' }));
  await writer.append(command('elsewhere', { kind: 'pause' }, OTHER));
  writer.saw(command('resume', { kind: 'resume' }));
  reignAnew(lab, ['resume']);
  await settle();
  assert.match(lab.told().join(), /^the log has lost the `pause` of night-1a2b3c4d by tester/);
  return lab;
}

test('that a command is not done again is told until somebody asks about the matter, or for a while', async (context) => {
  const asked = await labWithoutPause(context);
  // Neither what was known by then, nor more work, nor another sweep, nor labsweep itself ends it.
  asked.writer.saw(command('resume', { kind: 'resume' }));
  await asked.writer.append(command('more', { kind: 'add-repetitions', count: 1 }));
  await asked.writer.append(command('other', { kind: 'resume' }, OTHER));
  const stop = { kind: 'stop-row' as const, row: 'r' as RowId, repetitions: 1 };
  asked.writer.saw({ ...command('stop', stop), by: 'labsweep' } as LogEntry);
  assert.equal(asked.told().length, 1);
  await asked.writer.append(command('again', { kind: 'pause' }));
  assert.deepEqual(asked.told(), []);
  const silent = await labWithoutPause(context);
  silent.world.nowMs += 14 * MINUTE_MS;
  assert.equal(silent.told().length, 1);
  silent.world.nowMs += 2 * MINUTE_MS;
  assert.deepEqual(silent.told(), []);
  // Asked for with its old id, it is a new command: a `resume` before it says nothing of it.
  const retried = await labWithoutPause(context);
  await retried.writer.append(command('pause', { kind: 'pause' }));
  assert.deepEqual(retried.told(), []);
  reignAnew(retried, ['resume']);
  await settle();
  assert.deepEqual(retried.world.log, ['resume', 'elsewhere', 'pause']);
});

const OF_HOST = { type: 'host-commanded' as const, atMs: 1, by: 'tester' };
const BOX_A = 'id-of-box-a' as HostId;
const hostCommand = (id: string, kind: 'drain' | 'undrain' | 'release'): LogEntry => {
  return { ...OF_HOST, id, command: { kind, host: BOX_A } };
};

test('what labsweep decides by itself is no word of a user about a lost command', async (context) => {
  const lab = newWriter(context);
  const { writer, world, told } = lab;
  const quarantine = (id: string, by: string): LogEntry => {
    return { ...OF_HOST, id, by, command: { kind: 'quarantine', host: BOX_A, reason: 'r' } };
  };
  await writer.append(quarantine('aside', 'tester'));
  writer.saw(hostCommand('release', 'release'));
  writer.end();
  world.log = ['release'];
  lab.begin();
  writer.saw(quarantine('aside again', 'labsweep'));
  assert.match(told().join(), /^the log has lost the `quarantine` of box-a by tester/);
  writer.saw(quarantine('aside by another', 'another'));
  assert.deepEqual(told(), []);
});

test('nobody is told of what was asked for again, and a host is told by its name', async (context) => {
  const lab = newWriter(context);
  const { writer, world, notes, told } = lab;
  await writer.append(hostCommand('drain', 'drain'));
  writer.saw(hostCommand('undrain', 'undrain'));
  writer.end();
  world.log = ['undrain'];
  lab.begin();
  assert.match(told().join(), /^the log has lost the `drain` of box-a by tester/);
  // Of two that are lost the second says what is wanted, and comes back.
  await writer.append(hostCommand('drain-2', 'drain'));
  await writer.append(hostCommand('undrain-3', 'undrain'));
  await writer.append(hostCommand('drain-4', 'drain'));
  writer.end();
  world.log = ['undrain', 'undrain-3'];
  lab.begin();
  await settle();
  assert.deepEqual([world.log, told()], [['undrain', 'undrain-3', 'drain-4'], []]);
  await writer.append(hostCommand('drain-5', 'drain'));
  writer.end();
  world.log = ['undrain', 'undrain-3', 'drain-5'];
  lab.begin();
  await settle();
  assert.deepEqual([world.log, told()], [['undrain', 'undrain-3', 'drain-5'], []]);
  assert.match(notes.join(), /lost the `drain` of id-of-box-a .* because `drain` was asked for/);
});

test('an outage is no reason to forget, however long it lasts', async (context) => {
  const lab = newWriter(context);
  const { world, writer } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  world.nowMs += 5 * MINUTE_MS;
  await writer.append(command('second', { kind: 'resume' }));
  world.nowMs += 60 * MINUTE_MS;
  reignAnew(lab, ['first']);
  await settle();
  assert.deepEqual(world.log, ['first', 'second']);
});

test('what is lost again, before all was back, comes back in its order', async (context) => {
  const lab = newWriter(context);
  const { world, writer } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  await writer.append(command('second', { kind: 'resume' }));
  world.takesMax = 1;
  reignAnew(lab, []);
  await settle();
  assert.deepEqual(world.log, ['first']);
  writer.saw(command('first', { kind: 'pause' }));
  world.takesMax = Number.POSITIVE_INFINITY;
  reignAnew(lab, []);
  await settle();
  assert.deepEqual(world.log, ['first', 'second']);
});

test('a user who waits for the lost ones is refused when the reign ends, and nothing is appended', async (context) => {
  const lab = newWriter(context);
  const { world, writer } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  world.takesMax = 0;
  reignAnew(lab, []);
  const asked = writer
    .append(command('second', { kind: 'resume' }))
    .catch((error) => error.message);
  await settle();
  writer.end();
  world.takesMax = Number.POSITIVE_INFINITY;
  assert.equal(await asked, 'this controller does not reign now; ask again');
  await settle();
  assert.ok(!world.log.includes('second'));
  await assert.rejects(writer.append(command('third', { kind: 'resume' })), /does not reign now/);
});

test('a user is told why the lost ones do not come back', async (context) => {
  const lab = newWriter(context);
  const { world, writer } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  world.takesMax = 0;
  reignAnew(lab, []);
  await settle();
  world.isPatient = false;
  const asked = writer.append(command('second', { kind: 'resume' }));
  await assert.rejects(asked, /the log took nothing: nats-server does not answer/);
});

test('a user whose entry got no answer is told that it may be in the log', async (context) => {
  const { world, writer } = newWriter(context);
  world.takesMax = 0;
  const asked = writer.append(command('first', { kind: 'pause' }));
  await assert.rejects(
    asked,
    /nobody knows yet whether it has the command \(see `labsweep history/,
  );
  world.isFull = true;
  const refused = writer.append(command('second', { kind: 'pause' }));
  await assert.rejects(refused, /the log took nothing: the store of nats-server is full/);
});

test('what is old is forgotten while the log is whole; what is lost, once others had their time', async (context) => {
  const lab = newWriter(context);
  const { world, writer, isInLog } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  await writer.append(command('second', { kind: 'pause' }));
  writer.end();
  world.log = ['first'];
  world.nowMs += 6 * MINUTE_MS;
  writer.forgetOld(isInLog, 0);
  reignAnew(lab, []);
  await settle();
  assert.deepEqual(world.log, ['second'], 'the first one was on the disk by then');
  writer.end();
  world.log = [];
  world.nowMs += 6 * MINUTE_MS;
  writer.forgetOld(isInLog, 6 * MINUTE_MS);
  reignAnew(lab, []);
  await settle();
  assert.deepEqual(world.log, []);
});

test('what is lost and not back yet is not forgotten, however old it is', async (context) => {
  const lab = newWriter(context);
  const { world, writer, isInLog } = lab;
  await writer.append(command('first', { kind: 'pause' }));
  await writer.append(command('second', { kind: 'resume' }));
  world.takesMax = 0;
  reignAnew(lab, []);
  // The log was whole for long, but takes nothing.
  world.nowMs += 6 * MINUTE_MS;
  writer.forgetOld(isInLog, 6 * MINUTE_MS);
  world.takesMax = Number.POSITIVE_INFINITY;
  reignAnew(lab, []);
  await settle();
  assert.deepEqual(world.log, ['first', 'second']);
});

test('what comes after the end of a reign is not appended', async (context) => {
  const { world, writer, begin } = newWriter(context);
  writer.end();
  writer.appendSoon(command('late', { kind: 'pause' }));
  await settle();
  begin();
  await settle();
  assert.deepEqual(world.log, []);
});
