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
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SweepClient } from '@labsweep/cli';
import { messageIdOf, parseLoopbackAddress, type SweepId, type TrialEnded } from '@labsweep/proto';
import { heard, Lab } from './lab.js';
import { type Running, resultLines, run, waitFor } from './labsweep-process.js';
import { entriesIn, outcomesIn } from './log-outcomes.js';

/** So long that trials still run when hosts hear, up to a second later, what is settled. */
const SPEC = { durationMs: 250, repetitions: 12 };
const TRIALS = 48;
const AGENTS = ['box-a', 'box-b'];
/** Some way into the sweep, with several blocks done. */
const TRIALS_BEFORE = 12;
const SETTLED_BEFORE = 6;
const LOG_BLOCKS = 'jetstream/$G/streams/LABSWEEP_LOG/msgs';

const trialsSeen = (running: Running) =>
  running.stderr().match(new RegExp(` \\d+/${TRIALS} trials: `, 'g'))?.length ?? 0;

/** Message ids of the outcomes that an agent has not been told are settled. */
function spooled(lab: Lab): Set<string> {
  const ids = AGENTS.flatMap((name) => {
    const folder = join(lab.folder, name, 'spool');
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => idOf(join(folder, file)) ?? []);
  });
  return new Set(ids);
}

const settledCount = (lab: Lab, running: Running) => trialsSeen(running) - spooled(lab).size;

/** Undefined for one that was settled while we looked. */
function idOf(path: string): string | undefined {
  try {
    return messageIdOf(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

interface Judged {
  readonly acknowledged: number;
  /** In the log, and in no spool any more. */
  readonly settled: readonly string[];
}

/**
 * The log first, the spools after it: an outcome that an agent spools and publishes between the two
 * looks would else be in the log and in no spool, and pass for one that was settled.
 */
async function judge(lab: Lab): Promise<Judged> {
  const ids = await outcomesIn(lab);
  const unsettled = spooled(lab);
  return { acknowledged: ids.length, settled: ids.filter((id) => !unsettled.has(id)) };
}

/** Everything that belongs to the sweep came out as if nothing had happened. */
async function assertFaultlessTable(lab: Lab, running: Running): Promise<void> {
  const { folder } = lab;
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
  // Whatever was settled on the way, the broker has all of it in the end.
  await waitFor('all to be settled', () => spooled(lab).size === 0);
  const kept = new Set(await outcomesIn(lab));
  const { trials } = lab.results<{ trials: readonly TrialEnded[] }>();
  for (const entry of trials) assert.ok(kept.has(messageIdOf(entry)), messageIdOf(entry));
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

/** A lab whose broker has its store on an image of its own. */
async function labOnImage(context: TestContext) {
  const lab = await Lab.prepare(context, { spec: SPEC, store: 'disk/store' });
  const disk = join(lab.folder, 'disk');
  mkdirSync(disk);
  const image = join(lab.folder, 'image');
  shell('truncate', '-s', '64M', image);
  shell('mkfs.ext4', '-qF', image);
  // The journal is not written by its timer either: only what was asked for is on the image.
  const mount = (file: string) => shell('mount', '-o', 'loop,commit=300', file, disk);
  mount(image);
  lab.atEnd(() => spawnSync('umount', ['-l', disk]));
  const after = `${image}.after`;
  return {
    lab,
    /** Keeps what the disk holds at this moment. */
    copy: () => copyFileSync(image, after),
    /** The server, which was killed, comes back on what was kept. */
    comeBack: async () => {
      // Lazily, because the kernel may still hold files of the server.
      shell('umount', '-l', disk);
      mount(after);
      await lab.startNats();
    },
  };
}

test('power loss with --store: a disk image holds what was synced, and all that was settled is there', {
  skip: whyNoDisk() ?? false,
}, async (context) => {
  const { lab, copy, comeBack } = await labOnImage(context);
  await lab.begin({ agents: AGENTS });
  const { nats, controllers } = lab;
  const [controller] = controllers;
  assert.ok(nats && controller);
  const running = lab.sweep();
  await waitFor('some trials', () => trialsSeen(running) >= TRIALS_BEFORE);
  await waitFor('some that are settled', () => settledCount(lab, running) >= SETTLED_BEFORE);
  // Agents go on for a moment while nobody syncs: that is what the power loss takes.
  controller.child.kill('SIGSTOP');
  await delay(400);
  nats.child.kill('SIGSTOP');
  copy();
  nats.child.kill('SIGCONT');
  // The controller is stopped, so nothing is settled after the copy.
  const { acknowledged, settled } = await judge(lab);
  await nats.end('SIGKILL');
  await comeBack();
  const after = await outcomesIn(lab);
  context.diagnostic(
    `${acknowledged} outcomes acknowledged, ${settled.length} settled; on the image ` +
      `${after.length} with what agents have published again`,
  );
  assert.ok(settled.length >= SETTLED_BEFORE, 'hardly anything was settled');
  for (const id of settled) assert.ok(after.includes(id), `${id} was settled and is lost`);
  controller.child.kill('SIGCONT');
  await assertFaultlessTable(lab, running);
});

/** So many in a row that most would be answered between two rounds of the sync. */
const COMMANDS = 8;

test('power loss with --store: what a user was answered is on the disk image', {
  skip: whyNoDisk() ?? false,
}, async (context) => {
  const { lab, copy, comeBack } = await labOnImage(context);
  await lab.begin({ agents: ['box-a'] });
  const { nats, controllers, addresses } = lab;
  const [controller] = controllers;
  assert.ok(nats && controller);
  const client = new SweepClient([parseLoopbackAddress(addresses[0] ?? '', 'controller')]);
  lab.atEnd(() => client.close());
  while ((await client.hosts()).hosts.length === 0) await delay(20);
  const file = (name: string) => readFileSync(join(lab.folder, name));
  const sweep = 'scripted-1a2b3c4d' as SweepId;
  const common = { sweep, by: 'tester', onProgress: () => {}, signal: context.signal };
  const spec = { specPath: 'sweep.toml', specText: file('sweep.toml').toString(), seed: 1 };
  const files = { 'toggle.c': await client.putArtifact(file('toggle.c')) };
  await client.submit({ ...common, ...spec, files });
  const nothing = { row: '', count: 0, kernel: '', source: '', files: {}, reason: '' };
  for (let index = 0; index < COMMANDS; index += 2) {
    const isOdd = index % 4 === 0;
    const ids = [`asked-${index}-by-test`, `asked-${index + 1}-by-test`] as const;
    const kind = isOdd ? 'pause' : 'resume';
    await client.command({ ...nothing, ...common, id: ids[0], kind });
    const hostKind = isOdd ? 'drain' : 'undrain';
    const asked = { ...nothing, id: ids[1], by: 'tester', kind: hostKind, host: 'box-a' } as const;
    await client.commandHost(asked);
  }
  // The last one was answered just now: all power is lost, of the controller as of the broker.
  for (const { child } of [controller, nats]) child.kill('SIGSTOP');
  copy();
  controller.child.kill('SIGKILL');
  await controller.ended;
  await nats.end('SIGKILL');
  await comeBack();
  const after = (await entriesIn(lab)).flatMap((entry) => ('command' in entry ? entry.id : []));
  const ids = Array.from({ length: COMMANDS }, (_, index) => `asked-${index}-by-test`);
  assert.deepEqual(after, ids);
  await heard(lab.startController(0, '--store', lab.store), /reigns under term/);
  assert.equal((await client.get(sweep)).sweep, sweep);
});

/** How long the block file of the log was, at times of a clock that nobody sets. */
class BlockLengths {
  private readonly seen: { readonly atMs: number; readonly bytes: number }[] = [];
  private readonly timer = setInterval(() => {
    const atMs = performance.now();
    if (existsSync(this.path)) this.seen.push({ atMs, bytes: statSync(this.path).size });
  }, LOOK_INTERVAL_MS);

  constructor(private readonly path: string) {}

  /**
   * The first that was seen at that time or after it. One seen before would lack what came between,
   * and how much that is depends on how busy this machine is.
   */
  since(atMs: number): { readonly atMs: number; readonly bytes: number } {
    const found = this.seen.find((look) => look.atMs >= atMs);
    assert.ok(found, 'nobody has looked since');
    return found;
  }

  close(): void {
    clearInterval(this.timer);
  }
}

const LOOK_INTERVAL_MS = 10;

test('power loss without --store: what is older than the sync of the server is settled, and nothing else', async (context) => {
  const lab = await Lab.prepare(context, { spec: SPEC });
  // In place of two minutes: the server is said to have synced what is older than one second.
  const syncedAfterMs = 1_000;
  const block = join(lab.store, LOG_BLOCKS, '1.blk');
  const lengths = new BlockLengths(block);
  try {
    const options = ['--synced-after', `${syncedAfterMs / 1000}`];
    await lab.begin({ agents: AGENTS, controller: options });
    const { nats, controllers } = lab;
    const [controller] = controllers;
    assert.ok(nats && controller);
    const running = lab.sweep();
    await waitFor('some trials', () => trialsSeen(running) >= TRIALS_BEFORE);
    await waitFor('some that are settled', () => settledCount(lab, running) >= SETTLED_BEFORE);
    const { acknowledged, settled } = await judge(lab);
    const lossAtMs = performance.now();
    await nats.end('SIGKILL');
    const synced = lengths.since(lossAtMs - syncedAfterMs);
    const lostBytes = statSync(block).size - synced.bytes;
    truncateSync(block, synced.bytes);
    await lab.startNats();
    const after = await outcomesIn(lab);
    context.diagnostic(
      `${acknowledged} outcomes acknowledged, ${settled.length} settled, ${lostBytes} bytes ` +
        `cut off; then ${after.length} with what agents have published again`,
    );
    assert.ok(lostBytes > 0, 'the power loss took nothing');
    assert.ok(settled.length >= SETTLED_BEFORE, 'hardly anything was settled');
    for (const id of settled) assert.ok(after.includes(id), `${id} was settled and is lost`);
    await heard(controller, /steps down: the log has lost entries|entries are lost/);
    await assertFaultlessTable(lab, running);
  } finally {
    lengths.close();
  }
});
