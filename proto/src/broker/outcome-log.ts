// SPDX-License-Identifier: Apache-2.0
/** The log of entries in JetStream: append to it, read it from its start and follow it. */
import {
  type JetStreamClient,
  type JetStreamManager,
  type NatsError,
  RetentionPolicy,
  StorageType,
} from 'nats';
import { formatLogEntry, type LogEntry, messageIdOf, parseLogEntry } from '../log-entry.js';
import { LAB_SUBJECT, LOG_STREAM, LOG_SUBJECTS, logSubject } from '../subjects.js';

/** An entry with its place in the log, or the text that could not be read as one. */
export type LogMessage =
  | { readonly sequence: number; readonly entry: LogEntry }
  | { readonly sequence: number; readonly malformed: string };

/** JetStream's code for a stream that does not exist. */
const STREAM_NOT_FOUND = 10_059;
/** A publish is repeated under the same message id, so a repetition cannot store it twice. */
const PUBLISH_ATTEMPTS_MAX = 5;
const PUBLISH_TIMEOUT_MS = 5_000;
/** Within this time the server itself drops a repeated message; the fold drops it at any time. */
const DUPLICATE_WINDOW_NS = 10 * 60 * 1e9;

export class OutcomeLog {
  constructor(
    private readonly streams: JetStreamClient,
    private readonly manager: JetStreamManager,
  ) {}

  /** Makes the stream where it is missing. */
  static async create(manager: JetStreamManager): Promise<void> {
    try {
      await manager.streams.info(LOG_STREAM);
    } catch (error) {
      if ((error as NatsError).api_error?.err_code !== STREAM_NOT_FOUND) throw error;
      await manager.streams.add({
        name: LOG_STREAM,
        subjects: [LOG_SUBJECTS],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        duplicate_window: DUPLICATE_WINDOW_NS,
      });
    }
  }

  /**
   * Appends an entry and returns its sequence once the server acknowledged it. An entry with the
   * same message id is stored once. Throws the last error when the server stays away over several
   * attempts.
   */
  async append(entry: LogEntry): Promise<number> {
    const payload = new TextEncoder().encode(formatLogEntry(entry));
    const options = { msgID: messageIdOf(entry), timeout: PUBLISH_TIMEOUT_MS };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await this.streams.publish(subjectOf(entry), payload, options)).seq;
      } catch (error) {
        if (attempt === PUBLISH_ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** The sequence of the newest entry; 0 while the log is empty. */
  async lastSequence(): Promise<number> {
    return (await this.manager.streams.info(LOG_STREAM)).state.last_seq;
  }

  /** Every entry from the first one on, then each new one, until the signal fires. */
  async *follow(signal: AbortSignal): AsyncGenerator<LogMessage> {
    // An ordered consumer with an explicit start: asking for "all" hangs with this client.
    const consumer = await this.streams.consumers.get(LOG_STREAM, { opt_start_seq: 1 });
    const messages = await consumer.consume();
    const stop = () => messages.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      for await (const message of messages) yield readMessage(message.seq, message.string());
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
}

function subjectOf(entry: LogEntry): string {
  return entry.type === 'host-commanded' ? LAB_SUBJECT : logSubject(entry.sweep);
}

function readMessage(sequence: number, text: string): LogMessage {
  try {
    return { sequence, entry: parseLogEntry(text) };
  } catch (error) {
    return { sequence, malformed: error instanceof Error ? error.message : text };
  }
}
