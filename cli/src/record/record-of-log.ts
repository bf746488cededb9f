// SPDX-License-Identifier: Apache-2.0
/** The one way from a kept sweep to what analysis takes. */
import type { SweepRecord } from '@labsweep/analysis';
import { LabsweepError } from '@labsweep/proto';
import { SweepFollower } from '../sweep-follower.js';
import type { SweepLog } from './sweep-log.js';

/** Throws LabsweepError for a log that holds no submission, or one that cannot be read. */
export function recordOfLog(log: SweepLog): SweepRecord {
  const follower = new SweepFollower();
  for (const entry of log.entries) follower.take({ kind: 'entry', entry });
  for (const decision of log.decisions) follower.take({ kind: 'decision', decision });
  const record = follower.record(log.state);
  if (record === undefined) {
    throw new LabsweepError(`the record of ${log.sweep} holds no submission: it is not whole`);
  }
  return { ...record, waiting: log.waiting };
}
