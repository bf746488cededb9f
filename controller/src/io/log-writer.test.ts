// SPDX-License-Identifier: Apache-2.0
/** Goal: what a log has lost comes back in its order. Method: a log in memory. */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogEntry, SweepCommand, SweepId } from '@labsweep/proto';
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
        const id = entry.type === 'commanded' ? entry.id : entry.type;
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
  return { world, writer, begin, isInLog, notes };
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
  const { world, writer, notes } = lab;
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
  assert.deepEqual(notes, [
    'the log has lost the `pause` of night-1a2b3c4d by tester, and it is not done again, because ' +
      '`resume` was asked for since; ask again where it is still wanted',
  ]);
  writer.saw(command('elsewhere', { kind: 'pause' }, OTHER));
  writer.saw(grow);
  reignAnew(lab, ['old']);
  await settle();
  assert.deepEqual(world.log, ['old', 'resume by another reign', 'elsewhere', 'grow']);
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
