// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { readAllowedCpus } from './allowed-cpus.js';
import { readHostTree } from './host-tree.js';

const CPU = 'sys/devices/system/cpu';
const LAPTOP = {
  'proc/sys/kernel/osrelease': '6.12.117+deb12-amd64\n',
  'proc/version': 'Linux version 6.12.117 (me@box) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP\n',
  'proc/cmdline': 'root=/dev/sda  quiet\n',
  'proc/sys/kernel/tainted': '0\n',
  'proc/cpuinfo': 'processor\t: 0\nmicrocode\t: 0x12b\nflags\t\t: fpu vme\n\nprocessor\t: 1\n',
  'proc/meminfo': 'MemTotal:       16384000 kB\nMemFree: 5 kB\n',
  'proc/stat': 'cpu  1 2 3 4 5 6 7 88 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n',
  'proc/self/status': 'Name:\tx\nCpus_allowed_list:\t1-3\n',
  [`${CPU}/online`]: '0-2\n',
  [`${CPU}/present`]: '0-3\n',
  [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'powersave\n',
  [`${CPU}/cpu1/cpufreq/scaling_governor`]: 'performance\n',
  [`${CPU}/cpu2/cpufreq/scaling_governor`]: 'powersave\n',
  [`${CPU}/cpu0/cpufreq/scaling_driver`]: 'intel_pstate\n',
  [`${CPU}/cpu1/cpufreq/scaling_driver`]: 'intel_pstate\n',
  [`${CPU}/cpu2/cpufreq/scaling_driver`]: 'intel_pstate\n',
  [`${CPU}/intel_pstate/no_turbo`]: '1\n',
  [`${CPU}/smt/control`]: 'off\n',
  [`${CPU}/vulnerabilities/meltdown`]: 'Not affected\n',
  [`${CPU}/vulnerabilities/spectre_v2`]: 'Mitigation: Enhanced IBRS; IBPB: conditional\n',
  'sys/devices/cpu_atom/cpus': '2-3\n',
  'sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never\n',
};

test('facts are read, and derived where several files make one', async () => {
  await withFixtureTree(LAPTOP, async (root) => {
    const facts = await readHostTree(root);
    const expected = {
      kernel_release: '6.12.117+deb12-amd64',
      kernel_banner: 'Linux version 6.12.117 (me@box) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP',
      cmdline: 'root=/dev/sda quiet',
      tainted: '0',
      microcode: '0x12b',
      virtualization: 'none',
      memory_total_kb: '16384000',
      steal_ticks: '88',
      online_cpus: '3',
      present_cpus: '4',
      governor: 'performance,powersave',
      scaling_driver: 'intel_pstate',
      turbo: 'no_turbo=1',
      smt_control: 'off',
      vulnerabilities: 'meltdown=Not affected, spectre_v2=Mitigation: Enhanced IBRS',
      efficiency_cpus: '2-3',
      performance_cpus: 'absent',
      thp_enabled: '[always] madvise never',
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(facts[name], value, name);
  });
});

test('the boost file of other drivers is told from no_turbo', async () => {
  await withFixtureTree({ [`${CPU}/cpufreq/boost`]: '1\n' }, async (root) => {
    assert.equal((await readHostTree(root)).turbo, 'boost=1');
  });
});

test('a machine that has none of it reads absent throughout', async () => {
  await withFixtureTree({}, async (root) => {
    const facts = await readHostTree(root);
    assert.ok(Object.keys(facts).length > 25);
    for (const [name, value] of Object.entries(facts)) assert.equal(value, 'absent', name);
  });
});

test('a guest is known by its processor', async () => {
  const guest = { 'proc/cpuinfo': 'flags\t\t: fpu hypervisor lahf_lm\n' };
  await withFixtureTree(guest, async (root) => {
    assert.equal((await readHostTree(root)).virtualization, 'guest');
  });
});

test('usable CPUs are those that are both allowed and online', async () => {
  await withFixtureTree(LAPTOP, async (root) => {
    assert.deepEqual(await readAllowedCpus(root), [1, 2]);
  });
});
