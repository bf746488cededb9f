// SPDX-License-Identifier: Apache-2.0
/** Work of others on this machine while the trial ran. */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { disturbs, durationMsOf, growthOf, percent, TICK_MS, warns } from '../change.js';
import { readCpuTicks } from '../cpu-ticks.js';
import { factOf, type HostView, wordOf } from '../host-view.js';
import {
  CPU_STALL_SHARE_WARN,
  FOREIGN_MS_MIN,
  FOREIGN_SHARE_MAX,
  FOREIGN_SHARE_WARN,
  IO_STALL_SHARE_WARN,
  MEMORY_STALL_SHARE_MAX,
  OTHERS_BUSY_WARN,
} from '../hygiene-limits.js';
import type { Change, Finding, Topic } from '../topic.js';

export const load: Topic = {
  name: 'load',
  read: (view) => ({
    uptime_s: wordOf(view, 'proc/uptime', /^(\S+)/),
    loadavg: factOf(view, 'proc/loadavg'),
    runnable_tasks: wordOf(view, 'proc/stat', /^procs_running (\d+)/m),
    context_switches: wordOf(view, 'proc/stat', /^ctxt (\d+)/m),
    busy_ticks: String(readCpuTicks(view, view.cpus)?.busy ?? ABSENT),
    busy_ticks_all: String(readCpuTicks(view, 'all')?.busy ?? ABSENT),
    ...readPressure(view),
    ...readOwnTime(view),
  }),
  judge: (change) => [...judgeForeign(change), ...judgeStalls(change)],
  advise: (state) => {
    const text = `load ${state.loadavg?.split(' ').slice(0, 3).join(' ')}`;
    const others = Number(state.runnable_tasks) - 1;
    if (!(others > 0)) return { verdict: 'ok', state: text };
    return {
      verdict: 'mend',
      state: `${text}, ${others} other runnable`,
      why: 'something else is running; find it, and stop it',
      command: 'top -b -n 1 -o %CPU | head -n 15',
    };
  },
};

/** In microseconds since the machine started. `full`: nobody could go on. */
function readPressure(view: HostView): Facts {
  const of = (resource: string, kind: string) =>
    wordOf(view, `proc/pressure/${resource}`, new RegExp(`^${kind} .*total=(\\d+)`, 'm'));
  return {
    pressure_cpu_some_us: of('cpu', 'some'),
    pressure_memory_some_us: of('memory', 'some'),
    pressure_memory_full_us: of('memory', 'full'),
    pressure_io_some_us: of('io', 'some'),
    pressure_io_full_us: of('io', 'full'),
  };
}

/**
 * CPU time of this agent, and of its children that have ended. The name in the second field may
 * hold spaces, so that fields are counted behind its bracket.
 */
function readOwnTime(view: HostView): Facts {
  const fields = (view.text('proc/self/stat') ?? '').split(') ').at(-1)?.split(' ') ?? [];
  const sumMs = (first: number) => {
    const [user, system] = [fields[first], fields[first + 1]];
    if (user === undefined || system === undefined) return ABSENT;
    return String((Number(user) + Number(system)) * TICK_MS);
  };
  return { agent_cpu_ms: sumMs(11), agent_children_cpu_ms: sumMs(13) };
}

/**
 * Busy time minus our own, which is the trial's and this agent's. What either used on other CPUs
 * (QEMU's emulator threads) is taken off as well, so that foreign time on the trial's CPUs is never
 * overstated. What the agent itself costs has a limit of its own, and is measured elsewhere.
 */
function judgeForeign(change: Change): readonly Finding[] {
  const wallMs = durationMsOf(change);
  const busy = growthOf(change, 'busy_ticks');
  const trialMs = change.ownCpuMs ?? growthOf(change, 'agent_children_cpu_ms');
  if (wallMs === undefined || busy === undefined || trialMs === undefined) return [];
  const ownMs = trialMs + (growthOf(change, 'agent_cpu_ms') ?? 0);
  const foreignMs = Math.max(0, busy * TICK_MS - ownMs);
  const allMs = (growthOf(change, 'busy_ticks_all') ?? 0) * TICK_MS - ownMs;
  return [
    ...judgeShare(change, { foreignMs, wallMs }),
    ...judgeOthers({ elsewhereMs: allMs - foreignMs, wallMs }),
  ];
}

interface Times {
  readonly foreignMs: number;
  readonly wallMs: number;
}

function judgeShare({ cpus }: Change, { foreignMs, wallMs }: Times): readonly Finding[] {
  const share = foreignMs / (wallMs * Math.max(1, cpus.length));
  if (share <= FOREIGN_SHARE_WARN || foreignMs < FOREIGN_MS_MIN) return [];
  const text = `other programs took ${percent(share)} of the trial's CPUs (${cpus.join(',')})`;
  return [share > FOREIGN_SHARE_MAX ? disturbs(text) : warns(text)];
}

function judgeOthers(times: {
  readonly elsewhereMs: number;
  readonly wallMs: number;
}): readonly Finding[] {
  const busyCpus = times.elsewhereMs / times.wallMs;
  if (busyCpus <= OTHERS_BUSY_WARN || times.elsewhereMs < FOREIGN_MS_MIN) return [];
  return [warns(`other programs kept ${busyCpus.toFixed(1)} of the other CPUs busy`)];
}

const STALLS: readonly {
  readonly resource: string;
  readonly limit: number;
  readonly make: (text: string) => Finding;
}[] = [
  { resource: 'memory', limit: MEMORY_STALL_SHARE_MAX, make: disturbs },
  { resource: 'io', limit: IO_STALL_SHARE_WARN, make: warns },
  { resource: 'cpu', limit: CPU_STALL_SHARE_WARN, make: warns },
];

function judgeStalls(change: Change): readonly Finding[] {
  const wallMs = durationMsOf(change);
  if (wallMs === undefined) return [];
  return STALLS.flatMap(({ resource, limit, make }) => {
    const grownUs = growthOf(change, `pressure_${resource}_some_us`);
    const share = (grownUs ?? 0) / 1000 / wallMs;
    if (share <= limit || (grownUs ?? 0) / 1000 < FOREIGN_MS_MIN) return [];
    return [make(`tasks waited for ${resource} ${percent(share)} of the time (pressure)`)];
  });
}
