// SPDX-License-Identifier: Apache-2.0
/**
 * One life of a guest's machine: QEMU starts stopped, is looked over and placed through QMP, runs,
 * and is listened to until it is gone. What the guest did is in the files that QEMU wrote.
 */
import { messageOf } from '@labsweep/proto';
import type { Facts } from '../io/host-tree.js';
import { openQmpDoor, type QmpClient, type QmpDoor, type QmpEvent } from '../io/qmp-client.js';
import type { Trouble } from '../trial-evidence.js';
import { DEBUG_EXIT_CODE } from './exit-port.js';
import { launchQemu, type QemuEnd } from './launch-qemu.js';
import { prepareGuest } from './prepare-guest.js';
import type { Placement } from './vcpu-placement.js';

/** The name of the socket in QEMU's working directory, since a socket's name must be short. */
const QMP_SOCKET = 'qmp';

/** QEMU connects to the socket as it starts, and its guest waits for `cont`. */
const QMP_ARGUMENTS = [
  '-S',
  ...['-chardev', `socket,id=qmp,path=${QMP_SOCKET}`],
  ...['-mon', 'chardev=qmp,mode=control'],
];

/** A QEMU that refuses to run closes its connection a moment before it ends and says why. */
const END_GRACE_MS = 1_000;

export interface MachineRequest {
  readonly qemuBinary: string;
  readonly arguments: readonly string[];
  /** Holds the socket of QMP; QEMU finds it by a relative name. */
  readonly workingDirectory: string;
  readonly placement: Placement;
  readonly pinPath: string;
  readonly qmpLimits: { readonly greetingMs: number; readonly answerMs: number };
  readonly stop: AbortSignal;
  readonly signal: AbortSignal;
}

export interface MachineEnd extends QemuEnd {
  /** Of the machine as QEMU built it, of its placement, and `shutdown_reason`. */
  readonly facts: Facts;
  /** By QEMU's word, such as `guest-reset`; `debug-exit`, `stopped-by-agent` or `none` without. */
  readonly shutdownReason: string;
  /** Why the guest was never let run. */
  readonly trouble?: Trouble;
}

/** Rejects with the reason of `signal` only; then no QEMU is left, as after every other end. */
export async function runMachine(request: MachineRequest): Promise<MachineEnd> {
  const { workingDirectory: directory, qmpLimits: limits } = request;
  const door = await openQmpDoor({ directory, name: QMP_SOCKET, limits });
  const giveUp = new AbortController();
  let giveUpTimer: NodeJS.Timeout | undefined;
  try {
    const preparation = prepare(request, door, () => {
      giveUpTimer = setTimeout(() => giveUp.abort(), END_GRACE_MS);
    });
    const stop = AbortSignal.any([request.stop, giveUp.signal]);
    const end = await launchQemu({
      ...request,
      arguments: [...request.arguments, ...QMP_ARGUMENTS],
      stop,
    });
    return await describeEnd({ end, preparation, door, wasStopped: request.stop.aborted });
  } finally {
    clearTimeout(giveUpTimer);
    await door.close();
  }
}

interface Preparation {
  readonly client?: QmpClient;
  readonly facts: Facts;
  readonly trouble?: Trouble;
}

/** Never rejects: what went wrong is a trouble of the trial, and nothing can run any more then. */
async function prepare(
  request: MachineRequest,
  door: QmpDoor,
  giveUp: () => void,
): Promise<Preparation> {
  const preparation = await tryToPrepare(request, door);
  if (preparation.trouble !== undefined) giveUp();
  return preparation;
}

async function tryToPrepare(request: MachineRequest, door: QmpDoor): Promise<Preparation> {
  let client: QmpClient | undefined;
  try {
    client = await door.client();
    return { client, ...(await prepareGuest({ ...request, client })) };
  } catch (error) {
    const message = `QEMU did not come up: ${messageOf(error)}`;
    const trouble = { class: 'spawn-failed', message } as const;
    return { ...(client !== undefined && { client }), facts: {}, trouble };
  }
}

/** QEMU is gone by now, so its last events are in the socket, and the door may close behind it. */
async function describeEnd(seen: {
  readonly end: QemuEnd;
  readonly preparation: Promise<Preparation>;
  readonly door: QmpDoor;
  readonly wasStopped: boolean;
}): Promise<MachineEnd> {
  const { end, door, wasStopped } = seen;
  await door.drained();
  await door.close();
  const { client, facts, trouble } = await seen.preparation;
  const shutdownReason = shutdownReasonOf({ ...end, wasStopped }, client?.events() ?? []);
  return {
    ...end,
    wasStopped,
    shutdownReason,
    facts: {
      ...facts,
      shutdown_reason: shutdownReason,
      cpu_features_dropped: end.droppedFeatures,
    },
    // A QEMU that refused to run says why itself; that nobody answered is only its consequence.
    ...(trouble !== undefined && end.problem === undefined && { trouble }),
  };
}

/**
 * How the machine ended, by QMP's word; the debug exit port ends QEMU too soon for any word, and
 * has an exit status that nothing else gives.
 */
function shutdownReasonOf(end: QemuEnd, events: readonly QmpEvent[]): string {
  if (end.wasStopped) return 'stopped-by-agent';
  const shutdown = events.findLast(({ name }) => name === 'SHUTDOWN');
  if (typeof shutdown?.data.reason === 'string') return shutdown.data.reason;
  return end.exitCode === DEBUG_EXIT_CODE ? 'debug-exit' : 'none';
}
