// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '@labsweep/proto';
import { Publisher, type PublisherOptions } from './publisher.js';
import { Spool } from './spool.js';
import type { SpoolEntry } from './spool-entry.js';
import { sampleEntry } from './testing/sample-outcome.js';
import { waitUntil } from './testing/wait-until.js';

/** A broker that keeps what it gets, and fails as often as it is told to. */
function fakeBroker(failures = 0) {
  const appended: string[] = [];
  let left = failures;
  /** How many outcomes came with each message. */
  const sizes: number[] = [];
  const appendTexts = async (entries: readonly SpoolEntry[]) => {
    if (left > 0) {
      left -= 1;
      throw new Error('no responders');
    }
    appended.push(...entries.map(({ id }) => id));
    sizes.push(entries.length);
    return sizes.length;
  };
  const broker = {
    log: { appendTexts },
    artifacts: { put: async () => '' },
  } as unknown as Broker;
  return { broker, appended, sizes };
}

async function newPublisher(context: TestContext, options: PublisherOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-publisher-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const spool = await Spool.open(folder);
  return {
    spool,
    publisher: new Publisher(spool, () => {}, new AbortController().signal, options),
  };
}

test('everything spooled reaches the broker once, however the calls to wake fall', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const { broker, appended } = fakeBroker();
  publisher.connect(broker);
  const entries = Array.from({ length: 50 }, (_, index) => sampleEntry(`k${index}`));
  for (const entry of entries) {
    await spool.add(entry, []);
    publisher.add(entry);
  }
  await publisher.flush(5_000);
  assert.deepEqual([...appended].sort(), entries.map(({ id }) => id).sort());
});

test('an outcome that nobody has settled for long is asked for, and again after as long', async (context) => {
  const { spool, publisher } = await newPublisher(context, { askAfterMs: 50 });
  publisher.connect(fakeBroker().broker);
  const [first, second] = [sampleEntry('a'), sampleEntry('b')];
  for (const entry of [first, second]) {
    await spool.add(entry, []);
    publisher.add(entry);
  }
  await publisher.flush(5_000);
  await publisher.settle([second.id]);
  assert.deepEqual(publisher.overdue(), [], 'it was just published');
  await delay(60);
  assert.deepEqual(publisher.overdue(), [first.id]);
  assert.deepEqual(publisher.overdue(), [], 'it was just asked for');
  await delay(60);
  assert.deepEqual(publisher.overdue(), [first.id]);
});

test('an outcome is waited for until it is folded, and lies in the spool until it is settled', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const entry = sampleEntry('a');
  await spool.add(entry, []);
  let folded = false;
  const wait = publisher.whenFolded(entry.id).then(() => {
    folded = true;
  });
  publisher.connect(fakeBroker().broker);
  await publisher.flush(5_000);
  assert.equal(folded, false, 'published is not folded');
  publisher.fold([entry.id]);
  await wait;
  assert.deepEqual(spool.unsettled(), [entry]);
  await publisher.whenFolded(entry.id);
  await publisher.settle([entry.id]);
  assert.deepEqual(spool.unsettled(), []);
});

test('a broker that fails gets the outcome again, and a new connection gets what is unsettled', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const entry = sampleEntry('a');
  await spool.add(entry, []);
  const first = fakeBroker(1);
  publisher.connect(first.broker);
  await publisher.flush(5_000);
  assert.deepEqual(first.appended, [entry.id]);
  const second = fakeBroker();
  publisher.connect(second.broker);
  await publisher.flush(5_000);
  assert.deepEqual(second.appended, [entry.id]);
});

test('an outcome that is settled, although its broker only ever failed, leaves no trouble', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const entries = [sampleEntry('a'), sampleEntry('b')];
  publisher.connect(fakeBroker(Number.POSITIVE_INFINITY).broker);
  for (const entry of entries) {
    await spool.add(entry, []);
    publisher.add(entry);
    publisher.hurry();
  }
  // Until the second try, which is the first that tells.
  await waitUntil('the trouble', async () => publisher.trouble !== '');
  const ids = entries.map(({ id }) => id);
  await publisher.settle(ids.slice(0, 1));
  assert.match(publisher.trouble, /^outcomes stay in the spool: /, 'one is still not through');
  // As by a controller that has it: only the answer of the broker was lost.
  await waitUntil('its end', async () => {
    await publisher.settle(ids);
    return publisher.trouble === '';
  });
  assert.deepEqual(spool.unsettled(), []);
});

test('a failure to publish what was settled meanwhile is no trouble', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const entry = sampleEntry('a');
  const tries: ((error: Error) => void)[] = [];
  const appendTexts = () => new Promise<never>((_, reject) => tries.push(reject));
  publisher.connect({ log: { appendTexts }, artifacts: {} } as unknown as Broker);
  await spool.add(entry, []);
  publisher.add(entry);
  publisher.hurry();
  tries[0]?.(new Error('no responders'));
  await waitUntil('the second try', async () => tries.length === 2);
  await publisher.settle([entry.id]);
  tries[1]?.(new Error('no responders'));
  await publisher.flush(5_000);
  assert.equal(publisher.trouble, '');
});

test('an outcome that an earlier process published is not waited for a second time', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const entry = sampleEntry('a');
  const id = entry.id;
  publisher.welcomed([]);
  publisher.fold([id]);
  // The connection to the broker comes after the welcome, and takes nothing back.
  publisher.connect(fakeBroker().broker);
  assert.ok(publisher.isKnown(id), 'it need not be measured');
  await spool.add(entry, []);
  publisher.add(entry);
  await publisher.whenFolded(id);
  publisher.welcomed([]);
  let folded = false;
  void publisher.whenFolded(id).then(() => {
    folded = true;
  });
  await publisher.flush(5_000);
  assert.equal(folded, false, 'a controller that folds anew has to say it anew');
});

test('outcomes of short trials share a message, and so they do when they are sent again', async (context) => {
  const { spool, publisher } = await newPublisher(context);
  const first = fakeBroker();
  publisher.connect(first.broker);
  const entries = ['a', 'b', 'c'].map((kernel) => sampleEntry(kernel, { durationMs: 50 }));
  const ids = entries.map(({ id }) => id);
  for (const entry of entries) {
    await spool.add(entry, []);
    publisher.add(entry);
    // Whoever looks at the spool meanwhile takes none away from the others.
    publisher.wake();
  }
  await delay(20);
  assert.deepEqual(first.sizes, []);
  publisher.hurry();
  await publisher.flush(5_000);
  assert.deepEqual([first.sizes, first.appended], [[3], ids]);
  await publisher.settle(ids.slice(0, 1));
  const second = fakeBroker(1);
  publisher.connect(second.broker);
  await publisher.flush(5_000);
  assert.deepEqual([second.sizes, second.appended], [[3], ids]);
  await publisher.settle(ids.slice(1));
  const third = fakeBroker();
  publisher.connect(third.broker);
  await publisher.flush(5_000);
  assert.deepEqual(third.sizes, []);
});
