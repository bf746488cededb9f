// SPDX-License-Identifier: Apache-2.0
/**
 * The agent's stream to its controller: dials one address after the other, says hello, and dials on
 * when the stream is lost, stands by or belongs to a reign that has ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import {
  type Address,
  type AgentHello,
  type AgentMessage,
  AgentService,
  type ControllerMessage,
  formatAddress,
  type KnownReign,
  LabsweepError,
  messageOf,
  type Note,
  readControllerMessages,
  writeAgentMessage,
} from '@labsweep/proto';

/** Between two rounds through the addresses, doubled up to the last. */
const RETRY_DELAY_MIN_MS = 200;
const RETRY_DELAY_MAX_MS = 2_000;
/** A controller that vanished without a word is noticed within about the sum of these. */
const KEEPALIVE_TIME_MS = 3_000;
const KEEPALIVE_TIMEOUT_MS = 6_000;
/** An address that leads nowhere must not keep us from the next one. */
const WELCOME_LIMIT_MS = 5_000;
/** For the last words of an agent that stops. */
const LEAVE_LIMIT_MS = 500;
/** A stream that was lost this soon counts as a failure: else it would be dialled without rest. */
const STEADY_MS = 2_000;

export interface ControllerClientOptions {
  /** At least one; the others are of controllers that stand by. */
  readonly addresses: readonly Address[];
  /** Made anew for each stream: what is held changes. */
  hello(): AgentHello;
  /** False for a reign that is not the latest one that was seen. */
  accepts(reign: KnownReign): boolean;
  onMessage(message: ControllerMessage): void;
  readonly note: Note;
}

interface StreamEnd {
  readonly reason: string;
  readonly welcomed: boolean;
  readonly refused?: string;
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
    const { addresses, note } = this.options;
    let delayMs = RETRY_DELAY_MIN_MS;
    let failed = 0;
    let told = '';
    for (let turn = 0; !signal.aborted; turn += 1) {
      const address = addresses[turn % addresses.length];
      if (address === undefined) throw new Error('an agent needs the address of a controller');
      const sinceMs = performance.now();
      const end = await this.attachTo(address, signal);
      if (end.refused !== undefined) throw new LabsweepError(`refused: ${end.refused}`);
      if (signal.aborted) return;
      const text = `controller ${formatAddress(address)} ${end.reason}; dialling again`;
      // A night without a controller must not fill a disk with its log.
      if (end.welcomed || !told.includes(text)) note(text);
      told = end.welcomed ? '' : `${told.slice(-1_000)} ${text}`;
      if (end.welcomed && performance.now() - sinceMs > STEADY_MS) {
        delayMs = RETRY_DELAY_MIN_MS;
        failed = 0;
      }
      failed += 1;
      if (failed % addresses.length !== 0) continue;
      // Not all agents of a lab at the same moment.
      await delay(delayMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
      delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
    }
  }

  private async attachTo(address: Address, signal: AbortSignal): Promise<StreamEnd> {
    // A channel of its own for each try: a used one would first rest by its own rules.
    const client = new AgentService(formatAddress(address), credentials.createInsecure(), {
      'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
      'grpc.use_local_subchannel_pool': 1,
    });
    try {
      return await this.attach(client, signal);
    } finally {
      client.close();
    }
  }

  private attach(
    client: InstanceType<typeof AgentService>,
    signal: AbortSignal,
  ): Promise<StreamEnd> {
    return new Promise((resolve) => {
      const stream = client.Attach();
      let welcomed = false;
      let ended = false;
      const finish = (end: { reason: string; refused?: string }) => {
        if (ended) return;
        ended = true;
        this.write = undefined;
        this.hangUp = undefined;
        clearTimeout(limit);
        signal.removeEventListener('abort', leave);
        stream.cancel();
        resolve({ ...end, welcomed });
      };
      const cancel = () => finish({ reason: 'was left' });
      const leave = () => {
        // What was said last is still to arrive; the controller then ends its side, too.
        stream.end();
        setTimeout(cancel, LEAVE_LIMIT_MS);
      };
      const late = () => finish({ reason: `did not answer within ${WELCOME_LIMIT_MS} ms` });
      const limit = setTimeout(late, WELCOME_LIMIT_MS);
      this.hangUp = cancel;
      signal.addEventListener('abort', leave, { once: true });
      const take = (message: ControllerMessage) => {
        if (message.kind === 'refused') {
          finish({ reason: 'refused', refused: message.reason });
        } else if (message.kind === 'welcome' && !this.options.accepts(message)) {
          finish({ reason: `reigns under term ${message.term}, which is over` });
        } else {
          if (message.kind === 'welcome') welcomed = true;
          clearTimeout(limit);
          this.options.onMessage(message);
        }
      };
      stream.on('data', (wire: unknown) => {
        if (ended) return;
        try {
          for (const message of readControllerMessages(wire)) if (!ended) take(message);
        } catch (error) {
          finish({ reason: `said what cannot be understood: ${messageOf(error)}` });
        }
      });
      stream.on('error', (error) => finish({ reason: `is lost: ${reasonOf(error)}` }));
      stream.on('end', () => finish({ reason: 'ended the stream' }));
      this.write = (message) => stream.write(writeAgentMessage(message));
      this.write({ kind: 'hello', hello: this.options.hello() });
      if (signal.aborted) cancel();
    });
  }
}

/** Without the number in front: a controller that stands by says so in the details. */
function reasonOf(error: Error): string {
  return (error as Partial<ServiceError>).details || messageOf(error);
}
