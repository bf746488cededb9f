// SPDX-License-Identifier: Apache-2.0
/** Waits as standby until the lock is free, and takes it. */
import { isDeepStrictEqual } from 'node:util';
import {
  brokerFailureOf,
  explainBrokerFailure,
  type ReignEntry,
  type ReignRecord,
} from '@labsweep/proto';
import type { HighestTerm } from './highest-term.js';
import { HOLD_MS, Reign } from './reign.js';
import type { ReignPorts } from './reign-ports.js';

/** Longer than the holder believes in it, by more than clocks run apart in that time. */
const EXPIRY_MS = HOLD_MS + 1_000;
const POLL_INTERVAL_MS = 500;
const MS_PER_MINUTE = 60_000;

export type Contender = Pick<ReignRecord, 'session' | 'address' | 'hostName' | 'process'>;

export interface TakeOptions {
  readonly ports: ReignPorts;
  readonly contender: Contender;
  readonly terms: HighestTerm;
  /** Called with words for people whenever what is waited for changes. */
  onWaiting(reason: string): void;
  readonly signal: AbortSignal;
}

/** Undefined when the signal fired first. */
export async function takeReign(options: TakeOptions): Promise<Reign | undefined> {
  const { ports, onWaiting, signal, terms } = options;
  let seen: { readonly holder: string; readonly sinceMonotonicMs: number } | undefined;
  let told = '';
  while (!signal.aborted) {
    let reason = '';
    try {
      const entry = await ports.store.read();
      terms.heardOf(entry?.record.term ?? 0);
      if (signal.aborted) return undefined;
      const { monotonicMs } = ports.now();
      if (entry !== undefined && holderOf(entry) !== seen?.holder) {
        seen = { holder: holderOf(entry), sinceMonotonicMs: monotonicMs };
      }
      const silentMs = seen === undefined ? 0 : monotonicMs - seen.sinceMonotonicMs;
      if (isFree(entry, silentMs, options)) return await take(options, entry);
      reason = `standby; the reigning controller is ${entry?.record.address}`;
    } catch (error) {
      // Somebody else was faster: the next look says who.
      if (brokerFailureOf(error) === 'overtaken') continue;
      reason = `standby; nobody can reign: ${explainBrokerFailure(error)}`;
    }
    if (reason !== told) onWaiting(reason);
    told = reason;
    await ports.sleep(POLL_INTERVAL_MS, signal);
  }
  return undefined;
}

/** A store that lost its newest values gives their revisions again, to other holders. */
function holderOf({ revision, record }: ReignEntry): string {
  return `${record.session} ${record.term} ${revision}`;
}

function isFree(
  entry: ReignEntry | undefined,
  silentMs: number,
  { ports, contender }: TakeOptions,
): boolean {
  if (entry === undefined) return true;
  const { released, process } = entry.record;
  // An earlier reign of this very process is over, or it would not contend.
  const isOwn = isDeepStrictEqual(process, contender.process);
  return released || isOwn || silentMs >= EXPIRY_MS || ports.isDead(process);
}

async function take(
  { ports, contender, terms }: TakeOptions,
  entry: ReignEntry | undefined,
): Promise<Reign> {
  const sentAt = ports.now();
  const term = nextTerm(terms.value, sentAt.wallMs);
  const record = { ...contender, term, sinceMs: sentAt.wallMs, released: false };
  const revision = await ports.store.write(record, entry?.revision ?? 0);
  terms.heardOf(term);
  return new Reign(ports, record, revision, sentAt);
}

/**
 * One more than the last that is known, and never below the minutes since 1970: a broker that lost
 * its newest writes, or its whole store, should not bring back a term that agents have seen
 * already. Where it does all the same, they say so.
 */
function nextTerm(last: number, wallMs: number): number {
  return Math.max(last + 1, Math.floor(wallMs / MS_PER_MINUTE));
}
