// SPDX-License-Identifier: Apache-2.0
/**
 * What a gRPC stream can do with nobody else in the way: the agents' own messages, answered by a
 * server in a process of its own that does nothing else.
 */
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { AgentService, writeAgentMessage, writeControllerMessage } from '@labsweep/proto';

const WINDOW = 256;
const ID = 'million-1a2b3c4d/scripted-smp1/r1/v6.1/a1/host-0123456789abcdef';

/** Runs until the process ends; prints the port. */
export function serveEcho(): void {
  const server = new Server();
  server.addService(AgentService.service, {
    Attach: (stream: {
      on(event: 'data' | 'end', listener: () => void): void;
      write(message: unknown): void;
      end(): void;
    }) => {
      stream.on('data', () =>
        stream.write(writeControllerMessage({ kind: 'settled', messageIds: [ID] })),
      );
      stream.on('end', () => stream.end());
    },
  });
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${JSON.stringify({ ready: `127.0.0.1:${port}` })}\n`);
  });
}

/** Messages to the server and back a second, over one stream with a full window. */
export async function rawStreamRate(address: string, messages: number): Promise<number> {
  const client = new AgentService(address, credentials.createInsecure());
  const stream = client.Attach();
  const renew = writeAgentMessage({ kind: 'renew', lease: 'lease' as never, epoch: 1 });
  let answered = 0;
  let sent = 0;
  const startMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const send = () => {
      sent += 1;
      stream.write(renew);
    };
    stream.on('error', reject);
    stream.on('data', () => {
      answered += 1;
      if (answered === messages) resolve();
      else if (sent < messages) send();
    });
    for (let count = 0; count < WINDOW; count += 1) send();
  });
  const rate = (messages / (performance.now() - startMs)) * 1_000;
  stream.cancel();
  client.close();
  return rate;
}
