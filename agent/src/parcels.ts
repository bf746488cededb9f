// SPDX-License-Identifier: Apache-2.0
/**
 * Puts outcomes together that travel in one message. Most travel alone and at once. Those of short
 * trials wait a little for company while their block goes on: a message each would be most of what
 * such a trial costs the lab, and nobody can read so fast.
 */
import type { SpoolEntry } from './spool-entry.js';

/** At least one, all of one sweep. */
export type Parcel = readonly [SpoolEntry, ...SpoolEntry[]];

/** An outcome of a longer trial does not wait. */
const SHORT_TRIAL_MS = 500;
/** Within this the controller tells no agent twice what is settled either. */
const GATHER_MS = 2_000;
/** Of the text of a parcel with several outcomes, in characters: far below what a broker takes. */
const LENGTH_MAX = 64 * 1024;

export class Parcels {
  /** Wait for company, by id, in the order in which they came; all of one sweep. */
  private readonly gathered = new Map<string, SpoolEntry>();
  private gatheredLength = 0;
  private timer: NodeJS.Timeout | undefined;
  /** By message id: what is sent again goes with the same others, as the same message. */
  private readonly made = new Map<string, Parcel>();

  /** `ready` is handed each parcel once, as soon as nothing is to be added to it. */
  constructor(private readonly ready: (parcel: Parcel) => void) {}

  /** True while it waits, and until it is forgotten. */
  has(id: string): boolean {
    return this.made.has(id) || this.isWaiting(id);
  }

  isWaiting(id: string): boolean {
    return this.gathered.has(id);
  }

  add(entry: SpoolEntry): void {
    const { length } = entry.text;
    const [first] = this.gathered.values();
    const isOfOthers = first !== undefined && first.sweep !== entry.sweep;
    if (isOfOthers || this.gatheredLength + length > LENGTH_MAX) this.seal();
    this.gathered.set(entry.id, entry);
    this.gatheredLength += length;
    if (entry.durationMs >= SHORT_TRIAL_MS) this.seal();
    else this.timer ??= setTimeout(() => this.seal(), GATHER_MS).unref();
  }

  /** Nobody is waited for any longer. */
  seal(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const [first, ...others] = this.gathered.values();
    if (first === undefined) return;
    this.gathered.clear();
    this.gatheredLength = 0;
    this.ready(this.keep([first, ...others]));
  }

  /** The one that this outcome travels in; alone, when it is not known. */
  of(entry: SpoolEntry): Parcel {
    return this.made.get(entry.id) ?? this.keep([entry]);
  }

  /** It will not be sent again. Returns the parcel that it travelled in. */
  forget(id: string): Parcel | undefined {
    const parcel = this.made.get(id);
    this.made.delete(id);
    return parcel;
  }

  private keep(parcel: Parcel): Parcel {
    for (const { id } of parcel) this.made.set(id, parcel);
    return parcel;
  }
}
