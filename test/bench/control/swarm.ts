// SPDX-License-Identifier: Apache-2.0
/**
 * A program: so many real agents with the scripted runner in one process, each with a stream of its
 * own; their spools share syncs, and they share connections to the broker. Prints what they saw
 * each second, one line of JSON.
 *
 *   node swarm.js CONTROLLER COUNT FOLDER
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentOptions, forgetfulRecord, runAgent } from '@labsweep/agent';
import { type Broker, connectBroker, type HostId, parseLoopbackAddress } from '@labsweep/proto';
import { SharedJournal, SharedSpool } from './shared-spool.js';

/** What all agents of the swarm saw since the line before. */
export interface SwarmSecond {
  readonly attached: number;
  /** Outcomes that are in the fold, and on the broker's disk. */
  readonly folded: number;
  readonly settled: number;
  /** From a block's end to the next lease, in milliseconds. */
  readonly grantMs: readonly number[];
}

const REPORT_INTERVAL_MS = 1_000;
/** So that no agent waits for what a thousand others have to say. */
const BROKER_CONNECTIONS = 8;
/** All at once, they would make each other time out. */
const START_INTERVAL_MS = 2;

let attached = 0;
let folded = 0;
let settled = 0;
let grantMs: number[] = [];

const [controller = '', count = '1', folder = '.'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const journal = SharedJournal.open(join(folder, 'journal'));
const connections: Promise<Broker>[] = [];

function optionsOf(number: number): AgentOptions {
  const name = `swarm-${number}`;
  let idleSinceMs: number | undefined;
  return {
    controllers: [parseLoopbackAddress(controller, 'CONTROLLER')],
    record: forgetfulRecord(name),
    labels: [],
    stateDirectory: join(folder, name),
    cacheDirectory: join(folder, 'cache'),
    runners: ['scripted'],
    initPath: '',
    toolsDirectory: '',
    journalDirectory: join(folder, name),
    name,
    hostId: `id-of-${name}`,
    may: [],
    session: `session-of-${name}`,
    describe: () => ({
      id: `id-of-${name}` as HostId,
      name,
      capacity: { cpus: 1_024, memoryMib: 1 << 20 },
      supports: [{ environment: 'scripted', available: true, reason: '' }],
      permissions: [],
      labels: [],
      facts: { boot_id: name },
    }),
    openSpool: async () => new SharedSpool(await journal),
    connect: (url) => {
      const place = number % BROKER_CONNECTIONS;
      connections[place] ??= connectBroker({ url, name: `swarm ${place}`, create: false });
      return connections[place];
    },
    observe: {
      sent: (message) => {
        if (message.kind === 'block-ended') idleSinceMs = performance.now();
      },
      received: (message) => {
        if (message.kind === 'welcome') attached += 1;
        if (message.kind === 'folded') folded += message.messageIds.length;
        if (message.kind === 'settled') settled += message.messageIds.length;
        if (message.kind !== 'lease' || idleSinceMs === undefined) return;
        grantMs.push(performance.now() - idleSinceMs);
        idleSinceMs = undefined;
      },
    },
    signal: new AbortController().signal,
    note: (line) => {
      if (process.env.LABSWEEP_BENCH_VERBOSE === '1') process.stderr.write(`${name}: ${line}\n`);
    },
  };
}

process.stdout.write(`${JSON.stringify({ ready: controller })}\n`);
for (let number = 0; number < Number(count); number += 1) {
  setTimeout(() => {
    runAgent(optionsOf(number)).catch((error) => {
      process.stderr.write(`swarm-${number}: ${error}\n`);
    });
  }, number * START_INTERVAL_MS);
}
setInterval(() => {
  const second: SwarmSecond = { attached, folded, settled, grantMs };
  process.stdout.write(`${JSON.stringify(second)}\n`);
  folded = 0;
  settled = 0;
  grantMs = [];
}, REPORT_INTERVAL_MS);
// A profile is written only by a process that ends by itself.
process.on('SIGTERM', () => process.exit(0));
