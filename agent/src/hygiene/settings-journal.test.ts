// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a setting always goes back, whatever becomes of the agent. Method: fixture trees, a real
 * process that is killed in mid-session, and a real setting of this machine.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { SettingError, SettingsJournal } from './settings-journal.js';

const GOVERNOR = 'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
const ONLINE = 'sys/devices/system/cpu/cpu1/online';
const THP = 'sys/kernel/mm/transparent_hugepage/enabled';
const BOOT_ID = 'proc/sys/kernel/random/boot_id';
const TREE = { [GOVERNOR]: 'powersave\n', [ONLINE]: '1\n', [BOOT_ID]: 'boot-1\n' };

const textOf = (root: string, path: string) => readFile(join(root, path), 'utf8');
const openIn = (root: string) =>
  SettingsJournal.open({ root, journalPath: join(root, 'state/settings') });

/** Sets and then hangs, in a process of its own that is killed once it has set. */
async function killAfterSetting(place: object, settings: readonly object[]): Promise<void> {
  const module = new URL('./settings-journal.js', import.meta.url).href;
  const code = `import { SettingsJournal } from ${JSON.stringify(module)};
    const journal = await SettingsJournal.open(${JSON.stringify(place)});
    await journal.setAll(${JSON.stringify(settings)});
    console.log('set'); setTimeout(() => {}, 60_000);`;
  const options = { stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] };
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', code], options);
  const exited = once(child, 'exit');
  assert.ok(child.stdout);
  const [said] = await Promise.race([once(child.stdout, 'data'), exited]);
  child.kill('SIGKILL');
  await exited;
  assert.equal(String(said), 'set\n');
}

describe('settings go back', () => {
  test('the last one first, and no journal is left', async () => {
    await withFixtureTree(TREE, async (root) => {
      const journal = await openIn(root);
      await journal.set(GOVERNOR, 'performance');
      await journal.set(ONLINE, '0');
      assert.equal(await textOf(root, GOVERNOR), 'performance');
      assert.deepEqual(journal.pending, [GOVERNOR, ONLINE]);
      assert.deepEqual(await journal.restore(), [
        `/${ONLINE} set back from 0 to 1`,
        `/${GOVERNOR} set back from performance to powersave`,
      ]);
      assert.deepEqual(
        [await textOf(root, GOVERNOR), await textOf(root, ONLINE)],
        ['powersave', '1'],
      );
      await assert.rejects(access(join(root, 'state/settings')), { code: 'ENOENT' });
    });
  });

  test('to the very first value when a setting was set twice', async () => {
    await withFixtureTree(TREE, async (root) => {
      const journal = await openIn(root);
      await journal.set(GOVERNOR, 'performance');
      await journal.set(GOVERNOR, 'ondemand');
      await journal.restore();
      assert.equal(await textOf(root, GOVERNOR), 'powersave');
    });
  });

  test('from a file that lists its choices, by the name of the one in force', async () => {
    await withFixtureTree({ [THP]: 'always [madvise] never\n' }, async (root) => {
      const journal = await openIn(root);
      await journal.set(THP, 'never');
      await journal.restore();
      assert.equal(await textOf(root, THP), 'madvise');
    });
  });

  test('after kill -9, by the next agent, and only once', async () => {
    await withFixtureTree(TREE, async (root) => {
      const place = { root, journalPath: join(root, 'state/settings') };
      await killAfterSetting(place, [
        { path: GOVERNOR, value: 'performance' },
        { path: ONLINE, value: '0' },
      ]);
      assert.equal(await textOf(root, ONLINE), '0');
      assert.equal((await (await openIn(root)).restore()).length, 2);
      assert.deepEqual(
        [await textOf(root, GOVERNOR), await textOf(root, ONLINE)],
        ['powersave', '1'],
      );
      assert.deepEqual(await (await openIn(root)).restore(), []);
    });
  });

  test('but not those of an earlier boot, which the reboot has undone', async () => {
    await withFixtureTree(TREE, async (root) => {
      await (await openIn(root)).set(GOVERNOR, 'performance');
      await writeFile(join(root, BOOT_ID), 'boot-2\n');
      assert.deepEqual(await (await openIn(root)).restore(), []);
      assert.equal(await textOf(root, GOVERNOR), 'performance');
    });
  });
});

describe('what goes wrong is told', () => {
  test('a setting that this kernel does not have, and no file is made of it', async () => {
    await withFixtureTree(TREE, async (root) => {
      const journal = await openIn(root);
      const path = 'sys/devices/system/cpu/cpufreq/boost';
      await assert.rejects(journal.set(path, '0'), (error) => {
        assert.ok(error instanceof SettingError);
        assert.match(error.message, /^\/sys\/.*boost cannot be set to '0': ENOENT/);
        return true;
      });
      await assert.rejects(access(join(root, path)), { code: 'ENOENT' });
      assert.deepEqual(journal.pending, []);
    });
  });

  test('a journal that cannot be read', async () => {
    await withFixtureTree({ state: 'something else\n' }, async (root) => {
      const opening = SettingsJournal.open({ root, journalPath: join(root, 'state') });
      await assert.rejects(opening, /is not a journal of settings/);
    });
  });

  test('what cannot be restored stays in the journal, and the rest goes back', async () => {
    await withFixtureTree(TREE, async (root) => {
      const journal = await openIn(root);
      await journal.set(ONLINE, '0');
      await journal.set(GOVERNOR, 'performance');
      await rename(join(root, ONLINE), join(root, 'away'));
      await assert.rejects(journal.restore(), /cpu1\/online cannot be set to '1'/);
      assert.equal(await textOf(root, GOVERNOR), 'powersave');
      await rename(join(root, 'away'), join(root, ONLINE));
      assert.deepEqual(await (await openIn(root)).restore(), [`/${ONLINE} set back from 0 to 1`]);
    });
  });
});

/** Settings that harm nobody for a second, with a value that differs from each of their others. */
const HARMLESS = [
  { path: 'proc/sys/kernel/numa_balancing', values: ['1', '0'] },
  { path: 'proc/sys/kernel/perf_event_paranoid', values: ['2', '1'] },
];

async function findHarmless() {
  for (const { path, values } of HARMLESS) {
    const text = await readFile(`/${path}`, 'utf8').catch(() => undefined);
    const writable = await access(`/${path}`, constants.W_OK).then(
      () => true,
      () => false,
    );
    const value = values.find((other) => other !== text?.trim());
    if (text !== undefined && writable && value !== undefined) {
      return { path, before: text.trim(), value };
    }
  }
  return undefined;
}

test('a real setting of this kernel goes back after kill -9, and a refused value is named', async (t) => {
  const found = await findHarmless();
  if (found === undefined)
    return t.skip('no setting of /proc/sys may be written here; run as root');
  const { path, before, value } = found;
  await withFixtureTree({}, async (folder) => {
    const place = { journalPath: join(folder, 'settings') };
    try {
      await killAfterSetting(place, [{ path, value }]);
      assert.equal((await textOf('/', path)).trim(), value);
      const next = await SettingsJournal.open(place);
      assert.deepEqual(await next.restore(), [`/${path} set back from ${value} to ${before}`]);
      assert.equal((await textOf('/', path)).trim(), before);
      await assert.rejects(next.set(path, 'nonsense'), SettingError);
      await next.restore();
    } finally {
      await writeFile(`/${path}`, before);
    }
  });
});
