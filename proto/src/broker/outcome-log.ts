// SPDX-License-Identifier: Apache-2.0
/** The log of entries in JetStream: append to it, read it from its start and follow it. */
import {
  ConsumerEvents,
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type NatsError,
  RetentionPolicy,
  StorageType,
} from 'nats';
import type { SweepId } from '../domain.js';
import {
  type EntryText,
  entryLinesOf,
  entryTextOf,
  idOfEntries,
  type ReadEntries,
  readEntryLines,
  readFoldEntryLines,
} from '../entry-lines.js';
import { inTime } from '../in-time.js';
import type { LogEntry } from '../log-entry.js';
import { type FoldEntry, wholeEntry } from '../outcome-head.js';
import { LAB_SUBJECT, LOG_STREAM, LOG_SUBJECTS, logSubject } from '../subjects.js';
import type { AcknowledgedPublisher } from './acknowledged-publisher.js';
import { brokerFailureOf } from './broker-failure.js';

/** The place of an entry: a log that lost its end gives the same sequence to another one later. */
export interface LogPlace {
  readonly sequence: number;
  /** Unix time of the server. */
  readonly storedAtMs: number;
}

/** What one message of the log holds, with its place. */
export type LogMessage<Entry = LogEntry> = LogPlace & ReadEntries<Entry>;

export interface LogHead {
  /** Of the newest entry; 0 while the log is empty. */
  readonly lastSequence: number;
  /** When the stream was made, as the server writes it: another stream has another time. */
  readonly createdAt: string;
}

/** A publish is repeated under the same message id, so a repetition cannot store it twice. */
const PUBLISH_ATTEMPTS_MAX = 5;
/** Within this time the server itself drops a repeated message; the fold drops it at any time. */
const DUPLICATE_WINDOW_NS = 10 * 60 * 1e9;
const NO_MESSAGE = 10_037;
/**
 * With fewer, a reader of a long log asks for more all the time, and waits for the server as often.
 * What comes is taken out of the socket chunk by chunk, so they are never in memory all at once.
 */
const MESSAGES_AHEAD_MAX = 10_000;
/** The client rounds the time of a message it is sent, and not that of one it asks for. */
const ROUNDING_MS = 1;
/** Some ways of asking for a consumer hang with this client and server: none may hang for ever. */
const CONSUME_LIMIT = { limitMs: 10_000, what: 'opening a consumer of the log' };

const encoder = new TextEncoder();

export class OutcomeLog {
  constructor(
    private readonly streams: JetStreamClient,
    private readonly publisher: AcknowledgedPublisher,
    private readonly manager: JetStreamManager,
  ) {}

  /** Makes the stream where it is missing. */
  static async create(manager: JetStreamManager): Promise<void> {
    try {
      await manager.streams.info(LOG_STREAM);
    } catch (error) {
      if (brokerFailureOf(error) !== 'no-stream') throw error;
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
   * attempts; `attemptsMax` is for callers that have a way of their own to try again.
   */
  async append(entry: LogEntry, attemptsMax = PUBLISH_ATTEMPTS_MAX): Promise<number> {
    return this.publish([entryTextOf(entry)], subjectOf(entry), attemptsMax);
  }

  /**
   * As `append`, with entries of one sweep in one message, so that all of them get one sequence.
   * The same entries together are stored once; one that comes again with others is stored again.
   */
  async appendTexts(
    entries: readonly [EntryText & { readonly sweep: SweepId }, ...EntryText[]],
    attemptsMax = PUBLISH_ATTEMPTS_MAX,
  ): Promise<number> {
    return this.publish(entries, logSubject(entries[0].sweep), attemptsMax);
  }

  private async publish(
    entries: readonly EntryText[],
    subject: string,
    attemptsMax: number,
  ): Promise<number> {
    const payload = encoder.encode(entryLinesOf(entries));
    const messageId = idOfEntries(entries);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.publisher.publish(subject, messageId, payload);
      } catch (error) {
        if (attempt >= attemptsMax) throw error;
      }
    }
  }

  /** Throws what the broker failed with: see `brokerFailureOf`. */
  async head(): Promise<LogHead> {
    const { state, created } = await this.manager.streams.info(LOG_STREAM);
    return { lastSequence: state.last_seq, createdAt: created };
  }

  /** The sequence of the newest entry; 0 while the log is empty. */
  async lastSequence(): Promise<number> {
    return (await this.head()).lastSequence;
  }

  /** False when the log has another entry at this place, or none. */
  async holds({ sequence, storedAtMs }: LogPlace): Promise<boolean> {
    if (sequence === 0) return true;
    try {
      const stored = await this.manager.streams.getMessage(LOG_STREAM, { seq: sequence });
      return Math.abs(stored.time.getTime() - storedAtMs) <= ROUNDING_MS;
    } catch (error) {
      if ((error as NatsError).api_error?.err_code === NO_MESSAGE) return false;
      throw error;
    }
  }

  /** What the log holds of one sweep between two sequences, in its order; then it ends. */
  async *read(
    sweep: SweepId,
    part: { readonly nextSequence: number; readonly lastSequence: number },
  ): AsyncGenerator<LogMessage> {
    const { nextSequence, lastSequence } = part;
    const subject = logSubject(sweep);
    const newest = await this.lastOf(subject);
    if (newest < nextSequence) return;
    const opening = this.streams.consumers
      .get(LOG_STREAM, { opt_start_seq: nextSequence, filterSubjects: subject })
      .then((consumer) => consumer.consume({ max_messages: MESSAGES_AHEAD_MAX }));
    const messages = await inTime(opening, CONSUME_LIMIT);
    try {
      for await (const message of messages) {
        if (message.seq > lastSequence) return;
        yield readMessage(message, readEntryLines);
        if (message.seq >= Math.min(newest, lastSequence)) return;
      }
    } finally {
      messages.stop();
    }
  }

  /** The sequence of the newest message of the subject; 0 when there is none. */
  private async lastOf(subject: string): Promise<number> {
    try {
      return (await this.manager.streams.getMessage(LOG_STREAM, { last_by_subj: subject })).seq;
    } catch (error) {
      if ((error as NatsError).api_error?.err_code === NO_MESSAGE) return 0;
      throw error;
    }
  }

  /**
   * Every entry from `firstSequence` on, then each new one, until the signal fires. It says nothing
   * of a log that lost its end: the server waits in silence until the log has grown past it. It
   * ends by itself when the server has lost its consumer, as with a stream that was deleted.
   */
  async *follow(signal: AbortSignal, firstSequence = 1): AsyncGenerator<LogMessage> {
    for await (const batch of this.followBatches(signal, firstSequence)) {
      for (const message of batch) {
        yield { ...message, entries: message.entries.map(wholeEntry) };
      }
    }
  }

  /**
   * As `follow`, with all that has come at a time together, and as far as the fold needs it: handed
   * out one by one, the turns of an iterator would cost more than the entries.
   */
  async *followBatches(
    signal: AbortSignal,
    firstSequence = 1,
  ): AsyncGenerator<readonly LogMessage<FoldEntry>[]> {
    let arrived: LogMessage<FoldEntry>[] = [];
    let wake = () => {};
    let isOver = false;
    const callback = (message: JsMsg) => {
      // A source that comes up behind the end would be read for ever: the client stops it then.
      if (isOver) throw new Error('nobody follows this any more');
      arrived.push(readMessage(message, readFoldEntryLines));
      wake();
    };
    let stop = () => {};
    try {
      const messages = await this.consume({
        firstSequence,
        callback,
        signal,
        isOver: () => isOver,
      });
      let ended: { readonly error: unknown } | undefined;
      void messages.closed().then((error) => {
        ended = { error };
        wake();
      });
      void wasRecreated(messages).then((is) => {
        if (is) ended = { error: undefined };
        wake();
      });
      stop = () => messages.stop();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      while (ended === undefined || arrived.length > 0) {
        const batch = arrived;
        arrived = [];
        if (batch.length > 0) yield batch;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      if (ended.error instanceof Error) throw ended.error;
    } finally {
      isOver = true;
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /** Throws as the broker fails, and when the signal fires first. */
  private consume(options: {
    readonly firstSequence: number;
    readonly callback: (message: JsMsg) => void;
    readonly signal: AbortSignal;
    readonly isOver: () => boolean;
  }): Promise<ConsumerMessages> {
    const { firstSequence, callback, signal, isOver } = options;
    // An ordered consumer with an explicit start: asking for "all" hangs with this client.
    const opening = this.streams.consumers
      .get(LOG_STREAM, { opt_start_seq: firstSequence })
      .then((consumer) => consumer.consume({ max_messages: MESSAGES_AHEAD_MAX, callback }));
    // It may open when nobody waits for it any more.
    const stopLate = (messages: ConsumerMessages) => {
      if (isOver()) messages.stop();
    };
    opening.then(stopLate, () => {});
    return inTime(opening, { ...CONSUME_LIMIT, signal });
  }
}

/**
 * The client opens a consumer anew behind the newest sequence that it has seen, also in a stream
 * that was deleted and restored with less than that. Whoever follows has to look first.
 */
async function wasRecreated(messages: ConsumerMessages): Promise<boolean> {
  for await (const { type } of await messages.status()) {
    if (type === ConsumerEvents.OrderedConsumerRecreated) return true;
  }
  return false;
}

function subjectOf(entry: LogEntry): string {
  return entry.type === 'host-commanded' ? LAB_SUBJECT : logSubject(entry.sweep);
}

function readMessage<Entry>(
  message: JsMsg,
  read: (text: string) => ReadEntries<Entry>,
): LogMessage<Entry> {
  const { streamSequence: sequence, timestampNanos } = message.info;
  const storedAtMs = Math.floor(timestampNanos / 1e6);
  const { entries, malformed } = read(message.string());
  return { sequence, storedAtMs, entries, malformed };
}
