// SPDX-License-Identifier: Apache-2.0
/**
 * AgentService over gRPC: one stream per agent, messages translated and handed to the sweep loop.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import {
  type AgentMessage,
  type AgentServiceHandlers,
  type HostId,
  messageOf,
  readAgentMessage,
  writeControllerMessage,
} from '@labsweep/proto';
import type { AgentConnection } from '../ports.js';
import type { SweepLoop } from '../sweep-loop.js';
import { defectText } from './defect-text.js';

type Stream = Parameters<AgentServiceHandlers['Attach']>[0];
type Outgoing = Stream extends ServerDuplexStream<infer _In, infer Out> ? Out : never;

/** `note` gets one line for each message that could not be understood, and each defect of ours. */
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
  /** A defect of ours is not the agent's: it dials again, and says again what matters. */
  const guarded = (where: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      note(defectText(where, error));
      stream.end();
    }
  };
  const gone = () => {
    const left = host;
    host = undefined;
    if (left === undefined) return;
    guarded(`the end of a stream of ${left}`, () => loop.detached(left, connection));
  };
  const take = (message: AgentMessage) => {
    if (host !== undefined) loop.message(host, connection, message);
    else if (message.kind === 'hello') {
      host = message.hello.host.id;
      loop.hello(message.hello, connection);
    }
  };
  stream.on('data', (wire: unknown) => {
    let message: AgentMessage;
    try {
      message = readAgentMessage(wire);
      if (host === undefined && message.kind !== 'hello') {
        throw new Error(`the first message of a stream is hello, got ${message.kind}`);
      }
    } catch (error) {
      note(messageOf(error));
      connection.send({ kind: 'refused', reason: messageOf(error) });
      stream.end();
      return;
    }
    guarded(`a message '${message.kind}' of ${host ?? 'a new stream'}`, () => take(message));
  });
  stream.on('end', () => {
    gone();
    stream.end();
  });
  stream.on('cancelled', gone);
  stream.on('error', gone);
  stream.on('close', gone);
}
