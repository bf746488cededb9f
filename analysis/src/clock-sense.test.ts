// SPDX-License-Identifier: Apache-2.0
/** Phases against the clock that timed them: long, short, and of unknown length. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { timeText } from './clock-sense.js';
import { renderText } from './report/render-text.js';
import type { Report, ReportRow } from './report-model.js';
import { buildRecord } from './testing/record-builder.js';
import type { Told } from './testing/record-options.js';
import { qemuRow, statedSweep } from './testing/sample-records.js';

const PAGES = 16_384;

/** One kernel at 50 ns/page over 64 MiB: 819 us a phase. */
function report(told: Told, unit = 'ns/page'): Report {
  const rows = [qemuRow(1, { kernels: ['a'], told: () => told })];
  const metrics = [{ name: 'ns', unit, direction: 'lower', meaning: '' } as const];
  return analyseSweep(buildRecord(statedSweep({ a: [50, 51, 50] }, { rows, metrics })));
}

function clockOf(told: Told, unit?: string): ReportRow['clock'] {
  return report(told, unit).rows[0]?.clock ?? [];
}

test('a phase of many ticks is not remarked on', () => {
  assert.deepEqual(clockOf({ line: { pages: PAGES, clock_resolution_ns: 30 } }), []);
});

test('a phase of fewer than 100 ticks is marked with its length and the tick', () => {
  const told = { line: { pages: PAGES, clock_resolution_ns: 4_000_000 } };
  assert.deepEqual(clockOf(told), [
    {
      kind: 'short',
      metric: 'ns',
      kernels: ['a'],
      stretchNs: 50 * PAGES,
      resolutionNs: 4_000_000,
      ticks: (50 * PAGES) / 4_000_000,
    },
  ]);
  const text = renderText(report(told));
  assert.match(text, /!clock: ns 0\.2 ticks of 4 ms/);
  assert.match(text, /\n!clock +/);
});

test('the limit is 100 ticks of one stretch, whatever the number of iterations', () => {
  const line = { pages: PAGES, iterations: 1000, rounds: 3 };
  const tick = (50 * PAGES) / 100;
  assert.deepEqual(clockOf({ line: { ...line, clock_resolution_ns: tick } }), []);
  assert.equal(clockOf({ line: { ...line, clock_resolution_ns: tick + 1 } }).length, 1);
});

test("the resolution may come from the guest's facts; the result line goes before", () => {
  const facts = { clock_resolution_ns: '4000000' };
  assert.equal(clockOf({ facts, line: { pages: PAGES } })[0]?.kind, 'short');
  assert.deepEqual(clockOf({ facts, line: { pages: PAGES, clock_resolution_ns: 30 } }), []);
});

test('a time per iteration is a stretch by itself', () => {
  const told = { line: { clock_resolution_ns: 30 } };
  assert.deepEqual(clockOf(told, 'us/iteration'), []);
  assert.equal(clockOf(told, 'ns/iteration')[0]?.kind, 'short');
});

test('without pages or resolution the check says that it cannot tell', () => {
  const finding = { kind: 'unknown', metric: 'ns' };
  assert.deepEqual(clockOf({ facts: { clock_resolution_ns: 'absent' } }), [
    { ...finding, missing: ['pages', 'clock_resolution_ns'] },
  ]);
  assert.deepEqual(clockOf({ line: { clock_resolution_ns: 30 } }), [
    { ...finding, missing: ['pages'] },
  ]);
  const { notes } = report({ line: { pages: PAGES } });
  assert.ok(notes.some((note) => note.includes('cannot be told: no result line or machine says')));
});

test('metrics that are no time are left alone, and so is a time per anything else', () => {
  const told = { line: { pages: PAGES, clock_resolution_ns: 4_000_000 } };
  assert.deepEqual(clockOf(told, 'MB/s'), []);
  assert.deepEqual(clockOf(told, 'ns/call'), []);
});

test('a bare time is one stretch, by its unit or else by its name', () => {
  const told = { line: { pages: PAGES, clock_resolution_ns: 30 } };
  assert.deepEqual(clockOf(told, 'us'), []);
  for (const unit of ['ns', 'nanoseconds']) {
    const [finding] = clockOf(told, unit);
    assert.ok(finding?.kind === 'short', unit);
    assert.deepEqual([finding.stretchNs, finding.resolutionNs], [50, 30]);
  }
});

test('the worse of the two steps counts, and a change of it is told', () => {
  const line = { pages: PAGES, clock_resolution_ns: 30 };
  const facts = { clock_resolution_ns: '30', clock_resolution_end_ns: '4000000' };
  const [finding] = clockOf({ line, facts });
  assert.ok(finding?.kind === 'short');
  assert.equal(finding.resolutionNs, 4_000_000);
  assert.match(
    report({ line, facts }).notes.join('\n'),
    /step of the clock changed while 3 trials ran: 30 ns -> 4 ms\. The longer one counts/,
  );
  const steady = { clock_resolution_ns: '30', clock_resolution_end_ns: '55' };
  assert.deepEqual(clockOf({ line, facts: steady }), []);
  assert.equal(report({ line, facts: steady }).notes.join().includes('step of the clock'), false);
});

test('refined-jiffies and a change of clock are named for what they are', () => {
  const notes = (facts: Record<string, string>): string => report({ facts }).notes.join('\n');
  assert.match(
    notes({ clocksource: 'refined-jiffies', clocksource_end: 'refined-jiffies' }),
    /refined-jiffies \(3 trials\) is a clock that only ticks with the timer interrupt/,
  );
  const changed = notes({ clocksource: 'tsc', clocksource_end: 'hpet' });
  assert.match(changed, /changed while 3 trials ran: tsc -> hpet\./);
  assert.equal(changed.includes('jiffies'), false);
  const steady = notes({ clocksource: 'tsc', clocksource_end: 'tsc' });
  assert.equal(steady.includes('clocksource'), false);
});

test('times are told in the unit that fits', () => {
  assert.deepEqual([30, 4_000_000, 1250, 0.5].map(timeText), [
    '30 ns',
    '4 ms',
    '1.25 us',
    '0.5 ns',
  ]);
});
