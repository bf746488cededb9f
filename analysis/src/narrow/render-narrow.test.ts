// SPDX-License-Identifier: Apache-2.0
/** Goal: the text says what was found, what was not, and what it cost. Method: made-up rounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { sandwichSweep, statedSweep } from '../testing/sample-records.js';
import { assessNarrowing } from './assess-narrowing.js';
import { type NarrowReport, type NarrowReportInput, narrowReport } from './narrow-report.js';
import { renderNarrowJson, renderNarrowText } from './render-narrow.js';
import { sandwichOf } from './sandwich.js';

const KERNELS = ['6.16.3', '6.16.12', '6.17.8', '6.17.13', '6.18.5', '7.3.4'];
const GOOD = [100, 101, 99];
const BAD = [200, 203, 198];
const ROUND = { '6.16.3': GOOD, '6.17.8': BAD, '7.3.4': BAD };
const NEXT = { '6.16.3': GOOD, '6.16.12': [101, 100, 98], '7.3.4': BAD };
const FOUND = {
  kind: 'found',
  pair: { good: '6.16.12', bad: '6.17.8', between: [] },
} as const;

const durationText = (durationMs: number) => `${durationMs / 1000} s`;

function reportOf(
  rounds: readonly Readonly<Record<string, readonly number[]>>[],
  change: Partial<NarrowReportInput>,
): NarrowReport {
  const records: readonly SweepRecord[] = rounds.map((values) => buildRecord(statedSweep(values)));
  return narrowReport({
    narrowing: 'window-narrow-1a2b3c4d',
    metric: { name: 'ns', unit: 'ns/page', direction: 'lower', meaning: '' },
    row: 'qemu-smp1',
    asked: 'qemu',
    records,
    assessment: assessNarrowing({ records, kernels: KERNELS, metric: 'ns', blocksMax: 12 }),
    end: FOUND,
    ...change,
  });
}

function textOf(report: NarrowReport): string {
  const text = renderNarrowText(report, durationText);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  return text;
}

const around = (level: number) => [0, 1, -1, 2, -2, 1].map((noise) => level + noise);
const ABA = sandwichOf(
  buildRecord(
    sandwichSweep({ '6.16.12': around(100), '6.17.8': around(200), again: around(100.5) }),
  ),
  { good: '6.16.12', bad: '6.17.8', metric: 'ns' },
);

test('a found pair has its table, its sandwich and its cost', () => {
  const text = textOf(reportOf([ROUND, NEXT], { sandwich: ABA }));
  assert.match(text, /^ns \(ns\/page, lower is better\), qemu-tcg, row qemu-smp1\n/);
  assert.match(
    text,
    /appears between 6\.16\.12 \(good\) and 6\.17\.8 \(bad\)\. These are\s+neighbours/,
  );
  assert.match(text, /\n6\.16\.3 +good end +100\.0 +- +- +6 +6 +54 s\n/);
  assert.match(text, /\n6\.17\.8 +bad +200\.0 +1\.41x +\[1\.\d+, 1\.\d+\] +3 +3 +27 s\n/);
  assert.match(text, /Of the kernels in the list 2 did not have to run/);
  assert.match(text, / {2}effect B \/ A: 2\.00x \[1\.9\d, 2\.0\d\]\n/);
  assert.match(text, / {2}drift A \/ A: 1\.0\d*x/);
  assert.match(
    text,
    /2 rounds,\s+18\s+boots\s+and\s+162\s+s\s[\s\S]*All\s+6\s+kernels\s+in\s+3\s+blocks/,
  );
  assert.match(text, /taken\s+18\s+boots\s+and\s+about\s+162\s+s/);
});

test('the interval beside an answer is the one that it is made of', () => {
  // Wide against the good end, since all of a block moves together with the bad one.
  const wild = { '6.16.3': [100, 160, 80], '6.17.8': [190, 330, 120], '7.3.4': [200, 340, 130] };
  const report = reportOf([wild], { end: { kind: 'unfinished', reason: 'halfway' } });
  const found = report.findings.find(({ kernel }) => kernel === '6.17.8');
  assert(found?.ratio !== undefined && found.ofMiddle !== undefined);
  assert.ok(found.ratio.low < 1.2, 'the interval to the good end leaves the answer open');
  assert.equal(found.answer, 'bad');
  assert.ok(found.ofMiddle.low > 1);
  const { low, high } = found.ofMiddle;
  const text = textOf(report);
  assert.ok(text.includes(`[${low.toFixed(2)}, ${high.toFixed(2)}]`), text);
  assert.match(
    text,
    /wholly\s+below\s+1\s+is\s+an\s+answer,\s+good,\s+and\s+so\s+is\s+one\s+wholly\s+above,\s+bad/,
  );
  const ends = report.findings.filter(({ kernel }) => kernel !== '6.17.8');
  assert.deepEqual(
    ends.map(({ ofMiddle }) => ofMiddle),
    [undefined, undefined],
  );
});

test('boots for the audit of A B A are told beside those that were timed', () => {
  const audits = [{ purpose: 'audit', trials: 3, hostTimeMs: 13_000 }] as const;
  const text = textOf(reportOf([ROUND, NEXT], { sandwich: { ...ABA, besides: audits } }));
  assert.match(text, /\(18\s+boots,\s+162\s+s;\s+3\s+more\s+for\s+audit,\s+13\s+s\)/);
});

test('what lies between a pair that is not adjacent is named, never left out', () => {
  const pair = { good: '6.16.3', bad: '6.17.8', between: ['6.16.12'] };
  const text = textOf(reportOf([ROUND], { end: { kind: 'found', pair } }));
  assert.match(text, /may be in any of\s+6\.16\.12, 6\.17\.8: nothing is known/);
});

test('answers that contradict each other are told', () => {
  const later = { '6.16.3': GOOD, '6.18.5': [99, 100, 101], '7.3.4': BAD };
  const text = textOf(reportOf([ROUND, later], {}));
  assert.match(text, /Not in one direction: 6\.17\.8 is bad, and 6\.18\.5 behind it is\s+good/);
});

test('a sandwich that does not confirm the pair says so at the top', () => {
  const flat = sandwichOf(
    buildRecord(sandwichSweep({ a: around(100), b: around(100), c: around(100) })),
    { good: 'a', bad: 'b', metric: 'ns' },
  );
  const report = reportOf([ROUND, NEXT], { sandwich: flat });
  assert.equal(report.end.kind === 'found' && report.end.confirmed, false);
  assert.match(textOf(report), /A B A does NOT\s+confirm it/);
});

test('ends without a difference, ends that fail and an interruption are ends too', () => {
  const alike = textOf(reportOf([ROUND], { end: { kind: 'no-effect' } }));
  assert.match(alike, /No clear difference between 6\.16\.3 and 7\.3\.4 in 3 blocks/);
  const fails = textOf(reportOf([], { end: { kind: 'end-fails', kernel: '7.3.4' } }));
  assert.match(fails, /7\.3\.4 does not run the workload/);
  const reason = 'interrupted; run the same command again to go on';
  const half = textOf(reportOf([ROUND], { end: { kind: 'unfinished', reason } }));
  assert.match(half, /Not finished: interrupted; run the same command/);
});

test('the JSON names its schema and holds the same numbers', () => {
  const report = reportOf([ROUND, NEXT], { sandwich: ABA });
  const parsed = JSON.parse(renderNarrowJson(report));
  assert.equal(parsed.schema, 'labsweep-narrow/1');
  assert.deepEqual(parsed.end, { ...FOUND, confirmed: true });
  assert.deepEqual(parsed.findings, JSON.parse(JSON.stringify(report.findings)));
  assert.deepEqual(parsed.search, { trials: 18, hostTimeMs: 162_000 });
});
