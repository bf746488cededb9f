// SPDX-License-Identifier: Apache-2.0
/**
 * What a measuring guest finds in its initramfs. The layout is the contract with the guest's init.
 */
import { type InitramfsEntry, writeInitramfs } from '../initramfs.js';

const REPRODUCER_PATH = '/labsweep/reproducer';

/**
 * Without a reproducer the guest's init says `started` and gives up, which is all a canary needs.
 */
export function guestInitramfs(content: {
  readonly init: Uint8Array;
  readonly program?: { readonly binary: Uint8Array; readonly arguments: readonly string[] };
}): Uint8Array {
  const { init, program } = content;
  const directories = ['dev', 'proc', 'sys', 'tmp', 'labsweep'];
  return writeInitramfs([
    ...directories.map((path) => ({ kind: 'directory', path }) as const),
    // Without this node the kernel cannot give the init a console before it mounts /dev.
    { kind: 'character-device', path: 'dev/console', major: 5, minor: 1 },
    { kind: 'file', path: 'init', bytes: init, isExecutable: true },
    ...(program === undefined ? [] : programEntries(program)),
  ]);
}

function programEntries(program: {
  readonly binary: Uint8Array;
  readonly arguments: readonly string[];
}): InitramfsEntry[] {
  const words = [REPRODUCER_PATH, ...program.arguments];
  const argv = new TextEncoder().encode(words.map((word) => `${word}\0`).join(''));
  return [
    {
      kind: 'file',
      path: REPRODUCER_PATH.slice(1),
      bytes: program.binary,
      isExecutable: true,
    },
    { kind: 'file', path: 'labsweep/argv', bytes: argv, isExecutable: false },
  ];
}
