// SPDX-License-Identifier: Apache-2.0
/** The outcome of a trial that failed before anything could be seen of it. */
import type { Failure, Outcome } from '@labsweep/proto';
import { failureStatus } from './failure-table.js';

export function failedOutcome(failure: Failure): Outcome {
  const status = failureStatus({ class: failure.class, isEmulatorArtefact: false });
  return { status, failure, samples: [], facts: {}, consoleTail: '' };
}
