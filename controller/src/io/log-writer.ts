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
  type Note,
  type OutcomeLog,
} from '@labsweep/proto';
import { isCommand, isOwn } from './command-matter.js';
import { CommandOrder } from './command-order.js';
import { type ForgoneCommand, ForgoneCommands, forgoneText } from './forgone-commands.js';
import { lostAnswer } from './lost-answer.js';

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
  readonly note: Note;
  readonly signal: AbortSignal;
}

/** How long a user waits until what the log has lost is back. */
const RESTORE_LIMIT_MS = 10_000;
const NO_REIGN = 'this controller does not reign now; ask again';

export class LogWriter {
  /** By message id, in the order of the log. */
  private readonly kept = new Map<string, Kept>();
  private readonly order = new CommandOrder();
  private readonly forgone = new ForgoneCommands();
  private readonly waiting = new Map<string, LogEntry>();
  /** Of those that wait, what the log has had before. */
  private readonly lost = new Set<string>();
  /** Of the reign; undefined while there is none. */
  private open: AbortController | undefined;
  /** What users wait for while anything is in `lost`. */
  private restoring: Restoring | undefined;
  private working = false;

  constructor(private readonly ports: WriterPorts) {}

  /**
   * For what a user waits for. It comes behind what the log has lost, because a user who takes
   * something back must not find it done afterwards. Throws LabsweepError when the log does not
   * take it, or the reign ends.
   */
  async append(entry: LogEntry): Promise<number> {
    const reign = this.open?.signal;
    if (reign === undefined) throw new LabsweepError(NO_REIGN);
    await this.untilRestored();
    const failures: unknown[] = [];
    for (let attempt = 1; attempt <= USER_ATTEMPTS_MAX; attempt += 1) {
      if (reign.aborted) throw lostAnswer(entry, failures) ?? new LabsweepError(NO_REIGN);
      try {
        const sequence = await this.ports.log.append(entry, 1);
        this.keep(entry);
        return sequence;
      } catch (error) {
        failures.push(error);
      }
    }
    throw lostAnswer(entry, failures) ?? tookNothing(failures.at(-1));
  }

  /** For what nobody waits for: it is tried until the log takes it, or the reign ends. */
  appendSoon(entry: LogEntry): void {
    if (this.open === undefined) return;
    this.waiting.set(messageIdOf(entry), entry);
    void this.work();
  }

  /** An entry of the log, told in its order. Outcomes are remembered by their agents. */
  saw(entry: LogEntry): void {
    if (entry.type === 'trial-ended') return;
    const id = messageIdOf(entry);
    this.kept.delete(id);
    this.keep(entry);
    // What is not back yet comes behind what is.
    for (const other of this.lost) {
      const later = this.kept.get(other);
      if (other === id || later === undefined) continue;
      this.kept.delete(other);
      this.kept.set(other, later);
    }
  }

  /**
   * A reign begins. What the log has had, and has no longer, is appended before all else; but for
   * what was asked otherwise meanwhile, of a controller that did not know of it.
   */
  begin(isInLog: (messageId: string) => boolean): void {
    this.open = new AbortController();
    for (const [id, { entry }] of this.kept) {
      if (isInLog(id)) continue;
      if (this.isOutdated(entry, isInLog)) {
        this.kept.delete(id);
        continue;
      }
      if (isCommand(entry)) this.forgone.asked(entry);
      this.waiting.set(id, entry);
      this.lost.add(id);
    }
    if (this.lost.size > 0) this.restoring = newRestoring();
    void this.work();
  }

  /** The reign is over: what is not in the log yet is dropped, but for what is remembered. */
  end(): void {
    this.open?.abort();
    this.open = undefined;
    this.waiting.clear();
    this.lost.clear();
    this.letUsersIn();
  }

  /**
   * Told now and then by who has folded the log for `foldedForMs`, and has seen that it is whole.
   * What is old and in the log is on the disk; what is not in it was another reign's to restore.
   */
  forgetOld(isInLog: (messageId: string) => boolean, foldedForMs: number): void {
    const oldestMs = this.ports.monotonicMs() - KEEP_MS;
    for (const [id, { atMonotonicMs }] of this.kept) {
      const isDone = isInLog(id) || foldedForMs > KEEP_MS;
      if (atMonotonicMs < oldestMs && isDone && !this.lost.has(id)) this.kept.delete(id);
    }
  }

  /** Which commands of users the log has lost and does not get back, for people, and why. */
  notRestored(nameOf: (host: string) => string): string[] {
    return this.forgone.texts(this.ports.monotonicMs(), nameOf);
  }

  /** The same of all the life of this process, and also when somebody has asked again since. */
  get forgoneCommands(): readonly ForgoneCommand[] {
    return this.forgone.record;
  }

  /** Tells it of what somebody may miss. */
  private isOutdated(lost: LogEntry, isInLog: (messageId: string) => boolean): boolean {
    const newer = isCommand(lost) ? this.order.outdating(lost, isInLog) : undefined;
    if (!isCommand(lost) || newer === undefined) return false;
    this.order.forget(lost);
    const atMonotonicMs = this.ports.monotonicMs();
    if (isOwn(lost) || newer.command.kind === lost.command.kind) {
      this.ports.note(forgoneText({ lost, newer }));
    } else this.forgone.add({ lost, newer, atMonotonicMs });
    return true;
  }

  private keep(entry: LogEntry): void {
    const fresh = this.order.saw(entry);
    if (fresh !== undefined && !isOwn(fresh)) this.forgone.asked(fresh);
    this.kept.set(messageIdOf(entry), { entry, atMonotonicMs: this.ports.monotonicMs() });
  }

  private async untilRestored(): Promise<void> {
    const { restoring } = this;
    if (restoring === undefined) return;
    const limit = new AbortController();
    const late = this.ports.sleep(RESTORE_LIMIT_MS, limit.signal).then(() => 'late' as const);
    const first = await Promise.race([restoring.over, late]);
    limit.abort();
    if (first === 'late') throw tookNothing(restoring.failure);
  }

  private letUsersIn(): void {
    this.restoring?.end();
    this.restoring = undefined;
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    const { log, sleep, onTrouble, signal } = this.ports;
    for (const [id, entry] of this.waiting) {
      const reign = this.open;
      const isOf = () => !signal.aborted && this.open === reign && this.waiting.has(id);
      for (let taken = false; !taken && isOf(); ) {
        try {
          await log.append(entry, 1);
          taken = true;
          onTrouble('');
          this.keep(entry);
        } catch (error) {
          if (this.restoring !== undefined) this.restoring.failure = error;
          // The connection, and the stream that is missing, have words of their own.
          const told = ['away', 'no-stream'].includes(brokerFailureOf(error));
          onTrouble(told ? '' : `the log takes no entries: ${explainBrokerFailure(error)}`);
          await sleep(RETRY_DELAY_MS, signal);
        }
      }
      // The next reign may have to restore it, and has an order of its own.
      if (this.open !== reign) continue;
      this.waiting.delete(id);
      this.lost.delete(id);
      if (this.lost.size === 0) this.letUsersIn();
    }
    this.working = false;
  }
}

interface Restoring {
  readonly over: Promise<void>;
  end(): void;
  /** Why it is not over yet. */
  failure: unknown;
}

function newRestoring(): Restoring {
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end, failure: new Error('what it has lost is not back in it yet') };
}

function tookNothing(error: unknown): LabsweepError {
  const why = explainBrokerFailure(error);
  return new LabsweepError(`the log took nothing: ${why}; try again later`, { cause: error });
}
