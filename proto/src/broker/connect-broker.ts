// SPDX-License-Identifier: Apache-2.0
/**
 * Connects to nats-server and hands out the two things labsweep keeps there: the log and the
 * artifacts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection } from 'nats';
import { LabsweepError, messageOf } from '../errors.js';
import { ArtifactStore } from './artifact-store.js';
import { OutcomeLog } from './outcome-log.js';

export interface Broker {
  readonly log: OutcomeLog;
  readonly artifacts: ArtifactStore;
  /** Flushes what is under way and closes the connection; never throws. */
  close(): Promise<void>;
  /** Settles when the connection is gone for good, with the reason if it was not asked for. */
  readonly closed: Promise<Error | undefined>;
}

/** How long the first connection may take; later losses are mended by the client for ever. */
const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_LIMIT_MS = 1_000;

/**
 * Connects to `url` (`nats://127.0.0.1:4222`) as `name`. `create` makes the stream and the bucket
 * where they are missing: the controller's part. Throws LabsweepError when the server cannot be
 * reached.
 */
export async function connectBroker(options: {
  readonly url: string;
  readonly name: string;
  readonly create: boolean;
}): Promise<Broker> {
  const connection = await openConnection(options);
  const streams = connection.jetstream();
  const manager = await connection.jetstreamManager();
  if (options.create) await OutcomeLog.create(manager);
  return {
    log: new OutcomeLog(streams, manager),
    artifacts: await ArtifactStore.open(streams),
    close: () => closeConnection(connection),
    closed: connection.closed().then((reason) => (reason === undefined ? undefined : reason)),
  };
}

/** A server that has gone cannot be flushed to, and must not keep us waiting. */
async function closeConnection(connection: NatsConnection): Promise<void> {
  const limit = delay(CLOSE_LIMIT_MS, undefined, { ref: false });
  await Promise.race([connection.drain().catch(() => {}), limit]);
  await connection.close().catch(() => {});
}

async function openConnection(options: {
  readonly url: string;
  readonly name: string;
}): Promise<NatsConnection> {
  try {
    return await connect({
      servers: options.url,
      name: options.name,
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
    });
  } catch (error) {
    throw new LabsweepError(
      `nats-server at ${options.url}: ${messageOf(error)}; is it running, with JetStream enabled?`,
      { cause: error },
    );
  }
}
