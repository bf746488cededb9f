// SPDX-License-Identifier: Apache-2.0
/** Tells which kernels of a row a host could run as it is booted now. It boots nothing. */
import type { HostDescription, KernelName, PlannedRow } from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';

/** True for a kernel that is whatever a host has booted. */
export function isHostKernel(sweep: SweepState, name: KernelName): boolean {
  return sweep.spec.kernels.some((kernel) => kernel.name === name && kernel.source.kind === 'host');
}

/** Guests boot any kernel; a native trial runs on the one that its host is running. */
export function isBooted(options: {
  readonly sweep: SweepState;
  readonly row: PlannedRow;
  readonly kernel: KernelName;
  readonly host: HostDescription;
}): boolean {
  const { sweep, row, kernel, host } = options;
  if (row.environment !== 'native' || isHostKernel(sweep, kernel)) return true;
  return releaseOf(sweep, kernel) === runningRelease(host);
}

/** As `uname -r` must say it; the kernel's name where the submission knows no image. */
export function releaseOf(sweep: SweepState, name: KernelName): string {
  const resolved = sweep.kernels.find((kernel) => kernel.name === name);
  return resolved?.image?.release ?? name;
}

export function runningRelease(host: HostDescription): string {
  return host.facts.kernel_release ?? 'an unknown kernel';
}
