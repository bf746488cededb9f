// SPDX-License-Identifier: Apache-2.0
/**
 * What goes wrong in a run, drawn from its seed: which kinds at all, how often, to whom, for how
 * long. Every fault is mended after a while, and at the end of the bad time all of them are.
 */
import { dyingHost, FAULT_KINDS, type FaultHand, type FaultKind } from './fault-kinds.js';
import type { Lab, SimHost, SimSeat } from './lab/lab.js';

/** The bad time, in true time. */
const BAD_TIME_MS_MIN = 20_000;
const BAD_TIME_MS_MAX = 240_000;

export class Faults implements FaultHand {
  /** When everything is mended. */
  readonly endMs: number;
  private readonly kinds: readonly FaultKind[];
  private readonly mends = new Set<() => void>();

  constructor(readonly lab: Lab) {
    const { world } = lab;
    this.endMs = world.between('faults', BAD_TIME_MS_MIN, BAD_TIME_MS_MAX);
    // A run with few kinds goes deeper into each than one with all of them.
    const share = world.between('faults', 1, 10) / 10;
    this.kinds = FAULT_KINDS.filter(() => world.chance('faults', share));
  }

  begin(): void {
    const { world, network } = this.lab;
    network.faulty = world.chance('faults', 0.7);
    const pauseMs = world.between('faults', 2, 40) * 1_000;
    const next = () => {
      if (world.nowMs >= this.endMs) return;
      this.strike();
      world.outsideAfter(world.between('faults', 1, 2 * pauseMs), next);
    };
    world.outsideAfter(world.between('faults', 1, pauseMs), next);
    world.outsideAfter(this.endMs, () => this.mendAll());
    // Drawn apart, so that nights without it stay what they were before there was such a thing.
    const isDeadly = world.chance('deaths', 0.3);
    const atMs = world.between('deaths', 1, BAD_TIME_MS_MIN);
    if (isDeadly) world.outsideAfter(atMs, () => dyingHost(this));
  }

  host(): SimHost {
    return this.pick(this.lab.hosts);
  }

  seat(): SimSeat {
    return this.pick(this.lab.seats);
  }

  pick<Thing>(things: readonly Thing[]): Thing {
    return things[this.lab.world.between('faults', 0, things.length - 1)] as Thing;
  }

  say(what: string): void {
    this.lab.trace.say('FAULT', what);
  }

  later(secondsMax: number, mend: () => void): void {
    const once = () => {
      if (this.mends.delete(once)) mend();
    };
    this.mends.add(once);
    this.lab.world.outsideAfter(this.lab.world.between('faults', 1, secondsMax * 1_000), once);
  }

  private strike(): void {
    const total = this.kinds.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return;
    let drawn = this.lab.world.between('faults', 0, total - 1);
    for (const kind of this.kinds) {
      drawn -= kind.weight;
      if (drawn >= 0) continue;
      this.lab.world.count(`fault: ${kind.name}`);
      kind.strike(this);
      return;
    }
  }

  private mendAll(): void {
    const { hosts, seats, wire, network } = this.lab;
    this.say('everything is mended');
    for (const mend of [...this.mends]) mend();
    wire.heal();
    network.faulty = false;
    for (const process of [...hosts, ...seats].map((party) => party.process)) {
      if (process !== undefined) process.stoppedUntilMs = 0;
    }
  }
}
