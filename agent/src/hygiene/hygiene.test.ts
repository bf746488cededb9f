// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: the three modes do what they say, and nothing stays set. Method: a machine as a tree of
 * files, and a real process that is killed in mid-session.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, appendFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BUSY_MACHINE,
  GOVERNOR,
  MAX_FREQUENCY,
  MIN_FREQUENCY,
  NMI_WATCHDOG,
  SETTINGS,
  TUNED_MACHINE,
} from '../testing/busy-machine.js';
import { withFixtureTree } from '../testing/fixture-tree.js';
import type { HostFiles } from '../testing/host-files.js';
import { createHygiene, type Hygiene, type HygieneSession } from './hygiene.js';
import { SettingsJournal } from './settings-journal.js';

const CPUS = [1];
const JOURNAL = 'state/settings';

function onMachine(
  files: HostFiles,
  use: (hygiene: Hygiene, root: string) => Promise<void>,
  readyMsMax = 0,
): Promise<void> {
  return withFixtureTree(files, async (root) => {
    const hygiene = createHygiene({ root, journalPath: join(root, JOURNAL), readyMsMax });
    await use(hygiene, root).finally(() => hygiene.close());
  });
}

async function settingsOf(root: string): Promise<HostFiles> {
  const paths = Object.keys(SETTINGS);
  const values = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')));
  return Object.fromEntries(paths.map((path, index) => [path, values[index] ?? '']));
}

async function beginOn(hygiene: Hygiene, mode: 'observe' | 'enforce'): Promise<HygieneSession> {
  const start = await hygiene.begin({ mode, cpus: CPUS });
  assert.ok(start.ok, JSON.stringify(start));
  return start.session;
}

async function refusalOf(hygiene: Hygiene, mode: 'enforce' | 'require'): Promise<string> {
  const start = await hygiene.begin({ mode, cpus: CPUS });
  assert.ok(!start.ok, `${mode} was not refused`);
  return start.refusal.join('\n');
}

async function assertNoJournal(root: string): Promise<void> {
  await assert.rejects(access(join(root, JOURNAL)), { code: 'ENOENT' });
}

describe('observe', () => {
  test('records, says once what could be better, and changes nothing', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const record = await (await beginOn(hygiene, 'observe')).after();
      assert.deepEqual(record.disturbances, []);
      assert.deepEqual(record.warnings, [
        'not as a measurement wants it: turbo, governor, watchdog; `labsweep doctor` says how to mend it',
      ]);
      assert.equal(record.before.governor, 'powersave');
      assert.equal(record.after.turbo, 'no_turbo=0');
      assert.deepEqual(await settingsOf(root), SETTINGS);
      await assertNoJournal(root);
    });
  });

  test('names what somebody changed in mid-trial, and what the kernel said', async () => {
    await onMachine(TUNED_MACHINE, async (hygiene, root) => {
      const session = await beginOn(hygiene, 'observe');
      await writeFile(join(root, GOVERNOR), 'ondemand');
      await appendFile(join(root, 'dev/kmsg'), '4,2,9,-;WARNING: CPU: 1 PID: 3 at mm/x.c:1\n');
      await appendFile(join(root, 'dev/kmsg'), '12,3,9,-;a program writes BUG: into the log\n');
      const record = await session.after();
      assert.deepEqual(record.disturbances, [
        "governor: governor changed from 'performance' to 'ondemand'",
        "kernel-log: the host's kernel said: WARNING: CPU: 1 PID: 3 at mm/x.c:1",
      ]);
    });
  });

  test('only warns of load at the start, which refuses a trial in the other modes', async () => {
    const busy = BUSY_MACHINE['proc/stat']?.replace('running 1', 'running 3') ?? '';
    await onMachine({ ...BUSY_MACHINE, 'proc/stat': busy }, async (hygiene, root) => {
      const record = await (await beginOn(hygiene, 'observe')).after();
      assert.match(record.warnings[0] ?? '', /^load: 2 other tasks want a CPU .*\(limit 0\)/);
      assert.match(await refusalOf(hygiene, 'enforce'), /^load: 2 other tasks/);
      assert.deepEqual(await settingsOf(root), SETTINGS);
      const start = await hygiene.begin({ mode: 'enforce', cpus: CPUS, loadMax: 2 });
      assert.ok(start.ok);
      await start.session.abandon();
    });
  });

  test('holds the workload to its sha256', async () => {
    await onMachine({ ...TUNED_MACHINE, 'tmp/repro': 'one' }, async (hygiene, root) => {
      const workload = { binary: 'tmp/repro', workload_compiler: 'gcc 12.2.0' };
      const start = await hygiene.begin({ mode: 'observe', cpus: CPUS, workload });
      assert.ok(start.ok);
      assert.equal(start.session.before.workload_compiler, 'gcc 12.2.0');
      await writeFile(join(root, 'tmp/repro'), 'two');
      const { disturbances } = await start.session.after();
      assert.match(disturbances.join(), /^workload: workload_sha256 changed from '7692c3ad/);
    });
  });
});

describe('enforce', () => {
  test('sets all that a measurement wants, holds CPUs awake, and puts all back', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const session = await beginOn(hygiene, 'enforce');
      const tuned = await settingsOf(root);
      for (const path of Object.keys(SETTINGS))
        assert.equal(tuned[path], TUNED_MACHINE[path], path);
      await access(join(root, JOURNAL));
      const record = await session.after();
      assert.deepEqual([record.warnings, record.disturbances], [[], []]);
      assert.equal(record.before.governor, 'performance');
      assert.equal(record.before.dma_latency_us, '0');
      assert.deepEqual(await settingsOf(root), SETTINGS);
      await assertNoJournal(root);
    });
  });

  test('sees when its own setting is taken away, and still puts the old one back', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const session = await beginOn(hygiene, 'enforce');
      await writeFile(join(root, NMI_WATCHDOG), '1');
      await writeFile(join(root, 'dev/cpu_dma_latency'), Buffer.from([70, 0, 0, 0]));
      const { disturbances } = await session.after();
      assert.deepEqual(disturbances, [
        'idle-states: the hold on deep idle states was lost (70 us now)',
        "watchdog: nmi_watchdog changed from '0' to '1'",
      ]);
      assert.deepEqual(await settingsOf(root), SETTINGS);
    });
  });

  test('puts back what a trial that was given up had set', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const session = await beginOn(hygiene, 'enforce');
      await session.abandon();
      await session.abandon();
      assert.deepEqual(await settingsOf(root), SETTINGS);
      await (await beginOn(hygiene, 'enforce')).abandon();
    });
  });

  test('puts back what an earlier session left set, together with its own', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const journalPath = join(root, JOURNAL);
      await (await SettingsJournal.open({ root, journalPath })).set(GOVERNOR, 'ondemand');
      await (await beginOn(hygiene, 'enforce')).after();
      assert.deepEqual(await settingsOf(root), SETTINGS);
      await assertNoJournal(root);
    });
  });

  test('leaves the lowest frequency alone where the highest is not known', async () => {
    const { [MAX_FREQUENCY]: _, ...machine } = BUSY_MACHINE;
    await onMachine(machine, async (hygiene, root) => {
      const session = await beginOn(hygiene, 'enforce');
      assert.equal((await settingsOf(root))[MIN_FREQUENCY], SETTINGS[MIN_FREQUENCY]);
      await session.after();
    });
  });

  test('waits for a processor that is warmer than at the first trial', async () => {
    const chip = 'sys/class/hwmon/hwmon0';
    const input = `${chip}/temp1_input`;
    const sensor = { [`${chip}/name`]: 'coretemp', [input]: '50000' };
    await onMachine({ ...BUSY_MACHINE, ...sensor }, async (hygiene, root) => {
      await (await beginOn(hygiene, 'enforce')).abandon();
      await writeFile(join(root, input), '80000');
      const waiting = beginOn(hygiene, 'enforce');
      await sleep(50);
      assert.deepEqual(await settingsOf(root), SETTINGS);
      await writeFile(join(root, input), '52000');
      assert.deepEqual((await (await waiting).after()).warnings, []);
    });
  });

  test('refuses as a whole when the kernel does not take one setting', async () => {
    // A file of the kernel that nobody may write stands in for the setting.
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      await rm(join(root, NMI_WATCHDOG));
      await symlink('/proc/sys/kernel/ostype', join(root, NMI_WATCHDOG));
      const refusal = await refusalOf(hygiene, 'enforce');
      assert.match(refusal, /^\/proc\/sys\/kernel\/nmi_watchdog cannot be set to '0': E/);
      assert.equal((await readFile(join(root, GOVERNOR), 'utf8')).trim(), 'powersave');
      await assertNoJournal(root);
    });
  });

  test('says so when something cannot be put back, and the next start tries again', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const session = await beginOn(hygiene, 'enforce');
      await rename(join(root, NMI_WATCHDOG), join(root, 'away'));
      const record = await session.after();
      assert.match(record.warnings.join('\n'), /restoring: .*nmi_watchdog cannot be set to '1'/);
      await rename(join(root, 'away'), join(root, NMI_WATCHDOG));
      assert.deepEqual(await hygiene.restoreLeftovers(), [`/${NMI_WATCHDOG} set back from 0 to 1`]);
      assert.deepEqual(await settingsOf(root), SETTINGS);
    });
  });
});

describe('require', () => {
  test('waits for load to pass and for a setting to be mended, and then begins', async () => {
    const stat = 'proc/stat';
    const busy = TUNED_MACHINE[stat]?.replace('running 1', 'running 3') ?? '';
    const machine = { ...TUNED_MACHINE, [stat]: busy, [NMI_WATCHDOG]: '1' };
    const work = async (hygiene: Hygiene, root: string) => {
      const told: string[] = [];
      const waits = (reasons: readonly string[], limitMs: number) => {
        told.push(...reasons.map((reason) => `${limitMs} ${reason}`));
      };
      const beginning = hygiene.begin({ mode: 'require', cpus: CPUS, waits });
      await sleep(200);
      assert.match(told[0] ?? '', /^60000 load: 2 other tasks/);
      assert.match(told[1] ?? '', /^60000 watchdog: .*nmi_watchdog is '1', wanted '0'/);
      await writeFile(join(root, stat), TUNED_MACHINE[stat] ?? '');
      await writeFile(join(root, NMI_WATCHDOG), '0');
      const start = await beginning;
      assert.ok(start.ok, JSON.stringify(start));
      await start.session.abandon();
    };
    await onMachine(machine, work, 60_000);
  });

  test('gives up after its limit, with how long it has waited', async () => {
    const work = async (hygiene: Hygiene) => {
      const start = await hygiene.begin({ mode: 'require', cpus: CPUS });
      assert.ok(!start.ok && start.waitedMs === 1);
      assert.match(start.refusal.join(), /governor/);
    };
    await onMachine(BUSY_MACHINE, work, 1);
  });

  test('refuses with what is not so and the commands that mend it', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      assert.deepEqual((await refusalOf(hygiene, 'require')).split('\n'), [
        "turbo: /sys/devices/system/cpu/intel_pstate/no_turbo is '0', wanted '1'; mend it by: " +
          'echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo',
        'governor: /sys/devices/system/cpu/cpu1/cpufreq/energy_performance_preference is ' +
          "'balance_performance', wanted 'performance' and 2 more; mend it by: " +
          'echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/energy_performance_preference; ' +
          'echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor; ' +
          'echo 5300000 | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_min_freq',
        "watchdog: /proc/sys/kernel/nmi_watchdog is '1', wanted '0' and 1 more; mend it by: " +
          'echo 0 > /proc/sys/kernel/nmi_watchdog; ' +
          'echo 1 > /proc/sys/kernel/perf_event_max_sample_rate',
      ]);
      assert.deepEqual(await settingsOf(root), SETTINGS);
    });
  });

  test('refuses battery, a slow clock and CPUs of two classes', async () => {
    const poor = {
      ...TUNED_MACHINE,
      'sys/class/power_supply/AC/online': '0',
      'sys/devices/system/clocksource/clocksource0/current_clocksource': 'hpet',
      'sys/devices/system/cpu/cpu1/cpu_capacity': '446',
      'sys/devices/system/cpu/cpu0/cpu_capacity': '1024',
    };
    await onMachine(poor, async (hygiene) => {
      const start = await hygiene.begin({ mode: 'require', cpus: [0, 1] });
      assert.ok(!start.ok);
      assert.deepEqual(
        start.refusal.map((line) => line.split(':')[0]),
        ['core-class', 'power-supply', 'clock'],
      );
    });
  });

  test('lets a machine pass that is as it should be', async () => {
    await onMachine(TUNED_MACHINE, async (hygiene) => {
      const start = await hygiene.begin({ mode: 'require', cpus: CPUS });
      assert.ok(start.ok, JSON.stringify(start));
      assert.deepEqual((await start.session.after()).warnings, []);
    });
  });
});

describe('an agent that is killed in mid-trial', () => {
  test('has its settings put back by the next one', async () => {
    await onMachine(BUSY_MACHINE, async (hygiene, root) => {
      const module = new URL('./hygiene.js', import.meta.url).href;
      const options = { root, journalPath: join(root, JOURNAL) };
      const code = `import { createHygiene } from ${JSON.stringify(module)};
        const hygiene = createHygiene(${JSON.stringify(options)});
        const start = await hygiene.begin({ mode: 'enforce', cpus: [1] });
        console.log(start.ok); setTimeout(() => {}, 60_000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const [said] = await Promise.race([once(child.stdout, 'data'), exited]);
      child.kill('SIGKILL');
      await exited;
      assert.equal(String(said), 'true\n');
      assert.equal((await settingsOf(root))[GOVERNOR], 'performance');
      const told = await hygiene.restoreLeftovers();
      assert.equal(told.length, Object.keys(SETTINGS).length);
      assert.ok(told.includes(`/${GOVERNOR} set back from performance to powersave`));
      assert.deepEqual(await settingsOf(root), SETTINGS);
      await assertNoJournal(root);
      assert.deepEqual(await hygiene.restoreLeftovers(), []);
    });
  });
});

test('a signal that has fired begins nothing', async () => {
  await onMachine(BUSY_MACHINE, async (hygiene, root) => {
    const reason = new Error('lease lost');
    const signal = AbortSignal.abort(reason);
    const beginning = hygiene.begin({ mode: 'enforce', cpus: CPUS, signal });
    await assert.rejects(beginning, (error) => error === reason);
    assert.deepEqual(await settingsOf(root), SETTINGS);
  });
});

test('two sessions at a time are a mistake of the program', async () => {
  await onMachine(BUSY_MACHINE, async (hygiene) => {
    const session = await beginOn(hygiene, 'observe');
    await assert.rejects(hygiene.begin({ mode: 'observe', cpus: CPUS }), /still open/);
    await session.after();
    await assert.rejects(session.after(), /called once/);
  });
});
