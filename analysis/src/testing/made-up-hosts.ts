// SPDX-License-Identifier: Apache-2.0
/** The hosts of made-up sweeps, and the releases of their kernels. */
import type { HostId } from '@labsweep/proto';
import type { RecordedHost } from '../sweep-record.js';
import type { RecordOptions } from './record-options.js';

export interface MadeUpHost extends RecordedHost {
  /** By which all its times are longer. */
  readonly factor: number;
}

/** Two unlike hosts that take blocks in turn, so that a comparison across blocks would go wrong. */
const HOSTS: readonly MadeUpHost[] = [
  {
    id: 'b0c1' as HostId,
    name: 'box1',
    factor: 1,
    facts: {
      cpu_model: 'Intel(R) Core(TM) i7-14700',
      kvm_canary: 'opens, but its canary guest did not answer within 10 s',
    },
  },
  {
    id: 'b0c2' as HostId,
    name: 'box2',
    factor: 1.15,
    facts: { cpu_model: 'AMD EPYC 7763 64-Core Processor' },
  },
];

/** All of them, or as many as the options allow. */
export function hostsFor(options: RecordOptions): readonly MadeUpHost[] {
  return HOSTS.slice(0, options.hostsMax ?? HOSTS.length);
}

/** As the options state it, or else made up from the kernel's name. */
export function releaseOf(options: RecordOptions, kernel: string): string {
  const stated = options.releases?.[kernel];
  if (stated !== undefined) return stated;
  return kernel === 'host' ? '6.1.0-44-amd64' : `${kernel.replace(/^v/, '')}.0-test`;
}
