// SPDX-License-Identifier: Apache-2.0
/** A real nats-server on a free loopback port, for tests; it can die and come back at its port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { waitUntil } from './wait-until.js';

export interface TestNats {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** With its store in the folder. */
export async function startNats(folder: string, options: readonly string[] = []) {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    const place = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder];
    child = spawn('nats-server', [...place, ...options], { stdio: 'ignore' });
    await waitUntil('nats-server', () => natsAnswers(port));
  };
  const nats: TestNats = {
    url: `nats://127.0.0.1:${port}`,
    kill: async () => {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      child = undefined;
    },
    restart: start,
  };
  await start();
  return nats;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Whether a server is there by now. */
export function natsAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
