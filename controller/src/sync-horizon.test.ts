// SPDX-License-Identifier: Apache-2.0
/** Goal: nothing counts as synced before it is. Method: a fake disk, log and clock. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogPlace } from '@labsweep/proto';
import { SyncHorizon } from './sync-horizon.js';

function newHorizon(options: { readonly delayMs?: number } = {}) {
  const world = {
    nowMs: 0,
    rounds: [] as { end(error?: Error): void }[],
    synced: [] as number[],
    troubles: [] as string[],
    rewound: 0,
    isLost: true,
    returns: 0,
    holds: (_place: LogPlace) => true,
  };
  const stop = new AbortController();
  const sync = () =>
    new Promise<void>((resolve, reject) => {
      world.rounds.push({
        end: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
  const horizon = new SyncHorizon({
    sync: options.delayMs === undefined ? sync : undefined,
    delayMs: options.delayMs ?? 0,
    returnCount: () => world.returns,
    holds: async (place) => world.holds(place),
    monotonicMs: () => world.nowMs,
    sleep: async (durationMs) => {
      world.nowMs += durationMs;
      await turn();
    },
    onSynced: (sequence) => world.synced.push(sequence),
    onTrouble: (text) => world.troubles.push(text),
    onRewound: async () => {
      world.rewound += 1;
      if (world.isLost) stop.abort();
    },
  });
  const fold = (sequence: number) => horizon.folded({ sequence, storedAtMs: sequence });
  void horizon.run(stop.signal);
  return { world, fold, stop, horizon };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await turn();
}

test('one round covers what was folded before it began, and the next all that came meanwhile', async () => {
  const { world, fold, stop } = newHorizon();
  fold(1);
  await settle();
  for (const sequence of [2, 3, 4]) {
    world.nowMs += 100;
    fold(sequence);
  }
  await settle();
  assert.equal(world.rounds.length, 1);
  world.rounds[0]?.end();
  await settle();
  assert.deepEqual(world.synced, [1]);
  world.rounds[1]?.end();
  await settle();
  assert.deepEqual(world.synced, [1, 4]);
  assert.equal(world.rounds.length, 2, 'nothing new, so no third round');
  stop.abort();
});

test('a log that lost the entry meanwhile settles nothing, although the sync went well', async () => {
  const { world, fold } = newHorizon();
  fold(7);
  await settle();
  world.holds = () => false;
  world.rounds[0]?.end();
  await settle();
  assert.deepEqual([world.synced, world.rewound], [[], 1]);
});

test('an entry that the log lacked for a moment only is asked for again, and settled', async () => {
  const { world, fold, stop } = newHorizon();
  world.isLost = false;
  fold(7);
  await settle();
  world.holds = () => false;
  world.rounds[0]?.end();
  await settle();
  assert.deepEqual([world.synced, world.rewound], [[], 1]);
  world.holds = () => true;
  world.rounds[1]?.end();
  await settle();
  assert.deepEqual([world.synced, world.rewound], [[7], 1]);
  stop.abort();
});

test('a sync that fails is told and tried again; after an I/O error nothing is settled any more', async () => {
  const { world, fold, horizon } = newHorizon();
  fold(1);
  await settle();
  world.rounds[0]?.end(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  await settle();
  assert.match(world.troubles.at(-1) ?? '', /cannot be synced: no space/);
  world.rounds[1]?.end();
  await settle();
  assert.deepEqual(world.synced, [1]);
  fold(2);
  await settle();
  world.rounds[2]?.end(Object.assign(new Error('input/output error'), { code: 'EIO' }));
  await settle();
  assert.match(world.troubles.at(-1) ?? '', /nothing is settled until .* controller restarted/);
  for (let sequence = 3; sequence < 100; sequence += 1) {
    world.nowMs += 1_000;
    fold(sequence);
  }
  await settle();
  assert.equal(horizon.markCount, 0, 'nothing is kept of what nobody will look at');
  assert.equal(world.rounds.length, 3);
  assert.deepEqual(world.synced, [1]);
});

function watchTimes(world: ReturnType<typeof newHorizon>['world']): Map<number, number> {
  const settledAtMs = new Map<number, number>();
  const push = world.synced.push.bind(world.synced);
  world.synced.push = (sequence: number) => {
    settledAtMs.set(sequence, world.nowMs);
    return push(sequence);
  };
  return settledAtMs;
}

test('where only time helps, an entry counts when it has waited for the whole delay', async () => {
  const { world, fold, stop } = newHorizon({ delayMs: 1_000 });
  const settledAtMs = watchTimes(world);
  fold(1);
  world.nowMs = 30;
  fold(2);
  world.nowMs = 500;
  fold(3);
  for (let i = 0; i < 50 && settledAtMs.size < 2; i += 1) await turn();
  stop.abort();
  assert.ok((settledAtMs.get(2) ?? 0) >= 1_030, 'the mark waits for its newest entry');
  assert.ok((settledAtMs.get(3) ?? 0) >= 1_500);
});

test('where only time helps, a server that was away has all entries wait anew', async () => {
  const { world, fold, stop } = newHorizon({ delayMs: 1_000 });
  const settledAtMs = watchTimes(world);
  fold(1);
  world.nowMs = 900;
  world.returns = 1;
  for (let i = 0; i < 50 && settledAtMs.size < 1; i += 1) await turn();
  stop.abort();
  assert.ok((settledAtMs.get(1) ?? 0) >= 1_900, `${settledAtMs.get(1)} ms`);
});

test('where only time helps, a server that comes back while it is asked settles nothing yet', async () => {
  const { world, fold, stop } = newHorizon({ delayMs: 1_000 });
  const settledAtMs = watchTimes(world);
  let backAtMs = Number.NaN;
  world.holds = () => {
    if (world.returns === 1) return true;
    world.returns = 1;
    backAtMs = world.nowMs;
    return true;
  };
  fold(1);
  for (let i = 0; i < 50 && settledAtMs.size < 1; i += 1) await turn();
  stop.abort();
  assert.ok((settledAtMs.get(1) ?? 0) >= backAtMs + 1_000, `${settledAtMs.get(1)} ms`);
});
