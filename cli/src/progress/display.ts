// SPDX-License-Identifier: Apache-2.0
/**
 * How a run shows itself while it works: an animated table on a terminal, plain lines elsewhere.
 */
import type { SweepRecord } from '@labsweep/analysis';
import type { Progress, TrialEnded } from '@labsweep/proto';

export interface Display {
  /** One line that stays. */
  line(text: string): void;
  /** Everything that happened before is in the record; from here on it is live. */
  begin(record: SweepRecord): void;
  /** A trial ended. */
  outcome(entry: TrialEnded, record: SweepRecord | undefined): void;
  /** Something moved. */
  progress(progress: Progress, record: SweepRecord | undefined): void;
  /** Takes the animation away; lines stay. */
  end(): void;
}
