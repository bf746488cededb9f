// SPDX-License-Identifier: Apache-2.0
/** Opens a client for as long as some work takes. */
import type { Address } from '@labsweep/proto';
import { SweepClient } from './sweep-client.js';

export async function withClient<Value>(
  controller: Address,
  work: (client: SweepClient) => Promise<Value>,
): Promise<Value> {
  const client = new SweepClient(controller);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
