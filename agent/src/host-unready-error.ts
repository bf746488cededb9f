// SPDX-License-Identifier: Apache-2.0
/** Why a trial was not begun although nothing of it failed: its block is given back. */
import { ArtifactLostError, LabsweepError } from '@labsweep/proto';

/**
 * Thrown in place of an outcome. The host is not as the trial demands, and was waited for. Nothing
 * was tested and nothing is broken: the row of the block waits with this message as its reason.
 */
export class HostUnreadyError extends LabsweepError {}

/** A host that waits for what the lab's store has lost has failed as little. */
export function isUnready(error: unknown): error is LabsweepError {
  return error instanceof HostUnreadyError || error instanceof ArtifactLostError;
}
