// SPDX-License-Identifier: Apache-2.0
/**
 * Which hosts are alike enough to put what ran on one beside what ran on another. It knows hosts
 * only by the facts that their agents tell.
 */
import type { HostId } from '@labsweep/proto';
import type { SweepRecord } from './sweep-record.js';

/**
 * The CPU alone does not make a class: microcode changes the cost of system calls, and the number
 * of threads tells a board with CPUs switched off from one without.
 */
const CLASS_FACTS = ['cpu_model', 'cpu_threads', 'microcode'] as const;
const ABSENT = 'absent';

/** For readers: `Intel(R) Core(TM) i7-14700, 28 threads, microcode 0x12b`. */
export type HostClass = string;

/** A host that does not name its CPU is alone in its class. */
export function hostClasses(record: SweepRecord): ReadonlyMap<HostId, HostClass> {
  return new Map(record.hosts.map(({ id, name, facts }) => [id, classOf(name, facts)]));
}

function classOf(name: string, facts: Readonly<Record<string, string>>): HostClass {
  const [model, threads, microcode] = CLASS_FACTS.map((fact) => {
    const value = facts[fact];
    return value === ABSENT || value === '' ? undefined : value;
  });
  if (model === undefined) return `${name} (CPU not told)`;
  return [
    model,
    ...(threads === undefined ? [] : [`${threads} threads`]),
    ...(microcode === undefined ? [] : [`microcode ${microcode}`]),
  ].join(', ');
}
