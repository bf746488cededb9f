// SPDX-License-Identifier: Apache-2.0
/** Finds where a spec says something, for problems that only show after the spec was read. */

/**
 * `path:line:column` of the first place where `needle` stands as a whole string, or else as part of
 * one; the path where it does not. With `behind` only what follows the first of those counts.
 */
export function placeOfText(
  file: { path: string; text: string },
  needle: string,
  behind = '',
): string {
  const from = Math.max(0, file.text.indexOf(behind));
  const quoted = ['"', "'"].map((quote) => file.text.indexOf(`${quote}${needle}${quote}`, from));
  const whole = quoted.filter((index) => index >= 0).map((index) => index + 1);
  const at = whole.length > 0 ? Math.min(...whole) : file.text.indexOf(needle, from);
  if (at < 0) return file.path;
  const lines = file.text.slice(0, at).split('\n');
  return `${file.path}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}
