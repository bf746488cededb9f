// SPDX-License-Identifier: Apache-2.0
/** How many trials are settled a second, and how long an idle agent waits for a lease. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './bench-processes.js';
import { type CpuUse, startCpuCount } from './cpu-time.js';
import type { Figure } from './figure.js';
import { grantTimesMs, lastSequenceOf } from './grant-times.js';
import { type LoadedLab, type LoadOptions, withSwarm } from './load.js';
import { specText } from './million.js';
import type { RawPublisher } from './raw-limits.js';
import type { SwarmSecond } from './swarm.js';

const SETTLED_SHARE_MIN = 0.25;
const GRANT_P99_MAX_MS = 100;

/**
 * Agents offer this much more than is asked. Offered without end, each message would wait behind
 * those of a thousand others, and a latency would only tell how many agents there are.
 */
const OFFERED_FACTOR = 1.25;
/**
 * What the lab adds to a trial of an agent, guessed for the sweep that warms it up, which shows how
 * much it is; and the most that is believed, since a lab that is too busy adds without end.
 */
const ADDED_MS = 30;
const ADDED_MS_MAX = 65;
/** Until the code of all parts is compiled, and how long it is looked at then. */
const WARM_UP_MS = 15_000;
const WARM_MEASURED_MS = 5_000;
/**
 * Standard deviation of a trial's duration over its mean. Trials that all last the same would keep
 * the agents of a process in step, and each wait would be that for all others of the group.
 */
const DURATION_SPREAD = 0.2;
/** Until the second sweep is what all agents work on. */
const CHANGE_MS = 5_000;

export interface SettlingOptions extends LoadOptions {
  /** That are measured. */
  readonly seconds: number;
  readonly agents: number;
}

/** What was seen while the lab worked. */
interface Window {
  readonly settledRate: number;
  readonly settled: number;
  readonly elapsedMs: number;
  readonly cpu: readonly CpuUse[];
  /** Of the probes, and of all. */
  readonly probed: readonly SwarmSecond[];
  readonly all: readonly SwarmSecond[];
}

/**
 * The trials are so long that the agents offer a little more than the rate that is asked: a first
 * sweep shows how long they have to be, a second one is measured. What the machine gives changes
 * from minute to minute, so the raw limit is measured before it and behind it.
 */
export async function measureSettling(
  options: SettlingOptions,
  raw: RawPublisher,
): Promise<Figure[]> {
  const { agents } = options;
  const before = await raw.rate();
  const load = await withSwarm(options, agents, async (lab) => {
    const trialMs = await beginLoad(lab, agents, before);
    const sequence = await lastSequenceOf(lab.natsUrl);
    const seen = await watch(lab, options.seconds * 1_000);
    const waitsOf = async (some: readonly SwarmSecond[]) => {
      const arrivals = some.flatMap(({ leases }) => leases);
      return (await grantTimesMs(lab.natsUrl, sequence, arrivals)).toSorted((a, b) => a - b);
    };
    return {
      trialMs,
      seen,
      grants: await waitsOf(seen.probed),
      allGrants: await waitsOf(seen.all),
    };
  });
  const rawRate = mean([before, await raw.rate()]);
  return [
    ...raw.figures(),
    rateFigure({ agents, ...load, rawRate }),
    ...grantFigures(agents, load.grants, load.allGrants),
    ...cpuFigures(load.seen),
  ];
}

/** Returns how long a trial of the sweep takes that all agents work on then. */
async function beginLoad(lab: LoadedLab, agents: number, rawRate: number): Promise<number> {
  const offeredRate = rawRate * SETTLED_SHARE_MIN * OFFERED_FACTOR;
  const turnMs = (agents * 1_000) / offeredRate;
  const begin = async (sweep: string, addedMs: number) => {
    const trialMs = Math.max(0, Math.floor(turnMs - addedMs));
    const extra = ['--duration-ms', `${trialMs}±${Math.round(trialMs * DURATION_SPREAD)}`];
    await lab.submit(sweep, specText({ name: 'settle', repetitions: 1_000, shapes: 50, extra }));
    return trialMs;
  };
  const firstMs = await begin('settle-1', ADDED_MS);
  const isSettling = () =>
    lab
      .seconds()
      .flat()
      .find(({ settled }) => settled > 0);
  await until('the first trial', isSettling);
  await delay(WARM_UP_MS);
  const warm = await watch(lab, WARM_MEASURED_MS);
  await lab.pause('settle-1');
  const addedMs = (agents * 1_000) / warm.settledRate - firstMs;
  const trialMs = await begin('settle-2', Math.min(addedMs, ADDED_MS_MAX));
  await delay(CHANGE_MS);
  return trialMs;
}

/** What the agents see from now on, for so long. */
async function watch(lab: LoadedLab, durationMs: number): Promise<Window> {
  const cpuUse = startCpuCount(lab.processes);
  const fromMs = Date.now();
  const startMs = performance.now();
  await delay(durationMs);
  const cpu = cpuUse();
  const elapsedMs = performance.now() - startMs;
  const untilMs = Date.now();
  const isWithin = (second: SwarmSecond) => second.fromMs >= fromMs && second.toMs <= untilMs;
  const bySwarm = lab.seconds().map((seconds) => seconds.filter(isWithin));
  const settledRate = sum(bySwarm.map(rateOf));
  const settled = (settledRate * elapsedMs) / 1_000;
  return { settledRate, settled, elapsedMs, cpu, probed: bySwarm[0] ?? [], all: bySwarm.flat() };
}

/** Of one swarm, by the time that its own lines cover: they are no seconds to the millisecond. */
function rateOf(seconds: readonly SwarmSecond[]): number {
  const coveredMs = sum(seconds.map(({ fromMs, toMs }) => toMs - fromMs));
  return (sum(seconds.map(({ settled }) => settled)) / coveredMs) * 1_000;
}

function rateFigure(load: {
  readonly agents: number;
  readonly trialMs: number;
  readonly seen: Window;
  readonly rawRate: number;
}): Figure {
  const { agents, trialMs, seen, rawRate } = load;
  const percent = ((100 * seen.settledRate) / rawRate).toFixed(1);
  const addedMs = Math.round((agents * 1_000) / seen.settledRate - trialMs);
  return {
    name: `settled trials, ${agents.toLocaleString('en-US')} agents`,
    measured: seen.settledRate,
    unit: 'per second',
    asked: { atLeast: rawRate * SETTLED_SHARE_MIN },
    note: `${percent} % of the raw rate; trials of ${trialMs} ms, to each of which the lab adds ${addedMs} ms`,
  };
}

function grantFigures(
  agents: number,
  grants: readonly number[],
  allGrants: readonly number[],
): Figure[] {
  const median = (waits: readonly number[]) => quantile(waits, 0.5).toFixed(0);
  return [
    {
      name: `lease grant p99, ${agents.toLocaleString('en-US')} agents`,
      measured: quantile(grants, 0.99),
      unit: 'ms',
      asked: { atMost: GRANT_P99_MAX_MS },
      note: `from the last outcome of a block at the broker to the next lease at the agent; ${grants.length} leases of probes, median ${median(grants)} ms`,
    },
    {
      name: 'the same of all agents, in their busy processes',
      measured: quantile(allGrants, 0.99),
      unit: 'ms',
      note: `${allGrants.length} leases, median ${median(allGrants)} ms`,
    },
  ];
}

function cpuFigures({ cpu, settled, elapsedMs }: Window): Figure[] {
  return cpu.map(({ name, cpuMs }) => ({
    name: `CPU time of ${name} per settled trial`,
    measured: (cpuMs * 1_000) / settled,
    unit: 'us',
    note: `${((cpuMs / elapsedMs) * 100).toFixed(0)} % of a core`,
  }));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.floor(ascending.length * share)] ?? Number.POSITIVE_INFINITY;
}
