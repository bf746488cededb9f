// SPDX-License-Identifier: Apache-2.0
/** How long the block that a host has begun waits for it. It looks at no clock. */
import type { Environment, Scheduling } from '@labsweep/proto';

const MINUTE_MS = 60_000;

/**
 * A native host reboots for minutes, and its half-run block cost hours; a guest is there again as
 * soon as its host is; a script costs nothing.
 */
const GRACE_MS: Readonly<Record<Environment, number>> = {
  native: 30 * MINUTE_MS,
  'qemu-kvm': 2 * MINUTE_MS,
  'qemu-tcg': 2 * MINUTE_MS,
  scripted: 10_000,
};

export function graceMsOf(scheduling: Scheduling, environment: Environment): number {
  return scheduling.graceMs ?? GRACE_MS[environment];
}
