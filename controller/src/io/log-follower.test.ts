// SPDX-License-Identifier: Apache-2.0
/** Goal: whatever JetStream keeps quiet about is found. Method: a fake log and virtual time. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogMessage, LogPlace } from '@labsweep/proto';
import { LogFollower } from './log-follower.js';

class FakeLog {
  entries: LogPlace[] = [];
  createdAt = 'first';
  asleep = false;
  /** So many at a time. */
  batchSize = 1;
  /** Ends the consumers that are open. */
  recreated = 0;
  consumers = 0;
  losses = 0;

  append(count = 1): void {
    for (let i = 0; i < count; i += 1) {
      const sequence = this.entries.length + 1;
      this.entries.push({ sequence, storedAtMs: FakeLog.clockMs });
      FakeLog.clockMs += 10;
    }
  }

  /** A power loss takes the newest entries. */
  lose(count: number): void {
    this.entries = this.entries.slice(0, -count);
    this.losses += 1;
    FakeLog.clockMs += 1_000;
  }

  async head() {
    return { lastSequence: this.entries.length, createdAt: this.createdAt };
  }

  async holds({ sequence, storedAtMs }: LogPlace) {
    return sequence === 0 || this.entries[sequence - 1]?.storedAtMs === storedAtMs;
  }

  async *followBatches(
    signal: AbortSignal,
    firstSequence = 1,
  ): AsyncGenerator<readonly LogMessage[]> {
    this.consumers += 1;
    let next = firstSequence;
    const { recreated } = this;
    while (!signal.aborted && recreated === this.recreated) {
      const isMute = this.asleep && this.consumers === 1;
      const places = isMute ? [] : this.entries.slice(next - 1, next - 1 + this.batchSize);
      if (places.length === 0) await turn();
      else {
        next += places.length;
        yield places.map((place) => ({ ...place, entries: [], malformed: ['of no matter here'] }));
      }
    }
  }

  private static clockMs = 1_000;
}

interface Shell {
  fail(sequence: number): void;
  note(text: string): void;
}

function follow(
  context: { after(work: () => void): void },
  log: FakeLog,
  { fail, note }: Shell = { fail: () => {}, note: () => {} },
) {
  const stop = new AbortController();
  context.after(() => stop.abort());
  const seen: number[] = [];
  const follower = new LogFollower({
    log,
    lossCount: () => log.losses,
    onMessage: ({ sequence }) => {
      fail(sequence);
      seen.push(sequence);
    },
    onWhole: () => {},
    note,
    sleep: () => turn(),
    signal: stop.signal,
  });
  return { follower, seen };
}

test('it catches up, and goes on with what comes', async (context) => {
  const log = new FakeLog();
  log.append(3);
  const { follower, seen } = follow(context, log);
  await follower.catchUp();
  log.append(2);
  await follower.catchUp();
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
});

test('a log that loses its end while it is first folded keeps nobody waiting', async (context) => {
  const log = new FakeLog();
  log.append(5);
  log.asleep = true;
  const { follower, seen } = follow(context, log);
  const caughtUp = follower.catchUp();
  await turn();
  log.lose(2);
  await caughtUp;
  assert.deepEqual(seen, [1, 2, 3]);
});

test('a log that ends before what was folded is told', async (context) => {
  const log = new FakeLog();
  log.append(5);
  const { follower } = follow(context, log);
  await follower.catchUp();
  log.lose(2);
  assert.match(await follower.broken, /has lost entries: it ends at 3, 5 were folded/);
});

test('a log that lost entries and has grown past the place again is found out all the same', async (context) => {
  const log = new FakeLog();
  log.append(5);
  const { follower, seen } = follow(context, log);
  await follower.catchUp();
  log.lose(2);
  log.append(4);
  assert.match(await follower.broken, /has lost entries/);
  await turn();
  assert.deepEqual(seen, [1, 2, 3, 4, 5], 'what came in the place of the lost ones is not folded');
});

test('a connection that was lost and a log that was not: nothing is held up', async (context) => {
  const log = new FakeLog();
  log.append(5);
  const { follower, seen } = follow(context, log);
  await follower.catchUp();
  log.losses += 1;
  log.append(2);
  await follower.catchUp();
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7]);
});

test('a stream that was restored with less, and has grown past the place, is found out', async (context) => {
  const log = new FakeLog();
  log.append(5);
  const { follower, seen } = follow(context, log);
  await follower.catchUp();
  // The connection stands: only the consumer ends with its stream.
  log.recreated += 1;
  log.entries = log.entries.slice(0, 3);
  log.append(4);
  assert.match(await follower.broken, /has lost entries/);
  await turn();
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
});

test('a batch that takes long lets others have their turns', async (context) => {
  const log = new FakeLog();
  log.append(10);
  log.batchSize = 10;
  let turns = 0;
  const count = () => {
    turns += 1;
    if (!done) setImmediate(count);
  };
  let done = false;
  const busy = () => {
    const endMs = performance.now() + 6;
    while (performance.now() < endMs);
  };
  const { follower } = follow(context, log, { fail: busy, note: () => {} });
  setImmediate(count);
  await follower.catchUp();
  done = true;
  assert.ok(turns >= 9, `${turns} turns for 10 entries of 6 ms each`);
});

test('a stream that was made anew is not taken for the old one', async (context) => {
  const log = new FakeLog();
  const { follower } = follow(context, log);
  await follower.verify();
  log.createdAt = 'second';
  assert.match(await follower.broken, /made anew at second/);
});

test('a consumer that is asleep is opened anew where the last one ended', async (context) => {
  const log = new FakeLog();
  log.asleep = true;
  log.append(2);
  const { follower, seen } = follow(context, log);
  await follower.catchUp();
  assert.deepEqual(seen, [1, 2]);
  assert.equal(log.consumers, 2);
});

test('a defect in what is done with an entry is told with its place, and the next ones follow', async (context) => {
  const log = new FakeLog();
  log.append(3);
  const notes: string[] = [];
  const fail = (sequence: number) => {
    if (sequence === 2) assert.fail('host-a has a lease already');
  };
  const { follower, seen } = follow(context, log, { fail, note: (text) => notes.push(text) });
  await follower.catchUp();
  assert.deepEqual([seen, log.consumers], [[1, 3], 1]);
  assert.equal(notes.length, 1);
  assert.match(
    notes[0] ?? '',
    /defect in what follows from log entry 2: .*lease already \| at fail/,
  );
});
