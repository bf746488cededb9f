// SPDX-License-Identifier: Apache-2.0
/** Two machines as trees of /proc and /sys, for tests of the doctor. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Tree = Readonly<Record<string, string>>;

const CPU = 'sys/devices/system/cpu';
const COMMON: Tree = {
  'proc/uptime': '1000.00 1500.00\n',
  'proc/loadavg': '0.10 0.20 0.30 1/80 999\n',
  'proc/self/stat': `7 (node) R ${'0 '.repeat(40)}\n`,
  'proc/self/cgroup': '0::/\n',
  'proc/sys/kernel/perf_event_paranoid': '2\n',
  'proc/sys/kernel/soft_watchdog': '1\n',
  [`${CPU}/vulnerabilities/meltdown`]: 'Mitigation: PTI\n',
  'usr/bin/gcc': '',
  'usr/bin/taskset': '',
  'usr/bin/chrt': '',
  'usr/bin/setpriv': '',
};

const statOf = (cpus: number, fields: string) =>
  [`cpu ${fields}`, ...Array.from({ length: cpus }, (_, cpu) => `cpu${cpu} ${fields}`)].join('\n');

/** A guest of two CPUs that shows next to nothing of what is below it. */
export const BARE_GUEST: Tree = {
  ...COMMON,
  'proc/stat': `${statOf(2, '100 0 50 900 0 0 0 3 0 0')}\nctxt 5\nprocs_running 1\n`,
  'proc/meminfo':
    'MemTotal: 4096000 kB\nMemFree: 3000000 kB\nMemAvailable: 3500000 kB\nSwapTotal: 0 kB\n',
  'proc/cmdline': 'console=ttyS0 quiet\n',
  'proc/cpuinfo': 'processor\t: 0\nmicrocode\t: 0x1\nflags\t: fpu hypervisor lahf_lm\n',
  'proc/sys/kernel/osrelease': '6.18.44-guest\n',
  'proc/sys/kernel/tainted': '0\n',
  'proc/sys/kernel/nmi_watchdog': '0\n',
  'proc/sys/kernel/perf_event_max_sample_rate': '1\n',
  'proc/sys/kernel/randomize_va_space': '2\n',
  'proc/sys/kernel/numa_balancing': '0\n',
  [`${CPU}/online`]: '0-1\n',
  [`${CPU}/present`]: '0-1\n',
  [`${CPU}/isolated`]: '\n',
  [`${CPU}/smt/control`]: 'notsupported\n',
  [`${CPU}/smt/active`]: '0\n',
  [`${CPU}/cpuidle/current_driver`]: 'haltpoll\n',
  'sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  'sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc kvm-clock\n',
  'sys/devices/system/node/online': '0\n',
  'sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  'sys/kernel/mm/ksm/run': '0\n',
  'dev/kmsg': '6,1,100,-;Linux version 6.18.44\n',
};

function hybridCpu(cpu: number): Tree {
  const folder = `${CPU}/cpu${cpu}`;
  const isFast = cpu < 4;
  const first = cpu - (cpu % 2);
  return {
    [`${folder}/cpufreq/scaling_governor`]: 'powersave\n',
    [`${folder}/cpufreq/scaling_driver`]: 'intel_pstate\n',
    [`${folder}/cpufreq/scaling_min_freq`]: '800000\n',
    [`${folder}/cpufreq/scaling_max_freq`]: isFast ? '5300000\n' : '4200000\n',
    [`${folder}/cpufreq/scaling_cur_freq`]: '1100000\n',
    [`${folder}/cpufreq/energy_performance_preference`]: 'balance_performance\n',
    [`${folder}/topology/thread_siblings_list`]: isFast ? `${first}-${first + 1}\n` : `${cpu}\n`,
    [`${folder}/thermal_throttle/core_throttle_count`]: cpu === 0 ? '3\n' : '0\n',
    [`${folder}/thermal_throttle/package_throttle_count`]: '0\n',
    [`${folder}/cpuidle/state0/name`]: 'POLL\n',
    [`${folder}/cpuidle/state1/name`]: 'C1E\n',
    [`${folder}/cpuidle/state2/name`]: 'C10\n',
    [`${folder}/cpuidle/state2/disable`]: '1\n',
    [`${folder}/microcode/version`]: '0x12b\n',
  };
}

/** A desktop with fast and slow cores, as it leaves the shop, and warm. */
export const HYBRID_METAL: Tree = {
  ...COMMON,
  ...Object.assign({}, ...[0, 1, 2, 3, 4, 5].map(hybridCpu)),
  'proc/stat': `${statOf(6, '100 0 50 900 0 0 0 0 0 0')}\nctxt 5\nprocs_running 3\n`,
  'proc/meminfo':
    'MemTotal: 32000000 kB\nMemFree: 900000 kB\nMemAvailable: 1000000 kB\nSwapTotal: 8000000 kB\n',
  'proc/cmdline': 'root=/dev/nvme0n1p2 ro mitigations=off\n',
  'proc/cpuinfo': 'processor\t: 0\nflags\t: fpu vme\n',
  'sys/module/kvm/parameters/halt_poll_ns': '200000\n',
  'proc/irq/default_smp_affinity': '3f\n',
  'proc/irq/16/smp_affinity_list': '0-5\n',
  'proc/irq/17/smp_affinity_list': '2\n',
  'proc/sys/kernel/osrelease': '6.17.13\n',
  'proc/sys/kernel/tainted': '4096\n',
  'proc/sys/kernel/nmi_watchdog': '1\n',
  'proc/sys/kernel/perf_event_max_sample_rate': '100000\n',
  'proc/sys/kernel/randomize_va_space': '0\n',
  'proc/sys/kernel/numa_balancing': '1\n',
  [`${CPU}/online`]: '0-5\n',
  [`${CPU}/present`]: '0-7\n',
  [`${CPU}/isolated`]: '\n',
  [`${CPU}/smt/control`]: 'on\n',
  [`${CPU}/smt/active`]: '1\n',
  [`${CPU}/cpuidle/current_driver`]: 'intel_idle\n',
  [`${CPU}/intel_pstate/no_turbo`]: '0\n',
  'sys/devices/cpu_core/cpus': '0-3\n',
  'sys/devices/cpu_atom/cpus': '4-5\n',
  'sys/devices/system/clocksource/clocksource0/current_clocksource': 'hpet\n',
  'sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet acpi_pm\n',
  'sys/devices/system/node/online': '0-1\n',
  'sys/devices/system/node/node0/cpulist': '0-3\n',
  'sys/devices/system/node/node1/cpulist': '4-5\n',
  'sys/class/hwmon/hwmon0/name': 'coretemp\n',
  'sys/class/hwmon/hwmon0/temp1_input': '71000\n',
  'sys/class/hwmon/hwmon1/name': 'nvme\n',
  'sys/class/hwmon/hwmon1/temp1_input': '90000\n',
  'sys/class/power_supply/AC/type': 'Mains\n',
  'sys/class/power_supply/AC/online': '0\n',
  'sys/class/power_supply/BAT0/type': 'Battery\n',
  'sys/class/dmi/id/bios_version': '1.30\n',
  'sys/class/dmi/id/product_name': 'Workstation\n',
  'sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never\n',
  'sys/kernel/mm/ksm/run': '1\n',
  'dev/kmsg': '4,9,100,-;CPU0: Core temperature above threshold, cpu clock throttled (total 3)\n',
  'usr/bin/qemu-system-x86_64': '',
  'usr/bin/numactl': '',
  'usr/sbin/nats-server': '',
};

/** Calls `use` with the root of the tree, and removes it afterwards. */
export function withTree(files: Tree, use: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'labsweep-doctor-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      const mode = path.startsWith('usr/') ? 0o755 : 0o644;
      writeFileSync(join(root, path), content, { mode });
    }
    use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
