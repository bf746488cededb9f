// SPDX-License-Identifier: Apache-2.0
/** Goal: what a log has lost comes back in its order. Method: a log in memory. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogEntry, SweepId } from '@labsweep/proto';
import { LogWriter } from './log-writer.js';

const SWEEP = 'night-1a2b3c4d' as SweepId;
const MINUTE_MS = 60_000;

type Kind = 'pause' | 'resume';

function command(id: string, kind: Kind): LogEntry {
  return { type: 'commanded', sweep: SWEEP, id, atMs: 1, by: 'tester', command: { kind } };
}

function newWriter() {
  const stop = new AbortController();
  const world = {
    nowMs: 0,
    log: [] as string[],
    /** Entries that are refused because the log is away. */
    isAway: false,
  };
  const has = (id: string) => world.log.includes(id);
  const writer = new LogWriter({
    log: {
      append: async (entry) => {
        await turn();
        if (world.isAway) throw Object.assign(new Error('away'), { code: 'TIMEOUT' });
        const id = entry.type === 'commanded' ? entry.id : entry.type;
        if (!has(id)) world.log.push(id);
        return world.log.length;
      },
    },
    monotonicMs: () => world.nowMs,
    sleep: async () => turn(),
    onTrouble: () => {},
    signal: stop.signal,
  });
  const restore = () => writer.appendLost((messageId) => has(messageId.split('/').at(-1) ?? ''));
  return { world, writer, restore, stop };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await turn();
}

test('what the log has lost comes back in its order, and before what a user asks then', async () => {
  const { world, writer, restore } = newWriter();
  await writer.append(command('first', 'pause'));
  writer.saw(command('by another controller', 'resume'));
  await writer.append(command('third', 'pause'));
  world.log = ['first'];
  restore();
  await writer.append(command('fourth', 'resume'));
  assert.deepEqual(world.log, ['first', 'by another controller', 'third', 'fourth']);
});

test('what is lost again, before it was back, is not forgotten', async () => {
  const { world, writer, restore } = newWriter();
  await writer.append(command('first', 'pause'));
  await writer.append(command('second', 'resume'));
  world.log = [];
  world.isAway = true;
  restore();
  await settle();
  // The reign is lost, and the next one begins.
  writer.drop();
  await settle();
  world.isAway = false;
  restore();
  await settle();
  assert.deepEqual(world.log, ['first', 'second']);
});

test('a user who waits for the lost ones is not kept for ever by a reign that ends', async () => {
  const { world, writer, restore } = newWriter();
  await writer.append(command('first', 'pause'));
  world.log = [];
  world.isAway = true;
  restore();
  const asked = writer.append(command('second', 'resume')).catch((error) => error.message);
  await settle();
  writer.drop();
  assert.match(await asked, /^the log took nothing: /);
});

test('what is on the disk by itself is forgotten', async () => {
  const { world, writer, restore } = newWriter();
  await writer.append(command('first', 'pause'));
  world.nowMs = 6 * MINUTE_MS;
  await writer.append(command('second', 'resume'));
  world.log = [];
  restore();
  await settle();
  assert.deepEqual(world.log, ['second']);
});
