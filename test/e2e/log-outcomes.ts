// SPDX-License-Identifier: Apache-2.0
/** Reads the log of a lab's broker as it is right now. */
import { connectBroker, messageIdOf } from '@labsweep/proto';
import type { Lab } from './lab.js';

/** Message ids of the outcomes in the log, in its order; one that it holds twice comes twice. */
export async function outcomesIn(lab: Lab): Promise<readonly string[]> {
  const broker = await connectBroker({ url: lab.natsUrl, name: 'test', create: false });
  const stop = new AbortController();
  try {
    const { lastSequence } = await broker.log.head();
    const ids: string[] = [];
    if (lastSequence === 0) return ids;
    for await (const message of broker.log.follow(stop.signal)) {
      const outcomes = message.entries.filter(({ type }) => type === 'trial-ended');
      ids.push(...outcomes.map(messageIdOf));
      if (message.sequence >= lastSequence) break;
    }
    return ids;
  } finally {
    await broker.close();
  }
}
