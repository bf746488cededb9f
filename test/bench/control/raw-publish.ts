// SPDX-License-Identifier: Apache-2.0
/**
 * What JetStream can do with nobody else in the way: messages that are published and acknowledged,
 * so many in flight at a time. Also fills a log for the benchmark that folds one.
 */
import { strict as assert } from 'node:assert';
import { connect, type JetStreamClient, type NatsConnection, StorageType } from 'nats';
import type { RunningNats } from './bench-processes.js';

export interface RawMessage {
  readonly subject: string;
  readonly id: string;
  readonly payload: Uint8Array;
}

/** Publishes all of them in order and returns how many were acknowledged a second. */
export async function publishAll(
  clients: readonly JetStreamClient[],
  messages: Iterable<RawMessage>,
  inFlightMax: number,
): Promise<number> {
  const next = messages[Symbol.iterator]();
  let acknowledged = 0;
  const startMs = performance.now();
  const worker = async (streams: JetStreamClient) => {
    for (let turn = next.next(); turn.done !== true; turn = next.next()) {
      const { subject, id, payload } = turn.value;
      await streams.publish(subject, payload, { msgID: id, timeout: 60_000 });
      acknowledged += 1;
    }
  };
  const workers = Array.from({ length: inFlightMax }, (_, number) => {
    const streams = clients[number % clients.length];
    assert(streams, 'a publisher needs a connection');
    return worker(streams);
  });
  await Promise.all(workers);
  return (acknowledged / (performance.now() - startMs)) * 1_000;
}

const RAW_STREAM = 'RAW';
/** By this process: no two messages have one id. */
let published = 0;

export interface RawLoad {
  readonly inFlight: number;
  readonly messages: number;
  readonly payload: Uint8Array;
  /** Of this process, which share the messages. */
  readonly connections: number;
}

/** The rate at `inFlight` messages of `payload` under way. */
export async function rawPublishRate(nats: RunningNats, load: RawLoad): Promise<number> {
  const connections: NatsConnection[] = [];
  for (let number = 0; number < load.connections; number += 1) {
    connections.push(await connect({ servers: nats.url, noAsyncTraces: true }));
  }
  const [first] = connections;
  assert(first, 'a raw load needs a connection');
  const manager = await first.jetstreamManager();
  // The same duplicate window as the log has, because the server pays for it.
  await manager.streams.add({
    name: RAW_STREAM,
    subjects: ['raw.>'],
    storage: StorageType.File,
    duplicate_window: 10 * 60 * 1e9,
  });
  function* messages(): Generator<RawMessage> {
    for (let left = load.messages; left > 0; left -= 1) {
      published += 1;
      yield { subject: 'raw.log', id: `raw/scripted-smp1/r1/${published}`, payload: load.payload };
    }
  }
  try {
    const clients = connections.map((connection) => connection.jetstream());
    return await publishAll(clients, messages(), load.inFlight);
  } finally {
    await manager.streams.delete(RAW_STREAM);
    for (const connection of connections) await connection.close();
  }
}

/** Publishes the messages to a log that exists already. */
export async function fillLog(nats: RunningNats, messages: Iterable<RawMessage>): Promise<number> {
  const connection = await connect({ servers: nats.url, noAsyncTraces: true });
  try {
    return await publishAll([connection.jetstream()], messages, 512);
  } finally {
    await connection.close();
  }
}
