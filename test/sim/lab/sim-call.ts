// SPDX-License-Identifier: Apache-2.0
/**
 * One call of AgentService as each side of gRPC sees it, over the virtual wire. Messages pass
 * through the real codec, so what cannot be encoded does not arrive here either.
 */
import { EventEmitter } from 'node:events';
import {
  type AgentMessage,
  AgentService,
  type ControllerMessage,
  readControllerMessages,
  writeAgentMessage,
} from '@labsweep/proto';
import type { StreamEnd, StreamEvents } from '../machine/wire.js';

interface Codec {
  requestSerialize(message: unknown): Buffer;
  requestDeserialize(bytes: Buffer): unknown;
  responseSerialize(message: unknown): Buffer;
  responseDeserialize(bytes: Buffer): unknown;
}

const codec = AgentService.service.Attach as unknown as Codec;

export function encodeAgentMessage(message: AgentMessage): Buffer {
  return codec.requestSerialize(writeAgentMessage(message));
}

export function decodeControllerMessages(bytes: unknown): ControllerMessage[] {
  return readControllerMessages(codec.responseDeserialize(bytes as Buffer));
}

/** What the server's handler is given. */
export class SimCall extends EventEmitter {
  destroyed = false;

  constructor(
    private readonly end_: StreamEnd,
    private readonly onWrite: (message: ControllerMessage) => void,
  ) {
    super();
    // A handler fails a call by an error, which ends the stream.
    this.on('error', () => this.end());
  }

  write(message: unknown): void {
    if (this.destroyed) return;
    const bytes = codec.responseSerialize(message);
    for (const message of decodeControllerMessages(bytes)) this.onWrite(message);
    this.end_.send(bytes);
  }

  end(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.end_.close();
  }

  /** What comes from the other side. */
  events(): StreamEvents {
    return {
      message: (bytes) => {
        if (!this.destroyed) this.emit('data', codec.requestDeserialize(bytes as Buffer));
      },
      ended: () => {
        this.destroyed = true;
        this.emit('cancelled');
        this.emit('close');
      },
    };
  }
}
