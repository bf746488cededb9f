// SPDX-License-Identifier: Apache-2.0
/** Sets on which CPUs threads of another process may run, and reads that back from the kernel. */
import { readdir, readFile } from 'node:fs/promises';
import { formatCpuList, parseCpuList } from '../cpu-list.js';
import { runProcess } from './process.js';

const PIN_MS_MAX = 5_000;
const PIN_BYTES_MAX = 64 * 1024;

/** CPUs by thread id. */
export type ThreadCpus = ReadonlyMap<number, readonly number[]>;

/**
 * Gives the CPUs of each thread as they are afterwards, which `pin` has compared with what was
 * asked. Throws with its words where a thread could not be moved.
 */
export async function pinThreads(pinPath: string, wanted: ThreadCpus): Promise<ThreadCpus> {
  const words = Array.from(wanted, ([thread, cpus]) => `${thread}=${formatCpuList(cpus)}`);
  const end = await runProcess({
    command: pinPath,
    arguments: words,
    outputBytesMax: PIN_BYTES_MAX,
    stop: AbortSignal.timeout(PIN_MS_MAX),
  });
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (end.ending.kind === 'not-started') {
    throw new Error(`${end.ending.message}; build it by \`make -C native all\``);
  }
  if (end.ending.kind !== 'exited' || end.ending.code !== 0) {
    throw new Error(decode(end.stderr) || `${pinPath} was killed`);
  }
  const seen = decode(end.stdout).split('\n').map(readLine);
  return new Map(seen);
}

function readLine(line: string): readonly [number, readonly number[]] {
  const [thread = '', cpus = ''] = line.split(' ');
  return [Number(thread), parseCpuList(cpus)];
}

/** The ids of all threads of the process to which the thread belongs; empty when it is gone. */
export async function threadsOfSameProcess(thread: number): Promise<readonly number[]> {
  const status = await readFile(`/proc/${thread}/status`, 'utf8').catch(() => '');
  const processId = /^Tgid:\s*(\d+)/m.exec(status)?.[1];
  if (processId === undefined) return [];
  const names = await readdir(`/proc/${processId}/task`).catch(() => []);
  return names.map(Number);
}
