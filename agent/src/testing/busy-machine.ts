// SPDX-License-Identifier: Apache-2.0
/** A desktop machine as fixture files, of which hygiene can set everything that it wants to. */
import type { HostFiles } from './host-files.js';

const CPU = 'sys/devices/system/cpu';

export const GOVERNOR = `${CPU}/cpu1/cpufreq/scaling_governor`;
export const PREFERENCE = `${CPU}/cpu1/cpufreq/energy_performance_preference`;
export const MIN_FREQUENCY = `${CPU}/cpu1/cpufreq/scaling_min_freq`;
export const MAX_FREQUENCY = `${CPU}/cpu1/cpufreq/scaling_max_freq`;
export const NO_TURBO = `${CPU}/intel_pstate/no_turbo`;
export const NMI_WATCHDOG = 'proc/sys/kernel/nmi_watchdog';
export const SAMPLE_RATE = 'proc/sys/kernel/perf_event_max_sample_rate';

/** Every setting that `enforce` changes, with the value it had. */
export const SETTINGS: HostFiles = {
  [GOVERNOR]: 'powersave',
  [PREFERENCE]: 'balance_performance',
  [MIN_FREQUENCY]: '800000',
  [NO_TURBO]: '0',
  [NMI_WATCHDOG]: '1',
  [SAMPLE_RATE]: '100000',
};

export const BUSY_MACHINE: HostFiles = {
  ...SETTINGS,
  [MAX_FREQUENCY]: '5300000',
  [`${CPU}/cpu1/cpufreq/scaling_driver`]: 'intel_pstate',
  [`${CPU}/online`]: '0-1',
  'sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc',
  'proc/uptime': '50.00 0',
  'proc/stat': 'cpu 9 0 0 9\ncpu0 4 0 0 4\ncpu1 5 0 0 5\nprocs_running 1\n',
  'proc/sys/kernel/random/boot_id': 'boot-1',
  'dev/kmsg': '6,1,1,-;Linux version\n',
  'dev/cpu_dma_latency': '\xff\xff\xff\x7f',
};

/** Those settings as a measurement wants them. */
export const TUNED_MACHINE: HostFiles = {
  ...BUSY_MACHINE,
  [GOVERNOR]: 'performance',
  [PREFERENCE]: 'performance',
  [MIN_FREQUENCY]: '5300000',
  [NO_TURBO]: '1',
  [NMI_WATCHDOG]: '0',
  [SAMPLE_RATE]: '1',
};
