// SPDX-License-Identifier: Apache-2.0
/**
 * A program: forwards TCP connections, LISTEN=TO as host:port=host:port for each argument. The
 * parts of labsweep talk to loopback only, so that between two "hosts" of a chaos run, as between
 * two real ones, something must carry their connections.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const KEEPALIVE_DELAY_MS = 5_000;

function splitAddress(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** Both ends go when one does; what is under way is passed on as it comes. */
function join(near: Socket, far: Socket): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.setNoDelay(true);
    from.setKeepAlive(true, KEEPALIVE_DELAY_MS);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}

let missing = process.argv.length - 2;
for (const argument of process.argv.slice(2)) {
  const [listen = '', to = ''] = argument.split('=');
  const server = createServer((near) => join(near, connect(splitAddress(to))));
  server.listen(splitAddress(listen), () => {
    missing -= 1;
    if (missing === 0) {
      process.stdout.write(`ready ${(server.address() as AddressInfo).address}\n`);
    }
  });
}
