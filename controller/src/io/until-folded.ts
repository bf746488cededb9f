// SPDX-License-Identifier: Apache-2.0
/** Waits for an entry to come back through the log: only then is what it says true. */
import { LabsweepError } from '@labsweep/proto';
import { untilSo } from './waiting.js';

const LIMIT_MS = 30_000;

export interface Awaited {
  /** What was appended, for people. */
  readonly what: string;
  /** The command that shows whether it has come. */
  readonly see: string;
  /** 30 s when absent. */
  readonly limitMs?: number;
}

/** Throws LabsweepError when it takes too long: the entry is stored, and is folded some time. */
export async function untilFolded(
  isTrue: () => boolean,
  { what, see, limitMs = LIMIT_MS }: Awaited,
): Promise<void> {
  if (await untilSo(isTrue, limitMs)) return;
  throw new LabsweepError(
    `${what} is stored in the log, but did not come back from it within ${limitMs / 1000} s; ` +
      `it holds as soon as it does, so do not ask again: see \`${see}\``,
  );
}
