// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: who follows the log is never handed what is no continuation of it, and leaves no reader
 * behind. Method: a real nats-server whose stream is deleted and made anew under a follower.
 */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Broker, connectBroker, type HostId, type LogEntry } from '@labsweep/proto';
import { Lab, type StreamInfo } from './lab.js';
import { waitFor } from './labsweep-process.js';

/** The client misses two heartbeats of the server first, which takes it 44 s. */
const RECREATED_LIMIT_MS = 120_000;

interface ConsumerList {
  readonly consumers: readonly { readonly num_waiting: number }[];
}

function entry(number: number): LogEntry {
  const command = { kind: 'drain', host: 'box-a' as HostId } as const;
  return { type: 'host-commanded', id: `command-${number}`, atMs: 1, by: 'tester', command };
}

async function openLog(context: TestContext) {
  const lab = await Lab.prepare(context);
  await lab.startNats();
  const broker = await connectBroker({ url: lab.natsUrl, name: 'test', create: true });
  // Before the lab ends its server.
  context.after(() => broker.close());
  return { lab, broker };
}

/** Appends so many entries, the first of them with the number `from`. */
async function append(broker: Broker, from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number += 1)
    await broker.log.append(entry(number));
}

async function readersOf(lab: Lab): Promise<number> {
  const { consumers } = await lab.request<ConsumerList>('CONSUMER.LIST.LABSWEEP_LOG');
  return consumers.filter(({ num_waiting: count }) => count > 0).length;
}

test('a log that was deleted and has grown past what was followed is not followed on as if nothing had been', async (context) => {
  const { lab, broker } = await openLog(context);
  await append(broker, 1, 5);
  const seen: number[] = [];
  let isOver = false;
  const stop = new AbortController();
  context.after(() => stop.abort());
  const following = (async () => {
    for await (const { sequence } of broker.log.follow(stop.signal)) seen.push(sequence);
    isOver = true;
  })();
  await waitFor('the entries', () => seen.length === 5);
  const { config } = await lab.request<StreamInfo>('STREAM.INFO.LABSWEEP_LOG');
  await lab.request('STREAM.DELETE.LABSWEEP_LOG');
  await lab.request('STREAM.CREATE.LABSWEEP_LOG', config);
  await append(broker, 6, 8);
  assert.equal(
    await broker.log.lastSequence(),
    8,
    'the other log is longer than what was followed',
  );
  await waitFor('the end of the following', () => isOver, RECREATED_LIMIT_MS);
  await following;
  assert.deepEqual(seen, [1, 2, 3, 4, 5], 'nothing of the other log was handed out');
  assert.equal(await readersOf(lab), 0, 'nobody reads it any more');
});

test('a consumer that opens when nobody waits for it any more is read by nobody', async (context) => {
  const { lab, broker } = await openLog(context);
  await append(broker, 1, 5);
  const stop = new AbortController();
  const first = broker.log.followBatches(stop.signal).next();
  // While the request for the consumer is on its way.
  setTimeout(() => stop.abort(new Error('not wanted')), 1);
  await assert.rejects(first, /not wanted/);
  await delay(500);
  await append(broker, 6, 1);
  await delay(500);
  assert.equal(await readersOf(lab), 0);
});
