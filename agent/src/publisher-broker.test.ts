// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: outcomes reach a real nats-server whatever happens to it. Method: it is killed, its stream
 * is deleted, its limit of a message is exceeded; then the log is read.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, connectBroker, sha256Of } from '@labsweep/proto';
import { Publisher } from './publisher.js';
import { Spool } from './spool.js';
import type { SpoolEntry } from './spool-entry.js';
import { idsInLog } from './testing/ids-in-log.js';
import { jetstreamRequest } from './testing/jetstream-request.js';
import { startNats } from './testing/nats-server.js';
import { sampleEntry, sampleOutcome } from './testing/sample-outcome.js';
import { waitUntil } from './testing/wait-until.js';

async function startLab(context: TestContext, options: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-broker-'));
  const nats = await startNats(join(folder, 'store'), options);
  const broker = await connectBroker({ url: nats.url, name: 'test', create: true });
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const spool = await Spool.open(join(folder, 'spool'));
  const sequences: number[] = [];
  const stop = new AbortController();
  const publisher = new Publisher(spool, note, stop.signal, {
    onAcknowledged: (sequence) => sequences.push(sequence),
  });
  context.after(async () => {
    stop.abort();
    await publisher.flush(0);
    await broker.close();
    await nats.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const put = async (entry: SpoolEntry) => {
    await spool.add(entry, []);
    publisher.add(entry);
  };
  return { folder, nats, broker, spool, publisher, notes, put, sequences };
}

/** Its server takes no larger messages than this. */
function startNarrowLab(context: TestContext, maxPayload: string) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-conf-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'nats.conf');
  writeFileSync(config, `max_payload: ${maxPayload}\n`);
  return startLab(context, ['-c', config]);
}

/** Of a broker that may be away. */
const lastSequence = (broker: Broker) => broker.log.lastSequence().catch(() => -1);

test('a broker that is away holds outcomes up, and gets each once when it is back', async (context) => {
  const { nats, broker, publisher, put, notes, sequences } = await startLab(context);
  publisher.connect(broker);
  const entries = Array.from({ length: 300 }, (_, index) => sampleEntry(`k${index}`));
  await put(entries[0] as SpoolEntry);
  await publisher.flush(10_000);
  await nats.kill();
  for (const entry of entries.slice(1)) await put(entry);
  await waitUntil('the trouble', async () => publisher.trouble !== '');
  assert.match(publisher.trouble, /outcomes stay in the spool: nats-server does not answer/);
  await nats.restart();
  await waitUntil('the log', async () => (await lastSequence(broker)) === 300, 40_000);
  await publisher.flush(20_000);
  assert.equal(publisher.trouble, '');
  assert.deepEqual((await idsInLog(broker)).sort(), entries.map(({ id }) => id).sort());
  assert.equal(Math.max(...sequences), 300);
  assert.ok(notes.length <= 4, `one line for each change, not for each outcome: ${notes.length}`);
});

test('a stream that was deleted is waited for', async (context) => {
  const { broker, publisher, put, nats, folder } = await startLab(context);
  publisher.connect(broker);
  await put(sampleEntry('a'));
  await publisher.flush(10_000);
  // What the server has of the stream goes with its folder.
  await nats.kill();
  rmSync(join(folder, 'store/jetstream/$G/streams/LABSWEEP_LOG'), { recursive: true });
  await nats.restart();
  await put(sampleEntry('b'));
  await waitUntil('the trouble', async () => publisher.trouble !== '', 30_000);
  await sleep(500);
  const again = await connectBroker({ url: nats.url, name: 'controller', create: true });
  context.after(() => again.close());
  // As at every hello: what is unsettled is published again.
  publisher.publishAgain();
  await publisher.flush(20_000);
  const wanted = [sampleEntry('a'), sampleEntry('b')].map(({ id }) => id);
  await waitUntil('the log', async () => (await lastSequence(again)) === 2, 20_000);
  assert.deepEqual((await idsInLog(again)).sort(), wanted);
});

test('evidence that the broker has lost a part of comes again with its outcome', async (context) => {
  const { nats, broker, publisher, spool } = await startLab(context);
  const bytes = Buffer.alloc(200 * 1024, 'a serial log');
  const sha256 = sha256Of(bytes);
  const entry = sampleEntry('a', { evidence: { console: sha256 } });
  await spool.add(entry, [bytes]);
  publisher.add(entry);
  publisher.connect(broker);
  await publisher.flush(10_000);
  await jetstreamRequest(nats.url, 'STREAM.MSG.DELETE.OBJ_LABSWEEP_ARTIFACTS', { seq: 1 });
  await assert.rejects(broker.artifacts.get(sha256), /parts of it are lost/);
  publisher.publishAgain();
  await publisher.flush(10_000);
  assert.deepEqual(Buffer.from(await broker.artifacts.get(sha256)), bytes);
});

test('an outcome beyond the limit of the server is cut and does not hold others up', async (context) => {
  const { broker, publisher, put, notes } = await startNarrowLab(context, '200KB');
  publisher.connect(broker);
  const outcome = { status: 'measured' as const, samples: [], facts: {}, consoleTail: '' };
  // Below our own limit, as an agent of another version may have spooled it.
  const facts = { text: 'x'.repeat(300 * 1024) };
  await put(sampleEntry('large', { outcome: { ...outcome, facts } }));
  await put(sampleEntry('small'));
  await publisher.flush(20_000);
  assert.equal((await idsInLog(broker)).length, 2);
  assert.match(
    notes.join('\n'),
    /outcome of scripted-smp1\/r1\/large is too large for this broker/,
  );
});

test('outcomes of one message come out of the log one by one, and go alone where it is too large', async (context) => {
  const { broker, publisher, put, notes } = await startNarrowLab(context, '16KB');
  publisher.connect(broker);
  const small = ['a', 'b', 'c'].map((kernel) => sampleEntry(kernel, { durationMs: 50 }));
  for (const entry of small) await put(entry);
  await publisher.flush(20_000);
  assert.equal(await broker.log.lastSequence(), 1);
  const outcome = { ...sampleOutcome('').outcome, facts: { text: 'x'.repeat(9 * 1024) } };
  const large = ['d', 'e'].map((kernel) => sampleEntry(kernel, { durationMs: 50, outcome }));
  for (const entry of large) await put(entry);
  await publisher.flush(20_000);
  assert.equal(await broker.log.lastSequence(), 3);
  assert.deepEqual(
    await idsInLog(broker),
    [...small, ...large].map(({ id }) => id),
  );
  assert.deepEqual(notes, []);
});

test('thousands of outcomes a second go through one publisher', async (context) => {
  const { broker, publisher, spool } = await startLab(context);
  const count = 3_000;
  const entries = Array.from({ length: count }, (_, index) => sampleEntry(`k${index}`));
  for (let at = 0; at < count; at += 100) {
    await Promise.all(entries.slice(at, at + 100).map((entry) => spool.add(entry, [])));
  }
  const startedMs = performance.now();
  publisher.connect(broker);
  await publisher.flush(60_000);
  const perSecond = Math.round(count / ((performance.now() - startedMs) / 1_000));
  context.diagnostic(`${perSecond} outcomes per second`);
  assert.equal(await broker.log.lastSequence(), count);
  // Ten at a time reach less, and a machine that is shared must pass.
  assert.ok(perSecond > 400, `${perSecond} per second`);
});
