// SPDX-License-Identifier: Apache-2.0
/** Whether guests run under KVM on this box, found out as an agent does: by booting a tiny one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Support } from '@labsweep/proto';
import { createCanary } from './runner/canary.js';

/** Takes a moment, or some seconds where /dev/kvm opens and the guest dies. Leaves nothing. */
export async function examineKvm({
  qemuBinary = 'qemu-system-x86_64',
}: {
  /** A name on the PATH, or a path. */
  readonly qemuBinary?: string;
} = {}): Promise<Pick<Support, 'available' | 'reason'>> {
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'labsweep-kvm-'));
  try {
    // The tiny guest is a boot sector and has no init.
    return await createCanary({ qemuBinary, initPath: '', scratchDirectory }).probeKvm();
  } finally {
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}
