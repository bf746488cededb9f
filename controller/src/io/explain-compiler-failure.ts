// SPDX-License-Identifier: Apache-2.0
/** Turns what gcc and ld complain of into a message about the user's own file. Pure. */

const LINE_LIMIT = 30;

/**
 * `compiledName` is the name under which the source was compiled; it is replaced by `fileName`, so
 * that the line numbers can be clicked. Ends with a hint where the machine and not the source is at
 * fault.
 */
export function explainCompilerFailure(options: {
  readonly complaint: string;
  readonly compiledName: string;
  readonly fileName: string;
}): string {
  const { complaint, compiledName, fileName } = options;
  const lines = complaint
    .replaceAll(compiledName, () => fileName)
    .trimEnd()
    .split('\n');
  const shown = lines.slice(0, LINE_LIMIT);
  if (lines.length > LINE_LIMIT) shown.push(`(${lines.length - LINE_LIMIT} more lines)`);
  return `${fileName} does not compile:\n${shown.join('\n')}${hintOf(complaint)}`;
}

function hintOf(complaint: string): string {
  if (/cannot find -lc\b|(?:stdio|stdlib|features|unistd)\.h: No such file/.test(complaint)) {
    return '\nThe static C library is missing here: apt-get install libc6-dev';
  }
  if (/cannot find -l/.test(complaint)) {
    return '\nThat library has no static version here; only the C library can be counted on';
  }
  if (/fatal error: .*: No such file or directory/.test(complaint)) {
    return '\nOnly this one file is compiled: put into it what it includes, or name a binary';
  }
  return '';
}
