// SPDX-License-Identifier: Apache-2.0
/**
 * Stands in front of both services: while the controller cannot serve, every call is refused with
 * the reason as `UNAVAILABLE`, so that agents and clients try the next address.
 */
import { Metadata, status } from '@grpc/grpc-js';
import {
  AgentService,
  type AgentServiceHandlers,
  STANDBY_METADATA,
  SweepService,
  type SweepServiceHandlers,
} from '@labsweep/proto';

export interface Handlers {
  readonly agent: AgentServiceHandlers;
  readonly sweep: SweepServiceHandlers;
}

/** What all kinds of calls of gRPC have in common. */
interface Call {
  emit(event: 'error', error: unknown): boolean;
  on(event: string, listener: () => void): unknown;
}
type Handler = (call: Call, reply?: (error: unknown) => void) => void;

export class Gate {
  readonly handlers: Handlers;
  private serving: Handlers | undefined;
  private reason = 'the controller starts';
  /** Streams that are open: they end when the gate shuts. */
  private readonly streams = new Set<Call>();

  constructor() {
    const agent = this.guard(AgentService.service, (handlers) => handlers.agent);
    const sweep = this.guard(SweepService.service, (handlers) => handlers.sweep);
    this.handlers = {
      agent: agent as unknown as AgentServiceHandlers,
      sweep: sweep as unknown as SweepServiceHandlers,
    };
  }

  open(handlers: Handlers): void {
    this.serving = handlers;
  }

  /** Ends all streams with the reason, and refuses what comes. */
  shut(reason: string): void {
    this.serving = undefined;
    this.reason = reason;
    for (const call of this.streams) call.emit('error', unavailable(reason));
    this.streams.clear();
  }

  private guard(service: object, part: (handlers: Handlers) => object): Record<string, Handler> {
    const guarded = (name: string): Handler => {
      return (call, reply) => {
        if (this.serving === undefined) {
          const error = unavailable(this.reason);
          if (reply === undefined) call.emit('error', error);
          else reply(error);
          return;
        }
        if (reply === undefined) this.track(call);
        (part(this.serving) as Record<string, Handler>)[name]?.(call, reply);
      };
    };
    return Object.fromEntries(Object.keys(service).map((name) => [name, guarded(name)]));
  }

  private track(call: Call): void {
    this.streams.add(call);
    const forget = () => this.streams.delete(call);
    for (const event of ['close', 'finish', 'cancelled', 'error']) call.on(event, forget);
  }
}

/** The metadata tells this refusal from a controller that is not there. */
function unavailable(details: string): Error & { code: status; details: string } {
  const metadata = new Metadata();
  metadata.set(STANDBY_METADATA, 'yes');
  return Object.assign(new Error(details), { code: status.UNAVAILABLE, details, metadata });
}
