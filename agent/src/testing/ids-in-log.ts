// SPDX-License-Identifier: Apache-2.0
/** Reads the log of a broker as it is right now. */
import { type Broker, messageIdOf } from '@labsweep/proto';

/** Message ids of all entries, in the order of the log; one that it holds twice comes twice. */
export async function idsInLog(broker: Broker): Promise<string[]> {
  const last = await broker.log.lastSequence();
  const ids: string[] = [];
  if (last === 0) return ids;
  for await (const message of broker.log.follow(new AbortController().signal)) {
    ids.push(...message.entries.map(messageIdOf));
    if (message.sequence >= last) return ids;
  }
  return ids;
}
