// SPDX-License-Identifier: Apache-2.0
/** Progress on a terminal: what runs, done and total, time left, and the table filling up below. */
import { analyseSweep, renderLiveTable, type SweepRecord } from '@labsweep/analysis';
import { durationText } from '@labsweep/controller';
import type { Progress } from '@labsweep/proto';
import { createLogUpdate } from 'log-update';
import type { Display } from './display.js';
import { heldTexts } from './held-texts.js';
import { outcomeLine } from './outcome-line.js';
import { waitingText } from './waiting-text.js';

/** Often enough for a seconds counter, rarely enough not to disturb what is measured beside us. */
const REDRAW_INTERVAL_MS = 1_000;

export function terminalDisplay(stream: NodeJS.WriteStream, nowMs: () => number): Display {
  const draw = createLogUpdate(stream);
  let latest: { progress: Progress; record: SweepRecord | undefined; atMs: number } | undefined;
  let table: readonly string[] = [];
  const redraw = () => {
    if (latest === undefined) return;
    const { progress, atMs } = latest;
    draw([...headLines(progress, atMs, nowMs()), ...table].join('\n'));
  };
  const timer = setInterval(redraw, REDRAW_INTERVAL_MS);
  return {
    line: (text) => {
      draw.clear();
      stream.write(`${text}\n`);
      redraw();
    },
    begin: (record) => {
      table = tableOf(record);
    },
    outcome: (entry, record) => {
      if (record !== undefined) table = tableOf(record);
      // Good outcomes show in the table; a failure is worth a line that stays.
      if (entry.outcome.status === 'measured') return;
      draw.clear();
      stream.write(`${outcomeLine(entry, record)}\n`);
      redraw();
    },
    progress: (progress, record) => {
      latest = { progress, record, atMs: nowMs() };
      redraw();
    },
    end: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}

function tableOf(record: SweepRecord): readonly string[] {
  return ['', ...renderLiveTable(analyseSweep(record))];
}

function headLines(progress: Progress, atMs: number, nowMs: number): string[] {
  const { summary, running, remainingMs } = progress;
  const left = Math.max(0, (remainingMs ?? 0) - (nowMs - atMs));
  const time = summary.state === 'running' ? `, about ${wholeSeconds(left)} left` : '';
  const done = `${summary.trialsSettled}/${summary.trialsTotal} trials`;
  const lines = [`${summary.sweep}  ${done}${time}`];
  for (const { trial, hostName, sinceMs } of running) {
    lines.push(`  running ${trial} on ${hostName}, ${wholeSeconds(nowMs - sinceMs)}`);
  }
  lines.push(...heldTexts(progress).map((text) => `  ${text}`));
  const waiting = waitingText(progress.waiting);
  if (waiting !== '' && running.length === 0) lines.push(`  ${waiting}`);
  return lines;
}

/** A counter that runs needs no fractions. */
function wholeSeconds(durationMs: number): string {
  return durationText(Math.max(0, Math.round(durationMs / 1000)) * 1000);
}
