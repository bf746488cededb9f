// SPDX-License-Identifier: Apache-2.0
/** A private nats-server on a free loopback port with a store of its own. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LabsweepError } from '@labsweep/proto';
import { type Child, startChild } from './child-process.js';

const CONFIG = fileURLToPath(new URL('../../../deploy/nats-server.conf', import.meta.url));
const READY_LIMIT_MS = 20_000;
const POLL_INTERVAL_MS = 10;

/** Throws LabsweepError when the server is missing, or does not come up. */
export async function startNats(options: {
  readonly storeDirectory: string;
  readonly portsDirectory: string;
  readonly logPath: string;
}): Promise<{ readonly child: Child; readonly url: string }> {
  const { storeDirectory, portsDirectory, logPath } = options;
  // What a killed server left here would name a port that is not ours.
  await rm(portsDirectory, { recursive: true, force: true });
  await mkdir(portsDirectory, { recursive: true });
  const server = ['nats-server', '-c', CONFIG, '-a', '127.0.0.1', '-p', '-1'];
  const files = ['--ports_file_dir', portsDirectory, '-js', '-sd', storeDirectory];
  const child = await startChild({
    name: 'nats-server',
    // The kernel ends the server with us, because it does not watch its standard input.
    program: 'setpriv',
    args: ['--pdeathsig', 'TERM', ...server, ...files],
    logPath,
  });
  const url = await readUrl(join(portsDirectory, `nats-server_${child.pid}.ports`), child);
  return { child, url };
}

async function readUrl(path: string, child: Child): Promise<string> {
  let end: string | undefined;
  void child.exited.then((how) => {
    end = how;
  });
  const deadlineMs = Date.now() + READY_LIMIT_MS;
  while (end === undefined && Date.now() < deadlineMs) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const url = /"(nats:\/\/[^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return url;
    await delay(POLL_INTERVAL_MS);
  }
  child.kill();
  const how = end ?? `not ready after ${READY_LIMIT_MS / 1000} s`;
  throw new LabsweepError(`nats-server did not start: ${how}; its log: ${child.logPath}`);
}
