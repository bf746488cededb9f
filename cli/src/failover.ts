// SPDX-License-Identifier: Apache-2.0
/**
 * Tries a list of controllers in turn until one of them serves. One that answers that it stands by
 * is waited for, because a takeover takes some seconds; when none answers at all it gives up soon.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Address, formatAddress, UnreachableError } from '@labsweep/proto';

/** How a call failed; `other` is an answer of a controller that serves, and is final. */
export type CallFailure = 'standby' | 'unreachable' | 'other';

export interface FailoverOptions<Stub> {
  readonly addresses: readonly Address[];
  open(address: Address): Stub;
  failureOf(error: unknown): CallFailure;
  textOf(error: unknown): string;
  /** One line for a person when it begins to wait, and when the reason changes. */
  onWaiting(line: string): void;
}

/** Between two rounds through the list. */
const ROUND_DELAY_MS = 300;
/** All controllers of a list may be restarted at once; a single one is given up immediately. */
const ALL_AWAY_LIMIT_MS = 15_000;

export class Failover<Stub> {
  private readonly stubs: readonly Stub[];
  private index = 0;

  constructor(private readonly options: FailoverOptions<Stub>) {
    this.stubs = options.addresses.map((address) => options.open(address));
  }

  /** The one that is tried now. */
  get current(): Stub {
    const stub = this.stubs[this.index];
    if (stub === undefined) throw new UnreachableError('no address of a controller is given');
    return stub;
  }

  all(): readonly Stub[] {
    return this.stubs;
  }

  /**
   * `limitMs`: how long to wait for a controller that stands by. `awayLimitMs`: how long for one
   * that does not answer, once any has served.
   */
  patience(limitMs: number, signal?: AbortSignal, awayLimitMs?: number): Patience {
    let sinceMs = performance.now();
    let goneLimitMs = this.stubs.length > 1 ? ALL_AWAY_LIMIT_MS : 0;
    let failures = 0;
    let answers: string[] = [];
    let told = '';
    return {
      progressed: () => {
        sinceMs = performance.now();
        goneLimitMs = awayLimitMs ?? goneLimitMs;
        failures = 0;
        answers = [];
        told = '';
      },
      failed: async (error) => {
        signal?.throwIfAborted();
        const failure = this.options.failureOf(error);
        const text = this.options.textOf(error);
        if (failure === 'standby') answers.push(text);
        this.index = (this.index + 1) % this.stubs.length;
        failures += 1;
        if (failures % this.stubs.length !== 0) return;
        const limit = answers.length > 0 ? limitMs : goneLimitMs;
        if (performance.now() - sinceMs >= limit) throw this.unreachable(answers[0] ?? text, error);
        const line = answers[0] ?? `no controller answers: ${text}`;
        if (line !== told) this.options.onWaiting(`waiting for a controller: ${line}`);
        told = line;
        answers = [];
        await delay(ROUND_DELAY_MS, undefined, { signal }).catch(() => {});
        signal?.throwIfAborted();
      },
    };
  }

  /** Repeats the work at one controller after the other; it must be idempotent. */
  async run<Value>(
    work: (stub: Stub) => Promise<Value>,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Value> {
    const patience = this.patience(limitMs, signal);
    for (;;) {
      try {
        return await work(this.current);
      } catch (error) {
        if (this.options.failureOf(error) === 'other') throw error;
        await patience.failed(error);
      }
    }
  }

  private unreachable(text: string, cause: unknown): UnreachableError {
    const where = this.options.addresses.map(formatAddress).join(', ');
    return new UnreachableError(
      `no controller answers at ${where}: ${text}; is it running? Without --controller, ` +
        'labsweep run starts one for itself',
      { cause },
    );
  }
}

export interface Patience {
  /** A controller serves: the time begins anew. */
  progressed(): void;
  /** Moves on to the next controller. Throws UnreachableError when it has waited long enough. */
  failed(error: unknown): Promise<void>;
}
