// SPDX-License-Identifier: Apache-2.0
/**
 * A lock that one process of this machine can hold by name. It is an abstract socket, which the
 * kernel drops with its process, so a killed holder leaves nothing to clean up.
 */
import { connect, createServer, type Server } from 'node:net';
import { LabsweepError } from './errors.js';

export interface ProcessLock {
  release(): void;
}

/** Somebody else holds the lock; `holder` is what it says of itself. */
export class LockedError extends LabsweepError {
  override readonly name = 'LockedError';

  constructor(readonly holder: string) {
    super(`locked by ${holder}`);
  }
}

/** How long the holder may take to say who it is. */
const HOLDER_ANSWER_MS = 1_000;

/** Takes the lock `name`; `purpose` is what we would say of ourselves. Throws LockedError. */
export async function lockProcess(name: string, purpose: string): Promise<ProcessLock> {
  const path = `\0labsweep-${name}`;
  const server = createServer((socket) => socket.end(`pid ${process.pid}, ${purpose}`));
  try {
    await listenOn(server, path);
  } catch {
    throw new LockedError(await askHolder(path));
  }
  server.unref();
  return { release: () => server.close() };
}

function listenOn(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

function askHolder(path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    socket.setTimeout(HOLDER_ANSWER_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text === '' ? 'a process that does not say which' : text));
  });
}
