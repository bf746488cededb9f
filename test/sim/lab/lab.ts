// SPDX-License-Identifier: Apache-2.0
/**
 * The whole lab in one process: a broker, two seats for controllers, some hosts with an agent each,
 * and the network between them. It knows how things start, end and come back; when they do is the
 * matter of the faults.
 */
import { BrokerModel } from '../machine/broker-model.js';
import { VirtualDisk } from '../machine/virtual-disk.js';
import { wallClockMs } from '../machine/virtual-system.js';
import { Wire } from '../machine/wire.js';
import type { Machine, Process, World } from '../machine/world.js';
import type { Trace } from '../trace.js';
import { SimAgent } from './sim-agent.js';
import type { BrokerNetwork } from './sim-broker.js';
import { SimController } from './sim-controller.js';
import { userProcess } from './user-call.js';
import type { LabWatch } from './watch.js';

/** A host: a machine, and the agent that runs on it, if one does. */
export interface SimHost {
  readonly machine: Machine;
  starts: number;
  boots: number;
  /** So much longer each trial takes. */
  slownessMs: number;
  /** So many trials are going to fail for no reason of their own. */
  labFailuresLeft: number;
  /** In so many trials it is going to die. */
  deathsLeft: number;
  deaths: number;
  process: Process | undefined;
  agent: SimAgent | undefined;
}

/** A place where a controller runs, one after the other. */
export interface SimSeat {
  readonly machine: Machine;
  readonly address: string;
  starts: number;
  process: Process | undefined;
  controller: SimController | undefined;
}

export interface LabOptions {
  readonly world: World;
  readonly trace: Trace;
  readonly watch: LabWatch;
  /** Their names. */
  readonly hosts: readonly string[];
  readonly seatCount: number;
  readonly duplicateWindowMs: number;
  /** The controllers stand on the broker's machine, and can sync its store. */
  readonly storeIsNear: boolean;
}

export class Lab {
  readonly world: World;
  readonly trace: Trace;
  readonly watch: LabWatch;
  readonly wire: Wire;
  readonly network: BrokerNetwork;
  readonly storeIsNear: boolean;
  readonly hosts: readonly SimHost[];
  readonly seats: readonly SimSeat[];
  readonly userProcess: Process = userProcess(machineNamed('user'));
  /** What no code may do, whatever happens to it. */
  readonly defects: unknown[] = [];

  constructor(options: LabOptions) {
    const { world } = options;
    this.world = world;
    this.trace = options.trace;
    this.watch = options.watch;
    this.storeIsNear = options.storeIsNear;
    this.wire = new Wire(world);
    const brokerMachine = machineNamed('broker');
    const clock = () => wallClockMs(world, brokerMachine);
    const broker = new BrokerModel(world, brokerMachine, clock, options.duplicateWindowMs);
    this.network = { world, wire: this.wire, broker, faulty: false };
    broker.create();
    this.seats = Array.from({ length: options.seatCount }, (_, index) => ({
      machine: machineNamed(`seat-${index + 1}`),
      address: `seat-${index + 1}:7100`,
      starts: 0,
      process: undefined,
      controller: undefined,
    }));
    this.hosts = options.hosts.map((name) => ({
      machine: machineNamed(name),
      starts: 0,
      boots: 0,
      slownessMs: 0,
      labFailuresLeft: 0,
      deathsLeft: 0,
      deaths: 0,
      process: undefined,
      agent: undefined,
    }));
  }

  get addresses(): readonly string[] {
    return this.seats.map(({ address }) => address);
  }

  startAll(): void {
    for (const seat of this.seats) this.startController(seat);
    for (const host of this.hosts) this.startAgent(host);
  }

  startAgent(host: SimHost): void {
    if (host.process?.alive) return;
    this.trace.say(host.machine.name, 'its agent starts');
    host.agent = new SimAgent(this, host);
  }

  startController(seat: SimSeat): void {
    if (seat.process?.alive) return;
    seat.starts += 1;
    const { machine } = seat;
    const name = `controller ${machine.name}`;
    const process: Process = { name, machine, alive: true, stoppedUntilMs: 0 };
    seat.process = process;
    this.trace.say(machine.name, 'its controller starts');
    const controller = this.world.as(process, () => new SimController(this, seat, process));
    seat.controller = controller;
    const run = () => {
      controller.run().then(
        () => this.kill(process),
        (error: unknown) => this.defect(error),
      );
    };
    this.world.after(0, run, process);
  }

  /** `kill -9`: its sockets close, its machine goes on. */
  kill(process: Process | undefined): void {
    if (process === undefined || !process.alive) return;
    process.alive = false;
    this.wire.processEnded(process, false);
  }

  /** The power of a machine goes: nothing says a word, and what was not synced is lost. */
  losePower(machine: Machine, processes: readonly (Process | undefined)[]): void {
    for (const process of processes) {
      if (process === undefined || !process.alive) continue;
      process.alive = false;
      this.wire.processEnded(process, true);
    }
    machine.disk.crash(() => this.world.chance('disk', 0.5));
  }

  defect(error: unknown): void {
    this.defects.push(error);
  }
}

function machineNamed(name: string): Machine {
  return { name, clockOffsetMs: 0, forwardJumps: 0, disk: new VirtualDisk() };
}
