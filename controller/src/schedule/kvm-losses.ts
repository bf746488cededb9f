// SPDX-License-Identifier: Apache-2.0
/**
 * Counts how often KVM went away on a host although its kernel is one that had offered it. That a
 * host which boots one kernel after another lacks it under some is no fault of the host.
 */
import type { HostDescription, HostId } from '@labsweep/proto';

/** Kernels of a host under which KVM was offered and is not known to have gone, the newest. */
const KERNELS_MAX = 64;

interface HostRecord {
  readonly offeredUnder: Set<string>;
  count: number;
}

export class KvmLosses {
  private readonly hosts = new Map<HostId, HostRecord>();

  /** An agent says what its host offers. The answer is a loss, with how many there were by now. */
  came(host: HostDescription): { readonly count: number; readonly reason: string } | undefined {
    const kvm = host.supports.find(({ environment }) => environment === 'qemu-kvm');
    if (kvm === undefined) return undefined;
    const kernel = kernelOf(host);
    if (kvm.available) {
      this.offered(host.id, kernel);
      return undefined;
    }
    const record = this.hosts.get(host.id);
    // Deleted, so that it counts once, however often an agent says so.
    if (record?.offeredUnder.delete(kernel) !== true) return undefined;
    record.count += 1;
    return { count: record.count, reason: kvm.reason };
  }

  /** A trial was measured under KVM, or somebody has mended the host; undefined is every host. */
  forget(host: HostId | undefined): void {
    if (host === undefined) {
      for (const record of this.hosts.values()) record.count = 0;
      return;
    }
    const record = this.hosts.get(host);
    if (record !== undefined) record.count = 0;
  }

  private offered(host: HostId, kernel: string): void {
    const record = this.hosts.get(host) ?? { offeredUnder: new Set(), count: 0 };
    this.hosts.set(host, record);
    const { offeredUnder } = record;
    offeredUnder.delete(kernel);
    offeredUnder.add(kernel);
    const [oldest] = offeredUnder;
    if (offeredUnder.size > KERNELS_MAX && oldest !== undefined) offeredUnder.delete(oldest);
  }
}

/** Two builds may have one release; the version has their number and time. */
function kernelOf({ facts }: HostDescription): string {
  return `${facts.kernel_release ?? ''} ${facts.kernel_version ?? ''}`;
}
