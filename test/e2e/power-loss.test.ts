// SPDX-License-Identifier: Apache-2.0
/**
 * The broker's machine loses its power in mid-sweep: what it had not synced is gone, and JetStream
 * goes back without a word. Whatever the controller had settled must be there, agents publish the
 * rest again, and the table is that of a run without faults.
 */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connectBroker, messageIdOf } from '@labsweep/proto';
import { BrokerLab, heard } from './broker-lab.js';
import {
  type Running,
  resultLines,
  run,
  start,
  temporaryFolder,
  waitFor,
  writeScriptedSpec,
} from './labsweep-process.js';

const SPEC = { durationMs: 60, repetitions: 12 };
const TRIALS = 48;
/** Some way into the sweep, with several blocks done. */
const TRIALS_BEFORE = 12;
const SETTLED_BEFORE = 6;
const LOG_BLOCKS = 'jetstream/$G/streams/LABSWEEP_LOG/msgs';

const trialsSeen = (running: Running) =>
  running.stderr().match(new RegExp(` \\d+/${TRIALS} trials: `, 'g'))?.length ?? 0;

interface Kept {
  /** Message ids of outcomes in the log, in its order. */
  readonly ids: readonly string[];
}

async function outcomesIn(lab: BrokerLab): Promise<Kept> {
  const broker = await connectBroker({ url: lab.natsUrl, name: 'test', create: false });
  const stop = new AbortController();
  try {
    const { lastSequence } = await broker.log.head();
    const ids: string[] = [];
    if (lastSequence === 0) return { ids };
    for await (const message of broker.log.follow(stop.signal)) {
      if ('entry' in message && message.entry.type === 'trial-ended') {
        ids.push(messageIdOf(message.entry));
      }
      if (message.sequence >= lastSequence) break;
    }
    return { ids };
  } finally {
    await broker.close();
  }
}

/** Message ids of the outcomes that an agent has not been told are settled. */
function spooled(lab: BrokerLab, agents: readonly string[]): Set<string> {
  const ids = agents.flatMap((name) => {
    const folder = join(lab.folder, name, 'spool');
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => idOf(join(folder, file)) ?? []);
  });
  return new Set(ids);
}

/** Undefined for one that was settled while we looked. */
function idOf(path: string): string | undefined {
  try {
    return messageIdOf(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Everything that belongs to the sweep came out as if nothing had happened. */
async function assertFaultlessTable(folder: string, running: Running): Promise<void> {
  const ended = await running.ended;
  assert.equal(ended.exitCode, 0, ended.stderr);
  const calm = await run(folder, 'run', 'sweep.toml', '--runners', 'scripted', '--out', 'calm');
  assert.equal(calm.exitCode, 0, calm.stderr);
  // Up to the value and its unit: who measured it differs.
  const numbers = (name: string) =>
    resultLines(join(folder, name))
      .map((line) => line.split(',').slice(0, 11).join(','))
      .sort();
  const lines = numbers('result');
  assert.deepEqual(lines, numbers('calm'));
  assert.equal(lines.length, 1 + TRIALS);
}

function shell(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

/** Undefined where this machine can mount nothing, with the reason told to the test. */
function whyNoDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can mount a file system';
  return existsSync('/dev/loop-control') ? undefined : 'this machine has no loop devices';
}

test('power loss with --store: a disk image holds what was synced, and all that was settled is there', {
  skip: whyNoDisk() ?? false,
}, async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, SPEC);
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const image = join(folder, 'image');
  shell('truncate', '-s', '64M', image);
  shell('mkfs.ext4', '-qF', image);
  // The journal is not written by its timer either: only what was asked for is on the image.
  const mount = (file: string) => shell('mount', '-o', 'loop,commit=300', file, disk);
  mount(image);
  const lab = await BrokerLab.prepare(folder, join(disk, 'store'));
  const agents = ['box-a', 'box-b'];
  try {
    const nats = await lab.startNats();
    const controller = lab.startController(0, '--store', lab.store);
    await heard(controller, /reigns under term/);
    const [address = ''] = lab.addresses;
    for (const name of agents) lab.startAgent(name, address);
    const running = start(folder, 'run', 'sweep.toml', '--controller', address, '--out', 'result');
    await waitFor('some trials', () => trialsSeen(running) >= TRIALS_BEFORE);
    // Agents go on for a moment while nobody syncs: that is what the power loss takes.
    controller.child.kill('SIGSTOP');
    await delay(400);
    nats.child.kill('SIGSTOP');
    copyFileSync(image, `${image}.after`);
    const unsettled = spooled(lab, agents);
    nats.child.kill('SIGCONT');
    const before = await outcomesIn(lab);
    await nats.end('SIGKILL');
    // Lazily, because the kernel may still hold files of the server that was just killed.
    shell('umount', '-l', disk);
    mount(`${image}.after`);
    await lab.startNats();
    const after = await outcomesIn(lab);
    const settled = before.ids.filter((id) => !unsettled.has(id));
    context.diagnostic(
      `${before.ids.length} outcomes acknowledged, ${settled.length} settled; on the image ` +
        `${after.ids.length} with what agents have published again`,
    );
    assert.ok(settled.length >= TRIALS_BEFORE - agents.length, 'hardly anything was settled');
    for (const id of settled) assert.ok(after.ids.includes(id), `${id} was settled and is lost`);
    controller.child.kill('SIGCONT');
    await assertFaultlessTable(folder, running);
  } finally {
    await lab.close();
    spawnSync('umount', ['-l', disk]);
  }
});

/** An open finding: it runs and is told, and does not yet make the suite red. */
const OPEN = { todo: 'in one run of several an outcome was settled that the cut file lacked' };

test(
  'power loss without --store: what is older than the sync of the server is settled, and nothing else',
  OPEN,
  async (context) => {
    const folder = temporaryFolder(context);
    writeScriptedSpec(folder, { ...SPEC, durationMs: 100 });
    const lab = await BrokerLab.prepare(folder);
    const agents = ['box-a', 'box-b'];
    // In place of two minutes: the server is said to have synced what is older than one second.
    const syncedAfterMs = 1_000;
    const lengths: { readonly atMs: number; readonly bytes: number }[] = [];
    const block = join(lab.store, LOG_BLOCKS, '1.blk');
    const watch = setInterval(() => {
      if (existsSync(block)) lengths.push({ atMs: Date.now(), bytes: statSync(block).size });
    }, 20);
    try {
      const nats = await lab.startNats();
      const options = ['--synced-after', `${syncedAfterMs / 1000}`];
      const controller = lab.startController(0, ...options);
      await heard(controller, /reigns under term/);
      const [address = ''] = lab.addresses;
      for (const name of agents) lab.startAgent(name, address);
      const running = start(
        folder,
        'run',
        'sweep.toml',
        '--controller',
        address,
        '--out',
        'result',
      );
      await waitFor('some trials', () => trialsSeen(running) >= TRIALS_BEFORE);
      const settledCount = () => trialsSeen(running) - spooled(lab, agents).size;
      await waitFor('some that are settled', () => settledCount() >= SETTLED_BEFORE);
      const unsettled = spooled(lab, agents);
      const lossAtMs = Date.now();
      const before = await outcomesIn(lab);
      await nats.end('SIGKILL');
      const synced = lengths.findLast(({ atMs }) => atMs <= lossAtMs - syncedAfterMs);
      const lostBytes = statSync(block).size - (synced?.bytes ?? 0);
      truncateSync(block, synced?.bytes ?? 0);
      await lab.startNats();
      const after = await outcomesIn(lab);
      const settled = before.ids.filter((id) => !unsettled.has(id));
      context.diagnostic(
        `${before.ids.length} outcomes acknowledged, ${settled.length} settled, ${lostBytes} bytes ` +
          `cut off; then ${after.ids.length} with what agents have published again`,
      );
      assert.ok(lostBytes > 0, 'the power loss took nothing');
      for (const id of settled) assert.ok(after.ids.includes(id), `${id} was settled and is lost`);
      await heard(controller, /steps down: the log has lost entries|entries are lost/);
      await assertFaultlessTable(folder, running);
    } finally {
      clearInterval(watch);
      await lab.close();
    }
  },
);
