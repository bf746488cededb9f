// SPDX-License-Identifier: Apache-2.0
/**
 * Under `pin-row` a row stays on the host that has it, as the log and the leases of this reign have
 * it; unless that host is drained or in quarantine, has been away or in trouble for longer than its
 * grace, hangs, keeps giving blocks back or keeps dying.
 */
import type { ControllerMessage, HostId, LogEntry } from '@labsweep/proto';
import type { Lab, SimHost } from '../lab/lab.js';
import { pinnedRowOf } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import type { WireMessage } from '../lab/watch.js';
import { type Checker, ViolationError } from './checker.js';
import type { LogStandings, Standing } from './log-standings.js';
import type { ReadRow } from './second-reading.js';

/** Of scripted rows. */
const GRACE_MS = 10_000;
const SILENT_MAX_MS = 10_000;
/** Clocks inside count whole milliseconds. */
const SLACK_MS = 5;
/** What the controller's clock for intervals makes of a jump of the wall clock, at most. */
const JUMP_MS = 5_000;
const RETURNED_MAX = 3;
const DEATHS_MAX = 3;

/** What a controller has seen of a host since it began, in true time. */
interface Seen {
  /** Undefined while it is attached and well. */
  awaySinceMs: number | undefined;
  heardAtMs: number;
  stalledAtMs: number | undefined;
  returnedCount: number;
}

/** One reign. */
interface Reign {
  readonly sinceMs: number;
  readonly hosts: Map<HostId, Seen>;
  /** As the log was when it began: what was published late since then moves no row. */
  readonly rows: Standing['rows'] | undefined;
  /** Who was given a block of a row last, by sweep and row, in which round of it. */
  readonly given: Map<string, Taker>;
  /** Who goes on with what another reign has leased, by sweep and row: with its last block. */
  readonly kept: Map<string, Taker & { readonly repetition: number }>;
}

/** Who has taken a block of a row, in which round of it. */
interface Taker {
  readonly host: HostId;
  readonly round: number;
}

export class PinnedRows implements Checker {
  private readonly reigns = new WeakMap<object, Reign>();
  /** How often its agent had started when an outcome of the host was folded last. */
  private readonly starts = new Map<HostId, number>();

  constructor(
    private readonly standings: LogStandings,
    private readonly lab: () => Lab,
    private readonly isWanted: boolean,
  ) {}

  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    if (host === undefined || !this.isWanted) return;
    const reign = this.reignOf(controller);
    if (message.kind === 'welcome') {
      const fresh = { stalledAtMs: undefined, returnedCount: 0, heardAtMs: this.nowMs };
      Object.assign(seenOf(reign, host), fresh);
    }
    if (message.kind === 'revoked' && message.reason === 'the lease ran out') {
      seenOf(reign, host).stalledAtMs = this.nowMs;
    }
    if (message.kind !== 'lease' || controller.loop === undefined) return;
    const row = pinnedRowOf(controller.loop, message.lease);
    if (row === undefined) return;
    const inLog = this.standings.of(controller, this.lab())?.rows.get(row);
    const given = reign.given.get(row);
    const round = inLog?.round ?? 0;
    reign.given.set(row, { host, round });
    // A row that is run anew as a whole may go elsewhere as a whole.
    const taker = given ?? reign.kept.get(row);
    const givenTo = taker?.round === round ? taker.host : undefined;
    const owners = ownersOf([inLog, reign.rows?.get(row)], givenTo);
    if (owners.length === 0 || owners.includes(host)) return;
    this.lab().world.count('pinned row goes to another host');
    const excuses = owners.map((owner) => this.excuseOf(controller, reign, owner));
    if (excuses.some((excuse) => excuse !== undefined)) return;
    const detail = `${controller.process.name} leased ${message.lease.block} to ${host}`;
    throw new ViolationError(
      'a pinned row stays where it is',
      `${detail}, although it is with ${owners.join(' and ')}`,
    );
  }

  controllerHeard(controller: SimController, host: HostId, message: WireMessage): void {
    if (!this.isWanted) return;
    const seen = seenOf(this.reignOf(controller), host);
    seen.heardAtMs = this.nowMs;
    if (message.blockEnded != null) {
      seen.returnedCount = message.blockEnded.end === 'returned' ? seen.returnedCount + 1 : 0;
    }
  }

  folded(_controller: SimController, _sequence: number, entry: LogEntry): void {
    if (!this.isWanted || entry.type !== 'trial-ended') return;
    this.starts.set(entry.host, this.hostOf(entry.host)?.starts ?? 0);
  }

  afterStep(lab: Lab): void {
    if (!this.isWanted) return;
    const seat = lab.seats.find(({ process }) => process === lab.world.lastOwner);
    const { controller } = seat ?? {};
    if (controller?.loop === undefined || !controller.reigns()) return;
    const reign = this.reignOf(controller);
    this.seeKept(controller, controller.loop, reign);
    for (const { host, attached, trouble } of controller.loop.hosts()) {
      const seen = seenOf(reign, host);
      if (attached && trouble === '') seen.awaySinceMs = undefined;
      else seen.awaySinceMs ??= lab.world.nowMs;
    }
  }

  private seeKept(
    controller: SimController,
    loop: NonNullable<SimController['loop']>,
    { given, kept }: Reign,
  ): void {
    for (const lease of loop.leases()) {
      const row = pinnedRowOf(loop, lease);
      if (row === undefined || given.has(row)) continue;
      const { sweep, block, host } = lease;
      const repetition = loop.sweep(sweep)?.blocks.get(block)?.planned.repetition ?? 0;
      const known = kept.get(row);
      const isKnown = known?.host === host && known.repetition === repetition;
      if (isKnown || repetition < (known?.repetition ?? 0)) continue;
      const { round = 0 } = this.standings.of(controller, this.lab())?.rows.get(row) ?? {};
      kept.set(row, { host, round, repetition });
    }
  }

  private get nowMs(): number {
    return this.lab().world.nowMs;
  }

  /** Undefined for a host that is there and well, or is to be waited for. */
  private excuseOf(controller: SimController, reign: Reign, owner: HostId): string | undefined {
    const { commands } = controller.loop ?? {};
    if (commands?.isDrained(owner)) return 'drained';
    if (commands?.quarantines().some(({ host }) => host === owner)) return 'in quarantine';
    const slackMs = SLACK_MS + JUMP_MS * controller.process.machine.forwardJumps;
    const isOver = (sinceMs: number | undefined, limitMs = GRACE_MS) =>
      sinceMs !== undefined && this.nowMs - sinceMs >= limitMs - slackMs;
    const { deaths = 0, starts = 0 } = this.hostOf(owner) ?? {};
    const again = starts - (this.starts.get(owner) ?? 0);
    if (Math.max(deaths, again) >= DEATHS_MAX) return 'dies';
    const seen = reign.hosts.get(owner);
    if (seen === undefined) return isOver(reign.sinceMs) ? 'never came' : undefined;
    if (isOver(seen.heardAtMs, SILENT_MAX_MS)) return 'silent';
    if (isOver(seen.awaySinceMs)) return 'away or in trouble';
    if (isOver(seen.stalledAtMs)) return 'hangs';
    return seen.returnedCount >= RETURNED_MAX ? 'gives back' : undefined;
  }

  private hostOf(host: HostId): SimHost | undefined {
    return this.lab().hosts.find(({ machine }) => machine.name === host);
  }

  /** Begins anew with each loop. */
  private reignOf(controller: SimController): Reign {
    const key = controller.loop ?? this;
    const known = this.reigns.get(key);
    if (known !== undefined) return known;
    const rows = this.standings.of(controller, this.lab())?.rows;
    const nothing = { hosts: new Map(), given: new Map(), kept: new Map() };
    const fresh = { sinceMs: this.nowMs, rows, ...nothing };
    this.reigns.set(key, fresh);
    return fresh;
  }
}

/** By the order of the log, by that of the blocks, and by leases: each may be the newest word. */
function ownersOf(
  [now, atStart]: readonly (Readonly<ReadRow> | undefined)[],
  givenTo: HostId | undefined,
): readonly HostId[] {
  const before = atStart?.round === now?.round ? atStart : undefined;
  const hosts = [now?.lastHost, now?.lastTaker, before?.lastHost, before?.lastTaker, givenTo];
  return [...new Set(hosts.filter((each) => each !== undefined))];
}

function seenOf({ hosts, sinceMs }: Reign, host: HostId): Seen {
  const known = hosts.get(host);
  if (known !== undefined) return known;
  const never = { awaySinceMs: sinceMs, heardAtMs: sinceMs };
  const fresh = { ...never, stalledAtMs: undefined, returnedCount: 0 };
  hosts.set(host, fresh);
  return fresh;
}
