// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: what spoils a measurement is seen and named, and what does not is left alone. Method: a
 * host as a table of files, before and after.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HostFiles, viewOf } from '../testing/host-files.js';
import { judgeChange, takeSnapshot } from './snapshot.js';
import type { TopicName } from './topic.js';
import { TOPICS } from './topics.js';

const CPU = 'sys/devices/system/cpu';
const CLOCK = 'sys/devices/system/clocksource/clocksource0';

/** Ten seconds later, on two CPUs, where nobody did anything. */
const BEFORE: HostFiles = {
  'proc/uptime': '100.00 0\n',
  'proc/stat': stat({ busy: [1000, 1000] }),
  'proc/self/stat': selfStat({ agent: 10, children: 20 }),
  'proc/sys/kernel/tainted': '0\n',
  [`${CLOCK}/current_clocksource`]: 'tsc\n',
};
const AFTER: HostFiles = { ...BEFORE, 'proc/uptime': '110.00 0\n' };

interface Ticks {
  readonly busy: readonly [number, number];
  readonly steal?: number;
}

function stat({ busy, steal = 0 }: Ticks): string {
  const lineOf = (name: string, ticks: number, stolen: number) =>
    `${name} ${ticks} 0 0 5000 0 0 0 ${stolen} 0 0\n`;
  const lines = busy.map((ticks, cpu) => lineOf(`cpu${cpu}`, ticks, cpu === 0 ? steal : 0));
  return `${lineOf('cpu ', busy[0] + busy[1], steal)}${lines.join('')}procs_running 1\n`;
}

function selfStat({ agent, children }: { readonly agent: number; readonly children: number }) {
  const fields = ['S', ...Array.from({ length: 10 }, () => '0'), agent, 0, children, 0];
  return `7 (a name) with) ${fields.join(' ')} 0 0\n`;
}

interface Case {
  readonly isMemoryBound?: boolean;
  readonly before?: HostFiles;
  readonly after?: HostFiles;
  readonly cpus?: readonly number[];
  readonly ownCpuMs?: number;
}

function judge({ before = {}, after = {}, cpus = [0], ownCpuMs, isMemoryBound = false }: Case) {
  return judgeChange({
    before: takeSnapshot(viewOf({ ...BEFORE, ...before }, cpus)),
    after: takeSnapshot(viewOf({ ...AFTER, ...before, ...after }, cpus)),
    cpus,
    isMemoryBound,
    ...(ownCpuMs !== undefined && { ownCpuMs }),
  });
}

const QUIET = { disturbances: [], warnings: [] };

/** From one value to another, which makes the trial worthless. */
const CHANGES: Readonly<Record<string, readonly [path: string, from: string, to: string]>> = {
  governor: [`${CPU}/cpu0/cpufreq/scaling_governor`, 'performance', 'powersave'],
  scaling_driver: [`${CPU}/cpu0/cpufreq/scaling_driver`, 'acpi-cpufreq', 'intel_cpufreq'],
  smt_control: [`${CPU}/smt/control`, 'on', 'off'],
  clocksource: [`${CLOCK}/current_clocksource`, 'tsc', 'hpet'],
  thp_enabled: [
    'sys/kernel/mm/transparent_hugepage/enabled',
    'always [madvise] never',
    'always madvise [never]',
  ],
  ksm_run: ['sys/kernel/mm/ksm/run', '0', '1'],
  aslr: ['proc/sys/kernel/randomize_va_space', '2', '0'],
  microcode: [`${CPU}/cpu0/microcode/version`, '0x12b', '0x12c'],
  online_cpu_list: [`${CPU}/online`, '0-3', '0-2'],
  mains_online: ['sys/class/power_supply/AC/online', '1', '0'],
  numa_balancing: ['proc/sys/kernel/numa_balancing', '0', '1'],
  kvm_halt_poll_ns: ['sys/module/kvm/parameters/halt_poll_ns', '200000', '0'],
  nmi_watchdog: ['proc/sys/kernel/nmi_watchdog', '0', '1'],
  tainted: ['proc/sys/kernel/tainted', '0', '512'],
};

describe('what invalidates a trial', () => {
  for (const [fact, [path, from, to]] of Object.entries(CHANGES)) {
    test(`${fact} changed`, () => {
      const { disturbances } = judge({ before: { [path]: from }, after: { [path]: to } });
      const expected = `: ${fact} changed from '${from}' to '${to}'`;
      assert.ok(disturbances[0]?.endsWith(expected), `${disturbances} instead of ${expected}`);
      assert.equal(disturbances.length, 1);
    });
  }

  test('turbo, by the name of the switch, since two drivers say the opposite', () => {
    const path = `${CPU}/intel_pstate/no_turbo`;
    const { disturbances } = judge({ before: { [path]: '1' }, after: { [path]: '0' } });
    assert.deepEqual(disturbances, ["turbo: turbo changed from 'no_turbo=1' to 'no_turbo=0'"]);
  });

  test('a throttle count that grew, with the temperatures', () => {
    const count = `${CPU}/cpu0/thermal_throttle/core_throttle_count`;
    const heat = { 'sys/class/hwmon/hwmon0/name': 'coretemp' };
    const input = 'sys/class/hwmon/hwmon0/temp1_input';
    const { disturbances } = judge({
      before: { ...heat, [count]: '4', [input]: '50000' },
      after: { [count]: '6', [input]: '99000' },
    });
    assert.deepEqual(disturbances, [
      'thermal: the core was throttled: count grew by 2 (50 C before, 99 C after)',
    ]);
  });

  test('swapping, and a process killed for lack of memory', () => {
    const { disturbances } = judge({
      before: { 'proc/vmstat': 'pswpin 5\npswpout 7\noom_kill 0\n' },
      after: { 'proc/vmstat': 'pswpin 5\npswpout 9\noom_kill 1\n' },
    });
    assert.deepEqual(disturbances, [
      'memory: 0 pages were swapped in and 2 out',
      'memory: a process was killed for lack of memory',
    ]);
  });

  test('memory pressure, but not pressure on CPU and disks, which have their own signs', () => {
    const path = (resource: string) => `proc/pressure/${resource}`;
    const line = (us: number) => `some avg10=0.00 avg60=0.00 avg300=0.00 total=${us}\n`;
    const all = (us: number) =>
      Object.fromEntries(['cpu', 'memory', 'io'].map((name) => [path(name), line(us)]));
    const { disturbances, warnings } = judge({ before: all(0), after: all(4_000_000) });
    assert.deepEqual(disturbances, ['load: tasks waited for memory 40.0 % of the time (pressure)']);
    assert.equal(warnings.length, 2);
  });

  test('pages from another node, where the memory is bound to one', () => {
    const miss = (pages: number) => ({
      'sys/devices/system/node/node0/numastat': `numa_hit 9\nnuma_miss ${pages}\n`,
    });
    const text = (pages: number) => `numa: ${pages} pages were taken from another memory node`;
    const free = judge({ before: miss(0), after: miss(4096) });
    assert.deepEqual(free, { disturbances: [], warnings: [text(4096)] });
    const bound = judge({ before: miss(0), after: miss(4096), isMemoryBound: true });
    assert.deepEqual(bound, { disturbances: [`${text(4096)} than wanted`], warnings: [] });
    const little = judge({ before: miss(0), after: miss(256), isMemoryBound: true });
    assert.deepEqual(little, { disturbances: [], warnings: [text(256)] });
  });

  test('a busy SMT sibling outside of the trial', () => {
    const siblings = { [`${CPU}/cpu0/topology/thread_siblings_list`]: '0-1' };
    const after = { 'proc/stat': stat({ busy: [1000, 1500] }) };
    const alone = judge({ before: siblings, after });
    assert.match(alone.disturbances[0] ?? '', /^smt: SMT siblings .*\(1\) were busy 50.0 %/);
    const own = { ...after, 'proc/self/stat': selfStat({ agent: 10, children: 520 }) };
    assert.deepEqual(judge({ before: siblings, after: own, cpus: [0, 1] }), QUIET);
  });

  test('the hold on idle states was lost', () => {
    const [held, lost] = ['\0\0\0\0', '\x00\x94\x35\x77'];
    const path = 'dev/cpu_dma_latency';
    const { disturbances } = judge({ before: { [path]: held }, after: { [path]: lost } });
    assert.deepEqual(disturbances, [
      'idle-states: the hold on deep idle states was lost (2000000000 us now)',
    ]);
  });
});

describe('competing load is what others took from the CPUs of the trial', () => {
  const after = { 'proc/stat': stat({ busy: [2000, 1000] }) };

  test('not the time of the trial itself, which the runner tells', () => {
    assert.deepEqual(judge({ after, ownCpuMs: 9_950 }), QUIET);
  });

  test('nor that of children of the agent that have ended', () => {
    const children = { 'proc/self/stat': selfStat({ agent: 10, children: 1010 }) };
    assert.deepEqual(judge({ after: { ...after, ...children } }), QUIET);
  });

  test('a third of the time in others makes it host-disturbed, and three per cent a warning', () => {
    const { disturbances } = judge({ after, ownCpuMs: 6_700 });
    assert.deepEqual(disturbances, ["load: other programs took 33.0 % of the trial's CPUs (0)"]);
    const { warnings, disturbances: none } = judge({ after, ownCpuMs: 9_700 });
    assert.deepEqual(warnings, ["load: other programs took 3.0 % of the trial's CPUs (0)"]);
    assert.deepEqual(none, []);
  });

  test('a busy CPU elsewhere is a warning', () => {
    const elsewhere = { 'proc/stat': stat({ busy: [2000, 1900] }) };
    const { disturbances, warnings } = judge({ after: elsewhere, ownCpuMs: 10_000 });
    assert.deepEqual(disturbances, []);
    assert.deepEqual(warnings, ['load: other programs kept 0.9 of the other CPUs busy']);
  });

  test('threads of the trial on other CPUs, such as those of QEMU, are not others', () => {
    const threads = { 'proc/stat': stat({ busy: [2000, 1300] }) };
    assert.deepEqual(judge({ after: threads, ownCpuMs: 13_000 }), QUIET);
  });

  test('a few ticks in a short trial are chance', () => {
    const short = { 'proc/uptime': '100.50 0\n', 'proc/stat': stat({ busy: [1052, 1000] }) };
    assert.deepEqual(judge({ after: short, ownCpuMs: 470 }), QUIET);
  });

  test('steal is judged in two steps', () => {
    const stolen = (steal: number) =>
      judge({ after: { 'proc/stat': stat({ busy: [1000, 1000], steal }) } });
    assert.deepEqual(stolen(1), QUIET);
    assert.match(stolen(20).warnings[0] ?? '', /^steal: the hypervisor stole 2.0 %/);
    assert.match(stolen(80).disturbances[0] ?? '', /^steal: the hypervisor stole 8.0 %/);
  });
});

describe('what is worth a word but not another run', () => {
  test('interrupts of devices on the CPUs of the trial, and not those between CPUs', () => {
    const table = (device: number, calls: number) => ({
      'proc/interrupts': `     CPU0   CPU1\n 24:  ${device}  9  IO-APIC eth0\nCAL: ${calls} 0 calls\n`,
    });
    assert.deepEqual(judge({ before: table(0, 0), after: table(100, 900_000) }), QUIET);
    const { warnings } = judge({ before: table(0, 0), after: table(30_000, 0) });
    assert.deepEqual(warnings, [
      "interrupts: devices interrupted the trial's CPUs 3000 times a second",
    ]);
  });

  test('another frequency than the nominal one although turbo is off', () => {
    const turbo = { [`${CPU}/intel_pstate/no_turbo`]: '1' };
    const view = (aperf: bigint, mperf: bigint) => {
      const base = viewOf({ ...BEFORE, ...turbo });
      const bytes = (path: string, { position }: { readonly position: number }) => {
        if (path !== 'dev/cpu/0/msr') return undefined;
        const buffer = Buffer.alloc(8);
        buffer.writeBigUInt64LE(position === 0xe8 ? aperf : mperf);
        return buffer;
      };
      return { ...base, bytes };
    };
    const ratioOf = (aperf: bigint) =>
      judgeChange({
        before: takeSnapshot(view(1n << 62n, 5n)),
        after: takeSnapshot(view((1n << 62n) + aperf, 1_000_005n)),
        cpus: [0],
      }).warnings;
    assert.deepEqual(ratioOf(1_001_000n), []);
    assert.deepEqual(ratioOf(900_000n), [
      'frequency: the CPUs ran at 90.0 % of their nominal frequency',
    ]);
  });

  test('CPUs of two classes', () => {
    const hybrid = { 'sys/devices/cpu_core/cpus': '0-1', 'sys/devices/cpu_atom/cpus': '2-3' };
    const { warnings } = judge({ before: hybrid, cpus: [1, 2] });
    assert.deepEqual(warnings, ['core-class: CPUs 1,2 are of more than one core class']);
    assert.deepEqual(judge({ before: hybrid, cpus: [2, 3] }), QUIET);
  });
});

describe('memory that is taken away while there is enough', () => {
  const KDAMOND = 'sys/kernel/mm/damon/admin/kdamonds/0';
  const damon = (state: string) => ({
    'sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds': '1\n',
    [`${KDAMOND}/state`]: `${state}\n`,
    [`${KDAMOND}/contexts/0/schemes/0/action`]: 'pageout\n',
    [`${KDAMOND}/contexts/0/schemes/nr_schemes`]: '1\n',
  });
  const topic = TOPICS.find(({ name }) => name === 'proactive-reclaim');

  test('a thread of DAMON is told with what it does and how to end it', () => {
    const view = viewOf(damon('on'));
    const advice = topic?.advise(takeSnapshot(view), view);
    assert.equal(advice?.state, 'DAMON is on: 0:on:pageout');
    assert.equal(advice?.command, `echo off > /${KDAMOND}/state`);
  });

  test('one that is off is well, and one that starts in a trial is worth a word', () => {
    const view = viewOf(damon('off'));
    assert.equal(topic?.advise(takeSnapshot(view), view).verdict, 'ok');
    assert.deepEqual(judge({ before: damon('off'), after: damon('on') }).warnings, [
      "proactive-reclaim: damon changed from '0:off:pageout' to '0:on:pageout'",
    ]);
  });

  test('its modules and free page reporting are told too', () => {
    const lru = viewOf({ 'sys/module/damon_lru_sort/parameters/enabled': 'Y\n' });
    assert.match(topic?.advise(takeSnapshot(lru), lru).command ?? '', /damon_lru_sort/);
    const reporting = 'sys/module/page_reporting/parameters/page_reporting_order';
    const balloon = viewOf({ [reporting]: '9\n' });
    assert.equal(topic?.advise(takeSnapshot(balloon), balloon).verdict, 'note');
  });
});

describe('the kernel log', () => {
  const said = (line: string) => judge({ before: { 'dev/kmsg': '' }, after: { 'dev/kmsg': line } });

  test('names trouble', () => {
    for (const line of [
      'BUG: unable to handle page fault for address: 0000000000000010',
      'WARNING: CPU: 3 PID: 7 at mm/mprotect.c:1 change_protection+0x1/0x2',
      'Oops: int3: 0000 [#1] SMP',
      'mce: [Hardware Error]: Machine check events logged',
      'rcu: INFO: rcu_preempt self-detected stall on CPU',
      'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:',
      'watchdog: BUG: soft lockup - CPU#1 stuck for 22s!',
      'tsc: Marking TSC unstable due to clocksource watchdog',
      'CPU0: Core temperature above threshold, cpu clock throttled (total events = 1)',
      'INFO: task kworker/0:1:12 blocked for more than 120 seconds.',
    ]) {
      assert.equal(said(line).disturbances[0], `kernel-log: the host's kernel said: ${line}`);
    }
  });

  test('and lets everyday lines pass', () => {
    for (const line of [
      'smpboot: CPU 1 is now offline',
      'Command line: oops=panic rcupdate.rcu_cpu_stall_timeout=5 softlockup_panic=1',
      'EXT4-fs (vda): mounted filesystem r/w without journal',
    ]) {
      assert.deepEqual(said(line), QUIET);
    }
  });
});

describe('the table of topics', () => {
  test('covers what kernel people ask for, each fact once', () => {
    const asked: readonly TopicName[] = [
      ...(['governor', 'turbo', 'frequency', 'idle-states', 'smt', 'core-class'] as const),
      ...(['online-cpus', 'isolation', 'interrupts', 'load', 'steal', 'thermal'] as const),
      ...(['power-supply', 'huge-pages', 'numa', 'memory', 'aslr', 'mitigations'] as const),
      ...(['workload', 'proactive-reclaim'] as const),
      ...(['firmware', 'clock', 'watchdog', 'kernel', 'kernel-log', 'virtualization'] as const),
    ];
    assert.deepEqual(TOPICS.map(({ name }) => name).sort(), [...asked].sort());
    const names = TOPICS.flatMap((topic) => Object.keys(topic.read(viewOf({}))));
    assert.deepEqual(names, [...new Set(names)]);
    for (const name of names) assert.match(name, /^[a-z][a-z0-9_]*$/);
  });

  test('reads a host of no files at all as absent, without a disturbance', () => {
    const facts = takeSnapshot(viewOf({}));
    const present = Object.entries(facts).filter(([, value]) => value !== 'absent');
    assert.deepEqual(Object.fromEntries(present), {
      core_class: 'uniform',
      irqs_on_trial_cpus: '0',
    });
    const judged = judgeChange({ before: facts, after: facts, cpus: [0] });
    assert.deepEqual(judged.disturbances, []);
    for (const topic of TOPICS) assert.ok(topic.advise(facts, viewOf({})).state !== '');
  });

  test('reads lists that are no lists without falling over', () => {
    const odd = {
      [`${CPU}/cpu0/topology/thread_siblings_list`]: 'odd',
      'sys/devices/cpu_atom/cpus': 'odd',
      'proc/irq/1/smp_affinity_list': 'odd',
      'proc/stat': 'cpu\ncpu0 x y\n',
      'sys/kernel/notes': '\x04\0\0\0',
      'proc/config.gz': 'not gzip',
    };
    assert.doesNotThrow(() => takeSnapshot(viewOf(odd)));
  });
});
