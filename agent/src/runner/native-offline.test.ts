// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: CPUs that were taken away for a trial always come back. Method: the real CPUs of this
 * machine where they can go, for moments only; else trees of files.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFAULT_NATIVE } from '@labsweep/proto';
import { formatCpuList, parseCpuList } from '../cpu-list.js';
import { readCpuTopology } from '../io/cpu-topology.js';
import { runProcess } from '../io/process.js';
import { openWorkshop, type Workshop } from '../testing/compile-c.js';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { makeOrder } from '../testing/order.js';
import { findProcesses } from '../testing/processes.js';
import { waitUntil } from '../testing/wait-until.js';
import { createNativeRunner } from './native.js';
import { withCpusOffline } from './native-offline.js';
import { placeTrial } from './native-placement.js';

const ONLINE = '/sys/devices/system/cpu/online';
const readOnline = async () => (await readFile(ONLINE, 'utf8')).trim();

/** Hangs, or counts the CPUs that are online. */
const COUNTER = `
  if (argc > 1) for (;;) pause();
  printf("result scenario=s ns=1 online=%ld\\n", sysconf(_SC_NPROCESSORS_ONLN));
  return 0;`;

const HOLDER = fileURLToPath(new URL('../testing/hold-cpus-offline.js', import.meta.url));
const native = { ...DEFAULT_NATIVE, smpBy: 'offline' as const };

/** Why the real CPUs cannot be moved here; undefined where they can. */
async function whyNotHere(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may take CPUs offline';
  const host = await readCpuTopology('/');
  if (host.online.length < 2) return 'this machine has one CPU, and none to take away';
  const placement = placeTrial({ smp: 1, native, mayOffline: true }, host);
  return 'class' in placement ? placement.message : undefined;
}

/** Whatever a test has left undone; CPUs that are online stay as they are. */
async function bringBack(list: string): Promise<void> {
  for (const cpu of parseCpuList(list)) {
    const path = `/sys/devices/system/cpu/cpu${cpu}/online`;
    if (existsSync(path)) await writeFile(path, '1');
  }
}

describe('on this machine', async () => {
  const skip = (await whyNotHere()) ?? false;
  let workshop: Workshop;
  let binaryPath = '';
  let places = { scratchDirectory: '', journalDirectory: '' };
  const online = await readOnline();

  before(async () => {
    workshop = await openWorkshop();
    const { directory } = workshop;
    binaryPath = await workshop.compile('counter', COUNTER);
    places = {
      scratchDirectory: join(directory, 'scratch'),
      journalDirectory: join(directory, 'journal'),
    };
  });
  after(async () => {
    if (skip === false) await bringBack(online);
    await workshop.close();
  });

  test('a trial has as many CPUs online as it asks for, and all are back after it', {
    skip,
  }, async () => {
    const runner = createNativeRunner({ ...places, permissions: ['offline-cpus'] });
    const order = makeOrder({ environment: 'native', native, workload: { binaryPath } });
    const { outcome } = await runner.run(order, AbortSignal.timeout(order.deadlineMs));
    assert.equal(await readOnline(), online);
    assert.equal(outcome.status, 'measured', outcome.failure?.message);
    assert.equal(outcome.samples[0]?.values.online, 1);
    const { facts } = outcome;
    assert.equal(facts.smp_by, 'offline');
    assert.equal(facts.online_cpus, '1');
    assert.equal(facts.online_cpus_end, '1');
    assert.equal(facts.online_cpu_list_end, facts.pinned_cpus);
    assert.ok(!existsSync(join(places.journalDirectory, 'offline-cpus.json')));
  });

  test('an agent that is killed -9 leaves them offline, and the next one brings them back', {
    skip,
  }, async () => {
    const { scratchDirectory, journalDirectory } = places;
    const mark = `mark-${process.pid}`;
    const running = `../reproducer\0${mark}`;
    const words = [HOLDER, binaryPath, scratchDirectory, journalDirectory, mark];
    const child = spawn(process.execPath, words, { stdio: 'inherit' });
    const ended = once(child, 'exit');
    await waitUntil('a hanging reproducer', async () => (await findProcesses(running)).length > 0);
    assert.notEqual(await readOnline(), online);
    child.kill('SIGKILL');
    await ended;
    await waitUntil('its end', async () => (await findProcesses(running)).length === 0);
    assert.notEqual(await readOnline(), online, 'only a journal can know what was online');
    const notes: string[] = [];
    const runner = createNativeRunner({ ...places, note: (line) => notes.push(line) });
    await runner.probe();
    assert.equal(await readOnline(), online);
    assert.match(notes.join('\n'), /left by a killed agent: .*cpu1\/online set back from 0 to 1/);
  });

  test('nothing goes when a process that we descend from would lose its CPUs', {
    skip,
  }, async () => {
    const { removable } = await readCpuTopology('/');
    const [pinned] = removable;
    const { scratchDirectory, journalDirectory } = places;
    const words = [HOLDER, binaryPath, scratchDirectory, journalDirectory, 'mark'];
    const inner = `taskset --cpu-list ${online} ${process.execPath} ${words.join(' ')}; exit $?`;
    const end = await runProcess({
      command: 'taskset',
      arguments: ['--cpu-list', String(pinned), 'sh', '-c', inner],
      outputBytesMax: 1024 * 1024,
      stop: AbortSignal.timeout(20_000),
    });
    const said = new TextDecoder().decode(end.stderr);
    const message = `process \\d+, which this agent descends from, is pinned to ${pinned}`;
    assert.match(said, new RegExp(`ended: lab-failed smp_by = offline .*${message}`));
    assert.equal(await readOnline(), online);
  });

  test('an abort brings them back', { skip }, async () => {
    const runner = createNativeRunner({ ...places, permissions: ['offline-cpus'] });
    const workload = { binaryPath, arguments: ['hang'] };
    const order = makeOrder({ environment: 'native', native, workload });
    const stopper = new AbortController();
    const trial = runner.run(order, stopper.signal);
    const rejected = assert.rejects(trial, /lease lost/);
    await waitUntil('CPUs to go', async () => (await readOnline()) !== online);
    stopper.abort(new Error('lease lost'));
    await rejected;
    assert.equal(await readOnline(), online);
  });
});

const STATUS = 'proc/self/status';
const TREE = {
  [STATUS]: 'Cpus_allowed_list:\t0-3\n',
  'sys/devices/system/cpu/online': '0-3\n',
  'sys/devices/system/cpu/cpu1/online': '1\n',
  'sys/devices/system/cpu/cpu2/online': '1\n',
};

async function inTree(use: (place: { root: string; journalPath: string }) => Promise<void>) {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-journal-'));
  try {
    await withFixtureTree(TREE, (root) => use({ root, journalPath: join(directory, 'cpus.json') }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const read = async (root: string, cpu: number) =>
  (await readFile(join(root, `sys/devices/system/cpu/cpu${cpu}/online`), 'utf8')).trim();

test('a CPU that cannot go brings back those that went, and nothing runs', async () => {
  await inTree(async (place) => {
    const end = await withCpusOffline({ ...place, cpus: [1, 2, 3] }, () => assert.fail('it ran'));
    assert.ok('trouble' in end);
    assert.equal(end.trouble.class, 'placement-mismatch');
    assert.match(end.trouble.message, /cpu3\/online cannot be set to '0': .*smp_by = affinity/);
    assert.deepEqual([await read(place.root, 1), await read(place.root, 2)], ['1', '1']);
  });
});

test('an agent that has lost CPUs on the way says so', async () => {
  await inTree(async (place) => {
    const end = await withCpusOffline({ ...place, cpus: [1, 2] }, async () => {
      assert.deepEqual([await read(place.root, 1), await read(place.root, 2)], ['0', '0']);
      await writeFile(join(place.root, STATUS), 'Cpus_allowed_list:\t0,3\n');
    });
    assert.ok('trouble' in end);
    assert.match(end.trouble.message, /was allowed CPUs 0-3, and 0,3 after they came back/);
  });
});

test('a failure inside comes out as it is, with the CPUs back', async () => {
  await inTree(async (place) => {
    const failure = new Error('inside');
    const trial = withCpusOffline({ ...place, cpus: [1] }, () => Promise.reject(failure));
    await assert.rejects(trial, (error) => error === failure);
    assert.equal(await read(place.root, 1), '1');
  });
});

test('the topology of this machine is plausible', async () => {
  const host = await readCpuTopology('/');
  assert.ok(host.allowed.length > 0);
  assert.equal(formatCpuList(host.online), await readOnline());
  assert.equal(host.lineage[0]?.processId, process.pid);
  for (const cpu of host.online) assert.ok(host.siblings.get(cpu)?.includes(cpu));
});

test('a journal that cannot be read makes native trials unavailable, with the reason', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-journal-'));
  try {
    await writeFile(join(directory, 'offline-cpus.json'), 'scribble');
    const [support] = await createNativeRunner({ scratchDirectory: directory }).probe();
    assert.equal(support?.available, false);
    assert.match(support?.reason ?? '', /offline-cpus\.json is not a journal of settings/);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
