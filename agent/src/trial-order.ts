// SPDX-License-Identifier: Apache-2.0
/** Makes the orders for a runner out of a lease: everything it names becomes a local file. */
import type { Lease, LeasedTrial, Sha256 } from '@labsweep/proto';
import type { TrialOrder } from './runner/runner.js';

/** Files by hash; undefined for one that has to be fetched first. */
export type KnownPath = (sha256: Sha256) => string | undefined;

export class TrialOrders {
  /** The same for all trials of the lease, so what is drawn from it can be kept beside it. */
  private common: Omit<TrialOrder, 'trial' | 'kernel' | 'kernelImage'> | undefined;

  constructor(private readonly lease: Lease) {}

  /** Undefined while a file is missing. */
  of({ trial, kernel, image }: LeasedTrial, pathOf: KnownPath): TrialOrder | undefined {
    const common = this.commonOf(pathOf);
    if (common === undefined) return undefined;
    if (image === undefined) return { ...common, trial, kernel };
    const path = pathOf(image.sha256);
    if (path === undefined) return undefined;
    return { ...common, trial, kernel, kernelImage: { path, release: image.release } };
  }

  /** Throws what `fetch` throws. */
  async fetched(
    trial: LeasedTrial,
    fetch: (sha256: Sha256) => Promise<string>,
  ): Promise<TrialOrder> {
    const { sha256, files } = this.lease.workload;
    const wanted = [sha256, ...files.map((file) => file.sha256)];
    if (trial.image !== undefined) wanted.push(trial.image.sha256);
    const paths = new Map<Sha256, string>();
    for (const each of wanted) paths.set(each, await fetch(each));
    const order = this.of(trial, (each) => paths.get(each));
    if (order === undefined) throw new Error(`a file of ${trial.trial} was not fetched`);
    return order;
  }

  private commonOf(pathOf: KnownPath) {
    const { workload } = this.lease;
    const binaryPath = pathOf(workload.sha256);
    if (binaryPath === undefined) return undefined;
    const files = [];
    for (const { name, sha256 } of workload.files) {
      const path = pathOf(sha256);
      if (path === undefined) return undefined;
      files.push({ name, path });
    }
    // A hash has one path, so what was made once stays right.
    this.common ??= { ...runSettingsOf(this.lease), workload: { ...workload, binaryPath, files } };
    return this.common;
  }
}

function runSettingsOf(lease: Lease) {
  const { environment, purpose, shape, commandLine, deadlineMs, hygiene } = lease;
  const { preparations, guest, native, functions } = lease;
  const how = { environment, purpose, shape, commandLine, deadlineMs, hygiene };
  return { ...how, preparations, guest, native, functions };
}
