// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a host is prepared as a spec asks, as far as its kernel lets it, and is as it was before
 * afterwards. Method: a machine as a tree of files, with real files of the kernel that refuse.
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { HygienePreparation } from '@labsweep/proto';
import { BUSY_MACHINE } from '../testing/busy-machine.js';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { createHygiene, type HygieneRequest } from './hygiene.js';

const affinity = (number: number) => `proc/irq/${number}/smp_affinity_list`;

/** CPU 1 is the trial's, of four. */
const MACHINE = {
  ...BUSY_MACHINE,
  'sys/devices/system/cpu/online': '0-3',
  [affinity(24)]: '0-3',
  [affinity(25)]: '1',
  [affinity(26)]: '2-3',
  'proc/sys/vm/drop_caches': '0',
  'proc/sys/vm/compact_memory': '',
};

interface Machine {
  readonly root: string;
  /** Begins a trial; what comes back ends it, and gives its warnings. */
  begin(): Promise<() => Promise<readonly string[]>>;
}

async function onMachine(
  preparations: readonly HygienePreparation[],
  use: (machine: Machine) => Promise<void>,
  request: Partial<HygieneRequest> = {},
) {
  await withFixtureTree(MACHINE, async (root) => {
    const journalPath = join(root, 'state/settings');
    const hygiene = createHygiene({ root, journalPath, readyMsMax: 0 });
    const begin = async () => {
      const start = await hygiene.begin({ mode: 'enforce', cpus: [1], preparations, ...request });
      assert.ok(start.ok, JSON.stringify(start));
      return async () => (await start.session.after()).warnings;
    };
    await use({ root, begin }).finally(() => hygiene.close());
  });
}

const lists = (root: string) =>
  Promise.all([24, 25, 26].map((number) => readFile(join(root, affinity(number)), 'utf8')));

test("interrupts leave the trial's CPUs, and come back", async () => {
  await onMachine(['move-interrupts'], async ({ root, begin }) => {
    const end = await begin();
    assert.deepEqual(await lists(root), ['0,2-3', '0,2-3', '2-3']);
    assert.deepEqual(await end(), []);
    assert.deepEqual(await lists(root), ['0-3', '1', '2-3']);
  });
});

test('an interrupt that the kernel keeps is told, and the others move', async () => {
  await onMachine(['move-interrupts'], async ({ root, begin }) => {
    // A list of CPUs of this machine that nobody may write.
    await mkdir(dirname(join(root, affinity(27))), { recursive: true });
    await symlink('/sys/devices/system/cpu/present', join(root, affinity(27)));
    const isThere = /^0-/.test(await readFile(join(root, affinity(27)), 'utf8'));
    const end = await begin();
    assert.deepEqual(await lists(root), ['0,2-3', '0,2-3', '2-3']);
    const told = /interrupts: the kernel keeps 1 on the trial's CPUs \(.*27.* cannot be set/;
    if (isThere) assert.match((await end()).join(), told);
    else assert.deepEqual(await end(), []);
    assert.deepEqual(await lists(root), ['0-3', '1', '2-3']);
  });
});

test('a trial on all CPUs leaves no place for interrupts', async () => {
  const use = async ({ root, begin }: Machine) => {
    const end = await begin();
    assert.deepEqual(await lists(root), ['0-3', '1', '2-3']);
    assert.match((await end()).join(), /interrupts: the trial has all CPUs/);
  };
  await onMachine(['move-interrupts'], use, { cpus: [0, 1, 2, 3] });
});

test('caches are dropped and memory is compacted when it is asked for alone', async () => {
  const read = (root: string) =>
    Promise.all(
      ['drop_caches', 'compact_memory'].map((name) =>
        readFile(join(root, 'proc/sys/vm', name), 'utf8'),
      ),
    );
  await onMachine(['compact-memory', 'drop-caches'], async ({ root, begin }) => {
    const end = await begin();
    assert.deepEqual(await read(root), ['3', '1']);
    await end();
  });
  await onMachine([], async ({ root, begin }) => {
    const end = await begin();
    assert.deepEqual(await read(root), ['0', '']);
    await end();
  });
});

test('what cannot be had refuses the trial, with everything put back', async () => {
  await withFixtureTree(MACHINE, async (root) => {
    const hygiene = createHygiene({ root, journalPath: join(root, 'state/s'), readyMsMax: 0 });
    await rm(join(root, 'proc/sys/vm/compact_memory'));
    const preparations = ['move-interrupts', 'compact-memory'] as const;
    const start = await hygiene.begin({ mode: 'enforce', cpus: [1], preparations });
    assert.ok(!start.ok);
    assert.match(
      start.refusal.join(),
      /^\/proc\/sys\/vm\/compact_memory does not take '1': ENOENT/,
    );
    assert.deepEqual(await lists(root), ['0-3', '1', '2-3']);
    hygiene.close();
  });
});

test('an agent that was killed has its interrupts put back by the next one', async () => {
  await withFixtureTree(MACHINE, async (root) => {
    const open = () => createHygiene({ root, journalPath: join(root, 'state/s'), readyMsMax: 0 });
    const killed = open();
    const request = { mode: 'enforce', cpus: [1], preparations: ['move-interrupts'] } as const;
    assert.ok((await killed.begin(request)).ok);
    const told = await open().restoreLeftovers();
    assert.ok(told.includes(`/${affinity(25)} set back from 0,2-3 to 1`), told.join('\n'));
    assert.deepEqual(await lists(root), ['0-3', '1', '2-3']);
    killed.close();
  });
});
