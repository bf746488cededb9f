// SPDX-License-Identifier: Apache-2.0
/** What a native trial records of its machine, of its placement, and of what its run has cost. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatCpuList } from '../cpu-list.js';
import type { CpuTopology } from '../io/cpu-topology.js';
import { ABSENT, type Facts, readHostTree } from '../io/host-tree.js';
import { COSTS_FILE } from './native-command.js';
import type { Placement } from './native-placement.js';
import type { TrialOrder } from './runner.js';

/** Known before the run. */
export function placementFacts(order: TrialOrder, placement: Placement): Facts {
  const { native } = order;
  return {
    pinned_cpus: formatCpuList(placement.cpus),
    core_class: placement.coreClass,
    smp_by: placement.smpBy,
    settle_ms: String(native.settleMs),
  };
}

/** What may have moved while the reproducer ran. */
export async function readEndFacts(root: string): Promise<Facts> {
  const facts = await readHostTree(root);
  const names = [
    'clocksource',
    'tainted',
    'online_cpus',
    'online_cpu_list',
    'governor',
    'thp_enabled',
    'steal_ticks',
    'loadavg',
  ];
  return Object.fromEntries(names.map((name) => [`${name}_end`, facts[name] ?? ABSENT]));
}

/** Names in the file of run-pinned, and those of the facts; a guest's init uses the latter too. */
const COSTS: Readonly<Record<string, string>> = {
  wall_ms: 'reproducer_wall_ms',
  user_ms: 'reproducer_user_ms',
  system_ms: 'reproducer_system_ms',
  voluntary_switches: 'voluntary_switches',
  involuntary_switches: 'involuntary_switches',
  min_faults: 'minor_faults',
  maj_faults: 'major_faults',
  policy: 'scheduler',
  clock_resolution_ns: 'clock_resolution_ns',
  clock_resolution_end_ns: 'clock_resolution_end_ns',
  clock_getres_ns: 'clock_getres_ns',
};

/** As run-pinned read them back; empty when it was killed before it could write. */
export async function readCosts(directory: string, order: TrialOrder): Promise<Facts> {
  const text = await readFile(join(directory, COSTS_FILE), 'utf8').catch(() => '');
  const costs = new Map(
    [...text.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value] as const),
  );
  const cpus = costs.get('cpus_allowed');
  if (cpus === undefined) return {};
  const named = Object.entries(COSTS).flatMap(([name, fact]) => {
    const value = costs.get(name);
    return value === undefined ? [] : [[fact, value] as const];
  });
  const { numaNode } = order.native;
  return {
    ...Object.fromEntries(named),
    pinned_cpus_end: cpus,
    // It refuses to run when the kernel does not say the same.
    numa_node: numaNode === undefined ? 'any' : String(numaNode),
  };
}

/** Busy time of threads that share a core with the trial's CPUs: `none`, or `2=0.3% 3=12.0%`. */
export class SiblingWatch {
  private readonly siblings: readonly number[];
  private before: ReadonlyMap<number, CpuTicks> = new Map();

  constructor(
    private readonly root: string,
    { placement, host }: { readonly placement: Placement; readonly host: CpuTopology },
  ) {
    const gone = new Set([...placement.cpus, ...placement.offline]);
    const sharing = placement.cpus.flatMap((cpu) => host.siblings.get(cpu) ?? []);
    this.siblings = [...new Set(sharing)].filter(
      (cpu) => !gone.has(cpu) && host.online.includes(cpu),
    );
  }

  async start(): Promise<void> {
    if (this.siblings.length > 0) this.before = await readTicks(this.root);
  }

  async end(): Promise<Facts> {
    if (this.siblings.length === 0) return { cpu_siblings_busy: 'none' };
    const after = await readTicks(this.root);
    const shares = this.siblings.map((cpu) => {
      const from = this.before.get(cpu);
      const to = after.get(cpu);
      const total = (to?.total ?? 0) - (from?.total ?? 0);
      const busy = (to?.busy ?? 0) - (from?.busy ?? 0);
      return `${cpu}=${total > 0 ? `${((100 * busy) / total).toFixed(1)}%` : ABSENT}`;
    });
    return { cpu_siblings_busy: shares.join(' ') };
  }
}

interface CpuTicks {
  readonly busy: number;
  readonly total: number;
}

/** Of each online CPU, since boot; fields 4 and 5 of a line are idle and waiting for a disk. */
async function readTicks(root: string): Promise<ReadonlyMap<number, CpuTicks>> {
  const text = await readFile(join(root, 'proc/stat'), 'utf8').catch(() => '');
  const lines = text.matchAll(/^cpu(\d+) (.*)$/gm);
  return new Map(
    [...lines].map(([, cpu, fields = '']) => {
      const ticks = fields.trim().split(/\s+/).slice(0, 8).map(Number);
      const total = ticks.reduce((sum, value) => sum + value, 0);
      return [Number(cpu), { busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0), total }];
    }),
  );
}
