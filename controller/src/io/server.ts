// SPDX-License-Identifier: Apache-2.0
/** The gRPC server: binds both services to a loopback address. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  type Address,
  AgentService,
  type AgentServiceHandlers,
  formatAddress,
  LabsweepError,
  messageOf,
  SweepService,
  type SweepServiceHandlers,
} from '@labsweep/proto';

export interface ListeningServer {
  /** With the port that was really bound. */
  readonly address: Address;
  close(): void;
}

/** A peer that vanished without a word is noticed within about this time. */
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

/** Throws LabsweepError when the address is in use or cannot be bound. */
export async function listen(
  address: Address,
  handlers: { readonly agent: AgentServiceHandlers; readonly sweep: SweepServiceHandlers },
): Promise<ListeningServer> {
  const server = new Server({
    'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  });
  server.addService(AgentService.service, handlers.agent);
  server.addService(SweepService.service, handlers.sweep);
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync(formatAddress(address), credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else {
        const where = formatAddress(address);
        const message = `cannot listen on ${where}: ${messageOf(error)}; is another controller there?`;
        reject(new LabsweepError(message, { cause: error }));
      }
    });
  });
  return { address: { ...address, port }, close: () => server.forceShutdown() };
}
