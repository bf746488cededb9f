// SPDX-License-Identifier: Apache-2.0
/**
 * The baseline's second turn is half of what the changes of a sandwich are taken from, so every
 * format says so, and its spread is looked at like that of any kernel. Method: the values of a real
 * A B A under an emulated CPU, whose second turn varies most.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { FORMATS } from './report/formats.js';
import { headline } from './report/headline.js';
import { regzbotLine } from './report/mail/regzbot.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import { sandwichSweep } from './testing/sample-records.js';

const VALUES = {
  A: [486.277, 496.45, 419.134, 459.827, 297.056, 559.524],
  B: [923.723, 927.792, 970.52, 569.697, 596.147, 1035.628],
  'A.again': [500.52, 512.727, 467.965, 292.987, 315.368, 588.009],
};
const IN_WORDS = ['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests', 'gobench'];

/** On one host. */
function sandwich(values: Readonly<Record<string, readonly number[]>> = VALUES): SweepRecord {
  return buildRecord({ ...sandwichSweep(values), hostsMax: 1 });
}

/** Without line breaks and marks of comments. */
function render(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert(format !== undefined, name);
  const text = String(format.render({ record, report: analyseSweep(record), options: {} }));
  return text.replaceAll(/\s*\n#?\s*/g, ' ');
}

test('each format says that changes are taken from both turns', () => {
  for (const name of [...IN_WORDS, 'kcidb']) {
    const page = render(name, sandwich());
    assert.match(page, /kernel \/ geometric mean of both turns of the baseline/, name);
  }
  for (const name of ['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests']) {
    assert.match(render(name, sandwich()), /first turn/, name);
  }
  for (const name of ['mail', 'markdown', 'html']) {
    const levels = /went from 473\.1 \(first turn; 484\.2 at the end\) to 925\.8 \(medians\)/;
    assert.match(render(name, sandwich()), levels, name);
  }
  assert.match(
    render('mail', sandwich()),
    /every kernel once, the baseline twice in each block, on one host, the baseline first and last,/,
  );
});

test('the floor of a sandwich can be taken again from its drift', () => {
  for (const name of IN_WORDS) {
    assert.match(
      render(name, sandwich()),
      /half the drift of A against itself, last turn \/ first, \+4\.2%, 95% CI -36\.3% to \+11\.7%, 6 blocks; the far end is 1\.57x, the root of that 1\.25x/,
      name,
    );
  }
});

test('the spread, the outliers and the mean of the second turn are told', () => {
  const { reasons, remarks } = analyseSweep(sandwich()).rows[0]?.status ?? {};
  assert.deepEqual(reasons, [
    'A varies by CV 19.7%, limit 10%',
    'B varies by CV 24.0%, limit 10%',
    'A.again varies by CV 26.2%, limit 10%',
  ]);
  // Of the change nothing: by ratios from both turns, mean and median are 1.86x alike.
  assert.deepEqual(remarks, [
    'B: mean 837.3 and median 925.8 tell different stories',
    'A.again: mean 446.3 and median 484.2 tell different stories',
  ]);
  const steady = [100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1];
  const values = { A: steady, B: steady, 'A.again': steady.with(3, 160) };
  const odd = analyseSweep(sandwich(values)).rows[0]?.status.remarks ?? [];
  assert.ok(odd.some((each) => /^outlier \(kept\): A\.again in .*\/r4, 160,/.test(each)));
});

test('a change of a row that cannot stand alone says so at once, and carries no tag', () => {
  const record = sandwich();
  const report = analyseSweep(record);
  assert.equal(report.rows[0]?.metrics[0]?.cells[1]?.judgement?.verdict, 'slower');
  for (const name of ['mail', 'markdown', 'html']) {
    assert.match(
      render(name, record),
      /p = 0\.031\. The row is supporting only: A varies by CV 19\.7%, limit 10%; B varies by CV 24\.0%, limit 10%; and 1 more, below\./,
      name,
    );
  }
  assert.doesNotMatch(headline(report), /REGRESSION/);
  assert.throws(() => regzbotLine('v6.16..v6.17', report), /in a clean row/);
  const { tests } = JSON.parse(render('kcidb', record));
  const verdicts = tests.filter(({ path }: { path: string }) => path.endsWith('.verdict'));
  assert.deepEqual(
    verdicts.map(({ status }: { status: string }) => status),
    ['DONE'],
  );
});

test('the change of each metric can be taken again from the raw series of every page', () => {
  const levels = [100, 103, 99, 107, 95, 101];
  const factors = { A: 1, B: 1.5, 'A.again': 1.44 };
  const record = buildRecord({
    ...sandwichSweep({ A: levels, B: levels, 'A.again': levels }),
    hostsMax: 1,
    metrics: ['ns', 'protect_ns'].map((name) => ({
      ...{ name, unit: 'ns', direction: 'lower', meaning: '' },
    })),
    values: ({ kernel, repetition }) => {
      const value = (levels[repetition - 1] ?? 0) * factors[kernel as keyof typeof factors];
      return { ns: value, protect_ns: value / 4 };
    },
  });
  const { rows } = analyseSweep(record);
  for (const { cells } of rows[0]?.metrics ?? []) {
    const comparison = cells[1]?.comparison;
    assert(comparison?.kind === 'compared');
    assert.ok(Math.abs(comparison.ratio.ratio - 1.5 / 1.2) < 1e-9);
  }
  for (const name of ['lkp', 'mmtests']) {
    const series = render(name, record).split('raw series of ').slice(1);
    assert.equal(series.length, 2);
    for (const each of series) assert.match(each, / A\.again: [\d.]+/, name);
  }
  for (const name of ['markdown', 'html']) {
    const page = render(name, record);
    const tables = page.slice(page.search(/raw series/i));
    assert.equal(tables.match(/(\||<th scope="col">) ?A\.again/g)?.length, 2, name);
  }
});
