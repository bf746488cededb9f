// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: an agent keeps its promises to a controller through stops, kills and other controllers.
 * Method: the real program with the scripted runner, a real nats-server, and a controller over real
 * gRPC that says what the test wants.
 */
import { strict as assert } from 'node:assert';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, connectBroker, type LeaseId, messageIdOf } from '@labsweep/proto';
import { AGENT_PROGRAM } from './index.js';
import { FakeController } from './testing/fake-controller.js';
import { idsInLog } from './testing/ids-in-log.js';
import { jetstreamRequest } from './testing/jetstream-request.js';
import { freePort, startNats } from './testing/nats-server.js';
import { PROGRAM, sampleLease } from './testing/sample-lease.js';
import { waitUntil } from './testing/wait-until.js';

interface Lab {
  readonly folder: string;
  readonly broker: Broker;
  controller(): Promise<FakeController>;
  agent(controllers: readonly FakeController[], options?: readonly string[]): ChildProcess;
  log(): string;
  /** Called once all processes have ended. */
  cleanUp(run: () => void): void;
}

async function startLab(context: TestContext): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-agent-'));
  const nats = await startNats(join(folder, 'store'));
  const broker = await connectBroker({ url: nats.url, name: 'test', create: true });
  await broker.artifacts.put(PROGRAM);
  const children: ChildProcess[] = [];
  const controllers: FakeController[] = [];
  const cleanUps: (() => void)[] = [];
  let log = '';
  context.after(async () => {
    for (const child of children) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    for (const controller of controllers) controller.stop();
    await broker.close();
    await nats.kill();
    for (const run of cleanUps) run();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    broker,
    controller: async () => {
      const controller = await FakeController.start(await freePort());
      controller.natsUrl = nats.url;
      controllers.push(controller);
      return controller;
    },
    agent: (all, options = []) => {
      const addresses = all.map(({ address }) => `${address.host}:${address.port}`).join(',');
      const identity = ['--host-id', 'id-of-box', '--name', 'box', '--runners', 'scripted'];
      const places = ['--state', join(folder, 'state'), '--cache', join(folder, 'cache')];
      const words = ['--controller', addresses, ...identity, ...places, ...options];
      const child = spawn(process.execPath, [AGENT_PROGRAM, ...words], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child.stderr?.setEncoding('utf8').on('data', (text) => {
        log += text;
      });
      children.push(child);
      return child;
    },
    log: () => log,
    cleanUp: (run) => void cleanUps.push(run),
  };
}

test('hello tells who the agent is, and what is wrong is refused in words', async (context) => {
  const lab = await startLab(context);
  const controller = await lab.controller();
  lab.agent([controller], ['--label', 'rack=7', '--label', 'cpu=big']);
  await waitUntil('the hello', async () => controller.hellos.length === 1);
  const [hello] = controller.hellos;
  assert.deepEqual(hello?.host.labels, ['rack=7', 'cpu=big']);
  assert.match(hello?.bootId ?? '', /^[0-9a-f-]{36}$/);
  assert.match(hello?.instance ?? '', /^[0-9a-f-]{36}$/);
  assert.ok(Math.abs(Date.now() - (hello?.startedAtMs ?? 0)) < 30_000);
  const wrong = lab.agent([controller], ['--label', 'rack 7']);
  assert.deepEqual(await once(wrong, 'exit'), [2, null]);
  assert.match(lab.log(), /--label: expected key=value/);
});

test('a stopped process renews nothing, and goes on when it is continued', async (context) => {
  const lab = await startLab(context);
  const controller = await lab.controller();
  const child = lab.agent([controller]);
  await waitUntil('the hello', async () => controller.hellos.length === 1);
  const script = ['--value', 'ns=1', '--duration-ms', '6000'];
  controller.send({ kind: 'lease', lease: sampleLease(['a'], { script, durationMs: 1_000 }) });
  await waitUntil('renewals', async () => controller.of('renew').length >= 5);
  child.kill('SIGSTOP');
  await sleep(300);
  const renewed = controller.of('renew').length;
  const alive = controller.of('alive').length;
  await sleep(2_000);
  assert.equal(controller.of('renew').length, renewed, 'a lease of 1 s was not renewed for 2 s');
  assert.equal(controller.of('alive').length, alive);
  child.kill('SIGCONT');
  await waitUntil('the outcome', async () => (await lab.broker.log.lastSequence()) === 1);
  assert.ok(controller.of('renew').length > renewed);
});

test('a killed agent says again what it held, measures what is missing, and keeps its name', async (context) => {
  const lab = await startLab(context);
  const controller = await lab.controller();
  const first = lab.agent([controller]);
  await waitUntil('the hello', async () => controller.hellos.length === 1);
  // Long enough to be announced.
  const script = ['--value', 'ns=1', '--duration-ms', '900'];
  const lease = sampleLease(['a', 'b', 'c'], { script });
  controller.send({ kind: 'lease', lease });
  await waitUntil('one outcome', async () => (await lab.broker.log.lastSequence()) === 1);
  first.kill('SIGKILL');
  await once(first, 'exit');
  lab.agent([controller]);
  await waitUntil('the second hello', async () => controller.hellos.length === 2);
  const [before, after] = controller.hellos;
  assert.equal(after?.instance, before?.instance);
  assert.notEqual(after?.session, before?.session);
  const { lease: id, epoch, sweep, block, attempt, environment } = lease;
  assert.deepEqual(after?.holding, [{ lease: id, epoch, sweep, block, attempt, environment }]);
  assert.equal(after?.unsettled.length, 1);
  await waitUntil('all outcomes', async () => (await lab.broker.log.lastSequence()) === 3);
  const started = controller.of('trial-started').map(({ trial }) => trial.slice(-1));
  assert.equal(started[0], 'a');
  assert.deepEqual(started.slice(-2), ['b', 'c']);
  assert.equal(started.filter((kernel) => kernel === 'a').length, 1);
  const ids = lease.trials.map(({ trial }) => `${sweep}/${trial}/a1/id-of-box`);
  controller.send({ kind: 'folded', messageIds: ids, settledIds: [] });
  await waitUntil('the end', async () => controller.of('block-ended').length === 1);
  assert.equal(controller.of('block-ended')[0]?.end, 'finished');
});

test('an agent goes from a controller that dies to the one that takes over, within seconds', async (context) => {
  const lab = await startLab(context);
  const [first, second] = [await lab.controller(), await lab.controller()];
  second.standby = 'standby; the reigning controller is another one';
  lab.agent([second, first]);
  await waitUntil('the first', async () => first.hellos.length === 1);
  assert.match(lab.log(), /is lost: standby; the reigning controller is another one/);
  first.stop();
  await sleep(1_000);
  second.term = 2;
  second.standby = '';
  const sinceMs = performance.now();
  await waitUntil('the second', async () => second.hellos.length === 1);
  const tookMs = Math.round(performance.now() - sinceMs);
  context.diagnostic(`attached ${tookMs} ms after it reigns`);
  assert.ok(tookMs < 4_000, `${tookMs} ms`);
});

test('a controller of a lower term is refused, also by the next process of the agent', async (context) => {
  const lab = await startLab(context);
  const [old, young] = [await lab.controller(), await lab.controller()];
  old.term = 4;
  young.term = 5;
  const first = lab.agent([young]);
  await waitUntil('the young one', async () => young.hellos.length === 1);
  await sleep(200);
  first.kill('SIGKILL');
  await once(first, 'exit');
  lab.agent([old, young]);
  await waitUntil('the young one again', async () => young.hellos.length === 2);
  assert.equal(old.hellos.length, 1);
  assert.match(lab.log(), /refuses a controller of term 4: term 5 has begun/);
});

test('of two controllers of one term an agent obeys the first, and tells it to the other', async (context) => {
  const lab = await startLab(context);
  const [one, other] = [await lab.controller(), await lab.controller()];
  one.term = 5;
  other.term = 5;
  other.reign = 'two';
  one.standby = 'standby';
  const agent = lab.agent([one, other]);
  await waitUntil('the one that reigns', async () => other.hellos.length === 1);
  await sleep(200);
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  one.standby = '';
  lab.agent([one, other]);
  await waitUntil('the same again', async () => other.hellos.length === 2);
  assert.deepEqual(one.hellos[0]?.seen, { term: 5, reign: 'two' });
  assert.match(lab.log(), /refuses a controller of term 5: it was given to another one/);
});

test('a refused agent ends with the reason', async (context) => {
  const lab = await startLab(context);
  const controller = await lab.controller();
  controller.refusal = 'this host is served by box, session s, since 10:00';
  const [code] = await once(lab.agent([controller]), 'exit');
  assert.equal(code, 1);
  assert.match(lab.log(), /refused: this host is served by box, session s, since 10:00/);
});

test('a full disk makes the agent wait and say so, and nothing is lost', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root may mount a small file system');
  const lab = await startLab(context);
  const controller = await lab.controller();
  const state = join(lab.folder, 'state');
  mkdirSync(state);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'labsweep-test', state]);
  lab.cleanUp(() => execFileSync('umount', ['-l', state]));
  lab.agent([controller]);
  await waitUntil('the hello', async () => controller.hellos.length === 1);
  // A full tmpfs has no block for another file.
  const fill = () => {
    try {
      writeFileSync(join(state, 'ballast'), Buffer.alloc(1024 * 1024));
    } catch {
      // It took what there was room for.
    }
  };
  fill();
  const isTold = () =>
    controller.of('alive').some(({ trouble }) => /the disk of .* is full/.test(trouble));
  await waitUntil('the trouble of an agent without work', async () => isTold());
  rmSync(join(state, 'ballast'));
  await waitUntil('room', async () => controller.of('alive').at(-1)?.trouble === '');
  fill();
  const lease = sampleLease(['a', 'b'], { durationMs: 1_000 });
  controller.send({ kind: 'lease', lease });
  await waitUntil('the trouble', async () =>
    controller
      .of('alive')
      .some(({ trouble }) => /cannot be spooled: the disk of .* is full/.test(trouble)),
  );
  const renewed = controller.of('renew').length;
  await sleep(1_500);
  assert.ok(controller.of('renew').length > renewed, 'who waits for room keeps the lease');
  assert.equal(await lab.broker.log.lastSequence(), 0, 'nothing is published before it is spooled');
  rmSync(join(state, 'ballast'));
  await waitUntil('both outcomes', async () => (await idsInLog(lab.broker)).length === 2);
  await waitUntil('no trouble', async () => controller.of('alive').at(-1)?.trouble === '');
});

test('a program that prints more lines than the log takes fails its trial and nothing else', async (context) => {
  const lab = await startLab(context);
  const controller = await lab.controller();
  lab.agent([controller], ['--spool-entries-max', '5']);
  await waitUntil('the hello', async () => controller.hellos.length === 1);
  const values = Array.from({ length: 60_000 }, (_, index) => ['--value', `metric${index}=1`]);
  const lease = sampleLease(['a'], { script: ['--value', 'ns=1', ...values.flat()] });
  controller.send({ kind: 'lease', lease });
  await waitUntil('the outcome', async () => (await lab.broker.log.lastSequence()) === 1);
  for await (const message of lab.broker.log.follow(new AbortController().signal)) {
    const [entry] = message.entries;
    assert.ok(entry?.type === 'trial-ended');
    const { outcome, evidence } = entry;
    assert.equal(outcome.failure?.class, 'garbage-output');
    assert.match(outcome.failure?.message ?? '', /KiB fit into the log/);
    // All that it printed is there.
    const output = await lab.broker.artifacts.get(evidence.output ?? ('' as never));
    assert.match(Buffer.from(output).toString(), /metric59999=1/);
    controller.send({ kind: 'settled', messageIds: [messageIdOf(entry)] });
    break;
  }
  await waitUntil('an empty spool', async () => controller.of('alive').at(-1)?.spooled === 0);
});

test('a program that the store has lost is no failure: the block comes back, and goes on once it is there', async (context) => {
  const lab = await startLab(context);
  const controller = await lab.controller();
  const chunks = { filter: '$O.LABSWEEP_ARTIFACTS.C.*' };
  await jetstreamRequest(controller.natsUrl, 'STREAM.PURGE.OBJ_LABSWEEP_ARTIFACTS', chunks);
  lab.agent([controller]);
  await waitUntil('the hello', async () => controller.hellos.length === 1);
  controller.send({ kind: 'lease', lease: sampleLease(['a']) });
  await waitUntil('the block', async () => controller.of('block-ended').length === 1);
  const [returned] = controller.of('block-ended');
  assert.equal(returned?.end, 'unready');
  assert.match(returned?.reason ?? '', /^artifact [0-9a-f]{64} is damaged in the object store/);
  assert.equal(await lab.broker.log.lastSequence(), 0, 'nothing was tested, so nothing is told');
  await lab.broker.artifacts.put(PROGRAM);
  controller.send({ kind: 'lease', lease: { ...sampleLease(['a']), lease: 'again' as LeaseId } });
  await waitUntil('the outcome', async () => (await lab.broker.log.lastSequence()) === 1);
  for await (const { entries } of lab.broker.log.follow(new AbortController().signal)) {
    const [entry] = entries;
    assert.ok(entry?.type === 'trial-ended');
    assert.equal(entry.outcome.status, 'measured');
    break;
  }
});
