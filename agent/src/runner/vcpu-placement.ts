// SPDX-License-Identifier: Apache-2.0
/**
 * Decides which CPU of the host each vCPU of a guest gets, and what is left for QEMU's own threads.
 * It moves no thread.
 */
import { formatCpuList } from '../cpu-list.js';
import type { Trouble } from '../trial-evidence.js';

export interface Placement {
  /** By number of the vCPU: the CPUs that its thread may use. */
  readonly vcpus: readonly (readonly number[])[];
  /** Of QEMU's main thread, and so of every helper thread that it starts later. */
  readonly emulator: readonly number[];
}

export interface PlacementRequest {
  readonly vcpuCount: number;
  /** In ascending order, never empty. */
  readonly allowedCpus: readonly number[];
  readonly mayOvercommit: boolean;
}

/**
 * Each vCPU has a CPU for itself, from the end of the list as a native trial has: CPU 0 takes most
 * interrupts. The emulator has the others; where none is left, it shares all. A guest of more vCPUs
 * than CPUs floats over all of them: four vCPUs on two CPUs booted in 2.87 s so, and in 2.98 s when
 * two were pinned to each CPU (medians of 6 interleaved boots under TCG), since vCPUs that share a
 * CPU wait for each other while another one idles.
 */
export function placeVcpus(request: PlacementRequest): Placement | Trouble {
  const { vcpuCount, allowedCpus } = request;
  const numbers = Array.from({ length: vcpuCount }, (_, vcpu) => vcpu);
  if (vcpuCount > allowedCpus.length) {
    if (!request.mayOvercommit) return refuse(request);
    return { vcpus: numbers.map(() => allowedCpus), emulator: allowedCpus };
  }
  const first = allowedCpus.length - vcpuCount;
  const left = allowedCpus.slice(0, first);
  return {
    vcpus: numbers.map((vcpu) => allowedCpus.slice(first + vcpu, first + vcpu + 1)),
    emulator: left.length > 0 ? left : allowedCpus,
  };
}

function refuse({ vcpuCount, allowedCpus }: PlacementRequest): Trouble {
  const cpus = `${allowedCpus.length} (${formatCpuList(allowedCpus)})`;
  return {
    class: 'placement-mismatch',
    message:
      `smp = ${vcpuCount} needs as many CPUs, and this agent may use ${cpus}; ` +
      'write overcommit = true to let vCPUs take turns, and the row will be marked',
  };
}

/** For example `0:2 1:3`: the vCPU, and the CPUs on which its thread was found. */
export function formatVcpuMap(cpus: readonly (readonly number[])[]): string {
  return cpus.map((list, vcpu) => `${vcpu}:${formatCpuList(list)}`).join(' ');
}

/** For example `4/2`: four vCPUs on two CPUs; `none` where each has a CPU of its own. */
export function describeOvercommit(cpus: readonly (readonly number[])[]): string {
  const used = new Set(cpus.flat()).size;
  return cpus.length > used ? `${cpus.length}/${used}` : 'none';
}
