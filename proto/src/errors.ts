// SPDX-License-Identifier: Apache-2.0
/**
 * The error family: one class for each situation that a caller acts on. All else is a plain Error.
 */

/** Base of every error that is told to a user without a stack trace. */
export class LabsweepError extends Error {
  override readonly name: string = 'LabsweepError';
}

/** The lab's store has lost an artifact or a part of it: nobody has it until it is stored anew. */
export class ArtifactLostError extends LabsweepError {
  override readonly name = 'ArtifactLostError';
}

/** The user's command line or spec is wrong: exit code 2. */
export class UsageError extends LabsweepError {
  override readonly name = 'UsageError';
}

/** The controller cannot be reached: exit code 6. */
export class UnreachableError extends LabsweepError {
  override readonly name = 'UnreachableError';
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a program ends with: 2 for a user's mistake, 6 for an unreachable controller, else 1. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof UsageError) return 2;
  return thrown instanceof UnreachableError ? 6 : 1;
}
