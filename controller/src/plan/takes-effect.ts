// SPDX-License-Identifier: Apache-2.0
/** Says which commands in a log change nothing: two users may have been heard at once. */
import type { Spec, SweepCommand } from '@labsweep/proto';

/** Of a sweep as it is when the command's turn comes. */
export function takesEffect(
  sweep: { readonly spec: Spec; readonly isCancelled: boolean },
  command: SweepCommand,
): boolean {
  // Cancelling is final, in whichever order two users were heard.
  if (sweep.isCancelled) return false;
  if (command.kind !== 'add-kernel') return true;
  return sweep.spec.kernels.every(({ name }) => name !== command.kernel.name);
}
