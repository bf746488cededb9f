// SPDX-License-Identifier: Apache-2.0
/**
 * Writes the guest's initramfs as a cpio archive in the `newc` format. The same entries always give
 * the same bytes: no clock, no user and no inode of the host gets in. It reads no files.
 */

export type InitramfsEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly isExecutable: boolean;
    }
  | {
      readonly kind: 'character-device';
      readonly path: string;
      readonly major: number;
      readonly minor: number;
    };

/** Paths are relative to the root of the guest; a directory must come before what is in it. */
export function writeInitramfs(entries: readonly InitramfsEntry[]): Uint8Array {
  const pieces = entries.flatMap((entry, index) => {
    const bytes = entry.kind === 'file' ? entry.bytes : NO_BYTES;
    return encodeEntry({ path: entry.path, inode: index + 1, bytes, ...describe(entry) });
  });
  const trailer = { path: 'TRAILER!!!', inode: 0, bytes: NO_BYTES, mode: 0, links: 1 };
  return concatenate([...pieces, ...encodeEntry(trailer)]);
}

const NO_BYTES = new Uint8Array(0);
const TYPE_DIRECTORY = 0o040000;
const TYPE_FILE = 0o100000;
const TYPE_CHARACTER_DEVICE = 0o020000;

interface Fields {
  readonly mode: number;
  readonly links: number;
  readonly device?: { readonly major: number; readonly minor: number };
}

function describe(entry: InitramfsEntry): Fields {
  switch (entry.kind) {
    case 'directory':
      return { mode: TYPE_DIRECTORY | 0o755, links: 2 };
    case 'file':
      return { mode: TYPE_FILE | (entry.isExecutable ? 0o755 : 0o644), links: 1 };
    case 'character-device':
      return { mode: TYPE_CHARACTER_DEVICE | 0o600, links: 1, device: entry };
  }
}

/** Header with path, and then the bytes, each padded to a multiple of four. */
function encodeEntry(
  entry: Fields & { readonly path: string; readonly inode: number; readonly bytes: Uint8Array },
): Uint8Array[] {
  const path = new TextEncoder().encode(`${entry.path}\0`);
  const numbers = [
    entry.inode,
    entry.mode,
    0, // User.
    0, // Group.
    entry.links,
    0, // Modification time.
    entry.bytes.length,
    0, // Major number of the device that holds the file.
    0, // Minor number of it.
    entry.device?.major ?? 0,
    entry.device?.minor ?? 0,
    path.length,
    0, // Checksum, which this format leaves empty.
  ];
  const hex = numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  const header = concatenate([new TextEncoder().encode(`070701${hex}`), path]);
  return [padToFour(header), padToFour(entry.bytes)];
}

function padToFour(bytes: Uint8Array): Uint8Array {
  const padding = (4 - (bytes.length % 4)) % 4;
  return padding === 0 ? bytes : concatenate([bytes, new Uint8Array(padding)]);
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
