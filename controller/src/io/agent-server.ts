// SPDX-License-Identifier: Apache-2.0
/**
 * AgentService over gRPC: one stream per agent, messages translated and handed to the sweep loop.
 */
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import {
  type AgentMessage,
  type AgentServiceHandlers,
  type ControllerMessage,
  type HostId,
  messageOf,
  readAgentMessage,
  writeControllerMessages,
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
  let unsent: ControllerMessage[] = [];
  const flush = () => {
    const messages = unsent;
    unsent = [];
    if (messages.length === 0 || stream.destroyed) return;
    stream.write(writeControllerMessages(messages) as Outgoing);
  };
  const connection: AgentConnection = {
    // News of outcomes goes out with what is said right behind. The rest is said in the order of
    // the loop's decisions, to whomever: a lease that takes another one's place comes after it.
    send: (message) => {
      unsent.push(message);
      if (message.kind !== 'folded' && message.kind !== 'settled') flush();
      else if (unsent.length === 1) queueMicrotask(flush);
    },
    close: (reason) => {
      flush();
      if (reason === undefined) stream.end();
      else stream.emit('error', unavailable(reason));
    },
  };
  /** A defect of ours is not the agent's: it dials again, and says again what matters. */
  const guarded = (where: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      note(defectText(where, error));
      connection.close();
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
      connection.close();
      return;
    }
    guarded(`a message '${message.kind}' of ${host ?? 'a new stream'}`, () => take(message));
  });
  stream.on('end', () => {
    gone();
    connection.close();
  });
  stream.on('cancelled', gone);
  stream.on('error', gone);
  stream.on('close', gone);
}

/** An agent that is told so tries the next address, and this one again. */
function unavailable(details: string): Error {
  return Object.assign(new Error(details), { code: status.UNAVAILABLE, details });
}
