// SPDX-License-Identifier: Apache-2.0
/**
 * What of the log is on the broker's disk, for one sitting: the horizon, and the users who wait for
 * it. Agents are told by the loop.
 */
import {
  type Broker,
  explainBrokerFailure,
  LabsweepError,
  type LogPlace,
  type Note,
} from '@labsweep/proto';
import { SyncHorizon } from '../sync-horizon.js';
import type { LogFollower } from './log-follower.js';
import type { StoreSync } from './store-sync.js';
import { type Awaited, untilFolded } from './until-folded.js';
import { monotonicMs, sleep, untilSo } from './waiting.js';

/** How long a user waits for the disk. */
interface WaitLimits {
  /** When it is known what is wrong: it may be over at once, as when the log was out of reach. */
  readonly troubledMs: number;
  /** When it is only slow: a round takes 200 ms and what a sync takes, on a disk that is busy. */
  readonly slowMs: number;
}

const LIMITS: WaitLimits = { troubledMs: 3_000, slowMs: 15_000 };

export interface SyncedLogParts {
  readonly broker: {
    readonly log: Pick<Broker['log'], 'holds'>;
    readonly returnCount: Broker['returnCount'];
  };
  readonly store: Pick<StoreSync, 'sync'> | undefined;
  readonly syncDelayMs: number;
  readonly follower: Pick<LogFollower, 'newest' | 'verify'>;
  onSynced(sequence: number): void;
  onTrouble(text: string): void;
  readonly note: Note;
  /** Of the sitting. */
  readonly signal: AbortSignal;
  /** In place of the usual ones. */
  readonly limits?: WaitLimits;
}

export class SyncedLog {
  private readonly horizon: SyncHorizon;
  private syncedSequence = 0;
  private trouble = '';

  constructor(private readonly parts: SyncedLogParts) {
    const { broker, store, syncDelayMs, note, follower } = parts;
    this.horizon = new SyncHorizon({
      sync: store === undefined ? undefined : () => store.sync(),
      delayMs: syncDelayMs,
      returnCount: broker.returnCount,
      holds: (place) => broker.log.holds(place),
      monotonicMs,
      sleep,
      onSynced: (sequence) => {
        this.syncedSequence = sequence;
        parts.onSynced(sequence);
      },
      onTrouble: (text) => {
        this.trouble = text;
        parts.onTrouble(text);
      },
      // The follower has words for what is wrong, and ends this sitting.
      onRewound: () => follower.verify().catch((error) => note(explainBrokerFailure(error))),
    });
  }

  /** See `SyncHorizon.folded`. */
  folded(place: LogPlace): void {
    this.horizon.folded(place);
  }

  /** See `SyncHorizon.run`. */
  run(): Promise<void> {
    return this.horizon.run(this.parts.signal);
  }

  /**
   * For an entry that is in the log: waits until it is folded and, where there is a store to sync,
   * on the disk. Without one that takes minutes, and nobody waits for it. Throws LabsweepError when
   * either takes too long, or the sitting ends.
   */
  async untilKept(isFolded: () => boolean, awaited: Awaited): Promise<void> {
    await untilFolded(() => this.isSo(isFolded, awaited), awaited);
    const { store, follower, limits = LIMITS } = this.parts;
    if (store === undefined) return;
    const { sequence } = follower.newest;
    const isSynced = () => this.isSo(() => this.syncedSequence >= sequence, awaited);
    const beganMs = monotonicMs();
    const isHopeless = () => this.trouble !== '' && monotonicMs() - beganMs > limits.troubledMs;
    await untilSo(() => isSynced() || isHopeless(), limits.slowMs);
    if (isSynced()) return;
    const seconds = ((monotonicMs() - beganMs) / 1000).toFixed(1);
    const why = this.trouble === '' ? '' : `: ${this.trouble}`;
    throw new LabsweepError(
      `${awaited.what} is in the log, and holds, but is not known to be on the broker's disk after ` +
        `${seconds} s${why}; should the broker lose its power now, see \`${awaited.see}\` ` +
        'afterwards for whether it is still there',
    );
  }

  private isSo(isSo: () => boolean, { what, see }: Awaited): boolean {
    if (isSo()) return true;
    if (!this.parts.signal.aborted) return false;
    throw new LabsweepError(
      `${what} was stored in the log, but this controller does not reign any more, and cannot say ` +
        `whether it still is; see \`${see}\`, and ask again if it is not there`,
    );
  }
}
