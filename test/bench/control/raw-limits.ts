// SPDX-License-Identifier: Apache-2.0
/** The raw limits of this machine in this minute, which everything else is held against. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSpec } from '@labsweep/controller';
import { formatLogEntry, type SweepId } from '@labsweep/proto';
import { startNats, startProgram } from './bench-processes.js';
import type { Figure } from './figure.js';
import { outcomesOf, specOf } from './million.js';
import { rawPublishRate } from './raw-publish.js';
import { rawStreamRate } from './raw-stream.js';

const ECHO_SERVER = fileURLToPath(new URL('./echo-server.js', import.meta.url));
const MESSAGES = 150_000;

export interface RawLimits {
  /** Acknowledged messages a second. */
  readonly publishRate: number;
  readonly figures: readonly Figure[];
}

/** `inFlight` is what the benchmark that is compared has under way at a time. */
export async function measureRawLimits(folder: string, inFlight: number): Promise<RawLimits> {
  mkdirSync(folder, { recursive: true });
  const payload = samplePayload();
  const nats = await startNats(folder);
  let publishRate: number;
  try {
    // Once to warm both sides up.
    await rawPublishRate(nats, { inFlight, messages: MESSAGES / 10, payload });
    publishRate = await rawPublishRate(nats, { inFlight, messages: MESSAGES, payload });
  } finally {
    await nats.close();
  }
  const server = await startProgram([ECHO_SERVER]);
  let streamRate: number;
  try {
    await rawStreamRate(server.address, MESSAGES / 10);
    streamRate = await rawStreamRate(server.address, MESSAGES);
  } finally {
    await server.close();
  }
  const figures = [
    {
      name: `JetStream publish with ack, ${inFlight.toLocaleString('en-US')} in flight`,
      measured: publishRate,
      unit: 'per second',
      note: `${payload.length} bytes each, one connection`,
    },
    {
      name: 'gRPC stream messages, answered, 256 in flight',
      measured: streamRate,
      unit: 'per second',
      note: 'one stream',
    },
  ];
  return { publishRate, figures };
}

/** One outcome as the benchmark's agents publish it. */
function samplePayload(): Uint8Array {
  const parsed = parseSpec({ text: specOf(10_000), path: 'million.toml' });
  if (!parsed.ok) throw new Error('the spec of the benchmark is wrong');
  const [entry] = outcomesOf('million-1a2b3c4d' as SweepId, { ...parsed.spec, seed: 1 });
  if (entry === undefined) throw new Error('the spec of the benchmark has no trial');
  return new TextEncoder().encode(formatLogEntry(entry));
}
