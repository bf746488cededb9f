// SPDX-License-Identifier: Apache-2.0
/**
 * The controller's own entries on their way into the log. It holds each for some minutes after it
 * was acknowledged, so that it can be appended again to a log that has lost its end.
 */
import {
  brokerFailureOf,
  explainBrokerFailure,
  LabsweepError,
  type LogEntry,
  messageIdOf,
  type OutcomeLog,
} from '@labsweep/proto';

/** Well beyond the time after which an entry is on the broker's disk by itself. */
const KEEP_MS = 5 * 60_000;
const RETRY_DELAY_MS = 1_000;
/** For as long as a user waits for an answer. */
const USER_ATTEMPTS_MAX = 2;

interface Kept {
  readonly entry: LogEntry;
  readonly atMonotonicMs: number;
}

export interface WriterPorts {
  readonly log: Pick<OutcomeLog, 'append'>;
  monotonicMs(): number;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** What keeps entries out of the log; an empty text when nothing does. */
  onTrouble(text: string): void;
  readonly signal: AbortSignal;
}

export class LogWriter {
  private kept: Kept[] = [];
  private readonly waiting = new Map<string, LogEntry>();
  private working = false;

  constructor(private readonly ports: WriterPorts) {}

  /** For what a user waits for. Throws LabsweepError when the log does not take it. */
  async append(entry: LogEntry): Promise<number> {
    try {
      const sequence = await this.ports.log.append(entry, USER_ATTEMPTS_MAX);
      this.keep(entry);
      return sequence;
    } catch (error) {
      const why = explainBrokerFailure(error);
      throw new LabsweepError(`the log took nothing: ${why}; try again later`, { cause: error });
    }
  }

  /** For what nobody waits for: it is tried until the log takes it. */
  appendSoon(entry: LogEntry): void {
    this.waiting.set(messageIdOf(entry), entry);
    void this.work();
  }

  /** Appends what is held once more; the same message ids are stored once. */
  appendAgain(): void {
    for (const { entry } of this.kept.splice(0)) this.waiting.set(messageIdOf(entry), entry);
    void this.work();
  }

  /** Drops what is not in the log yet: this controller no longer decides anything. */
  drop(): void {
    this.waiting.clear();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    const { log, sleep, onTrouble, signal } = this.ports;
    for (const [id, entry] of this.waiting) {
      for (let taken = false; !taken && !signal.aborted && this.waiting.has(id); ) {
        try {
          await log.append(entry, 1);
          taken = true;
          onTrouble('');
          this.keep(entry);
        } catch (error) {
          // The connection, and the stream that is missing, have words of their own.
          const told = ['away', 'no-stream'].includes(brokerFailureOf(error));
          onTrouble(told ? '' : `the log takes no entries: ${explainBrokerFailure(error)}`);
          await sleep(RETRY_DELAY_MS, signal);
        }
      }
      this.waiting.delete(id);
    }
    this.working = false;
  }

  private keep(entry: LogEntry): void {
    const atMonotonicMs = this.ports.monotonicMs();
    this.kept.push({ entry, atMonotonicMs });
    const old = this.kept.findIndex((other) => atMonotonicMs - other.atMonotonicMs < KEEP_MS);
    this.kept.splice(0, old);
  }
}
