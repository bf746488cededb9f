// SPDX-License-Identifier: Apache-2.0
/** The agent's connection to the broker, at the address that the controller names. */
import {
  type Broker,
  connectBroker,
  LabsweepError,
  messageOf,
  type Note,
  type Sha256,
} from '@labsweep/proto';
import type { ArtifactCache } from './artifact-cache.js';

export interface BrokerLinkOptions {
  /** Shown by nats-server beside the connection. */
  readonly name: string;
  readonly cache: ArtifactCache;
  readonly note: Note;
  onConnected(broker: Broker): void;
  /** In place of a connection of its own. */
  readonly connect?: (url: string) => Promise<Broker>;
}

export class BrokerLink {
  private url: string | undefined;
  private connected: Promise<Broker> | undefined;

  constructor(private readonly options: BrokerLinkOptions) {}

  /**
   * Connects, unless the connection is to this address already; failures are noted and tried again.
   */
  connect(url: string): void {
    if (this.url === url) return;
    const old = this.connected;
    void old?.then((broker) => broker.close()).catch(() => {});
    this.url = url;
    const { connect, name } = this.options;
    this.connected = connect?.(url) ?? connectBroker({ url, name, create: false });
    this.connected.then(this.options.onConnected, (error) => {
      this.options.note(messageOf(error));
      // The next welcome names the address again.
      this.url = undefined;
    });
  }

  /** A local file with these bytes. Throws LabsweepError when it cannot be had. */
  async fetch(sha256: Sha256): Promise<string> {
    if (this.connected === undefined) throw new LabsweepError('nats-server was never connected');
    return this.options.cache.path(sha256, (await this.connected).artifacts);
  }

  async close(): Promise<void> {
    const broker = await this.connected?.catch(() => undefined);
    await broker?.close();
  }
}
