// SPDX-License-Identifier: Apache-2.0
/**
 * Names on the broker: the stream, its subjects and the object store bucket. No behaviour beyond
 * that.
 */
import type { SweepId } from './domain.js';

/** The stream that is the truth about every sweep. */
export const LOG_STREAM = 'LABSWEEP_LOG';
export const LOG_SUBJECTS = 'labsweep.log.>';

/** Kernels, reproducer binaries and serial logs, named by their sha256. */
export const ARTIFACT_BUCKET = 'LABSWEEP_ARTIFACTS';

/** The subject of every entry of one sweep. A sweep id holds no dot, so it is one token. */
export function logSubject(sweep: SweepId): string {
  return `labsweep.log.${sweep}`;
}

/** What is about hosts and not about one sweep; no sweep id holds an underscore. */
export const LAB_SUBJECT = 'labsweep.log._lab';

/** Which controller reigns: a bucket of JetStream KV with one key. */
export const REIGN_BUCKET = 'LABSWEEP_REIGN';

/** Comes with a refusal of a controller that runs, but does not reign: the next one may. */
export const STANDBY_METADATA = 'labsweep-standby';
