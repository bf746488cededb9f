// SPDX-License-Identifier: Apache-2.0
/** Goal: the archive is what cpio reads. Method: Debian's own cpio lists and unpacks it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { type InitramfsEntry, writeInitramfs } from './initramfs.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const ENTRIES: readonly InitramfsEntry[] = [
  { kind: 'directory', path: 'dev' },
  { kind: 'character-device', path: 'dev/console', major: 5, minor: 1 },
  { kind: 'file', path: 'init', bytes: bytes('#!x'), isExecutable: true },
  { kind: 'directory', path: 'labsweep' },
  { kind: 'file', path: 'labsweep/argv', bytes: bytes('a\0bc\0'), isExecutable: false },
];

function cpio(options: string[], archive: Uint8Array): string {
  return execFileSync('cpio', [...options, '--quiet'], {
    input: archive,
    encoding: 'latin1',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
}

test('cpio lists every entry with its mode, owner, size and device', () => {
  const listing = cpio(['-itvn'], writeInitramfs(ENTRIES))
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
  assert.deepEqual(listing, [
    'drwxr-xr-x 2 0 0 0 Jan 1 1970 dev',
    'crw------- 1 0 0 5, 1 Jan 1 1970 dev/console',
    '-rwxr-xr-x 1 0 0 3 Jan 1 1970 init',
    'drwxr-xr-x 2 0 0 0 Jan 1 1970 labsweep',
    '-rw-r--r-- 1 0 0 5 Jan 1 1970 labsweep/argv',
  ]);
});

test('cpio unpacks the very bytes', () => {
  const archive = writeInitramfs(ENTRIES);
  assert.equal(cpio(['-i', '--to-stdout', 'labsweep/argv'], archive), 'a\0bc\0');
  assert.equal(cpio(['-i', '--to-stdout', 'init'], archive), '#!x');
});

test('the same entries give the same bytes, in a multiple of four', () => {
  const first = writeInitramfs(ENTRIES);
  assert.deepEqual(first, writeInitramfs(ENTRIES));
  assert.equal(first.length % 4, 0);
});
