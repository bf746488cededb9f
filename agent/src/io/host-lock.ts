// SPDX-License-Identifier: Apache-2.0
/** One measuring agent per host: two of them would disturb each other's trials. */
import {
  type HostId,
  LabsweepError,
  LockedError,
  lockProcess,
  type ProcessLock,
} from '@labsweep/proto';

/** Throws LabsweepError that names the holder when another agent measures on this host. */
export async function lockHost(host: HostId, purpose: string): Promise<ProcessLock> {
  try {
    return await lockProcess(`agent-${host}`, purpose);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new LabsweepError(
      `another labsweep agent measures on this host (${error.holder}); two would disturb each ` +
        'other: wait for it to end, or stop it',
      { cause: error },
    );
  }
}
