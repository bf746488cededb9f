// SPDX-License-Identifier: Apache-2.0
/** Asks QEMU where its data lies, and looks there for qboot, its smallest firmware. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../io/process.js';

const ANSWER_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** The path of qboot, or undefined where this QEMU comes without it. */
export async function findQboot(qemuBinary: string): Promise<string | undefined> {
  const end = await runProcess({
    command: qemuBinary,
    arguments: ['-L', 'help'],
    outputBytesMax: ANSWER_BYTES_MAX,
    stop: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (end.ending.kind !== 'exited' || end.ending.code !== 0) return undefined;
  for (const directory of new TextDecoder().decode(end.stdout).trim().split('\n')) {
    const path = join(directory, 'qboot.rom');
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
