// SPDX-License-Identifier: Apache-2.0
/** The outcome of a trial that failed before anything could be seen of it. */
import { type Failure, failureStatus, type Outcome } from '@labsweep/proto';

export function failedOutcome(failure: Failure): Outcome {
  const status = failureStatus({ class: failure.class, isEmulatorArtefact: false });
  return { status, failure, samples: [], facts: {}, consoleTail: '' };
}
