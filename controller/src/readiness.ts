// SPDX-License-Identifier: Apache-2.0
/**
 * Whether this controller could begin to reign: asked before it asks for the lock, since one that
 * holds the lock and cannot begin keeps it from one that can, and once more under the lock.
 */
import { explainBrokerFailure, messageOf, type Note, type OutcomeLog } from '@labsweep/proto';
import type { LogFollower } from './io/log-follower.js';
import type { StoreSync } from './io/store-sync.js';
import { sleep } from './io/waiting.js';

export interface ReadinessParts {
  readonly log: Pick<OutcomeLog, 'head'>;
  readonly follower: Pick<LogFollower, 'catchUp' | 'verify'>;
  readonly store: Pick<StoreSync, 'check'> | undefined;
  readonly note: Note;
  readonly signal: AbortSignal;
}

const RETRY_DELAY_MS = 250;

export class Readiness {
  constructor(private readonly parts: ReadinessParts) {}

  /**
   * Settles when nothing is in the way and the log is folded, which may take long: a warm standby
   * must not wait while this one reads what it knows. Settles, too, when the signal fires.
   * `onWaiting` is called with words for people whenever what is in the way changes.
   */
  async beforeLock(onWaiting: (reason: string) => void): Promise<void> {
    const { signal } = this.parts;
    let told = '';
    while (!signal.aborted) {
      const reason = await this.hindrance();
      if (reason === undefined) return;
      if (reason !== told) onWaiting(`standby; ${reason}`);
      told = reason;
      await sleep(RETRY_DELAY_MS, signal);
    }
  }

  /**
   * Undefined when all is folded that the log held when the lock was taken, and the store is the
   * right one, or when the signal fires; else the reason why the lock is to be given back.
   */
  async underLock(): Promise<string | undefined> {
    const { follower, note, signal } = this.parts;
    while (!signal.aborted) {
      try {
        await follower.catchUp();
        await follower.verify();
        return await this.storeFault();
      } catch (error) {
        note(`cannot begin: ${explainBrokerFailure(error)}`);
        await sleep(RETRY_DELAY_MS, signal);
      }
    }
    return undefined;
  }

  private async hindrance(): Promise<string | undefined> {
    try {
      const fault = await this.storeFault();
      if (fault !== undefined) return `cannot reign: ${fault}`;
      await this.parts.follower.catchUp();
      return undefined;
    } catch (error) {
      return `nobody can reign: ${explainBrokerFailure(error)}`;
    }
  }

  /** What is wrong with the store that was named. Throws as the broker fails. */
  private async storeFault(): Promise<string | undefined> {
    const { log, store } = this.parts;
    if (store === undefined) return undefined;
    const { createdAt } = await log.head();
    return store.check(createdAt).then(() => undefined, messageOf);
  }
}
