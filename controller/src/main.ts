#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * The controller process: reads its options, wires the parts, stops on a signal. It holds no logic.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  formatAddress,
  messageOf,
  parseLoopbackAddress,
  runProgram,
  UsageError,
} from '@labsweep/proto';
import { runController } from './run-controller.js';
import { SYNC_DELAY_MS } from './sync-horizon.js';

const USAGE = `labsweep-controller --nats URL [options]

  --nats URL          the nats-server, for example nats://127.0.0.1:4222
  --listen HOST:PORT  loopback address for users and agents (default: 127.0.0.1:7700)
  --store DIR         store folder of that nats-server, where it is on this machine: entries are
                      settled as soon as this program has synced them to the disk
  --synced-after S    without --store: seconds after which nats-server has synced an entry
                      (default: 130; 0 for nats-server 2.10 with sync_interval: always)
  --cache DIR         kernels and compiled workloads (default: ~/.cache/labsweep)
  --stop-with-parent  end when standard input ends

Several controllers may share one nats-server: one reigns, the others stand by and take over.
Prints one line of JSON with the address once it serves, or stands by.
`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        nats: { type: 'string' },
        listen: { type: 'string', default: '127.0.0.1:7700' },
        store: { type: 'string' },
        'synced-after': { type: 'string', default: `${SYNC_DELAY_MS / 1000}` },
        cache: { type: 'string', default: join(homedir(), '.cache/labsweep') },
        'stop-with-parent': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`labsweep-controller: ${messageOf(error)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

/** The port part of a nats:// URL has the same rule as any address: loopback only. */
function checkNatsUrl(url: string | undefined): string {
  const match = /^nats:\/\/(.+)$/.exec(url ?? '');
  if (url === undefined || match?.[1] === undefined) {
    throw new UsageError(`--nats: expected nats://host:port, got '${url ?? ''}'\n\n${USAGE}`);
  }
  parseLoopbackAddress(match[1], '--nats');
  return url;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text !== '' && seconds >= 0) return seconds * 1000;
  throw new UsageError(`--synced-after: expected a number of seconds, got '${text}'\n\n${USAGE}`);
}

const values = readOptions();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

await runProgram({
  name: 'labsweep-controller',
  stopWithParent: values['stop-with-parent'],
  main: async (signal, note) =>
    runController({
      listen: parseLoopbackAddress(values.listen, '--listen'),
      natsUrl: checkNatsUrl(values.nats),
      storeDirectory: values.store,
      syncDelayMs: parseSeconds(values['synced-after']),
      cacheDirectory: values.cache,
      onReady: (address) => {
        process.stdout.write(`${JSON.stringify({ ready: formatAddress(address) })}\n`);
      },
      signal,
      note,
    }),
});
