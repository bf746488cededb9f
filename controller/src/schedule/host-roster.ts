// SPDX-License-Identifier: Apache-2.0
/**
 * Which hosts there are, and which of them can be given work: attached, heard of, and with nothing
 * to end first. It knows no block.
 */
import type { BlockEnd, HostDescription, HostId, PlannedRow } from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import { HostDeaths } from './host-deaths.js';
import { type Match, matchHost } from './match-host.js';
import { missingImage } from './missing-image.js';
import { RETURNED_MAX, UnreadyRows } from './unready-rows.js';

/** A session that says nothing for so long gets no work: several of its signs of life are lost. */
export const SILENT_MAX_MS = 10_000;
/** How long a host may take to stop the trial of a lease that it has lost. */
export const ENDING_MAX_MS = 30_000;
/** A host that gives blocks back rests for longer each time. */
export const RETURNED_REST_MIN_MS = 1_000;
export const RETURNED_REST_MAX_MS = 60_000;

export interface HostState {
  readonly id: HostId;
  readonly description: HostDescription;
  readonly attached: boolean;
  /** What keeps its agent from working, as it said; empty when nothing does. */
  readonly trouble: string;
}

interface HostRecord extends HostState {
  description: HostDescription;
  attached: boolean;
  trouble: string;
  /** Set while there is trouble. */
  troubledSinceMs: number | undefined;
  heardAtMs: number;
  /** Set while it is detached, or its worker does not answer. */
  awaySinceMs: number | undefined;
  restUntilMs: number;
  returnedCount: number;
  /** By row, of the description as it is now. */
  matches: WeakMap<PlannedRow, Match>;
  unready: UnreadyRows;
}

export class HostRoster {
  readonly deaths = new HostDeaths();
  private readonly records = new Map<HostId, HostRecord>();

  constructor(private startedAtMs: number) {}

  /** Hosts that were not heard of yet are away since then. */
  started(nowMs: number): void {
    this.startedAtMs = nowMs;
  }

  /** `trouble` is what keeps its agent from working right now. */
  came(description: HostDescription, nowMs: number, trouble = ''): void {
    this.records.set(description.id, {
      id: description.id,
      description,
      attached: true,
      trouble,
      troubledSinceMs: trouble === '' ? undefined : nowMs,
      heardAtMs: nowMs,
      awaySinceMs: undefined,
      // Others get the time to take what a host that dies again and again has begun.
      restUntilMs: this.deaths.isRepeated(description.id) ? nowMs + RETURNED_REST_MIN_MS : 0,
      returnedCount: 0,
      matches: new WeakMap(),
      unready: new UnreadyRows(),
    });
  }

  left(id: HostId, nowMs: number): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    record.attached = false;
    record.awaySinceMs ??= nowMs;
  }

  heard(id: HostId, nowMs: number): void {
    const record = this.records.get(id);
    if (record !== undefined) record.heardAtMs = nowMs;
  }

  /** What its agent says, once and again, of its disk and its way to the broker. */
  troubled(id: HostId, trouble: string, nowMs: number): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    record.trouble = trouble;
    record.troubledSinceMs = trouble === '' ? undefined : (record.troubledSinceMs ?? nowMs);
  }

  /** Its lease ran out although it is attached: its worker hangs, or lost the message. */
  stalled(id: HostId, nowMs: number): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    record.awaySinceMs ??= nowMs;
    record.restUntilMs = nowMs + ENDING_MAX_MS;
  }

  /** It was told to stop, and says when it has. */
  stopping(id: HostId, nowMs: number): void {
    const record = this.records.get(id);
    if (record !== undefined) record.restUntilMs = nowMs + ENDING_MAX_MS;
    this.deaths.over(id);
  }

  /** Its worker lives. */
  answered(id: HostId): void {
    const record = this.records.get(id);
    if (record?.attached === true) record.awaySinceMs = undefined;
  }

  /** Its worker has nothing to do. */
  ended(id: HostId, end: BlockEnd | 'stopped', nowMs: number): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    this.answered(id);
    this.deaths.over(id);
    record.returnedCount = end === 'returned' ? record.returnedCount + 1 : 0;
    const rest = RETURNED_REST_MIN_MS * 2 ** (record.returnedCount - 1);
    record.restUntilMs =
      record.returnedCount === 0 ? 0 : nowMs + Math.min(RETURNED_REST_MAX_MS, rest);
  }

  get(id: HostId): HostState | undefined {
    return this.records.get(id);
  }

  all(): readonly HostState[] {
    return [...this.records.values()];
  }

  /** Of the session as it is now: an agent that comes anew is asked anew. */
  unready(id: HostId): UnreadyRows | undefined {
    return this.records.get(id)?.unready;
  }

  isReady(id: HostId, nowMs: number): boolean {
    const record = this.records.get(id);
    return record !== undefined && isFit(record, nowMs) && record.restUntilMs <= nowMs;
  }

  /** It is there, and says that it can work. */
  isFit(id: HostId, nowMs: number): boolean {
    const record = this.records.get(id);
    return record !== undefined && isFit(record, nowMs);
  }

  /**
   * True while work that the host has begun is left to it: it is fit and does not keep giving
   * blocks back, or it is away, or in trouble, for less than its grace; and it does not keep dying.
   */
  mayGoOn(id: HostId, graceMs: number, nowMs: number): boolean {
    const record = this.records.get(id);
    if (record === undefined) return nowMs - this.startedAtMs < graceMs;
    if (this.deaths.isRepeated(id)) return false;
    if (isFit(record, nowMs)) return record.returnedCount < RETURNED_MAX;
    const { awaySinceMs, troubledSinceMs, heardAtMs } = record;
    return nowMs - (awaySinceMs ?? troubledSinceMs ?? heardAtMs) < graceMs;
  }

  match(id: HostId, sweep: SweepState, row: PlannedRow): Match | undefined {
    const record = this.records.get(id);
    if (record === undefined) return undefined;
    const known = record.matches.get(row);
    if (known !== undefined) return known;
    const missing = missingImage(row, sweep.kernels);
    const match =
      missing === undefined ? matchHost(row, sweep.spec, record.description) : { reason: missing };
    record.matches.set(row, match);
    return match;
  }
}

function isFit(record: HostRecord, nowMs: number): boolean {
  const isHeard = nowMs - record.heardAtMs <= SILENT_MAX_MS;
  return record.attached && record.awaySinceMs === undefined && isHeard && record.trouble === '';
}
