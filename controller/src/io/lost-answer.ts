// SPDX-License-Identifier: Apache-2.0
/** What a user is told when it is not known whether the log has taken an entry. */
import {
  brokerFailureOf,
  explainBrokerFailure,
  LabsweepError,
  type LogEntry,
} from '@labsweep/proto';

/**
 * Undefined when each of the attempts was refused: then the log has nothing of it. Where an answer
 * did not come, the entry may be stored, and may hold as soon as the broker is back.
 */
export function lostAnswer(
  entry: LogEntry,
  failures: readonly unknown[],
): LabsweepError | undefined {
  const cause = failures.find((error) => brokerFailureOf(error) === 'away');
  if (cause === undefined) return undefined;
  return new LabsweepError(
    `the log gave no answer, so nobody knows yet whether it has ${whatToDo(entry)}: ` +
      explainBrokerFailure(cause),
    { cause },
  );
}

function whatToDo(entry: LogEntry): string {
  // The same sweep again is the same entry.
  if (entry.type === 'submitted')
    return `the sweep ${entry.sweep} (submit it again, it comes once)`;
  const see = entry.type === 'commanded' ? `labsweep history ${entry.sweep}` : 'labsweep hosts';
  return `the command (see \`${see}\` before you ask again)`;
}
