// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: swap devices go and always come back. Method: a real swap file on this machine where there
 * is no other; and tools that answer as told, for an agent that was killed and a reboot.
 */
import assert from 'node:assert/strict';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runProcess } from '../io/process.js';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { createSwapSwitch } from './swap-switch.js';

const HEADER = 'Filename\t\t\tType\t\tSize\tUsed\tPriority\n';
const DISK = '/dev/sdb\t\tpartition\t1024\t0\t-2\n';
const FILE = '/swap\\040file\tfile\t\t1024\t0\t5\n';
const MACHINE = {
  'proc/swaps': HEADER + DISK + FILE,
  'proc/sys/kernel/random/boot_id': 'boot-1\n',
};

/** Tools that change the table as the real ones would, and write down what they were asked. */
function toolsOn(root: string) {
  const asked: string[] = [];
  const table = join(root, 'proc/swaps');
  const lines = { '/dev/sdb': DISK, '/swap file': FILE };
  const run = async (command: string, words: readonly string[]) => {
    asked.push([command, ...words].join(' '));
    const line = lines[words.at(-1) as keyof typeof lines];
    const text = await readFile(table, 'utf8');
    await writeFile(table, command === 'swapon' ? text + line : text.replace(line, ''));
  };
  return { asked, run, table };
}

test('all devices go, and come back with the priorities that were given to them', async () => {
  await withFixtureTree(MACHINE, async (root) => {
    const { asked, run, table } = toolsOn(root);
    const place = { root, journalPath: join(root, 'state/swap.json'), run };
    assert.deepEqual(await createSwapSwitch(place).off(), []);
    assert.equal(await readFile(table, 'utf8'), HEADER);
    // Another process: the first one was killed.
    const told = await createSwapSwitch(place).restore();
    assert.deepEqual(told, [
      'swap on /dev/sdb is in use again',
      'swap on /swap file is in use again',
    ]);
    assert.deepEqual(asked, [
      'swapoff /dev/sdb',
      'swapoff /swap file',
      'swapon /dev/sdb',
      'swapon --priority 5 /swap file',
    ]);
    await assert.rejects(access(place.journalPath), { code: 'ENOENT' });
    assert.deepEqual(await createSwapSwitch(place).restore(), []);
  });
});

test('after a reboot the machine has set up its own, and a journal that is not ours is refused', async () => {
  await withFixtureTree(MACHINE, async (root) => {
    const { asked, run } = toolsOn(root);
    const place = { root, journalPath: join(root, 'swap.json'), run };
    await createSwapSwitch(place).off();
    await writeFile(join(root, 'proc/sys/kernel/random/boot_id'), 'boot-2\n');
    assert.deepEqual(await createSwapSwitch(place).restore(), []);
    assert.equal(asked.length, 2);
    await writeFile(place.journalPath, '{"format":"other"}');
    await assert.rejects(createSwapSwitch(place).restore(), /is not a journal .* `swapon -a`/);
  });
});

test('a device that stays in use is an error, and is in the journal', async () => {
  await withFixtureTree(MACHINE, async (root) => {
    const place = { root, journalPath: join(root, 'swap.json'), run: async () => {} };
    await assert.rejects(createSwapSwitch(place).off(), /\/dev\/sdb, \/swap file stays in use/);
    await access(place.journalPath);
  });
});

async function tool(command: string, ...words: readonly string[]) {
  const stop = AbortSignal.timeout(30_000);
  const end = await runProcess({ command, arguments: words, outputBytesMax: 4096, stop });
  return end.ending.kind === 'exited' && end.ending.code === 0;
}

test('a real swap file goes and comes back', async (context: TestContext) => {
  const swaps = () => readFile('/proc/swaps', 'utf8');
  if ((await swaps()).trim().split('\n').length > 1) {
    return context.skip('NOT TESTED: this machine swaps, and is not to be disturbed in it');
  }
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-swap-'));
  const path = join(folder, 'file');
  await writeFile(path, Buffer.alloc(1024 * 1024, 1), { mode: 0o600 });
  const isOn = (await tool('mkswap', path)) && (await tool('swapon', '--priority', '7', path));
  try {
    if (!isOn) return context.skip('NOT TESTED: no swap file can be had here');
    const swap = createSwapSwitch({ root: '/', journalPath: join(folder, 'swap.json') });
    await swap.off();
    assert.equal((await swaps()).includes(path), false);
    assert.deepEqual(await swap.restore(), [`swap on ${path} is in use again`]);
    assert.match(await swaps(), new RegExp(`${path}\\s.*\\s7\\n`));
  } finally {
    if (isOn) await tool('swapoff', path);
    await rm(folder, { recursive: true, force: true });
  }
});
