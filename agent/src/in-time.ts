// SPDX-License-Identifier: Apache-2.0
/** Waits for work that may hang and cannot be told to stop: it is left to itself then. */
import { LabsweepError } from '@labsweep/proto';
import { formatSeconds } from './format-seconds.js';

export interface WaitLimit {
  readonly limitMs: number;
  /** What has not ended then, for people. */
  readonly what: string;
  readonly signal?: AbortSignal;
}

/**
 * Settles with the work. Rejects with a LabsweepError after `limitMs`, and with the signal's
 * reason as soon as that fires.
 */
export function inTime<Value>(work: Promise<Value>, limit: WaitLimit): Promise<Value> {
  const { limitMs, what, signal } = limit;
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
      fail(new LabsweepError(`${what} hangs: it has not ended within ${formatSeconds(limitMs)}`));
    const timer = setTimeout(late, limitMs).unref();
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    work.then((value) => {
      leave();
      resolve(value);
    }, fail);
  });
}
