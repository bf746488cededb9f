// SPDX-License-Identifier: Apache-2.0
/** Which of the programs that labsweep uses are on this machine. It starts none of them. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export interface Tool {
  readonly name: string;
  /** What it is needed for. */
  readonly purpose: string;
  /** Where it is, or undefined. */
  readonly path?: string;
  /** The shell command that installs it on Debian. */
  readonly install: string;
}

const TOOLS: readonly (readonly [name: string, purpose: string, debianPackage: string])[] = [
  ['qemu-system-x86_64', 'boots guests', 'qemu-system-x86'],
  ['gcc', 'compiles reproducers', 'gcc'],
  ['nats-server', 'keeps the log of a sweep', 'nats-server'],
  ['setpriv', 'ends programs with their agent', 'util-linux'],
  ['taskset', 'pins to CPUs', 'util-linux'],
  ['chrt', 'sets scheduler policies', 'util-linux'],
  ['numactl', 'binds to memory nodes', 'numactl'],
];

/** `searchPath` is that of the environment: folders separated by colons. */
export function findTools({ root, searchPath }: { root: string; searchPath: string }): Tool[] {
  const folders = searchPath.split(':').filter((folder) => folder.startsWith('/'));
  return TOOLS.map(([name, purpose, debianPackage]) => {
    const path = folders
      .map((folder) => join(folder, name))
      .find((candidate) => isExecutable(join(root, candidate)));
    const install = `apt-get install ${debianPackage}`;
    return { name, purpose, install, ...(path !== undefined && { path }) };
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
