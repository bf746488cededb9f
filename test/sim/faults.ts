// SPDX-License-Identifier: Apache-2.0
/**
 * What goes wrong in a run, drawn from its seed: which kinds at all, how often, to whom, for how
 * long. Every fault is mended after a while, and at the end of the bad time all of them are.
 */
import type { Lab, SimHost, SimSeat } from './lab/lab.js';
import type { Process } from './machine/world.js';

/** The bad time, in true time. */
const BAD_TIME_MS_MIN = 20_000;
const BAD_TIME_MS_MAX = 240_000;
const HOUR_MS = 3_600_000;
/** A host is quarantined after five in a row. */
const DEATHS_MIN = 3;
const DEATHS_MAX = 8;

interface FaultKind {
  readonly name: string;
  /** How often it comes, beside the others. */
  readonly weight: number;
  strike(faults: Faults): void;
}

const KINDS: readonly FaultKind[] = [
  { name: 'agent ends in order', weight: 2, strike: (faults) => faults.endAgent() },
  { name: 'controller ends in order', weight: 1, strike: (faults) => faults.endController() },
  { name: 'kill agent', weight: 4, strike: (faults) => faults.killAgent() },
  { name: 'stop agent', weight: 3, strike: (faults) => faults.stop(faults.host().process) },
  { name: 'host loses power', weight: 3, strike: (faults) => faults.hostLosesPower() },
  { name: 'host disk full', weight: 2, strike: (faults) => faults.hostDiskFull() },
  { name: 'slow host', weight: 2, strike: (faults) => faults.slowHost() },
  { name: 'failing host', weight: 2, strike: (faults) => faults.failingHost() },
  { name: 'kill controller', weight: 3, strike: (faults) => faults.killController() },
  { name: 'stop controller', weight: 3, strike: (faults) => faults.stop(faults.seat().process) },
  { name: 'kill broker', weight: 2, strike: (faults) => faults.killBroker() },
  { name: 'stop broker', weight: 1, strike: (faults) => faults.stop(faults.broker.process) },
  { name: 'broker loses power', weight: 2, strike: (faults) => faults.brokerLosesPower() },
  { name: 'broker disk full', weight: 1, strike: (faults) => faults.brokerFull() },
  { name: 'stream deleted', weight: 1, strike: (faults) => faults.streamDeleted() },
  { name: 'streams break', weight: 5, strike: (faults) => faults.breakStreams() },
  { name: 'machine cut off', weight: 3, strike: (faults) => faults.cutOff() },
  { name: 'clock jumps', weight: 2, strike: (faults) => faults.clockJumps() },
];

export class Faults {
  /** When everything is mended. */
  readonly endMs: number;
  private readonly kinds: readonly FaultKind[];
  private readonly mends = new Set<() => void>();

  constructor(private readonly lab: Lab) {
    const { world } = lab;
    this.endMs = world.between('faults', BAD_TIME_MS_MIN, BAD_TIME_MS_MAX);
    // A run with few kinds goes deeper into each than one with all of them.
    const share = world.between('faults', 1, 10) / 10;
    this.kinds = KINDS.filter(() => world.chance('faults', share));
  }

  get broker() {
    return this.lab.network.broker;
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
    if (isDeadly) world.outsideAfter(atMs, () => this.dyingHost());
  }

  host(): SimHost {
    return this.pick(this.lab.hosts);
  }

  seat(): SimSeat {
    return this.pick(this.lab.seats);
  }

  killAgent(): void {
    const host = this.host();
    this.lab.kill(host.process);
    this.say(`agent of ${host.machine.name} is killed`);
    this.later(20, () => this.lab.startAgent(host));
  }

  /** With a reboot of its host in every second case. */
  endAgent(): void {
    const host = this.host();
    if (!host.process?.alive) return;
    host.agent?.end();
    const isReboot = this.lab.world.chance('faults', 0.5);
    this.say(`agent of ${host.machine.name} ends in order${isReboot ? ', its host reboots' : ''}`);
    this.later(30, () => {
      // One that cannot end is killed, as by its service manager.
      this.lab.kill(host.process);
      if (isReboot) host.boots += 1;
      this.lab.startAgent(host);
    });
  }

  endController(): void {
    const seat = this.seat();
    if (!seat.process?.alive) return;
    seat.controller?.end();
    this.say(`controller of ${seat.machine.name} ends in order`);
    this.later(30, () => {
      this.lab.kill(seat.process);
      this.lab.startController(seat);
    });
  }

  hostLosesPower(): void {
    const host = this.host();
    this.lab.losePower(host.machine, [host.process]);
    this.say(`${host.machine.name} loses its power`);
    this.later(60, () => {
      host.boots += 1;
      this.lab.startAgent(host);
    });
  }

  hostDiskFull(): void {
    const { machine } = this.host();
    machine.disk.full = true;
    this.say(`disk of ${machine.name} is full`);
    this.later(90, () => {
      machine.disk.full = false;
    });
  }

  slowHost(): void {
    const host = this.host();
    host.slownessMs = this.lab.world.between('faults', 1, 20) * 1_000;
    this.say(`${host.machine.name} is slow: ${host.slownessMs} ms more per trial`);
    this.later(120, () => {
      host.slownessMs = 0;
    });
  }

  failingHost(): void {
    const host = this.host();
    host.labFailuresLeft = this.lab.world.between('faults', 1, 2);
    this.say(`${host.machine.name} fails ${host.labFailuresLeft} times`);
    this.later(120, () => {
      host.labFailuresLeft = 0;
    });
  }

  dyingHost(): void {
    const { hosts, world } = this.lab;
    const host = hosts[world.between('deaths', 0, hosts.length - 1)] as SimHost;
    host.deathsLeft = world.between('deaths', DEATHS_MIN, DEATHS_MAX);
    world.count('fault: host dies in the same trial');
    this.say(`${host.machine.name} is going to die ${host.deathsLeft} times in the trial it runs`);
    this.later(300, () => {
      host.deathsLeft = 0;
    });
  }

  killController(): void {
    const seat = this.seat();
    this.lab.kill(seat.process);
    this.say(`controller of ${seat.machine.name} is killed`);
    this.later(30, () => this.lab.startController(seat));
  }

  stop(process: Process | undefined): void {
    if (process === undefined || !process.alive) return;
    const durationMs = this.lab.world.between('faults', 1, 45_000);
    process.stoppedUntilMs = this.lab.world.nowMs + durationMs;
    this.say(`${process.name} is stopped for ${durationMs} ms`);
  }

  killBroker(): void {
    this.broker.kill();
    this.say('broker is killed');
    this.startBrokerLater();
  }

  brokerLosesPower(): void {
    if (!this.broker.process.alive) return;
    this.broker.losePower();
    this.lab.watch.logShrank(this.lab, this.broker.lastSequence);
    this.say(`broker loses its power; ${this.broker.lastSequence} entries are left`);
    this.startBrokerLater();
  }

  brokerFull(): void {
    this.broker.full = true;
    this.say('disk of the broker is full');
    this.later(90, () => {
      this.broker.full = false;
    });
  }

  /** Deleted, and brought back from its files as they were on the disk. */
  streamDeleted(): void {
    if (!this.broker.exists) return;
    this.broker.hideStream();
    this.lab.watch.logShrank(this.lab, this.broker.lastSequence);
    this.say('the stream is deleted');
    this.later(60, () => {
      this.say(`the stream is restored with ${this.broker.lastSequence} entries`);
      this.broker.restoreStream();
    });
  }

  breakStreams(): void {
    const { hosts, seats } = this.lab;
    const process = this.pick([...hosts, ...seats]).process;
    if (process === undefined) return;
    this.lab.wire.breakStreams(process);
    this.say(`streams of ${process.name} break`);
  }

  cutOff(): void {
    const { hosts, seats, world, wire } = this.lab;
    const { machine } = this.pick([...hosts, ...seats]);
    const durationMs = world.between('faults', 1, 60_000);
    wire.cutOff(machine, durationMs);
    this.say(`${machine.name} is cut off for ${durationMs} ms`);
  }

  clockJumps(): void {
    const { hosts, seats, world } = this.lab;
    const { machine } = this.pick([...hosts, ...seats, this.broker]);
    const hours = world.chance('faults', 0.5) ? 1 : -1;
    machine.clockOffsetMs += hours * HOUR_MS;
    if (hours > 0) machine.forwardJumps += 1;
    this.lab.world.count(`clock jumps by ${hours} h`);
    this.say(`clock of ${machine.name} jumps by ${hours} h`);
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

  private startBrokerLater(): void {
    // Now and then it stays away for long.
    const seconds = this.lab.world.chance('faults', 0.1) ? 600 : 30;
    this.later(seconds, () => {
      if (!this.broker.process.alive) this.broker.start();
    });
  }

  private later(secondsMax: number, mend: () => void): void {
    const once = () => {
      if (this.mends.delete(once)) mend();
    };
    this.mends.add(once);
    this.lab.world.outsideAfter(this.lab.world.between('faults', 1, secondsMax * 1_000), once);
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

  private pick<Thing>(things: readonly Thing[]): Thing {
    return things[this.lab.world.between('faults', 0, things.length - 1)] as Thing;
  }

  private say(what: string): void {
    this.lab.trace.say('FAULT', what);
  }
}
