// SPDX-License-Identifier: Apache-2.0
/**
 * Wires an agent: host facts, runners, spool, broker, controller stream; and takes it down again.
 */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import {
  type Address,
  type AgentMessage,
  type Broker,
  type ControllerMessage,
  type HostDescription,
  type HostId,
  messageIdOf,
  messageOf,
  type Note,
  PERMISSIONS,
  type Permission,
  PROTOCOL,
  systemClock,
  UsageError,
} from '@labsweep/proto';
import { createHygiene, type Hygiene } from './hygiene/hygiene.js';
import { ArtifactCache } from './io/artifact-cache.js';
import { BrokerLink } from './io/broker-link.js';
import { ControllerClient } from './io/controller-client.js';
import { readHost, readHostId } from './io/host-facts.js';
import { lockHost } from './io/host-lock.js';
import { journalDirectory } from './io/journal-directory.js';
import { Publisher } from './publisher.js';
import { type Runner, type RunnerKind, runnerKindOf } from './runner/runner.js';
import { createRunners } from './runner/runners.js';
import { type OutcomeSpool, Spool } from './spool.js';
import { Worker } from './worker.js';

export interface AgentOptions {
  readonly controller: Address;
  readonly stateDirectory: string;
  readonly cacheDirectory: string;
  readonly runners: readonly string[];
  /** The static init that guests boot into. */
  readonly initPath: string;
  /** Our own programs for the host. */
  readonly toolsDirectory: string;
  /** Keeps what must be put back on this machine; default: one place for all agents of it. */
  readonly journalDirectory: string | undefined;
  readonly name: string | undefined;
  readonly hostId: string | undefined;
  /** What the operator of this host lets the agent change, as given on the command line. */
  readonly may: readonly string[];
  readonly session: string;
  /** In place of what the machine says of itself, for many scripted agents in one process. */
  readonly describe?: () => HostDescription;
  /** In place of a spool in the state directory. */
  readonly openSpool?: () => Promise<OutcomeSpool>;
  /** In place of a connection of its own. */
  readonly connect?: (url: string) => Promise<Broker>;
  /** Sees every message to and from the controller, for benchmarks. */
  readonly observe?: AgentObserver;
  readonly signal: AbortSignal;
  readonly note: Note;
}

export interface AgentObserver {
  sent(message: AgentMessage): void;
  received(message: ControllerMessage): void;
}

/** What is spooled gets this long to reach the broker when the agent stops. */
const FLUSH_LIMIT_MS = 3_000;

/** Runs until the signal fires. Throws LabsweepError when the controller refuses this agent. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const kinds = checkKinds(options.runners);
  const permissions = checkPermissions(options.may);
  const { stateDirectory, note } = options;
  const id = (options.hostId ?? (await readHostId({ root: '/', stateDirectory }))) as HostId;
  // Scripted trials load nothing, so any number of such agents may share a machine.
  const measures = kinds.some((kind) => kind !== 'scripted');
  const purpose = `controller ${options.controller.host}:${options.controller.port}`;
  // Before anything is restored or probed: the agent that measures here may be using it.
  const lock = measures ? await lockHost(id, purpose) : undefined;
  const journals = options.journalDirectory ?? (await journalDirectory(stateDirectory));
  const hygiene = createHygiene({ journalPath: join(journals, 'settings.json') });
  const runners = openRunners(options, { kinds, permissions, journals, hygiene });
  try {
    if (measures) {
      for (const line of await hygiene.restoreLeftovers()) note(`left by a killed agent: ${line}`);
    }
    const describe = async () =>
      options.describe?.() ?? describeHost(options, { id, permissions, runners });
    await attachAndWork(options, { host: await describe(), describe, runners });
  } finally {
    for (const runner of runners) await runner.close();
    hygiene.close();
    lock?.release();
  }
}

function openRunners(
  { stateDirectory, cacheDirectory, initPath, toolsDirectory, note }: AgentOptions,
  machine: {
    readonly kinds: readonly RunnerKind[];
    readonly permissions: readonly Permission[];
    readonly journals: string;
    readonly hygiene: Hygiene;
  },
): Runner[] {
  const { kinds, permissions, journals, hygiene } = machine;
  const all = createRunners({
    initPath,
    scratchDirectory: join(stateDirectory, 'scratch'),
    // Unpacked once per kernel and machine, whichever agent comes first.
    kernelDirectory: join(dirname(cacheDirectory), 'unpacked-kernels'),
    toolsDirectory,
    journalDirectory: journals,
    permissions,
    hygiene,
    note,
  });
  return kinds.flatMap((kind) => all.get(kind) ?? []);
}

const KINDS: readonly RunnerKind[] = ['native', 'qemu', 'scripted'];

function checkKinds(names: readonly string[]): RunnerKind[] {
  return names.map((name) => {
    const kind = KINDS.find((known) => known === name);
    if (kind !== undefined) return kind;
    throw new UsageError(`--runners: '${name}' is not one of ${KINDS.join(', ')}`);
  });
}

function checkPermissions(names: readonly string[]): Permission[] {
  return names.map((name) => {
    const permission = PERMISSIONS.find((known) => known === name);
    if (permission !== undefined) return permission;
    throw new UsageError(`--may: '${name}' is not one of ${PERMISSIONS.join(', ')}`);
  });
}

async function describeHost(
  options: AgentOptions,
  known: {
    readonly id: HostId;
    readonly permissions: readonly Permission[];
    readonly runners: readonly Runner[];
  },
): Promise<HostDescription> {
  const { id, permissions, runners } = known;
  // First, because it brings back the CPUs that a killed agent took offline.
  const supports = (await Promise.all(runners.map((runner) => runner.probe()))).flat();
  const host = await readHost({ stateDirectory: options.stateDirectory });
  for (const { environment, available, reason } of supports) {
    options.note(`${environment}: ${available ? 'available' : `not available: ${reason}`}`);
  }
  const kvm = supports.find(({ environment }) => environment === 'qemu-kvm');
  return {
    ...host,
    // Kept with every sweep, because a reader asks why numbers come from emulation.
    facts: { ...host.facts, ...(kvm === undefined ? {} : { kvm_canary: kvm.reason }) },
    id,
    name: options.name ?? host.name,
    supports,
    permissions,
    labels: [],
  };
}

async function attachAndWork(
  options: AgentOptions,
  machine: {
    readonly host: HostDescription;
    /** Looks at the machine again. */
    readonly describe: () => Promise<HostDescription>;
    readonly runners: readonly Runner[];
  },
): Promise<void> {
  const { signal, note } = options;
  const { runners } = machine;
  let { host } = machine;
  let { session } = options;
  const startedAtMs = systemClock.nowMs();
  const openSpool = options.openSpool ?? (() => Spool.open(join(options.stateDirectory, 'spool')));
  const spool = await openSpool();
  const publisher = new Publisher(spool, note, signal);
  const link = new BrokerLink({
    name: `agent ${host.name}`,
    cache: new ArtifactCache(options.cacheDirectory),
    note,
    ...(options.connect === undefined ? {} : { connect: options.connect }),
    onConnected: (broker) => publisher.connect(broker),
  });
  const worker = new Worker({
    host,
    session: () => session,
    clock: systemClock,
    spool,
    publisher,
    note,
    signal,
    runnerFor: (environment) => runners.find((runner) => runner.kind === runnerKindOf(environment)),
    fetch: (sha256) => link.fetch(sha256),
    send: (message) => {
      options.observe?.sent(message);
      client.send(message);
    },
    supportsChanged: async () => {
      const fresh = await machine.describe();
      if (offersOf(fresh) === offersOf(host)) return false;
      host = fresh;
      // A session's facts are told once, so other facts need another session.
      session = randomUUID();
      return true;
    },
    reattach: () => client.reattach(),
  });
  const heartbeat = new Heartbeat(() => {
    client.send({ kind: 'alive', spooled: spool.unsettled().length, trouble: '' });
    for (const { lease, epoch, trial } of worker.held()) {
      client.send({ kind: 'renew', lease, epoch, ...(trial === undefined ? {} : { trial }) });
    }
  });
  const client = new ControllerClient({
    address: options.controller,
    note,
    hello: () => {
      const unsettled = spool.unsettled().map(messageIdOf);
      return {
        protocol: PROTOCOL,
        session,
        instance: options.stateDirectory,
        bootId: host.facts.boot_id ?? '',
        startedAtMs,
        acknowledgedSequence: 0,
        host,
        holding: worker.held(),
        unsettled,
      };
    },
    onMessage: (message) => {
      options.observe?.received(message);
      if (message.kind === 'welcome') {
        link.connect(message.natsUrl);
        heartbeat.every(message.aliveIntervalMs);
      } else if (message.kind === 'settled') {
        publisher.settle(message.messageIds).catch((error) => note(messageOf(error)));
      } else worker.handle(message);
    },
  });
  try {
    await client.run(signal);
  } finally {
    heartbeat.stop();
    await worker.idle();
    await publisher.flush(FLUSH_LIMIT_MS);
    await link.close();
  }
}

const offersOf = ({ supports }: HostDescription) =>
  supports.map(({ environment, available }) => `${environment}:${available}`).join(' ');

/** Calls back at an interval that the controller may change. */
class Heartbeat {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly beat: () => void) {}

  every(intervalMs: number): void {
    this.stop();
    this.timer = setInterval(this.beat, intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
