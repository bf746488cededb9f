// SPDX-License-Identifier: Apache-2.0
/**
 * Which CPUs this process may use: those that are online and that nobody has taken away from us.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCpuList } from '../cpu-list.js';
import { ABSENT, readFact } from './host-tree.js';

/** In ascending order. `root` is `/` but for tests. */
export async function readAllowedCpus(root: string): Promise<readonly number[]> {
  const status = await readFile(join(root, 'proc/self/status'), 'utf8');
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  if (allowed === undefined) {
    throw new Error('/proc/self/status has no Cpus_allowed_list; labsweep needs Linux with /proc');
  }
  const online = await readFact(root, 'sys/devices/system/cpu/online');
  const cpus = parseCpuList(allowed);
  if (online === ABSENT) return cpus;
  const isOnline = new Set(parseCpuList(online));
  return cpus.filter((cpu) => isOnline.has(cpu));
}
