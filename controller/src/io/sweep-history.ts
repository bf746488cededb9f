// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what the log holds of a sweep, for those who begin to watch it. A broker that goes away in
 * between makes it wait and go on where it was.
 */
import {
  explainBrokerFailure,
  type LogEntry,
  type OutcomeLog,
  type SweepId,
} from '@labsweep/proto';
import { sleep } from './waiting.js';

const RETRY_DELAY_MS = 1_000;

export async function* sweepHistory(
  ports: {
    readonly log: Pick<OutcomeLog, 'read'>;
    readonly note: (message: string) => void;
    readonly signal: AbortSignal;
  },
  sweep: SweepId,
  lastSequence: number,
): AsyncGenerator<LogEntry> {
  const { log, note, signal } = ports;
  let nextSequence = 1;
  while (nextSequence <= lastSequence) {
    signal.throwIfAborted();
    try {
      for await (const message of log.read(sweep, { nextSequence, lastSequence })) {
        nextSequence = message.sequence + 1;
        yield* message.entries;
      }
      return;
    } catch (error) {
      note(`cannot read the past of ${sweep}: ${explainBrokerFailure(error)}; trying again`);
      await sleep(RETRY_DELAY_MS, signal);
    }
  }
}
