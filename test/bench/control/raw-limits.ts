// SPDX-License-Identifier: Apache-2.0
/** The raw limits of this machine in this minute, which everything else is held against. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatLogEntry } from '@labsweep/proto';
import { startNats, startProgram } from './bench-processes.js';
import type { Figure } from './figure.js';
import { oneOutcome } from './million.js';
import { rawPublishRate } from './raw-publish.js';
import { rawStreamRate } from './raw-stream.js';

const ECHO_SERVER = fileURLToPath(new URL('./echo-server.js', import.meta.url));
const MESSAGES = 150_000;
/** About as many as the agents of the swarms share. */
const CONNECTIONS = 8;

export interface RawPublisher {
  /** Acknowledged messages a second right now. */
  rate(): Promise<number>;
  /** The mean of all rates until now, by the way they were measured. */
  figures(): Figure[];
}

/**
 * Serves `work` with the raw limit. `inFlight` is what the benchmark that is compared has under way
 * at a time. It has its connections too; but which way is faster differs from run to run, and the
 * limit is the faster one.
 */
export async function withRawPublisher<Value>(
  folder: string,
  inFlight: number,
  work: (raw: RawPublisher) => Promise<Value>,
): Promise<Value> {
  mkdirSync(folder, { recursive: true });
  const payload = new TextEncoder().encode(formatLogEntry(oneOutcome()));
  const nats = await startNats(folder);
  const measured = [1, CONNECTIONS].map((connections) => ({ connections, rates: [] as number[] }));
  const rateOver = (connections: number, messages: number) =>
    rawPublishRate(nats, { inFlight, messages, payload, connections });
  try {
    // Once to warm both sides up.
    await rateOver(1, MESSAGES / 10);
    return await work({
      rate: async () => {
        for (const { connections, rates } of measured) {
          rates.push(await rateOver(connections, MESSAGES));
        }
        return Math.max(...measured.map(({ rates }) => rates.at(-1) ?? 0));
      },
      figures: () =>
        measured.map(({ connections, rates }) => ({
          name: `JetStream publish with ack, ${inFlight.toLocaleString('en-US')} in flight`,
          measured: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
          unit: 'per second',
          isRawLimit: true as const,
          note: `${payload.length} bytes each, ${connections} connections of one process; mean of ${rates.length}`,
        })),
    });
  } finally {
    await nats.close();
  }
}

export async function measureRawStream(): Promise<Figure[]> {
  const server = await startProgram([ECHO_SERVER]);
  try {
    await rawStreamRate(server.address, MESSAGES / 10);
    const streamRate = await rawStreamRate(server.address, MESSAGES);
    return [
      {
        name: 'gRPC stream messages, answered, 256 in flight',
        measured: streamRate,
        unit: 'per second',
        isRawLimit: true as const,
        note: 'one stream',
      },
    ];
  } finally {
    await server.close();
  }
}
