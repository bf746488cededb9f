// SPDX-License-Identifier: Apache-2.0
/** Finds where a spec says something, for problems that only show after the spec was read. */

/**
 * `path:line:column` of the first place where `needle` stands as written; the path where it does
 * not.
 */
export function placeOfText(file: { path: string; text: string }, needle: string): string {
  const at = file.text.indexOf(needle);
  if (at < 0) return file.path;
  const lines = file.text.slice(0, at).split('\n');
  return `${file.path}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}
