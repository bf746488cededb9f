// SPDX-License-Identifier: Apache-2.0
/**
 * The shell around a long-running program: its log, the ways in which it is asked to stop, and the
 * exit code. It is the one door of pino.
 */
import pino from 'pino';
import { exitCodeOf, LabsweepError, messageOf } from './errors.js';

/** One line of the operator's log. */
export type Note = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * Runs `main` until it settles and sets the exit code. SIGTERM, SIGINT and, with `stopWithParent`,
 * the end of standard input abort the signal; a second signal ends the process at once.
 */
export async function runProgram(options: {
  readonly name: string;
  readonly stopWithParent: boolean;
  main(signal: AbortSignal, note: Note): Promise<void>;
}): Promise<void> {
  const logger = pino({ name: options.name }, pino.destination({ dest: 2, sync: true }));
  const note: Note = (message, fields) => logger.info(fields ?? {}, message);
  const stop = stopSignal(options.stopWithParent);
  try {
    await options.main(stop, note);
    process.exitCode = 0;
  } catch (error) {
    process.exitCode = stop.aborted ? 0 : exitCodeOf(error);
    if (error instanceof LabsweepError) logger.error(error.message);
    else if (!stop.aborted) logger.error({ err: error }, `internal error: ${messageOf(error)}`);
  }
  // A parent that still holds our standard input open must not keep us alive.
  process.stdin.destroy();
}

function stopSignal(stopWithParent: boolean): AbortSignal {
  const abort = new AbortController();
  const stop = () => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort(new LabsweepError('asked to stop'));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (stopWithParent) {
    process.stdin.resume();
    process.stdin.once('end', () => abort.abort(new LabsweepError('the parent process is gone')));
    process.stdin.once('error', () => abort.abort(new LabsweepError('the parent process is gone')));
  }
  return abort.signal;
}
