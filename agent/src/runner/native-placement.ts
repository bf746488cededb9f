// SPDX-License-Identifier: Apache-2.0
/**
 * Chooses the CPUs of a native trial: of one core class and node, no two threads of one core where
 * that can be, and whether the other CPUs are to be taken away. Pure; it looks at nothing itself.
 */
import type { NativeSettings } from '@labsweep/proto';
import { formatCpuList, parseCpuList } from '../cpu-list.js';
import type { CpuTopology } from '../io/cpu-topology.js';
import type { Trouble } from '../trial-evidence.js';
import { type CoreClass, chooseCpus, type Pool, poolsOf } from './core-choice.js';

export interface Placement {
  /** In ascending order, as many as the shape asks for. */
  readonly cpus: readonly number[];
  readonly coreClass: CoreClass;
  /** `offline`: while the trial runs no other CPU is online. */
  readonly smpBy: 'offline' | 'affinity';
  /** To be taken offline. */
  readonly offline: readonly number[];
}

export interface PlacementRequest {
  readonly smp: number;
  readonly native: NativeSettings;
  /** The operator lets the agent take CPUs offline. */
  readonly mayOffline: boolean;
}

/** The same request on the same host gives the same CPUs, or the same trouble. */
export function placeTrial(request: PlacementRequest, host: CpuTopology): Placement | Trouble {
  const pool = findPool(request, host);
  if ('class' in pool) return pool;
  const { smp, native } = request;
  const place = { pool, smp, host };
  if (native.smpBy !== 'affinity') {
    const alone = placeAlone(place, request.mayOffline);
    if (typeof alone !== 'string') return alone;
    if (native.smpBy === 'offline') return cannotBeAlone(alone);
  }
  const cpus = choose(place, []);
  return { cpus, coreClass: pool.coreClass, smpBy: 'affinity', offline: [] };
}

interface Place {
  /** At least as many CPUs as are asked for. */
  readonly pool: Pool;
  readonly smp: number;
  readonly host: CpuTopology;
}

function findPool({ smp, native }: PlacementRequest, host: CpuTopology): Pool | Trouble {
  const onNode = cpusOfNode(native.numaNode, host);
  if (typeof onNode === 'string') return { class: 'placement-mismatch', message: onNode };
  const candidates = native.cpus === '' ? onNode : namedCpus(native.cpus, { onNode, host });
  if (typeof candidates === 'string') return { class: 'cpu-mismatch', message: candidates };
  const pools = poolsOf(candidates, host);
  const isNamed = native.cpus !== '';
  if (isNamed && pools.length > 1) return mixed(native.cpus, pools);
  const { coreClass } = native;
  const fit = pools.filter((pool) => isOfClass(pool, coreClass));
  const large = fit.find(({ cpus }) => cpus.length >= smp);
  return large ?? tooFew({ smp, native, fit, allowed: host.allowed });
}

/** A host of one class has no slow cores: all of it is as fast as it gets. */
function isOfClass(pool: Pool, asked: NativeSettings['coreClass']): boolean {
  if (asked === 'any' || pool.coreClass === asked) return true;
  return asked === 'performance' && pool.coreClass === 'uniform';
}

function cpusOfNode(node: number | undefined, host: CpuTopology): readonly number[] | string {
  if (node === undefined) return host.allowed;
  const cpus = host.nodes.get(node);
  if (cpus === undefined) {
    const known = formatCpuList(host.nodes.keys());
    return `numa_node = ${node} was asked for, but this host has ${known || 'no NUMA nodes'}`;
  }
  return host.allowed.filter((cpu) => cpus.includes(cpu));
}

function namedCpus(
  list: string,
  { onNode, host }: { onNode: readonly number[]; host: CpuTopology },
): readonly number[] | string {
  const named = parseCpuList(list);
  const missing = named.filter((cpu) => !host.online.includes(cpu));
  const forbidden = named.filter((cpu) => !missing.includes(cpu) && !host.allowed.includes(cpu));
  const elsewhere = named.filter((cpu) => host.allowed.includes(cpu) && !onNode.includes(cpu));
  const problem = [
    [missing, `not online (${formatCpuList(host.online)} are)`] as const,
    [forbidden, `not allowed to this agent (${formatCpuList(host.allowed)} are)`] as const,
    [elsewhere, 'not on the NUMA node that was asked for'] as const,
  ].find(([cpus]) => cpus.length > 0);
  if (problem === undefined) return named;
  return `cpus = ${list} was asked for, but ${formatCpuList(problem[0])} of them are ${problem[1]}`;
}

function mixed(list: string, pools: readonly Pool[]): Trouble {
  const parts = pools.map(({ cpus, coreClass }) => `${formatCpuList(cpus)} are ${coreClass} cores`);
  const message =
    `cpus = ${list} mixes core classes: ${parts.join(', ')}; such CPUs differ by more than the ` +
    'effects to be seen: name CPUs of one class';
  return { class: 'cpu-mismatch', message };
}

function tooFew(request: {
  readonly smp: number;
  readonly native: NativeSettings;
  readonly fit: readonly Pool[];
  readonly allowed: readonly number[];
}): Trouble {
  const { smp, native, fit, allowed } = request;
  const asked = [
    `smp = ${smp} was asked for`,
    ...(native.coreClass === 'any' ? [] : [`core_class = ${native.coreClass}`]),
    ...(native.cpus === '' ? [] : [`cpus = ${native.cpus}`]),
    ...(native.numaNode === undefined ? [] : [`numa_node = ${native.numaNode}`]),
  ].join(', ');
  const pools = fit.map(({ cpus, coreClass }) => {
    const kind = coreClass === 'uniform' ? '' : `${coreClass} `;
    return `${cpus.length} ${kind}CPUs (${formatCpuList(cpus)})`;
  });
  const found = pools.join(' or ') || `none of that class (it has ${formatCpuList(allowed)})`;
  const message = `${asked}, but this agent may use ${found}; ask for fewer, or use a larger host`;
  return { class: 'cpu-mismatch', message };
}

/** The placement with no other CPU online, or why there can be none. */
function placeAlone(place: Place, mayOffline: boolean): Placement | string {
  const { pool, smp, host } = place;
  const fixed = host.online.filter((cpu) => !host.removable.has(cpu));
  // What stays online whatever we do has to be used, or the machine has more CPUs than asked for.
  const unusable = fixed.filter((cpu) => !pool.cpus.includes(cpu));
  if (unusable.length > 0) {
    return `${cannotGo(unusable)} and may not be used by this trial; name CPUs that include it`;
  }
  if (fixed.length > smp) return `${cannotGo(fixed)}, and smp = ${smp} is fewer`;
  const cpus = choose(place, fixed);
  const offline = host.online.filter((cpu) => !cpus.includes(cpu));
  if (offline.length > 0 && !mayOffline) {
    return 'the agent has no permission for it; start it with `--may offline-cpus`';
  }
  const stranded = host.lineage.find((member) => !member.cpus.some((cpu) => cpus.includes(cpu)));
  if (stranded !== undefined) {
    const its = formatCpuList(stranded.cpus);
    return `process ${stranded.processId}, which this agent descends from, is pinned to ${its}`;
  }
  return { cpus, coreClass: pool.coreClass, smpBy: 'offline', offline };
}

const cannotGo = (cpus: readonly number[]) => `CPU ${formatCpuList(cpus)} cannot go offline`;

function cannotBeAlone(reason: string): Trouble {
  const message =
    `smp_by = offline was asked for, but the other CPUs cannot be taken offline: ${reason}; ` +
    'or ask for smp_by = affinity';
  return { class: 'placement-mismatch', message };
}

function choose({ pool, smp, host }: Place, fixed: readonly number[]): readonly number[] {
  return chooseCpus(pool, { count: smp, fixed, siblings: host.siblings });
}
