// SPDX-License-Identifier: Apache-2.0
/**
 * Publishes messages that a stream acknowledges, many at a time. The client's own way makes a
 * timer, a race of promises and an error object for each of them, which costs more than the
 * message; here one subscription takes all answers, and one clock looks after those that do not
 * come.
 */
import {
  createInbox,
  ErrorCode,
  headers,
  type Msg,
  type NatsConnection,
  NatsError,
  type PubAck,
  type Subscription,
} from 'nats';

/** An answer that has not come after this time is taken for lost; what was published may not be. */
export const PUBLISH_TIMEOUT_MS = 5_000;
const LOOK_INTERVAL_MS = 250;
const MESSAGE_ID_HEADER = 'Nats-Msg-Id';
const NO_RESPONDERS = 503;

interface Pending {
  readonly sinceMs: number;
  acknowledged(sequence: number): void;
  failed(error: unknown): void;
}

export class AcknowledgedPublisher {
  private readonly inbox = `${createInbox()}.`;
  /** By the last token of their inbox, oldest first. */
  private readonly pending = new Map<string, Pending>();
  /** The client writes it into the message at once, so that one will do. */
  private readonly messageHeaders = headers();
  private answers: Subscription | undefined;
  private count = 0;

  constructor(private readonly connection: NatsConnection) {}

  /**
   * The sequence at which the stream has the message. Throws a NatsError when the stream refuses
   * it, there is none, or nothing answers.
   */
  publish(subject: string, messageId: string, payload: Uint8Array): Promise<number> {
    return new Promise((acknowledged, failed) => {
      this.answers ??= this.listen();
      this.count += 1;
      const token = String(this.count);
      this.messageHeaders.set(MESSAGE_ID_HEADER, messageId);
      const reply = this.inbox + token;
      this.connection.publish(subject, payload, { reply, headers: this.messageHeaders });
      this.pending.set(token, { sinceMs: performance.now(), acknowledged, failed });
    });
  }

  private listen(): Subscription {
    const ticker = setInterval(() => this.failLate(), LOOK_INTERVAL_MS).unref();
    void this.connection.closed().then(() => {
      clearInterval(ticker);
      this.failAll(NatsError.errorForCode(ErrorCode.ConnectionClosed));
    });
    return this.connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => {
        if (error === null) this.take(message);
        else this.failAll(error);
      },
    });
  }

  private take(message: Msg): void {
    const token = message.subject.slice(this.inbox.length);
    const pending = this.pending.get(token);
    // It was given up: whoever published it has published it again.
    if (pending === undefined) return;
    this.pending.delete(token);
    try {
      pending.acknowledged(sequenceIn(message));
    } catch (error) {
      pending.failed(error);
    }
  }

  private failLate(): void {
    const nowMs = performance.now();
    for (const [token, { sinceMs, failed }] of this.pending) {
      if (nowMs - sinceMs < PUBLISH_TIMEOUT_MS) return;
      this.pending.delete(token);
      failed(NatsError.errorForCode(ErrorCode.Timeout));
    }
  }

  private failAll(error: Error): void {
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const { failed } of all) failed(error);
  }
}

/** Throws a NatsError for what is no acknowledgement. */
function sequenceIn(message: Msg): number {
  if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS) {
    throw NatsError.errorForCode(ErrorCode.NoResponders);
  }
  const answer = message.json<Partial<PubAck> & { error?: NatsError['api_error'] }>();
  if (answer.error !== undefined) {
    const error = new NatsError(answer.error.description, String(answer.error.code));
    error.api_error = answer.error;
    throw error;
  }
  if (!answer.stream || answer.seq === undefined) {
    throw NatsError.errorForCode(ErrorCode.JetStreamInvalidAck);
  }
  return answer.seq;
}
