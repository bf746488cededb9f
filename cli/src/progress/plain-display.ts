// SPDX-License-Identifier: Apache-2.0
/** Progress for pipes and logs: one plain line per event, with its number and the time in UTC. */
import type { Display } from './display.js';
import { heldTexts } from './held-texts.js';
import { outcomeLine, trialCountText } from './outcome-line.js';
import { waitingText } from './waiting-text.js';

export function plainDisplay(write: (text: string) => void, nowMs: () => number): Display {
  let sequence = 0;
  let waiting = '';
  let held: readonly string[] = [];
  const line = (text: string) => {
    sequence += 1;
    const time = new Date(nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    write(`${String(sequence).padStart(4)} ${time} ${text}\n`);
  };
  return {
    line,
    begin: (record) => {
      if (record.entries.length > 0) line(`${trialCountText(record)} have ended before`);
    },
    outcome: (entry, record) => {
      const count = record === undefined ? '' : `${trialCountText(record)}: `;
      line(`${count}${outcomeLine(entry, record)}`);
    },
    progress: (progress) => {
      const holding = heldTexts(progress);
      for (const text of holding.filter((each) => !held.includes(each))) line(text);
      for (const text of held.filter((each) => !holding.includes(each))) {
        line(`no longer: ${text.split(';')[0]}`);
      }
      held = holding;
      const text = waitingText(progress.waiting);
      if (text !== waiting && text !== '' && progress.hostsAttached > 0) line(text);
      waiting = text;
    },
    end: () => {},
  };
}
