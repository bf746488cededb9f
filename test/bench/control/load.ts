// SPDX-License-Identifier: Apache-2.0
/** A swarm of scripted agents at a real controller and a real broker. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
import type { NamedProcesses } from './cpu-time.js';
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

export interface LoadedLab {
  readonly client: SweepClient;
  readonly natsUrl: string;
  /** What the agents have seen until now, second by second, by swarm; the probes come first. */
  seconds(): readonly (readonly SwarmSecond[])[];
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
    const seconds = () => swarms.map((swarm) => swarm.seconds);
    const pause = (sweep: string) => pauseAt(client, sweep);
    return await work({ client, natsUrl, seconds, processes, submit, pause });
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
