// SPDX-License-Identifier: Apache-2.0
/**
 * Which CPUs of a host go together, for native trials and for the vCPUs of guests alike: cores of
 * one class, and of one core a single thread where that can be. Pure.
 */
import type { CpuTopology } from '../io/cpu-topology.js';

/** `uniform` where the host does not mix classes. */
export type CoreClass = 'performance' | 'efficiency' | 'uniform';

/** CPUs of one class. */
export interface Pool {
  readonly cpus: readonly number[];
  readonly coreClass: CoreClass;
}

/** Fast cores first, which is the order of choice where the spec leaves it open. */
export function poolsOf(cpus: readonly number[], { hybrid }: Pick<CpuTopology, 'hybrid'>): Pool[] {
  if (hybrid === undefined) return [{ cpus, coreClass: 'uniform' }];
  return (['performance', 'efficiency'] as const)
    .map((coreClass) => {
      const members = new Set(hybrid[coreClass]);
      return { cpus: cpus.filter((cpu) => members.has(cpu)), coreClass };
    })
    .filter((pool) => pool.cpus.length > 0);
}

/**
 * `count` CPUs of the pool in ascending order, the `fixed` ones among them. From the end of the
 * list, since CPU 0 takes most interrupts and housekeeping of a Linux machine; first one thread of
 * each core, because two threads of one core halve each other.
 */
export function chooseCpus(
  pool: Pool,
  request: {
    readonly count: number;
    readonly fixed: readonly number[];
    readonly siblings: CpuTopology['siblings'];
  },
): readonly number[] {
  const { count, fixed, siblings } = request;
  const chosen = [...fixed];
  const others = pool.cpus.filter((cpu) => !fixed.includes(cpu)).reverse();
  const sharesCore = (cpu: number) =>
    (siblings.get(cpu) ?? []).some((sibling) => chosen.includes(sibling));
  for (const isWelcome of [(cpu: number) => !sharesCore(cpu), () => true]) {
    for (const cpu of others) {
      if (chosen.length < count && !chosen.includes(cpu) && isWelcome(cpu)) chosen.push(cpu);
    }
  }
  return chosen.sort((a, b) => a - b);
}
