// SPDX-License-Identifier: Apache-2.0
/**
 * What a reader wants to know of the machines and kernels behind a report, gathered from what hosts
 * and trials said of themselves. What nobody told is left out, never guessed.
 */
import type { KernelName, TrialEnded } from '@labsweep/proto';
import { timingHistories } from '../block-history.js';
import { buildWords } from '../kernel-builds.js';
import type { Report } from '../report-model.js';
import type { RecordedHost, SweepRecord } from '../sweep-record.js';

/** One thing that was told, in words; `text` holds all values that were seen. */
export interface SetupFact {
  readonly words: string;
  readonly text: string;
}

type Facts = Readonly<Record<string, string>>;

const HOST_VERSIONS: readonly (readonly [string, string])[] = [
  ['microcode', 'microcode'],
  ['bios_version', 'BIOS'],
  ['product_name', 'product'],
];
const HOST_STATE: readonly (readonly [string, string])[] = [
  ['governor', 'governor'],
  ['turbo', 'turbo'],
  ['smt_control', 'SMT'],
  ['thp_enabled', 'THP'],
  ['aslr', 'ASLR'],
];
const GUEST_STATE: readonly (readonly [string, string])[] = [
  ['qemu_version', 'QEMU'],
  ['machine_type', 'machine'],
  ['cpu_model', 'CPU model'],
  ['boot_path', 'boot'],
  ['kaslr', 'KASLR'],
  ['thp_enabled', 'THP'],
  ['cmdline', 'command line'],
];

/** One line for each host that ran a trial that counts. */
export function machineLines(record: SweepRecord): string[] {
  const ran = new Map(countedTrials(record).map(({ host, hostName }) => [host, hostName]));
  return [...ran].map(([id, name]) => {
    const facts = record.hosts.find((host) => host.id === id)?.facts ?? {};
    const memoryGib = Number(facts.memory_total_kb) / 1024 ** 2;
    const numbers = [
      ...(isTold(facts.cpu_threads) ? [`${facts.cpu_threads} CPUs`] : []),
      ...(Number.isNaN(memoryGib) ? [] : [`${memoryGib.toFixed(1)} GiB`]),
    ];
    const nodes = isTold(facts.numa_nodes) ? countedIn(facts.numa_nodes) : undefined;
    const numa = nodes === undefined ? [] : [`${nodes} NUMA ${nodes === 1 ? 'node' : 'nodes'}`];
    const versions = HOST_VERSIONS.filter(([key]) => isTold(facts[key])).map(
      ([key, words]) => `${words} ${facts[key]}`,
    );
    const model = isTold(facts.cpu_model) ? facts.cpu_model : 'CPU not told';
    const guest = facts.virtualization === 'guest' ? ['itself a virtual machine'] : [];
    return `${name}: ${[model, ...numbers, ...numa, ...versions, ...guest].join(', ')}`;
  });
}

/** How many a list of the kernel's names: 3 in `0-1,4`. Undefined where it is no such list. */
function countedIn(list: string): number | undefined {
  const ranges = list.split(',').map((part) => /^(\d+)(?:-(\d+))?$/.exec(part.trim()));
  if (ranges.some((range) => range === null)) return undefined;
  const sizes = ranges.map((range) => Number(range?.[2] ?? range?.[1]) - Number(range?.[1]) + 1);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** `tsc (20 trials)`, one for each clock that trials told. */
export function clocksourceTexts({ clocksources }: Report['head']): string[] {
  return clocksources.map(
    ({ text, trials }) => `${text} (${trials} ${trials === 1 ? 'trial' : 'trials'})`,
  );
}

/** Settings of the hosts as they were before the trials that count. */
export function hostSettings(record: SweepRecord): SetupFact[] {
  const hosts = new Map<string, RecordedHost>(record.hosts.map((host) => [host.id, host]));
  const told = countedTrials(record).map(
    ({ host, outcome }) => outcome.hygiene?.before ?? hosts.get(host)?.facts ?? {},
  );
  return factsIn(told, HOST_STATE);
}

/** What guests said of themselves; empty where nothing ran in one. */
export function guestSettings(record: SweepRecord): SetupFact[] {
  const guests = countedTrials(record).filter(({ environment }) => environment.startsWith('qemu'));
  return factsIn(
    guests.map(({ outcome }) => outcome.facts),
    GUEST_STATE,
  );
}

/**
 * `v6.17: 6.17.13, tainted 0, config sha256 1f2e3d4c5b6a, gcc 14.2.0, image sha256 ... (file:...)`.
 */
export function kernelLines(record: SweepRecord, report: Report): string[] {
  return report.head.kernels.map(({ name, release, source, ...build }) => {
    const image = record.submitted.kernels.find((kernel) => kernel.name === name)?.image;
    const tainted = factsIn(taintsOf(record, name), [['tainted', 'tainted']]);
    const parts = [
      release === '' ? 'release not seen yet' : release,
      ...tainted.map(({ words, text }) => `${words} ${text}`),
      ...buildWords(build),
      ...(image === undefined ? [] : [`image sha256 ${image.sha256.slice(0, 12)}`]),
    ];
    return `${name}: ${parts.join(', ')}${source === '' ? '' : ` (${source})`}`;
  });
}

/**
 * Kernels that a distribution built, so that they are not what upstream tagged. The baseline's
 * second turn is no kernel of its own.
 */
export function distributionKernels(record: SweepRecord): KernelName[] {
  return record.submitted.kernels
    .filter(({ name, source }) => source.startsWith('debian:') && name !== record.spec.again)
    .map(({ name }) => name);
}

/** At start and at end: a kernel may taint itself on the way. */
function taintsOf(record: SweepRecord, name: KernelName): Facts[] {
  return countedTrials(record)
    .filter(({ kernel }) => kernel === name)
    .flatMap(({ outcome: { facts } }) => [
      facts.tainted === undefined ? {} : { tainted: facts.tainted },
      facts.tainted_end === undefined ? {} : { tainted: facts.tainted_end },
    ]);
}

function countedTrials(record: SweepRecord): TrialEnded[] {
  return timingHistories(record).flatMap(({ counted }) => counted);
}

function factsIn(
  told: readonly Facts[],
  wanted: readonly (readonly [string, string])[],
): SetupFact[] {
  return wanted.flatMap(([key, words]) => {
    const values = [...new Set(told.map((facts) => facts[key]))].filter(isTold);
    return values.length === 0 ? [] : [{ words, text: values.join(' or ') }];
  });
}

/** Agents and guests write `absent` for what they looked for and did not find. */
function isTold(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== 'absent';
}
