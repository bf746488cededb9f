// SPDX-License-Identifier: Apache-2.0
/**
 * What a trial is for and how its machine is set up: settings that a spec may give, in the words of
 * the domain. It holds their types and defaults, and no behaviour.
 */

/**
 * Only `timing` reaches the statistics. `audit` runs the same workload with its full state dumped;
 * `attribution` counts the time inside named kernel functions.
 */
export const PURPOSES = ['timing', 'audit', 'attribution'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** `observe` records; `enforce` sets and restores; `require` refuses a host that is not so. */
export const HYGIENE_MODES = ['observe', 'enforce', 'require'] as const;
export type HygieneMode = (typeof HYGIENE_MODES)[number];

/**
 * What `enforce` does before each trial where a spec asks for it: interrupts of devices go to other
 * CPUs and swap out of use, both until the trial has ended; caches are dropped, memory compacted.
 */
export const HYGIENE_PREPARATIONS = [
  'move-interrupts',
  'swap-off',
  'drop-caches',
  'compact-memory',
] as const;
export type HygienePreparation = (typeof HYGIENE_PREPARATIONS)[number];

export const OUTPUT_ADAPTERS = ['key-value', 'json-lines', 'regex'] as const;

/** How the output of a workload is read. */
export interface OutputFormat {
  readonly adapter: (typeof OUTPUT_ADAPTERS)[number];
  /** For `regex`: named groups are keys; `scenario` names the scenario. Else empty. */
  readonly pattern: string;
  /** Keys whose values tell result lines of one scenario apart, so that each is a row. */
  readonly rowKeys: readonly string[];
}

export const DEFAULT_OUTPUT: OutputFormat = { adapter: 'key-value', pattern: '', rowKeys: [] };

export const MACHINE_TYPES = ['q35', 'pc', 'microvm'] as const;
export type MachineType = (typeof MACHINE_TYPES)[number];

/**
 * `fast`: an unpacked kernel by PVH, a small firmware, no crypto self-tests; `plain`: what a shell
 * script does. Both give the same numbers; the outcome says which it was.
 */
export const BOOT_PATHS = ['fast', 'plain'] as const;
export type BootPath = (typeof BOOT_PATHS)[number];

/**
 * Shorter boots that may change what is measured: off unless the spec names them, and named on the
 * row.
 */
export const BOOT_TRIMS = ['mitigations-off', 'acpi-off', 'noreplace-smp'] as const;
export type BootTrim = (typeof BOOT_TRIMS)[number];

/** How a guest's machine is built, beyond CPU count and memory. */
export interface GuestSettings {
  readonly machine: MachineType;
  /** As QEMU names it; empty takes the host's under KVM and QEMU's default under TCG. */
  readonly cpuModel: string;
  /** NUMA nodes of the guest; CPUs and memory are divided evenly. From 1. */
  readonly numaNodes: number;
  /** The guest's memory comes from huge pages of the host; implies `preallocate`. */
  readonly hugePages: boolean;
  /** All of the guest's memory is there before it starts. */
  readonly preallocate: boolean;
  /** More vCPUs than CPUs are allowed; the row is marked. */
  readonly overcommit: boolean;
  readonly boot: BootPath;
  readonly trims: readonly BootTrim[];
}

export const DEFAULT_GUEST: GuestSettings = {
  machine: 'q35',
  cpuModel: '',
  numaNodes: 1,
  hugePages: false,
  preallocate: false,
  overcommit: false,
  boot: 'fast',
  trims: [],
};

export const CORE_CLASSES = ['any', 'performance', 'efficiency'] as const;
export type CoreClass = (typeof CORE_CLASSES)[number];

/**
 * How the other CPUs are kept out of a native trial: `offline` takes them away, `affinity` leaves
 * them online; `auto` is the first where the agent may.
 */
export const SMP_METHODS = ['auto', 'offline', 'affinity'] as const;
export type SmpMethod = (typeof SMP_METHODS)[number];

/** How a native trial is placed and scheduled. */
export interface NativeSettings {
  /** The CPUs to use, for example `2-5`; empty leaves the choice to the agent. */
  readonly cpus: string;
  readonly coreClass: CoreClass;
  readonly smpBy: SmpMethod;
  /** `other`, `batch`, `idle`, `fifo:<priority>` or `rr:<priority>`. */
  readonly scheduler: string;
  /** Memory and CPUs come from this node; absent leaves both free. */
  readonly numaNode?: number;
  /** Rest between the start of the trial and the start of the reproducer. */
  readonly settleMs: number;
}

export const DEFAULT_NATIVE: NativeSettings = {
  cpus: '',
  coreClass: 'any',
  smpBy: 'auto',
  scheduler: 'other',
  settleMs: 0,
};

/**
 * What the operator of a host lets its agent change: `offline-cpus` for native trials, `tune` for
 * hygiene in the mode `enforce`. Everything is put back afterwards.
 */
export const PERMISSIONS = ['offline-cpus', 'tune'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** What was seen of the host before and after a trial. */
export interface HygieneRecord {
  readonly mode: HygieneMode;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** Worth knowing, and no reason to doubt the trial. */
  readonly warnings: readonly string[];
  /** Any of them makes the trial `host-disturbed`. */
  readonly disturbances: readonly string[];
}

/** What the guest's kernel spent in one function during an `attribution` trial. */
export interface FunctionProfile {
  /** Of the kernel's function. */
  readonly name: string;
  readonly hits: number;
  /** Over all hits. */
  readonly timeUs: number;
  /** The kernel's means that counted it, for example `function-profile`. */
  readonly method: string;
}
