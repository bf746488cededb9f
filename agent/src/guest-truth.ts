// SPDX-License-Identifier: Apache-2.0
/**
 * The record that every trial in a guest must bring: what machine it really was, by its own word,
 * by QEMU's and by the host's. A number without its record proves nothing.
 */
import { parseCpuList } from './cpu-list.js';
import type { Facts } from './io/host-tree.js';
import type { Check, GuestRequirements, Trouble } from './trial-evidence.js';

interface TruthItem {
  readonly what: string;
  /** Who gives the facts, for the message that one is missing. */
  readonly source: 'init' | 'qemu' | 'agent';
  readonly facts: readonly string[];
  /** Looks for a contradiction to what was asked; facts that are missing contradict nothing. */
  readonly check?: (asked: GuestRequirements, facts: Facts) => Trouble | undefined;
}

/**
 * CPU count, command line and release have checks of their own, since native trials share them.
 * `absent` is a value: a kernel without huge pages has no state of them to tell.
 */
export const GUEST_TRUTH: readonly TruthItem[] = [
  { what: 'accelerator', source: 'qemu', facts: ['accelerator'], check: checkAccelerator },
  { what: 'machine type', source: 'qemu', facts: ['machine_type'], check: checkMachineType },
  { what: 'QEMU version', source: 'qemu', facts: ['qemu_version'] },
  { what: 'CPU model', source: 'init', facts: ['cpu_model', 'hypervisor'] },
  { what: 'CPU features that QEMU left out', source: 'agent', facts: ['cpu_features_dropped'] },
  { what: 'online CPUs', source: 'init', facts: ['online_cpus', 'online_cpus_end'] },
  {
    what: 'memory',
    source: 'init',
    facts: ['memory_total_kb', 'memory_available_end_kb'],
    check: checkMemorySeen,
  },
  {
    what: 'memory as configured',
    source: 'qemu',
    facts: ['memory_configured_bytes', 'memory_preallocated', 'memory_huge_pages'],
    check: checkMemoryBuilt,
  },
  { what: 'NUMA nodes', source: 'init', facts: ['numa_nodes'], check: checkNumaNodes },
  { what: 'command line as booted', source: 'init', facts: ['cmdline'] },
  {
    what: 'boot',
    source: 'agent',
    facts: ['boot_path', 'boot_protocol', 'boot_trims', 'firmware'],
  },
  { what: 'end of the machine', source: 'qemu', facts: ['shutdown_reason'] },
  { what: 'clock source', source: 'init', facts: ['clocksource', 'clocksource_end'] },
  {
    what: 'clock resolution',
    source: 'init',
    facts: ['clock_resolution_ns', 'clock_resolution_end_ns', 'clock_getres_ns'],
  },
  { what: 'kernel', source: 'init', facts: ['kernel_release', 'kernel_version', 'kernel_banner'] },
  { what: 'taint', source: 'init', facts: ['tainted', 'tainted_end'] },
  {
    what: 'transparent huge pages',
    source: 'init',
    facts: ['thp_enabled', 'thp_enabled_end', 'thp_shmem'],
  },
  {
    what: 'vCPU placement',
    source: 'qemu',
    facts: ['vcpu_map', 'emulator_cpus', 'allowed_cpus', 'allowed_cpus_end'],
    check: checkPlacement,
  },
  { what: 'overcommit', source: 'qemu', facts: ['overcommit'], check: checkOvercommit },
  { what: 'steal', source: 'init', facts: ['steal_ticks_start', 'steal_ticks_end'] },
];

/** The first thing about the machine that is not as asked. */
export const checkGuestTruth: Check = ({ guest }, { transcript }) => {
  if (guest === undefined) return undefined;
  for (const { check } of GUEST_TRUTH) {
    const trouble = check?.(guest, transcript.facts);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
};

/** The first thing about the machine that nobody has told. */
export const checkRecordComplete: Check = ({ guest }, { transcript: { facts } }) => {
  if (guest === undefined) return undefined;
  for (const { what, source, facts: names } of GUEST_TRUTH) {
    const missing = names.find((name) => facts[name] === undefined);
    if (missing === undefined) continue;
    return {
      class: 'record-incomplete',
      message: `the guest's record lacks ${missing} (${what}); ${SOURCE_ADVICE[source]}`,
    };
  }
  return undefined;
};

const SOURCE_ADVICE: Readonly<Record<TruthItem['source'], string>> = {
  init: 'rebuild the init of this agent by `make -C native all`',
  qemu: 'check that this QEMU speaks QMP as version 7.2 does',
  agent: 'this is a defect of labsweep',
};

function checkAccelerator(asked: GuestRequirements, { accelerator }: Facts) {
  if (accelerator === undefined || accelerator === asked.accelerator) return undefined;
  const message = `${asked.accelerator} was asked for, and QEMU uses ${accelerator}`;
  return { class: 'accelerator-mismatch', message } as const;
}

/** As QEMU names its machines, each with its version: `pc-q35-7.2-machine`. */
const MACHINE_NAMES: Readonly<Record<GuestRequirements['settings']['machine'], RegExp>> = {
  q35: /^pc-q35-/,
  pc: /^pc-i440fx-/,
  microvm: /^microvm-machine$/,
};

function checkMachineType({ settings }: GuestRequirements, { machine_type: type }: Facts) {
  if (type === undefined || MACHINE_NAMES[settings.machine].test(type)) return undefined;
  const message = `machine = ${settings.machine} was asked for, and QEMU built ${type}`;
  return { class: 'spawn-failed', message } as const;
}

/**
 * What a kernel takes for itself before it counts its memory: its image, which is the same for any
 * size, and a descriptor of 64 bytes for each page, which is 1.6 %. Cloud kernels of 6.1 to 7.3
 * were seen to take 55 to 75 MiB of a guest of 1 GiB.
 */
const RESERVE_MIB = 96;
const RESERVE_RATIO = 0.03;

function checkMemorySeen(asked: GuestRequirements, { memory_total_kb: total }: Facts) {
  if (total === undefined) return undefined;
  const seenMib = Number(total) / 1024;
  const leastMib = asked.memoryMib * (1 - RESERVE_RATIO) - RESERVE_MIB;
  if (seenMib >= leastMib && seenMib <= asked.memoryMib) return undefined;
  const limiter = /(?:^| )(mem=\S+|memmap=\S+|crashkernel=\S+)/.exec(asked.commandLine)?.[1];
  const cause = limiter === undefined ? '' : `; the spec's own ${limiter} limits it`;
  return {
    class: 'memory-mismatch',
    message:
      `memory = ${asked.memoryMib} MiB was asked for, and the guest's kernel has ` +
      `${Number.isNaN(seenMib) ? 'told of none' : `${seenMib.toFixed(0)} MiB`}${cause}`,
  } as const;
}

function checkMemoryBuilt(asked: GuestRequirements, facts: Facts): Trouble | undefined {
  const { hugePages, preallocate } = asked.settings;
  const wanted = {
    memory_configured_bytes: String(asked.memoryMib * 1024 * 1024),
    memory_preallocated: hugePages || preallocate ? 'yes' : 'no',
    memory_huge_pages: hugePages ? 'yes' : 'no',
  };
  for (const [name, value] of Object.entries(wanted)) {
    const seen = facts[name];
    if (seen === undefined || seen === value) continue;
    const message = `QEMU made memory other than asked for: ${name} is ${seen}, not ${value}`;
    return { class: 'memory-mismatch', message };
  }
  return undefined;
}

function checkNumaNodes({ settings }: GuestRequirements, { numa_nodes: nodes }: Facts) {
  if (nodes === undefined) return undefined;
  // A kernel without NUMA has one node, and no file that says so.
  const seen = nodes === 'absent' ? 1 : parseCpuList(nodes).length;
  if (seen === settings.numaNodes) return undefined;
  const message = `numa = ${settings.numaNodes} was asked for, and the guest has ${seen} (${nodes})`;
  return { class: 'memory-mismatch', message } as const;
}

/** The map is as the kernel of the host gave it back, in the form `0:2 1:3`. */
function checkPlacement(_asked: GuestRequirements, facts: Facts): Trouble | undefined {
  const { vcpu_map: map, allowed_cpus: allowed, allowed_cpus_end: allowedAtEnd } = facts;
  if (map === undefined || allowed === undefined) return undefined;
  const isAllowed = new Set(parseCpuList(allowed));
  for (const entry of map.split(' ')) {
    const [vcpu, list = ''] = entry.split(':');
    const cpus = parseCpuList(list);
    if (cpus.length > 0 && cpus.every((cpu) => isAllowed.has(cpu))) continue;
    const message = `vCPU ${vcpu} is on CPUs '${list}', and this agent may use ${allowed}`;
    return { class: 'placement-mismatch', message };
  }
  if (allowedAtEnd === undefined || allowedAtEnd === allowed) return undefined;
  const message = `the CPUs that this agent may use changed from ${allowed} to ${allowedAtEnd}`;
  return { class: 'placement-mismatch', message: `${message} while the guest ran` };
}

function checkOvercommit({ settings }: GuestRequirements, { overcommit }: Facts) {
  if (overcommit === undefined || overcommit === 'none' || settings.overcommit) return undefined;
  return {
    class: 'placement-mismatch',
    message:
      `vCPUs shared CPUs (${overcommit}) though nobody asked for it; ` +
      'write overcommit = true to allow that',
  } as const;
}
