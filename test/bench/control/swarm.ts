// SPDX-License-Identifier: Apache-2.0
/**
 * A program: a swarm of agents, of which it prints what they saw each second, one line of JSON.
 *
 *   node swarm.js CONTROLLER COUNT FOLDER NAME
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentObserver, runSwarm } from '@labsweep/agent';
import { parseLoopbackAddress } from '@labsweep/proto';
import { blockKey, type LeaseArrival } from './grant-times.js';

/** What all agents of the swarm saw since the line before. */
export interface SwarmSecond {
  /** Unix time; together about a second. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly attached: number;
  /** Outcomes that are in the fold, and on the broker's disk. */
  readonly folded: number;
  readonly settled: number;
  readonly leases: readonly LeaseArrival[];
}

const REPORT_INTERVAL_MS = 1_000;

let fromMs = Date.now();
let attached = 0;
let folded = 0;
let settled = 0;
let leases: LeaseArrival[] = [];

function observe(): AgentObserver {
  let after: string | undefined;
  return {
    sent: () => {},
    received: (message) => {
      if (message.kind === 'welcome') attached += 1;
      if (message.kind === 'folded') {
        folded += message.messageIds.length;
        settled += message.settledIds.length;
      }
      if (message.kind === 'settled') settled += message.messageIds.length;
      if (message.kind !== 'lease') return;
      const { sweep, block } = message.lease;
      if (after !== undefined) leases.push({ after, atMs: Date.now() });
      after = blockKey(sweep, block);
    },
  };
}

const [controller = '', count = '1', folder = '.', name = 'swarm'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
// A profile is written only by a process that ends by itself.
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {
  const toMs = Date.now();
  const second: SwarmSecond = { fromMs, toMs, attached, folded, settled, leases };
  process.stdout.write(`${JSON.stringify(second)}\n`);
  fromMs = toMs;
  folded = 0;
  settled = 0;
  leases = [];
}, REPORT_INTERVAL_MS);
process.stdout.write(`${JSON.stringify({ ready: controller })}\n`);
await runSwarm({
  controllers: [parseLoopbackAddress(controller, 'CONTROLLER')],
  size: Number(count),
  name,
  stateDirectory: folder,
  cacheDirectory: join(folder, 'cache'),
  labels: [],
  observe,
  signal: new AbortController().signal,
  note: (line) => {
    if (process.env.LABSWEEP_BENCH_VERBOSE === '1') process.stderr.write(`${line}\n`);
  },
});
