// SPDX-License-Identifier: Apache-2.0
/** What a member of a bundle may be called, since a name out of an archive is not to be trusted. */

const BYTES_MAX = 1024;

/** Why the path is none; undefined when it is one. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'an empty name';
  if (Buffer.byteLength(path) > BYTES_MAX) return `a name of more than ${BYTES_MAX} bytes`;
  if (path.startsWith('/')) return 'an absolute path';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'a backslash or a control character';
  const odd = path.split('/').find((part) => part === '' || part === '.' || part === '..');
  return odd === undefined ? undefined : `the component '${odd}'`;
}

/** By code unit, so that no locale has a say. */
export function comparePaths(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
