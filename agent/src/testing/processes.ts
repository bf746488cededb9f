// SPDX-License-Identifier: Apache-2.0
/** Looks through /proc for processes, for tests that must show that none is left. Ends none. */
import { readdir, readFile } from 'node:fs/promises';

/** The ids of living processes whose command line holds the text. */
export async function findProcesses(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    // A process that ends meanwhile, or a zombie, has no command line to read.
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(text)) found.push(Number(name));
  }
  return found;
}
