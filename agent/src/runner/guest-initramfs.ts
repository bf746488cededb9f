// SPDX-License-Identifier: Apache-2.0
/**
 * What a measuring guest finds in its initramfs. The layout is the contract with the guest's init.
 */
import { type InitramfsEntry, writeInitramfs } from '../initramfs.js';
import { EXIT_PORT } from './exit-port.js';

export interface GuestProgram {
  readonly binary: Uint8Array;
  readonly arguments: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Beside the reproducer in its working directory; a name may hold folders. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** A program that watches the reproducer, and its own arguments up to the `--`. */
  readonly supervisor?: {
    readonly binary: Uint8Array;
    readonly arguments: readonly string[];
  };
}

const REPRODUCER_PATH = '/labsweep/reproducer';
const SUPERVISOR_PATH = '/labsweep/supervisor';
const WORK_DIRECTORY = 'labsweep/work';

/**
 * Without a reproducer the guest's init says `started` and gives up, which is all a canary needs.
 */
export function guestInitramfs(content: {
  readonly init: Uint8Array;
  readonly hasExitPort: boolean;
  readonly program?: GuestProgram;
}): Uint8Array {
  const { init, program } = content;
  const directories = ['dev', 'proc', 'sys', 'tmp', 'labsweep', WORK_DIRECTORY];
  return writeInitramfs([
    ...directories.map(directory),
    // Without this node the kernel cannot give the init a console before it mounts /dev.
    { kind: 'character-device', path: 'dev/console', major: 5, minor: 1 },
    executable('init', init),
    ...(content.hasExitPort ? [textFile('labsweep/exit-port', `${EXIT_PORT}\n`)] : []),
    ...(program === undefined ? [] : programEntries(program)),
  ]);
}

function programEntries(program: GuestProgram): InitramfsEntry[] {
  const { supervisor, variables } = program;
  const watched = supervisor && [SUPERVISOR_PATH, ...supervisor.arguments, '--'];
  const words = [...(watched ?? []), REPRODUCER_PATH, ...program.arguments];
  const settings = Object.entries({ PATH: GUEST_PATH, ...variables });
  return [
    executable(REPRODUCER_PATH.slice(1), program.binary),
    ...(supervisor ? [executable(SUPERVISOR_PATH.slice(1), supervisor.binary)] : []),
    textFile('labsweep/argv', terminated(words)),
    textFile('labsweep/env', terminated(settings.map(([name, value]) => `${name}=${value}`))),
    ...workEntries(program.files),
  ];
}

/** As the init gives it where nobody else does; a variable of the spec goes before it. */
const GUEST_PATH = '/labsweep:/bin:/usr/bin';

/** All are executable, since nobody knows which of them the reproducer runs. */
function workEntries(files: GuestProgram['files']): InitramfsEntry[] {
  const folders = new Set<string>();
  for (const { name } of files) {
    const parts = name.split('/').slice(0, -1);
    parts.forEach((_, index) => {
      folders.add(parts.slice(0, index + 1).join('/'));
    });
  }
  return [
    ...[...folders].map((folder) => directory(`${WORK_DIRECTORY}/${folder}`)),
    ...files.map(({ name, bytes }) => executable(`${WORK_DIRECTORY}/${name}`, bytes)),
  ];
}

function terminated(words: readonly string[]): string {
  return words.map((word) => `${word}\0`).join('');
}

function directory(path: string): InitramfsEntry {
  return { kind: 'directory', path };
}

function executable(path: string, bytes: Uint8Array): InitramfsEntry {
  return { kind: 'file', path, bytes, isExecutable: true };
}

function textFile(path: string, text: string): InitramfsEntry {
  return { kind: 'file', path, bytes: new TextEncoder().encode(text), isExecutable: false };
}
