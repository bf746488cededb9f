// SPDX-License-Identifier: Apache-2.0
/** PURE. How long each stage of a block may take before the worker counts as hung. */
import type { Environment, Lease } from '@labsweep/proto';

export type StageName = 'room' | 'fetch' | 'trial' | 'spool' | 'fold' | 'rest';

export const FETCH_LIMIT_MS = 10 * 60_000;
const SPOOL_LIMIT_MS = 60_000;
/** Of what the publisher hangs; the rest of this stage is excused. */
const FOLD_LIMIT_MS = 10 * 60_000;

/**
 * Beyond the deadline of a trial, which the runner keeps itself: a cool-down may take 5 minutes,
 * the waits for a quiet host and for a ready one two more, QEMU's own start two, and CPUs must
 * come back.
 */
const MARGIN_MS: Readonly<Record<Environment, number>> = {
  native: 10 * 60_000,
  'qemu-kvm': 10 * 60_000,
  'qemu-tcg': 10 * 60_000,
  scripted: 5_000,
};

/** Undefined for a stage that waits for others: they may be away for as long as they like. */
export function limitOf(stage: StageName, lease: Lease): number | undefined {
  switch (stage) {
    case 'fetch':
      return FETCH_LIMIT_MS;
    case 'trial':
      return lease.deadlineMs + lease.native.settleMs + MARGIN_MS[lease.environment];
    case 'spool':
      return SPOOL_LIMIT_MS;
    case 'fold':
      return FOLD_LIMIT_MS;
    case 'room':
    case 'rest':
      return undefined;
  }
}
