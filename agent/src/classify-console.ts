// SPDX-License-Identifier: Apache-2.0
/**
 * Reads a guest's serial console: how far it came, and what went wrong in the kernel's own words.
 * It takes no numbers from there, since those have a channel of their own.
 */

/** How far a guest came, in order. `firmware` means that the kernel has not said a word. */
export const GUEST_STAGES = ['firmware', 'boot', 'init', 'run', 'done'] as const;
export type GuestStage = (typeof GUEST_STAGES)[number];

/** A line in which the kernel says that something went wrong. */
interface Trouble {
  /** Without its timestamp. */
  readonly line: string;
  /** How far the guest had come by then. */
  readonly stage: GuestStage;
}

export interface ConsoleReading {
  readonly stage: GuestStage;
  /** What the kernel's banner says; it is the only source when the guest never reached its init. */
  readonly release?: string;
  readonly panic?: Trouble;
  /** The first oops or BUG. */
  readonly oops?: Trouble;
  readonly initError?: string;
  /** The last line that is not empty, without its timestamp; empty when there is none. */
  readonly lastLine: string;
}

const PANIC = /Kernel panic - not syncing.*/;

/**
 * Each is what the kernel prints only when it has gone wrong: `Oops:`, `BUG:` at the start of a
 * message (so not `[Firmware Bug]:`), and the `0000 [#1]` of older general protection faults.
 */
const OOPS =
  /(?:^|\] |watchdog: )(Oops: .*|BUG: .*|kernel BUG at .*|[a-z][^\]]*: [0-9a-f]{4} \[#\d+\].*)/;

export function readConsole(text: string): ConsoleReading {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const release = firstMatch(lines, /Linux version (\S+)/);
  const panic = firstTrouble(lines, PANIC);
  const oops = firstTrouble(lines, OOPS);
  const initError = firstMatch(lines, /labsweep-init: error (.*)/);
  return {
    stage: readStage(lines),
    ...(release !== undefined && { release }),
    ...(panic !== undefined && { panic }),
    ...(oops !== undefined && { oops }),
    ...(initError !== undefined && { initError }),
    lastLine: withoutTimestamp(lines.at(-1) ?? ''),
  };
}

/**
 * A milestone may share its line with a message of the kernel, so it is looked for anywhere in it.
 */
function readStage(lines: readonly string[]): GuestStage {
  const text = lines.join('\n');
  if (text.includes('labsweep-init: done')) return 'done';
  if (text.includes('labsweep-init: running')) return 'run';
  if (text.includes('labsweep-init: started')) return 'init';
  return lines.length > 0 ? 'boot' : 'firmware';
}

function firstTrouble(lines: readonly string[], pattern: RegExp): Trouble | undefined {
  const index = lines.findIndex((line) => pattern.test(line));
  const line = firstMatch(lines.slice(index, index + 1), pattern);
  return line === undefined ? undefined : { line, stage: readStage(lines.slice(0, index + 1)) };
}

/** The first group of the first match, or the whole match where the pattern has no group. */
function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match[1] ?? match[0];
  }
  return undefined;
}

function withoutTimestamp(line: string): string {
  return line.replace(/^\[ *\d+\.\d+\](\[ *[CT]\d+\])? /, '');
}
