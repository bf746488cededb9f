// SPDX-License-Identifier: Apache-2.0
/** The CPUs of a host for tests of placement, in which all that is not named has a default. */
import { parseCpuList } from '../cpu-list.js';
import type { CpuTopology } from '../io/cpu-topology.js';

export interface HostParts {
  readonly online?: string;
  readonly allowed?: string;
  readonly performance?: string;
  readonly efficiency?: string;
  /** Each a list of the threads of one core. */
  readonly cores?: readonly string[];
  /** Each a list of the CPUs of one node. */
  readonly nodes?: readonly string[];
  /** CPUs without a file `online`. */
  readonly fixed?: string;
  readonly lineage?: readonly string[];
}

export function makeHost(parts: HostParts = {}): CpuTopology {
  const online = parseCpuList(parts.online ?? '0-7');
  const { performance, efficiency } = parts;
  const cores = (parts.cores ?? online.map(String)).map(parseCpuList);
  const fixed = parseCpuList(parts.fixed ?? '0');
  return {
    online,
    allowed: parts.allowed === undefined ? online : parseCpuList(parts.allowed),
    ...(performance !== undefined &&
      efficiency !== undefined && {
        hybrid: { performance: parseCpuList(performance), efficiency: parseCpuList(efficiency) },
      }),
    siblings: new Map(cores.flatMap((core) => core.map((cpu) => [cpu, core] as const))),
    nodes: new Map((parts.nodes ?? []).map((list, node) => [node, parseCpuList(list)] as const)),
    removable: new Set(online.filter((cpu) => !fixed.includes(cpu))),
    lineage: (parts.lineage ?? []).map((list, index) => ({
      processId: 100 + index,
      cpus: parseCpuList(list),
    })),
  };
}
