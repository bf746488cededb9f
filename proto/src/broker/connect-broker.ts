// SPDX-License-Identifier: Apache-2.0
/**
 * Connects to nats-server and hands out what labsweep keeps there: the log, the artifacts, and who
 * reigns.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connect, Events, type NatsConnection } from 'nats';
import { LabsweepError, messageOf } from '../errors.js';
import { AcknowledgedPublisher } from './acknowledged-publisher.js';
import { ArtifactStore } from './artifact-store.js';
import { explainBrokerFailure } from './broker-failure.js';
import { OutcomeLog } from './outcome-log.js';
import { ReignStore } from './reign-store.js';

export interface Broker {
  readonly log: OutcomeLog;
  readonly artifacts: ArtifactStore;
  readonly reign: ReignStore;
  /** Unix time since when the connection is lost; undefined while it stands. */
  readonly lostSinceMs: () => number | undefined;
  /**
   * How often the connection was lost: it has risen before anything comes from the server that is
   * found next, which may have lost what was not on its disk.
   */
  readonly lossCount: () => number;
  /**
   * How often the connection was lost and came back, however short it was away: the server behind
   * it may be another process, which has lost what was not on its disk.
   */
  readonly returnCount: () => number;
  /** Flushes what is under way and closes the connection; never throws. */
  close(): Promise<void>;
  /** Settles when the connection is gone for good, with the reason if it was not asked for. */
  readonly closed: Promise<Error | undefined>;
}

/** How long the first connection may take; later losses are mended by the client for ever. */
const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_LIMIT_MS = 1_000;
const RECONNECT_INTERVAL_MS = 250;
/** A server that vanished without a word is noticed within about twice this time. */
const PING_INTERVAL_MS = 5_000;
const PINGS_MISSED_MAX = 2;
/** Requests about the reign must fail well before it ends. */
const REIGN_TIMEOUT_MS = 1_500;

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
  try {
    return await openBroker(connection, options.create);
  } catch (error) {
    await connection.close().catch(() => {});
    const why = explainBrokerFailure(error);
    throw new LabsweepError(`JetStream of nats-server at ${options.url}: ${why}`, { cause: error });
  }
}

async function openBroker(connection: NatsConnection, create: boolean): Promise<Broker> {
  const streams = connection.jetstream();
  const manager = await connection.jetstreamManager();
  const timeout = { timeout: REIGN_TIMEOUT_MS };
  const reign = new ReignStore(
    connection.jetstream(timeout),
    await connection.jetstreamManager({ ...timeout, checkAPI: false }),
  );
  if (create) await OutcomeLog.create(manager);
  return {
    log: new OutcomeLog(streams, new AcknowledgedPublisher(connection), manager),
    artifacts: await ArtifactStore.open(streams, manager),
    reign,
    ...watchConnection(connection),
    close: () => closeConnection(connection),
    closed: connection.closed().then((reason) => (reason === undefined ? undefined : reason)),
  };
}

function watchConnection(
  connection: NatsConnection,
): Pick<Broker, 'lostSinceMs' | 'lossCount' | 'returnCount'> {
  let lostSinceMs: number | undefined;
  let lossCount = 0;
  let returnCount = 0;
  const watch = async () => {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) {
        lostSinceMs ??= Date.now();
        lossCount += 1;
      }
      if (type !== Events.Reconnect) continue;
      lostSinceMs = undefined;
      returnCount += 1;
    }
  };
  void watch().catch(() => {});
  return {
    lostSinceMs: () => lostSinceMs,
    lossCount: () => lossCount,
    returnCount: () => returnCount,
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
      // A stack for every message costs as much as the message, and nobody reads it.
      noAsyncTraces: true,
      reconnectTimeWait: RECONNECT_INTERVAL_MS,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: PINGS_MISSED_MAX,
    });
  } catch (error) {
    throw new LabsweepError(
      `nats-server at ${options.url}: ${messageOf(error)}; is it running, with JetStream enabled?`,
      { cause: error },
    );
  }
}
