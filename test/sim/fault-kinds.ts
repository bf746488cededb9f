// SPDX-License-Identifier: Apache-2.0
/**
 * What can go wrong in a run: what each kind of fault does to whom, and how it is mended. When it
 * strikes is drawn in `faults.ts`.
 */
import type { Lab, SimHost, SimSeat } from './lab/lab.js';
import type { Process } from './machine/world.js';

const HOUR_MS = 3_600_000;
/** A host is quarantined after five in a row. */
const DEATHS_MIN = 3;
const DEATHS_MAX = 8;

/** What a fault strikes with. All is drawn from the seed. */
export interface FaultHand {
  readonly lab: Lab;
  host(): SimHost;
  seat(): SimSeat;
  pick<Thing>(things: readonly Thing[]): Thing;
  /** For the story. */
  say(what: string): void;
  /** Mends it within so many seconds, and when everything is mended at the latest. */
  later(secondsMax: number, mend: () => void): void;
}

export interface FaultKind {
  readonly name: string;
  /** How often it comes, beside the others. */
  readonly weight: number;
  strike(faults: FaultHand): void;
}

export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'agent ends in order', weight: 2, strike: endAgent },
  { name: 'controller ends in order', weight: 1, strike: endController },
  { name: 'kill agent', weight: 4, strike: killAgent },
  { name: 'stop agent', weight: 3, strike: (faults) => stop(faults, faults.host().process) },
  { name: 'host loses power', weight: 3, strike: hostLosesPower },
  { name: 'host disk full', weight: 2, strike: hostDiskFull },
  { name: 'slow host', weight: 2, strike: slowHost },
  { name: 'failing host', weight: 2, strike: failingHost },
  { name: 'kill controller', weight: 3, strike: killController },
  { name: 'stop controller', weight: 3, strike: (faults) => stop(faults, faults.seat().process) },
  { name: 'kill broker', weight: 2, strike: killBroker },
  { name: 'stop broker', weight: 1, strike: (faults) => stop(faults, brokerOf(faults).process) },
  { name: 'broker loses power', weight: 2, strike: brokerLosesPower },
  { name: 'broker disk full', weight: 1, strike: brokerFull },
  { name: 'stream deleted', weight: 1, strike: streamDeleted },
  { name: 'streams break', weight: 5, strike: breakStreams },
  { name: 'machine cut off', weight: 3, strike: cutOff },
  { name: 'clock jumps', weight: 2, strike: clockJumps },
];

const brokerOf = ({ lab }: FaultHand) => lab.network.broker;

function killAgent(faults: FaultHand): void {
  const host = faults.host();
  faults.lab.kill(host.process);
  faults.say(`agent of ${host.machine.name} is killed`);
  faults.later(20, () => faults.lab.startAgent(host));
}

/** With a reboot of its host in every second case. */
function endAgent(faults: FaultHand): void {
  const host = faults.host();
  if (!host.process?.alive) return;
  host.agent?.end();
  const isReboot = faults.lab.world.chance('faults', 0.5);
  faults.say(`agent of ${host.machine.name} ends in order${isReboot ? ', its host reboots' : ''}`);
  faults.later(30, () => {
    // One that cannot end is killed, as by its service manager.
    faults.lab.kill(host.process);
    if (isReboot) host.boots += 1;
    faults.lab.startAgent(host);
  });
}

function hostLosesPower(faults: FaultHand): void {
  const host = faults.host();
  faults.lab.losePower(host.machine, [host.process]);
  faults.say(`${host.machine.name} loses its power`);
  faults.later(60, () => {
    host.boots += 1;
    faults.lab.startAgent(host);
  });
}

function hostDiskFull(faults: FaultHand): void {
  const { machine } = faults.host();
  machine.disk.full = true;
  faults.say(`disk of ${machine.name} is full`);
  faults.later(90, () => {
    machine.disk.full = false;
  });
}

function slowHost(faults: FaultHand): void {
  const host = faults.host();
  host.slownessMs = faults.lab.world.between('faults', 1, 20) * 1_000;
  faults.say(`${host.machine.name} is slow: ${host.slownessMs} ms more per trial`);
  faults.later(120, () => {
    host.slownessMs = 0;
  });
}

function failingHost(faults: FaultHand): void {
  const host = faults.host();
  host.labFailuresLeft = faults.lab.world.between('faults', 1, 2);
  faults.say(`${host.machine.name} fails ${host.labFailuresLeft} times`);
  faults.later(120, () => {
    host.labFailuresLeft = 0;
  });
}

export function dyingHost(faults: FaultHand): void {
  const { hosts, world } = faults.lab;
  const host = hosts[world.between('deaths', 0, hosts.length - 1)] as SimHost;
  host.deathsLeft = world.between('deaths', DEATHS_MIN, DEATHS_MAX);
  world.count('fault: host dies in the same trial');
  faults.say(`${host.machine.name} is going to die ${host.deathsLeft} times in the trial it runs`);
  faults.later(300, () => {
    host.deathsLeft = 0;
  });
}

function endController(faults: FaultHand): void {
  const seat = faults.seat();
  if (!seat.process?.alive) return;
  seat.controller?.end();
  faults.say(`controller of ${seat.machine.name} ends in order`);
  faults.later(30, () => {
    faults.lab.kill(seat.process);
    faults.lab.startController(seat);
  });
}

function killController(faults: FaultHand): void {
  const seat = faults.seat();
  faults.lab.kill(seat.process);
  faults.say(`controller of ${seat.machine.name} is killed`);
  faults.later(30, () => faults.lab.startController(seat));
}

function stop(faults: FaultHand, process: Process | undefined): void {
  if (process === undefined || !process.alive) return;
  const durationMs = faults.lab.world.between('faults', 1, 45_000);
  process.stoppedUntilMs = faults.lab.world.nowMs + durationMs;
  faults.say(`${process.name} is stopped for ${durationMs} ms`);
}

function killBroker(faults: FaultHand): void {
  const broker = brokerOf(faults);
  broker.kill();
  faults.say('broker is killed');
  startBrokerLater(faults);
}

function brokerLosesPower(faults: FaultHand): void {
  const broker = brokerOf(faults);
  if (!broker.process.alive) return;
  broker.losePower();
  faults.lab.watch.logShrank(faults.lab, broker.lastSequence);
  faults.say(`broker loses its power; ${broker.lastSequence} entries are left`);
  startBrokerLater(faults);
}

function brokerFull(faults: FaultHand): void {
  const broker = brokerOf(faults);
  broker.full = true;
  faults.say('disk of the broker is full');
  faults.later(90, () => {
    broker.full = false;
  });
}

/** Deleted, and brought back from its files as they were on the disk. */
function streamDeleted(faults: FaultHand): void {
  const broker = brokerOf(faults);
  if (!broker.exists) return;
  broker.hideStream();
  faults.lab.watch.logShrank(faults.lab, broker.lastSequence);
  faults.say('the stream is deleted');
  faults.later(60, () => {
    faults.say(`the stream is restored with ${broker.lastSequence} entries`);
    broker.restoreStream();
  });
}

function startBrokerLater(faults: FaultHand): void {
  const broker = brokerOf(faults);
  // Now and then it stays away for long.
  const seconds = faults.lab.world.chance('faults', 0.1) ? 600 : 30;
  faults.later(seconds, () => {
    if (!broker.process.alive) broker.start();
  });
}

function breakStreams(faults: FaultHand): void {
  const { hosts, seats } = faults.lab;
  const process = faults.pick([...hosts, ...seats]).process;
  if (process === undefined) return;
  faults.lab.wire.breakStreams(process);
  faults.say(`streams of ${process.name} break`);
}

function cutOff(faults: FaultHand): void {
  const { hosts, seats, world, wire } = faults.lab;
  const { machine } = faults.pick([...hosts, ...seats]);
  const durationMs = world.between('faults', 1, 60_000);
  wire.cutOff(machine, durationMs);
  faults.say(`${machine.name} is cut off for ${durationMs} ms`);
}

function clockJumps(faults: FaultHand): void {
  const { hosts, seats, world } = faults.lab;
  const { machine } = faults.pick([...hosts, ...seats, brokerOf(faults)]);
  const hours = world.chance('faults', 0.5) ? 1 : -1;
  machine.clockOffsetMs += hours * HOUR_MS;
  if (hours > 0) machine.forwardJumps += 1;
  faults.lab.world.count(`clock jumps by ${hours} h`);
  faults.say(`clock of ${machine.name} jumps by ${hours} h`);
}
