// SPDX-License-Identifier: Apache-2.0
/**
 * Many agents with the scripted runner in one process, for demonstrations of scale and benchmarks.
 * Each is a real agent with a host id, a session and a stream of its own; their spools share the
 * syncs of one journal, and they share a few connections to the broker.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Address,
  type Broker,
  connectBroker,
  type HostDescription,
  type HostId,
  LabsweepError,
  type Note,
} from '@labsweep/proto';
import type { AgentObserver } from './agent-options.js';
import { forgetfulRecord } from './agent-record.js';
import { JournalSpool, OutcomeJournal } from './outcome-journal.js';
import { runAgent } from './run-agent.js';

export interface SwarmOptions {
  readonly controllers: readonly Address[];
  /** How many agents. */
  readonly size: number;
  /** Agents are called after it, with a number behind: `swarm-0` to `swarm-999`. */
  readonly name: string;
  readonly stateDirectory: string;
  readonly cacheDirectory: string;
  readonly labels: readonly string[];
  /** Sees every message of the agent with this number. */
  readonly observe?: (number: number) => AgentObserver;
  readonly signal: AbortSignal;
  readonly note: Note;
}

/**
 * With more, what many agents say at once goes in as many writes; with one alone each would wait
 * for what all others have to say.
 */
const BROKER_CONNECTIONS = 2;
/** All at once, they would make each other time out. */
const START_INTERVAL_MS = 2;
/** Of one agent: as much as any row may ask for, since nothing is really run. */
const CAPACITY = { cpus: 1_024, memoryMib: 1 << 20 };

/** Runs until the signal fires. Throws LabsweepError once all agents have ended by themselves. */
export async function runSwarm(options: SwarmOptions): Promise<void> {
  const { stateDirectory, size, signal, note } = options;
  const journal = await OutcomeJournal.open(join(stateDirectory, 'swarm.journal'), note);
  const connections = new SharedConnections(options.name);
  const agents: Promise<void>[] = [];
  for (let number = 0; number < size && !signal.aborted; number += 1) {
    agents.push(runOne(options, { number, journal, connections }));
    await delay(START_INTERVAL_MS);
  }
  note(`${agents.length} agents are started`);
  await Promise.all(agents);
  await connections.close();
  await journal.close();
  if (!signal.aborted) throw new LabsweepError('no agent of the swarm is left');
}

async function runOne(
  options: SwarmOptions,
  own: {
    readonly number: number;
    readonly journal: OutcomeJournal;
    readonly connections: SharedConnections;
  },
): Promise<void> {
  const { number, journal, connections } = own;
  const name = `${options.name}-${number}`;
  const note: Note = (text, fields) => options.note(`${name}: ${text}`, fields);
  const observe = options.observe?.(number);
  const host = describe(name, options.labels);
  try {
    await runAgent({
      controllers: options.controllers,
      stateDirectory: options.stateDirectory,
      cacheDirectory: options.cacheDirectory,
      runners: ['scripted'],
      initPath: '',
      toolsDirectory: '',
      journalDirectory: options.stateDirectory,
      name,
      hostId: host.id,
      may: [],
      labels: options.labels,
      session: `${name}-${process.pid}-${Date.now()}`,
      describe: () => host,
      openSpool: async () => new JournalSpool(journal, host.id),
      record: forgetfulRecord(`${options.stateDirectory}/${name}`),
      connect: (url) => connections.open(number, url),
      ...(observe === undefined ? {} : { observe }),
      signal: options.signal,
      note,
    });
  } catch (error) {
    // One agent that is refused must not end the others.
    if (!options.signal.aborted) note(String(error));
  }
}

function describe(name: string, labels: readonly string[]): HostDescription {
  return {
    id: `id-of-${name}` as HostId,
    name,
    capacity: CAPACITY,
    supports: [{ environment: 'scripted', available: true, reason: 'one of a swarm' }],
    permissions: [],
    labels,
    facts: {},
  };
}

class SharedConnections {
  private readonly made = new Map<string, Promise<Broker>>();

  constructor(private readonly name: string) {}

  /** One that could not be made, or that has ended, is made anew for whoever asks next. */
  async open(number: number, url: string): Promise<Broker> {
    const key = `${number % BROKER_CONNECTIONS} ${url}`;
    const known = this.made.get(key);
    const connection = known ?? connectBroker({ url, name: `${this.name} ${key}`, create: false });
    if (known === undefined) {
      this.made.set(key, connection);
      const forget = () => this.made.delete(key);
      connection.then((broker) => broker.closed.then(forget), forget);
    }
    // An agent that ends leaves the connection to the others.
    return { ...(await connection), close: async () => {} };
  }

  async close(): Promise<void> {
    for (const connection of this.made.values()) {
      await connection.then((broker) => broker.close()).catch(() => {});
    }
  }
}
