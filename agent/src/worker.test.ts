// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a lease lives as long as its worker works, and no longer. Method: the real worker,
 * publisher and spool, with a runner that does what the test wants and a log that takes everything.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentMessage,
  type Broker,
  formatLogEntry,
  type HostId,
  messageIdOf,
  parseLogEntry,
  systemClock,
  type TrialEnded,
} from '@labsweep/proto';
import { HostUnreadyError } from './host-unready-error.js';
import { Publisher } from './publisher.js';
import type { Runner } from './runner/runner.js';
import { createScriptedRunner } from './runner/scripted.js';
import { Spool } from './spool.js';
import type { SpoolEntry } from './spool-entry.js';
import { sampleLease } from './testing/sample-lease.js';
import { waitUntil } from './testing/wait-until.js';
import { Worker } from './worker.js';

const HOST = 'host-a' as HostId;

async function startWorker(context: TestContext, changes: Partial<Runner> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-worker-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const sent: { readonly message: AgentMessage; readonly atMs: number }[] = [];
  const stop = new AbortController();
  const appended: TrialEnded[] = [];
  const appendTexts = async (entries: readonly SpoolEntry[]) => {
    const outcomes = entries.map(({ text }) => parseLogEntry(text) as TrialEnded);
    return appended.push(...outcomes);
  };
  const spool = await Spool.open(folder);
  const publisher = new Publisher(spool, () => {}, stop.signal);
  publisher.connect({ log: { appendTexts }, artifacts: {} } as unknown as Broker);
  const worker = new Worker({
    host: {
      id: HOST,
      name: 'box-a',
      capacity: { cpus: 1, memoryMib: 1_024 },
      supports: [],
      permissions: [],
      labels: [],
      facts: {},
    },
    session: () => 'session-1',
    clock: systemClock,
    spool,
    publisher,
    note: () => {},
    runnerFor: () => ({ ...createScriptedRunner(), ...changes }),
    fetch: async () => '/nowhere',
    send: (message) => sent.push({ message, atMs: performance.now() }),
    supportsChanged: async () => false,
    reattach: () => {},
    signal: stop.signal,
  });
  const of = (kind: AgentMessage['kind']) => sent.filter(({ message }) => message.kind === kind);
  return { worker, spool, appended, of, stop };
}

/** The outcome of its first block is in the log, which it has not heard; the other is to come. */
async function startMeasured(context: TestContext) {
  const started = await startWorker(context);
  const { worker, appended } = started;
  const first = sampleLease(['a'], { block: 'scripted-smp1/r1' });
  const second = sampleLease(['a'], { block: 'scripted-smp1/r2' });
  worker.handle({ kind: 'lease', lease: first });
  await waitUntil('the outcome', async () => appended.length === 1);
  return { ...started, first, second };
}

test('a trial that goes on for longer than its lease keeps it', async (context) => {
  const { worker, of, appended } = await startWorker(context);
  const script = ['--value', 'ns=1', '--duration-ms', '1500'];
  worker.handle({ kind: 'lease', lease: sampleLease(['a'], { script, durationMs: 500 }) });
  await waitUntil('the outcome', async () => appended.length === 1);
  const renewed = of('renew');
  assert.ok(renewed.length >= 8, `${renewed.length} renewals in 1.5 s, one each 100 ms is due`);
  const gaps = renewed.slice(1).map(({ atMs }, index) => atMs - (renewed[index]?.atMs ?? 0));
  assert.ok(Math.max(...gaps) < 500, `the longest gap was ${Math.max(...gaps)} ms`);
  const { message } = renewed[0] ?? {};
  const trial = 'scripted-smp1/r1/a';
  assert.deepEqual(message, { kind: 'renew', lease: 'lease-of-scripted-smp1/r1', epoch: 7, trial });
});

test('a runner that hangs loses the lease, says so, and the rest of the agent lives', async (context) => {
  const { worker, of } = await startWorker(context, { run: () => new Promise(() => {}) });
  // The margin of a scripted trial is 5 s.
  const lease = sampleLease(['a'], { deadlineMs: 100, durationMs: 500 });
  worker.handle({ kind: 'lease', lease });
  await waitUntil('the trouble', async () => worker.trouble !== '');
  assert.match(worker.trouble, /'trial' of scripted-smp1\/r1\/a hangs: .* within 5\.1 s/);
  const count = of('renew').length;
  assert.ok(count > 20, `${count} renewals within its limit`);
  await sleep(1_000);
  assert.equal(of('renew').length, count, 'no renewal beyond the limit');
  // It is busy with what hangs, and takes nothing else.
  const leasedAtMs = performance.now();
  worker.handle({ kind: 'lease', lease: sampleLease(['a'], { block: 'scripted-smp1/r2' }) });
  await waitUntil('its return', async () => of('block-ended').length === 1);
  const restMs = performance.now() - leasedAtMs;
  assert.ok(restMs > 4_900, `it came back after ${restMs} ms, and would be leased at once again`);
  const { message } = of('block-ended')[0] ?? {};
  assert.ok(message?.kind === 'block-ended' && / hangs: /.test(message.reason));
});

test('a block ends when its outcomes are folded, and the next begins while they are not settled', async (context) => {
  const { worker, spool, appended, of } = await startWorker(context);
  worker.handle({ kind: 'lease', lease: sampleLease(['a', 'b']) });
  await waitUntil('two outcomes', async () => appended.length === 2);
  await sleep(100);
  assert.equal(of('block-ended').length, 0, 'published is not folded');
  const messageIds = appended.map(messageIdOf);
  worker.handle({ kind: 'folded', messageIds, settledIds: ['another one'] });
  await waitUntil('the end', async () => of('block-ended').length === 1);
  assert.equal(spool.unsettled().length, 2);
  worker.handle({ kind: 'lease', lease: sampleLease(['a'], { block: 'scripted-smp1/r2' }) });
  await waitUntil('the next block', async () => appended.length === 3);
  assert.equal(spool.unsettled().length, 3);
  assert.equal(appended[2]?.epoch, 7);
});

test('a lease that comes before a block has ended waits for its end, and no longer', async (context) => {
  const { worker, appended, of, first, second } = await startMeasured(context);
  // As by a controller that has folded it: both on their way at once.
  worker.handle({ kind: 'folded', messageIds: appended.map(messageIdOf), settledIds: [] });
  worker.handle({ kind: 'lease', lease: second });
  worker.handle({ kind: 'lease', lease: second });
  assert.deepEqual(
    worker.held().map(({ lease }) => lease),
    [first.lease],
  );
  await waitUntil('the next outcome', async () => appended.length === 2);
  assert.deepEqual(
    of('block-ended').map(({ message }) => message),
    [{ kind: 'block-ended', lease: first.lease, end: 'finished', reason: '' }],
  );
  // Another one, of which the hello of a new stream knows nothing, is the old controller's.
  worker.handle({ kind: 'lease', lease: sampleLease(['a'], { block: 'scripted-smp1/r3' }) });
  worker.resume();
  worker.handle({ kind: 'folded', messageIds: appended.map(messageIdOf), settledIds: [] });
  await waitUntil('the end', async () => of('block-ended').length === 2);
  await sleep(50);
  assert.deepEqual(worker.held(), []);
  assert.equal(appended.length, 2);
});

test('a lease that waits for the end of a block, and is revoked meanwhile, is not begun', async (context) => {
  const { worker, appended, of, second } = await startMeasured(context);
  worker.handle({ kind: 'lease', lease: second });
  worker.handle({ kind: 'revoked', lease: second.lease, reason: 'its sweep was cancelled' });
  worker.handle({ kind: 'folded', messageIds: appended.map(messageIdOf), settledIds: [] });
  await waitUntil('the end', async () => of('block-ended').length === 1);
  await sleep(50);
  assert.deepEqual([appended.length, worker.held()], [1, []]);
});

test('a host that is not ready gives the block back at once, with what it waits for', async (context) => {
  const run = () => Promise.reject(new HostUnreadyError('hygiene = require is not met: load'));
  const { worker, of, appended } = await startWorker(context, { run });
  const lease = sampleLease(['a', 'b']);
  const beganAtMs = performance.now();
  worker.handle({ kind: 'lease', lease });
  await waitUntil('its return', async () => of('block-ended').length === 1);
  assert.ok(performance.now() - beganAtMs < 2_000, 'a defect of ours would rest for 5 s');
  const reason = 'hygiene = require is not met: load';
  const message = { kind: 'block-ended', lease: lease.lease, end: 'unready', reason };
  assert.deepEqual(of('block-ended')[0]?.message, message);
  assert.deepEqual([appended, worker.held()], [[], []]);
});

test('a lease of an earlier process is held, and goes on once a controller has heard of it', async (context) => {
  const { worker, appended } = await startWorker(context);
  worker.restore(sampleLease(['a']));
  assert.equal(worker.held()[0]?.epoch, 7);
  await sleep(50);
  assert.equal(appended.length, 0);
  worker.resume();
  await waitUntil('the outcome', async () => appended.length === 1);
});

test('a lease of an earlier process that nobody wants is dropped', async (context) => {
  const { worker, appended } = await startWorker(context);
  const lease = sampleLease(['a']);
  worker.restore(lease);
  worker.handle({ kind: 'revoked', lease: lease.lease, reason: 'the block was leased elsewhere' });
  assert.deepEqual(worker.held(), []);
  worker.resume();
  await sleep(50);
  assert.equal(appended.length, 0);
});

test('an outcome that no controller could read is told as a failure of the lab', async (context) => {
  const { worker, appended } = await startWorker(context, {
    run: async () => ({
      outcome: {
        status: 'measured',
        samples: [{ scenario: 's', line: 'result', values: { ns: Number.NaN }, texts: {} }],
        facts: {},
        consoleTail: '',
      },
      environment: 'scripted',
    }),
  });
  worker.handle({ kind: 'lease', lease: sampleLease(['a']) });
  await waitUntil('the outcome', async () => appended.length === 1);
  const [entry] = appended;
  assert.ok(entry !== undefined);
  assert.equal(entry.outcome.status, 'lab-failed');
  assert.match(entry.outcome.failure?.message ?? '', /outcome\.samples\.0\.values\.ns/);
  assert.deepEqual(parseLogEntry(formatLogEntry(entry)), entry);
});
