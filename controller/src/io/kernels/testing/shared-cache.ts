// SPDX-License-Identifier: Apache-2.0
/** For tests: the cache outside the tree, so that a real kernel is downloaded once per machine. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function sharedCacheDirectory(): string {
  return process.env.LABSWEEP_CACHE || join(homedir(), '.cache', 'labsweep');
}
