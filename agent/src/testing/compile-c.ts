// SPDX-License-Identifier: Apache-2.0
/** Compiles tiny reproducers for tests: real static binaries, as a user's would be. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../io/process.js';

const COMPILE_MS_MAX = 60_000;

export interface Workshop {
  readonly directory: string;
  /** Compiles the body of `main(int argc, char **argv)`, and gives the path of the binary. */
  compile(name: string, mainBody: string): Promise<string>;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-test-'));
  return {
    directory,
    compile: (name, mainBody) => compile(join(directory, name), mainBody),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

const HEADERS = [
  ...['errno', 'sched', 'signal', 'stdio', 'stdlib', 'string', 'unistd'],
  ...['sys/mman', 'sys/reboot', 'sys/wait'],
];

async function compile(path: string, mainBody: string): Promise<string> {
  const includes = HEADERS.map((name) => `#include <${name}.h>\n`).join('');
  const unused = '(void)argc; (void)argv;';
  const source = `${includes}int main(int argc, char **argv) { ${unused} ${mainBody} }\n`;
  await writeFile(`${path}.c`, source);
  const end = await runProcess({
    command: 'gcc',
    arguments: ['-O1', '-static', '-o', path, `${path}.c`],
    outputBytesMax: 1024 * 1024,
    stop: AbortSignal.timeout(COMPILE_MS_MAX),
  });
  if (end.ending.kind === 'exited' && end.ending.code === 0) return path;
  throw new Error(`gcc failed for ${path}.c: ${new TextDecoder().decode(end.stderr)}`);
}
