// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: an artifact of which the object store has lost a part fails a fetch with words, keeps
 * nobody waiting, and is stored anew. Method: a real nats-server whose messages are taken away.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ArtifactLostError, type Broker, connectBroker, sha256Of } from '@labsweep/proto';
import { jetstreamRequest, natsRequest } from '../testing/jetstream-request.js';
import { startNats } from '../testing/nats-server.js';
import { ArtifactCache } from './artifact-cache.js';
import { BrokerLink } from './broker-link.js';

const STREAM = 'OBJ_LABSWEEP_ARTIFACTS';
const CHUNKS = '$O.LABSWEEP_ARTIFACTS.C.*';
/** Of three chunks. */
const BYTES = Buffer.alloc(300 * 1024, 'a kernel');
const SHA256 = sha256Of(BYTES);
/** Far below each limit, and far above what a fetch of this size takes. */
const PROMPT_MS = 4_000;

async function startStore(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-damaged-'));
  const nats = await startNats(join(folder, 'store'));
  const broker = await connectBroker({ url: nats.url, name: 'test', create: true });
  context.after(async () => {
    await broker.close();
    await nats.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await broker.artifacts.put(BYTES);
  const ask = (what: string, body: object) => jetstreamRequest(nats.url, what, body);
  const loseOne = () => ask(`STREAM.MSG.DELETE.${STREAM}`, { seq: 2 });
  const loseAll = () => ask(`STREAM.PURGE.${STREAM}`, { filter: CHUNKS });
  return { folder, nats, broker, loseOne, loseAll };
}

/** An agent's, of which `broker` is what it has connected to. */
async function linkTo(context: TestContext, folder: string, broker: Broker): Promise<BrokerLink> {
  let connected = () => {};
  const isConnected = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const cache = new ArtifactCache(join(folder, 'cache'));
  const shared = { ...broker, close: async () => {} };
  const connect = async () => shared;
  const link = new BrokerLink({ name: 'a', cache, connect, note() {}, onConnected: connected });
  context.after(() => link.close());
  link.connect('nats://test');
  await isConnected;
  return link;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const late = delay(PROMPT_MS, 'it hangs', { ref: false });
  return Promise.race([
    late,
    work.then(
      () => 'it succeeded',
      (error: unknown) => error,
    ),
  ]);
}

for (const many of ['one', 'all'] as const) {
  test(`a fetch of an artifact whose chunks are lost, ${many} of them, fails with words at once`, async (context) => {
    const { folder, broker, loseOne, loseAll } = await startStore(context);
    await (many === 'one' ? loseOne() : loseAll());
    const link = await linkTo(context, folder, broker);
    const failure = await failureOf(link.fetch(SHA256, new AbortController().signal));
    assert.ok(failure instanceof ArtifactLostError, String(failure));
    assert.match(failure.message, /is damaged in the object store .* run the same command once/);
  });

  test(`who stores it again mends it, with ${many} of its chunks lost`, async (context) => {
    const { folder, broker, loseOne, loseAll } = await startStore(context);
    await (many === 'one' ? loseOne() : loseAll());
    await broker.artifacts.put(BYTES);
    const link = await linkTo(context, folder, broker);
    const path = await link.fetch(SHA256, new AbortController().signal);
    assert.deepEqual(readFileSync(path), BYTES);
  });
}

test('what is there as a whole is not sent again', async (context) => {
  const { nats, broker } = await startStore(context);
  const lastSequence = async () => {
    const { state } = await jetstreamRequest(nats.url, `STREAM.INFO.${STREAM}`, {});
    return (state as { last_seq: number }).last_seq;
  };
  const before = await lastSequence();
  await broker.artifacts.put(BYTES);
  assert.equal(await lastSequence(), before);
});

test('bytes that are other ones are told, and stored anew', async (context) => {
  const { nats, broker, loseAll } = await startStore(context);
  const bytes = Buffer.from('a small one');
  const sha256 = await broker.artifacts.put(bytes);
  const { message } = await jetstreamRequest(nats.url, `STREAM.MSG.GET.${STREAM}`, { seq: 5 });
  const { subject } = message as { subject: string };
  await loseAll();
  await natsRequest(nats.url, subject, '"another one"');
  await assert.rejects(broker.artifacts.get(sha256), /damaged .* \(its bytes are other ones\)/);
  await broker.artifacts.put(bytes);
  assert.deepEqual(Buffer.from(await broker.artifacts.get(sha256)), bytes);
});

test('a fetch that hangs ends with its signal', async (context) => {
  const { folder, broker } = await startStore(context);
  const get = () => new Promise<Uint8Array>(() => {});
  const link = await linkTo(context, folder, { ...broker, artifacts: { get } as never });
  const stop = new AbortController();
  const fetch = link.fetch(SHA256, stop.signal);
  stop.abort(new Error('the lease is lost'));
  assert.equal(String(await failureOf(fetch)), 'Error: the lease is lost');
});
