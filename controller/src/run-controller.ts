// SPDX-License-Identifier: Apache-2.0
/**
 * Wires a controller: listens, waits for the broker, and holds one sitting after the other until it
 * is told to stop. Before and between sittings it answers every call with the reason why it waits.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type Address,
  type Broker,
  connectBroker,
  explainBrokerFailure,
  formatAddress,
  LabsweepError,
  messageOf,
  type Note,
} from '@labsweep/proto';
import { Gate } from './io/gate.js';
import { LogWriter } from './io/log-writer.js';
import { ownProcess } from './io/process-identity.js';
import { listen } from './io/server.js';
import { StoreSync, type SyncFailure } from './io/store-sync.js';
import { monotonicMs, sleep } from './io/waiting.js';
import { LockMemory } from './reign/lock-memory.js';
import type { Contender } from './reign/take-reign.js';
import { Sitting } from './sitting.js';

export interface ControllerOptions {
  readonly listen: Address;
  readonly natsUrl: string;
  /** The store folder of nats-server, where that is on this machine. */
  readonly storeDirectory: string | undefined;
  /** How long after it was stored an entry is on the broker's disk, where no store is given. */
  readonly syncDelayMs: number;
  /** Kernels and compiled workloads. */
  readonly cacheDirectory: string;
  /** Called once it serves, or knows that another one does; with the address that was bound. */
  onReady(address: Address): void;
  readonly signal: AbortSignal;
  readonly note: Note;
}

const RETRY_DELAY_MS = 500;

/** Throws LabsweepError when the address cannot be bound. */
export async function runController(options: ControllerOptions): Promise<void> {
  const { note, signal } = options;
  const gate = new Gate();
  const server = await listen(options.listen, gate.handlers);
  note(`listening on ${formatAddress(server.address)}`);
  try {
    const broker = await waitForBroker(options, gate);
    if (broker === undefined) return;
    try {
      await sitUntilStopped(options, { broker, gate, address: server.address });
    } finally {
      await broker.close();
    }
  } finally {
    server.close();
  }
  if (!signal.aborted) note('controller ends');
}

/** A controller may be started before its broker. Undefined when the signal fired first. */
async function waitForBroker(
  { natsUrl, note, signal }: ControllerOptions,
  gate: Gate,
): Promise<Broker | undefined> {
  const tell = teller(gate, note);
  while (!signal.aborted) {
    try {
      return await connectBroker({ url: natsUrl, name: 'controller', create: true });
    } catch (error) {
      tell(`waiting: ${messageOf(error)}`);
      await sleep(RETRY_DELAY_MS, signal);
    }
  }
  return undefined;
}

/** Throws LabsweepError when the connection is lost for good. */
async function sitUntilStopped(
  options: ControllerOptions,
  parts: { readonly broker: Broker; readonly gate: Gate; readonly address: Address },
): Promise<void> {
  const { natsUrl, note, storeDirectory } = options;
  const { broker, gate, address } = parts;
  const gone = new AbortController();
  void broker.closed.then(() => gone.abort());
  const signal = AbortSignal.any([options.signal, gone.signal]);
  let sitting: Sitting | undefined;
  const onTrouble = (text: string) => sitting?.writerTrouble(text);
  const writer = new LogWriter({ log: broker.log, monotonicMs, sleep, onTrouble, note, signal });
  const failure: SyncFailure = {};
  const lockMemory = new LockMemory();
  let ready = false;
  const onReady = () => {
    if (!ready) options.onReady(address);
    ready = true;
  };
  while (!signal.aborted) {
    await waitForLog(broker, { note, signal }, gate);
    if (signal.aborted) break;
    const store = storeDirectory === undefined ? undefined : new StoreSync(storeDirectory, failure);
    const contender = contenderAt(address);
    const own = { writer, store, contender, lockMemory };
    sitting = new Sitting({ ...options, ...parts, ...own, signal, onReady });
    const end = await sitting.run();
    if (end === undefined) break;
    note(`steps down: ${end.reason}`);
    await sleep(RETRY_DELAY_MS, signal);
  }
  if (options.signal.aborted) return;
  throw new LabsweepError(`connection to ${natsUrl} is gone for good`);
}

/** A session for each sitting, so that a reign knows its own renewals from those of another. */
function contenderAt(address: Address): Contender {
  const process = ownProcess();
  return { session: randomUUID(), address: formatAddress(address), hostName: hostname(), process };
}

/** A stream that was deleted is not made again under a running lab: it may be restored. */
async function waitForLog(
  broker: Broker,
  { note, signal }: Pick<ControllerOptions, 'note' | 'signal'>,
  gate: Gate,
): Promise<void> {
  const tell = teller(gate, note);
  while (!signal.aborted) {
    try {
      await broker.log.head();
      return;
    } catch (error) {
      const hint = 'restore it, or restart the controller, which makes it where it is missing';
      tell(`standby; the log cannot be read: ${explainBrokerFailure(error)}; ${hint}`);
      await sleep(RETRY_DELAY_MS, signal);
    }
  }
}

/** Notes a reason once, and shuts the gate with it. */
function teller(gate: Gate, note: Note): (reason: string) => void {
  let told = '';
  return (reason) => {
    if (reason !== told) note(reason);
    told = reason;
    gate.shut(reason);
  };
}
