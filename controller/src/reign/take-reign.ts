// SPDX-License-Identifier: Apache-2.0
/** Waits as standby until the lock is free, and takes it. */
import { isDeepStrictEqual } from 'node:util';
import {
  brokerFailureOf,
  explainBrokerFailure,
  type ReignEntry,
  type ReignRecord,
} from '@labsweep/proto';
import type { LockMemory } from './lock-memory.js';
import { HOLD_MS, Reign } from './reign.js';
import type { ReignPorts } from './reign-ports.js';

/** Longer than the holder believes in it, by more than clocks run apart in that time. */
const EXPIRY_MS = HOLD_MS + 1_000;
const POLL_INTERVAL_MS = 500;
/** Whoever looks less often than that has not seen that nothing changed. */
const SIGHT_GAP_MAX_MS = 3_000;
const MS_PER_MINUTE = 60_000;

export type Contender = Pick<ReignRecord, 'session' | 'address' | 'hostName' | 'process'>;

export interface TakeOptions {
  readonly ports: ReignPorts;
  readonly contender: Contender;
  /** Lives longer than a sitting. */
  readonly memory: LockMemory;
  /** Called with words for people whenever what is waited for changes. */
  onWaiting(reason: string): void;
  readonly signal: AbortSignal;
}

/** Undefined when the signal fired first. */
export async function takeReign(options: TakeOptions): Promise<Reign | undefined> {
  const { ports, onWaiting, signal, memory } = options;
  let seen: Sight | undefined;
  let told = '';
  while (!signal.aborted) {
    let reason = '';
    try {
      const entry = await ports.store.read();
      if (signal.aborted) return undefined;
      const { monotonicMs } = ports.now();
      memory.saw(entry, monotonicMs);
      seen = nextSight(seen, entry, monotonicMs);
      if (isFree(entry, seen, options)) return await take(options, entry);
      reason = waitingText(entry, monotonicMs, options);
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

/** One state of the lock, and between when and when it was looked at and found so. */
interface Sight {
  readonly state: string;
  readonly sinceMonotonicMs: number;
  readonly untilMonotonicMs: number;
}

function nextSight(
  seen: Sight | undefined,
  entry: ReignEntry | undefined,
  monotonicMs: number,
): Sight {
  const state = stateOf(entry);
  const fresh = { state, sinceMonotonicMs: monotonicMs, untilMonotonicMs: monotonicMs };
  if (seen?.state !== state) return fresh;
  // It may have been renewed out of sight, and the renewals lost.
  if (monotonicMs - seen.untilMonotonicMs > SIGHT_GAP_MAX_MS) return fresh;
  return { ...seen, untilMonotonicMs: monotonicMs };
}

/** A store that lost its newest values gives their revisions again, also to the same holder. */
function stateOf(entry: ReignEntry | undefined): string {
  if (entry === undefined) return 'absent';
  const { revision, storedAtMs, record } = entry;
  return `${record.session} ${record.term} ${revision} ${storedAtMs}`;
}

/**
 * A store that has lost its newest values may show a holder that has left, one that has died, or
 * nobody, while one that it has forgotten still believes in its reign. Then only time helps.
 */
function isFree(
  entry: ReignEntry | undefined,
  seen: Sight,
  { ports, memory }: TakeOptions,
): boolean {
  const { sinceMonotonicMs, untilMonotonicMs } = seen;
  if (untilMonotonicMs - sinceMonotonicMs >= EXPIRY_MS) return true;
  if (memory.sinceLossMs(untilMonotonicMs) < EXPIRY_MS) return false;
  if (entry === undefined) return ports.store.isNew;
  return entry.record.released || ports.isDead(entry.record.process);
}

function waitingText(
  entry: ReignEntry | undefined,
  monotonicMs: number,
  { contender, memory }: TakeOptions,
): string {
  const wait = `waiting ${EXPIRY_MS / 1_000} s for one that may still reign`;
  if (entry === undefined) return `standby; nats-server does not know who reigns; ${wait}`;
  if (isDeepStrictEqual(entry.record.process, contender.process)) {
    return `standby; nobody has reigned since this controller did; ${wait}`;
  }
  if (memory.sinceLossMs(monotonicMs) < EXPIRY_MS) {
    return `standby; nats-server has lost who reigned last; ${wait}`;
  }
  return `standby; the reigning controller is ${entry.record.address}`;
}

async function take(
  { ports, contender, memory }: TakeOptions,
  entry: ReignEntry | undefined,
): Promise<Reign> {
  const sentAt = ports.now();
  const term = nextTerm(memory.term, sentAt.wallMs);
  const record = { ...contender, term, sinceMs: sentAt.wallMs, released: false };
  const revision = await ports.store.write(record, entry?.revision ?? 0);
  memory.saw({ revision, storedAtMs: sentAt.wallMs, record }, sentAt.monotonicMs);
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
