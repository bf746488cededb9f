// SPDX-License-Identifier: Apache-2.0
/**
 * PURE. Sees to it that what goes into the spool can be read by a controller. An outcome that it
 * refuses would never be folded, and its agent would wait for that for ever.
 */
import { LabsweepError, reasonUnreadable, type TrialEnded } from '@labsweep/proto';
import { failedOutcome } from './failed-outcome.js';
import { fitOutcome } from './outcome-limit.js';

/**
 * The entry itself where it is right and fits into the log, else one that says why the trial does
 * not count. Throws LabsweepError when even that could not be read.
 */
export function outcomeToSpool(entry: TrialEnded): TrialEnded {
  const reason = reasonUnreadable(entry);
  if (reason === undefined) return fitOutcome(entry);
  const message =
    `the outcome cannot be told to the lab: ${reason}; this is a defect of labsweep, ` +
    'and the evidence of the trial shows what it could not read';
  const outcome = failedOutcome({ class: 'record-incomplete', message });
  const failed = { ...entry, outcome };
  const left = reasonUnreadable(failed);
  if (left !== undefined) throw new LabsweepError(`no outcome of ${entry.trial}: ${left}`);
  return fitOutcome(failed);
}
