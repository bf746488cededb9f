// SPDX-License-Identifier: Apache-2.0
/** What the checkers get to see of the lab as it happens; it changes nothing. */
import type { ControllerMessage, HostId, LogEntry } from '@labsweep/proto';
import type { Lab, SimHost } from './lab.js';
import type { SimController } from './sim-controller.js';

/** As it came over the wire; the kinds that are looked at. */
export interface WireMessage {
  readonly hello?: { readonly hostId?: string } | null;
  readonly blockEnded?: { readonly end?: string } | null;
}

export interface LabWatch {
  /** A controller hands a message to the stream of a host. */
  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void;
  /** A controller wants an entry in the log. */
  controllerAppends(controller: SimController, entry: LogEntry): void;
  /** A message of an agent has reached a controller that has welcomed it on that stream. */
  controllerHeard(controller: SimController, host: HostId, message: WireMessage): void;
  /** A message of a controller has reached the agent of a host, which heeds it. */
  agentHeard(host: SimHost, message: ControllerMessage): void;
  /** A controller has folded an entry. */
  folded(controller: SimController, sequence: number, entry: LogEntry): void;
  /** The broker has lost what came after this sequence. */
  logShrank(lab: Lab, lastSequence: number): void;
}
