// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what Linux says of itself and of its machine in /proc and /sys, as facts by name. It starts
 * no process and changes nothing. What a machine does not have reads `absent`, which is a value
 * too.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCpuList } from '../cpu-list.js';
import { readKaslr } from './kaslr.js';

export type Facts = Readonly<Record<string, string>>;

export const ABSENT = 'absent';

/** Longer values are cut; none that means anything is as long. */
const VALUE_LENGTH_MAX = 1024;

const CPU = 'sys/devices/system/cpu';
const CLOCK = 'sys/devices/system/clocksource/clocksource0';

/** Facts that are the content of one file. Names that a guest reports too are the same here. */
const FILE_FACTS: Readonly<Record<string, string>> = {
  kernel_release: 'proc/sys/kernel/osrelease',
  kernel_version: 'proc/sys/kernel/version',
  kernel_banner: 'proc/version',
  cmdline: 'proc/cmdline',
  tainted: 'proc/sys/kernel/tainted',
  clocksource: `${CLOCK}/current_clocksource`,
  clocksources_available: `${CLOCK}/available_clocksource`,
  thp_enabled: 'sys/kernel/mm/transparent_hugepage/enabled',
  online_cpu_list: `${CPU}/online`,
  isolated_cpus: `${CPU}/isolated`,
  smt_control: `${CPU}/smt/control`,
  performance_cpus: 'sys/devices/cpu_core/cpus',
  efficiency_cpus: 'sys/devices/cpu_atom/cpus',
  cpuidle_driver: `${CPU}/cpuidle/current_driver`,
  aslr: 'proc/sys/kernel/randomize_va_space',
  nmi_watchdog: 'proc/sys/kernel/nmi_watchdog',
  numa_nodes: 'sys/devices/system/node/online',
  numa_balancing: 'proc/sys/kernel/numa_balancing',
  loadavg: 'proc/loadavg',
};

/** Reads all facts below `root`, which is `/` but for tests. */
export async function readHostTree(root: string): Promise<Facts> {
  const names = Object.keys(FILE_FACTS);
  const values = await Promise.all(names.map((name) => readFact(root, FILE_FACTS[name] ?? '')));
  const facts = Object.fromEntries(names.map((name, index) => [name, values[index] ?? ABSENT]));
  const present = await readFact(root, `${CPU}/present`);
  return {
    ...facts,
    online_cpus: countCpus(facts.online_cpu_list ?? ABSENT),
    present_cpus: countCpus(present),
    memory_total_kb: await readWord(root, { path: 'proc/meminfo', pattern: /^MemTotal:\s+(\d+)/m }),
    steal_ticks: await readWord(root, { path: 'proc/stat', pattern: /^cpu (?: *\d+){7} +(\d+)/m }),
    ...(await readProcessorFacts(root)),
    governor: await readOfEachCpu(root, 'cpufreq/scaling_governor'),
    scaling_driver: await readOfEachCpu(root, 'cpufreq/scaling_driver'),
    turbo: await readTurbo(root),
    kaslr: (await readKaslr(root)) ?? ABSENT,
    vulnerabilities: await readVulnerabilities(root),
  };
}

/** The content of one file on one line, or `absent`. */
export async function readFact(root: string, path: string): Promise<string> {
  const text = await readText(join(root, path));
  const value = text?.trim().replace(/\s+/g, ' ').slice(0, VALUE_LENGTH_MAX);
  return value === undefined || value === '' ? ABSENT : value;
}

/** Whatever keeps a file of /sys from being read, the fact is not to be had. */
async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function readWord(
  root: string,
  { path, pattern }: { readonly path: string; readonly pattern: RegExp },
): Promise<string> {
  const text = await readText(join(root, path));
  return pattern.exec(text ?? '')?.[1] ?? ABSENT;
}

function countCpus(list: string): string {
  return list === ABSENT ? ABSENT : String(parseCpuList(list).length);
}

/** `hypervisor` is the flag by which a processor admits that it is not real. */
async function readProcessorFacts(root: string): Promise<Facts> {
  const text = (await readText(join(root, 'proc/cpuinfo'))) ?? '';
  const flags = /^flags\s*:(.*)$/m.exec(text)?.[1];
  const isGuest = flags?.split(' ').includes('hypervisor');
  return {
    microcode: /^microcode\s*: *(\S+)/m.exec(text)?.[1] ?? ABSENT,
    virtualization: flags === undefined ? ABSENT : isGuest ? 'guest' : 'none',
  };
}

/** The distinct values over all CPUs: more than one of them is worth seeing. */
async function readOfEachCpu(root: string, path: string): Promise<string> {
  const cpus = (await list(join(root, CPU))).filter((name) => /^cpu\d+$/.test(name));
  const values = await Promise.all(cpus.map((cpu) => readFact(root, `${CPU}/${cpu}/${path}`)));
  return [...new Set(values)].sort().join(',') || ABSENT;
}

/** The two drivers say the opposite with the same digit, so the name of the file is kept. */
async function readTurbo(root: string): Promise<string> {
  const noTurbo = await readFact(root, `${CPU}/intel_pstate/no_turbo`);
  if (noTurbo !== ABSENT) return `no_turbo=${noTurbo}`;
  const boost = await readFact(root, `${CPU}/cpufreq/boost`);
  return boost === ABSENT ? ABSENT : `boost=${boost}`;
}

/** Of each mitigation the part before the details. */
async function readVulnerabilities(root: string): Promise<string> {
  const names = (await list(join(root, CPU, 'vulnerabilities'))).sort();
  const entries = names.map(async (name) => {
    const state = await readFact(root, `${CPU}/vulnerabilities/${name}`);
    return `${name}=${state.split(/[;,]/)[0]}`;
  });
  return (await Promise.all(entries)).join(', ').slice(0, VALUE_LENGTH_MAX) || ABSENT;
}

async function list(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
