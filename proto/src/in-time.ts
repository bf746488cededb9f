// SPDX-License-Identifier: Apache-2.0
/** Waits for work that may hang and cannot be told to stop: it is left to itself then. */
import { LabsweepError } from './errors.js';

export interface WaitLimit {
  readonly limitMs: number;
  /** What has not ended then, for people. */
  readonly what: string;
  readonly signal?: AbortSignal;
  /** False for work that nobody may wait for any more: it alone keeps no process from its end. */
  readonly keepsProcess?: boolean;
}

/**
 * Settles with the work. Rejects with a LabsweepError after `limitMs`, and with the signal's
 * reason as soon as that fires.
 */
export function inTime<Value>(work: Promise<Value>, limit: WaitLimit): Promise<Value> {
  const { limitMs, what, signal, keepsProcess = true } = limit;
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: unknown) => {
      leave();
      reject(error);
    };
    const abort = () => fail(signal?.reason);
    const late = () =>
      fail(new LabsweepError(`${what} hangs: it has not ended within ${limitMs / 1_000} s`));
    const timer = setTimeout(late, limitMs);
    if (!keepsProcess) timer.unref();
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    work.then((value) => {
      leave();
      resolve(value);
    }, fail);
  });
}

/** Settles with the work, or after `limitMs` without it; how the work ended is not told. */
export async function inTimeOrNot(work: Promise<unknown>, limitMs: number): Promise<void> {
  await inTime(work, { limitMs, what: 'what is waited for' }).catch(() => {});
}
