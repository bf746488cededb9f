// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: users are answered when what they asked is on the disk, or told why not. Method: a disk and
 * a log that do as the test says, in real time.
 */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LabsweepError } from '@labsweep/proto';
import { SyncedLog } from './synced-log.js';

const AWAITED = { what: 'the command', see: 'labsweep hosts' };
const TROUBLED_MS = 200;
const SLOW_MS = 600;
const IMPATIENT = { limits: { troubledMs: TROUBLED_MS, slowMs: SLOW_MS } };
const PATIENT = { troubledMs: 60_000, slowMs: 60_000 };

interface Options {
  readonly hasStore?: boolean;
  readonly limits?: { readonly troubledMs: number; readonly slowMs: number };
}

function newLog(context: TestContext, { hasStore = true, limits = PATIENT }: Options = {}) {
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
    limits,
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
  const slow = newLog(context, IMPATIENT);
  slow.syncWith(() => new Promise(() => {}));
  slow.fold(1);
  const lateMs = async (log: typeof slow.log, words: RegExp) => {
    const beganMs = performance.now();
    await assert.rejects(
      log.untilKept(() => true, AWAITED),
      (error: Error) => error instanceof LabsweepError && words.test(error.message),
    );
    return performance.now() - beganMs;
  };
  const IN_THE_LOG = 'the command is in the log, .* not known to be on .* disk after 0\\.\\d s';
  const slowText = new RegExp(`^${IN_THE_LOG}; should .* see \`labsweep hosts\` afterwards`);
  assert.ok((await lateMs(slow.log, slowText)) >= SLOW_MS);
  const broken = newLog(context, IMPATIENT);
  broken.syncWith(async () => {
    throw new Error('no space');
  });
  broken.fold(1);
  const why = 'the store of nats-server cannot be synced: no space';
  const waitedMs = await lateMs(broken.log, new RegExp(`^${IN_THE_LOG}: ${why}; should`));
  assert.ok(waitedMs >= TROUBLED_MS && waitedMs < SLOW_MS, `${waitedMs} ms`);
  // When it goes well again, nobody is told of what is over.
  broken.syncWith(async () => {});
  await until(() => broken.world.synced.length === 1);
  broken.syncWith(() => new Promise(() => {}));
  broken.fold(2);
  assert.ok((await lateMs(broken.log, slowText)) >= SLOW_MS);
});

test('without a store nobody waits for the disk', async (context) => {
  const { log, fold, world } = newLog(context, { ...IMPATIENT, hasStore: false });
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
