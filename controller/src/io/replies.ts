// SPDX-License-Identifier: Apache-2.0
/** How calls of gRPC are answered: with what the work yields, or with the status of its error. */
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { LabsweepError, messageOf, UsageError } from '@labsweep/proto';
import type { SubmissionHooks } from './submission.js';

/** A name that the controller does not know. */
export class NotFoundError extends LabsweepError {}

export type ServiceError = Error & { code: status };

export function toStatus(error: unknown): ServiceError {
  const code =
    error instanceof NotFoundError
      ? status.NOT_FOUND
      : error instanceof UsageError
        ? status.INVALID_ARGUMENT
        : error instanceof LabsweepError
          ? status.FAILED_PRECONDITION
          : status.INTERNAL;
  return Object.assign(new Error(messageOf(error)), { code });
}

export function unary<Reply>(
  reply: (error: ServiceError | null, value?: Reply) => void,
  make: () => Reply,
): void {
  try {
    reply(null, make());
  } catch (error) {
    reply(toStatus(error));
  }
}

/** Runs the work behind a server stream and ends it, with a status when the work throws. */
export function answer<In, Out>(
  call: ServerWritableStream<In, Out>,
  work: () => Promise<void>,
): void {
  work().then(
    () => call.end(),
    (error) => call.emit('error', toStatus(error)),
  );
}

/** Lines of progress go to the user, whose going away stops the work. */
export function progressHooks(
  call: ServerWritableStream<unknown, { progress?: string }>,
): SubmissionHooks {
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort());
  return { onProgress: (progress) => call.write({ progress }), signal: abort.signal };
}
