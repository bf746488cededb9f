// SPDX-License-Identifier: Apache-2.0
/** Goal: never two that believe they reign. Method: a fake store and one virtual clock for all. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ReignEntry, ReignRecord } from '@labsweep/proto';
import { LockMemory } from './lock-memory.js';
import { HOLD_MS, type Reign } from './reign.js';
import type { ReignPorts } from './reign-ports.js';
import { takeReign } from './take-reign.js';

const overtaken = () =>
  Object.assign(new Error('wrong last sequence'), { api_error: { err_code: 10_071 } });
const away = () => Object.assign(new Error('TIMEOUT'), { code: 'TIMEOUT' });

class World {
  nowMs = 0;
  wallShiftMs = 60_000_000;
  entry: ReignEntry | undefined;
  /** False: the store was there before, and what is not in it may have been lost. */
  isNew = true;
  readonly dead = new Set<number>();
  private sleepers: { readonly atMs: number; wake(): void }[] = [];

  /** Moves on by steps of 50 ms, and lets everything that is due run. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    while (this.nowMs < endMs) {
      this.nowMs += 50;
      const due = this.sleepers.filter(({ atMs }) => atMs <= this.nowMs);
      this.sleepers = this.sleepers.filter(({ atMs }) => atMs > this.nowMs);
      for (const { wake } of due) wake();
      await turn();
    }
  }

  machine() {
    const state = { cut: false, loseAnswer: false };
    const world = this;
    const ports: ReignPorts = {
      store: {
        get isNew() {
          return world.isNew;
        },
        read: async () => {
          if (state.cut) throw away();
          return this.entry;
        },
        write: async (record: ReignRecord, previous: number) => {
          if (state.cut) throw away();
          if ((this.entry?.revision ?? 0) !== previous) throw overtaken();
          this.entry = { revision: previous + 1, storedAtMs: this.nowMs, record };
          if (state.loseAnswer) {
            state.loseAnswer = false;
            throw away();
          }
          return previous + 1;
        },
      },
      now: () => ({ monotonicMs: this.nowMs, wallMs: this.nowMs + this.wallShiftMs }),
      sleep: (durationMs) =>
        new Promise((wake) => this.sleepers.push({ atMs: this.nowMs + durationMs, wake })),
      isDead: ({ pid }) => this.dead.has(pid),
    };
    return { state, ports };
  }

  /** What a contender has by then. */
  async takenAfter(durationMs: number, { taken }: { readonly taken: Promise<Reign | undefined> }) {
    await this.pass(durationMs);
    return settledBy(taken);
  }

  contend(name: string, pid: number, memory = new LockMemory()) {
    const { state, ports } = this.machine();
    const reasons: string[] = [];
    const process = { bootId: 'boot', pidNamespace: 'ns', pid, startedAtTicks: '1' };
    const contender = { session: name, address: `${name}:1`, hostName: name, process };
    const { signal } = new AbortController();
    const onWaiting = (reason: string) => reasons.push(reason);
    const taken = takeReign({ ports, contender, memory, onWaiting, signal });
    return { state, reasons, taken };
  }
}

async function settledBy<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  await turn();
  return Promise.race([promise, turn().then(() => undefined)]);
}

test('the second waits and names the first; it follows at once when that one leaves in order', async () => {
  const world = new World();
  const first = await world.contend('one', 1).taken;
  assert(first);
  assert.ok(first.isHeld());
  const second = world.contend('two', 2);
  await world.pass(60_000);
  assert.ok(first.isHeld());
  assert.deepEqual(second.reasons, ['standby; the reigning controller is one:1']);
  await first.release();
  assert.equal(first.isHeld(), false);
  await world.pass(1_000);
  const reign = await settledBy(second.taken);
  assert.ok(reign && reign.term > first.term);
});

test('one that is cut off stops before the next takes over, within ten seconds', async () => {
  const world = new World();
  const one = world.contend('one', 1);
  const first = await one.taken;
  assert(first);
  const second = world.contend('two', 2);
  await world.pass(3_000);
  one.state.cut = true;
  const cutAtMs = world.nowMs;
  let reign: Awaited<typeof second.taken>;
  void second.taken.then((taken) => {
    reign = taken;
  });
  while (reign === undefined) {
    await world.pass(50);
    assert.ok(!(reign !== undefined && first.isHeld()), `two reign at ${world.nowMs}`);
    assert.ok(world.nowMs - cutAtMs < 10_000, 'no takeover');
  }
  assert.match(await first.lost, /not renewed for 5 s: nats-server does not answer/);
});

test('a stopped process finds its reign over before it looks at anything else', async () => {
  const world = new World();
  const first = await world.contend('one', 1).taken;
  // The clock goes on, no timer of the process runs.
  world.nowMs += HOLD_MS;
  assert.equal(first?.isHeld(), false);
});

test('a clock that jumps ahead by an hour makes it wait for the next renewal, and no longer', async () => {
  const world = new World();
  const first = await world.contend('one', 1).taken;
  world.wallShiftMs += 3_600_000;
  assert.equal(first?.isHeld(), false);
  await world.pass(3_000);
  assert.equal(first?.isHeld(), true);
  world.wallShiftMs -= 7_200_000;
  assert.equal(first?.isHeld(), true);
  await world.pass(10_000);
  assert.equal(first?.isHeld(), true);
});

test('a renewal whose answer was lost is known again as its own', async () => {
  const world = new World();
  const one = world.contend('one', 1);
  const first = await one.taken;
  one.state.loseAnswer = true;
  await world.pass(30_000);
  assert.equal(first?.isHeld(), true);
});

test('the lock of a process of this machine that is dead is free at once', async () => {
  const world = new World();
  await world.contend('one', 1).taken;
  const second = world.contend('two', 2);
  world.dead.add(1);
  await world.pass(1_000);
  assert.ok((await settledBy(second.taken))?.isHeld());
});

test('a term never comes again, although the store is lost or the clock goes back', async () => {
  const world = new World();
  const first = await world.contend('one', 1).taken;
  await first?.release();
  world.wallShiftMs -= 3_600_000;
  const second = await world.contend('two', 2).taken;
  assert.ok((second?.term ?? 0) > (first?.term ?? 0));
  await second?.release();
  world.entry = undefined;
  world.wallShiftMs += 7_200_000;
  const third = await world.contend('three', 3).taken;
  assert.ok((third?.term ?? 0) > (second?.term ?? 0));
});

test('a revision that comes again after a loss is a new one, and its holder is left to reign', async () => {
  const world = new World();
  const first = world.contend('one', 1);
  const reign = await first.taken;
  assert(reign);
  const standby = world.contend('two', 2);
  await world.pass(1_000);
  // The broker is away, and comes back without its newest values; a third one is the fastest.
  first.state.cut = true;
  standby.state.cut = true;
  await world.pass(20_000);
  world.entry = undefined;
  world.isNew = false;
  const third = await world.takenAfter(7_000, world.contend('three', 3));
  assert(third);
  await world.pass(50);
  standby.state.cut = false;
  await world.pass(1_500);
  assert.ok(third.isHeld());
  assert.equal(await settledBy(standby.taken), undefined, 'two reign at once');
});

test('a process never has a term twice, also when the store has lost the newest ones', async () => {
  const world = new World();
  world.entry = undefined;
  const memory = new LockMemory();
  const first = await world.contend('one', 1, memory).taken;
  await first?.release();
  world.entry = undefined;
  const second = await world.takenAfter(7_000, world.contend('one', 1, memory));
  assert.equal(second?.term, (first?.term ?? 0) + 1);
  // Nor does it take one that it has only heard of.
  memory.heardOf((second?.term ?? 0) + 5);
  await second?.release();
  world.entry = undefined;
  const third = await world.takenAfter(7_000, world.contend('one', 1, memory));
  assert.equal(third?.term, (second?.term ?? 0) + 6);
});

/** Passes so much time, and fails as soon as two believe that they reign. */
async function passWithOneReign(
  world: World,
  durationMs: number,
  contenders: readonly { readonly taken: Promise<Reign | undefined> }[],
): Promise<readonly boolean[]> {
  const reigns: (Reign | undefined)[] = [];
  for (const [index, { taken }] of contenders.entries()) {
    void taken.then((reign) => {
      reigns[index] = reign;
    });
  }
  const held = () => contenders.map((_, index) => reigns[index]?.isHeld() === true);
  for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
    await world.pass(50);
    assert.ok(held().filter(Boolean).length < 2, `two reign at ${world.nowMs}`);
  }
  return held();
}

/** One reigns, and another one has seen it renew its lock. */
async function watchedReign() {
  const world = new World();
  const first = world.contend('one', 1);
  await first.taken;
  const standby = world.contend('two', 2);
  await world.pass(3_000);
  assert.equal(world.entry?.revision, 2);
  world.isNew = false;
  return { world, first, standby };
}

test('a store that has lost the lock keeps it from all until its holder has given up', async () => {
  const { world, first, standby } = await watchedReign();
  world.entry = undefined;
  // Its renewals are on the way for as long as it believes in its reign.
  first.state.cut = true;
  const fresh = world.contend('three', 3);
  const held = await passWithOneReign(world, 15_000, [first, standby, fresh]);
  assert.equal(held.filter(Boolean).length, 1, 'somebody takes over');
});

test('a revision that is given again to the same holder is a renewal like any other', async () => {
  const { world, first, standby } = await watchedReign();
  const { entry } = world;
  assert(entry);
  const renewed = async () => {
    while (world.entry?.revision !== entry.revision + 1) await world.pass(50);
  };
  await renewed();
  await world.pass(1_000);
  standby.state.cut = true;
  world.entry = entry;
  await renewed();
  first.state.cut = true;
  standby.state.cut = false;
  const held = await passWithOneReign(world, 15_000, [first, standby]);
  assert.deepEqual(held, [false, true]);
});

test('one that has left, and comes back in a store that lost who followed, frees nothing', async () => {
  const world = new World();
  const left = await world.contend('one', 1).taken;
  await left?.release();
  const old = world.entry;
  const second = world.contend('two', 2);
  const standby = world.contend('three', 3);
  await world.pass(3_000);
  world.isNew = false;
  world.entry = old;
  second.state.cut = true;
  const held = await passWithOneReign(world, 15_000, [second, standby]);
  assert.deepEqual(held, [false, true]);
});

test('a standby that could not look has not seen that the lock was not renewed', async () => {
  const { world, first, standby } = await watchedReign();
  const seen = world.entry;
  standby.state.cut = true;
  await world.pass(8_000);
  // All renewals since are lost, and the holder has not noticed yet.
  world.entry = seen;
  first.state.cut = true;
  standby.state.cut = false;
  const held = await passWithOneReign(world, 15_000, [first, standby]);
  assert.deepEqual(held, [false, true]);
});

test('two hundred contenders at once: one wins', async () => {
  const world = new World();
  const all = Array.from({ length: 200 }, (_, index) => world.contend(`c${index}`, index + 1));
  await world.pass(2_000);
  const reigns = await Promise.all(all.map(({ taken }) => settledBy(taken)));
  assert.equal(reigns.filter((reign) => reign?.isHeld()).length, 1);
});
