// SPDX-License-Identifier: Apache-2.0
/** Asks a tool of the system for its version, which also shows whether it is there and runs. */
import { runProcess } from './process.js';

const ANSWER_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** The first line of `tool --version`, or undefined when the tool does not run. */
export async function readToolVersion(tool: string): Promise<string | undefined> {
  const end = await runProcess({
    command: tool,
    arguments: ['--version'],
    outputBytesMax: ANSWER_BYTES_MAX,
    stop: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (end.ending.kind !== 'exited' || end.ending.code !== 0) return undefined;
  return new TextDecoder().decode(end.stdout).split('\n')[0]?.trim();
}
