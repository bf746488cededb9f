// SPDX-License-Identifier: Apache-2.0
/**
 * AgentService over gRPC: one stream per agent, messages translated and handed to the sweep loop.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import {
  type AgentServiceHandlers,
  type HostId,
  messageOf,
  readAgentMessage,
  writeControllerMessage,
} from '@labsweep/proto';
import type { AgentConnection } from '../ports.js';
import type { SweepLoop } from '../sweep-loop.js';

type Stream = Parameters<AgentServiceHandlers['Attach']>[0];
type Outgoing = Stream extends ServerDuplexStream<infer _In, infer Out> ? Out : never;

/** `note` gets one line for each message that could not be understood. */
export function agentHandlers(
  loop: SweepLoop,
  note: (message: string) => void,
): AgentServiceHandlers {
  return { Attach: (stream) => attach(stream, loop, note) };
}

function attach(stream: Stream, loop: SweepLoop, note: (message: string) => void): void {
  let host: HostId | undefined;
  const connection: AgentConnection = {
    send: (message) => {
      if (!stream.destroyed) stream.write(writeControllerMessage(message) as Outgoing);
    },
    close: () => stream.end(),
  };
  const gone = () => {
    if (host !== undefined) loop.detached(host, connection);
    host = undefined;
  };
  stream.on('data', (wire: unknown) => {
    try {
      const message = readAgentMessage(wire);
      if (message.kind === 'hello' && host === undefined) {
        host = message.hello.host.id;
        loop.hello(message.hello, connection);
      } else if (host !== undefined) {
        loop.message(host, connection, message);
      } else {
        throw new Error(`the first message of a stream is hello, got ${message.kind}`);
      }
    } catch (error) {
      note(messageOf(error));
      connection.send({ kind: 'refused', reason: messageOf(error) });
      stream.end();
    }
  });
  stream.on('end', () => {
    gone();
    stream.end();
  });
  stream.on('cancelled', gone);
  stream.on('error', gone);
  stream.on('close', gone);
}
