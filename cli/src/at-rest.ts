// SPDX-License-Identifier: Apache-2.0
/**
 * Asks the lab of a folder in which nobody works: its nats-server and a controller run for the
 * moment that it takes, and no agent, so that nothing is measured.
 */
import { startEmbeddedLab } from './embedded/embedded-lab.js';
import type { SweepClient } from './sweep-client.js';
import { lockFolder, type SweepFolder } from './sweep-folder.js';
import { withClient } from './with-client.js';

/** Throws UsageError when somebody works in the folder after all. */
export async function atRest<Value>(
  folder: SweepFolder,
  cacheDirectory: string,
  work: (client: SweepClient) => Promise<Value>,
): Promise<Value> {
  const lock = await lockFolder(folder.path);
  try {
    const place = { folder: folder.path, cacheDirectory };
    const lab = await startEmbeddedLab({ ...place, runners: undefined, may: '' });
    try {
      return await withClient(lab.controller, work);
    } finally {
      await lab.close();
    }
  } finally {
    lock.release();
  }
}
