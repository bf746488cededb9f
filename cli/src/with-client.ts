// SPDX-License-Identifier: Apache-2.0
/** Opens a client for as long as some work takes. */
import type { Address } from '@labsweep/proto';
import { SweepClient } from './sweep-client.js';

export async function withClient<Value>(
  controller: readonly Address[],
  work: (client: SweepClient) => Promise<Value>,
): Promise<Value> {
  const onWaiting = (line: string) => process.stderr.write(`labsweep: ${line}\n`);
  const client = new SweepClient(controller, onWaiting);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
