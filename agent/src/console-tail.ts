// SPDX-License-Identifier: Apache-2.0
/**
 * Cuts the end of a console to what an outcome may carry. The whole console is kept as evidence.
 */

/** The `consoleTail` of an outcome holds no more than this. */
export const CONSOLE_TAIL_BYTES_MAX = 64 * 1024;

/** The last lines that fit, from the start of a line where the console had to be cut. */
export function tailOfConsole(console: Uint8Array): string {
  if (console.length <= CONSOLE_TAIL_BYTES_MAX) return decode(console);
  const tail = console.subarray(console.length - CONSOLE_TAIL_BYTES_MAX);
  const lineEnd = tail.indexOf(0x0a);
  return decode(tail.subarray(lineEnd + 1));
}

/**
 * Each character becomes one byte at most, so that odd bytes cannot swell the tail past its limit.
 */
function decode(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes)
    .replace(/\r/g, '')
    .replace(/[^\t\n\x20-\x7e]/g, '?');
}
