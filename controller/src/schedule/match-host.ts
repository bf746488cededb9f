// SPDX-License-Identifier: Apache-2.0
/** Says in which environment a host can run a row, or why it cannot. */
import type {
  Environment,
  EnvironmentRequest,
  HostDescription,
  HygieneMode,
  Permission,
  PlannedRow,
  Spec,
} from '@labsweep/proto';

export type Match =
  | { readonly environment: Environment }
  | { readonly environment?: undefined; readonly reason: string };

/** `qemu` prefers KVM, where a canary guest proved it, over emulation. */
export const CANDIDATES: Readonly<Record<EnvironmentRequest, readonly Environment[]>> = {
  native: ['native'],
  qemu: ['qemu-kvm', 'qemu-tcg'],
  'qemu-kvm': ['qemu-kvm'],
  'qemu-tcg': ['qemu-tcg'],
  scripted: ['scripted'],
};

/**
 * A host must be one of those that the sweep asks for, and have the size, the right to do what the
 * row asks of it, and a runner that works.
 */
export function matchHost(
  row: PlannedRow,
  spec: Pick<Spec, 'hygiene' | 'scheduling'>,
  host: HostDescription,
): Match {
  const obstacle =
    findOtherHost(spec, host) ?? findTooSmall(row, host) ?? findNotAllowed(row, spec.hygiene, host);
  if (obstacle !== undefined) return { reason: obstacle };
  const candidates = CANDIDATES[row.environment];
  const supports = candidates.map((environment) => findSupport(host, environment));
  const usable = supports.find((support) => support.available);
  if (usable !== undefined) return { environment: usable.environment };
  const reasons = supports.map(({ environment, reason }) => `${environment}: ${reason}`);
  return { reason: `${host.name}: ${reasons.join('; ')}` };
}

function findOtherHost(
  { scheduling }: Pick<Spec, 'scheduling'>,
  host: HostDescription,
): string | undefined {
  const { labels, hostClass } = scheduling;
  const lacking = labels.filter((label) => !host.labels.includes(label));
  if (lacking.length > 0) {
    const options = lacking.map((label) => `--label ${label}`).join(' ');
    const noun = lacking.length === 1 ? 'label' : 'labels';
    return `${host.name} lacks the ${noun} ${lacking.join(', ')}; start its agent with \`${options}\``;
  }
  const model = host.facts.cpu_model ?? 'an unknown CPU';
  if (!model.includes(hostClass)) {
    return `${host.name} has ${model}, the sweep asks for \`host_class = "${hostClass}"\``;
  }
  return undefined;
}

function findTooSmall(row: PlannedRow, host: HostDescription): string | undefined {
  const { smp, memoryMib } = row.shape;
  const { memoryMib: offeredMib } = host.capacity;
  if (row.environment === 'native' && smp > usableCpus(row, host)) {
    return `${host.name} has ${cpuText(host)}, the row needs ${needText(row, host)}`;
  }
  if (isGuest(row) && smp > usableCpus(row, host) && !row.guest.overcommit) {
    const advice = '`overcommit = true` in its environment allows more, and marks the row';
    return `${host.name} has ${cpuText(host)}, the row needs ${needText(row, host)}; ${advice}`;
  }
  if (memoryMib > offeredMib) {
    return `${host.name} has ${offeredMib} MiB of memory, the row needs ${memoryMib}`;
  }
  return undefined;
}

/** Those of one core class: a trial on both would measure how it was spread over them. */
function usableCpus(row: PlannedRow, { capacity: { cpus, hybrid } }: HostDescription): number {
  const asked = row.environment === 'native' ? row.native.coreClass : 'any';
  // A host of one class has no slow cores: all of it is as fast as it gets.
  if (hybrid === undefined) return asked === 'efficiency' ? 0 : cpus;
  const { performanceCpus, efficiencyCpus } = hybrid;
  if (asked === 'any') return Math.max(performanceCpus, efficiencyCpus);
  return asked === 'performance' ? performanceCpus : efficiencyCpus;
}

function cpuText({ capacity: { cpus, hybrid } }: HostDescription): string {
  if (hybrid === undefined) return `${cpus} CPUs`;
  return `${hybrid.performanceCpus} performance and ${hybrid.efficiencyCpus} efficiency CPUs`;
}

function needText(row: PlannedRow, { capacity: { hybrid } }: HostDescription): string {
  const { coreClass } = row.native;
  if (row.environment === 'native' && coreClass !== 'any') {
    return `${row.shape.smp} of class ${coreClass}`;
  }
  return hybrid === undefined ? String(row.shape.smp) : `${row.shape.smp} of one class`;
}

/** What changes a host takes its operator's leave. Scripted trials change nothing. */
function findNotAllowed(
  row: PlannedRow,
  hygiene: HygieneMode,
  host: HostDescription,
): string | undefined {
  const isNative = row.environment === 'native';
  const refuse = (permission: Permission, cause: string, instead: string) =>
    host.permissions.includes(permission)
      ? undefined
      : `${host.name} may not ${DEEDS[permission]}, which ${cause} needs; ` +
        `start its agent with \`--may ${[...host.permissions, permission].join(',')}\`, ` +
        `or write ${instead}`;
  const tuning =
    hygiene === 'enforce' && (isNative || isGuest(row))
      ? refuse('tune', '`mode = "enforce"` of [hygiene]', '`mode = "observe"`')
      : undefined;
  const offline =
    isNative && row.native.smpBy === 'offline'
      ? refuse('offline-cpus', '`smp_by = "offline"`', '`smp_by = "affinity"`')
      : undefined;
  return tuning ?? offline;
}

const DEEDS: Readonly<Record<Permission, string>> = {
  tune: 'change settings of its host',
  'offline-cpus': 'take CPUs offline',
};

function isGuest(row: PlannedRow): boolean {
  return row.environment.startsWith('qemu');
}

function findSupport(host: HostDescription, environment: Environment) {
  const offered = host.supports.find((support) => support.environment === environment);
  return offered ?? { environment, available: false, reason: 'not offered by this agent' };
}
