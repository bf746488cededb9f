// SPDX-License-Identifier: Apache-2.0
/**
 * Lays out the private folder of a native trial, and writes the command that runs the reproducer
 * in it. Whatever of a process can move its stack about is the same on every host and for every
 * kernel: the name of the program, the working directory's shape, the environment.
 */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@labsweep/proto';
import { formatCpuList } from '../cpu-list.js';
import { whyNotExecutable } from '../io/elf-kind.js';
import type { ProcessRequest } from '../io/process.js';
import type { Trouble } from '../trial-evidence.js';
import type { Placement } from './native-placement.js';
import type { TrialOrder } from './runner.js';

/** Apart from the reproducer, so that a file of the workload may have any name. */
const WORK = 'work';
const REPRODUCER = '../reproducer';
const ENVIRONMENT = ['PATH=/bin:/usr/bin', 'LC_ALL=C'];

/** What the run leaves in the folder beside its output. */
export const COSTS_FILE = 'costs';
export const STATE_FILE = 'state';

/** Copies the reproducer and its files below `directory`; says what is wrong with them. */
export async function layOutTrial(
  order: TrialOrder,
  directory: string,
): Promise<Trouble | undefined> {
  const work = join(directory, WORK);
  const reproducer = join(work, REPRODUCER);
  await mkdir(work);
  try {
    await copyFile(order.workload.binaryPath, reproducer);
    for (const { name, path } of order.workload.files) await copyFile(path, join(work, name));
  } catch (error) {
    return { class: 'artifact-missing', message: messageOf(error) };
  }
  await chmod(reproducer, 0o755);
  const reason = await whyNotExecutable(reproducer);
  if (reason === undefined) return undefined;
  const message = `the reproducer could not be executed: ${reason}; build it for this machine`;
  return { class: 'spawn-failed', message };
}

export interface CommandPlace {
  /** The folder that was laid out. */
  readonly directory: string;
  /** Where our own programs for the host are. */
  readonly toolsDirectory: string;
  readonly placement: Placement;
}

/** Runs for the settle time, and then until the reproducer ends. */
export function nativeCommand(
  order: TrialOrder,
  place: CommandPlace,
): Pick<ProcessRequest, 'command' | 'arguments' | 'workingDirectory'> {
  const { directory, toolsDirectory, placement } = place;
  const { native, workload, purpose } = order;
  const variables = Object.entries(workload.variables).map(([name, value]) => `${name}=${value}`);
  const watcher =
    purpose === 'audit' ? [join(toolsDirectory, 'audit'), join(directory, STATE_FILE), '--'] : [];
  return {
    command: join(toolsDirectory, 'run-pinned'),
    arguments: [
      ...['--cpus', formatCpuList(placement.cpus), '--policy', native.scheduler],
      ...(native.numaNode === undefined ? [] : ['--membind', String(native.numaNode)]),
      ...['--settle-ms', String(native.settleMs), '--time-file', join(directory, COSTS_FILE)],
      ...['--', 'env', '--ignore-environment', ...ENVIRONMENT, ...variables],
      ...[...watcher, REPRODUCER, ...workload.arguments],
    ],
    workingDirectory: join(directory, WORK),
  };
}
