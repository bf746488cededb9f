// SPDX-License-Identifier: Apache-2.0
/** Makes the order for a runner out of a lease: everything it names becomes a local file. */
import type { Lease, LeasedTrial, Sha256 } from '@labsweep/proto';
import type { TrialOrder } from './runner/runner.js';

/** Throws what `fetch` throws. */
export async function orderOf(
  lease: Lease,
  trial: LeasedTrial,
  fetch: (sha256: Sha256) => Promise<string>,
): Promise<TrialOrder> {
  const { environment, purpose, shape, commandLine, deadlineMs, hygiene, workload } = lease;
  const { preparations, guest, native, functions } = lease;
  const binaryPath = await fetch(workload.sha256);
  const files = [];
  for (const { name, sha256 } of workload.files) files.push({ name, path: await fetch(sha256) });
  const image = trial.image && {
    path: await fetch(trial.image.sha256),
    release: trial.image.release,
  };
  return {
    trial: trial.trial,
    kernel: trial.kernel,
    ...(image === undefined ? {} : { kernelImage: image }),
    environment,
    purpose,
    shape,
    commandLine,
    deadlineMs,
    hygiene,
    preparations,
    guest,
    native,
    functions,
    workload: { ...workload, binaryPath, files },
  };
}
