// SPDX-License-Identifier: Apache-2.0
/** The agent's stream to its controller: dials, says hello, dials again when the stream is lost. */
import { setTimeout as delay } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import {
  type Address,
  type AgentHello,
  type AgentMessage,
  AgentService,
  type ControllerMessage,
  formatAddress,
  LabsweepError,
  messageOf,
  type Note,
  readControllerMessage,
  writeAgentMessage,
} from '@labsweep/proto';

const RETRY_DELAY_MIN_MS = 200;
const RETRY_DELAY_MAX_MS = 5_000;
/** A controller that vanished without a word is noticed within about this time. */
const KEEPALIVE_TIME_MS = 10_000;

export interface ControllerClientOptions {
  readonly address: Address;
  /** Made anew for each stream: what is held changes. */
  hello(): AgentHello;
  onMessage(message: ControllerMessage): void;
  readonly note: Note;
}

export class ControllerClient {
  private write: ((message: AgentMessage) => void) | undefined;
  private hangUp: (() => void) | undefined;

  constructor(private readonly options: ControllerClientOptions) {}

  /** Dropped while there is no stream: the next hello says all that matters. */
  send(message: AgentMessage): void {
    this.write?.(message);
  }

  /** Ends the stream and dials again: a new hello tells what is different now. */
  reattach(): void {
    this.hangUp?.();
  }

  /** Keeps a stream up until the signal fires. Throws LabsweepError when the controller refuses. */
  async run(signal: AbortSignal): Promise<void> {
    const { address, note } = this.options;
    const client = new AgentService(formatAddress(address), credentials.createInsecure(), {
      'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
      'grpc.initial_reconnect_backoff_ms': RETRY_DELAY_MIN_MS,
      'grpc.max_reconnect_backoff_ms': RETRY_DELAY_MAX_MS,
    });
    let delayMs = RETRY_DELAY_MIN_MS;
    try {
      while (!signal.aborted) {
        const end = await this.attach(client, signal);
        if (end.refused !== undefined) throw new LabsweepError(`refused: ${end.refused}`);
        if (signal.aborted) return;
        note(`controller ${formatAddress(address)} lost (${end.reason}); dialling again`);
        delayMs = end.welcomed ? RETRY_DELAY_MIN_MS : Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
        await delay(delayMs, undefined, { signal }).catch(() => {});
      }
    } finally {
      client.close();
    }
  }

  private attach(
    client: InstanceType<typeof AgentService>,
    signal: AbortSignal,
  ): Promise<{ reason: string; welcomed: boolean; refused?: string }> {
    return new Promise((resolve) => {
      const stream = client.Attach();
      let welcomed = false;
      const finish = (end: { reason: string; refused?: string }) => {
        this.write = undefined;
        this.hangUp = undefined;
        signal.removeEventListener('abort', cancel);
        resolve({ ...end, welcomed });
      };
      const cancel = () => stream.cancel();
      this.hangUp = cancel;
      signal.addEventListener('abort', cancel, { once: true });
      stream.on('data', (wire: unknown) => {
        const message = readControllerMessage(wire);
        if (message.kind === 'welcome') welcomed = true;
        if (message.kind === 'refused') finish({ reason: 'refused', refused: message.reason });
        else this.options.onMessage(message);
      });
      stream.on('error', (error) => finish({ reason: messageOf(error) }));
      stream.on('end', () => finish({ reason: 'the controller ended the stream' }));
      this.write = (message) => stream.write(writeAgentMessage(message));
      this.write({ kind: 'hello', hello: this.options.hello() });
    });
  }
}
