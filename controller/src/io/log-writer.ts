// SPDX-License-Identifier: Apache-2.0
/**
 * What controllers say, on its way into the log. The writer remembers for some minutes what the log
 * has had of it, by whichever controller, so that it can be appended again, in its order, to a log
 * that has lost its end.
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
  /** By message id, in the order in which the log had them first. */
  private readonly kept = new Map<string, Kept>();
  private readonly waiting = new Map<string, LogEntry>();
  /** Of those that wait, what the log has had before. */
  private readonly lost = new Set<string>();
  /** What users wait for while anything is in `lost`. */
  private restored: { readonly promise: Promise<void>; resolve(): void } | undefined;
  private working = false;

  constructor(private readonly ports: WriterPorts) {}

  /**
   * For what a user waits for. It comes behind what the log has lost, because a user who takes
   * something back must not find it done afterwards. Throws LabsweepError when the log does not
   * take it.
   */
  async append(entry: LogEntry): Promise<number> {
    await this.restored?.promise;
    try {
      const sequence = await this.ports.log.append(entry, USER_ATTEMPTS_MAX);
      this.saw(entry);
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

  /** The log has it. Outcomes are remembered by their agents, and are none of this. */
  saw(entry: LogEntry): void {
    if (entry.type === 'trial-ended') return;
    const atMonotonicMs = this.ports.monotonicMs();
    this.kept.set(messageIdOf(entry), { entry, atMonotonicMs });
    for (const [id, oldest] of this.kept) {
      if (atMonotonicMs - oldest.atMonotonicMs <= KEEP_MS) break;
      this.kept.delete(id);
    }
  }

  /** Appends what the log has had, and has no longer, before all that waits. */
  appendLost(isInLog: (messageId: string) => boolean): void {
    const others = [...this.waiting];
    this.waiting.clear();
    for (const [id, { entry }] of this.kept) {
      if (isInLog(id)) continue;
      this.waiting.set(id, entry);
      this.lost.add(id);
    }
    for (const [id, entry] of others) this.waiting.set(id, entry);
    if (this.lost.size > 0) this.restored ??= newGate();
    void this.work();
  }

  /** Drops what is not in the log yet: this controller no longer decides anything. */
  drop(): void {
    this.waiting.clear();
    this.lost.clear();
    this.letUsersIn();
  }

  private letUsersIn(): void {
    this.restored?.resolve();
    this.restored = undefined;
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
          this.saw(entry);
        } catch (error) {
          // The connection, and the stream that is missing, have words of their own.
          const told = ['away', 'no-stream'].includes(brokerFailureOf(error));
          onTrouble(told ? '' : `the log takes no entries: ${explainBrokerFailure(error)}`);
          await sleep(RETRY_DELAY_MS, signal);
        }
      }
      this.waiting.delete(id);
      this.lost.delete(id);
      if (this.lost.size === 0) this.letUsersIn();
    }
    this.working = false;
  }
}

function newGate(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
