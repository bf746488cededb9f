// SPDX-License-Identifier: Apache-2.0
/** Small pieces of text that the parts of a drawn plan share. */

export const INDENT = '  ';

/** For example `1 row` or `2 rows`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** A path may hold any character; terminals and mails are safe with these. */
export function toAscii(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
