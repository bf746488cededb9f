// SPDX-License-Identifier: Apache-2.0
/**
 * A log of a million outcomes, and a real controller that starts on it: how long it takes to fold
 * them, and how many bytes each finished trial costs for ever after.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSpec } from '@labsweep/controller';
import {
  formatLogEntry,
  type LogEntry,
  logSubject,
  messageIdOf,
  type SweepId,
} from '@labsweep/proto';
import { startController, startNats } from './bench-processes.js';
import { cpuMsOf } from './cpu-time.js';
import type { Figure } from './figure.js';
import { outcomesOf, specOf, submittedOf } from './million.js';
import { fillLog, type RawMessage } from './raw-publish.js';

const SWEEP = 'million-1a2b3c4d' as SweepId;
const FOLD_SECONDS_MAX = 15;
const BYTES_PER_TRIAL_MAX = 200;

export async function measureStartUp(
  folder: string,
  trials: number,
  options: { readonly profile: string | undefined; readonly precision: string },
): Promise<Figure[]> {
  mkdirSync(folder, { recursive: true });
  const nats = await startNats(folder);
  try {
    // The first start makes the stream, and says what a controller weighs with the sweep alone.
    const text = specOf(trials, options.precision);
    const empty = await startController(folder, nats);
    await fillLog(nats, [messageOf(submittedOf(SWEEP, text))]);
    await empty.close();
    const bare = await startController(folder, nats);
    const before = await bare.retained();
    await bare.close();
    const publishRate = await fillLog(nats, messagesOf(text));
    const full = await startController(folder, nats, options.profile);
    const cpuMs = cpuMsOf(full.pid);
    const after = await full.retained();
    await full.close();
    const seconds = (full.readyMs - bare.readyMs) / 1_000;
    return [
      {
        name: `${trials.toLocaleString('en-US')} outcomes into the log`,
        measured: publishRate,
        unit: 'per second',
        note: 'raw publish, 512 in flight',
      },
      {
        name: `fold ${trials.toLocaleString('en-US')} outcomes at start-up`,
        measured: full.readyMs / 1_000,
        unit: 's',
        asked: { atMost: (FOLD_SECONDS_MAX * trials) / 1_000_000 },
        note: `${Math.round(trials / seconds).toLocaleString('en-US')} per second`,
      },
      {
        name: 'CPU time of that start, per outcome',
        measured: (cpuMs * 1_000) / trials,
        unit: 'us',
        note: `${((100 * cpuMs) / full.readyMs).toFixed(0)} % of a core`,
      },
      {
        name: 'controller memory per finished trial',
        measured: (after.heapBytes - before.heapBytes) / trials,
        unit: 'bytes',
        asked: { atMost: BYTES_PER_TRIAL_MAX },
        note: `retained heap; resident ${Math.round(after.rssBytes / 2 ** 20)} MiB`,
      },
    ];
  } finally {
    await nats.close();
  }
}

function* messagesOf(text: string): Generator<RawMessage> {
  const parsed = parseSpec({ text, path: join('.', 'million.toml') });
  if (!parsed.ok) throw new Error('the spec of the benchmark is wrong');
  const spec = { ...parsed.spec, seed: 1 };
  for (const entry of outcomesOf(SWEEP, spec)) yield messageOf(entry);
}

const encoder = new TextEncoder();

function messageOf(entry: LogEntry): RawMessage {
  const payload = encoder.encode(formatLogEntry(entry));
  return { subject: logSubject(SWEEP), id: messageIdOf(entry), payload };
}
