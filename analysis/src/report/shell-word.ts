// SPDX-License-Identifier: Apache-2.0
/** A word of a command line that a reader pastes into a shell: quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
