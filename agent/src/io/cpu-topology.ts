// SPDX-License-Identifier: Apache-2.0
/**
 * Reads which CPUs this host has and how they relate: core classes, threads of one core, NUMA
 * nodes, and which of them can be taken away. It changes nothing.
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCpuList } from '../cpu-list.js';
import { readAllowedCpus } from './allowed-cpus.js';
import { ABSENT, readFact } from './host-tree.js';

export interface CpuTopology {
  readonly online: readonly number[];
  /** Online, and not taken away from us by affinity or cgroup. */
  readonly allowed: readonly number[];
  /** Where the host mixes fast and slow cores; else undefined. */
  readonly hybrid?: {
    readonly performance: readonly number[];
    readonly efficiency: readonly number[];
  };
  /** Of each online CPU the threads of its core, itself among them. */
  readonly siblings: ReadonlyMap<number, readonly number[]>;
  readonly nodes: ReadonlyMap<number, readonly number[]>;
  /** Online CPUs that the kernel can take away; CPU 0 is often not one of them. */
  readonly removable: ReadonlySet<number>;
  /** The CPUs of us and of each process that we descend from; none of them may lose all. */
  readonly lineage: readonly { readonly processId: number; readonly cpus: readonly number[] }[];
}

const CPU = 'sys/devices/system/cpu';
const NODE = 'sys/devices/system/node';
/** A shell in a shell in a terminal makes ten; a chain that is longer has gone in circles. */
const LINEAGE_MAX = 64;

/** `root` is `/` but for tests. Rejects where there is no /proc. */
export async function readCpuTopology(root: string): Promise<CpuTopology> {
  const allowed = await readAllowedCpus(root);
  const list = await readFact(root, `${CPU}/online`);
  const online = list === ABSENT ? allowed : parseCpuList(list);
  const [hybrid, siblings, nodes, removable, lineage] = await Promise.all([
    readHybrid(root),
    readSiblings(root, online),
    readNodes(root),
    readRemovable(root, online),
    readLineage(root),
  ]);
  return {
    online,
    allowed,
    ...(hybrid !== undefined && { hybrid }),
    siblings,
    nodes,
    removable,
    lineage,
  };
}

/** Undefined where all cores are of one class. */
export async function readHybrid(root: string): Promise<CpuTopology['hybrid']> {
  const [performance, efficiency] = await Promise.all([
    readFact(root, 'sys/devices/cpu_core/cpus'),
    readFact(root, 'sys/devices/cpu_atom/cpus'),
  ]);
  if (performance === ABSENT || efficiency === ABSENT) return undefined;
  return { performance: parseCpuList(performance), efficiency: parseCpuList(efficiency) };
}

async function readSiblings(root: string, online: readonly number[]) {
  const entries = online.map(async (cpu) => {
    const list = await readFact(root, `${CPU}/cpu${cpu}/topology/thread_siblings_list`);
    return [cpu, list === ABSENT ? [cpu] : parseCpuList(list)] as const;
  });
  return new Map(await Promise.all(entries));
}

async function readNodes(root: string): Promise<Map<number, readonly number[]>> {
  const list = await readFact(root, `${NODE}/online`);
  const entries = (list === ABSENT ? [] : parseCpuList(list)).map(async (node) => {
    const cpus = await readFact(root, `${NODE}/node${node}/cpulist`);
    return [node, cpus === ABSENT ? [] : parseCpuList(cpus)] as const;
  });
  return new Map(await Promise.all(entries));
}

async function readRemovable(root: string, online: readonly number[]): Promise<Set<number>> {
  const found = online.map(async (cpu) => {
    const path = join(root, `${CPU}/cpu${cpu}/online`);
    return access(path).then(
      () => [cpu],
      () => [],
    );
  });
  return new Set((await Promise.all(found)).flat());
}

async function readLineage(root: string): Promise<CpuTopology['lineage']> {
  const lineage: { processId: number; cpus: readonly number[] }[] = [];
  let next = 'self';
  while (next !== '0' && lineage.length < LINEAGE_MAX) {
    const status = await readFile(join(root, 'proc', next, 'status'), 'utf8').catch(() => '');
    const word = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
    const cpus = word('Cpus_allowed_list');
    if (cpus === undefined) break;
    lineage.push({ processId: Number(word('Pid')), cpus: parseCpuList(cpus) });
    next = word('PPid') ?? '0';
  }
  return lineage;
}
