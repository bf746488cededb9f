// SPDX-License-Identifier: Apache-2.0
/** Reads the log of a lab's broker as it is right now. */
import { connectBroker, type LogEntry, messageIdOf } from '@labsweep/proto';
import type { Lab } from './lab.js';

/** Message ids of the outcomes in the log, in its order; one that it holds twice comes twice. */
export async function outcomesIn(lab: Lab): Promise<readonly string[]> {
  const entries = await entriesIn(lab);
  return entries.filter(({ type }) => type === 'trial-ended').map(messageIdOf);
}

/** All entries of the log, in its order. */
export async function entriesIn(lab: Lab): Promise<readonly LogEntry[]> {
  const broker = await connectBroker({ url: lab.natsUrl, name: 'test', create: false });
  const stop = new AbortController();
  try {
    const { lastSequence } = await broker.log.head();
    const entries: LogEntry[] = [];
    if (lastSequence === 0) return entries;
    for await (const message of broker.log.follow(stop.signal)) {
      entries.push(...message.entries);
      if (message.sequence >= lastSequence) break;
    }
    return entries;
  } finally {
    await broker.close();
  }
}
