// SPDX-License-Identifier: Apache-2.0
/**
 * A swarm of scripted agents at a real controller and a real broker: how many trials are settled a
 * second, and how long an idle agent waits for a lease.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SweepClient } from '@labsweep/cli';
import { parseLoopbackAddress, type SweepId } from '@labsweep/proto';
import {
  type RunningNats,
  type RunningProgram,
  startController,
  startNats,
  startProgram,
  until,
} from './bench-processes.js';
import { type NamedProcesses, startCpuCount } from './cpu-time.js';
import type { Figure } from './figure.js';
import { grantTimesMs, lastSequenceOf } from './grant-times.js';
import { specText } from './million.js';
import type { SwarmSecond } from './swarm.js';

const SWARM = fileURLToPath(new URL('./swarm.js', import.meta.url));
const ATTACH_LIMIT_MS = 120_000;
/**
 * Processes that share the agents: one alone is busy with them before the lab is. The agents of a
 * lab have machines of their own, so these let all others go first.
 */
const SWARMS = 2;
const SWARM_NICENESS = 19;
/**
 * The garbage of one agent is next to nothing; hundreds in one heap would have it marked all the
 * time, by threads of its own, which is none of the lab's business.
 */
const SWARM_HEAP = ['--max-semi-space-size=64', '--initial-old-space-size=3000'];
/**
 * One agent in so many is in a process that has as few agents and no such manners, where it is
 * seen what a host of a lab would see, and not how hundreds in one process wait for each other.
 */
const AGENTS_PER_PROBE = 20;

export interface LoadOptions {
  readonly folder: string;
  /** Writes CPU profiles of controller and swarm there. */
  readonly profile: string | undefined;
}

interface LoadedLab {
  readonly client: SweepClient;
  readonly natsUrl: string;
  /** What all agents have seen until now, second by second. */
  seconds(): readonly SwarmSecond[];
  /** The same of those that share their process with few others. */
  probeSeconds(): readonly SwarmSecond[];
  readonly processes: readonly NamedProcesses[];
  submit(sweep: string, spec: string): Promise<void>;
  /** Blocks that have begun go on to their end. */
  pause(sweep: string): Promise<void>;
}

/** All is ended when this settles. */
export async function withSwarm<Value>(
  { folder, profile }: LoadOptions,
  agents: number,
  work: (lab: LoadedLab) => Promise<Value>,
): Promise<Value> {
  mkdirSync(folder, { recursive: true });
  const running: (RunningNats | RunningProgram)[] = [];
  try {
    const nats = await startNats(folder);
    running.unshift(nats);
    const controller = await startController(folder, nats, profile);
    running.unshift(controller);
    const swarms: Swarm[] = [];
    for (const plan of swarmPlans(agents)) {
      const swarm = await startSwarm({ folder, profile }, plan, controller);
      running.unshift(swarm.program);
      swarms.push(swarm);
    }
    const attached = () =>
      swarms.reduce((sum, { seconds }) => sum + (seconds.at(-1)?.attached ?? 0), 0);
    const areAttached = () => (attached() >= agents ? true : undefined);
    await until(`${agents} agents to attach`, areAttached, ATTACH_LIMIT_MS);
    const client = new SweepClient([parseLoopbackAddress(controller.address, 'controller')]);
    const submit = (sweep: string, spec: string) => submitTo(client, sweep, spec);
    const processes = [
      { name: 'nats-server', pids: [nats.pid] },
      { name: 'the controller', pids: [controller.pid] },
      { name: 'all agents', pids: swarms.map(({ program }) => program.pid) },
    ];
    const natsUrl = nats.url;
    const seconds = () => swarms.flatMap((swarm) => swarm.seconds);
    const probeSeconds = () => swarms[0]?.seconds ?? [];
    const pause = (sweep: string) => pauseAt(client, sweep);
    return await work({ client, natsUrl, seconds, probeSeconds, processes, submit, pause });
  } finally {
    for (const part of running) await part.close();
  }
}

interface SwarmPlan {
  readonly name: string;
  readonly size: number;
  readonly niceness: number;
}

/** The probes come first. */
function swarmPlans(agents: number): SwarmPlan[] {
  const probes = Math.ceil(agents / AGENTS_PER_PROBE);
  const others = agents - probes;
  const plans: SwarmPlan[] = [{ name: 'probes', size: probes, niceness: 0 }];
  for (let number = 0; number < SWARMS; number += 1) {
    const size = Math.floor((others + number) / SWARMS);
    plans.push({ name: `swarm${number}`, size, niceness: SWARM_NICENESS });
  }
  return plans;
}

interface Swarm {
  readonly program: RunningProgram;
  readonly seconds: readonly SwarmSecond[];
}

async function startSwarm(
  { folder, profile }: LoadOptions,
  { name, size, niceness }: SwarmPlan,
  controller: RunningProgram,
): Promise<Swarm> {
  const seconds: SwarmSecond[] = [];
  const profiler = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
  const node = [...profiler, ...SWARM_HEAP, SWARM];
  const program = await startProgram(
    [...node, controller.address, String(size), join(folder, name), name],
    { niceness },
    (line) => {
      if (line.includes('"settled"')) seconds.push(JSON.parse(line));
    },
  );
  return { program, seconds };
}

async function submitTo(client: SweepClient, sweep: string, specToml: string): Promise<void> {
  const source = new TextEncoder().encode('int main(void) { return 0; }\n');
  await client.submit({
    sweep: sweep as SweepId,
    specPath: 'nothing.toml',
    specText: specToml,
    files: { 'nothing.c': await client.putArtifact(source) },
    seed: 1,
    by: 'benchmark',
    onProgress: () => {},
    signal: new AbortController().signal,
  });
}

async function pauseAt(client: SweepClient, sweep: string): Promise<void> {
  await client.command({
    sweep: sweep as SweepId,
    id: `pause-${sweep}`,
    by: 'benchmark',
    kind: 'pause',
    row: '',
    count: 0,
    kernel: '',
    source: '',
    files: {},
    onProgress: () => {},
    signal: new AbortController().signal,
  });
}

/** What the agents see settled from now on, for so long. */
async function settledWithin(seconds: () => readonly SwarmSecond[], durationMs: number) {
  const before = new Set(seconds());
  const startMs = performance.now();
  await delay(durationMs);
  const elapsedMs = performance.now() - startMs;
  const measured = seconds().filter((second) => !before.has(second));
  const settled = measured.reduce((sum, second) => sum + second.settled, 0);
  return { measured, settled, settledRate: (settled / elapsedMs) * 1_000, elapsedMs };
}

const SETTLED_SHARE_MIN = 0.25;
const GRANT_P99_MAX_MS = 100;

/**
 * Agents offer this much more than is asked. Offered without end, each message would wait behind
 * those of a thousand others, and a latency would only tell how many agents there are.
 */
const OFFERED_FACTOR = 1.15;
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

export interface MeasuredLoad {
  /** `rawRate` is what the broker acknowledges with nobody else in the way. */
  figures(rawRate: number): Figure[];
}

/**
 * The trials are so long that the agents offer a little more than the rate that is asked: a first
 * sweep shows how long they have to be, a second one is measured.
 */
export async function measureSettling(
  options: LoadOptions & {
    /** That are measured. */
    readonly seconds: number;
  },
  agents: number,
  expectedRawRate: number,
): Promise<MeasuredLoad> {
  const measuredMs = options.seconds * 1_000;
  return withSwarm(
    options,
    agents,
    async ({ seconds, probeSeconds, submit, pause, processes, natsUrl }) => {
      const offeredRate = expectedRawRate * SETTLED_SHARE_MIN * OFFERED_FACTOR;
      const turnMs = (agents * 1_000) / offeredRate;
      const begin = async (sweep: string, addedMs: number) => {
        const trialMs = Math.max(0, Math.floor(turnMs - addedMs));
        const extra = ['--duration-ms', `${trialMs}±${Math.round(trialMs * DURATION_SPREAD)}`];
        await submit(sweep, specText({ name: 'settle', repetitions: 1_000, shapes: 50, extra }));
        return trialMs;
      };
      const firstMs = await begin('settle-1', ADDED_MS);
      await until('the first trial', () => seconds().find((second) => second.settled > 0));
      await delay(WARM_UP_MS);
      const warm = await settledWithin(seconds, WARM_MEASURED_MS);
      await pause('settle-1');
      const addedMs = (agents * 1_000) / warm.settledRate - firstMs;
      const trialMs = await begin('settle-2', Math.min(addedMs, ADDED_MS_MAX));
      await delay(CHANGE_MS);
      const sequence = await lastSequenceOf(natsUrl);
      const cpuUse = startCpuCount(processes);
      const before = new Set(probeSeconds());
      const { measured, settled, settledRate, elapsedMs } = await settledWithin(
        seconds,
        measuredMs,
      );
      const used = cpuUse();
      const probed = probeSeconds().filter((second) => !before.has(second));
      const waitsOf = async (some: readonly SwarmSecond[]) => {
        const arrivals = some.flatMap(({ leases }) => leases);
        return sorted(await grantTimesMs(natsUrl, sequence, arrivals));
      };
      const [grants, allGrants] = [await waitsOf(probed), await waitsOf(measured)];
      return {
        figures: (rawRate) => [
          ...rateFigures({ agents, trialMs, settledRate, grants, allGrants }, rawRate),
          ...used.map(({ name, cpuMs }) => ({
            name: `CPU time of ${name} per settled trial`,
            measured: (cpuMs * 1_000) / settled,
            unit: 'us',
            note: `${((cpuMs / elapsedMs) * 100).toFixed(0)} % of a core`,
          })),
        ],
      };
    },
  );
}

function rateFigures(
  load: {
    readonly agents: number;
    readonly trialMs: number;
    readonly settledRate: number;
    /** Sorted. */
    readonly grants: readonly number[];
    readonly allGrants: readonly number[];
  },
  rawRate: number,
): Figure[] {
  const { agents, trialMs, settledRate, grants, allGrants } = load;
  const percent = ((100 * settledRate) / rawRate).toFixed(1);
  const addedMs = Math.round((agents * 1_000) / settledRate - trialMs);
  const agentsText = agents.toLocaleString('en-US');
  return [
    {
      name: `settled trials, ${agentsText} agents`,
      measured: settledRate,
      unit: 'per second',
      asked: { atLeast: rawRate * SETTLED_SHARE_MIN },
      note: `${percent} % of the raw rate; trials of ${trialMs} ms, to each of which the lab adds ${addedMs} ms`,
    },
    {
      name: `lease grant p99, ${agentsText} agents`,
      measured: quantile(grants, 0.99),
      unit: 'ms',
      asked: { atMost: GRANT_P99_MAX_MS },
      note: `from the last outcome of a block at the broker to the next lease at the agent; ${grants.length} leases of probes, median ${quantile(grants, 0.5).toFixed(0)} ms`,
    },
    {
      name: 'the same of all agents, in their busy processes',
      measured: quantile(allGrants, 0.99),
      unit: 'ms',
      note: `${allGrants.length} leases, median ${quantile(allGrants, 0.5).toFixed(0)} ms`,
    },
  ];
}

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.floor(ascending.length * share)] ?? Number.POSITIVE_INFINITY;
}
