// SPDX-License-Identifier: Apache-2.0
/** How each kind of fault is done to a lab, and undone. */
import type { Fault, FaultKind } from './fault-plan.js';
import type { KeptProcess } from './kept-process.js';
import type { Network } from './network.js';
import type { SmallDisks } from './small-disks.js';

/** What faults can be done to. */
export interface Victims {
  /** The process of that name; undefined while there is none. */
  process(name: string): KeptProcess | undefined;
  readonly network: Network;
  readonly disks: SmallDisks;
}

/** Percent of the packets, in each direction. */
const LOSS_PERCENT = 30;
const ALL_PERCENT = 100;

/** False when there was nothing to hurt: the part was not running just then. */
export async function begin(fault: Fault, victims: Victims): Promise<boolean> {
  const { target, kind } = fault;
  const { network, disks } = victims;
  const act: Readonly<Record<FaultKind, () => boolean | Promise<boolean>>> = {
    'kill-agent': () => kill(victims, target),
    'kill-controller': () => kill(victims, target),
    'kill-broker': () => kill(victims, target),
    'kill-command': () => kill(victims, target),
    'stop-agent': () => pause(victims, target),
    'stop-controller': () => pause(victims, target),
    'stop-broker': () => pause(victims, target),
    partition: () => done(() => network.cut(target)),
    'one-way': () => done(() => network.dropSent(target, ALL_PERCENT)),
    loss: () =>
      done(() => {
        network.dropSent(target, LOSS_PERCENT);
        network.dropReceived(target, LOSS_PERCENT);
      }),
    'agent-disk-full': () => done(() => disks.fill(target)),
    'broker-disk-full': () => done(() => disks.fill(target)),
  };
  return act[kind]();
}

export async function end(fault: Fault, victims: Victims): Promise<void> {
  const { target, kind } = fault;
  const { network, disks } = victims;
  const part = victims.process(target);
  const act: Readonly<Record<FaultKind, () => void | Promise<void>>> = {
    'kill-agent': () => part?.start(),
    'kill-controller': () => part?.start(),
    'kill-broker': () => part?.start(),
    'kill-command': () => part?.start(),
    'stop-agent': () => part?.resume(),
    'stop-controller': () => part?.resume(),
    'stop-broker': () => part?.resume(),
    partition: () => network.join(target),
    'one-way': () => network.dropSent(target, 0),
    loss: () => {
      network.dropSent(target, 0);
      network.dropReceived(target, 0);
    },
    'agent-disk-full': () => disks.free(target),
    'broker-disk-full': async () => {
      disks.free(target);
      // This server switches JetStream off when its disk is full, until it is started again.
      await part?.kill();
      part?.start();
    },
  };
  await act[kind]();
}

async function kill(victims: Victims, name: string): Promise<boolean> {
  const part = victims.process(name);
  const wasRunning = part?.isRunning ?? false;
  await part?.kill();
  return wasRunning;
}

function pause(victims: Victims, name: string): boolean {
  const part = victims.process(name);
  part?.pause();
  return part?.isRunning ?? false;
}

function done(work: () => void): boolean {
  work();
  return true;
}
