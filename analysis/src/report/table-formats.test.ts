// SPDX-License-Identifier: Apache-2.0
/**
 * A report on a table that was made elsewhere claims nothing that the table does not tell: no
 * reproducer, no order, no seed, no regression.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { measuredRecord } from '../measurements/measured-record.js';
import type { SweepRecord } from '../sweep-record.js';
import { compareGolden } from '../testing/golden-file.js';
import { FORMATS } from './formats.js';
import { MAIL_COLUMNS } from './mail/render-mail.js';

const SUM = '5a'.repeat(32) as Sha256;

/** Twelve blocks on two hosts; b takes twice as long. `columns` and `texts` are added to each. */
function tableRecord(columns = '', texts = '', kernels = ['a', 'b']): SweepRecord {
  const lines = ['box1', 'box2'].flatMap((host, place) =>
    [1, 2, 3, 4, 5, 6].flatMap((repetition) =>
      kernels.map((kernel) => {
        const ratio = (kernel === 'b' ? 2 : 1) + (kernel === 'a' ? 0 : (repetition % 3) / 100);
        const value = ((10 + place + repetition / 100) * ratio).toFixed(3);
        return `${kernel},lat_ns,${value},${repetition},${host}${texts}`;
      }),
    ),
  );
  return measuredRecord({
    text: [`kernel,metric,value,repetition,host${columns}`, ...lines, ''].join('\n'),
    fileName: 'multi.csv',
    sha256: SUM,
    sweep: 'multi-1' as SweepId,
  });
}

function render(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert(format !== undefined);
  return String(format.render({ record, report: analyseSweep(record), options: {} }));
}

test('the mail of a table is as it was reviewed', () => {
  const mail = render('mail', tableRecord());
  compareGolden('table.mail.txt', mail);
  assert.ok(mail.split('\n').every((line) => line.length <= MAIL_COLUMNS));
  assert.match(mail, /Made elsewhere and read from multi\.csv/);
  assert.match(
    mail.replaceAll(/\s+/g, ' '),
    /the order of the kernels within a block is not known, and may not have been random;/,
  );
  assert.match(mail, new RegExp(`sha256 of multi\\.csv:\n  ${SUM}`));
  assert.match(mail, /labsweep report --from multi\.csv --baseline a --metric lat_ns/);
});

test('no format invents a program, an order or a seed for a table', () => {
  const invented =
    /\.\/multi\.csv|labsweep run|seed 0|seed: 0|listed|every kernel once|one boot|not told as|workload not told|WorkloadNotTold/;
  for (const { name } of FORMATS.filter((format) => format.name !== 'json')) {
    assert.doesNotMatch(render(name, tableRecord()), invented, name);
  }
});

test('a table alone blames no kernel', () => {
  const record = tableRecord();
  const { rows } = analyseSweep(record);
  const [, judged] = rows[0]?.metrics[0]?.cells ?? [];
  assert(judged?.comparison.kind === 'compared');
  assert.equal(Math.round(judged.comparison.changePercent.estimate), 101);
  for (const { name } of FORMATS.filter((format) => format.name !== 'json')) {
    assert.doesNotMatch(render(name, record), /\[?REGRESSION|"FAIL"/, name);
  }
});

test('a workload that the table names keeps its name', () => {
  const record = tableRecord(',workload', ',toggle');
  assert.match(render('gobench', record), /^BenchmarkToggle\//m);
  assert.match(render('gobench', tableRecord()), /^BenchmarkMultiCsv\//m);
  assert.match(render('lkp', record), /native\/1\/-\/toggle/);
});

test('where no time is told, values stand by repetition', () => {
  const html = render('html', tableRecord());
  assert.doesNotMatch(html, /execution order/);
  assert.match(html, /Every value, by repetition/);
});

const FLOOR_FORMATS = ['text', 'markdown', 'html', 'gobench', 'lkp', 'mmtests'];

function flat(name: string, record: SweepRecord): string {
  return render(name, record).replaceAll(/\s+(?:# )?/g, ' ');
}

test('what would measure the noise floor of a table is said of the table, and does it', () => {
  const advice = 'a second series of a in multi.csv, called a.again, would measure it';
  for (const name of FLOOR_FORMATS) {
    const text = flat(name, tableRecord());
    assert.ok(text.replaceAll('\\', '').includes(advice), `${name}: ${text}`);
    assert.doesNotMatch(text, /aa = true/, name);
  }
  // The second series comes first: the default baseline is not the second turn of anything.
  const record = tableRecord('', '', ['a.again', 'a', 'b']);
  const report = analyseSweep(record);
  const [row] = report.rows;
  assert.equal(report.baseline, 'a');
  assert.deepEqual(row?.kernels, ['a', 'b']);
  assert.equal(report.judging.family, 1, 'the baseline against itself is no comparison');
  assert(row?.noiseFloor?.kind === 'a-a');
  assert.ok(row.noiseFloor.fraction > 0.01 && row.noiseFloor.fraction < 0.03);
  for (const name of FLOOR_FORMATS) {
    const text = flat(name, record);
    assert.match(text, /a against itself, \+/, name);
    assert.doesNotMatch(text, /would measure/, name);
  }
  assert.match(flat('text', record), /a\.again is taken for a once more in the same blocks/);
});
