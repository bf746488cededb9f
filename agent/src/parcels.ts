// SPDX-License-Identifier: Apache-2.0
/**
 * Puts outcomes together that travel in one message. Most travel alone and at once. Those of short
 * trials wait a little for company while their block goes on: a message each would be most of what
 * such a trial costs the lab, and nobody can read so fast.
 */
import { formatLogEntry, messageIdOf, type TrialEnded } from '@labsweep/proto';

export interface Parcel {
  readonly outcomes: readonly [TrialEnded, ...TrialEnded[]];
  /** Their message ids. */
  readonly ids: readonly string[];
}

/** An outcome of a longer trial does not wait. */
const SHORT_TRIAL_MS = 500;
/** Within this the controller tells no agent twice what is settled either. */
const GATHER_MS = 2_000;
/** Of the text of a parcel with several outcomes, in characters: far below what a broker takes. */
const LENGTH_MAX = 64 * 1024;

export class Parcels {
  /** Wait for company, by message id, in the order in which they came; all of one sweep. */
  private readonly gathered = new Map<string, TrialEnded>();
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

  add(outcome: TrialEnded, id: string): void {
    const { length } = formatLogEntry(outcome);
    const [first] = this.gathered.values();
    const isOfOthers = first !== undefined && first.sweep !== outcome.sweep;
    if (isOfOthers || this.gatheredLength + length > LENGTH_MAX) this.seal();
    this.gathered.set(id, outcome);
    this.gatheredLength += length;
    if (outcome.durationMs >= SHORT_TRIAL_MS) this.seal();
    else this.timer ??= setTimeout(() => this.seal(), GATHER_MS).unref();
  }

  /** Nobody is waited for any longer. */
  seal(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const [first, ...others] = this.gathered.values();
    if (first === undefined) return;
    const parcel: Parcel = { outcomes: [first, ...others], ids: [...this.gathered.keys()] };
    this.gathered.clear();
    this.gatheredLength = 0;
    this.keep(parcel);
    this.ready(parcel);
  }

  /** The one that this outcome travels in; alone, when it is not known. */
  of(outcome: TrialEnded, id = messageIdOf(outcome)): Parcel {
    const known = this.made.get(id);
    if (known !== undefined) return known;
    const parcel: Parcel = { outcomes: [outcome], ids: [id] };
    this.keep(parcel);
    return parcel;
  }

  /** It will not be sent again. Returns the parcel that it travelled in. */
  forget(id: string): Parcel | undefined {
    const parcel = this.made.get(id);
    this.made.delete(id);
    return parcel;
  }

  private keep(parcel: Parcel): void {
    for (const id of parcel.ids) this.made.set(id, parcel);
  }
}
