// SPDX-License-Identifier: Apache-2.0
/** Wires an agent: host facts, runners, spool, broker, controller stream; and takes it down again. */
import { join } from 'node:path';
import {
  type Address,
  type Broker,
  type ControllerMessage,
  connectBroker,
  type HostDescription,
  type HostId,
  LabsweepError,
  messageIdOf,
  messageOf,
  type Note,
  PROTOCOL,
  systemClock,
  UsageError,
} from '@labsweep/proto';
import { ArtifactCache } from './io/artifact-cache.js';
import { ControllerClient } from './io/controller-client.js';
import { readHost } from './io/host-facts.js';
import { lockHost } from './io/host-lock.js';
import { Publisher } from './publisher.js';
import { type Runner, type RunnerKind, runnerKindOf } from './runner/runner.js';
import { createRunners } from './runner/runners.js';
import { Spool } from './spool.js';
import { Worker } from './worker.js';

export interface AgentOptions {
  readonly controller: Address;
  readonly stateDirectory: string;
  readonly cacheDirectory: string;
  readonly runners: readonly string[];
  /** The static init that guests boot into. */
  readonly initPath: string;
  readonly name: string | undefined;
  readonly hostId: string | undefined;
  readonly session: string;
  readonly signal: AbortSignal;
  readonly note: Note;
}

/** What is spooled gets this long to reach the broker when the agent stops. */
const FLUSH_LIMIT_MS = 3_000;

/** Runs until the signal fires. Throws LabsweepError when the controller refuses this agent. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const kinds = checkKinds(options.runners);
  const scratchDirectory = join(options.stateDirectory, 'scratch');
  const all = createRunners({ initPath: options.initPath, scratchDirectory });
  const runners = kinds.flatMap((kind) => all.get(kind) ?? []);
  const host = await describeHost(options, runners);
  // Scripted trials load nothing, so any number of such agents may share a machine.
  const measures = kinds.some((kind) => kind !== 'scripted');
  const purpose = `controller ${options.controller.host}:${options.controller.port}`;
  const lock = measures ? await lockHost(host.id, purpose) : undefined;
  try {
    await attachAndWork(options, host, runners);
  } finally {
    for (const runner of runners) await runner.close();
    lock?.release();
  }
}

const KINDS: readonly RunnerKind[] = ['native', 'qemu', 'scripted'];

function checkKinds(names: readonly string[]): RunnerKind[] {
  return names.map((name) => {
    const kind = KINDS.find((known) => known === name);
    if (kind !== undefined) return kind;
    throw new UsageError(`--runners: '${name}' is not one of ${KINDS.join(', ')}`);
  });
}

async function describeHost(
  options: AgentOptions,
  runners: readonly Runner[],
): Promise<HostDescription> {
  const { stateDirectory, name, hostId } = options;
  const host = await readHost({ stateDirectory });
  const supports = (await Promise.all(runners.map((runner) => runner.probe()))).flat();
  for (const { environment, available, reason } of supports) {
    options.note(`${environment}: ${available ? 'available' : `not available: ${reason}`}`);
  }
  return {
    ...host,
    id: (hostId ?? host.id) as HostId,
    name: name ?? host.name,
    supports,
  };
}

async function attachAndWork(
  options: AgentOptions,
  host: HostDescription,
  runners: readonly Runner[],
): Promise<void> {
  const { session, signal, note } = options;
  const spool = await Spool.open(join(options.stateDirectory, 'spool'));
  const publisher = new Publisher(spool, note, signal);
  const cache = new ArtifactCache(options.cacheDirectory);
  let broker: { readonly url: string; readonly connected: Promise<Broker> } | undefined;
  const connect = (url: string) => {
    if (broker?.url === url) return;
    void broker?.connected.then((old) => old.close());
    const connected = connectBroker({ url, name: `agent ${host.name}`, create: false });
    broker = { url, connected };
    connected.then(
      (fresh) => publisher.connect(fresh),
      (error) => {
        note(messageOf(error));
        broker = undefined;
      },
    );
  };
  const worker = new Worker({
    host,
    session,
    clock: systemClock,
    spool,
    publisher,
    note,
    signal,
    runnerFor: (environment) => runners.find((runner) => runner.kind === runnerKindOf(environment)),
    fetch: async (sha256) => {
      if (broker === undefined) throw new LabsweepError('there is no connection to nats-server');
      return cache.path(sha256, (await broker.connected).artifacts);
    },
    send: (message) => client.send(message),
  });
  const client = new ControllerClient({
    address: options.controller,
    note,
    hello: () => {
      const unsettled = spool.unsettled().map(messageIdOf);
      return { protocol: PROTOCOL, session, host, holding: worker.held(), unsettled };
    },
    onMessage: (message: ControllerMessage) => {
      if (message.kind === 'welcome') {
        connect(message.natsUrl);
        beat(message.heartbeatIntervalMs);
      } else if (message.kind === 'settled') {
        publisher.settle(message.messageIds).catch((error) => note(messageOf(error)));
      } else worker.handle(message);
    },
  });
  let heartbeat: NodeJS.Timeout | undefined;
  const beat = (intervalMs: number) => {
    clearInterval(heartbeat);
    heartbeat = setInterval(() => {
      const leases = worker.held().map((held) => held.lease);
      client.send({ kind: 'heartbeat', leases });
    }, intervalMs);
  };
  try {
    await client.run(signal);
  } finally {
    clearInterval(heartbeat);
    await worker.idle();
    await publisher.flush(FLUSH_LIMIT_MS);
    await (await broker?.connected.catch(() => undefined))?.close();
  }
}
