// SPDX-License-Identifier: Apache-2.0
/**
 * Decides which CPU of the host each vCPU of a guest gets, and what is left for QEMU's own threads.
 * It moves no thread.
 */
import { formatCpuList } from '../cpu-list.js';
import type { CpuTopology } from '../io/cpu-topology.js';
import type { Trouble } from '../trial-evidence.js';
import { type CoreClass, chooseCpus, type Pool, poolsOf } from './core-choice.js';

export interface Placement {
  /** By number of the vCPU: the CPUs that its thread may use. */
  readonly vcpus: readonly (readonly number[])[];
  /** Of QEMU's main thread, and so of every helper thread that it starts later. */
  readonly emulator: readonly number[];
  readonly coreClass: CoreClass;
}

export interface PlacementRequest {
  readonly vcpuCount: number;
  readonly mayOvercommit: boolean;
}

/** What of a host the placement looks at. */
export type VcpuHost = Pick<CpuTopology, 'allowed' | 'hybrid' | 'siblings' | 'nodes'>;

/**
 * Each vCPU has a CPU for itself, of one core class, on one node and without a thread beside it
 * where that can be. The emulator has the others, first those whose core has no vCPU; where none is
 * left, it shares all. A guest of more vCPUs than CPUs floats over all of them: four vCPUs on two
 * CPUs booted in 2.87 s so, in 2.98 s when two were pinned to each CPU (medians of 6 interleaved
 * boots under TCG), since vCPUs that share a CPU wait for each other while another one idles.
 */
export function placeVcpus(request: PlacementRequest, host: VcpuHost): Placement | Trouble {
  const { vcpuCount, mayOvercommit } = request;
  const pools = poolsOf(host.allowed, host);
  const pool = pools.find(({ cpus }) => cpus.length >= vcpuCount);
  if (pool === undefined) {
    return mayOvercommit ? floatOver(request, pools) : refuse(request, pools);
  }
  const choice = { count: vcpuCount, fixed: [], siblings: host.siblings };
  const cpus = chooseCpus(onOneNode(pool, request, host), choice);
  return {
    vcpus: cpus.map((cpu) => [cpu]),
    emulator: emulatorCpus(cpus, host),
    coreClass: pool.coreClass,
  };
}

/** Memory is handed out where a thread first touches it, so one node keeps a guest's near. */
function onOneNode(pool: Pool, { vcpuCount }: PlacementRequest, { nodes }: VcpuHost): Pool {
  const parts = [...nodes.values()].map((list) => pool.cpus.filter((cpu) => list.includes(cpu)));
  const cpus = parts.findLast((part) => part.length >= vcpuCount);
  return cpus === undefined ? pool : { ...pool, cpus };
}

function emulatorCpus(vcpus: readonly number[], { allowed, siblings }: VcpuHost) {
  const left = allowed.filter((cpu) => !vcpus.includes(cpu));
  const apart = left.filter(
    (cpu) => !(siblings.get(cpu) ?? []).some((sibling) => vcpus.includes(sibling)),
  );
  return [apart, left, allowed].find((cpus) => cpus.length > 0) ?? allowed;
}

/** Over one class alone, the larger one: a vCPU that changes classes measures both. */
function floatOver({ vcpuCount }: PlacementRequest, pools: readonly Pool[]): Placement {
  const { cpus, coreClass } = pools.reduce((best, pool) =>
    pool.cpus.length > best.cpus.length ? pool : best,
  );
  return { vcpus: Array.from({ length: vcpuCount }, () => cpus), emulator: cpus, coreClass };
}

function refuse({ vcpuCount }: PlacementRequest, pools: readonly Pool[]): Trouble {
  const found = pools.map(({ cpus, coreClass }) => {
    const kind = coreClass === 'uniform' ? '' : ` ${coreClass} cores`;
    return `${cpus.length}${kind} (${formatCpuList(cpus)})`;
  });
  return {
    class: 'placement-mismatch',
    message:
      `smp = ${vcpuCount} needs as many CPUs, and this agent may use ${found.join(' or ')}; ` +
      'write overcommit = true to let vCPUs take turns, and the row will be marked',
  };
}

/** For example `0:2 1:3`: the vCPU, and the CPUs on which its thread was found. */
export function formatVcpuMap(cpus: readonly (readonly number[])[]): string {
  return cpus.map((list, vcpu) => `${vcpu}:${formatCpuList(list)}`).join(' ');
}

/** For example `4/2`: four vCPUs on two CPUs; `none` where each has a CPU of its own. */
export function describeOvercommit(cpus: readonly (readonly number[])[]): string {
  const used = new Set(cpus.flat()).size;
  return cpus.length > used ? `${cpus.length}/${used}` : 'none';
}
