// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: users are answered when what they asked is on the disk, or told why not. Method: a disk and
 * a log that do as the test says, in real time.
 */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SyncedLog } from './synced-log.js';

const AWAITED = { what: 'the command', see: 'labsweep hosts' };
const LIMIT_MS = 400;

interface Options {
  readonly hasStore?: boolean;
  readonly syncedLimitMs?: number;
}

function newLog(context: TestContext, { hasStore = true, syncedLimitMs = 60_000 }: Options = {}) {
  const stop = new AbortController();
  context.after(() => stop.abort());
  const world = { newest: { sequence: 0, storedAtMs: 0 }, rounds: 0, synced: [] as number[] };
  let sync = async () => {};
  const log = new SyncedLog({
    broker: { log: { holds: async () => true }, returnCount: () => 0 },
    store: hasStore ? { sync: () => sync() } : undefined,
    syncDelayMs: 60_000,
    follower: {
      get newest() {
        return world.newest;
      },
      verify: async () => {},
    },
    onSynced: (sequence) => world.synced.push(sequence),
    onTrouble: () => {},
    note: () => {},
    signal: stop.signal,
    syncedLimitMs,
  });
  void log.run();
  const fold = (sequence: number) => {
    world.newest = { sequence, storedAtMs: sequence };
    log.folded(world.newest);
  };
  /** The store, from now on. */
  const syncWith = (work: () => Promise<void>) => {
    sync = work;
  };
  const waitFor = (isFolded: () => boolean) => {
    const wait = { state: 'open' };
    const settled = log.untilKept(isFolded, AWAITED);
    settled.then(
      () => {
        wait.state = 'kept';
      },
      (error) => {
        wait.state = error.message;
      },
    );
    return wait;
  };
  return { world, log, fold, syncWith, stop, waitFor };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(2);
}

test('what was asked is answered when it is folded and synced, and not before', async (context) => {
  const { log, fold, syncWith, world, waitFor } = newLog(context);
  const rounds: (() => void)[] = [];
  syncWith(() => new Promise<void>((resolve) => rounds.push(resolve)));
  fold(1);
  await until(() => rounds.length === 1);
  let isFolded = false;
  const wait = waitFor(() => isFolded);
  // The round that is under way began before the command was there.
  fold(2);
  isFolded = true;
  await delay(50);
  rounds[0]?.();
  await until(() => rounds.length === 2);
  await delay(50);
  assert.deepEqual([world.synced, wait.state], [[1], 'open']);
  rounds[1]?.();
  await until(() => wait.state !== 'open');
  assert.equal(wait.state, 'kept');
  // What is on the disk already needs no round.
  await log.untilKept(() => true, AWAITED);
  assert.equal(rounds.length, 2);
});

test('nothing counts as synced that is not folded yet', async (context) => {
  const { world, fold, waitFor } = newLog(context);
  fold(1);
  await until(() => world.synced.length === 1);
  const wait = waitFor(() => false);
  await delay(50);
  assert.equal(wait.state, 'open');
});

test('a sync that takes too long, or fails, is told to who waits, with its reason', async (context) => {
  const slow = newLog(context, { syncedLimitMs: LIMIT_MS });
  slow.syncWith(() => new Promise(() => {}));
  slow.fold(1);
  const beganMs = performance.now();
  await assert.rejects(
    slow.log.untilKept(() => true, AWAITED),
    {
      name: 'LabsweepError',
      message:
        "the command is in the log, and holds, but is not known to be on the broker's disk after " +
        '0.4 s; should the broker lose its power now, see `labsweep hosts` afterwards for whether ' +
        'it is still there',
    },
  );
  assert.ok(performance.now() - beganMs >= LIMIT_MS);
  const broken = newLog(context, { syncedLimitMs: LIMIT_MS });
  broken.syncWith(async () => {
    throw new Error('no space');
  });
  broken.fold(1);
  const text = /after 0\.4 s: the store of nats-server cannot be synced: no space; should/;
  await assert.rejects(
    broken.log.untilKept(() => true, AWAITED),
    text,
  );
  // When it goes well again, nobody is told of what is over.
  broken.syncWith(async () => {});
  await until(() => broken.world.synced.length === 1);
  broken.syncWith(() => new Promise(() => {}));
  broken.fold(2);
  await assert.rejects(
    broken.log.untilKept(() => true, AWAITED),
    /after 0\.4 s; should/,
  );
});

test('without a store nobody waits for the disk', async (context) => {
  const { log, fold, world } = newLog(context, { hasStore: false, syncedLimitMs: 0 });
  fold(1);
  await log.untilKept(() => true, AWAITED);
  assert.deepEqual(world.synced, []);
});

test('whoever waits is told when the sitting ends, and what is kept by then is answered', async (context) => {
  const { fold, syncWith, stop, waitFor, world } = newLog(context);
  fold(1);
  await until(() => world.synced.length === 1);
  const kept = waitFor(() => true);
  await delay(20);
  let isAnother = false;
  const waiting = [waitFor(() => false), waitFor(() => isAnother)];
  syncWith(() => new Promise(() => {}));
  fold(2);
  isAnother = true;
  await delay(50);
  stop.abort();
  await until(() => waiting.every(({ state }) => state !== 'open'));
  for (const { state } of waiting) {
    assert.match(state, /^the command was stored in the log, but this controller does not reign/);
  }
  assert.equal(kept.state, 'kept');
});
