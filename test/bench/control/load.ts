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
/** Processes that share the agents: one alone is busy with them before the lab is. */
const SWARMS = 2;

export interface LoadOptions {
  readonly folder: string;
  /** Writes CPU profiles of controller and swarm there. */
  readonly profile: string | undefined;
}

interface LoadedLab {
  readonly client: SweepClient;
  readonly natsUrl: string;
  /** What the agents have seen until now, second by second. */
  seconds(): readonly SwarmSecond[];
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
    for (let number = 0; number < SWARMS; number += 1) {
      const size = Math.round(agents / SWARMS);
      const swarm = await startSwarm({ folder, profile }, `swarm${number}`, size, controller);
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
    const pause = (sweep: string) => pauseAt(client, sweep);
    return await work({ client, natsUrl, seconds, processes, submit, pause });
  } finally {
    for (const part of running) await part.close();
  }
}

interface Swarm {
  readonly program: RunningProgram;
  readonly seconds: readonly SwarmSecond[];
}

async function startSwarm(
  { folder, profile }: LoadOptions,
  name: string,
  size: number,
  controller: RunningProgram,
): Promise<Swarm> {
  const seconds: SwarmSecond[] = [];
  const profiler = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
  // Hundreds of agents in one heap make much young garbage, which is none of the lab's business.
  const node = [...profiler, '--max-semi-space-size=64', SWARM];
  const program = await startProgram(
    [...node, controller.address, String(size), join(folder, name), name],
    {},
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
const ADDED_MS = 15;
const ADDED_MS_MAX = 80;
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
    /** That are measured; as many before, until the code of all three is compiled. */
    readonly seconds: number;
  },
  agents: number,
  expectedRawRate: number,
): Promise<MeasuredLoad> {
  const measuredMs = options.seconds * 1_000;
  return withSwarm(options, agents, async ({ seconds, submit, pause, processes, natsUrl }) => {
    const offeredRate = expectedRawRate * SETTLED_SHARE_MIN * OFFERED_FACTOR;
    const turnMs = (agents * 1_000) / offeredRate;
    const begin = async (sweep: string, addedMs: number) => {
      const trialMs = Math.max(0, Math.floor(turnMs - addedMs));
      const extra = ['--duration-ms', String(trialMs)];
      await submit(sweep, specText({ name: 'settle', repetitions: 1_000, shapes: 50, extra }));
      return trialMs;
    };
    const firstMs = await begin('settle-1', ADDED_MS);
    await until('the first trial', () => seconds().find((second) => second.settled > 0));
    await delay(measuredMs / 2);
    const warm = await settledWithin(seconds, measuredMs / 2);
    await pause('settle-1');
    const addedMs = (agents * 1_000) / warm.settledRate - firstMs;
    const trialMs = await begin('settle-2', Math.min(addedMs, ADDED_MS_MAX));
    await delay(CHANGE_MS);
    const sequence = await lastSequenceOf(natsUrl);
    const cpuUse = startCpuCount(processes);
    const { measured, settled, settledRate, elapsedMs } = await settledWithin(seconds, measuredMs);
    const used = cpuUse();
    const arrivals = measured.flatMap(({ leases }) => leases);
    const grants = sorted(await grantTimesMs(natsUrl, sequence, arrivals));
    const idle = sorted(measured.flatMap(({ idleMs }) => idleMs));
    return {
      figures: (rawRate) => [
        ...rateFigures({ agents, trialMs, settledRate, grants, idle }, rawRate),
        ...used.map(({ name, cpuMs }) => ({
          name: `CPU time of ${name} per settled trial`,
          measured: (cpuMs * 1_000) / settled,
          unit: 'us',
          note: `${((cpuMs / elapsedMs) * 100).toFixed(0)} % of a core`,
        })),
      ],
    };
  });
}

function rateFigures(
  load: {
    readonly agents: number;
    readonly trialMs: number;
    readonly settledRate: number;
    /** Sorted. */
    readonly grants: readonly number[];
    readonly idle: readonly number[];
  },
  rawRate: number,
): Figure[] {
  const { agents, trialMs, settledRate, grants, idle } = load;
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
      note: `${grants.length} leases, from the last outcome at the broker to the lease at its agent, median ${quantile(grants, 0.5).toFixed(1)} ms`,
    },
    {
      name: "from a block's last outcome to the next lease, p99",
      measured: quantile(idle, 0.99),
      unit: 'ms',
      note: `through the log; median ${quantile(idle, 0.5).toFixed(1)} ms`,
    },
  ];
}

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.floor(ascending.length * share)] ?? Number.POSITIVE_INFINITY;
}
