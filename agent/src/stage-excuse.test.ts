// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a block that waits until its outcomes are folded keeps its lease for as long as others are
 * away, and loses it when its own publisher hangs. Method: the real watch and publisher with short
 * limits, over a broker that fails, is away or hangs, and over a real nats-server that is killed.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, connectBroker } from '@labsweep/proto';
import { BlockWatch } from './block-watch.js';
import { Publisher } from './publisher.js';
import { limitOf } from './runner/stage-limits.js';
import { Spool } from './spool.js';
import { isExcused } from './stage-excuse.js';
import { startNats } from './testing/nats-server.js';
import { sampleLease } from './testing/sample-lease.js';
import { sampleEntry } from './testing/sample-outcome.js';
import { waitUntil } from './testing/wait-until.js';

const INTERVAL_MS = 20;
const LIMIT_MS = 100;

/** A block that waits for the fold of one outcome; the limit of the stage is short. */
async function waitForFold(context: TestContext, broker: Broker, stalledAfterMs = LIMIT_MS) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-excuse-'));
  const spool = await Spool.open(folder);
  const stop = new AbortController();
  const publisher = new Publisher(spool, () => {}, stop.signal, { stalledAfterMs });
  const said: string[] = [];
  const watch = new BlockWatch(INTERVAL_MS, performance.now(), {
    renew: () => said.push('renew'),
    overdue: (trouble) => said.push(trouble),
    over: () => said.push('over'),
    announce: () => {},
  });
  context.after(async () => {
    stop.abort();
    watch.close();
    await publisher.flush(0);
    rmSync(folder, { recursive: true, force: true });
  });
  const entry = sampleEntry('a');
  await spool.add(entry, []);
  publisher.connect(broker);
  const stage = {
    name: () => "the stage 'fold'",
    limitMs: LIMIT_MS,
    isExcused: () => isExcused('fold', { spool, publisher }),
  };
  const folded = watch.during(stage, publisher.whenFolded(entry.id));
  return { said, folded, publisher, id: entry.id };
}

function brokerThat(append: () => Promise<number>, lostSinceMs?: number): Broker {
  return { log: { appendTexts: append }, lostSinceMs: () => lostSinceMs } as unknown as Broker;
}

const hangs = () => new Promise<number>(() => {});

test('the stage has a limit', () => {
  assert.equal(limitOf('fold', sampleLease(['a'])), 10 * 60_000);
});

test('a publisher that hangs although its broker is there loses the lease', async (context) => {
  const { said, folded, publisher, id } = await waitForFold(context, brokerThat(hangs));
  await waitUntil('the trouble', async () => said.some((text) => / hangs: /.test(text)));
  assert.ok(said.filter((text) => text === 'renew').length >= 5, 'it was kept until then');
  const before = said.length;
  await sleep(5 * INTERVAL_MS);
  assert.equal(said.length, before, 'nothing is renewed any more');
  publisher.fold([id]);
  await folded;
  assert.equal(said.at(-1), 'over');
});

for (const [what, broker] of [
  ['a broker that is away while it hangs', brokerThat(hangs, Date.now())],
  ['a broker that refuses each time', brokerThat(() => Promise.reject(new Error('full')))],
  ['a controller that does not fold what the broker has', brokerThat(async () => 1)],
] as const) {
  test(`${what} keeps the lease`, async (context) => {
    const { said } = await waitForFold(context, broker);
    await sleep(20 * LIMIT_MS);
    assert.deepEqual([...new Set(said)], ['renew']);
    assert.ok(said.length >= LIMIT_MS / INTERVAL_MS);
  });
}

test('a nats-server that is killed keeps the lease, and the block ends when it is back', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-excuse-nats-'));
  const nats = await startNats(folder);
  const broker = await connectBroker({ url: nats.url, name: 'test', create: true });
  context.after(async () => {
    await broker.close();
    await nats.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await nats.kill();
  // Beyond the 5 s after which a request is given up.
  const { said, folded, publisher, id } = await waitForFold(context, broker, 7_000);
  await sleep(9_000);
  assert.deepEqual([...new Set(said)], ['renew']);
  await nats.restart();
  await publisher.flush(30_000);
  publisher.fold([id]);
  await folded;
  assert.deepEqual([...new Set(said)], ['renew']);
});
