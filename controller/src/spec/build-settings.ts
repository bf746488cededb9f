// SPDX-License-Identifier: Apache-2.0
/** Gives the settings of one environment their defaults and the types of the vocabulary. */
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  type GuestSettings,
  type NativeSettings,
} from '@labsweep/proto';
import type { SpecShape } from './schema.js';

type EnvironmentShape = SpecShape['environments'][number];

const MS_PER_S = 1000;

export function buildGuest(shape: EnvironmentShape): GuestSettings {
  const hugePages = shape.huge_pages ?? DEFAULT_GUEST.hugePages;
  return {
    machine: shape.machine ?? DEFAULT_GUEST.machine,
    cpuModel: shape.cpu_model ?? DEFAULT_GUEST.cpuModel,
    numaNodes: shape.numa ?? DEFAULT_GUEST.numaNodes,
    hugePages,
    // Huge pages that are not there when the guest touches them would kill it in mid-measurement.
    preallocate: hugePages || (shape.preallocate ?? DEFAULT_GUEST.preallocate),
    overcommit: shape.overcommit ?? DEFAULT_GUEST.overcommit,
    boot: shape.boot ?? DEFAULT_GUEST.boot,
    trims: shape.trims ?? DEFAULT_GUEST.trims,
  };
}

export function buildNative(shape: EnvironmentShape): NativeSettings {
  const { settle_s: settleS } = shape;
  return {
    cpus: shape.cpus ?? DEFAULT_NATIVE.cpus,
    coreClass: shape.core_class ?? DEFAULT_NATIVE.coreClass,
    smpBy: shape.smp_by ?? DEFAULT_NATIVE.smpBy,
    scheduler: shape.scheduler ?? DEFAULT_NATIVE.scheduler,
    settleMs: settleS === undefined ? DEFAULT_NATIVE.settleMs : Math.round(settleS * MS_PER_S),
    ...(shape.numa_node === undefined ? {} : { numaNode: shape.numa_node }),
  };
}
